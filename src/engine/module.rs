//! Modules: a session state of their own.
use crate::scope::Scope;
use dialtone_object::{PsString, Value};
use std::cell::RefCell;
use std::rc::Rc;

pub struct Module {
    pub name: Rc<str>,
    /// Full path of the .psm1/.psd1, or empty for one made in memory.
    pub path: PsString,
    pub version: PsString,
    pub description: RefCell<PsString>,
    /// Top scope of its code.
    pub scope: Rc<Scope>,
    pub exports: RefCell<Exports>,
    /// Manifest data or `PrivateData`.
    pub data: RefCell<Value>,
}

/// What Export-ModuleMember named; none means "all functions".
#[derive(Default, Clone)]
pub struct Exports {
    pub explicit: bool,
    pub functions: Vec<PsString>,
    pub aliases: Vec<PsString>,
    pub variables: Vec<PsString>,
    pub cmdlets: Vec<PsString>,
}
