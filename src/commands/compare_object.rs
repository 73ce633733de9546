//! Compare-Object.
use crate::order::{self, Key};
use crate::property::{self, Property};
use dialtone_engine::command::{Command, Cx};
use dialtone_object::*;
use std::cmp::Ordering;
use std::collections::VecDeque;
use std::rc::Rc;

struct Entry {
    object: Value,
    keys: Vec<Key>,
    /// Values of the properties with their names, for the result.
    shown: Vec<(PsString, Value)>,
}

#[derive(Default)]
pub struct CompareObject {
    properties: Vec<Property>,
    /// The reference objects that are not reached yet.
    reference: VecDeque<Entry>,
    /// Objects within the sync window without a partner so far.
    waiting_reference: VecDeque<Entry>,
    waiting_difference: VecDeque<Entry>,
    window: Option<usize>,
    shape: Option<Rc<Shape>>,
}

impl Command for CompareObject {
    fn begin(&mut self, cx: &mut Cx) -> Res<()> {
        let given = cx.args.list("Property");
        self.properties = property::parse(cx, &given, &["expression"])?;
        if cx.args.switch("ExcludeDifferent") && cx.args.is_bound("IncludeEqual") && !cx.args.switch("IncludeEqual") {
            return Ok(());
        }
        self.window = cx.args.is_bound("SyncWindow").then(|| cx.args.int("SyncWindow").unwrap_or(0) as usize);
        for object in cx.args.list("ReferenceObject") {
            let entry = self.entry(cx, object)?;
            self.reference.push_back(entry);
        }
        Ok(())
    }
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        for object in cx.args.list("DifferenceObject") {
            let entry = self.entry(cx, object)?;
            self.step(cx, Some(entry))?;
        }
        Ok(())
    }
    fn end(&mut self, cx: &mut Cx) -> Res<()> {
        while !self.reference.is_empty() {
            self.step(cx, None)?;
        }
        for entry in std::mem::take(&mut self.waiting_difference) {
            self.emit(cx, entry, "=>")?;
        }
        for entry in std::mem::take(&mut self.waiting_reference) {
            self.emit(cx, entry, "<=")?;
        }
        Ok(())
    }
}

impl CompareObject {
    fn entry(&self, cx: &mut Cx, object: Value) -> Res<Entry> {
        let mut shown = Vec::new();
        for p in &self.properties {
            for found in p.on(cx.en, &object)? {
                shown.push((found.name, found.value));
            }
        }
        let keys = if self.properties.is_empty() {
            vec![Some(object.clone())]
        } else {
            shown.iter().map(|(_, v)| Some(v.clone())).collect()
        };
        Ok(Entry { object, keys, shown })
    }

    /// Takes the next object of both sides and looks for their partners within the window.
    fn step(&mut self, cx: &mut Cx, difference: Option<Entry>) -> Res<()> {
        let reference = self.reference.pop_front();
        let case = cx.args.switch("CaseSensitive");
        let (mut reference, mut difference) = (reference, difference);
        if let (Some(r), Some(d)) = (&reference, &difference)
            && same(cx, r, d, case)
        {
            difference = None;
            if let Some(entry) = reference.take() {
                self.equal(cx, entry)?;
            }
        }
        if let Some(d) = difference.take() {
            match position(cx, &self.waiting_reference, &d, case) {
                Some(at) => {
                    if let Some(partner) = self.waiting_reference.remove(at) {
                        self.equal(cx, partner)?;
                    }
                }
                None => difference = Some(d),
            }
        }
        if let Some(r) = reference.take() {
            match position(cx, &self.waiting_difference, &r, case) {
                Some(at) => {
                    drop(self.waiting_difference.remove(at));
                    self.equal(cx, r)?;
                }
                None => reference = Some(r),
            }
        }
        if let Some(d) = difference {
            self.waiting_difference.push_back(d);
            if self.waiting_difference.len() > self.window.unwrap_or(usize::MAX - 1)
                && let Some(old) = self.waiting_difference.pop_front()
            {
                self.emit(cx, old, "=>")?;
            }
        }
        if let Some(r) = reference {
            self.waiting_reference.push_back(r);
            if self.waiting_reference.len() > self.window.unwrap_or(usize::MAX - 1)
                && let Some(old) = self.waiting_reference.pop_front()
            {
                self.emit(cx, old, "<=")?;
            }
        }
        Ok(())
    }

    fn equal(&mut self, cx: &mut Cx, entry: Entry) -> Res<()> {
        let wanted = if cx.args.is_bound("IncludeEqual") {
            cx.args.switch("IncludeEqual")
        } else {
            cx.args.switch("ExcludeDifferent")
        };
        if wanted { self.emit(cx, entry, "==") } else { Ok(()) }
    }

    fn emit(&mut self, cx: &mut Cx, entry: Entry, side: &str) -> Res<()> {
        if side != "==" && cx.args.switch("ExcludeDifferent") {
            return Ok(());
        }
        if cx.args.switch("PassThru") {
            let object = crate::member_tools::carrier(&entry.object);
            access::attach(&object, "SideIndicator", Member::Note(Value::str(side)));
            return cx.write(object);
        }
        let (mut names, mut values): (Vec<PsString>, Vec<Value>) = if self.properties.is_empty() {
            (vec!["InputObject".into()], vec![entry.object])
        } else {
            entry.shown.into_iter().unzip()
        };
        names.push("SideIndicator".into());
        values.push(Value::str(side));
        let shape = match &self.shape {
            Some(shape) if *shape.names == *names => shape.clone(),
            _ => Shape::new(names),
        };
        self.shape = Some(shape.clone());
        cx.write(Value::Custom(Rc::new(PSObject::new(shape, values))))
    }
}

fn same(cx: &mut Cx, a: &Entry, b: &Entry, case: bool) -> bool {
    a.keys.len() == b.keys.len()
        && a.keys.iter().zip(&b.keys).all(|(x, y)| order::keys(cx.en, x, y, case, false) == Ordering::Equal)
}

fn position(cx: &mut Cx, list: &VecDeque<Entry>, entry: &Entry, case: bool) -> Option<usize> {
    (0..list.len()).find(|at| same(cx, &list[*at], entry, case))
}
