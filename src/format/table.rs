//! Writes the header and rows of a table (and the rows of a wide view) into fixed columns.
use crate::cells::{self, ESC, pad};
use crate::output::Lines;
use crate::packet::Align;
use crate::style::Style;
use crate::{widths, wrap};

struct Column {
    width: i32,
    align: Align,
    /// Whether the label is a property's name; others get a style of their own.
    is_property: bool,
}

/// A table narrower than this shows nothing.
const MINIMUM_SCREEN: i32 = 5;

#[derive(Default)]
pub struct TableWriter {
    columns: Vec<Column>,
    /// Header lines, for repeating.
    header: Vec<String>,
    hide_header: bool,
    /// Nothing fits: nothing is written.
    disabled: bool,
    line: String,
}

/// What a table needs to know of one column.
pub struct ColumnSpec {
    pub width: i32,
    pub align: Align,
    pub is_property: bool,
}

impl TableWriter {
    pub fn new(columns: Vec<ColumnSpec>, screen: i32, hide_header: bool) -> TableWriter {
        let mut writer = TableWriter { hide_header, ..TableWriter::default() };
        if screen < MINIMUM_SCREEN {
            writer.disabled = true;
            return writer;
        }
        let mut assigned: Vec<i32> = columns.iter().map(|c| c.width).collect();
        widths::assign(&mut assigned, screen);
        writer.disabled = !assigned.iter().any(|w| *w >= 1);
        writer.columns = columns
            .into_iter()
            .zip(assigned)
            .map(|(c, width)| Column { width, align: c.align, is_property: c.is_property })
            .collect();
        writer
    }

    /// Writes the header; gives its number of lines.
    pub fn header(&mut self, labels: &[&str], style: &Style, out: &mut dyn Lines) -> usize {
        if self.disabled || self.hide_header {
            return 0;
        }
        let aligns: Vec<_> = self.columns.iter().map(|c| c.align).collect();
        let mut lines = self.wrapped_row(labels, &aligns, style, true);
        let dashes: Vec<String> = self
            .columns
            .iter()
            .zip(labels)
            .map(|(c, label)| {
                let w = usize::try_from(c.width).unwrap_or(0);
                let n = if label.is_empty() { w } else { w.min(cells::width(label)) };
                "-".repeat(n)
            })
            .collect();
        let dashes: Vec<&str> = dashes.iter().map(String::as_str).collect();
        self.build_row(&dashes, &aligns, style, true);
        lines.push(self.line.clone());
        for line in &lines {
            out.line(line);
        }
        self.header = lines;
        self.header.len()
    }

    /// Writes the header again.
    pub fn repeat_header(&self, out: &mut dyn Lines) -> usize {
        self.header.iter().for_each(|line| out.line(line));
        self.header.len()
    }

    /// Writes a row; `aligns` of single cells win over those of the columns where they say something.
    pub fn row(&mut self, values: &[&str], aligns: &[Align], wrap: bool, style: &Style, out: &mut dyn Lines) {
        if self.disabled {
            return;
        }
        let aligns: smallvec::SmallVec<[Align; 16]> = self
            .columns
            .iter()
            .enumerate()
            .map(|(k, c)| match aligns.get(k) {
                None | Some(Align::Undefined) => c.align,
                Some(a) => *a,
            })
            .collect();
        if wrap {
            for line in self.wrapped_row(values, &aligns, style, false) {
                out.line(&line);
            }
        } else {
            self.build_row(values, &aligns, style, false);
            out.line(&self.line);
        }
    }

    /// One row on one line, into `self.line`.
    fn build_row(&mut self, values: &[&str], aligns: &[Align], style: &Style, header: bool) {
        let line = &mut self.line;
        line.clear();
        let count = self.columns.len();
        for (k, column) in self.columns.iter().enumerate() {
            if column.width <= 0 {
                continue;
            }
            if k > 0 {
                line.push(' ');
            }
            if header {
                line.push_str(&style.table_header);
            }
            let value = values.get(k).copied().unwrap_or("");
            let start = line.len();
            let aligned = aligns.get(k).copied().unwrap_or(Align::Left);
            push_field(line, value, column.width as usize, aligned, k + 1 < count, &style.reset);
            let field = &line[start..];
            let open = value.contains(ESC) && field.contains(ESC) && !field.trim_end().ends_with(style.reset.as_str());
            if header || open {
                line.push_str(&style.reset);
            }
        }
    }

