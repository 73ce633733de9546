//! Numbers written as text by the rules of number literals (`0x1F`, `0b101`, `1e3`, `5kb`, `2l`, `1.5d`), which strings
//! follow too when an operator or a conversion needs a number.
use crate::bigint::BigInteger;
use crate::convert::number::big_to_f64;
use crate::culture;
use crate::number::{Styles, decimal_of, parse_decimal};
use crate::value::Value;
use num_bigint::BigInt;
use num_traits::{FromPrimitive, Num, Signed, ToPrimitive};
use rust_decimal::Decimal;

/// The type suffix of a literal.
#[derive(Clone, Copy, PartialEq)]
enum Suffix {
    None,
    SByte,
    Byte,
    Short,
    UShort,
    Unsigned,
    Long,
    ULong,
    Decimal,
    Big,
}

enum Format {
    Decimal,
    Hex,
    Binary,
}

/// The number a text means, in the type PowerShell picks; none when the text is no number literal (with an optional
/// sign and white space around it).
pub fn scan(text: &str) -> Option<Value> {
    let text = text.trim();
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' | b'\xE2' if text.starts_with(['-', '\u{2013}', '\u{2014}', '\u{2015}']) => {
            (true, text.trim_start_matches(['-', '\u{2013}', '\u{2014}', '\u{2015}']))
        }
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let signs = text.chars().take_while(|c| matches!(c, '-' | '+' | '\u{2013}'..='\u{2015}')).count();
    if signs > 1 || !digits.is_ascii() {
        return None;
    }
    let lower = digits.to_ascii_lowercase();
    let (format, body) = match lower.get(..2) {
        Some("0x") => (Format::Hex, &lower[2..]),
        Some("0b") => (Format::Binary, &lower[2..]),
        _ => (Format::Decimal, lower.as_str()),
    };
    let end = number_end(body, &format);
    let (number, rest) = body.split_at(end);
    let (suffix, rest) = suffix(rest);
    let multiplier = multiplier(rest)?;
    if number.is_empty() {
        return None;
    }
    if matches!(format, Format::Decimal) && number.contains(['.', 'e']) {
        return real(number, negative, suffix, multiplier);
    }
    let mut value = match format {
        Format::Decimal => BigInt::from_str_radix(number, 10).ok()?,
        Format::Hex => hex(number, suffix)?,
        Format::Binary => binary(number, suffix)?,
    };
    value *= multiplier;
    if negative {
        value = -value;
    }
    // A sign bit in the 64th place makes a long, however small the number.
    let wide = match format {
        Format::Hex => number.len() == 16,
        Format::Binary => number.len() == 64,
        Format::Decimal => false,
    };
    let suffix = if wide && suffix == Suffix::None && value.bits() <= 63 { Suffix::Long } else { suffix };
    integer(value, suffix, matches!(format, Format::Decimal))
}

/// How far the digits (with fraction and exponent) go.
fn number_end(text: &str, format: &Format) -> usize {
    let bytes = text.as_bytes();
    let run = |from: usize, ok: fn(&u8) -> bool| from + bytes[from..].iter().take_while(|b| ok(b)).count();
    match format {
        Format::Hex => run(0, u8::is_ascii_hexdigit),
        Format::Binary => run(0, |b| matches!(b, b'0' | b'1')),
        Format::Decimal => {
            let mut end = run(0, u8::is_ascii_digit);
            // A point alone is no number.
            let point = end > 0 || bytes.get(1).is_some_and(u8::is_ascii_digit);
            if point && bytes.get(end) == Some(&b'.') {
                end = run(end + 1, u8::is_ascii_digit);
            }
            if end > 0 && bytes.get(end) == Some(&b'e') {
                let sign = end + 1 + usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
                let digits = run(sign.min(bytes.len()), u8::is_ascii_digit);
                if digits > sign {
                    end = digits;
                }
            }
            end
        }
    }
}

fn suffix(text: &str) -> (Suffix, &str) {
    const SUFFIXES: [(&str, Suffix); 9] = [
        ("uy", Suffix::Byte),
        ("us", Suffix::UShort),
        ("ul", Suffix::ULong),
        ("u", Suffix::Unsigned),
        ("y", Suffix::SByte),
        ("s", Suffix::Short),
        ("l", Suffix::Long),
        ("d", Suffix::Decimal),
        ("n", Suffix::Big),
    ];
    SUFFIXES
        .iter()
        .find_map(|(name, suffix)| text.strip_prefix(name).map(|rest| (*suffix, rest)))
        .unwrap_or((Suffix::None, text))
}

fn multiplier(text: &str) -> Option<i64> {
    Some(match text {
        "" => 1,
        "kb" => 1 << 10,
        "mb" => 1 << 20,
        "gb" => 1 << 30,
        "tb" => 1 << 40,
        "pb" => 1 << 50,
        _ => return None,
    })
}

