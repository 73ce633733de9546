//! ConvertTo-Json.
use crate::input;
use dialtone_engine::Engine;
use dialtone_engine::command::{Command, Cx};
use dialtone_object::*;
use std::fmt::Write;

#[derive(Default)]
pub struct ConvertToJson {
    items: Vec<Value>,
    piped: bool,
}

impl Command for ConvertToJson {
    fn begin(&mut self, _cx: &mut Cx) -> Res<()> {
        Ok(())
    }
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        self.piped = cx.has_input();
        self.items.extend(input(cx));
        Ok(())
    }
    fn end(&mut self, cx: &mut Cx) -> Res<()> {
        let items = std::mem::take(&mut self.items);
        if items.is_empty() {
            return Ok(());
        }
        let escape = cx.args.get("EscapeHandling").cloned().map(|v| cx.en.to_text(&v)).unwrap_or_default();
        let max = cx.args.is_bound("Depth").then(|| cx.args.int("Depth")).flatten().unwrap_or(2);
        let mut writer = Writer {
            out: String::new(),
            compress: cx.args.switch("Compress"),
            enums: cx.args.switch("EnumsAsStrings"),
            escape: match escape.as_str() {
                "EscapeNonAscii" => Escape::NonAscii,
                "EscapeHtml" => Escape::Html,
                _ => Escape::Default,
            },
            max: usize::try_from(max).unwrap_or(0),
            truncated: false,
        };
        let whole = items.len() > 1 || cx.args.switch("AsArray");
        let written = match (&items[..], whole) {
            ([one], false) => writer.value(cx.en, one, 0, self.piped),
            _ => writer.list(cx.en, &items, 0, self.piped),
        };
        written.map_err(|flow| match flow.error().cloned() {
            Some(record) => {
                cx.en.dress_error(&record, cx.inv);
                record.into()
            }
            None => flow,
        })?;
        if writer.truncated {
            let text = format!("Resulting JSON is truncated as serialization has exceeded the set depth of {max}.");
            cx.warn(&text)?;
        }
        cx.write(Value::from(writer.out))
    }
}

/// `ToString()` of .NET: collections by the name of their type.
fn dotnet_text(en: &mut Engine, value: &Value) -> String {
    match value.base() {
        Value::Array(_) | Value::List(_) | Value::Dict(_) => text::type_text(types::type_of(value)),
        _ => en.to_text(value).as_str().to_owned(),
    }
}

