//! `Engine`: the state of one session, and how code is entered.
use crate::command::{Cmdlet, CommandProvider, Sink};
use crate::function::{Function, ScriptBlock};
use crate::host::Host;
use crate::module::Module;
use crate::scope::{Scope, ScopeKind};
use crate::streams::Redirects;
use dialtone_code::{Code, Layout, Name};
use dialtone_object::*;
use dialtone_syntax::Span;
use std::cell::Cell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// One entry of the call stack, for error traces and Get-PSCallStack.
pub struct CallFrame {
    pub code: Rc<Code>,
    /// Function or script name; empty for script blocks.
    pub name: Rc<str>,
    /// What runs at the moment.
    pub at: Span,
    pub inv: Option<Rc<InvocationInfo>>,
    pub scope: Rc<Scope>,
}

/// What code runs in: the scope and how its slots map, the streams, the command it belongs to.
pub struct Frame<'a> {
    pub scope: Rc<Scope>,
    /// Slot numbers when the scope was laid out by other code.
    pub map: Option<crate::scope::SlotMap>,
    pub code: &'a Code,
    pub redirects: Redirects<'a>,
    /// The advanced function whose body this is, for its preferences.
    pub inv: Option<&'a Rc<crate::command::Invocation>>,
    /// Set in the body of a class method: where `return` puts its value; other output is dropped.
    pub ret: Option<&'a std::cell::RefCell<Value>>,
}

impl Frame<'_> {
    /// The scope's slot for a slot of this frame's code.
    #[inline]
    pub fn slot(&self, at: u32) -> u32 {
        match &self.map {
            None => at,
            Some(map) => map.get(at as usize).copied().unwrap_or(at),
        }
    }
}

/// Calls nest at most this deep; PowerShell's own limit lies between 1,000 and 5,000, by frame size.
pub const MAX_DEPTH: u32 = 5000;

pub struct Engine {
    pub global: Rc<Scope>,
    /// The scope commands see as current.
    pub scope: Rc<Scope>,
    pub stack: Vec<CallFrame>,
    pub depth: u32,
    /// `$Error`
    pub errors: Rc<List>,
    /// `$?`
    pub ok: bool,
    pub host: Rc<dyn Host>,
    /// An error was reported in the pipeline at hand.
    pub(crate) failed: bool,
    /// The error whose catch block runs (what `throw` alone rethrows).
    pub(crate) caught: Option<Rc<ErrorRecord>>,
    /// The argument that binding is at, for the place of its errors.
    pub(crate) bind_at: dialtone_syntax::Span,
    /// Some variable is constant or in every scope beside the ones a session starts with.
    pub has_protected: bool,
    /// A `try` or `trap` surrounds the running code: errors of statements go up to it.
    pub(crate) propagate: bool,
    pub any_strict: bool,
    /// Values of `$using:` for the running block, and whether `$using:` may fall back to the local variable.
    pub using_values: Vec<(Rc<str>, Value)>,
    pub using_allowed: bool,
    pub(crate) no_name: Rc<str>,
    pub providers: Vec<Rc<dyn CommandProvider>>,
    pub(crate) cmdlets: HashMap<Name, Option<Rc<Cmdlet>>>,
    /// Changes when a cached command lookup may be stale.
    pub epoch: Cell<u32>,
    pool: Vec<Rc<Scope>>,
    pub pipelines: u64,
    pub interrupt: Arc<AtomicBool>,
    /// Current directory of the session (the process's own stays where it was started).
    pub location: String,
    pub location_stack: Vec<String>,
    pub modules: Vec<Rc<Module>>,
    /// The module whose code runs.
    pub module: Option<Rc<Module>>,
    pub non_interactive: bool,
    /// Set while a prompt or `-File` runs code a person typed.
    pub interactive: bool,
    /// Classes and enums of scripts by `TypeKind::Class` number.
    pub classes: Vec<Rc<crate::class::Class>>,
    /// Script-defined types by name, newest last.
    pub class_names: Vec<(String, TypeRef)>,
    /// Called at lookup for names nothing else has: module auto-loading of the tenant room and the like.
    pub history: Vec<crate::host::HistoryEntry>,
    /// Free storage of other rooms (tenant session, providers), by a key of theirs.
    pub services: std::collections::HashMap<&'static str, Rc<dyn std::any::Any>>,
}

