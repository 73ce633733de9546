//! Statements: control flow, try/catch/finally, traps, switch.
use crate::command::Sink;
use crate::machine::{Engine, Frame};
use crate::pipeline::{Collector, write_enumerated};
use dialtone_code::*;
use dialtone_object::*;
use std::rc::Rc;

/// How a statement list ended.
pub enum Signal {
    Done,
    Return,
    Break(Label),
    Continue(Label),
}

/// What a loop does after its body ran.
enum Next {
    Go,
    Stop,
    Out(Signal),
}

fn same_label(label: &Label, wanted: &PsString) -> bool {
    label.as_ref().is_some_and(|l| string::eq_ignore_case(l, wanted))
}

fn after_body(result: Res<Signal>, label: &Label) -> Res<Next> {
    let signal = match result {
        Ok(signal) => signal,
        // `break` that comes out of a called block ends this loop as well.
        Err(flow) => match *flow.0 {
            FlowKind::Break(l) => Signal::Break(l),
            FlowKind::Continue(l) => Signal::Continue(l),
            kind => return Err(kind.into()),
        },
    };
    Ok(match signal {
        Signal::Done => Next::Go,
        Signal::Break(None) => Next::Stop,
        Signal::Continue(None) => Next::Go,
        Signal::Break(Some(l)) if same_label(label, &l) => Next::Stop,
        Signal::Continue(Some(l)) if same_label(label, &l) => Next::Go,
        other => Next::Out(other),
    })
}

macro_rules! run_body {
    ($self:ident, $f:expr, $body:expr, $label:expr, $out:expr) => {
        match $self.exec_block($f, $body, $out) {
            Ok(Signal::Done) => {}
            other => match after_body(other, $label)? {
                Next::Go => {}
                Next::Stop => break,
                Next::Out(signal) => return Ok(signal),
            },
        }
    };
}

/// Whether an expression statement sets `$?`: commands inside parentheses and the like have the say themselves.
fn succeeds(e: &Expr) -> bool {
    match e {
        Expr::Assign(a) => succeeds(&a.value),
        Expr::Paren(inner) | Expr::ArrayOf(inner) => succeeds(inner),
        Expr::Pipeline(_) | Expr::Statement(_) => false,
        Expr::Sub(block) => block.statements.is_empty(),
        Expr::Array(block) => match &block.statements[..] {
            [] => true,
            [Stmt { kind: StmtKind::Expr(e) | StmtKind::Effect(e), .. }] => block.traps.is_empty() && succeeds(e),
            _ => false,
        },
        _ => true,
    }
}

impl Engine {
    /// Runs a block; its traps catch what its statements throw.
    pub fn exec_block(&mut self, f: &Frame, block: &Block, out: &dyn Sink) -> Res<Signal> {
        if !block.traps.is_empty() {
            return self.exec_trapped(f, block, out);
        }
        for statement in &block.statements {
            match self.exec(f, statement, out) {
                Ok(Signal::Done) => {}
                Ok(signal) => return Ok(signal),
                Err(flow) => self.statement_error(f, flow)?,
            }
        }
        Ok(Signal::Done)
    }

    /// An error that ended a statement: with no `try` or `trap` around, it is shown and the next statement runs, as
    /// `$ErrorActionPreference` says. What `throw` or a preference of Stop made goes on up.
    #[cold]
    fn statement_error(&mut self, f: &Frame, flow: Flow) -> Res<()> {
        let Some(error) = flow.error().cloned() else { return Err(flow) };
        if self.propagate {
            return Err(flow);
        }
        let preference = self.preference(names::ERROR_ACTION_PREFERENCE);
        use crate::command::ActionPreference as P;
        let quiet = matches!(preference, P::SilentlyContinue | P::Ignore);
        if error.escapes.get() || (error.thrown.get() && !quiet) || preference == P::Stop {
            return Err(flow);
        }
        self.ok = false;
        if preference == P::Ignore {
            return Ok(());
        }
        self.log_error(&error);
        if quiet {
            return Ok(());
        }
        if preference == P::Inquire {
            self.inquire(&error.text())?;
        }
        match f.redirects.error {
            Some(sink) => sink.write(self, error.to_value()),
            None => self.host_error(&error),
        }
    }

