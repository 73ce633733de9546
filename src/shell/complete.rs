//! Completion of command names, parameters, variables and paths at the cursor.
use dialtone_code::Name;
use dialtone_engine::Engine;
use dialtone_engine::command_info::CommandInfo;
use dialtone_object::CommandMeta;
use rustyline::completion::Pair;
use std::rc::Rc;

fn pair(text: String) -> Pair {
    Pair { display: text.clone(), replacement: text }
}

fn starts(text: &str, prefix: &str) -> bool {
    text.len() >= prefix.len()
        && text.is_char_boundary(prefix.len())
        && text[..prefix.len()].eq_ignore_ascii_case(prefix)
}

/// Where the replacement starts, and the candidates.
pub fn complete(en: &mut Engine, line: &str, pos: usize) -> (usize, Vec<Pair>) {
    let before = &line[..pos];
    let start = before.rfind(|c: char| c.is_whitespace() || "|;({=,".contains(c)).map_or(0, |at| at + 1);
    let word = &before[start..];
    let mut found = if let Some(name) = word.strip_prefix('$') {
        variables(en, name)
    } else if let Some(name) = word.strip_prefix('-') {
        parameters(en, &before[..start], name)
    } else {
        let first = statement_start(&before[..start]);
        let mut list = if first { commands(en, word) } else { Vec::new() };
        list.extend(paths(en, word));
        list
    };
    found.sort_by_key(|s| s.to_lowercase());
    found.dedup();
    (start, found.into_iter().map(pair).collect())
}

/// True when a command name is what comes next.
fn statement_start(before: &str) -> bool {
    before.trim_end().chars().last().is_none_or(|c| "|;({&=".contains(c))
}

fn variables(en: &Engine, prefix: &str) -> Vec<String> {
    let mut list = Vec::new();
    let mut at = Some(en.scope.clone());
    while let Some(scope) = at {
        list.extend(scope.names().into_iter().map(Name::text).filter(|n| starts(n, prefix)).map(|n| format!("${n}")));
        at = scope.parent();
    }
    list
}

fn commands(en: &mut Engine, prefix: &str) -> Vec<String> {
    let providers = en.providers.clone();
    let mut list: Vec<String> =
        providers.iter().flat_map(|p| p.names()).filter(|n| starts(n, prefix)).map(str::to_owned).collect();
    en.global.with_extra(|extra| {
        if let Some(extra) = extra {
            list.extend(
                extra.functions.values().filter(|f| !f.hidden && starts(&f.name, prefix)).map(|f| f.name.to_string()),
            );
        }
    });
    list
}

/// The signature of the command that the words before belong to.
fn meta(en: &mut Engine, before: &str) -> Option<Rc<CommandMeta>> {
    let statement = before.rsplit(['|', ';', '(', '{']).next().unwrap_or(before);
    let name = statement.split_whitespace().next()?;
    let mut info = en.command_info(name)?;
    while let CommandInfo::Alias(alias) = &info {
        let definition = alias.definition.borrow().clone();
        info = en.command_info(&definition)?;
    }
    match info {
        CommandInfo::Cmdlet(c) => Some(c.meta.clone()),
        CommandInfo::Function(f) => en.meta_of(&f.code(), &f.name).ok(),
        _ => None,
    }
}

fn parameters(en: &mut Engine, before: &str, prefix: &str) -> Vec<String> {
    let Some(meta) = meta(en, before) else { return Vec::new() };
    meta.params.iter().filter(|p| !p.dont_show && starts(&p.name, prefix)).map(|p| format!("-{}", p.name)).collect()
}

/// Names in a folder that start as written; folders end with a slash.
fn paths(en: &Engine, word: &str) -> Vec<String> {
    let (folder, prefix) = word.rsplit_once('/').map_or(("", word), |(f, p)| (f, p));
    let place = match (folder, word.starts_with('/')) {
        ("", true) => "/".to_owned(),
        ("", false) => en.full_path("."),
        (f, _) => en.full_path(f),
    };
    let lead = if word.contains('/') { format!("{folder}/") } else { String::new() };
    let mut list = Vec::new();
    for entry in std::fs::read_dir(place).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if !starts(&name, prefix) || (name.starts_with('.') && !prefix.starts_with('.')) {
            continue;
        }
        let end = if entry.path().is_dir() { "/" } else { "" };
        let text = format!("{lead}{name}{end}");
        list.push(if text.contains(' ') { format!("'{text}'") } else { text });
    }
    list
}
