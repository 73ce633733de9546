//! Which expressions are constant: arguments of attributes and of `#requires` have to be.

use crate::ast::*;
use crate::known_types::{Resolution, Resolver};

/// Where a constant is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ConstantFor {
    Attribute,
    /// On or in a class: no script blocks.
    ClassAttribute,
    Requires,
}

pub(crate) fn is_constant(expression: &Expr, purpose: ConstantFor, types: &Resolver) -> bool {
    let constant = |expression: &Expr| is_constant(expression, purpose, types);
    match expression {
        Expr::Constant(_) | Expr::String(_) => true,
        Expr::Variable(variable) => is_constant_variable(variable),
        Expr::Ternary(node) => constant(&node.condition) && constant(&node.if_true) && constant(&node.if_false),
        Expr::Binary(node) => {
            is_foldable(node.operator) && constant(&node.left) && constant(&node.right) && !is_null_divisor(node)
        }
        Expr::Unary(node) => {
            let foldable = matches!(
                node.operator,
                UnaryOperator::Plus
                    | UnaryOperator::Minus
                    | UnaryOperator::Not
                    | UnaryOperator::Exclaim
                    | UnaryOperator::Bnot
            );
            foldable && constant(&node.child)
        }
        Expr::Convert(node) => {
            types.full_name(&node.type_constraint.type_name).is_some_and(is_primitive) && constant(&node.child)
        }
        Expr::Sub(node) => match &node.body.statements[..] {
            [statement] if node.body.traps.is_empty() => pure_expression(statement).is_some_and(constant),
            _ => false,
        },
        Expr::Paren(node) => pure_expression(&node.pipeline).is_some_and(constant),
        Expr::Using(node) => constant(&node.child),
        Expr::Type(node) => {
            purpose != ConstantFor::Requires || types.resolve_type(&node.type_name) != Resolution::Missing
        }
        Expr::Member(node) => is_constant_member(node, types),
        Expr::ArrayLiteral(node) => node.elements.iter().all(constant),
        Expr::Hashtable(node) => {
            purpose == ConstantFor::Requires
                && node.pairs.iter().all(|(key, value)| constant(key) && pure_expression(value).is_some_and(constant))
        }
        Expr::ScriptBlock(_) => purpose == ConstantFor::Attribute,
        Expr::Attributed(_)
        | Expr::Expandable(_)
        | Expr::Invoke(_)
        | Expr::Index(_)
        | Expr::Array(_)
        | Expr::Error(_) => false,
    }
}

/// `$true`, `$false`, `$null`.
pub(crate) fn is_constant_variable(variable: &Variable) -> bool {
    let name = &variable.path.name;
    variable.path.is_variable() && ["true", "false", "null"].iter().any(|constant| name.eq_ignore_ascii_case(constant))
}

/// The expression that a pipeline consists of, when it is nothing else.
pub(crate) fn pure_expression(statement: &Statement) -> Option<&Expr> {
    let Statement::Pipeline(pipeline) = statement else { return None };
    match &pipeline.elements[..] {
        [PipelineElement::Expression(element)] if element.redirections.is_empty() => Some(&element.expression),
        _ => None,
    }
}

fn is_foldable(operator: BinaryOperator) -> bool {
    use BinaryOperator::*;
    matches!(operator, Plus | Minus | Multiply | Divide | Rem | And | Or | Xor | Band | Bor | Bxor | Shl | Shr)
}

fn is_null_divisor(node: &Binary) -> bool {
    let divides = matches!(node.operator, BinaryOperator::Divide | BinaryOperator::Rem);
    divides
        && matches!(&node.right, Expr::Variable(variable)
            if ["false", "null"].iter().any(|name| variable.path.name.eq_ignore_ascii_case(name)))
}

fn is_primitive(full_name: &str) -> bool {
    matches!(
        full_name,
        "System.Boolean"
            | "System.Byte"
            | "System.SByte"
            | "System.Char"
            | "System.Int16"
            | "System.UInt16"
            | "System.Int32"
            | "System.UInt32"
            | "System.Int64"
            | "System.UInt64"
            | "System.Single"
            | "System.Double"
    )
}

/// A literal field of a known type: `[int]::MaxValue` or a value of an enum.
fn is_constant_member(node: &MemberAccess, types: &Resolver) -> bool {
    let (Expr::Type(target), Expr::String(member), true) = (&node.target, &node.member, node.is_static) else {
        return false;
    };
    let full = match types.resolve_type(&target.type_name) {
        Resolution::Known(full) => full,
        Resolution::Assumed => return true,
        Resolution::Missing => return false,
    };
    let is_member = |names: &[&str]| names.iter().any(|name| member.value.eq_ignore_ascii_case(name));
    match full {
        "System.Double" | "System.Single" => {
            is_member(&["MaxValue", "MinValue", "Epsilon", "NaN", "PositiveInfinity", "NegativeInfinity"])
        }
        "System.Math" => is_member(&["PI", "E", "Tau"]),
        "System.Boolean" => false,
        _ if is_primitive(full) => is_member(&["MaxValue", "MinValue"]),
        "System.String"
        | "System.DateTime"
        | "System.DateTimeOffset"
        | "System.TimeSpan"
        | "System.Guid"
        | "System.Decimal"
        | "System.Environment"
        | "System.IO.Path"
        | "System.Version"
        | "System.Type"
        | "System.Array"
        | "System.Object"
        | "System.Text.Encoding"
        | "System.Numerics.BigInteger"
        | "System.StringComparer"
        | "System.Globalization.CultureInfo" => false,
        _ => true,
    }
}
