//! `System.BitConverter`.
use super::integer::wide;
use crate::args::{self, Args};
use crate::{fail, overloads};
use dialtone_object::number::integer_value;
use dialtone_object::{Prop, Res, Runtime, TypeInfo, TypeKind, TypeTable, Value, types};

type Rt<'a> = &'a mut dyn Runtime;

static BITS: TypeInfo =
    TypeInfo::new("System.BitConverter", "System.BitConverter", TypeKind::Other, Some(&types::OBJECT));

fn to_string(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let data = args::to_bytes(args.at(0));
    let start = (args.int(1).max(0) as usize).min(data.len());
    let end = if args.has(2) { (start + args.int(2).max(0) as usize).min(data.len()) } else { data.len() };
    let pairs: Vec<_> = data[start..end].iter().map(|b| format!("{b:02X}")).collect();
    Ok(Value::string(pairs.join("-")))
}
fn get_bytes(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let v = args.at(0).base();
    Ok(args::bytes(&match v {
        Value::Bool(b) => vec![u8::from(*b)],
        Value::Double(n) => n.to_le_bytes().to_vec(),
        Value::Single(n) => n.to_le_bytes().to_vec(),
        Value::Char(c) => c.to_le_bytes().to_vec(),
        Value::Short(_) | Value::UShort(_) => wide(v).to_le_bytes()[..2].to_vec(),
        Value::Int(_) | Value::UInt(_) => wide(v).to_le_bytes()[..4].to_vec(),
        _ => wide(v).to_le_bytes()[..8].to_vec(),
    }))
}
/// The bytes from a position on, as a little-endian number.
fn number(args: &[Value], size: usize) -> Res<u64> {
    let (data, start) = (args::to_bytes(args.at(0)), args.int(1).max(0) as usize);
    match data.get(start..start + size) {
        Some(part) => Ok(part.iter().rev().fold(0, |n, b| n << 8 | u64::from(*b))),
        None => Err(fail::argument_of(
            "Destination array is not long enough to copy all the items in the collection. Check array index and length.",
            "value",
        )),
    }
}
macro_rules! readers {
    ($($name:ident $size:literal $kind:ident;)*) => {
        $(fn $name(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
            Ok(integer_value(i128::from(number(args, $size)?), TypeKind::$kind))
        })*
    };
}
readers! {
    to_int16 2 Int16;
    to_int32 4 Int32;
    to_int64 8 Int64;
    to_uint16 2 UInt16;
    to_uint32 4 UInt32;
    to_uint64 8 UInt64;
}
fn to_double(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    Ok(Value::Double(f64::from_bits(number(args, 8)?)))
}
fn to_boolean(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    Ok(Value::Bool(number(args, 1)? != 0))
}

pub static TABLE: TypeTable = TypeTable {
    static_props: &[Prop::get("IsLittleEndian", "bool", |_, _| Ok(Value::Bool(true)))],
    static_methods: overloads! {
        get_bytes => "static byte[] GetBytes(bool value)" "static byte[] GetBytes(char value)"
            "static byte[] GetBytes(short value)" "static byte[] GetBytes(int value)"
            "static byte[] GetBytes(long value)" "static byte[] GetBytes(ushort value)"
            "static byte[] GetBytes(uint value)" "static byte[] GetBytes(ulong value)"
            "static byte[] GetBytes(float value)" "static byte[] GetBytes(double value)";
        to_boolean => "static bool ToBoolean(byte[] value, int startIndex)";
        to_double => "static double ToDouble(byte[] value, int startIndex)";
        to_int16 => "static short ToInt16(byte[] value, int startIndex)";
        to_int32 => "static int ToInt32(byte[] value, int startIndex)";
        to_int64 => "static long ToInt64(byte[] value, int startIndex)";
        to_string => "static string ToString(byte[] value)" "static string ToString(byte[] value, int startIndex)"
            "static string ToString(byte[] value, int startIndex, int length)";
        to_uint16 => "static ushort ToUInt16(byte[] value, int startIndex)";
        to_uint32 => "static uint ToUInt32(byte[] value, int startIndex)";
        to_uint64 => "static ulong ToUInt64(byte[] value, int startIndex)";
    },
    ..TypeTable::of(&BITS)
};
