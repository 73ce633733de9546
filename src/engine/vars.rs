//! Variables: reading and writing through the chain of scopes, drives (`$env:`), automatic variables.
use crate::errors;
use crate::machine::{Engine, Frame};
use crate::scope::{Options, Scope, ScopeKind, Variable};
use dialtone_code::{Name, VarRef, names};
use dialtone_object::*;
use dialtone_syntax::VariableScope;
use std::rc::Rc;

impl Engine {
    /// A slot that holds nothing or a full variable.
    #[cold]
    pub fn read_slot(&mut self, f: &Frame, slot: u32, value: Value) -> Res<Value> {
        if let Some(variable) = Variable::of(&value) {
            return Ok(self.value_of(variable));
        }
        let name = f.code.layout.name(slot);
        match self.lookup_from(f.scope.parent(), name) {
            Some(v) => Ok(v),
            None => self.missing(f, name),
        }
    }

    fn missing(&mut self, f: &Frame, name: Name) -> Res<Value> {
        if name == names::QUESTION {
            return Ok(Value::Bool(self.ok));
        }
        if self.strict_level(f) > 0 {
            return Err(errors::variable_not_set(&name.text()).into());
        }
        Ok(Value::Null)
    }

    fn value_of(&mut self, variable: &Rc<Variable>) -> Value {
        match variable.getter {
            Some(getter) => getter(self),
            None => variable.value.borrow().clone(),
        }
    }

    /// Value of a name, from `scope` upwards.
    pub fn lookup_from(&mut self, scope: Option<Rc<Scope>>, name: Name) -> Option<Value> {
        let mut at = scope;
        let mut first = true;
        while let Some(scope) = at {
            match scope.local(name) {
                Value::Unset => {}
                slot @ Value::Variable(_) => {
                    if let Some(v) = Variable::of(&slot).cloned()
                        && (first || !v.options.get().has(Options::PRIVATE))
                    {
                        return Some(self.value_of(&v));
                    }
                }
                v => return Some(v),
            }
            first = false;
            at = scope.parent();
        }
        None
    }

    /// Value of a name in the current scope or above; `$null` when there is none.
    pub fn lookup(&mut self, name: Name) -> Value {
        let scope = self.scope.clone();
        self.lookup_from(Some(scope), name).unwrap_or_default()
    }

    /// The scope that holds a name, from the current one upwards.
    pub fn scope_with(&self, name: Name) -> Option<Rc<Scope>> {
        let mut at = Some(self.scope.clone());
        while let Some(scope) = at {
            if !matches!(scope.local(name), Value::Unset) {
                return Some(scope);
            }
            at = scope.parent();
        }
        None
    }

    pub fn read_var(&mut self, f: &Frame, var: &VarRef) -> Res<Value> {
        match var {
            VarRef::Slot(slot) => {
                let value = f.scope.get(f.slot(*slot));
                match value {
                    Value::Unset | Value::Variable(_) => self.read_slot(f, *slot, value),
                    v => Ok(v),
                }
            }
            VarRef::Scoped(scope, name) => {
                let home = self.named_scope(f, *scope);
                let found = if *scope == VariableScope::Local || *scope == VariableScope::Private {
                    match home.local(*name) {
                        Value::Unset => None,
                        slot => Some(Variable::of(&slot).cloned().map_or(slot, |v| self.value_of(&v))),
                    }
                } else {
                    self.lookup_from(Some(home), *name)
                };
                match found {
                    Some(v) => Ok(v),
                    None => self.missing(f, *name),
                }
            }
            VarRef::Drive(drive, path) => self.read_drive(drive, path),
            VarRef::Constant(names::TRUE) => Ok(Value::Bool(true)),
            VarRef::Constant(names::FALSE) => Ok(Value::Bool(false)),
            VarRef::Constant(_) => Ok(Value::Null),
        }
    }

    /// `global:`, `script:`, `local:`, `private:`
    pub fn named_scope(&self, f: &Frame, scope: VariableScope) -> Rc<Scope> {
        match scope {
            VariableScope::Global => self.global.clone(),
            VariableScope::Script => script_scope(&f.scope),
            _ => f.scope.clone(),
        }
    }

    /// Where an assignment to `var` goes, and its name.
    pub fn scope_of_var(&mut self, f: &Frame, var: &VarRef) -> Res<(Rc<Scope>, Name)> {
        match var {
            VarRef::Slot(slot) => Ok((f.scope.clone(), f.code.layout.name(*slot))),
            VarRef::Scoped(scope, name) => Ok((self.named_scope(f, *scope), *name)),
            VarRef::Constant(name) => Err(errors::variable_not_writable(&name.text()).into()),
            VarRef::Drive(drive, _) => Err(errors::drive_not_found(drive).into()),
        }
    }

