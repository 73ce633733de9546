//! Values with members of their own: what Add-Member, Select-Object -ExpandProperty and the providers share.
use dialtone_object::*;
use std::cell::RefCell;
use std::rc::Rc;

/// The value in a wrapper of its own, so that members added do not show on the original.
pub fn detached(value: &Value) -> Value {
    let (base, members) = match value {
        Value::Wrapped(w) => (w.base.clone(), w.members.borrow().clone()),
        other => (other.clone(), None),
    };
    Value::Wrapped(Rc::new(Wrapped { base, members: RefCell::new(members) }))
}

/// The value itself if it can carry members, else a wrapper around it.
pub fn carrier(value: &Value) -> Value {
    if access::instance_members(value).is_some() { value.clone() } else { detached(value) }
}

/// A member that was attached to this value, not one of its type.
pub fn attached(value: &Value, name: &str) -> Option<Member> {
    if let Value::Custom(o) = value
        && let Some(note) = o.get(name)
    {
        return Some(Member::Note(note));
    }
    access::instance_members(value)?.borrow().as_ref()?.get(name).cloned()
}

/// Puts a type name in front of a carrier's own names.
pub fn add_type_name(value: &Value, name: &str, own: Vec<PsString>) {
    if let Some(cell) = access::instance_members(value) {
        let mut names = vec![name.into()];
        names.extend(own.into_iter().filter(|n| !string::eq_ignore_case(n, name)));
        cell.borrow_mut().get_or_insert_default().type_names = Some(Rc::new(names));
    }
}
