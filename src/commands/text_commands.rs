//! Join-String, ConvertFrom-StringData, Get-Verb, New-TemporaryFile, Get-FileHash.
use crate::file_system;
use crate::path_commands::places;
use crate::property::{self, Property};
use crate::{input, texts, wildcard};
use dialtone_engine::command::{Command, Cx};
use dialtone_object::*;
use std::rc::Rc;

#[derive(Default)]
pub struct JoinString {
    parts: Vec<PsString>,
    property: Option<Property>,
}

impl Command for JoinString {
    fn begin(&mut self, cx: &mut Cx) -> Res<()> {
        let given: Vec<Value> = cx.args.value("Property").cloned().into_iter().collect();
        self.property = property::parse(cx, &given, &["expression"])?.pop();
        Ok(())
    }
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let Some(object) = input(cx) else { return Ok(()) };
        for item in cx.en.enumerate(&object)? {
            if item.is_null() {
                continue;
            }
            let value = match &self.property {
                Some(p) => match p.on(cx.en, &item)?.pop() {
                    Some(found) if found.exists => found.value,
                    _ => continue,
                },
                None => item,
            };
            if value.is_null() {
                continue;
            }
            let text = cx.en.to_text(&value);
            let text: PsString = if cx.args.switch("SingleQuote") {
                format!("'{text}'").into()
            } else if cx.args.switch("DoubleQuote") {
                format!("\"{text}\"").into()
            } else if let Some(format) = cx.args.text("FormatString").filter(|f| !f.is_empty()) {
                let made = operators::binary(cx.en, BinaryOp::Format, &Value::String(format), &value)?;
                cx.en.to_text(&made)
            } else {
                text
            };
            self.parts.push(text);
        }
        Ok(())
    }
    fn end(&mut self, cx: &mut Cx) -> Res<()> {
        let separator = match cx.args.text("Separator") {
            Some(text) => text,
            None => match cx.en.variable("OFS") {
                Some(ofs) if !ofs.is_null() => cx.en.to_text(&ofs),
                _ => "".into(),
            },
        };
        let parts: Vec<&str> = self.parts.iter().map(PsString::as_str).collect();
        let text = |name: &str| cx.args.text(name).unwrap_or_default();
        let joined = format!("{}{}{}", text("OutputPrefix"), parts.join(&separator), text("OutputSuffix"));
        cx.write(Value::from(joined))
    }
}

#[derive(Default)]
pub struct ConvertFromStringData;

impl Command for ConvertFromStringData {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let text = cx.args.text("StringData").unwrap_or_default();
        let delimiter = match cx.args.get("Delimiter").map(Value::base) {
            Some(Value::Char(c)) => string::char_from_unit(*c),
            _ => '=',
        };
        let mut dict = Dict::new(Comparer::IgnoreCase);
        for line in text.split('\n') {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let Some((name, value)) = line.split_once(delimiter) else {
                let message = format!("Data line '{line}' is not in 'name=value' format. ");
                return Err(cx.fail(ErrorRecord::new(
                    "System.Management.Automation.PSInvalidOperationException",
                    message,
                    "InvalidOperation",
                    ErrorCategory::InvalidOperation,
                )));
            };
            let name = Value::str(&unescape(name.trim()));
            if dict.contains(&name) {
                let message = format!("Data item '{}' in line '{line}' is already defined. ", cx.en.to_text(&name));
                return Err(cx.fail(ErrorRecord::new(
                    "System.Management.Automation.PSInvalidOperationException",
                    message,
                    "InvalidOperation",
                    ErrorCategory::InvalidOperation,
                )));
            }
            dict.insert(name, Value::str(&unescape(value.trim())));
        }
        cx.write(Value::Dict(Rc::new(Dictionary::hashtable(dict))))
    }
}

/// The escapes of `Regex.Unescape` that texts use.
fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            Some('r') => out.push('\r'),
            Some('f') => out.push('\u{c}'),
            Some('v') => out.push('\u{b}'),
            Some('a') => out.push('\u{7}'),
            Some('e') => out.push('\u{1b}'),
            Some('u') => {
                let hex: String = chars.by_ref().take(4).collect();
                out.extend(u32::from_str_radix(&hex, 16).ok().and_then(char::from_u32));
            }
            Some(other) => out.push(other),
            None => out.push('\\'),
        }
    }
    out
}

