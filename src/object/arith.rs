//! `+ - * / %`, unary plus and minus, `++`/`--` and `..` with PowerShell's promotions: the wider of the two kinds, and
//! on overflow the double; text and lists add and multiply in their own way; other objects go by their operators.
use crate::arith_object::{implicit, type_name};
use crate::collections::Array;
use crate::convert::number::{Num, big_to_f64, pack};
use crate::convert::{self, text_number};
use crate::dict::{Comparer, Dict, DictKind, Dictionary};
use crate::enums::EnumValue;
use crate::error::{ErrorCategory, ErrorRecord, Exception, Flow, Res};
use crate::runtime::Runtime;
use crate::types::{self, TypeKind, TypeRef};
use crate::value::Value;
use num_bigint::BigInt;
use rust_decimal::Decimal;
use std::rc::Rc;

/// An arithmetic operator with its sign and the name of .NET's operator method.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Arith {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

impl Arith {
    pub fn sign(self) -> &'static str {
        match self {
            Arith::Add => "+",
            Arith::Subtract => "-",
            Arith::Multiply => "*",
            Arith::Divide => "/",
            Arith::Remainder => "%",
        }
    }
    pub fn method(self) -> &'static str {
        match self {
            Arith::Add => "op_Addition",
            Arith::Subtract => "op_Subtraction",
            Arith::Multiply => "op_Multiply",
            Arith::Divide => "op_Division",
            Arith::Remainder => "op_Modulus",
        }
    }
}

/// A .NET exception that no command wraps: its id is the type's name.
pub fn raw_error(ty: &str, message: &str) -> Flow {
    ErrorRecord::new(ty, message, ty, ErrorCategory::OperationStopped).into()
}

fn divide_by_zero() -> Flow {
    wrapped("System.DivideByZeroException", "Attempted to divide by zero.")
}
fn decimal_overflow() -> Flow {
    let message = "Value was either too large or too small for a Decimal.";
    wrapped("System.OverflowException", message)
}
/// An arithmetic exception of .NET inside the engine's RuntimeException.
fn wrapped(ty: &str, message: &str) -> Flow {
    let inner = Exception::named(ty, message).into_value();
    let outer = Exception::named("System.Management.Automation.RuntimeException", message).with_inner(inner);
    ErrorRecord::from_exception(outer.into_value(), "RuntimeException", ErrorCategory::NotSpecified, Value::Null).into()
}

/// A number as an operand: its value, kind, and enum type if it is of one.
pub(crate) struct Operand {
    pub num: Num,
    pub kind: TypeKind,
    pub of_enum: Option<TypeRef>,
}

impl Operand {
    /// The number in a value; `$null` is zero.
    pub fn of(value: &Value) -> Option<Operand> {
        let base = value.base();
        let (num, kind) = match base {
            Value::Null | Value::Void | Value::Unset => (Num::Int(0), TypeKind::Int32),
            Value::Bool(b) => (Num::Int((*b).into()), TypeKind::Boolean),
            Value::Char(c) => (Num::Int((*c).into()), TypeKind::Char),
            Value::Object(o) if o.data().enum_number().is_some() => {
                let ty = types::type_of(base);
                let kind = ty.enum_info.get().map_or(TypeKind::Int32, |info| info.underlying.kind);
                let num = Num::Int(convert::enum_number(base)?);
                return Some(Operand { num, kind, of_enum: Some(ty) });
            }
            other => (Num::of(other)?, types::type_of(other).kind),
        };
        Some(Operand { num, kind, of_enum: None })
    }

    pub fn signed(&self) -> bool {
        matches!(self.kind, TypeKind::SByte | TypeKind::Int16 | TypeKind::Int32 | TypeKind::Int64)
    }
    pub fn real(&self) -> bool {
        matches!(self.kind, TypeKind::Single | TypeKind::Double)
    }
}

