//! Get-Variable, Set-Variable, New-Variable, Remove-Variable, Clear-Variable.
use crate::{texts, wildcard};
use dialtone_code::Name;
use dialtone_engine::Engine;
use dialtone_engine::command::{Command, Cx};
use dialtone_engine::ps_variable;
use dialtone_engine::scope::{Options, Scope, Variable};
use dialtone_object::*;
use std::collections::BTreeMap;
use std::rc::Rc;

/// The variables seen from here, by name; the nearest of a name counts.
pub fn visible(en: &mut Engine) -> Vec<Rc<Variable>> {
    let mut found = BTreeMap::new();
    let mut at = Some(en.scope.clone());
    while let Some(scope) = at {
        for name in scope.names() {
            let text = name.text();
            found.entry(text.to_lowercase()).or_insert_with(|| scope.variable(scope.slot(name), &text));
        }
        at = scope.parent();
    }
    found.into_values().collect()
}

/// The nearest variable of a name.
pub fn find(en: &mut Engine, name: &str) -> Option<Rc<Variable>> {
    let name = bare(name);
    let key = Name::new(name);
    let scope = en.scope_with(key)?;
    Some(scope.variable(scope.slot(key), name))
}

/// A name without `scope:` in front.
fn bare(name: &str) -> &str {
    let scoped = ["global:", "local:", "script:", "private:", "variable:"];
    let hit = scoped.iter().find(|p| name.get(..p.len()).is_some_and(|head| head.eq_ignore_ascii_case(p)));
    hit.map_or(name, |p| &name[p.len()..])
}

fn error(id: &str, message: String, name: &str) -> ErrorRecord {
    ErrorRecord::new(
        "System.Management.Automation.SessionStateUnauthorizedAccessException",
        message,
        id,
        ErrorCategory::WriteError,
    )
    .with_target(Value::str(name))
}

fn not_found(name: &str) -> ErrorRecord {
    ErrorRecord::new(
        "System.Management.Automation.ItemNotFoundException",
        format!("Cannot find a variable with the name '{name}'."),
        "VariableNotFound",
        ErrorCategory::ObjectNotFound,
    )
    .with_target(Value::str(name))
}

fn not_removable(name: &str) -> ErrorRecord {
    let text = format!(
        "Cannot remove variable {name} because it is constant or read-only. If the variable is read-only, try the operation again specifying the Force option."
    );
    error("VariableNotRemovable", text, name)
}

/// The scope that -Scope names: `Global`, `Local`, `Script` or a number of levels up.
pub fn scope_of(cx: &mut Cx, text: &str) -> Res<Rc<Scope>> {
    match text.to_ascii_lowercase().as_str() {
        "global" => return Ok(cx.en.global.clone()),
        "local" | "private" => return Ok(cx.en.scope.clone()),
        "script" => return Ok(dialtone_engine::vars::script_scope(&cx.en.scope)),
        _ => {}
    }
    let Ok(levels) = text.trim().parse::<i32>() else {
        return Err(cx.fail(ErrorRecord::new(
            "System.Management.Automation.PSArgumentException",
            "Cannot process argument because the value of argument \"scopeID\" is not valid. Change the value of the \"scopeID\" argument and run the operation again.".to_string(),
            "Argument",
            ErrorCategory::InvalidArgument,
        )));
    };
    let mut scope = cx.en.scope.clone();
    for _ in 0..levels {
        let parent = scope.parent();
        scope = match parent {
            Some(parent) => parent,
            None => {
                let text = format!(
                    "The scope number '{levels}' exceeds the number of active scopes. (Parameter 'Scope')\nActual value was {levels}."
                );
                return Err(cx.fail(ErrorRecord::new(
                    "System.Management.Automation.PSArgumentOutOfRangeException",
                    text,
                    "ArgumentOutOfRange",
                    ErrorCategory::InvalidArgument,
                )));
            }
        };
    }
    Ok(scope)
}

fn given_scope(cx: &mut Cx) -> Res<Option<Rc<Scope>>> {
    match cx.args.text("Scope") {
        Some(text) => scope_of(cx, &text).map(Some),
        None => Ok(None),
    }
}

