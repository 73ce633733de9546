//! Brings the online cmdlets into the engine: names are looked up in the index, and a definition is decoded, or a
//! composite compiled, when somebody first asks for it.

use std::rc::Rc;

use dialtone_engine::function::{Body, Function};
use dialtone_engine::{Cmdlet, CommandProvider, Engine};
use dialtone_format::Kind;
use dialtone_format::views::prefer_shape;
use dialtone_object::Res;

use crate::command::Online;
use crate::definition::{Definition, View};
use crate::index::{self, Row};
use crate::{definition, meta};

/// The modules that scripts import for these cmdlets. Versions are those that scripts ask for at most.
const MODULES: &[(&str, &str)] = &[
    ("AzureAD", "2.0.2.182"),
    ("AzureADPreview", "2.0.2.183"),
    ("LyncOnlineConnector", "7.0.0.0"),
    ("Microsoft.Graph", "2.25.0"),
    ("Microsoft.Graph.Authentication", "2.25.0"),
    ("Microsoft.Graph.Groups", "2.25.0"),
    ("Microsoft.Graph.Identity.DirectoryManagement", "2.25.0"),
    ("Microsoft.Graph.Users", "2.25.0"),
    ("Microsoft.Graph.Users.Actions", "2.25.0"),
    ("MicrosoftTeams", "7.0.0"),
    ("MSOnline", "1.1.183.81"),
    ("SkypeForBusiness", "7.0.0.0"),
    ("SkypeOnlineConnector", "7.0.0.0"),
];

/// The provider; it has no state of its own.
pub struct OnlineCmdlets;

impl CommandProvider for OnlineCmdlets {
    fn find(&self, _en: &mut Engine, name: &str) -> Option<Rc<Cmdlet>> {
        let row = index::find(name).filter(|row| !row.is_function())?;
        let definition = Rc::new(definition::decode(row).ok()?);
        register_view(&definition);
        let meta = Rc::new(meta::of(&definition));
        Some(Rc::new(Cmdlet { meta, make: Box::new(move || Box::new(Online::new(definition.clone()))) }))
    }

    fn function(&self, en: &mut Engine, name: &str) -> Res<Option<Rc<Function>>> {
        match index::find(name).filter(|row| row.is_function()) {
            Some(row) => composite(en, row).map(Some),
            None => Ok(None),
        }
    }

    fn names(&self) -> Vec<&str> {
        index::all().filter(|row| !is_helper(row)).map(|row| row.name).collect()
    }

    fn modules(&self) -> &'static [(&'static str, &'static str)] {
        MODULES
    }

    fn module_of(&self, name: &str) -> Option<&str> {
        index::find(name).map(module)
    }
}

/// Tells the formatter where a list or a table is expected although the number of properties says otherwise.
fn register_view(definition: &Definition) {
    if let (Some(view), Some(type_name)) = (definition.view, &definition.type_name) {
        let kind = match view {
            View::List => Kind::List,
            View::Table => Kind::Table,
        };
        prefer_shape(type_name, kind);
    }
}

/// A composite as a function of the engine. Its body is what stands between the braces of its `function` line.
fn composite(en: &mut Engine, row: &'static Row) -> Res<Rc<Function>> {
    let lines = row.text().lines().rev().skip_while(|line| line.trim().is_empty() || line.starts_with('#')).count();
    let end = row.text().split_inclusive('\n').take(lines).map(str::len).sum();
    let text = &row.text()[..end];
    let body = match (text.find('{'), text.rfind('}')) {
        (Some(open), Some(close)) if open < close => &text[open + 1..close],
        _ => "",
    };
    let code = en.compile(body, None)?;
    Ok(Rc::new(Function {
        name: row.name.into(),
        body: Body::Block(code),
        module: None,
        options: Default::default(),
        description: Default::default(),
        is_filter: false,
        hidden: true,
    }))
}

/// The newest module that delivered a cmdlet. Asked for every name there is, so that the text is searched and not
/// decoded.
fn module(row: &'static Row) -> &'static str {
    let text = row.text();
    let part = match row.verb {
        "" => text,
        verb => text.split_once(&format!(".{verb}]")).map_or(text, |(_, rest)| rest),
    };
    let list = part.lines().find_map(|line| line.strip_prefix("modules = [")).unwrap_or_default();
    list.rsplit('"').nth(1).unwrap_or_else(|| composite_module(row))
}

/// Where a composite was delivered: its noun and its file tell.
fn composite_module(row: &Row) -> &'static str {
    let noun = noun(row);
    match row.family() {
        "reporting" => "ExchangeOnlineReporting",
        "directory" if noun.starts_with("Msol") => "MSOnline",
        "directory" if noun.starts_with("AzureAD") => "AzureAD",
        "directory" => "Microsoft.Graph",
        _ => "MicrosoftTeams",
    }
}

/// Functions that only serve the composites of their file are found by name but not listed.
fn is_helper(row: &Row) -> bool {
    let own = |prefix: &&str| noun(row).starts_with(prefix);
    noun(row) == "FederationSettings" || row.is_function() && !["Cs", "Msol", "AzureAD", "Mg"].iter().any(own)
}

fn noun(row: &Row) -> &'static str {
    row.name.split_once('-').map_or("", |(_, noun)| noun)
}
