//! Get-Command.
use crate::{session_drive, texts, wildcard};
use dialtone_code::Name;
use dialtone_engine::Engine;
use dialtone_engine::command::{Command, Cx};
use dialtone_engine::command_info::CommandInfo;
use dialtone_object::*;

#[derive(Default)]
pub struct GetCommand;

const ALIAS: i64 = 1;
const FUNCTION: i64 = 2;
const FILTER: i64 = 4;
const CMDLET: i64 = 8;
const SCRIPT: i64 = 16;
const APPLICATION: i64 = 32;

impl Command for GetCommand {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let kinds = match cx.args.value("CommandType").map(Value::base) {
            Some(Value::Object(o)) => o.data().enum_number().unwrap_or(-1),
            _ => -1,
        };
        let mut names = texts(cx, "Name");
        let by_parts = cx.args.is_bound("Verb") || cx.args.is_bound("Noun");
        let module_given = cx.args.is_bound("Module");
        if names.is_empty() {
            names.push("*".into());
        }
        for name in names {
            let pattern = wildcard::has(&name);
            let found = if pattern || by_parts || module_given {
                self.matching(cx, &name, kinds)
            } else {
                self.exact(cx, &name, kinds)
            };
            if found.is_empty() && !pattern {
                let text = format!(
                    "The term '{name}' is not recognized as a name of a cmdlet, function, script file, or executable program.\nCheck the spelling of the name, or if a path was included, verify that the path is correct and try again."
                );
                let error = ErrorRecord::new(
                    "System.Management.Automation.CommandNotFoundException",
                    text,
                    "CommandNotFoundException",
                    ErrorCategory::ObjectNotFound,
                );
                cx.error(error.with_target(Value::String(name)))?;
                continue;
            }
            for one in found {
                self.emit(cx, one)?;
            }
        }
        Ok(())
    }
}

impl GetCommand {
    fn emit(&self, cx: &mut Cx, one: CommandInfo) -> Res<()> {
        if cx.args.switch("Syntax") {
            let meta = match &one {
                CommandInfo::Cmdlet(c) => c.meta.clone(),
                CommandInfo::Function(f) => cx.en.meta_of(&f.code(), &f.name)?,
                other => return cx.write(Value::String(other.name())),
            };
            let text = dialtone_engine::syntax_text::syntax(cx.en, &meta);
            return cx.write(Value::from(text));
        }
        cx.write(one.into_value())
    }

    /// What a plain name means; with -All everything of that name.
    fn exact(&self, cx: &mut Cx, name: &str, kinds: i64) -> Vec<CommandInfo> {
        let wants = |kind: i64| kinds & kind != 0;
        let all = cx.args.switch("All");
        let mut found = Vec::new();
        if wants(ALIAS)
            && let Some(alias) = crate::alias::find(cx.en, name)
        {
            found.push(CommandInfo::Alias(alias));
        }
        if wants(FUNCTION | FILTER) && (all || found.is_empty()) {
            let key = Name::new(name.rsplit('\\').next().unwrap_or(name));
            if let Some(function) = cx.en.find_function(key) {
                found.push(CommandInfo::Function(function));
            } else if let Some(function) = provided(cx.en, name) {
                found.push(CommandInfo::Function(function));
            }
        }
        if wants(CMDLET) && (all || found.is_empty()) {
            let short = name.rsplit('\\').next().unwrap_or(name);
            if let Some(cmdlet) = cx.en.find_cmdlet(Name::new(short)) {
                found.push(CommandInfo::Cmdlet(cmdlet));
            }
        }
        if wants(SCRIPT | APPLICATION) && (all || found.is_empty()) {
            match cx.en.external(name) {
                Some(dialtone_engine::resolve::Target::Script(p)) if wants(SCRIPT) => {
                    found.push(CommandInfo::Script(p))
                }
                Some(dialtone_engine::resolve::Target::Native(p)) if wants(APPLICATION) => {
                    found.push(CommandInfo::Application(p));
                }
                _ => {}
            }
        }
        found
    }

    /// Everything whose name, verb, noun and module fit, sorted by name.
    fn matching(&self, cx: &mut Cx, pattern: &str, kinds: i64) -> Vec<CommandInfo> {
        let wants = |kind: i64| kinds & kind != 0;
        let (verbs, nouns, modules) = (texts(cx, "Verb"), texts(cx, "Noun"), texts(cx, "Module"));
        let by_parts = !verbs.is_empty() || !nouns.is_empty();
        let part = |list: &[PsString], text: &str| list.is_empty() || wildcard::any(list, text);
        let fits = |name: &str, module: &str| {
            let (verb, noun) = name.split_once('-').unwrap_or(("", name));
            wildcard::matches(pattern, name)
                && (!by_parts || name.contains('-') && part(&verbs, verb) && part(&nouns, noun))
                && part(&modules, module)
        };
        let mut found: Vec<CommandInfo> = Vec::new();
        if wants(ALIAS) && !by_parts {
            for alias in crate::alias::visible(cx.en) {
                let module = alias.module.as_ref().map_or_else(String::new, |m| m.name.to_string());
                if fits(&alias.name, &module) {
                    found.push(CommandInfo::Alias(alias));
                }
            }
        }
        if wants(FUNCTION | FILTER) {
            for function in session_drive::functions(cx.en) {
                let module = function.module.as_ref().map_or_else(String::new, |m| m.name.to_string());
                if fits(&function.name, &module) {
                    found.push(CommandInfo::Function(function));
                }
            }
        }
        if wants(CMDLET) {
            let mut names: Vec<(String, String)> = Vec::new();
            for provider in cx.en.providers.clone() {
                for name in provider.names() {
                    names.push((name.to_owned(), provider.module_of(name).unwrap_or_default().to_owned()));
                }
            }
            for (name, module) in names {
                if !fits(&name, &module) {
                    continue;
                }
                if let Some(cmdlet) = cx.en.find_cmdlet(Name::new(&name)) {
                    found.push(CommandInfo::Cmdlet(cmdlet));
                } else if let Some(function) = provided(cx.en, &name) {
                    found.push(CommandInfo::Function(function));
                }
            }
        }
        if kinds == APPLICATION {
            found.extend(self.programs(pattern).into_iter().map(CommandInfo::Application));
        }
        found.sort_by(|a, b| collate::compare(&a.name(), &b.name(), false));
        found
    }

    fn programs(&self, pattern: &str) -> Vec<String> {
        let path = dialtone_engine::environment::get("PATH").unwrap_or_default();
        let mut found = Vec::new();
        for folder in path.split(':').filter(|d| !d.is_empty()) {
            for entry in crate::file_system::children(folder).unwrap_or_default() {
                if !entry.is_folder && wildcard::matches(pattern, &entry.name) {
                    found.push(crate::file_system::under(folder, &entry.name));
                }
            }
        }
        found
    }
}

/// A function that a provider brings as script text.
fn provided(en: &mut Engine, name: &str) -> Option<std::rc::Rc<dialtone_engine::function::Function>> {
    for provider in en.providers.clone() {
        if let Ok(Some(function)) = provider.function(en, name) {
            return Some(function);
        }
    }
    None
}
