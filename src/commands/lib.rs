//! Built-in cmdlets, one file per noun group.

pub mod aliases;
pub mod format_commands;
pub mod metadata;
pub mod out_commands;

use crate::format_commands::FormatCommand;
use dialtone_engine::{Cmdlet, Command, CommandProvider, Engine};
use dialtone_format::Kind;
use std::rc::Rc;

/// The built-in cmdlets.
pub struct Commands;

impl CommandProvider for Commands {
    fn find(&self, _en: &mut Engine, name: &str) -> Option<Rc<Cmdlet>> {
        let make: Box<dyn Fn() -> Box<dyn Command>> = match name.to_ascii_lowercase().as_str() {
            "foreach-object" => Box::new(|| Box::<dialtone_engine::foreach_object::ForEachObject>::default()),
            "where-object" => Box::new(|| Box::<dialtone_engine::where_object::WhereObject>::default()),
            "format-table" => Box::new(|| Box::new(FormatCommand::new(Kind::Table))),
            "format-list" => Box::new(|| Box::new(FormatCommand::new(Kind::List))),
            "format-wide" => Box::new(|| Box::new(FormatCommand::new(Kind::Wide))),
            "format-custom" => Box::new(|| Box::new(FormatCommand::new(Kind::Custom))),
            "out-string" => Box::new(|| Box::<out_commands::OutString>::default()),
            "out-host" | "out-default" => Box::new(|| Box::<out_commands::OutHost>::default()),
            _ => return None,
        };
        let meta = Rc::new(metadata::decode(name)?);
        Some(Rc::new(Cmdlet { meta, make }))
    }
    fn names(&self) -> Vec<&str> {
        Vec::new()
    }
    fn module_of(&self, _name: &str) -> Option<&str> {
        None
    }
    fn alias(&self, name: &str) -> Option<String> {
        aliases::find(name).filter(|a| !a.windows).map(|a| a.definition.to_owned())
    }
}
