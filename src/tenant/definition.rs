//! What one entry of `cmdlets/*.toml` says, decoded when its cmdlet is first used. The keys are explained at the head
//! of each of those files; this is where they become types.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde_json::Value as Json;

use crate::index::Row;
use crate::syntax::{self, Set};

/// One cmdlet.
#[derive(Debug)]
pub struct Definition {
    pub name: &'static str,
    pub summary: String,
    pub modules: Vec<String>,
    /// `retired`, `server` or empty.
    pub state: String,
    pub sets: Vec<Set>,
    pub extras: BTreeMap<String, Extra>,
    pub action: Action,
    /// The properties shown, in order; empty: whatever comes.
    pub output: Vec<Column>,
    /// Whether the reply is shown at all.
    pub shows: bool,
    pub type_name: Option<String>,
    /// Whether a default display lists the properties although they are few, or the other way round.
    pub view: Option<View>,
    /// Older property names and what they are called now.
    pub aliases: Vec<(String, String)>,
    /// Properties that travel as numbers: the words in order.
    pub words: BTreeMap<String, Vec<String>>,
    /// How well the route is known: D documented, S seen in public code, I inferred.
    pub mark: char,
    /// Whether -WhatIf and -Confirm apply.
    pub changes: bool,
}

/// What a cmdlet does.
#[derive(Debug)]
pub enum Action {
    /// One request; the first route whose conditions hold is taken.
    Request(Vec<Route>),
    /// An object built in memory from the parameters, with defaults for what was not given.
    Object(BTreeMap<String, Json>),
    /// A request whose effect comes later, and the route that tells when.
    Poll { start: Vec<Route>, poll: Poll },
    /// One of `hooks.rs`.
    Hook(String),
    /// Get, New, Set, Remove or Grant of a configuration type.
    Config(Verb, ConfigType),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    Get,
    New,
    Set,
    Remove,
    Grant,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum View {
    List,
    Table,
}

/// What may follow the name of a configuration instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConfigKind {
    /// Global and `Tag:` instances that can be granted.
    Policy,
    /// Instances under their own keys.
    Keyed,
    /// Global only.
    Singleton,
}

/// A configuration type of the service.
#[derive(Debug)]
pub struct ConfigType {
    /// The name in routes.
    pub name: String,
    pub kind: ConfigKind,
    /// Parameters whose field has another name.
    pub wire: BTreeMap<String, String>,
}

/// What the signature's notation cannot say about a parameter.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Extra {
    pub aliases: Vec<String>,
    pub pipeline: String,
    pub values: Vec<String>,
    pub suggest: Vec<String>,
    pub range: Option<(i64, i64)>,
    pub max_length: Option<i32>,
    pub min_length: Option<i32>,
}

/// One way to carry a request out.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Route {
    /// Parameters that have to be given, separated by commas.
    #[serde(default)]
    pub when: String,
    /// Method and path.
    pub request: String,
    #[serde(default)]
    pub query: BTreeMap<String, String>,
    /// Template of the body; without one, what was given goes out under its own name.
    pub body: Option<Json>,
    /// Nothing is sent besides path and query.
    #[serde(default)]
    pub bodyless: bool,
    /// The path that answers once a POST took effect, asked when the POST's own answer got lost.
    pub check: Option<String>,
    /// The part of the reply that holds the results.
    pub list: Option<String>,
    /// For listings that stop after a number of rows.
    pub page: Option<Paged>,
    /// The part of the current object ("*" for all of it) that a replacing update starts from.
    pub merge: Option<String>,
}

/// A listing that is asked for in pieces.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Paged {
    pub size: usize,
    /// The query that asks for a number of rows; `skip` is the one that leaves rows out.
    pub top: String,
}

impl Route {
    #[must_use]
    pub fn method(&self) -> &str {
        self.request.split_once(' ').map_or("GET", |(method, _)| method)
    }

    #[must_use]
    pub fn path(&self) -> &str {
        self.request.split_once(' ').map_or(self.request.as_str(), |(_, path)| path)
    }
}

/// How a long-running operation is followed.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Poll {
    /// `{id}` is the identifier that the start gave.
    pub request: String,
    /// The property that tells the state.
    pub state: String,
    /// States that end the wait.
    pub until: Vec<String>,
}

/// One property of the output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    pub name: String,
    /// Where it stands in the reply.
    pub path: Vec<String>,
    pub form: Form,
    /// Always a list on the wire.
    pub list: bool,
}

