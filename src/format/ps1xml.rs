//! Reads views from format files (`.format.ps1xml`, Update-FormatData).
use crate::views::{Entry, GroupBy, HeaderDef, Item, Kind, RowDef, Selector, Source, View};
use quick_xml::events::Event;
use std::collections::HashMap;

/// An element: its name, text and children. Attributes mean nothing in format files.
#[derive(Default)]
struct Node {
    name: String,
    text: String,
    children: Vec<Node>,
}

impl Node {
    fn child(&self, name: &str) -> Option<&Node> {
        self.children.iter().find(|c| c.name.eq_ignore_ascii_case(name))
    }
    /// A child's text without blanks around it.
    fn text(&self, name: &str) -> Option<String> {
        self.child(name).map(|c| c.text.trim().to_owned())
    }
    fn number(&self, name: &str) -> i32 {
        self.text(name).and_then(|t| t.parse().ok()).unwrap_or(0)
    }
    /// An element that is a flag: there and not `false`.
    fn flag(&self, name: &str) -> bool {
        self.text(name).is_some_and(|t| !t.eq_ignore_ascii_case("false"))
    }
    /// The children of a list element: `list("TableHeaders", "TableColumnHeader")`.
    fn list<'a>(&'a self, list: &str, item: &'a str) -> impl Iterator<Item = &'a Node> {
        let children = self.child(list).map_or(&[][..], |l| &l.children);
        children.iter().filter(move |c| c.name.eq_ignore_ascii_case(item))
    }
}

