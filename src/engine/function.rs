//! Functions, aliases and script blocks as the session holds them.
use crate::module::Module;
use crate::scope::{Options, Scope};
use dialtone_code::{Code, FunctionCode};
use dialtone_object::{NetObject, PsString, TypeRef, types};
use std::any::Any;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

pub struct Function {
    pub name: Rc<str>,
    pub body: Body,
    /// The module whose session state it runs in.
    pub module: Option<Rc<Module>>,
    pub options: Cell<Options>,
    pub description: RefCell<PsString>,
    pub is_filter: bool,
    /// Compiled in (cmdlets/*.psm1): hidden from call stacks and listings.
    pub hidden: bool,
}

pub enum Body {
    /// From a `function` statement; compiled at the first call.
    Lazy(Rc<FunctionCode>),
    Block(Rc<Code>),
}

impl Function {
    pub fn code(&self) -> Rc<Code> {
        match &self.body {
            Body::Lazy(f) => dialtone_code::compile_function(f),
            Body::Block(code) => code.clone(),
        }
    }
}

pub struct Alias {
    pub name: Rc<str>,
    pub definition: RefCell<PsString>,
    pub options: Cell<Options>,
    pub description: RefCell<PsString>,
    pub module: Option<Rc<Module>>,
}

/// A script block value.
pub struct ScriptBlock {
    pub code: Rc<Code>,
    /// Session state it was made in.
    pub module: Option<Rc<Module>>,
    /// A class method's or closure's own parent scope.
    pub home: Option<Rc<Scope>>,
    /// Values of `$using:` that came along.
    pub using: RefCell<Vec<(Rc<str>, dialtone_object::Value)>>,
}

impl ScriptBlock {
    pub fn new(code: Rc<Code>, module: Option<Rc<Module>>) -> ScriptBlock {
        ScriptBlock { code, module, home: None, using: RefCell::new(Vec::new()) }
    }
    /// The text between the braces, as ToString gives it.
    pub fn body_text(&self) -> &str {
        let span = self.code.ast.span;
        let text = self.code.source.slice(span);
        match text.strip_prefix('{').and_then(|t| t.strip_suffix('}')) {
            Some(inner) => inner,
            None => text,
        }
    }
}

impl NetObject for ScriptBlock {
    fn type_ref(&self) -> TypeRef {
        &types::SCRIPT_BLOCK
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn text(&self) -> Option<PsString> {
        Some(self.body_text().into())
    }
}