/// Verb, alias prefix, group; in the order of Get-Verb.
static VERBS: &str = include_str!("metadata/verbs.txt");

#[derive(Default)]
pub struct GetVerb;

impl Command for GetVerb {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let (verbs, groups) = (texts(cx, "Verb"), texts(cx, "Group"));
        for line in VERBS.lines().filter(|l| !l.starts_with('#')) {
            let mut words = line.split('|');
            let (verb, alias, group) =
                (words.next().unwrap_or_default(), words.next().unwrap_or_default(), words.next().unwrap_or_default());
            let description = words.next().unwrap_or_default();
            if (!verbs.is_empty() && !wildcard::any(&verbs, verb))
                || (!groups.is_empty() && !wildcard::any(&groups, group))
            {
                continue;
            }
            let made = PSObject::from_pairs(vec![
                ("Verb".into(), Value::str(verb)),
                ("AliasPrefix".into(), Value::str(alias)),
                ("Group".into(), Value::str(group)),
                ("Description".into(), Value::str(description)),
            ]);
            cx.write(Value::Custom(Rc::new(made.with_type("System.Management.Automation.VerbInfo"))))?;
        }
        Ok(())
    }
}

#[derive(Default)]
pub struct NewTemporaryFile;

impl Command for NewTemporaryFile {
    fn end(&mut self, cx: &mut Cx) -> Res<()> {
        let folder = std::env::temp_dir();
        if !cx.should_process(&folder.to_string_lossy(), "New Temporary File")? {
            return Ok(());
        }
        for attempt in 0..1000u32 {
            let seed = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |d| d.as_nanos());
            let path = folder.join(format!("tmp{:06x}{attempt:x}.tmp", seed & 0xFF_FFFF));
            if std::fs::OpenOptions::new().write(true).create_new(true).open(&path).is_ok() {
                let item = file_system::item(cx.en, &path.to_string_lossy());
                return cx.write(item);
            }
        }
        let error = std::io::Error::from(std::io::ErrorKind::PermissionDenied);
        cx.error(file_system::failure(
            &error,
            &folder.to_string_lossy(),
            "NewTemporaryFileWriteError",
            ErrorCategory::WriteError,
        ))
    }
}

#[derive(Default)]
pub struct GetFileHash;

impl Command for GetFileHash {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let algorithm = cx.args.text("Algorithm").map_or("SHA256".to_owned(), |a| a.to_ascii_uppercase());
        for (text, found) in places(cx, true)? {
            if found.is_empty() {
                cx.error(crate::place::not_found(&text))?;
            }
            for place in found {
                if std::path::Path::new(&place.path).is_dir() {
                    continue;
                }
                let bytes = match std::fs::read(&place.path) {
                    Ok(bytes) => bytes,
                    Err(_) => {
                        let error = place.not_found();
                        *error.id.borrow_mut() = "FileNotFound".into();
                        cx.error(error)?;
                        continue;
                    }
                };
                let Some(hash) = digest(&algorithm, &bytes) else { continue };
                let hex: String = hash.iter().map(|b| format!("{b:02X}")).collect();
                let fields = vec![Value::from(algorithm.clone()), Value::from(hex), Value::from(place.path)];
                cx.write(crate::record::Record::make(&crate::record::FILE_HASH_INFO, fields))?;
            }
        }
        Ok(())
    }
}

fn digest(algorithm: &str, bytes: &[u8]) -> Option<Vec<u8>> {
    use sha2::Digest;
    Some(match algorithm {
        "SHA256" => sha2::Sha256::digest(bytes).to_vec(),
        "SHA384" => sha2::Sha384::digest(bytes).to_vec(),
        "SHA512" => sha2::Sha512::digest(bytes).to_vec(),
        "SHA1" => sha1::Sha1::digest(bytes).to_vec(),
        "MD5" => md5::Md5::digest(bytes).to_vec(),
        _ => return None,
    })
}
