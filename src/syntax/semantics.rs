//! What the grammar allows and PowerShell still refuses at parse time: targets of assignments, attributes, parameters,
//! labels, splatting, `[ref]` and so on. Runs over the finished tree, partial or not.

use crate::ast::*;
use crate::constants::{ConstantFor, is_constant, is_constant_variable, pure_expression};
use crate::errors::ErrorId;
use crate::flow::MethodFlow;
use crate::known_types::{Resolver, is_ref, is_same_or_derived, is_void};
use crate::parser::Parser;
use crate::source::Span;
use crate::type_name::{TypeName, TypeNameKind};
use crate::walk::Node;
use std::collections::HashSet;

/// Checks a script's tree and reports what is wrong through the parser.
pub(crate) fn check(parser: &mut Parser<'_>, root: &ScriptBlockAst, types: &Resolver) {
    let mut checker = Checker { parser, types, parents: Vec::new(), members: Vec::new(), flows: Vec::new() };
    checker.visit(Node::ScriptBlock(root));
}

/// Whose code is being checked.
#[derive(Clone, Copy)]
enum Scope<'a> {
    /// A script, function or script block.
    Script,
    Method(&'a FunctionMember),
    Property(&'a PropertyMember),
}

struct Checker<'p, 't, 'a> {
    parser: &'p mut Parser<'t>,
    types: &'p Resolver,
    parents: Vec<Node<'a>>,
    members: Vec<Scope<'a>>,
    /// What flow analysis found out about the method at hand.
    flows: Vec<MethodFlow>,
}

impl<'a> Checker<'_, '_, 'a> {
    fn report(&mut self, span: Span, id: ErrorId, args: &[&str]) {
        self.parser.report(span, id, args);
    }

