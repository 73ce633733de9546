//! Test-Path, Join-Path, Split-Path, Resolve-Path, Convert-Path.
use crate::path_text;
use crate::place::{self, Area, Place};
use crate::{file_system, texts, wildcard};
use dialtone_engine::command::{Command, Cx};
use dialtone_object::*;

/// The places that -Path or -LiteralPath name. What goes wrong is reported and leaves that path out.
pub fn places(cx: &mut Cx, hidden: bool) -> Res<Vec<(PsString, Vec<Place>)>> {
    let literal = cx.args.is_bound("LiteralPath");
    let given = texts(cx, if literal { "LiteralPath" } else { "Path" });
    let mut all = Vec::with_capacity(given.len());
    for text in given {
        let found =
            if literal { place::locate(cx.en, &text).map(|p| vec![p]) } else { place::expand(cx.en, &text, hidden) };
        match found {
            Ok(found) => all.push((text, found)),
            Err(error) => cx.error(error)?,
        }
    }
    Ok(all)
}

/// As [`places`], but of things that exist; what does not is reported as "Cannot find path".
pub fn existing(cx: &mut Cx, hidden: bool) -> Res<Vec<Place>> {
    let literal = cx.args.is_bound("LiteralPath");
    let mut all = Vec::new();
    for (text, found) in places(cx, hidden)? {
        for place in found {
            if exists(cx, &place) {
                all.push(place);
            } else {
                // A literal path with wildcard characters is shown as it was given.
                let odd = literal && wildcard::has(&text);
                let error = if odd { place::not_found(&text) } else { place.not_found() };
                cx.error(error)?;
            }
        }
    }
    Ok(all)
}

pub fn exists(cx: &mut Cx, place: &Place) -> bool {
    match place.area {
        Area::File => std::fs::symlink_metadata(&place.path).is_ok(),
        _ if place.path.is_empty() => true,
        area => crate::session_drive::exists(cx.en, area, &place.path),
    }
}

#[derive(Default)]
pub struct TestPath;

impl Command for TestPath {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let literal = cx.args.is_bound("LiteralPath");
        let given = cx.args.get(if literal { "LiteralPath" } else { "Path" }).cloned().unwrap_or_default();
        let items = match given.base() {
            Value::Array(a) => a.to_vec(),
            v => vec![v.clone()],
        };
        if items.is_empty() || items.iter().any(Value::is_null) {
            let message =
                "Value cannot be null. (Parameter 'The provided Path argument was null or an empty collection.')";
            return cx.error(ErrorRecord::new(
                "System.ArgumentNullException",
                message,
                "NullPathNotPermitted",
                ErrorCategory::InvalidArgument,
            ));
        }
        for item in items {
            let text = cx.en.to_text(&item);
            let answer = self.test(cx, &text, literal)?;
            cx.write(Value::Bool(answer))?;
        }
        Ok(())
    }
}

impl TestPath {
    fn test(&self, cx: &mut Cx, text: &str, literal: bool) -> Res<bool> {
        if text.trim().is_empty() {
            return Ok(false);
        }
        if cx.args.switch("IsValid") {
            return Ok(place::locate(cx.en, text).is_ok() && !text.contains('\0'));
        }
        let found =
            if literal { place::locate(cx.en, text).map(|p| vec![p]) } else { place::expand(cx.en, text, true) };
        let kind = cx.args.get("PathType").cloned().map(|v| cx.en.to_text(&v)).unwrap_or_default();
        let filter = file_system::Filter::of(cx)?;
        for place in found.unwrap_or_default() {
            if !exists(cx, &place) {
                continue;
            }
            let container = match place.area {
                Area::File => std::path::Path::new(&place.path).is_dir(),
                _ => place.path.is_empty(),
            };
            let fits = match kind.as_str() {
                "Container" => container,
                "Leaf" => !container,
                _ => true,
            };
            if fits && filter.takes(&path_text::leaf(&place.path)) && self.in_time(cx, &place) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// -OlderThan and -NewerThan.
    fn in_time(&self, cx: &mut Cx, place: &Place) -> bool {
        let limit = |name: &str| match cx.args.get(name).map(Value::base) {
            Some(Value::DateTime(ticks)) => Some(*ticks),
            _ => None,
        };
        let (older, newer) = (limit("OlderThan"), limit("NewerThan"));
        if older.is_none() && newer.is_none() {
            return true;
        }
        let file = file_system::item(cx.en, &place.path);
        let Ok(Value::DateTime(written)) = cx.en.get_property(&file, "LastWriteTime") else { return false };
        let ticks = |n: u64| n << 2;
        older.is_none_or(|t| ticks(written) < ticks(t)) && newer.is_none_or(|t| ticks(written) > ticks(t))
    }
}

#[derive(Default)]
pub struct JoinPath;

impl Command for JoinPath {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let child = cx.args.get("ChildPath").cloned().unwrap_or_default();
        let mut children: Vec<PsString> = cx.en.enumerate(&child)?.iter().map(|c| cx.en.to_text(c)).collect();
        children.extend(texts(cx, "AdditionalChildPath"));
        // Empty pieces only count when nothing else follows.
        let mut kept: Vec<PsString> = children.iter().filter(|c| !c.is_empty()).cloned().collect();
        if kept.is_empty() {
            kept.push("".into());
        }
        for path in texts(cx, "Path") {
            match join(cx, &path, &kept) {
                Ok(joined) if cx.args.switch("Resolve") => {
                    let found = match place::expand(cx.en, &joined, false) {
                        Ok(found) => found,
                        Err(error) => {
                            cx.error(error)?;
                            continue;
                        }
                    };
                    for place in found {
                        if exists(cx, &place) {
                            cx.write(Value::from(place.shown()))?;
                        } else {
                            cx.error(place.not_found())?;
                        }
                    }
                }
                Ok(joined) => cx.write(Value::from(joined))?,
                Err(error) => cx.error(error)?,
            }
        }
        Ok(())
    }
}

fn join(cx: &mut Cx, path: &str, children: &[PsString]) -> Result<String, ErrorRecord> {
    if path.starts_with("//") || path.starts_with("\\\\") {
        return Err(ErrorRecord::new(
            "System.Management.Automation.PSArgumentNullException",
            "Cannot process argument because the value of argument \"drive\" is null. Change the value of argument \"drive\" to a non-null value.",
            "ArgumentNull",
            ErrorCategory::InvalidArgument,
        ));
    }
    let mut joined = path.to_owned();
    if let Some((drive, rest)) = path_text::split_drive(path)
        && !path.contains("::")
    {
        let place = place::locate(cx.en, path)?;
        joined = match place.area {
            // These drives have no folders: what is joined stands at their root.
            Area::File => format!("{drive}:{}", if rest.is_empty() { "/" } else { rest }),
            area => format!("{}:/", area.drive()),
        };
    }
    for child in children {
        joined = path_text::join(&joined, child);
    }
    Ok(joined)
}

#[derive(Default)]
pub struct SplitPath;

impl Command for SplitPath {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let literal = cx.args.is_bound("LiteralPath");
        let mut given = texts(cx, if literal { "LiteralPath" } else { "Path" });
        if cx.args.switch("Resolve") {
            given = existing(cx, false)?.iter().map(|p| p.shown().into()).collect();
        }
        for path in given {
            match self.split(cx, &path) {
                Ok(part) => cx.write(part)?,
                Err(error) => cx.error(error)?,
            }
        }
        Ok(())
    }
}

