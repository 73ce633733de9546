//! The built-in views: which properties a type shows, and how. The file is text, one view a line in the engine's order
//! (earlier wins); it is indexed at the first look-up and each line is decoded when its type first comes by.
use dialtone_object::PsString;
use serde::Deserialize;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

static BUILT_IN: &str = include_str!("views.jsonl");

#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Table,
    List,
    Wide,
    Custom,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct View {
    pub types: Vec<String>,
    pub name: String,
    pub kind: Kind,
    pub group_by: Option<GroupBy>,
    /// Shows beside a document of another shape without ending it.
    #[serde(default)]
    pub out_of_band: bool,
    #[serde(default)]
    pub auto_size: bool,
    #[serde(default)]
    pub hide_headers: bool,
    #[serde(default)]
    pub headers: Vec<HeaderDef>,
    #[serde(default)]
    pub rows: Vec<RowDef>,
    #[serde(default)]
    pub entries: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
pub struct HeaderDef {
    pub label: Option<String>,
    #[serde(default)]
    pub width: i32,
    pub align: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RowDef {
    pub selected_by: Option<Selector>,
    #[serde(default)]
    pub wrap: bool,
    pub columns: Vec<Item>,
}

#[derive(Debug, Deserialize)]
pub struct Selector {
    #[serde(default)]
    pub types: Vec<String>,
    pub condition: Option<Box<Item>>,
}

/// An entry of a list, wide or custom view.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    pub selected_by: Option<Selector>,
    #[serde(default)]
    pub items: Vec<Item>,
    /// The item of a wide view.
    #[serde(flatten)]
    pub value: Source,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupBy {
    #[serde(flatten)]
    pub value: Source,
    pub label: Option<String>,
    /// A custom view of the group's first object instead of label and value.
    pub control: Option<Vec<Entry>>,
}

/// Where a value comes from; nothing at all: the object itself.
#[derive(Debug, Default, Deserialize)]
pub struct Source {
    pub property: Option<String>,
    /// PowerShell code over `$_`.
    pub script: Option<String>,
    /// The name of a function in `computed`.
    pub computes: Option<String>,
}

/// A column, a list item, or a piece of a custom view.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Item {
    #[serde(flatten)]
    pub value: Source,
    pub format: Option<String>,
    pub align: Option<String>,
    pub label: Option<String>,
    pub condition: Option<Box<Item>>,
    // Custom views:
    pub text: Option<String>,
    pub newline: Option<usize>,
    pub expression: Option<Source>,
    #[serde(default)]
    pub enumerate: bool,
    pub control: Option<Vec<Entry>>,
    pub frame: Option<Vec<Item>>,
    #[serde(default)]
    pub left_indent: i32,
    #[serde(default)]
    pub right_indent: i32,
    #[serde(default)]
    pub first_line_hanging: i32,
    #[serde(default)]
    pub first_line_indent: i32,
}

enum Stored {
    Text(&'static str),
    Decoded(Rc<View>),
}

#[derive(Default)]
struct Database {
    views: Vec<Stored>,
    /// Lower-cased type name to views, in order.
    index: HashMap<String, Vec<usize>>,
}

thread_local! {
    static DATABASE: RefCell<Option<Database>> = const { RefCell::new(None) };
}

fn key(name: &str) -> String {
    name.to_lowercase()
}

/// The type names at the start of a view's line.
fn line_types(line: &str) -> impl Iterator<Item = &str> {
    let list = line.strip_prefix("{\"types\":[\"").and_then(|l| l.split("\"]").next()).unwrap_or("");
    list.split("\",\"")
}

impl Database {
    fn load() -> Database {
        let mut db = Database::default();
        for line in BUILT_IN.lines() {
            for name in line_types(line) {
                db.index.entry(key(&name.replace("\\\\", "\\"))).or_default().push(db.views.len());
            }
            db.views.push(Stored::Text(line));
        }
        db
    }

    fn view(&mut self, at: usize) -> Option<Rc<View>> {
        let slot = self.views.get_mut(at)?;
        if let Stored::Text(line) = slot {
            // The file is checked by a test; a line that cannot be read is no view.
            *slot = Stored::Decoded(Rc::new(serde_json::from_str(line).ok()?));
        }
        match slot {
            Stored::Decoded(view) => Some(view.clone()),
            Stored::Text(_) => None,
        }
    }
}

fn with<T>(f: impl FnOnce(&mut Database) -> T) -> T {
    DATABASE.with(|db| f(db.borrow_mut().get_or_insert_with(Database::load)))
}

/// Adds views in front of the ones there or behind them.
pub fn add(views: Vec<View>, in_front: bool) {
    with(|db| {
        // Backwards when each goes to the front.
        let views: Vec<View> = if in_front { views.into_iter().rev().collect() } else { views };
        for view in views {
            let at = db.views.len();
            for name in &view.types {
                let list = db.index.entry(key(name)).or_default();
                list.insert(if in_front { 0 } else { list.len() }, at);
            }
            db.views.push(Stored::Decoded(Rc::new(view)));
        }
    });
}

/// All type names that have views, sorted (Get-FormatData).
pub fn type_names() -> Vec<String> {
    with(|db| {
        let mut names: Vec<String> = Vec::new();
        for at in 0..db.views.len() {
            if let Some(view) = db.view(at) {
                names.extend(view.types.iter().cloned());
            }
        }
        names.sort();
        names.dedup();
        names
    })
}

thread_local! {
    static SHAPES: RefCell<HashMap<String, Kind>> = RefCell::new(HashMap::new());
}

/// Objects of a type without a view show as a table or list, however many properties they have.
pub fn prefer_shape(type_name: &str, kind: Kind) {
    SHAPES.with_borrow_mut(|s| s.insert(key(type_name), kind));
}
/// The shape that was asked for by [`prefer_shape`].
pub fn preferred_shape(names: &[PsString]) -> Option<Kind> {
    SHAPES.with_borrow(|s| if s.is_empty() { None } else { names.iter().find_map(|n| s.get(&key(n)).copied()) })
}

const DESERIALIZED: &str = "Deserialized.";

/// The view for an object of these types: the nearest type decides, then the order of the views. Names with
/// "Deserialized." in front are tried without it when nothing else fits.
fn find(names: &[PsString], fits: &dyn Fn(&View) -> bool) -> Option<Rc<View>> {
    with(|db| {
        let mut of = |name: &str| {
            let list = db.index.get(&key(name))?.clone();
            list.into_iter().find_map(|at| db.view(at).filter(|v| fits(v)))
        };
        names
            .iter()
            .find_map(|n| of(n))
            .or_else(|| names.iter().filter_map(|n| n.strip_prefix(DESERIALIZED)).find_map(of))
    })
}

/// The view of a kind (any: the type's default view), optionally by name.
pub fn find_view(names: &[PsString], kind: Option<Kind>, name: Option<&str>) -> Option<Rc<View>> {
    find(names, &|v| {
        !v.out_of_band
            && kind.is_none_or(|k| k == v.kind)
            && name.is_none_or(|n| dialtone_object::string::eq_ignore_case(n, &v.name))
    })
}

pub fn find_out_of_band(names: &[PsString]) -> Option<Rc<View>> {
    find(names, &|v| v.out_of_band)
}

/// All views of a type name, in order (error texts, Get-FormatData).
pub fn views_of(name: &str) -> Vec<Rc<View>> {
    with(|db| {
        let list = db.index.get(&key(name)).cloned().unwrap_or_default();
        list.into_iter().filter_map(|at| db.view(at)).collect()
    })
}

/// Whether a list of types names one of an object's.
pub fn applies(types: &[String], names: &[PsString]) -> bool {
    names.iter().any(|n| {
        let bare = n.strip_prefix(DESERIALIZED);
        types.iter().any(|t| t.eq_ignore_ascii_case(n) || bare.is_some_and(|b| t.eq_ignore_ascii_case(b)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_decodes() {
        for line in BUILT_IN.lines() {
            let view: View = serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"));
            let named: Vec<String> = line_types(line).map(|t| t.replace("\\\\", "\\")).collect();
            assert_eq!(view.types, named);
        }
    }

    #[test]
    fn nearest_type_wins() {
        let names = ["System.IO.FileInfo", "System.IO.FileSystemInfo", "System.Object"].map(PsString::from);
        assert_eq!(find_view(&names, None, None).unwrap().name, "childrenWithUnixStat");
        assert_eq!(find_view(&names, Some(Kind::List), None).unwrap().entries.len(), 2);
        let names = ["Deserialized.System.Diagnostics.Process".into()];
        assert_eq!(find_view(&names, None, None).unwrap().name, "process");
        assert!(find_out_of_band(&["System.Management.Automation.ErrorRecord".into()]).is_some());
    }
}
