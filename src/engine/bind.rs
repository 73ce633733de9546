//! The parameter binder: arguments to parameters, parameter sets, pipeline binding. The rules are PowerShell's
//! (about_Parameter_Binding and the order of ParameterBinderController).
use crate::command::{Args, Command, Common, Cx, Invocation};
use crate::errors;
use crate::machine::{Engine, Frame};
use dialtone_code::Code;
use dialtone_object::*;
use dialtone_syntax::Span;
use std::rc::Rc;

#[path = "bind_sets.rs"]
mod sets;
pub use sets::PipelineBinder;

/// One argument of a call, evaluated.
pub struct ArgVal {
    /// Parameter name as written, without the dash.
    pub name: Option<PsString>,
    pub value: Option<Value>,
    pub span: Span,
    /// Source text of a bare word or number: what a string parameter gets instead of the number.
    pub bare: Option<PsString>,
    pub splatted: bool,
    /// `-Name:value`: the value belongs to the name whatever the parameter is.
    pub colon: bool,
}

impl ArgVal {
    pub fn positional(value: Value) -> ArgVal {
        ArgVal { name: None, value: Some(value), span: Span::default(), bare: None, splatted: false, colon: false }
    }
    pub fn named(name: &str, value: Value) -> ArgVal {
        ArgVal { name: Some(name.into()), colon: true, ..ArgVal::positional(value) }
    }
    /// The text of a parameter that is no parameter of the command: `-name`.
    fn dashed(&self) -> Option<PsString> {
        self.name.as_ref().map(|n| format!("-{n}{}", if self.colon { ":" } else { "" }).into())
    }
}

/// `$args` of a block without parameters; texts that were parameter names stay so when they are splatted on.
pub fn rest_of(argv: Vec<ArgVal>) -> Vec<Value> {
    let mut rest = Vec::new();
    for a in argv {
        if let Some(text) = a.dashed() {
            rest.push(token_value(&text));
        }
        if let Some(v) = a.value {
            rest.push(v.or_null());
        }
    }
    rest
}

/// A text that stands for a parameter name in `$args`.
fn token_value(text: &str) -> Value {
    let wrapped = Wrapped { base: Value::str(text), members: Default::default() };
    wrapped
        .members
        .borrow_mut()
        .get_or_insert_default()
        .set("<CommandParameterName>", Member::Note(Value::str(&text[1..])));
    Value::Wrapped(Rc::new(wrapped))
}
pub fn parameter_token(value: &Value) -> Option<PsString> {
    let Value::Wrapped(w) = value else { return None };
    let members = w.members.borrow();
    match members.as_ref()?.get("<CommandParameterName>")? {
        Member::Note(Value::String(s)) => Some(s.trim_end_matches(':').into()),
        _ => None,
    }
}

/// What binding the command line gave.
pub struct Bound {
    pub args: Args,
    pub common: Common,
    /// Arguments that found no parameter (`$args` of a simple function).
    pub rest: Vec<Value>,
    pub binder: PipelineBinder,
}

const ALL: u64 = u64::MAX;

fn mask_of(p: &ParamMeta) -> u64 {
    if p.sets.is_empty() { ALL } else { p.sets.iter().fold(0, |m, s| m | s.mask) }
}
/// The part of a parameter in the valid sets.
fn part(p: &ParamMeta, valid: u64) -> Option<&ParamSet> {
    p.sets.iter().find(|s| s.mask & valid != 0)
}

struct Binding<'a> {
    en: &'a mut Engine,
    meta: &'a Rc<CommandMeta>,
    args: Args,
    common: Common,
    /// Bits of the parameter sets still possible.
    valid: u64,
    inv: Option<&'a Rc<Invocation>>,
    /// Source text of the bare word that `value_for` took last.
    pending_bare: Option<PsString>,
}

impl Engine {
    /// An error of binding: the command's, at the argument that was at hand.
    pub(crate) fn bind_flow(&mut self, f: &Frame, flow: Flow, inv: &Rc<Invocation>) -> Flow {
        let span = std::mem::take(&mut self.bind_at);
        let fresh = flow.error().is_some_and(|e| e.invocation.borrow().is_none());
        let flow = self.command_flow(flow, inv);
        if let Some(error) = flow.error().filter(|_| fresh && span.start < span.end) {
            let position = Some(errors::position(&f.code.source, span));
            *error.invocation.borrow_mut() = Some(Rc::new(InvocationInfo { position, ..(*inv.info).clone() }));
        }
        flow
    }

    /// Binds arguments to a signature. `piped`: objects will come, so that mandatory parameters may wait for them.
    pub fn bind(
        &mut self,
        meta: &Rc<CommandMeta>,
        argv: Vec<ArgVal>,
        piped: bool,
        inv: Option<&Rc<Invocation>>,
    ) -> Res<Bound> {
        let mut binding = Binding {
            args: Args::new(meta.clone()),
            common: Common::default(),
            valid: all_sets(meta),
            meta,
            en: self,
            inv,
            pending_bare: None,
        };
        let left = binding.named(argv)?;
        binding.default_values()?;
        let rest = binding.positional(left)?;
        binding.en.bind_at = Span::default();
        binding.finish(rest, piped)
    }

