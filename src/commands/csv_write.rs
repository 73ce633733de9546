//! ConvertTo-Csv and Export-Csv.
use crate::csv_read::delimiter;
use crate::encoding::Encoding;
use crate::place;
use crate::{file_system, input, texts};
use dialtone_engine::Engine;
use dialtone_engine::command::{Command, Cx};
use dialtone_object::*;
use std::io::Write;
use std::rc::Rc;

#[derive(Clone, Copy, PartialEq, Eq, Default)]
enum Quotes {
    #[default]
    Always,
    AsNeeded,
    Never,
}

/// Turns objects into lines; the first object decides the columns.
#[derive(Default)]
struct Lines {
    delimiter: char,
    quotes: Quotes,
    /// Columns that are quoted; none means by `quotes`.
    fields: Option<Vec<PsString>>,
    columns: Option<Rc<[PsString]>>,
    /// Shape of the last row and the place of each column in it.
    layout: Option<(Rc<Shape>, Vec<Option<usize>>)>,
}

impl Lines {
    fn of(cx: &mut Cx) -> Res<Lines> {
        if cx.args.is_bound("QuoteFields") && cx.args.is_bound("UseQuotes") {
            let text = "You must specify either the -UseQuotes or -QuoteFields parameters, but not both.";
            return Err(cx.fail(ErrorRecord::new(
                "System.InvalidOperationException",
                text,
                "CannotSpecifyQuoteFieldsAndUseQuotes",
                ErrorCategory::InvalidData,
            )));
        }
        let quotes = match cx.args.get("UseQuotes").cloned().map(|v| cx.en.to_text(&v)).as_deref() {
            Some("Never") => Quotes::Never,
            Some("AsNeeded") => Quotes::AsNeeded,
            _ => Quotes::Always,
        };
        let fields = cx.args.is_bound("QuoteFields").then(|| texts(cx, "QuoteFields"));
        Ok(Lines { delimiter: delimiter(cx), quotes, fields, ..Lines::default() })
    }

    fn quoted(&self, column: &str, text: &str) -> bool {
        match &self.fields {
            Some(fields) => fields.iter().any(|f| string::eq_ignore_case(f, column)),
            None => match self.quotes {
                Quotes::Always => true,
                Quotes::Never => false,
                Quotes::AsNeeded => text.contains(self.delimiter) || text.contains(['"', '\n', '\r']),
            },
        }
    }

    fn field(&self, column: &str, text: &str, line: &mut String) {
        if !self.quoted(column, text) {
            return line.push_str(text);
        }
        line.push('"');
        if text.contains('"') {
            line.push_str(&text.replace('"', "\"\""));
        } else {
            line.push_str(text);
        }
        line.push('"');
    }

    fn header(&self) -> String {
        let mut line = String::new();
        for (at, name) in self.columns.iter().flat_map(|c| c.iter()).enumerate() {
            if at > 0 {
                line.push(self.delimiter);
            }
            self.field(name, name, &mut line);
        }
        line
    }

    fn row(&mut self, en: &mut Engine, object: &Value, line: &mut String) -> Res<()> {
        let columns = self.columns.clone().unwrap_or_default();
        let places = self.places(object, &columns);
        for (at, column) in columns.iter().enumerate() {
            if at > 0 {
                line.push(self.delimiter);
            }
            let value = match (&places, object) {
                (Some(places), Value::Custom(o)) => places[at].and_then(|p| o.value_at(p)),
                _ => member(en, object, column)?,
            };
            match value.as_ref() {
                None => {}
                Some(v) if v.is_null() => {}
                Some(Value::String(s)) => self.field(column, &s.to_output(), line),
                Some(v) => {
                    let text = cell_text(en, v)?;
                    self.field(column, &text.to_output(), line);
                }
            }
        }
        Ok(())
    }

    /// Where the columns are among the values of an object of plain properties.
    fn places(&mut self, object: &Value, columns: &[PsString]) -> Option<Vec<Option<usize>>> {
        let Value::Custom(o) = object else { return None };
        if o.members.borrow().as_ref().is_some_and(|m| !m.list.is_empty()) {
            return None;
        }
        let shape = o.shape();
        if let Some((known, places)) = &self.layout
            && Rc::ptr_eq(known, &shape)
        {
            return Some(places.clone());
        }
        let places: Vec<_> = columns.iter().map(|c| shape.find(c)).collect();
        self.layout = Some((shape, places.clone()));
        Some(places)
    }
}