impl SplitPath {
    fn split(&self, cx: &mut Cx, path: &str) -> Result<Value, ErrorRecord> {
        let on = |name: &str| cx.args.switch(name);
        if on("IsAbsolute") {
            return Ok(Value::Bool(path_text::is_absolute(path)));
        }
        if on("Qualifier") {
            return match path_text::split_drive(path) {
                Some((drive, _)) => Ok(Value::from(format!("{drive}:"))),
                None => Err(ErrorRecord::new(
                    "System.FormatException",
                    format!("Cannot parse path because path '{path}' does not have a qualifier specified."),
                    "ParsePathFormatError",
                    ErrorCategory::InvalidArgument,
                )
                .with_target(Value::str(path))),
            };
        }
        if on("NoQualifier") {
            return Ok(Value::str(path_text::split_drive(path).map_or(path, |(_, rest)| rest)));
        }
        let leaf = |cx: &mut Cx| match path {
            // The name of the folder that is meant.
            "." | ".." => place::locate(cx.en, path).map(|p| path_text::leaf(&p.path)).unwrap_or_default(),
            _ => path_text::leaf(path),
        };
        if on("Leaf") {
            return Ok(Value::from(leaf(cx)));
        }
        if on("LeafBase") {
            return Ok(Value::str(path_text::leaf_base(&leaf(cx))));
        }
        if on("Extension") {
            return Ok(Value::str(path_text::extension(&leaf(cx))));
        }
        path_text::parent(path).map(Value::from).ok_or_else(|| {
            ErrorRecord::new(
                "System.Management.Automation.PSArgumentException",
                "Cannot process argument because the value of argument \"path\" is not valid. Change the value of the \"path\" argument and run the operation again.",
                "Argument",
                ErrorCategory::InvalidArgument,
            )
        })
    }
}

#[derive(Default)]
pub struct ResolvePath;

impl Command for ResolvePath {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let base = match cx.args.text("RelativeBasePath") {
            Some(base) => match place::locate(cx.en, &base) {
                Ok(place) => place.path,
                Err(error) => return cx.error(error),
            },
            None => cx.en.location.clone(),
        };
        let hidden = cx.args.switch("Force");
        // Paths are looked up from the base as well.
        let outer = std::mem::replace(&mut cx.en.location, base.clone());
        let found = existing(cx, hidden);
        cx.en.location = outer;
        for place in found? {
            if !cx.args.switch("Relative") {
                let info = crate::location::path_info(cx.en, &place);
                cx.write(info)?;
                continue;
            }
            let text = match place.area {
                Area::File => path_text::relative(&place.path, &base),
                _ => place.shown(),
            };
            cx.write(Value::from(text))?;
        }
        Ok(())
    }
}

#[derive(Default)]
pub struct ConvertPath;

impl Command for ConvertPath {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        for place in existing(cx, false)? {
            cx.write(Value::from(place.path))?;
        }
        Ok(())
    }
}
