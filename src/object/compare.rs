//! `-eq -ne -lt -gt -le -ge`, and the order that Sort-Object uses.
use crate::error::Res;
use crate::operators::BinaryOp;
use crate::runtime::Runtime;
use crate::string::eq_ignore_case;
use crate::value::{Value, equals};
use std::cmp::Ordering;

/// A comparison operator; a collection on the left gives the elements for which it holds.
pub fn binary(rt: &mut dyn Runtime, op: BinaryOp, left: &Value, right: &Value) -> Res<Value> {
    if let Value::Array(a) = left {
        let mut kept = Vec::new();
        for item in a.to_vec() {
            if scalar(rt, op, &item, right)? {
                kept.push(item);
            }
        }
        return Ok(Value::array(kept));
    }
    Ok(Value::Bool(scalar(rt, op, left, right)?))
}

fn scalar(rt: &mut dyn Runtime, op: BinaryOp, left: &Value, right: &Value) -> Res<bool> {
    use BinaryOp::*;
    Ok(match op {
        Eq(case) => equal(rt, left, right, case)?,
        Ne(case) => !equal(rt, left, right, case)?,
        Lt(case) => compare_values(rt, left, right, case)?.is_lt(),
        Le(case) => compare_values(rt, left, right, case)?.is_le(),
        Gt(case) => compare_values(rt, left, right, case)?.is_gt(),
        Ge(case) => compare_values(rt, left, right, case)?.is_ge(),
        _ => false,
    })
}

/// `-eq` between two single values (`LanguagePrimitives.Equals`): the right side is converted to the left's type.
pub fn equal(rt: &mut dyn Runtime, left: &Value, right: &Value, case_sensitive: bool) -> Res<bool> {
    Ok(match (left, right) {
        (Value::String(a), b) => {
            let b = rt.to_text(b);
            if case_sensitive { a == &b } else { eq_ignore_case(a, &b) }
        }
        (a, b) => equals(a, b),
    })
}

/// The order of two values (`LanguagePrimitives.Compare`): the right side is converted to the left's type, strings
/// compare by culture.
pub fn compare_values(rt: &mut dyn Runtime, left: &Value, right: &Value, case_sensitive: bool) -> Res<Ordering> {
    let _ = case_sensitive;
    Ok(match (left, right) {
        (Value::Int(a), Value::Int(b)) => a.cmp(b),
        (Value::Double(a), Value::Double(b)) => a.total_cmp(b),
        (a, b) => rt.to_text(a).as_str().cmp(rt.to_text(b).as_str()),
    })
}
