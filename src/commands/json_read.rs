//! ConvertFrom-Json and Test-Json. The reader takes what Newtonsoft's does (comments, single quotes, bare names, trailing
//! commas, input that ends early after a value) and fails with its messages; objects of one kind share their shape.
use crate::texts;
use dialtone_engine::command::{Command, Cx};
use dialtone_object::*;
use std::rc::Rc;

/// How objects and dates are made.
#[derive(Clone, Copy)]
pub struct Options {
    pub as_hashtable: bool,
    pub dates: Dates,
    pub depth: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Dates {
    /// As written: UTC, local for an offset, unspecified without one.
    Default,
    Local,
    Utc,
    Offset,
    String,
}

impl Default for Options {
    fn default() -> Self {
        Options { as_hashtable: false, dates: Dates::Default, depth: 1024 }
    }
}

/// Why a text is no JSON.
pub enum Failure {
    /// Newtonsoft's message with its path and position.
    Syntax(String),
    /// PowerShell's own errors: id and message.
    Keys(&'static str, String),
}

impl Failure {
    pub fn record(self) -> ErrorRecord {
        match self {
            Failure::Syntax(text) => ErrorRecord::new(
                "System.ArgumentException",
                format!("Conversion from JSON failed with error: {text}"),
                "System.ArgumentException",
                ErrorCategory::NotSpecified,
            ),
            Failure::Keys(id, text) => {
                ErrorRecord::new("System.InvalidOperationException", text, id, ErrorCategory::InvalidOperation)
            }
        }
    }
}

type Parsed<T> = Result<T, Failure>;

/// A step of the path that messages show.
enum Step {
    Name(PsString),
    Index(usize),
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    options: Options,
    path: Vec<Step>,
    /// Shapes of the objects made so far, newest last: what comes next is mostly like one of them.
    shapes: Vec<Rc<Shape>>,
    started: bool,
}

/// The value of a JSON text; none when it holds nothing but blanks and comments.
pub fn parse(text: &str, options: Options) -> Parsed<Value> {
    let mut reader = Reader { text, at: 0, options, path: Vec::new(), shapes: Vec::new(), started: false };
    reader.skip()?;
    if reader.peek().is_none() {
        return Ok(Value::Null);
    }
    let value = reader.value()?;
    reader.skip()?;
    match reader.peek() {
        None => Ok(value),
        Some(c) => Err(reader.fail(&format!("Additional text encountered after finished reading JSON content: {c}."))),
    }
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        match self.text.as_bytes().get(self.at) {
            Some(b) if b.is_ascii() => Some(char::from(*b)),
            Some(_) => self.text[self.at..].chars().next(),
            None => None,
        }
    }
    fn eat(&mut self, c: char) -> bool {
        let hit = self.peek() == Some(c);
        if hit {
            self.at += c.len_utf8();
        }
        hit
    }

    /// Skips blanks and comments.
    fn skip(&mut self) -> Parsed<()> {
        loop {
            match self.text.as_bytes().get(self.at) {
                Some(b' ' | b'\t' | b'\n' | b'\r') => self.at += 1,
                Some(b'/') => {
                    let rest = &self.text[self.at..];
                    if rest.starts_with("//") {
                        self.at += rest.find('\n').unwrap_or(rest.len());
                    } else if rest.starts_with("/*") {
                        match rest.find("*/") {
                            Some(end) => self.at += end + 2,
                            None => return Err(self.fail("Unexpected end while parsing comment.")),
                        }
                    } else {
                        return Ok(());
                    }
                }
                Some(b) if !b.is_ascii() && self.peek().is_some_and(char::is_whitespace) => {
                    self.at += self.peek().map_or(1, char::len_utf8);
                }
                _ => return Ok(()),
            }
        }
    }

    fn path_text(&self) -> String {
        let mut out = String::new();
        for step in &self.path {
            match step {
                Step::Index(n) => out.push_str(&format!("[{n}]")),
                Step::Name(n) if n.contains(['.', ' ', '[', ']', '\'', '(', ')']) => {
                    out.push_str(&format!("['{}']", n.replace('\'', "\\'")));
                }
                Step::Name(n) => {
                    if !out.is_empty() {
                        out.push('.');
                    }
                    out.push_str(n);
                }
            }
        }
        out
    }
    /// A message with path and position; the position counts UTF-16 units from the line's start.
    fn fail(&self, message: &str) -> Failure {
        let (line, column) = if self.started {
            let before = &self.text[..self.at.min(self.text.len())];
            let start = before.rfind('\n').map_or(0, |at| at + 1);
            (before.matches('\n').count() + 1, before[start..].encode_utf16().count())
        } else {
            (0, 0)
        };
        Failure::Syntax(format!("{message} Path '{}', line {line}, position {column}.", self.path_text()))
    }

