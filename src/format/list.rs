//! Writes the labels and values of a list view: labels padded to the longest, long values wrapped behind them.
use crate::cells::{self, ESC, pad};
use crate::output::Lines;
use crate::style::Style;
use crate::wrap;

const SEPARATOR: &str = " : ";

/// Writes one object's properties.
pub fn write(items: &[(&str, &str)], columns: usize, style: &Style, out: &mut dyn Lines) {
    // One cell for the label and one for the value must be left.
    if items.is_empty() || columns < SEPARATOR.len() + 2 {
        return;
    }
    let longest = items.iter().map(|(label, _)| cells::width(label)).max().unwrap_or(0);
    let label_width = longest.min(columns - SEPARATOR.len() - 1);
    let indent = label_width + SEPARATOR.len();
    let field = columns - indent;
    let mut line = String::new();
    for (label, value) in items {
        let mut head = String::with_capacity(indent);
        let width = cells::width(label);
        if width > label_width {
            cells::push_head(&mut head, label, label_width, "", "");
        } else {
            head.push_str(label);
            pad(&mut head, label_width - width);
        }
        head.push_str(SEPARATOR);
        let mut first = true;
        let mut write_line = |part: &str, line: &mut String| {
            line.clear();
            if std::mem::take(&mut first) {
                if style.accent.is_empty() {
                    line.push_str(&head);
                } else {
                    line.push_str(&style.accent);
                    line.push_str(&head);
                    line.push_str(&style.reset);
                }
            } else {
                pad(line, indent);
            }
            line.push_str(part);
            if part.contains(ESC) && !part.trim_end().ends_with(style.reset.as_str()) {
                line.push_str(&style.reset);
            }
            out.line(line);
        };
        if value.len() <= field && !value.contains(['\n', '\r', ESC]) && value.is_ascii() {
            write_line(value, &mut line);
        } else {
            for part in wrap::lines(value, field, field, &style.reset) {
                write_line(&part, &mut line);
            }
        }
    }
}
