//! Remove-Item, Copy-Item, Move-Item, Rename-Item.
use crate::file_system::{self, Filter, failure, under};
use crate::path_commands::existing;
use crate::place::{self, Area, Place};
use crate::{path_text, session_drive};
use dialtone_engine::command::{Command, Cx};
use dialtone_object::*;
use std::path::Path;

fn is_folder(path: &str) -> bool {
    std::fs::symlink_metadata(path).is_ok_and(|m| m.is_dir())
}

#[derive(Default)]
pub struct RemoveItem;

impl Command for RemoveItem {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let filter = Filter::of(cx)?;
        let force = cx.args.switch("Force");
        for place in existing(cx, force)? {
            if !filter.is_empty() && !filter.takes(&path_text::leaf(&place.path)) {
                continue;
            }
            if place.area == Area::File {
                self.file(cx, place.path.trim_end_matches('/'))?;
            } else if cx.should_process(&place.shown(), "Remove Item")? {
                session_drive::remove(cx, place.area, &place.path, force)?;
            }
        }
        Ok(())
    }
}

impl RemoveItem {
    fn file(&self, cx: &mut Cx, path: &str) -> Res<()> {
        let folder = is_folder(path);
        let recurse = cx.args.switch("Recurse");
        let action = if folder { "Remove Directory" } else { "Remove File" };
        if !cx.should_process(path, action)? {
            return Ok(());
        }
        if folder && !recurse && std::fs::read_dir(path).is_ok_and(|mut d| d.next().is_some()) {
            let query = format!(
                "The item at {path} has children and the Recurse parameter was not specified. If you continue, all children will be removed with the item. Are you sure you want to continue?"
            );
            if !cx.should_continue(&query, "Confirm")? {
                return Ok(());
            }
        }
        if !folder && !cx.args.switch("Force") && crate::file_info::is_protected(path) {
            let text = "You do not have sufficient access rights to perform this operation or the item is hidden, system, or read only.".to_string();
            let error = ErrorRecord::new(
                "System.IO.IOException",
                text,
                "RemoveFileSystemItemUnAuthorizedAccess",
                ErrorCategory::PermissionDenied,
            );
            let item = file_system::bare_item(cx.en, path);
            return cx.error(error.with_target(item));
        }
        let done = if folder { std::fs::remove_dir_all(path) } else { std::fs::remove_file(path) };
        match done {
            Ok(()) => Ok(()),
            Err(e) => {
                let item = file_system::bare_item(cx.en, path);
                cx.error(failure(&e, path, "RemoveFileSystemItemIOError", ErrorCategory::WriteError).with_target(item))
            }
        }
    }
}

/// Where a copy or move goes: into the folder that is there, or to that name.
fn target(cx: &mut Cx, source: &str) -> Result<String, ErrorRecord> {
    let text = cx.args.text("Destination").unwrap_or_else(|| ".".into());
    let place = place::locate(cx.en, &text)?;
    let path = if place.path.len() > 1 { place.path.trim_end_matches('/') } else { &place.path };
    Ok(if Path::new(path).is_dir() { under(path, &path_text::leaf(source)) } else { path.to_owned() })
}

#[derive(Default)]
pub struct CopyItem;

impl Command for CopyItem {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let filter = Filter::of(cx)?;
        let force = cx.args.switch("Force");
        for place in existing(cx, force)? {
            let path = place.path.trim_end_matches('/').to_owned();
            if place.area != Area::File || (!filter.include.is_empty() && !filter.takes(&path_text::leaf(&path))) {
                continue;
            }
            if filter.excludes(&path_text::leaf(&path)) {
                continue;
            }
            match target(cx, &path) {
                Ok(to) if is_folder(&path) => self.folder(cx, &path, &to, &filter)?,
                Ok(to) => self.file(cx, &path, &to)?,
                Err(error) => cx.error(error)?,
            }
        }
        Ok(())
    }
}

impl CopyItem {
    fn file(&self, cx: &mut Cx, from: &str, to: &str) -> Res<()> {
        if !cx.should_process(&format!("Item: {from} Destination: {to}"), "Copy File")? {
            return Ok(());
        }
        if from == to {
            let text = format!("Cannot overwrite the item {from} with itself.");
            let error = ErrorRecord::new("System.IO.IOException", text, "CopyError", ErrorCategory::WriteError);
            return cx.error(error.with_target(Value::str(to)));
        }
        match std::fs::copy(from, to) {
            Ok(_) => self.pass(cx, to),
            Err(e) => {
                let item = file_system::bare_item(cx.en, from);
                cx.error(failure(&e, to, "CopyFileInfoItemIOError", ErrorCategory::WriteError).with_target(item))
            }
        }
    }

