//! `ForEach-Object { }` and `Where-Object { }` with a script block: the block runs in the caller's scope with `$_` set,
//! once per object, with nothing bound or allocated per object.
use crate::command::Sink;
use crate::exec::Signal;
use crate::machine::Engine;
use crate::pipeline::Collector;
use crate::scope::Scope;
use crate::streams::Redirects;
use dialtone_code::{Code, Expr, StmtKind, layout::UNDERSCORE_SLOT};
use dialtone_object::*;
use std::rc::Rc;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum BlockUse {
    ForEach,
    Where,
}

pub struct BlockRun {
    pub code: Rc<Code>,
    pub scope: Rc<Scope>,
    pub usage: BlockUse,
}

impl BlockRun {
    pub fn process(&mut self, en: &mut Engine, input: Value, next: &dyn Sink, redirects: &Redirects) -> Res<()> {
        let input = match input {
            // Without a pipeline the block runs once, with `$_` as it is.
            Value::Unset if self.usage == BlockUse::Where => return Ok(()),
            Value::Unset => Value::Null,
            v => v,
        };
        let code = self.code.clone();
        let frame = en.frame(&code, &self.scope, *redirects, None);
        let slot = frame.slot(UNDERSCORE_SLOT);
        let outer_scope = std::mem::replace(&mut en.scope, self.scope.clone());
        let old = self.scope.swap(slot, input.clone());
        let result = match self.usage {
            BlockUse::ForEach => en.run_block_once(&frame, &code, next),
            BlockUse::Where => match en.block_truth(&frame, &code) {
                Ok(true) => next.write(en, input),
                Ok(false) => Ok(()),
                Err(flow) => Err(flow),
            },
        };
        self.scope.put(slot, old);
        en.scope = outer_scope;
        result
    }
    pub fn end(&mut self, _en: &mut Engine) -> Res<()> {
        Ok(())
    }
    pub fn clean(&mut self, _en: &mut Engine) {}
}

impl Engine {
    /// Runs the statements of a block in the frame at hand, under a call-stack entry of its own.
    pub fn run_block_once(&mut self, f: &crate::machine::Frame, code: &Rc<Code>, out: &dyn Sink) -> Res<()> {
        let name: Rc<str> = self.no_name.clone();
        self.enter(code, &name, None, &f.scope)?;
        let result = self.exec_all(f, code, out);
        self.leave();
        match result? {
            Signal::Done | Signal::Return => Ok(()),
            signal => Err(self.signal_flow(signal)),
        }
    }

    fn exec_all(&mut self, f: &crate::machine::Frame, code: &Rc<Code>, out: &dyn Sink) -> Res<Signal> {
        for block in [&code.begin, &code.process, &code.end].into_iter().flatten() {
            match self.exec_block(f, block, out)? {
                Signal::Done => {}
                signal => return Ok(signal),
            }
        }
        Ok(Signal::Done)
    }

    /// What a filter block says: the truth of all it wrote. A lone expression is tested without a collector.
    fn block_truth(&mut self, f: &crate::machine::Frame, code: &Rc<Code>) -> Res<bool> {
        if let Some(end) = &code.end
            && let [only] = &end.statements[..]
            && end.traps.is_empty()
            && let StmtKind::Expr(e) = &only.kind
        {
            let quick = !matches!(e, Expr::Pipeline(_) | Expr::Statement(_));
            if quick {
                let name = self.no_name.clone();
                self.enter(code, &name, None, &f.scope)?;
                let value = self.eval(f, e).map_err(|flow| self.place_error(f, flow, only.span));
                self.leave();
                return Ok(convert::to_bool(&value?));
            }
        }
        let collected = Collector::default();
        self.run_block_once(f, code, &collected)?;
        Ok(convert::to_bool(&Value::from_results(collected.take())))
    }
}
