//! Scopes and variables. A scope's variables are slots laid out by the code that created it (`Layout`); names that only
//! turn up at run time get slots behind them. Reads that miss go to the parent scopes by name.
use dialtone_code::{Layout, Name};
use dialtone_object::value::dyn_variable::Boxed;
use dialtone_object::{PsString, Value};
use std::cell::{Cell, RefCell, UnsafeCell};
use std::collections::HashMap;
use std::rc::Rc;

/// Slot numbers of code variables in a scope laid out by other code.
pub type SlotMap = Rc<[u32]>;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ScopeKind {
    Global,
    /// Top of a module.
    Module,
    /// A script file's own.
    Script,
    Local,
}

/// `System.Management.Automation.ScopedItemOptions`, as bits.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Options(pub u8);

impl Options {
    pub const NONE: Options = Options(0);
    pub const READ_ONLY: Options = Options(1);
    pub const CONSTANT: Options = Options(2);
    pub const PRIVATE: Options = Options(4);
    pub const ALL_SCOPE: Options = Options(8);
    pub fn has(self, other: Options) -> bool {
        self.0 & other.0 != 0
    }
}

/// What constrains a variable beyond its value.
#[derive(Clone)]
pub enum Constraint {
    Type(dialtone_object::TypeRef),
    /// A validation attribute.
    Validation(Rc<dialtone_object::Validation>),
}

/// A full variable: shared between its slot, PSVariable objects and `[ref]`s.
pub struct Variable {
    pub name: PsString,
    pub value: RefCell<Value>,
    pub options: Cell<Options>,
    pub description: RefCell<PsString>,
    pub constraints: RefCell<Vec<Constraint>>,
    /// Computed variables ($?, $PWD-like): read through this.
    pub getter: Option<fn(&mut crate::Engine) -> Value>,
}

impl Variable {
    pub fn new(name: &str, value: Value) -> Variable {
        Variable {
            name: name.into(),
            value: RefCell::new(value),
            options: Cell::new(Options::NONE),
            description: RefCell::new("".into()),
            constraints: RefCell::new(Vec::new()),
            getter: None,
        }
    }
    pub fn into_slot(self: Rc<Self>) -> Value {
        Value::Variable(Rc::new(Boxed(Box::new(self))))
    }
    /// The full variable in a slot value, if it is one.
    pub fn of(slot: &Value) -> Option<&Rc<Variable>> {
        match slot {
            Value::Variable(boxed) => boxed.0.downcast_ref(),
            _ => None,
        }
    }
}

/// Slots by index with reads that clone and writes that swap.
///
/// `UnsafeCell` because a `RefCell` check on every variable access is measurable and a script's variable access is the
/// hottest path there is. Sound because no reference to a slot ever leaves these functions, none of them calls
/// out while it holds one (a replaced value is dropped after the borrow ended), and scopes are not `Sync`.
struct Slots(UnsafeCell<Vec<Value>>);

impl Slots {
    #[inline]
    fn get(&self, at: u32) -> Value {
        // SAFETY: shared read, nothing runs in between (Clone of a Value only counts a reference).
        let slots = unsafe { &*self.0.get() };
        slots.get(at as usize).cloned().unwrap_or(Value::Unset)
    }
    #[inline]
    fn replace(&self, at: u32, value: Value) -> Value {
        // SAFETY: exclusive for the swap only; the old value is returned, so its drop runs after the borrow.
        let slots = unsafe { &mut *self.0.get() };
        match slots.get_mut(at as usize) {
            Some(slot) => std::mem::replace(slot, value),
            None => value,
        }
    }
    fn push(&self, value: Value) -> u32 {
        // SAFETY: as in `replace`; a growing vector moves values without running any code of theirs.
        let slots = unsafe { &mut *self.0.get() };
        slots.push(value);
        slots.len() as u32 - 1
    }
    /// Empties the slots and makes `len` new ones, keeping the storage.
    fn reset(&self, len: usize) {
        // SAFETY: the vector is taken out, so that drops run after the borrow; nobody reads slots of a dying scope.
        let mut slots = std::mem::take(unsafe { &mut *self.0.get() });
        slots.clear();
        slots.resize(len, Value::Unset);
        // SAFETY: as in `replace`.
        *unsafe { &mut *self.0.get() } = slots;
    }
}

/// Names found at run time, and what else a scope may hold but rarely does.
#[derive(Default)]
pub struct Extra {
    pub names: HashMap<Name, u32>,
    pub functions: HashMap<Name, Rc<crate::function::Function>>,
    pub aliases: HashMap<Name, Rc<crate::function::Alias>>,
}

pub struct Scope {
    layout: RefCell<Rc<Layout>>,
    slots: Slots,
    pub kind: Cell<ScopeKind>,
    pub parent: RefCell<Option<Rc<Scope>>>,
    extra: RefCell<Option<Box<Extra>>>,
    /// The last foreign layout and its map.
    mapped: RefCell<Option<(Rc<Layout>, SlotMap)>>,
    /// Set-StrictMode of this scope: major version, 0 for off, none to ask the parent.
    pub strict: Cell<Option<u8>>,
    /// `$PSScriptRoot` and `$PSCommandPath` come from here.
    pub module: RefCell<Option<Rc<crate::module::Module>>>,
}

