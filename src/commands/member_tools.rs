//! Attaching members to values: what Add-Member, Select-Object -ExpandProperty and the providers share.
use dialtone_object::*;
use std::cell::RefCell;
use std::rc::Rc;

/// The members of a value that has an identity to hang them on.
fn members_of(value: &Value) -> Option<&RefCell<Option<Box<Members>>>> {
    Some(match value {
        Value::Custom(o) => &o.members,
        Value::Object(o) => &o.members,
        Value::Array(a) => &a.members,
        Value::List(l) => &l.members,
        Value::Dict(d) => &d.members,
        Value::Wrapped(w) => &w.members,
        _ => return None,
    })
}

/// The value in a wrapper of its own, so that members added do not show on the original.
pub fn detached(value: &Value) -> Value {
    match value {
        Value::Wrapped(w) => {
            Value::Wrapped(Rc::new(Wrapped { base: w.base.clone(), members: RefCell::new(w.members.borrow().clone()) }))
        }
        other => Value::Wrapped(Rc::new(Wrapped { base: other.clone(), members: RefCell::new(None) })),
    }
}

/// The value itself if it can carry members, else a wrapper around it.
pub fn carrier(value: &Value) -> Value {
    match value {
        v if members_of(v).is_some() => v.clone(),
        other => detached(other),
    }
}

/// Adds or replaces a note property of a value that can carry members ([`carrier`], [`detached`]).
pub fn add_note(value: &Value, name: &str, note: Value) {
    match value {
        Value::Custom(o) => o.add(name, note),
        _ => add(value, name, Member::Note(note)),
    }
}

/// Adds or replaces a member of a value that can carry members.
pub fn add(value: &Value, name: &str, member: Member) {
    if let Some(cell) = members_of(value) {
        cell.borrow_mut().get_or_insert_default().set(name, member);
    }
}

/// A member that was attached to this value, not one of its type.
pub fn attached(value: &Value, name: &str) -> Option<Member> {
    if let Value::Custom(o) = value
        && let Some(note) = o.get(name)
    {
        return Some(Member::Note(note));
    }
    members_of(value)?.borrow().as_ref()?.get(name).cloned()
}

/// Puts a type name in front of the value's own.
pub fn add_type_name(value: &Value, name: &str, own: Vec<PsString>) {
    if let Some(cell) = members_of(value) {
        let mut names = vec![name.into()];
        names.extend(own.into_iter().filter(|n| !string::eq_ignore_case(n, name)));
        cell.borrow_mut().get_or_insert_default().type_names = Some(Rc::new(names));
    }
}
