//! Writes the nodes of a custom view or a grouping header: text collected into lines, frames indent them.
use crate::cells::pad;
use crate::output::Lines;
use crate::packet::Node;
use crate::style::Style;
use crate::wrap;

const MAX_DEPTH: usize = 50;

struct Writer<'a> {
    columns: i32,
    /// (left, right, first line) of the frames we are in.
    frames: Vec<(i32, i32, i32)>,
    buffer: String,
    style: &'a Style,
    out: &'a mut dyn Lines,
}

/// Writes nodes; what is left in the buffer at the end makes a last line, even an empty one.
pub fn write(nodes: &[Node], columns: i32, style: &Style, out: &mut dyn Lines) {
    let mut writer = Writer { columns, frames: Vec::new(), buffer: String::new(), style, out };
    writer.nodes(nodes, 0);
    writer.flush();
}

impl Writer<'_> {
    fn nodes(&mut self, nodes: &[Node], depth: usize) {
        for node in nodes {
            match node {
                Node::Text(text) => self.buffer.push_str(text),
                Node::NewLine => self.flush(),
                Node::Frame { left, right, first_line, nodes } if depth < MAX_DEPTH => {
                    self.frames.push((*left, *right, *first_line));
                    self.nodes(nodes, depth + 1);
                    self.frames.pop();
                }
                Node::Frame { .. } => {}
            }
        }
    }

    fn flush(&mut self) {
        let left: i32 = self.frames.iter().map(|f| f.0).sum();
        let right: i32 = self.frames.iter().map(|f| f.1).sum();
        let mut first = self.frames.last().map_or(0, |f| f.2);
        let width = self.columns - right - left;
        if width <= 0 {
            self.buffer.clear();
        }
        if first.abs() >= width {
            first = 0;
        }
        // A hanging indent is negative: it narrows the lines after the first.
        let cells = |n: i32| usize::try_from(n).unwrap_or(0);
        let lines =
            wrap::lines(&self.buffer, cells(width - first.max(0)), cells(width + first.min(0)), &self.style.reset);
        let mut line = String::new();
        for (n, part) in lines.iter().enumerate() {
            line.clear();
            let indent = if n == 0 { left + first.max(0) } else { left - first.min(0) };
            pad(&mut line, cells(indent));
            line.push_str(part);
            self.out.line(&line);
        }
        self.buffer.clear();
    }
}
