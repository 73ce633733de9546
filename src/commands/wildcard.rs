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
    like(&fold(pattern), &fold(text))
}

fn fold(text: &str) -> Vec<char> {
    text.chars().map(dialtone_object::string::fold).collect()
}

/// Matching with one remembered `*`: linear in practice.
fn like(pattern: &[char], text: &[char]) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        let step = match pattern.get(p) {
            Some('*') => {
                star = Some((p + 1, t));
                p += 1;
                continue;
            }
            Some('?') => Some(p + 1),
            Some('[') => set(pattern, p, text[t]),
            Some('`') if pattern.get(p + 1) == Some(&text[t]) => Some(p + 2),
            Some(c) if *c == text[t] && *c != '`' => Some(p + 1),
            _ => None,
        };
        match (step, star) {
            (Some(next), _) => (p, t) = (next, t + 1),
            (None, Some((after, from))) => {
                star = Some((after, from + 1));
                (p, t) = (after, from + 1);
            }
            (None, None) => return false,
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

/// Where the pattern goes on behind the set at `p` when the set takes `c`.
fn set(pattern: &[char], p: usize, c: char) -> Option<usize> {
    let end = p + 2 + pattern.get(p + 2..)?.iter().position(|x| *x == ']')?;
    let inside = &pattern[p + 1..end];
    let mut at = 0;
    let mut hit = false;
    while at < inside.len() {
        if at + 2 < inside.len() && inside[at + 1] == '-' {
            hit |= (inside[at]..=inside[at + 2]).contains(&c);
            at += 3;
        } else {
            hit |= inside[at] == c;
            at += 1;
        }
    }
    hit.then_some(end + 1)
}

/// True when a filter is absent or one of its patterns fits.
pub fn any(patterns: &[dialtone_object::PsString], text: &str) -> bool {
    patterns.iter().any(|p| matches(p, text))
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
