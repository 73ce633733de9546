//! The writing half of the formatter: takes packets in their order and writes lines. Tables whose columns have to be
//! measured wait for the end of their group or for 300 ms.
use crate::cells::{self, ESC};
use crate::packet::{Align, Header, Node, Packet, Payload, Shape, Start};
use crate::style::Style;
use crate::table::{ColumnSpec, TableWriter};
use crate::{custom, list, widths};
use compact_str::CompactString;
use dialtone_object::{ErrorCategory, ErrorRecord, Res};
use std::rc::Rc;
use std::time::Duration;

/// Where lines go.
pub trait Lines {
    /// A line of formatted text.
    fn line(&mut self, text: &str);
    /// Text that is written as it is (it may hold line ends of its own).
    fn raw(&mut self, text: &str) {
        self.line(text);
    }
}
/// Each line with a line end behind it.
impl Lines for String {
    fn line(&mut self, text: &str) {
        self.push_str(text);
        self.push('\n');
    }
}
impl Lines for Vec<String> {
    fn line(&mut self, text: &str) {
        self.push(text.to_owned());
    }
}

/// The device: what the layout may use of it.
#[derive(Clone, Copy, Debug)]
pub struct Screen {
    /// Cells of a line; `UNLIMITED` for text without -Width.
    pub columns: i32,
    /// Cells that tables use when the line is unlimited: the console's width.
    pub window_width: i32,
    pub window_height: i32,
    /// The host's screen (as against text for a string or file).
    pub host: bool,
    /// The host's output is a terminal that shows colours.
    pub terminal: bool,
}

pub const UNLIMITED: i32 = i32::MAX;

impl Screen {
    /// The host's own output: the last column stays free.
    pub fn host(width: i32, height: i32, terminal: bool) -> Screen {
        Screen { columns: width - 1, window_width: width, window_height: height, host: true, terminal }
    }
    /// Text for Out-String, Out-File and redirections; `columns` none for no -Width.
    pub fn text(columns: Option<i32>, console_width: i32, console_height: i32, terminal: bool) -> Screen {
        Screen {
            columns: columns.unwrap_or(UNLIMITED),
            window_width: console_width,
            window_height: console_height,
            host: false,
            terminal,
        }
    }
    fn table_width(&self) -> i32 {
        if self.columns == UNLIMITED { self.window_width } else { self.columns }
    }
}

/// How long a measured table may wait for its first line.
pub const MEASURING: Duration = Duration::from_millis(300);

/// Time since some fixed moment; tests set their own.
pub type Clock = fn() -> Duration;

/// The time since the process asked first.
pub fn system_clock() -> Duration {
    static START: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
    START.get_or_init(std::time::Instant::now).elapsed()
}

#[derive(Clone, Copy, PartialEq, Debug)]
enum State {
    Reset,
    Formatting,
    InsideGroup,
}

enum Hint {
    Table(Vec<i32>),
    Wide(i32),
}

/// Holds back the entries of a group until its columns can be measured.
struct Queue {
    /// None: until the end of the group.
    limit: Option<Duration>,
    since: Option<Duration>,
    start: Option<Rc<Start>>,
    waiting: bool,
    packets: Vec<Rc<Packet>>,
}

enum Group {
    Table { writer: TableWriter, start: Rc<Start>, rows: usize },
    List,
    Wide { writer: TableWriter, per_row: usize, items: Vec<CompactString> },
    Custom,
}

pub struct Output {
    pub screen: Screen,
    pub style: Rc<Style>,
    pub clock: Clock,
    state: State,
    documents: Vec<Rc<Start>>,
    groups: Vec<Group>,
    queue: Option<Queue>,
    hint: Option<Hint>,
}

/// Takes the escape sequences out where the device shows none.
struct Device<'a> {
    out: &'a mut dyn Lines,
    plain: bool,
    host: bool,
}
impl Lines for Device<'_> {
    fn line(&mut self, text: &str) {
        if self.plain && text.contains(ESC) {
            self.out.line(&cells::strip(text));
        } else {
            self.out.line(text);
        }
    }
    fn raw(&mut self, text: &str) {
        if self.host && self.plain && text.contains(ESC) {
            self.out.raw(&cells::strip(text));
        } else {
            self.out.raw(text);
        }
    }
}

