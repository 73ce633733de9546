//! Custom views: the pieces of an entry (text, line ends, values, frames, nested controls) as nodes.
use crate::generate::{active_entry, condition};
use crate::packet::Node;
use crate::text::{self, TextOptions};
use crate::views::{Entry, Item};
use dialtone_object::{Runtime, Value};

/// How deep custom views nest.
const MAX_DEPTH: usize = 50;

/// The nodes of a custom view.
pub fn custom_entries(
    rt: &mut dyn Runtime,
    entries: &[Entry],
    object: &Value,
    limit: i32,
    depth: usize,
    out: &mut Vec<Node>,
) {
    if depth < MAX_DEPTH
        && let Some(entry) = active_entry(rt, entries, object)
    {
        custom_items(rt, &entry.items, object, limit, depth, out);
    }
}

fn custom_items(rt: &mut dyn Runtime, items: &[Item], object: &Value, limit: i32, depth: usize, out: &mut Vec<Node>) {
    for item in items {
        if let Some(text) = &item.text {
            out.push(Node::Text(text.as_str().into()));
        } else if let Some(n) = item.newline {
            out.extend(std::iter::repeat_n(Node::NewLine, n));
        } else if let Some(frame) = &item.frame {
            let mut nodes = Vec::new();
            custom_items(rt, frame, object, limit, depth, &mut nodes);
            let first_line =
                if item.first_line_hanging > 0 { -item.first_line_hanging } else { item.first_line_indent };
            out.push(Node::Frame { left: item.left_indent, right: item.right_indent, first_line, nodes });
        } else if let Some(source) = &item.expression
            && condition(rt, item, object)
        {
            let value = source.value(rt, object).unwrap_or(Value::Null).or_null();
            custom_value(rt, item, &value, limit, depth, out);
        }
    }
}

fn custom_value(rt: &mut dyn Runtime, item: &Item, value: &Value, limit: i32, depth: usize, out: &mut Vec<Node>) {
    let parts = if item.enumerate { text::elements(rt, value).and_then(Result::ok) } else { None };
    let parts = match parts {
        Some(parts) => parts.into_iter().filter(|v| !v.is_null()).collect(),
        None => vec![value.clone()],
    };
    for part in parts {
        match &item.control {
            Some(control) if !part.is_null() => custom_entries(rt, control, &part, limit, depth + 1, out),
            Some(_) => {}
            None => {
                let text = match item.format.as_deref() {
                    Some(format) => text::formatted(rt, &part, format).unwrap_or_default(),
                    None => text::display(rt, &part, TextOptions { limit, table: false }),
                };
                out.push(Node::Text(text));
            }
        }
    }
}
