//! ConvertTo-Html.
use crate::input;
use crate::property::{self, Property};
use crate::texts;
use dialtone_engine::command::{Command, Cx};
use dialtone_object::*;

#[derive(Default)]
pub struct ConvertToHtml {
    properties: Vec<Property>,
    columns: Vec<Column>,
    started: bool,
    list: bool,
    rows: usize,
    last_type: Option<String>,
}

struct Column {
    label: PsString,
    property: Property,
    width: Option<PsString>,
    align: Option<PsString>,
}

/// Text with the characters of markup written as entities.
pub fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\u{a0}'..='\u{ff}' => out.push_str(&format!("&#{};", c as u32)),
            c if c as u32 > 0xFFFF => out.push_str(&format!("&#{};", c as u32)),
            c => out.push(c),
        }
    }
    out
}

impl Command for ConvertToHtml {
    fn begin(&mut self, cx: &mut Cx) -> Res<()> {
        let given = cx.args.list("Property");
        self.properties = property::parse(cx, &given, &["expression", "label", "name", "alignment", "width"])?;
        self.list =
            cx.args.get("As").cloned().map(|v| cx.en.to_text(&v)).is_some_and(|t| t.eq_ignore_ascii_case("list"));
        if cx.args.switch("Fragment") {
            return Ok(());
        }
        if cx.args.switch("Transitional") {
            {
                let line = "<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Transitional//EN\"  \"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd\">";
                cx.write(Value::str(line))?;
            }
        } else {
            cx.write(Value::str(
                "<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Strict//EN\"  \"http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd\">",
            ))?;
        }
        cx.write(Value::str("<html xmlns=\"http://www.w3.org/1999/xhtml\">"))?;
        cx.write(Value::str("<head>"))?;
        if let Some(charset) = cx.args.text("Charset").filter(|c| !c.is_empty()) {
            cx.write(Value::from(format!("<meta charset=\"{charset}\">")))?;
        }
        if let Some(Value::Dict(d)) = cx.args.value("Meta").map(|v| v.base().clone()) {
            for (name, value) in d.pairs() {
                let (name, value) = (cx.en.to_text(&name), cx.en.to_text(&value));
                let line = match name.to_lowercase().as_str() {
                    "content-type" | "default-style" | "x-ua-compatible" | "refresh" => {
                        format!("<meta http-equiv=\"{name}\" content=\"{value}\">")
                    }
                    _ => format!("<meta name=\"{name}\" content=\"{value}\">"),
                };
                cx.write(Value::from(line))?;
            }
        }
        let head = texts(cx, "Head");
        if head.is_empty() {
            let title = cx.args.text("Title").unwrap_or_else(|| "HTML TABLE".into());
            cx.write(Value::from(format!("<title>{title}</title>")))?;
        }
        for line in head {
            cx.write(Value::String(line))?;
        }
        if let Some(uri) = cx.args.value("CssUri").cloned() {
            let uri = cx.en.to_text(&uri);
            cx.write(Value::from(format!("<link rel=\"stylesheet\" type=\"text/css\" href=\"{uri}\" />")))?;
        }
        cx.write(Value::str("</head><body>"))?;
        for line in texts(cx, "Body") {
            cx.write(Value::String(line))?;
        }
        Ok(())
    }

    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let Some(object) = input(cx).filter(|o| !o.is_null()) else { return Ok(()) };
        if !self.started {
            self.started = true;
            for line in texts(cx, "PreContent") {
                cx.write(Value::String(line))?;
            }
            cx.write(Value::str("<table>"))?;
            self.resolve(cx, &object)?;
            if !self.list {
                self.header(cx)?;
            }
        } else if self.properties.is_empty() {
            self.resolve(cx, &object)?;
        }
        if self.list { self.as_list(cx, &object) } else { self.row(cx, &object) }
    }

    fn end(&mut self, cx: &mut Cx) -> Res<()> {
        if !self.started {
            for line in texts(cx, "PreContent") {
                cx.write(Value::String(line))?;
            }
            cx.write(Value::str("<table>"))?;
        }
        cx.write(Value::str("</table>"))?;
        for line in texts(cx, "PostContent") {
            cx.write(Value::String(line))?;
        }
        if !cx.args.switch("Fragment") {
            cx.write(Value::str("</body></html>"))?;
        }
        Ok(())
    }
}