fn member(en: &mut Engine, object: &Value, name: &str) -> Res<Option<Value>> {
    match object.base() {
        Value::Dict(d) => Ok(d.get_str(name)),
        // A property that fails counts as missing.
        _ => match access::get_member(en, object, name) {
            Ok(found) => Ok(found),
            Err(flow) if flow.error().is_some() => Ok(None),
            Err(flow) => Err(flow),
        },
    }
}

/// A cell's text: `ToString()` in the current culture.
fn cell_text(en: &mut Engine, value: &Value) -> Res<PsString> {
    match value.base() {
        Value::Int(_) | Value::Long(_) | Value::Bool(_) | Value::String(_) | Value::Custom(_) => Ok(en.to_text(value)),
        Value::Array(_) | Value::List(_) | Value::Dict(_) => Ok(text::type_text(types::type_of(value)).into()),
        _ => match en.call_method(value, "ToString", &[]) {
            Ok(text) => Ok(en.to_text(&text)),
            Err(flow) if flow.error().is_some() => Ok("".into()),
            Err(flow) => Err(flow),
        },
    }
}

/// Names of the columns that an object makes.
fn columns_of(en: &mut Engine, object: &Value) -> Rc<[PsString]> {
    match object.base() {
        Value::Dict(d) => d.pairs().iter().map(|(k, _)| en.to_text(k)).collect(),
        _ => en.properties(object).into_iter().map(|(name, _)| name).collect(),
    }
}

fn type_line(en: &mut Engine, object: &Value) -> String {
    let name = en.type_names(object).into_iter().next().unwrap_or_default();
    let name = name.strip_prefix("CSV:").map_or(name.clone(), PsString::from);
    format!("#TYPE {name}")
}

fn type_wanted(cx: &Cx) -> bool {
    cx.args.switch("IncludeTypeInformation")
}

/// "You must specify either the -Path or -LiteralPath parameters, but not both."
pub fn path_or_literal(cx: &mut Cx) -> Flow {
    cx.fail(ErrorRecord::new(
        "System.InvalidOperationException",
        "You must specify either the -Path or -LiteralPath parameters, but not both.",
        "CannotSpecifyPathAndLiteralPath",
        ErrorCategory::InvalidData,
    ))
}

fn both_type_switches(cx: &mut Cx) -> Res<()> {
    if cx.args.switch("IncludeTypeInformation") && cx.args.switch("NoTypeInformation") {
        let text =
            "You must specify either the -IncludeTypeInformation or -NoTypeInformation parameters, but not both.";
        return Err(cx.fail(ErrorRecord::new(
            "System.InvalidOperationException",
            text,
            "CannotSpecifyIncludeTypeInformationAndNoTypeInformation",
            ErrorCategory::InvalidData,
        )));
    }
    Ok(())
}

#[derive(Default)]
pub struct ConvertToCsv {
    lines: Lines,
}

impl Command for ConvertToCsv {
    fn begin(&mut self, cx: &mut Cx) -> Res<()> {
        both_type_switches(cx)?;
        self.lines = Lines::of(cx)?;
        Ok(())
    }
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let Some(object) = input(cx).filter(|o| !o.is_null()) else { return Ok(()) };
        if self.lines.columns.is_none() {
            self.lines.columns = Some(columns_of(cx.en, &object));
            if type_wanted(cx) {
                let line = type_line(cx.en, &object);
                cx.write(Value::from(line))?;
            }
            let header = self.lines.header();
            if !cx.args.switch("NoHeader") && !header.is_empty() {
                cx.write(Value::from(header))?;
            }
        }
        let mut line = String::new();
        self.lines.row(cx.en, &object, &mut line)?;
        // A row without any text is no row.
        if line.is_empty() { Ok(()) } else { cx.write(Value::from(line)) }
    }
}

#[derive(Default)]
pub struct ExportCsv {
    lines: Lines,
    file: Option<std::io::BufWriter<std::fs::File>>,
    path: String,
    /// The path as it was given, for messages.
    given_name: String,
    encoding: Option<Encoding>,
    /// Nothing is to be written (-WhatIf).
    off: bool,
    buffer: Vec<u8>,
}

