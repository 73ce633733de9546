//! The parser of .NET's pattern syntax: one pass that numbers the groups (unnamed ones first), one that builds the tree.
use super::ast::{Anchor, Node, Options, Parsed};
use super::charset::is_word;
use super::scan::{Escape, Scan, Scanner};
use std::rc::Rc;

/// How deep groups may nest.
const DEPTH: usize = 1000;

pub fn parse(pattern: &str, options: Options) -> Scan<Parsed> {
    let mut scanner = Scanner::new(pattern, options);
    count_groups(&mut scanner)?;
    let (numbers, names) = (std::mem::take(&mut scanner.numbers), std::mem::take(&mut scanner.names));
    let mut scanner = Scanner::new(pattern, options);
    (scanner.numbers, scanner.names) = (numbers, names);
    let mut parser = Parser { s: scanner, levels: vec![Level::new(Kind::Group, options)] };
    let root = parser.pattern()?;
    let names = &parser.s.names;
    let name_of = |n: u32| names.iter().find(|(_, m)| *m == n).map_or_else(|| n.to_string(), |(name, _)| name.clone());
    let groups = parser.s.numbers.iter().map(|n| (*n, name_of(*n))).collect();
    Ok(Parsed { root, groups })
}

/// Finds all groups and numbers the named ones behind the others.
fn count_groups(s: &mut Scanner<'_>) -> Scan<()> {
    let mut names: Vec<String> = Vec::new();
    while !s.at_end() {
        match s.next() {
            '\\' if !s.at_end() => drop(s.backslash(true)?),
            '#' if s.has(Options::IGNORE_WHITESPACE) => {
                s.pos -= 1;
                s.blank()?;
            }
            '[' => drop(s.class(false, true)?),
            ')' => {
                if let Some(options) = s.options_stack.pop() {
                    s.options = options;
                }
            }
            '(' if s.peek(0) == '?' && s.peek(1) == '#' => {
                s.pos -= 1;
                s.blank()?;
            }
            '(' => {
                s.options_stack.push(s.options);
                if s.peek(0) == '?' && !s.at_end() {
                    s.pos += 1;
                    if s.pos + 1 < s.len() && matches!(s.peek(0), '<' | '\'') {
                        s.pos += 1;
                        let c = s.peek(0);
                        if c != '0' && is_word(s.unit(s.pos)) {
                            if c.is_ascii_digit() {
                                let number = s.decimal()?;
                                s.numbers.insert(number);
                            } else {
                                let name = s.name();
                                if !names.contains(&name) {
                                    names.push(name);
                                }
                            }
                        }
                    } else {
                        s.scan_options();
                        match s.peek(0) {
                            ')' if !s.at_end() => {
                                // Options for the rest of the enclosing group.
                                s.pos += 1;
                                s.options_stack.pop();
                            }
                            '(' => {
                                s.ignore_next_paren = true;
                                continue;
                            }
                            _ => {}
                        }
                    }
                } else if !s.has(Options::EXPLICIT_CAPTURE) && !s.ignore_next_paren {
                    s.numbers.insert(s.next_group);
                    s.next_group += 1;
                }
                s.ignore_next_paren = false;
            }
            _ => {}
        }
    }
    for name in names {
        while s.numbers.contains(&s.next_group) {
            s.next_group += 1;
        }
        s.numbers.insert(s.next_group);
        s.names.push((name, s.next_group));
    }
    Ok(())
}

/// What an open parenthesis began.
enum Kind {
    Group,
    Capture { group: Option<u32>, uncapture: Option<u32> },
    Look { behind: bool, negative: bool },
    Atomic,
    IfGroup(u32),
    IfLook,
}

/// An open group: its finished alternatives and the one being read.
struct Level {
    kind: Kind,
    /// Options to go back to at its end.
    outer: Options,
    alternatives: Vec<Node>,
    sequence: Vec<Node>,
    /// The test of a conditional by expression, once it is read.
    test: Option<Node>,
}

impl Level {
    fn new(kind: Kind, outer: Options) -> Level {
        Level { kind, outer, alternatives: Vec::new(), sequence: Vec::new(), test: None }
    }
}

fn sequence(mut nodes: Vec<Node>) -> Node {
    match nodes.len() {
        0 => Node::Empty,
        1 => nodes.pop().unwrap_or(Node::Empty),
        _ => Node::Concat(nodes),
    }
}