/// What a string beside the value is converted to when it is no number literal.
fn fallback(other: &Value) -> TypeRef {
    match Operand::of(other) {
        Some(o) if o.of_enum.is_some() => o.of_enum.unwrap_or(&types::INT32),
        Some(o) if matches!(o.kind, TypeKind::Boolean | TypeKind::Char) || matches!(o.num, Num::Big(_)) => {
            &types::INT32
        }
        Some(_) if !other.is_null() => types::type_of(other.base()),
        _ => &types::INT32,
    }
}

/// A string operand as the number it means.
pub(crate) fn parse_operand(rt: &mut dyn Runtime, value: &Value, other: &Value) -> Res<Option<Value>> {
    let Value::String(text) = value.base() else { return Ok(None) };
    let ty = fallback(other);
    if ty.enum_info.get().is_some() && crate::number_literal::scan(text).is_none() && !text.trim().is_empty() {
        return convert::cast(rt, value, ty).map(Some);
    }
    text_number::operand(rt, text, ty).map(Some)
}

/// The kind a calculation runs in.
enum Domain {
    Integer(TypeKind),
    Decimal,
    Double,
}

fn domain(left: &Operand, right: &Operand) -> Domain {
    if left.kind == TypeKind::Decimal || right.kind == TypeKind::Decimal {
        return Domain::Decimal;
    }
    if left.real() || right.real() {
        return Domain::Double;
    }
    let has = |kind| left.kind == kind || right.kind == kind;
    let negative = |o: &Operand| o.signed() && matches!(o.num, Num::Int(n) if n < 0);
    let negative = negative(left) || negative(right);
    // A negative number beside an unsigned one needs the next wider kind.
    if has(TypeKind::UInt64) {
        return if negative { Domain::Decimal } else { Domain::Integer(TypeKind::UInt64) };
    }
    Domain::Integer(if has(TypeKind::Int64) || (has(TypeKind::UInt32) && negative) {
        TypeKind::Int64
    } else if has(TypeKind::UInt32) {
        TypeKind::UInt32
    } else {
        TypeKind::Int32
    })
}

/// Two numbers; none when one of the values is no number.
fn numbers(op: Arith, left: &Value, right: &Value) -> Option<Res<Value>> {
    let (l, r) = (Operand::of(left)?, Operand::of(right)?);
    if matches!(l.num, Num::Big(_)) || matches!(r.num, Num::Big(_)) {
        return None;
    }
    if let Some(ty) = l.of_enum {
        return Some(enum_left(op, ty, &l, &r));
    }
    // A bool takes an enum value beside it for a bool.
    if l.kind == TypeKind::Boolean && r.of_enum.is_some() {
        let truth = Num::Int(i128::from(!matches!(r.num, Num::Int(0))));
        return Some(calculate(op, &l, &Operand { num: truth, kind: TypeKind::Boolean, of_enum: None }));
    }
    if l.kind == TypeKind::Boolean && r.kind == TypeKind::Decimal {
        let message = "No coercion operator is defined between types 'System.Boolean' and 'System.Decimal'.";
        return Some(Err(raw_error("System.InvalidOperationException", message)));
    }
    Some(calculate(op, &l, &r))
}

/// An enum value on the left: the result must come out in the enum's own number kind.
fn enum_left(op: Arith, ty: TypeRef, left: &Operand, right: &Operand) -> Res<Value> {
    let name = ty.full_name;
    let text = match right.kind {
        TypeKind::Single | TypeKind::Double => {
            let message = format!("Unable to cast object of type '{name}' to type 'System.Double'.");
            return Err(raw_error("System.InvalidCastException", &message));
        }
        TypeKind::Decimal => format!("No coercion operator is defined between types '{name}' and 'System.Decimal'."),
        TypeKind::UInt64 => {
            format!("The binary operator GreaterThanOrEqual is not defined for the types '{name}' and 'System.Int32'.")
        }
        _ => {
            let result = calculate(op, left, right)?;
            if types::type_of(&result).kind == left.kind
                && let Some(Num::Int(n)) = Num::of(&result)
            {
                return Ok(EnumValue::value(ty, n as i64));
            }
            let from = types::type_of(&result).full_name;
            let message = format!("Unable to cast object of type '{from}' to type '{name}'.");
            return Err(raw_error("System.InvalidCastException", &message));
        }
    };
    Err(raw_error("System.InvalidOperationException", &text))
}