    /// A row whose cells may take several lines.
    fn wrapped_row(&mut self, values: &[&str], aligns: &[Align], style: &Style, header: bool) -> Vec<String> {
        let visible: Vec<usize> = (0..self.columns.len()).filter(|k| self.columns[*k].width > 0).collect();
        let Some(last) = visible.len().checked_sub(1) else { return Vec::new() };
        let mut fields: Vec<Vec<String>> = Vec::with_capacity(visible.len());
        for (n, k) in visible.iter().enumerate() {
            let width = self.columns[*k].width as usize;
            let (padded, align) = (n < last, aligns.get(*k).copied().unwrap_or(Align::Left));
            let mut lines = wrap::lines(values.get(*k).copied().unwrap_or(""), width, width, &style.reset);
            for line in &mut lines {
                if (padded || matches!(align, Align::Right | Align::Center)) && cells::width(line) < width {
                    let mut field = String::new();
                    push_field(&mut field, line, width, align, padded, &style.reset);
                    *line = field;
                }
                if n > 0 {
                    line.insert(0, ' ');
                }
            }
            fields.push(lines);
        }
        let rows = fields.iter().map(Vec::len).max().unwrap_or(0);
        (0..rows)
            .map(|row| {
                let last_here = (0..fields.len()).rev().find(|n| fields[*n].len() > row).unwrap_or(0);
                let mut line = String::new();
                for (n, field) in fields.iter().enumerate() {
                    let mut blank = String::new();
                    let value = field.get(row).map_or_else(
                        || {
                            if n < last && n <= last_here {
                                pad(&mut blank, self.columns[visible[n]].width as usize + usize::from(n > 0));
                            }
                            blank.as_str()
                        },
                        String::as_str,
                    );
                    let value = if n == last_here && rows > 1 { value.trim_end() } else { value };
                    if header && self.columns[n].is_property {
                        line.push_str(&style.table_header);
                        line.push_str(value);
                    } else if header && !value.is_empty() {
                        let at = usize::from(n > 0);
                        line.push_str(&value[..at]);
                        line.push_str(&style.custom_header);
                        line.push_str(&value[at..]);
                    } else {
                        line.push_str(value);
                    }
                    if header {
                        line.push_str(&style.reset);
                    }
                }
                line
            })
            .collect()
    }
}

/// Appends one cell: padded, or cut with an ellipsis.
fn push_field(out: &mut String, value: &str, width: usize, align: Align, padded: bool, reset: &str) {
    // Only the first line of the text shows.
    let cut;
    let mut text = value;
    if let Some(at) = value.find(['\n', '\r']) {
        cut = format!("{}…", &value[..at]);
        text = &cut;
    }
    let cells = cells::width(text);
    if cells < width {
        let blanks = width - cells;
        match align {
            Align::Right => {
                pad(out, blanks);
                out.push_str(text);
            }
            Align::Center => {
                pad(out, blanks / 2);
                out.push_str(text);
                if padded {
                    pad(out, blanks - blanks / 2);
                }
            }
            _ => {
                out.push_str(text);
                if padded {
                    pad(out, blanks);
                }
            }
        }
        return;
    }
    if cells == width {
        out.push_str(text);
        return;
    }
    let (room, ellipsis) = if width > 1 { (width - 1, "…") } else { (width, "") };
    let start = out.len();
    if align == Align::Right {
        cells::push_tail(out, text, room, ellipsis, reset);
    } else {
        cells::push_head(out, text, room, ellipsis, reset);
    }
    // Cutting a wide character leaves the field one cell short.
    if cells::width(&out[start..]) != width {
        if align == Align::Right {
            out.insert(start, ' ');
        } else if padded {
            out.push(' ');
        }
    }
}