/// The variables that the given names mean, of one scope or all; those that are missing are reported.
fn chosen(cx: &mut Cx, names: &[PsString], scope: Option<&Rc<Scope>>) -> Res<Vec<Rc<Variable>>> {
    let all = match scope {
        None => visible(cx.en),
        Some(scope) => {
            let mut own: Vec<Rc<Variable>> =
                scope.names().into_iter().map(|n| scope.variable(scope.slot(n), &n.text())).collect();
            own.sort_by_key(|v| v.name.to_lowercase());
            own
        }
    };
    let (include, exclude) = (texts(cx, "Include"), texts(cx, "Exclude"));
    let mut found = Vec::new();
    for name in names {
        let plain = bare(name);
        let pattern = wildcard::has(plain);
        let before = found.len();
        for v in &all {
            let fits = if pattern { wildcard::matches(plain, &v.name) } else { string::eq_ignore_case(plain, &v.name) };
            if fits && (include.is_empty() || wildcard::any(&include, &v.name)) && !wildcard::any(&exclude, &v.name) {
                found.push(v.clone());
            }
        }
        if found.len() == before && !pattern {
            cx.error(not_found(name))?;
        }
    }
    Ok(found)
}

#[derive(Default)]
pub struct GetVariable;

impl Command for GetVariable {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let scope = given_scope(cx)?;
        let mut names = texts(cx, "Name");
        if names.is_empty() {
            names.push("*".into());
        }
        for variable in chosen(cx, &names, scope.as_ref())? {
            if cx.args.switch("ValueOnly") {
                let value = match variable.getter {
                    Some(getter) => getter(cx.en),
                    None => variable.value.borrow().clone(),
                };
                cx.write(value)?;
            } else {
                cx.write(ps_variable::value(variable))?;
            }
        }
        Ok(())
    }
}

/// Options as the -Option parameter gives them.
pub fn options(cx: &mut Cx) -> Options {
    let Some(value) = cx.args.value("Option") else { return Options::NONE };
    match value.base() {
        Value::Object(o) => Options(o.data().enum_number().unwrap_or(0) as u8),
        _ => Options::NONE,
    }
}

/// Set-Variable and New-Variable.
pub struct SetVariable {
    new: bool,
    values: Vec<Value>,
    piped: bool,
}

impl Default for SetVariable {
    fn default() -> Self {
        Self::new()
    }
}

impl SetVariable {
    pub fn set() -> SetVariable {
        SetVariable { new: false, values: Vec::new(), piped: false }
    }
    pub fn new() -> SetVariable {
        SetVariable { new: true, values: Vec::new(), piped: false }
    }

    fn store(&self, cx: &mut Cx, name: &str, value: Value) -> Res<()> {
        let scope = match given_scope(cx)? {
            Some(scope) => scope,
            None => match name.split_once(':') {
                Some((scope, _)) if !scope.eq_ignore_ascii_case("variable") => scope_of(cx, scope)?,
                _ => cx.en.scope.clone(),
            },
        };
        let name = bare(name);
        let force = cx.args.switch("Force");
        let shown = cx.en.to_text(&value);
        let action = if self.new { "New variable" } else { "Set variable" };
        if !cx.should_process(&format!("Name: {name} Value: {shown}"), action)? {
            return Ok(());
        }
        let key = Name::new(name);
        let held = scope.find(key).map(|at| scope.get(at)).unwrap_or(Value::Unset);
        // What stands in every scope is seen from here as well.
        let known = match Variable::of(&held) {
            Some(v) => Some(v.clone()),
            None if matches!(held, Value::Unset) => find(cx.en, name).filter(|v| {
                v.options.get().has(Options::ALL_SCOPE)
                    || v.options.get().has(Options::CONSTANT) && Rc::ptr_eq(&scope, &cx.en.global)
            }),
            None => None,
        };
        if self.new && !matches!(held, Value::Unset) && !force {
            let text = format!("A variable with name '{name}' already exists.");
            let error = ErrorRecord::new(
                "System.Management.Automation.SessionStateException",
                text,
                "VariableAlreadyExists",
                ErrorCategory::ResourceExists,
            );
            return cx.error(error.with_target(Value::str(name)));
        }
        if let Some(v) = &known {
            let options = v.options.get();
            if options.has(Options::CONSTANT) || (options.has(Options::READ_ONLY) && !force) {
                let text = format!("Cannot overwrite variable {name} because it is read-only or constant.");
                return cx.error(error("VariableNotWritable", text, name));
            }
        }
        let wanted = options(cx);
        let is_new = matches!(held, Value::Unset) && known.is_none();
        if wanted.has(Options::CONSTANT) && !is_new && !self.new {
            let text = format!(
                "Existing variable {name} cannot be made constant. Variables can be made constant only at creation time."
            );
            return cx.error(error("VariableCannotBeMadeConstant", text, name));
        }
        let description = cx.args.text("Description");
        let has_value = cx.args.is_bound("Value") || self.piped || self.new;
        let plain = wanted == Options::NONE && description.is_none() && known.is_none();
        if plain {
            if has_value || matches!(held, Value::Unset) {
                cx.en.set_in(&scope, key, value)?;
            }
        } else {
            let variable = known.unwrap_or_else(|| scope.variable(scope.slot(key), name));
            if has_value {
                if force && variable.options.get().has(Options::READ_ONLY) {
                    variable.options.set(Options(variable.options.get().0 & !Options::READ_ONLY.0));
                    cx.en.store(&variable, value)?;
                    variable.options.set(Options(variable.options.get().0 | Options::READ_ONLY.0));
                } else {
                    cx.en.store(&variable, value)?;
                }
            }
            if cx.args.is_bound("Option") {
                variable.options.set(wanted);
                cx.en.has_protected = true;
            }
            if let Some(text) = description {
                variable.description.replace(text);
            }
        }
        if cx.args.switch("PassThru") {
            let variable = scope.variable(scope.slot(key), name);
            cx.write(ps_variable::value(variable))?;
        }
        Ok(())
    }
}