    fn value(&mut self) -> Parsed<Value> {
        let Some(c) = self.peek() else {
            return Err(Failure::Syntax(format!("Unexpected end when reading token. Path '{}'.", self.path_text())));
        };
        match c {
            '{' => {
                self.started = true;
                self.object()
            }
            '[' => {
                self.started = true;
                self.array()
            }
            '"' | '\'' => {
                self.started = true;
                let text = self.string(c)?;
                Ok(self.date(&text).unwrap_or(Value::String(text)))
            }
            '-' | '+' | '.' | '0'..='9' => self.number(),
            _ => self.word(),
        }
    }

    fn word(&mut self) -> Parsed<Value> {
        const WORDS: [(&str, Value); 6] = [
            ("true", Value::Bool(true)),
            ("false", Value::Bool(false)),
            ("null", Value::Null),
            ("undefined", Value::Null),
            ("NaN", Value::Double(f64::NAN)),
            ("Infinity", Value::Double(f64::INFINITY)),
        ];
        let rest = &self.text[self.at..];
        for (word, value) in WORDS {
            if rest.starts_with(word) {
                self.at += word.len();
                self.started = true;
                return Ok(value);
            }
        }
        let c = self.peek().unwrap_or('\0');
        Err(self.fail(&format!("Unexpected character encountered while parsing value: {c}.")))
    }

