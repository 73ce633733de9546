//! `-band -bor -bxor -bnot -shl -shr`: integers bit by bit in the wider kind of the two; real numbers are rounded first.
use crate::arith::{Operand, parse_operand, raw_error};
use crate::arith_object::{implicit_named, not_defined};
use crate::bigint::BigInteger;
use crate::convert::number::{Num, pack};
use crate::convert::{self, errors};
use crate::enums::EnumValue;
use crate::error::{Flow, Res};
use crate::operators::BinaryOp;
use crate::runtime::Runtime;
use crate::types::{self, TypeKind, TypeRef};
use crate::value::Value;
use num_bigint::BigInt;

fn names(op: BinaryOp) -> (&'static str, &'static str) {
    match op {
        BinaryOp::BitAnd => ("-band", "op_BitwiseAnd"),
        BinaryOp::BitOr => ("-bor", "op_BitwiseOr"),
        BinaryOp::BitXor => ("-bxor", "op_ExclusiveOr"),
        BinaryOp::ShiftLeft => ("-shl", "op_LeftShift"),
        _ => ("-shr", "op_RightShift"),
    }
}

fn apply<T>(op: BinaryOp, a: T, b: T) -> T
where
    T: std::ops::BitAnd<Output = T> + std::ops::BitOr<Output = T> + std::ops::BitXor<Output = T>,
{
    match op {
        BinaryOp::BitAnd => a & b,
        BinaryOp::BitOr => a | b,
        _ => a ^ b,
    }
}

/// The low bits of a number as a value of the kind.
fn wrapped(n: i128, kind: TypeKind) -> Value {
    crate::number::integer_value(n, kind)
}

/// `-band`, `-bor`, `-bxor`
pub fn logical(rt: &mut dyn Runtime, op: BinaryOp, left: &Value, right: &Value) -> Res<Value> {
    if let Some(number) = parse_operand(rt, left, right)? {
        return logical(rt, op, &number, right);
    }
    if let Some(number) = parse_operand(rt, right, left)? {
        return logical(rt, op, left, &number);
    }
    let (sign, method) = names(op);
    let (l, r) = (Operand::of(left), Operand::of(right));
    let real = |o: &Option<Operand>| o.as_ref().is_some_and(|o| o.real() || o.kind == TypeKind::Decimal);
    let whole = |o: &Option<Operand>| o.as_ref().is_some_and(|o| !matches!(o.num, Num::Big(_)));
    if real(&l) || real(&r) {
        if !(whole(&l) && whole(&r)) {
            return Err(raw_error(
                "System.NullReferenceException",
                "Object reference not set to an instance of an object.",
            ));
        }
        return reals(rt, op, left, right);
    }
    if let (Some(a), Some(b)) = (&l, &r)
        && let (Num::Int(x), Num::Int(y)) = (&a.num, &b.num)
    {
        let has = |kind| a.kind == kind || b.kind == kind;
        let kind = if has(TypeKind::UInt64) {
            TypeKind::UInt64
        } else if has(TypeKind::Int64) {
            TypeKind::Int64
        } else if has(TypeKind::UInt32) {
            TypeKind::UInt32
        } else {
            TypeKind::Int32
        };
        let result = wrapped(apply(op, *x, *y), kind);
        return Ok(match a.of_enum {
            Some(ty) => as_enum(ty, &result),
            None => result,
        });
    }
    if let (Some(a), Some(b)) = (big(left), big(right)) {
        return Ok(BigInteger::value(apply(op, a, b)));
    }
    implicit_named(rt, sign, method, left.base(), right.base())
}

fn as_enum(ty: TypeRef, number: &Value) -> Value {
    match Num::of(number) {
        Some(Num::Int(n)) => EnumValue::value(ty, n as i64),
        _ => number.clone(),
    }
}

/// A whole number as a big one.
fn big(value: &Value) -> Option<BigInt> {
    match Operand::of(value)?.num {
        Num::Int(n) => Some(n.into()),
        Num::Big(n) => Some(n),
        _ => None,
    }
}

/// Real operands count as unsigned 64-bit numbers, as signed ones when one is negative.
fn reals(rt: &mut dyn Runtime, op: BinaryOp, left: &Value, right: &Value) -> Res<Value> {
    let mut bits = [0i128; 2];
    let mut negative = false;
    for (at, value) in [left, right].into_iter().enumerate() {
        let below = Operand::of(value).is_some_and(|o| o.num.to_f64() < 0.0);
        negative |= below;
        let ty = if below { &types::INT64 } else { &types::UINT64 };
        if let Some(Num::Int(n)) = Num::of(&convert::cast(rt, value, ty)?) {
            bits[at] = n;
        }
    }
    Ok(wrapped(apply(op, bits[0], bits[1]), if negative { TypeKind::Int64 } else { TypeKind::UInt64 }))
}

