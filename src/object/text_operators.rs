//! `-like -match -replace -split -join -f`.
use crate::error::Res;
use crate::runtime::Runtime;
use crate::value::Value;

/// `-f`
pub fn format(rt: &mut dyn Runtime, left: &Value, right: &Value) -> Res<Value> {
    crate::composite::operator(rt, left, right)
}
/// `-join`
pub fn join(rt: &mut dyn Runtime, left: &Value, right: &Value) -> Res<Value> {
    let (items, by) = (rt.enumerate(left)?, rt.to_text(right));
    let texts: Vec<_> = items.iter().map(|v| rt.to_text(v).as_str().to_owned()).collect();
    Ok(Value::from(texts.join(&by)))
}
pub fn unary_join(rt: &mut dyn Runtime, operand: &Value) -> Res<Value> {
    join(rt, operand, &Value::str(""))
}
/// `-split`
pub fn split(rt: &mut dyn Runtime, left: &Value, right: &Value, _case_sensitive: bool) -> Res<Value> {
    let (text, by) = (rt.to_text(left), rt.to_text(right));
    Ok(Value::array(text.split(by.as_str()).map(Value::str).collect()))
}
pub fn unary_split(rt: &mut dyn Runtime, operand: &Value) -> Res<Value> {
    Ok(Value::array(rt.to_text(operand).split_whitespace().map(Value::str).collect()))
}
/// `-like`
pub fn like(rt: &mut dyn Runtime, left: &Value, right: &Value, _case_sensitive: bool, negate: bool) -> Res<Value> {
    Ok(Value::Bool((rt.to_text(left) == rt.to_text(right)) != negate))
}
/// `-match`
pub fn match_regex(
    rt: &mut dyn Runtime,
    left: &Value,
    right: &Value,
    _case_sensitive: bool,
    negate: bool,
) -> Res<(Value, Option<Value>)> {
    Ok((Value::Bool(rt.to_text(left).contains(rt.to_text(right).as_str()) != negate), None))
}
/// `-replace`
pub fn replace(rt: &mut dyn Runtime, left: &Value, _right: &Value, _case_sensitive: bool) -> Res<Value> {
    Ok(Value::String(rt.to_text(left)))
}
