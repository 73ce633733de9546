//! The backtracking machine, with a stack of its own: what .NET's engine does, captures of repeated groups included.
use super::ast::Anchor;
use super::charset::{is_word, same_fold};
use super::program::{Inst, Program, Test};
use smallvec::SmallVec;
use std::cell::RefCell;

/// Start and end of everything a group has captured, in order; the last one counts.
pub type Captures = SmallVec<[(u32, u32); 1]>;

/// A UTF-16 unit of text that is ASCII or not.
pub trait Unit: Copy {
    fn unit(self) -> u16;
}
impl Unit for u8 {
    #[inline]
    fn unit(self) -> u16 {
        self.into()
    }
}
impl Unit for u16 {
    #[inline]
    fn unit(self) -> u16 {
        self
    }
}

/// What to do, or undo, when the way so far fails.
enum Frame {
    Branch {
        pc: usize,
        pos: usize,
    },
    /// A greedy run that may give back one unit more, down to `stop`.
    Shorter {
        pc: usize,
        pos: usize,
        stop: usize,
    },
    /// A lazy run at this instruction that may take one unit more.
    Longer {
        pc: usize,
        pos: usize,
        left: u32,
    },
    /// A lazy loop's body as the next try.
    Body {
        pc: usize,
        pos: usize,
        register: usize,
    },
    Restore {
        register: usize,
        old: (usize, usize),
    },
    DropCapture(usize),
    PutCapture {
        group: usize,
        span: (u32, u32),
    },
}

#[derive(Default)]
struct Scratch {
    stack: Vec<Frame>,
    registers: Vec<(usize, usize)>,
    captures: Vec<Captures>,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

/// The first match that begins at `from` or behind it (before it, from right to left), with the captures of all groups
/// in slot order. `continued` is where `\G` holds.
pub fn find<T: Unit>(program: &Program, text: &[T], from: usize, continued: usize) -> Option<Vec<Captures>> {
    SCRATCH.with(|shared| {
        let mut scratch = shared.try_borrow_mut().map(|mut s| std::mem::take(&mut *s)).unwrap_or_default();
        scratch.registers.clear();
        scratch.registers.resize(program.registers, (0, 0));
        scratch.captures.clear();
        scratch.captures.resize(program.groups.len(), Captures::new());
        let mut machine = Machine { program, text, continued, scratch };
        let found = machine.search(from);
        let Machine { mut scratch, .. } = machine;
        let result = found.then(|| std::mem::take(&mut scratch.captures));
        if let Ok(mut shared) = shared.try_borrow_mut() {
            *shared = scratch;
        }
        result
    })
}

struct Machine<'a, T> {
    program: &'a Program,
    text: &'a [T],
    continued: usize,
    scratch: Scratch,
}