impl ConvertToHtml {
    /// The columns that the properties mean on the first object; all of its properties without any.
    fn resolve(&mut self, cx: &mut Cx, object: &Value) -> Res<()> {
        let type_name = cx.en.type_names(object).first().map(|n| n.as_str().to_owned()).unwrap_or_default();
        if self.started && self.last_type.as_deref() == Some(type_name.as_str()) && !self.columns.is_empty() {
            return Ok(());
        }
        let first = self.last_type.is_none();
        self.last_type = Some(type_name);
        if !first {
            return Ok(());
        }
        let wanted =
            if self.properties.is_empty() { vec![Property::named("*".into())] } else { self.properties.clone() };
        for p in wanted {
            let label = p.label(cx.en);
            let width = p.entry("width").cloned().map(|v| cx.en.to_text(&v));
            let align = p.entry("alignment").cloned().map(|v| cx.en.to_text(&v));
            match &p.source {
                property::Source::Pattern(_) => {
                    for found in p.on(cx.en, object)? {
                        let property =
                            Property { source: property::Source::Name(found.name.clone()), entries: Vec::new() };
                        self.columns.push(Column {
                            label: found.name,
                            property,
                            width: width.clone(),
                            align: align.clone(),
                        });
                    }
                }
                _ => {
                    let label = label.unwrap_or_else(|| p.text(cx.en));
                    self.columns.push(Column { label, property: p, width, align });
                }
            }
        }
        Ok(())
    }

    fn header(&self, cx: &mut Cx) -> Res<()> {
        let mut line = String::from("<colgroup>");
        for c in &self.columns {
            line.push_str("<col");
            if let Some(width) = &c.width {
                line.push_str(&format!(" width = \"{width}\""));
            }
            if let Some(align) = &c.align {
                line.push_str(&format!(" align = \"{align}\""));
            }
            line.push_str("/>");
        }
        line.push_str("</colgroup>");
        cx.write(Value::from(line))?;
        let cells: String = self.columns.iter().map(|c| format!("<th>{}</th>", encode(&c.label))).collect();
        cx.write(Value::from(format!("<tr>{cells}</tr>")))
    }

    fn cell(&self, cx: &mut Cx, column: &Column, object: &Value) -> Res<String> {
        let mut text = String::new();
        for found in column.property.on(cx.en, object)? {
            if found.value.is_null() {
                continue;
            }
            let part = match found.value.base() {
                Value::Array(_) | Value::List(_) | Value::Dict(_) => {
                    text::type_text(types::type_of(&found.value)).into()
                }
                Value::Type(t) => text::type_text(t).into(),
                base => text::to_string(base).unwrap_or_else(|| cx.en.to_text(&found.value)),
            };
            text.push_str(&encode(&part));
        }
        Ok(text)
    }

    fn row(&mut self, cx: &mut Cx, object: &Value) -> Res<()> {
        let mut line = String::from("<tr>");
        for c in &self.columns {
            line.push_str("<td>");
            line.push_str(&self.cell(cx, c, object)?);
            line.push_str("</td>");
        }
        line.push_str("</tr>");
        cx.write(Value::from(line))
    }

    fn as_list(&mut self, cx: &mut Cx, object: &Value) -> Res<()> {
        if self.rows > 0 {
            cx.write(Value::str("<tr><td><hr></td></tr>"))?;
        }
        self.rows += 1;
        for c in &self.columns {
            let text = self.cell(cx, c, object)?;
            cx.write(Value::from(format!("<tr><td>{}:</td><td>{text}</td></tr>", encode(&c.label))))?;
        }
        Ok(())
    }
}
