//! Get-Content.
use crate::encoding::Encoding;
use crate::file_system::{Filter, failure};
use crate::path_commands::{exists, places};
use crate::place::{Area, Place};
use crate::{path_text, session_drive};
use dialtone_engine::command::{Command, Cx};
use dialtone_object::*;
use std::cell::RefCell;
use std::rc::Rc;

#[derive(Default)]
pub struct GetContent;

impl Command for GetContent {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        if cx.args.is_bound("TotalCount") && cx.args.is_bound("Tail") {
            let text = "The parameters TotalCount and Tail cannot be used together. Please specify only one parameter.";
            return Err(cx.fail(ErrorRecord::new(
                "System.InvalidOperationException",
                text,
                "TailAndHeadCannotCoexist",
                ErrorCategory::InvalidOperation,
            )));
        }
        if cx.args.switch("Raw") && cx.args.is_bound("Delimiter") {
            let text = "The 'Raw' and 'Delimiter' parameters cannot be specified in the same command.";
            return Err(cx.fail(ErrorRecord::new(
                "System.InvalidOperationException",
                text,
                "GetContentReaderArgumentError",
                ErrorCategory::InvalidArgument,
            )));
        }
        let filter = Filter::of(cx)?;
        let force = cx.args.switch("Force");
        let literal = cx.args.is_bound("LiteralPath");
        for (text, found) in places(cx, force)? {
            if found.is_empty() && !literal {
                nothing_there(cx, &text)?;
            }
            for place in found {
                if !filter.takes(&path_text::leaf(&place.path)) {
                    continue;
                }
                if exists(cx, &place) {
                    self.one(cx, &place)?;
                } else {
                    cx.error(place.not_found())?;
                }
            }
        }
        Ok(())
    }
}

fn nothing_there(cx: &mut Cx, text: &str) -> Res<()> {
    let message = format!(
        "An object at the specified path {text} does not exist, or has been filtered by the -Include or -Exclude parameter."
    );
    let error = ErrorRecord::new("System.Exception", message, "ItemNotFound", ErrorCategory::ObjectNotFound);
    cx.error(error.with_target(Value::array(vec![Value::str(text)])))
}

impl GetContent {
    fn one(&self, cx: &mut Cx, place: &Place) -> Res<()> {
        if place.area != Area::File {
            let value = session_drive::value(cx.en, place.area, &place.path);
            let items = match value.base() {
                Value::Array(_) | Value::List(_) => cx.en.enumerate(&value)?,
                _ => vec![value],
            };
            return self.send(cx, place, items);
        }
        if std::path::Path::new(&place.path).is_dir() {
            let text = format!(
                "Unable to get content because it is a directory: '{}'. Please use 'Get-ChildItem' instead.",
                place.path
            );
            return cx.error(ErrorRecord::new(
                "System.InvalidOperationException",
                text,
                "GetContainerContentException",
                ErrorCategory::InvalidOperation,
            ));
        }
        let encoding = Encoding::of(cx)?;
        let bytes = match std::fs::read(&place.path) {
            Ok(bytes) => bytes,
            Err(e) => {
                let error = failure(
                    &e,
                    &place.path,
                    "GetContentReaderUnauthorizedAccessError",
                    ErrorCategory::PermissionDenied,
                );
                return cx.error(error.with_target(Value::str(&place.path)));
            }
        };
        if cx.args.switch("AsByteStream") {
            if cx.args.switch("Raw") {
                let items = bytes.into_iter().map(Value::Byte).collect();
                return cx.write(Value::Array(Rc::new(Array::typed(&types::BYTE, items))));
            }
            return self.send_plain(cx, bytes.into_iter().map(Value::Byte).collect());
        }
        let text = encoding.decode(&bytes);
        if cx.args.switch("Raw") {
            if text.is_empty() && bytes.is_empty() {
                return Ok(());
            }
            return self.send(cx, place, vec![Value::from(text)]);
        }
        let pieces = match cx.args.text("Delimiter") {
            Some(by) if by.as_str() != "\n" && !by.is_empty() => delimited(&text, &by),
            _ => lines(&text),
        };
        self.send(cx, place, pieces)
    }

