//! The tree of a regular expression.
use super::charset::CharSet;
use std::rc::Rc;

#[derive(Debug, Clone)]
pub enum Node {
    Empty,
    /// One unit; `fold` ignores case.
    Char {
        unit: u16,
        fold: bool,
    },
    Set(Rc<CharSet>),
    /// `.`
    NotNewline,
    /// `.` with RegexOptions.Singleline
    Any,
    Concat(Vec<Node>),
    Alternate(Vec<Node>),
    /// A capturing group; with `uncapture` a balancing one (then `group` may be none).
    Capture {
        group: Option<u32>,
        uncapture: Option<u32>,
        node: Box<Node>,
    },
    Repeat {
        node: Box<Node>,
        min: u32,
        max: Option<u32>,
        lazy: bool,
    },
    Anchor(Anchor),
    Backreference {
        group: u32,
        fold: bool,
    },
    Look {
        behind: bool,
        negative: bool,
        node: Box<Node>,
    },
    Atomic(Box<Node>),
    IfGroup {
        group: u32,
        yes: Box<Node>,
        no: Box<Node>,
    },
    IfLook {
        test: Box<Node>,
        yes: Box<Node>,
        no: Box<Node>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// `^` in multiline mode
    LineStart,
    /// `$` in multiline mode
    LineEnd,
    /// `\A`, `^`
    Start,
    /// `\z`
    End,
    /// `\Z`, `$`
    EndOrNewline,
    /// `\G`
    Continue,
    /// `\b`
    Word,
    /// `\B`
    NotWord,
}

/// `RegexOptions`
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Options(pub u32);

impl Options {
    pub const NONE: Options = Options(0);
    pub const IGNORE_CASE: Options = Options(1);
    pub const MULTILINE: Options = Options(2);
    pub const EXPLICIT_CAPTURE: Options = Options(4);
    pub const SINGLELINE: Options = Options(16);
    pub const IGNORE_WHITESPACE: Options = Options(32);
    pub const RIGHT_TO_LEFT: Options = Options(64);
    pub fn has(self, flag: Options) -> bool {
        self.0 & flag.0 != 0
    }
    pub fn with(self, flag: Options, on: bool) -> Options {
        Options(if on { self.0 | flag.0 } else { self.0 & !flag.0 })
    }
}

/// A parsed pattern: the tree, and its groups in the order of their numbers.
#[derive(Debug)]
pub struct Parsed {
    pub root: Node,
    /// Number and name of every group, group 0 first.
    pub groups: Vec<(u32, String)>,
}
