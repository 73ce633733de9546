//! The aliases of a fresh session, in `metadata/aliases.txt`.

/// One alias.
pub struct AliasEntry {
    pub name: &'static str,
    pub definition: &'static str,
    /// Options as PowerShell writes them: `ReadOnly, AllScope`, `None`.
    pub options: &'static str,
    /// The module that exports it, if one does.
    pub module: Option<&'static str>,
    /// Exists on Windows only: holds here only when no application has the name.
    pub windows: bool,
}

static TEXT: &str = include_str!("metadata/aliases.txt");

fn entry(line: &'static str) -> Option<AliasEntry> {
    let mut words = line.split(' ');
    let (name, definition, options) = (words.next()?, words.next()?, words.next()?);
    let windows = options == "Windows";
    let options = match options {
        "-" | "Windows" => "None",
        "ReadOnly,AllScope" => "ReadOnly, AllScope",
        other => other,
    };
    Some(AliasEntry { name, definition, options, module: words.next(), windows })
}

/// All of them, sorted by name within their kind.
pub fn all() -> impl Iterator<Item = AliasEntry> {
    TEXT.lines().filter(|l| !l.starts_with('#')).filter_map(entry)
}

/// By name (any case).
pub fn find(name: &str) -> Option<AliasEntry> {
    let line = TEXT.lines().find(|line| {
        line.as_bytes().get(name.len()) == Some(&b' ')
            && line.get(..name.len()).is_some_and(|head| head.eq_ignore_ascii_case(name))
    })?;
    entry(line)
}
