//! Flow analysis of a class's method: whether all paths return, and which variables are read before they are assigned.
//! A graph of blocks as PowerShell's VariableAnalysis builds it, with its approximations, so that errors agree. The walk
//! over the graph is in `flow_graph.rs`.

use crate::ast::*;
use crate::constants::pure_expression;
use crate::flow_graph::{Block, Details, ENTRY, EXIT, Item, OBJECT, Slot};
use crate::known_types::Resolver;
use crate::source::Span;
use std::collections::{HashMap, HashSet};

/// What is known of a method.
#[derive(Default)]
pub(crate) struct MethodFlow {
    pub returns_on_all_paths: bool,
    pub unassigned: HashSet<u32>,
}

impl MethodFlow {
    pub fn of(function: &FunctionDefinition, types: &Resolver) -> Self {
        let mut analysis = Analysis::new(types);
        analysis.method(function);
        analysis.finish()
    }

    /// The variable at this place may be read before the method assigns it.
    pub fn is_unassigned(&self, span: Span) -> bool {
        self.unassigned.contains(&span.start)
    }
}

struct Target {
    label: String,
    break_block: usize,
    continue_block: usize,
}

pub(crate) struct Analysis<'r> {
    types: &'r Resolver,
    names: HashMap<String, usize>,
    pub variables: Vec<Details>,
    pub blocks: Vec<Block>,
    current: usize,
    targets: Vec<Target>,
    /// A command that makes variables by name was seen: nothing is kept in slots.
    pub pessimistic: bool,
    /// References by place: looked up by name or not.
    pub dynamic: HashMap<u32, bool>,
}

impl<'r> Analysis<'r> {
    fn new(types: &'r Resolver) -> Self {
        let mut analysis = Analysis {
            types,
            names: HashMap::new(),
            variables: Vec::new(),
            blocks: vec![Block { reachable: true, ..Block::default() }, Block::default()],
            current: ENTRY,
            targets: Vec::new(),
            pessimistic: false,
            dynamic: HashMap::new(),
        };
        let automatic = ["_", "args", "this", "input", "pscmdlet", "psboundparameters", "myinvocation", "psscriptroot"];
        for name in automatic.into_iter().chain(["pscommandpath"]) {
            let i = analysis.note(name);
            analysis.variables[i].slot = Slot::Local;
            analysis.variables[i].automatic = true;
        }
        let question = analysis.note("?");
        analysis.variables[question].automatic = true;
        analysis
    }

    fn note(&mut self, name: &str) -> usize {
        let name = name.to_lowercase();
        let name = if name == "psitem" { "_".to_owned() } else { name };
        *self.names.entry(name).or_insert_with(|| {
            self.variables.push(Details {
                slot: Slot::Unanalyzed,
                automatic: false,
                assigned: false,
                type_name: None,
                uses: Vec::new(),
            });
            self.variables.len() - 1
        })
    }

    pub fn name_of(&self, index: usize) -> &str {
        self.names.iter().find(|(_, i)| **i == index).map_or("", |(name, _)| name)
    }

    fn method(&mut self, function: &FunctionDefinition) {
        self.pessimistic = makes_variables(crate::walk::Node::ScriptBlock(&function.body));
        for parameter in function.parameters.iter().flatten() {
            if !is_any_local(&parameter.name.path) {
                continue;
            }
            let name = self.note(&parameter.name.path.name);
            let mut constraints = 0;
            let mut first = None;
            let mut unresolved = false;
            let mut validated = false;
            for attribute in &parameter.attributes {
                match attribute {
                    AttributeBase::TypeConstraint(constraint) => {
                        constraints += 1;
                        if first.is_none() {
                            first = self.static_type(&constraint.type_name);
                            unresolved |= first.is_none();
                        }
                    }
                    AttributeBase::Attribute(_) => validated = true,
                }
            }
            let details = &mut self.variables[name];
            details.assigned = true;
            let is_ref = first.as_deref() == Some("System.Management.Automation.PSReference");
            if (validated || unresolved || constraints > 1 || is_ref) && !details.automatic {
                details.slot = Slot::Dynamic;
            }
            let type_name = Some(first.unwrap_or_else(|| OBJECT.to_owned()));
            self.blocks[ENTRY].items.push(Item::Assign { name, at: None, type_name });
        }
        let body = &function.body;
        let blocks = [&body.dynamic_param, &body.begin, &body.process, &body.end, &body.clean];
        for block in blocks.into_iter().flatten() {
            self.statements(&block.statements);
        }
        self.flow(self.current, EXIT);
    }

