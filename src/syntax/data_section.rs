//! The restricted language of `data` sections.

use crate::ast::*;
use crate::errors::ErrorId;
use crate::known_types::{Resolution, Resolver};
use crate::parser::Parser;
use crate::source::Span;
use crate::type_name::{TypeName, TypeNameKind};
use crate::walk::Node;

const ALLOWED_VARIABLES: [&str; 5] = ["PSCulture", "PSUICulture", "true", "false", "null"];
const ALLOWED_VARIABLES_TEXT: &str = "$PSCulture, $PSUICulture, $true, $false, $null";

/// Reports what a data section's body must not have.
pub(crate) fn check(parser: &mut Parser<'_>, data: &Data, types: &Resolver) {
    let mut allowed = Some(vec!["ConvertFrom-StringData".to_owned()]);
    for command in &data.commands_allowed {
        match (command, &mut allowed) {
            (Expr::String(name), Some(list)) => list.push(name.value.to_string()),
            // A name that is known at run time only: any command may be meant.
            _ => allowed = None,
        }
    }
    Checker { parser, types, allowed }.visit(Node::StatementBlock(&data.body));
}

struct Checker<'p, 't> {
    parser: &'p mut Parser<'t>,
    types: &'p Resolver,
    allowed: Option<Vec<String>>,
}

impl Checker<'_, '_> {
    fn visit(&mut self, node: Node<'_>) {
        self.check(node);
        node.children(&mut |child| self.visit(child));
    }

    fn check(&mut self, node: Node<'_>) {
        use ErrorId::*;
        let span = node.span();
        let mut report = |id| self.parser.report(span, id, &[]);
        match node {
            Node::ScriptBlock(_) | Node::ConstructorBody(..) => report(ScriptBlockNotSupportedInDataSection),
            Node::ParamBlock(_) => report(ParameterDeclarationNotSupportedInDataSection),
            Node::Attribute(_) => report(AttributeNotSupportedInDataSection),
            Node::Function(_) | Node::Constructor(..) => report(FunctionDeclarationNotSupportedInDataSection),
            Node::Trap(_) => report(TrapStatementNotSupportedInDataSection),
            Node::Redirection(_) => report(RedirectionNotSupportedInDataSection),
            Node::TypeConstraint(constraint) => self.type_name(&constraint.type_name, span),
            Node::Command(command) => self.command(command),
            Node::Variable(variable) => self.variable(variable),
            Node::Statement(statement) => {
                if let Some(id) = refused_statement(statement) {
                    report(id);
                }
            }
            Node::Expr(expression) => self.expression(expression),
            _ => {}
        }
    }

    /// Only simple types and arrays of them.
    fn type_name(&mut self, name: &TypeName, span: Span) {
        let element = match &name.kind {
            TypeNameKind::Array { element, .. } => element,
            _ => name,
        };
        let simple = match self.types.resolve_type(element) {
            Resolution::Known(full) => is_simple(full),
            _ => false,
        };
        if !simple {
            let name = name.full_name();
            self.parser.report(span, ErrorId::TypeNotAllowedInDataSection, &[&name]);
        }
    }

    fn command(&mut self, command: &Command) {
        if command.invocation == Invocation::Dot {
            self.parser.report(command.span, ErrorId::DotSourcingNotSupportedInDataSection, &[]);
            return;
        }
        let Some(allowed) = &self.allowed else { return };
        match command.elements.first() {
            Some(CommandElement::Expression(Expr::String(name))) => {
                if !allowed.iter().any(|command| command.eq_ignore_ascii_case(&name.value)) {
                    let name = name.value.to_string();
                    self.parser.report(command.span, ErrorId::CmdletNotInAllowedListForDataSection, &[&name]);
                }
            }
            _ if command.invocation == Invocation::Call => {
                self.parser.report(command.span, ErrorId::OperatorNotSupportedInDataSection, &["&"]);
            }
            _ => {
                let text = self.parser.text_of(command.span);
                self.parser.report(command.span, ErrorId::CmdletNotInAllowedListForDataSection, &[text]);
            }
        }
    }

    fn variable(&mut self, variable: &Variable) {
        let name = &variable.path.user_path;
        if !ALLOWED_VARIABLES.iter().any(|allowed| name.eq_ignore_ascii_case(allowed)) {
            let id = ErrorId::VariableReferenceNotSupportedInDataSection;
            self.parser.report(variable.span, id, &[ALLOWED_VARIABLES_TEXT]);
        }
    }

