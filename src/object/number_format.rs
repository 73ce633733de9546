//! `ToString(format, culture)` of numbers: the standard formats (C D E F G N P R X B) and the plain texts. Picture
//! formats (`#,##0.00`) are in `number_picture`.
use crate::culture::{Culture, NumberFormat};
use crate::digits::{Digits, Num, Want, integer_text};
use crate::net_error::{NetError, format_error};
use num_bigint::Sign;
use num_traits::Signed;
use std::fmt::Write;

/// Digits that always survive decimal -> binary -> decimal; beyond them the general format turns to exponents.
const DOUBLE_DIGITS: usize = 15;
const SINGLE_DIGITS: usize = 7;

/// Larger precisions are legal but no memory holds their texts.
const MOST_PLACES: usize = 50_000_000;

fn invalid() -> NetError {
    format_error("Format specifier was invalid.")
}

/// `number.ToString(format, culture)`
pub fn format(num: Num<'_>, format: &str, culture: &Culture) -> Result<String, NetError> {
    let mut out = String::new();
    format_into(&mut out, num, format, culture)?;
    Ok(out)
}

/// `number.ToString()` in a culture: integers plain, floats by their shortest digits.
pub fn plain_into(out: &mut String, num: Num<'_>, culture: &Culture) {
    let nf = &culture.number;
    match num {
        Num::Signed(n, _) => {
            if n < 0 {
                out.push_str(nf.negative_sign);
            }
            out.push_str(integer_text(n.unsigned_abs(), &mut [0; 20]));
        }
        Num::Unsigned(n, _) => out.push_str(integer_text(n, &mut [0; 20])),
        Num::Double(n) if n.fract() == 0.0 && n.abs() < 1e15 && (n != 0.0 || n.is_sign_positive()) => {
            plain_into(out, Num::Signed(n as i64, 8), culture);
        }
        Num::Double(n) if few_places(out, n, nf) => {}
        Num::Single(_) | Num::Double(_) => {
            if !not_finite(out, num, nf) {
                general(out, &Digits::of(num, Want::Shortest), float_digits(num), b'E', true, nf);
            }
        }
        Num::Decimal(_) => general(out, &Digits::of(num, Want::Shortest), 0, b'E', false, nf),
        Num::Big(n) => {
            if n.is_negative() {
                out.push_str(nf.negative_sign);
            }
            out.push_str(&n.magnitude().to_str_radix(10));
        }
    }
}

/// The text PowerShell makes of a float (`"$x"`, casts to string): 15 digits of a double, 7 of a single.
pub fn short_into(out: &mut String, num: Num<'_>, culture: &Culture) {
    let nf = &culture.number;
    match num {
        Num::Double(n) if n.fract() == 0.0 && n.abs() < 1e15 => plain_into(out, num, culture),
        Num::Double(n) if few_places(out, n, nf) => {}
        Num::Single(_) | Num::Double(_) => {
            if !not_finite(out, num, nf) {
                let most = float_digits(num);
                // So many digits survive both ways: where fewer are enough, the rest are zeros.
                let digits = Digits::of(num, Want::Significant(most));
                general(out, &digits, most, b'E', true, nf);
            }
        }
        other => plain_into(out, other, culture),
    }
}

/// Writes a double that has at most four places behind the point: the fast way for prices and the like. At most 15
/// digits that read back as the same double are its shortest ones.
fn few_places(out: &mut String, n: f64, nf: &NumberFormat) -> bool {
    let scaled = (n.abs() * 1e4).round();
    if !(1.0..1e15).contains(&scaled) || scaled / 1e4 != n.abs() {
        return false;
    }
    let scaled = scaled as u64;
    if n < 0.0 {
        out.push_str(nf.negative_sign);
    }
    out.push_str(integer_text(scaled / 10_000, &mut [0; 20]));
    let mut fraction = scaled % 10_000 + 10_000;
    while fraction.is_multiple_of(10) {
        fraction /= 10;
    }
    if fraction > 1 {
        out.push_str(nf.number_decimal);
        out.push_str(&integer_text(fraction, &mut [0; 20])[1..]);
    }
    true
}

