//! Names of types in classes must resolve at parse time; classes must not be defined twice; methods must not assign
//! properties without `$this`; modules and assemblies of `using` must exist.

use crate::ast::*;
use crate::errors::ErrorId;
use crate::known_types::{Resolution, Resolver};
use crate::parser::Parser;
use crate::source::Span;
use crate::type_name::{TypeName, TypeNameKind};
use crate::walk::Node;
use std::collections::{HashMap, HashSet};

#[derive(Clone, Copy, PartialEq, Eq)]
enum ScopeKind {
    Type,
    Method,
    Script,
}

struct Scope<'a> {
    kind: ScopeKind,
    types: HashSet<String>,
    /// Properties of a class by name.
    properties: HashMap<String, &'a PropertyMember>,
    class: &'a str,
}

pub(crate) fn check(parser: &mut Parser<'_>, root: &ScriptBlockAst, types: &Resolver) {
    let mut checker = Checker { parser, types, scopes: Vec::new(), has_imports: false };
    checker.enter(Node::ScriptBlock(root), ScopeKind::Script);
    checker.visit(Node::ScriptBlock(root), false);
}

struct Checker<'p, 't, 'a> {
    parser: &'p mut Parser<'t>,
    types: &'p Resolver,
    scopes: Vec<Scope<'a>>,
    /// A module or assembly of a `using` brings types whose names are not known here: any may be meant.
    has_imports: bool,
}

impl<'a> Checker<'_, '_, 'a> {
    fn enter(&mut self, node: Node<'a>, kind: ScopeKind) {
        let mut scope = Scope { kind, types: HashSet::new(), properties: HashMap::new(), class: "" };
        if let Node::Type(definition) = node {
            scope.class = &definition.name;
            for member in &definition.members {
                if let Member::Property(property) = member {
                    scope.properties.entry(property.name.to_lowercase()).or_insert(property);
                }
            }
        }
        let mut twice: Vec<(Span, &str)> = Vec::new();
        defined_types(node, &mut |definition| {
            if !scope.types.insert(definition.name.to_lowercase()) {
                twice.push((definition.span, &definition.name));
            }
        });
        for (span, name) in twice {
            self.parser.report(span, ErrorId::MemberAlreadyDefined, &[name]);
        }
        self.scopes.push(scope);
    }

    fn visit(&mut self, node: Node<'a>, in_member: bool) {
        let entered = match node {
            Node::Type(_) => Some((node, ScopeKind::Type)),
            Node::Expr(Expr::ScriptBlock(block)) => Some((Node::ScriptBlock(&block.body), ScopeKind::Script)),
            Node::Function(function) if !in_member => Some((Node::ScriptBlock(&function.body), ScopeKind::Script)),
            Node::Member(Member::Function(member)) => {
                Some((Node::ScriptBlock(&member.function.body), ScopeKind::Method))
            }
            _ => None,
        };
        if let Some((node, kind)) = entered {
            self.enter(node, kind);
        }
        match node {
            Node::Using(using) => self.using_statement(using),
            Node::TypeConstraint(constraint) => self.type_name(&constraint.type_name, 0, false),
            Node::Attribute(attribute) => self.type_name(&attribute.type_name, 0, true),
            Node::Expr(Expr::Type(node)) => self.type_name(&node.type_name, 0, false),
            Node::Statement(Statement::Assignment(node)) => self.assignment(&node.left),
            _ => {}
        }
        let is_member = matches!(node, Node::Member(_));
        node.children(&mut |child| self.visit(child, is_member));
        if entered.is_some() {
            self.scopes.pop();
        }
    }

    fn in_class(&self) -> bool {
        self.scopes.iter().any(|scope| scope.kind == ScopeKind::Type)
    }

    fn type_name(&mut self, name: &TypeName, generic_arguments: usize, is_attribute: bool) {
        if !self.in_class() {
            return;
        }
        match &name.kind {
            TypeNameKind::Array { element, .. } => self.type_name(element, 0, false),
            TypeNameKind::Generic { definition, arguments } => {
                self.type_name(definition, arguments.len(), false);
                for argument in arguments {
                    self.type_name(argument, 0, false);
                }
            }
            TypeNameKind::Simple { assembly: Some(_), .. } => {}
            TypeNameKind::Simple { name: text, assembly: None } => {
                let lower = text.to_lowercase();
                let defined = generic_arguments == 0 && self.scopes.iter().any(|scope| scope.types.contains(&lower));
                if defined
                    || self.has_imports
                    || text.eq_ignore_ascii_case("ordered")
                    || self.types.resolve(text, generic_arguments, is_attribute) != Resolution::Missing
                {
                    return;
                }
                let id = if is_attribute { ErrorId::CustomAttributeTypeNotFound } else { ErrorId::TypeNotFound };
                self.parser.report(name.span, id, &[text]);
            }
        }
    }

    fn assignment(&mut self, left: &'a Expr) {
        if self.scopes.last().is_none_or(|scope| scope.kind != ScopeKind::Method) {
            return;
        }
        let targets = match left {
            Expr::ArrayLiteral(node) => &node.elements[..],
            _ => std::slice::from_ref(left),
        };
        for target in targets {
            let mut target = target;
            while let Expr::Convert(node) = target {
                target = &node.child;
            }
            let Expr::Variable(variable) = target else { continue };
            if !variable.path.is_variable() {
                continue;
            }
            let name = variable.path.user_path.to_lowercase();
            let Some((scope, property)) =
                self.scopes.iter().rev().find_map(|scope| Some((scope, *scope.properties.get(&name)?)))
            else {
                continue;
            };
            if property.is_static {
                let class = format!("[{}]::", scope.class);
                let id = ErrorId::MissingTypeInStaticPropertyAssignment;
                self.parser.report(variable.span, id, &[&class, &property.name]);
            } else {
                self.parser.report(variable.span, ErrorId::MissingThis, &["$this.", &property.name]);
            }
        }
    }

    fn using_statement(&mut self, using: &UsingStatement) {
        match using.kind {
            UsingKind::Module => {}
            UsingKind::Assembly => {
                self.has_imports = true;
                return;
            }
            _ => return,
        }
        let (name, text) = match (&using.name, &using.module_specification) {
            (_, Some(table)) => {
                let name = table.pairs.iter().find_map(|(key, value)| match key {
                    Expr::String(key) if key.value.eq_ignore_ascii_case("ModuleName") => {
                        match crate::constants::pure_expression(value) {
                            Some(Expr::String(name)) => Some(name.value.to_string()),
                            _ => None,
                        }
                    }
                    _ => None,
                });
                let Some(name) = name else { return };
                (name, self.parser.text_of(table.span).to_owned())
            }
            (Some(name), None) => (name.value.to_string(), name.value.to_string()),
            (None, None) => return,
        };
        if name.contains(['*', '?', '[']) {
            self.parser.report(using.span, ErrorId::WildCardModuleNameError, &[]);
        } else if !self.parser.options.module_exists(self.parser.source.file.as_deref(), &name) {
            self.parser.report(using.span, ErrorId::ModuleNotFoundDuringParse, &[&text]);
        } else {
            self.has_imports = true;
        }
    }
}

/// The classes and enums of a scope, not those of functions and script blocks in it.
fn defined_types<'a>(node: Node<'a>, found: &mut dyn FnMut(&'a TypeDefinition)) {
    if let Node::Type(definition) = node {
        found(definition);
    }
    node.children(&mut |child| match child {
        Node::Function(_) | Node::Constructor(..) | Node::Expr(Expr::ScriptBlock(_)) => {}
        child => defined_types(child, found),
    });
}