impl Command for SetVariable {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        if cx.has_input() && !self.new {
            self.piped = true;
            let value = cx.args.get("Value").cloned().unwrap_or_default();
            self.values.push(value);
            return Ok(());
        }
        if self.new {
            let name = cx.args.text("Name").unwrap_or_default();
            let value = cx.args.get("Value").cloned().unwrap_or_default();
            return self.store(cx, &name, value);
        }
        Ok(())
    }
    fn end(&mut self, cx: &mut Cx) -> Res<()> {
        if self.new {
            return Ok(());
        }
        let value = if self.piped {
            Value::from_results(std::mem::take(&mut self.values)).or_null()
        } else {
            cx.args.get("Value").cloned().unwrap_or_default()
        };
        for name in texts(cx, "Name") {
            self.store(cx, &name, value.clone())?;
        }
        Ok(())
    }
}

/// Removes a variable by name; constants and read-only ones need -Force or stay.
pub fn remove(cx: &mut Cx, name: &str, force: bool) -> Res<()> {
    let key = Name::new(bare(name));
    let Some(scope) = cx.en.scope_with(key) else { return cx.error(not_found(name)) };
    remove_from(cx, &scope, key, force)
}

fn remove_from(cx: &mut Cx, scope: &Rc<Scope>, key: Name, force: bool) -> Res<()> {
    let name = key.text();
    if let Some(at) = scope.find(key)
        && let Some(variable) = Variable::of(&scope.get(at))
    {
        let options = variable.options.get();
        if options.has(Options::CONSTANT) || (options.has(Options::READ_ONLY) && !force) {
            return cx.error(not_removable(&name));
        }
    }
    scope.remove(key);
    Ok(())
}

#[derive(Default)]
pub struct RemoveVariable;

impl Command for RemoveVariable {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let scope = given_scope(cx)?;
        let force = cx.args.switch("Force");
        let names = texts(cx, "Name");
        for variable in chosen(cx, &names, scope.as_ref())? {
            if !cx.should_process(&format!("Name: {}", variable.name), "Remove variable")? {
                continue;
            }
            let key = Name::new(&variable.name);
            let home = match &scope {
                Some(scope) => Some(scope.clone()),
                None => cx.en.scope_with(key),
            };
            if let Some(home) = home {
                remove_from(cx, &home, key, force)?;
            }
        }
        Ok(())
    }
}

#[derive(Default)]
pub struct ClearVariable;

impl Command for ClearVariable {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let scope = given_scope(cx)?;
        let names = texts(cx, "Name");
        let force = cx.args.switch("Force");
        for variable in chosen(cx, &names, scope.as_ref())? {
            if !cx.should_process(&format!("Name: {}", variable.name), "Clear variable")? {
                continue;
            }
            let options = variable.options.get();
            if options.has(Options::CONSTANT) || (options.has(Options::READ_ONLY) && !force) {
                let text = format!("Cannot overwrite variable {} because it is read-only or constant.", variable.name);
                cx.error(error("VariableNotWritable", text, &variable.name))?;
                continue;
            }
            variable.value.replace(Value::Null);
            if cx.args.switch("PassThru") {
                cx.write(ps_variable::value(variable))?;
            }
        }
        Ok(())
    }
}