impl Output {
    pub fn new(screen: Screen) -> Output {
        Output {
            screen,
            style: Rc::new(Style::default()),
            clock: system_clock,
            state: State::Reset,
            documents: Vec::new(),
            groups: Vec::new(),
            queue: None,
            hint: None,
        }
    }

    /// True while a document is open: one that begins now has to wait until the formatter has closed it.
    pub fn inside_group(&self) -> bool {
        self.state == State::InsideGroup
    }

    /// Takes the next packet; packets out of order are an error, as in PowerShell.
    pub fn packet(&mut self, packet: &Rc<Packet>, out: &mut dyn Lines) -> Res<()> {
        use State::*;
        let (expected, next) = match &**packet {
            Packet::Entry { out_of_band: true, .. } => (self.state, self.state),
            Packet::Entry { .. } => (InsideGroup, InsideGroup),
            Packet::Start(_) => (Reset, Formatting),
            Packet::End => (Formatting, Reset),
            Packet::GroupStart(_) => (Formatting, InsideGroup),
            Packet::GroupEnd => (InsideGroup, Formatting),
        };
        if self.state != expected {
            return Err(out_of_sequence(packet).into());
        }
        self.state = next;
        if let Packet::Start(start) = &**packet {
            self.expect_measuring(start);
        }
        for packet in self.delay(packet) {
            self.write(&packet, out);
        }
        Ok(())
    }

    /// Writes what still waits.
    pub fn finish(&mut self, out: &mut dyn Lines) {
        if let Some(queue) = &mut self.queue {
            queue.waiting = false;
            for packet in std::mem::take(&mut queue.packets) {
                self.write(&packet, out);
            }
        }
    }

    fn expect_measuring(&mut self, start: &Rc<Start>) {
        let unassigned =
            matches!(&start.shape, Shape::Table { columns, .. } if columns.first().is_some_and(|c| c.width == 0));
        let limit = match (start.auto_size, unassigned) {
            (true, _) => None,
            (false, true) => Some(MEASURING),
            // A queue made for an earlier document stays in force, as in PowerShell.
            (false, false) => return,
        };
        self.queue = Some(Queue { limit, since: None, start: None, waiting: false, packets: Vec::new() });
    }

    /// The packets to write now.
    fn delay(&mut self, packet: &Rc<Packet>) -> smallvec::SmallVec<[Rc<Packet>; 1]> {
        let clock = self.clock;
        let Some(queue) = &mut self.queue else { return smallvec::smallvec![packet.clone()] };
        match &**packet {
            Packet::Start(start) => queue.start = Some(start.clone()),
            Packet::GroupStart(_) if !queue.waiting => {
                queue.waiting = true;
                queue.since = queue.limit.map(|_| clock());
                queue.packets.push(packet.clone());
                return smallvec::smallvec![];
            }
            _ => {}
        }
        let elapsed = match (queue.since, queue.limit) {
            (Some(since), Some(limit)) => clock().saturating_sub(since) > limit,
            _ => false,
        };
        if queue.waiting && (matches!(**packet, Packet::GroupEnd) || elapsed) {
            queue.since = None;
            queue.waiting = false;
            queue.packets.push(packet.clone());
            let packets = std::mem::take(&mut queue.packets);
            self.hint = queue.start.as_ref().and_then(|s| measure(s, &packets));
            return packets.into();
        }
        if queue.waiting {
            queue.packets.push(packet.clone());
            return smallvec::smallvec![];
        }
        smallvec::smallvec![packet.clone()]
    }