    #[inline]
    pub fn assign_var(&mut self, f: &Frame, var: &VarRef, value: Value) -> Res<()> {
        if let VarRef::Slot(slot) = var {
            return self.set_slot(f, *slot, value);
        }
        self.assign_named(f, var, value)
    }

    #[inline]
    pub fn set_slot(&mut self, f: &Frame, slot: u32, value: Value) -> Res<()> {
        let at = f.slot(slot);
        match f.scope.swap(at, value) {
            old @ Value::Variable(_) => self.set_full(f, at, old),
            Value::Unset => self.first_set(f, slot, at),
            old => {
                drop(old);
                Ok(())
            }
        }
    }

    /// The slot held a full variable: it goes back, and takes the value through its constraints.
    #[cold]
    fn set_full(&mut self, f: &Frame, at: u32, slot: Value) -> Res<()> {
        let value = f.scope.swap(at, slot.clone());
        match Variable::of(&slot).cloned() {
            Some(variable) => self.store(&variable, value),
            None => Ok(()),
        }
    }

    /// First assignment in this scope: variables that exist in every scope (AllScope) or are constants above are seen.
    fn first_set(&mut self, f: &Frame, slot: u32, at: u32) -> Res<()> {
        if !self.has_protected {
            return Ok(());
        }
        let name = f.code.layout.name(slot);
        let mut up = f.scope.parent();
        while let Some(scope) = up {
            let held = scope.local(name);
            if let Some(variable) = Variable::of(&held) {
                let options = variable.options.get();
                if options.has(Options::ALL_SCOPE) {
                    let value = f.scope.swap(at, Value::Unset);
                    return self.store(&variable.clone(), value);
                }
                if options.has(Options::CONSTANT) && scope.kind.get() == ScopeKind::Global && is_automatic(name) {
                    f.scope.put(at, Value::Unset);
                    return Err(errors::variable_not_writable(&variable.name).into());
                }
                break;
            }
            up = scope.parent();
        }
        Ok(())
    }

    fn assign_named(&mut self, f: &Frame, var: &VarRef, value: Value) -> Res<()> {
        // `$null = ...` drops the value.
        if let VarRef::Constant(names::NULL) = var {
            return Ok(());
        }
        if let VarRef::Drive(drive, path) = var {
            return self.write_drive(drive, path, value);
        }
        let (scope, name) = self.scope_of_var(f, var)?;
        self.set_in(&scope, name, value)?;
        if let VarRef::Scoped(VariableScope::Private, _) = var {
            let at = scope.slot(name);
            scope.variable(at, &name.text()).options.set(Options::PRIVATE);
        }
        Ok(())
    }

    /// Sets a name in a given scope.
    pub fn set_in(&mut self, scope: &Rc<Scope>, name: Name, value: Value) -> Res<()> {
        let at = scope.slot(name);
        match Variable::of(&scope.get(at)).cloned() {
            Some(variable) => self.store(&variable, value),
            None => {
                scope.put(at, value);
                Ok(())
            }
        }
    }

    /// Sets a name in the current scope.
    pub fn set_variable(&mut self, name: &str, value: Value) -> Res<()> {
        let scope = self.scope.clone();
        self.set_in(&scope, Name::new(name), value)
    }

    /// `$Matches` after a successful match.
    pub fn set_matches(&mut self, f: &Frame, groups: Value) -> Res<()> {
        let scope = f.scope.clone();
        self.set_in(&scope, names::MATCHES, groups)
    }

    /// Adds to a stream variable's list in the scope it belongs to.
    pub fn append_in(&mut self, scope: &Rc<Scope>, name: &str, item: Value) -> Res<()> {
        let name = Name::new(name.strip_prefix('+').unwrap_or(name));
        let scope = scope.clone();
        let held = self.lookup_from(Some(scope.clone()), name).unwrap_or_default();
        match held.base() {
            Value::List(l) => l.items.borrow_mut().push(item),
            Value::Null | Value::Void => {
                let list = List::array_list(vec![item]);
                self.set_in(&scope, name, Value::List(Rc::new(list)))?;
            }
            other => {
                let list = List::array_list(vec![other.clone(), item]);
                self.set_in(&scope, name, Value::List(Rc::new(list)))?;
            }
        }
        Ok(())
    }