impl Engine {
    pub fn new(host: Rc<dyn Host>) -> Engine {
        let global = Scope::new(ScopeKind::Global, Layout::empty(), None);
        let location = std::env::current_dir().map_or_else(|_| "/".to_owned(), |d| d.to_string_lossy().into_owned());
        let mut engine = Engine {
            scope: global.clone(),
            global,
            stack: Vec::new(),
            depth: 0,
            errors: Rc::new(List::array_list(Vec::new())),
            ok: true,
            host,
            failed: false,
            caught: None,
            bind_at: Default::default(),
            has_protected: true,
            propagate: false,
            any_strict: false,
            using_values: Vec::new(),
            using_allowed: false,
            no_name: "".into(),
            providers: Vec::new(),
            cmdlets: HashMap::new(),
            epoch: Cell::new(1),
            pool: Vec::new(),
            pipelines: 0,
            interrupt: Arc::new(AtomicBool::new(false)),
            location,
            location_stack: Vec::new(),
            modules: Vec::new(),
            module: None,
            non_interactive: false,
            interactive: false,
            classes: Vec::new(),
            class_names: Vec::new(),
            history: Vec::new(),
            services: std::collections::HashMap::new(),
        };
        crate::vars::define_automatic(&mut engine);
        engine
    }

    /// A fresh scope for a call, from the pool when one is free.
    pub fn new_scope(&mut self, layout: &Rc<Layout>, parent: &Rc<Scope>) -> Rc<Scope> {
        match self.pool.pop() {
            Some(scope) => {
                scope.recycle(layout, parent.clone());
                scope
            }
            None => Scope::new(ScopeKind::Local, layout.clone(), Some(parent.clone())),
        }
    }
    /// Gives a call's scope back; kept only when nothing else holds it.
    pub fn free_scope(&mut self, scope: Rc<Scope>) {
        if Rc::strong_count(&scope) == 1 && self.pool.len() < 64 {
            if scope.clear() {
                self.bump();
            }
            self.pool.push(scope);
        }
    }
    /// Makes cached command lookups look again.
    pub fn bump(&self) {
        self.epoch.set(self.epoch.get().wrapping_add(1));
    }

    #[inline]
    pub fn interrupted(&self) -> Res<()> {
        if self.interrupt.load(Ordering::Relaxed) { Err(FlowKind::Stopped.into()) } else { Ok(()) }
    }

    /// Pushes a call frame; an error when calls nest too deep.
    pub fn enter(
        &mut self,
        code: &Rc<Code>,
        name: &Rc<str>,
        inv: Option<Rc<InvocationInfo>>,
        scope: &Rc<Scope>,
    ) -> Res<()> {
        if self.depth >= MAX_DEPTH {
            return Err(crate::errors::call_depth().into());
        }
        self.interrupted()?;
        self.depth += 1;
        self.stack.push(CallFrame {
            code: code.clone(),
            name: name.clone(),
            at: Span::default(),
            inv,
            scope: scope.clone(),
        });
        Ok(())
    }
    pub fn leave(&mut self) {
        self.depth -= 1;
        self.stack.pop();
    }

    /// A script block made from text. Parse errors come back as PowerShell's ParseException.
    pub fn compile(&mut self, text: &str, file: Option<&str>) -> Res<Rc<Code>> {
        let source = dialtone_syntax::Source::new(file.map(Rc::from), text);
        let module_exists = |script: Option<&str>, name: &str| self.using_module_file(script, name).is_some();
        let options = dialtone_syntax::Options { module_exists: &module_exists, ..Default::default() };
        let parsed = dialtone_syntax::parse_with(&source, &options);
        if !parsed.errors.is_empty() {
            return Err(crate::errors::parse(&parsed, &source).into());
        }
        Ok(dialtone_code::compile_script(&parsed, &source))
    }

    pub fn find_function(&self, name: Name) -> Option<Rc<Function>> {
        let mut at = Some(self.scope.clone());
        while let Some(scope) = at {
            if let Some(f) = scope.function(name) {
                return Some(f);
            }
            at = scope.parent();
        }
        None
    }

    /// The script block behind a value, if it is one.
    pub fn block(value: &Value) -> Option<&ScriptBlock> {
        value.get::<ScriptBlock>()
    }

    /// Runs code at the top (a script file, a command line) and sends its output to `out`.
    pub fn run_top(&mut self, code: &Rc<Code>, scope: &Rc<Scope>, out: &dyn Sink) -> Res<()> {
        let frame = Frame {
            scope: scope.clone(),
            map: scope.map_for(&code.layout),
            code,
            redirects: Redirects::default(),
            inv: None,
            ret: None,
        };
        let outer = std::mem::replace(&mut self.scope, scope.clone());
        if let Err(flow) = self.apply_usings(code).and_then(|()| self.define_types(code)) {
            self.scope = outer;
            return Err(flow);
        }
        let entered = self.enter(code, &"".into(), None, scope);
        let result = entered.and_then(|()| {
            let result = self.run_blocks(&frame, code, None, out);
            self.leave();
            result
        });
        self.scope = outer;
        result
    }
}
