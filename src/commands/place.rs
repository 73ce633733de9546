//! Where a path of a script points to: a file, or an item of one of the session's own drives (`Env:`, `Variable:`,
//! `Function:`, `Alias:`); and the expansion of wildcards in paths.
use crate::path_text::{self, normalize, split_drive};
use crate::wildcard;
use dialtone_engine::Engine;
use dialtone_object::*;

/// A provider's realm.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Area {
    File,
    Env,
    Variable,
    Function,
    Alias,
}

impl Area {
    pub const SESSION: [Area; 4] = [Area::Alias, Area::Env, Area::Function, Area::Variable];
    /// Name of the drive.
    pub fn drive(self) -> &'static str {
        match self {
            Area::File => "/",
            Area::Env => "Env",
            Area::Variable => "Variable",
            Area::Function => "Function",
            Area::Alias => "Alias",
        }
    }
    /// Name of the provider.
    pub fn provider(self) -> &'static str {
        match self {
            Area::File => "FileSystem",
            Area::Env => "Environment",
            other => other.drive(),
        }
    }
    fn of_drive(name: &str) -> Option<Area> {
        Area::SESSION.into_iter().find(|a| a.drive().eq_ignore_ascii_case(name))
    }
    fn of_provider(name: &str) -> Option<Area> {
        let name = name.rsplit('\\').next().unwrap_or(name);
        [Area::File].into_iter().chain(Area::SESSION).find(|a| a.provider().eq_ignore_ascii_case(name))
    }
}

/// One item's address.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Place {
    pub area: Area,
    /// Full path of a file; name of an item of a session drive (empty for its root).
    pub path: String,
}

impl Place {
    pub fn file(path: impl Into<String>) -> Place {
        Place { area: Area::File, path: path.into() }
    }
    /// As messages and PathInfo show it.
    pub fn shown(&self) -> String {
        match self.area {
            Area::File => self.path.clone(),
            area => format!("{}:/{}", area.drive(), self.path),
        }
    }
    /// `PSPath`
    pub fn ps_path(&self) -> String {
        match self.area {
            Area::File => format!("Microsoft.PowerShell.Core\\FileSystem::{}", self.path),
            area => format!("Microsoft.PowerShell.Core\\{}::{}", area.provider(), self.path),
        }
    }
    pub fn not_found(&self) -> ErrorRecord {
        not_found(&self.shown())
    }
}

/// "Cannot find path ... because it does not exist."
pub fn not_found(shown: &str) -> ErrorRecord {
    ErrorRecord::new(
        "System.Management.Automation.ItemNotFoundException",
        format!("Cannot find path '{shown}' because it does not exist."),
        "PathNotFound",
        ErrorCategory::ObjectNotFound,
    )
    .with_target(Value::str(shown))
}

pub fn drive_not_found(name: &str) -> ErrorRecord {
    ErrorRecord::new(
        "System.Management.Automation.DriveNotFoundException",
        format!("Cannot find drive. A drive with the name '{name}' does not exist."),
        "DriveNotFound",
        ErrorCategory::ObjectNotFound,
    )
    .with_target(Value::str(name))
}

/// The root folder of a file system drive.
fn file_root(en: &Engine, drive: &str) -> Option<String> {
    if drive.eq_ignore_ascii_case("temp") {
        return Some(std::env::temp_dir().to_string_lossy().into_owned());
    }
    crate::drives::root_of(en, drive)
}

fn home() -> String {
    std::env::var("HOME").unwrap_or_else(|_| "/".to_owned())
}

/// The place a path means, relative to the current location. Wildcards are left in it.
pub fn locate(en: &Engine, text: &str) -> Result<Place, ErrorRecord> {
    if let Some((provider, rest)) = text.split_once("::") {
        let Some(area) = Area::of_provider(provider) else {
            return Err(ErrorRecord::new(
                "System.Management.Automation.ProviderNotFoundException",
                format!("Cannot find a provider with the name '{provider}'."),
                "ProviderNotFound",
                ErrorCategory::ObjectNotFound,
            )
            .with_target(Value::str(provider)));
        };
        return Ok(match area {
            Area::File => Place::file(normalize(rest)),
            _ => Place { area, path: item_name(rest) },
        });
    }
    if let Some((drive, rest)) = split_drive(text) {
        if let Some(area) = Area::of_drive(drive) {
            return Ok(Place { area, path: item_name(rest) });
        }
        return match file_root(en, drive) {
            Some(root) => Ok(Place::file(normalize(&format!("{root}/{rest}")))),
            None => Err(drive_not_found(drive)),
        };
    }
    if text == "~" || text.starts_with("~/") || text.starts_with("~\\") {
        return Ok(Place::file(normalize(&format!("{}{}", home(), &text[1..]))));
    }
    if text.starts_with(['/', '\\']) {
        return Ok(Place::file(normalize(text)));
    }
    if let Some((drive, at)) = split_drive(&en.location)
        && let Some(area) = Area::of_drive(drive)
    {
        return Ok(Place { area, path: item_name(&format!("{at}/{text}")) });
    }
    Ok(Place::file(normalize(&format!("{}/{text}", en.location))))
}

/// The item of a session drive that the rest of a path names: these drives have no folders.
fn item_name(rest: &str) -> String {
    let unified = path_text::unify(rest);
    let name = unified.trim_matches('/');
    name.trim_start_matches("./").to_owned()
}

/// The places that a path with wildcards means, in order of their names; one without wildcards means itself, whether
/// or not it exists.
pub fn expand(en: &mut Engine, text: &str, hidden: bool) -> Result<Vec<Place>, ErrorRecord> {
    if !wildcard::has(text) {
        return Ok(vec![locate(en, &wildcard::unescape(text))?]);
    }
    let place = locate(en, text)?;
    if place.area != Area::File {
        let names = crate::session_drive::names(en, place.area);
        let fits = names.into_iter().filter(|n| wildcard::matches(&place.path, n));
        return Ok(fits.map(|path| Place { area: place.area, path }).collect());
    }
    let parts: Vec<&str> = place.path.split('/').filter(|p| !p.is_empty()).collect();
    let mut found = Vec::new();
    glob("/", &parts, hidden, &mut found);
    Ok(found.into_iter().map(Place::file).collect())
}

fn glob(base: &str, parts: &[&str], hidden: bool, found: &mut Vec<String>) {
    let Some((part, rest)) = parts.split_first() else {
        if std::fs::symlink_metadata(base).is_ok() {
            found.push(base.to_owned());
        }
        return;
    };
    let under = |name: &str| if base == "/" { format!("/{name}") } else { format!("{base}/{name}") };
    if !wildcard::has(part) {
        let next = under(&wildcard::unescape(part));
        if rest.is_empty() || std::path::Path::new(&next).is_dir() {
            glob(&next, rest, hidden, found);
        }
        return;
    }
    for entry in crate::file_system::children(base).unwrap_or_default() {
        if (hidden || part.starts_with('.') || !entry.name.starts_with('.')) && wildcard::matches(part, &entry.name) {
            glob(&under(&entry.name), rest, hidden, found);
        }
    }
}