fn calculate(op: Arith, left: &Operand, right: &Operand) -> Res<Value> {
    match (domain(left, right), &left.num, &right.num) {
        (Domain::Integer(kind), Num::Int(a), Num::Int(b)) => integers(op, *a, *b, kind),
        (Domain::Decimal, a, b) => {
            let decimal = |n: &Num| n.to_decimal().map_err(|e| raw_error("System.OverflowException", &e.0));
            decimals(op, decimal(a)?, decimal(b)?)
        }
        (_, a, b) => Ok(Value::Double(doubles(op, a.to_f64(), b.to_f64()))),
    }
}

fn integers(op: Arith, a: i128, b: i128, kind: TypeKind) -> Res<Value> {
    let exact = match op {
        Arith::Add => a.checked_add(b),
        Arith::Subtract => a.checked_sub(b),
        Arith::Multiply => a.checked_mul(b),
        Arith::Divide if b == 0 => return Err(divide_by_zero()),
        Arith::Divide => (a % b == 0).then(|| a / b),
        Arith::Remainder if b == 0 => return Err(divide_by_zero()),
        Arith::Remainder => Some(a % b),
    };
    Ok(exact.and_then(|n| pack(n, kind)).unwrap_or_else(|| {
        Value::Double(match op {
            // PowerShell multiplies long numbers exactly before it gives up their precision.
            Arith::Multiply if kind != TypeKind::Int32 => big_to_f64(&(BigInt::from(a) * BigInt::from(b))),
            _ => doubles(op, a as f64, b as f64),
        })
    }))
}

fn doubles(op: Arith, a: f64, b: f64) -> f64 {
    match op {
        Arith::Add => a + b,
        Arith::Subtract => a - b,
        Arith::Multiply => a * b,
        Arith::Divide => a / b,
        Arith::Remainder => a % b,
    }
}

fn decimals(op: Arith, a: Decimal, b: Decimal) -> Res<Value> {
    if matches!(op, Arith::Divide | Arith::Remainder) && b.is_zero() {
        return Err(divide_by_zero());
    }
    decimal_result(op, a, b).map(Value::decimal).ok_or_else(decimal_overflow)
}

/// A decimal calculation with .NET's number of places; none on overflow and for a division by zero.
pub(crate) fn decimal_result(op: Arith, a: Decimal, b: Decimal) -> Option<Decimal> {
    match op {
        Arith::Add => a.checked_add(b),
        Arith::Subtract => a.checked_sub(b),
        Arith::Remainder => a.checked_rem(b),
        Arith::Multiply => {
            let mut product = a.checked_mul(b)?;
            if product.is_zero() {
                product.rescale((a.scale() + b.scale()).min(28));
            }
            Some(product)
        }
        Arith::Divide => {
            let mut quotient = a.checked_div(b)?.normalize();
            let places = a.scale().saturating_sub(b.scale());
            if quotient.scale() < places {
                quotient.rescale(places);
            }
            Some(quotient)
        }
    }
}

