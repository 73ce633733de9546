//! Classes and enums that scripts define.
use crate::machine::{Engine, Frame};
use dialtone_code::{ClassCode, ConvertExpr};
use dialtone_object::*;
use std::rc::Rc;

/// A class of a script.
pub struct Class {
    pub ty: TypeRef,
    pub code: Rc<ClassCode>,
}

impl Engine {
    /// `([Base]$this).Method()`: a call that skips the overrides; none when it is no such call.
    pub fn call_base_method(
        &mut self,
        _f: &Frame,
        _c: &ConvertExpr,
        _target: &Value,
        _name: &str,
        _args: &[Value],
    ) -> Option<Res<Value>> {
        None
    }
}
