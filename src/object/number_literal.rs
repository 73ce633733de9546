//! PowerShell's number literals inside strings: what `[int]'0x1F'` or `1 + '2kb'` see. The same rules as the
//! tokenizer's, with an optional sign in front.
use crate::bigint::BigInteger;
use crate::culture;
use crate::number::{Styles, decimal_of, integer_range, integer_value, parse_decimal, parse_double};
use crate::types::TypeKind;
use crate::value::Value;
use num_bigint::BigInt;
use num_traits::{FromPrimitive, Num as _, ToPrimitive};

#[derive(Clone, Copy, PartialEq)]
enum Suffix {
    None,
    Integer(TypeKind),
    /// `u`: the narrowest of uint and ulong.
    Unsigned,
    Decimal,
    Big,
}

/// The value of a text that is one whole number literal (white space around it is the caller's affair); none when it
/// is not one or its type cannot hold it.
pub fn scan(text: &str) -> Option<Value> {
    let (negative, body) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let lower = body.to_ascii_lowercase();
    if !lower.is_ascii() {
        return None;
    }
    if let Some(rest) = lower.strip_prefix("0x") {
        return whole(rest, 16, negative);
    }
    if let Some(rest) = lower.strip_prefix("0b") {
        return whole(rest, 2, negative);
    }
    let digits = |from: usize| lower[from..].bytes().take_while(u8::is_ascii_digit).count();
    let first = digits(0);
    let (mut end, mut real) = (first, false);
    if lower[end..].starts_with('.') {
        let fraction = digits(end + 1);
        if first + fraction == 0 {
            return None;
        }
        (end, real) = (end + 1 + fraction, true);
    } else if first == 0 {
        return None;
    }
    if lower[end..].starts_with('e') {
        let sign = usize::from(lower[end + 1..].starts_with(['+', '-']));
        let count = digits(end + 1 + sign);
        if count == 0 {
            return None;
        }
        (end, real) = (end + 1 + sign + count, true);
    }
    if !real {
        return whole(&lower, 10, negative);
    }
    let (suffix, multiplier) = suffix(&lower[end..])?;
    let signed = format!("{}{}", if negative { "-" } else { "" }, &lower[..end]);
    if suffix == Suffix::Decimal {
        let n = parse_decimal(&signed, Styles::FLOAT, culture::invariant()).ok()?;
        return Some(Value::decimal(n.checked_mul(multiplier.into())?));
    }
    let n = parse_double(&signed, Styles::FLOAT, culture::invariant()).ok()? * multiplier as f64;
    match suffix {
        Suffix::None => Some(Value::Double(n)),
        Suffix::Big => BigInt::from_f64(n.trunc()).map(|n| Value::object(BigInteger(n))),
        other => typed(BigInt::from_f64(n.round_ties_even())?, other),
    }
}

/// The type and multiplier that the end of a literal asks for.
fn suffix(text: &str) -> Option<(Suffix, i64)> {
    let (head, multiplier) = match text.len().checked_sub(2).and_then(|at| text.split_at_checked(at)) {
        Some((head, "kb")) => (head, 1i64 << 10),
        Some((head, "mb")) => (head, 1 << 20),
        Some((head, "gb")) => (head, 1 << 30),
        Some((head, "tb")) => (head, 1 << 40),
        Some((head, "pb")) => (head, 1 << 50),
        _ => (text, 1),
    };
    let suffix = match head {
        "" => Suffix::None,
        "y" => Suffix::Integer(TypeKind::SByte),
        "uy" => Suffix::Integer(TypeKind::Byte),
        "s" => Suffix::Integer(TypeKind::Int16),
        "us" => Suffix::Integer(TypeKind::UInt16),
        "l" => Suffix::Integer(TypeKind::Int64),
        "ul" => Suffix::Integer(TypeKind::UInt64),
        "u" => Suffix::Unsigned,
        "d" => Suffix::Decimal,
        "n" => Suffix::Big,
        _ => return None,
    };
    Some((suffix, multiplier))
}

/// A literal without point and exponent.
fn whole(text: &str, radix: u32, negative: bool) -> Option<Value> {
    let end = text.bytes().take_while(|b| char::from(*b).is_digit(radix)).count();
    let (suffix, multiplier) = suffix(&text[end..])?;
    let digits = &text[..end];
    let mut n = match digits {
        // `0x` alone is zero, as in the tokenizer.
        "" if radix == 16 => BigInt::from(0),
        "" => return None,
        _ => BigInt::from_str_radix(digits, radix).ok()?,
    };
    // Eight hexadecimal digits (or binary ones) show a sign bit, unless the literal says unsigned.
    let unsigned =
        matches!(suffix, Suffix::Unsigned | Suffix::Integer(TypeKind::Byte | TypeKind::UInt16 | TypeKind::UInt64));
    let bits = digits.len() * if radix == 16 { 4 } else { 1 };
    if radix != 10 && !unsigned && !digits.is_empty() && sign_width(digits.len(), radix, suffix) {
        if n.bit(bits as u64 - 1) {
            n -= BigInt::from(1) << bits;
        }
    }
    if negative {
        n = -n;
    }
    let n = n * multiplier;
    // Only decimal digits grow beyond 64 bits.
    let wide = radix == 10 && suffix == Suffix::None;
    typed(n.clone(), suffix)
        .or_else(|| wide.then(|| decimal_of(n.clone(), 0)).flatten().map(Value::decimal))
        .or_else(|| wide.then(|| n.to_f64()).flatten().filter(|n| n.is_finite()).map(Value::Double))
}

/// Whether a run of digits fills a signed type: 8 digits or a multiple of them; a literal with a small type's suffix
/// also fills that type.
fn sign_width(digits: usize, radix: u32, suffix: Suffix) -> bool {
    let fills = match suffix {
        Suffix::Integer(TypeKind::SByte) => digits * if radix == 16 { 4 } else { 1 } == 8,
        Suffix::Integer(TypeKind::Int16) => digits * if radix == 16 { 4 } else { 1 } == 16,
        _ => false,
    };
    fills || digits.is_multiple_of(8)
}

fn typed(n: BigInt, suffix: Suffix) -> Option<Value> {
    let fit = |kind: TypeKind| {
        let (low, high) = integer_range(kind)?;
        n.to_i128().filter(|n| (low..=high).contains(n)).map(|n| integer_value(n, kind))
    };
    match suffix {
        Suffix::Integer(kind) => fit(kind),
        Suffix::Unsigned => fit(TypeKind::UInt32).or_else(|| fit(TypeKind::UInt64)),
        Suffix::Decimal => decimal_of(n, 0).map(Value::decimal),
        Suffix::Big => Some(Value::object(BigInteger(n))),
        Suffix::None => fit(TypeKind::Int32).or_else(|| fit(TypeKind::Int64)),
    }
}
