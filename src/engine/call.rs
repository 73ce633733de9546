//! Commands at their call sites: resolving the name (cached), evaluating and binding the arguments, and the quick way
//! for plain functions.
use crate::bind::{ArgVal, PipelineBinder};
use crate::block_stage::{BlockRun, BlockUse};
use crate::command::{Common, Invocation, Sink};
use crate::errors;
use crate::exec::Signal;
use crate::function::ScriptBlock;
use crate::machine::{Engine, Frame};
use crate::module::Module;
use crate::resolve::{CallSite, Target};
use crate::scope::Scope;
use crate::script::ScriptRun;
use crate::stage::{CmdletRun, StageKind};
use dialtone_code::layout::*;
use dialtone_code::*;
use dialtone_object::*;
use dialtone_syntax as syntax;
use smallvec::SmallVec;
use std::rc::Rc;

impl Engine {
    /// Where a call's new scope hangs: the caller's when both belong to one module, else the module's top.
    pub fn parent_scope(&self, module: &Option<Rc<Module>>) -> Rc<Scope> {
        let same = match (module, &self.module) {
            (None, None) => true,
            (Some(a), Some(b)) => Rc::ptr_eq(a, b),
            _ => false,
        };
        match module {
            _ if same => self.scope.clone(),
            Some(module) => module.scope.clone(),
            None => self.global.clone(),
        }
    }

    /// The resolved target of a call site with a constant name.
    fn target(&mut self, c: &CommandCode, text: &PsString, name: Name) -> Res<Rc<CallSite>> {
        if let Some(any) = &*c.cache.0.borrow()
            && let Ok(site) = any.clone().downcast::<CallSite>()
            && site.epoch == self.epoch.get()
            && same_module(&site.module, &self.module)
        {
            return Ok(site);
        }
        let target = self.resolve_command(text, name)?;
        let site = Rc::new(CallSite { epoch: self.epoch.get(), module: self.module.clone(), target });
        if site.target.is_stable() {
            *c.cache.0.borrow_mut() = Some(site.clone());
        }
        Ok(site)
    }

    /// The quick way: a plain function (no attributes or types, one unnamed block) called alone with plain arguments.
    #[inline]
    pub(crate) fn try_plain_call(&mut self, f: &Frame, c: &CommandCode, out: &dyn Sink) -> Option<Res<()>> {
        let CommandName::Const { text, name, span } = &c.name else { return None };
        if c.invocation == syntax::Invocation::Dot {
            return None;
        }
        let site = match self.target(c, text, *name) {
            Ok(site) => site,
            Err(flow) => return Some(Err(self.place_unknown_command(f, flow, *span, text))),
        };
        let Target::Function(function, code) = &site.target else { return None };
        let simple = code.params.plain
            && code.begin.is_none()
            && code.process.is_none()
            && code.clean.is_none()
            && code.dynamic_param.is_none()
            && !code.uses.bound
            && !code.uses.invocation
            && !code.uses.cmdlet;
        if !simple {
            return None;
        }
        if c.args.iter().any(|a| !matches!(a, Arg::Value { kind, .. } if *kind != ArgKind::Verbatim)) {
            return None;
        }
        Some(self.plain_call(f, c, function, code, out))
    }