    /// Runs one statement, and gives errors that have no position yet the statement's.
    #[inline]
    pub fn exec(&mut self, f: &Frame, s: &Stmt, out: &dyn Sink) -> Res<Signal> {
        if let Some(top) = self.stack.last_mut() {
            top.at = s.span;
        }
        match self.exec_kind(f, s, out) {
            Ok(signal) => Ok(signal),
            Err(flow) => Err(self.place_error(f, flow, s.span)),
        }
    }

    fn exec_kind(&mut self, f: &Frame, s: &Stmt, out: &dyn Sink) -> Res<Signal> {
        match &s.kind {
            StmtKind::Effect(e) => {
                self.eval(f, e)?;
                if succeeds(e) {
                    self.ok = true;
                }
                Ok(Signal::Done)
            }
            StmtKind::Expr(e) => {
                let value = self.eval(f, e)?;
                if succeeds(e) {
                    self.ok = true;
                }
                if !matches!(value, Value::Void) {
                    write_enumerated(self, value, out)?;
                }
                Ok(Signal::Done)
            }
            StmtKind::Pipeline(p) => {
                self.run_pipeline(f, p, out)?;
                Ok(Signal::Done)
            }
            StmtKind::If(i) => {
                for (condition, body) in &i.clauses {
                    if self.test(f, condition)? {
                        return self.exec_block(f, body, out);
                    }
                }
                match &i.otherwise {
                    Some(body) => self.exec_block(f, body, out),
                    None => Ok(Signal::Done),
                }
            }
            StmtKind::For(l) => self.exec_for(f, l, out),
            StmtKind::While(l) => {
                while self.test(f, &l.condition)? {
                    self.interrupted()?;
                    run_body!(self, f, &l.body, &l.label, out);
                }
                Ok(Signal::Done)
            }
            StmtKind::Do(l) => {
                loop {
                    self.interrupted()?;
                    run_body!(self, f, &l.body, &l.label, out);
                    if self.test(f, &l.condition)? == l.until {
                        break;
                    }
                }
                Ok(Signal::Done)
            }
            StmtKind::ForEach(l) => self.exec_foreach(f, l, out),
            StmtKind::Switch(s) => self.exec_switch(f, s, out),
            StmtKind::Try(t) => self.exec_try(f, t, out),
            StmtKind::Return(value) => {
                if let (Some(statement), Some(ret)) = (value, f.ret) {
                    // An expression's value is returned as it is, without unrolling.
                    let result = if let StmtKind::Expr(e) = &statement.kind {
                        self.eval(f, e).map_err(|flow| self.place_error(f, flow, statement.span))?
                    } else {
                        let collected = Collector::default();
                        self.exec(f, statement, &collected)?;
                        Value::from_results(collected.take())
                    };
                    *ret.borrow_mut() = result;
                    return Ok(Signal::Return);
                }
                if let Some(statement) = value {
                    match self.exec(f, statement, out)? {
                        Signal::Done => {}
                        signal => return Ok(signal),
                    }
                }
                Ok(Signal::Return)
            }
            StmtKind::Break(label) => Ok(Signal::Break(self.label(f, label)?)),
            StmtKind::Continue(label) => Ok(Signal::Continue(self.label(f, label)?)),
            StmtKind::Throw(value) => Err(self.throw(f, value.as_deref(), s.span)),
            StmtKind::Exit(code) => {
                let code = match code {
                    Some(e) => self.eval(f, e)?,
                    None => Value::Int(0),
                };
                let code = self.exit_number(&code);
                Err(FlowKind::Exit(code).into())
            }
            StmtKind::Function(function) => {
                self.define_function(function)?;
                Ok(Signal::Done)
            }
            StmtKind::Class(c) => {
                self.define_type(c)?;
                Ok(Signal::Done)
            }
            StmtKind::Chain(c) => self.exec_chain(f, c, out),
            StmtKind::Data(d) => {
                let collected = Collector::default();
                self.exec_block(f, &d.body, if d.variable.is_some() { &collected } else { out })?;
                if let Some(slot) = d.variable {
                    let value = Value::from_results(collected.take()).or_null();
                    self.set_slot(f, slot, value)?;
                }
                Ok(Signal::Done)
            }
            StmtKind::Unsupported(what) => Err(errors::unsupported(what).into()),
        }
    }

