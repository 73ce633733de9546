//! PSObject: objects made of properties, and the members scripts attach to any value (the extended type system's
//! instance members).
use crate::string::{PsString, eq_ignore_case};
use crate::value::Value;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

/// The property names of an object in order, shared by all objects made the same way.
pub struct Shape {
    pub names: Box<[PsString]>,
    /// Upper-cased name to place, only kept when there are many names.
    index: Option<HashMap<String, u32>>,
}

impl Shape {
    pub fn new(names: Vec<PsString>) -> Rc<Shape> {
        let index =
            (names.len() > 12).then(|| names.iter().enumerate().rev().map(|(at, n)| (folded(n), at as u32)).collect());
        Rc::new(Shape { names: names.into(), index })
    }
    pub fn find(&self, name: &str) -> Option<usize> {
        match &self.index {
            Some(index) => index.get(&folded(name)).map(|at| *at as usize),
            None => self.names.iter().position(|n| eq_ignore_case(n, name)),
        }
    }
}

/// Upper-cased name, the key of case-insensitive tables of names.
pub fn folded(name: &str) -> String {
    name.chars().map(crate::string::fold).collect()
}

/// A member that is more than a stored value.
#[derive(Clone)]
pub enum Member {
    Note(Value),
    Alias(PsString, Option<crate::TypeRef>),
    /// getter and optional setter script blocks
    Script(Value, Option<Value>),
    /// computed by compiled code: getter, optional setter
    Code(crate::member::Getter, Option<crate::member::Setter>),
    ScriptMethod(Value),
    CodeMethod(crate::member::Callee),
    /// names of properties
    PropertySet(Rc<[PsString]>),
    /// a set of members of its own (e.g. PSStandardMembers)
    MemberSet(Rc<Members>),
}

/// Members by name in order; also the type names an object has been given.
#[derive(Default, Clone)]
pub struct Members {
    pub list: Vec<(PsString, Member)>,
    /// PSTypeNames when a script changed them.
    pub type_names: Option<Rc<Vec<PsString>>>,
}

impl Members {
    pub fn get(&self, name: &str) -> Option<&Member> {
        self.list.iter().find(|(n, _)| eq_ignore_case(n, name)).map(|(_, m)| m)
    }
    /// Adds or replaces.
    pub fn set(&mut self, name: &str, member: Member) {
        match self.list.iter_mut().find(|(n, _)| eq_ignore_case(n, name)) {
            Some((_, m)) => *m = member,
            None => self.list.push((name.into(), member)),
        }
    }
    /// Replaces what a member is, keeping its spelling.
    pub fn set_value(&mut self, name: &str, member: Member) {
        if let Some((_, m)) = self.list.iter_mut().find(|(n, _)| eq_ignore_case(n, name)) {
            *m = member;
        }
    }
    pub fn remove(&mut self, name: &str) -> bool {
        let before = self.list.len();
        self.list.retain(|(n, _)| !eq_ignore_case(n, name));
        before != self.list.len()
    }
}

/// A value with instance members (for values that have no identity to hang them on).
pub struct Wrapped {
    pub base: Value,
    pub members: RefCell<Option<Box<Members>>>,
}

/// A PSCustomObject: named values in order.
pub struct PSObject {
    shape: RefCell<Rc<Shape>>,
    values: RefCell<Vec<Value>>,
    /// Members other than note properties, and type names, if any; their order among the properties is kept by
    /// `order` places: a member stands behind the first `n` note properties.
    pub members: RefCell<Option<Box<Members>>>,
    /// Set for objects that stand for a serialised or remote one ("Deserialized." type names).
    pub deserialized: Cell<bool>,
}

impl PSObject {
    pub fn new(shape: Rc<Shape>, values: Vec<Value>) -> Self {
        debug_assert_eq!(shape.names.len(), values.len());
        PSObject {
            shape: RefCell::new(shape),
            values: RefCell::new(values),
            members: RefCell::new(None),
            deserialized: Cell::new(false),
        }
    }
    pub fn from_pairs(pairs: Vec<(PsString, Value)>) -> Self {
        let (names, values) = pairs.into_iter().unzip();
        PSObject::new(Shape::new(names), values)
    }
    /// An object with a type name of its own in front of `System.Management.Automation.PSCustomObject`.
    pub fn with_type(self, name: &str) -> Self {
        let names = vec![name.into(), "System.Management.Automation.PSCustomObject".into(), "System.Object".into()];
        self.members.borrow_mut().get_or_insert_default().type_names = Some(Rc::new(names));
        self
    }
    pub fn shape(&self) -> Rc<Shape> {
        self.shape.borrow().clone()
    }
    pub fn len(&self) -> usize {
        self.values.borrow().len()
    }
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// The value of a note property.
    pub fn get(&self, name: &str) -> Option<Value> {
        let at = self.shape.borrow().find(name)?;
        self.values.borrow().get(at).cloned()
    }
    pub fn value_at(&self, at: usize) -> Option<Value> {
        self.values.borrow().get(at).cloned()
    }
    pub fn set_at(&self, at: usize, value: Value) {
        if let Some(slot) = self.values.borrow_mut().get_mut(at) {
            *slot = value;
        }
    }
    /// Sets an existing note property; false when there is none of the name.
    pub fn set(&self, name: &str, value: Value) -> bool {
        let at = self.shape.borrow().find(name);
        at.is_some_and(|at| {
            self.set_at(at, value);
            true
        })
    }
    /// Adds a note property at the end, or replaces the value of the one that is there.
    pub fn add(&self, name: &str, value: Value) {
        if self.shape.borrow().find(name).is_some() {
            self.set(name, value);
            return;
        }
        let mut names = self.shape.borrow().names.to_vec();
        names.push(name.into());
        self.values.borrow_mut().push(value);
        *self.shape.borrow_mut() = Shape::new(names);
    }
    pub fn remove(&self, name: &str) -> bool {
        let Some(at) = self.shape.borrow().find(name) else { return false };
        let mut names = self.shape.borrow().names.to_vec();
        names.remove(at);
        self.values.borrow_mut().remove(at);
        *self.shape.borrow_mut() = Shape::new(names);
        true
    }
    /// Note properties in order.
    pub fn pairs(&self) -> Vec<(PsString, Value)> {
        self.shape.borrow().names.iter().cloned().zip(self.values.borrow().iter().cloned()).collect()
    }
}

/// Containers drop iteratively: a list of a million links must not overflow the stack.
impl Drop for PSObject {
    fn drop(&mut self) {
        crate::value::drop_deep(self.values.get_mut());
    }
}
