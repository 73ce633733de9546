//! What goes from the formatting half to the writing half: a document is a start, groups of entries and an end. Format-*
//! cmdlets send the packets down the pipeline as objects of the names that PowerShell gives them.
use compact_str::CompactString;
use dialtone_object::{NetObject, PsString, TypeKind, TypeRef, types};
use std::any::Any;
use std::rc::Rc;
use std::sync::OnceLock;

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Align {
    /// As the column says.
    #[default]
    Undefined,
    Left,
    Center,
    Right,
}

/// One column of a table's head.
#[derive(Clone, Debug)]
pub struct Header {
    pub label: CompactString,
    /// 0: to be measured or shared out.
    pub width: i32,
    pub align: Align,
    pub is_property: bool,
}

#[derive(Clone, Debug)]
pub enum Shape {
    Table {
        columns: Vec<Header>,
        hide_header: bool,
        repeat_header: bool,
    },
    List,
    /// Columns; 0 for as many as the longest item allows.
    Wide {
        columns: usize,
    },
    Custom,
}

#[derive(Debug)]
pub struct Start {
    pub shape: Shape,
    /// Measure the columns over the whole group before the first line is written.
    pub auto_size: bool,
}

#[derive(Clone, Debug)]
pub struct Cell {
    pub text: CompactString,
    pub align: Align,
}

/// Text of a custom view, a grouping header.
#[derive(Clone, Debug)]
pub enum Node {
    Text(CompactString),
    NewLine,
    Frame { left: i32, right: i32, first_line: i32, nodes: Vec<Node> },
}

#[derive(Clone, Debug)]
pub enum Payload {
    Row {
        cells: Vec<Cell>,
        wrap: bool,
    },
    List(Vec<(CompactString, CompactString)>),
    Wide(CompactString),
    Custom(Vec<Node>),
    /// Text that is written as it is.
    Raw(PsString),
}

#[derive(Debug)]
pub enum Packet {
    Start(Rc<Start>),
    GroupStart(Option<Vec<Node>>),
    Entry { payload: Payload, out_of_band: bool },
    GroupEnd,
    End,
}

impl Packet {
    /// An entry that stands outside of the document's shape.
    pub fn out_of_band(payload: Payload) -> Packet {
        Packet::Entry { payload, out_of_band: true }
    }
}

/// A packet as an object in a pipeline.
pub struct FormatObject(pub Rc<Packet>);

const PREFIX: &str = "Microsoft.PowerShell.Commands.Internal.Format.";

fn packet_type(slot: &'static OnceLock<TypeRef>, name: &str) -> TypeRef {
    slot.get_or_init(|| {
        let full: &'static str = Box::leak(format!("{PREFIX}{name}").into_boxed_str());
        types::leak_type(types::TypeInfo::new(full, full, TypeKind::Other, Some(&types::OBJECT)))
    })
}

impl NetObject for FormatObject {
    fn type_ref(&self) -> TypeRef {
        static TYPES: [OnceLock<TypeRef>; 5] = [const { OnceLock::new() }; 5];
        match &*self.0 {
            Packet::Start(_) => packet_type(&TYPES[0], "FormatStartData"),
            Packet::GroupStart(_) => packet_type(&TYPES[1], "GroupStartData"),
            Packet::Entry { .. } => packet_type(&TYPES[2], "FormatEntryData"),
            Packet::GroupEnd => packet_type(&TYPES[3], "GroupEndData"),
            Packet::End => packet_type(&TYPES[4], "FormatEndData"),
        }
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
}
