//! A running script block, function or script file: its scope, its begin/process/end blocks, its parameters.
use crate::bind::PipelineBinder;
use crate::command::{Args, Invocation, Sink};
use crate::errors;
use crate::exec::Signal;
use crate::machine::{Engine, Frame};
use crate::module::Module;
use crate::pipeline::Collector;
use crate::scope::{Constraint, Scope, Variable};
use crate::streams::Redirects;
use dialtone_code::layout::*;
use dialtone_code::{Block, Code, names};
use dialtone_object::*;
use std::rc::Rc;

pub struct ScriptRun {
    pub code: Rc<Code>,
    pub scope: Rc<Scope>,
    pub name: Rc<str>,
    pub module: Option<Rc<Module>>,
    pub inv: Option<Rc<Invocation>>,
    /// Bound parameters, when there is a signature.
    pub args: Option<Args>,
    pub binder: PipelineBinder,
    /// Objects for `$input` of a block without `process`.
    pub input: Vec<Value>,
    /// The scope is the run's own and may be reused afterwards.
    pub own_scope: bool,
    /// Runs in a pipeline and not first: expects objects.
    pub piped: bool,
    /// `clean` runs only when the run has begun.
    pub begun: bool,
    /// A called script file, which `exit` leaves and nothing more.
    pub exits: bool,
    /// `exit` was called: nothing of the script runs any more.
    pub exited: bool,
}

impl ScriptRun {
    /// Runs `what` with the scope, module and call stack of this run.
    fn inside<T>(
        &self,
        en: &mut Engine,
        redirects: &Redirects,
        what: impl FnOnce(&mut Engine, &Frame) -> Res<T>,
    ) -> Res<T> {
        let frame = en.frame(&self.code, &self.scope, *redirects, self.inv.as_ref());
        let info = self.inv.as_ref().map(|i| i.info.clone());
        en.enter(&self.code, &self.name, info, &self.scope)?;
        let outer_scope = std::mem::replace(&mut en.scope, self.scope.clone());
        let outer_module = std::mem::replace(&mut en.module, self.module.clone());
        let result = what(en, &frame);
        en.module = outer_module;
        en.scope = outer_scope;
        en.leave();
        result
    }

    fn block(&mut self, en: &mut Engine, block: &Block, out: &dyn Sink, redirects: &Redirects) -> Res<()> {
        if self.exited {
            return Ok(());
        }
        let result = self.inside(en, redirects, |en, f| en.body(f, block, out));
        match result {
            Err(flow) if self.exits => match *flow.0 {
                FlowKind::Exit(code) => {
                    self.exited = true;
                    en.script_exited(code)
                }
                _ => Err(flow),
            },
            result => result,
        }
    }

    pub fn begin(&mut self, en: &mut Engine, out: &dyn Sink, redirects: &Redirects) -> Res<()> {
        self.begun = true;
        let code = self.code.clone();
        if let Some(block) = &code.begin {
            self.block(en, block, out, redirects)?;
        }
        Ok(())
    }