    fn plain_call(
        &mut self,
        f: &Frame,
        c: &CommandCode,
        function: &Rc<crate::function::Function>,
        code: &Rc<Code>,
        out: &dyn Sink,
    ) -> Res<()> {
        let params = &code.params.list;
        let mut values: SmallVec<[Value; 6]> = SmallVec::new();
        for a in &c.args {
            if let Arg::Value { expr, .. } = a {
                values.push(self.eval(f, expr)?.or_null());
            }
        }
        let parent = self.parent_scope(&function.module);
        let scope = self.new_scope(&code.layout, &parent);
        let mut defaults = false;
        let mut given = values.drain(..);
        for p in params {
            match given.next() {
                Some(v) => scope.put(p.slot, v),
                None => {
                    defaults |= p.default.is_some();
                    scope.put(p.slot, Value::Null);
                }
            }
        }
        if code.uses.args {
            scope.put(ARGS_SLOT, Value::array(given.collect()));
        }
        let count = c.args.len();
        let outer_scope = std::mem::replace(&mut self.scope, scope.clone());
        let switched = !same_module(&function.module, &self.module);
        let outer_module = switched.then(|| std::mem::replace(&mut self.module, function.module.clone()));
        let result = self.enter(code, &function.name, None, &scope).and_then(|()| {
            let frame = Frame { scope: scope.clone(), map: None, code, redirects: f.redirects, inv: None, ret: None };
            let result = self.plain_body(&frame, code, defaults.then_some(count), out);
            self.leave();
            result
        });
        if let Some(module) = outer_module {
            self.module = module;
        }
        self.scope = outer_scope;
        self.free_scope(scope);
        result
    }

    fn plain_body(&mut self, frame: &Frame, code: &Code, defaults_from: Option<usize>, out: &dyn Sink) -> Res<()> {
        if let Some(from) = defaults_from {
            for p in code.params.list.iter().skip(from) {
                if let Some((expr, _)) = &p.default {
                    let v = self.eval(frame, expr)?.or_null();
                    frame.scope.put(p.slot, v);
                }
            }
        }
        match &code.end {
            Some(block) => match self.exec_block(frame, block, out) {
                Ok(Signal::Done | Signal::Return) => Ok(()),
                Ok(signal) => Err(self.signal_flow(signal)),
                Err(flow) if matches!(*flow.0, FlowKind::Return) => Ok(()),
                Err(flow) => Err(flow),
            },
            None => Ok(()),
        }
    }

    /// Makes a command ready to run as a stage.
    pub(crate) fn prepare(&mut self, f: &Frame, c: &CommandCode, place: (usize, usize), id: u64) -> Res<StageKind> {
        let site = match &c.name {
            CommandName::Const { text, name, span } => match self.target(c, text, *name) {
                Ok(site) => site,
                Err(flow) => return Err(self.place_unknown_command(f, flow, *span, text)),
            },
            CommandName::Expr(e, span) => {
                let value = self.eval(f, e)?;
                if let Some(module) = value.get::<crate::module_info::ModuleInfo>() {
                    return self.prepare_in_module(f, c, &module.0.clone(), place, id);
                }
                let target = match self.resolve_value(&value) {
                    Ok(target) => target,
                    Err(flow) => return Err(self.place_error(f, flow, *span)),
                };
                Rc::new(CallSite { epoch: 0, module: self.module.clone(), target })
            }
        };
        if let Target::Cmdlet(cmdlet) = &site.target
            && let Some(stage) = self.block_stage(f, c, cmdlet)
        {
            return Ok(stage);
        }
        let argv = match &site.target {
            Target::Native(path) => return self.prepare_native(f, c, path, place),
            _ => self.arguments(f, c)?,
        };
        self.prepare_target(f, &site.target, argv, Some(c), place, id)
    }

    /// `& $module command arguments`: the command is looked up, and a block run, in the module's session state.
    fn prepare_in_module(
        &mut self,
        f: &Frame,
        c: &CommandCode,
        module: &Rc<Module>,
        place: (usize, usize),
        id: u64,
    ) -> Res<StageKind> {
        let mut argv = self.arguments(f, c)?;
        let command = match argv.first() {
            Some(a) if a.name.is_none() => argv.remove(0).value.unwrap_or_default(),
            _ => Value::Null,
        };
        let outer_scope = std::mem::replace(&mut self.scope, module.scope.clone());
        let outer_module = self.module.replace(module.clone());
        let target = self.resolve_value(&command).map(|target| match target {
            Target::Block(block) => {
                let block = block.share();
                Target::Block(Rc::new(ScriptBlock { module: Some(module.clone()), home: None, ..block }))
            }
            target => target,
        });
        self.module = outer_module;
        self.scope = outer_scope;
        let target = target.map_err(|flow| self.place_error(f, flow, c.span))?;
        self.prepare_target(f, &target, argv, Some(c), place, id)
    }