/// Numbers, strings that mean numbers, then the operators of objects.
fn general(rt: &mut dyn Runtime, op: Arith, left: &Value, right: &Value) -> Res<Value> {
    // Both fall back to what the other was before either was converted.
    let parsed = parse_operand(rt, left, right)?;
    let new_left = parsed.as_ref().unwrap_or(left);
    let number = |v: &Value| Operand::of(v).is_some_and(|o| !matches!(o.num, Num::Big(_)));
    let new_right = if number(new_left) { parse_operand(rt, right, left)? } else { None };
    let (left, right) = (new_left, new_right.as_ref().unwrap_or(right));
    match numbers(op, left, right) {
        Some(result) => result,
        None => {
            let zero = Value::Int(0);
            implicit(rt, op, if left.is_null() { &zero } else { left.base() }, right.base())
        }
    }
}

/// `left + right`
pub fn add(rt: &mut dyn Runtime, left: &Value, right: &Value) -> Res<Value> {
    match left.base() {
        Value::Unset | Value::Null | Value::Void => Ok(right.clone().or_null()),
        Value::String(s) => match right {
            Value::String(r) => Ok(Value::String(s.clone().append(r))),
            _ => {
                let text = rt.to_text(right);
                Ok(Value::String(s.clone().append(&text)))
            }
        },
        Value::Char(c) => {
            let text = rt.to_text(right);
            Ok(Value::String(crate::string::PsString::from_units(&[*c]).append(&text)))
        }
        Value::Array(a) => {
            let own = a.items.borrow();
            let mut items = Vec::with_capacity(own.len() + 1);
            items.extend_from_slice(&own);
            drop(own);
            append(rt, items, right)
        }
        Value::Dict(l) => match right.base() {
            Value::Dict(r) => add_tables(rt, l, r),
            _ => Err(ErrorRecord::runtime(
                "AddHashTableToNonHashTable",
                "A hash table can only be added to another hash table.",
                ErrorCategory::InvalidOperation,
            )
            .into()),
        },
        base if is_list(base) => {
            let items = rt.enumerate(base)?;
            append(rt, items, right)
        }
        _ => general(rt, Arith::Add, left, right),
    }
}

/// True for objects that the operators take element by element.
pub fn is_list(value: &Value) -> bool {
    match value {
        Value::Array(_) | Value::List(_) => true,
        Value::Object(o) => o.data().is_enumerable(),
        _ => false,
    }
}

fn append(rt: &mut dyn Runtime, mut items: Vec<Value>, right: &Value) -> Res<Value> {
    match right.base() {
        Value::Array(r) => items.extend_from_slice(&r.items.borrow()),
        Value::Void => {}
        base if is_list(base) => items.extend(rt.enumerate(base)?),
        _ => items.push(right.clone()),
    }
    Ok(Value::array(items))
}

fn add_tables(rt: &mut dyn Runtime, left: &Dictionary, right: &Dictionary) -> Res<Value> {
    let mut sum = Dict::new(Comparer::IgnoreCase);
    for (key, value) in left.pairs().into_iter().chain(right.pairs()) {
        if sum.contains(&key) {
            let old = sum
                .iter()
                .map(|(k, _)| k)
                .find(|k| crate::string::eq_ignore_case(&rt.to_text(k), &rt.to_text(&key)))
                .cloned()
                .unwrap_or_else(|| key.clone());
            let message = format!(
                "Item has already been added. Key in dictionary: '{}'  Key being added: '{}'",
                rt.to_text(&old),
                rt.to_text(&key)
            );
            return Err(raw_error("System.ArgumentException", &message));
        }
        sum.insert(key, value);
    }
    Ok(Value::Dict(Rc::new(if left.kind == DictKind::Ordered {
        Dictionary::ordered(sum)
    } else {
        Dictionary::hashtable(sum)
    })))
}

/// `left - right`
pub fn subtract(rt: &mut dyn Runtime, left: &Value, right: &Value) -> Res<Value> {
    general(rt, Arith::Subtract, left, right)
}

