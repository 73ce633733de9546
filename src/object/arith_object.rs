//! Operators of types (`op_Addition` and its kin): DateTime, TimeSpan, decimal and BigInteger here, all others by the
//! static methods of their member tables. The overload is chosen, and refused, as PowerShell does for method calls.
use crate::access;
use crate::arith::{Arith, decimal_result};
use crate::bigint::BigInteger;
use crate::convert::{self, errors, number::Num};
use crate::error::{ErrorCategory, ErrorRecord, Exception, Flow, Res};
use crate::runtime::Runtime;
use crate::text::type_text;
use crate::types::{self, TypeKind, TypeRef};
use crate::value::Value;
use num_bigint::BigInt;
use num_traits::Zero;
use rust_decimal::Decimal;

/// What an operator method throws: exception type and message.
type Thrown = (&'static str, &'static str);

/// One operator method.
struct Method {
    params: [TypeRef; 2],
    call: fn(&Value, &Value) -> Result<Value, Thrown>,
}

const KIND_BITS: u32 = 62;
const TICKS: u64 = (1 << KIND_BITS) - 1;
/// 9999-12-31T23:59:59.9999999
const MAX_TICKS: i64 = 3_155_378_975_999_999_999;
const TOO_LONG: Thrown = ("System.OverflowException", "TimeSpan overflowed because the duration is too long.");
const NO_DATE: Thrown = (
    "System.ArgumentOutOfRangeException",
    "The added or subtracted value results in an un-representable DateTime. (Parameter 't')",
);
const BY_ZERO: Thrown = ("System.DivideByZeroException", "Attempted to divide by zero.");
const NO_DECIMAL: Thrown = ("System.OverflowException", "Value was either too large or too small for a Decimal.");

fn ticks(value: &Value) -> i64 {
    match value {
        Value::TimeSpan(n) => *n,
        Value::DateTime(n) => (n & TICKS) as i64,
        _ => 0,
    }
}
fn double(value: &Value) -> f64 {
    if let Value::Double(n) = value { *n } else { 0.0 }
}
fn decimal(value: &Value) -> Decimal {
    if let Value::Decimal(n) = value { **n } else { Decimal::ZERO }
}
fn decimals(op: Arith, a: &Value, b: &Value) -> Result<Value, Thrown> {
    let (a, b) = (decimal(a), decimal(b));
    if b.is_zero() && matches!(op, Arith::Divide | Arith::Remainder) {
        return Err(BY_ZERO);
    }
    decimal_result(op, a, b).map(Value::decimal).ok_or(NO_DECIMAL)
}
fn big(value: &Value) -> BigInt {
    value.get::<BigInteger>().map(|b| b.0.clone()).unwrap_or_default()
}

/// .NET's refusal of NaN in a parameter.
fn number(n: f64, refused: Thrown) -> Result<f64, Thrown> {
    if n.is_nan() { Err(refused) } else { Ok(n) }
}
/// A time span times a factor.
fn scaled(ticks: i64, factor: f64) -> Result<Value, Thrown> {
    let refused = "TimeSpan does not accept floating point Not-a-Number values. (Parameter 'factor')";
    span(ticks as f64 * number(factor, ("System.ArgumentException", refused))?)
}
/// A time span divided.
fn divided(ticks: i64, divisor: f64) -> Result<Value, Thrown> {
    let refused = "TimeSpan does not accept floating point Not-a-Number values. (Parameter 'divisor')";
    span(ticks as f64 / number(divisor, ("System.ArgumentException", refused))?)
}
/// A time span of so many ticks, rounded.
fn span(ticks: f64) -> Result<Value, Thrown> {
    let ticks = ticks.round_ties_even();
    if ticks.is_nan() || ticks.abs() >= 9_223_372_036_854_775_808.0 {
        return Err(TOO_LONG);
    }
    Ok(Value::TimeSpan(ticks as i64))
}

/// The date moved by ticks, its kind kept.
fn moved(date: &Value, by: Option<i64>) -> Result<Value, Thrown> {
    let Value::DateTime(bits) = date else { return Err(NO_DATE) };
    let sum = by.and_then(|by| ticks(date).checked_add(by)).filter(|n| (0..=MAX_TICKS).contains(n)).ok_or(NO_DATE)?;
    Ok(Value::DateTime(bits & !TICKS | sum as u64))
}

