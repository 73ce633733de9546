//! `ForEach-Object`: script blocks per object (-Begin, -Process, -End, -RemainingScripts) or a member by name.
use crate::command::{Command, Cx};
use crate::errors;
use crate::function::ScriptBlock;
use crate::machine::Engine;
use dialtone_code::layout::UNDERSCORE_SLOT;
use dialtone_object::*;
use std::rc::Rc;

#[derive(Default)]
pub struct ForEachObject {
    begin: Option<Rc<ScriptBlock>>,
    process: Vec<Rc<ScriptBlock>>,
    end: Option<Rc<ScriptBlock>>,
    member: Option<PsString>,
}

fn block(v: &Value) -> Option<Rc<ScriptBlock>> {
    Engine::block(v).map(|b| Rc::new(b.share()))
}

/// Runs a block in the scope of the pipeline with `$_` set.
pub(crate) fn run(cx: &mut Cx, block: &ScriptBlock, this: Option<Value>) -> Res<()> {
    let scope = block.home.clone().unwrap_or_else(|| cx.en.parent_scope(&block.module));
    let code = block.code.clone();
    let frame = cx.en.frame(&code, &scope, *cx.redirects, None);
    let slot = frame.slot(UNDERSCORE_SLOT);
    let old = this.map(|v| scope.swap(slot, v));
    let outer = std::mem::replace(&mut cx.en.scope, scope.clone());
    let outer_module = std::mem::replace(&mut cx.en.module, block.module.clone());
    let result = cx.en.run_block_once(&frame, &code, cx.out);
    cx.en.module = outer_module;
    cx.en.scope = outer;
    if let Some(old) = old {
        scope.put(slot, old);
    }
    result
}

impl Command for ForEachObject {
    fn begin(&mut self, cx: &mut Cx) -> Res<()> {
        if cx.args.is_bound("Parallel") {
            return Err(cx.fail(errors::unsupported("ForEach-Object -Parallel")));
        }
        if let Some(name) = cx.args.text("MemberName") {
            self.member = Some(name);
            return Ok(());
        }
        self.begin = cx.args.value("Begin").and_then(block);
        self.end = cx.args.value("End").and_then(block);
        let mut list: Vec<Rc<ScriptBlock>> = cx.args.list("Process").iter().filter_map(block).collect();
        list.extend(cx.args.list("RemainingScripts").iter().filter_map(block));
        // Several blocks without names: the first begins, the last ends.
        if self.begin.is_none() && list.len() > 1 {
            self.begin = Some(list.remove(0));
            if self.end.is_none() && list.len() > 1 {
                self.end = list.pop();
            }
        }
        self.process = list;
        match self.begin.clone() {
            Some(b) => run(cx, &b, None),
            None => Ok(()),
        }
    }

    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let input = match cx.args.get("InputObject") {
            Some(v) => v.clone(),
            None if cx.has_input() => cx.input.clone(),
            None => Value::Null,
        };
        if let Some(name) = self.member.clone() {
            return self.member(cx, &input, &name);
        }
        for b in self.process.clone() {
            run(cx, &b, Some(input.clone()))?;
        }
        Ok(())
    }

    fn end(&mut self, cx: &mut Cx) -> Res<()> {
        match self.end.clone() {
            Some(b) => run(cx, &b, None),
            None => Ok(()),
        }
    }
}

impl ForEachObject {
    /// `ForEach-Object Name` and `ForEach-Object Method args`
    fn member(&mut self, cx: &mut Cx, input: &Value, name: &PsString) -> Res<()> {
        let args = cx.args.list("ArgumentList");
        if input.is_null() {
            let error = ErrorRecord::new(
                "System.Management.Automation.PSArgumentNullException",
                "Cannot process argument because the value of argument \"InputObject\" is null. Change the value of argument \"InputObject\" to a non-null value.",
                "InputObjectIsNull",
                ErrorCategory::InvalidArgument,
            );
            return cx.error(error);
        }
        if let Value::Dict(d) = input.base()
            && let Some(v) = d.get_str(name)
        {
            return cx.write(v);
        }
        if args.is_empty()
            && let Some(v) = access::get_member(cx.en, input, name)?
        {
            if v.get::<access::PSMethod>().is_none() {
                return cx.write_all(v);
            }
            let result = cx.en.call_method(input, name, &[])?;
            return cx.write_all(result);
        }
        if args.is_empty() {
            // A wildcard may name one member; nothing found gives $null.
            if name.contains(['*', '?']) {
                let names: Vec<PsString> = cx.en.properties(input).into_iter().map(|(n, _)| n).collect();
                for n in names {
                    if cx.en.like(name, &n) {
                        let v = cx.en.get_property(input, &n)?;
                        return cx.write_all(v);
                    }
                }
            }
            return cx.write(Value::Null);
        }
        match cx.en.call_method(input, name, &args) {
            Ok(v) => cx.write_all(v),
            Err(flow) => match flow.error().cloned() {
                Some(e) => cx.en.report_error(e, Some(cx.inv), cx.redirects),
                None => Err(flow),
            },
        }
    }
}