    /// ForEach-Object or Where-Object with one block literal as their only argument.
    fn block_stage(&mut self, f: &Frame, c: &CommandCode, cmdlet: &crate::command::Cmdlet) -> Option<StageKind> {
        let usage = match &*cmdlet.meta.name {
            "ForEach-Object" => BlockUse::ForEach,
            "Where-Object" => BlockUse::Where,
            _ => return None,
        };
        let [Arg::Value { expr: Expr::ScriptBlock(code), .. }] = &c.args[..] else { return None };
        let plain =
            code.params.list.is_empty() && code.begin.is_none() && code.process.is_none() && code.clean.is_none();
        plain.then(|| StageKind::Block(BlockRun { code: code.clone(), scope: f.scope.clone(), usage }))
    }

    /// Evaluates the arguments of a call; splatted tables and arrays are spread.
    fn arguments(&mut self, f: &Frame, c: &CommandCode) -> Res<Vec<ArgVal>> {
        let mut list = Vec::with_capacity(c.args.len());
        for a in &c.args {
            match a {
                Arg::Value { expr, span, kind } => {
                    let value = self.eval(f, expr)?;
                    let bare = (*kind == ArgKind::Bare).then(|| f.code.source.slice(*span).into());
                    list.push(ArgVal {
                        name: None,
                        value: Some(value),
                        span: *span,
                        bare,
                        splatted: false,
                        colon: false,
                    });
                }
                Arg::Parameter { name, value, span, colon } => {
                    let value = match value {
                        Some((e, _)) => Some(self.eval(f, e)?),
                        None => None,
                    };
                    let name = Some(PsString::from(&**name));
                    list.push(ArgVal { name, value, span: *span, bare: None, splatted: false, colon: *colon });
                }
                Arg::Splat { variable, span } => {
                    let value = self.eval(f, variable)?;
                    self.splat(&value, *span, &mut list)?;
                }
            }
        }
        Ok(list)
    }

    fn splat(&mut self, value: &Value, span: syntax::Span, list: &mut Vec<ArgVal>) -> Res<()> {
        match value.base() {
            Value::Dict(d) => {
                for (key, value) in d.pairs() {
                    let name = Some(self.to_text(&key));
                    list.push(ArgVal { name, value: Some(value), span, bare: None, splatted: true, colon: true });
                }
            }
            Value::Null | Value::Void => {}
            Value::Array(_) | Value::List(_) | Value::Object(_) => {
                for item in self.enumerate(value)? {
                    // `$args` remembers which of its texts were parameter names.
                    let name = crate::bind::parameter_token(&item);
                    match name {
                        Some(name) => list.push(ArgVal {
                            name: Some(name),
                            value: None,
                            span,
                            bare: None,
                            splatted: true,
                            colon: false,
                        }),
                        None => list.push(ArgVal {
                            name: None,
                            value: Some(item),
                            span,
                            bare: None,
                            splatted: true,
                            colon: false,
                        }),
                    }
                }
            }
            other => {
                let value = Some(other.clone());
                list.push(ArgVal { name: None, value, span, bare: None, splatted: true, colon: false });
            }
        }
        Ok(())
    }

