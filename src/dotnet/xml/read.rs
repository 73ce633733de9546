//! Text to tree, over quick-xml's events.
use super::node::{Data, Kind, Node, Tree};
use crate::fail;
use dialtone_object::Res;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::rc::Rc;

fn bad(message: &str, text: &str, at: u64) -> dialtone_object::Flow {
    let before = text.get(..at as usize).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(1, |l| l.chars().count() + 1);
    fail::other("System.Xml.XmlException", format!("{message} Line {line}, position {column}."))
}
/// The characters that entities mean.
pub fn resolve(name: &str) -> Option<String> {
    Some(match name {
        "lt" => "<".into(),
        "gt" => ">".into(),
        "amp" => "&".into(),
        "apos" => "'".into(),
        "quot" => "\"".into(),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)?.to_string()
        }
    })
}
fn unescaped(text: &str) -> String {
    let (mut out, mut rest) = (String::new(), text);
    while let Some((head, tail)) = rest.split_once('&') {
        out.push_str(head);
        match tail.split_once(';').and_then(|(name, after)| Some((resolve(name)?, after))) {
            Some((made, after)) => {
                out.push_str(&made);
                rest = after;
            }
            None => {
                out.push('&');
                rest = tail;
            }
        }
    }
    out.push_str(rest);
    out
}
fn element(parent: &Node, start: &BytesStart<'_>) -> Node {
    let name = start.name().as_ref().to_owned();
    let node = parent.append(Data::new(Kind::Element, &name, ""));
    for a in start.attributes().with_checks(false).flatten() {
        let name = a.key.as_ref().to_owned();
        node.set_attribute(&name, &unescaped(&a.value));
    }
    node
}
/// Adds text to the node; neighbouring pieces join.
fn text(at: &Node, piece: &str, kind: Kind) {
    let last = at.children().pop().filter(|n| kind == Kind::Text && n.kind() == Kind::Text);
    match last {
        Some(last) => last.change(|d| d.text.push_str(piece)),
        None => {
            let name = if kind == Kind::CData { "#cdata-section" } else { "#text" };
            at.append(Data::new(kind, name, piece));
        }
    }
}
/// Reads a document into a new tree; white space between elements is dropped unless it is to be kept.
pub fn document(source: &str, keep_space: bool) -> Res<Node> {
    let root = Node { tree: Tree::new(), id: 0 };
    fill(&root, source, keep_space)?;
    if root.elements().is_empty() {
        return Err(fail::other("System.Xml.XmlException", "Root element is missing."));
    }
    Ok(root)
}
/// Reads the nodes of a text below a node.
pub fn fill(target: &Node, source: &str, keep_space: bool) -> Res<()> {
    let source = source.strip_prefix('\u{FEFF}').unwrap_or(source);
    let mut reader = Reader::from_str(source);
    let mut at = target.clone();
    loop {
        let place = reader.buffer_position();
        let event = reader.read_event().map_err(|e| bad(&format!("{e}."), source, place))?;
        match event {
            Event::Start(start) => at = element(&at, &start),
            Event::Empty(start) => {
                element(&at, &start);
            }
            Event::End(_) => at = at.parent().unwrap_or_else(|| target.clone()),
            Event::Text(t) => {
                let piece = t.to_string();
                let blank = piece.chars().all(char::is_whitespace);
                if (!blank || (keep_space && at.id != 0)) && !piece.is_empty() {
                    if at.kind() == Kind::Document {
                        return Err(bad("Data at the root level is invalid.", source, place));
                    }
                    text(&at, &piece, Kind::Text);
                }
            }
            Event::GeneralRef(name) => {
                let name = name.to_string();
                match resolve(&name) {
                    Some(made) => text(&at, &made, Kind::Text),
                    None => return Err(bad(&format!("Reference to undeclared entity '{name}'."), source, place)),
                }
            }
            Event::CData(t) => text(&at, &t, Kind::CData),
            Event::Comment(t) => {
                at.append(Data::new(Kind::Comment, "#comment", &t));
            }
            Event::Decl(t) => {
                let text = t.to_string();
                at.append(Data::new(Kind::Declaration, "xml", text.strip_prefix("xml").unwrap_or(&text).trim()));
            }
            Event::PI(t) => {
                let text = t.to_string();
                let (name, rest) = text.split_once(' ').unwrap_or((&text, ""));
                at.append(Data::new(Kind::Instruction, name, rest));
            }
            Event::DocType(_) => {}
            Event::Eof => break,
        }
    }
    if !Rc::ptr_eq(&at.tree, &target.tree) || at.id != target.id {
        return Err(bad(
            &format!("Unexpected end of file has occurred. The following elements are not closed: {}.", at.name()),
            source,
            source.len() as u64,
        ));
    }
    Ok(())
}
