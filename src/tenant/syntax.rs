//! Reads the notation in which `cmdlets/*.toml` writes signatures. It is the one of `Get-Command -Syntax`, one line per
//! parameter set, indented lines continue:
//!
//! ```text
//! Identity*: [-Identity] <XdsIdentity> [-EdgeFQDN <string>] [-Force]
//! Instance: [-Instance <PSObject>] [-Force]
//! ```
//!
//! `[-Name] <Type>` is mandatory and positional, `[[-Name] <Type>]` optional and positional, `-Name <Type>` mandatory,
//! `[-Name <Type>]` optional, a switch has no type. Positions count in order of appearance. A star marks the default
//! set; text without a set name is the one set of a cmdlet that has no named sets.

use std::fmt;

/// One parameter in one set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    pub name: String,
    /// The type as written, empty for a switch.
    pub type_name: String,
    pub mandatory: bool,
    pub position: Option<usize>,
}

/// One parameter set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Set {
    /// `__AllParameterSets` when the text names none.
    pub name: String,
    pub default: bool,
    pub slots: Vec<Slot>,
}

/// The name PowerShell gives to the set of a cmdlet without named sets.
pub const ALL_SETS: &str = "__AllParameterSets";

/// What is wrong with a signature; only tests of the definitions ever see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadSyntax(pub String);

impl fmt::Display for BadSyntax {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot read the signature at: {}", self.0)
    }
}

/// Reads a whole signature.
///
/// # Errors
/// When a token does not follow the notation.
pub fn parse(text: &str) -> Result<Vec<Set>, BadSyntax> {
    let mut sets = Vec::new();
    for line in text.lines().filter(|l| !l.trim().is_empty()) {
        let (set, rest) = match set_name(line) {
            Some((name, default, rest)) => {
                sets.push(Set { name: name.to_owned(), default, slots: Vec::new() });
                (sets.last_mut(), rest)
            }
            None => {
                if sets.is_empty() {
                    sets.push(Set { name: ALL_SETS.to_owned(), default: true, slots: Vec::new() });
                }
                (sets.last_mut(), line)
            }
        };
        if let Some(set) = set {
            read_slots(rest.trim(), &mut set.slots)?;
        }
    }
    if sets.is_empty() {
        sets.push(Set { name: ALL_SETS.to_owned(), default: true, slots: Vec::new() });
    }
    Ok(sets)
}

/// `Name:` or `Name*:` at the start of an unindented line.
fn set_name(line: &str) -> Option<(&str, bool, &str)> {
    let (head, rest) = line.split_once(':')?;
    let (name, default) = head.strip_suffix('*').map_or((head, false), |name| (name, true));
    let word = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    word.then_some((name, default, rest))
}

fn read_slots(mut rest: &str, slots: &mut Vec<Slot>) -> Result<(), BadSyntax> {
    while !rest.is_empty() {
        let bad = || BadSyntax(rest.chars().take(60).collect());
        let (mandatory, positional, body, after) = if let Some(inner) = rest.strip_prefix("[[-") {
            let end = inner.find('>').ok_or_else(bad)?;
            (false, true, &inner[..=end], inner[end + 1..].strip_prefix(']').ok_or_else(bad)?)
        } else if let Some(inner) = rest.strip_prefix("[-") {
            let close = inner.find(']').ok_or_else(bad)?;
            match inner.find('<').filter(|open| *open < close) {
                // `[-Name <Type>]`: the bracket after the type closes; types may hold brackets themselves.
                Some(open) => {
                    let end = open + inner[open..].find('>').ok_or_else(bad)?;
                    (false, false, &inner[..=end], inner[end + 1..].strip_prefix(']').ok_or_else(bad)?)
                }
                None => {
                    let after = &inner[close + 1..];
                    match after.strip_prefix(" <").and_then(|t| t.find('>')) {
                        Some(end) => (true, true, &rest[2..2 + close + 1 + 2 + end + 1], &after[2 + end + 1..]),
                        None => (false, false, &inner[..close], after),
                    }
                }
            }
        } else if let Some(inner) = rest.strip_prefix('-') {
            let name = inner.find(' ').unwrap_or(inner.len());
            match inner[name..].strip_prefix(" <").and_then(|t| t.find('>')) {
                Some(end) => (true, false, &inner[..name + 2 + end + 1], &inner[name + 2 + end + 1..]),
                None => (true, false, &inner[..name], &inner[name..]),
            }
        } else {
            return Err(bad());
        };
        let (name, type_name) = match body.split_once('<') {
            Some((name, type_name)) => (name, type_name.trim_end_matches('>')),
            None => (body, ""),
        };
        let name = name.trim_end_matches([' ', ']']);
        let position = positional.then(|| slots.iter().filter(|s| s.position.is_some()).count());
        slots.push(Slot { name: name.to_owned(), type_name: type_name.to_owned(), mandatory, position });
        rest = after.trim_start();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_form() {
        let text = "Identity*: [-Identity] <XdsIdentity> [[-PolicyName] <string>] -Name <string[]>\n    [-Rank <int>] [-Force] -Daily\nInstance: [-Instance <PSObject>]";
        let sets = parse(text).unwrap();
        assert_eq!(sets.len(), 2);
        assert!(sets[0].default && !sets[1].default);
        let shape: Vec<_> =
            sets[0].slots.iter().map(|s| (s.name.as_str(), s.type_name.as_str(), s.mandatory, s.position)).collect();
        assert_eq!(
            shape,
            [
                ("Identity", "XdsIdentity", true, Some(0)),
                ("PolicyName", "string", false, Some(1)),
                ("Name", "string[]", true, None),
                ("Rank", "int", false, None),
                ("Force", "", false, None),
                ("Daily", "", true, None),
            ]
        );
        assert_eq!(sets[1].slots[0].type_name, "PSObject");
    }

    #[test]
    fn a_signature_without_parameters_is_one_empty_set() {
        assert_eq!(parse("").unwrap(), [Set { name: ALL_SETS.into(), default: true, slots: vec![] }]);
    }

    #[test]
    fn rubbish_is_named() {
        assert_eq!(parse("Identity [-A]").unwrap_err().0, "Identity [-A]");
    }
}