    fn parent(&self) -> Option<Node<'a>> {
        self.parents.last().copied()
    }

    fn visit(&mut self, node: Node<'a>) {
        let scope = self.scope_of(node);
        self.members.extend(scope);
        self.check(node);
        self.parents.push(node);
        node.children(&mut |child| self.visit(child));
        self.parents.pop();
        if matches!(node, Node::Member(Member::Function(_))) {
            self.flows.pop();
        }
        if scope.is_some() {
            self.members.pop();
        }
    }

    fn scope_of(&self, node: Node<'a>) -> Option<Scope<'a>> {
        let in_method = || {
            matches!(
                self.parents[..],
                [.., Node::Member(Member::Function(_)), Node::Function(_) | Node::Constructor(..)]
            )
        };
        match node {
            Node::Member(Member::Function(member)) => Some(Scope::Method(member)),
            Node::Member(Member::Property(member)) => Some(Scope::Property(member)),
            Node::ScriptBlock(_) | Node::ConstructorBody(..) if !in_method() => Some(Scope::Script),
            _ => None,
        }
    }

    fn method(&self) -> Option<&'a FunctionMember> {
        match self.members.last() {
            Some(Scope::Method(member)) => Some(member),
            _ => None,
        }
    }

    fn check(&mut self, node: Node<'a>) {
        match node {
            Node::ParamBlock(block) => self.duplicate_parameters(&block.parameters),
            Node::TypeConstraint(constraint) => self.array_depth(&constraint.type_name, constraint.span),
            Node::Attribute(attribute) => self.attribute(attribute),
            Node::Parameter(parameter) => self.parameter(parameter),
            Node::Member(Member::Function(member)) => self.function_member(member),
            Node::Member(Member::Property(member)) => {
                if let Some(constraint) = &member.property_type
                    && is_void(&constraint.type_name)
                {
                    let name = constraint.type_name.full_name();
                    self.report(constraint.span, ErrorId::TypeNotAllowedForProperty, &[&name]);
                }
            }
            Node::Function(function) | Node::Constructor(function, _) => self.function(function),
            Node::Using(using) => self.using_statement(using),
            Node::Statement(statement) => self.statement(statement),
            Node::Hashtable(table) => self.hashtable(table),
            Node::Variable(variable) => self.variable(variable),
            Node::Expr(expression) => self.expression(expression),
            _ => {}
        }
    }

    // ---- declarations ----

    fn duplicate_parameters(&mut self, parameters: &[Parameter]) {
        for (i, parameter) in parameters.iter().enumerate() {
            let name = &parameter.name.path.user_path;
            if parameters[..i].iter().any(|earlier| earlier.name.path.user_path.eq_ignore_ascii_case(name)) {
                self.report(parameter.name.span, ErrorId::DuplicateFormalParameter, &[name]);
            }
            let void = parameter.attributes.iter().find_map(|attribute| match attribute {
                AttributeBase::TypeConstraint(constraint) if is_void(&constraint.type_name) => Some(constraint.span),
                _ => None,
            });
            if let Some(span) = void {
                self.report(span, ErrorId::VoidTypeConstraintNotAllowed, &[]);
            }
        }
    }

    fn array_depth(&mut self, name: &TypeName, span: Span) {
        let mut name = name;
        let mut depth = 0;
        while let TypeNameKind::Array { element, .. } = &name.kind {
            depth += 1;
            if depth > 200 {
                self.report(span, ErrorId::ScriptTooComplicated, &[]);
                return;
            }
            name = element;
        }
    }

    fn attribute(&mut self, attribute: &Attribute) {
        let on_class = match self.parent() {
            Some(Node::Type(_) | Node::Member(_)) => true,
            Some(Node::Parameter(_)) => self.method().is_some(),
            _ => false,
        };
        let (purpose, id) = if on_class {
            (ConstantFor::ClassAttribute, ErrorId::ParameterAttributeArgumentNeedsToBeConstant)
        } else {
            (ConstantFor::Attribute, ErrorId::ParameterAttributeArgumentNeedsToBeConstantOrScriptBlock)
        };
        for (i, argument) in attribute.named.iter().enumerate() {
            if attribute.named[..i].iter().any(|earlier| earlier.name.eq_ignore_ascii_case(&argument.name)) {
                self.report(argument.span, ErrorId::DuplicateNamedArgument, &[&argument.name]);
            } else if !argument.expression_omitted && !is_constant(&argument.value, purpose, self.types) {
                self.report(argument.value.span(), id, &[]);
            }
        }
        for value in &attribute.positional {
            if !is_constant(value, purpose, self.types) {
                self.report(value.span(), id, &[]);
            }
        }
    }

    fn parameter(&mut self, parameter: &Parameter) {
        let in_method = matches!(
            self.parents[..],
            [.., Node::Member(Member::Function(_)), Node::Function(_) | Node::Constructor(..)]
        );
        let mut typed = false;
        for attribute in &parameter.attributes {
            let AttributeBase::TypeConstraint(constraint) = attribute else { continue };
            let name = constraint.type_name.full_name();
            if name.eq_ignore_ascii_case("ordered") {
                self.report(constraint.span, ErrorId::OrderedAttributeOnlyOnHashLiteralNode, &[&name]);
            } else if in_method && std::mem::replace(&mut typed, true) {
                self.report(constraint.span, ErrorId::MultipleTypeConstraintsOnMethodParam, &[]);
            }
        }
    }

    fn function(&mut self, function: &FunctionDefinition) {
        if let Some(parameters) = &function.parameters {
            match &function.body.param_block {
                Some(block) => self.report(block.span, ErrorId::OnlyOneParameterListAllowed, &[]),
                None => self.duplicate_parameters(parameters),
            }
        }
        if function.kind == FunctionKind::Workflow {
            self.report(function.span, ErrorId::WorkflowNotSupportedInPowerShellCore, &[]);
        }
    }

    fn is_void(&self, member: &FunctionMember) -> bool {
        member.return_type.as_ref().is_none_or(|constraint| is_void(&constraint.type_name))
    }

    fn function_member(&mut self, member: &FunctionMember) {
        let body = &member.function.body;
        if let Some(block) = &body.param_block {
            self.report(block.span, ErrorId::ParamBlockNotAllowedInMethod, &[]);
        }
        let named = [&body.dynamic_param, &body.begin, &body.process, &body.clean];
        let end_named = body.end.as_ref().is_some_and(|block| !block.unnamed);
        if named.iter().any(|block| block.is_some()) || end_named {
            let first = [&body.dynamic_param, &body.begin, &body.process, &body.end];
            let span = first.into_iter().flatten().next().map_or(Span::default(), |block| block.span);
            self.report(span, ErrorId::NamedBlockNotAllowedInMethod, &[]);
        }
        if member.is_constructor
            && let Some(constraint) = &member.return_type
        {
            self.report(constraint.span, ErrorId::ConstructorCantHaveReturnType, &[]);
        }
        let flow = MethodFlow::of(&member.function, self.types);
        if !flow.returns_on_all_paths && !self.is_void(member) {
            self.report(member.function.name_span, ErrorId::MethodHasCodePathNotReturn, &[]);
        }
        self.flows.push(flow);
    }

    fn using_statement(&mut self, using: &UsingStatement) {
        let supported = matches!(using.kind, UsingKind::Namespace | UsingKind::Assembly | UsingKind::Module);
        if !supported || using.alias.is_some() {
            self.report(using.span, ErrorId::UsingStatementNotSupported, &[]);
        }
        if using.kind == UsingKind::Namespace
            && let Some(name) = &using.name
            && !crate::grammar::is_namespace(&name.value)
        {
            self.report(name.span, ErrorId::InvalidNamespaceValue, &[]);
        }
    }

    // ---- statements ----

    fn statement(&mut self, statement: &'a Statement) {
        match statement {
            Statement::Switch(node) if node.flags.parallel => {
                self.report(node.span, ErrorId::KeywordParameterReservedForFutureUse, &["switch", "parallel"]);
            }
            Statement::ForEach(node) => self.foreach(node),
            Statement::Data(node) => crate::data_section::check(self.parser, node, self.types),
            Statement::Try(node) => self.catches(&node.catches),
            Statement::Break(node) | Statement::Continue(node) => {
                let label = match &node.label {
                    None => Some(""),
                    Some(Expr::String(label)) => Some(&*label.value),
                    Some(_) => None,
                };
                self.flow_out_of_finally(node.span, label);
                self.label_exists(node.span, label);
            }
            Statement::Return(node) => {
                self.flow_out_of_finally(node.span, None);
                if let Some(method) = self.method() {
                    match (&node.pipeline, self.is_void(method)) {
                        (Some(_), true) => self.report(node.span, ErrorId::VoidMethodHasReturn, &[]),
                        (None, false) => self.report(node.span, ErrorId::NonVoidMethodMissingReturnValue, &[]),
                        _ => {}
                    }
                }
            }
            Statement::Assignment(node) => {
                let simple = node.operator == AssignmentOperator::Equals;
                self.assignment_target(&node.left, simple, &|p, span| {
                    p.report(span, ErrorId::InvalidLeftHandSide, &[]);
                });
            }
            Statement::Block(node) => {
                self.report(node.kind_span, ErrorId::UnexpectedKeyword, &[&node.kind]);
            }
            _ => {}
        }
    }

    fn foreach(&mut self, node: &ForEach) {
        let id = ErrorId::KeywordParameterReservedForFutureUse;
        if node.parallel {
            self.report(node.span, id, &["foreach", "parallel"]);
        }
        if node.throttle.is_some() {
            self.report(node.span, id, &["foreach", "throttlelimit"]);
            if !node.parallel {
                self.report(node.span, ErrorId::ThrottleLimitRequiresParallelFlag, &[]);
            }
        }
    }

    fn catches(&mut self, catches: &[Catch]) {
        for (i, first) in catches.iter().enumerate() {
            for second in &catches[i + 1..] {
                if first.types.is_empty() {
                    let span = self.parser.before(second.span);
                    self.report(span, ErrorId::EmptyCatchNotLast, &[]);
                    break;
                }
                for earlier in &first.types {
                    let Some(earlier) = self.types.full_name(&earlier.type_name) else { continue };
                    for later in &second.types {
                        let Some(full) = self.types.full_name(&later.type_name) else { continue };
                        if is_same_or_derived(full, earlier) {
                            self.report(later.span, ErrorId::ExceptionTypeAlreadyCaught, &[full]);
                        }
                    }
                }
            }
        }
    }

    /// A jump inside of `finally` must not leave it. `label` is none when it is not known.
    fn flow_out_of_finally(&mut self, span: Span, label: Option<&str>) {
        for i in (0..self.parents.len()).rev() {
            match self.parents[i] {
                Node::NamedBlock(..) | Node::Trap(_) | Node::ScriptBlock(_) | Node::ConstructorBody(..) => return,
                Node::Statement(statement) => {
                    if let (Some(label), Some(own)) = (label, label_of(statement))
                        && matches_label(label, own)
                    {
                        return;
                    }
                }
                Node::StatementBlock(block) => {
                    if let Some(Node::Statement(Statement::Try(node))) = i.checked_sub(1).map(|i| self.parents[i])
                        && node.finally.as_ref().is_some_and(|finally| std::ptr::eq(finally, block))
                    {
                        self.report(span, ErrorId::ControlLeavingFinally, &[]);
                        return;
                    }
                }
                _ => {}
            }
        }
    }

    /// In a method, a label must be that of a loop around.
    fn label_exists(&mut self, span: Span, label: Option<&str>) {
        let Some(label) = label.filter(|label| !label.is_empty()) else { return };
        for i in (0..self.parents.len()).rev() {
            match self.parents[i] {
                Node::Function(_) | Node::Constructor(..) => {
                    if matches!(i.checked_sub(1).map(|i| self.parents[i]), Some(Node::Member(_))) {
                        self.report(span, ErrorId::LabelNotFound, &[label]);
                    }
                    return;
                }
                Node::Statement(Statement::Switch(_)) => {}
                Node::Statement(statement) if label_of(statement).is_some_and(|own| matches_label(label, own)) => {
                    return;
                }
                _ => {}
            }
        }
    }

    // ---- expressions ----

    fn assignment_target(&mut self, target: &Expr, simple: bool, report: &dyn Fn(&mut Parser<'_>, Span)) {
        match target {
            Expr::ArrayLiteral(node) if simple => {
                for element in &node.elements {
                    self.assignment_target(element, true, report);
                }
            }
            Expr::Paren(node) => match pure_expression(&node.pipeline) {
                Some(inner) => self.assignment_target(inner, simple, report),
                None => report(self.parser, node.pipeline.span()),
            },
            Expr::Variable(_) => {}
            Expr::Member(node) if !node.null_conditional => {}
            Expr::Invoke(node) if !node.null_conditional => {}
            Expr::Index(node) if !node.null_conditional => {}
            Expr::Convert(_) | Expr::Attributed(_) => self.typed_target(target, simple, report),
            _ => report(self.parser, target.span()),
        }
    }

    /// `[type][type]$x = ...`.
    fn typed_target(&mut self, target: &Expr, simple: bool, report: &dyn Fn(&mut Parser<'_>, Span)) {
        let mut inner = target;
        let mut converts = 0;
        let mut reference = None;
        let mut last_type = None;
        loop {
            match inner {
                Expr::Convert(node) => {
                    converts += 1;
                    let constraint = &node.type_constraint;
                    last_type = Some(&constraint.type_name);
                    if is_ref(&constraint.type_name) {
                        reference = Some(constraint.span);
                    } else if is_void(&constraint.type_name) {
                        self.report(constraint.span, ErrorId::VoidTypeConstraintNotAllowed, &[]);
                    }
                    inner = &node.child;
                }
                Expr::Attributed(node) => inner = &node.child,
                _ => break,
            }
        }
        if let Some(span) = reference
            && converts > 1
        {
            self.report(span, ErrorId::ReferenceNeedsToBeByItselfInTypeConstraint, &[]);
            return;
        }
        if let Expr::Variable(variable) = inner
            && matches!(variable.path.scope, VariableScope::Unscoped | VariableScope::Local | VariableScope::Private)
            && let Some(expected) = automatic_type(&variable.path.name)
            && last_type.and_then(|name| self.types.static_name(name)).as_deref() != Some(expected)
        {
            let name = &variable.path.name;
            self.report(target.span(), ErrorId::AssignmentStatementToAutomaticNotSupported, &[name, expected]);
        }
        self.assignment_target(inner, simple, report);
    }

    fn expression(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Unary(node) => {
                let text = match node.operator {
                    UnaryOperator::PreIncrement | UnaryOperator::PostIncrement => "++",
                    UnaryOperator::PreDecrement | UnaryOperator::PostDecrement => "--",
                    _ => return,
                };
                self.assignment_target(&node.child, false, &|p, span| {
                    p.report(span, ErrorId::OperatorRequiresVariableOrProperty, &[text]);
                });
            }
            Expr::Convert(node) => self.convert(node),
            Expr::Using(node) => {
                if let Some(bad) = bad_using(&node.child, self.types) {
                    self.report(bad, ErrorId::InvalidUsingExpression, &[]);
                }
            }
            Expr::Variable(node) => self.variable(node),
            Expr::Hashtable(node) => self.hashtable(node),
            Expr::Type(node) => self.array_depth(&node.type_name, node.span),
            Expr::Attributed(node) => {
                let mut child = &node.child;
                loop {
                    child = match child {
                        Expr::Variable(_) => return,
                        Expr::Attributed(node) => &node.child,
                        Expr::Convert(node) => &node.child,
                        _ => break,
                    };
                }
                let name = node.attribute.type_name.full_name();
                self.report(node.attribute.span, ErrorId::UnexpectedAttribute, &[&name]);
            }
            _ => {}
        }
    }

    fn convert(&mut self, node: &Convert) {
        let constraint = &node.type_constraint;
        let name = constraint.type_name.full_name();
        if name.eq_ignore_ascii_case("ordered") {
            if !matches!(node.child, Expr::Hashtable(_)) {
                self.report(node.span, ErrorId::OrderedAttributeOnlyOnHashLiteralNode, &[&name]);
            }
            return;
        }
        if !is_ref(&constraint.type_name) {
            return;
        }
        let mut repeated = false;
        let mut child = &node.child;
        loop {
            child = match child {
                Expr::Convert(inner) => {
                    if is_ref(&inner.type_constraint.type_name) {
                        repeated = true;
                        let span = inner.type_constraint.span;
                        self.report(span, ErrorId::ReferenceNeedsToBeByItselfInTypeSequence, &[]);
                    }
                    &inner.child
                }
                Expr::Attributed(inner) => &inner.child,
                _ => break,
            };
        }
        // `[int][ref]`, but for targets of assignments, which have a message of their own.
        if let Some(Node::Expr(Expr::Convert(outer))) = self.parent()
            && !repeated
            && !is_ref(&outer.type_constraint.type_name)
        {
            let assigned = self.parents.iter().rev().find_map(|parent| match parent {
                Node::Statement(Statement::Assignment(node)) => Some(node.left.span()),
                Node::CommandExpression(_) => Some(Span::default()),
                _ => None,
            });
            if !assigned.is_some_and(|left| left.contains(node.span.start)) {
                self.report(constraint.span, ErrorId::ReferenceNeedsToBeLastTypeInTypeConversion, &[]);
            }
        }
    }

    fn variable(&mut self, variable: &Variable) {
        let name = &variable.path.user_path;
        if variable.splatted {
            match self.parents[..] {
                [.., Node::Command(_)] | [.., Node::Expr(Expr::Using(_))] => {}
                [.., Node::Command(_), Node::Expr(Expr::ArrayLiteral(_))] => {
                    self.report(variable.span, ErrorId::SplattingNotPermittedInArgumentList, &[name]);
                }
                _ => self.report(variable.span, ErrorId::SplattingNotPermitted, &[name]),
            }
        }
        if variable.path.is_variable()
            && !matches!(variable.path.scope, VariableScope::Global | VariableScope::Script)
            && self.flows.last().is_some_and(|flow| flow.is_unassigned(variable.span))
            && !is_constant_variable(variable)
            && !is_accessible_in_methods(name)
        {
            self.report(variable.span, ErrorId::VariableNotLocal, &[]);
        }
        if name.eq_ignore_ascii_case("this") {
            let is_static = match self.members.last() {
                Some(Scope::Method(member)) => member.is_static,
                Some(Scope::Property(member)) => member.is_static,
                _ => false,
            };
            if is_static {
                self.report(variable.span, ErrorId::NonStaticMemberAccessInStaticMember, &[name]);
            }
        }
    }

    fn hashtable(&mut self, table: &Hashtable) {
        let mut seen = HashSet::new();
        for (key, _) in &table.pairs {
            let text = match key {
                Expr::String(text) => text.value.to_string(),
                Expr::Constant(number) => number.value.to_string(),
                _ => continue,
            };
            if !seen.insert(text.to_lowercase()) {
                self.report(key.span(), ErrorId::DuplicateKeyInHashLiteral, &[&text]);
            }
        }
    }
}

