//! New-Item, Set-Item, Clear-Item, Invoke-Item, and the function `mkdir`.
use crate::file_system::{self, failure};
use crate::path_commands::{existing, places};
use crate::place::{self, Area, Place};
use crate::{path_text, session_drive, texts};
use dialtone_engine::command::{Command, Cx};
use dialtone_object::*;
use std::path::Path;

#[derive(Default)]
pub struct NewItem;

impl Command for NewItem {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let name = cx.args.text("Name");
        let mut given = texts(cx, "Path");
        if given.is_empty() {
            given.push("".into());
        }
        for text in given {
            let text = match &name {
                Some(name) if text.is_empty() => name.as_str().to_owned(),
                Some(name) => path_text::join(&text, name),
                None => text.as_str().to_owned(),
            };
            match place::locate(cx.en, &text) {
                Ok(place) if place.area == Area::File => self.file(cx, &place)?,
                Ok(place) => self.session(cx, &place)?,
                Err(error) => cx.error(error)?,
            }
        }
        Ok(())
    }
}

impl NewItem {
    fn session(&self, cx: &mut Cx, place: &Place) -> Res<()> {
        if !cx.should_process(&format!("Name: {} Value: ", place.path), "New Item")? {
            return Ok(());
        }
        if session_drive::exists(cx.en, place.area, &place.path) && !cx.args.switch("Force") {
            let text = format!("The item '{}' already exists.", place.path);
            return cx.error(ErrorRecord::new(
                "System.Management.Automation.PSArgumentException",
                text,
                "Argument",
                ErrorCategory::InvalidArgument,
            ));
        }
        let value = cx.args.get("Value").cloned().unwrap_or_default();
        session_drive::set(cx.en, place.area, &place.path, value)?;
        match session_drive::get(cx.en, place.area, &place.path) {
            Some(item) => cx.write(item),
            None => Ok(()),
        }
    }

    fn file(&self, cx: &mut Cx, place: &Place) -> Res<()> {
        let kind = cx.args.text("ItemType").unwrap_or_else(|| "File".into()).to_lowercase();
        let fits = |name: &str| !kind.is_empty() && name.starts_with(&kind);
        let path = place.path.trim_end_matches('/').to_owned();
        let force = cx.args.switch("Force");
        if fits("directory") || kind == "container" || kind == "folder" {
            return self.folder(cx, &path, force);
        }
        if fits("file") || kind == "leaf" {
            return self.plain_file(cx, &path, force);
        }
        if fits("symboliclink") || fits("junction") {
            return self.link(cx, &path, force, |a, b| std::os::unix::fs::symlink(a, b));
        }
        if fits("hardlink") {
            return self.link(cx, &path, force, |a, b| std::fs::hard_link(a, b));
        }
        let text = "The type is not a known type for the file system. Only \"file\",\"directory\" or \"symboliclink\" can be specified.";
        Err(cx.fail(ErrorRecord::new(
            "System.Management.Automation.PSArgumentException",
            text,
            "Argument",
            ErrorCategory::InvalidArgument,
        )))
    }

    fn folder(&self, cx: &mut Cx, path: &str, force: bool) -> Res<()> {
        if !cx.should_process(&format!("Destination: {path}"), "Create Directory")? {
            return Ok(());
        }
        if Path::new(path).exists() && !(force && Path::new(path).is_dir()) {
            let text = format!("An item with the specified name {path} already exists.");
            return cx.error(
                ErrorRecord::new("System.IO.IOException", text, "DirectoryExist", ErrorCategory::ResourceExists)
                    .with_target(Value::str(path)),
            );
        }
        match std::fs::create_dir_all(path) {
            Ok(()) => self.done(cx, path),
            Err(e) => cx.error(
                failure(&e, path, "CreateDirectoryIOError", ErrorCategory::WriteError).with_target(Value::str(path)),
            ),
        }
    }