struct Parser<'a> {
    s: Scanner<'a>,
    levels: Vec<Level>,
}

impl Parser<'_> {
    fn level(&mut self) -> &mut Level {
        if self.levels.is_empty() {
            self.levels.push(Level::new(Kind::Group, Options::NONE));
        }
        let last = self.levels.len() - 1;
        &mut self.levels[last]
    }

    fn char(&self, unit: u16) -> Node {
        let fold = self.s.has(Options::IGNORE_CASE) && !super::charset::caseless(unit);
        Node::Char { unit, fold }
    }

    fn pattern(&mut self) -> Scan<Node> {
        let mut after_quantifier = false;
        loop {
            self.s.blank()?;
            if self.s.at_end() {
                break;
            }
            let was_quantifier = std::mem::take(&mut after_quantifier);
            let unit = self.s.unit(self.s.pos);
            let c = self.s.peek(0);
            let node = if self.s.at_quantifier() {
                self.s.pos += 1;
                return self.s.error(if was_quantifier {
                    format!("Nested quantifier '{c}'.")
                } else {
                    format!("Quantifier '{c}' following nothing.")
                });
            } else {
                self.s.pos += 1;
                match c {
                    '[' => {
                        let fold = self.s.has(Options::IGNORE_CASE);
                        Node::Set(Rc::new(self.s.class(fold, false)?))
                    }
                    '(' => {
                        let outer = self.s.options;
                        match self.open()? {
                            Some(kind) if self.levels.len() < DEPTH => self.levels.push(Level::new(kind, outer)),
                            Some(_) => return self.s.error("The pattern nests too deeply."),
                            None => {}
                        }
                        continue;
                    }
                    '|' => {
                        let level = self.level();
                        let done = sequence(std::mem::take(&mut level.sequence));
                        level.alternatives.push(done);
                        continue;
                    }
                    ')' => {
                        if self.levels.len() < 2 {
                            return self.s.error("Too many )'s.");
                        }
                        match self.close()? {
                            Some(node) => node,
                            None => continue,
                        }
                    }
                    '\\' => {
                        if self.s.at_end() {
                            return self.s.error("Illegal \\ at end of pattern.");
                        }
                        self.escape()?
                    }
                    '^' if self.s.has(Options::MULTILINE) => Node::Anchor(Anchor::LineStart),
                    '^' => Node::Anchor(Anchor::Start),
                    '$' if self.s.has(Options::MULTILINE) => Node::Anchor(Anchor::LineEnd),
                    '$' => Node::Anchor(Anchor::EndOrNewline),
                    '.' if self.s.has(Options::SINGLELINE) => Node::Any,
                    '.' => Node::NotNewline,
                    _ => self.char(unit),
                }
            };
            self.s.blank()?;
            let node = if self.s.at_quantifier() {
                after_quantifier = true;
                self.quantified(node)?
            } else {
                node
            };
            self.level().sequence.push(node);
        }
        if self.levels.len() > 1 {
            return self.s.error("Not enough )'s.");
        }
        Ok(self.levels.pop().map_or(Node::Empty, alternatives))
    }

    fn quantified(&mut self, node: Node) -> Scan<Node> {
        let (min, max) = match self.s.next() {
            '*' => (0, None),
            '+' => (1, None),
            '?' => (0, Some(1)),
            _ => {
                let min = self.s.decimal()?;
                let max = if self.s.peek(0) == ',' {
                    self.s.pos += 1;
                    if self.s.peek(0) == '}' { None } else { Some(self.s.decimal()?) }
                } else {
                    Some(min)
                };
                self.s.pos += 1;
                (min, max)
            }
        };
        self.s.blank()?;
        let lazy = !self.s.at_end() && self.s.peek(0) == '?';
        if lazy {
            self.s.pos += 1;
        }
        if max.is_some_and(|max| min > max) {
            return self.s.error("Illegal {x,y} with x > y.");
        }
        Ok(Node::Repeat { node: Box::new(node), min, max, lazy })
    }

    fn escape(&mut self) -> Scan<Node> {
        let fold = self.s.has(Options::IGNORE_CASE);
        Ok(match self.s.backslash(false)? {
            Escape::Unit(unit) => self.char(unit),
            Escape::Set(mut set) => {
                if fold {
                    set.add_case();
                }
                Node::Set(Rc::new(set.finish()))
            }
            Escape::Backreference(group) => Node::Backreference { group, fold },
            Escape::Anchor(c) => Node::Anchor(match c {
                'A' => Anchor::Start,
                'z' => Anchor::End,
                'Z' => Anchor::EndOrNewline,
                'G' => Anchor::Continue,
                'b' => Anchor::Word,
                _ => Anchor::NotWord,
            }),
        })
    }

    /// The end of a group; none when it was the test of a conditional, whose branches follow.
    fn close(&mut self) -> Scan<Option<Node>> {
        let Some(mut level) = self.levels.pop() else { return Ok(None) };
        self.s.options = level.outer;
        // The parenthesis that tests for a conditional ends; the conditional itself goes on.
        if let Some(parent) = self.levels.last_mut()
            && matches!(parent.kind, Kind::IfLook)
            && parent.test.is_none()
        {
            let node = finish(level);
            parent.test = Some(node);
            return Ok(None);
        }
        let done = sequence(std::mem::take(&mut level.sequence));
        level.alternatives.push(done);
        let limit = matches!(level.kind, Kind::IfGroup(_) | Kind::IfLook);
        if limit && level.alternatives.len() > 2 {
            return self.s.error("Too many | in (?()|).");
        }
        Ok(Some(build(level)))
    }

    /// What follows an open parenthesis; none for options alone.
    fn open(&mut self) -> Scan<Option<Kind>> {
        if self.s.at_end() || self.s.peek(0) != '?' || (self.s.pos + 1 < self.s.len() && self.s.peek(1) == ')') {
            if self.s.has(Options::EXPLICIT_CAPTURE) || self.s.ignore_next_paren {
                self.s.ignore_next_paren = false;
                return Ok(Some(Kind::Group));
            }
            let group = self.s.next_group;
            self.s.next_group += 1;
            return Ok(Some(Kind::Capture { group: Some(group), uncapture: None }));
        }
        self.s.ignore_next_paren = false;
        self.s.pos += 1;
        let right_to_left = Options::RIGHT_TO_LEFT;
        if self.s.at_end() {
            return self.unknown();
        }
        let kind = match self.s.next() {
            ':' => Kind::Group,
            '=' => {
                self.s.options = self.s.options.with(right_to_left, false);
                Kind::Look { behind: false, negative: false }
            }
            '!' => {
                self.s.options = self.s.options.with(right_to_left, false);
                Kind::Look { behind: false, negative: true }
            }
            '>' => Kind::Atomic,
            open @ ('<' | '\'') => {
                if self.s.at_end() {
                    return self.unknown();
                }
                match self.s.next() {
                    c @ ('=' | '!') if open == '<' => {
                        self.s.options = self.s.options.with(right_to_left, true);
                        Kind::Look { behind: true, negative: c == '!' }
                    }
                    '=' | '!' => return self.unknown(),
                    _ => {
                        self.s.pos -= 1;
                        return self.named_group(if open == '\'' { '\'' } else { '>' });
                    }
                }
            }
            '(' => return self.conditional(),
            _ => {
                self.s.pos -= 1;
                // The test of a conditional takes no options.
                let in_test = self.levels.last().is_some_and(|l| matches!(l.kind, Kind::IfLook) && l.test.is_none());
                if !in_test {
                    self.s.scan_options();
                }
                if self.s.at_end() {
                    return self.unknown();
                }
                match self.s.next() {
                    ')' => return Ok(None),
                    ':' => Kind::Group,
                    _ => return self.unknown(),
                }
            }
        };
        Ok(Some(kind))
    }

    fn unknown<T>(&self) -> Scan<T> {
        self.s.error("Unrecognized grouping construct.")
    }
    fn bad_name<T>(&self) -> Scan<T> {
        self.s.error("Invalid group name: Group names must begin with a word character.")
    }

    /// `<name>`, `<1>`, `<name-other>`, `<-other>`
    fn named_group(&mut self, close: char) -> Scan<Option<Kind>> {
        let s = &mut self.s;
        let (mut group, mut balancing) = (None, false);
        let c = s.peek(0);
        let ends = |s: &Scanner<'_>| s.at_end() || s.peek(0) == close || s.peek(0) == '-';
        if c.is_ascii_digit() {
            let number = s.decimal()?;
            group = s.numbers.contains(&number).then_some(number);
            if !ends(s) {
                return self.bad_name();
            }
            if number == 0 {
                return s.error("Capture number cannot be zero.");
            }
        } else if is_word(s.unit(s.pos)) {
            let name = s.name();
            group = s.named(&name);
            if !ends(s) {
                return self.bad_name();
            }
        } else if c == '-' {
            balancing = true;
        } else {
            return self.bad_name();
        }
        let mut uncapture = None;
        if (group.is_some() || balancing) && s.pos + 1 < s.len() && s.peek(0) == '-' {
            s.pos += 1;
            if s.peek(0).is_ascii_digit() {
                let number = s.decimal()?;
                if !s.numbers.contains(&number) {
                    return s.error(format!("Reference to undefined group number {number}."));
                }
                uncapture = Some(number);
            } else if is_word(s.unit(s.pos)) {
                let name = s.name();
                match s.named(&name) {
                    Some(number) => uncapture = Some(number),
                    None => return s.error(format!("Reference to undefined group name '{name}'.")),
                }
            } else {
                return self.bad_name();
            }
            if !s.at_end() && s.peek(0) != close {
                return self.bad_name();
            }
        }
        if (group.is_some() || uncapture.is_some()) && !s.at_end() && s.next() == close {
            return Ok(Some(Kind::Capture { group, uncapture }));
        }
        self.unknown()
    }

    /// `(?(1)yes|no)`, `(?(name)yes|no)`, `(?(test)yes|no)`; the second parenthesis is behind us.
    fn conditional(&mut self) -> Scan<Option<Kind>> {
        let s = &mut self.s;
        let start = s.pos;
        if s.peek(0).is_ascii_digit() {
            let number = s.decimal()?;
            if !s.at_end() && s.next() == ')' {
                if s.numbers.contains(&number) {
                    return Ok(Some(Kind::IfGroup(number)));
                }
                return s.error(format!("Conditional alternation refers to an undefined group number {number}."));
            }
            return s.error(format!(
                "Conditional alternation is missing a closing parenthesis after the group number {number}."
            ));
        }
        if is_word(s.unit(s.pos)) {
            let name = s.name();
            if let Some(number) = s.named(&name)
                && !s.at_end()
                && s.next() == ')'
            {
                return Ok(Some(Kind::IfGroup(number)));
            }
        }
        // Not a group: read the parenthesis as an expression, without capturing.
        s.pos = start - 1;
        s.ignore_next_paren = true;
        if s.len() - s.pos >= 3 && s.peek(1) == '?' {
            match s.peek(2) {
                '#' => return s.error("Alternation conditions cannot be comments."),
                '\'' => return s.error("Alternation conditions do not capture and cannot be named."),
                '<' if s.len() - s.pos >= 4 && !matches!(s.peek(3), '!' | '=') => {
                    return s.error("Alternation conditions do not capture and cannot be named.");
                }
                _ => {}
            }
        }
        Ok(Some(Kind::IfLook))
    }
}

