//! `Where-Object`: a filter block, or a property compared with a value.
use crate::command::{Command, Cx};
use crate::function::ScriptBlock;
use crate::machine::Engine;
use crate::pipeline::Collector;
use dialtone_object::*;
use std::rc::Rc;

#[derive(Default)]
pub struct WhereObject {
    filter: Option<Rc<ScriptBlock>>,
    property: Option<PsString>,
    op: Option<BinaryOp>,
    value: Value,
    not: bool,
}

/// Parameter of the comparison sets and its operator.
const OPERATORS: &[(&str, BinaryOp)] = &[
    ("EQ", BinaryOp::Eq(false)),
    ("CEQ", BinaryOp::Eq(true)),
    ("NE", BinaryOp::Ne(false)),
    ("CNE", BinaryOp::Ne(true)),
    ("GT", BinaryOp::Gt(false)),
    ("CGT", BinaryOp::Gt(true)),
    ("LT", BinaryOp::Lt(false)),
    ("CLT", BinaryOp::Lt(true)),
    ("GE", BinaryOp::Ge(false)),
    ("CGE", BinaryOp::Ge(true)),
    ("LE", BinaryOp::Le(false)),
    ("CLE", BinaryOp::Le(true)),
    ("Like", BinaryOp::Like(false)),
    ("CLike", BinaryOp::Like(true)),
    ("NotLike", BinaryOp::NotLike(false)),
    ("CNotLike", BinaryOp::NotLike(true)),
    ("Match", BinaryOp::Match(false)),
    ("CMatch", BinaryOp::Match(true)),
    ("NotMatch", BinaryOp::NotMatch(false)),
    ("CNotMatch", BinaryOp::NotMatch(true)),
    ("Contains", BinaryOp::Contains(false)),
    ("CContains", BinaryOp::Contains(true)),
    ("NotContains", BinaryOp::NotContains(false)),
    ("CNotContains", BinaryOp::NotContains(true)),
    ("In", BinaryOp::In(false)),
    ("CIn", BinaryOp::In(true)),
    ("NotIn", BinaryOp::NotIn(false)),
    ("CNotIn", BinaryOp::NotIn(true)),
    ("Is", BinaryOp::Is),
    ("IsNot", BinaryOp::IsNot),
];

impl Command for WhereObject {
    fn begin(&mut self, cx: &mut Cx) -> Res<()> {
        if let Some(b) = cx.args.value("FilterScript").and_then(Engine::block) {
            self.filter = Some(Rc::new(b.share()));
            return Ok(());
        }
        self.property = cx.args.text("Property");
        self.op = OPERATORS.iter().find(|(name, _)| cx.args.switch(name)).map(|(_, op)| *op);
        self.not = cx.args.switch("Not");
        self.value = cx.args.get("Value").cloned().unwrap_or_default();
        if matches!(self.op, Some(BinaryOp::Is | BinaryOp::IsNot))
            && let Value::String(name) = &self.value
        {
            let name = name.clone();
            if let Some(ty) = cx.en.type_by_text(&name) {
                self.value = Value::Type(ty);
            }
        }
        Ok(())
    }

    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let input = match cx.args.get("InputObject") {
            Some(v) => v.clone(),
            None if cx.has_input() => cx.input.clone(),
            None => return Ok(()),
        };
        let keep = match (&self.filter, &self.property) {
            (Some(block), _) => {
                let block = block.clone();
                let collected = Collector::default();
                let mut inner = Cx {
                    en: cx.en,
                    out: &collected,
                    args: cx.args,
                    input: Value::Unset,
                    inv: cx.inv,
                    redirects: cx.redirects,
                };
                crate::foreach_object::run(&mut inner, &block, Some(input.clone()))?;
                convert::to_bool(&Value::from_results(collected.take()))
            }
            (None, Some(name)) => {
                let name = name.clone();
                let value = cx.en.get_property(&input, &name)?;
                match self.op {
                    None => convert::to_bool(&value) != self.not,
                    Some(op) => {
                        let wanted = self.value.clone();
                        convert::to_bool(&operators::binary(cx.en, op, &value, &wanted)?)
                    }
                }
            }
            (None, None) => true,
        };
        if keep { cx.write(input) } else { Ok(()) }
    }
}
