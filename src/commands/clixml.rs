//! Export-Clixml and Import-Clixml: PowerShell's own XML form of objects.
use crate::path_commands::places;
use crate::security;
use crate::{file_system, input};
use dialtone_engine::Engine;
use dialtone_engine::command::{Command, Cx};
use dialtone_object::*;
use std::rc::Rc;

#[derive(Default)]
pub struct ExportClixml {
    items: Vec<Value>,
}

impl Command for ExportClixml {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        self.items.extend(input(cx));
        Ok(())
    }
    fn end(&mut self, cx: &mut Cx) -> Res<()> {
        let given = cx.args.text("Path").or_else(|| cx.args.text("LiteralPath")).unwrap_or_default();
        let full = cx.en.resolve_path(&given);
        if !cx.should_process(&full, "Export-Clixml")? {
            return Ok(());
        }
        let depth = cx.args.is_bound("Depth").then(|| cx.args.int("Depth")).flatten().unwrap_or(2);
        let mut writer = Writer { out: String::new(), objects: 0, types: Vec::new() };
        writer.out.push_str("<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\">\n");
        for item in std::mem::take(&mut self.items) {
            writer.value(cx.en, &item, None, 1, depth)?;
        }
        writer.out.push_str("</Objs>");
        let encoding = crate::encoding::Encoding::of(cx)?;
        crate::invoke::write_text(&full, &writer.out, encoding, false)
            .map_err(|e| cx.fail(file_system::open_failure(&e, &full)))
    }
}

struct Writer {
    out: String,
    objects: usize,
    /// Type name lists written so far: later objects refer to them.
    types: Vec<Vec<PsString>>,
}

/// Text with the characters that XML and the format itself cannot hold written as `_xHHHH_`.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push_str("_x000A_"),
            '\r' => out.push_str("_x000D_"),
            '\t' => out.push_str("_x0009_"),
            c if (c as u32) < 0x20 => out.push_str(&format!("_x{:04X}_", c as u32)),
            c => out.push(c),
        }
    }
    out
}

fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        let code = rest.get(at + 2..at + 6).and_then(|h| u32::from_str_radix(h, 16).ok()).and_then(char::from_u32);
        match (code, rest.get(at + 6..at + 7)) {
            (Some(c), Some("_")) => {
                out.push_str(&rest[..at]);
                out.push(c);
                rest = &rest[at + 7..];
            }
            _ => {
                out.push_str(&rest[..at + 2]);
                rest = &rest[at + 2..];
            }
        }
    }
    out.push_str(rest);
    out
}

/// The element of a value that is one by itself: tag and text.
fn scalar(en: &mut Engine, value: &Value) -> Option<(&'static str, String)> {
    let iso = "yyyy-MM-ddTHH:mm:ss.FFFFFFFK";
    Some(match value.base() {
        Value::String(s) => ("S", escape(&s.to_output())),
        Value::Char(c) => ("C", c.to_string()),
        Value::Bool(b) => ("B", b.to_string()),
        Value::DateTime(d) => ("DT", time_format::format_date(*d, iso, culture::invariant()).unwrap_or_default()),
        Value::TimeSpan(t) => ("TS", span(*t)),
        Value::Byte(n) => ("By", n.to_string()),
        Value::SByte(n) => ("SB", n.to_string()),
        Value::Short(n) => ("I16", n.to_string()),
        Value::UShort(n) => ("U16", n.to_string()),
        Value::Int(n) => ("I32", n.to_string()),
        Value::UInt(n) => ("U32", n.to_string()),
        Value::Long(n) => ("I64", n.to_string()),
        Value::ULong(n) => ("U64", n.to_string()),
        Value::Single(n) => ("Sg", n.to_string()),
        Value::Double(n) => ("Db", n.to_string()),
        Value::Decimal(d) => ("D", d.to_string()),
        Value::Object(o) => match o.data().type_ref().full_name {
            "System.Guid" => ("G", en.to_text(value).as_str().to_owned()),
            "System.Uri" => ("URI", escape(&en.to_text(value))),
            "System.Version" => ("Version", en.to_text(value).as_str().to_owned()),
            "System.Security.SecureString" => {
                let text = security::revealed(value).unwrap_or_default();
                ("SS", text.encode_utf16().flat_map(u16::to_le_bytes).map(|b| format!("{b:02x}")).collect())
            }
            _ => return None,
        },
        _ => return None,
    })
}

