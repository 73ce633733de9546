//! Set-Content, Add-Content, Clear-Content.
use crate::encoding::Encoding;
use crate::file_system::exception;
use crate::path_commands::{existing, places};
use crate::place::{Area, Place};
use crate::session_drive;
use dialtone_engine::command::{Command, Cx};
use dialtone_object::*;
use std::io::{self, Write};

/// Set-Content (`append` false) and Add-Content.
pub struct WriteContent {
    append: bool,
    /// Opened at the first value that comes.
    open: Option<Vec<Target>>,
}

enum Target {
    File {
        path: String,
        file: std::io::BufWriter<std::fs::File>,
    },
    /// Values for an item of a session drive, set at the end.
    Session(Place, Vec<Value>),
}

impl WriteContent {
    pub fn set() -> WriteContent {
        WriteContent { append: false, open: None }
    }
    pub fn add() -> WriteContent {
        WriteContent { append: true, open: None }
    }

    fn open(&mut self, cx: &mut Cx) -> Res<Vec<Target>> {
        let action = if self.append { "Add Content" } else { "Set Content" };
        let force = cx.args.switch("Force");
        let mut targets = Vec::new();
        for (text, found) in places(cx, force)? {
            if found.is_empty() {
                let place = crate::place::locate(cx.en, &text);
                match place {
                    Ok(place) => cx.error(place.not_found())?,
                    Err(error) => cx.error(error)?,
                }
            }
            for place in found {
                if !cx.should_process(&format!("Path: {}", place.shown()), action)? {
                    continue;
                }
                if place.area != Area::File {
                    targets.push(Target::Session(place, Vec::new()));
                    continue;
                }
                match open_file(&place.path, self.append) {
                    Ok((file, fresh)) => {
                        let mut file = std::io::BufWriter::new(file);
                        if fresh && !cx.args.switch("AsByteStream") {
                            let mark = Encoding::of(cx)?.mark();
                            if let Err(e) = file.write_all(mark) {
                                cx.error(write_error(&e, &place.path))?;
                            }
                        }
                        targets.push(Target::File { path: place.path, file });
                    }
                    Err(e) => cx.error(write_error(&e, &place.path))?,
                }
            }
        }
        Ok(targets)
    }

    fn write(&mut self, cx: &mut Cx, items: &[Value]) -> Res<()> {
        let mut targets = match self.open.take() {
            Some(targets) => targets,
            None => self.open(cx)?,
        };
        let result = self.write_to(cx, items, &mut targets);
        self.open = Some(targets);
        result
    }

    fn write_to(&mut self, cx: &mut Cx, items: &[Value], targets: &mut [Target]) -> Res<()> {
        let bytes = cx.args.switch("AsByteStream");
        let newline = !cx.args.switch("NoNewline");
        let mut buffer = Vec::new();
        let encoding = if bytes { Encoding::Utf8 } else { Encoding::of(cx)? };
        for item in items {
            if bytes {
                match cx.en.cast(item, &types::BYTE)?.base() {
                    Value::Byte(b) => buffer.push(*b),
                    _ => continue,
                }
                continue;
            }
            if item.is_null() {
                continue;
            }
            let text = match item.base() {
                Value::String(s) => s.clone(),
                base => text::to_string(base).unwrap_or_else(|| cx.en.to_text(item)),
            };
            encoding.encode(&text.to_output(), &mut buffer);
            if newline {
                encoding.encode("\n", &mut buffer);
            }
        }
        for target in targets {
            match target {
                Target::File { path, file } => {
                    if let Err(e) = file.write_all(&buffer) {
                        cx.error(write_error(&e, path))?;
                    }
                }
                Target::Session(_, values) => values.extend_from_slice(items),
            }
        }
        Ok(())
    }
}

impl Command for WriteContent {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let value = cx.args.get("Value").cloned().unwrap_or_default();
        let items = match value.base() {
            v if v.is_null() => Vec::new(),
            Value::Array(a) => {
                // An array in the array is written element by element.
                let mut flat = Vec::with_capacity(a.len());
                for item in a.to_vec() {
                    match item.base() {
                        Value::Array(_) | Value::List(_) => flat.extend(cx.en.enumerate(&item)?),
                        _ => flat.push(item),
                    }
                }
                flat
            }
            _ => cx.en.enumerate(&value)?,
        };
        if cx.args.switch("PassThru") {
            cx.write_all(value)?;
        }
        self.write(cx, &items)
    }

    fn end(&mut self, cx: &mut Cx) -> Res<()> {
        for target in self.open.take().unwrap_or_default() {
            match target {
                Target::File { path, mut file } => {
                    if let Err(e) = file.flush() {
                        cx.error(write_error(&e, &path))?;
                    }
                }
                Target::Session(place, values) => {
                    let value = match (place.area, values.len()) {
                        (Area::Env, _) => {
                            let texts: Vec<String> =
                                values.iter().map(|v| cx.en.to_text(v).as_str().to_owned()).collect();
                            Value::from(texts.join("\n"))
                        }
                        _ => Value::from_results(values).or_null(),
                    };
                    session_drive::set(cx.en, place.area, &place.path, value)?;
                }
            }
        }
        Ok(())
    }
}

/// The open file and whether it is new (or emptied).
fn open_file(path: &str, append: bool) -> io::Result<(std::fs::File, bool)> {
    let mut options = std::fs::OpenOptions::new();
    options.create(true);
    if append {
        options.append(true)
    } else {
        options.write(true).truncate(true)
    };
    let file = options.open(path)?;
    let fresh = file.metadata().is_ok_and(|m| m.len() == 0);
    Ok((file, fresh))
}

/// What a failed write is to scripts.
pub fn write_error(error: &io::Error, path: &str) -> ErrorRecord {
    let (ty, message) = exception(error, path);
    let (id, category) = match ty {
        "System.IO.DirectoryNotFoundException" => {
            ("GetContentWriterDirectoryNotFoundError", ErrorCategory::ObjectNotFound)
        }
        "System.UnauthorizedAccessException" => {
            ("GetContentWriterUnauthorizedAccessError", ErrorCategory::PermissionDenied)
        }
        _ => ("GetContentWriterIOError", ErrorCategory::WriteError),
    };
    ErrorRecord::new(ty, message, id, category).with_target(Value::str(path))
}

#[derive(Default)]
pub struct ClearContent;

impl Command for ClearContent {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let force = cx.args.switch("Force");
        for place in existing(cx, force)? {
            if !cx.should_process(&format!("Item: {}", place.shown()), "Clear Content")? {
                continue;
            }
            if place.area != Area::File {
                session_drive::set(cx.en, place.area, &place.path, Value::Null)?;
                continue;
            }
            if let Err(e) = std::fs::File::create(&place.path) {
                cx.error(write_error(&e, &place.path))?;
            }
        }
        Ok(())
    }
}