    fn static_type(&self, name: &crate::type_name::TypeName) -> Option<String> {
        use crate::known_types::Resolution;
        match self.types.resolve_type(name) {
            Resolution::Known(full) => Some(full.to_owned()),
            Resolution::Assumed => Some(name.full_name().to_lowercase()),
            Resolution::Missing => None,
        }
    }

    // ---- the graph ----

    fn block(&mut self) -> usize {
        self.blocks.push(Block::default());
        self.blocks.len() - 1
    }

    fn flow(&mut self, from: usize, to: usize) {
        if !self.blocks[from].successors.contains(&to) {
            if self.blocks[from].reachable {
                self.blocks[to].reachable = true;
            }
            self.blocks[from].successors.push(to);
            self.blocks[to].predecessors.push(from);
        }
    }

    fn statements(&mut self, statements: &[Statement]) {
        statements.iter().for_each(|statement| self.statement(statement));
    }

    fn body(&mut self, block: &StatementBlock) {
        self.statements(&block.statements);
    }

    fn statement(&mut self, statement: &Statement) {
        match statement {
            Statement::Pipeline(node) => self.pipeline(node),
            Statement::PipelineChain(node) => {
                self.statement(&node.left);
                self.pipeline(&node.right);
            }
            Statement::Assignment(node) => self.assignment(node),
            Statement::If(node) => self.if_statement(node),
            Statement::Switch(node) => self.switch(node),
            Statement::ForEach(node) => self.foreach(node),
            Statement::For(node) => {
                node.initializer.iter().for_each(|part| self.statement(part));
                self.while_loop(
                    node.label.as_deref(),
                    &mut |a| match &node.condition {
                        Some(condition) => {
                            a.statement(condition);
                            true
                        }
                        None => false,
                    },
                    &mut |a| a.body(&node.body),
                    node.iterator.as_ref(),
                );
            }
            Statement::While(node) => self.while_loop(
                node.label.as_deref(),
                &mut |a| {
                    a.statement(&node.condition);
                    true
                },
                &mut |a| a.body(&node.body),
                None,
            ),
            Statement::DoWhile(node) | Statement::DoUntil(node) => self.do_loop(node),
            Statement::Try(node) => self.try_statement(node),
            Statement::Return(node) => {
                let last = self.leave(node.pipeline.as_ref());
                self.blocks[last].returns = true;
            }
            Statement::Exit(node) => {
                let last = self.leave(node.pipeline.as_ref());
                self.blocks[last].throws = true;
            }
            Statement::Throw(node) => {
                let last = self.leave(node.pipeline.as_ref());
                self.blocks[last].throws = true;
            }
            Statement::Break(node) => self.jump(node, |target| target.break_block),
            Statement::Continue(node) => self.jump(node, |target| target.continue_block),
            Statement::Data(node) => {
                self.body(&node.body);
                if let Some(variable) = &node.variable {
                    let name = self.note(variable);
                    let type_name = Some(OBJECT.to_owned());
                    self.blocks[self.current].items.push(Item::Assign { name, at: None, type_name });
                }
            }
            Statement::Block(node) => self.body(&node.body),
            Statement::Function(_)
            | Statement::Type(_)
            | Statement::Using(_)
            | Statement::Trap(_)
            | Statement::Error(_) => {}
        }
    }

    fn leave(&mut self, pipeline: Option<&Statement>) -> usize {
        pipeline.into_iter().for_each(|pipeline| self.statement(pipeline));
        self.flow(self.current, EXIT);
        let last = self.current;
        self.current = self.block();
        last
    }

    fn jump(&mut self, node: &Jump, block_of: fn(&Target) -> usize) {
        let target = match &node.label {
            None => self.targets.last().map(block_of),
            Some(label) => {
                self.expression(label);
                match label {
                    Expr::String(label) => {
                        let same = |target: &&Target| target.label.eq_ignore_ascii_case(&label.value);
                        self.targets.iter().rfind(same).map(block_of)
                    }
                    _ => None,
                }
            }
        };
        match target {
            Some(target) => self.flow(self.current, target),
            None => {
                self.flow(self.current, EXIT);
                self.blocks[self.current].throws = true;
            }
        }
        self.current = self.block();
    }