/// A time span as XML writes it: `PT1H2M3S`.
fn span(ticks: i64) -> String {
    let sign = if ticks < 0 { "-" } else { "" };
    let ticks = ticks.unsigned_abs();
    let second = time::SECOND as u64;
    let (days, rest) = (ticks / (86400 * second), ticks % (86400 * second));
    let (hours, rest) = (rest / (3600 * second), rest % (3600 * second));
    let (minutes, rest) = (rest / (60 * second), rest % (60 * second));
    let mut out = format!("{sign}P");
    if days > 0 {
        out.push_str(&format!("{days}D"));
    }
    let mut clock = String::new();
    if hours > 0 {
        clock.push_str(&format!("{hours}H"));
    }
    if minutes > 0 {
        clock.push_str(&format!("{minutes}M"));
    }
    if rest > 0 || (days == 0 && clock.is_empty()) {
        let fraction = format!("{:07}", rest % second);
        let fraction = fraction.trim_end_matches('0');
        let dot = if fraction.is_empty() { "" } else { "." };
        clock.push_str(&format!("{}{dot}{fraction}S", rest / second));
    }
    if !clock.is_empty() {
        out.push('T');
        out.push_str(&clock);
    }
    out
}

fn span_ticks(text: &str) -> i64 {
    let (sign, text) = text.strip_prefix('-').map_or((1, text), |t| (-1, t));
    let (mut ticks, mut number, mut clock) = (0f64, String::new(), false);
    for c in text.chars() {
        let unit = match c {
            'T' => {
                clock = true;
                continue;
            }
            'D' => time::DAY,
            'H' => time::HOUR,
            'M' if clock => time::MINUTE,
            'S' => time::SECOND,
            '0'..='9' | '.' => {
                number.push(c);
                continue;
            }
            _ => continue,
        };
        ticks += number.parse::<f64>().unwrap_or(0.0) * unit as f64;
        number.clear();
    }
    sign * ticks.round() as i64
}

impl Writer {
    fn line(&mut self, level: usize, text: &str) {
        for _ in 0..level {
            self.out.push_str("  ");
        }
        self.out.push_str(text);
        self.out.push('\n');
    }

    fn value(&mut self, en: &mut Engine, value: &Value, name: Option<&str>, level: usize, depth: i64) -> Res<()> {
        let named = name.map_or_else(String::new, |n| format!(" N=\"{}\"", escape(n)));
        if value.is_null() {
            self.line(level, &format!("<Nil{named} />"));
            return Ok(());
        }
        if let Some((tag, text)) = scalar(en, value) {
            self.line(level, &format!("<{tag}{named}>{text}</{tag}>"));
            return Ok(());
        }
        if depth < 0 {
            let text = escape(&en.to_text(value));
            self.line(level, &format!("<S{named}>{text}</S>"));
            return Ok(());
        }
        let id = self.objects;
        self.objects += 1;
        self.line(level, &format!("<Obj{named} RefId=\"{id}\">"));
        let names = en.type_names(value);
        match self.types.iter().position(|t| *t == names) {
            Some(known) => self.line(level + 1, &format!("<TNRef RefId=\"{known}\" />")),
            None => {
                self.line(level + 1, &format!("<TN RefId=\"{}\">", self.types.len()));
                for n in &names {
                    self.line(level + 2, &format!("<T>{}</T>", escape(n)));
                }
                self.line(level + 1, "</TN>");
                self.types.push(names);
            }
        }
        match value.base() {
            Value::Array(_) | Value::List(_) => {
                self.line(level + 1, "<LST>");
                for item in en.enumerate(value)? {
                    self.value(en, &item, None, level + 2, depth - 1)?;
                }
                self.line(level + 1, "</LST>");
            }
            Value::Dict(d) => {
                self.line(level + 1, "<DCT>");
                for (key, item) in d.pairs() {
                    self.line(level + 2, "<En>");
                    self.value(en, &key, Some("Key"), level + 3, depth - 1)?;
                    self.value(en, &item, Some("Value"), level + 3, depth - 1)?;
                    self.line(level + 2, "</En>");
                }
                self.line(level + 1, "</DCT>");
            }
            base => {
                let tag = if matches!(base, Value::Custom(_)) { "MS" } else { "Props" };
                if let Value::Object(o) = base {
                    let text = escape(&en.to_text(value));
                    match o.data().enum_number() {
                        Some(number) => {
                            self.line(level + 1, &format!("<ToString>{text}</ToString>"));
                            self.line(level + 1, &format!("<I32>{number}</I32>"));
                            self.line(level, "</Obj>");
                            return Ok(());
                        }
                        None => self.line(level + 1, &format!("<ToString>{text}</ToString>")),
                    }
                }
                self.line(level + 1, &format!("<{tag}>"));
                for (name, item) in en.properties(value) {
                    self.value(en, &item, Some(&name), level + 2, depth - 1)?;
                }
                self.line(level + 1, &format!("</{tag}>"));
            }
        }
        self.line(level, "</Obj>");
        Ok(())
    }
}