    fn write(&mut self, packet: &Packet, out: &mut dyn Lines) {
        let style = self.style.clone();
        let out = &mut Device { out, plain: style.is_plain(), host: self.screen.host };
        match packet {
            Packet::Start(start) => {
                self.documents.push(start.clone());
                out.line("");
            }
            Packet::End => {
                if !matches!(self.documents.pop().as_deref(), Some(Start { shape: Shape::List, .. })) {
                    out.line("");
                }
            }
            Packet::GroupStart(entry) => {
                let group = self.begin_group();
                self.write_group_start(group, entry.as_deref(), &style, out);
            }
            Packet::GroupEnd => {
                if let Some(Group::Wide { mut writer, per_row, items }) = self.groups.pop() {
                    write_wide(&mut writer, per_row, &items, &style, out);
                }
            }
            Packet::Entry { payload, out_of_band: true } => self.write_out_of_band(payload, &style, out),
            Packet::Entry { payload, .. } => self.write_entry(payload, &style, out),
        }
    }

    fn begin_group(&mut self) -> Option<Group> {
        let start = self.documents.last()?.clone();
        let hint = self.hint.take();
        let width = self.screen.table_width();
        Some(match &start.shape {
            Shape::Table { columns, hide_header, .. } => {
                let measured = if let Some(Hint::Table(w)) = hint { w } else { Vec::new() };
                let specs = columns
                    .iter()
                    .enumerate()
                    .map(|(k, c)| ColumnSpec {
                        width: measured.get(k).copied().unwrap_or(c.width),
                        align: c.align,
                        is_property: c.is_property,
                    })
                    .collect();
                Group::Table { writer: TableWriter::new(specs, width, *hide_header), start, rows: 0 }
            }
            Shape::List => Group::List,
            Shape::Wide { columns } => {
                let per_row = match hint {
                    Some(Hint::Wide(longest)) if longest > 0 => widths::items_per_row(longest, width),
                    _ if *columns > 0 => *columns,
                    _ => 2,
                };
                let specs =
                    (0..per_row).map(|_| ColumnSpec { width: 0, align: Align::Left, is_property: true }).collect();
                Group::Wide { writer: TableWriter::new(specs, width, false), per_row, items: Vec::new() }
            }
            Shape::Custom => Group::Custom,
        })
    }

    fn write_group_start(&mut self, group: Option<Group>, entry: Option<&[Node]>, style: &Style, out: &mut dyn Lines) {
        if let Some(nodes) = entry {
            custom::write(nodes, self.screen.columns, style, out);
            out.line("");
        }
        let Some(mut group) = group else { return };
        if let Group::Table { writer, start, rows } = &mut group
            && let Shape::Table { columns, .. } = &start.shape
        {
            *rows += write_header(writer, columns, style, out);
        }
        self.groups.push(group);
    }

    fn write_entry(&mut self, payload: &Payload, style: &Style, out: &mut dyn Lines) {
        let (height, columns) = (self.screen.window_height, self.screen.columns);
        match (self.groups.last_mut(), payload) {
            (Some(Group::Table { writer, start, rows }), Payload::Row { cells, wrap }) => {
                let Shape::Table { columns, repeat_header, .. } = &start.shape else { return };
                if columns.is_empty() {
                    return;
                }
                // Two lines are left for the prompt and a blank line.
                if *repeat_header && i32::try_from(*rows).unwrap_or(i32::MAX) >= height.saturating_sub(2) {
                    out.line("");
                    *rows = writer.repeat_header(out);
                }
                let values: smallvec::SmallVec<[&str; 16]> =
                    (0..columns.len()).map(|k| cells.get(k).map_or("", |c| c.text.as_str())).collect();
                let aligns: smallvec::SmallVec<[Align; 16]> =
                    (0..columns.len()).map(|k| cells.get(k).map_or(Align::Left, |c| c.align)).collect();
                writer.row(&values, &aligns, *wrap, style, out);
                *rows += 1;
            }
            (Some(Group::List), Payload::List(items)) => {
                write_list(items, columns, style, out);
                out.line("");
            }
            (Some(Group::Wide { writer, per_row, items }), Payload::Wide(text)) => {
                items.push(text.clone());
                if items.len() == *per_row {
                    write_wide(writer, *per_row, items, style, out);
                    items.clear();
                }
            }
            (Some(Group::Custom), Payload::Custom(nodes)) => custom::write(nodes, columns, style, out),
            _ => {}
        }
    }

