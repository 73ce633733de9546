//! Built-in cmdlets, one file per noun group. [`Commands`] is what the engine asks for commands; [`TypesHere`] what the
//! object room asks for the types of the objects they return. Signatures are text (`metadata/`), decoded at first use.
pub mod alias;
pub mod aliases;
pub mod archive;
pub mod clixml;
pub mod compare_object;
pub mod csv_read;
pub mod csv_write;
pub mod date;
pub mod drives;
pub mod encoding;
pub mod file_info;
pub mod file_system;
pub mod format_commands;
pub mod format_data;
pub mod get_command;
pub mod get_content;
pub mod get_error;
pub mod get_item;
pub mod get_member;
pub mod group_object;
pub mod host_commands;
pub mod html;
pub mod invoke;
pub mod item_property;
pub mod json_date;
pub mod json_read;
pub mod json_write;
pub mod location;
pub mod measure_object;
pub mod member_tools;
pub mod metadata;
pub mod module_commands;
pub mod move_item;
pub mod new_item;
pub mod new_object;
pub mod order;
pub mod out_commands;
pub mod out_file;
pub mod path_commands;
pub mod path_text;
pub mod place;
pub mod process;
pub mod property;
pub mod record;
pub mod security;
pub mod select_object;
pub mod select_string;
pub mod session_drive;
pub mod set_content;
pub mod sort_object;
mod table;
pub mod text_commands;
pub mod transcript;
pub mod type_data;
pub mod variable;
pub mod web;
pub mod wildcard;
pub mod write;

use dialtone_engine::Engine;
use dialtone_engine::command::{Cmdlet, CommandProvider, Cx};
use dialtone_object::access::typedata::BuiltinData;
use dialtone_object::*;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// The object at hand: from the pipeline, or the -InputObject argument; none when there is neither.
pub fn input(cx: &Cx) -> Option<Value> {
    if cx.has_input() { Some(cx.input.clone()) } else { cx.args.get("InputObject").cloned() }
}

/// An argument's texts; empty when it is not given.
pub fn texts(cx: &mut Cx, name: &str) -> Vec<PsString> {
    cx.args.list(name).iter().map(|v| cx.en.to_text(v)).collect()
}

/// The built-in cmdlets.
#[derive(Default)]
pub struct Commands {
    made: RefCell<HashMap<&'static str, Rc<Cmdlet>>>,
}

impl CommandProvider for Commands {
    fn find(&self, _en: &mut Engine, name: &str) -> Option<Rc<Cmdlet>> {
        let entry = table::find(name)?;
        // `mkdir` is a function of Windows; elsewhere the program of that name is meant.
        if entry.0 == "mkdir" && on_path(name) {
            return None;
        }
        if let Some(known) = self.made.borrow().get(entry.0) {
            return Some(known.clone());
        }
        let meta = Rc::new(metadata::decode(entry.0)?);
        let cmdlet = Rc::new(Cmdlet { meta, make: Box::new(entry.1) });
        self.made.borrow_mut().insert(entry.0, cmdlet.clone());
        Some(cmdlet)
    }
    fn names(&self) -> Vec<&str> {
        table::TABLE.iter().map(|(name, _)| *name).collect()
    }
    fn module_of(&self, name: &str) -> Option<&str> {
        metadata::module_of(table::find(name)?.0)
    }
    fn alias(&self, name: &str) -> Option<String> {
        aliases::find(name).filter(|a| !a.windows || !on_path(name)).map(|a| a.definition.to_owned())
    }
}

/// True when a program of the name is on PATH: then a Windows alias of that name means nothing.
fn on_path(name: &str) -> bool {
    let path = dialtone_engine::environment::get("PATH").unwrap_or_default();
    path.split(':').any(|dir| dialtone_engine::native::is_executable(&std::path::Path::new(dir).join(name)))
}

/// Makes a session know what is defined here and nowhere else: `$PWD` with its drive and provider.
pub fn install(en: &mut Engine) {
    let scope = en.global.clone();
    let mut pwd = dialtone_engine::scope::Variable::new("PWD", Value::Null);
    pwd.getter = Some(|en| {
        let here = location::here(en);
        location::path_info(en, &here)
    });
    let name = dialtone_code::Name::new("PWD");
    scope.put(scope.slot(name), Rc::new(pwd).into_slot());
    en.providers.push(Rc::new(Commands::default()));
}

/// The types of the objects that cmdlets return.
pub struct TypesHere;

impl types::TypeProvider for TypesHere {
    fn find(&self, name: &str) -> Option<TypeRef> {
        record::find(name)
            .or_else(|| security::find(name))
            .or_else(|| file_info::find(name))
            .or_else(|| dialtone_engine::module_info::find(name))
            .or_else(|| dialtone_engine::records::find(name))
    }
    fn table(&self, ty: TypeRef) -> Option<&'static TypeTable> {
        record::table(ty).or_else(|| security::table(ty)).or_else(|| file_info::table(ty))
    }
    fn type_data(&self) -> Vec<&'static BuiltinData> {
        file_info::TYPE_DATA.iter().collect()
    }
}