    fn read_drive(&mut self, drive: &str, path: &str) -> Res<Value> {
        match drive.to_ascii_lowercase().as_str() {
            "env" => Ok(crate::environment::get(path).map_or(Value::Null, Value::from)),
            "variable" => Ok(self.lookup(Name::new(path))),
            "function" => match self.find_function(Name::new(path)) {
                Some(function) => {
                    let block = crate::function::ScriptBlock::new(function.code(), function.module.clone());
                    Ok(Value::object(block))
                }
                None => Ok(Value::Null),
            },
            "alias" => Ok(self
                .find_alias(Name::new(path))
                .map_or(Value::Null, |a| Value::String(a.definition.borrow().clone()))),
            _ => {
                let full = self.resolve_path(&format!("{drive}:{path}"));
                match std::fs::read(&full) {
                    Ok(bytes) => {
                        let lines = dialtone_syntax::decode(&bytes).lines().map(Value::str).collect();
                        Ok(Value::from_results(lines))
                    }
                    Err(_) if self.drive_exists(drive) => Ok(Value::Null),
                    Err(_) => Err(errors::drive_not_found(drive).into()),
                }
            }
        }
    }

    fn drive_exists(&self, drive: &str) -> bool {
        drive.len() == 1 || drive.eq_ignore_ascii_case("temp")
    }

    fn write_drive(&mut self, drive: &str, path: &str, value: Value) -> Res<()> {
        match drive.to_ascii_lowercase().as_str() {
            "env" => {
                let text = self.to_text(&value);
                crate::environment::set(path, if value.is_null() { None } else { Some(&text) });
                Ok(())
            }
            "variable" => self.set_variable(path, value),
            "function" => self.set_function_value(path, &value),
            "alias" => {
                let text = self.to_text(&value);
                self.set_alias(path, &text);
                Ok(())
            }
            _ => {
                let full = self.resolve_path(&format!("{drive}:{path}"));
                let mut text = String::new();
                for item in self.enumerate(&value)? {
                    text.push_str(&self.to_text(&item));
                    text.push('\n');
                }
                std::fs::write(&full, text).map_err(|e| errors::file_open(&full, &e).into())
            }
        }
    }

    /// Set-StrictMode's level for the running code: 0 when off.
    pub fn strict_level(&self, f: &Frame) -> u8 {
        if !self.any_strict {
            return 0;
        }
        let mut at = Some(f.scope.clone());
        while let Some(scope) = at {
            if let Some(level) = scope.strict.get() {
                return level;
            }
            at = scope.parent();
        }
        0
    }

    /// The full variable of a name, made in the current scope when there is none (`[ref]$x`, Get-Variable).
    pub fn full_variable(&mut self, name: Name) -> Rc<Variable> {
        let scope = self.scope_with(name).unwrap_or_else(|| self.scope.clone());
        let at = scope.slot(name);
        scope.variable(at, &name.text())
    }
}

/// The nearest scope that is a script's, a module's or the global one.
pub fn script_scope(scope: &Rc<Scope>) -> Rc<Scope> {
    let mut at = scope.clone();
    while at.kind.get() == ScopeKind::Local {
        match at.parent() {
            Some(parent) => at = parent,
            None => break,
        }
    }
    at
}

/// Top scope of the running session state: the module's, else the global one.
pub fn session_scope(en: &Engine) -> Rc<Scope> {
    en.module.as_ref().map_or_else(|| en.global.clone(), |m| m.scope.clone())
}

fn is_automatic(name: Name) -> bool {
    name.0 <= names::EVENT_ARGS.0
}

