//! Select-Object: new objects of chosen properties, and choice by position.
use crate::input;
use crate::order;
use crate::property::{self, Property, Source};
use crate::wildcard;
use dialtone_engine::command::{Command, Cx};
use dialtone_object::*;
use std::cmp::Ordering;
use std::collections::{HashSet, VecDeque};
use std::rc::Rc;

#[derive(Default)]
pub struct SelectObject {
    properties: Vec<Property>,
    labels: Vec<Option<PsString>>,
    expand: Option<Property>,
    exclude: Vec<PsString>,
    window: Window,
    /// The shape of the last object made, reused for the next with the same names.
    shape: Option<Rc<Shape>>,
    unique: Option<Unique>,
}

/// Which objects of the stream are wanted.
#[derive(Default)]
struct Window {
    first: Option<i64>,
    last: Option<usize>,
    skip: usize,
    skip_last: usize,
    /// Wanted or unwanted places.
    index: Option<Vec<i64>>,
    skip_index: Option<Vec<i64>>,
    at: i64,
    queue: VecDeque<Value>,
}

impl Command for SelectObject {
    fn begin(&mut self, cx: &mut Cx) -> Res<()> {
        let given = cx.args.list("Property");
        self.properties = property::parse(cx, &given, &["expression", "label", "name"])?;
        self.exclude = cx.args.list("ExcludeProperty").iter().map(|v| cx.en.to_text(v)).collect();
        if self.properties.is_empty() && !self.exclude.is_empty() && !cx.args.is_bound("ExpandProperty") {
            self.properties.push(Property::named("*".into()));
        }
        for p in &self.properties {
            self.labels.push(p.label(cx.en));
        }
        self.expand = cx.args.text("ExpandProperty").map(Property::named);
        self.unique = cx.args.switch("Unique").then(|| Unique::new(!cx.args.switch("CaseInsensitive")));
        let count = |name: &str| cx.args.int(name).and_then(|n| usize::try_from(n).ok());
        let numbers = |name: &str| -> Option<Vec<i64>> {
            let list = cx.args.is_bound(name).then(|| cx.args.list(name))?;
            Some(list.iter().filter_map(Value::as_int).map(i64::from).collect())
        };
        self.window = Window {
            first: cx.args.is_bound("First").then(|| cx.args.int("First").unwrap_or(0)),
            last: cx.args.is_bound("Last").then(|| count("Last").unwrap_or(0)),
            skip: count("Skip").unwrap_or(0),
            skip_last: count("SkipLast").unwrap_or(0),
            index: numbers("Index"),
            skip_index: numbers("SkipIndex"),
            ..Window::default()
        };
        Ok(())
    }

    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let Some(object) = input(cx) else { return Ok(()) };
        if object.is_null() {
            return Ok(());
        }
        let wait = cx.args.switch("Wait");
        let w = &mut self.window;
        if let Some(index) = &w.index {
            let (wanted, done) = (index.contains(&w.at), index.iter().all(|n| *n <= w.at));
            w.at += 1;
            if wanted {
                self.emit(cx, object)?;
            }
            return if done && !wait { Err(cx.stop_upstream()) } else { Ok(()) };
        }
        if let Some(index) = &w.skip_index {
            let unwanted = index.contains(&w.at);
            w.at += 1;
            return if unwanted { Ok(()) } else { self.emit(cx, object) };
        }
        if w.last.is_none_or(|n| n == 0) && w.skip > 0 {
            w.skip -= 1;
            return Ok(());
        }
        if w.skip_last > 0 {
            w.queue.push_back(object);
            let ready = if w.queue.len() > w.skip_last { w.queue.pop_front() } else { None };
            return ready.map_or(Ok(()), |object| self.emit(cx, object));
        }
        match (&mut w.first, w.last) {
            (Some(left), last) if *left > 0 => {
                *left -= 1;
                let done = *left == 0 && last.is_none();
                self.emit(cx, object)?;
                if done && !wait {
                    return Err(cx.stop_upstream());
                }
            }
            (_, Some(last)) => {
                w.queue.push_back(object);
                if w.queue.len() > last + w.skip {
                    w.queue.pop_front();
                }
            }
            (Some(_), None) => {
                if !wait {
                    return Err(cx.stop_upstream());
                }
            }
            (None, None) => self.emit(cx, object)?,
        }
        Ok(())
    }

    fn end(&mut self, cx: &mut Cx) -> Res<()> {
        if self.window.last.is_some() {
            let queue = std::mem::take(&mut self.window.queue);
            let keep = queue.len().saturating_sub(self.window.skip);
            for object in queue.into_iter().take(keep) {
                self.emit(cx, object)?;
            }
        }
        if let Some(unique) = self.unique.take() {
            for (object, _) in unique.items {
                cx.write(object)?;
            }
        }
        Ok(())
    }
}

