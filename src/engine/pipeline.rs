//! Pipelines: stages that push objects to the next, collectors, redirections.
use crate::command::{Invocation, Sink};
use crate::machine::{Engine, Frame};
use crate::stage::{Stage, StageKind};
use crate::streams::Redirects;
use dialtone_code::*;
use dialtone_object::*;
use dialtone_syntax::RedirectionStream;
use std::cell::RefCell;
use std::rc::Rc;

/// Collects what is written.
#[derive(Default)]
pub struct Collector(RefCell<Vec<Value>>);

impl Collector {
    pub fn take(&self) -> Vec<Value> {
        self.0.take()
    }
}
impl Sink for Collector {
    fn write(&self, _en: &mut Engine, value: Value) -> Res<()> {
        self.0.borrow_mut().push(value);
        Ok(())
    }
}

/// Drops what is written.
pub struct NullSink;
impl Sink for NullSink {
    fn write(&self, _en: &mut Engine, _value: Value) -> Res<()> {
        Ok(())
    }
}

/// Writes a value to a pipeline as a statement does: collections element by element, nothing for Void.
pub fn write_enumerated(en: &mut Engine, value: Value, out: &dyn Sink) -> Res<()> {
    match &value {
        Value::Void | Value::Unset => Ok(()),
        Value::Array(a) => {
            let mut at = 0;
            while let Some(item) = a.get(at) {
                at += 1;
                out.write(en, item)?;
            }
            Ok(())
        }
        Value::List(l) => {
            for item in l.to_vec() {
                out.write(en, item)?;
            }
            Ok(())
        }
        Value::Object(o) if o.data().is_enumerable() => {
            for item in en.enumerate(&value)? {
                out.write(en, item)?;
            }
            Ok(())
        }
        Value::Wrapped(w) if matches!(w.base, Value::Array(_) | Value::List(_) | Value::Object(_)) => {
            let base = w.base.clone();
            if let Value::Object(o) = &base
                && !o.data().is_enumerable()
            {
                return out.write(en, value);
            }
            write_enumerated(en, base, out)
        }
        _ => out.write(en, value),
    }
}

/// `-OutVariable` and `-PipelineVariable`: see every object on its way to `next`.
pub struct Tee<'a> {
    pub next: &'a dyn Sink,
    pub inv: Rc<Invocation>,
}
impl Sink for Tee<'_> {
    fn write(&self, en: &mut Engine, value: Value) -> Res<()> {
        if let Some(name) = &self.inv.common.out_variable {
            en.append_in(&self.inv.scope, name, value.clone())?;
        }
        if let Some(name) = &self.inv.common.pipeline_variable {
            en.set_in(&self.inv.scope, Name::new(name), value.clone())?;
        }
        self.next.write(en, value)
    }
}

/// `> file`: collects, and writes the formatted text when the command has ended.
pub struct FileSink {
    path: String,
    append: bool,
    items: RefCell<Vec<Value>>,
}
impl Sink for FileSink {
    fn write(&self, _en: &mut Engine, value: Value) -> Res<()> {
        self.items.borrow_mut().push(value);
        Ok(())
    }
}
impl FileSink {
    fn finish(&self, en: &mut Engine) -> Res<()> {
        let items = self.items.take();
        let host = en.host.clone();
        let text = host.render(en, items)?;
        let result = if self.append {
            use std::io::Write;
            std::fs::OpenOptions::new()
                .append(true)
                .create(true)
                .open(&self.path)
                .and_then(|mut f| f.write_all(text.as_bytes()))
        } else {
            std::fs::write(&self.path, text)
        };
        result.map_err(|e| crate::errors::file_open(&self.path, &e).into())
    }
}

/// What redirections make of a command's output and streams.
pub(crate) struct Redirected<'a> {
    files: Vec<(RedirectionStream, Option<FileSink>)>,
    merges: &'a [RedirectionCode],
}