/// JSON text of a value, for web cmdlets: compressed or indented, `depth` levels deep.
pub fn to_json(en: &mut Engine, value: &Value, depth: usize, compress: bool) -> Res<String> {
    let mut writer =
        Writer { out: String::new(), compress, enums: false, escape: Escape::Default, max: depth, truncated: false };
    writer.value(en, value, 0, false)?;
    Ok(writer.out)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Escape {
    Default,
    NonAscii,
    Html,
}

struct Writer {
    out: String,
    compress: bool,
    enums: bool,
    escape: Escape,
    /// Levels below the top that are written out; what lies deeper becomes text.
    max: usize,
    truncated: bool,
}

impl Writer {
    /// `level` is how deep the value stands; `piped` says that the pipeline wrapped it, so that its extended
    /// properties count.
    fn value(&mut self, en: &mut Engine, value: &Value, level: usize, piped: bool) -> Res<()> {
        if self.scalar(en, value, level)? {
            return Ok(());
        }
        if level > self.max {
            self.truncated = true;
            let text = match value.base() {
                Value::Dict(_) => text::type_text(types::type_of(value)).into(),
                // Elements by their own ToString(), one level deep.
                Value::Array(a) => {
                    let items: Vec<String> = a.to_vec().iter().map(|v| dotnet_text(en, v)).collect();
                    items.join(" ").into()
                }
                _ => en.to_text(value),
            };
            self.string(&text);
            return Ok(());
        }
        match value.base() {
            Value::Array(a) => self.list(en, &a.to_vec(), level, false),
            Value::List(l) => self.list(en, &l.to_vec(), level, false),
            Value::Dict(d) => self.dictionary(en, d, level),
            Value::Custom(_) => {
                let pairs = en.properties(value);
                self.object(en, &pairs, level)
            }
            Value::Object(o) if o.data().is_enumerable() => {
                let items = en.enumerate(value)?;
                self.list(en, &items, level, false)
            }
            base => {
                let mut pairs = adapted(en, base);
                if piped || access::instance_members(value).is_some_and(|m| m.borrow().is_some()) {
                    let extended = extended(en, value);
                    pairs.extend(extended);
                }
                self.object(en, &pairs, level)
            }
        }
    }

    /// Writes what is one JSON value by itself; false for anything else.
    fn scalar(&mut self, en: &mut Engine, value: &Value, level: usize) -> Res<bool> {
        match value.base() {
            v if v.is_null() => self.out.push_str("null"),
            Value::String(s) => self.string(s),
            Value::Char(c) => self.string(&PsString::from_units(&[*c])),
            Value::Bool(b) => self.out.push_str(if *b { "true" } else { "false" }),
            Value::Int(n) => drop(write!(self.out, "{n}")),
            Value::Long(n) => drop(write!(self.out, "{n}")),
            Value::Byte(n) => drop(write!(self.out, "{n}")),
            Value::SByte(n) => drop(write!(self.out, "{n}")),
            Value::Short(n) => drop(write!(self.out, "{n}")),
            Value::UShort(n) => drop(write!(self.out, "{n}")),
            Value::UInt(n) => drop(write!(self.out, "{n}")),
            Value::ULong(n) => drop(write!(self.out, "{n}")),
            Value::Double(n) => self.float(*n, format!("{n:e}")),
            Value::Single(n) => self.float(f64::from(*n), format!("{n:e}")),
            Value::Decimal(d) => {
                let text = d.to_string();
                self.out.push_str(&text);
                if !text.contains('.') {
                    self.out.push_str(".0");
                }
            }
            Value::DateTime(_) => {
                let text = en.call_method(value.base(), "ToString", &[Value::str(ISO)])?;
                let text = en.to_text(&text);
                self.string(&text);
            }
            Value::Type(t) => self.string(&types::clr_name(t)),
            Value::Object(o) => {
                let data = o.data();
                if let Some(number) = data.enum_number() {
                    if self.enums {
                        let text = en.to_text(value);
                        self.string(&text);
                    } else {
                        let _ = write!(self.out, "{number}");
                    }
                    return Ok(true);
                }
                match data.type_ref().full_name {
                    "System.Management.Automation.SwitchParameter" if level <= self.max => {
                        let on = Value::Bool(data.truth());
                        self.object(en, &[("IsPresent".into(), on)], level)?;
                    }
                    "System.DBNull" => self.out.push_str("null"),
                    "System.DateTimeOffset" => {
                        let text = en.call_method(value.base(), "ToString", &[Value::str(ISO)])?;
                        let text = en.to_text(&text);
                        self.string(&text);
                    }
                    "System.Guid" | "System.Uri" => {
                        let text = en.to_text(value);
                        self.string(&text);
                    }
                    "System.Numerics.BigInteger" => {
                        let text = en.to_text(value);
                        self.out.push_str(&text);
                    }
                    _ => return Ok(false),
                }
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// A floating-point number from its shortest digits in Rust's scientific form, as .NET's round-trip format.
    fn float(&mut self, number: f64, scientific: String) {
        if !number.is_finite() {
            let name = if number.is_nan() {
                "NaN"
            } else if number > 0.0 {
                "Infinity"
            } else {
                "-Infinity"
            };
            return self.string(name);
        }
        self.out.push_str(&round_trip(&scientific));
    }

    fn string(&mut self, text: &str) {
        self.out.push('"');
        let plain = |b: u8| (0x20..0x7f).contains(&b) && !matches!(b, b'"' | b'\\' | b'<' | b'>' | b'&' | b'\'');
        if text.bytes().all(plain) {
            self.out.push_str(text);
            self.out.push('"');
            return;
        }
        for c in text.chars() {
            match c {
                '"' if self.escape != Escape::Html => self.out.push_str("\\\""),
                '\\' => self.out.push_str("\\\\"),
                '\n' => self.out.push_str("\\n"),
                '\r' => self.out.push_str("\\r"),
                '\t' => self.out.push_str("\\t"),
                '\u{8}' => self.out.push_str("\\b"),
                '\u{c}' => self.out.push_str("\\f"),
                '<' | '>' | '&' | '\'' | '"' if self.escape == Escape::Html => self.unicode(c),
                c if (c as u32) < 0x20 || matches!(c, '\u{85}' | '\u{2028}' | '\u{2029}') => self.unicode(c),
                c if self.escape == Escape::NonAscii && (c as u32) > 0x7f => self.unicode(c),
                c => self.out.push(c),
            }
        }
        self.out.push('"');
    }
    fn unicode(&mut self, c: char) {
        let mut buffer = [0; 2];
        for unit in c.encode_utf16(&mut buffer) {
            let _ = write!(self.out, "\\u{unit:04x}");
        }
    }

    fn newline(&mut self, level: usize) {
        if !self.compress {
            self.out.push('\n');
            for _ in 0..level {
                self.out.push_str("  ");
            }
        }
    }

    fn list(&mut self, en: &mut Engine, items: &[Value], level: usize, piped: bool) -> Res<()> {
        if items.is_empty() {
            self.out.push_str("[]");
            return Ok(());
        }
        self.out.push('[');
        for (at, item) in items.iter().enumerate() {
            if at > 0 {
                self.out.push(',');
            }
            self.newline(level + 1);
            self.value(en, item, level + 1, piped)?;
        }
        self.newline(level);
        self.out.push(']');
        Ok(())
    }

    fn dictionary(&mut self, en: &mut Engine, dictionary: &Dictionary, level: usize) -> Res<()> {
        let mut pairs = Vec::with_capacity(dictionary.len());
        for (key, value) in dictionary.pairs() {
            let Some(name) = key.as_str() else {
                let text = format!(
                    "The type '{}' is not supported for serialization or deserialization of a dictionary. Keys must be strings.",
                    types::clr_name(dictionary.ty)
                );
                return Err(ErrorRecord::new(
                    "System.InvalidOperationException",
                    text,
                    "NonStringKeyInDictionary",
                    ErrorCategory::InvalidOperation,
                )
                .with_target(Value::Null)
                .into());
            };
            pairs.push((name.clone(), value));
        }
        self.object(en, &pairs, level)
    }

    fn object(&mut self, en: &mut Engine, pairs: &[(PsString, Value)], level: usize) -> Res<()> {
        if pairs.is_empty() {
            self.out.push_str("{}");
            return Ok(());
        }
        self.out.push('{');
        for (at, (name, value)) in pairs.iter().enumerate() {
            if at > 0 {
                self.out.push(',');
            }
            self.newline(level + 1);
            self.string(name);
            self.out.push_str(if self.compress { ":" } else { ": " });
            self.value(en, value, level + 1, false)?;
        }
        self.newline(level);
        self.out.push('}');
        Ok(())
    }
}

const ISO: &str = "yyyy'-'MM'-'dd'T'HH':'mm':'ss.FFFFFFFK";

/// .NET's "R" with at least one decimal place, from digits in the form `1.25e-7`.
fn round_trip(scientific: &str) -> String {
    let (digits, exponent) = scientific.split_once('e').unwrap_or((scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |d| ("-", d));
    let digits: String = digits.chars().filter(char::is_ascii_digit).collect();
    let point = exponent + 1;
    if !(-4..=17).contains(&point) {
        let (first, rest) = digits.split_at(1);
        let rest = if rest.is_empty() { String::new() } else { format!(".{rest}") };
        let mark = if exponent < 0 { '-' } else { '+' };
        return format!("{sign}{first}{rest}E{mark}{:02}", exponent.abs());
    }
    if point <= 0 {
        return format!("{sign}0.{}{digits}", "0".repeat(-point as usize));
    }
    let point = point as usize;
    if digits.len() <= point {
        return format!("{sign}{digits}{}.0", "0".repeat(point - digits.len()));
    }
    format!("{sign}{}.{}", &digits[..point], &digits[point..])
}

/// The properties of the .NET type itself.
fn adapted(en: &mut Engine, value: &Value) -> Vec<(PsString, Value)> {
    let members = access::members(en, value);
    let own = members.into_iter().filter(|m| m.kind == MemberKind::Property);
    own.map(|m| m.name).collect::<Vec<_>>().into_iter().map(|n| read(en, value, n)).collect()
}
/// The properties that type data and Add-Member put on a value.
fn extended(en: &mut Engine, value: &Value) -> Vec<(PsString, Value)> {
    use MemberKind::*;
    let members = access::members(en, value);
    let own =
        members.into_iter().filter(|m| matches!(m.kind, NoteProperty | AliasProperty | ScriptProperty | CodeProperty));
    own.map(|m| m.name).collect::<Vec<_>>().into_iter().map(|n| read(en, value, n)).collect()
}
fn read(en: &mut Engine, value: &Value, name: PsString) -> (PsString, Value) {
    let found = en.get_property(value, &name).unwrap_or_default();
    (name, found)
}

#[cfg(test)]
mod tests {
    use super::round_trip;

    #[test]
    fn floats_as_dotnet() {
        for (number, text) in [
            (1.0, "1.0"),
            (1e20, "1E+20"),
            (1e16, "10000000000000000.0"),
            (1e-7, "1E-07"),
            (0.1, "0.1"),
            (0.043090277777777776, "0.043090277777777776"),
            (-0.5, "-0.5"),
            (12345678901234567.5, "12345678901234568.0"),
            (-1.1574074074074074E-08, "-1.1574074074074074E-08"),
        ] {
            assert_eq!(round_trip(&format!("{number:e}")), text);
        }
    }
}