    fn if_statement(&mut self, node: &If) {
        let after = self.block();
        if node.else_clause.is_none() {
            self.flow(self.current, after);
        }
        for (i, (condition, body)) in node.clauses.iter().enumerate() {
            let last = i + 1 == node.clauses.len() && node.else_clause.is_none();
            let clause = self.block();
            let next = if last { after } else { self.block() };
            self.statement(condition);
            self.flow(self.current, clause);
            self.flow(self.current, next);
            self.current = clause;
            self.body(body);
            self.flow(self.current, after);
            self.current = next;
        }
        if let Some(block) = &node.else_clause {
            self.body(block);
            self.flow(self.current, after);
        }
        self.current = after;
    }

    fn implicit(&mut self, name: &str) -> usize {
        let name = self.note(name);
        if self.variables[name].slot == Slot::Unanalyzed && !self.pessimistic {
            self.variables[name].slot = Slot::Local;
        }
        name
    }

    fn switch(&mut self, node: &Switch) {
        let name = self.implicit("switch");
        self.while_loop(
            node.label.as_deref(),
            &mut |a| {
                a.statement(&node.condition);
                a.assign_implicit(name);
                true
            },
            &mut |a| {
                let after = a.block();
                for (i, (condition, body)) in node.clauses.iter().enumerate() {
                    let clause = a.block();
                    let last = i + 1 == node.clauses.len() && node.default.is_none();
                    let next = if last { after } else { a.block() };
                    a.expression(condition);
                    a.flow(a.current, next);
                    a.flow(a.current, clause);
                    a.current = clause;
                    a.body(body);
                    if !last {
                        a.flow(a.current, next);
                        a.current = next;
                    }
                }
                if let Some(block) = &node.default {
                    // A clause that ran skips the default.
                    a.flow(a.current, after);
                    a.body(block);
                }
                a.flow(a.current, after);
                a.current = after;
            },
            None,
        );
    }

    fn assign_implicit(&mut self, name: usize) {
        let type_name = Some("System.Collections.IEnumerator".to_owned());
        self.blocks[self.current].items.push(Item::Assign { name, at: None, type_name });
    }

    fn foreach(&mut self, node: &ForEach) {
        let name = self.implicit("foreach");
        let after = self.block();
        self.while_loop(
            node.label.as_deref(),
            &mut |a| {
                a.statement(&node.condition);
                a.flow(a.current, after);
                a.assign_implicit(name);
                a.assign_variable(&node.variable, None);
                true
            },
            &mut |a| a.body(&node.body),
            None,
        );
        self.flow(self.current, after);
        self.current = after;
    }

    fn while_loop(
        &mut self,
        label: Option<&str>,
        condition: &mut dyn FnMut(&mut Self) -> bool,
        body: &mut dyn FnMut(&mut Self),
        iterator: Option<&Statement>,
    ) {
        let continue_block = self.block();
        match iterator {
            Some(iterator) => {
                let behind = self.block();
                self.flow(self.current, behind);
                self.current = continue_block;
                self.statement(iterator);
                self.flow(self.current, behind);
                self.current = behind;
            }
            None => {
                self.flow(self.current, continue_block);
                self.current = continue_block;
            }
        }
        let body_block = self.block();
        let break_block = self.block();
        if condition(self) {
            self.flow(self.current, break_block);
        }
        self.targets.push(Target { label: label.unwrap_or("").to_owned(), break_block, continue_block });
        self.flow(self.current, body_block);
        self.current = body_block;
        body(self);
        self.flow(self.current, continue_block);
        self.current = break_block;
        self.targets.pop();
    }

    fn do_loop(&mut self, node: &DoLoop) {
        let continue_block = self.block();
        let body_block = self.block();
        let break_block = self.block();
        let repeat = self.block();
        let label = node.label.as_deref().unwrap_or("").to_owned();
        self.targets.push(Target { label, break_block, continue_block });
        self.flow(self.current, body_block);
        self.current = body_block;
        self.body(&node.body);
        self.flow(self.current, continue_block);
        self.current = continue_block;
        self.statement(&node.condition);
        self.flow(self.current, break_block);
        self.flow(self.current, repeat);
        self.flow(repeat, body_block);
        self.current = break_block;
        self.targets.pop();
    }