    /// Binds arguments and makes the stage of a resolved command.
    pub(crate) fn prepare_target(
        &mut self,
        f: &Frame,
        target: &Target,
        argv: Vec<ArgVal>,
        c: Option<&CommandCode>,
        place: (usize, usize),
        id: u64,
    ) -> Res<StageKind> {
        let piped = place.0 > 1;
        match target {
            Target::Cmdlet(cmdlet) => {
                let mut info = self.invocation_info(f, c, &cmdlet.meta.name, place);
                let mut command = (cmdlet.make)();
                let inv = self.invocation(&cmdlet.meta.name, &cmdlet.meta.implementing_type, &info, place, id);
                let result = self.bind_cmdlet(&cmdlet.meta, &mut *command, argv, piped, &inv, f);
                let bound = result.map_err(|flow| self.bind_flow(f, flow, &inv))?;
                info.name = PsString::from(&*cmdlet.meta.name);
                let inv = Rc::new(Invocation {
                    common: bound.common,
                    ..Rc::try_unwrap(inv).unwrap_or_else(|inv| inv.copy())
                });
                Ok(StageKind::Cmdlet(Box::new(CmdletRun { command, args: bound.args, binder: bound.binder, inv })))
            }
            Target::Function(function, code) => {
                let parent = self.parent_scope(&function.module);
                self.prepare_script(
                    f,
                    code,
                    &function.name,
                    &function.module,
                    parent,
                    argv,
                    c,
                    place,
                    id,
                    Some(function),
                )
            }
            Target::Block(block) => {
                let parent = match &block.home {
                    Some(home) => home.clone(),
                    None => self.parent_scope(&block.module),
                };
                self.prepare_script(
                    f,
                    &block.code,
                    &self.no_name.clone(),
                    &block.module,
                    parent,
                    argv,
                    c,
                    place,
                    id,
                    None,
                )
            }
            Target::Script(path) => {
                let code = self.load_script(path)?;
                let name: Rc<str> = path.rsplit('/').next().unwrap_or(path).into();
                self.check_requires(&code, &name)?;
                // A script belongs to the session state that calls it: a module's own files are part of the module.
                let (module, parent) = (self.module.clone(), self.scope.clone());
                let mut stage = self.prepare_script(f, &code, &name, &module, parent, argv, c, place, id, None)?;
                if let StageKind::Script(run) = &mut stage {
                    run.exits = true;
                }
                Ok(stage)
            }
            Target::Native(path) => self.prepare_native_values(path, argv, place),
        }
    }

    #[expect(clippy::too_many_arguments, reason = "what a call is made of; a struct for one caller would say less")]
    fn prepare_script(
        &mut self,
        f: &Frame,
        code: &Rc<Code>,
        name: &Rc<str>,
        module: &Option<Rc<Module>>,
        parent: Rc<Scope>,
        argv: Vec<ArgVal>,
        c: Option<&CommandCode>,
        place: (usize, usize),
        id: u64,
        function: Option<&Rc<crate::function::Function>>,
    ) -> Res<StageKind> {
        let piped = place.0 > 1;
        let dot = c.is_some_and(|c| c.invocation == syntax::Invocation::Dot);
        let scope = if dot { parent } else { self.new_scope(&code.layout, &parent) };
        let is_file = code.source.file.is_some() && code.ast.span == code.source.whole();
        if is_file && !dot {
            scope.kind.set(crate::scope::ScopeKind::Script);
        }
        if is_file {
            let outer = std::mem::replace(&mut self.scope, scope.clone());
            let defined = self.apply_usings(code).and_then(|()| self.define_types(code));
            self.scope = outer;
            defined?;
        }
        let info = self.invocation_info(f, c, name, place);
        let mut inv = self.invocation(name, name, &info, place, id);
        let meta = self.meta_of(code, name)?;
        let has_signature = !code.params.list.is_empty() || code.params.advanced;
        let (mut args, mut binder) = (None, PipelineBinder::default());
        if has_signature {
            let dynamic = code.dynamic_param.is_some();
            let bound = if dynamic {
                self.bind_dynamic(&meta, code, &scope, argv, piped, &inv, f)
            } else {
                self.bind(&meta, argv, piped, Some(&inv))
            };
            let bound = bound.map_err(|flow| self.bind_flow(f, flow, &inv))?;
            inv = Rc::new(Invocation { common: bound.common, ..inv.copy() });
            let filled = self.fill_parameters(code, &scope, &bound.args, bound.rest, &f.redirects);
            filled.map_err(|flow| self.command_flow(flow, &inv))?;
            (args, binder) = (Some(bound.args), bound.binder);
        } else if code.uses.args {
            let rest = crate::bind::rest_of(argv);
            let at = scope.map_for(&code.layout).map_or(ARGS_SLOT, |m| m[ARGS_SLOT as usize]);
            scope.put(at, Value::array(rest));
        }
        self.automatic(code, &scope, &inv, args.as_ref(), function);
        Ok(StageKind::Script(Box::new(ScriptRun {
            code: code.clone(),
            scope,
            name: name.clone(),
            module: module.clone(),
            inv: Some(inv),
            args,
            binder,
            input: Vec::new(),
            own_scope: !dot,
            piped,
            begun: false,
            exits: false,
            exited: false,
        })))
    }

