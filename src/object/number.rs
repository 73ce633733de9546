//! Reading numbers: .NET's `Parse` with NumberStyles and a culture, and PowerShell's number literals inside strings
//! (`'0x1F'`, `'1kb'`, `'1e3'`).
use crate::culture::{Culture, NumberFormat};
use crate::net_error::{NetError, format_error, overflow};
use crate::types::TypeKind;
use crate::value::Value;
use num_bigint::BigInt;
use num_traits::{Num as _, Pow, Signed, ToPrimitive, Zero};
use rust_decimal::Decimal;

/// `System.Globalization.NumberStyles`
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Styles(pub u32);
impl Styles {
    pub const LEADING_WHITE: u32 = 1;
    pub const TRAILING_WHITE: u32 = 2;
    pub const LEADING_SIGN: u32 = 4;
    pub const TRAILING_SIGN: u32 = 8;
    pub const PARENTHESES: u32 = 16;
    pub const DECIMAL_POINT: u32 = 32;
    pub const THOUSANDS: u32 = 64;
    pub const EXPONENT: u32 = 128;
    pub const CURRENCY_SYMBOL: u32 = 256;
    pub const HEX: u32 = 512;
    pub const BINARY: u32 = 1024;
    /// What integers parse by default.
    pub const INTEGER: Styles = Styles(7);
    /// What decimals parse by default.
    pub const NUMBER: Styles = Styles(111);
    pub const FLOAT: Styles = Styles(167);
    /// What doubles parse by default.
    pub const FLOAT_THOUSANDS: Styles = Styles(231);
    pub const ANY: Styles = Styles(511);
    fn has(self, flag: u32) -> bool {
        self.0 & flag != 0
    }
}

/// A number as it was read: `0.digits * 10^scale` with the places behind the point that were written.
struct Parsed {
    negative: bool,
    /// Without leading zeros; trailing zeros are kept.
    digits: String,
    scale: i64,
    /// Places written behind the point, minus the exponent.
    places: i64,
}

fn is_white(c: char) -> bool {
    matches!(c, ' ' | '\t'..='\r')
}

/// `text` behind `symbol`; a plain space stands for the no-break spaces that some cultures group by.
fn strip<'a>(text: &'a str, symbol: &str) -> Option<&'a str> {
    if symbol.is_empty() {
        return None;
    }
    if let Some(rest) = text.strip_prefix(symbol) {
        return Some(rest);
    }
    matches!(symbol, "\u{a0}" | "\u{202f}").then(|| text.strip_prefix(' ')).flatten()
}

fn strip_negative<'a>(text: &'a str, nf: &NumberFormat) -> Option<&'a str> {
    strip(text, nf.negative_sign).or_else(|| text.strip_prefix(['-', '\u{2212}']).filter(|_| hyphen_like(nf)))
}
fn hyphen_like(nf: &NumberFormat) -> bool {
    matches!(nf.negative_sign, "-" | "\u{2212}")
}