impl SelectObject {
    /// Sends what is made of one wanted object.
    fn emit(&mut self, cx: &mut Cx, object: Value) -> Res<()> {
        if self.properties.is_empty() && self.expand.is_none() {
            // Objects made of properties are marked as selected even when they pass as they are.
            if let Value::Custom(_) = &object {
                const MARK: &str = "Selected.System.Management.Automation.PSCustomObject";
                let names = cx.en.type_names(&object);
                if !names.iter().any(|n| n.as_str() == MARK) {
                    crate::member_tools::add_type_name(&object, MARK, names);
                }
            }
            return self.send(cx, object, Vec::new());
        }
        let pairs = self.read(cx, &object)?;
        match self.expand.clone() {
            Some(expand) => self.expand(cx, &expand, &object, pairs),
            None => self.project(cx, &object, pairs),
        }
    }

    /// The chosen properties with their values, doubles included.
    fn read(&self, cx: &mut Cx, object: &Value) -> Res<Vec<(PsString, Value)>> {
        let mut pairs: Vec<(PsString, Value)> = Vec::with_capacity(self.properties.len());
        for (p, label) in self.properties.iter().zip(&self.labels) {
            let found = p.on(cx.en, object)?;
            for one in found {
                let excluded = wildcard::any(&self.exclude, &one.name);
                // A property chosen by its exact name is there even when it is excluded, but empty.
                if excluded && matches!(p.source, Source::Pattern(_)) {
                    continue;
                }
                let value = if excluded { Value::Null } else { one.value };
                pairs.push((label.clone().unwrap_or(one.name), value));
            }
        }
        Ok(pairs)
    }

    fn project(&mut self, cx: &mut Cx, object: &Value, pairs: Vec<(PsString, Value)>) -> Res<()> {
        let type_name: PsString = format!("Selected.{}", types::type_of(object).full_name).into();
        let (mut names, mut values): (Vec<PsString>, Vec<Value>) = (Vec::new(), Vec::new());
        for (name, value) in pairs {
            if names.iter().any(|n| string::eq_ignore_case(n, &name)) {
                already_exists(cx, &name, "AlreadyExistingUserSpecifiedPropertyNoExpand", object)?;
                continue;
            }
            names.push(name);
            values.push(value);
        }
        let shape = match &self.shape {
            Some(shape) if *shape.names == *names => shape.clone(),
            _ => Shape::new(names.clone()),
        };
        self.shape = Some(shape.clone());
        let notes =
            if self.unique.is_some() { names.into_iter().zip(values.iter().cloned()).collect() } else { Vec::new() };
        let made = PSObject::new(shape, values).with_type(&type_name);
        self.send(cx, Value::Custom(Rc::new(made)), notes)
    }

    fn expand(&mut self, cx: &mut Cx, expand: &Property, object: &Value, pairs: Vec<(PsString, Value)>) -> Res<()> {
        let mut found = expand.on(cx.en, object)?;
        found.retain(|f| f.exists);
        let text = expand.text(cx.en);
        let fail = |id: &str, message: String| {
            ErrorRecord::new(
                "System.Management.Automation.PSArgumentException",
                message,
                id,
                ErrorCategory::InvalidArgument,
            )
            .with_target(object.clone())
        };
        if found.len() > 1 {
            return cx.error(fail(
                "MutlipleExpandProperties",
                format!("Multiple properties cannot be expanded for {text}."),
            ));
        }
        let Some(one) = found.pop() else {
            return cx.error(fail("ExpandPropertyNotFound", format!("Property \"{text}\" cannot be found.")));
        };
        if let Some(flow) = one.error {
            let Some(record) = flow.error() else { return Err(flow) };
            let error = ErrorRecord::from_exception(
                record.exception.clone(),
                "PropertyEvaluationExpand",
                ErrorCategory::InvalidResult,
                object.clone(),
            );
            return cx.error(error);
        }
        if one.value.is_null() {
            return Ok(());
        }
        for item in cx.en.enumerate(&one.value)? {
            if item.is_null() {
                continue;
            }
            let item = if pairs.is_empty() { item } else { self.with_notes(cx, item, &pairs, object)? };
            self.send(cx, item, pairs.clone())?;
        }
        Ok(())
    }