#[derive(Default)]
pub struct ImportClixml;

impl Command for ImportClixml {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        for (text, found) in places(cx, true)? {
            if found.is_empty() {
                cx.error(crate::place::not_found(&text))?;
            }
            for place in found {
                let bytes = match std::fs::read(&place.path) {
                    Ok(bytes) => bytes,
                    Err(e) => {
                        cx.error(file_system::open_failure(&e, &place.path))?;
                        continue;
                    }
                };
                let text = crate::encoding::Encoding::Utf8.decode(&bytes);
                let Some(root) = Node::parse(&text) else {
                    let error = ErrorRecord::new(
                        "System.Xml.XmlException",
                        "The file is not a valid CLIXML document.",
                        "System.Xml.XmlException",
                        ErrorCategory::NotSpecified,
                    );
                    cx.error(error)?;
                    continue;
                };
                let mut reader = Reader::default();
                for child in &root.children {
                    let value = reader.value(cx.en, child)?;
                    cx.write_all(value)?;
                }
            }
        }
        Ok(())
    }
}

/// An XML element.
#[derive(Default)]
struct Node {
    tag: String,
    name: Option<String>,
    id: Option<String>,
    text: String,
    children: Vec<Node>,
}

impl Node {
    /// The root element of a text.
    fn parse(text: &str) -> Option<Node> {
        use quick_xml::events::Event;
        let mut reader = quick_xml::Reader::from_str(text);
        let mut open: Vec<Node> = vec![Node::default()];
        let start = |e: &quick_xml::events::BytesStart| {
            let mut node = Node { tag: e.name().as_ref().to_owned(), ..Node::default() };
            for a in e.attributes().flatten() {
                let value =
                    a.normalized_value(quick_xml::XmlVersion::Implicit1_0).map(|v| v.into_owned()).unwrap_or_default();
                match a.key.as_ref() {
                    "N" => node.name = Some(unescape(&value)),
                    "RefId" => node.id = Some(value),
                    _ => {}
                }
            }
            node
        };
        loop {
            match reader.read_event().ok()? {
                Event::Start(e) => open.push(start(&e)),
                Event::Empty(e) => {
                    let node = start(&e);
                    open.last_mut()?.children.push(node);
                }
                Event::End(_) => {
                    let node = open.pop()?;
                    open.last_mut()?.children.push(node);
                }
                Event::Text(t) => open.last_mut()?.text.push_str(&t),
                Event::GeneralRef(r) => {
                    let c = match &*r {
                        "amp" => '&',
                        "lt" => '<',
                        "gt" => '>',
                        "quot" => '"',
                        "apos" => '\'',
                        other => other.strip_prefix('#').and_then(|n| n.parse().ok()).and_then(char::from_u32)?,
                    };
                    open.last_mut()?.text.push(c);
                }
                Event::Eof => break,
                _ => {}
            }
        }
        open.pop()?.children.pop()
    }
    fn child(&self, tag: &str) -> Option<&Node> {
        self.children.iter().find(|c| c.tag == tag)
    }
}

#[derive(Default)]
struct Reader {
    types: Vec<(String, Vec<PsString>)>,
    objects: Vec<(String, Value)>,
}

impl Reader {
    fn value(&mut self, en: &mut Engine, node: &Node) -> Res<Value> {
        let text = unescape(&node.text);
        let cast = |en: &mut Engine, ty: &str| match types::find(ty) {
            Some(ty) => en.cast(&Value::str(&text), ty),
            None => Ok(Value::str(&text)),
        };
        Ok(match node.tag.as_str() {
            "Nil" => Value::Null,
            "S" | "SBK" | "XD" => Value::str(&text),
            "C" => Value::Char(text.parse().unwrap_or(0)),
            "B" => Value::Bool(text == "true"),
            "I32" => Value::Int(text.parse().unwrap_or(0)),
            "I64" => Value::Long(text.parse().unwrap_or(0)),
            "U32" => Value::UInt(text.parse().unwrap_or(0)),
            "U64" => Value::ULong(text.parse().unwrap_or(0)),
            "I16" => Value::Short(text.parse().unwrap_or(0)),
            "U16" => Value::UShort(text.parse().unwrap_or(0)),
            "By" => Value::Byte(text.parse().unwrap_or(0)),
            "SB" => Value::SByte(text.parse().unwrap_or(0)),
            "Db" => Value::Double(text.parse().unwrap_or(f64::NAN)),
            "Sg" => Value::Single(text.parse().unwrap_or(f32::NAN)),
            "TS" => Value::TimeSpan(span_ticks(&text)),
            "DT" => crate::json_date::parse(&text, crate::json_read::Dates::Default).unwrap_or(Value::Null),
            "D" => cast(en, "System.Decimal")?,
            "G" => cast(en, "System.Guid")?,
            "URI" => cast(en, "System.Uri")?,
            "Version" => cast(en, "System.Version")?,
            "SS" => {
                let units: Vec<u16> = (0..text.len() / 4)
                    .filter_map(|n| {
                        let byte = |at: usize| u8::from_str_radix(text.get(at..at + 2)?, 16).ok();
                        Some(u16::from_le_bytes([byte(n * 4)?, byte(n * 4 + 2)?]))
                    })
                    .collect();
                security::secure(en, &String::from_utf16_lossy(&units))?
            }
            "Ref" => {
                let known = self.objects.iter().find(|(id, _)| Some(id) == node.id.as_ref());
                known.map(|(_, v)| v.clone()).unwrap_or_default()
            }
            _ => self.object(en, node)?,
        })
    }

