//! Sort-Object and Get-Unique.
use crate::input;
use crate::order::{self, Key};
use crate::property::{self, Property};
use dialtone_engine::command::{Command, Cx};
use dialtone_object::*;
use std::cmp::Ordering;
use std::rc::Rc;

#[derive(Default)]
pub struct SortObject {
    properties: Vec<Property>,
    items: Vec<Value>,
}

impl Command for SortObject {
    fn begin(&mut self, cx: &mut Cx) -> Res<()> {
        let given = cx.args.list("Property");
        self.properties = property::parse(cx, &given, &["expression", "ascending", "descending"])?;
        Ok(())
    }
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        if let Some(object) = input(cx)
            && !object.is_null()
        {
            self.items.push(object);
        }
        Ok(())
    }
    fn end(&mut self, cx: &mut Cx) -> Res<()> {
        let case = cx.args.switch("CaseSensitive");
        let descending = self.directions(cx);
        let mut keyed = Vec::with_capacity(self.items.len());
        for object in std::mem::take(&mut self.items) {
            let mut errors = Vec::new();
            let keys = order::keys_of(cx.en, &self.properties, &object, &mut |_, flow| {
                errors.push(flow);
                Ok(())
            })?;
            for flow in errors {
                expression_error(cx, flow, &object)?;
            }
            keyed.push(Entry { object, keys });
        }
        let order = Order { case, descending };
        let mut sorted = order.sort(cx, keyed);
        if cx.args.switch("Unique") {
            let mut kept: Vec<Rc<Entry>> = Vec::with_capacity(sorted.len());
            for entry in sorted {
                if kept.last().is_none_or(|last| order.compare(cx, last, &entry) != Ordering::Equal) {
                    kept.push(entry);
                }
            }
            sorted = kept;
        }
        let take = |n: i64| usize::try_from(n).unwrap_or(0).min(sorted.len());
        let range = match (cx.args.int("Top"), cx.args.int("Bottom")) {
            (Some(n), _) => 0..take(n),
            (_, Some(n)) => sorted.len() - take(n)..sorted.len(),
            _ => 0..sorted.len(),
        };
        for entry in &sorted[range] {
            cx.write(entry.object.clone())?;
        }
        Ok(())
    }
}

/// Reports a script block of a -Property that failed.
pub fn expression_error(cx: &mut Cx, flow: Flow, object: &Value) -> Res<()> {
    let Some(record) = flow.error() else { return Err(flow) };
    let error = ErrorRecord::from_exception(
        record.exception.clone(),
        "ExpressionEvaluation",
        ErrorCategory::InvalidResult,
        object.clone(),
    );
    cx.error(error)
}

struct Entry {
    object: Value,
    keys: Vec<Key>,
}

struct Order {
    case: bool,
    /// Per key.
    descending: Vec<bool>,
}

impl Order {
    fn turned(&self, at: usize) -> bool {
        self.descending.get(at).or(self.descending.last()).copied().unwrap_or(false)
    }
    fn compare(&self, cx: &mut Cx, a: &Entry, b: &Entry) -> Ordering {
        for at in 0..a.keys.len().max(b.keys.len()) {
            let (x, y) = (a.keys.get(at).unwrap_or(&None), b.keys.get(at).unwrap_or(&None));
            let order = order::keys(cx.en, x, y, self.case, self.turned(at));
            if order != Ordering::Equal {
                return order;
            }
        }
        Ordering::Equal
    }
    fn sort(&self, cx: &mut Cx, keyed: Vec<Entry>) -> Vec<Rc<Entry>> {
        let mut items: Vec<Rc<Entry>> = keyed.into_iter().map(Rc::new).collect();
        order::merge_sort(&mut items, &mut |a, b| self.compare(cx, a, b));
        items
    }
}

impl SortObject {
    /// Per property: descending by its own entry, else by -Descending.
    fn directions(&self, cx: &mut Cx) -> Vec<bool> {
        let all = cx.args.switch("Descending");
        if self.properties.is_empty() {
            return vec![all];
        }
        let own = |p: &Property| match (p.entry("descending"), p.entry("ascending")) {
            (Some(d), _) => convert::to_bool(d),
            (_, Some(a)) => !convert::to_bool(a),
            _ => all,
        };
        self.properties.iter().map(own).collect()
    }
}

#[derive(Default)]
pub struct GetUnique {
    /// The last object that went out, if it was one.
    last: Option<Value>,
}

impl Command for GetUnique {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let Some(object) = input(cx) else { return Ok(()) };
        let case = !cx.args.switch("CaseInsensitive");
        let (by_text, by_type) = (cx.args.switch("AsString"), cx.args.switch("OnType"));
        let same = match self.last.clone() {
            None => false,
            Some(_) if object.is_null() && (by_text || by_type) => {
                return Err(cx.fail(ErrorRecord::new(
                    "System.NullReferenceException",
                    "Object reference not set to an instance of an object.",
                    "System.NullReferenceException",
                    ErrorCategory::NotSpecified,
                )));
            }
            Some(last) if by_type => cx.en.type_names(&last).first() == cx.en.type_names(&object).first(),
            Some(last) if by_text => {
                let (a, b) = (cx.en.to_text(&last), cx.en.to_text(&object));
                if case { a == b } else { string::eq_ignore_case(&a, &b) }
            }
            Some(last) => order::values(cx.en, &last, &object, case) == Ordering::Equal,
        };
        if !same {
            cx.write(object.clone())?;
            self.last = Some(object).filter(|o| !o.is_null());
        }
        Ok(())
    }
}
