//! Number literals: their values and types as PowerShell gives them.

use num_bigint::{BigInt, Sign};
use num_traits::{FromPrimitive, Num, ToPrimitive};
use rust_decimal::Decimal;

/// The value of a number literal, in the .NET type that PowerShell picks for it.
#[derive(Clone, Debug, PartialEq)]
pub enum Number {
    SByte(i8),
    Byte(u8),
    Int16(i16),
    UInt16(u16),
    Int32(i32),
    UInt32(u32),
    Int64(i64),
    UInt64(u64),
    Double(f64),
    Decimal(Decimal),
    BigInteger(Box<BigInt>),
}

impl Number {
    /// Reads a whole string as a number literal, with a sign if there is one; how PowerShell turns strings into
    /// numbers. `None` when it is no literal.
    pub fn parse(text: &str) -> Option<Number> {
        let (len, parts) = crate::grammar::number(text, crate::grammar::NumberContext::Expression)?;
        if len == text.len() { parts.value() } else { None }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Radix {
    #[default]
    Decimal,
    Hex,
    Binary,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Suffix {
    #[default]
    None,
    Unsigned,
    SByte,
    Byte,
    Int16,
    UInt16,
    Long,
    UnsignedLong,
    Decimal,
    BigInteger,
}

impl Suffix {
    pub fn new(text: &str) -> Suffix {
        match text.to_ascii_lowercase().as_str() {
            "u" => Suffix::Unsigned,
            "y" => Suffix::SByte,
            "uy" => Suffix::Byte,
            "s" => Suffix::Int16,
            "us" => Suffix::UInt16,
            "l" => Suffix::Long,
            "ul" => Suffix::UnsignedLong,
            "d" => Suffix::Decimal,
            "n" => Suffix::BigInteger,
            _ => Suffix::None,
        }
    }

    fn is_unsigned(self) -> bool {
        matches!(self, Suffix::Unsigned | Suffix::Byte | Suffix::UInt16 | Suffix::UnsignedLong)
    }
}

/// A number literal taken apart.
#[derive(Clone, Debug, Default)]
pub(crate) struct NumberParts {
    pub negative: bool,
    pub radix: Radix,
    /// Without sign, prefix and suffix; for reals with point and exponent.
    pub digits: String,
    /// It has a point or an exponent.
    pub real: bool,
    pub suffix: Suffix,
    /// 1, or 1024 to some power.
    pub multiplier: i64,
}

impl NumberParts {
    /// The value, in the type that the suffix asks for or else the first that fits: int, long, decimal, double.
    /// `None` when it fits nowhere.
    pub fn value(&self) -> Option<Number> {
        if self.real { self.real_value() } else { self.integer_value() }
    }

    fn real_value(&self) -> Option<Number> {
        if self.suffix == Suffix::Decimal {
            let text = if self.negative { format!("-{}", self.digits) } else { self.digits.clone() };
            let value = parse_decimal(&text)?;
            // Zero keeps its decimals: 0.00d is 0.00.
            if value.is_zero() || self.multiplier == 1 {
                return Some(Number::Decimal(value));
            }
            return value.checked_mul(Decimal::from(self.multiplier)).map(Number::Decimal);
        }
        let value: f64 = self.digits.parse().ok()?;
        let value = if self.negative { -value } else { value } * self.multiplier as f64;
        if self.suffix == Suffix::None {
            return Some(Number::Double(value));
        }
        let rounded = BigInt::from_f64(value.round_ties_even())?;
        fit(rounded, self.suffix)
    }

    fn integer_value(&self) -> Option<Number> {
        let mut suffix = self.suffix;
        let magnitude = match self.radix {
            Radix::Decimal => self.digits.parse::<BigInt>().ok()?,
            Radix::Hex => {
                let (value, is_long) = parse_hex(&self.digits, suffix)?;
                suffix = widened(suffix, is_long);
                value
            }
            Radix::Binary => {
                let value = parse_binary(&self.digits, suffix.is_unsigned())?;
                suffix = widened(suffix, self.digits.len() == 64);
                value
            }
        };
        let multiplier = if self.negative { -self.multiplier } else { self.multiplier };
        let value = magnitude * multiplier;
        if suffix != Suffix::None {
            return fit(value, suffix);
        }
        if let Some(int) = value.to_i32() {
            return Some(Number::Int32(int));
        }
        if let Some(long) = value.to_i64() {
            return Some(Number::Int64(long));
        }
        if self.radix != Radix::Decimal {
            return None;
        }
        to_decimal(&value).map(Number::Decimal).or_else(|| value.to_f64().filter(|d| d.is_finite()).map(Number::Double))
    }
}

/// A literal of 64 bits is a long even when its value is small.
fn widened(suffix: Suffix, is_long: bool) -> Suffix {
    match suffix {
        Suffix::None if is_long => Suffix::Long,
        Suffix::Unsigned if is_long => Suffix::UnsignedLong,
        _ => suffix,
    }
}

fn fit(value: BigInt, suffix: Suffix) -> Option<Number> {
    Some(match suffix {
        Suffix::SByte => Number::SByte(value.to_i8()?),
        Suffix::Byte => Number::Byte(value.to_u8()?),
        Suffix::Int16 => Number::Int16(value.to_i16()?),
        Suffix::UInt16 => Number::UInt16(value.to_u16()?),
        Suffix::Long => Number::Int64(value.to_i64()?),
        Suffix::UnsignedLong => Number::UInt64(value.to_u64()?),
        Suffix::Unsigned => match value.to_u32() {
            Some(int) => Number::UInt32(int),
            None => Number::UInt64(value.to_u64()?),
        },
        Suffix::Decimal => Number::Decimal(to_decimal(&value)?),
        Suffix::BigInteger => Number::BigInteger(Box::new(value)),
        Suffix::None => return None,
    })
}

fn to_decimal(value: &BigInt) -> Option<Decimal> {
    value.to_i128().and_then(|v| Decimal::try_from_i128_with_scale(v, 0).ok())
}

fn parse_decimal(text: &str) -> Option<Decimal> {
    if text.contains(['e', 'E']) { Decimal::from_scientific(text).ok() } else { text.parse().ok() }
}

/// The value of hexadecimal digits, and whether they stand for 64 bits. With exactly as many digits as the type has,
/// the first bit is a sign; `0x` puts a 0 in front otherwise.
fn parse_hex(digits: &str, suffix: Suffix) -> Option<(BigInt, bool)> {
    let prefixed = digits.len() + 1;
    let expected = match suffix {
        Suffix::SByte => 2,
        Suffix::Int16 => 4,
        Suffix::Long => 16,
        _ if prefixed < 16 => 8,
        _ => 16,
    };
    let signed = !suffix.is_unsigned() && prefixed == expected + 1;
    let magnitude = if digits.is_empty() { BigInt::ZERO } else { BigInt::from_str_radix(digits, 16).ok()? };
    let value = if signed && digits.as_bytes().first().is_some_and(|d| !matches!(d, b'0'..=b'7')) {
        magnitude - (BigInt::from(1) << (4 * digits.len()))
    } else {
        magnitude
    };
    let len = if signed { digits.len() } else { prefixed };
    Some((value, len == 16))
}

/// Binary digits have a sign bit when they fill 8, 16, 32, 64, 96 or at least 128 bits.
fn parse_binary(digits: &str, unsigned: bool) -> Option<BigInt> {
    let magnitude = BigInt::from_str_radix(digits, 2).ok()?;
    let signed =
        !unsigned && digits.starts_with('1') && (matches!(digits.len(), 8 | 16 | 32 | 64 | 96) || digits.len() >= 128);
    if signed { Some(magnitude - (BigInt::from(1) << digits.len())) } else { Some(magnitude) }
}

impl std::fmt::Display for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Number::SByte(v) => v.fmt(f),
            Number::Byte(v) => v.fmt(f),
            Number::Int16(v) => v.fmt(f),
            Number::UInt16(v) => v.fmt(f),
            Number::Int32(v) => v.fmt(f),
            Number::UInt32(v) => v.fmt(f),
            Number::Int64(v) => v.fmt(f),
            Number::UInt64(v) => v.fmt(f),
            Number::Double(v) => v.fmt(f),
            Number::Decimal(v) => v.fmt(f),
            Number::BigInteger(v) => v.fmt(f),
        }
    }
}