    /// Binds a cmdlet's arguments, asking it for dynamic parameters when names are left over.
    pub(crate) fn bind_cmdlet(
        &mut self,
        meta: &Rc<CommandMeta>,
        command: &mut dyn Command,
        argv: Vec<ArgVal>,
        piped: bool,
        inv: &Rc<Invocation>,
        f: &Frame,
    ) -> Res<Bound> {
        let unknown = argv.iter().any(|a| a.name.as_ref().is_some_and(|n| !known(meta, n)));
        if !unknown {
            return self.bind(meta, argv, piped, Some(inv));
        }
        let mut args = Args::new(meta.clone());
        let more = {
            let mut cx = Cx {
                en: self,
                out: &crate::pipeline::NullSink,
                args: &mut args,
                input: Value::Unset,
                inv,
                redirects: &f.redirects,
            };
            command.dynamic_params(&mut cx)?
        };
        if more.is_empty() {
            return self.bind(meta, argv, piped, Some(inv));
        }
        let mut wide = (**meta).clone();
        wide.params.extend(more);
        self.bind(&Rc::new(wide), argv, piped, Some(inv))
    }

    /// Binds a function with a `dynamicparam` block: static parameters first, then what the block returned.
    #[expect(clippy::too_many_arguments, reason = "the call's parts")]
    pub(crate) fn bind_dynamic(
        &mut self,
        meta: &Rc<CommandMeta>,
        code: &Rc<Code>,
        scope: &Rc<crate::scope::Scope>,
        argv: Vec<ArgVal>,
        piped: bool,
        inv: &Rc<Invocation>,
        f: &Frame,
    ) -> Res<Bound> {
        let first: Vec<ArgVal> = argv
            .iter()
            .filter(|a| a.name.as_ref().is_none_or(|n| known(meta, n)))
            .map(|a| ArgVal { name: a.name.clone(), value: a.value.clone(), span: a.span, bare: a.bare.clone(), ..*a })
            .collect();
        let mut binding = Binding {
            args: Args::new(meta.clone()),
            common: Common::default(),
            valid: all_sets(meta),
            meta,
            en: self,
            inv: Some(inv),
            pending_bare: None,
        };
        let left = binding.named(first)?;
        let _ = binding.positional(left)?;
        let args = binding.args;
        self.fill_parameters(code, scope, &args, Vec::new(), &f.redirects)?;
        let Some(block) = &code.dynamic_param else { return self.bind(meta, argv, piped, Some(inv)) };
        let collected = crate::pipeline::Collector::default();
        {
            let frame = self.frame(code, scope, f.redirects, None);
            let outer = std::mem::replace(&mut self.scope, scope.clone());
            let result = self.body(&frame, block, &collected);
            self.scope = outer;
            result?;
        }
        let mut wide = (**meta).clone();
        for value in collected.take() {
            wide.params.extend(crate::function_meta::runtime_parameters(self, &value)?);
        }
        self.bind(&Rc::new(wide), argv, piped, Some(inv))
    }

    /// A command without input whose mandatory pipeline parameter got nothing.
    pub(crate) fn missing_pipeline_input(&mut self, args: &Args, inv: &Rc<Invocation>) -> Flow {
        let missing: Vec<&str> = args
            .meta
            .params
            .iter()
            .enumerate()
            .filter(|(at, p)| !args.bound[*at] && p.sets.iter().any(|s| s.mandatory))
            .map(|(_, p)| &*p.name)
            .collect();
        let flow = errors::missing_mandatory(&missing).into();
        self.command_flow(flow, inv)
    }
}

fn all_sets(meta: &CommandMeta) -> u64 {
    match meta.sets.len() {
        0 => ALL,
        n if n >= 64 => ALL,
        n => (1u64 << n) - 1,
    }
}

/// The names of the common parameters and their aliases.
const COMMON: &[(&str, &str)] = &[
    ("Verbose", "vb"),
    ("Debug", "db"),
    ("ErrorAction", "ea"),
    ("WarningAction", "wa"),
    ("InformationAction", "infa"),
    ("ProgressAction", "proga"),
    ("ErrorVariable", "ev"),
    ("WarningVariable", "wv"),
    ("InformationVariable", "iv"),
    ("OutVariable", "ov"),
    ("OutBuffer", "ob"),
    ("PipelineVariable", "pv"),
];
const SHOULD_PROCESS: &[(&str, &str)] = &[("WhatIf", "wi"), ("Confirm", "cf")];

fn commons(meta: &CommandMeta) -> impl Iterator<Item = &'static (&'static str, &'static str)> {
    let own = if meta.advanced { COMMON } else { &[] };
    let process = if meta.advanced && meta.should_process { SHOULD_PROCESS } else { &[] };
    own.iter().chain(process)
}

fn starts(text: &str, prefix: &str) -> bool {
    text.len() >= prefix.len()
        && text.is_char_boundary(prefix.len())
        && text[..prefix.len()].eq_ignore_ascii_case(prefix)
}

