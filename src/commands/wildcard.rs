//! Wildcard patterns as the cmdlets use them: always without regard to case.

/// True when the text has a wildcard character that is not escaped.
pub fn has(pattern: &str) -> bool {
    let mut escaped = false;
    pattern.chars().any(|c| {
        let hit = !escaped && matches!(c, '*' | '?' | '[');
        escaped = !escaped && c == '`';
        hit
    })
}

/// `text -like pattern`
pub fn matches(pattern: &str, text: &str) -> bool {
    dialtone_object::wildcard::is_match(pattern, text)
}

/// True when a filter is absent or one of its patterns fits.
pub fn any(patterns: &[impl AsRef<str>], text: &str) -> bool {
    patterns.iter().any(|p| matches(p.as_ref(), text))
}

/// The text that a pattern without active wildcards stands for.
pub fn unescape(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len());
    let mut chars = pattern.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '`' if chars.peek().is_some_and(|n| matches!(n, '*' | '?' | '[' | ']' | '`')) => out.extend(chars.next()),
            _ => out.push(c),
        }
    }
    out
}

/// `[WildcardPattern]::Escape`
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '*' | '?' | '[' | ']' | '`') {
            out.push('`');
        }
        out.push(c);
    }
    out
}
