//! Conversions between number kinds with .NET's `Convert` rules: rounding half to even, overflow errors in .NET's words.
use crate::bigint::BigInteger;
use crate::culture;
use crate::number::{Styles, decimal_of, parse_decimal, too_large};
use crate::types::TypeKind;
use crate::value::Value;
use num_bigint::BigInt;
use num_traits::{FromPrimitive, Signed, ToPrimitive};
use rust_decimal::Decimal;
use rust_decimal::prelude::RoundingStrategy;
use std::borrow::Cow;

/// A number of any kind.
#[derive(Clone, Debug)]
pub enum Num {
    Int(i128),
    Single(f32),
    Double(f64),
    Decimal(Decimal),
    Big(BigInt),
}

impl Num {
    /// The number in a value of a number kind (enum values and chars are none).
    pub fn of(value: &Value) -> Option<Num> {
        Some(match value.base() {
            Value::SByte(n) => Num::Int((*n).into()),
            Value::Byte(n) => Num::Int((*n).into()),
            Value::Short(n) => Num::Int((*n).into()),
            Value::UShort(n) => Num::Int((*n).into()),
            Value::Int(n) => Num::Int((*n).into()),
            Value::UInt(n) => Num::Int((*n).into()),
            Value::Long(n) => Num::Int((*n).into()),
            Value::ULong(n) => Num::Int((*n).into()),
            Value::Single(n) => Num::Single(*n),
            Value::Double(n) => Num::Double(*n),
            Value::Decimal(n) => Num::Decimal(**n),
            other => Num::Big(other.get::<BigInteger>()?.0.clone()),
        })
    }

    pub fn to_f64(&self) -> f64 {
        match self {
            Num::Int(n) => *n as f64,
            Num::Single(n) => f64::from(*n),
            Num::Double(n) => *n,
            Num::Decimal(n) => decimal_to_f64(n),
            Num::Big(n) => big_to_f64(n),
        }
    }

    /// The number as the kind, or .NET's overflow message.
    pub fn to_kind(&self, kind: TypeKind) -> Result<Value, Overflow> {
        match kind {
            TypeKind::Single => Ok(Value::Single(match self {
                Num::Single(n) => *n,
                Num::Int(n) => *n as f32,
                other => other.to_f64() as f32,
            })),
            TypeKind::Double => Ok(Value::Double(self.to_f64())),
            TypeKind::Decimal => self.to_decimal().map(Value::decimal),
            _ => {
                let n = self.to_integer(kind)?;
                pack(n, kind).ok_or_else(|| out_of_range(kind))
            }
        }
    }

    pub fn to_decimal(&self) -> Result<Decimal, Overflow> {
        let too_large = || out_of_range(TypeKind::Decimal);
        match self {
            Num::Int(n) => Decimal::try_from_i128_with_scale(*n, 0).map_err(|_| too_large()),
            // .NET rounds to 7 and 15 digits on the way.
            Num::Single(n) => decimal_from_real(f64::from(*n), 7).ok_or_else(too_large),
            Num::Double(n) => decimal_from_real(*n, 15).ok_or_else(too_large),
            Num::Decimal(n) => Ok(*n),
            Num::Big(n) => decimal_of(n.clone(), 0).ok_or_else(too_large),
        }
    }

    fn to_integer(&self, kind: TypeKind) -> Result<i128, Overflow> {
        const ARITHMETIC: &str = "Arithmetic operation resulted in an overflow.";
        let real = match self {
            Num::Int(n) => return Ok(*n),
            Num::Decimal(n) => {
                let whole = n.round_dp_with_strategy(0, RoundingStrategy::MidpointNearestEven);
                return whole.to_i128().ok_or_else(|| out_of_range(kind));
            }
            Num::Big(n) => {
                let step = if narrow(kind) { TypeKind::Int32 } else { kind };
                let n = n.to_i128().filter(|n| pack(*n, step).is_some()).ok_or_else(|| out_of_range(step))?;
                return if pack(n, kind).is_some() { Ok(n) } else { Err(Overflow(ARITHMETIC.into())) };
            }
            Num::Single(n) => f64::from(*n),
            Num::Double(n) => *n,
        };
        // Small kinds go through Int32 and report its range.
        let (step, message) = match kind {
            TypeKind::Int64 | TypeKind::UInt64 => (kind, ARITHMETIC.into()),
            TypeKind::UInt32 => (kind, out_of_range(kind).0),
            _ => (TypeKind::Int32, out_of_range(TypeKind::Int32).0),
        };
        let whole = real.round_ties_even();
        if !whole.is_finite() || whole.abs() > 1e20 {
            return Err(Overflow(message));
        }
        let whole = whole as i128;
        pack(whole, step).map(|_| whole).ok_or(Overflow(message))
    }