impl<'a> Redirected<'a> {
    /// Opens the files (creating them, as PowerShell does before the command runs).
    pub fn open(en: &mut Engine, f: &Frame, list: &'a [RedirectionCode]) -> Res<Redirected<'a>> {
        let mut files = Vec::new();
        for r in list {
            let RedirectionCode::File { from, path, append, .. } = r else { continue };
            let path = en.eval(f, path)?;
            if path.is_null() {
                files.push((*from, None));
                continue;
            }
            let text = en.to_text(&path);
            if text.is_empty() {
                files.push((*from, None));
                continue;
            }
            let full = en.resolve_path(&text);
            if !append {
                std::fs::write(&full, "").map_err(|e| Flow::from(crate::errors::file_open(&full, &e)))?;
            }
            files.push((*from, Some(FileSink { path: full, append: *append, items: RefCell::default() })));
        }
        Ok(Redirected { files, merges: list })
    }

    fn sink(&self, stream: RedirectionStream) -> Option<&dyn Sink> {
        self.files.iter().find(|(s, _)| *s == stream || *s == RedirectionStream::All).map(|(_, file)| match file {
            Some(f) => f as &dyn Sink,
            None => &NullSink,
        })
    }

    /// The output sink under these redirections.
    pub fn out<'s>(&'s self, out: &'s dyn Sink) -> &'s dyn Sink {
        self.sink(RedirectionStream::Output).unwrap_or(out)
    }

    pub fn streams<'s>(&'s self, outer: &Redirects<'s>, out: &'s dyn Sink) -> Redirects<'s> {
        use RedirectionStream as R;
        let mut all = *outer;
        let mut apply = |stream: R, sink: Option<&'s dyn Sink>| {
            let Some(sink) = sink else { return };
            match stream {
                R::Error => all.error = Some(sink),
                R::Warning => all.warning = Some(sink),
                R::Verbose => all.verbose = Some(sink),
                R::Debug => all.debug = Some(sink),
                R::Information => all.information = Some(sink),
                R::All | R::Output => {}
            }
        };
        const STREAMS: [R; 5] = [R::Error, R::Warning, R::Verbose, R::Debug, R::Information];
        for stream in STREAMS {
            apply(stream, self.sink(stream));
        }
        for m in self.merges {
            let RedirectionCode::Merge { from, .. } = m else { continue };
            let target = self.out(out);
            for stream in STREAMS {
                if *from == stream || *from == R::All {
                    apply(stream, Some(target));
                }
            }
        }
        all
    }

    /// Writes the files.
    pub fn finish(&self, en: &mut Engine) -> Res<()> {
        for file in self.files.iter().filter_map(|(_, f)| f.as_ref()) {
            file.finish(en)?;
        }
        Ok(())
    }
}

impl Engine {
    /// Runs a pipeline; its output goes to `out`. Sets `$?`.
    pub fn run_pipeline(&mut self, f: &Frame, p: &Rc<PipelineCode>, out: &dyn Sink) -> Res<()> {
        if p.background {
            return crate::jobs::start_background(self, f, p, out);
        }
        let outer = std::mem::replace(&mut self.failed, false);
        let result = match &p.elements[..] {
            [Element::Command(c)] => self.run_command(f, c, out),
            [Element::Expr { expr, redirections, .. }] => self.run_expression(f, expr, redirections, out),
            elements => self.run_stages(f, elements, out),
        };
        self.ok = !self.failed && result.is_ok();
        self.failed = outer;
        result
    }

    /// An expression with redirections as a pipeline of its own.
    fn run_expression(&mut self, f: &Frame, e: &Expr, redirections: &[RedirectionCode], out: &dyn Sink) -> Res<()> {
        let redirected = Redirected::open(self, f, redirections)?;
        let sink = redirected.out(out);
        let redirects = redirected.streams(&f.redirects, out);
        let inner =
            Frame { scope: f.scope.clone(), map: f.map.clone(), code: f.code, redirects, inv: f.inv, ret: f.ret };
        let result = match self.eval(&inner, e) {
            Ok(value) => write_enumerated(self, value, sink),
            // A terminating error under `2>&1` is still one, but a redirected error stream shows it.
            Err(flow) => Err(flow),
        };
        redirected.finish(self)?;
        result
    }

