//! The operators of the language over values: one entry for binary operators, one for unary ones. The engine keeps
//! fast paths for plain numbers and strings of its own and comes here for everything else. The rules live in
//! `arith` (numbers, `+`), `bits`, `compare`, and `text_operators` (`-like`, `-match`, `-replace`, `-split`, `-join`).
use crate::error::Res;
use crate::runtime::Runtime;
use crate::value::Value;
use crate::{arith, bits, compare, convert, membership, range, text_operators};

/// A binary operator; the flag says that it is the `-c` form (case-sensitive).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum BinaryOp {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    BitAnd,
    BitOr,
    BitXor,
    ShiftLeft,
    ShiftRight,
    /// `..`
    Range,
    /// `-f`
    Format,
    /// Both sides are values here: short-circuiting is the engine's.
    And,
    Or,
    Xor,
    Is,
    IsNot,
    As,
    Join,
    Eq(bool),
    Ne(bool),
    Gt(bool),
    Ge(bool),
    Lt(bool),
    Le(bool),
    Like(bool),
    NotLike(bool),
    Match(bool),
    NotMatch(bool),
    Replace(bool),
    Contains(bool),
    NotContains(bool),
    In(bool),
    NotIn(bool),
    Split(bool),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum UnaryOp {
    Plus,
    Minus,
    /// `-not` and `!`
    Not,
    BitNot,
    Join,
    Split(bool),
    /// `++`: the value one higher (`$null` becomes 1).
    Increment,
    Decrement,
}

/// `left op right`. `-match` gives its value only; the engine calls [`match_op`] to get `$Matches` too.
pub fn binary(rt: &mut dyn Runtime, op: BinaryOp, left: &Value, right: &Value) -> Res<Value> {
    use BinaryOp::*;
    match op {
        Add => arith::add(rt, left, right),
        Subtract => arith::subtract(rt, left, right),
        Multiply => arith::multiply(rt, left, right),
        Divide => arith::divide(rt, left, right),
        Remainder => arith::remainder(rt, left, right),
        BitAnd | BitOr | BitXor => bits::logical(rt, op, left, right),
        ShiftLeft | ShiftRight => bits::shift(rt, op, left, right),
        Range => range::range(left, right),
        Format => text_operators::format(rt, left, right),
        And => Ok(Value::Bool(convert::to_bool(left) && convert::to_bool(right))),
        Or => Ok(Value::Bool(convert::to_bool(left) || convert::to_bool(right))),
        Xor => Ok(Value::Bool(convert::to_bool(left) ^ convert::to_bool(right))),
        Is => Ok(Value::Bool(membership::is(rt, left, right, "-is")?)),
        IsNot => Ok(Value::Bool(!membership::is(rt, left, right, "-isnot")?)),
        As => membership::as_type(rt, left, right),
        Join => text_operators::join(rt, left, right),
        Eq(_) | Ne(_) | Gt(_) | Ge(_) | Lt(_) | Le(_) => compare::binary(rt, op, left, right),
        Like(case) => text_operators::like(rt, left, right, case, false),
        NotLike(case) => text_operators::like(rt, left, right, case, true),
        Match(case) => Ok(match_op(rt, left, right, case, false)?.0),
        NotMatch(case) => Ok(match_op(rt, left, right, case, true)?.0),
        Replace(case) => text_operators::replace(rt, left, right, case),
        Contains(case) => Ok(Value::Bool(membership::contains(rt, left, right, case)?)),
        NotContains(case) => Ok(Value::Bool(!membership::contains(rt, left, right, case)?)),
        In(case) => Ok(Value::Bool(membership::contains(rt, right, left, case)?)),
        NotIn(case) => Ok(Value::Bool(!membership::contains(rt, right, left, case)?)),
        Split(case) => text_operators::split(rt, left, right, case),
    }
}

/// `op operand`.
pub fn unary(rt: &mut dyn Runtime, op: UnaryOp, operand: &Value) -> Res<Value> {
    match op {
        UnaryOp::Plus => arith::plus(rt, operand),
        UnaryOp::Minus => arith::negate(rt, operand),
        UnaryOp::Not => Ok(Value::Bool(!convert::to_bool(operand))),
        UnaryOp::BitNot => bits::not(rt, operand),
        UnaryOp::Join => text_operators::unary_join(rt, operand),
        UnaryOp::Split(_) => text_operators::unary_split(rt, operand),
        UnaryOp::Increment => arith::increment(rt, operand, 1),
        UnaryOp::Decrement => arith::increment(rt, operand, -1),
    }
}

/// `-match` (or `-notmatch`): the value, and the hashtable for `$Matches` when a scalar on the left matched.
pub fn match_op(
    rt: &mut dyn Runtime,
    left: &Value,
    right: &Value,
    case_sensitive: bool,
    negate: bool,
) -> Res<(Value, Option<Value>)> {
    text_operators::match_regex(rt, left, right, case_sensitive, negate)
}