    /// `$MyInvocation`, `$PSCmdlet` and preference variables of a call, as far as the code mentions them.
    fn automatic(
        &mut self,
        code: &Rc<Code>,
        scope: &Rc<Scope>,
        inv: &Rc<Invocation>,
        args: Option<&crate::command::Args>,
        function: Option<&Rc<crate::function::Function>>,
    ) {
        let map = scope.map_for(&code.layout);
        let place = |slot: u32| map.as_ref().map_or(slot, |m| m[slot as usize]);
        if code.uses.invocation {
            let mut info = (*inv.info).clone();
            let bound = scope.map_for(&code.layout).map_or(BOUND_SLOT, |m| m[BOUND_SLOT as usize]);
            info.bound = match scope.get(bound) {
                Value::Unset => args.map_or(Value::Null, |a| crate::host_object::bound_parameters(bound_pairs(a))),
                v => v,
            };
            if let (None, Some(file), true) = (function, &code.source.file, code.ast.span == code.source.whole()) {
                info.command = crate::command_info::CommandInfo::Script(file.to_string()).into_value();
            }
            if let Some(function) = function {
                info.command = crate::command_info::CommandInfo::Function(function.clone()).into_value();
            }
            scope.put(place(INVOCATION_SLOT), crate::host_object::invocation_value(&Rc::new(info)));
        }
        if code.uses.cmdlet && code.params.advanced {
            let meta = args.map(|a| (a.meta.clone(), a.set));
            scope.put(place(CMDLET_SLOT), crate::host_object::cmdlet_value(inv, meta));
        }
        if code.params.advanced {
            self.preferences_of(&inv.common, scope);
        }
    }

    /// Common parameters of an advanced function become preference variables of its scope.
    fn preferences_of(&mut self, common: &Common, scope: &Rc<Scope>) {
        let set = |name: Name, value: Value| scope.put(scope.slot(name), value);
        let preference = |p: crate::command::ActionPreference| {
            crate::vars::enum_value("System.Management.Automation.ActionPreference", p as i64)
        };
        let flag = |on: bool| {
            preference(if on {
                crate::command::ActionPreference::Continue
            } else {
                crate::command::ActionPreference::SilentlyContinue
            })
        };
        if let Some(p) = common.error_action {
            set(names::ERROR_ACTION_PREFERENCE, preference(p));
        }
        if let Some(p) = common.warning_action {
            set(names::WARNING_PREFERENCE, preference(p));
        }
        if let Some(p) = common.information_action {
            set(names::INFORMATION_PREFERENCE, preference(p));
        }
        if let Some(p) = common.progress_action {
            set(names::PROGRESS_PREFERENCE, preference(p));
        }
        if let Some(on) = common.verbose {
            set(names::VERBOSE_PREFERENCE, flag(on));
        }
        if let Some(on) = common.debug {
            set(names::DEBUG_PREFERENCE, flag(on));
        }
        if let Some(on) = common.what_if {
            set(names::WHAT_IF_PREFERENCE, Value::Bool(on));
        }
        if let Some(on) = common.confirm {
            let impact = crate::vars::enum_value("System.Management.Automation.ConfirmImpact", if on { 1 } else { 0 });
            set(names::CONFIRM_PREFERENCE, impact);
        }
    }