/// Defines what a fresh session has.
pub fn define_automatic(en: &mut Engine) {
    let global = en.global.clone();
    let plain = |name: Name, value: Value| global.put(global.slot(name), value);
    let special = |name: Name, value: Value, options: Options, getter: Option<fn(&mut Engine) -> Value>| {
        let mut variable = Variable::new(&name.text(), value);
        variable.options.set(options);
        variable.getter = getter;
        global.put(global.slot(name), Rc::new(variable).into_slot());
    };
    // Variables whose type assignments keep.
    let typed = |name: Name, value: Value, ty: &str| {
        let variable = Variable::new(&name.text(), value);
        if let Some(ty) = types::find(ty) {
            variable.constraints.borrow_mut().push(crate::scope::Constraint::Type(ty));
        }
        global.put(global.slot(name), Rc::new(variable).into_slot());
    };
    let fixed = Options(Options::CONSTANT.0 | Options::ALL_SCOPE.0);
    special(names::ERROR, Value::List(en.errors.clone()), Options::CONSTANT, None);
    special(
        names::QUESTION,
        Value::Null,
        Options(Options::READ_ONLY.0 | Options::ALL_SCOPE.0),
        Some(|en| Value::Bool(en.ok)),
    );
    special(names::TRUE, Value::Bool(true), fixed, None);
    special(names::FALSE, Value::Bool(false), fixed, None);
    let home = std::env::var("HOME").unwrap_or_default();
    special(names::HOME, Value::from(home), fixed, None);
    special(names::PID, Value::Int(std::process::id() as i32), fixed, None);
    special(names::IS_LINUX, Value::Bool(cfg!(target_os = "linux")), fixed, None);
    special(names::IS_MAC_OS, Value::Bool(cfg!(target_os = "macos")), fixed, None);
    special(names::IS_WINDOWS, Value::Bool(false), fixed, None);
    special(names::IS_CORE_CLR, Value::Bool(true), fixed, None);
    special(names::PS_EDITION, Value::str("Core"), fixed, None);
    special(names::SHELL_ID, Value::str("Microsoft.PowerShell"), fixed, None);
    special(names::PS_HOME, Value::str("/opt/microsoft/powershell/7"), fixed, None);
    special(names::PS_CULTURE, Value::str("en-US"), Options(Options::READ_ONLY.0 | Options::ALL_SCOPE.0), None);
    special(names::PS_UI_CULTURE, Value::str("en-US"), Options(Options::READ_ONLY.0 | Options::ALL_SCOPE.0), None);
    special(names::PWD, Value::Null, Options::NONE, Some(crate::location::path_info));
    special(names::HOST, Value::Null, fixed, Some(crate::host_object::value));
    special(names::EXECUTION_CONTEXT, Value::Null, fixed, Some(crate::host_object::execution_context));
    special(
        names::PS_VERSION_TABLE,
        Value::Null,
        Options(Options::READ_ONLY.0 | Options::ALL_SCOPE.0),
        Some(crate::host_object::version_table),
    );
    special(names::PS_STYLE, Value::Null, Options::NONE, Some(crate::host_object::style));
    special(names::PS_COMMAND_PATH, Value::Null, Options::NONE, Some(|en| Value::from(en.running_file())));
    special(
        names::PS_SCRIPT_ROOT,
        Value::Null,
        Options::NONE,
        Some(|en| Value::from(en.running_file().rsplit_once('/').map_or("", |(folder, _)| folder))),
    );
    typed(names::ERROR_ACTION_PREFERENCE, preference(2), ACTION_PREFERENCE);
    typed(names::WARNING_PREFERENCE, preference(2), ACTION_PREFERENCE);
    typed(names::VERBOSE_PREFERENCE, preference(0), ACTION_PREFERENCE);
    typed(names::DEBUG_PREFERENCE, preference(0), ACTION_PREFERENCE);
    typed(names::INFORMATION_PREFERENCE, preference(0), ACTION_PREFERENCE);
    typed(names::PROGRESS_PREFERENCE, preference(2), ACTION_PREFERENCE);
    plain(names::CONFIRM_PREFERENCE, enum_value("System.Management.Automation.ConfirmImpact", 3));
    plain(names::WHAT_IF_PREFERENCE, Value::Bool(false));
    let error_view = "System.Management.Automation.ErrorView";
    typed(names::ERROR_VIEW, enum_value(error_view, 2), error_view);
    plain(names::FORMAT_ENUMERATION_LIMIT, Value::Int(4));
    plain(names::MAXIMUM_HISTORY_COUNT, Value::Int(4096));
    plain(names::NESTED_PROMPT_LEVEL, Value::Int(0));
    plain(names::PS_NATIVE_USE_ERROR_ACTION, Value::Bool(false));
    plain(names::PS_NATIVE_ARGUMENT_PASSING, Value::str("Standard"));
    plain(
        names::PS_DEFAULT_PARAMETER_VALUES,
        Value::Dict(Rc::new(Dictionary::hashtable(Dict::new(Comparer::IgnoreCase)))),
    );
}

const ACTION_PREFERENCE: &str = "System.Management.Automation.ActionPreference";

fn preference(number: i64) -> Value {
    enum_value(ACTION_PREFERENCE, number)
}

/// An enum value by type name, for the engine's own variables.
pub fn enum_value(type_name: &str, number: i64) -> Value {
    match types::find(type_name) {
        Some(ty) => EnumValue::value(ty, number),
        None => Value::Int(number as i32),
    }
}
