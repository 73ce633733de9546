//! Paths as texts, in PowerShell's sense on Unix: both slashes separate, `Drive:` may stand in front.

/// The drive in front of a path, without the colon, and the rest.
pub fn split_drive(path: &str) -> Option<(&str, &str)> {
    let colon = path.find(':')?;
    let drive = &path[..colon];
    (!drive.is_empty() && !drive.contains(['/', '\\', '*', '?', '['])).then(|| (drive, &path[colon + 1..]))
}

/// True when the path says where it starts.
pub fn is_absolute(path: &str) -> bool {
    path.starts_with(['/', '\\']) || split_drive(path).is_some() || path.contains("::")
}

/// Slashes as Unix writes them.
pub fn unify(path: &str) -> String {
    path.replace('\\', "/")
}

/// An absolute path without `.`, `..` and doubled slashes; a slash at the end stays.
pub fn normalize(path: &str) -> String {
    let unified = unify(path);
    let mut parts: Vec<&str> = Vec::new();
    for part in unified.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            other => parts.push(other),
        }
    }
    let mut out = format!("/{}", parts.join("/"));
    if unified.ends_with('/') && out.len() > 1 {
        out.push('/');
    }
    out
}

/// `Split-Path -Parent`; none for the root itself.
pub fn parent(path: &str) -> Option<String> {
    let unified = unify(path);
    if unified == "/" {
        return None;
    }
    let (drive, rest) = match split_drive(&unified) {
        Some((drive, rest)) => (Some(drive), rest),
        None => (None, unified.as_str()),
    };
    let trimmed = rest.trim_end_matches('/');
    let up = match trimmed.rfind('/') {
        Some(0) => "/",
        Some(at) => &trimmed[..at],
        None => return Some(String::new()),
    };
    match drive {
        Some(_) if up == "/" && trimmed.len() <= 1 => Some(String::new()),
        Some(drive) => Some(format!("{drive}:{up}")),
        None => Some(up.to_owned()),
    }
}

/// `Split-Path -Leaf`
pub fn leaf(path: &str) -> String {
    let unified = unify(path);
    let (drive, rest) = match split_drive(&unified) {
        Some((drive, rest)) => (Some(drive), rest),
        None => (None, unified.as_str()),
    };
    let trimmed = rest.trim_end_matches('/');
    match (trimmed.rsplit('/').next().unwrap_or_default(), drive) {
        ("", Some(_)) => unified,
        (leaf, _) => leaf.to_owned(),
    }
}

/// The extension with its dot, as .NET cuts it: from the last dot; nothing when the name ends with it.
pub fn extension(leaf: &str) -> &str {
    match leaf.rfind('.') {
        Some(at) if at + 1 < leaf.len() && !leaf[at..].contains('/') => &leaf[at..],
        _ => "",
    }
}

/// The name without its extension.
pub fn leaf_base(leaf: &str) -> &str {
    if leaf.ends_with(['/', ':']) && leaf.contains(':') {
        return "";
    }
    match leaf.rfind('.') {
        Some(at) => &leaf[..at],
        None => leaf,
    }
}

/// `Join-Path` for paths without a drive.
pub fn join(path: &str, child: &str) -> String {
    if child.is_empty() {
        return if path.ends_with('/') { path.to_owned() } else { format!("{path}/") };
    }
    let (path, child) = (unify(path), unify(child));
    match (path.ends_with('/'), child.strip_prefix('/')) {
        (true, Some(rest)) => format!("{path}{rest}"),
        (false, None) => format!("{path}/{child}"),
        _ => format!("{path}{child}"),
    }
}

/// `path` as seen from the directory `base`, both absolute and without a slash at the end: `./a`, `../b/c`.
pub fn relative(path: &str, base: &str) -> String {
    let split = |p: &str| p.split('/').filter(|s| !s.is_empty()).map(str::to_owned).collect::<Vec<_>>();
    let (to, from) = (split(path), split(base));
    let common = to.iter().zip(&from).take_while(|(a, b)| a == b).count();
    let ups = from.len() - common;
    let down = to[common..].join("/");
    match (ups, down.is_empty(), to.last()) {
        // The folder itself and those above it are named from their own parent.
        (n, true, Some(own)) => format!("{}/{own}", vec![".."; n + 1].join("/")),
        (n, true, None) => format!("{}/", vec![".."; n].join("/")),
        (0, false, _) => format!("./{down}"),
        (n, false, _) => format!("{}/{down}", vec![".."; n].join("/")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_paths() {
        assert_eq!(parent("a/b"), Some("a".into()));
        assert_eq!(parent("/"), None);
        assert_eq!(parent("C:\\a\\b.txt"), Some("C:/a".into()));
        assert_eq!(parent("C:\\"), Some(String::new()));
        assert_eq!(parent("http://x/y"), Some("http://x".into()));
        assert_eq!(leaf("C:\\"), "C:/");
        assert_eq!(leaf("a/"), "a");
        assert_eq!(leaf_base("a.b.c"), "a.b");
        assert_eq!(extension(".hidden"), ".hidden");
        assert_eq!(join("a\\b", ""), "a\\b/");
        assert_eq!(join("a\\b", "/x"), "a/b/x");
        assert_eq!(relative("/", "/a/b/c"), "../../../");
        assert_eq!(normalize("/a/./b/../c/"), "/a/c/");
    }
}