    fn invocation_info(
        &mut self,
        f: &Frame,
        c: Option<&CommandCode>,
        name: &str,
        place: (usize, usize),
    ) -> InvocationInfo {
        InvocationInfo {
            name: match c.map(|c| &c.name) {
                Some(CommandName::Const { text, .. }) => text.clone(),
                Some(CommandName::Expr(..)) if name.is_empty() => "&".into(),
                _ => name.into(),
            },
            position: c.map(|c| errors::position(&f.code.source, c.span)),
            pipeline_length: place.1 as i32,
            pipeline_position: place.0 as i32,
            expecting_input: place.0 > 1,
            ..InvocationInfo::default()
        }
    }

    fn invocation(
        &mut self,
        name: &str,
        suffix: &str,
        info: &InvocationInfo,
        place: (usize, usize),
        id: u64,
    ) -> Rc<Invocation> {
        Rc::new(Invocation {
            name: name.into(),
            error_suffix: suffix.into(),
            info: Rc::new(info.clone()),
            common: Common::default(),
            position: place,
            pipeline: id,
            scope: self.scope.clone(),
        })
    }
}

/// The parameters that were given, by name.
pub(crate) fn bound_pairs(args: &crate::command::Args) -> Dict {
    let mut dict = Dict::new(Comparer::IgnoreCase);
    for (at, p) in args.meta.params.iter().enumerate() {
        if args.bound[at] {
            dict.insert(Value::str(&p.name), args.values[at].clone());
        }
    }
    dict
}

pub(crate) fn same_module(a: &Option<Rc<Module>>, b: &Option<Rc<Module>>) -> bool {
    match (a, b) {
        (None, None) => true,
        (Some(a), Some(b)) => Rc::ptr_eq(a, b),
        _ => false,
    }
}

impl Invocation {
    pub fn copy(&self) -> Invocation {
        Invocation {
            name: self.name.clone(),
            error_suffix: self.error_suffix.clone(),
            info: self.info.clone(),
            common: self.common.clone(),
            position: self.position,
            pipeline: self.pipeline,
            scope: self.scope.clone(),
        }
    }
}

impl Engine {
    /// A script file with command line words: texts that start with a dash are parameter names.
    pub fn run_file(&mut self, path: &str, words: &[String], out: &dyn Sink) -> Res<()> {
        let code = self.load_script(path)?;
        let mut argv = Vec::with_capacity(words.len());
        for word in words {
            argv.push(command_line_argument(word));
        }
        let global = self.global.clone();
        let frame = Frame {
            scope: global.clone(),
            map: global.map_for(&code.layout),
            code: &code,
            redirects: Default::default(),
            inv: None,
            ret: None,
        };
        let name: Rc<str> = path.rsplit('/').next().unwrap_or(path).into();
        self.check_requires(&code, &name)?;
        self.pipelines += 1;
        let id = self.pipelines << 16;
        let kind = self.prepare_script(&frame, &code, &name, &None, global.clone(), argv, None, (1, 1), id, None)?;
        let stage = crate::stage::Stage::new(kind, out, frame.redirects);
        let result = stage.begin(self).and_then(|()| stage.process(self, Value::Unset)).and_then(|()| stage.end(self));
        stage.clean(self);
        result
    }
}

/// `-Name`, `-Name:value`, `-Name:$true` or a plain word of a command line.
fn command_line_argument(word: &str) -> ArgVal {
    let named = word.strip_prefix('-').filter(|n| n.starts_with(|c: char| c.is_alphabetic() || c == '_'));
    match named {
        Some(name) => match name.split_once(':') {
            Some((name, value)) => {
                let value = match value.to_ascii_lowercase().as_str() {
                    "$true" => Value::Bool(true),
                    "$false" => Value::Bool(false),
                    _ => Value::str(value),
                };
                ArgVal::named(name, value)
            }
            None => ArgVal { name: Some(name.into()), value: None, ..ArgVal::positional(Value::Null) },
        },
        None => ArgVal::positional(Value::str(word)),
    }
}
