//! Group-Object.
use crate::input;
use crate::order::{self, Key};
use crate::property::{self, Property};
use crate::record::{self, Record};
use dialtone_engine::Engine;
use dialtone_engine::command::{Command, Cx};
use dialtone_object::*;
use std::cmp::Ordering;
use std::collections::HashMap;
use std::rc::Rc;

#[derive(Default)]
pub struct GroupObject {
    properties: Vec<Property>,
    items: Vec<(Value, Vec<Key>)>,
}

struct Group {
    keys: Vec<Key>,
    items: Vec<Value>,
}

impl Command for GroupObject {
    fn begin(&mut self, cx: &mut Cx) -> Res<()> {
        let given = cx.args.list("Property");
        self.properties = property::parse(cx, &given, &["expression"])?;
        Ok(())
    }
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let Some(object) = input(cx).filter(|o| !o.is_null()) else { return Ok(()) };
        if self.items.is_empty() {
            self.check(cx)?;
        }
        let mut errors = Vec::new();
        let keys = order::keys_of(cx.en, &self.properties, &object, &mut |_, flow| {
            errors.push(flow);
            Ok(())
        })?;
        for flow in errors {
            crate::sort_object::expression_error(cx, flow, &object)?;
        }
        self.items.push((object, keys));
        Ok(())
    }
    fn end(&mut self, cx: &mut Cx) -> Res<()> {
        let case = cx.args.switch("CaseSensitive");
        let groups = group(cx.en, std::mem::take(&mut self.items), case);
        if cx.args.switch("AsHashTable") {
            return if groups.is_empty() { Ok(()) } else { as_table(cx, groups, case) };
        }
        let no_element = cx.args.switch("NoElement");
        let ty = if no_element { &record::GROUP_INFO_NO_ELEMENT } else { &record::GROUP_INFO };
        for g in groups {
            let name = name(cx.en, &g.keys);
            let count = i32::try_from(g.items.len()).unwrap_or(i32::MAX);
            let items = if no_element { Vec::new() } else { g.items };
            let items = if no_element { Value::Null } else { collection(items) };
            let values = g.keys.into_iter().map(Option::unwrap_or_default).collect();
            let values = Value::List(Rc::new(List::array_list(values)));
            cx.write(Record::make(ty, vec![Value::Int(count), Value::String(name), items, values]))?;
        }
        Ok(())
    }
}

fn collection(items: Vec<Value>) -> Value {
    Value::List(Rc::new(List::collection(&types::PSOBJECT, items)))
}

impl GroupObject {
    fn check(&self, cx: &mut Cx) -> Res<()> {
        let table = cx.args.switch("AsHashTable");
        let text = cx.args.switch("AsString");
        let message = if text && !table {
            "The parameters cannot be used together: use -AsString only with -AsHashTable."
        } else if table && !text && self.properties.len() > 1 {
            "The objects cannot be grouped into a hash table by more than one property without -AsString."
        } else {
            return Ok(());
        };
        Err(cx.fail(ErrorRecord::new(
            "System.ArgumentException",
            message,
            "ArgumentException",
            ErrorCategory::InvalidArgument,
        )))
    }
}

/// Groups by equal keys. Keys of one type per property: sorted by key; of mixed types: in order of appearance.
fn group(en: &mut Engine, items: Vec<(Value, Vec<Key>)>, case: bool) -> Vec<Group> {
    let mixed = has_mixed_types(&items);
    let mut groups: Vec<Group> = Vec::new();
    // Keys that equal each other exactly when their texts do are found by hash; all others by comparing.
    let mut by_text: HashMap<String, usize> = HashMap::new();
    let mut others: Vec<usize> = Vec::new();
    for (object, keys) in items {
        let text = if mixed { None } else { hash_text(&keys, case) };
        let at = match &text {
            Some(text) => by_text.get(text).copied(),
            None => others.iter().copied().find(|at| same(en, &groups[*at].keys, &keys, case)),
        };
        match at {
            Some(at) => groups[at].items.push(object),
            None => {
                match text {
                    Some(text) => drop(by_text.insert(text, groups.len())),
                    None => others.push(groups.len()),
                }
                groups.push(Group { keys, items: vec![object] });
            }
        }
    }
    if !mixed {
        let mut sorted: Vec<Rc<Group>> = groups.into_iter().map(Rc::new).collect();
        order::merge_sort(&mut sorted, &mut |a, b| compare(en, &a.keys, &b.keys, case));
        groups = sorted.into_iter().filter_map(Rc::into_inner).collect();
        // Neighbours that compare as equal although their texts differ are one group.
        let mut merged: Vec<Group> = Vec::with_capacity(groups.len());
        for g in groups {
            match merged.last_mut() {
                Some(last) if same(en, &last.keys, &g.keys, case) => last.items.extend(g.items),
                _ => merged.push(g),
            }
        }
        groups = merged;
    }
    groups
}

