//! The answer of the flow analysis: a walk over the graph that `flow.rs` builds, carrying which variables are assigned.

use crate::flow::{Analysis, MethodFlow};
use std::collections::{HashMap, HashSet};

pub(crate) const ENTRY: usize = 0;
pub(crate) const EXIT: usize = 1;
pub(crate) const OBJECT: &str = "System.Object";

/// Variables of every scope: PowerShell never keeps them in slots.
const ALL_SCOPE: [&str; 14] = [
    "?",
    "executioncontext",
    "false",
    "home",
    "host",
    "pid",
    "psculture",
    "pshome",
    "psuiculture",
    "psversiontable",
    "psedition",
    "shellid",
    "true",
    "enabledexperimentalfeatures",
];

/// Where PowerShell would keep a variable.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Slot {
    Unanalyzed,
    Local,
    /// Looked up by name.
    Dynamic,
}

pub(crate) struct Details {
    pub slot: Slot,
    pub automatic: bool,
    pub assigned: bool,
    /// The type of the first assignment seen.
    pub type_name: Option<String>,
    /// Places of references, with what was found out about each.
    pub uses: Vec<u32>,
}

pub(crate) enum Item {
    Use {
        name: usize,
        at: u32,
    },
    /// An assignment that the script writes (`at`), or that a loop or parameter makes.
    Assign {
        name: usize,
        at: Option<u32>,
        type_name: Option<String>,
    },
    /// To a scope or drive.
    AssignOther,
}

#[derive(Default)]
pub(crate) struct Block {
    pub items: Vec<Item>,
    pub successors: Vec<usize>,
    pub predecessors: Vec<usize>,
    pub throws: bool,
    pub returns: bool,
    pub reachable: bool,
}

impl Analysis<'_> {
    pub fn finish(mut self) -> MethodFlow {
        let order = self.reverse_depth_first();
        let mut assigned: HashMap<usize, Vec<bool>> = HashMap::new();
        for (i, block) in order.iter().enumerate() {
            let mut bits = vec![i > 0; self.variables.len()];
            for predecessor in &self.blocks[*block].predecessors {
                if i > 0
                    && let Some(before) = assigned.get(predecessor)
                {
                    bits.iter_mut().zip(before).for_each(|(bit, before)| *bit &= before);
                }
            }
            self.analyze_block(*block, &mut bits);
            assigned.insert(*block, bits);
        }
        let mut unassigned: HashSet<u32> =
            self.dynamic.iter().filter(|(_, dynamic)| **dynamic).map(|(at, _)| *at).collect();
        for details in self.variables.iter().filter(|details| details.slot == Slot::Dynamic) {
            for at in &details.uses {
                // Dynamic, but the method does assign it somewhere.
                if details.assigned {
                    unassigned.remove(at)
                } else {
                    unassigned.insert(*at)
                };
            }
        }
        let leaves = |block: &usize| {
            let block = &self.blocks[*block];
            block.returns || block.throws || !block.reachable
        };
        let returns_on_all_paths = self.blocks[EXIT].predecessors.iter().all(leaves);
        MethodFlow { returns_on_all_paths, unassigned }
    }

    fn reverse_depth_first(&self) -> Vec<usize> {
        let mut seen = vec![false; self.blocks.len()];
        let mut order = Vec::new();
        // (block, how many of its successors are done)
        let mut stack = vec![(ENTRY, 0)];
        seen[ENTRY] = true;
        while let Some((block, done)) = stack.last_mut() {
            match self.blocks[*block].successors.get(*done) {
                Some(next) => {
                    *done += 1;
                    if !std::mem::replace(&mut seen[*next], true) {
                        stack.push((*next, 0));
                    }
                }
                None => {
                    order.push(*block);
                    stack.pop();
                }
            }
        }
        order.reverse();
        order
    }

    fn analyze_block(&mut self, block: usize, bits: &mut [bool]) {
        for item in std::mem::take(&mut self.blocks[block].items) {
            match item {
                Item::Use { name, at } => {
                    let details = &self.variables[name];
                    let slot = if details.automatic || bits[name] { details.slot } else { Slot::Dynamic };
                    self.dynamic.insert(at, slot == Slot::Dynamic);
                }
                Item::Assign { name, at, type_name } => self.analyze_assignment(name, at, type_name, bits),
                Item::AssignOther => {}
            }
        }
    }

    fn analyze_assignment(&mut self, name: usize, at: Option<u32>, type_name: Option<String>, bits: &mut [bool]) {
        let all_scope = ALL_SCOPE.contains(&self.name_of(name));
        let pessimistic = self.pessimistic;
        let details = &mut self.variables[name];
        if details.slot == Slot::Unanalyzed {
            details.slot = if pessimistic || all_scope { Slot::Dynamic } else { Slot::Local };
        }
        match &details.type_name {
            None => details.type_name = Some(type_name.unwrap_or_else(|| OBJECT.to_owned())),
            Some(known) => {
                let type_name = type_name.or_else(|| (!bits[name]).then(|| OBJECT.to_owned()));
                if type_name.is_some_and(|type_name| type_name != *known) && !details.automatic {
                    details.slot = Slot::Dynamic;
                }
            }
        }
        bits[name] = true;
        if let Some(at) = at {
            details.uses.push(at);
            details.assigned = true;
            self.dynamic.insert(at, details.slot == Slot::Dynamic);
        }
    }
}
