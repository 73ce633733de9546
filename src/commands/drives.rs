//! Drives and providers: Get-PSDrive, New-PSDrive, Remove-PSDrive, Get-PSProvider, and the objects that stand for them.
use crate::place::{Area, Place, drive_not_found};
use crate::record::{self, Record};
use crate::{texts, wildcard};
use dialtone_engine::Engine;
use dialtone_engine::command::{Command, Cx};
use dialtone_object::*;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// What New-PSDrive made, and the objects of drives and providers that were asked for.
#[derive(Default)]
struct Drives {
    /// Name and root of file system drives.
    made: RefCell<Vec<(String, String)>>,
    objects: RefCell<HashMap<String, Value>>,
}

const SERVICE: &str = "commands.drives";

fn drives(en: &mut Engine) -> Rc<Drives> {
    let service = en.services.entry(SERVICE).or_insert_with(|| Rc::new(Drives::default())).clone();
    service.downcast::<Drives>().unwrap_or_default()
}

/// The root folder of a drive that New-PSDrive made.
pub fn root_of(en: &Engine, name: &str) -> Option<String> {
    let service = en.services.get(SERVICE)?.clone().downcast::<Drives>().ok()?;
    let made = service.made.borrow();
    made.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, root)| root.clone())
}

/// The ProviderInfo of a realm.
pub fn provider(en: &mut Engine, area: Area) -> Value {
    let key = format!("provider {}", area.provider());
    if let Some(known) = drives(en).objects.borrow().get(&key) {
        return known.clone();
    }
    let capabilities = if area == Area::File { "Filter, ShouldProcess, Credentials" } else { "ShouldProcess" };
    let home = if area == Area::File { dialtone_engine::environment::get("HOME") } else { None };
    let made = Record::make(
        &record::PROVIDER_INFO,
        vec![
            Value::str(area.provider()),
            Value::str(capabilities),
            Value::from(home.unwrap_or_default()),
            Value::str("Microsoft.PowerShell.Core"),
        ],
    );
    drives(en).objects.borrow_mut().insert(key, made.clone());
    made
}

fn drive_object(en: &mut Engine, name: &str, area: Area, root: &str, description: &str) -> Value {
    let key = format!("drive {name}");
    if let Some(known) = drives(en).objects.borrow().get(&key) {
        return known.clone();
    }
    let provider = provider(en, area);
    let current = match area {
        Area::File if root == "/" => en.location.trim_start_matches('/').to_owned(),
        _ => String::new(),
    };
    let fields =
        vec![Value::str(name), provider, Value::str(root), Value::from(current), Value::str(description), Value::Null];
    let made = Record::make(&record::DRIVE_INFO, fields);
    drives(en).objects.borrow_mut().insert(key, made.clone());
    made
}

/// The drive that a place is on.
pub fn drive_of(en: &mut Engine, place: &Place) -> Value {
    match place.area {
        Area::File => drive_object(en, "/", Area::File, "/", ""),
        area => drive_object(en, area.drive(), area, "", description(area)),
    }
}

fn description(area: Area) -> &'static str {
    match area {
        Area::Alias => "Drive that contains a view of the aliases stored in a session state",
        Area::Env => "Drive that contains a view of the environment variables for the process",
        Area::Function => "Drive that contains a view of the functions stored in a session state",
        Area::Variable => "Drive that contains a view of those variables stored in a session state",
        Area::File => "",
    }
}

/// All drives, by name.
fn all(en: &mut Engine) -> Vec<(String, Area, Value)> {
    let mut found: Vec<(String, Area, String, &'static str)> = vec![
        ("/".into(), Area::File, "/".into(), ""),
        (
            "Temp".into(),
            Area::File,
            format!("{}/", std::env::temp_dir().to_string_lossy().trim_end_matches('/')),
            "Drive that maps to the temporary directory path for the current user",
        ),
    ];
    found.extend(Area::SESSION.map(|a| (a.drive().into(), a, String::new(), description(a))));
    found.extend(drives(en).made.borrow().iter().map(|(n, root)| (n.clone(), Area::File, root.clone(), "")));
    found.sort_by_key(|(name, ..)| name.to_lowercase());
    found
        .into_iter()
        .map(|(name, area, root, text)| {
            let object = drive_object(en, &name, area, &root, text);
            (name, area, object)
        })
        .collect()
}

#[derive(Default)]
pub struct GetPSDrive;