fn has_mixed_types(items: &[(Value, Vec<Key>)]) -> bool {
    let mut seen: Vec<Option<TypeRef>> = Vec::new();
    for (_, keys) in items {
        if seen.is_empty() {
            seen = vec![None; keys.len()];
        }
        if seen.len() != keys.len() {
            return true;
        }
        for (known, key) in seen.iter_mut().zip(keys) {
            let Some(value) = key.as_ref().filter(|v| !v.is_null()) else { continue };
            let ty = types::type_of(value);
            match known {
                Some(known) if *known != ty => return true,
                _ => *known = Some(ty),
            }
        }
    }
    false
}

/// A hash key for plain keys.
fn hash_text(keys: &[Key], case: bool) -> Option<String> {
    use std::fmt::Write;
    let mut text = String::new();
    for key in keys {
        match key.as_ref().map(Value::base) {
            Some(Value::String(s)) if s.bytes().all(|b| (0x20..0x7f).contains(&b)) => {
                text.push('s');
                text.push_str(s);
            }
            Some(Value::Int(n)) => drop(write!(text, "i{n}")),
            Some(Value::Bool(b)) => drop(write!(text, "b{b}")),
            Some(v) if v.is_null() => text.push('n'),
            None => text.push('m'),
            _ => return None,
        }
        text.push('\u{1}');
    }
    if !case {
        text.make_ascii_lowercase();
    }
    Some(text)
}

fn compare(en: &mut Engine, a: &[Key], b: &[Key], case: bool) -> Ordering {
    for (x, y) in a.iter().zip(b) {
        let order = order::keys(en, x, y, case, false);
        if order != Ordering::Equal {
            return order;
        }
    }
    Ordering::Equal
}

/// Equality of keys: by comparing where the values can be compared, else by their .NET text (the type's name for
/// most).
fn same(en: &mut Engine, a: &[Key], b: &[Key], case: bool) -> bool {
    a.iter().zip(b).all(|(x, y)| match (x, y) {
        (Some(x), Some(y)) if is_plain_object(x) && is_plain_object(y) => {
            types::type_of(x) == types::type_of(y) || order::values(en, x, y, case) == Ordering::Equal
        }
        _ => order::keys(en, x, y, case, false) == Ordering::Equal,
    })
}

/// Objects whose ToString() is the same for all of their type.
fn is_plain_object(value: &Value) -> bool {
    matches!(value.base(), Value::Array(_) | Value::List(_) | Value::Dict(_) | Value::Custom(_))
}

/// `GroupInfo.Name`
fn name(en: &mut Engine, keys: &[Key]) -> PsString {
    let mut parts = Vec::with_capacity(keys.len());
    for key in keys {
        match key {
            None => parts.push(String::new()),
            Some(Value::Type(t)) => parts.push(text::type_text(t)),
            Some(v) if v.is_null() => parts.push(String::new()),
            Some(v) => {
                let text = text::to_string(v).unwrap_or_else(|| en.to_text(v));
                parts.push(text.as_str().to_owned());
            }
        }
    }
    parts.join(", ").into()
}

fn as_table(cx: &mut Cx, groups: Vec<Group>, case: bool) -> Res<()> {
    let comparer = if case { Comparer::Ordinal } else { Comparer::IgnoreCase };
    let mut dict = Dict::new(comparer);
    for g in groups {
        let key = if cx.args.switch("AsString") {
            Value::String(name(cx.en, &g.keys))
        } else {
            g.keys.into_iter().next().flatten().unwrap_or_default()
        };
        if key.is_null() || dict.contains(&key) {
            let text = "The objects grouped by this property cannot be expanded because there is a key duplication. Provide a valid value for the property, and then try again.";
            return cx.error(ErrorRecord::new("System.Exception", text, text, ErrorCategory::InvalidArgument));
        }
        dict.insert(key, collection(g.items));
    }
    cx.write(Value::Dict(Rc::new(Dictionary::hashtable(dict))))
}