    /// A command alone in its pipeline.
    fn run_command(&mut self, f: &Frame, c: &CommandCode, out: &dyn Sink) -> Res<()> {
        if !c.redirections.is_empty() {
            return self.run_stages(f, std::slice::from_ref(c), out);
        }
        if let Some(result) = self.try_plain_call(f, c, out) {
            return result;
        }
        self.run_stages(f, std::slice::from_ref(c), out)
    }

    /// The general way: prepare every command (binding its arguments), chain the stages from the last to the first,
    /// then begin, feed and end them in order.
    pub(crate) fn run_stages<P: AsPart>(&mut self, f: &Frame, parts: &[P], out: &dyn Sink) -> Res<()> {
        self.pipelines += 1;
        let number = self.pipelines;
        let count = parts.len();
        let (first, rest) = match parts.first().map(AsPart::part) {
            Some(Part::Expr(expr, redirections)) => (Some((expr, redirections)), &parts[1..]),
            _ => (None, parts),
        };
        let offset = count - rest.len();
        let mut kinds = Vec::with_capacity(rest.len());
        for (at, part) in rest.iter().enumerate() {
            let Part::Command(c) = part.part() else {
                return Err(crate::errors::expression_in_pipeline().into());
            };
            let place = at + offset;
            kinds.push((self.prepare(f, c, (place + 1, count), number << 16 | place as u64)?, c));
        }
        self.chain(f, kinds, &mut Vec::new(), first, number, out)
    }

    /// Builds the stage of the last command in `kinds` in front of `next`, then the ones before it; with none left,
    /// runs the whole chain.
    fn chain<'c>(
        &mut self,
        f: &Frame,
        mut kinds: Vec<(StageKind, &'c CommandCode)>,
        built: &mut Vec<&Stage>,
        first: Option<(&'c Expr, &'c [RedirectionCode])>,
        number: u64,
        next: &dyn Sink,
    ) -> Res<()> {
        let Some((kind, c)) = kinds.pop() else {
            built.reverse();
            return self.drive(f, built, first, number, next);
        };
        let redirected = Redirected::open(self, f, &c.redirections)?;
        let sink = redirected.out(next);
        let redirects = redirected.streams(&f.redirects, next);
        let inv: Option<Rc<Invocation>> = kind.invocation().cloned();
        let (tee, variables);
        let mut redirects = redirects;
        let mut sink = sink;
        if let Some(inv) = &inv {
            self.start_variables(inv)?;
            if inv.common.out_variable.is_some() || inv.common.pipeline_variable.is_some() {
                tee = Tee { next: sink, inv: inv.clone() };
                sink = &tee;
            }
            if inv.common.has_variables() {
                variables = crate::streams::Variables { inv: inv.clone(), outer: redirects.variables };
                redirects.variables = Some(&variables);
            }
        }
        let stage = Stage::new(kind, sink, redirects);
        // The list only lives for this call; the stages before this one outlive nothing of it.
        let mut list: Vec<&Stage> = built.clone();
        list.push(&stage);
        let result = self.chain(f, kinds, &mut list, first, number, &stage);
        redirected.finish(self)?;
        result
    }

    /// Empties the variables a command fills (`-OutVariable name`; `+name` goes on with what is there).
    fn start_variables(&mut self, inv: &Rc<Invocation>) -> Res<()> {
        let c = &inv.common;
        for name in
            [&c.out_variable, &c.error_variable, &c.warning_variable, &c.information_variable].into_iter().flatten()
        {
            let key = Name::new(name.trim_start_matches('+'));
            let fresh = !name.starts_with('+') || matches!(inv.scope.local(key), Value::Unset);
            if fresh {
                self.set_in(&inv.scope, key, Value::List(Rc::new(List::array_list(Vec::new()))))?;
            }
        }
        Ok(())
    }

