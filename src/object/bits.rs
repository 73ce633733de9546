//! `-band -bor -bxor -bnot -shl -shr`.
use crate::error::{ErrorCategory, ErrorRecord, Res};
use crate::operators::BinaryOp;
use crate::runtime::Runtime;
use crate::value::Value;

fn undefined() -> ErrorRecord {
    ErrorRecord::runtime(
        "NotADefinedOperationForType",
        "The operation is not defined.",
        ErrorCategory::InvalidOperation,
    )
}
pub fn logical(_rt: &mut dyn Runtime, op: BinaryOp, left: &Value, right: &Value) -> Res<Value> {
    match (op, left, right) {
        (BinaryOp::BitAnd, Value::Int(a), Value::Int(b)) => Ok(Value::Int(a & b)),
        (BinaryOp::BitOr, Value::Int(a), Value::Int(b)) => Ok(Value::Int(a | b)),
        (BinaryOp::BitXor, Value::Int(a), Value::Int(b)) => Ok(Value::Int(a ^ b)),
        _ => Err(undefined().into()),
    }
}
pub fn shift(_rt: &mut dyn Runtime, op: BinaryOp, left: &Value, right: &Value) -> Res<Value> {
    match (op, left, right) {
        (BinaryOp::ShiftLeft, Value::Int(a), Value::Int(b)) => Ok(Value::Int(a.wrapping_shl(*b as u32))),
        (BinaryOp::ShiftRight, Value::Int(a), Value::Int(b)) => Ok(Value::Int(a.wrapping_shr(*b as u32))),
        _ => Err(undefined().into()),
    }
}
pub fn not(_rt: &mut dyn Runtime, operand: &Value) -> Res<Value> {
    match operand {
        Value::Int(n) => Ok(Value::Int(!n)),
        _ => Err(undefined().into()),
    }
}
