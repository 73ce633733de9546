//! Tree to text.
use super::node::{Kind, Node};

fn escaped(text: &str, attribute: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' if attribute => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    out
}
/// Writes a node; with an indent, elements that hold no text stand on lines of their own.
pub fn node(out: &mut String, n: &Node, indent: Option<usize>) {
    match n.kind() {
        Kind::Document => children(out, n, indent),
        Kind::Element => {
            let name = n.name();
            out.push_str(&format!("<{name}"));
            for a in n.attributes() {
                out.push_str(&format!(" {}=\"{}\"", a.name(), escaped(&a.inner_text(), true)));
            }
            if n.children().is_empty() {
                out.push_str(" />");
                return;
            }
            out.push('>');
            let mixed = n.children().iter().any(|c| matches!(c.kind(), Kind::Text | Kind::CData));
            match indent.filter(|_| !mixed) {
                Some(depth) => {
                    for child in n.children() {
                        out.push_str(&format!("\n{}", "  ".repeat(depth + 1)));
                        node(out, &child, Some(depth + 1));
                    }
                    out.push_str(&format!("\n{}", "  ".repeat(depth)));
                }
                None => children(out, n, None),
            }
            out.push_str(&format!("</{name}>"));
        }
        Kind::Attribute => out.push_str(&format!("{}=\"{}\"", n.name(), escaped(&n.inner_text(), true))),
        Kind::Text => out.push_str(&escaped(&n.inner_text(), false)),
        Kind::CData => out.push_str(&format!("<![CDATA[{}]]>", n.inner_text())),
        Kind::Comment => out.push_str(&format!("<!--{}-->", n.inner_text())),
        Kind::Declaration => out.push_str(&format!("<?xml {}?>", n.inner_text())),
        Kind::Instruction => out.push_str(&format!("<?{} {}?>", n.name(), n.inner_text())),
    }
}
fn children(out: &mut String, n: &Node, indent: Option<usize>) {
    for (at, child) in n.children().iter().enumerate() {
        if at > 0 && indent.is_some() {
            out.push('\n');
        }
        node(out, child, indent);
    }
}
pub fn outer(n: &Node) -> String {
    let mut out = String::new();
    node(&mut out, n, None);
    out
}
pub fn inner(n: &Node) -> String {
    if n.kind() == Kind::Attribute {
        return escaped(&n.inner_text(), true);
    }
    n.children().iter().map(outer).collect()
}