    /// The expanded value carrying the other chosen properties as its own.
    fn with_notes(&self, cx: &mut Cx, item: Value, pairs: &[(PsString, Value)], object: &Value) -> Res<Value> {
        let item = match item {
            Value::Custom(o) => {
                let copy = PSObject::from_pairs(o.pairs());
                *copy.members.borrow_mut() = o.members.borrow().clone();
                Value::Custom(Rc::new(copy))
            }
            other => crate::member_tools::detached(&other),
        };
        for (name, value) in pairs {
            if access::get_member(cx.en, &item, name)?.is_some() {
                already_exists(cx, name, "AlreadyExistingUserSpecifiedPropertyExpand", object)?;
            } else {
                access::attach(&item, name, Member::Note(value.clone()));
            }
        }
        Ok(item)
    }

    fn send(&mut self, cx: &mut Cx, object: Value, notes: Vec<(PsString, Value)>) -> Res<()> {
        match &mut self.unique {
            Some(unique) => unique.add(cx, object, notes),
            None => cx.write(object),
        }
    }
}

fn already_exists(cx: &mut Cx, name: &str, id: &str, object: &Value) -> Res<()> {
    let text = format!("The property cannot be processed because the property \"{name}\" already exists.");
    let error =
        ErrorRecord::new("System.Management.Automation.PSArgumentException", text, id, ErrorCategory::InvalidOperation);
    cx.error(error.with_target(object.clone()))
}

/// What -Unique has seen so far, in order.
struct Unique {
    case: bool,
    items: Vec<(Value, Vec<(PsString, Value)>)>,
    /// Objects that are all plain text, by that text: most of them, and found without comparing.
    texts: HashSet<String>,
    /// Places in `items` of the others.
    others: Vec<usize>,
}

impl Unique {
    fn new(case: bool) -> Unique {
        Unique { case, items: Vec::new(), texts: HashSet::new(), others: Vec::new() }
    }
    fn add(&mut self, cx: &mut Cx, object: Value, notes: Vec<(PsString, Value)>) -> Res<()> {
        let text = self.text(&object, &notes);
        if text.as_ref().is_some_and(|t| self.texts.contains(t)) {
            return Ok(());
        }
        // Text against text is decided; everything else is compared by the language's rules.
        let candidates: Vec<usize> = if text.is_some() { self.others.clone() } else { (0..self.items.len()).collect() };
        for at in candidates {
            if self.same(cx, &object, &notes, at) {
                return Ok(());
            }
        }
        match text {
            Some(text) => drop(self.texts.insert(text)),
            None => self.others.push(self.items.len()),
        }
        self.items.push((object, notes));
        Ok(())
    }
    fn same(&self, cx: &mut Cx, object: &Value, notes: &[(PsString, Value)], at: usize) -> bool {
        let (known, known_notes) = &self.items[at];
        if known_notes.len() != notes.len() {
            return false;
        }
        let both_custom = matches!((known, object), (Value::Custom(_), Value::Custom(_)));
        if !both_custom && order::values(cx.en, object, known, self.case) != Ordering::Equal {
            return false;
        }
        known_notes.iter().all(|(name, value)| {
            let own = notes.iter().find(|(n, _)| string::eq_ignore_case(n, name)).map(|(_, v)| v);
            own.is_some_and(|own| order::values(cx.en, own, value, self.case) == Ordering::Equal)
        })
    }
    /// A key for objects whose values are all strings of printable ASCII, for which equal text is the language's
    /// equality.
    fn text(&self, object: &Value, notes: &[(PsString, Value)]) -> Option<String> {
        let plain = |v: &Value| match v {
            Value::String(s) if s.bytes().all(|b| (0x20..0x7f).contains(&b)) => Some(s.clone()),
            _ => None,
        };
        let mut key = String::new();
        if notes.is_empty() {
            key.push_str(&plain(object)?);
        } else if !matches!(object, Value::Custom(_)) {
            return None;
        }
        for (name, value) in notes {
            key.push('\u{1}');
            key.push_str(&name.to_ascii_lowercase());
            key.push('\u{2}');
            key.push_str(&plain(value)?);
        }
        if !self.case {
            key.make_ascii_lowercase();
        }
        Some(key)
    }
}