    fn number(&mut self) -> Parsed<Value> {
        let rest = &self.text[self.at..];
        if rest.starts_with("-Infinity") {
            self.at += 9;
            self.started = true;
            return Ok(Value::Double(f64::NEG_INFINITY));
        }
        let end =
            rest.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '+' | '.'))).unwrap_or(rest.len());
        let text = &rest[..end];
        let value = number_value(text);
        let Some(value) = value else {
            return Err(self.fail(&format!("Input string '{text}' is not a valid number.")));
        };
        self.at += end;
        self.started = true;
        Ok(value)
    }

    /// A quoted text; the quote stands at the current place.
    fn string(&mut self, quote: char) -> Parsed<PsString> {
        self.at += 1;
        let start = self.at;
        let bytes = self.text.as_bytes();
        while let Some(b) = bytes.get(self.at) {
            if *b == quote as u8 {
                let text = PsString::new(&self.text[start..self.at]);
                self.at += 1;
                return Ok(text);
            }
            if *b == b'\\' {
                return self.escaped(quote, start);
            }
            self.at += 1;
        }
        Err(self.fail(&format!("Unterminated string. Expected delimiter: {quote}.")))
    }

    fn escaped(&mut self, quote: char, start: usize) -> Parsed<PsString> {
        // Collected as UTF-16: escapes may make half of a pair each.
        let mut units: Vec<u16> = self.text[start..self.at].encode_utf16().collect();
        loop {
            let Some(c) = self.peek() else {
                return Err(self.fail(&format!("Unterminated string. Expected delimiter: {quote}.")));
            };
            self.at += c.len_utf8();
            if c == quote {
                return Ok(PsString::from_units(&units));
            }
            if c != '\\' {
                let mut buffer = [0; 2];
                units.extend_from_slice(c.encode_utf16(&mut buffer));
                continue;
            }
            let Some(kind) = self.peek() else {
                return Err(self.fail(&format!("Unterminated string. Expected delimiter: {quote}.")));
            };
            self.at += kind.len_utf8();
            units.push(match kind {
                'b' => 8,
                't' => 9,
                'n' => 10,
                'f' => 12,
                'r' => 13,
                '"' | '\'' | '\\' | '/' => kind as u16,
                'u' => {
                    let hex = self.text.get(self.at..self.at + 4).and_then(|h| u16::from_str_radix(h, 16).ok());
                    let Some(unit) = hex else {
                        return Err(self.fail("Unexpected end while parsing Unicode escape sequence."));
                    };
                    self.at += 4;
                    unit
                }
                other => return Err(self.fail(&format!("Bad JSON escape sequence: \\{other}."))),
            });
        }
    }

    fn deeper(&self) -> Parsed<()> {
        if self.path.len() >= self.options.depth {
            let text = format!("The reader's MaxDepth of {} has been exceeded.", self.options.depth);
            return Err(self.fail(&text));
        }
        Ok(())
    }

    fn array(&mut self) -> Parsed<Value> {
        self.deeper()?;
        self.at += 1;
        let mut items = Vec::new();
        loop {
            self.skip()?;
            match self.peek() {
                Some(']') => {
                    self.at += 1;
                    return Ok(Value::array(items));
                }
                Some(',') => {
                    // A missing element is undefined.
                    self.at += 1;
                    items.push(Value::Null);
                    continue;
                }
                _ => {}
            }
            self.path.push(Step::Index(items.len()));
            if self.peek().is_none() {
                self.path.pop();
            }
            items.push(self.value()?);
            self.skip()?;
            match self.peek() {
                Some(',') => self.at += 1,
                Some(']') | None => {}
                Some(c) => return Err(self.after_value(c)),
            }
            self.path.pop();
            if self.peek().is_none() {
                return Ok(Value::array(items));
            }
        }
    }

    fn after_value(&self, c: char) -> Failure {
        self.fail(&format!("After parsing a value an unexpected character was encountered: {c}."))
    }

    fn object(&mut self) -> Parsed<Value> {
        self.deeper()?;
        self.at += 1;
        let guess = self.shapes.last().cloned();
        let (mut names, mut values): (Vec<PsString>, Vec<Value>) = (Vec::new(), Vec::new());
        loop {
            self.skip()?;
            match self.peek() {
                Some('}') => {
                    self.at += 1;
                    break;
                }
                None => return Err(self.fail("Unexpected end when reading JSON.")),
                _ => {}
            }
            let name = self.name(guess.as_ref().and_then(|s| s.names.get(names.len())))?;
            self.path.push(Step::Name(name.clone()));
            self.skip()?;
            if !self.eat(':') {
                self.path.pop();
                let c = self.peek().unwrap_or('\0');
                let text = format!("Invalid character after parsing property name. Expected ':' but got: {c}.");
                return Err(self.fail(&text));
            }
            self.skip()?;
            let value = self.value()?;
            self.skip()?;
            match self.peek() {
                Some(',') => self.at += 1,
                Some('}') | None => {}
                Some(c) => return Err(self.after_value(c)),
            }
            self.path.pop();
            self.keep(&mut names, &mut values, name, value)?;
            if self.peek().is_none() {
                break;
            }
        }
        Ok(self.made(names, values))
    }

    fn keep(&self, names: &mut Vec<PsString>, values: &mut Vec<Value>, name: PsString, value: Value) -> Parsed<()> {
        if self.options.as_hashtable {
            names.push(name);
            values.push(value);
            return Ok(());
        }
        if name.is_empty() {
            let text = "The provided JSON includes a property whose name is an empty string, this is only supported using the -AsHashTable switch.";
            return Err(Failure::Keys("EmptyKeyInJsonString", text.into()));
        }
        match names.iter().position(|n| string::eq_ignore_case(n, &name)) {
            Some(at) if names[at] == name => values[at] = value,
            Some(at) => {
                let text = format!(
                    "Cannot convert the JSON string because it contains keys with different casing. Please use the -AsHashTable switch instead. The key that was attempted to be added to the existing key '{}' was '{name}'.",
                    names[at]
                );
                return Err(Failure::Keys("KeysWithDifferentCasingInJsonString", text));
            }
            None => {
                names.push(name);
                values.push(value);
            }
        }
        Ok(())
    }

    /// A property name: quoted, or bare. `guess` is the name at this place of the object before.
    fn name(&mut self, guess: Option<&PsString>) -> Parsed<PsString> {
        match self.peek() {
            Some(quote @ ('"' | '\'')) => {
                if let Some(guess) = guess {
                    let end = self.at + 1 + guess.as_str().len();
                    let bytes = self.text.as_bytes();
                    if bytes.get(end) == Some(&(quote as u8))
                        && bytes.get(self.at + 1..end) == Some(guess.as_str().as_bytes())
                        && !guess.contains('\\')
                    {
                        self.at = end + 1;
                        return Ok(guess.clone());
                    }
                }
                self.string(quote)
            }
            Some(c) if c.is_alphanumeric() || c == '_' || c == '$' => {
                let rest = &self.text[self.at..];
                let end = rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '$'))).unwrap_or(rest.len());
                self.at += end;
                Ok(rest[..end].into())
            }
            c => {
                let c = c.unwrap_or('\0');
                Err(self.fail(&format!("Invalid property identifier character: {c}.")))
            }
        }
    }

    fn made(&mut self, names: Vec<PsString>, values: Vec<Value>) -> Value {
        if self.options.as_hashtable {
            let mut dict = Dict::new(Comparer::Ordinal);
            for (name, value) in names.into_iter().zip(values) {
                dict.insert(Value::String(name), value);
            }
            let table = Dictionary::of(DictKind::Hashtable, &crate::record::ORDERED_HASHTABLE, dict);
            return Value::Dict(Rc::new(table));
        }
        let known = self.shapes.iter().rev().position(|s| *s.names == *names);
        let shape = match known {
            Some(back) => {
                let at = self.shapes.len() - 1 - back;
                self.shapes[at].clone()
            }
            None => {
                let shape = Shape::new(names);
                if self.shapes.len() >= 16 {
                    self.shapes.remove(0);
                }
                self.shapes.push(shape.clone());
                shape
            }
        };
        Value::Custom(Rc::new(PSObject::new(shape, values)))
    }

    /// A text that is a point in time.
    fn date(&self, text: &PsString) -> Option<Value> {
        if self.options.dates == Dates::String || !(19..=40).contains(&text.as_str().len()) {
            return None;
        }
        crate::json_date::parse(text, self.options.dates)
    }
}