impl Command for ExportCsv {
    fn begin(&mut self, cx: &mut Cx) -> Res<()> {
        both_type_switches(cx)?;
        self.lines = Lines::of(cx)?;
        let literal = cx.args.is_bound("LiteralPath");
        if cx.args.is_bound("Path") == literal {
            return Err(path_or_literal(cx));
        }
        let given = cx.args.text(if literal { "LiteralPath" } else { "Path" }).unwrap_or_default();
        let place = place::locate(cx.en, &given).map_err(|e| cx.fail(e))?;
        self.path = place.path;
        if !cx.should_process(&self.path, "Export-Csv")? {
            self.off = true;
            return Ok(());
        }
        self.open(cx, &given)
    }

    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let Some(object) = input(cx).filter(|o| !o.is_null()) else { return Ok(()) };
        if self.off {
            return Ok(());
        }
        let append = cx.args.switch("Append");
        let appending = append && self.lines.columns.is_some();
        if self.lines.columns.is_none() {
            self.lines.columns = Some(columns_of(cx.en, &object));
            let mut head = String::new();
            if type_wanted(cx) {
                head = format!("{}\n", type_line(cx.en, &object));
            }
            if !cx.args.switch("NoHeader") {
                head.push_str(&self.lines.header());
                head.push('\n');
            }
            self.put(&head);
        }
        if appending && !cx.args.switch("Force") && !self.fits(cx, &object)? {
            return Ok(());
        }
        let mut line = String::new();
        self.lines.row(cx.en, &object, &mut line)?;
        line.push('\n');
        self.put(&line);
        self.flush(cx, 1 << 16)
    }

    fn end(&mut self, cx: &mut Cx) -> Res<()> {
        self.flush(cx, 0)
    }
}

impl ExportCsv {
    fn open(&mut self, cx: &mut Cx, given: &str) -> Res<()> {
        let encoding = Encoding::of(cx)?;
        let append = cx.args.switch("Append");
        let exists = std::path::Path::new(&self.path).exists();
        if exists && cx.args.switch("NoClobber") && !append {
            let text = format!("The file '{}' already exists.", self.path);
            let error = ErrorRecord::new("System.IO.IOException", text, "NoClobber", ErrorCategory::ResourceExists);
            return Err(cx.fail(error.with_target(Value::str(&self.path))));
        }
        if append && exists {
            self.read_columns(given);
        }
        let mut options = std::fs::OpenOptions::new();
        options.create(true);
        if append {
            options.append(true)
        } else {
            options.write(true).truncate(true)
        };
        let file = options.open(&self.path).map_err(|e| cx.fail(file_system::open_failure(&e, &self.path)))?;
        if file.metadata().is_ok_and(|m| m.len() == 0) {
            self.buffer.extend_from_slice(encoding.mark());
        }
        self.file = Some(std::io::BufWriter::new(file));
        self.encoding = Some(encoding);
        Ok(())
    }

    /// The columns of the file that is appended to.
    fn read_columns(&mut self, given: &str) {
        let Ok(bytes) = std::fs::read(&self.path) else { return };
        let text = Encoding::Utf8.decode(&bytes);
        let columns = crate::csv_read::header_of(&text, self.lines.delimiter);
        self.given_name = given.to_owned();
        if !columns.is_empty() {
            self.lines.columns = Some(columns.into());
        }
    }

    /// Reports the first column that an appended object does not have.
    fn fits(&self, cx: &mut Cx, object: &Value) -> Res<bool> {
        for column in self.lines.columns.clone().unwrap_or_default().iter() {
            if member(cx.en, object, column)?.is_some() {
                continue;
            }
            let text = format!(
                "Cannot append CSV content to the following file: {}. The appended object does not have a property that corresponds to the following column: {column}. To continue with mismatched properties, add the -Force parameter, and then retry the command.",
                self.given_name
            );
            let error = ErrorRecord::new(
                "System.InvalidOperationException",
                text,
                "CannotAppendCsvWithMismatchedPropertyNames",
                ErrorCategory::InvalidData,
            );
            return Err(cx.fail(error.with_target(Value::String(column.clone()))));
        }
        Ok(true)
    }

    fn put(&mut self, text: &str) {
        self.encoding.unwrap_or(Encoding::Utf8).encode(text, &mut self.buffer);
    }
    /// Writes what is buffered once it is more than `limit` bytes.
    fn flush(&mut self, cx: &mut Cx, limit: usize) -> Res<()> {
        let Some(file) = &mut self.file else { return Ok(()) };
        if self.buffer.len() < limit {
            return Ok(());
        }
        let result = file.write_all(&self.buffer).and_then(|()| file.flush());
        self.buffer.clear();
        result.map_err(|e| cx.fail(file_system::open_failure(&e, &self.path)))
    }
}
