//! The file system provider: listing folders, the objects that stand for files, and the errors of file operations.
use crate::place::Place;
use crate::{path_text, texts, wildcard};
use dialtone_engine::Engine;
use dialtone_engine::command::Cx;
use dialtone_object::*;
use std::io;
use std::rc::Rc;

/// An entry of a folder.
pub struct Entry {
    pub name: String,
    /// A folder, or a link to one.
    pub is_folder: bool,
    pub is_link: bool,
}

/// A folder's entries: folders first, each kind sorted by name without regard to case.
pub fn children(folder: &str) -> io::Result<Vec<Entry>> {
    let mut all: Vec<Entry> = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        let is_link = kind.is_symlink();
        let is_folder = if is_link { entry.path().is_dir() } else { kind.is_dir() };
        all.push(Entry { name: entry.file_name().to_string_lossy().into_owned(), is_folder, is_link });
    }
    all.sort_by(|a, b| b.is_folder.cmp(&a.is_folder).then_with(|| by_name(&a.name, &b.name)));
    Ok(all)
}

/// The order of names in listings: by culture, without regard to case.
fn by_name(a: &str, b: &str) -> std::cmp::Ordering {
    collate::compare(a, b, false).then_with(|| a.cmp(b))
}

pub fn under(folder: &str, name: &str) -> String {
    if folder.ends_with('/') { format!("{folder}{name}") } else { format!("{folder}/{name}") }
}

/// The FileInfo or DirectoryInfo of a path.
pub fn bare_item(en: &mut Engine, path: &str) -> Value {
    let folder = std::path::Path::new(path).is_dir();
    let name = if folder { "System.IO.DirectoryInfo" } else { "System.IO.FileInfo" };
    let path = if path.len() > 1 { path.trim_end_matches('/') } else { path };
    let made = types::find(name).and_then(|ty| access::construct(en, ty, &[Value::str(path)]).ok());
    made.unwrap_or_else(|| crate::file_info::value(path, folder))
}

/// The same with the provider's note properties, as Get-Item gives it.
pub fn item(en: &mut Engine, path: &str) -> Value {
    let folder = std::path::Path::new(path).is_dir();
    let bare = bare_item(en, path);
    with_notes(en, bare, &Place::file(path), folder)
}

/// Attaches `PSPath`, `PSParentPath`, `PSChildName`, `PSDrive`, `PSProvider` and `PSIsContainer`.
pub fn with_notes(en: &mut Engine, value: Value, place: &Place, container: bool) -> Value {
    let value = crate::member_tools::carrier(&value);
    let Some(cell) = access::instance_members(&value) else { return value };
    let parent = match path_text::parent(&place.path) {
        Some(parent) if place.area == crate::place::Area::File => Value::from(Place::file(parent).ps_path()),
        _ => Value::str(""),
    };
    let leaf = if place.path == "/" { "/".to_owned() } else { path_text::leaf(&place.path) };
    let (drive, provider) = (crate::drives::drive_of(en, place), crate::drives::provider(en, place.area));
    let mut members = cell.borrow_mut();
    let members = members.get_or_insert_default();
    let mut note = |name: &str, value: Value| members.set(name, Member::Note(value));
    note("PSPath", Value::from(place.ps_path()));
    if place.area == crate::place::Area::File {
        note("PSParentPath", parent);
        note("PSChildName", Value::from(leaf));
    }
    note("PSDrive", drive);
    note("PSProvider", provider);
    note("PSIsContainer", Value::Bool(container));
    if place.area != crate::place::Area::File {
        note("PSChildName", Value::str(&place.path));
    }
    value.clone()
}

/// -Filter, -Include and -Exclude of the item cmdlets.
pub struct Filter {
    filter: Option<PsString>,
    pub include: Rc<[PsString]>,
    exclude: Rc<[PsString]>,
}

impl Filter {
    pub fn of(cx: &mut Cx) -> Res<Filter> {
        let filter = cx.args.text("Filter").filter(|f| !f.is_empty());
        Ok(Filter { filter, include: texts(cx, "Include").into(), exclude: texts(cx, "Exclude").into() })
    }
    pub fn is_empty(&self) -> bool {
        self.filter.is_none() && self.include.is_empty() && self.exclude.is_empty()
    }
    /// True for a name that all of them let through.
    pub fn takes(&self, name: &str) -> bool {
        self.filter.as_ref().is_none_or(|f| wildcard::matches(f, name))
            && (self.include.is_empty() || wildcard::any(&self.include, name))
            && !wildcard::any(&self.exclude, name)
    }
    /// A folder whose name -Exclude takes out is not looked into.
    pub fn excludes(&self, name: &str) -> bool {
        wildcard::any(&self.exclude, name)
    }
}

/// The .NET exception of a failed file operation: type and message.
pub fn exception(error: &io::Error, path: &str) -> (&'static str, String) {
    let folder = std::path::Path::new(path);
    match error.kind() {
        io::ErrorKind::NotFound if folder.parent().is_some_and(|p| !p.exists()) => {
            ("System.IO.DirectoryNotFoundException", format!("Could not find a part of the path '{path}'."))
        }
        io::ErrorKind::NotFound => ("System.IO.FileNotFoundException", format!("Could not find file '{path}'.")),
        io::ErrorKind::PermissionDenied | io::ErrorKind::IsADirectory => {
            ("System.UnauthorizedAccessException", format!("Access to the path '{path}' is denied."))
        }
        io::ErrorKind::NotADirectory => {
            ("System.IO.DirectoryNotFoundException", format!("Could not find a part of the path '{path}'."))
        }
        io::ErrorKind::AlreadyExists => ("System.IO.IOException", format!("The file '{path}' already exists.")),
        _ => {
            let text = error.to_string();
            let text = text.split(" (os error").next().unwrap_or(&text);
            ("System.IO.IOException", format!("{text} : '{path}'"))
        }
    }
}

/// An error record of a failed file operation.
pub fn failure(error: &io::Error, path: &str, id: &str, category: ErrorCategory) -> ErrorRecord {
    let (ty, message) = exception(error, path);
    ErrorRecord::new(ty, message, id, category)
}

/// "FileOpenFailure", the error of the cmdlets that write and read files by path (Out-File, Export-Csv ...).
pub fn open_failure(error: &io::Error, path: &str) -> ErrorRecord {
    failure(error, path, "FileOpenFailure", ErrorCategory::OpenError)
}
