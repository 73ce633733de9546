//! `System.Guid`, `System.Random` and the members of BigInteger that are not operators.
use crate::args::{self, Args};
use crate::{fail, overloads};
use dialtone_object::number::{Styles, parse_big};
use dialtone_object::scalars::Guid;
use dialtone_object::{
    BigInteger, NetObject, Prop, Res, Runtime, TypeInfo, TypeKind, TypeRef, TypeTable, Value, types,
};
use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive, Zero};
use std::any::Any;
use std::cell::Cell;
use std::hash::{BuildHasher, Hasher};

type Rt<'a> = &'a mut dyn Runtime;

/// 64 random bits: the hasher keys of the standard library are seeded by the system.
pub fn random_bits() -> u64 {
    let mut hasher = std::collections::hash_map::RandomState::new().build_hasher();
    hasher.write_u64(0);
    hasher.finish()
}
fn me(v: &Value) -> u128 {
    v.get::<Guid>().map_or(0, |g| g.0)
}
fn guid(n: u128) -> Value {
    Value::object(Guid(n))
}
/// The 16 bytes in .NET's order: the first three fields little-endian.
fn bytes(n: u128) -> [u8; 16] {
    let mut b = n.to_be_bytes();
    b[..4].reverse();
    b[4..6].reverse();
    b[6..8].reverse();
    b
}
fn parse_text(text: &str) -> Res<Value> {
    match Guid::parse(text) {
        Some(g) => Ok(Value::object(g)),
        None => Err(fail::format("Unrecognized Guid format.")),
    }
}
fn new(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    if let Value::String(text) = args.at(0).base() {
        return parse_text(text);
    }
    if args.len() == 1 {
        let data = args::to_bytes(args.at(0));
        let Ok(mut b) = <[u8; 16]>::try_from(data) else {
            return Err(fail::argument_of("Byte array for Guid must be exactly 16 bytes long.", "b"));
        };
        b[..4].reverse();
        b[4..6].reverse();
        b[6..8].reverse();
        return Ok(guid(u128::from_be_bytes(b)));
    }
    let tail: Vec<u8> = match args.len() {
        4 => args::to_bytes(args.at(3)),
        _ => (3..11).map(|at| args.long(at) as u8).collect(),
    };
    let head = u128::from(args.long(0) as u32) << 96
        | u128::from(args.long(1) as u16) << 80
        | u128::from(args.long(2) as u16) << 64;
    Ok(guid(head | tail.iter().take(8).fold(0, |n, b| n << 8 | u128::from(*b))))
}
fn new_guid(_: Rt, _: &Value, _: &[Value]) -> Res<Value> {
    let n = u128::from(random_bits()) << 64 | u128::from(random_bits());
    // Version 4, variant 1.
    Ok(guid((n & !(0xF << 76) & !(0x3 << 62)) | 4 << 76 | 2 << 62))
}
fn parse(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    parse_text(&args.text(0))
}
fn try_parse(rt: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let found = Guid::parse(&args.text(0));
    rt.set_property(args.at(args.len().saturating_sub(1)), "Value", guid(found.map_or(0, |g| g.0)))?;
    Ok(Value::Bool(found.is_some()))
}
fn to_byte_array(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    Ok(args::bytes(&if args.flag(0) { me(this).to_be_bytes() } else { bytes(me(this)) }))
}
pub static TABLE: TypeTable = TypeTable {
    ctors: overloads! {
        new => "guid new(byte[] b)" "guid new(int a, short b, short c, byte[] d)"
            "guid new(int a, short b, short c, byte d, byte e, byte f, byte g, byte h, byte i, byte j, byte k)"
            "guid new(string g)";
    },
    props: &[
        Prop::get("Variant", "int", |_, v| Ok(Value::Int((me(v) >> 60 & 0xF) as i32))),
        Prop::get("Version", "int", |_, v| Ok(Value::Int((me(v) >> 76 & 0xF) as i32))),
        // From PowerShell's type data.
        Prop::get("Guid", "System.Object", |rt, v| Ok(Value::String(rt.to_text(v)))),
    ],
    methods: overloads! {
        crate::collections::compare_to => "int CompareTo(System.Object value)" "int CompareTo(guid value)";
        crate::object::equals => "bool Equals(System.Object o)" "bool Equals(guid g)";
        to_byte_array => "byte[] ToByteArray()" "byte[] ToByteArray(bool bigEndian)";
        crate::object::to_string_format => "string ToString()" "string ToString(string format)"
            "string ToString(string format, System.IFormatProvider provider)";
    },
    static_props: &[
        Prop::get("AllBitsSet", "guid", |_, _| Ok(guid(u128::MAX))),
        Prop::get("Empty", "guid", |_, _| Ok(guid(0))),
    ],
    static_methods: overloads! {
        new_guid => "static guid NewGuid()";
        parse => "static guid Parse(string input)";
        parse => "static guid ParseExact(string input, string format)";
        try_parse => "static bool TryParse(string input, [ref] guid result)"
            "static bool TryParse(string s, System.IFormatProvider provider, [ref] guid result)";
    },
    ..TypeTable::of(&types::GUID)
};

