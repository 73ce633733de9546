//! What a built-in command is to the engine: the `Command` trait, its context `Cx`, and where commands come from.
use crate::Engine;
use crate::streams::Redirects;
use dialtone_object::*;
use std::rc::Rc;

/// Where a command's output goes: the next stage of the pipeline, a collector, the host.
pub trait Sink {
    /// Takes one object. An error here (including "the pipeline has all it needs") must be passed on with `?`.
    fn write(&self, en: &mut Engine, value: Value) -> Res<()>;
    /// True for the host itself at the end of a top-level pipeline.
    fn is_host(&self) -> bool {
        false
    }
}

/// A compiled command. One instance serves one invocation; parameters are in `cx.args`, already converted and
/// validated. `process` runs once per pipeline object (with the pipeline-bound parameters set), or once without input.
pub trait Command {
    fn begin(&mut self, _cx: &mut Cx) -> Res<()> {
        Ok(())
    }
    fn process(&mut self, _cx: &mut Cx) -> Res<()> {
        Ok(())
    }
    fn end(&mut self, _cx: &mut Cx) -> Res<()> {
        Ok(())
    }
    /// Runs always, also when the pipeline was stopped (PowerShell's Dispose).
    fn clean(&mut self, _cx: &mut Cx) {}
    /// Parameters that depend on the arguments (PowerShell's dynamic parameters).
    fn dynamic_params(&mut self, _cx: &mut Cx) -> Res<Vec<ParamMeta>> {
        Ok(Vec::new())
    }
}

/// A command made of Rust code: its signature and how to make an instance.
pub struct Cmdlet {
    pub meta: Rc<CommandMeta>,
    pub make: Box<dyn Fn() -> Box<dyn Command>>,
}

/// Finds commands by name, on demand. Nothing is decoded before somebody asks for it.
pub trait CommandProvider {
    /// By exact name (any case).
    fn find(&self, en: &mut Engine, name: &str) -> Option<Rc<Cmdlet>>;
    /// All names it has, for Get-Command and completion.
    fn names(&self) -> Vec<&str>;
    /// The module a name belongs to.
    fn module_of(&self, name: &str) -> Option<&str>;
    /// Modules, with versions, that scripts import although all they hold is here already.
    fn modules(&self) -> &'static [(&'static str, &'static str)] {
        &[]
    }
    /// What a built-in alias stands for.
    fn alias(&self, _name: &str) -> Option<String> {
        None
    }
    /// A command written as a PowerShell function (cmdlets/*.psm1), defined at its first use.
    fn function(&self, _en: &mut Engine, _name: &str) -> Res<Option<Rc<crate::function::Function>>> {
        Ok(None)
    }
}

/// The bound parameters of one invocation.
pub struct Args {
    pub meta: Rc<CommandMeta>,
    /// By place in `meta.params`; `Unset` when not bound and without default.
    pub values: Vec<Value>,
    /// Which of them were given (by name, position or pipeline), not defaulted.
    pub bound: Vec<bool>,
    /// Index into `meta.sets` of the parameter set that was chosen.
    pub set: Option<usize>,
}

impl Args {
    pub fn new(meta: Rc<CommandMeta>) -> Args {
        let values = meta.params.iter().map(|p| p.default.clone().unwrap_or(Value::Unset)).collect();
        Args { bound: vec![false; meta.params.len()], values, meta, set: None }
    }
    fn at(&self, name: &str) -> Option<usize> {
        self.meta.params.iter().position(|p| &*p.name == name)
    }
    /// The value of a parameter; none when it was not given and has no default. `name` in its exact spelling.
    pub fn get(&self, name: &str) -> Option<&Value> {
        match self.values.get(self.at(name)?) {
            None | Some(Value::Unset) => None,
            Some(v) => Some(v),
        }
    }
    /// As [`Args::get`], but neither nothing nor `$null`.
    pub fn value(&self, name: &str) -> Option<&Value> {
        self.get(name).filter(|v| !v.is_null())
    }
    /// True when the parameter was given.
    pub fn is_bound(&self, name: &str) -> bool {
        self.at(name).is_some_and(|at| self.bound[at])
    }
    /// A switch (or bool) parameter that is on.
    pub fn switch(&self, name: &str) -> bool {
        self.get(name).is_some_and(is_true)
    }
    pub fn text(&self, name: &str) -> Option<PsString> {
        match self.get(name)?.base() {
            Value::String(s) => Some(s.clone()),
            _ => None,
        }
    }
    pub fn int(&self, name: &str) -> Option<i64> {
        match self.get(name)?.base() {
            Value::Int(n) => Some(i64::from(*n)),
            Value::UInt(n) => Some(i64::from(*n)),
            Value::Long(n) => Some(*n),
            Value::Short(n) => Some(i64::from(*n)),
            Value::UShort(n) => Some(i64::from(*n)),
            Value::Byte(n) => Some(i64::from(*n)),
            _ => None,
        }
    }
    /// The elements of an array parameter (one element when it is a scalar; empty when not given).
    pub fn list(&self, name: &str) -> Vec<Value> {
        match self.get(name) {
            None => Vec::new(),
            Some(v) if v.is_null() => Vec::new(),
            Some(v) => match v.base() {
                Value::Array(a) => a.to_vec(),
                Value::List(l) => l.to_vec(),
                _ => vec![v.clone()],
            },
        }
    }
    /// Name of the chosen parameter set.
    pub fn set_name(&self) -> &str {
        self.set.and_then(|at| self.meta.sets.get(at)).map_or(meta::ALL_SETS, |s| s)
    }
}

