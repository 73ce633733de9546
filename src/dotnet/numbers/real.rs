//! `System.Double`, `System.Single`, `System.Decimal`.
use super::math;
use crate::args::Args;
use crate::{fail, overloads};
use dialtone_object::number::{Styles, parse_decimal, parse_double, parse_single};
use dialtone_object::{Overload, Prop, Res, Runtime, TypeKind, TypeTable, Value, enums, types};
use num_traits::ToPrimitive;
use rust_decimal::Decimal;

type Rt<'a> = &'a mut dyn Runtime;

fn own(this: &Value) -> TypeKind {
    match this {
        Value::Type(t) => t.kind,
        other => types::type_of(other).kind,
    }
}
fn get_type_code(_: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    Ok(enums::of("System.TypeCode", crate::object::type_code(own(this))))
}
/// A floating number as the type of `this`.
fn give(this: &Value, n: f64) -> Res<Value> {
    Ok(if own(this) == TypeKind::Single { Value::Single(n as f32) } else { Value::Double(n) })
}

const FLOAT: Styles = Styles(Styles::FLOAT.0 | Styles::THOUSANDS);
fn parse(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    super::parse_with(args, FLOAT, |text, styles, culture| match own(this) {
        TypeKind::Single => parse_single(text, styles, culture).map(Value::Single),
        _ => parse_double(text, styles, culture).map(Value::Double),
    })
}
fn try_parse(rt: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let zero = if own(this) == TypeKind::Single { Value::Single(0.0) } else { Value::Double(0.0) };
    super::try_parse_with(rt, args, FLOAT, zero, |text, styles, culture| match own(this) {
        TypeKind::Single => parse_single(text, styles, culture).map(Value::Single),
        _ => parse_double(text, styles, culture).map(Value::Double),
    })
}
macro_rules! float_tests {
    ($($name:ident $test:expr;)*) => {
        $(fn $name(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
            let test: fn(f64) -> bool = $test;
            Ok(Value::Bool(test(args.number(0))))
        })*
    };
}
float_tests! {
    is_nan |n| n.is_nan();
    is_finite |n| n.is_finite();
    is_infinity |n| n.is_infinite();
    is_positive_infinity |n| n == f64::INFINITY;
    is_negative_infinity |n| n == f64::NEG_INFINITY;
    is_negative |n| n.is_sign_negative();
    is_positive |n| n.is_sign_positive();
    is_integer |n| n.is_finite() && n.fract() == 0.0;
    is_normal |n| n.is_normal();
    is_subnormal |n| n.is_subnormal();
    is_even |n| n.is_finite() && n % 2.0 == 0.0;
    is_odd |n| n.is_finite() && (n % 2.0).abs() == 1.0;
}