    fn object(&mut self, en: &mut Engine, node: &Node) -> Res<Value> {
        let names = self.names(node);
        let first = names.first().map(|n| n.as_str().to_owned()).unwrap_or_default();
        let made =
            if let Some(list) = node.child("LST").or(node.child("IE")).or(node.child("STK")).or(node.child("QUE")) {
                let mut items = Vec::with_capacity(list.children.len());
                for child in &list.children {
                    items.push(self.value(en, child)?);
                }
                Value::List(Rc::new(List::array_list(items)))
            } else if let Some(table) = node.child("DCT") {
                let mut dict = Dict::new(Comparer::IgnoreCase);
                for entry in &table.children {
                    let find = |name: &str| entry.children.iter().find(|c| c.name.as_deref() == Some(name));
                    if let (Some(key), Some(value)) = (find("Key"), find("Value")) {
                        let (key, value) = (self.value(en, key)?, self.value(en, value)?);
                        dict.insert(key, value);
                    }
                }
                let ordered = first.ends_with("OrderedDictionary");
                Value::Dict(Rc::new(if ordered { Dictionary::ordered(dict) } else { Dictionary::hashtable(dict) }))
            } else {
                self.properties(en, node, &names, &first)?
            };
        if let Some(id) = &node.id {
            self.objects.push((id.clone(), made.clone()));
        }
        Ok(made)
    }

    fn names(&mut self, node: &Node) -> Vec<PsString> {
        if let Some(tn) = node.child("TN") {
            let names: Vec<PsString> = tn.children.iter().map(|t| unescape(&t.text).into()).collect();
            self.types.push((tn.id.clone().unwrap_or_default(), names.clone()));
            return names;
        }
        let wanted = node.child("TNRef").and_then(|r| r.id.clone()).unwrap_or_default();
        self.types.iter().find(|(id, _)| *id == wanted).map(|(_, n)| n.clone()).unwrap_or_default()
    }

    fn properties(&mut self, en: &mut Engine, node: &Node, names: &[PsString], first: &str) -> Res<Value> {
        let object = PSObject::from_pairs(Vec::new());
        for group in ["Props", "MS"] {
            for child in node.child(group).map_or(&[][..], |g| &g.children) {
                let value = self.value(en, child)?;
                object.add(child.name.as_deref().unwrap_or_default(), value);
            }
        }
        if first == "System.Management.Automation.PSCredential" {
            let user = object.get("UserName").unwrap_or_default();
            return Ok(security::credential(&en.to_text(&user), object.get("Password").unwrap_or_default()));
        }
        if object.is_empty()
            && let Some(plain) =
                node.children.iter().find(|c| !matches!(c.tag.as_str(), "TN" | "TNRef" | "ToString" | "Props" | "MS"))
        {
            return self.value(en, plain);
        }
        // Objects of the language come back as they were, others as what is left of them.
        let own = matches!(first, "System.Management.Automation.PSCustomObject" | "System.Object" | "");
        if !own {
            let marked: Vec<PsString> = names
                .iter()
                .map(|n| if n.starts_with("Selected.") { n.clone() } else { format!("Deserialized.{n}").into() })
                .collect();
            object.members.borrow_mut().get_or_insert_default().type_names = Some(Rc::new(marked));
            object.deserialized.set(true);
        }
        Ok(Value::Custom(Rc::new(object)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_and_spans_survive() {
        assert_eq!(unescape(&escape("a\nb")), "a\nb");
        assert_eq!(unescape("a_x_b_x000A_"), "a_x_b\n");
        assert_eq!(span(37_230_000_000), "PT1H2M3S");
        assert_eq!(span_ticks("PT1H2M3S"), 37_230_000_000);
    }
}