impl Number {
    /// Negative zero keeps its sign in doubles only.
    pub fn is_zero(&self) -> bool {
        match self {
            Number::Double(v) => *v == 0.0,
            Number::Decimal(v) => v.is_zero(),
            Number::BigInteger(v) => v.sign() == Sign::NoSign,
            Number::SByte(v) => *v == 0,
            Number::Byte(v) => *v == 0,
            Number::Int16(v) => *v == 0,
            Number::UInt16(v) => *v == 0,
            Number::Int32(v) => *v == 0,
            Number::UInt32(v) => *v == 0,
            Number::Int64(v) => *v == 0,
            Number::UInt64(v) => *v == 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_have_the_types_of_powershell() {
        let decimal = |text: &str| Number::Decimal(text.parse().expect("a decimal"));
        let table = [
            ("1", Number::Int32(1)),
            ("2147483648", Number::Int64(2147483648)),
            ("9223372036854775808", decimal("9223372036854775808")),
            ("1.5", Number::Double(1.5)),
            ("1.", Number::Double(1.0)),
            ("1e3", Number::Double(1000.0)),
            ("1kb", Number::Int32(1024)),
            ("1.5kb", Number::Double(1536.0)),
            ("0xFF", Number::Int32(255)),
            ("0xFFFFFFFF", Number::Int32(-1)),
            ("0xFFFFFFFFu", Number::UInt32(u32::MAX)),
            ("0x0000000000000001", Number::Int64(1)),
            ("0xFFy", Number::SByte(-1)),
            ("0b101", Number::Int32(5)),
            ("0b11111111", Number::Int32(-1)),
            ("100uy", Number::Byte(100)),
            ("5ul", Number::UInt64(5)),
            ("2.5l", Number::Int64(2)),
            ("0.00d", decimal("0.00")),
            ("-5", Number::Int32(-5)),
            ("3n", Number::BigInteger(Box::new(BigInt::from(3)))),
        ];
        for (text, number) in table {
            assert_eq!(Number::parse(text), Some(number), "{text}");
        }
        for text in ["", "a", "1x", "1ll", "0x", "300uy", "1e"] {
            assert!(matches!(Number::parse(text), None | Some(Number::Int32(0))), "{text}");
        }
    }
}
