//! Names of types as scripts write them: `int`, `string[]`, `Dictionary[string,int]`, `int?` is no name; names may be
//! followed by an assembly (`System.Uri, System.Private.Uri`).
use crate::types::{self, TypeKind, TypeRef};

/// The type of a name with arrays and generic arguments; none when a part of it is unknown.
pub fn parse_type_name(name: &str) -> Option<TypeRef> {
    let mut parser = Parser { rest: name.trim(), lookup: &types::find };
    let ty = parser.type_name(true)?;
    parser.rest.trim().is_empty().then_some(ty)
}

/// The same with another way to find simple names (script classes in scope).
pub fn parse_type_name_with(name: &str, lookup: &dyn Fn(&str) -> Option<TypeRef>) -> Option<TypeRef> {
    let mut parser = Parser { rest: name.trim(), lookup };
    let ty = parser.type_name(true)?;
    parser.rest.trim().is_empty().then_some(ty)
}

struct Parser<'a> {
    rest: &'a str,
    lookup: &'a dyn Fn(&str) -> Option<TypeRef>,
}

impl<'a> Parser<'a> {
    fn skip(&mut self, c: char) -> bool {
        match self.rest.trim_start().strip_prefix(c) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn type_name(&mut self, outermost: bool) -> Option<TypeRef> {
        // `[System.Int32]` inside generic arguments may carry brackets of its own.
        if !outermost && self.rest.trim_start().starts_with('[') {
            self.skip('[');
            let ty = self.type_name(true)?;
            return self.skip(']').then_some(ty);
        }
        self.rest = self.rest.trim_start();
        let end = self.rest.find(['[', ']', ',']).unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(end);
        let name = name.trim();
        if name.is_empty() {
            return None;
        }
        self.rest = rest;
        let mut ty = None;
        while self.rest.starts_with('[') {
            let inner = self.rest[1..].trim_start();
            if inner.starts_with([',', ']']) || inner.starts_with('*') {
                let of = match ty {
                    Some(t) => t,
                    None => (self.lookup)(name)?,
                };
                let close = self.rest.find(']')?;
                let rank = 1 + self.rest[1..close].matches(',').count();
                self.rest = &self.rest[close + 1..];
                ty = Some(types::array_of(of, u8::try_from(rank).ok()?));
            } else if ty.is_none() {
                ty = Some(self.generic(name)?);
            } else {
                return None;
            }
        }
        let ty = match ty {
            Some(t) => t,
            None => (self.lookup)(name)?,
        };
        // The assembly part of a qualified name.
        if outermost && self.rest.trim_start().starts_with(',') {
            let end = self.rest.find(']').unwrap_or(self.rest.len());
            self.rest = &self.rest[end..];
        }
        Some(ty)
    }

    fn generic(&mut self, name: &str) -> Option<TypeRef> {
        self.skip('[');
        let mut args = Vec::new();
        loop {
            args.push(self.type_name(false)?);
            if self.skip(']') {
                break;
            }
            if !self.skip(',') {
                return None;
            }
        }
        let definition = self.definition(name, args.len())?;
        Some(types::generic(definition, &args))
    }

    /// A generic definition with or without its arity mark.
    fn definition(&self, name: &str, arity: usize) -> Option<TypeRef> {
        let bare = name.split('`').next().unwrap_or(name);
        let marked = format!("{bare}`{arity}");
        let found = (self.lookup)(&marked).or_else(|| (self.lookup)(bare))?;
        let wanted = match found.kind {
            TypeKind::List | TypeKind::Collection | TypeKind::Nullable => 1,
            TypeKind::Dictionary => 2,
            _ => found.full_name.rsplit_once('`').and_then(|(_, n)| n.parse().ok())?,
        };
        (wanted == arity && found.generic.is_none()).then_some(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_arrays_generics_and_assemblies() {
        let name = |n: &str| parse_type_name(n).map(|t| t.full_name.to_owned());
        assert_eq!(name("int"), Some("System.Int32".into()));
        assert_eq!(name("System.String[]"), Some("System.String[]".into()));
        assert_eq!(name("int[,]"), Some("System.Int32[,]".into()));
        assert_eq!(name("int[][]"), Some("System.Int32[][]".into()));
        assert_eq!(
            name("System.Collections.Generic.List[int]"),
            Some("System.Collections.Generic.List`1[[System.Int32]]".into())
        );
        assert_eq!(
            name("Collections.Generic.Dictionary[string, int[]]"),
            Some("System.Collections.Generic.Dictionary`2[[System.String],[System.Int32[]]]".into())
        );
        assert_eq!(name("Nullable[int]"), Some("System.Nullable`1[[System.Int32]]".into()));
        assert_eq!(name("System.Int32, System.Private.CoreLib"), Some("System.Int32".into()));
        assert_eq!(
            name("System.Nullable`1[[System.Int32, System.Private.CoreLib]]"),
            Some("System.Nullable`1[[System.Int32]]".into())
        );
        assert_eq!(name("nosuch"), None);
        assert_eq!(name("int["), None);
        assert_eq!(name(""), None);
    }
}