fn float_digits(num: Num<'_>) -> usize {
    if matches!(num, Num::Single(_)) { SINGLE_DIGITS } else { DOUBLE_DIGITS }
}

/// Writes NaN and the infinities; they ignore every format.
fn not_finite(out: &mut String, num: Num<'_>, nf: &NumberFormat) -> bool {
    let n = match num {
        Num::Single(n) => f64::from(n),
        Num::Double(n) => n,
        _ => return false,
    };
    if n.is_finite() {
        return false;
    }
    out.push_str(match n {
        n if n.is_nan() => nf.nan,
        n if n > 0.0 => nf.positive_infinity,
        _ => nf.negative_infinity,
    });
    true
}

/// The letter and precision of a standard format; none for a picture.
fn specifier(format: &str) -> Result<Option<(u8, Option<usize>)>, NetError> {
    let bytes = format.as_bytes();
    let Some(letter) = bytes.first() else { return Ok(Some((b'G', None))) };
    if !letter.is_ascii_alphabetic() || !bytes[1..].iter().all(u8::is_ascii_digit) {
        return Ok(None);
    }
    match &format[1..] {
        "" => Ok(Some((*letter, None))),
        digits => match digits.parse() {
            Ok(n) if n <= MOST_PLACES => Ok(Some((*letter, Some(n)))),
            Ok(n) if n <= 999_999_999 => Err(NetError::new(
                "System.OutOfMemoryException",
                "Exception of type 'System.OutOfMemoryException' was thrown.",
            )),
            _ => Err(invalid()),
        },
    }
}

pub fn format_into(out: &mut String, num: Num<'_>, format: &str, culture: &Culture) -> Result<(), NetError> {
    let nf = &culture.number;
    if not_finite(out, num, nf) {
        return Ok(());
    }
    let Some((letter, precision)) = specifier(format)? else {
        let want = Want::Significant(float_digits(num));
        crate::number_picture::picture(out, Digits::of(num, want), format, nf);
        return Ok(());
    };
    let upper = letter.to_ascii_uppercase();
    let integer = !matches!(num, Num::Single(_) | Num::Double(_) | Num::Decimal(_));
    match upper {
        b'D' | b'X' | b'B' if !integer => return Err(invalid()),
        b'D' => decimal(out, num, precision.unwrap_or(0), nf),
        b'G' | b'R' if matches!(num, Num::Big(_)) => decimal(out, num, precision.unwrap_or(0), nf),
        b'X' | b'B' => bits(out, num, letter, precision.unwrap_or(0)),
        b'G' | b'R' => {
            let count = precision.filter(|p| *p > 0 && (upper == b'G' || !num.is_float()));
            match count {
                None if letter.is_ascii_uppercase() => plain_into(out, num, culture),
                None => {
                    let most = if integer { usize::MAX } else { float_digits(num) };
                    general(out, &Digits::of(num, Want::Shortest), most, b'e', num.is_float(), nf);
                }
                Some(count) => {
                    let mut digits = Digits::of(num, Want::Significant(count));
                    let exact = digits.float;
                    digits.round(count as i64, exact);
                    general(out, &digits, count, if letter.is_ascii_uppercase() { b'E' } else { b'e' }, true, nf);
                }
            }
        }
        b'E' => {
            let count = precision.unwrap_or(6);
            let mut digits = Digits::of(num, Want::Significant(count + 1));
            let exact = digits.float;
            digits.round(count as i64 + 1, exact);
            scientific(out, &digits, count, letter, nf);
        }
        b'F' => {
            let digits = fixed_digits(num, precision.unwrap_or(usize::from(nf.number_digits)), 0);
            if digits.0.negative {
                out.push_str(nf.negative_sign);
            }
            fixed(out, &digits.0, digits.1, nf.number_decimal, None);
        }
        b'N' => {
            let (digits, count) = fixed_digits(num, precision.unwrap_or(usize::from(nf.number_digits)), 0);
            let pattern = if digits.negative { negative_number(nf) } else { "n" };
            patterned(out, pattern, "", nf, |out| {
                fixed(out, &digits, count, nf.number_decimal, Some((nf.number_sizes, nf.number_group)));
            });
        }
        b'C' => {
            let (digits, count) = fixed_digits(num, precision.unwrap_or(usize::from(nf.currency_digits)), 0);
            let pattern = if digits.negative { negative_currency(nf) } else { positive_currency(nf) };
            patterned(out, pattern, nf.currency_symbol, nf, |out| {
                fixed(out, &digits, count, nf.currency_decimal, Some((nf.currency_sizes, nf.currency_group)));
            });
        }
        b'P' => {
            let (digits, count) = fixed_digits(num, precision.unwrap_or(usize::from(nf.percent_digits)), 2);
            let pattern = if digits.negative { negative_percent(nf) } else { positive_percent(nf) };
            patterned(out, pattern, nf.percent_symbol, nf, |out| {
                fixed(out, &digits, count, nf.percent_decimal, Some((nf.percent_sizes, nf.percent_group)));
            });
        }
        _ => return Err(invalid()),
    }
    Ok(())
}