    fn write_out_of_band(&mut self, payload: &Payload, style: &Style, out: &mut dyn Lines) {
        match payload {
            Payload::Raw(text) => out.raw(&text.to_output()),
            Payload::Custom(nodes) => custom::write(nodes, UNLIMITED, style, out),
            Payload::List(items) => {
                out.line("");
                write_list(items, self.screen.columns, style, out);
                out.line("");
            }
            Payload::Row { .. } | Payload::Wide(_) => {}
        }
    }
}

fn write_header(writer: &mut TableWriter, columns: &[Header], style: &Style, out: &mut dyn Lines) -> usize {
    if columns.is_empty() {
        return 0;
    }
    let labels: Vec<&str> = columns.iter().map(|c| c.label.as_str()).collect();
    writer.header(&labels, style, out)
}

fn write_list(items: &[(CompactString, CompactString)], columns: i32, style: &Style, out: &mut dyn Lines) {
    let items: Vec<(&str, &str)> = items.iter().map(|(l, v)| (l.as_str(), v.as_str())).collect();
    list::write(&items, usize::try_from(columns).unwrap_or(0), style, out);
}

fn write_wide(writer: &mut TableWriter, per_row: usize, items: &[CompactString], style: &Style, out: &mut dyn Lines) {
    if items.is_empty() {
        return;
    }
    let values: Vec<&str> = (0..per_row).map(|k| items.get(k).map_or("", |t| t.as_str())).collect();
    writer.row(&values, &[], false, style, out);
}

/// The widths that the packets of a group need.
fn measure(start: &Start, packets: &[Rc<Packet>]) -> Option<Hint> {
    let payloads = packets.iter().filter_map(|p| match &**p {
        Packet::Entry { payload, out_of_band: false } => Some(payload),
        _ => None,
    });
    let cells = |text: &str| i32::try_from(cells::width(text)).unwrap_or(i32::MAX);
    match &start.shape {
        Shape::Table { columns, .. } if !columns.is_empty() => {
            let mut widths: Vec<i32> = columns.iter().map(|c| cells(&c.label)).collect();
            for payload in payloads {
                if let Payload::Row { cells: row, .. } = payload {
                    for (width, cell) in widths.iter_mut().zip(row) {
                        *width = (*width).max(cells(&cell.text));
                    }
                }
            }
            Some(Hint::Table(widths))
        }
        Shape::Wide { columns: 0 } => {
            let longest = payloads.map(|p| if let Payload::Wide(t) = p { cells(t) } else { 0 }).max();
            Some(Hint::Wide(longest.unwrap_or(0)))
        }
        _ => None,
    }
}

fn out_of_sequence(packet: &Packet) -> ErrorRecord {
    use dialtone_object::NetObject;
    let object = crate::packet::FormatObject(Rc::new(Packet::End));
    let end = object.type_ref().full_name.trim_end_matches("FormatEndData");
    let (name, command) = match packet {
        Packet::Start(s) => (
            "FormatStartData",
            match s.shape {
                Shape::Table { .. } => "format-table",
                Shape::List => "format-list",
                Shape::Wide { .. } => "format-wide",
                Shape::Custom => "format-complex",
            },
        ),
        Packet::GroupStart(_) => ("GroupStartData", "format-*"),
        Packet::Entry { .. } => ("FormatEntryData", "format-*"),
        Packet::GroupEnd => ("GroupEndData", "format-*"),
        Packet::End => ("FormatEndData", "format-*"),
    };
    let message = format!(
        "The object of type \"{end}{name}\" is not valid or not in the correct sequence. This is likely caused by a \
         user-specified \"{command}\" command which is conflicting with the default formatting."
    );
    let record = ErrorRecord::new(
        "System.InvalidOperationException",
        "Operation is not valid due to the current state of the object.",
        "ConsoleLineOutputOutOfSequencePacket",
        ErrorCategory::InvalidData,
    );
    *record.details.borrow_mut() = Some((message.into(), "".into()));
    record
}
