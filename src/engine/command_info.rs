//! CommandInfo objects: what Get-Command gives and `&` takes.
use crate::command::Cmdlet;
use crate::function::{Alias, Function};
use crate::machine::Engine;
use crate::resolve::Target;
use dialtone_code::Name;
use dialtone_object::*;
use std::any::Any;
use std::rc::Rc;

pub enum CommandInfo {
    Cmdlet(Rc<Cmdlet>),
    Function(Rc<Function>),
    Alias(Rc<Alias>),
    Application(String),
    Script(String),
}

macro_rules! info_types {
    ($($id:ident $name:literal),* $(,)?) => {
        $(static $id: TypeInfo = TypeInfo::new($name, $name, TypeKind::Other, Some(&COMMAND_INFO));)*
    };
}
static COMMAND_INFO: TypeInfo = TypeInfo::new(
    "System.Management.Automation.CommandInfo",
    "System.Management.Automation.CommandInfo",
    TypeKind::Other,
    Some(&types::OBJECT),
);
info_types! {
    CMDLET "System.Management.Automation.CmdletInfo",
    FUNCTION "System.Management.Automation.FunctionInfo",
    FILTER "System.Management.Automation.FilterInfo",
    ALIAS "System.Management.Automation.AliasInfo",
    APPLICATION "System.Management.Automation.ApplicationInfo",
    SCRIPT "System.Management.Automation.ExternalScriptInfo",
}

impl CommandInfo {
    pub fn into_value(self) -> Value {
        Value::object(self)
    }
    pub fn name(&self) -> PsString {
        match self {
            CommandInfo::Cmdlet(c) => (&*c.meta.name).into(),
            CommandInfo::Function(f) => (&*f.name).into(),
            CommandInfo::Alias(a) => (&*a.name).into(),
            CommandInfo::Application(p) | CommandInfo::Script(p) => p.rsplit('/').next().unwrap_or(p).into(),
        }
    }
    /// Number of `CommandTypes`.
    pub fn kind(&self) -> i64 {
        match self {
            CommandInfo::Alias(_) => 1,
            CommandInfo::Function(f) if f.is_filter => 4,
            CommandInfo::Function(_) => 2,
            CommandInfo::Cmdlet(_) => 8,
            CommandInfo::Script(_) => 16,
            CommandInfo::Application(_) => 32,
        }
    }
    pub fn target(&self, en: &mut Engine) -> Res<Target> {
        Ok(match self {
            CommandInfo::Cmdlet(c) => Target::Cmdlet(c.clone()),
            CommandInfo::Function(f) => Target::Function(f.clone(), f.code()),
            CommandInfo::Alias(a) => {
                let definition = a.definition.borrow().clone();
                return en.resolve_command(&definition, Name::new(&definition));
            }
            CommandInfo::Application(p) => Target::Native(p.clone()),
            CommandInfo::Script(p) => Target::Script(p.clone()),
        })
    }
    fn definition(&self, en: &mut Engine) -> PsString {
        match self {
            CommandInfo::Function(f) => {
                let block = crate::function::ScriptBlock::new(f.code(), None);
                block.body_text().into()
            }
            CommandInfo::Alias(a) => a.definition.borrow().clone(),
            CommandInfo::Application(p) | CommandInfo::Script(p) => p.as_str().into(),
            CommandInfo::Cmdlet(c) => crate::syntax_text::syntax(en, &c.meta).into(),
        }
    }
    fn module(&self) -> PsString {
        match self {
            CommandInfo::Cmdlet(c) => (&*c.meta.module).into(),
            CommandInfo::Function(f) => f.module.as_ref().map_or_else(PsString::default, |m| (&*m.name).into()),
            CommandInfo::Alias(a) => a.module.as_ref().map_or_else(PsString::default, |m| (&*m.name).into()),
            _ => PsString::default(),
        }
    }
}

