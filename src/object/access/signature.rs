//! Reads the parameter lists of member tables: `string Substring(int startIndex, int length)`.
use crate::member::Param;

pub use crate::type_name::parse_type_name as type_named;

/// Splits at the commas that stand outside of brackets.
pub fn split(text: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0;
    let text = text.trim();
    text.split(move |c| {
        match c {
            '[' | '(' => depth += 1,
            ']' | ')' => depth -= 1,
            _ => {}
        }
        depth == 0 && c == ','
    })
    .map(str::trim)
    .filter(|part| !part.is_empty())
}

/// The parameters of a signature.
pub fn parameters(sig: &str) -> Box<[Param]> {
    let open = sig.find('(').map_or(sig.len(), |at| at + 1);
    let close = sig.rfind(')').unwrap_or(sig.len());
    split(sig.get(open..close).unwrap_or("")).map(param).collect()
}

fn param(text: &str) -> Param {
    let lower = text.to_ascii_lowercase();
    let (variadic, text) = if lower.starts_with("params ") { (true, &text[7..]) } else { (false, text) };
    let (by_ref, text) = match text.strip_prefix("[ref] ").or_else(|| text.strip_prefix("[out] ")) {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (declared, optional) = match text.split_once(" = ") {
        Some((declared, _)) => (declared, true),
        None => (text, false),
    };
    let (type_name, name) = declared.trim().rsplit_once(' ').unwrap_or((declared, ""));
    let (ty, generic) = match type_name {
        "T" | "TKey" => (None, Some(0)),
        "TValue" => (None, Some(1)),
        other => (type_named(other), None),
    };
    Param { name: name.to_owned(), ty, generic, type_name: type_name.to_owned(), variadic, by_ref, optional }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::{self, TypeKind};

    #[test]
    fn reads_parameters() {
        let p = parameters("string Join(string separator, Params System.Object[] values)");
        assert_eq!(p.len(), 2);
        assert_eq!(p[0].ty.map(|t| t.kind), Some(TypeKind::String));
        assert!(p[1].variadic);
        assert_eq!(p[1].ty.map(|t| t.full_name), Some("System.Object[]"));
    }

    #[test]
    fn names_generics() {
        let t = type_named("System.Collections.Generic.Dictionary[string,System.Collections.Generic.List[int]]");
        assert_eq!(
            t.map(|t| t.ps_name),
            Some("System.Collections.Generic.Dictionary[string,System.Collections.Generic.List[int]]")
        );
        assert_eq!(type_named("int[,]").map(|t| t.rank), Some(2));
        assert_eq!(types::find("x"), None);
    }
}