/// The digits of `num * 10^shift` rounded to `count` places behind the point.
fn fixed_digits(num: Num<'_>, count: usize, shift: i32) -> (Digits, usize) {
    let mut digits = Digits::of(num, Want::Fraction(count + shift as usize));
    digits.scale += shift;
    let (keep, exact) = (i64::from(digits.scale) + count as i64, digits.float);
    digits.round(keep, exact);
    (digits, count)
}

/// Digits with `count` places behind the point and grouping before it.
fn fixed(out: &mut String, digits: &Digits, count: usize, point: &str, group: Option<(&[u8], &str)>) {
    let run = digits.digits.as_slice();
    let whole = digits.scale.max(0) as usize;
    let digit = |at: usize| char::from(run.get(at).copied().unwrap_or(b'0'));
    if whole == 0 {
        out.push('0');
    } else {
        let stops = group.map(|(sizes, _)| group_stops(sizes, whole)).unwrap_or_default();
        let mut stops = stops.iter().rev().copied().peekable();
        for at in 0..whole {
            if at > 0 && stops.next_if(|s| whole - at == *s).is_some() {
                out.push_str(group.map_or("", |(_, separator)| separator));
            }
            out.push(digit(at));
        }
    }
    if count > 0 {
        out.push_str(point);
        let zeros = (-digits.scale).clamp(0, i32::try_from(count).unwrap_or(i32::MAX)) as usize;
        out.extend(std::iter::repeat_n('0', zeros));
        out.extend((0..count - zeros).map(|at| digit(whole + at)));
    }
}

/// Where separators stand, counted in digits from the point: sizes repeat their last, a zero ends grouping.
pub(crate) fn group_stops(sizes: &[u8], digits: usize) -> smallvec::SmallVec<[usize; 16]> {
    let (mut stops, mut at, mut place) = (smallvec::SmallVec::new(), 0usize, 0usize);
    while let Some(size) = sizes.get(at).filter(|s| **s > 0) {
        place += usize::from(*size);
        if place >= digits {
            break;
        }
        stops.push(place);
        at = (at + 1).min(sizes.len() - 1);
    }
    stops
}

/// The general format: plain while the number has at most `most` digits before the point, else with an exponent.
fn general(out: &mut String, digits: &Digits, most: usize, e: u8, exponents: bool, nf: &NumberFormat) {
    if digits.negative && (digits.float || !digits.is_zero()) {
        out.push_str(nf.negative_sign);
    }
    let most = most.max(digits.digits.len());
    let scientific = exponents && (digits.scale > most as i32 || digits.scale < -3);
    let point = if scientific { 1 } else { digits.scale };
    let whole = point.max(0) as usize;
    if whole == 0 {
        out.push('0');
    }
    let run = digits.digits.as_slice();
    out.extend((0..whole).map(|at| char::from(run.get(at).copied().unwrap_or(b'0'))));
    if run.len() > whole || point < 0 {
        out.push_str(nf.number_decimal);
        out.extend(std::iter::repeat_n('0', (-point).max(0) as usize));
        out.extend(run.iter().skip(whole).map(|d| char::from(*d)));
    }
    if scientific {
        exponent(out, digits.scale - 1, e, 2, true, nf);
    }
}