/// The number a text means: decimal, `0x` or octal whole numbers, floating point.
fn number_value(text: &str) -> Option<Value> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let signed = |n: i64| Value::Long(if negative { -n } else { n });
    if let Some(hex) = digits.strip_prefix("0x").or(digits.strip_prefix("0X")) {
        return i64::from_str_radix(hex, 16).ok().map(signed);
    }
    if digits.len() > 1 && digits.starts_with('0') && digits.bytes().all(|b| b.is_ascii_digit()) {
        return i64::from_str_radix(digits, 8).ok().map(signed);
    }
    if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) {
        return match text.parse::<i64>() {
            Ok(n) => Some(Value::Long(n)),
            Err(_) => text.parse::<num_bigint::BigInt>().ok().map(BigInteger::value),
        };
    }
    let plain = digits.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'+' | b'-'));
    if plain { text.parse::<f64>().ok().map(Value::Double) } else { None }
}

#[derive(Default)]
pub struct ConvertFromJson {
    texts: Vec<PsString>,
}

impl Command for ConvertFromJson {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        self.texts.extend(texts(cx, "InputObject"));
        Ok(())
    }
    fn end(&mut self, cx: &mut Cx) -> Res<()> {
        let dates = match cx.args.get("DateKind").cloned().map(|v| cx.en.to_text(&v)).as_deref() {
            Some("Local") => Dates::Local,
            Some("Utc") => Dates::Utc,
            Some("Offset") => Dates::Offset,
            Some("String") => Dates::String,
            _ => Dates::Default,
        };
        let depth = cx.args.is_bound("Depth").then(|| cx.args.int("Depth")).flatten().unwrap_or(1024);
        let options = Options {
            as_hashtable: cx.args.switch("AsHashtable"),
            dates,
            depth: usize::try_from(depth).unwrap_or(1024),
        };
        let texts = std::mem::take(&mut self.texts);
        if let [one] = texts.as_slice() {
            let value = self.convert(cx, one, options)?;
            return self.send(cx, value);
        }
        // Several texts: one document each when the first is one, else the lines of one document.
        let Some(first) = texts.first() else { return Ok(()) };
        match parse(first, options) {
            Ok(value) => {
                self.send(cx, value)?;
                for text in &texts[1..] {
                    let value = self.convert(cx, text, options)?;
                    self.send(cx, value)?;
                }
                Ok(())
            }
            Err(_) => {
                let lines: Vec<&str> = texts.iter().map(PsString::as_str).collect();
                let value = self.convert(cx, &lines.join("\n"), options)?;
                self.send(cx, value)
            }
        }
    }
}

impl ConvertFromJson {
    fn convert(&self, cx: &mut Cx, text: &str, options: Options) -> Res<Value> {
        parse(text, options).map_err(|failure| cx.fail(failure.record()))
    }
    fn send(&self, cx: &mut Cx, value: Value) -> Res<()> {
        if cx.args.switch("NoEnumerate") { cx.write(value) } else { cx.write_all(value) }
    }
}

/// Test-Json without a schema: true for strict JSON.
#[derive(Default)]
pub struct TestJson;

impl Command for TestJson {
    fn begin(&mut self, cx: &mut Cx) -> Res<()> {
        if cx.args.is_bound("Schema") || cx.args.is_bound("SchemaFile") {
            return Err(cx.fail(dialtone_engine::errors::unsupported("JSON schemas (Test-Json -Schema, -SchemaFile)")));
        }
        Ok(())
    }

    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let text = match cx.args.text("Json") {
            Some(text) => text,
            None => {
                let path = cx.args.text("Path").or_else(|| cx.args.text("LiteralPath")).unwrap_or_default();
                let full = cx.en.resolve_path(&path);
                match std::fs::read_to_string(&full) {
                    Ok(text) => text.into(),
                    Err(e) => return cx.error(crate::file_system::open_failure(&e, &full)),
                }
            }
        };
        let valid = match serde_json::from_str::<serde_json::Value>(&text) {
            Ok(_) => true,
            // Numbers beyond a double are valid JSON.
            Err(e) => e.to_string().starts_with("number out of range"),
        };
        if !valid {
            let error = ErrorRecord::new(
                "System.Exception",
                "Cannot parse the JSON.",
                "InvalidJson",
                ErrorCategory::InvalidData,
            );
            cx.error(error.with_target(Value::String(text)))?;
            return cx.write(Value::Bool(false));
        }
        cx.write(Value::Bool(true))
    }
}