    fn folder(&self, cx: &mut Cx, from: &str, to: &str, filter: &Filter) -> Res<()> {
        if !cx.should_process(&format!("Item: {from} Destination: {to}"), "Copy Directory")? {
            return Ok(());
        }
        // A folder that is there already (copied over with -Force) keeps what it has.
        if let Err(e) = std::fs::create_dir_all(to) {
            let item = file_system::bare_item(cx.en, from);
            return cx
                .error(failure(&e, to, "CopyDirectoryInfoItemIOError", ErrorCategory::WriteError).with_target(item));
        }
        self.pass(cx, to)?;
        if !(cx.args.switch("Recurse") || cx.args.switch("Container") && cx.args.switch("Recurse")) {
            return Ok(());
        }
        for entry in file_system::children(from).unwrap_or_default() {
            if filter.excludes(&entry.name) {
                continue;
            }
            let (inner, outer) = (under(from, &entry.name), under(to, &entry.name));
            if entry.is_folder {
                self.folder(cx, &inner, &outer, filter)?;
            } else if filter.takes(&entry.name) {
                self.file(cx, &inner, &outer)?;
            }
        }
        Ok(())
    }

    fn pass(&self, cx: &mut Cx, path: &str) -> Res<()> {
        if !cx.args.switch("PassThru") {
            return Ok(());
        }
        let item = file_system::item(cx.en, path);
        cx.write(item)
    }
}

#[derive(Default)]
pub struct MoveItem;

impl Command for MoveItem {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let filter = Filter::of(cx)?;
        let force = cx.args.switch("Force");
        for place in existing(cx, force)? {
            if place.area != Area::File || !filter.takes(&path_text::leaf(&place.path)) {
                continue;
            }
            let from = place.path.trim_end_matches('/').to_owned();
            match target(cx, &from) {
                Ok(to) => relocate(cx, &from, &to, "Move", force)?,
                Err(error) => cx.error(error)?,
            }
        }
        Ok(())
    }
}

/// Moves or renames one file or folder.
fn relocate(cx: &mut Cx, from: &str, to: &str, verb: &str, force: bool) -> Res<()> {
    let folder = is_folder(from);
    let kind = if folder { "Directory" } else { "File" };
    if !cx.should_process(&format!("Item: {from} Destination: {to}"), &format!("{verb} {kind}"))? {
        return Ok(());
    }
    let class = if folder { "DirectoryInfo" } else { "FileInfo" };
    let (id, target) = if verb == "Rename" {
        ("RenameItemIOError".to_owned(), Value::str(from))
    } else {
        (format!("Move{class}ItemIOError"), file_system::bare_item(cx.en, from))
    };
    if std::fs::symlink_metadata(to).is_ok() && from != to && (!force || folder) {
        let text = format!("The file '{to}' already exists.");
        let error = ErrorRecord::new("System.IO.IOException", text, id, ErrorCategory::WriteError);
        return cx.error(error.with_target(target));
    }
    let moved = std::fs::rename(from, to).or_else(|e| match e.kind() {
        std::io::ErrorKind::CrossesDevices if !folder => {
            std::fs::copy(from, to).and_then(|_| std::fs::remove_file(from))
        }
        _ => Err(e),
    });
    match moved {
        Ok(()) if cx.args.switch("PassThru") => {
            let item = file_system::item(cx.en, to);
            cx.write(item)
        }
        Ok(()) => Ok(()),
        Err(e) => cx.error(failure(&e, to, &id, ErrorCategory::WriteError).with_target(target)),
    }
}

#[derive(Default)]
pub struct RenameItem;

impl Command for RenameItem {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let literal = cx.args.is_bound("LiteralPath");
        let text = cx.args.text(if literal { "LiteralPath" } else { "Path" }).unwrap_or_default();
        let new = cx.args.text("NewName").unwrap_or_default();
        let found =
            if literal { place::locate(cx.en, &text).map(|p| vec![p]) } else { place::expand(cx.en, &text, true) };
        let place = match found {
            Ok(found) => match found.into_iter().next() {
                Some(place) => place,
                None => return cx.error(place::not_found(&text)),
            },
            Err(error) => return cx.error(error),
        };
        self.rename(cx, &place, &new)
    }
}

impl RenameItem {
    fn rename(&self, cx: &mut Cx, place: &Place, new: &str) -> Res<()> {
        if !crate::path_commands::exists(cx, place) {
            return cx.error(place.not_found());
        }
        let from = place.path.trim_end_matches('/').to_owned();
        if place.area != Area::File {
            let value = session_drive::value(cx.en, place.area, &from);
            session_drive::set(cx.en, place.area, new, value)?;
            return session_drive::remove(cx, place.area, &from, true);
        }
        let plain = new.strip_prefix("./").or(new.strip_prefix(".\\")).unwrap_or(new);
        let parent = path_text::parent(&from).unwrap_or_default();
        let full = plain.strip_prefix(&format!("{}/", parent.trim_end_matches('/'))).unwrap_or(plain);
        if full.contains('/') || full.contains('\\') {
            let text = "Cannot rename the specified target, because it represents a path or device name.";
            return cx.error(ErrorRecord::new(
                "System.Management.Automation.PSArgumentException",
                text,
                "Argument",
                ErrorCategory::InvalidArgument,
            ));
        }
        let force = cx.args.switch("Force");
        relocate(cx, &from, &under(&parent, full), "Rename", force)
    }
}