/// All alternatives of a level as one node.
fn alternatives(mut level: Level) -> Node {
    let last = sequence(std::mem::take(&mut level.sequence));
    if level.alternatives.is_empty() {
        return last;
    }
    level.alternatives.push(last);
    Node::Alternate(level.alternatives)
}

/// A finished level whose last alternative is still in its sequence.
fn finish(mut level: Level) -> Node {
    let done = sequence(std::mem::take(&mut level.sequence));
    level.alternatives.push(done);
    build(level)
}

/// A finished level as a node.
fn build(mut level: Level) -> Node {
    if let Kind::IfGroup(_) | Kind::IfLook = level.kind {
        let mut branches = std::mem::take(&mut level.alternatives).into_iter();
        let yes = Box::new(branches.next().unwrap_or(Node::Empty));
        let no = Box::new(branches.next().unwrap_or(Node::Empty));
        return match level.kind {
            Kind::IfGroup(group) => Node::IfGroup { group, yes, no },
            _ => Node::IfLook { test: Box::new(level.test.unwrap_or(Node::Empty)), yes, no },
        };
    }
    let body = match level.alternatives.len() {
        0 | 1 => level.alternatives.pop().unwrap_or(Node::Empty),
        _ => Node::Alternate(level.alternatives),
    };
    match level.kind {
        Kind::Capture { group, uncapture } => Node::Capture { group, uncapture, node: Box::new(body) },
        Kind::Look { behind, negative } => Node::Look { behind, negative, node: Box::new(body) },
        Kind::Atomic => Node::Atomic(Box::new(body)),
        _ => body,
    }
}