fn scientific(out: &mut String, digits: &Digits, count: usize, e: u8, nf: &NumberFormat) {
    if digits.negative {
        out.push_str(nf.negative_sign);
    }
    let digit = |at: usize| char::from(digits.digits.get(at).copied().unwrap_or(b'0'));
    out.push(digit(0));
    if count > 0 {
        out.push_str(nf.number_decimal);
        out.extend((1..=count).map(digit));
    }
    exponent(out, if digits.is_zero() { 0 } else { digits.scale - 1 }, e, 3, true, nf);
}

pub(crate) fn exponent(out: &mut String, n: i32, e: u8, width: usize, plus: bool, nf: &NumberFormat) {
    out.push(char::from(e));
    if n < 0 {
        out.push_str(nf.negative_sign);
    } else if plus {
        out.push_str(nf.positive_sign);
    }
    let _ = write!(out, "{:0width$}", n.unsigned_abs());
}

/// `D`: at least `width` digits.
fn decimal(out: &mut String, num: Num<'_>, width: usize, nf: &NumberFormat) {
    let digits = Digits::of(num, Want::Shortest);
    if digits.negative {
        out.push_str(nf.negative_sign);
    }
    out.extend(std::iter::repeat_n('0', width.max(1).saturating_sub(digits.digits.len())));
    out.extend(digits.digits.iter().map(|d| char::from(*d)));
}

/// `X` and `B`: two's complement in the size of the type; a BigInteger takes as many digits as show its sign.
fn bits(out: &mut String, num: Num<'_>, letter: u8, width: usize) {
    let (value, bytes) = match num {
        Num::Signed(n, bytes) => (n as u64, bytes),
        Num::Unsigned(n, bytes) => (n, bytes),
        Num::Big(n) => return big_bits(out, n, letter, width),
        _ => return,
    };
    let value = if bytes < 8 { value & ((1 << (bytes * 8)) - 1) } else { value };
    let _ = match letter {
        b'X' => write!(out, "{:0>width$}", format_args!("{value:X}").to_string()),
        b'x' => write!(out, "{:0>width$}", format_args!("{value:x}").to_string()),
        _ => write!(out, "{:0>width$}", format_args!("{value:b}").to_string()),
    };
}

fn big_bits(out: &mut String, n: &num_bigint::BigInt, letter: u8, width: usize) {
    let bytes = n.to_signed_bytes_be();
    let mut text = String::with_capacity(bytes.len() * 8);
    for byte in &bytes {
        let _ = match letter {
            b'X' => write!(text, "{byte:02X}"),
            b'x' => write!(text, "{byte:02x}"),
            _ => write!(text, "{byte:08b}"),
        };
    }
    // Sign digits beyond the one that is needed are left out.
    let negative = n.sign() == Sign::Minus;
    let fill = match (negative, letter) {
        (false, _) => '0',
        (true, b'X') => 'F',
        (true, b'x') => 'f',
        (true, _) => '1',
    };
    let signed = |c: char| c.to_digit(16).is_some_and(|d| if matches!(letter, b'B' | b'b') { d == 1 } else { d >= 8 });
    let mut rest = text.as_str();
    while let Some(next) = rest.strip_prefix(fill).filter(|t| t.starts_with(|c| signed(c) == negative)) {
        rest = next;
    }
    out.extend(std::iter::repeat_n(fill, width.saturating_sub(rest.len())));
    out.push_str(rest);
}