/// What a value of the wire becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    Plain,
    DateTime,
    TimeSpan,
    /// Normalisation rules, which show their fields joined by semicolons.
    Rules,
    /// Objects that show as their `Number`.
    Numbered,
}

/// A definition that cannot be read: a bug of the data, found by the tests.
#[derive(Debug)]
pub struct BadDefinition {
    pub cmdlet: &'static str,
    pub reason: String,
}

impl fmt::Display for BadDefinition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the definition of {} cannot be read: {}", self.cmdlet, self.reason)
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Raw {
    summary: String,
    modules: Vec<String>,
    state: String,
    syntax: String,
    parameters: BTreeMap<String, Extra>,
    switches: BTreeMap<String, Vec<String>>,
    kind: String,
    hook: String,
    routes: Vec<Route>,
    poll: Option<Poll>,
    defaults: BTreeMap<String, Json>,
    reads: bool,
    output: Option<String>,
    r#type: Option<String>,
    view: Option<View>,
    aliases: BTreeMap<String, String>,
    words: BTreeMap<String, Vec<String>>,
    mark: Option<char>,
    noun: String,
    fields: String,
    wire: BTreeMap<String, String>,
    types: BTreeMap<String, Form>,
    rules: Vec<String>,
    type_on_wire: Option<String>,
    #[serde(rename = "Get")]
    get: Option<Box<Raw>>,
    #[serde(rename = "New")]
    new: Option<Box<Raw>>,
    #[serde(rename = "Set")]
    set: Option<Box<Raw>>,
    #[serde(rename = "Remove")]
    remove: Option<Box<Raw>>,
    #[serde(rename = "Grant")]
    grant: Option<Box<Raw>>,
}

/// Decodes the entry of a row that is no composite function.
///
/// # Errors
/// When the text is not what the head of the file describes.
pub fn decode(row: &'static Row) -> Result<Definition, BadDefinition> {
    let bad = |reason: String| BadDefinition { cmdlet: row.name, reason };
    let entries: BTreeMap<String, Raw> = toml::from_str(row.text()).map_err(|e| bad(e.to_string()))?;
    let (head, raw) = entries.into_iter().next().ok_or_else(|| bad("no entry".into()))?;
    if row.verb.is_empty() { cmdlet(row.name, raw) } else { of_type(row, head, raw) }.map_err(bad)
}

fn cmdlet(name: &'static str, raw: Raw) -> Result<Definition, String> {
    let reads = raw.reads || name.starts_with("Get-") || name.starts_with("Find-");
    let action = match raw.kind.as_str() {
        "" | "request" => Action::Request(raw.routes),
        "object" => Action::Object(raw.defaults),
        "poll" => Action::Poll { start: raw.routes, poll: raw.poll.ok_or("no poll")? },
        "hook" => Action::Hook(raw.hook),
        other => return Err(format!("unknown kind {other}")),
    };
    let changes = !reads && !matches!(action, Action::Object(_));
    let shows = raw.output.is_some() || name.starts_with("Get-");
    let mut output = columns(raw.output.as_deref().filter(|o| *o != "*").unwrap_or_default())?;
    apply_forms(&mut output, &raw.types, &raw.rules);
    Ok(Definition {
        name,
        shows,
        summary: raw.summary,
        modules: raw.modules,
        state: raw.state,
        sets: syntax::parse(&raw.syntax).map_err(|e| e.to_string())?,
        extras: raw.parameters,
        action,
        output,
        // A view is found by type name.
        type_name: raw.r#type.or_else(|| raw.view.map(|_| format!("Microsoft.Rtc.Management.Hosted.{name}"))),
        view: raw.view,
        aliases: raw.aliases.into_iter().collect(),
        words: raw.words,
        mark: raw.mark.unwrap_or('D'),
        changes,
    })
}