macro_rules! float_constants {
    ($name:literal, $($const:literal $value:expr;)*) => {
        &[$(Prop::get($const, $name, |_, v| give(v, $value))),*]
    };
}
macro_rules! float {
    ($id:ident, $name:literal, $max:expr, $eps:expr) => {
        pub static $id: TypeTable = TypeTable {
            methods: overloads! {
                crate::collections::compare_to => "int CompareTo(System.Object value)";
                crate::object::equals => "bool Equals(System.Object obj)";
                get_type_code => "System.TypeCode GetTypeCode()";
                crate::object::to_string_format => "string ToString()" "string ToString(string format)"
                    "string ToString(System.IFormatProvider provider)"
                    "string ToString(string format, System.IFormatProvider provider)";
            },
            static_props: float_constants! { $name,
                "E" std::f64::consts::E;
                "Epsilon" $eps;
                "MaxValue" $max;
                "MinValue" -$max;
                "NaN" f64::NAN;
                "NegativeInfinity" f64::NEG_INFINITY;
                "NegativeZero" -0.0;
                "Pi" std::f64::consts::PI;
                "PositiveInfinity" f64::INFINITY;
                "Tau" std::f64::consts::TAU;
            },
            static_methods: &[
                Overload::new(concat!("static bool IsEvenInteger(", $name, " value)"), is_even),
                Overload::new(concat!("static bool IsFinite(", $name, " d)"), is_finite),
                Overload::new(concat!("static bool IsInfinity(", $name, " d)"), is_infinity),
                Overload::new(concat!("static bool IsInteger(", $name, " value)"), is_integer),
                Overload::new(concat!("static bool IsNaN(", $name, " d)"), is_nan),
                Overload::new(concat!("static bool IsNegative(", $name, " d)"), is_negative),
                Overload::new(concat!("static bool IsNegativeInfinity(", $name, " d)"), is_negative_infinity),
                Overload::new(concat!("static bool IsNormal(", $name, " d)"), is_normal),
                Overload::new(concat!("static bool IsOddInteger(", $name, " value)"), is_odd),
                Overload::new(concat!("static bool IsPositive(", $name, " value)"), is_positive),
                Overload::new(concat!("static bool IsPositiveInfinity(", $name, " d)"), is_positive_infinity),
                Overload::new(concat!("static bool IsSubnormal(", $name, " d)"), is_subnormal),
                Overload::new(concat!("static ", $name, " Abs(", $name, " value)"), math::abs),
                Overload::new(concat!("static ", $name, " Ceiling(", $name, " x)"), math::ceiling),
                Overload::new(concat!("static ", $name, " Floor(", $name, " x)"), math::floor),
                Overload::new(concat!("static ", $name, " Max(", $name, " x, ", $name, " y)"), math::max),
                Overload::new(concat!("static ", $name, " Min(", $name, " x, ", $name, " y)"), math::min),
                Overload::new(concat!("static ", $name, " Parse(string s)"), parse),
                Overload::new(concat!("static ", $name, " Parse(string s, System.Globalization.NumberStyles style)"), parse),
                Overload::new(concat!("static ", $name, " Parse(string s, System.IFormatProvider provider)"), parse),
                Overload::new(concat!("static ", $name, " Parse(string s, System.Globalization.NumberStyles style, System.IFormatProvider provider)"), parse),
                Overload::new(concat!("static ", $name, " Round(", $name, " x)"), math::round),
                Overload::new(concat!("static ", $name, " Round(", $name, " x, int digits)"), math::round),
                Overload::new(concat!("static ", $name, " Round(", $name, " x, System.MidpointRounding mode)"), math::round),
                Overload::new(concat!("static ", $name, " Round(", $name, " x, int digits, System.MidpointRounding mode)"), math::round),
                Overload::new(concat!("static int Sign(", $name, " value)"), math::sign),
                Overload::new(concat!("static ", $name, " Sqrt(", $name, " x)"), math::sqrt),
                Overload::new(concat!("static ", $name, " Truncate(", $name, " x)"), math::truncate),
                Overload::new(concat!("static bool TryParse(string s, [ref] ", $name, " result)"), try_parse),
                Overload::new(concat!("static bool TryParse(string s, System.Globalization.NumberStyles style, System.IFormatProvider provider, [ref] ", $name, " result)"), try_parse),
                Overload::new(concat!("static bool TryParse(string s, System.IFormatProvider provider, [ref] ", $name, " result)"), try_parse),
            ],
            ..TypeTable::of(&types::$id)
        };
    };
}
float!(DOUBLE, "double", f64::MAX, f64::from_bits(1));
float!(SINGLE, "float", f64::from(f32::MAX), f64::from(f32::from_bits(1)));

/// The decimal a value holds.
pub fn decimal(v: &Value) -> Decimal {
    match v.base() {
        Value::Decimal(d) => **d,
        Value::Double(n) => Decimal::from_f64_retain(*n).unwrap_or_default(),
        other => Decimal::from_i128_with_scale(super::integer::wide(other), 0),
    }
}
fn new_decimal(rt: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    if args.len() == 5 {
        let part = |at| args.int(at) as u32;
        let scale = args.long(4) as u32;
        if scale > 28 {
            return Err(fail::out_of_range("Decimal's scale value must be between 0 and 28, inclusive.", "scale"));
        }
        return Ok(Value::decimal(Decimal::from_parts(part(0), part(1), part(2), args.flag(3), scale)));
    }
    match args.at(0).base() {
        Value::Array(bits) => {
            let bits = bits.to_vec();
            let part = |at: usize| bits.get(at).map_or(0, |b| std::slice::from_ref(b).int(0) as u32);
            Ok(Value::decimal(Decimal::from_parts(
                part(0),
                part(1),
                part(2),
                part(3) >> 31 == 1,
                (part(3) >> 16) & 0xFF,
            )))
        }
        other => rt.cast(other, &types::DECIMAL),
    }
}
fn parse_dec(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    super::parse_with(args, Styles::NUMBER, |t, s, c| parse_decimal(t, s, c).map(Value::decimal))
}
fn try_parse_dec(rt: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    super::try_parse_with(rt, args, Styles::NUMBER, Value::decimal(Decimal::ZERO), |t, s, c| {
        parse_decimal(t, s, c).map(Value::decimal)
    })
}
fn checked(n: Option<Decimal>) -> Res<Value> {
    n.map(Value::decimal).ok_or_else(|| fail::overflow("Value was either too large or too small for a Decimal."))
}
fn add(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    checked(decimal(args.at(0)).checked_add(decimal(args.at(1))))
}
fn subtract(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    checked(decimal(args.at(0)).checked_sub(decimal(args.at(1))))
}
fn multiply(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    checked(decimal(args.at(0)).checked_mul(decimal(args.at(1))))
}
fn by_zero() -> dialtone_object::Flow {
    fail::other("System.DivideByZeroException", "Attempted to divide by zero.")
}
fn divide(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    match decimal(args.at(1)).is_zero() {
        true => Err(by_zero()),
        false => checked(decimal(args.at(0)).checked_div(decimal(args.at(1)))),
    }
}
fn remainder(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    match decimal(args.at(1)).is_zero() {
        true => Err(by_zero()),
        false => checked(decimal(args.at(0)).checked_rem(decimal(args.at(1)))),
    }
}
fn negate(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    Ok(Value::decimal(-decimal(args.at(0))))
}
fn compare(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    Ok(Value::Int(decimal(args.at(0)).cmp(&decimal(args.at(1))) as i32))
}
fn get_bits(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let d = decimal(args.at(0)).unpack();
    let flags = (d.scale << 16) | (u32::from(d.negative) << 31);
    let items = [d.lo, d.mid, d.hi, flags].into_iter().map(|n| Value::Int(n as i32)).collect();
    Ok(Value::Array(std::rc::Rc::new(dialtone_object::Array::typed(&types::INT32, items))))
}
fn to_double(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    Ok(Value::Double(decimal(args.at(0)).to_f64().unwrap_or_default()))
}
fn truncated(args: &[Value], kind: TypeKind) -> Res<Value> {
    let n = decimal(args.at(0)).trunc().to_i128().unwrap_or(i128::MAX);
    match dialtone_object::number::integer_range(kind) {
        Some((min, max)) if n >= min && n <= max => Ok(dialtone_object::number::integer_value(n, kind)),
        _ => Err(dialtone_object::number::too_large(kind).into()),
    }
}
fn to_int32(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    truncated(args, TypeKind::Int32)
}
fn to_int64(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    truncated(args, TypeKind::Int64)
}
const fn constant(name: &'static str, get: dialtone_object::member::Getter) -> Prop {
    Prop::get(name, "decimal", get)
}