fn read(text: &str, styles: Styles, nf: &NumberFormat) -> Option<Parsed> {
    let (mut sign, mut negative, mut parentheses, mut currency) = (false, false, false, false);
    let mut rest = text;
    let symbol = styles.has(Styles::CURRENCY_SYMBOL).then_some(nf.currency_symbol);
    loop {
        if let Some(next) = rest
            .strip_prefix(is_white)
            .filter(|_| styles.has(Styles::LEADING_WHITE) && (!sign || currency || nf.currency_negative == 2))
        {
            rest = next;
        } else if let Some(next) = strip(rest, nf.positive_sign).filter(|_| styles.has(Styles::LEADING_SIGN) && !sign) {
            (sign, rest) = (true, next);
        } else if let Some(next) = strip_negative(rest, nf).filter(|_| styles.has(Styles::LEADING_SIGN) && !sign) {
            (sign, negative, rest) = (true, true, next);
        } else if let Some(next) = rest.strip_prefix('(').filter(|_| styles.has(Styles::PARENTHESES) && !sign) {
            (sign, negative, parentheses, rest) = (true, true, true, next);
        } else if let Some(next) = symbol.filter(|_| !currency).and_then(|s| strip(rest, s)) {
            (currency, rest) = (true, next);
        } else {
            break;
        }
    }
    let (points, groups): ([&str; 2], [&str; 2]) = if symbol.is_some() {
        ([nf.currency_decimal, nf.number_decimal], [nf.currency_group, nf.number_group])
    } else {
        ([nf.number_decimal, ""], [nf.number_group, ""])
    };
    let (mut digits, mut any, mut point, mut scale, mut places) = (String::new(), false, false, 0i64, 0i64);
    loop {
        if let Some(c) = rest.chars().next().filter(char::is_ascii_digit) {
            any = true;
            if c != '0' || !digits.is_empty() {
                digits.push(c);
                scale += i64::from(!point);
            } else if point {
                scale -= 1;
            }
            places += i64::from(point);
            rest = &rest[1..];
        } else if let Some(next) =
            points.iter().find_map(|p| strip(rest, p)).filter(|_| styles.has(Styles::DECIMAL_POINT) && !point)
        {
            (point, rest) = (true, next);
        } else if let Some(next) =
            groups.iter().find_map(|g| strip(rest, g)).filter(|_| styles.has(Styles::THOUSANDS) && any && !point)
        {
            rest = next;
        } else {
            break;
        }
    }
    if !any {
        return None;
    }
    if let Some(after) = rest.strip_prefix(['e', 'E']).filter(|_| styles.has(Styles::EXPONENT)) {
        let (down, number) = match strip_negative(after, nf) {
            Some(number) => (true, number),
            None => (false, strip(after, nf.positive_sign).unwrap_or(after)),
        };
        let length = number.bytes().take_while(u8::is_ascii_digit).count();
        if length > 0 {
            let n = number[..length].parse::<i64>().unwrap_or(i64::MAX).min(99_999);
            let n = if down { -n } else { n };
            scale += n;
            places -= n;
            rest = &number[length..];
        }
    }
    loop {
        if let Some(next) = rest.strip_prefix(is_white).filter(|_| styles.has(Styles::TRAILING_WHITE)) {
            rest = next;
        } else if let Some(next) = strip(rest, nf.positive_sign).filter(|_| styles.has(Styles::TRAILING_SIGN) && !sign)
        {
            (sign, rest) = (true, next);
        } else if let Some(next) = strip_negative(rest, nf).filter(|_| styles.has(Styles::TRAILING_SIGN) && !sign) {
            (sign, negative, rest) = (true, true, next);
        } else if let Some(next) = rest.strip_prefix(')').filter(|_| parentheses) {
            (parentheses, rest) = (false, next);
        } else if let Some(next) = symbol.filter(|_| !currency).and_then(|s| strip(rest, s)) {
            (currency, rest) = (true, next);
        } else {
            break;
        }
    }
    let ended = rest.chars().all(|c| c == '\0');
    (ended && !parentheses).then_some(Parsed { negative, digits, scale, places })
}

fn bad(text: &str) -> NetError {
    format_error(format!("The input string '{text}' was not in a correct format."))
}

/// How overflow messages call a type.
pub fn type_article(kind: TypeKind) -> &'static str {
    match kind {
        TypeKind::SByte => "a signed byte",
        TypeKind::Byte => "an unsigned byte",
        TypeKind::Int16 => "an Int16",
        TypeKind::UInt16 => "a UInt16",
        TypeKind::Int32 => "an Int32",
        TypeKind::UInt32 => "a UInt32",
        TypeKind::Int64 => "an Int64",
        TypeKind::UInt64 => "a UInt64",
        TypeKind::Single => "a Single",
        TypeKind::Double => "a Double",
        TypeKind::Char => "a character",
        _ => "a Decimal",
    }
}
/// "Value was either too large or too small for an Int32."
pub fn too_large(kind: TypeKind) -> NetError {
    overflow(format!("Value was either too large or too small for {}.", type_article(kind)))
}

/// Smallest and largest value of an integer type.
pub fn integer_range(kind: TypeKind) -> Option<(i128, i128)> {
    Some(match kind {
        TypeKind::SByte => (i128::from(i8::MIN), i128::from(i8::MAX)),
        TypeKind::Byte => (0, i128::from(u8::MAX)),
        TypeKind::Int16 => (i128::from(i16::MIN), i128::from(i16::MAX)),
        TypeKind::UInt16 => (0, i128::from(u16::MAX)),
        TypeKind::Int32 => (i128::from(i32::MIN), i128::from(i32::MAX)),
        TypeKind::UInt32 => (0, i128::from(u32::MAX)),
        TypeKind::Int64 => (i128::from(i64::MIN), i128::from(i64::MAX)),
        TypeKind::UInt64 => (0, i128::from(u64::MAX)),
        _ => return None,
    })
}

/// The value of an integer type, from a number in its range (bits beyond it are dropped).
pub fn integer_value(n: i128, kind: TypeKind) -> Value {
    match kind {
        TypeKind::SByte => Value::SByte(n as i8),
        TypeKind::Byte => Value::Byte(n as u8),
        TypeKind::Int16 => Value::Short(n as i16),
        TypeKind::UInt16 => Value::UShort(n as u16),
        TypeKind::Int32 => Value::Int(n as i32),
        TypeKind::UInt32 => Value::UInt(n as u32),
        TypeKind::Int64 => Value::Long(n as i64),
        _ => Value::ULong(n as u64),
    }
}