impl<T: Unit> Machine<'_, T> {
    fn search(&mut self, from: usize) -> bool {
        if self.program.right_to_left {
            return (0..=from.min(self.text.len())).rev().any(|at| self.try_at(at));
        }
        if self.program.anchored {
            return from == 0 && self.try_at(0);
        }
        let Some(first) = self.program.first else {
            return (from..=self.text.len()).any(|at| self.try_at(at));
        };
        let mut at = from;
        while let Some(rest) = self.text.get(at..) {
            let skip = rest.iter().position(|u| {
                let u = u.unit();
                if u < 128 { first.ascii >> u & 1 != 0 } else { first.others }
            });
            match skip {
                Some(n) => at += n,
                None => return false,
            }
            if self.try_at(at) {
                return true;
            }
            at += 1;
        }
        false
    }

    fn try_at(&mut self, at: usize) -> bool {
        self.scratch.stack.clear();
        match self.run(at) {
            Some(end) => {
                let span = (at.min(end) as u32, at.max(end) as u32);
                if let Some(whole) = self.scratch.captures.first_mut() {
                    whole.push(span);
                }
                true
            }
            None => false,
        }
    }

    /// The next unit in the direction and the position behind it.
    #[inline]
    fn step(&self, pos: usize, back: bool) -> Option<(u16, usize)> {
        if back {
            let at = pos.checked_sub(1)?;
            Some((self.text.get(at)?.unit(), at))
        } else {
            Some((self.text.get(pos)?.unit(), pos + 1))
        }
    }

    fn set(&mut self, register: usize, value: (usize, usize)) {
        if let Some(slot) = self.scratch.registers.get_mut(register) {
            let old = std::mem::replace(slot, value);
            self.scratch.stack.push(Frame::Restore { register, old });
        }
    }

    fn run(&mut self, start: usize) -> Option<usize> {
        let program = self.program;
        let (mut pc, mut pos) = (0, start);
        loop {
            let next = match program.insts.get(pc)? {
                Inst::One { test, back } => match self.step(pos, *back) {
                    Some((unit, to)) if test.holds(unit) => Some((pc + 1, to)),
                    _ => None,
                },
                Inst::Run { test, back, min, max, lazy } => self.units(test, *back, *min, *max, *lazy, pc, pos),
                Inst::Split { first, second } => {
                    self.scratch.stack.push(Frame::Branch { pc: *second, pos });
                    Some((*first, pos))
                }
                Inst::Jump(to) => Some((*to, pos)),
                Inst::Open(register) => {
                    self.set(*register, (pos, 0));
                    Some((pc + 1, pos))
                }
                Inst::Capture { register, group, uncapture } => {
                    let start = self.scratch.registers.get(*register)?.0;
                    self.capture(start, pos, *group, *uncapture).then_some((pc + 1, pos))
                }
                Inst::Anchor(anchor) => self.holds(*anchor, pos).then_some((pc + 1, pos)),
                Inst::Backreference { group, fold, back } => {
                    self.reference(*group, *fold, *back, pos).map(|to| (pc + 1, to))
                }
                Inst::Mark(register) => {
                    // The height counts the frame that restores the register.
                    let height = self.scratch.stack.len() + 1;
                    self.set(*register, (height, pos));
                    Some((pc + 1, pos))
                }
                Inst::Commit(register) => {
                    self.commit(*register);
                    Some((pc + 1, pos))
                }
                Inst::Return(register) => {
                    self.commit(*register);
                    Some((pc + 1, self.scratch.registers.get(*register)?.1))
                }
                Inst::Refuse(register) => {
                    let height = self.scratch.registers.get(*register)?.0;
                    self.undo_to(height);
                    None
                }
                Inst::IfGroup { group, no } => {
                    let matched = self.scratch.captures.get(*group).is_some_and(|c| !c.is_empty());
                    Some((if matched { pc + 1 } else { *no }, pos))
                }
                Inst::Reset(register) => {
                    self.set(*register, (0, usize::MAX));
                    Some((pc + 1, pos))
                }
                Inst::Round { register, min, max, lazy, exit } => {
                    let (count, last) = *self.scratch.registers.get(*register)?;
                    let more = (count + 1, pos);
                    if count < *min as usize {
                        self.set(*register, more);
                        Some((pc + 1, pos))
                    } else if count >= *max as usize || (last == pos && count > 0) {
                        // The last round took nothing: another one would not either.
                        Some((*exit, pos))
                    } else if *lazy {
                        self.scratch.stack.push(Frame::Body { pc: pc + 1, pos, register: *register });
                        Some((*exit, pos))
                    } else {
                        self.scratch.stack.push(Frame::Branch { pc: *exit, pos });
                        self.set(*register, more);
                        Some((pc + 1, pos))
                    }
                }
                Inst::Match => return Some(pos),
            };
            (pc, pos) = match next {
                Some(next) => next,
                None => self.backtrack()?,
            };
        }
    }

    /// A run of single units.
    #[allow(clippy::too_many_arguments, reason = "the fields of one instruction, taken apart by the caller")]
    fn units(
        &mut self,
        test: &Test,
        back: bool,
        min: u32,
        max: u32,
        lazy: bool,
        pc: usize,
        pos: usize,
    ) -> Option<(usize, usize)> {
        let wanted = (if lazy { min } else { max }) as usize;
        let room = if back { pos } else { self.text.len() - pos };
        let limit = wanted.min(room);
        let taken = if back {
            self.text[pos - limit..pos].iter().rev().take_while(|u| test.holds(u.unit())).count()
        } else {
            let ahead = &self.text[pos..pos + limit];
            match test {
                Test::Any => limit,
                Test::Set(set) => ahead.iter().take_while(|u| set.contains(u.unit())).count(),
                _ => ahead.iter().take_while(|u| test.holds(u.unit())).count(),
            }
        };
        if taken < min as usize {
            return None;
        }
        let moved = |n: usize| if back { pos - n } else { pos + n };
        if lazy {
            if max > min {
                self.scratch.stack.push(Frame::Longer { pc, pos: moved(taken), left: max - min });
            }
        } else if taken > min as usize {
            self.scratch.stack.push(Frame::Shorter { pc: pc + 1, pos: moved(taken), stop: moved(min as usize) });
        }
        Some((pc + 1, moved(taken)))
    }

    fn capture(&mut self, start: usize, end: usize, group: Option<usize>, uncapture: Option<usize>) -> bool {
        let (mut start, mut end) = (start.min(end) as u32, start.max(end) as u32);
        if let Some(other) = uncapture {
            let Some(span) = self.scratch.captures.get_mut(other).and_then(SmallVec::pop) else { return false };
            self.scratch.stack.push(Frame::PutCapture { group: other, span });
            // A balancing group takes what lies between the two.
            if start >= span.1 {
                (start, end) = (span.1, start);
            } else if end <= span.0 {
                start = span.0;
            } else {
                (start, end) = (start.max(span.0), end.min(span.1));
            }
        }
        if let Some(group) = group
            && let Some(captures) = self.scratch.captures.get_mut(group)
        {
            captures.push((start, end));
            self.scratch.stack.push(Frame::DropCapture(group));
        }
        true
    }

    fn reference(&self, group: usize, fold: bool, back: bool, pos: usize) -> Option<usize> {
        let (start, end) = *self.scratch.captures.get(group)?.last()?;
        let captured = self.text.get(start as usize..end as usize)?;
        let other = if back {
            self.text.get(pos.checked_sub(captured.len())?..pos)?
        } else {
            self.text.get(pos..pos + captured.len())?
        };
        let same = captured.iter().zip(other).all(|(a, b)| {
            let (a, b) = (a.unit(), b.unit());
            if fold { same_fold(a, b) } else { a == b }
        });
        same.then_some(if back { pos - captured.len() } else { pos + captured.len() })
    }

    fn holds(&self, anchor: Anchor, pos: usize) -> bool {
        let len = self.text.len();
        let newline = |at: usize| self.text.get(at).is_some_and(|u| u.unit() == 10);
        let word = |at: Option<usize>| at.and_then(|at| self.text.get(at)).is_some_and(|u| is_word(u.unit()));
        match anchor {
            Anchor::Start => pos == 0,
            Anchor::End => pos == len,
            Anchor::EndOrNewline => pos == len || (pos + 1 == len && newline(pos)),
            Anchor::LineStart => pos == 0 || newline(pos - 1),
            Anchor::LineEnd => pos == len || newline(pos),
            Anchor::Continue => pos == self.continued,
            Anchor::Word => word(pos.checked_sub(1)) != word(Some(pos)),
            Anchor::NotWord => word(pos.checked_sub(1)) == word(Some(pos)),
        }
    }

    /// Drops the alternatives above the mark; what undoes captures and registers stays.
    fn commit(&mut self, register: usize) {
        let height = self.scratch.registers.get(register).map_or(0, |r| r.0);
        let stack = &mut self.scratch.stack;
        let start = height.min(stack.len());
        let undoes = |f: &Frame| matches!(f, Frame::Restore { .. } | Frame::DropCapture(_) | Frame::PutCapture { .. });
        let mut end = start;
        for at in start..stack.len() {
            if undoes(&stack[at]) {
                stack.swap(end, at);
                end += 1;
            }
        }
        stack.truncate(end);
    }

    fn undo(&mut self, frame: &Frame) {
        match frame {
            Frame::Restore { register, old } => self.scratch.registers[*register] = *old,
            Frame::DropCapture(group) => drop(self.scratch.captures[*group].pop()),
            Frame::PutCapture { group, span } => self.scratch.captures[*group].push(*span),
            _ => {}
        }
    }

    fn undo_to(&mut self, height: usize) {
        while self.scratch.stack.len() > height {
            if let Some(frame) = self.scratch.stack.pop() {
                self.undo(&frame);
            }
        }
    }

    /// The next way to try: instruction and position.
    fn backtrack(&mut self) -> Option<(usize, usize)> {
        loop {
            match self.scratch.stack.pop()? {
                Frame::Branch { pc, pos } => return Some((pc, pos)),
                Frame::Shorter { pc, pos, stop } => {
                    let pos = if pos > stop { pos - 1 } else { pos + 1 };
                    if pos != stop {
                        self.scratch.stack.push(Frame::Shorter { pc, pos, stop });
                    }
                    return Some((pc, pos));
                }
                Frame::Longer { pc, pos, left } => {
                    if let Some(Inst::Run { test, back, .. }) = self.program.insts.get(pc)
                        && let Some((unit, to)) = self.step(pos, *back)
                        && test.holds(unit)
                    {
                        if left > 1 {
                            self.scratch.stack.push(Frame::Longer { pc, pos: to, left: left - 1 });
                        }
                        return Some((pc + 1, to));
                    }
                }
                Frame::Body { pc, pos, register } => {
                    let count = self.scratch.registers.get(register).map_or(0, |r| r.0);
                    self.set(register, (count + 1, pos));
                    return Some((pc, pos));
                }
                other => self.undo(&other),
            }
        }
    }
}