impl Scope {
    pub fn new(kind: ScopeKind, layout: Rc<Layout>, parent: Option<Rc<Scope>>) -> Rc<Scope> {
        let slots = Slots(UnsafeCell::new(vec![Value::Unset; layout.len()]));
        Rc::new(Scope {
            layout: RefCell::new(layout),
            slots,
            kind: Cell::new(kind),
            parent: RefCell::new(parent),
            extra: RefCell::new(None),
            mapped: RefCell::new(None),
            strict: Cell::new(None),
            module: RefCell::new(None),
        })
    }

    /// Makes a used scope as good as new (scopes of calls are pooled). Only for scopes nobody else holds.
    pub fn recycle(&self, layout: &Rc<Layout>, parent: Rc<Scope>) {
        self.slots.reset(layout.len());
        *self.layout.borrow_mut() = layout.clone();
        *self.parent.borrow_mut() = Some(parent);
        self.kind.set(ScopeKind::Local);
    }
    /// Frees what a finished call held; true when functions or aliases went with it.
    pub fn clear(&self) -> bool {
        self.slots.reset(0);
        *self.parent.borrow_mut() = None;
        let extra = self.extra.borrow_mut().take();
        let named = extra.is_some_and(|e| !e.functions.is_empty() || !e.aliases.is_empty());
        self.mapped.borrow_mut().take();
        self.strict.set(None);
        self.module.borrow_mut().take();
        named
    }

    #[inline]
    pub fn get(&self, at: u32) -> Value {
        self.slots.get(at)
    }
    /// Stores without looking at constraints.
    #[inline]
    pub fn put(&self, at: u32, value: Value) {
        drop(self.slots.replace(at, value));
    }
    #[inline]
    pub fn swap(&self, at: u32, value: Value) -> Value {
        self.slots.replace(at, value)
    }
    /// The slot map for code with another layout; none when the layouts agree.
    pub fn map_for(&self, layout: &Rc<Layout>) -> Option<SlotMap> {
        if Rc::ptr_eq(&self.layout.borrow(), layout) {
            return None;
        }
        if let Some((known, map)) = &*self.mapped.borrow()
            && Rc::ptr_eq(known, layout)
            && map.len() == layout.len()
        {
            return Some(map.clone());
        }
        let map: SlotMap = layout.names().into_iter().map(|name| self.slot(name)).collect();
        *self.mapped.borrow_mut() = Some((layout.clone(), map.clone()));
        Some(map)
    }

    /// The slot of a name, if the scope has one (its value may still be `Unset`).
    pub fn find(&self, name: Name) -> Option<u32> {
        let own = self.layout.borrow().find(name);
        own.or_else(|| self.extra.borrow().as_ref().and_then(|e| e.names.get(&name).copied()))
    }

    /// The slot of a name, made if need be.
    pub fn slot(&self, name: Name) -> u32 {
        self.find(name).unwrap_or_else(|| {
            let at = self.slots.push(Value::Unset);
            self.extra.borrow_mut().get_or_insert_default().names.insert(name, at);
            at
        })
    }

    /// Value of a name in this scope alone (`Unset` when there is none).
    pub fn local(&self, name: Name) -> Value {
        self.find(name).map_or(Value::Unset, |at| self.get(at))
    }
    pub fn remove(&self, name: Name) -> bool {
        match self.find(name) {
            Some(at) => !matches!(self.swap(at, Value::Unset), Value::Unset),
            None => false,
        }
    }

    /// Names that have a value here.
    pub fn names(&self) -> Vec<Name> {
        let mut all: Vec<Name> = self.layout.borrow().names();
        if let Some(extra) = &*self.extra.borrow() {
            all.extend(extra.names.keys().copied());
        }
        all.retain(|n| !matches!(self.local(*n), Value::Unset));
        all
    }

    pub fn parent(&self) -> Option<Rc<Scope>> {
        self.parent.borrow().clone()
    }

    /// The full variable of a slot, made from a plain value if need be.
    pub fn variable(&self, at: u32, name: &str) -> Rc<Variable> {
        let slot = self.get(at);
        if let Some(v) = Variable::of(&slot) {
            return v.clone();
        }
        let value = if matches!(slot, Value::Unset) { Value::Null } else { slot };
        let variable = Rc::new(Variable::new(name, value));
        self.put(at, variable.clone().into_slot());
        variable
    }

    pub fn function(&self, name: Name) -> Option<Rc<crate::function::Function>> {
        self.extra.borrow().as_ref().and_then(|e| e.functions.get(&name).cloned())
    }
    pub fn alias(&self, name: Name) -> Option<Rc<crate::function::Alias>> {
        self.extra.borrow().as_ref().and_then(|e| e.aliases.get(&name).cloned())
    }
    /// Rarely used parts, for reading.
    pub fn with_extra<T>(&self, f: impl FnOnce(Option<&Extra>) -> T) -> T {
        f(self.extra.borrow().as_deref())
    }
    pub fn extra_mut<T>(&self, f: impl FnOnce(&mut Extra) -> T) -> T {
        f(self.extra.borrow_mut().get_or_insert_default())
    }
}