    /// Every statement of the body may throw: catches and `finally` follow the block in front of it.
    fn try_statement(&mut self, node: &Try) {
        let before = self.current;
        self.current = self.block();
        self.flow(before, self.current);
        self.body(&node.body);
        let last_in_try = self.current;
        let finally_first = node.finally.as_ref().map(|_| self.block());
        let after = self.block();
        let mut catches_all = false;
        for catch in &node.catches {
            catches_all |= catch.types.is_empty();
            self.current = self.block();
            self.flow(before, self.current);
            self.body(&catch.body);
            self.flow(self.current, finally_first.unwrap_or(after));
        }
        match (&node.finally, finally_first) {
            (Some(block), Some(first)) => {
                self.flow(last_in_try, first);
                self.current = first;
                self.body(block);
                self.flow(self.current, after);
                let last = self.current;
                if !catches_all {
                    self.flow(before, first);
                    let rethrow = self.block();
                    self.flow(last, rethrow);
                    self.blocks[rethrow].throws = true;
                    self.flow(rethrow, EXIT);
                }
            }
            _ => self.flow(last_in_try, after),
        }
        self.current = after;
    }

    // ---- assignments and references ----

    fn assignment(&mut self, node: &Assignment) {
        self.statement(&node.right);
        self.assign(&node.left);
    }

    fn assign(&mut self, target: &Expr) {
        match target {
            Expr::Paren(node) => {
                pure_expression(&node.pipeline).into_iter().for_each(|inner| self.assign(inner));
            }
            Expr::ArrayLiteral(node) => node.elements.iter().for_each(|element| self.assign(element)),
            _ => self.assign_one(target),
        }
    }

    fn assign_one(&mut self, target: &Expr) {
        let mut inner = target;
        let mut count = 0;
        let mut attributes = false;
        let mut constraint = None;
        loop {
            inner = match inner {
                Expr::Convert(node) => {
                    constraint = Some(&node.type_constraint.type_name);
                    &node.child
                }
                Expr::Attributed(node) => {
                    constraint = None;
                    attributes = true;
                    &node.child
                }
                _ => break,
            };
            count += 1;
        }
        let Expr::Variable(variable) = inner else {
            self.expression(target);
            return;
        };
        let type_name = constraint.and_then(|name| self.static_type(name));
        if (attributes || count > 1 || (constraint.is_some() && type_name.is_none())) && is_any_local(&variable.path) {
            let name = self.note(&variable.path.name);
            self.variables[name].slot = Slot::Dynamic;
        }
        if !attributes && count <= 1 {
            self.assign_variable(variable, type_name);
        }
    }

    fn assign_variable(&mut self, variable: &Variable, type_name: Option<String>) {
        let item = if is_any_local(&variable.path) {
            let name = self.note(&variable.path.name);
            Item::Assign { name, at: Some(variable.span.start), type_name }
        } else {
            self.dynamic.insert(variable.span.start, true);
            Item::AssignOther
        };
        self.blocks[self.current].items.push(item);
    }

    fn pipeline(&mut self, node: &Pipeline) {
        let mut invokes = false;
        for element in &node.elements {
            let redirections = match element {
                PipelineElement::Command(command) => {
                    invokes = true;
                    for element in &command.elements {
                        match element {
                            CommandElement::Parameter(parameter) => {
                                parameter.argument.iter().for_each(|argument| self.expression(argument));
                            }
                            CommandElement::Expression(expression) => self.expression(expression),
                        }
                    }
                    &command.redirections
                }
                PipelineElement::Expression(expression) => {
                    self.expression(&expression.expression);
                    &expression.redirections
                }
            };
            for redirection in redirections {
                if let Redirection::File(file) = redirection {
                    self.expression(&file.location);
                }
            }
        }
        if invokes && !self.targets.is_empty() {
            // A command may break out of any loop.
            for i in 0..self.targets.len() {
                let (break_block, continue_block) = (self.targets[i].break_block, self.targets[i].continue_block);
                self.flow(self.current, break_block);
                self.flow(self.current, continue_block);
            }
            let next = self.block();
            self.flow(self.current, next);
            self.current = next;
        }
    }

