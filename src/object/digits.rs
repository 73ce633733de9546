//! Numbers as runs of decimal digits: the common ground of every number format. Doubles give their exact digits,
//! correctly rounded (half to even on the exact value), or the shortest ones that read back as the same double.
use num_bigint::BigInt;
use rust_decimal::Decimal;
use smallvec::SmallVec;
use std::fmt::Write;

use crate::value::Value;

/// A number of any .NET type, as the formatters take it.
#[derive(Clone, Copy)]
pub enum Num<'a> {
    /// Value and size in bytes.
    Signed(i64, u8),
    Unsigned(u64, u8),
    Single(f32),
    Double(f64),
    Decimal(&'a Decimal),
    Big(&'a BigInt),
}

impl<'a> Num<'a> {
    pub fn of(value: &'a Value) -> Option<Num<'a>> {
        Some(match value.base() {
            Value::SByte(n) => Num::Signed(i64::from(*n), 1),
            Value::Short(n) => Num::Signed(i64::from(*n), 2),
            Value::Int(n) => Num::Signed(i64::from(*n), 4),
            Value::Long(n) => Num::Signed(*n, 8),
            Value::Byte(n) => Num::Unsigned(u64::from(*n), 1),
            Value::UShort(n) => Num::Unsigned(u64::from(*n), 2),
            Value::UInt(n) => Num::Unsigned(u64::from(*n), 4),
            Value::ULong(n) => Num::Unsigned(*n, 8),
            Value::Single(n) => Num::Single(*n),
            Value::Double(n) => Num::Double(*n),
            Value::Decimal(n) => Num::Decimal(n),
            other => Num::Big(&other.get::<crate::bigint::BigInteger>()?.0),
        })
    }
    pub fn is_float(&self) -> bool {
        matches!(self, Num::Single(_) | Num::Double(_))
    }
}

/// How many digits of a float are wanted.
#[derive(Clone, Copy)]
pub enum Want {
    /// The fewest that read back as the same number.
    Shortest,
    /// So many from the first that is not zero.
    Significant(usize),
    /// So many behind the point.
    Fraction(usize),
}

/// `0.d1d2d3… * 10^scale`; no digits means zero. Digits are ASCII, without leading zeros.
pub struct Digits {
    pub digits: SmallVec<[u8; 32]>,
    pub scale: i32,
    pub negative: bool,
    /// A float keeps its sign when it rounds to zero, and its digits are rounded already.
    pub float: bool,
}

/// Text on the stack, as a target for `write!`.
struct Buffer(SmallVec<[u8; 64]>);
impl Write for Buffer {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.0.extend_from_slice(text.as_bytes());
        Ok(())
    }
}

/// Decimal digits of an integer, at the end of the buffer.
pub fn integer_text(mut n: u64, buffer: &mut [u8; 20]) -> &str {
    let mut at = buffer.len();
    loop {
        at -= 1;
        buffer[at] = b'0' + (n % 10) as u8;
        n /= 10;
        if n == 0 {
            break;
        }
    }
    std::str::from_utf8(&buffer[at..]).unwrap_or_default()
}

/// More digits than any double has.
const MANY: usize = 1100;

impl Digits {
    pub fn of(num: Num<'_>, want: Want) -> Digits {
        match num {
            Num::Signed(n, _) => Digits::integer(n.unsigned_abs(), n < 0),
            Num::Unsigned(n, _) => Digits::integer(n, false),
            Num::Single(n) => Digits::from_float(n.is_sign_negative(), n.abs(), n == 0.0, want),
            Num::Double(n) => Digits::from_float(n.is_sign_negative(), n.abs(), n == 0.0, want),
            Num::Decimal(n) => {
                let mantissa = n.mantissa().unsigned_abs();
                let mut digits = Buffer(SmallVec::new());
                if mantissa != 0 {
                    let _ = write!(digits, "{mantissa}");
                }
                let scale = digits.0.len() as i32 - n.scale() as i32;
                Digits {
                    digits: digits.0.iter().copied().collect(),
                    scale,
                    negative: n.is_sign_negative(),
                    float: false,
                }
            }
            Num::Big(n) => {
                let text = n.magnitude().to_str_radix(10);
                let digits: SmallVec<_> = if text == "0" { SmallVec::new() } else { text.bytes().collect() };
                let scale = digits.len() as i32;
                Digits { digits, scale, negative: n.sign() == num_bigint::Sign::Minus, float: false }
            }
        }
    }

    fn integer(n: u64, negative: bool) -> Digits {
        let mut digits = SmallVec::new();
        if n != 0 {
            digits.extend_from_slice(integer_text(n, &mut [0; 20]).as_bytes());
        }
        let scale = digits.len() as i32;
        Digits { digits, scale, negative, float: false }
    }

    fn from_float(negative: bool, n: impl std::fmt::Display + std::fmt::LowerExp, zero: bool, want: Want) -> Digits {
        let mut out = Digits { digits: SmallVec::new(), scale: 0, negative, float: true };
        if zero {
            return out;
        }
        let mut text = Buffer(SmallVec::new());
        let _ = match want {
            Want::Shortest => write!(text, "{n:e}"),
            Want::Significant(count) => write!(text, "{n:.*e}", count.clamp(1, MANY) - 1),
            Want::Fraction(count) => write!(text, "{n:.*}", count.min(MANY)),
        };
        let text = std::str::from_utf8(&text.0).unwrap_or_default();
        let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        out.scale = whole.len() as i32 + exponent.parse::<i32>().unwrap_or(0);
        for digit in whole.bytes().chain(fraction.bytes()) {
            if digit == b'0' && out.digits.is_empty() {
                out.scale -= 1;
            } else {
                out.digits.push(digit);
            }
        }
        out.trim();
        out
    }

    fn trim(&mut self) {
        while self.digits.last() == Some(&b'0') {
            self.digits.pop();
        }
        if self.digits.is_empty() {
            self.scale = 0;
            self.negative &= self.float;
        }
    }

    pub fn is_zero(&self) -> bool {
        self.digits.is_empty()
    }

    /// Keeps `count` digits. Half goes up (away from zero), unless the digits are `exact`: cut from a run that was
    /// rounded for this place.
    pub fn round(&mut self, count: i64, exact: bool) {
        let keep = count.clamp(0, self.digits.len() as i64) as usize;
        let up = count >= 0 && !exact && self.digits.get(keep).is_some_and(|d| *d >= b'5');
        self.digits.truncate(keep);
        if up {
            while self.digits.last() == Some(&b'9') {
                self.digits.pop();
            }
            match self.digits.last_mut() {
                Some(last) => *last += 1,
                None => {
                    self.digits.push(b'1');
                    self.scale += 1;
                }
            }
        }
        self.trim();
    }
}