    fn exec_chain(&mut self, f: &Frame, c: &Chain, out: &dyn Sink) -> Res<Signal> {
        match self.exec(f, &c.left, out)? {
            Signal::Done => {}
            signal => return Ok(signal),
        }
        if self.ok == c.and { self.exec(f, &c.right, out) } else { Ok(Signal::Done) }
    }

    /// `exit` takes what converts to an int; anything else is 0.
    fn exit_number(&mut self, value: &Value) -> i32 {
        if value.is_null() {
            return 0;
        }
        match self.cast(value, &types::INT32) {
            Ok(Value::Int(n)) => n,
            _ => 0,
        }
    }

    fn label(&mut self, f: &Frame, label: &Option<Box<Expr>>) -> Res<Label> {
        match label {
            None => Ok(None),
            Some(e) => {
                let value = self.eval(f, e)?;
                Ok(Some(self.to_text(&value)))
            }
        }
    }

    #[inline]
    pub fn test(&mut self, f: &Frame, c: &Cond) -> Res<bool> {
        match self.eval(f, &c.expr) {
            Ok(Value::Bool(b)) => Ok(b),
            Ok(value) => Ok(convert::to_bool(&value)),
            Err(flow) => Err(self.place_error(f, flow, c.span)),
        }
    }

    fn exec_for(&mut self, f: &Frame, l: &ForCode, out: &dyn Sink) -> Res<Signal> {
        if let Some(init) = &l.init {
            self.exec(f, init, &crate::pipeline::NullSink)?;
        }
        loop {
            if let Some(c) = &l.condition
                && !self.test(f, c)?
            {
                break;
            }
            self.interrupted()?;
            run_body!(self, f, &l.body, &l.label, out);
            if let Some(step) = &l.step {
                self.exec(f, step, &crate::pipeline::NullSink)?;
            }
        }
        Ok(Signal::Done)
    }

    fn exec_foreach(&mut self, f: &Frame, l: &ForEachCode, out: &dyn Sink) -> Res<Signal> {
        // `foreach ($i in 1..1000000)` needs no array.
        if l.enumerator.is_none()
            && let Some((from, to)) = self.int_range(f, &l.over)?
        {
            let step = if from <= to { 1 } else { -1 };
            let mut n = from;
            loop {
                self.interrupted()?;
                self.assign_var(f, &l.variable, Value::Int(n as i32))?;
                run_body!(self, f, &l.body, &l.label, out);
                if n == to {
                    break;
                }
                n += step;
            }
            return Ok(Signal::Done);
        }
        let over = match self.eval(f, &l.over.expr) {
            Ok(v) => v,
            Err(flow) => return Err(self.place_error(f, flow, l.over.span)),
        };
        if over.is_null() {
            return Ok(Signal::Done);
        }
        // Arrays and lists are read by place, so that growth or change during the loop behaves.
        if l.enumerator.is_none()
            && let Value::Array(array) = &over
        {
            let mut at = 0;
            while let Some(item) = array.get(at) {
                at += 1;
                self.interrupted()?;
                self.assign_var(f, &l.variable, item)?;
                run_body!(self, f, &l.body, &l.label, out);
            }
            return Ok(Signal::Done);
        }
        let guard = ChangeGuard::of(&over);
        let items = self.enumerate(&over)?;
        let enumerator = l.enumerator.map(|slot| {
            let e = Rc::new(crate::enumerator::Enumerator::new(items.clone()));
            f.scope.put(f.slot(slot), crate::enumerator::Enumerator::value(&e));
            e
        });
        let mut at = 0;
        loop {
            if let Some(e) = &enumerator {
                at = e.next_place(at);
            }
            let Some(item) = items.get(at).cloned() else { break };
            at += 1;
            self.interrupted()?;
            self.assign_var(f, &l.variable, item)?;
            run_body!(self, f, &l.body, &l.label, out);
            guard.check()?;
        }
        Ok(Signal::Done)
    }

