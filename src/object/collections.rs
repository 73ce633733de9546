//! Arrays and lists: .NET arrays with their element type, `ArrayList`, `List<T>` and `Collection<T>`.
use crate::psobject::Members;
use crate::types::{self, TypeRef};
use crate::value::Value;
use std::cell::RefCell;

/// A .NET array: fixed length, typed elements, row-major when it has more than one dimension.
pub struct Array {
    /// Element type; elements are already converted to it.
    pub elem: TypeRef,
    pub items: RefCell<Vec<Value>>,
    /// Lengths of the dimensions of a multi-dimensional array.
    pub dims: Option<Box<[usize]>>,
    pub members: RefCell<Option<Box<Members>>>,
}

impl Array {
    /// An `object[]`.
    pub fn new(items: Vec<Value>) -> Self {
        Array::typed(&types::OBJECT, items)
    }
    pub fn typed(elem: TypeRef, items: Vec<Value>) -> Self {
        Array { elem, items: RefCell::new(items), dims: None, members: RefCell::new(None) }
    }
    pub fn len(&self) -> usize {
        self.items.borrow().len()
    }
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    pub fn get(&self, at: usize) -> Option<Value> {
        self.items.borrow().get(at).cloned()
    }
    /// A copy of the elements, for walking while a script may change the array.
    pub fn to_vec(&self) -> Vec<Value> {
        self.items.borrow().clone()
    }
}

/// Which .NET class a [`List`] is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ListKind {
    ArrayList,
    /// `System.Collections.Generic.List<T>`
    List,
    /// `System.Collections.ObjectModel.Collection<T>` and its kin
    Collection,
}

/// A growable list.
pub struct List {
    pub kind: ListKind,
    /// The closed type, e.g. `List<int>`.
    pub ty: TypeRef,
    /// Element type; elements are already converted to it.
    pub elem: TypeRef,
    pub items: RefCell<Vec<Value>>,
    pub read_only: bool,
    pub members: RefCell<Option<Box<Members>>>,
}

impl List {
    pub fn array_list(items: Vec<Value>) -> Self {
        List::of(ListKind::ArrayList, &types::ARRAY_LIST, &types::OBJECT, items)
    }
    pub fn of(kind: ListKind, ty: TypeRef, elem: TypeRef, items: Vec<Value>) -> Self {
        List { kind, ty, elem, items: RefCell::new(items), read_only: false, members: RefCell::new(None) }
    }
    /// `List<elem>`
    pub fn generic(elem: TypeRef, items: Vec<Value>) -> Self {
        List::of(ListKind::List, types::generic(&types::LIST, &[elem]), elem, items)
    }
    /// `Collection<elem>`, e.g. what `Invoke-Command` style .NET calls return (`Collection<PSObject>`).
    pub fn collection(elem: TypeRef, items: Vec<Value>) -> Self {
        List::of(ListKind::Collection, types::generic(&types::COLLECTION, &[elem]), elem, items)
    }
    pub fn len(&self) -> usize {
        self.items.borrow().len()
    }
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    pub fn get(&self, at: usize) -> Option<Value> {
        self.items.borrow().get(at).cloned()
    }
    pub fn to_vec(&self) -> Vec<Value> {
        self.items.borrow().clone()
    }
}

impl Drop for Array {
    fn drop(&mut self) {
        crate::value::drop_deep(self.items.get_mut());
    }
}
impl Drop for List {
    fn drop(&mut self) {
        crate::value::drop_deep(self.items.get_mut());
    }
}