/// Hex digits: as many as the type holds make the highest bit a sign.
fn hex(digits: &str, suffix: Suffix) -> Option<BigInt> {
    let value = BigInt::from_str_radix(digits, 16).ok()?;
    let width = match suffix {
        Suffix::Byte | Suffix::UShort | Suffix::Unsigned | Suffix::ULong => return Some(value),
        Suffix::SByte => 2,
        Suffix::Short => 4,
        Suffix::Long => 16,
        // The leading zero that the scanner keeps in front counts.
        _ if digits.len() + 1 < 16 => 8,
        _ => 16,
    };
    Some(if digits.len() == width { signed(value, width * 4) } else { value })
}

fn binary(digits: &str, suffix: Suffix) -> Option<BigInt> {
    let value = BigInt::from_str_radix(digits, 2).ok()?;
    let unsigned = matches!(suffix, Suffix::Byte | Suffix::UShort | Suffix::Unsigned | Suffix::ULong);
    let sign_bit = matches!(digits.len(), 8 | 16 | 32 | 64 | 96) || digits.len() >= 128;
    Some(if !unsigned && sign_bit { signed(value, digits.len()) } else { value })
}

fn signed(value: BigInt, bits: usize) -> BigInt {
    if value.bit(bits as u64 - 1) { value - (BigInt::from(1) << bits) } else { value }
}

fn integer(value: BigInt, suffix: Suffix, decimal: bool) -> Option<Value> {
    Some(match suffix {
        Suffix::SByte => Value::SByte(value.to_i8()?),
        Suffix::Byte => Value::Byte(value.to_u8()?),
        Suffix::Short => Value::Short(value.to_i16()?),
        Suffix::UShort => Value::UShort(value.to_u16()?),
        Suffix::Long => Value::Long(value.to_i64()?),
        Suffix::ULong => Value::ULong(value.to_u64()?),
        Suffix::Unsigned => match value.to_u32() {
            Some(n) => Value::UInt(n),
            None => Value::ULong(value.to_u64()?),
        },
        Suffix::Decimal => Value::decimal(decimal_of(value, 0)?),
        Suffix::Big => BigInteger::value(value),
        Suffix::None => {
            if let Some(n) = value.to_i32() {
                Value::Int(n)
            } else if let Some(n) = value.to_i64() {
                Value::Long(n)
            } else if !decimal {
                return None;
            } else if let Some(d) = decimal_of(value.clone(), 0) {
                Value::decimal(d)
            } else {
                Value::Double(big_to_f64(&value))
            }
        }
    })
}

fn real(text: &str, negative: bool, suffix: Suffix, multiplier: i64) -> Option<Value> {
    if suffix == Suffix::Decimal {
        let mut value = parse_decimal(text, Styles::FLOAT, culture::invariant()).ok()?;
        // A zero would lose its places.
        if multiplier != 1 {
            value = value.checked_mul(Decimal::from(multiplier))?;
        }
        value.set_sign_negative(negative);
        return Some(Value::decimal(value));
    }
    let mut value: f64 = text.parse().ok()?;
    value *= multiplier as f64;
    if negative {
        value = -value;
    }
    if suffix == Suffix::None {
        return Some(Value::Double(value));
    }
    let whole = BigInt::from_f64(value.round_ties_even())?;
    if whole.is_negative() && suffix == Suffix::Unsigned {
        return None;
    }
    integer(whole, suffix, false)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        match scan(text) {
            None => "none".into(),
            Some(Value::Int(n)) => format!("int {n}"),
            Some(Value::Long(n)) => format!("long {n}"),
            Some(Value::SByte(n)) => format!("sbyte {n}"),
            Some(Value::Short(n)) => format!("short {n}"),
            Some(Value::UInt(n)) => format!("uint {n}"),
            Some(Value::ULong(n)) => format!("ulong {n}"),
            Some(Value::Double(n)) => format!("double {n}"),
            Some(Value::Decimal(n)) => format!("decimal {n}"),
            Some(v) => v.get::<BigInteger>().map_or_else(|| "?".into(), |b| format!("big {}", b.0)),
        }
    }

    #[test]
    fn numbers_as_literals() {
        for (text, want) in [
            ("12", "int 12"),
            (" 12 ", "int 12"),
            ("-0x80000000", "long 2147483648"),
            ("0xFFFFFFFF", "int -1"),
            ("0x10000000000000000", "none"),
            ("0b11111111", "int -1"),
            ("0b111111111", "int 511"),
            ("1kb", "int 1024"),
            ("1e3kb", "double 1024000"),
            ("1.5l", "long 2"),
            ("-128y", "sbyte -128"),
            ("0xFFy", "sbyte -1"),
            ("0xFd", "int 253"),
            ("9223372036854775808", "decimal 9223372036854775808"),
            ("4294967296u", "ulong 4294967296"),
            ("-1u", "none"),
            ("1d", "decimal 1"),
            ("1.10d", "decimal 1.10"),
            ("1n", "big 1"),
            ("--5", "none"),
            ("1e", "none"),
            ("1lx", "none"),
            (".5l", "long 0"),
            ("1.", "double 1"),
            ("0x", "none"),
        ] {
            assert_eq!(shown(text), want, "{text}");
        }
    }
}