    fn plain_file(&self, cx: &mut Cx, path: &str, force: bool) -> Res<()> {
        if !cx.should_process(&format!("Destination: {path}"), "Create File")? {
            return Ok(());
        }
        if force && let Some(parent) = Path::new(path).parent() {
            // A folder that cannot be made shows in the error of the file.
            let _ = std::fs::create_dir_all(parent);
        }
        let value = cx.args.value("Value").cloned();
        let text = value.map(|v| cx.en.to_text(&v));
        let mut options = std::fs::OpenOptions::new();
        options.write(true);
        if force {
            options.create(true).truncate(true)
        } else {
            options.create_new(true)
        };
        let written = options.open(path).and_then(|mut file| {
            use std::io::Write;
            file.write_all(text.as_ref().map_or("", |t| t.as_str()).as_bytes())
        });
        match written {
            Ok(()) => self.done(cx, path),
            Err(e) => {
                let id = match e.kind() {
                    std::io::ErrorKind::PermissionDenied => "NewItemUnauthorizedAccessError",
                    _ => "NewItemIOError",
                };
                let category = match e.kind() {
                    std::io::ErrorKind::PermissionDenied => ErrorCategory::PermissionDenied,
                    _ => ErrorCategory::WriteError,
                };
                cx.error(failure(&e, path, id, category).with_target(Value::str(path)))
            }
        }
    }

    fn link(&self, cx: &mut Cx, path: &str, force: bool, make: fn(&Path, &Path) -> std::io::Result<()>) -> Res<()> {
        let target = cx.args.value("Value").cloned();
        let target = target.map(|v| cx.en.to_text(&v)).unwrap_or_default();
        if !cx.should_process(&format!("Destination: {path}"), "Create Symbolic Link")? {
            return Ok(());
        }
        if force {
            let _ = std::fs::remove_file(path);
        }
        let full = cx.en.resolve_path(&target);
        match make(Path::new(&full), Path::new(path)) {
            Ok(()) => self.done(cx, path),
            Err(e) => {
                cx.error(failure(&e, path, "NewItemIOError", ErrorCategory::WriteError).with_target(Value::str(path)))
            }
        }
    }

    fn done(&self, cx: &mut Cx, path: &str) -> Res<()> {
        let item = file_system::item(cx.en, path);
        cx.write(item)
    }
}

/// `mkdir`: New-Item -ItemType Directory.
#[derive(Default)]
pub struct MakeFolder;

impl Command for MakeFolder {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let name = cx.args.text("Name");
        for text in texts(cx, "Path") {
            let text = name.as_ref().map_or_else(|| text.as_str().to_owned(), |n| path_text::join(&text, n));
            match place::locate(cx.en, &text) {
                Ok(place) => {
                    let force = cx.args.switch("Force");
                    NewItem.folder(cx, place.path.trim_end_matches('/'), force)?;
                }
                Err(error) => cx.error(error)?,
            }
        }
        Ok(())
    }
}

#[derive(Default)]
pub struct SetItem;

impl Command for SetItem {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let value = cx.args.get("Value").cloned().unwrap_or_default();
        for (_, found) in places(cx, true)? {
            for place in found {
                if place.area == Area::File {
                    let text = "Provider operation stopped because the provider does not support this operation.";
                    return Err(cx.fail(ErrorRecord::new(
                        "System.Management.Automation.PSNotSupportedException",
                        text,
                        "NotSupported",
                        ErrorCategory::NotImplemented,
                    )));
                }
                let target = format!("Item: {} Value: {}", place.path, cx.en.to_text(&value));
                if cx.should_process(&target, "Set Item")? {
                    session_drive::set(cx.en, place.area, &place.path, value.clone())?;
                    if cx.args.switch("PassThru") {
                        let item = crate::get_item::item_at(cx, &place);
                        cx.write(item)?;
                    }
                }
            }
        }
        Ok(())
    }
}

#[derive(Default)]
pub struct ClearItem;

impl Command for ClearItem {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        for place in existing(cx, true)? {
            if place.area == Area::File {
                let text = "Provider operation stopped because the provider does not support this operation.";
                cx.error(ErrorRecord::new(
                    "System.Management.Automation.PSNotSupportedException",
                    text,
                    "NotSupported",
                    ErrorCategory::NotImplemented,
                ))?;
            } else if cx.should_process(&format!("Item: {}", place.path), "Clear Item")? {
                session_drive::set(cx.en, place.area, &place.path, Value::Null)?;
            }
        }
        Ok(())
    }
}

/// Invoke-Item: opens with the desktop's program for it.
#[derive(Default)]
pub struct InvokeItem;

impl Command for InvokeItem {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        for place in existing(cx, false)? {
            if !cx.should_process(&format!("Item: {}", place.path), "Invoke Item")? {
                continue;
            }
            let opener = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
            if let Err(e) = std::process::Command::new(opener).arg(&place.path).spawn() {
                let error = failure(&e, &place.path, "InvalidOperationException", ErrorCategory::InvalidOperation);
                cx.error(error)?;
            }
        }
        Ok(())
    }
}