    /// Runs the chained stages (`stages[0]` is the first command).
    fn drive(
        &mut self,
        f: &Frame,
        stages: &[&Stage],
        first: Option<(&Expr, &[RedirectionCode])>,
        number: u64,
        head: &dyn Sink,
    ) -> Res<()> {
        let mut from = 0;
        let result = self.drive_inner(f, stages, first, number, head, &mut from);
        for stage in stages {
            stage.clean(self);
            if let Some(inv) = stage.invocation()
                && let Some(name) = &inv.common.pipeline_variable
            {
                inv.scope.remove(Name::new(name));
            }
        }
        result
    }

    fn drive_inner(
        &mut self,
        f: &Frame,
        stages: &[&Stage],
        first: Option<(&Expr, &[RedirectionCode])>,
        number: u64,
        head: &dyn Sink,
        from: &mut usize,
    ) -> Res<()> {
        // Where upstream was told to stop: the place of the stage that has all it needs.
        let offset = usize::from(first.is_some());
        let stopped = |flow: Flow| -> Res<usize> {
            match *flow.0 {
                FlowKind::StopUpstream(id) if id >> 16 == number => Ok((id & 0xFFFF) as usize - offset),
                kind => Err(kind.into()),
            }
        };
        for stage in stages {
            stage.begin(self)?;
        }
        let fed = match first {
            Some((expr, [])) => self.feed(f, expr, head),
            Some((expr, redirections)) => self.run_expression(f, expr, redirections, head),
            None => match stages.first() {
                Some(stage) => stage.process(self, Value::Unset),
                None => Ok(()),
            },
        };
        if let Err(flow) = fed {
            *from = stopped(flow)?;
        }
        let mut at = *from;
        while at < stages.len() {
            if let Err(flow) = stages[at].end(self) {
                // A later stage may still stop the ones before it while they end.
                let place = stopped(flow)?;
                at = place.max(at + 1);
                continue;
            }
            at += 1;
        }
        Ok(())
    }

    /// The first element is an expression: its elements go down one by one.
    fn feed(&mut self, f: &Frame, e: &Expr, out: &dyn Sink) -> Res<()> {
        if let Expr::Binary(b) = e
            && b.op == BinaryOp::Range
        {
            let (left, right) = (self.eval(f, &b.left)?, self.eval(f, &b.right)?);
            if let (Value::Int(from), Value::Int(to)) = (&left, &right) {
                let (from, to) = (*from, *to);
                let step = if from <= to { 1 } else { -1 };
                let mut n = from;
                loop {
                    self.interrupted()?;
                    out.write(self, Value::Int(n))?;
                    if n == to {
                        return Ok(());
                    }
                    n += step;
                }
            }
            let value = self.binary(BinaryOp::Range, &left, &right)?;
            return write_enumerated(self, value, out);
        }
        let value = self.eval(f, e)?;
        write_enumerated(self, value, out)
    }
}

/// A part of a pipeline: the elements of a `PipelineCode`, or one command alone.
pub(crate) enum Part<'a> {
    Command(&'a CommandCode),
    Expr(&'a Expr, &'a [RedirectionCode]),
}
pub(crate) trait AsPart {
    fn part(&self) -> Part<'_>;
}
impl AsPart for Element {
    fn part(&self) -> Part<'_> {
        match self {
            Element::Command(c) => Part::Command(c),
            Element::Expr { expr, redirections, .. } => Part::Expr(expr, redirections),
        }
    }
}
impl AsPart for CommandCode {
    fn part(&self) -> Part<'_> {
        Part::Command(self)
    }
}