/// Writes a sign pattern: `n` is the number, `s` the symbol, `-` the culture's sign, the rest itself.
fn patterned(out: &mut String, pattern: &str, symbol: &str, nf: &NumberFormat, number: impl Fn(&mut String)) {
    for c in pattern.chars() {
        match c {
            'n' => number(out),
            's' => out.push_str(symbol),
            '-' => out.push_str(nf.negative_sign),
            other => out.push(other),
        }
    }
}
fn choose(patterns: &[&'static str], at: u8) -> &'static str {
    patterns.get(usize::from(at)).copied().unwrap_or("-n")
}
fn negative_number(nf: &NumberFormat) -> &'static str {
    choose(&["(n)", "-n", "- n", "n-", "n -"], nf.number_negative)
}
fn positive_currency(nf: &NumberFormat) -> &'static str {
    choose(&["sn", "ns", "s n", "n s"], nf.currency_positive)
}
fn negative_currency(nf: &NumberFormat) -> &'static str {
    const ALL: [&str; 17] = [
        "(sn)", "-sn", "s-n", "sn-", "(ns)", "-ns", "n-s", "ns-", "-n s", "-s n", "n s-", "s n-", "s -n", "n- s",
        "(s n)", "(n s)", "s- n",
    ];
    choose(&ALL, nf.currency_negative)
}
fn positive_percent(nf: &NumberFormat) -> &'static str {
    choose(&["n s", "ns", "sn", "s n"], nf.percent_positive)
}
fn negative_percent(nf: &NumberFormat) -> &'static str {
    const ALL: [&str; 12] = ["-n s", "-ns", "-sn", "s-n", "sn-", "n-s", "ns-", "-s n", "n s-", "s n-", "s -n", "n- s"];
    choose(&ALL, nf.percent_negative)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::culture;

    fn show(n: f64, text: &str, name: &str) -> String {
        format(Num::Double(n), text, culture::find(name).unwrap()).unwrap()
    }

    #[test]
    fn standard_formats() {
        for (n, text, culture, wanted) in [
            (2.5, "N0", "en-US", "2"),
            (0.125, "F2", "en-US", "0.12"),
            (-1234.567, "C", "", "(¤1,234.57)"),
            (-1234.5, "C2", "de-DE", "-1.234,50 €"),
            (1234567.891, "C2", "en-IN", "₹12,34,567.89"),
            (-1234.5, "N1", "sv-SE", "−1\u{a0}234,5"),
            (0.000012345, "G", "en-US", "1.2345E-05"),
            (1e15, "", "en-US", "1E+15"),
            (-0.0, "", "en-US", "-0"),
            (0.1, "G17", "en-US", "0.10000000000000001"),
            (f64::NEG_INFINITY, "D5", "en-US", "-∞"),
            (1234.5678, "e3", "en-US", "1.235e+003"),
        ] {
            assert_eq!(show(n, text, culture), wanted, "{n} {text} {culture}");
        }
        assert!(format(Num::Double(1.5), "D", culture::en_us()).is_err());
        assert!(format(Num::Signed(1, 4), "Z", culture::en_us()).is_err());
    }

    #[test]
    fn pictures() {
        for (n, text, wanted) in [
            (2.675, "0.00", "2.68"),
            (-0.5, "0;;", "-1"),
            (1234567.0, "0,,", "1"),
            (0.0, "+0;-0;zero", "zero"),
            (5000000000.0, "(###) ###-####", "(500) 000-0000"),
            (12345.678, "0.0E+00", "1.2E+04"),
            (0.256, "#.#%", "25.6%"),
            (42.0, "'#'0 \\x", "#42 x"),
        ] {
            assert_eq!(show(n, text, "en-US"), wanted, "{n} {text}");
        }
    }

    #[test]
    fn short_and_round_trip_texts() {
        for (n, short, whole) in [
            (2.0 / 3.0, "0.666666666666667", "0.6666666666666666"),
            (0.1 + 0.2, "0.3", "0.30000000000000004"),
            (f64::MAX, "1.79769313486232E+308", "1.7976931348623157E+308"),
            (1.5, "1.5", "1.5"),
            (-1234.0625, "-1234.0625", "-1234.0625"),
            (1e-5, "1E-05", "1E-05"),
        ] {
            let (mut a, mut b) = (String::new(), String::new());
            short_into(&mut a, Num::Double(n), culture::invariant());
            plain_into(&mut b, Num::Double(n), culture::invariant());
            assert_eq!((a.as_str(), b.as_str()), (short, whole));
        }
    }
}
