//! Type names of code to types: script classes, `using namespace`, accelerators, .NET names.
use crate::errors;
use crate::machine::{Engine, Frame};
use dialtone_code::TypeCode;
use dialtone_object::*;
use dialtone_syntax::{TypeName, TypeNameKind};
use std::rc::Rc;

impl Engine {
    #[inline]
    pub fn resolve_type(&mut self, f: &Frame, t: &TypeCode) -> Res<TypeRef> {
        match t.resolved.get() {
            Some(ty) => Ok(ty),
            None => self.resolve_type_in(&f.code.namespaces, t),
        }
    }

    pub fn resolve_type_in(&mut self, namespaces: &Rc<Vec<Rc<str>>>, t: &TypeCode) -> Res<TypeRef> {
        if let Some(ty) = t.resolved.get() {
            return Ok(ty);
        }
        let ty = self.find_type(namespaces, &t.name)?;
        // A script class may be defined anew; everything else stays.
        if !matches!(ty.kind, TypeKind::Class(_)) {
            t.resolved.set(Some(ty));
        }
        Ok(ty)
    }

    fn find_type(&mut self, namespaces: &[Rc<str>], name: &TypeName) -> Res<TypeRef> {
        let found = self.try_type(namespaces, name);
        found.ok_or_else(|| errors::type_not_found(&name.full_name()).into())
    }

    fn try_type(&mut self, namespaces: &[Rc<str>], name: &TypeName) -> Option<TypeRef> {
        match &name.kind {
            TypeNameKind::Simple { name, .. } => self.named_type(namespaces, name),
            TypeNameKind::Array { element, rank } => {
                let elem = self.try_type(namespaces, element)?;
                Some(types::array_of(elem, *rank as u8))
            }
            TypeNameKind::Generic { definition, arguments } => {
                let TypeNameKind::Simple { name: base, .. } = &definition.kind else { return None };
                let mut args = Vec::with_capacity(arguments.len());
                for a in arguments {
                    args.push(self.try_type(namespaces, a)?);
                }
                let definition = self
                    .named_type(namespaces, &format!("{base}`{}", args.len()))
                    .or_else(|| self.named_type(namespaces, base))?;
                Some(types::generic(definition, &args))
            }
        }
    }

    /// A type by the text of a simple name.
    pub fn named_type(&mut self, namespaces: &[Rc<str>], name: &str) -> Option<TypeRef> {
        if let Some((_, ty)) = self.class_names.iter().rev().find(|(n, _)| n.eq_ignore_ascii_case(name)) {
            return Some(ty);
        }
        types::find(name).or_else(|| namespaces.iter().find_map(|ns| types::find(&format!("{ns}.{name}"))))
    }

    /// A type by any type text (`[string[]]`-style names from strings).
    pub fn type_by_text(&mut self, text: &str) -> Option<TypeRef> {
        let text = text.trim();
        let text = text.strip_prefix('[').and_then(|t| t.strip_suffix(']')).unwrap_or(text);
        if let Some(ty) = self.named_type(&[], text) {
            return Some(ty);
        }
        self.try_type(&[], &TypeName::parse(text)?)
    }
}