/// A real number as the narrowest of int, long and ulong that holds it.
fn whole(rt: &mut dyn Runtime, value: &Value, number: &Num) -> Res<Value> {
    for kind in [TypeKind::Int32, TypeKind::Int64, TypeKind::UInt64] {
        if let Ok(n) = number.to_kind(kind) {
            return Ok(n);
        }
    }
    Err(match value {
        Value::Decimal(_) => errors::no_conversion(rt, value, &types::INT32),
        _ => errors::no_conversion(rt, &Value::Double(number.to_f64()), &types::UINT64),
    })
}

/// `-bnot`
pub fn not(rt: &mut dyn Runtime, operand: &Value) -> Res<Value> {
    if let Some(number) = parse_operand(rt, operand, &Value::Null)? {
        return not(rt, &number);
    }
    match Operand::of(operand) {
        Some(Operand { num: Num::Int(n), kind, of_enum }) => {
            let kind = match kind {
                TypeKind::UInt32 | TypeKind::Int64 | TypeKind::UInt64 => kind,
                _ => TypeKind::Int32,
            };
            let result = wrapped(!n, kind);
            Ok(of_enum.map_or(result.clone(), |ty| as_enum(ty, &result)))
        }
        Some(Operand { num: Num::Big(n), .. }) => Ok(BigInteger::value(!n)),
        Some(Operand { num, .. }) => {
            let n = whole(rt, operand.base(), &num)?;
            not(rt, &n)
        }
        None => {
            let number = convert::cast(rt, operand, &types::INT32)?;
            not(rt, &number)
        }
    }
}

/// `-shl`, `-shr`: the count is taken modulo the width of the left side, which keeps its kind.
pub fn shift(rt: &mut dyn Runtime, op: BinaryOp, left: &Value, right: &Value) -> Res<Value> {
    if left.is_null() {
        return Ok(Value::Int(0));
    }
    if let Some(number) = parse_operand(rt, left, right)? {
        return shift(rt, op, &number, right);
    }
    if let Some(number) = parse_operand(rt, right, left)? {
        return shift(rt, op, left, &number);
    }
    let (sign, method) = names(op);
    let base = left.base();
    if let Value::Bool(_) | Value::Char(_) = base {
        return Err(not_defined(sign, left, right));
    }
    let Some(operand) = Operand::of(base) else { return implicit_named(rt, sign, method, base, right.base()) };
    match &operand.num {
        Num::Int(n) => {
            let by = count(rt, right)?;
            Ok(shifted(op, *n, operand.kind, by))
        }
        Num::Big(n) => {
            let by = match convert::cast(rt, right, &types::INT32) {
                Ok(Value::Int(by)) => by,
                Ok(_) => 0,
                Err(e) => return Err(crate::arith_object::bad_argument(rt, e, 1, right, method, &types::INT32)),
            };
            let left = (op == BinaryOp::ShiftLeft) == (by >= 0);
            if by == i32::MIN && op != BinaryOp::ShiftLeft {
                let cause = ("System.OverflowException", "Arithmetic operation resulted in an overflow.");
                return Err(crate::arith_object::thrown(method, cause));
            }
            let by = by.unsigned_abs();
            if left && by > 1 << 24 {
                return Err(too_large());
            }
            Ok(BigInteger::value(if left { n << by } else { n >> by }))
        }
        real => {
            let n = whole(rt, base, real)?;
            shift(rt, op, &n, right)
        }
    }
}

fn too_large() -> Flow {
    raw_error("System.OutOfMemoryException", "Insufficient memory to continue the execution of the program.")
}

fn count(rt: &mut dyn Runtime, right: &Value) -> Res<i32> {
    match convert::cast(rt, right, &types::INT32)? {
        Value::Int(n) => Ok(n),
        _ => Ok(0),
    }
}

fn shifted(op: BinaryOp, n: i128, kind: TypeKind, by: i32) -> Value {
    let mask = if matches!(kind, TypeKind::Int64 | TypeKind::UInt64) { 63 } else { 31 };
    let by = by & mask;
    let moved = if op == BinaryOp::ShiftLeft { n << by } else { n >> by };
    pack(moved, kind).unwrap_or_else(|| wrapped(moved, kind))
}
