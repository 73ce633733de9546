//! Get-ChildItem and Get-Item.
use crate::file_system::{self, Entry, Filter, under};
use crate::path_commands::{existing, exists};
use crate::place::{self, Area, Place};
use crate::{path_text, session_drive, texts, wildcard};
use dialtone_engine::command::{Command, Cx};
use dialtone_object::*;

#[derive(Default)]
pub struct GetItem;

impl Command for GetItem {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let filter = Filter::of(cx)?;
        let hidden = cx.args.switch("Force");
        for place in existing(cx, hidden)? {
            if !filter.is_empty() && !filter.takes(&path_text::leaf(&place.path)) {
                continue;
            }
            let item = item_at(cx, &place);
            cx.write_item(item)?;
        }
        Ok(())
    }
}

/// The object of one place; for the root of a session drive all its items.
pub fn item_at(cx: &mut Cx, place: &Place) -> Value {
    match place.area {
        Area::File => file_system::item(cx.en, &place.path),
        area => session_drive::get(cx.en, area, &place.path).unwrap_or_default(),
    }
}

/// Writing of items: collections that stand for one item stay whole.
pub trait WriteItem {
    fn write_item(&mut self, item: Value) -> Res<()>;
}
impl WriteItem for Cx<'_> {
    fn write_item(&mut self, item: Value) -> Res<()> {
        if item.is_null() { Ok(()) } else { self.write(item) }
    }
}

/// What a listing looks for.
struct Listing {
    filter: Filter,
    names_only: bool,
    hidden: bool,
    only_hidden: bool,
    files: bool,
    folders: bool,
    read_only: bool,
    follow: bool,
    /// How many levels below the first; none for all.
    depth: Option<usize>,
    recurse: bool,
}

#[derive(Default)]
pub struct GetChildItem;

impl Command for GetChildItem {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let attributes = cx.args.get("Attributes").cloned().map(|v| cx.en.to_text(&v)).unwrap_or_default();
        let depth = cx.args.is_bound("Depth").then(|| cx.args.int("Depth").unwrap_or(0) as usize);
        let on = |name: &str| cx.args.switch(name);
        let listing = Listing {
            names_only: on("Name"),
            hidden: on("Force") || on("Hidden") || attributes.contains("Hidden"),
            only_hidden: on("Hidden"),
            files: on("File") || attributes.eq_ignore_ascii_case("!Directory"),
            folders: on("Directory") || attributes.eq_ignore_ascii_case("Directory"),
            read_only: on("ReadOnly"),
            follow: on("FollowSymlink"),
            recurse: on("Recurse") || depth.is_some(),
            depth,
            filter: Filter::of(cx)?,
        };
        let literal = cx.args.is_bound("LiteralPath");
        let mut given = texts(cx, if literal { "LiteralPath" } else { "Path" });
        if given.is_empty() {
            given.push(".".into());
        }
        for text in given {
            self.list(cx, &text, literal, &listing)?;
        }
        Ok(())
    }
}

impl GetChildItem {
    fn list(&self, cx: &mut Cx, text: &str, literal: bool, listing: &Listing) -> Res<()> {
        let found = if literal {
            place::locate(cx.en, text).map(|p| vec![p])
        } else {
            place::expand(cx.en, text, listing.hidden)
        };
        let found = match found {
            Ok(found) => found,
            Err(error) => return cx.error(error),
        };
        let pattern = !literal && wildcard::has(text);
        for place in found {
            if place.area != Area::File {
                self.list_session(cx, &place, listing)?;
                continue;
            }
            let folder = std::path::Path::new(&place.path).is_dir();
            let leaf = path_text::leaf(&place.path);
            // -Include without a wildcard or -Recurse looks at the named item only.
            if !listing.filter.include.is_empty() && !listing.recurse && !pattern {
                if listing.filter.takes(&leaf) {
                    self.emit(cx, &place.path, &leaf, folder, listing)?;
                }
                continue;
            }
            if !exists(cx, &place) || (!folder && listing.recurse && !pattern) {
                if listing.recurse && !literal {
                    self.search(cx, &place, listing)?;
                } else {
                    cx.error(place.not_found())?;
                }
            } else if folder && (!pattern || listing.recurse || listing.filter.include.is_empty()) {
                let base = place.path.trim_end_matches('/');
                self.walk(cx, if base.is_empty() { "/" } else { base }, "", 0, listing)?;
            } else if listing.filter.takes(&leaf) {
                self.emit(cx, &place.path, &leaf, folder, listing)?;
            }
        }
        Ok(())
    }

