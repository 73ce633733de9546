//! `-eq -ne -lt -gt -le -ge`, and the order that Sort-Object uses: the right side is converted to the left's type,
//! numbers compare as numbers, text by culture.
use crate::arith::{Operand, is_list, parse_operand, raw_error};
use crate::collate;
use crate::convert::number::Num;
use crate::convert::{self, errors};
use crate::error::{ErrorCategory, ErrorRecord, Flow, Res};
use crate::operators::BinaryOp;
use crate::runtime::Runtime;
use crate::string::{PsString, char_from_unit, eq_ignore_case, fold};
use crate::types::{self, TypeKind};
use crate::value::{Value, equals};
use std::cmp::Ordering;

/// A comparison operator; a collection on the left gives the elements for which it holds.
pub fn binary(rt: &mut dyn Runtime, op: BinaryOp, left: &Value, right: &Value) -> Res<Value> {
    let items = match left.base() {
        Value::Array(a) => a.to_vec(),
        base if is_list(base) => rt.enumerate(base)?,
        _ => return Ok(Value::Bool(scalar(rt, op, left, right)?)),
    };
    let mut kept = Vec::new();
    for item in items {
        if scalar(rt, op, &item, right)? {
            kept.push(item);
        }
    }
    Ok(Value::array(kept))
}

/// The operator between two single values.
fn scalar(rt: &mut dyn Runtime, op: BinaryOp, left: &Value, right: &Value) -> Res<bool> {
    use BinaryOp::*;
    match op {
        Eq(case) => return equal_operator(rt, left, right, case),
        Ne(case) => return Ok(!equal_operator(rt, left, right, case)?),
        _ => {}
    }
    let (case_sensitive, name, holds): (bool, _, fn(Ordering) -> bool) = match op {
        Lt(case) => (case, "LessThan", Ordering::is_lt),
        Le(case) => (case, "LessThanOrEqual", Ordering::is_le),
        Gt(case) => (case, "GreaterThan", Ordering::is_gt),
        Ge(case) => (case, "GreaterThanOrEqual", Ordering::is_ge),
        _ => return Ok(false),
    };
    // Nothing holds for NaN.
    Ok(order(rt, left, right, case_sensitive, Some(name))?.is_some_and(holds))
}

fn equal_operator(rt: &mut dyn Runtime, left: &Value, right: &Value, case_sensitive: bool) -> Res<bool> {
    if let (Some(l), Some(r)) = (Operand::of(left), Operand::of(right))
        && !left.is_null()
        && !right.is_null()
    {
        enum_operands(&l, &r)?;
    }
    equal(rt, left, right, case_sensitive)
}

/// Enum values on the left do not take part in all calculations.
fn enum_operands(left: &Operand, right: &Operand) -> Res<()> {
    let Some(ty) = left.of_enum else { return Ok(()) };
    let message = match right.kind {
        TypeKind::Decimal => {
            format!("No coercion operator is defined between types '{}' and 'System.Decimal'.", ty.full_name)
        }
        TypeKind::UInt64 => format!(
            "The binary operator GreaterThanOrEqual is not defined for the types '{}' and 'System.Int32'.",
            ty.full_name
        ),
        _ => return Ok(()),
    };
    Err(raw_error("System.InvalidOperationException", &message))
}

