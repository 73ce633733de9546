//! The integer types: one macro, since their members differ only by the type.
use crate::args::Args;
use crate::{fail, overloads};
use dialtone_object::number::{Styles, integer_value, parse_integer};
use dialtone_object::{Overload, Prop, Res, Runtime, TypeKind, TypeTable, Value, access, enums, types};

type Rt<'a> = &'a mut dyn Runtime;

/// The number as the widest integer.
pub fn wide(v: &Value) -> i128 {
    match v.base() {
        Value::ULong(n) => i128::from(*n),
        other => i128::from(std::slice::from_ref(other).long(0)),
    }
}
fn kind(v: &Value) -> TypeKind {
    types::type_of(v).kind
}
fn own(this: &Value) -> TypeKind {
    match this {
        Value::Type(t) => t.kind,
        other => kind(other),
    }
}
fn parse(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    super::parse_with(args, Styles::INTEGER, |text, styles, culture| parse_integer(text, styles, culture, own(this)))
}
fn try_parse(rt: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let zero = integer_value(0, own(this));
    super::try_parse_with(rt, args, Styles::INTEGER, zero, |text, styles, culture| {
        parse_integer(text, styles, culture, own(this))
    })
}
fn get_type_code(_: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    Ok(enums::of("System.TypeCode", crate::object::type_code(kind(this))))
}
/// A function of whole numbers whose result is of the type again.
fn give(this: &Value, n: i128) -> Res<Value> {
    Ok(integer_value(n, own(this)))
}
fn abs(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let n = wide(args.at(0)).abs();
    match dialtone_object::number::integer_range(own(this)) {
        Some((_, max)) if n > max => {
            Err(fail::overflow("Negating the minimum value of a twos complement number is invalid."))
        }
        _ => give(this, n),
    }
}
fn clamp(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let (n, min, max) = (wide(args.at(0)), wide(args.at(1)), wide(args.at(2)));
    if min > max {
        return Err(fail::argument(format!("'{min}' cannot be greater than {max}.")));
    }
    give(this, n.clamp(min, max))
}
fn max(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    give(this, wide(args.at(0)).max(wide(args.at(1))))
}
fn min(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    give(this, wide(args.at(0)).min(wide(args.at(1))))
}
fn sign(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    Ok(Value::Int(wide(args.at(0)).signum() as i32))
}
fn is_even(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    Ok(Value::Bool(wide(args.at(0)) % 2 == 0))
}
fn is_odd(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    Ok(Value::Bool(wide(args.at(0)) % 2 != 0))
}
fn is_negative(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    Ok(Value::Bool(wide(args.at(0)) < 0))
}
fn is_positive(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    Ok(Value::Bool(wide(args.at(0)) >= 0))
}
fn is_pow2(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    Ok(Value::Bool(wide(args.at(0)) > 0 && wide(args.at(0)).count_ones() == 1))
}
/// Width of the type in bits.
fn bits(this: &Value) -> u32 {
    match own(this) {
        TypeKind::SByte | TypeKind::Byte => 8,
        TypeKind::Int16 | TypeKind::UInt16 => 16,
        TypeKind::Int32 | TypeKind::UInt32 => 32,
        _ => 64,
    }
}
/// The bits of the number, without sign.
fn pattern(this: &Value, v: &Value) -> u64 {
    let n = wide(v) as u64;
    if bits(this) == 64 { n } else { n & ((1 << bits(this)) - 1) }
}
fn pop_count(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    give(this, i128::from(pattern(this, args.at(0)).count_ones()))
}
fn leading_zero_count(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    give(this, i128::from(pattern(this, args.at(0)).leading_zeros() - (64 - bits(this))))
}
fn trailing_zero_count(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    give(this, i128::from(pattern(this, args.at(0)).trailing_zeros().min(bits(this))))
}
fn log2(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    match wide(args.at(0)) {
        n if n < 0 => Err(fail::out_of_range("Specified argument was out of the range of valid values.", "value")),
        0 => give(this, 0),
        n => give(this, i128::from(n.ilog2())),
    }
}
/// A constant of the type that a static property is read on.
fn value_of(_: &mut dyn Runtime, v: &Value, n: i128) -> Res<Value> {
    match v {
        Value::Type(t) => Ok(integer_value(n, t.kind)),
        _ => Ok(access::default_value(types::type_of(v))),
    }
}
/// The IConvertible methods that scripts call on numbers.
fn to_int32(rt: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    rt.cast(this, &types::INT32)
}
fn to_double(rt: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    rt.cast(this, &types::DOUBLE)
}

