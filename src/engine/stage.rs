//! One running command of a pipeline.
use crate::bind::PipelineBinder;
use crate::command::{Args, Command, Cx, Invocation, Sink};
use crate::machine::{Engine, Frame};
use crate::script::ScriptRun;
use crate::streams::Redirects;
use dialtone_object::*;
use std::cell::RefCell;
use std::rc::Rc;

pub enum StageKind {
    Cmdlet(Box<CmdletRun>),
    Script(Box<ScriptRun>),
    /// `ForEach-Object { }` with one block, `Where-Object { }`: run in the caller's scope without a binder.
    Block(crate::block_stage::BlockRun),
    Native(Box<crate::native::NativeRun>),
}

pub struct CmdletRun {
    pub command: Box<dyn Command>,
    pub args: Args,
    pub binder: PipelineBinder,
    pub inv: Rc<Invocation>,
}

impl StageKind {
    pub fn invocation(&self) -> Option<&Rc<Invocation>> {
        match self {
            StageKind::Cmdlet(c) => Some(&c.inv),
            StageKind::Script(s) => s.inv.as_ref(),
            StageKind::Block(_) | StageKind::Native(_) => None,
        }
    }
}

pub struct Stage<'a> {
    kind: RefCell<StageKind>,
    next: &'a dyn Sink,
    redirects: Redirects<'a>,
}

impl<'a> Stage<'a> {
    pub fn new(kind: StageKind, next: &'a dyn Sink, redirects: Redirects<'a>) -> Stage<'a> {
        Stage { kind: RefCell::new(kind), next, redirects }
    }

    pub fn invocation(&self) -> Option<Rc<Invocation>> {
        self.kind.borrow().invocation().cloned()
    }

    fn with_command(
        &self,
        en: &mut Engine,
        run: &mut CmdletRun,
        input: Value,
        step: fn(&mut dyn Command, &mut Cx) -> Res<()>,
    ) -> Res<()> {
        let mut cx = Cx { en, out: self.next, args: &mut run.args, input, inv: &run.inv, redirects: &self.redirects };
        let result = step(&mut *run.command, &mut cx);
        result.map_err(|flow| en.command_flow(flow, &run.inv))
    }

    pub fn begin(&self, en: &mut Engine) -> Res<()> {
        let mut kind = self.kind.borrow_mut();
        match &mut *kind {
            StageKind::Cmdlet(run) => self.with_command(en, run, Value::Unset, |c, cx| c.begin(cx)),
            StageKind::Script(run) => leaves(run.begin(en, self.next, &self.redirects)),
            StageKind::Block(_) => Ok(()),
            StageKind::Native(run) => run.begin(en, self.next, &self.redirects),
        }
    }

    /// One object; `Unset` for the one run of a first command without input.
    pub fn process(&self, en: &mut Engine, input: Value) -> Res<()> {
        let Ok(mut kind) = self.kind.try_borrow_mut() else {
            return Err(crate::errors::reentered().into());
        };
        match &mut *kind {
            StageKind::Cmdlet(run) => {
                if !matches!(input, Value::Unset) {
                    let CmdletRun { args, binder, inv, .. } = &mut **run;
                    if !binder.bind(en, args, &input, inv, &self.redirects)? {
                        return Ok(());
                    }
                } else if !run.binder.ready(&run.args) {
                    return Err(en.missing_pipeline_input(&run.args, &run.inv));
                }
                self.with_command(en, run, input, |c, cx| c.process(cx))
            }
            StageKind::Script(run) => leaves(run.process(en, input, self.next, &self.redirects)),
            StageKind::Block(run) => run.process(en, input, self.next, &self.redirects),
            StageKind::Native(run) => run.process(en, input, self.next, &self.redirects),
        }
    }

    pub fn end(&self, en: &mut Engine) -> Res<()> {
        let mut kind = self.kind.borrow_mut();
        match &mut *kind {
            StageKind::Cmdlet(run) => self.with_command(en, run, Value::Unset, |c, cx| c.end(cx)),
            StageKind::Script(run) => leaves(run.end(en, self.next, &self.redirects)),
            StageKind::Block(run) => run.end(en),
            StageKind::Native(run) => run.end(en, self.next, &self.redirects),
        }
    }

    /// After the pipeline ended, however it did.
    pub fn clean(&self, en: &mut Engine) {
        let mut kind = self.kind.borrow_mut();
        match &mut *kind {
            StageKind::Cmdlet(run) => {
                let run = &mut **run;
                let mut cx = Cx {
                    en,
                    out: self.next,
                    args: &mut run.args,
                    input: Value::Unset,
                    inv: &run.inv,
                    redirects: &self.redirects,
                };
                run.command.clean(&mut cx);
            }
            StageKind::Script(run) => run.clean(en, self.next, &self.redirects),
            StageKind::Block(run) => run.clean(en),
            StageKind::Native(run) => run.clean(),
        }
    }
}

/// A terminating error that leaves its function is an ordinary one to the caller.
fn leaves(result: Res<()>) -> Res<()> {
    if let Err(flow) = &result
        && let Some(error) = flow.error()
    {
        error.escapes.set(false);
    }
    result
}

impl Sink for Stage<'_> {
    fn write(&self, en: &mut Engine, value: Value) -> Res<()> {
        self.process(en, value)
    }
}

impl Engine {
    /// A frame for code that runs in `scope`.
    pub fn frame<'a>(
        &self,
        code: &'a dialtone_code::Code,
        scope: &Rc<crate::scope::Scope>,
        redirects: Redirects<'a>,
        inv: Option<&'a Rc<Invocation>>,
    ) -> Frame<'a> {
        Frame { scope: scope.clone(), map: scope.map_for(&code.layout), code, redirects, inv, ret: None }
    }
}