/// A generator that can be seeded (its numbers are not those of .NET's seeded generator).
struct Random(Cell<u64>);
static RANDOM_TYPE: TypeInfo = TypeInfo::new("System.Random", "System.Random", TypeKind::Other, Some(&types::OBJECT));
impl NetObject for Random {
    fn type_ref(&self) -> TypeRef {
        &RANDOM_TYPE
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
}
impl Random {
    /// SplitMix64
    fn bits(&self) -> u64 {
        let state = self.0.get().wrapping_add(0x9E37_79B9_7F4A_7C15);
        self.0.set(state);
        let z = (state ^ state >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ z >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ z >> 31
    }
    fn below(&self, n: u64) -> u64 {
        ((u128::from(self.bits()) * u128::from(n)) >> 64) as u64
    }
}
fn random(v: &Value) -> Res<&Random> {
    v.get::<Random>().ok_or_else(|| fail::argument_null("random"))
}
fn new_random(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let seed = if args.has(0) { args.long(0) as u64 } else { random_bits() };
    Ok(Value::object(Random(Cell::new(seed))))
}
fn next(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let (low, high) = match args.len() {
        0 => (0, i64::from(i32::MAX)),
        1 => (0, args.long(0)),
        _ => (args.long(0), args.long(1)),
    };
    if high < low {
        return Err(match args.len() {
            1 => fail::out_of_range_value(
                &format!("maxValue ('{high}') must be a non-negative value."),
                "maxValue",
                &high.to_string(),
            ),
            _ => fail::out_of_range("'minValue' cannot be greater than maxValue.", "minValue"),
        });
    }
    let n = low + random(this)?.below((high - low).max(1) as u64) as i64;
    Ok(if matches!(args.at(0), Value::Long(_)) { Value::Long(n) } else { Value::Int(n as i32) })
}
fn next_double(_: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    Ok(Value::Double((random(this)?.bits() >> 11) as f64 / (1u64 << 53) as f64))
}
fn next_bytes(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    if let Value::Array(a) = args.at(0).base() {
        for slot in a.items.borrow_mut().iter_mut() {
            *slot = Value::Byte(random(this)?.bits() as u8);
        }
    }
    Ok(Value::Void)
}
fn shuffle(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    if let Value::Array(a) = args.at(0).base() {
        let mut items = a.items.borrow_mut();
        for at in (1..items.len()).rev() {
            items.swap(at, random(this)?.below(at as u64 + 1) as usize);
        }
    }
    Ok(Value::Void)
}
pub static RANDOM: TypeTable = TypeTable {
    ctors: overloads! { new_random => "System.Random new()" "System.Random new(int Seed)"; },
    methods: overloads! {
        next => "int Next()" "int Next(int maxValue)" "int Next(int minValue, int maxValue)";
        next_bytes => "void NextBytes(byte[] buffer)";
        next_double => "double NextDouble()";
        next => "long NextInt64(long maxValue)" "long NextInt64(long minValue, long maxValue)";
        shuffle => "void Shuffle(array values)";
    },
    static_props: &[Prop::get("Shared", "System.Random", |_, _| Ok(Value::object(Random(Cell::new(random_bits())))))],
    ..TypeTable::of(&RANDOM_TYPE)
};

fn big(v: &Value) -> BigInt {
    match v.base() {
        Value::Object(_) => v.get::<BigInteger>().map(|b| b.0.clone()).unwrap_or_default(),
        Value::ULong(n) => BigInt::from(*n),
        other => BigInt::from(std::slice::from_ref(other).long(0)),
    }
}
fn parse_big_text(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let styles = args.iter().find_map(dialtone_object::enums::number).map_or(Styles::INTEGER, |n| Styles(n as u32));
    Ok(BigInteger::value(parse_big(&args.text(0), styles, crate::culture::current())?))
}
fn try_parse_big(rt: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let found = parse_big(&args.text(0), Styles::INTEGER, crate::culture::current()).ok();
    let any = found.is_some();
    rt.set_property(args.at(args.len().saturating_sub(1)), "Value", BigInteger::value(found.unwrap_or_default()))?;
    Ok(Value::Bool(any))
}
fn pow(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    match u32::try_from(args.int(1)) {
        Ok(n) => Ok(BigInteger::value(big(args.at(0)).pow(n))),
        Err(_) => Err(fail::out_of_range("The number must be greater than or equal to zero.", "exponent")),
    }
}
fn mod_pow(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let (exponent, modulus) = (big(args.at(1)), big(args.at(2)));
    if modulus.is_zero() || exponent.is_negative() {
        return Err(fail::other("System.DivideByZeroException", "Attempted to divide by zero."));
    }
    Ok(BigInteger::value(big(args.at(0)).modpow(&exponent, &modulus)))
}
macro_rules! big_pairs {
    ($($name:ident $make:expr;)*) => {
        $(fn $name(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
            let make: fn(BigInt, BigInt) -> BigInt = $make;
            Ok(BigInteger::value(make(big(args.at(0)), big(args.at(1)))))
        })*
    };
}
big_pairs! {
    add_big |a, b| a + b;
    subtract_big |a, b| a - b;
    multiply_big |a, b| a * b;
    abs_big |a, _| a.abs();
    negate_big |a, _| -a;
    max_big BigInt::max;
    min_big BigInt::min;
    gcd |a, b| { let (mut a, mut b) = (a.abs(), b.abs()); while !b.is_zero() { (a, b) = (b.clone(), a % b); } a };
}
fn divide_big(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    match big(args.at(1)) {
        b if b.is_zero() => Err(fail::other("System.DivideByZeroException", "Attempted to divide by zero.")),
        b => Ok(BigInteger::value(big(args.at(0)) / b)),
    }
}
fn remainder_big(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    match big(args.at(1)) {
        b if b.is_zero() => Err(fail::other("System.DivideByZeroException", "Attempted to divide by zero.")),
        b => Ok(BigInteger::value(big(args.at(0)) % b)),
    }
}
fn log(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let n = big(args.at(0)).to_f64().unwrap_or(f64::NAN).ln();
    Ok(Value::Double(if args.has(1) { n / args.number(1).ln() } else { n }))
}
fn log10(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    Ok(Value::Double(big(args.at(0)).to_f64().unwrap_or(f64::NAN).log10()))
}
fn to_bytes_big(_: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    Ok(args::bytes(&big(this).to_signed_bytes_le()))
}
fn new_big(rt: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    match args.at(0).base() {
        Value::Array(_) => Ok(BigInteger::value(BigInt::from_signed_bytes_le(&args::to_bytes(args.at(0))))),
        other => rt.cast(other, &types::BIG_INTEGER),
    }
}
pub static BIG_INTEGER: TypeTable = TypeTable {
    ctors: overloads! {
        new_big => "bigint new(int value)" "bigint new(long value)" "bigint new(ulong value)"
            "bigint new(double value)" "bigint new(decimal value)" "bigint new(byte[] value)";
    },
    props: &[
        Prop::get("IsPowerOfTwo", "bool", |_, v| {
            let n = big(v);
            Ok(Value::Bool(n.is_positive() && n.magnitude().count_ones() == 1))
        }),
        Prop::get("IsZero", "bool", |_, v| Ok(Value::Bool(big(v).is_zero()))),
        Prop::get("IsOne", "bool", |_, v| Ok(Value::Bool(big(v) == BigInt::from(1)))),
        Prop::get("IsEven", "bool", |_, v| Ok(Value::Bool(!big(v).bit(0)))),
        Prop::get("Sign", "int", |_, v| Ok(Value::Int(big(v).signum().to_i32().unwrap_or(0)))),
    ],
    methods: overloads! {
        crate::collections::compare_to => "int CompareTo(bigint other)" "int CompareTo(System.Object obj)";
        crate::object::equals => "bool Equals(System.Object obj)" "bool Equals(bigint other)";
        to_bytes_big => "byte[] ToByteArray()";
        crate::object::to_string_format => "string ToString()" "string ToString(string format)"
            "string ToString(System.IFormatProvider provider)"
            "string ToString(string format, System.IFormatProvider provider)";
    },
    static_props: &[
        Prop::get("Zero", "bigint", |_, _| Ok(BigInteger::value(0))),
        Prop::get("One", "bigint", |_, _| Ok(BigInteger::value(1))),
        Prop::get("MinusOne", "bigint", |_, _| Ok(BigInteger::value(-1))),
    ],
    static_methods: overloads! {
        abs_big => "static bigint Abs(bigint value)";
        add_big => "static bigint Add(bigint left, bigint right)";
        divide_big => "static bigint Divide(bigint dividend, bigint divisor)";
        gcd => "static bigint GreatestCommonDivisor(bigint left, bigint right)";
        log => "static double Log(bigint value)" "static double Log(bigint value, double baseValue)";
        log10 => "static double Log10(bigint value)";
        max_big => "static bigint Max(bigint left, bigint right)";
        min_big => "static bigint Min(bigint left, bigint right)";
        mod_pow => "static bigint ModPow(bigint value, bigint exponent, bigint modulus)";
        multiply_big => "static bigint Multiply(bigint left, bigint right)";
        negate_big => "static bigint Negate(bigint value)";
        parse_big_text => "static bigint Parse(string value)"
            "static bigint Parse(string value, System.Globalization.NumberStyles style)"
            "static bigint Parse(string value, System.IFormatProvider provider)";
        pow => "static bigint Pow(bigint value, int exponent)";
        remainder_big => "static bigint Remainder(bigint dividend, bigint divisor)";
        subtract_big => "static bigint Subtract(bigint left, bigint right)";
        try_parse_big => "static bool TryParse(string value, [ref] bigint result)";
    },
    ..TypeTable::of(&types::BIG_INTEGER)
};
