//! From the tree to the instructions that `exec` runs.
use super::ast::{Anchor, Node, Options, Parsed};
use super::charset::{CharSet, fold_unit};
use std::rc::Rc;

/// What one unit of text must be.
#[derive(Debug, Clone)]
pub enum Test {
    Unit(u16),
    /// The unit in upper case.
    Fold(u16),
    Set(Rc<CharSet>),
    NotNewline,
    Any,
}

impl Test {
    #[inline]
    pub fn holds(&self, unit: u16) -> bool {
        match self {
            Test::Unit(want) => *want == unit,
            Test::Fold(want) => *want == fold_unit(unit),
            Test::Set(set) => set.contains(unit),
            Test::NotNewline => unit != 10,
            Test::Any => true,
        }
    }
}

/// Registers hold two numbers: a position or counter, and the position where the last round began.
pub type Register = usize;

#[derive(Debug)]
pub enum Inst {
    /// One unit; `back`: the one before the position, moving left.
    One {
        test: Test,
        back: bool,
    },
    /// A loop over single units.
    Run {
        test: Test,
        back: bool,
        min: u32,
        max: u32,
        lazy: bool,
    },
    /// Goes to `first`, later to `second`.
    Split {
        first: usize,
        second: usize,
    },
    Jump(usize),
    /// Remembers where a group starts.
    Open(Register),
    /// Ends a group.
    Capture {
        register: Register,
        group: Option<usize>,
        uncapture: Option<usize>,
    },
    Anchor(Anchor),
    Backreference {
        group: usize,
        fold: bool,
        back: bool,
    },
    /// Remembers the height of the backtracking stack, and the position.
    Mark(Register),
    /// Forgets the alternatives since the mark.
    Commit(Register),
    /// As `Commit`, and goes back to the position of the mark.
    Return(Register),
    /// Undoes all since the mark and fails.
    Refuse(Register),
    /// Goes on when the group has matched, else to the other place.
    IfGroup {
        group: usize,
        no: usize,
    },
    /// A loop's start: its counter is zero.
    Reset(Register),
    /// Another round of the loop's body, or its end.
    Round {
        register: Register,
        min: u32,
        max: u32,
        lazy: bool,
        exit: usize,
    },
    Match,
}

/// A compiled pattern.
#[derive(Debug)]
pub struct Program {
    pub insts: Vec<Inst>,
    pub registers: usize,
    /// Numbers and names of the groups, in order.
    pub groups: Vec<(u32, String)>,
    pub right_to_left: bool,
    /// Matches at the start of the text only.
    pub anchored: bool,
    /// What a match can start with.
    pub first: Option<First>,
}

/// The units that a match can start with.
#[derive(Debug, Clone, Copy)]
pub struct First {
    pub ascii: u128,
    /// Other units too.
    pub others: bool,
}

impl First {
    const ALL: First = First { ascii: u128::MAX, others: true };
    fn or(self, other: First) -> First {
        First { ascii: self.ascii | other.ascii, others: self.others || other.others }
    }
}

pub fn compile(parsed: Parsed, options: Options) -> Program {
    let right_to_left = options.has(Options::RIGHT_TO_LEFT);
    let mut compiler = Compiler { insts: Vec::new(), registers: 0, groups: &parsed.groups };
    compiler.node(&parsed.root, right_to_left);
    compiler.insts.push(Inst::Match);
    let (insts, registers) = (compiler.insts, compiler.registers);
    Program {
        insts,
        registers,
        right_to_left,
        anchored: !right_to_left && anchored(&parsed.root),
        first: if right_to_left { None } else { first(&parsed.root).filter(|f| f.ascii != u128::MAX) },
        groups: parsed.groups,
    }
}

/// True when the node can match at the start of the text only.
fn anchored(node: &Node) -> bool {
    match node {
        Node::Anchor(Anchor::Start) => true,
        Node::Concat(nodes) => nodes.first().is_some_and(anchored),
        Node::Alternate(nodes) => nodes.iter().all(anchored),
        Node::Capture { node, .. } | Node::Atomic(node) => anchored(node),
        _ => false,
    }
}

/// What the node can start with; none when it can match nothing at all.
fn first(node: &Node) -> Option<First> {
    let unit = |unit: u16, fold: bool| {
        if unit >= 128 {
            // Its other case may be anywhere.
            return First { ascii: if fold { u128::MAX } else { 0 }, others: true };
        }
        let byte = unit as u8;
        let mut ascii = 1u128 << byte;
        if fold {
            ascii |= 1u128 << byte.to_ascii_uppercase() | 1u128 << byte.to_ascii_lowercase();
        }
        // The Kelvin sign is a k.
        First { ascii, others: fold }
    };
    Some(match node {
        Node::Char { unit: u, fold } => unit(*u, *fold),
        Node::Set(set) => {
            First { ascii: (0..128).filter(|u| set.contains(*u)).fold(0, |bits, u| bits | 1 << u), others: true }
        }
        Node::NotNewline => First { ascii: !(1 << 10), others: true },
        Node::Any => First::ALL,
        Node::Concat(nodes) => {
            return nodes
                .iter()
                .find(|n| !matches!(n, Node::Anchor(_) | Node::Look { .. } | Node::Empty))
                .and_then(first);
        }
        Node::Alternate(nodes) => {
            let mut all = First { ascii: 0, others: false };
            for node in nodes {
                all = all.or(first(node)?);
            }
            all
        }
        Node::Capture { node, .. } | Node::Atomic(node) => return first(node),
        Node::Repeat { node, min, .. } if *min > 0 => return first(node),
        _ => return None,
    })
}