fn label_of(statement: &Statement) -> Option<&str> {
    let label = match statement {
        Statement::Switch(node) => &node.label,
        Statement::For(node) => &node.label,
        Statement::ForEach(node) => &node.label,
        Statement::While(node) => &node.label,
        Statement::DoWhile(node) | Statement::DoUntil(node) => &node.label,
        _ => return None,
    };
    Some(label.as_deref().unwrap_or(""))
}

fn matches_label(wanted: &str, label: &str) -> bool {
    wanted.is_empty() || wanted.eq_ignore_ascii_case(label)
}

/// Only variables, their properties and constant indices may follow `$using:`; gives what is wrong.
fn bad_using(expression: &Expr, types: &Resolver) -> Option<Span> {
    match expression {
        Expr::Variable(_) => None,
        Expr::Member(node) if matches!(node.member, Expr::String(_)) => bad_using(&node.target, types),
        Expr::Index(node) => {
            if !is_constant(&node.index, ConstantFor::Attribute, types) {
                return Some(node.index.span());
            }
            bad_using(&node.target, types)
        }
        _ => Some(expression.span()),
    }
}

/// The types of the variables that PowerShell assigns itself.
fn automatic_type(name: &str) -> Option<&'static str> {
    Some(match name.to_ascii_lowercase().as_str() {
        "_" | "this" | "input" => "System.Object",
        "args" => "System.Object[]",
        "pscmdlet" => "System.Management.Automation.PSScriptCmdlet",
        "psboundparameters" => "System.Management.Automation.PSBoundParametersDictionary",
        "myinvocation" => "System.Management.Automation.InvocationInfo",
        "psscriptroot" | "pscommandpath" => "System.String",
        _ => return None,
    })
}

/// Variables that methods may read without assigning them.
fn is_accessible_in_methods(name: &str) -> bool {
    const NAMES: [&str; 8] = [
        "LASTEXITCODE",
        "Error",
        "StackTrace",
        "OutputEncoding",
        "NestedPromptLevel",
        "PWD",
        "Matches",
        "PSApplicationOutputEncoding",
    ];
    NAMES.iter().any(|accessible| name.eq_ignore_ascii_case(accessible))
}