/// True for the truth of a bool, number or switch value without conversion of strings (switch parameters arrive as
/// bools).
fn is_true(v: &Value) -> bool {
    match v.base() {
        Value::Bool(b) => *b,
        Value::Int(n) => *n != 0,
        Value::Object(o) => o.data().truth(),
        _ => false,
    }
}

/// What stays the same during one invocation of a command.
pub struct Invocation {
    /// As shown in error texts: the command's own name (not the alias used).
    pub name: PsString,
    /// Second half of FullyQualifiedErrorId: class name of a cmdlet, name of a function.
    pub error_suffix: PsString,
    pub info: Rc<InvocationInfo>,
    /// Preferences given as common parameters; none means the variable decides.
    pub common: Common,
    /// `(number of this stage, stages)`; both 1 for a command alone.
    pub position: (usize, usize),
    /// Number of the pipeline, for stopping it.
    pub pipeline: u64,
    /// The scope it was called from: home of its -OutVariable and the like.
    pub scope: Rc<crate::scope::Scope>,
}

/// The common parameters of an invocation.
#[derive(Default, Clone)]
pub struct Common {
    pub error_action: Option<ActionPreference>,
    pub warning_action: Option<ActionPreference>,
    pub information_action: Option<ActionPreference>,
    pub progress_action: Option<ActionPreference>,
    pub verbose: Option<bool>,
    pub debug: Option<bool>,
    pub what_if: Option<bool>,
    pub confirm: Option<bool>,
    pub error_variable: Option<PsString>,
    pub warning_variable: Option<PsString>,
    pub information_variable: Option<PsString>,
    pub out_variable: Option<PsString>,
    pub out_buffer: Option<i32>,
    pub pipeline_variable: Option<PsString>,
}

impl Common {
    /// Has -ErrorVariable, -WarningVariable or -InformationVariable.
    pub fn has_variables(&self) -> bool {
        self.error_variable.is_some() || self.warning_variable.is_some() || self.information_variable.is_some()
    }
}

/// `System.Management.Automation.ActionPreference`
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ActionPreference {
    SilentlyContinue = 0,
    Stop = 1,
    Continue = 2,
    Inquire = 3,
    Ignore = 4,
    Suspend = 5,
    Break = 6,
}

impl ActionPreference {
    pub fn from_name(name: &str) -> Option<ActionPreference> {
        use ActionPreference::*;
        const NAMES: [(&str, ActionPreference); 7] = [
            ("SilentlyContinue", SilentlyContinue),
            ("Stop", Stop),
            ("Continue", Continue),
            ("Inquire", Inquire),
            ("Ignore", Ignore),
            ("Suspend", Suspend),
            ("Break", Break),
        ];
        NAMES.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, p)| *p)
    }
}

/// A running command's view of the engine.
pub struct Cx<'a> {
    pub en: &'a mut Engine,
    /// The next stage.
    pub out: &'a dyn Sink,
    pub args: &'a mut Args,
    /// The pipeline object at hand; `Unset` when the command runs without input.
    pub input: Value,
    pub inv: &'a Rc<Invocation>,
    pub redirects: &'a Redirects<'a>,
}

impl Cx<'_> {
    /// Sends one object down the pipeline as it is (arrays stay whole).
    pub fn write(&mut self, value: Value) -> Res<()> {
        if matches!(value, Value::Void) {
            return Ok(());
        }
        self.out.write(self.en, value)
    }
    /// Sends the elements of a collection one by one (WriteObject with enumerate).
    pub fn write_all(&mut self, value: Value) -> Res<()> {
        crate::pipeline::write_enumerated(self.en, value, self.out)
    }
    /// True when the command gets objects from a pipeline.
    pub fn has_input(&self) -> bool {
        !matches!(self.input, Value::Unset)
    }
    /// Reports a non-terminating error (honours ErrorAction: may come back as a terminating one).
    pub fn error(&mut self, error: ErrorRecord) -> Res<()> {
        let en = &mut *self.en;
        en.report_error(Rc::new(error), Some(self.inv), self.redirects)
    }
    /// Turns an error into a terminating one of this command: `return Err(cx.fail(...))`.
    pub fn fail(&mut self, error: ErrorRecord) -> Flow {
        let error = Rc::new(error);
        self.en.dress_error(&error, self.inv);
        error.into()
    }
    pub fn warn(&mut self, text: &str) -> Res<()> {
        self.en.report(Stream::Warning, Value::str(text), Some(self.inv), self.redirects)
    }
    pub fn verbose(&mut self, text: &str) -> Res<()> {
        self.en.report(Stream::Verbose, Value::str(text), Some(self.inv), self.redirects)
    }
    pub fn debug(&mut self, text: &str) -> Res<()> {
        self.en.report(Stream::Debug, Value::str(text), Some(self.inv), self.redirects)
    }
    /// An InformationRecord or progress record, already made.
    pub fn stream(&mut self, stream: Stream, record: Value) -> Res<()> {
        self.en.report(stream, record, Some(self.inv), self.redirects)
    }
    /// `ShouldProcess(target, action)`: prints "What if:" or asks, as preferences say.
    pub fn should_process(&mut self, target: &str, action: &str) -> Res<bool> {
        crate::confirm::should_process(self.en, self.inv, self.args.meta.confirm_impact, target, action, None)
    }
    /// `ShouldContinue(query, caption)`
    pub fn should_continue(&mut self, query: &str, caption: &str) -> Res<bool> {
        crate::confirm::should_continue(self.en, query, caption)
    }
    /// Ends the pipeline upstream of this command without an error (`Select-Object -First`).
    pub fn stop_upstream(&self) -> Flow {
        FlowKind::StopUpstream(self.inv.pipeline).into()
    }
}
