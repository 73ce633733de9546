//! Format-Custom of an object without a view: its properties as a nested outline.
use crate::defaults;
use crate::generate::{Column, all_columns, default_columns, expand};
use crate::packet::Node;
use crate::parameters::{Parameters, Property};
use crate::text::{self, TextOptions};
use compact_str::{CompactString, format_compact};
use dialtone_object::{Runtime, Value};
use std::rc::Rc;

struct Browser<'a> {
    parameters: &'a Parameters,
    limit: i32,
}

/// The outline of an object.
pub fn object(rt: &mut dyn Runtime, value: &Value, parameters: &Parameters, limit: i32) -> Vec<Node> {
    let browser = Browser { parameters, limit };
    let (mut nodes, depth) = (Vec::new(), parameters.depth);
    if defaults::is_scalar(rt, value) {
        browser.leaf(rt, value, &mut nodes);
    } else if let Some(Ok(items)) = text::elements(rt, value) {
        browser.list(rt, &items, 0, depth, &mut nodes);
    } else {
        browser.object(rt, value, 0, depth, &parameters.properties, &mut nodes);
    }
    nodes
}

fn indent(nodes: Vec<Node>) -> Node {
    Node::Frame { left: 2, right: 0, first_line: 0, nodes }
}

fn line(text: impl Into<CompactString>, out: &mut Vec<Node>) {
    out.push(Node::Text(text.into()));
    out.push(Node::NewLine);
}

impl Browser<'_> {
    fn object(
        &self,
        rt: &mut dyn Runtime,
        value: &Value,
        level: i32,
        depth: i32,
        properties: &[Rc<Property>],
        out: &mut Vec<Node>,
    ) {
        let names = rt.type_names(value);
        let name = names.first().map_or("PSObject", |n| n.rsplit('.').next().unwrap_or(n));
        line(format_compact!("class {name}"), out);
        line("{", out);
        let columns = if properties.is_empty() {
            let columns = default_columns(rt, value);
            if columns.is_empty() { all_columns(rt, value) } else { columns }
        } else {
            expand(rt, properties, value, false)
        };
        let mut inner = Vec::new();
        for column in columns {
            let label = column.expression.text(rt);
            self.property(rt, value, &column, &label, level, depth, &mut inner);
        }
        out.push(indent(inner));
        line("}", out);
    }

    #[allow(clippy::too_many_arguments)] // level and depth travel with the recursion
    fn property(
        &self,
        rt: &mut dyn Runtime,
        object: &Value,
        column: &Column,
        label: &str,
        level: i32,
        depth: i32,
        out: &mut Vec<Node>,
    ) {
        out.push(Node::Text(format_compact!("{label} = ")));
        let value = match column.expression.value(rt, object) {
            Some(Ok(value)) => value,
            Some(Err(_)) if self.parameters.display_error => Value::str("#ERR"),
            Some(Err(_)) => Value::str(""),
            None => Value::Null,
        };
        let depth = column.parameter.as_ref().and_then(|p| p.depth).unwrap_or(depth);
        if let Some(Ok(items)) = text::elements(rt, &value) {
            out.push(Node::NewLine);
            let mut inner = Vec::new();
            self.list(rt, &items, level + 1, depth, &mut inner);
            out.push(indent(inner));
        } else if self.is_leaf(rt, &value, level, depth) {
            self.leaf(rt, &value, out);
        } else {
            out.push(Node::NewLine);
            let mut inner = Vec::new();
            self.object(rt, &value, level + 1, depth, &[], &mut inner);
            out.push(indent(inner));
        }
    }

    fn list(&self, rt: &mut dyn Runtime, items: &[Value], level: i32, depth: i32, out: &mut Vec<Node>) {
        line("[", out);
        let mut inner = Vec::new();
        for (n, item) in items.iter().enumerate() {
            if usize::try_from(self.limit).is_ok_and(|limit| n == limit) {
                line("…", &mut inner);
                break;
            }
            if self.is_leaf(rt, item, level, depth) {
                self.leaf(rt, item, &mut inner);
            } else if let Some(Ok(nested)) = text::elements(rt, item) {
                inner.push(Node::NewLine);
                let mut deeper = Vec::new();
                self.list(rt, &nested, level + 1, depth, &mut deeper);
                inner.push(indent(deeper));
            } else {
                self.object(rt, item, level + 1, depth, &[], &mut inner);
            }
        }
        out.push(indent(inner));
        line("]", out);
        out.push(Node::NewLine);
    }

    fn is_leaf(&self, rt: &mut dyn Runtime, value: &Value, level: i32, depth: i32) -> bool {
        level >= depth || value.is_null() || defaults::is_scalar(rt, value)
    }

    fn leaf(&self, rt: &mut dyn Runtime, value: &Value, out: &mut Vec<Node>) {
        line(text::display(rt, value, TextOptions { limit: self.limit, table: false }), out);
    }
}
