//! `System.Convert`: conversions by .NET's rules (rounding, messages), Base64 and hexadecimal text.
use super::boolean;
use super::integer::wide;
use crate::args::{self, Args};
use crate::culture;
use crate::{fail, overloads};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use dialtone_object::number::{
    Styles, integer_range, integer_value, parse_decimal, parse_double, parse_integer, too_large,
};
use dialtone_object::{Flow, Prop, PsString, Res, Runtime, TypeInfo, TypeKind, TypeTable, Value, enums, types};
use num_traits::ToPrimitive;

type Rt<'a> = &'a mut dyn Runtime;

static CONVERT: TypeInfo = TypeInfo::new("System.Convert", "System.Convert", TypeKind::Other, Some(&types::OBJECT));

fn invalid_cast(v: &Value, target: &str) -> Flow {
    let from = types::type_of(v);
    let convertible = from.is_number()
        || matches!(
            from.kind,
            TypeKind::Boolean | TypeKind::Char | TypeKind::DateTime | TypeKind::String | TypeKind::Enum
        );
    match convertible {
        true => {
            fail::other("System.InvalidCastException", format!("Invalid cast from '{}' to '{target}'.", from.name()))
        }
        false => fail::other(
            "System.InvalidCastException",
            format!("Unable to cast object of type '{}' to type 'System.IConvertible'.", types::display_name(from)),
        ),
    }
}
/// The culture of a provider argument, and the value's text.
fn styled(args: &[Value]) -> dialtone_object::culture::CultureRef {
    if args.has(1) { culture::of(args.at(1)) } else { culture::current() }
}
/// The number in a text of base 2, 8 or 16 (10 parses as decimal).
fn in_base(text: &str, base: i32, kind: TypeKind) -> Res<Value> {
    if !matches!(base, 2 | 8 | 10 | 16) {
        return Err(fail::argument("Invalid Base."));
    }
    if base == 10 {
        return Ok(parse_integer(text, Styles::INTEGER, culture::current(), kind)?);
    }
    if text.is_empty() {
        return Err(fail::out_of_range(
            "Specified argument was out of the range of valid values.",
            "Index was out of range. Must be non-negative and less than the size of the collection.",
        ));
    }
    if text.starts_with('-') {
        return Err(fail::argument("String cannot contain a minus sign if the base is not 10."));
    }
    let digits = match base {
        16 => text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")).unwrap_or(text),
        _ => text,
    };
    let good = digits.chars().take_while(|c| c.is_digit(base as u32)).count();
    if good == 0 {
        return Err(fail::format("Could not find any recognizable digits."));
    }
    if good < digits.len() {
        return Err(fail::format("Additional non-parsable characters are at the end of the string."));
    }
    let bits = match kind {
        TypeKind::SByte | TypeKind::Byte => 8,
        TypeKind::Int16 | TypeKind::UInt16 => 16,
        TypeKind::Int32 | TypeKind::UInt32 => 32,
        _ => 64,
    };
    match u128::from_str_radix(digits, base as u32) {
        Ok(n) if n >> bits == 0 => Ok(integer_value(n as i128, kind)),
        _ => Err(too_large(kind).into()),
    }
}
/// A whole number of the kind from any convertible value, rounding half to even.
fn to_integer(args: &[Value], kind: TypeKind, target: &str) -> Res<Value> {
    let v = args.at(0).base();
    let n = match v {
        v if v.is_null() => 0,
        Value::Bool(b) => i128::from(*b),
        Value::Char(c) => i128::from(*c),
        Value::String(text) => match args.at(1).base() {
            Value::Int(base) => return in_base(text, *base, kind),
            _ => return Ok(parse_integer(text, Styles::INTEGER, styled(args), kind)?),
        },
        Value::Decimal(d) => d.round().to_i128().ok_or_else(|| too_large(kind))?,
        Value::Double(_) | Value::Single(_) => {
            let n = args.number(0).round_ties_even();
            // The smaller types go through Int32, whose message they give.
            let small = matches!(kind, TypeKind::SByte | TypeKind::Byte | TypeKind::Int16 | TypeKind::UInt16);
            let first = if small { TypeKind::Int32 } else { kind };
            match n.to_i128().filter(|n| integer_range(first).is_some_and(|(a, b)| a <= *n && *n <= b)) {
                Some(n) => n,
                None => return Err(too_large(first).into()),
            }
        }
        Value::DateTime(_) => return Err(invalid_cast(v, target)),
        other => match enums::number(other) {
            Some(n) => i128::from(n),
            None if types::type_of(other).is_integer() => wide(other),
            None => return Err(invalid_cast(other, target)),
        },
    };
    match integer_range(kind) {
        Some((min, max)) if min <= n && n <= max => Ok(integer_value(n, kind)),
        _ => Err(too_large(kind).into()),
    }
}
fn to_byte(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    to_integer(args, TypeKind::Byte, "Byte")
}
fn to_sbyte(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    to_integer(args, TypeKind::SByte, "SByte")
}
fn to_int16(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    to_integer(args, TypeKind::Int16, "Int16")
}
fn to_uint16(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    to_integer(args, TypeKind::UInt16, "UInt16")
}
fn to_int32(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    to_integer(args, TypeKind::Int32, "Int32")
}
fn to_uint32(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    to_integer(args, TypeKind::UInt32, "UInt32")
}
fn to_int64(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    to_integer(args, TypeKind::Int64, "Int64")
}
fn to_uint64(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    to_integer(args, TypeKind::UInt64, "UInt64")
}
fn real(args: &[Value], target: &str) -> Res<f64> {
    let v = args.at(0).base();
    Ok(match v {
        v if v.is_null() => 0.0,
        Value::Bool(b) => f64::from(u8::from(*b)),
        Value::String(text) => parse_double(text, Styles(Styles::FLOAT.0 | Styles::THOUSANDS), styled(args))?,
        Value::Decimal(d) => d.to_f64().unwrap_or_default(),
        Value::Double(_) | Value::Single(_) => args.number(0),
        other if types::type_of(other).is_integer() => wide(other) as f64,
        other => match enums::number(other) {
            Some(n) => n as f64,
            None => return Err(invalid_cast(other, target)),
        },
    })
}
fn to_double(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    real(args, "Double").map(Value::Double)
}
fn to_single(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    real(args, "Single").map(|n| Value::Single(n as f32))
}
fn to_decimal(rt: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    match args.at(0).base() {
        v if v.is_null() => Ok(Value::decimal(rust_decimal::Decimal::ZERO)),
        Value::String(text) => Ok(Value::decimal(parse_decimal(text, Styles::NUMBER, styled(args))?)),
        Value::Bool(b) => Ok(Value::decimal(rust_decimal::Decimal::from(u8::from(*b)))),
        v if types::type_of(v).is_number() => {
            rt.cast(v, &types::DECIMAL).map_err(|_| too_large(TypeKind::Decimal).into())
        }
        v => Err(invalid_cast(v, "Decimal")),
    }
}
fn to_boolean(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    match args.at(0).base() {
        v if v.is_null() => Ok(Value::Bool(false)),
        Value::Bool(b) => Ok(Value::Bool(*b)),
        Value::String(text) => boolean::parse_text(text),
        Value::Decimal(d) => Ok(Value::Bool(!d.is_zero())),
        v @ (Value::Char(_) | Value::DateTime(_)) => Err(invalid_cast(v, "Boolean")),
        _ => real(args, "Boolean").map(|n| Value::Bool(n != 0.0)),
    }
}
fn to_char(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    match args.at(0).base() {
        v if v.is_null() => Ok(Value::Char(0)),
        Value::Char(c) => Ok(Value::Char(*c)),
        Value::String(text) => match text.to_units().as_slice() {
            [one] => Ok(Value::Char(*one)),
            _ => Err(fail::format("String must be exactly one character long.")),
        },
        v if types::type_of(v).is_integer() => match u16::try_from(wide(v)) {
            Ok(n) => Ok(Value::Char(n)),
            Err(_) => Err(too_large(TypeKind::Char).into()),
        },
        v => Err(invalid_cast(v, "Char")),
    }
}
fn to_date_time(rt: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    match args.at(0).base() {
        v if v.is_null() => Ok(Value::DateTime(0)),
        Value::DateTime(d) => Ok(Value::DateTime(*d)),
        Value::String(_) => dialtone_object::access::invoke_static(rt, &types::DATETIME, "Parse", args),
        v => Err(invalid_cast(v, "DateTime")),
    }
}
fn to_string(rt: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let v = args.at(0).base();
    if let (Value::Int(base), true) = (args.at(1).base(), types::type_of(v).is_integer()) {
        let n = wide(v);
        // Negative numbers show the bits of their type.
        let bits = match types::type_of(v).kind {
            TypeKind::Int16 => n & 0xFFFF,
            TypeKind::Int64 => n & 0xFFFF_FFFF_FFFF_FFFF,
            TypeKind::Byte => n & 0xFF,
            _ => n & 0xFFFF_FFFF,
        };
        return Ok(Value::string(match base {
            2 => format!("{bits:b}"),
            8 => format!("{bits:o}"),
            10 => n.to_string(),
            16 => format!("{bits:x}"),
            _ => return Err(fail::argument("Invalid Base.")),
        }));
    }
    match v {
        v if v.is_null() => Ok(Value::str("")),
        v if args.has(1) => crate::object::formatted(v, "", culture::of(args.at(1))),
        v => crate::object::net_text(rt, v).map(Value::String),
    }
}
fn change_type(rt: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let name = match args.at(1).base() {
        Value::Type(t) => match t.kind {
            TypeKind::Object => return Ok(args.at(0).clone()),
            TypeKind::Nullable => t.elem.map_or_else(String::new, |e| e.name()),
            TypeKind::Enum => return rt.cast(args.at(0), t),
            _ => t.name(),
        },
        code => dialtone_object::text::text_of(code).unwrap_or_default().to_string(),
    };
    let known = [
        "Boolean", "Char", "SByte", "Byte", "Int16", "UInt16", "Int32", "UInt32", "Int64", "UInt64", "Single",
        "Double", "Decimal", "DateTime", "String",
    ];
    if known.contains(&name.as_str()) {
        let method = TABLE.static_method(&format!("To{name}"));
        if let Some(first) = method.first() {
            return (first.call)(rt, &Value::Type(&CONVERT), args.get(..1).unwrap_or(&[]));
        }
    }
    match args.at(1).base() {
        Value::Type(t) if types::type_of(args.at(0)).is_subclass_of(t) => Ok(args.at(0).clone()),
        _ => Err(invalid_cast(args.at(0), &name)),
    }
}