    /// Truncates as BigInteger's explicit conversion does; the message says why not.
    pub fn to_big(&self) -> Result<BigInt, Overflow> {
        match self {
            Num::Int(n) => Ok(BigInt::from(*n)),
            Num::Decimal(n) => Ok(n.trunc().to_i128().map_or_else(BigInt::default, BigInt::from)),
            Num::Big(n) => Ok(n.clone()),
            other => {
                let n = other.to_f64();
                if n.is_nan() {
                    return Err(Overflow("The value is not a number.".into()));
                }
                BigInt::from_f64(n.trunc()).ok_or(Overflow("BigInteger cannot represent infinity.".into()))
            }
        }
    }
}

/// .NET's message of an OverflowException.
#[derive(Debug)]
pub struct Overflow(pub Cow<'static, str>);

/// "Value was either too large or too small for an Int32."
pub fn out_of_range(kind: TypeKind) -> Overflow {
    Overflow(too_large(kind).message)
}

fn narrow(kind: TypeKind) -> bool {
    matches!(kind, TypeKind::SByte | TypeKind::Byte | TypeKind::Int16 | TypeKind::UInt16 | TypeKind::Char)
}

/// An integer as a value of the kind, if it is in range.
pub fn pack(n: i128, kind: TypeKind) -> Option<Value> {
    Some(match kind {
        TypeKind::SByte => Value::SByte(n.try_into().ok()?),
        TypeKind::Byte => Value::Byte(n.try_into().ok()?),
        TypeKind::Int16 => Value::Short(n.try_into().ok()?),
        TypeKind::UInt16 => Value::UShort(n.try_into().ok()?),
        TypeKind::Int32 => Value::Int(n.try_into().ok()?),
        TypeKind::UInt32 => Value::UInt(n.try_into().ok()?),
        TypeKind::Int64 => Value::Long(n.try_into().ok()?),
        TypeKind::UInt64 => Value::ULong(n.try_into().ok()?),
        TypeKind::Char => Value::Char(n.try_into().ok()?),
        _ => return None,
    })
}

/// `new decimal(double)`: at most `digits` significant digits, trailing zeros dropped.
pub fn decimal_from_real(n: f64, digits: usize) -> Option<Decimal> {
    if n == 0.0 {
        return Some(Decimal::ZERO);
    }
    if !n.is_finite() || n.abs() >= 7.922_816_251_426_434e28 {
        return None;
    }
    let text = format!("{n:.*e}", digits - 1);
    parse_decimal(&text, Styles::FLOAT, culture::invariant()).ok().map(|d| d.normalize())
}

/// `(double)BigInteger`: the bits that a double has no room for are cut off, not rounded.
pub fn big_to_f64(n: &BigInt) -> f64 {
    let drop = n.bits().saturating_sub(f64::MANTISSA_DIGITS.into());
    let cut = (n.magnitude() >> drop) << drop;
    let real = cut.to_f64().unwrap_or(f64::INFINITY);
    if n.is_negative() { -real } else { real }
}

/// Nearest double of a decimal.
pub fn decimal_to_f64(n: &Decimal) -> f64 {
    n.to_string().parse().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_half_to_even_and_reports_ranges() {
        let to = |n: Num, kind| n.to_kind(kind).map_err(|e| e.0.into_owned());
        assert!(matches!(to(Num::Double(2.5), TypeKind::Int32), Ok(Value::Int(2))));
        assert!(matches!(to(Num::Double(-2.5), TypeKind::Int32), Ok(Value::Int(-2))));
        assert!(matches!(to(Num::Decimal(Decimal::new(35, 1)), TypeKind::Byte), Ok(Value::Byte(4))));
        assert_eq!(
            to(Num::Double(1e10), TypeKind::Byte).err().as_deref(),
            Some("Value was either too large or too small for an Int32.")
        );
        assert_eq!(
            to(Num::Double(300.0), TypeKind::Byte).err().as_deref(),
            Some("Value was either too large or too small for an unsigned byte.")
        );
        assert_eq!(
            to(Num::Double(1e30), TypeKind::Int64).err().as_deref(),
            Some("Arithmetic operation resulted in an overflow.")
        );
        assert_eq!(decimal_from_real(0.1, 15).map(|d| d.to_string()), Some("0.1".into()));
    }
}