fn parse(xml: &str) -> Result<Node, String> {
    let mut reader = quick_xml::Reader::from_str(xml);
    let mut stack = vec![Node::default()];
    loop {
        match reader.read_event().map_err(|e| e.to_string())? {
            Event::Start(e) => {
                let name = e.local_name().as_ref().to_owned();
                stack.push(Node { name, ..Node::default() });
            }
            Event::Empty(e) => {
                let name = e.local_name().as_ref().to_owned();
                if let Some(parent) = stack.last_mut() {
                    parent.children.push(Node { name, ..Node::default() });
                }
            }
            Event::End(_) => {
                if let Some(node) = stack.pop()
                    && let Some(parent) = stack.last_mut()
                {
                    parent.children.push(node);
                }
            }
            Event::Text(t) => {
                if let Some(node) = stack.last_mut() {
                    node.text.push_str(&t.xml10_content());
                }
            }
            Event::CData(t) => {
                if let Some(node) = stack.last_mut() {
                    node.text.push_str(&t.xml10_content());
                }
            }
            Event::GeneralRef(r) => {
                let text = match r.resolve_char_ref().map_err(|e| e.to_string())? {
                    Some(c) => c.to_string(),
                    None => quick_xml::escape::resolve_predefined_entity(&r).unwrap_or_default().to_owned(),
                };
                if let Some(node) = stack.last_mut() {
                    node.text.push_str(&text);
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    match (stack.len(), stack.pop()) {
        (1, Some(root)) => root.children.into_iter().next().ok_or_else(|| "The file has no root element.".into()),
        _ => Err("Unexpected end of file.".into()),
    }
}

/// What a file defines beside views: controls and sets of types, by name.
struct Shared<'a> {
    controls: HashMap<String, &'a Node>,
    sets: HashMap<String, Vec<String>>,
}

/// The views of a format file, in order.
pub fn views(xml: &str) -> Result<Vec<View>, String> {
    let root = parse(xml)?;
    let mut sets = HashMap::new();
    for set in root.list("SelectionSets", "SelectionSet") {
        let types = set.list("Types", "TypeName").map(|t| t.text.trim().to_owned()).collect();
        sets.insert(set.text("Name").unwrap_or_default(), types);
    }
    let controls = named_controls(&root);
    root.list("ViewDefinitions", "View")
        .map(|v| {
            let mut controls = controls.clone();
            controls.extend(named_controls(v));
            view(v, &Shared { controls, sets: sets.clone() })
        })
        .collect()
}

fn named_controls(node: &Node) -> HashMap<String, &Node> {
    node.list("Controls", "Control").filter_map(|c| Some((c.text("Name")?, c.child("CustomControl")?))).collect()
}

fn selector(node: &Node, shared: &Shared) -> Selector {
    let mut types = Vec::new();
    let mut condition = None;
    for child in &node.children {
        match child.name.as_str() {
            "TypeName" => types.push(child.text.trim().to_owned()),
            "SelectionSetName" => types.extend(shared.sets.get(child.text.trim()).cloned().unwrap_or_default()),
            "SelectionCondition" => {
                types.extend(selector(child, shared).types);
                condition = Some(Box::new(item_of(source(child))));
            }
            _ => {}
        }
    }
    Selector { types, condition }
}

fn view(node: &Node, shared: &Shared) -> Result<View, String> {
    let name = node.text("Name").unwrap_or_default();
    let types = node.child("ViewSelectedBy").map(|s| selector(s, shared).types).unwrap_or_default();
    let group_by = node.child("GroupBy").map(|g| GroupBy {
        value: source(g),
        label: g.text("Label"),
        control: control(g, shared, 0),
    });
    let mut view = View {
        types,
        name,
        kind: Kind::Table,
        group_by,
        out_of_band: node.flag("OutOfBand"),
        auto_size: false,
        hide_headers: false,
        headers: Vec::new(),
        rows: Vec::new(),
        entries: Vec::new(),
    };
    if let Some(table) = node.child("TableControl") {
        view.auto_size = table.flag("AutoSize");
        view.hide_headers = table.flag("HideTableHeaders");
        view.headers = table
            .list("TableHeaders", "TableColumnHeader")
            .map(|h| HeaderDef { label: h.text("Label"), width: h.number("Width"), align: align(h) })
            .collect();
        view.rows = table
            .list("TableRowEntries", "TableRowEntry")
            .map(|r| RowDef {
                selected_by: r.child("EntrySelectedBy").map(|s| selector(s, shared)),
                wrap: r.flag("Wrap"),
                columns: r.list("TableColumnItems", "TableColumnItem").map(value_item).collect(),
            })
            .collect();
    } else if let Some(list) = node.child("ListControl") {
        view.kind = Kind::List;
        view.entries = list
            .list("ListEntries", "ListEntry")
            .map(|e| entry(e, e.list("ListItems", "ListItem").map(value_item).collect(), shared))
            .collect();
    } else if let Some(wide) = node.child("WideControl") {
        view.kind = Kind::Wide;
        view.auto_size = wide.flag("AutoSize");
        view.entries = wide
            .list("WideEntries", "WideEntry")
            .map(|e| Entry {
                value: e.child("WideItem").map(source).unwrap_or_default(),
                ..entry(e, Vec::new(), shared)
            })
            .collect();
    } else if let Some(custom) = node.child("CustomControl") {
        view.kind = Kind::Custom;
        view.entries = custom_entries(custom, shared, 0);
    } else {
        return Err(format!("The view {} has no control.", view.name));
    }
    Ok(view)
}

fn entry(node: &Node, items: Vec<Item>, shared: &Shared) -> Entry {
    Entry { selected_by: node.child("EntrySelectedBy").map(|s| selector(s, shared)), items, value: Source::default() }
}

fn align(node: &Node) -> Option<String> {
    let text = node.text("Alignment")?;
    ["Left", "Center", "Right"].into_iter().find(|a| a.eq_ignore_ascii_case(&text)).map(str::to_owned)
}

fn source(node: &Node) -> Source {
    Source { property: node.text("PropertyName"), script: node.text("ScriptBlock"), computes: None }
}

fn item_of(value: Source) -> Item {
    Item {
        value,
        format: None,
        align: None,
        label: None,
        condition: None,
        text: None,
        newline: None,
        expression: None,
        enumerate: false,
        control: None,
        frame: None,
        left_indent: 0,
        right_indent: 0,
        first_line_hanging: 0,
        first_line_indent: 0,
    }
}

fn value_item(node: &Node) -> Item {
    Item {
        format: node.text("FormatString"),
        align: align(node),
        label: node.text("Label"),
        condition: node.child("ItemSelectionCondition").map(|c| Box::new(item_of(source(c)))),
        ..item_of(source(node))
    }
}

/// Controls may name each other; deeper than this is a circle.
const MAX_DEPTH: usize = 20;

fn control(node: &Node, shared: &Shared, depth: usize) -> Option<Vec<Entry>> {
    let found = match node.text("CustomControlName") {
        Some(name) => shared.controls.get(&name).copied(),
        None => node.child("CustomControl"),
    }?;
    (depth < MAX_DEPTH).then(|| custom_entries(found, shared, depth + 1))
}

fn custom_entries(node: &Node, shared: &Shared, depth: usize) -> Vec<Entry> {
    node.list("CustomEntries", "CustomEntry")
        .map(|e| {
            let items = e.child("CustomItem").map(|i| custom_items(i, shared, depth)).unwrap_or_default();
            entry(e, items, shared)
        })
        .collect()
}

fn custom_items(node: &Node, shared: &Shared, depth: usize) -> Vec<Item> {
    let empty = || item_of(Source::default());
    node.children
        .iter()
        .filter_map(|c| match c.name.as_str() {
            "Text" => Some(Item { text: Some(c.text.clone()), ..empty() }),
            "NewLine" => Some(Item { newline: Some(1), ..empty() }),
            "ExpressionBinding" => Some(Item {
                expression: Some(source(c)),
                enumerate: c.flag("EnumerateCollection"),
                condition: c.child("ItemSelectionCondition").map(|c| Box::new(item_of(source(c)))),
                control: control(c, shared, depth),
                ..empty()
            }),
            "Frame" => Some(Item {
                frame: Some(c.child("CustomItem").map(|i| custom_items(i, shared, depth)).unwrap_or_default()),
                left_indent: c.number("LeftIndent"),
                right_indent: c.number("RightIndent"),
                first_line_hanging: c.number("FirstLineHanging"),
                first_line_indent: c.number("FirstLineIndent"),
                ..empty()
            }),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_table() {
        let xml = r#"<?xml version="1.0"?><Configuration><ViewDefinitions><View><Name>phone</Name>
            <ViewSelectedBy><TypeName>Contoso.Phone</TypeName></ViewSelectedBy>
            <TableControl><TableHeaders><TableColumnHeader><Label>Tel &amp; Fax</Label><Width>12</Width>
            <Alignment>right</Alignment></TableColumnHeader><TableColumnHeader/></TableHeaders>
            <TableRowEntries><TableRowEntry><TableColumnItems>
            <TableColumnItem><PropertyName>Number</PropertyName></TableColumnItem>
            <TableColumnItem><ScriptBlock>$_.Name</ScriptBlock></TableColumnItem>
            </TableColumnItems></TableRowEntry></TableRowEntries></TableControl></View></ViewDefinitions></Configuration>"#;
        let views = views(xml).unwrap();
        let view = &views[0];
        assert_eq!((view.name.as_str(), view.types.as_slice()), ("phone", &["Contoso.Phone".to_owned()][..]));
        assert_eq!((view.headers[0].label.as_deref(), view.headers[0].width), (Some("Tel & Fax"), 12));
        assert_eq!(view.headers[0].align.as_deref(), Some("Right"));
        assert_eq!(view.rows[0].columns[1].value.script.as_deref(), Some("$_.Name"));
        assert!(super::views("<Configuration>").is_err());
    }
}