/// `-eq` between two single values (`LanguagePrimitives.Equals`); what does not convert is not equal.
pub fn equal(rt: &mut dyn Runtime, left: &Value, right: &Value, case_sensitive: bool) -> Res<bool> {
    match (left, right) {
        (Value::String(a), Value::String(b)) => return Ok(same_text(a, b, case_sensitive)),
        (Value::Int(a), Value::Int(b)) => return Ok(a == b),
        _ => {}
    }
    let (l, r) = (left.base(), right.base());
    match (l.is_null(), r.is_null()) {
        (true, true) => return Ok(true),
        (false, false) => {}
        _ => return Ok(false),
    }
    match l {
        Value::String(a) => {
            let b = rt.to_text(right);
            return Ok(same_text(a, &b, case_sensitive));
        }
        Value::Bool(a) => return Ok(*a == convert::to_bool(r)),
        Value::Char(a) => {
            let other = match r {
                Value::Char(b) => *b,
                _ => match convert::cast(rt, right, &types::CHAR) {
                    Ok(Value::Char(b)) => b,
                    _ => return Ok(false),
                },
            };
            let same = *a == other || (!case_sensitive && fold(char_from_unit(*a)) == fold(char_from_unit(other)));
            return Ok(same);
        }
        _ => {}
    }
    if equals(l, r) {
        return Ok(true);
    }
    if let Some(number) = Operand::of(l) {
        let parsed = match r {
            Value::String(_) => match parse_operand(rt, r, l) {
                Ok(Some(n)) => n,
                _ => return Ok(false),
            },
            other => other.clone(),
        };
        if let Some(other) = Operand::of(&parsed)
            && !matches!(number.num, Num::Big(_))
            && !matches!(other.num, Num::Big(_))
        {
            return Ok(number_order(&number.num, &other.num) == Some(Ordering::Equal));
        }
    }
    let ty = types::type_of(l);
    if types::type_of(r) == ty || matches!(l, Value::Array(_) | Value::List(_) | Value::Dict(_) | Value::Custom(_)) {
        return Ok(false);
    }
    match convert::cast(rt, right, ty) {
        Ok(converted) => Ok(equals(l, &converted)),
        Err(e) if e.error().is_some() => Ok(false),
        Err(e) => Err(e),
    }
}

fn same_text(a: &PsString, b: &PsString, case_sensitive: bool) -> bool {
    if case_sensitive { a == b } else { eq_ignore_case(a, b) }
}

/// Two numbers; none when one is NaN. A decimal and a double compare without loss.
fn number_order(left: &Num, right: &Num) -> Option<Ordering> {
    match (left, right) {
        (Num::Int(a), Num::Int(b)) => Some(a.cmp(b)),
        (Num::Decimal(_), _) | (_, Num::Decimal(_)) => match (left.to_decimal(), right.to_decimal()) {
            (Ok(a), Ok(b)) => Some(a.cmp(&b)),
            _ => left.to_f64().partial_cmp(&right.to_f64()),
        },
        _ => left.to_f64().partial_cmp(&right.to_f64()),
    }
}

/// The order of two values (`LanguagePrimitives.Compare`), as Sort-Object needs it. NaN comes before all numbers.
pub fn compare_values(rt: &mut dyn Runtime, left: &Value, right: &Value, case_sensitive: bool) -> Res<Ordering> {
    if let Some(order) = order(rt, left, right, case_sensitive, None)? {
        return Ok(order);
    }
    let nan = |v: &Value| Num::of(v).is_some_and(|n| n.to_f64().is_nan());
    Ok(nan(right).cmp(&nan(left)))
}

/// `left <=> right`; none when NaN takes part. `operator` is .NET's name of the operator that asks: then errors of
/// strings that are no numbers come out as they are.
fn order(
    rt: &mut dyn Runtime,
    left: &Value,
    right: &Value,
    case_sensitive: bool,
    operator: Option<&str>,
) -> Res<Option<Ordering>> {
    match (left, right) {
        (Value::Int(a), Value::Int(b)) => return Ok(Some(a.cmp(b))),
        (Value::String(a), Value::String(b)) => return Ok(Some(collate::compare(a, b, case_sensitive))),
        _ => {}
    }
    let (l, r) = (left.base(), right.base());
    if let Value::String(a) = l
        && !r.is_null()
    {
        let b = rt.to_text(right);
        return Ok(Some(collate::compare(a, &b, case_sensitive)));
    }
    if let Some(result) = numbers(rt, l, r, operator)? {
        return Ok(result);
    }
    if let Value::Array(_) | Value::List(_) = l
        && operator.is_some()
        && !l.same(r)
    {
        return Err(not_comparable(rt, left));
    }
    match (l.is_null(), r.is_null()) {
        (true, true) => return Ok(Some(Ordering::Equal)),
        (true, false) => return Ok(Some(Ordering::Less)),
        (false, true) => return Ok(Some(Ordering::Greater)),
        _ => {}
    }
    if let (Value::Char(a), Value::Char(b)) = (l, r) {
        let text = |unit: u16| PsString::from_units(&[unit]);
        return Ok(Some(collate::compare(&text(*a), &text(*b), case_sensitive)));
    }
    if let Value::Custom(_) = l {
        return Err(custom_comparison(rt, left, right));
    }
    let incomparable = match l {
        Value::Object(o) => o.data().compare(l).is_none(),
        other => matches!(other, Value::Array(_) | Value::List(_) | Value::Dict(_) | Value::Type(_)),
    };
    if incomparable {
        return if equals(l, r) { Ok(Some(Ordering::Equal)) } else { Err(not_comparable(rt, left)) };
    }
    let converted = match convert::cast(rt, right, types::type_of(l)) {
        Ok(v) => v,
        Err(e) => return Err(comparison_failed(rt, left, right, e)),
    };
    match typed_order(l, converted.base(), case_sensitive) {
        Some(order) => Ok(Some(order)),
        None if equals(l, converted.base()) => Ok(Some(Ordering::Equal)),
        None => Err(not_comparable(rt, left)),
    }
}