    /// The ends of a range expression of two ints, evaluated; none when it is something else.
    pub fn int_range(&mut self, f: &Frame, c: &Cond) -> Res<Option<(i64, i64)>> {
        let Expr::Binary(b) = &c.expr else { return Ok(None) };
        // Only plain operands: they may be evaluated a second time when they turn out not to be ints.
        let plain = |e: &Expr| matches!(e, Expr::Const(_) | Expr::Var(..));
        if b.op != BinaryOp::Range || !plain(&b.left) || !plain(&b.right) {
            return Ok(None);
        }
        match (self.eval(f, &b.left)?, self.eval(f, &b.right)?) {
            (Value::Int(a), Value::Int(b)) => Ok(Some((i64::from(a), i64::from(b)))),
            _ => Ok(None),
        }
    }

    fn exec_try(&mut self, f: &Frame, t: &TryCode, out: &dyn Sink) -> Res<Signal> {
        let depth = self.stack.len();
        let outer = std::mem::replace(&mut self.propagate, true);
        let mut result = self.exec_block(f, &t.body, out);
        self.propagate = outer;
        if let Err(flow) = &result
            && let Some(error) = flow.error().cloned()
        {
            debug_assert_eq!(depth, self.stack.len());
            match self.find_catch(f, &t.catches, &error) {
                Ok(None) => {}
                Ok(Some((body, seen))) => {
                    self.log_error(&error);
                    seen.logged.set(true);
                    result = self.exec_catch(f, &seen, body, out);
                }
                Err(flow) => result = Err(flow),
            }
        }
        if let Some(finally) = &t.finally {
            let stopped = matches!(&result, Err(flow) if matches!(*flow.0, FlowKind::Stopped));
            if stopped {
                self.interrupt.store(false, std::sync::atomic::Ordering::Relaxed);
            }
            let ok = self.ok;
            match self.exec_block(f, finally, out)? {
                Signal::Done => self.ok = ok,
                signal => return Ok(signal),
            }
        }
        result
    }