/// What a written parameter name means.
enum Found {
    Param(usize),
    Common(&'static str),
    None,
    Ambiguous(Vec<String>),
}

fn find_param(meta: &CommandMeta, name: &str) -> Found {
    if let Some(at) = meta.find(name) {
        return Found::Param(at);
    }
    if let Some((n, _)) = commons(meta).find(|(n, a)| n.eq_ignore_ascii_case(name) || a.eq_ignore_ascii_case(name)) {
        return Found::Common(n);
    }
    if name.is_empty() {
        return Found::None;
    }
    let mut hits: Vec<(usize, &str)> = Vec::new();
    for (at, p) in meta.params.iter().enumerate() {
        if starts(&p.name, name) || p.aliases.iter().any(|a| starts(a, name)) {
            hits.push((at, &p.name));
        }
    }
    let common: Vec<&'static str> =
        commons(meta).filter(|(n, a)| starts(n, name) || starts(a, name)).map(|(n, _)| *n).collect();
    match (&hits[..], &common[..]) {
        ([(at, _)], []) => Found::Param(*at),
        ([], [one]) => Found::Common(one),
        ([], []) => Found::None,
        // A parameter of the command's own wins over common ones only when it is the only match in all.
        _ => Found::Ambiguous(
            hits.iter().map(|(_, n)| (*n).to_owned()).chain(common.iter().map(|n| (*n).to_owned())).collect(),
        ),
    }
}

fn known(meta: &CommandMeta, name: &str) -> bool {
    !matches!(find_param(meta, name), Found::None)
}

impl Binding<'_> {
    fn fail(&mut self, error: ErrorRecord, span: Span) -> Flow {
        self.en.bind_at = span;
        error.into()
    }

    /// A parameter takes all arguments that are left over.
    fn takes_rest(&self) -> bool {
        self.meta.params.iter().any(|p| p.sets.iter().any(|s| s.remaining && s.mask & self.valid != 0))
    }

    /// Binds everything given by name; what has no name (or no parameter, for simple functions) is left.
    fn named(&mut self, argv: Vec<ArgVal>) -> Res<Vec<ArgVal>> {
        let mut left = Vec::new();
        let mut at = 0;
        let mut argv: Vec<Option<ArgVal>> = argv.into_iter().map(Some).collect();
        while at < argv.len() {
            let Some(a) = argv[at].take() else {
                at += 1;
                continue;
            };
            at += 1;
            let Some(name) = a.name.clone() else {
                left.push(a);
                continue;
            };
            self.en.bind_at = a.span;
            match find_param(self.meta, &name) {
                Found::Param(p) => {
                    let value = self.value_for(self.meta.params[p].is_switch(), &a, &mut argv, at, p)?;
                    if self.args.bound[p] {
                        // A splatted value gives way to one written out.
                        if a.splatted {
                            continue;
                        }
                        let error = errors::already_bound(&self.meta.params[p].name);
                        return Err(self.fail(error, a.span));
                    }
                    let bare = self.pending_bare.take();
                    self.set(p, value, bare.as_ref())?;
                    self.valid &= mask_of(&self.meta.params[p]);
                    if self.valid == 0 {
                        return Err(self.fail(errors::ambiguous_set(), Span::default()));
                    }
                }
                Found::Common(common) => {
                    let switch = matches!(common, "Verbose" | "Debug" | "WhatIf" | "Confirm");
                    let value = self.value_for(switch, &a, &mut argv, at, usize::MAX)?;
                    self.common(common, value)?;
                }
                Found::Ambiguous(names) => {
                    let error = errors::ambiguous_parameter(&name, &names);
                    return Err(self.fail(error, a.span));
                }
                Found::None if self.meta.advanced && !self.takes_rest() => {
                    let near = crate::suggest::parameter(self.meta, &name);
                    let error = errors::parameter_not_found(&name, near.as_deref());
                    return Err(self.fail(error, a.span));
                }
                Found::None => left.push(a),
            }
        }
        Ok(left)
    }

    /// The value of a named argument: its own, `$true` for a switch, or the next argument.
    fn value_for(
        &mut self,
        switch: bool,
        a: &ArgVal,
        argv: &mut [Option<ArgVal>],
        next: usize,
        p: usize,
    ) -> Res<Value> {
        if let Some(v) = &a.value {
            return Ok(v.clone());
        }
        if switch {
            return Ok(Value::Bool(true));
        }
        match argv.get_mut(next) {
            Some(slot) if slot.as_ref().is_some_and(|n| n.name.is_none() && n.value.is_some()) => {
                let arg = slot.take();
                if let Some(n) = &arg {
                    self.en.bind_at = n.span;
                }
                let (value, bare) = arg.map_or((Value::Null, None), |n| (n.value.unwrap_or_default(), n.bare));
                self.pending_bare = bare;
                Ok(value)
            }
            _ => {
                let (name, ty) = match self.meta.params.get(p) {
                    Some(p) => (p.name.to_string(), p.ty),
                    None => (a.name.as_ref().map_or_else(String::new, |n| n.to_string()), &types::OBJECT),
                };
                Err(errors::missing_argument(&name, ty).into())
            }
        }
    }
}
