//! ConvertFrom-Csv and Import-Csv. The reading rules are PowerShell's own lenient ones: blanks around quotes are
//! dropped, a quote inside a word is text, what follows a closing quote is added to the field.
use crate::encoding::Encoding;
use crate::path_commands::places;
use crate::{file_system, texts};
use dialtone_engine::command::{Command, Cx};
use dialtone_object::*;
use std::rc::Rc;

/// Reads records from one text.
struct Reader<'a> {
    text: &'a str,
    at: usize,
    delimiter: char,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str, delimiter: char) -> Reader<'a> {
        Reader { text, at: 0, delimiter }
    }
    fn next(&mut self) -> Option<char> {
        let c = self.text[self.at..].chars().next()?;
        self.at += c.len_utf8();
        Some(c)
    }
    /// The text of a line end that begins with `c`.
    fn newline(&mut self, c: char) -> Option<&'static str> {
        match c {
            '\n' => Some("\n"),
            '\r' if self.text[self.at..].starts_with('\n') => {
                self.at += 1;
                Some("\r\n")
            }
            '\r' => Some("\r"),
            _ => None,
        }
    }

    /// The fields of the next record; empty at the end of the text.
    fn record(&mut self, fields: &mut Vec<PsString>) {
        fields.clear();
        let mut word = String::new();
        let mut quoted = false;
        loop {
            if !quoted && word.is_empty() {
                // The plain field, taken whole: most fields are one.
                let rest = &self.text[self.at..];
                let special = |c: char| c == self.delimiter || matches!(c, '"' | ' ' | '\t' | '\n' | '\r');
                let end = rest.find(special).unwrap_or(rest.len());
                if end > 0 && rest[end..].starts_with(self.delimiter) {
                    fields.push(rest[..end].into());
                    self.at += end + self.delimiter.len_utf8();
                    continue;
                }
                word.push_str(&rest[..end]);
                self.at += end;
            }
            let Some(c) = self.next() else { break };
            if c == self.delimiter {
                if quoted {
                    word.push(c);
                } else {
                    fields.push(std::mem::take(&mut word).into());
                }
            } else if c == '"' {
                if quoted {
                    if self.text[self.at..].starts_with('"') {
                        self.at += 1;
                        word.push('"');
                    } else {
                        quoted = false;
                        let end = self.till_delimiter(&mut word, true);
                        fields.push(std::mem::take(&mut word).into());
                        if end {
                            return;
                        }
                    }
                } else if word.is_empty() {
                    quoted = true;
                } else {
                    word.push(c);
                    let end = self.till_delimiter(&mut word, false);
                    fields.push(std::mem::take(&mut word).into());
                    if end {
                        return;
                    }
                }
            } else if (c == ' ' || c == '\t') && !quoted {
                if word.is_empty() {
                    continue;
                }
                word.push(c);
                let end = self.till_delimiter(&mut word, true);
                fields.push(std::mem::take(&mut word).into());
                if end {
                    return;
                }
            } else if let Some(newline) = self.newline(c) {
                if quoted {
                    word.push_str(newline);
                } else {
                    fields.push(word.into());
                    return;
                }
            } else {
                word.push(c);
                if quoted {
                    // The rest of a quoted field up to its next quote.
                    let rest = &self.text[self.at..];
                    let end = rest.find('"').unwrap_or(rest.len());
                    word.push_str(&rest[..end]);
                    self.at += end;
                }
            }
        }
        if !word.is_empty() {
            fields.push(word.into());
        }
    }

    /// Takes everything up to the next delimiter or line end; true at the end of the record.
    fn till_delimiter(&mut self, word: &mut String, eat_blanks: bool) -> bool {
        let start = self.at;
        let (mut end_of_record, mut end) = (false, self.at);
        loop {
            let Some(c) = self.next() else {
                end_of_record = true;
                break;
            };
            if c == self.delimiter {
                break;
            }
            if self.newline(c).is_some() {
                end_of_record = true;
                break;
            }
            end = self.at;
        }
        let taken = &self.text[start..end];
        if !(eat_blanks && taken.chars().all(|c| c == ' ' || c == '\t')) {
            word.push_str(taken);
        }
        end_of_record
    }
}

/// What is known of the table so far: it lives over all strings of one ConvertFrom-Csv.
#[derive(Default)]
struct Table {
    shape: Option<Rc<Shape>>,
    type_name: Option<PsString>,
    type_read: bool,
    /// Names given with -Header.
    header: Option<Vec<PsString>>,
}

impl Table {
    fn of(cx: &mut Cx) -> Table {
        let header = cx.args.is_bound("Header").then(|| texts(cx, "Header"));
        Table { header, ..Table::default() }
    }

    fn read(&mut self, cx: &mut Cx, text: &str, delimiter: char) -> Res<()> {
        let mut reader = Reader::new(text, delimiter);
        let mut fields = Vec::new();
        if self.shape.is_none() && !self.read_header(cx, &mut reader, &mut fields)? {
            return Ok(());
        }
        let Some(shape) = self.shape.clone() else { return Ok(()) };
        let columns = shape.names.len();
        loop {
            reader.record(&mut fields);
            match fields.as_slice() {
                [] => return Ok(()),
                [one] if one.is_empty() => continue,
                _ => {}
            }
            let mut values: Vec<Value> = fields.drain(..).take(columns).map(Value::String).collect();
            values.resize(columns, Value::Null);
            let mut row = PSObject::new(shape.clone(), values);
            if let Some(name) = &self.type_name {
                row = row.with_type(name);
                let names = vec![name.clone(), format!("CSV:{name}").into()];
                row.members.borrow_mut().get_or_insert_default().type_names = Some(Rc::new(names));
            }
            cx.write(Value::Custom(Rc::new(row)))?;
        }
    }