    fn expression(&mut self, expression: &Expr) {
        match expression {
            Expr::Variable(variable) => self.reference(variable),
            Expr::Ternary(node) => {
                let (if_true, if_false, after) = (self.block(), self.block(), self.block());
                self.expression(&node.condition);
                self.flow(self.current, if_true);
                self.flow(self.current, if_false);
                self.current = if_true;
                self.expression(&node.if_true);
                self.flow(self.current, after);
                self.current = if_false;
                self.expression(&node.if_false);
                self.flow(self.current, after);
                self.current = after;
            }
            Expr::Binary(node) if matches!(node.operator, BinaryOperator::And | BinaryOperator::Or) => {
                self.expression(&node.left);
                let (target, next) = (self.block(), self.block());
                self.flow(self.current, target);
                self.flow(self.current, next);
                self.current = next;
                self.expression(&node.right);
                self.flow(self.current, target);
                self.current = target;
            }
            Expr::Binary(node) => {
                self.expression(&node.left);
                self.expression(&node.right);
            }
            Expr::Unary(node) => self.expression(&node.child),
            Expr::Convert(node) => self.expression(&node.child),
            Expr::Attributed(node) => self.expression(&node.child),
            Expr::Sub(node) => self.body(&node.body),
            Expr::Array(node) => self.body(&node.body),
            Expr::Paren(node) => self.statement(&node.pipeline),
            Expr::Member(node) => {
                self.expression(&node.target);
                self.expression(&node.member);
            }
            Expr::Invoke(node) => {
                self.expression(&node.target);
                self.expression(&node.member);
                node.arguments.iter().for_each(|argument| self.expression(argument));
            }
            Expr::Index(node) => {
                self.expression(&node.target);
                self.expression(&node.index);
            }
            Expr::ArrayLiteral(node) => node.elements.iter().for_each(|element| self.expression(element)),
            Expr::Hashtable(node) => {
                for (key, value) in &node.pairs {
                    self.expression(key);
                    self.statement(value);
                }
            }
            Expr::Expandable(node) => {
                for part in &node.parts {
                    if let StringPart::Expr(expression) = part {
                        self.expression(expression);
                    }
                }
            }
            Expr::Constant(_)
            | Expr::String(_)
            | Expr::Type(_)
            | Expr::ScriptBlock(_)
            | Expr::Using(_)
            | Expr::Error(_) => {}
        }
    }

    fn reference(&mut self, variable: &Variable) {
        let at = variable.span.start;
        if !is_any_local(&variable.path) {
            self.dynamic.insert(at, true);
            return;
        }
        let name = self.note(&variable.path.name);
        let details = &mut self.variables[name];
        details.uses.push(at);
        match details.slot {
            Slot::Unanalyzed => self.blocks[self.current].items.push(Item::Use { name, at }),
            slot => {
                self.dynamic.insert(at, slot == Slot::Dynamic);
            }
        }
    }
}

fn is_any_local(path: &VariablePath) -> bool {
    matches!(path.scope, VariableScope::Unscoped | VariableScope::Local | VariableScope::Private)
}

/// A command that sets variables by name, dot-sourcing, or `$private:`: outside of nested functions and script blocks.
fn makes_variables(node: crate::walk::Node<'_>) -> bool {
    use crate::walk::Node;
    const COMMANDS: [&str; 9] =
        ["new-variable", "remove-variable", "set-variable", "set-psbreakpoint", "nv", "rv", "sbp", "sv", "set"];
    let is_private = |variable: &Variable| variable.path.scope == VariableScope::Private;
    let here = match node {
        Node::Command(command) => {
            command.invocation == Invocation::Dot
                || matches!(command.elements.first(), Some(CommandElement::Expression(Expr::String(name))) if {
                    let name = name.value.to_lowercase();
                    let name = name.strip_prefix("microsoft.powershell.utility\\").unwrap_or(&name);
                    COMMANDS.contains(&name)
                })
        }
        Node::Expr(Expr::Variable(variable)) => is_private(variable),
        Node::Variable(variable) => is_private(variable),
        Node::Function(_) | Node::Constructor(..) | Node::Expr(Expr::ScriptBlock(_)) | Node::Trap(_) => return false,
        _ => false,
    };
    let mut found = here;
    node.children(&mut |child| found = found || makes_variables(child));
    found
}