/// Two numbers, or a number and a string that means one; none when the language compares them in another way.
fn numbers(rt: &mut dyn Runtime, left: &Value, right: &Value, operator: Option<&str>) -> Res<Option<Option<Ordering>>> {
    // A bool or char on the left converts the other side to its own type.
    if matches!(left, Value::Bool(_) | Value::Char(_)) || (left.is_null() && !is_number(right)) {
        return Ok(None);
    }
    let Some(l) = Operand::of(left).filter(|l| !matches!(l.num, Num::Big(_))) else { return Ok(None) };
    let parsed = match parse_operand(rt, right, left) {
        Ok(parsed) => parsed,
        Err(e) if operator.is_some() => return Err(e),
        Err(e) => return Err(comparison_failed(rt, left, right, e)),
    };
    let Some(r) = Operand::of(parsed.as_ref().unwrap_or(right)) else { return Ok(None) };
    if matches!(r.num, Num::Big(_)) {
        return Ok(None);
    }
    if let Some(operator) = operator {
        enum_operands(&l, &r)?;
        if let Some(ty) = l.of_enum
            && right.is_null()
        {
            let message =
                format!("The binary operator {operator} is not defined for the types '{0}' and '{0}'.", ty.full_name);
            return Err(raw_error("System.InvalidOperationException", &message));
        }
    }
    Ok(Some(number_order(&l.num, &r.num)))
}

fn is_number(value: &Value) -> bool {
    Num::of(value).is_some_and(|n| !matches!(n, Num::Big(_)))
}

/// Two values of one type.
fn typed_order(left: &Value, right: &Value, case_sensitive: bool) -> Option<Ordering> {
    match (left, right) {
        (Value::Bool(a), Value::Bool(b)) => Some(a.cmp(b)),
        (Value::Char(a), Value::Char(b)) => Some(a.cmp(b)),
        (Value::DateTime(a), Value::DateTime(b)) => Some((a << 2).cmp(&(b << 2))),
        (Value::TimeSpan(a), Value::TimeSpan(b)) => Some(a.cmp(b)),
        (Value::String(a), Value::String(b)) => Some(collate::compare(a, b, case_sensitive)),
        (Value::Object(a), _) => a.data().compare(right),
        _ => match (Num::of(left)?, Num::of(right)?) {
            (Num::Big(a), Num::Big(b)) => Some(a.cmp(&b)),
            (a, b) => number_order(&a, &b),
        },
    }
}

fn comparison_failed(rt: &mut dyn Runtime, left: &Value, right: &Value, cause: Flow) -> Flow {
    let Some(error) = cause.error() else { return cause };
    let message = format!(
        "Could not compare \"{}\" to \"{}\". Error: \"{}\"",
        rt.to_text(left),
        rt.to_text(right),
        error.message()
    );
    ErrorRecord::runtime("ComparisonFailure", message, ErrorCategory::InvalidOperation).into()
}

fn not_comparable(rt: &mut dyn Runtime, value: &Value) -> Flow {
    let message = format!("Cannot compare \"{}\" because it is not IComparable.", errors::quoted(rt, value));
    ErrorRecord::runtime("NotIcomparable", message, ErrorCategory::InvalidOperation).into()
}

fn custom_comparison(rt: &mut dyn Runtime, left: &Value, right: &Value) -> Flow {
    let (l, r) = (errors::quoted(rt, left), errors::quoted(rt, right));
    let message = format!(
        "Cannot compare \"{l}\" to \"{r}\" because the objects are not the same type or the object \"{l}\" does not implement \"IComparable\"."
    );
    let ty = "System.Management.Automation.ExtendedTypeSystemException";
    ErrorRecord::new(ty, message, "PSObjectCompareTo", ErrorCategory::NotSpecified).into()
}