const BAD_BASE64: &str = "The input is not a valid Base-64 string as it contains a non-base 64 character, more than two padding characters, or an illegal character among the padding characters.";
fn from_base64(text: &str) -> Res<Value> {
    let clean: String = text.chars().filter(|c| !matches!(c, ' ' | '\t' | '\r' | '\n')).collect();
    match STANDARD.decode(clean) {
        Ok(data) => Ok(args::bytes(&data)),
        Err(_) => Err(fail::format(BAD_BASE64)),
    }
}
fn from_base64_string(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    from_base64(&args.text(0))
}
fn from_base64_char_array(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let units = args::to_units(args.at(0));
    let (start, count) = (args.int(1).max(0) as usize, args.int(2).max(0) as usize);
    let part = units.get(start..start + count).ok_or_else(fail::index_range)?;
    from_base64(&PsString::from_units(part))
}
/// The part of a byte array that offset and length arguments mean.
fn part(args: &[Value]) -> Res<Vec<u8>> {
    let data = args::to_bytes(args.at(0));
    match (args.at(1).base(), args.at(2).base()) {
        (Value::Int(start), Value::Int(count)) => {
            let (start, count) = ((*start).max(0) as usize, (*count).max(0) as usize);
            data.get(start..start + count).map(<[u8]>::to_vec).ok_or_else(|| {
                fail::out_of_range("Offset and length must refer to a position in the string.", "offset")
            })
        }
        _ => Ok(data),
    }
}
fn to_base64_string(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let text = STANDARD.encode(part(args)?);
    let broken = args.iter().any(|a| enums::number(a) == Some(1));
    if !broken {
        return Ok(Value::string(text));
    }
    let lines: Vec<&str> = text.as_bytes().chunks(76).map(|c| std::str::from_utf8(c).unwrap_or_default()).collect();
    Ok(Value::string(lines.join("\r\n")))
}
fn from_hex_string(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let text = args.text(0);
    let bad = || fail::format("The input is not a valid hex string as it contains a non-hex character.");
    if !text.len().is_multiple_of(2) {
        return Err(fail::format("The input is not a valid hex string as its length is not a multiple of 2."));
    }
    let digits: Vec<u8> =
        text.chars().map(|c| c.to_digit(16).map(|d| d as u8)).collect::<Option<_>>().ok_or_else(bad)?;
    let data: Vec<u8> = digits.chunks(2).map(|p| p.iter().fold(0, |n, d| n << 4 | d)).collect();
    Ok(args::bytes(&data))
}
fn to_hex_string(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    Ok(Value::string(part(args)?.iter().map(|b| format!("{b:02X}")).collect::<String>()))
}
fn to_hex_string_lower(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    Ok(Value::string(part(args)?.iter().map(|b| format!("{b:02x}")).collect::<String>()))
}
fn get_type_code(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let code = if args.at(0).is_null() { 0 } else { crate::object::type_code(types::type_of(args.at(0)).kind) };
    Ok(enums::of("System.TypeCode", code))
}
fn is_db_null(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    Ok(Value::Bool(types::type_of(args.at(0)).full_name == "System.DBNull"))
}