/// `[int]::Parse(text, styles, culture)` for every integer type.
pub fn parse_integer(text: &str, styles: Styles, culture: &Culture, kind: TypeKind) -> Result<Value, NetError> {
    let (low, high) = integer_range(kind).ok_or_else(|| bad(text))?;
    if styles.has(Styles::HEX) || styles.has(Styles::BINARY) {
        let bits = 128 - (high - low).leading_zeros();
        let n = parse_bits(text, styles).ok_or_else(|| bad(text))?;
        return if n.bits() > u64::from(bits) {
            Err(too_large(kind))
        } else {
            let n = n.to_i128().unwrap_or(0);
            // The highest bit is the sign.
            Ok(integer_value(if n > high { n - (high - low + 1) } else { n }, kind))
        };
    }
    // The common short number.
    if let Some(n) = plain_digits(text).map(i128::from) {
        return if n <= high { Ok(integer_value(n, kind)) } else { Err(too_large(kind)) };
    }
    let parsed = read(text, styles, &culture.number).ok_or_else(|| bad(text))?;
    let whole = parsed.integer().filter(|n| (low..=high).contains(n)).ok_or_else(|| too_large(kind))?;
    Ok(integer_value(whole, kind))
}

/// A number of up to nine digits and nothing else.
fn plain_digits(text: &str) -> Option<u32> {
    if !(1..=9).contains(&text.len()) {
        return None;
    }
    text.bytes().try_fold(0u32, |n, b| b.is_ascii_digit().then(|| n * 10 + u32::from(b - b'0')))
}

fn parse_bits(text: &str, styles: Styles) -> Option<BigInt> {
    let mut body = text;
    if styles.has(Styles::LEADING_WHITE) {
        body = body.trim_start_matches(is_white);
    }
    if styles.has(Styles::TRAILING_WHITE) {
        body = body.trim_end_matches(is_white);
    }
    let radix = if styles.has(Styles::HEX) { 16 } else { 2 };
    if body.is_empty() || !body.chars().all(|c| c.is_digit(radix)) {
        return None;
    }
    BigInt::from_str_radix(body, radix).ok()
}

impl Parsed {
    /// The number when it is whole and not absurdly large.
    fn integer(&self) -> Option<i128> {
        let digits = self.digits.trim_end_matches('0');
        if digits.is_empty() {
            return Some(0);
        }
        if self.scale < digits.len() as i64 || self.scale > 38 {
            return None;
        }
        let zeros = (self.scale - digits.len() as i64) as u32;
        let n = digits.parse::<i128>().ok()?.checked_mul(10i128.checked_pow(zeros)?)?;
        Some(if self.negative { -n } else { n })
    }
    /// Text that Rust's own float parser takes.
    fn float_text(&self) -> String {
        format!(
            "{}0.{}e{}",
            if self.negative { "-" } else { "" },
            if self.digits.is_empty() { "0" } else { &self.digits },
            self.scale
        )
    }
}

/// The symbols of NaN and the infinities, any case, with or without sign.
fn float_symbol(text: &str, nf: &NumberFormat) -> Option<f64> {
    let text = text.trim_matches(is_white);
    let same = |a: &str, b: &str| crate::string::eq_ignore_case(a, b);
    if same(text, nf.positive_infinity) {
        return Some(f64::INFINITY);
    }
    if same(text, nf.negative_infinity) {
        return Some(f64::NEG_INFINITY);
    }
    if same(text, nf.nan) {
        return Some(f64::NAN);
    }
    if let Some(rest) = strip(text, nf.positive_sign) {
        return if same(rest, nf.positive_infinity) {
            Some(f64::INFINITY)
        } else {
            same(rest, nf.nan).then_some(f64::NAN)
        };
    }
    strip_negative(text, nf).filter(|rest| same(rest, nf.nan)).map(|_| f64::NAN)
}

/// `[double]::Parse(text, styles, culture)`; too large a number is infinity.
pub fn parse_double(text: &str, styles: Styles, culture: &Culture) -> Result<f64, NetError> {
    match read(text, styles, &culture.number) {
        Some(parsed) => parsed.float_text().parse().map_err(|_| bad(text)),
        None => float_symbol(text, &culture.number).ok_or_else(|| bad(text)),
    }
}
pub fn parse_single(text: &str, styles: Styles, culture: &Culture) -> Result<f32, NetError> {
    match read(text, styles, &culture.number) {
        Some(parsed) => parsed.float_text().parse().map_err(|_| bad(text)),
        None => float_symbol(text, &culture.number).map(|n| n as f32).ok_or_else(|| bad(text)),
    }
}