fn of_type(row: &'static Row, head: String, raw: Raw) -> Result<Definition, String> {
    let kind = match raw.kind.as_str() {
        "policy" => ConfigKind::Policy,
        "keyed" => ConfigKind::Keyed,
        "singleton" => ConfigKind::Singleton,
        other => return Err(format!("unknown kind {other}")),
    };
    let (verb, part) = match row.verb {
        "Get" => (Verb::Get, raw.get),
        "New" => (Verb::New, raw.new),
        "Set" => (Verb::Set, raw.set),
        "Remove" => (Verb::Remove, raw.remove),
        "Grant" => (Verb::Grant, raw.grant),
        other => return Err(format!("no verb {other}")),
    };
    let part = part.ok_or("no such verb")?;
    let mut output = columns(&raw.fields)?;
    apply_forms(&mut output, &raw.types, &raw.rules);
    output.splice(0..0, columns("Identity")?);
    let name = raw.type_on_wire.unwrap_or(head);
    Ok(Definition {
        name: row.name,
        summary: part.summary,
        modules: part.modules,
        state: part.state,
        sets: syntax::parse(&part.syntax).map_err(|e| e.to_string())?,
        extras: part.parameters,
        type_name: Some(raw.r#type.unwrap_or_else(|| {
            // The newer stack names its types after the configuration type itself.
            format!("Microsoft.Teams.Policy.Administration.Cmdlets.Core.{name}")
        })),
        action: Action::Config(verb, ConfigType { name, kind, wire: raw.wire }),
        output,
        shows: matches!(verb, Verb::Get | Verb::New),
        // Instances show as lists, however few fields a type has.
        view: raw.view.or(Some(View::List)),
        aliases: raw.aliases.into_iter().collect(),
        words: raw.words,
        mark: raw.mark.unwrap_or('S'),
        changes: verb != Verb::Get,
    }
    .with_switches(&part.switches))
}

impl Definition {
    /// The words of a property that travels as a number.
    #[must_use]
    pub fn words_of(&self, property: &str) -> Option<&[String]> {
        self.words.iter().find(|(name, _)| name.eq_ignore_ascii_case(property)).map(|(_, words)| words.as_slice())
    }

    /// Switches of which one names a field's value become part of the `wire` table, as `Daily` -> `Type=Daily`.
    fn with_switches(mut self, switches: &BTreeMap<String, Vec<String>>) -> Definition {
        if let Action::Config(_, config) = &mut self.action {
            for (field, names) in switches {
                config.wire.extend(names.iter().map(|name| (name.clone(), format!("{field}={name}"))));
            }
        }
        self
    }

    /// The one slot of a parameter that stands in several sets: its type is the same in all.
    pub fn parameters(&self) -> Vec<&syntax::Slot> {
        let mut seen: Vec<&syntax::Slot> = Vec::new();
        for slot in self.sets.iter().flat_map(|set| &set.slots) {
            if !seen.iter().any(|s| s.name.eq_ignore_ascii_case(&slot.name)) {
                seen.push(slot);
            }
        }
        seen
    }
}

/// Reads `Name, Name[], Name=wire, Name=outer.inner, Name:datetime`.
fn columns(text: &str) -> Result<Vec<Column>, String> {
    let read = |item: &str| {
        let (rest, form) = match item.split_once(':') {
            None => (item, Form::Plain),
            Some((rest, "datetime")) => (rest, Form::DateTime),
            Some((rest, "timespan")) => (rest, Form::TimeSpan),
            Some((_, other)) => return Err(format!("unknown form {other}")),
        };
        let (rest, list) = rest.strip_suffix("[]").map_or((rest, false), |rest| (rest, true));
        let (name, path) = rest.split_once('=').unwrap_or((rest, rest));
        Ok(Column { name: name.to_owned(), path: path.split('.').map(str::to_owned).collect(), form, list })
    };
    text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(read).collect()
}

fn apply_forms(columns: &mut [Column], forms: &BTreeMap<String, Form>, rules: &[String]) {
    for column in columns {
        if let Some(form) = forms.get(&column.name) {
            column.form = *form;
        } else if rules.contains(&column.name) {
            column.form = Form::Rules;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index;

    #[test]
    fn every_definition_decodes() {
        let mut bad = Vec::new();
        for row in index::all().filter(|row| !row.is_function()) {
            match decode(row) {
                Err(error) => bad.push(error.to_string()),
                Ok(definition) => {
                    if definition.summary.is_empty() || definition.modules.is_empty() {
                        bad.push(format!("{} has no summary or module", row.name));
                    }
                    if let Action::Request(routes) = &definition.action
                        && routes.is_empty()
                    {
                        bad.push(format!("{} has no route", row.name));
                    }
                }
            }
        }
        assert!(bad.is_empty(), "{}", bad.join("\n"));
    }

    #[test]
    fn columns_read_their_three_parts() {
        let read = columns("A[], B=c.d, E:datetime").unwrap();
        let second = Column { name: "B".into(), path: vec!["c".into(), "d".into()], form: Form::Plain, list: false };
        assert_eq!(read[1], second);
        assert!(read[0].list && read[0].name == "A" && read[2].form == Form::DateTime);
    }
}
