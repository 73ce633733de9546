//! Parameters of script blocks and functions, and attributes.
use crate::stmt::TypeCode;
use crate::{Expr, Name};
use dialtone_object::CommandMeta;
use dialtone_syntax::Span;
use std::rc::Rc;

/// The `param` block.
#[derive(Default)]
pub struct Params {
    pub list: Vec<ParamCode>,
    /// Attributes of the block: `[CmdletBinding()]`, `[OutputType()]`, `[Alias()]`.
    pub attributes: Vec<Rc<AttributeCode>>,
    /// Has `[CmdletBinding()]` or a `[Parameter()]`: advanced.
    pub advanced: bool,
    /// No attributes, no types that could fail: arguments go straight into slots.
    pub plain: bool,
    /// Signature, made by the engine at the first bind (attribute arguments are expressions).
    pub meta: std::cell::OnceCell<Rc<CommandMeta>>,
}

pub struct ParamCode {
    pub name: Rc<str>,
    pub key: Name,
    pub slot: u32,
    pub span: Span,
    pub types: Vec<Rc<TypeCode>>,
    pub attributes: Vec<Rc<AttributeCode>>,
    pub default: Option<(Expr, Span)>,
    /// The code assigns to the parameter, so that its type has to watch.
    pub assigned: std::cell::Cell<bool>,
}

/// `[Name(positional, name = value)]`
pub struct AttributeCode {
    pub ty: TypeCode,
    pub positional: Vec<Expr>,
    pub named: Vec<(Rc<str>, Expr)>,
    pub span: Span,
}

impl AttributeCode {
    /// The attribute's short name without namespace and `Attribute`.
    pub fn short_name(&self) -> String {
        let full = self.ty.name.full_name();
        let last = full.rsplit('.').next().unwrap_or(&full);
        let cut = last.len().saturating_sub("attribute".len());
        if cut > 0 && last.is_char_boundary(cut) && last[cut..].eq_ignore_ascii_case("attribute") {
            last[..cut].to_owned()
        } else {
            last.to_owned()
        }
    }
}
