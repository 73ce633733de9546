//! Arithmetic operators with PowerShell's promotions.
use crate::error::{ErrorCategory, ErrorRecord, Res};
use crate::runtime::Runtime;
use crate::types;
use crate::value::Value;

fn undefined(left: &Value, right: &Value, op: &str) -> ErrorRecord {
    let name = |v: &Value| if v.is_null() { "$null".to_owned() } else { types::type_of(v).full_name.to_owned() };
    ErrorRecord::runtime(
        "NotADefinedOperationForType",
        format!("The operation '[{}] {op} [{}]' is not defined.", name(left), name(right)),
        ErrorCategory::InvalidOperation,
    )
}
fn double(v: &Value) -> Option<f64> {
    Some(match v {
        Value::Int(n) => f64::from(*n),
        Value::Long(n) => *n as f64,
        Value::Double(n) => *n,
        Value::Null => 0.0,
        _ => return None,
    })
}
fn number(
    left: &Value,
    right: &Value,
    op: &str,
    int: fn(i32, i32) -> Option<i32>,
    real: fn(f64, f64) -> f64,
) -> Res<Value> {
    if let (Value::Int(a), Value::Int(b)) = (left, right)
        && let Some(n) = int(*a, *b)
    {
        return Ok(Value::Int(n));
    }
    match (double(left), double(right)) {
        (Some(a), Some(b)) => Ok(Value::Double(real(a, b))),
        _ => Err(undefined(left, right, op).into()),
    }
}
pub fn add(rt: &mut dyn Runtime, left: &Value, right: &Value) -> Res<Value> {
    match left {
        Value::String(s) => {
            let text = rt.to_text(right);
            Ok(Value::String(s.clone().append(&text)))
        }
        Value::Array(a) => {
            let mut items = a.to_vec();
            items.extend(rt.enumerate(right)?);
            Ok(Value::array(items))
        }
        _ => number(left, right, "+", i32::checked_add, |a, b| a + b),
    }
}
pub fn subtract(_rt: &mut dyn Runtime, left: &Value, right: &Value) -> Res<Value> {
    number(left, right, "-", i32::checked_sub, |a, b| a - b)
}
pub fn multiply(_rt: &mut dyn Runtime, left: &Value, right: &Value) -> Res<Value> {
    number(left, right, "*", i32::checked_mul, |a, b| a * b)
}
pub fn divide(_rt: &mut dyn Runtime, left: &Value, right: &Value) -> Res<Value> {
    number(left, right, "/", |a, b| (b != 0 && a % b == 0).then(|| a / b), |a, b| a / b)
}
pub fn remainder(_rt: &mut dyn Runtime, left: &Value, right: &Value) -> Res<Value> {
    number(left, right, "%", i32::checked_rem, |a, b| a % b)
}
pub fn range(_rt: &mut dyn Runtime, left: &Value, right: &Value) -> Res<Value> {
    match (left, right) {
        (Value::Int(a), Value::Int(b)) if a <= b => Ok(Value::array((*a..=*b).map(Value::Int).collect())),
        (Value::Int(a), Value::Int(b)) => Ok(Value::array((*b..=*a).rev().map(Value::Int).collect())),
        _ => Err(undefined(left, right, "..").into()),
    }
}
pub fn plus(rt: &mut dyn Runtime, operand: &Value) -> Res<Value> {
    add(rt, &Value::Int(0), operand)
}
pub fn negate(rt: &mut dyn Runtime, operand: &Value) -> Res<Value> {
    subtract(rt, &Value::Int(0), operand)
}
/// `++` and `--`
pub fn increment(rt: &mut dyn Runtime, operand: &Value, by: i32) -> Res<Value> {
    add(rt, operand, &Value::Int(by))
}
