//! `Layout`: which variable stands in which slot of a scope. A function or script has a layout of its own; the script
//! block literals inside it share it, so that a block run in its defining scope (ForEach-Object, Where-Object, `.`)
//! reads the very slots its surroundings do.
use crate::Name;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// Grows while its unit is compiled and stays as it is from then on.
#[derive(Default)]
pub struct Layout {
    names: RefCell<Vec<Name>>,
    index: RefCell<HashMap<Name, u32>>,
}

/// Slot of `$_` in every layout.
pub const UNDERSCORE_SLOT: u32 = 0;
/// Slot of `$args` in every layout.
pub const ARGS_SLOT: u32 = 1;
/// Slot of `$input`.
pub const INPUT_SLOT: u32 = 2;
/// Slot of `$this`.
pub const THIS_SLOT: u32 = 3;
/// Slot of `$PSBoundParameters`.
pub const BOUND_SLOT: u32 = 4;
/// Slot of `$MyInvocation`.
pub const INVOCATION_SLOT: u32 = 5;
/// Slot of `$PSCmdlet`.
pub const CMDLET_SLOT: u32 = 6;

impl Layout {
    /// With the automatic variables in their fixed slots.
    pub fn new() -> Layout {
        use crate::names::*;
        let layout = Layout::default();
        for name in [UNDERSCORE, ARGS, INPUT, THIS, PS_BOUND_PARAMETERS, MY_INVOCATION, PS_CMDLET] {
            layout.slot(name);
        }
        layout
    }
    /// A layout without any slot, for scopes filled by name.
    pub fn empty() -> Rc<Layout> {
        Rc::new(Layout::default())
    }
    pub fn slot(&self, name: Name) -> u32 {
        let mut names = self.names.borrow_mut();
        *self.index.borrow_mut().entry(name).or_insert_with(|| {
            names.push(name);
            names.len() as u32 - 1
        })
    }
    pub fn find(&self, name: Name) -> Option<u32> {
        self.index.borrow().get(&name).copied()
    }
    pub fn name(&self, slot: u32) -> Name {
        self.names.borrow().get(slot as usize).copied().unwrap_or(crate::names::NULL)
    }
    pub fn names(&self) -> Vec<Name> {
        self.names.borrow().clone()
    }
    pub fn len(&self) -> usize {
        self.names.borrow().len()
    }
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