struct Compiler<'a> {
    insts: Vec<Inst>,
    registers: usize,
    groups: &'a [(u32, String)],
}

impl Compiler<'_> {
    fn register(&mut self) -> Register {
        self.registers += 1;
        self.registers - 1
    }
    fn slot(&self, number: u32) -> usize {
        self.groups.iter().position(|(n, _)| *n == number).unwrap_or(0)
    }
    fn emit(&mut self, inst: Inst) -> usize {
        self.insts.push(inst);
        self.insts.len() - 1
    }
    fn here(&self) -> usize {
        self.insts.len()
    }

    fn test(node: &Node) -> Option<Test> {
        Some(match node {
            Node::Char { unit, fold: true } => Test::Fold(fold_unit(*unit)),
            Node::Char { unit, fold: false } => Test::Unit(*unit),
            Node::Set(set) => Test::Set(set.clone()),
            Node::NotNewline => Test::NotNewline,
            Node::Any => Test::Any,
            _ => return None,
        })
    }

    fn node(&mut self, node: &Node, back: bool) {
        if let Some(test) = Self::test(node) {
            self.emit(Inst::One { test, back });
            return;
        }
        match node {
            Node::Concat(nodes) if back => nodes.iter().rev().for_each(|n| self.node(n, back)),
            Node::Concat(nodes) => nodes.iter().for_each(|n| self.node(n, back)),
            Node::Alternate(nodes) => self.alternate(nodes, back),
            Node::Capture { group, uncapture, node } => {
                let register = self.register();
                self.emit(Inst::Open(register));
                self.node(node, back);
                let (group, uncapture) = (group.map(|g| self.slot(g)), uncapture.map(|g| self.slot(g)));
                self.emit(Inst::Capture { register, group, uncapture });
            }
            Node::Repeat { node, min, max, lazy } => self.repeat(node, *min, *max, *lazy, back),
            Node::Anchor(anchor) => drop(self.emit(Inst::Anchor(*anchor))),
            Node::Backreference { group, fold } => {
                let group = self.slot(*group);
                self.emit(Inst::Backreference { group, fold: *fold, back });
            }
            Node::Look { behind, negative, node } => self.look(node, *behind, *negative),
            Node::Atomic(node) => {
                let mark = self.register();
                self.emit(Inst::Mark(mark));
                self.node(node, back);
                self.emit(Inst::Commit(mark));
            }
            Node::IfGroup { group, yes, no } => {
                let group = self.slot(*group);
                let test = self.emit(Inst::IfGroup { group, no: 0 });
                self.branches(yes, no, back, |no| Inst::IfGroup { group, no }, test);
            }
            Node::IfLook { test, yes, no } => {
                let mark = self.register();
                self.emit(Inst::Mark(mark));
                let split = self.emit(Inst::Jump(0));
                self.node(test, false);
                // Commits to the first branch: the way to the second one is forgotten.
                self.emit(Inst::Return(mark));
                let first = split + 1;
                self.branches(yes, no, back, |second| Inst::Split { first, second }, split);
            }
            _ => {}
        }
    }

    /// `yes`, with the instruction at `at` made to lead to `no` otherwise.
    fn branches(&mut self, yes: &Node, no: &Node, back: bool, jump: impl Fn(usize) -> Inst, at: usize) {
        self.node(yes, back);
        let over = self.emit(Inst::Jump(0));
        self.insts[at] = jump(self.here());
        self.node(no, back);
        self.insts[over] = Inst::Jump(self.here());
    }

    fn alternate(&mut self, nodes: &[Node], back: bool) {
        let mut ends = Vec::new();
        for (at, node) in nodes.iter().enumerate() {
            if at + 1 == nodes.len() {
                self.node(node, back);
                break;
            }
            let split = self.emit(Inst::Jump(0));
            self.node(node, back);
            ends.push(self.emit(Inst::Jump(0)));
            self.insts[split] = Inst::Split { first: split + 1, second: self.here() };
        }
        for end in ends {
            self.insts[end] = Inst::Jump(self.here());
        }
    }

    fn repeat(&mut self, node: &Node, min: u32, max: Option<u32>, lazy: bool, back: bool) {
        let limit = max.unwrap_or(u32::MAX);
        if limit == 0 {
            return;
        }
        if let Some(test) = Self::test(node) {
            self.emit(Inst::Run { test, back, min, max: limit, lazy });
            return;
        }
        if (min, limit) == (1, 1) {
            self.node(node, back);
            return;
        }
        if (min, limit) == (0, 1) {
            let split = self.emit(Inst::Jump(0));
            self.node(node, back);
            let (body, end) = (split + 1, self.here());
            self.insts[split] =
                if lazy { Inst::Split { first: end, second: body } } else { Inst::Split { first: body, second: end } };
            return;
        }
        let register = self.register();
        self.emit(Inst::Reset(register));
        let round = self.emit(Inst::Jump(0));
        self.node(node, back);
        self.emit(Inst::Jump(round));
        self.insts[round] = Inst::Round { register, min, max: limit, lazy, exit: self.here() };
    }

    fn look(&mut self, node: &Node, behind: bool, negative: bool) {
        let mark = self.register();
        self.emit(Inst::Mark(mark));
        if !negative {
            self.node(node, behind);
            self.emit(Inst::Return(mark));
            return;
        }
        let split = self.emit(Inst::Jump(0));
        self.node(node, behind);
        self.emit(Inst::Refuse(mark));
        self.insts[split] = Inst::Split { first: split + 1, second: self.here() };
    }
}