impl NetObject for CommandInfo {
    fn type_ref(&self) -> TypeRef {
        match self {
            CommandInfo::Cmdlet(_) => &CMDLET,
            CommandInfo::Function(f) if f.is_filter => &FILTER,
            CommandInfo::Function(_) => &FUNCTION,
            CommandInfo::Alias(_) => &ALIAS,
            CommandInfo::Application(_) => &APPLICATION,
            CommandInfo::Script(_) => &SCRIPT,
        }
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn text(&self) -> Option<PsString> {
        Some(match self {
            CommandInfo::Application(p) | CommandInfo::Script(p) => p.as_str().into(),
            _ => self.name(),
        })
    }
    fn dynamic_property(&self, rt: &mut dyn Runtime, name: &str) -> Option<Res<Value>> {
        let en = rt.as_any().downcast_mut::<Engine>()?;
        Some(Ok(match name.to_ascii_lowercase().as_str() {
            "name" => Value::String(self.name()),
            "commandtype" => crate::vars::enum_value("System.Management.Automation.CommandTypes", self.kind()),
            "displayname" => match self {
                CommandInfo::Alias(a) => Value::from(format!("{} -> {}", a.name, a.definition.borrow())),
                _ => return None,
            },
            "definition" => Value::String(self.definition(en)),
            "source" => match self {
                CommandInfo::Application(p) | CommandInfo::Script(p) => Value::str(p),
                _ => Value::String(self.module()),
            },
            "path" => match self {
                CommandInfo::Application(p) | CommandInfo::Script(p) => Value::str(p),
                _ => Value::Null,
            },
            "modulename" => Value::String(self.module()),
            "module" => Value::Null,
            "version" => match self {
                CommandInfo::Cmdlet(_) => crate::host_object::version("7.0.0.0"),
                _ => Value::Null,
            },
            "scriptblock" => match self {
                CommandInfo::Function(f) => {
                    Value::object(crate::function::ScriptBlock::new(f.code(), f.module.clone()))
                }
                _ => return None,
            },
            "resolvedcommandname" => match self {
                CommandInfo::Alias(a) => Value::String(a.definition.borrow().clone()),
                _ => return None,
            },
            "resolvedcommand" | "referencedcommand" => match self {
                CommandInfo::Alias(a) => {
                    let definition = a.definition.borrow().clone();
                    match en.command_info(&definition) {
                        Some(info) => info.into_value(),
                        None => Value::Null,
                    }
                }
                _ => return None,
            },
            "options" => match self {
                CommandInfo::Function(f) => crate::host_object::options_value(f.options.get()),
                CommandInfo::Alias(a) => crate::host_object::options_value(a.options.get()),
                _ => return None,
            },
            "description" => match self {
                CommandInfo::Function(f) => Value::String(f.description.borrow().clone()),
                CommandInfo::Alias(a) => Value::String(a.description.borrow().clone()),
                _ => return None,
            },
            "verb" | "noun" => {
                let text = self.name();
                let (verb, noun) = text.split_once('-').unwrap_or(("", ""));
                Value::str(if name.eq_ignore_ascii_case("verb") { verb } else { noun })
            }
            "parameters" => {
                let meta = match self {
                    CommandInfo::Cmdlet(c) => c.meta.clone(),
                    CommandInfo::Function(f) => match en.meta_of(&f.code(), &f.name) {
                        Ok(meta) => meta,
                        Err(flow) => return Some(Err(flow)),
                    },
                    _ => return Some(Ok(Value::Null)),
                };
                crate::syntax_text::parameters_value(&meta)
            }
            "implementingtype" => match self {
                CommandInfo::Cmdlet(c) => Value::str(&c.meta.implementing_type),
                _ => return None,
            },
            "visibility" => Value::str("Public"),
            _ => return None,
        }))
    }
    fn dynamic_names(&self) -> Vec<PsString> {
        ["CommandType", "Definition", "Module", "ModuleName", "Name", "Parameters", "Source", "Version", "Visibility"]
            .map(PsString::from)
            .to_vec()
    }
}

impl Engine {
    /// The command a name means, without running anything; the first in lookup order.
    pub fn command_info(&mut self, name: &str) -> Option<CommandInfo> {
        let key = Name::new(name);
        if let Some(alias) = self.find_alias(key) {
            return Some(CommandInfo::Alias(alias));
        }
        if let Some(f) = self.find_function(key) {
            return Some(CommandInfo::Function(f));
        }
        if let Some(alias) = (0..self.providers.len()).find_map(|at| self.providers[at].clone().alias(name)) {
            return Some(CommandInfo::Alias(Rc::new(Alias {
                name: name.into(),
                definition: std::cell::RefCell::new(alias.into()),
                options: Default::default(),
                description: Default::default(),
                module: None,
            })));
        }
        if let Some(c) = self.find_cmdlet(key) {
            return Some(CommandInfo::Cmdlet(c));
        }
        match self.external(name)? {
            Target::Script(p) => Some(CommandInfo::Script(p)),
            Target::Native(p) => Some(CommandInfo::Application(p)),
            _ => None,
        }
    }
}