    pub fn process(&mut self, en: &mut Engine, input: Value, out: &dyn Sink, redirects: &Redirects) -> Res<()> {
        let code = self.code.clone();
        let piped = !matches!(input, Value::Unset);
        if let Some(args) = &mut self.args {
            if piped && code.params.advanced {
                let Some(inv) = &self.inv else { return Ok(()) };
                if !self.binder.bind(en, args, &input, inv, redirects)? {
                    return Ok(());
                }
                self.pipeline_values(en)?;
            } else if !piped && !self.binder.ready(args) {
                let Some(inv) = self.inv.clone() else { return Ok(()) };
                return Err(en.missing_pipeline_input(args, &inv));
            }
        }
        match &code.process {
            Some(block) => {
                let at = self.scope_slot(UNDERSCORE_SLOT);
                if piped {
                    self.scope.put(at, input.clone());
                }
                if code.uses.input && piped {
                    self.scope.put(self.scope_slot(INPUT_SLOT), Value::array(vec![input]));
                }
                self.block(en, block, out, redirects)
            }
            None if piped => {
                if code.uses.input || !code.params.advanced {
                    self.input.push(input);
                }
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn scope_slot(&self, slot: u32) -> u32 {
        self.scope.map_for(&self.code.layout).map_or(slot, |m| m[slot as usize])
    }

    /// Puts what the pipeline bound into the parameter variables.
    fn pipeline_values(&mut self, en: &mut Engine) -> Res<()> {
        let code = self.code.clone();
        let Some(args) = &self.args else { return Ok(()) };
        let mut changed = Vec::new();
        for at in self.binder.params() {
            if let Some(p) = code.params.list.get(at) {
                let value = args.values[at].clone();
                changed.push((p.slot, at, value));
            }
        }
        for (slot, at, value) in changed {
            let place = self.scope_slot(slot);
            match self.scope.get(place) {
                held @ Value::Variable(_) => {
                    if let Some(variable) = Variable::of(&held) {
                        *variable.value.borrow_mut() =
                            if matches!(value, Value::Unset) { Value::Null } else { value.clone() };
                    }
                }
                _ => self.scope.put(place, if matches!(value, Value::Unset) { Value::Null } else { value.clone() }),
            }
            if code.uses.bound
                && let Value::Dict(d) = self.scope.get(self.scope_slot(BOUND_SLOT))
            {
                let key = Value::str(&code.params.list[at].name);
                if matches!(value, Value::Unset) {
                    d.dict.borrow_mut().remove(&key);
                } else {
                    d.dict.borrow_mut().insert(key, value);
                }
            }
        }
        let _ = en;
        Ok(())
    }

    pub fn end(&mut self, en: &mut Engine, out: &dyn Sink, redirects: &Redirects) -> Res<()> {
        let code = self.code.clone();
        if let Some(block) = &code.end {
            if code.uses.input {
                let input = std::mem::take(&mut self.input);
                let list = crate::enumerator::input(input);
                self.scope.put(self.scope_slot(INPUT_SLOT), list);
            }
            self.block(en, block, out, redirects)?;
        }
        Ok(())
    }

    pub fn clean(&mut self, en: &mut Engine, out: &dyn Sink, redirects: &Redirects) {
        let code = self.code.clone();
        if let Some(block) = &code.clean
            && self.begun
            && let Err(flow) = self.block(en, block, out, redirects)
            && let Some(error) = flow.error().cloned()
        {
            // An error in clean is reported and does not stop anything.
            let _ = en.report_error(error, None, redirects);
        }
        if self.own_scope {
            let empty = en.global.clone();
            en.free_scope(std::mem::replace(&mut self.scope, empty));
            self.own_scope = false;
        }
    }
}

impl Engine {
    /// Statements of a function's block: `return` ends them, `break` goes on to the caller's loop.
    pub fn body(&mut self, f: &Frame, block: &Block, out: &dyn Sink) -> Res<()> {
        match self.exec_block(f, block, out) {
            Ok(Signal::Done | Signal::Return) => Ok(()),
            Ok(signal) => Err(self.signal_flow(signal)),
            Err(flow) if matches!(*flow.0, FlowKind::Return) => Ok(()),
            Err(flow) => Err(flow),
        }
    }

    /// What `exit` in a called script leaves behind.
    fn script_exited(&mut self, code: i32) -> Res<()> {
        let global = self.global.clone();
        self.failed |= code != 0;
        self.set_in(&global, names::LAST_EXIT_CODE, Value::Int(code))
    }

    /// All blocks of code in a frame that is already entered.
    pub fn run_blocks(&mut self, f: &Frame, code: &Rc<Code>, input: Option<Vec<Value>>, out: &dyn Sink) -> Res<()> {
        if let Some(b) = &code.begin {
            self.body(f, b, out)?;
        }
        if let Some(b) = &code.process {
            match &input {
                Some(items) => {
                    for item in items {
                        f.scope.put(f.slot(UNDERSCORE_SLOT), item.clone());
                        self.body(f, b, out)?;
                    }
                }
                None => self.body(f, b, out)?,
            }
        }
        if let Some(b) = &code.end {
            if let Some(items) = input
                && code.uses.input
            {
                f.scope.put(f.slot(INPUT_SLOT), crate::enumerator::input(items));
            }
            self.body(f, b, out)?;
        }
        if let Some(b) = &code.clean {
            self.body(f, b, out)?;
        }
        Ok(())
    }

    /// A block in the scope of `f` (switch conditions, `.`-like use inside the engine); its output as one value.
    pub fn run_inline(&mut self, f: &Frame, code: &Rc<Code>, _args: Vec<Value>) -> Res<Value> {
        let frame = self.frame(code, &f.scope, f.redirects, f.inv);
        let collected = Collector::default();
        self.run_block_once(&frame, code, &collected)?;
        Ok(Value::from_results(collected.take()))
    }

    /// Calls a script block as a delegate does: new scope, positional arguments, `$_` when given.
    pub fn invoke_block(
        &mut self,
        block: &crate::function::ScriptBlock,
        args: &[Value],
        this: Option<&Value>,
        out: &dyn Sink,
        redirects: &Redirects,
    ) -> Res<()> {
        let code = block.code.clone();
        let parent = match &block.home {
            Some(home) => home.clone(),
            None => self.parent_scope(&block.module),
        };
        let scope = self.new_scope(&code.layout, &parent);
        if let Some(this) = this {
            scope.put(UNDERSCORE_SLOT, this.clone());
        }
        let outer_using = (!block.using.borrow().is_empty())
            .then(|| std::mem::replace(&mut self.using_values, block.using.borrow().clone()));
        let run = self.bind_positional(&code, &scope, args, redirects);
        let result = run.and_then(|()| {
            let run = ScriptRun {
                code: code.clone(),
                scope: scope.clone(),
                name: self.no_name.clone(),
                module: block.module.clone(),
                inv: None,
                args: None,
                binder: PipelineBinder::default(),
                input: Vec::new(),
                own_scope: false,
                piped: false,
                begun: false,
                exits: false,
                exited: false,
            };
            run.inside(self, redirects, |en, f| en.run_blocks(f, &code, None, out))
        });
        if let Some(outer) = outer_using {
            self.using_values = outer;
        }
        self.free_scope(scope);
        result
    }

    /// Binds positional arguments to a block's parameters (delegates, Invoke(), methods).
    pub fn bind_positional(
        &mut self,
        code: &Rc<Code>,
        scope: &Rc<Scope>,
        args: &[Value],
        redirects: &Redirects,
    ) -> Res<()> {
        if code.params.list.is_empty() {
            if code.uses.args {
                scope.put(ARGS_SLOT, Value::array(args.to_vec()));
            }
            return Ok(());
        }
        let meta = self.meta_of(code, "")?;
        let argv = args.iter().map(|v| crate::bind::ArgVal::positional(v.clone())).collect();
        let bound = self.bind(&meta, argv, false, None)?;
        self.fill_parameters(code, scope, &bound.args, bound.rest, redirects)
    }

    /// Puts bound values and defaults into the parameter variables of a fresh scope.
    pub fn fill_parameters(
        &mut self,
        code: &Rc<Code>,
        scope: &Rc<Scope>,
        args: &Args,
        rest: Vec<Value>,
        redirects: &Redirects,
    ) -> Res<()> {
        let map = scope.map_for(&code.layout);
        let place = |slot: u32| map.as_ref().map_or(slot, |m| m[slot as usize]);
        if code.uses.bound {
            scope.put(place(BOUND_SLOT), crate::host_object::bound_parameters(crate::call::bound_pairs(args)));
        }
        if code.uses.args && !code.params.advanced {
            scope.put(place(ARGS_SLOT), Value::array(rest));
        }
        let mut defaults = false;
        for (at, p) in code.params.list.iter().enumerate() {
            match args.values.get(at) {
                Some(Value::Unset) | None => {
                    defaults |= p.default.is_some();
                    let ty = args.meta.params.get(at).map(|m| m.ty);
                    let value = ty.map_or(Value::Null, default_of);
                    scope.put(place(p.slot), value);
                }
                Some(v) => scope.put(place(p.slot), v.clone()),
            }
        }
        if defaults {
            self.fill_defaults(code, scope, args, redirects)?;
        }
        // Assigned parameters keep their constraints; the others cannot be changed by the code.
        for (at, p) in code.params.list.iter().enumerate() {
            if p.assigned.get()
                && let Some(meta) = args.meta.params.get(at)
                && (meta.ty.kind != TypeKind::Object || !meta.validations.is_empty())
            {
                let mut list: Vec<Constraint> = Vec::new();
                if meta.ty.kind != TypeKind::Object {
                    list.push(Constraint::Type(meta.ty));
                }
                list.extend(meta.validations.iter().map(|v| Constraint::Validation(Rc::new(v.clone()))));
                let at = place(p.slot);
                let variable = Variable::new(&p.name, scope.get(at));
                *variable.constraints.borrow_mut() = list;
                scope.put(at, Rc::new(variable).into_slot());
            }
        }
        Ok(())
    }

    fn fill_defaults(&mut self, code: &Rc<Code>, scope: &Rc<Scope>, args: &Args, redirects: &Redirects) -> Res<()> {
        let frame = self.frame(code, scope, *redirects, None);
        let outer = std::mem::replace(&mut self.scope, scope.clone());
        let mut result = Ok(());
        for (at, p) in code.params.list.iter().enumerate() {
            let Some((expr, span)) = &p.default else { continue };
            if !matches!(args.values.get(at), Some(Value::Unset) | None) {
                continue;
            }
            result = self.eval(&frame, expr).and_then(|v| {
                let ty = args.meta.params.get(at).map_or(&types::OBJECT, |m| m.ty);
                let v = if ty.kind == TypeKind::Object {
                    v.or_null()
                } else {
                    self.cast(&v, ty)
                        .map_err(|flow| errors::argument_transformation(&p.name, ty, &v, Some(flow), false))?
                };
                scope.put(frame.slot(p.slot), v);
                Ok(())
            });
            if let Err(flow) = result {
                result = Err(self.place_error_in(code, flow, *span));
                break;
            }
        }
        self.scope = outer;
        result
    }
}

/// What a parameter of a value type holds when nothing was given.
fn default_of(ty: TypeRef) -> Value {
    match ty.kind {
        TypeKind::Int32 => Value::Int(0),
        TypeKind::Int64 => Value::Long(0),
        TypeKind::Double => Value::Double(0.0),
        TypeKind::Single => Value::Single(0.0),
        TypeKind::Boolean => Value::Bool(false),
        TypeKind::Switch => crate::host_object::switch(false),
        TypeKind::String => Value::str(""),
        TypeKind::Byte => Value::Byte(0),
        TypeKind::SByte => Value::SByte(0),
        TypeKind::Int16 => Value::Short(0),
        TypeKind::UInt16 => Value::UShort(0),
        TypeKind::UInt32 => Value::UInt(0),
        TypeKind::UInt64 => Value::ULong(0),
        TypeKind::Char => Value::Char(0),
        TypeKind::Decimal => Value::decimal(Default::default()),
        _ => Value::Null,
    }
}