    /// -TotalCount, -Tail and -ReadCount on the pieces of one file.
    fn chosen(&self, cx: &mut Cx, mut items: Vec<Value>) -> Vec<Value> {
        let count = |n: i64| usize::try_from(n).unwrap_or(usize::MAX).min(items.len());
        if let Some(n) = cx.args.is_bound("TotalCount").then(|| cx.args.int("TotalCount")).flatten() {
            let n = count(n);
            items.truncate(n);
        } else if let Some(n) = cx.args.is_bound("Tail").then(|| cx.args.int("Tail")).flatten() {
            let n = items.len() - count(n);
            items.drain(..n);
        }
        items
    }

    fn send(&self, cx: &mut Cx, place: &Place, items: Vec<Value>) -> Res<()> {
        let items = self.chosen(cx, items);
        let size = if cx.args.is_bound("ReadCount") { cx.args.int("ReadCount").unwrap_or(1) } else { 1 };
        let notes = Notes::of(cx, place);
        if size == 1 {
            for (at, item) in items.into_iter().enumerate() {
                cx.write(notes.on(item, at as i64 + 1))?;
            }
            return Ok(());
        }
        let size = usize::try_from(size).ok().filter(|n| *n > 0).unwrap_or(usize::MAX).min(items.len().max(1));
        let mut read = 0;
        for chunk in items.chunks(size) {
            read += chunk.len() as i64;
            cx.write(notes.on(Value::array(chunk.to_vec()), read))?;
        }
        Ok(())
    }

    fn send_plain(&self, cx: &mut Cx, items: Vec<Value>) -> Res<()> {
        let items = self.chosen(cx, items);
        let size = if cx.args.is_bound("ReadCount") { cx.args.int("ReadCount").unwrap_or(1) } else { 1 };
        if size == 1 {
            for item in items {
                cx.write(item)?;
            }
            return Ok(());
        }
        let size = usize::try_from(size).ok().filter(|n| *n > 0).unwrap_or(usize::MAX).min(items.len().max(1));
        for chunk in items.chunks(size) {
            cx.write(Value::array(chunk.to_vec()))?;
        }
        Ok(())
    }
}

/// Lines as .NET's ReadLine cuts them: LF, CR LF and CR end one.
pub fn lines(text: &str) -> Vec<Value> {
    line_texts(text).map(Value::str).collect()
}

/// The same as slices.
pub fn line_texts(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let end = rest.find(['\n', '\r']).unwrap_or(rest.len());
        let line = &rest[..end];
        let skip = if rest[end..].starts_with("\r\n") { 2 } else { usize::from(end < rest.len()) };
        rest = &rest[end + skip..];
        Some(line)
    })
}

fn delimited(text: &str, by: &str) -> Vec<Value> {
    let mut pieces: Vec<Value> = text.split(by).map(Value::str).collect();
    if pieces.last().and_then(Value::as_str).is_some_and(|s| s.is_empty()) {
        pieces.pop();
    }
    pieces
}

/// The note properties that every piece of a file carries.
struct Notes {
    list: Vec<(PsString, Member)>,
    read_count: PsString,
}

impl Notes {
    fn of(cx: &mut Cx, place: &Place) -> Notes {
        let mut list = Vec::new();
        if place.area == Area::File {
            let parent = path_text::parent(&place.path).unwrap_or_default();
            let mut note = |name: &str, value: Value| list.push((PsString::new(name), Member::Note(value)));
            note("PSPath", Value::from(place.ps_path()));
            note("PSParentPath", Value::from(Place::file(parent).ps_path()));
            note("PSChildName", Value::from(path_text::leaf(&place.path)));
            note("PSDrive", crate::drives::drive_of(cx.en, place));
            note("PSProvider", crate::drives::provider(cx.en, place.area));
        }
        Notes { list, read_count: "ReadCount".into() }
    }
    fn on(&self, item: Value, count: i64) -> Value {
        if self.list.is_empty() || item.is_null() {
            return item;
        }
        let mut list = Vec::with_capacity(self.list.len() + 1);
        list.extend_from_slice(&self.list);
        list.push((self.read_count.clone(), Member::Note(Value::Long(count))));
        let members = Members { list, type_names: None };
        match &item {
            Value::Array(a) => {
                *a.members.borrow_mut() = Some(Box::new(members));
                item
            }
            _ => Value::Wrapped(Rc::new(Wrapped { base: item, members: RefCell::new(Some(Box::new(members))) })),
        }
    }
}