    fn list_session(&self, cx: &mut Cx, place: &Place, listing: &Listing) -> Res<()> {
        let names = if place.path.is_empty() {
            session_drive::names(cx.en, place.area)
        } else if session_drive::exists(cx.en, place.area, &place.path) {
            vec![place.path.clone()]
        } else {
            return cx.error(place.not_found());
        };
        for name in names {
            if !listing.filter.takes(&name) {
                continue;
            }
            if listing.names_only {
                cx.write(Value::from(name))?;
            } else if let Some(item) = session_drive::get(cx.en, place.area, &name) {
                cx.write(item)?;
            }
        }
        Ok(())
    }

    /// `Get-ChildItem name -Recurse`: things of that name anywhere below the folder the path is in.
    fn search(&self, cx: &mut Cx, place: &Place, listing: &Listing) -> Res<()> {
        let leaf = path_text::leaf(&place.path);
        let parent = path_text::parent(&place.path).unwrap_or_else(|| "/".into());
        if !std::path::Path::new(&parent).is_dir() {
            return cx.error(place.not_found());
        }
        self.find_named(cx, &parent, "", &leaf, 0, listing)
    }

    fn find_named(&self, cx: &mut Cx, base: &str, inner: &str, leaf: &str, level: usize, listing: &Listing) -> Res<()> {
        cx.en.check_interrupt()?;
        for entry in file_system::children(base).unwrap_or_default() {
            let path = under(base, &entry.name);
            let shown = if inner.is_empty() { entry.name.clone() } else { format!("{inner}/{}", entry.name) };
            if string::eq_ignore_case(&entry.name, leaf) {
                self.emit(cx, &path, &shown, entry.is_folder, listing)?;
            }
            if entry.is_folder && !entry.is_link && listing.depth.is_none_or(|d| level < d) {
                self.find_named(cx, &path, &shown, leaf, level + 1, listing)?;
            }
        }
        Ok(())
    }

    /// Lists a folder; with -Recurse its folders afterwards, in order.
    fn walk(&self, cx: &mut Cx, base: &str, inner: &str, level: usize, listing: &Listing) -> Res<()> {
        cx.en.check_interrupt()?;
        let entries = match file_system::children(base) {
            Ok(entries) => entries,
            Err(error) => {
                let (ty, message) = file_system::exception(&error, base);
                let id = if error.kind() == std::io::ErrorKind::PermissionDenied {
                    "DirUnauthorizedAccessError"
                } else {
                    "DirIOError"
                };
                let error = ErrorRecord::new(ty, message, id, ErrorCategory::PermissionDenied);
                return cx.error(error.with_target(Value::str(base)));
            }
        };
        let shown = |e: &Entry| if inner.is_empty() { e.name.clone() } else { format!("{inner}/{}", e.name) };
        let visible = |e: &Entry| listing.hidden || !e.name.starts_with('.');
        for entry in entries.iter().filter(|e| visible(e)) {
            if listing.filter.takes(&entry.name) {
                self.emit(cx, &under(base, &entry.name), &shown(entry), entry.is_folder, listing)?;
            }
        }
        if !listing.recurse || listing.depth.is_some_and(|d| level >= d) {
            return Ok(());
        }
        for entry in entries.iter().filter(|e| visible(e) && e.is_folder && (!e.is_link || listing.follow)) {
            if !listing.filter.excludes(&entry.name) {
                self.walk(cx, &under(base, &entry.name), &shown(entry), level + 1, listing)?;
            }
        }
        Ok(())
    }

    fn emit(&self, cx: &mut Cx, path: &str, shown: &str, folder: bool, listing: &Listing) -> Res<()> {
        if (listing.files && folder && !listing.folders) || (listing.folders && !folder && !listing.files) {
            return Ok(());
        }
        if listing.only_hidden && !path_text::leaf(path).starts_with('.') {
            return Ok(());
        }
        if listing.read_only && !std::fs::metadata(path).is_ok_and(|m| m.permissions().readonly()) {
            return Ok(());
        }
        if listing.names_only {
            return cx.write(Value::str(shown));
        }
        let item = file_system::item(cx.en, path);
        cx.write(item)
    }
}
