//! Get-Alias, Set-Alias, New-Alias, Remove-Alias. The built-in aliases stand in a text table and become alias objects
//! of the session when somebody asks for them.
use crate::{aliases, session_drive, texts, wildcard};
use dialtone_code::Name;
use dialtone_engine::Engine;
use dialtone_engine::command::{Command, Cx};
use dialtone_engine::command_info::CommandInfo;
use dialtone_engine::function::Alias;
use dialtone_engine::scope::Options;
use dialtone_object::*;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

fn made(name: &str, definition: &str, options: Options, description: &str) -> Rc<Alias> {
    Rc::new(Alias {
        name: name.into(),
        definition: RefCell::new(definition.into()),
        options: Cell::new(options),
        description: RefCell::new(description.into()),
        module: None,
    })
}

fn builtin(entry: &aliases::AliasEntry) -> Rc<Alias> {
    let mut options = 0;
    if entry.options.contains("ReadOnly") {
        options |= Options::READ_ONLY.0;
    }
    if entry.options.contains("AllScope") {
        options |= Options::ALL_SCOPE.0;
    }
    made(entry.name, entry.definition, Options(options), "")
}

/// An alias by name: of the session, else built in.
pub fn find(en: &mut Engine, name: &str) -> Option<Rc<Alias>> {
    if let Some(alias) = en.find_alias(Name::new(name)) {
        let hidden = alias.definition.borrow().is_empty();
        return (!hidden).then_some(alias);
    }
    aliases::find(name).filter(|e| !e.windows).map(|e| builtin(&e))
}

/// All aliases that can be used here, by name.
pub fn visible(en: &mut Engine) -> Vec<Rc<Alias>> {
    let mut found: BTreeMap<String, Rc<Alias>> = BTreeMap::new();
    let mut at = Some(en.scope.clone());
    while let Some(scope) = at {
        scope.with_extra(|extra| {
            for alias in extra.iter().flat_map(|e| e.aliases.values()) {
                found.entry(alias.name.to_lowercase()).or_insert_with(|| alias.clone());
            }
        });
        at = scope.parent();
    }
    for entry in aliases::all().filter(|e| !e.windows) {
        found.entry(entry.name.to_lowercase()).or_insert_with(|| builtin(&entry));
    }
    found.into_values().filter(|a| !a.definition.borrow().is_empty()).collect()
}

fn not_found(name: &str) -> ErrorRecord {
    ErrorRecord::new(
        "System.Management.Automation.ItemNotFoundException",
        format!("This command cannot find a matching alias because an alias with the name '{name}' does not exist."),
        "ItemNotFoundException",
        ErrorCategory::ObjectNotFound,
    )
    .with_target(Value::str(name))
}

#[derive(Default)]
pub struct GetAlias;

impl Command for GetAlias {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let by_definition = cx.args.is_bound("Definition");
        let mut wanted = texts(cx, if by_definition { "Definition" } else { "Name" });
        if wanted.is_empty() {
            wanted.push("*".into());
        }
        let exclude = texts(cx, "Exclude");
        let all = visible(cx.en);
        for name in wanted {
            let key = |a: &Alias| if by_definition { a.definition.borrow().clone() } else { (&*a.name).into() };
            let hits: Vec<_> = all
                .iter()
                .filter(|a| wildcard::matches(&name, &key(a)) && !wildcard::any(&exclude, &key(a)))
                .cloned()
                .collect();
            if hits.is_empty() && !wildcard::has(&name) {
                let error = not_found(&name);
                if by_definition {
                    let text = format!(
                        "This command cannot find a matching alias because an alias with the definition '{name}' does not exist."
                    );
                    if let Some(e) = error.exception.get::<Exception>() {
                        e.message.replace(text.into());
                    }
                }
                cx.error(error)?;
            }
            for alias in hits {
                cx.write(CommandInfo::Alias(alias).into_value())?;
            }
        }
        Ok(())
    }
}

/// Set-Alias and New-Alias.
pub struct SetAlias {
    new: bool,
}

impl Default for SetAlias {
    fn default() -> Self {
        Self::new()
    }
}

impl SetAlias {
    pub fn set() -> SetAlias {
        SetAlias { new: false }
    }
    pub fn new() -> SetAlias {
        SetAlias { new: true }
    }
}

impl Command for SetAlias {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let name = cx.args.text("Name").unwrap_or_default();
        let definition = cx.args.text("Value").unwrap_or_default();
        let force = cx.args.switch("Force");
        let action = if self.new { "New Alias" } else { "Set Alias" };
        if !cx.should_process(&format!("Name: {name} Value: {definition}"), action)? {
            return Ok(());
        }
        let known = find(cx.en, &name);
        if let Some(known) = &known {
            if self.new && !force {
                let text = format!("The alias is not allowed, because an alias with the name '{name}' already exists.");
                let error = ErrorRecord::new(
                    "System.Management.Automation.SessionStateException",
                    text,
                    "AliasAlreadyExists",
                    ErrorCategory::ResourceExists,
                );
                return cx.error(error.with_target(Value::String(name)));
            }
            if session_drive::is_protected(known, force) {
                let text = format!(
                    "Alias is not writeable because alias {name} is read-only or constant and cannot be written to."
                );
                let error = ErrorRecord::new(
                    "System.Management.Automation.SessionStateUnauthorizedAccessException",
                    text,
                    "AliasNotWritable",
                    ErrorCategory::WriteError,
                );
                return cx.error(error.with_target(Value::String(name)));
            }
        }
        let options = match cx.args.is_bound("Option") {
            true => crate::variable::options(cx),
            false => known.map_or(Options::NONE, |a| a.options.get()),
        };
        let description = cx.args.text("Description").unwrap_or_default();
        let alias = made(&name, &definition, options, &description);
        let scope = match cx.args.text("Scope") {
            Some(text) => crate::variable::scope_of(cx, &text)?,
            None => cx.en.scope.clone(),
        };
        scope.extra_mut(|extra| extra.aliases.insert(Name::new(&name), alias.clone()));
        cx.en.bump();
        if cx.args.switch("PassThru") {
            cx.write(CommandInfo::Alias(alias).into_value())?;
        }
        Ok(())
    }
}

/// Takes an alias away. A built-in one is hidden by an empty definition.
pub fn remove(cx: &mut Cx, name: &str, force: bool) -> Res<()> {
    let Some(alias) = find(cx.en, name) else { return cx.error(not_found(name)) };
    if session_drive::is_protected(&alias, force) {
        let text = format!("Alias was not removed because alias {name} is constant or read-only.");
        let error = ErrorRecord::new(
            "System.Management.Automation.SessionStateUnauthorizedAccessException",
            text,
            "AliasNotRemovable",
            ErrorCategory::WriteError,
        );
        return cx.error(error.with_target(Value::str(name)));
    }
    let key = Name::new(name);
    let mut at = Some(cx.en.scope.clone());
    while let Some(scope) = at {
        if scope.alias(key).is_some() {
            scope.extra_mut(|extra| extra.aliases.remove(&key));
            break;
        }
        at = scope.parent();
    }
    if aliases::find(name).is_some_and(|e| !e.windows) {
        let hidden = made(name, "", Options::NONE, "");
        cx.en.global.extra_mut(|extra| extra.aliases.insert(key, hidden));
    }
    cx.en.bump();
    Ok(())
}

#[derive(Default)]
pub struct RemoveAlias;

impl Command for RemoveAlias {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let force = cx.args.switch("Force");
        for name in texts(cx, "Name") {
            remove(cx, &name, force)?;
        }
        Ok(())
    }
}