/// The built-in operator methods of a type; none when it has none of its own here.
fn methods(ty: TypeRef, op: Arith) -> Option<Vec<Method>> {
    let span_span = [&types::TIMESPAN, &types::TIMESPAN];
    let list = match (ty.kind, op) {
        (TypeKind::TimeSpan, Arith::Add) => vec![Method {
            params: span_span,
            call: |a, b| ticks(a).checked_add(ticks(b)).map(Value::TimeSpan).ok_or(TOO_LONG),
        }],
        (TypeKind::TimeSpan, Arith::Subtract) => vec![Method {
            params: span_span,
            call: |a, b| ticks(a).checked_sub(ticks(b)).map(Value::TimeSpan).ok_or(TOO_LONG),
        }],
        (TypeKind::TimeSpan, Arith::Multiply) => vec![
            Method { params: [&types::TIMESPAN, &types::DOUBLE], call: |a, b| scaled(ticks(a), double(b)) },
            Method { params: [&types::DOUBLE, &types::TIMESPAN], call: |a, b| scaled(ticks(b), double(a)) },
        ],
        (TypeKind::TimeSpan, Arith::Divide) => vec![
            Method { params: [&types::TIMESPAN, &types::DOUBLE], call: |a, b| divided(ticks(a), double(b)) },
            Method { params: span_span, call: |a, b| Ok(Value::Double(ticks(a) as f64 / ticks(b) as f64)) },
        ],
        (TypeKind::DateTime, Arith::Add) => {
            vec![Method { params: [&types::DATETIME, &types::TIMESPAN], call: |a, b| moved(a, Some(ticks(b))) }]
        }
        (TypeKind::DateTime, Arith::Subtract) => vec![
            Method {
                params: [&types::DATETIME, &types::DATETIME],
                call: |a, b| Ok(Value::TimeSpan(ticks(a) - ticks(b))),
            },
            Method { params: [&types::DATETIME, &types::TIMESPAN], call: |a, b| moved(a, ticks(b).checked_neg()) },
        ],
        (TypeKind::Decimal, op) => vec![Method {
            params: [&types::DECIMAL, &types::DECIMAL],
            call: match op {
                Arith::Add => |a, b| decimals(Arith::Add, a, b),
                Arith::Subtract => |a, b| decimals(Arith::Subtract, a, b),
                Arith::Multiply => |a, b| decimals(Arith::Multiply, a, b),
                Arith::Divide => |a, b| decimals(Arith::Divide, a, b),
                Arith::Remainder => |a, b| decimals(Arith::Remainder, a, b),
            },
        }],
        _ if std::ptr::eq(ty, &types::BIG_INTEGER) => vec![Method {
            params: [&types::BIG_INTEGER, &types::BIG_INTEGER],
            call: match op {
                Arith::Add => |a, b| Ok(BigInteger::value(big(a) + big(b))),
                Arith::Subtract => |a, b| Ok(BigInteger::value(big(a) - big(b))),
                Arith::Multiply => |a, b| Ok(BigInteger::value(big(a) * big(b))),
                Arith::Divide => |a, b| {
                    let by = big(b);
                    if by.is_zero() { Err(BY_ZERO) } else { Ok(BigInteger::value(big(a) / by)) }
                },
                Arith::Remainder => |a, b| {
                    let by = big(b);
                    if by.is_zero() { Err(BY_ZERO) } else { Ok(BigInteger::value(big(a) % by)) }
                },
            },
        }],
        _ => return None,
    };
    Some(list)
}

fn primitive(value: &Value) -> bool {
    !matches!(
        value,
        Value::Decimal(_)
            | Value::DateTime(_)
            | Value::TimeSpan(_)
            | Value::String(_)
            | Value::Type(_)
            | Value::Array(_)
            | Value::List(_)
            | Value::Dict(_)
            | Value::Custom(_)
            | Value::Wrapped(_)
            | Value::Object(_)
    )
}

/// `left op right` by the operator method of the left side's type, or the right side's when the left is a primitive.
pub fn implicit(rt: &mut dyn Runtime, op: Arith, left: &Value, right: &Value) -> Res<Value> {
    let owner = match (primitive(left), primitive(right)) {
        (true, true) => return Err(not_defined(op.sign(), left, right)),
        (true, false) => right,
        (false, _) => left,
    };
    let ty = types::type_of(owner);
    if let Some(methods) = methods(ty, op) {
        return invoke(rt, op.method(), &methods, [left, right]);
    }
    by_table(rt, op.method(), owner, left, right)
}

/// The same for operators without built-in methods.
pub fn implicit_named(rt: &mut dyn Runtime, sign: &str, method: &str, left: &Value, right: &Value) -> Res<Value> {
    match (primitive(left), primitive(right)) {
        (true, true) => Err(not_defined(sign, left, right)),
        (true, false) => by_table(rt, method, right, left, right),
        (false, _) => by_table(rt, method, left, left, right),
    }
}

/// The type as operators call it: objects made of properties are PSObjects.
pub fn type_name(value: &Value) -> String {
    match value {
        Value::Custom(_) => "System.Management.Automation.PSObject".to_owned(),
        _ => type_text(types::type_of(value)),
    }
}

