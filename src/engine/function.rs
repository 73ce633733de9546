//! Functions, aliases and script blocks as the session holds them.
use crate::machine::Engine;
use crate::module::Module;
use crate::scope::{Options, Scope, ScopeKind};
use dialtone_code::{Code, FunctionCode};
use dialtone_object::*;
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
    fn dynamic_names(&self) -> Vec<PsString> {
        ["Attributes", "File", "IsFilter", "IsConfiguration", "Module", "StartPosition", "DebuggerHidden", "Id", "Ast"]
            .map(PsString::from)
            .to_vec()
    }
    fn dynamic_property(&self, _rt: &mut dyn Runtime, name: &str) -> Option<Res<Value>> {
        Some(Ok(match name.to_ascii_lowercase().as_str() {
            "file" => self.code.source.file.as_deref().map_or(Value::Null, Value::str),
            "isfilter" => Value::Bool(self.code.unnamed && self.code.process.is_some()),
            "isconfiguration" | "debuggerhidden" => Value::Bool(false),
            "attributes" => Value::array(Vec::new()),
            "module" => self.module.as_ref().map_or(Value::Null, |m| Value::str(&m.name)),
            "startposition" => {
                crate::host_object::extent(&crate::errors::position(&self.code.source, self.code.ast.span))
            }
            _ => return None,
        }))
    }
    fn invoke_method(&self, rt: &mut dyn Runtime, _this: &Value, name: &str, args: &[Value]) -> Option<Res<Value>> {
        let en = rt.as_any().downcast_mut::<Engine>()?;
        let shared = self.share();
        Some(match name.to_ascii_lowercase().as_str() {
            "invoke" => en
                .collect_block(&shared, args)
                .map(|items| Value::List(Rc::new(List::collection(&types::PSOBJECT, items))))
                .map_err(|flow| wrap_invocation("Invoke", args.len(), flow)),
            "invokereturnasis" => en.collect_block(&shared, args).map(Value::from_results),
            "getnewclosure" => Ok(en.closure(&shared)),
            _ => return None,
        })
    }
}

/// An error out of `.Invoke()` comes back wrapped; control flow goes on as it is.
fn wrap_invocation(name: &str, count: usize, flow: Flow) -> Flow {
    if flow.error().is_some() { access::errors::invocation(name, count, flow) } else { flow }
}

impl Engine {
    /// Runs a block and gives what it wrote.
    fn collect_block(&mut self, block: &ScriptBlock, args: &[Value]) -> Res<Vec<Value>> {
        let collected = crate::pipeline::Collector::default();
        self.invoke_block(block, args, None, &collected, &crate::streams::Redirects::default())?;
        Ok(collected.take())
    }

    /// `GetNewClosure()`: the block with the local variables of the moment.
    fn closure(&mut self, block: &ScriptBlock) -> Value {
        let home = Scope::new(ScopeKind::Local, dialtone_code::Layout::empty(), Some(crate::vars::session_scope(self)));
        let here = self.scope.clone();
        for name in here.names() {
            if let Some(value) = self.lookup_from(Some(here.clone()), name)
                && here.kind.get() != ScopeKind::Global
            {
                home.put(home.slot(name), value);
            }
        }
        Value::object(ScriptBlock { home: Some(home), ..block.share() })
    }
}