/// `[decimal]::Parse(text, styles, culture)`
pub fn parse_decimal(text: &str, styles: Styles, culture: &Culture) -> Result<Decimal, NetError> {
    let parsed = read(text, styles, &culture.number).ok_or_else(|| bad(text))?;
    let zero = parsed.digits.is_empty();
    // Beyond every decimal, either way.
    if !zero && parsed.scale > 30 {
        return Err(too_large(TypeKind::Decimal));
    }
    let digits = if zero || parsed.scale < -40 { "0" } else { &parsed.digits };
    let mantissa = BigInt::from_str_radix(digits, 10).map_err(|_| bad(text))?;
    decimal_of(if parsed.negative { -mantissa } else { mantissa }, parsed.places)
        .map(|mut d| {
            if zero {
                d.set_sign_negative(parsed.negative);
            }
            d
        })
        .ok_or_else(|| too_large(TypeKind::Decimal))
}

/// `mantissa / 10^places` as a decimal, rounded half to even where it has too many digits; none when too large.
pub fn decimal_of(mantissa: BigInt, places: i64) -> Option<Decimal> {
    let limit = (BigInt::from(1) << 96) - 1;
    let (negative, mut mantissa) = (mantissa.is_negative(), mantissa.abs());
    let mut places = places;
    if places < 0 {
        if !mantissa.is_zero() {
            mantissa *= BigInt::from(10).pow(u32::try_from(-places).ok().filter(|n| *n < 100)?);
        }
        places = 0;
    }
    let mut drop = (places - 28).max(0);
    loop {
        let divisor = BigInt::from(10).pow(u32::try_from(drop.min(60_000)).ok()?);
        let (mut quotient, rest) = (&mantissa / &divisor, &mantissa % &divisor);
        let twice: BigInt = rest * 2;
        let odd = quotient.bit(0);
        if drop > 0 && (twice > divisor || (twice == divisor && odd)) {
            quotient += 1;
        }
        if quotient <= limit {
            let mut n = quotient.to_i128()?;
            if negative {
                n = -n;
            }
            let mut result = Decimal::try_from_i128_with_scale(n, u32::try_from(places - drop).ok()?).ok()?;
            if negative && n == 0 {
                result.set_sign_negative(true);
            }
            return Some(result);
        }
        drop += 1;
        if drop > places {
            return None;
        }
    }
}

/// `[bigint]::Parse(text, styles, culture)`
pub fn parse_big(text: &str, styles: Styles, culture: &Culture) -> Result<BigInt, NetError> {
    let fail = || format_error("The value could not be parsed.");
    if styles.has(Styles::HEX) || styles.has(Styles::BINARY) {
        let n = parse_bits(text, styles).ok_or_else(fail)?;
        let body = text.trim_matches(is_white);
        let width = body.len() * if styles.has(Styles::HEX) { 4 } else { 1 };
        let high = body.chars().next().and_then(|c| c.to_digit(16)).unwrap_or(0);
        let negative = if styles.has(Styles::HEX) { high >= 8 } else { high == 1 };
        return Ok(if negative { n - (BigInt::from(1) << width) } else { n });
    }
    let parsed = read(text, styles, &culture.number).ok_or_else(fail)?;
    let digits = parsed.digits.trim_end_matches('0');
    if digits.is_empty() {
        return Ok(BigInt::from(0));
    }
    let zeros = u32::try_from(parsed.scale - digits.len() as i64)
        .map_err(|_| overflow("Value was either too large or too small for a BigInteger."))?;
    let n = BigInt::from_str_radix(digits, 10).map_err(|_| fail())? * BigInt::from(10).pow(zeros);
    Ok(if parsed.negative { -n } else { n })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::culture;

    #[test]
    fn parses_as_dotnet() {
        let (us, de) = (culture::en_us(), culture::find("de-DE").unwrap());
        assert_eq!(parse_double("1.234,5", Styles::FLOAT_THOUSANDS, de), Ok(1234.5));
        assert_eq!(parse_double(" -1e3 ", Styles::FLOAT, us), Ok(-1000.0));
        assert_eq!(parse_double("1e400", Styles::FLOAT, us), Ok(f64::INFINITY));
        assert_eq!(parse_decimal("1.10", Styles::NUMBER, us).unwrap().to_string(), "1.10");
        let long = parse_decimal("0.12345678901234567890123456785", Styles::NUMBER, us).unwrap();
        assert_eq!(long.to_string(), "0.1234567890123456789012345678");
        let big = parse_integer("2147483648", Styles::INTEGER, us, TypeKind::Int32);
        assert_eq!(&*big.err().unwrap().message, "Value was either too large or too small for an Int32.");
        let word = parse_integer("x", Styles::INTEGER, us, TypeKind::Int32);
        assert_eq!(&*word.err().unwrap().message, "The input string 'x' was not in a correct format.");
        assert!(matches!(parse_integer("FF", Styles(Styles::HEX), us, TypeKind::SByte), Ok(Value::SByte(-1))));
        assert!(matches!(parse_integer("($5)", Styles::ANY, us, TypeKind::Int32), Ok(Value::Int(-5))));
    }
}