impl Command for GetPSDrive {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let literal = cx.args.is_bound("LiteralName");
        let wanted = texts(cx, if literal { "LiteralName" } else { "Name" });
        let providers = texts(cx, "PSProvider");
        let drives = all(cx.en);
        let fits = |area: Area| providers.is_empty() || wildcard::any(&providers, area.provider());
        if wanted.is_empty() {
            for (_, area, object) in drives {
                if fits(area) {
                    cx.write(object)?;
                }
            }
            return Ok(());
        }
        for name in wanted {
            let hits: Vec<Value> = drives
                .iter()
                .filter(|(n, area, _)| {
                    fits(*area) && if literal { n.eq_ignore_ascii_case(&name) } else { wildcard::matches(&name, n) }
                })
                .map(|(_, _, object)| object.clone())
                .collect();
            if hits.is_empty() && (literal || !wildcard::has(&name)) {
                let error = drive_not_found(&name);
                *error.id.borrow_mut() = "GetLocationNoMatchingDrive".into();
                cx.error(error)?;
            }
            for object in hits {
                cx.write(object)?;
            }
        }
        Ok(())
    }
}

#[derive(Default)]
pub struct NewPSDrive;

impl Command for NewPSDrive {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let name = cx.args.text("Name").unwrap_or_default();
        let kind = cx.args.text("PSProvider").unwrap_or_default();
        let root = cx.args.text("Root").unwrap_or_default();
        if !kind.eq_ignore_ascii_case("FileSystem") {
            let error = ErrorRecord::new(
                "System.Management.Automation.ProviderNotFoundException",
                format!("Cannot find a provider with the name '{kind}'."),
                "ProviderNotFound",
                ErrorCategory::ObjectNotFound,
            );
            return cx.error(error.with_target(Value::String(kind)));
        }
        let full = cx.en.resolve_path(&root);
        if !std::path::Path::new(&full).is_dir() {
            let error = ErrorRecord::new(
                "System.IO.IOException",
                format!("The specified drive root \"{full}\" either does not exist, or it is not a folder."),
                "DriveRootError",
                ErrorCategory::ReadError,
            );
            return cx.error(error.with_target(Value::String(name)));
        }
        if root_of(cx.en, &name).is_some() || name.eq_ignore_ascii_case("temp") {
            let error = ErrorRecord::new(
                "System.Management.Automation.SessionStateException",
                format!("A drive with the name '{name}' already exists."),
                "DriveAlreadyExists",
                ErrorCategory::ResourceExists,
            );
            return cx.error(error.with_target(Value::String(name)));
        }
        if !cx.should_process(&format!("Name: {name} Provider: FileSystem Root: {root}"), "New drive")? {
            return Ok(());
        }
        drives(cx.en).made.borrow_mut().push((name.as_str().to_owned(), full.clone()));
        let object = drive_object(cx.en, &name, Area::File, &full, "");
        cx.write(object)
    }
}

#[derive(Default)]
pub struct RemovePSDrive;

impl Command for RemovePSDrive {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let literal = cx.args.is_bound("LiteralName");
        for name in texts(cx, if literal { "LiteralName" } else { "Name" }) {
            let known = drives(cx.en);
            let at = known.made.borrow().iter().position(|(n, _)| n.eq_ignore_ascii_case(&name));
            match at {
                Some(at) => {
                    known.made.borrow_mut().remove(at);
                    known.objects.borrow_mut().remove(&format!("drive {name}"));
                }
                None => cx.error(drive_not_found(&name))?,
            }
        }
        Ok(())
    }
}

#[derive(Default)]
pub struct GetPSProvider;

impl Command for GetPSProvider {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let wanted = texts(cx, "PSProvider");
        let areas = [Area::Alias, Area::Env, Area::File, Area::Function, Area::Variable];
        if wanted.is_empty() {
            for area in areas {
                let object = provider(cx.en, area);
                cx.write(object)?;
            }
        }
        for name in wanted {
            let hits: Vec<Area> = areas.into_iter().filter(|a| wildcard::matches(&name, a.provider())).collect();
            if hits.is_empty() && !wildcard::has(&name) {
                let error = ErrorRecord::new(
                    "System.Management.Automation.ProviderNotFoundException",
                    format!("Cannot find a provider with the name '{name}'."),
                    "ProviderNotFound",
                    ErrorCategory::ObjectNotFound,
                );
                cx.error(error.with_target(Value::String(name)))?;
            }
            for area in hits {
                let object = provider(cx.en, area);
                cx.write(object)?;
            }
        }
        Ok(())
    }
}