pub static DECIMAL: TypeTable = TypeTable {
    ctors: overloads! {
        new_decimal => "decimal new(int value)" "decimal new(uint value)" "decimal new(long value)"
            "decimal new(ulong value)" "decimal new(float value)" "decimal new(double value)"
            "decimal new(int[] bits)" "decimal new(int lo, int mid, int hi, bool isNegative, byte scale)";
    },
    props: &[Prop::get("Scale", "byte", |_, v| Ok(Value::Byte(decimal(v).scale() as u8)))],
    methods: overloads! {
        crate::collections::compare_to => "int CompareTo(System.Object value)" "int CompareTo(decimal value)";
        crate::object::equals => "bool Equals(System.Object value)" "bool Equals(decimal value)";
        get_type_code => "System.TypeCode GetTypeCode()";
        crate::object::to_string_format => "string ToString()" "string ToString(string format)"
            "string ToString(System.IFormatProvider provider)"
            "string ToString(string format, System.IFormatProvider provider)";
    },
    static_props: &[
        constant("MaxValue", |_, _| Ok(Value::decimal(Decimal::MAX))),
        constant("MinValue", |_, _| Ok(Value::decimal(Decimal::MIN))),
        constant("MinusOne", |_, _| Ok(Value::decimal(Decimal::NEGATIVE_ONE))),
        constant("One", |_, _| Ok(Value::decimal(Decimal::ONE))),
        constant("Zero", |_, _| Ok(Value::decimal(Decimal::ZERO))),
    ],
    static_methods: overloads! {
        math::abs => "static decimal Abs(decimal value)";
        add => "static decimal Add(decimal d1, decimal d2)";
        math::ceiling => "static decimal Ceiling(decimal d)";
        compare => "static int Compare(decimal d1, decimal d2)";
        divide => "static decimal Divide(decimal d1, decimal d2)";
        math::floor => "static decimal Floor(decimal d)";
        get_bits => "static int[] GetBits(decimal d)";
        math::max => "static decimal Max(decimal x, decimal y)";
        math::min => "static decimal Min(decimal x, decimal y)";
        multiply => "static decimal Multiply(decimal d1, decimal d2)";
        negate => "static decimal Negate(decimal d)";
        parse_dec => "static decimal Parse(string s)"
            "static decimal Parse(string s, System.Globalization.NumberStyles style)"
            "static decimal Parse(string s, System.IFormatProvider provider)"
            "static decimal Parse(string s, System.Globalization.NumberStyles style, System.IFormatProvider provider)";
        remainder => "static decimal Remainder(decimal d1, decimal d2)";
        math::round => "static decimal Round(decimal d)" "static decimal Round(decimal d, int decimals)"
            "static decimal Round(decimal d, System.MidpointRounding mode)"
            "static decimal Round(decimal d, int decimals, System.MidpointRounding mode)";
        math::sign => "static int Sign(decimal d)";
        subtract => "static decimal Subtract(decimal d1, decimal d2)";
        to_double => "static double ToDouble(decimal d)";
        to_int32 => "static int ToInt32(decimal d)";
        to_int64 => "static long ToInt64(decimal d)";
        math::truncate => "static decimal Truncate(decimal d)";
        try_parse_dec => "static bool TryParse(string s, [ref] decimal result)"
            "static bool TryParse(string s, System.Globalization.NumberStyles style, System.IFormatProvider provider, [ref] decimal result)"
            "static bool TryParse(string s, System.IFormatProvider provider, [ref] decimal result)";
    },
    ..TypeTable::of(&types::DECIMAL)
};