pub static TABLE: TypeTable = TypeTable {
    static_props: &[Prop::get("DBNull", "System.Object", |_, _| Ok(crate::object::db_null()))],
    static_methods: overloads! {
        change_type => "static System.Object ChangeType(System.Object value, System.TypeCode typeCode)"
            "static System.Object ChangeType(System.Object value, System.TypeCode typeCode, System.IFormatProvider provider)"
            "static System.Object ChangeType(System.Object value, type conversionType)"
            "static System.Object ChangeType(System.Object value, type conversionType, System.IFormatProvider provider)";
        from_base64_char_array => "static byte[] FromBase64CharArray(char[] inArray, int offset, int length)";
        from_base64_string => "static byte[] FromBase64String(string s)";
        from_hex_string => "static byte[] FromHexString(string s)";
        get_type_code => "static System.TypeCode GetTypeCode(System.Object value)";
        is_db_null => "static bool IsDBNull(System.Object value)";
        to_base64_string => "static string ToBase64String(byte[] inArray)"
            "static string ToBase64String(byte[] inArray, System.Base64FormattingOptions options)"
            "static string ToBase64String(byte[] inArray, int offset, int length)"
            "static string ToBase64String(byte[] inArray, int offset, int length, System.Base64FormattingOptions options)";
        to_hex_string => "static string ToHexString(byte[] inArray)"
            "static string ToHexString(byte[] inArray, int offset, int length)";
        to_hex_string_lower => "static string ToHexStringLower(byte[] inArray)"
            "static string ToHexStringLower(byte[] inArray, int offset, int length)";
        to_boolean => "static bool ToBoolean(System.Object value)"
            "static bool ToBoolean(System.Object value, System.IFormatProvider provider)";
        to_char => "static char ToChar(System.Object value)"
            "static char ToChar(System.Object value, System.IFormatProvider provider)";
        to_date_time => "static datetime ToDateTime(System.Object value)"
            "static datetime ToDateTime(System.Object value, System.IFormatProvider provider)";
        to_decimal => "static decimal ToDecimal(System.Object value)"
            "static decimal ToDecimal(System.Object value, System.IFormatProvider provider)";
        to_double => "static double ToDouble(System.Object value)"
            "static double ToDouble(System.Object value, System.IFormatProvider provider)";
        to_single => "static float ToSingle(System.Object value)"
            "static float ToSingle(System.Object value, System.IFormatProvider provider)";
        to_byte => "static byte ToByte(System.Object value)"
            "static byte ToByte(System.Object value, System.IFormatProvider provider)"
            "static byte ToByte(string value, int fromBase)";
        to_sbyte => "static sbyte ToSByte(System.Object value)"
            "static sbyte ToSByte(System.Object value, System.IFormatProvider provider)"
            "static sbyte ToSByte(string value, int fromBase)";
        to_int16 => "static short ToInt16(System.Object value)"
            "static short ToInt16(System.Object value, System.IFormatProvider provider)"
            "static short ToInt16(string value, int fromBase)";
        to_uint16 => "static ushort ToUInt16(System.Object value)"
            "static ushort ToUInt16(System.Object value, System.IFormatProvider provider)"
            "static ushort ToUInt16(string value, int fromBase)";
        to_int32 => "static int ToInt32(System.Object value)"
            "static int ToInt32(System.Object value, System.IFormatProvider provider)"
            "static int ToInt32(string value, int fromBase)";
        to_uint32 => "static uint ToUInt32(System.Object value)"
            "static uint ToUInt32(System.Object value, System.IFormatProvider provider)"
            "static uint ToUInt32(string value, int fromBase)";
        to_int64 => "static long ToInt64(System.Object value)"
            "static long ToInt64(System.Object value, System.IFormatProvider provider)"
            "static long ToInt64(string value, int fromBase)";
        to_uint64 => "static ulong ToUInt64(System.Object value)"
            "static ulong ToUInt64(System.Object value, System.IFormatProvider provider)"
            "static ulong ToUInt64(string value, int fromBase)";
        to_string => "static string ToString(System.Object value)"
            "static string ToString(System.Object value, System.IFormatProvider provider)"
            "static string ToString(byte value, int toBase)"
            "static string ToString(short value, int toBase)"
            "static string ToString(int value, int toBase)"
            "static string ToString(long value, int toBase)";
    },
    ..TypeTable::of(&CONVERT)
};