/// `left * right`
pub fn multiply(rt: &mut dyn Runtime, left: &Value, right: &Value) -> Res<Value> {
    match left.base() {
        Value::Unset | Value::Null | Value::Void => Ok(Value::Null),
        Value::String(s) => {
            let times = match times(rt, right, &types::INT32)? {
                Value::Int(n) if n >= 0 => n as usize,
                Value::Int(n) => {
                    let message = format!(
                        "times ('{n}') must be a non-negative value. (Parameter 'times')\nActual value was {n}."
                    );
                    return Err(raw_error("System.ArgumentOutOfRangeException", &message));
                }
                _ => 0,
            };
            match s.as_str().len().checked_mul(times) {
                Some(size) if size <= MAX_TEXT => Ok(Value::from(s.as_str().repeat(times))),
                _ => Err(out_of_memory()),
            }
        }
        Value::Array(a) => repeat(rt, a.elem, &a.to_vec(), right),
        base if is_list(base) => {
            let items = rt.enumerate(base)?;
            repeat(rt, &types::OBJECT, &items, right)
        }
        // These two have no multiplication of their own; the right side's type may have.
        base @ (Value::Bool(_) | Value::Char(_)) => implicit(rt, Arith::Multiply, base, right.base()),
        _ => general(rt, Arith::Multiply, left, right),
    }
}

/// .NET's longest string, in characters.
const MAX_TEXT: usize = 0x3FFF_FFDF;

pub(crate) fn out_of_memory() -> Flow {
    raw_error("System.OutOfMemoryException", "Insufficient memory to continue the execution of the program.")
}

/// How often a string or list repeats.
fn times(rt: &mut dyn Runtime, count: &Value, ty: TypeRef) -> Res<Value> {
    match count.base() {
        Value::String(text) => {
            let number = text_number::operand(rt, text, &types::INT32)?;
            convert::cast(rt, &number, ty)
        }
        _ => convert::cast(rt, count, ty),
    }
}

fn repeat(rt: &mut dyn Runtime, elem: TypeRef, items: &[Value], count: &Value) -> Res<Value> {
    let Value::UInt(times) = times(rt, count, &types::UINT32)? else { return Ok(Value::Null) };
    match items.len().checked_mul(times as usize) {
        Some(size) if size <= MAX_TEXT / 8 => {
            let mut out = Vec::with_capacity(size);
            for _ in 0..times {
                out.extend_from_slice(items);
            }
            Ok(Value::Array(Rc::new(Array::typed(elem, out))))
        }
        _ => Err(out_of_memory()),
    }
}

/// `left / right`
pub fn divide(rt: &mut dyn Runtime, left: &Value, right: &Value) -> Res<Value> {
    general(rt, Arith::Divide, left, right)
}

/// `left % right`
pub fn remainder(rt: &mut dyn Runtime, left: &Value, right: &Value) -> Res<Value> {
    general(rt, Arith::Remainder, left, right)
}

/// `+operand`: zero plus it.
pub fn plus(rt: &mut dyn Runtime, operand: &Value) -> Res<Value> {
    general(rt, Arith::Add, &Value::Int(0), operand)
}

/// `-operand`: zero minus it.
pub fn negate(rt: &mut dyn Runtime, operand: &Value) -> Res<Value> {
    general(rt, Arith::Subtract, &Value::Int(0), operand)
}

/// `++` and `--` (`by` is 1 or -1): numbers only; `$null` counts as zero.
pub fn increment(rt: &mut dyn Runtime, operand: &Value, by: i32) -> Res<Value> {
    let base = operand.base();
    if base.is_null() {
        return Ok(Value::Int(by));
    }
    let ty = types::type_of(base);
    if !ty.is_number() && convert::enum_number(base).is_none() {
        let sign = if by > 0 { "++" } else { "--" };
        let message = format!("The '{sign}' operator works only on numbers. The operand is a '{}'.", type_name(base));
        return Err(ErrorRecord::runtime("OperatorRequiresNumber", message, ErrorCategory::InvalidOperation).into());
    }
    general(rt, Arith::Add, operand, &Value::Int(by))
}