    /// The best catch clause: the one whose type is nearest to the exception's, that of a wrapped exception first.
    /// Gives the record that the clause sees: a wrapped exception's own when its type decided.
    fn find_catch<'b>(
        &mut self,
        f: &Frame,
        catches: &'b [(Vec<TypeCode>, Block)],
        error: &Rc<ErrorRecord>,
    ) -> Res<Option<(&'b Block, Rc<ErrorRecord>)>> {
        let bases = |v: &Value| -> Vec<TypeRef> {
            match v {
                Value::Object(o) => std::iter::successors(Some(o.data().type_ref()), |t| t.base).collect(),
                _ => Vec::new(),
            }
        };
        let inner = match error.exception.get::<Exception>() {
            Some(e) if errors::is_wrapper(e) => e.inner.borrow().clone(),
            _ => Value::Null,
        };
        let own = bases(&error.exception);
        let wrapped = bases(&inner);
        let mut best: Option<(usize, &Block, bool)> = None;
        for (types, body) in catches {
            if types.is_empty() && best.is_none() {
                best = Some((usize::MAX, body, false));
            }
            for code in types {
                let ty = self.resolve_type(f, code)?;
                // `catch [System.Exception]` takes the error as it is.
                let at = wrapped.iter().position(|t| std::ptr::eq(*t, ty) && !std::ptr::eq(ty, &types::EXCEPTION));
                let found = match at {
                    Some(at) => Some((at, true)),
                    None => own.iter().position(|t| std::ptr::eq(*t, ty)).map(|at| (at + 1000, false)),
                };
                if let Some((distance, unwrap)) = found
                    && best.is_none_or(|(d, ..)| distance < d)
                {
                    best = Some((distance, body, unwrap));
                }
            }
        }
        Ok(best.map(|(_, body, unwrap)| {
            let record = if unwrap { Rc::new(error.with_exception(inner)) } else { error.clone() };
            (body, record)
        }))
    }

    fn exec_catch(&mut self, f: &Frame, error: &Rc<ErrorRecord>, body: &Block, out: &dyn Sink) -> Res<Signal> {
        let slot = f.slot(layout::UNDERSCORE_SLOT);
        let old = f.scope.swap(slot, error.to_value());
        let outer = self.caught.replace(error.clone());
        self.ok = false;
        let result = self.exec_block(f, body, out);
        self.caught = outer;
        f.scope.put(slot, old);
        result
    }

    fn exec_trapped(&mut self, f: &Frame, block: &Block, out: &dyn Sink) -> Res<Signal> {
        for statement in &block.statements {
            let outer = std::mem::replace(&mut self.propagate, true);
            let result = self.exec(f, statement, out);
            self.propagate = outer;
            let flow = match result {
                Ok(Signal::Done) => continue,
                Ok(signal) => return Ok(signal),
                Err(flow) => flow,
            };
            let Some(error) = flow.error().cloned() else { return Err(flow) };
            let Some((trap, error)) = self.find_trap(f, &block.traps, &error)? else { return Err(flow) };
            self.log_error(&error);
            match self.exec_catch(f, &error, &trap.body, out) {
                Ok(Signal::Continue(None)) => {}
                Ok(Signal::Break(None)) => return Err(flow),
                Ok(Signal::Done) => {
                    // The error is shown, then the next statement runs.
                    error.logged.set(true);
                    self.ok = false;
                    match f.redirects.error {
                        Some(sink) => sink.write(self, error.to_value())?,
                        None => self.host_error(&error)?,
                    }
                }
                Ok(signal) => return Ok(signal),
                Err(e) => return Err(e),
            }
        }
        Ok(Signal::Done)
    }

    fn find_trap<'b>(
        &mut self,
        f: &Frame,
        traps: &'b [TrapCode],
        error: &Rc<ErrorRecord>,
    ) -> Res<Option<(&'b TrapCode, Rc<ErrorRecord>)>> {
        let inner = match error.exception.get::<Exception>() {
            Some(e) if errors::is_wrapper(e) => e.inner.borrow().clone(),
            _ => Value::Null,
        };
        let mut general = None;
        for trap in traps {
            let Some(code) = &trap.ty else {
                // A trap for everything gets the inner exception, if there is one.
                let caused = match error.exception.get::<Exception>() {
                    Some(e) if e.ty.is_subclass_of(&types::RUNTIME_EXCEPTION) => e.inner.borrow().clone(),
                    _ => Value::Null,
                };
                let seen = if caused.is_null() { error.clone() } else { Rc::new(error.with_exception(caused)) };
                general = general.or(Some((trap, seen)));
                continue;
            };
            let ty = self.resolve_type(f, code)?;
            let matches = |v: &Value| matches!(v, Value::Object(o) if o.data().type_ref().is_subclass_of(ty));
            if matches(&inner) {
                return Ok(Some((trap, Rc::new(error.with_exception(inner)))));
            }
            if matches(&error.exception) {
                return Ok(Some((trap, error.clone())));
            }
        }
        Ok(general)
    }

    fn exec_switch(&mut self, f: &Frame, s: &SwitchCode, out: &dyn Sink) -> Res<Signal> {
        let over = self.eval(f, &s.condition.expr)?;
        let items = if s.flags.file { self.switch_file(&over)? } else { self.switch_items(&over)? };
        let slot = f.slot(layout::UNDERSCORE_SLOT);
        let old = f.scope.get(slot);
        let result = self.switch_over(f, s, &items, slot, out);
        if let Some(at) = s.enumerator {
            f.scope.put(f.slot(at), Value::Unset);
        }
        f.scope.put(slot, old);
        result
    }

    fn switch_items(&mut self, over: &Value) -> Res<Vec<Value>> {
        if over.is_null() {
            // An empty pipeline has no items, `$null` is one.
            return Ok(if matches!(over, Value::Void) { Vec::new() } else { vec![Value::Null] });
        }
        self.enumerate(over)
    }

    fn switch_file(&mut self, path: &Value) -> Res<Vec<Value>> {
        let text = self.to_text(path);
        let full = self.resolve_path(&text);
        match std::fs::read(&full) {
            Ok(bytes) => Ok(dialtone_syntax::decode(&bytes).lines().map(Value::str).collect()),
            Err(e) => Err(errors::file_open(&full, &e).into()),
        }
    }

    fn switch_over(&mut self, f: &Frame, s: &SwitchCode, items: &[Value], slot: u32, out: &dyn Sink) -> Res<Signal> {
        let enumerator = s.enumerator.map(|at| {
            let e = Rc::new(crate::enumerator::Enumerator::new(items.to_vec()));
            f.scope.put(f.slot(at), crate::enumerator::Enumerator::value(&e));
            e
        });
        let mut at = 0;
        'items: loop {
            if let Some(e) = &enumerator {
                at = e.next_place(at);
            }
            let Some(item) = items.get(at) else { break };
            at += 1;
            self.interrupted()?;
            let mut matched = false;
            for (test, body) in &s.clauses {
                f.scope.put(slot, item.clone());
                if !self.switch_test(f, s, test, item)? {
                    continue;
                }
                matched = true;
                f.scope.put(slot, item.clone());
                match self.exec_block(f, body, out) {
                    Ok(Signal::Done) => {}
                    Ok(Signal::Continue(None)) => continue 'items,
                    other => match after_body(other, &s.label)? {
                        Next::Go => continue 'items,
                        Next::Stop => break 'items,
                        Next::Out(signal) => return Ok(signal),
                    },
                }
            }
            if !matched && let Some(body) = &s.default {
                f.scope.put(slot, item.clone());
                match after_body(self.exec_block(f, body, out), &s.label)? {
                    Next::Go => {}
                    Next::Stop => break 'items,
                    Next::Out(signal) => return Ok(signal),
                }
            }
        }
        Ok(Signal::Done)
    }

    fn switch_test(&mut self, f: &Frame, s: &SwitchCode, test: &SwitchTest, item: &Value) -> Res<bool> {
        let condition = match test {
            SwitchTest::Script(code) => {
                let value = self.run_inline(f, code, Vec::new())?;
                return Ok(convert::to_bool(&value));
            }
            SwitchTest::Value(c) => match self.eval(f, &c.expr) {
                Ok(v) => v,
                Err(flow) => return Err(self.place_error(f, flow, c.span)),
            },
        };
        if let Some(block) = Engine::block(&condition) {
            let code = block.code.clone();
            let value = self.run_inline(f, &code, Vec::new())?;
            return Ok(convert::to_bool(&value));
        }
        let case = s.flags.case_sensitive;
        if s.flags.regex {
            let text = Value::String(self.to_text(item));
            // A regex object counts by its pattern; the switch's own flags decide about case.
            let pattern = Value::String(self.to_text(&condition));
            let (value, groups) = operators::match_op(self, &text, &pattern, case, false)?;
            if let Some(groups) = groups {
                self.set_matches(f, groups)?;
            }
            return Ok(convert::to_bool(&value));
        }
        if s.flags.wildcard {
            let text = Value::String(self.to_text(item));
            let pattern = Value::String(self.to_text(&condition));
            return Ok(convert::to_bool(&operators::binary(self, BinaryOp::Like(case), &text, &pattern)?));
        }
        // Compared as texts: 1 matches '1' and 1.0, $null matches ''.
        match (item, &condition) {
            (Value::Int(a), Value::Int(b)) => Ok(a == b),
            (Value::String(a), Value::String(b)) => Ok(if case { a == b } else { string::eq_ignore_case(a, b) }),
            _ => {
                let (a, b) = (self.to_text(item), self.to_text(&condition));
                Ok(if case { a == b } else { string::eq_ignore_case(&a, &b) })
            }
        }
    }
}

/// Notices that a list or table was changed while it was walked.
struct ChangeGuard(Option<(Value, usize)>);

impl ChangeGuard {
    fn len(value: &Value) -> Option<usize> {
        match value {
            Value::List(l) => Some(l.len()),
            Value::Dict(d) => Some(d.len()),
            _ => None,
        }
    }
    fn of(value: &Value) -> ChangeGuard {
        ChangeGuard(Self::len(value).map(|n| (value.clone(), n)))
    }
    fn check(&self) -> Res<()> {
        match &self.0 {
            Some((value, n)) if matches!(value, Value::List(_)) && Self::len(value) != Some(*n) => {
                Err(errors::collection_modified().into())
            }
            _ => Ok(()),
        }
    }
}

use crate::errors;