    /// Reads the type line and the names; false when the text ends before the names.
    fn read_header(&mut self, cx: &mut Cx, reader: &mut Reader, fields: &mut Vec<PsString>) -> Res<bool> {
        if !self.type_read {
            self.type_read = true;
            let text = reader.text.strip_prefix('\u{FEFF}').unwrap_or(reader.text);
            if text.get(..5).is_some_and(|t| t.eq_ignore_ascii_case("#type")) {
                let line = text.lines().next().unwrap_or_default();
                self.type_name = Some(line[5..].trim().into()).filter(|n: &PsString| !n.is_empty());
                fields.clear();
                reader.at = reader.text.find('\n').map_or(reader.text.len(), |at| at + 1);
            }
        }
        let mut names = match self.header.take() {
            Some(names) => {
                // Lines of comment in front of the data are no data.
                while reader.text[reader.at..].starts_with('#') {
                    reader.at = reader.text[reader.at..].find('\n').map_or(reader.text.len(), |n| reader.at + n + 1);
                }
                names
            }
            None => loop {
                reader.record(fields);
                if fields.is_empty() {
                    return Ok(false);
                }
                while fields.len() > 1 && fields.last().is_some_and(|f| f.is_empty()) {
                    fields.pop();
                }
                match fields.first().map(|f| f.as_str().to_owned()) {
                    Some(first) if first.starts_with("#Fields: ") => {
                        fields[0] = first[9..].into();
                        break std::mem::take(fields);
                    }
                    Some(first) if first.starts_with('#') => continue,
                    Some(first) if first.is_empty() && fields.len() == 1 => return Ok(false),
                    _ => break std::mem::take(fields),
                }
            },
        };
        let mut missing = 0;
        for name in &mut names {
            if name.is_empty() {
                missing += 1;
                *name = format!("H{missing}").into();
            }
        }
        if missing > 0 {
            cx.warn("One or more headers were not specified. Default names starting with \"H\" have been used in place of any missing headers.")?;
        }
        for (at, name) in names.iter().enumerate() {
            if names[..at].iter().any(|n| string::eq_ignore_case(n, name)) {
                return Err(cx.fail(ErrorRecord::new(
                    "System.Management.Automation.ExtendedTypeSystemException",
                    format!("The member \"{name}\" is already present."),
                    "AlreadyPresentPSMemberInfoInternalCollectionAdd",
                    ErrorCategory::NotSpecified,
                )));
            }
        }
        self.shape = Some(Shape::new(names));
        Ok(true)
    }
}

/// The names in the first line of a table.
pub fn header_of(text: &str, delimiter: char) -> Vec<PsString> {
    let mut reader = Reader::new(text, delimiter);
    let mut fields = Vec::new();
    loop {
        reader.record(&mut fields);
        if !fields.first().is_some_and(|f| f.starts_with('#')) {
            return fields;
        }
    }
}

/// The delimiter asked for; `,` otherwise.
pub fn delimiter(cx: &mut Cx) -> char {
    match cx.args.get("Delimiter").map(Value::base) {
        Some(Value::Char(c)) => string::char_from_unit(*c),
        _ => ',',
    }
}

#[derive(Default)]
pub struct ConvertFromCsv {
    table: Option<Table>,
}

impl Command for ConvertFromCsv {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let delimiter = delimiter(cx);
        let mut table = match self.table.take() {
            Some(table) => table,
            None => Table::of(cx),
        };
        for text in texts(cx, "InputObject") {
            table.read(cx, &text, delimiter)?;
        }
        self.table = Some(table);
        Ok(())
    }
}

#[derive(Default)]
pub struct ImportCsv;

impl Command for ImportCsv {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        if cx.args.is_bound("Path") == cx.args.is_bound("LiteralPath") {
            return Err(crate::csv_write::path_or_literal(cx));
        }
        let delimiter = delimiter(cx);
        let encoding = Encoding::of(cx)?;
        for (text, found) in places(cx, true)? {
            if found.is_empty() {
                let path = cx.en.resolve_path(&text);
                let missing = std::io::Error::from(std::io::ErrorKind::NotFound);
                cx.error(file_system::open_failure(&missing, &path))?;
            }
            for place in found {
                match std::fs::read(&place.path) {
                    Ok(bytes) => {
                        let text = encoding.decode(&bytes);
                        Table::of(cx).read(cx, &text, delimiter)?;
                    }
                    Err(e) => cx.error(file_system::open_failure(&e, &place.path))?,
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Reader;

    fn fields(text: &str) -> Vec<String> {
        let mut out = Vec::new();
        Reader::new(text, ',').record(&mut out);
        out.iter().map(|f| f.as_str().to_owned()).collect()
    }

    #[test]
    fn lenient_fields() {
        assert_eq!(fields("1,ann,x\n"), ["1", "ann", "x"]);
        assert_eq!(fields("\"x\"y,2"), ["xy", "2"]);
        assert_eq!(fields("p\"q,3"), ["p\"q", "3"]);
        assert_eq!(fields(" x ,\"  y  \", \"z\"\n"), ["x ", "  y  ", "z"]);
        assert_eq!(fields(",,"), ["", ""]);
        assert_eq!(fields(",,\n"), ["", "", ""]);
        assert_eq!(fields("1,\"first\nsecond\"\nx"), ["1", "first\nsecond"]);
    }
}
