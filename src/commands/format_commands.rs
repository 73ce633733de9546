//! Format-Table, Format-List, Format-Wide, Format-Custom: they send formatting packets down the pipeline.
use dialtone_engine::Engine;
use dialtone_engine::command::{Command, Cx, Sink};
use dialtone_format::parameters::{exclusive, properties, property};
use dialtone_format::{Expand, FormatObject, Front, Keys, Kind, Parameters};
use dialtone_object::*;
use std::rc::Rc;

pub struct FormatCommand {
    kind: Kind,
    front: Option<Front>,
}

impl FormatCommand {
    pub fn new(kind: Kind) -> FormatCommand {
        FormatCommand { kind, front: None }
    }
}

impl Command for FormatCommand {
    fn begin(&mut self, cx: &mut Cx) -> Res<()> {
        let parameters = self.parameters(cx)?;
        self.front = Some(Front::new(Some(self.kind), parameters));
        Ok(())
    }

    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let Some(value) = cx.args.value("InputObject").cloned() else { return Ok(()) };
        let (Some(front), out) = (&mut self.front, cx.out) else { return Ok(()) };
        front.process(cx.en, &value, &mut |rt, packet| send(rt, out, packet))
    }

    fn end(&mut self, cx: &mut Cx) -> Res<()> {
        let (Some(front), out) = (&mut self.front, cx.out) else { return Ok(()) };
        front.finish(cx.en, &mut |rt, packet| send(rt, out, packet))
    }
}

fn send(rt: &mut dyn Runtime, out: &dyn Sink, packet: Rc<dialtone_format::packet::Packet>) -> Res<()> {
    match rt.as_any().downcast_mut::<Engine>() {
        Some(en) => out.write(en, Value::object(FormatObject(packet))),
        None => Ok(()),
    }
}

impl FormatCommand {
    fn parameters(&self, cx: &mut Cx) -> Res<Parameters> {
        let given = cx.args.list("Property");
        let view = cx.args.text("View").filter(|v| !v.is_empty());
        if view.is_some() && !given.is_empty() {
            return Err(cx.fail(exclusive(
                "FormatCannotSpecifyViewAndProperty",
                "Cmdlet parameters View and Property are mutually exclusive.",
            )));
        }
        let keys = match self.kind {
            Kind::Table => Keys::Table,
            Kind::List => Keys::List,
            Kind::Wide => Keys::Wide,
            Kind::Custom => Keys::Custom,
        };
        // -Property of Format-Wide is one object: an array is none of what it takes.
        let properties = if self.kind == Kind::Wide {
            match cx.args.value("Property").cloned() {
                Some(one) => vec![Rc::new(property(cx.en, &one, keys)?)],
                None => Vec::new(),
            }
        } else {
            properties(cx.en, &given, keys)?
        };
        let group_by = match cx.args.value("GroupBy").cloned() {
            Some(by) => Some(Rc::new(property(cx.en, &by, Keys::GroupBy)?)),
            None => None,
        };
        let args = &cx.args;
        let flag = |name: &str| args.is_bound(name).then(|| args.switch(name));
        let auto_size = flag("AutoSize");
        let columns = args.int("Column").and_then(|n| usize::try_from(n).ok());
        if columns.is_some() && auto_size == Some(true) {
            return Err(cx.fail(exclusive(
                "FormatCannotSpecifyAutosizeAndColumns",
                "Cmdlet parameters AutoSize and Column are mutually exclusive.",
            )));
        }
        Ok(Parameters {
            properties,
            group_by,
            view,
            force: args.switch("Force"),
            auto_size,
            repeat_header: args.switch("RepeatHeader"),
            hide_headers: flag("HideTableHeaders"),
            wrap: flag("Wrap"),
            columns,
            depth: args.int("Depth").and_then(|n| i32::try_from(n).ok()).unwrap_or(5),
            show_error: args.switch("ShowError"),
            display_error: args.switch("DisplayError"),
            expand: args.text("Expand").and_then(|e| match e.to_ascii_lowercase().as_str() {
                "coreonly" => Some(Expand::CoreOnly),
                "enumonly" => Some(Expand::EnumOnly),
                "both" => Some(Expand::Both),
                _ => None,
            }),
        })
    }
}
