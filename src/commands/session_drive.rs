//! The session's own drives (`Env:`, `Variable:`, `Function:`, `Alias:`): names, items, reading, writing and removing.
use crate::place::{Area, Place};
use dialtone_code::Name;
use dialtone_engine::Engine;
use dialtone_engine::command::Cx;
use dialtone_engine::command_info::CommandInfo;
use dialtone_engine::function::Alias;
use dialtone_engine::scope::Options;
use dialtone_engine::{environment, ps_variable};
use dialtone_object::*;
use std::collections::BTreeMap;
use std::rc::Rc;

/// The names in a drive, sorted.
pub fn names(en: &mut Engine, area: Area) -> Vec<String> {
    match area {
        Area::File => Vec::new(),
        Area::Env => environment::all().into_iter().map(|(name, _)| name).collect(),
        Area::Variable => crate::variable::visible(en).into_iter().map(|v| v.name.as_str().to_owned()).collect(),
        Area::Function => functions(en).into_iter().map(|f| f.name.to_string()).collect(),
        Area::Alias => crate::alias::visible(en).into_iter().map(|a| a.name.to_string()).collect(),
    }
}

/// The functions that can be called here, by name.
pub fn functions(en: &Engine) -> Vec<Rc<dialtone_engine::function::Function>> {
    let mut found = BTreeMap::new();
    let mut at = Some(en.scope.clone());
    while let Some(scope) = at {
        scope.with_extra(|extra| {
            for f in extra.iter().flat_map(|e| e.functions.values()) {
                if !f.hidden {
                    found.entry(f.name.to_lowercase()).or_insert_with(|| f.clone());
                }
            }
        });
        at = scope.parent();
    }
    found.into_values().collect()
}

pub fn exists(en: &mut Engine, area: Area, name: &str) -> bool {
    get(en, area, name).is_some()
}

/// The object of an item: DictionaryEntry, PSVariable, FunctionInfo, AliasInfo.
pub fn get(en: &mut Engine, area: Area, name: &str) -> Option<Value> {
    let item = match area {
        Area::File => return None,
        Area::Env => {
            let value = environment::get(name)?;
            let ty = types::find("System.Collections.DictionaryEntry")?;
            access::construct(en, ty, &[Value::str(name), Value::from(value)]).ok()?
        }
        Area::Variable => ps_variable::value(crate::variable::find(en, name)?),
        Area::Function => CommandInfo::Function(en.find_function(Name::new(name))?).into_value(),
        Area::Alias => CommandInfo::Alias(crate::alias::find(en, name)?).into_value(),
    };
    let place = Place { area, path: name.to_owned() };
    Some(crate::file_system::with_notes(en, item, &place, false))
}

/// The content of an item: a variable's value, a function's block, an alias's definition.
pub fn value(en: &mut Engine, area: Area, name: &str) -> Value {
    match area {
        Area::File => Value::Null,
        Area::Env => environment::get(name).map_or(Value::Null, Value::from),
        Area::Variable => en.lookup(Name::new(name)),
        Area::Function => match en.find_function(Name::new(name)) {
            Some(f) => Value::object(dialtone_engine::function::ScriptBlock::new(f.code(), f.module.clone())),
            None => Value::Null,
        },
        Area::Alias => {
            crate::alias::find(en, name).map_or(Value::Null, |a| Value::String(a.definition.borrow().clone()))
        }
    }
}

/// Sets or makes an item; `$null` removes it from `Env:`.
pub fn set(en: &mut Engine, area: Area, name: &str, value: Value) -> Res<()> {
    match area {
        Area::File => Ok(()),
        Area::Env => {
            let text = en.to_text(&value);
            environment::set(name, if value.is_null() { None } else { Some(&text) });
            Ok(())
        }
        Area::Variable => en.set_variable(name, value),
        Area::Function => en.set_function_value(name, &value),
        Area::Alias => {
            let text = en.to_text(&value);
            en.set_alias(name, &text);
            Ok(())
        }
    }
}

pub fn remove(cx: &mut Cx, area: Area, name: &str, force: bool) -> Res<()> {
    match area {
        Area::File => Ok(()),
        Area::Env => {
            environment::set(name, None);
            Ok(())
        }
        Area::Variable => crate::variable::remove(cx, name, force),
        Area::Function => {
            let key = Name::new(name);
            let mut at = Some(cx.en.scope.clone());
            while let Some(scope) = at {
                if scope.function(key).is_some() {
                    scope.extra_mut(|extra| extra.functions.remove(&key));
                    cx.en.bump();
                    break;
                }
                at = scope.parent();
            }
            Ok(())
        }
        Area::Alias => crate::alias::remove(cx, name, force),
    }
}

/// True when an alias may not be changed.
pub fn is_protected(alias: &Alias, force: bool) -> bool {
    let options = alias.options.get();
    options.has(Options::CONSTANT) || (options.has(Options::READ_ONLY) && !force)
}