macro_rules! integer {
    ($id:ident, $name:literal, $rust:ty) => {
        pub static $id: TypeTable = TypeTable {
            methods: overloads! {
                crate::collections::compare_to => "int CompareTo(System.Object value)";
                crate::object::equals => "bool Equals(System.Object obj)";
                get_type_code => "System.TypeCode GetTypeCode()";
                to_double => "double IConvertible.ToDouble(System.IFormatProvider provider)";
                to_int32 => "int IConvertible.ToInt32(System.IFormatProvider provider)";
                crate::object::to_string_format => "string ToString()" "string ToString(string format)"
                    "string ToString(System.IFormatProvider provider)"
                    "string ToString(string format, System.IFormatProvider provider)";
            },
            static_props: &[
                Prop::get("MaxValue", $name, |rt, v| value_of(rt, v, <$rust>::MAX as i128)),
                Prop::get("MinValue", $name, |rt, v| value_of(rt, v, <$rust>::MIN as i128)),
            ],
            static_methods: &[
                Overload::new(concat!("static ", $name, " Abs(", $name, " value)"), abs),
                Overload::new(concat!("static ", $name, " Clamp(", $name, " value, ", $name, " min, ", $name, " max)"), clamp),
                Overload::new(concat!("static bool IsEvenInteger(", $name, " value)"), is_even),
                Overload::new(concat!("static bool IsNegative(", $name, " value)"), is_negative),
                Overload::new(concat!("static bool IsOddInteger(", $name, " value)"), is_odd),
                Overload::new(concat!("static bool IsPositive(", $name, " value)"), is_positive),
                Overload::new(concat!("static bool IsPow2(", $name, " value)"), is_pow2),
                Overload::new(concat!("static ", $name, " LeadingZeroCount(", $name, " value)"), leading_zero_count),
                Overload::new(concat!("static ", $name, " Log2(", $name, " value)"), log2),
                Overload::new(concat!("static ", $name, " Max(", $name, " x, ", $name, " y)"), max),
                Overload::new(concat!("static ", $name, " Min(", $name, " x, ", $name, " y)"), min),
                Overload::new(concat!("static ", $name, " Parse(string s)"), parse),
                Overload::new(concat!("static ", $name, " Parse(string s, System.Globalization.NumberStyles style)"), parse),
                Overload::new(concat!("static ", $name, " Parse(string s, System.IFormatProvider provider)"), parse),
                Overload::new(concat!("static ", $name, " Parse(string s, System.Globalization.NumberStyles style, System.IFormatProvider provider)"), parse),
                Overload::new(concat!("static ", $name, " PopCount(", $name, " value)"), pop_count),
                Overload::new(concat!("static int Sign(", $name, " value)"), sign),
                Overload::new(concat!("static ", $name, " TrailingZeroCount(", $name, " value)"), trailing_zero_count),
                Overload::new(concat!("static bool TryParse(string s, [ref] ", $name, " result)"), try_parse),
                Overload::new(concat!("static bool TryParse(string s, System.Globalization.NumberStyles style, System.IFormatProvider provider, [ref] ", $name, " result)"), try_parse),
                Overload::new(concat!("static bool TryParse(string s, System.IFormatProvider provider, [ref] ", $name, " result)"), try_parse),
            ],
            ..TypeTable::of(&types::$id)
        };
    };
}
integer!(SBYTE, "sbyte", i8);
integer!(BYTE, "byte", u8);
integer!(INT16, "short", i16);
integer!(UINT16, "ushort", u16);
integer!(INT32, "int", i32);
integer!(UINT32, "uint", u32);
integer!(INT64, "long", i64);
integer!(UINT64, "ulong", u64);