    fn expression(&mut self, expression: &Expr) {
        use ErrorId::*;
        let span = expression.span();
        match expression {
            Expr::Binary(node) => {
                if let Some(text) = refused_binary(node.operator) {
                    self.parser.report(node.operator_span, OperatorNotSupportedInDataSection, &[text]);
                }
            }
            Expr::Unary(node) => {
                if let Some(text) = refused_unary(node.operator) {
                    self.parser.report(span, OperatorNotSupportedInDataSection, &[text]);
                }
            }
            Expr::Variable(variable) => self.variable(variable),
            Expr::Type(node) => self.type_name(&node.type_name, span),
            Expr::Member(_) => self.parser.report(span, PropertyReferenceNotSupportedInDataSection, &[]),
            Expr::Invoke(_) => self.parser.report(span, MethodCallNotSupportedInDataSection, &[]),
            Expr::ScriptBlock(_) => self.parser.report(span, ScriptBlockNotSupportedInDataSection, &[]),
            Expr::Index(_) => self.parser.report(span, ArrayReferenceNotSupportedInDataSection, &[]),
            Expr::Attributed(_) => self.parser.report(span, AttributeNotSupportedInDataSection, &[]),
            _ => {}
        }
    }
}

fn refused_statement(statement: &Statement) -> Option<ErrorId> {
    use ErrorId::*;
    Some(match statement {
        Statement::Switch(_) => SwitchStatementNotSupportedInDataSection,
        Statement::Data(_) => DataSectionStatementNotSupportedInDataSection,
        Statement::ForEach(_) => ForeachStatementNotSupportedInDataSection,
        Statement::DoWhile(_) | Statement::DoUntil(_) => DoWhileStatementNotSupportedInDataSection,
        Statement::For(_) | Statement::While(_) => ForWhileStatementNotSupportedInDataSection,
        Statement::Try(_) => TryStatementNotSupportedInDataSection,
        Statement::Break(_)
        | Statement::Continue(_)
        | Statement::Return(_)
        | Statement::Exit(_)
        | Statement::Throw(_) => FlowControlStatementNotSupportedInDataSection,
        Statement::Assignment(_) => AssignmentStatementNotSupportedInDataSection,
        Statement::Block(_) => ParallelAndSequenceBlockNotSupportedInDataSection,
        _ => return None,
    })
}

/// The texts of the binary operators that are refused, as the message has them.
fn refused_binary(operator: BinaryOperator) -> Option<&'static str> {
    use Case::{Insensitive, Sensitive};
    use Comparison::*;
    Some(match operator {
        BinaryOperator::DotDot => "..",
        BinaryOperator::Format => "-f",
        BinaryOperator::Join => "-join",
        BinaryOperator::As => "-as",
        BinaryOperator::Compare(Match, Insensitive) => "-imatch",
        BinaryOperator::Compare(Match, Sensitive) => "-cmatch",
        BinaryOperator::Compare(NotMatch, Insensitive) => "-inotmatch",
        BinaryOperator::Compare(NotMatch, Sensitive) => "-cnotmatch",
        BinaryOperator::Compare(Replace, Insensitive) => "-ireplace",
        BinaryOperator::Compare(Replace, Sensitive) => "-creplace",
        BinaryOperator::Compare(Split, Insensitive) => "-isplit",
        BinaryOperator::Compare(Split, Sensitive) => "-csplit",
        _ => return None,
    })
}

fn refused_unary(operator: UnaryOperator) -> Option<&'static str> {
    Some(match operator {
        UnaryOperator::Join => "-join",
        UnaryOperator::Split(Case::Insensitive) => "-isplit",
        UnaryOperator::Split(Case::Sensitive) => "-csplit",
        UnaryOperator::PreIncrement | UnaryOperator::PostIncrement => "++",
        UnaryOperator::PreDecrement | UnaryOperator::PostDecrement => "--",
        _ => return None,
    })
}

/// .NET's TypeCode is not Object.
fn is_simple(full_name: &str) -> bool {
    const SIMPLE: [&str; 17] = [
        "Boolean",
        "Char",
        "SByte",
        "Byte",
        "Int16",
        "UInt16",
        "Int32",
        "UInt32",
        "Int64",
        "UInt64",
        "Single",
        "Double",
        "Decimal",
        "DateTime",
        "String",
        "DBNull",
        "ConsoleColor",
    ];
    full_name.strip_prefix("System.").is_some_and(|name| SIMPLE.contains(&name))
}