/// The operator method of the member table of the owner's type.
fn by_table(rt: &mut dyn Runtime, method: &str, owner: &Value, left: &Value, right: &Value) -> Res<Value> {
    let ty = types::type_of(owner);
    if crate::member::tables(ty).any(|t| t.static_methods.iter().any(|m| m.name == method)) {
        return access::invoke_static(rt, ty, method, &[left.clone(), right.clone()]);
    }
    let name = type_name(owner);
    let message = format!("Method invocation failed because [{name}] does not contain a method named '{method}'.");
    Err(ErrorRecord::runtime("MethodNotFound", message, ErrorCategory::InvalidOperation).into())
}

/// `The operation '[A] + [B]' is not defined.`
pub fn not_defined(sign: &str, left: &Value, right: &Value) -> Flow {
    let name = |v: &Value| if v.is_null() { "$null".to_owned() } else { type_text(types::type_of(v.base())) };
    let message = format!("The operation '[{}] {sign} [{}]' is not defined.", name(left), name(right));
    ErrorRecord::runtime("NotADefinedOperationForType", message, ErrorCategory::InvalidOperation).into()
}

/// How far a value is from a parameter type: 0 is the type itself; none means no conversion.
fn distance(value: &Value, ty: TypeRef) -> Option<u32> {
    if types::type_of(value).is_subclass_of(ty) && !value.is_null() {
        return Some(0);
    }
    let number = Num::of(value);
    match ty.kind {
        TypeKind::Double => match value {
            Value::Null | Value::String(_) | Value::Char(_) => Some(1),
            Value::Bool(_) | Value::DateTime(_) => Some(2),
            _ if number.is_some() => Some(1),
            _ => convert::enum_number(value).map(|_| 3),
        },
        _ => match value {
            Value::String(_) | Value::Char(_) | Value::Bool(_) | Value::DateTime(_) => Some(2),
            Value::Dict(_) => Some(3),
            _ if matches!(number, Some(Num::Big(_))) => None,
            _ if number.is_some() => Some(2),
            _ => convert::enum_number(value).map(|_| 2),
        },
    }
}

fn method_error(id: &str, message: String) -> Flow {
    ErrorRecord::new("System.Management.Automation.MethodException", message, id, ErrorCategory::NotSpecified).into()
}

/// `Cannot convert argument "1", with value: ...`
pub fn bad_argument(rt: &mut dyn Runtime, cause: Flow, at: usize, arg: &Value, name: &str, ty: TypeRef) -> Flow {
    let Some(error) = cause.error() else { return cause };
    let value = if arg.is_null() { "".into() } else { errors::quoted(rt, arg) };
    let message = format!(
        "Cannot convert argument \"{at}\", with value: \"{value}\", for \"{name}\" to type \"{}\": \"{}\"",
        type_text(ty),
        error.message()
    );
    method_error("MethodArgumentConversionInvalidCastArgument", message)
}

fn invoke(rt: &mut dyn Runtime, name: &str, methods: &[Method], args: [&Value; 2]) -> Res<Value> {
    let method = match methods {
        [only] => only,
        several => {
            let ranked: Vec<_> = several
                .iter()
                .filter_map(|m| {
                    let rank = distance(args[0], m.params[0])? + distance(args[1], m.params[1])?;
                    Some((rank, m))
                })
                .collect();
            let best = ranked.iter().map(|(rank, _)| *rank).min();
            let mut candidates = ranked.into_iter().filter(|(rank, _)| Some(*rank) == best);
            match (candidates.next(), candidates.next()) {
                (Some((_, only)), None) => only,
                (None, _) => {
                    let message = format!("Cannot find an overload for \"{name}\" and the argument count: \"2\".");
                    return Err(method_error("MethodCountCouldNotFindBest", message));
                }
                _ => {
                    let message =
                        format!("Multiple ambiguous overloads found for \"{name}\" and the argument count: \"2\".");
                    return Err(method_error("MethodCountCouldNotFindBest", message));
                }
            }
        }
    };
    let mut converted = [Value::Null, Value::Null];
    for (at, (arg, ty)) in args.into_iter().zip(method.params).enumerate() {
        converted[at] = match convert::cast(rt, arg, ty) {
            Ok(value) => value,
            Err(e) => return Err(bad_argument(rt, e, at, arg, name, ty)),
        };
    }
    (method.call)(&converted[0], &converted[1]).map_err(|cause| thrown(name, cause))
}

/// `Exception calling "op_X" with "2" argument(s): "..."`
pub fn thrown(method: &str, (ty, message): Thrown) -> Flow {
    let text = format!("Exception calling \"{method}\" with \"2\" argument(s): \"{message}\"");
    let outer = Exception::named("System.Management.Automation.MethodInvocationException", text)
        .with_inner(Exception::named(ty, message).into_value());
    ErrorRecord::from_exception(outer.into_value(), "DotNetMethodException", ErrorCategory::NotSpecified, Value::Null)
        .into()
}
