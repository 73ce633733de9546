//! `System.Math`.
use super::integer::wide;
use super::real::decimal;
use crate::args::Args;
use crate::{fail, overloads};
use dialtone_object::number::{integer_range, integer_value};
use dialtone_object::{Prop, Res, Runtime, TypeInfo, TypeKind, TypeTable, Value, types};
use num_traits::ToPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};

type Rt<'a> = &'a mut dyn Runtime;

/// A floating result in the argument's own width.
fn like(v: &Value, n: f64) -> Value {
    if matches!(v, Value::Single(_)) { Value::Single(n as f32) } else { Value::Double(n) }
}
pub fn abs(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let v = args.at(0).base();
    Ok(match v {
        Value::Decimal(d) => Value::decimal(d.abs()),
        Value::Double(_) | Value::Single(_) => like(v, args.number(0).abs()),
        _ => {
            let (n, kind) = (wide(v).abs(), types::type_of(v).kind);
            if integer_range(kind).is_some_and(|(_, max)| n > max) {
                return Err(fail::overflow("Negating the minimum value of a twos complement number is invalid."));
            }
            integer_value(n, kind)
        }
    })
}
/// A rounding of decimals and of floating numbers.
fn rounded(args: &[Value], exact: fn(&Decimal) -> Decimal, real: fn(f64) -> f64) -> Res<Value> {
    Ok(match args.at(0).base() {
        Value::Decimal(d) => Value::decimal(exact(d)),
        v => like(v, real(args.number(0))),
    })
}
pub fn ceiling(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    rounded(args, Decimal::ceil, f64::ceil)
}
pub fn floor(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    rounded(args, Decimal::floor, f64::floor)
}
pub fn truncate(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    rounded(args, Decimal::trunc, f64::trunc)
}
/// MidpointRounding: ToEven, AwayFromZero, ToZero, ToNegativeInfinity, ToPositiveInfinity.
fn whole(n: f64, mode: i64) -> f64 {
    match mode {
        1 => {
            // Adding a half could carry over; the fraction decides.
            let t = n.trunc();
            if (n - t).abs() >= 0.5 { t + n.signum() } else { t }
        }
        2 => n.trunc(),
        3 => n.floor(),
        4 => n.ceil(),
        _ => n.round_ties_even(),
    }
}
pub fn round(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let (mut digits, mut mode) = (0, 0);
    for arg in args.iter().skip(1) {
        match dialtone_object::enums::number(arg) {
            Some(n) => mode = n,
            None => digits = std::slice::from_ref(arg).int(0),
        }
    }
    if let Value::Decimal(d) = args.at(0).base() {
        let Some(places) = u32::try_from(digits).ok().filter(|n| *n <= 28) else {
            return Err(fail::out_of_range(
                "Decimal can only round to between 0 and 28 digits of precision.",
                "decimals",
            ));
        };
        let strategy = match mode {
            1 => RoundingStrategy::MidpointAwayFromZero,
            2 => RoundingStrategy::ToZero,
            3 => RoundingStrategy::ToNegativeInfinity,
            4 => RoundingStrategy::ToPositiveInfinity,
            _ => RoundingStrategy::MidpointNearestEven,
        };
        return Ok(Value::decimal(d.round_dp_with_strategy(places, strategy)));
    }
    if !(0..=15).contains(&digits) {
        return Err(fail::out_of_range("Rounding digits must be between 0 and 15, inclusive.", "digits"));
    }
    let n = args.number(0);
    // Numbers of this size have no fraction; scaling would lose digits.
    if n.abs() >= 1e16 || !n.is_finite() {
        return Ok(like(args.at(0), n));
    }
    let scale = 10f64.powi(digits);
    Ok(like(args.at(0), whole(n * scale, mode) / scale))
}
pub fn sign(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    Ok(Value::Int(match args.at(0).base() {
        Value::Decimal(d) if d.is_zero() => 0,
        Value::Decimal(d) => 1 - 2 * i32::from(d.is_sign_negative()),
        Value::Double(_) | Value::Single(_) => match args.number(0) {
            n if n.is_nan() => {
                return Err(fail::other(
                    "System.ArithmeticException",
                    "Function does not accept floating point Not-a-Number values.",
                ));
            }
            n => i32::from(n > 0.0) - i32::from(n < 0.0),
        },
        v => wide(v).signum() as i32,
    }))
}
/// Picks one of two numbers of one type.
fn pick(args: &[Value], larger: bool) -> Res<Value> {
    let (a, b) = (args.at(0).base(), args.at(1).base());
    if matches!(a, Value::Double(_) | Value::Single(_)) {
        let (x, y) = (args.number(0), args.number(1));
        let n = match (x.is_nan() || y.is_nan(), larger) {
            (true, _) => f64::NAN,
            (_, true) => x.max(y),
            (_, false) => x.min(y),
        };
        return Ok(like(a, n));
    }
    let first = match a {
        Value::Decimal(_) => decimal(a) > decimal(b),
        _ => wide(a) > wide(b),
    };
    Ok(if first == larger { a.clone() } else { b.clone() })
}
pub fn max(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    pick(args, true)
}
pub fn min(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    pick(args, false)
}
fn clamp(rt: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let bounds = [args.at(1).clone(), args.at(2).clone()];
    let low = pick(&bounds, true)?;
    if !dialtone_object::value::equals(&low, &bounds[1]) {
        let shown = |rt: &mut dyn Runtime, v: &Value| crate::object::net_text(rt, v);
        return Err(fail::argument(format!(
            "'{}' cannot be greater than {}.",
            shown(rt, &bounds[0])?,
            shown(rt, &bounds[1])?
        )));
    }
    let upper = pick(&[args.at(0).clone(), args.at(2).clone()], false)?;
    pick(&[upper, args.at(1).clone()], true)
}
pub fn sqrt(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    Ok(like(args.at(0), args.number(0).sqrt()))
}
macro_rules! real_functions {
    ($($name:ident $function:expr;)*) => {
        $(fn $name(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
            let function: fn(f64, f64, f64) -> f64 = $function;
            Ok(Value::Double(function(args.number(0), args.number(1), args.number(2))))
        })*
    };
}
real_functions! {
    acos |x, _, _| x.acos();
    acosh |x, _, _| x.acosh();
    asin |x, _, _| x.asin();
    asinh |x, _, _| x.asinh();
    atan |x, _, _| x.atan();
    atan2 |x, y, _| x.atan2(y);
    atanh |x, _, _| x.atanh();
    cbrt |x, _, _| x.cbrt();
    copy_sign |x, y, _| x.copysign(y);
    cos |x, _, _| x.cos();
    cosh |x, _, _| x.cosh();
    exp |x, _, _| x.exp();
    fused |x, y, z| x.mul_add(y, z);
    ieee_remainder |x, y, _| x - y * (x / y).round_ties_even();
    log10 |x, _, _| x.log10();
    log2 |x, _, _| x.log2();
    pow |x, y, _| x.powf(y);
    scale_b |x, n, _| x * 2f64.powi(n as i32);
    sin |x, _, _| x.sin();
    sinh |x, _, _| x.sinh();
    tan |x, _, _| x.tan();
    tanh |x, _, _| x.tanh();
    max_magnitude |x, y, _| if x.abs() >= y.abs() { x } else { y };
    min_magnitude |x, y, _| if x.abs() <= y.abs() { x } else { y };
}
fn log(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let n = args.number(0);
    Ok(Value::Double(if args.has(1) { n.ln() / args.number(1).ln() } else { n.ln() }))
}
fn ilog_b(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    Ok(Value::Int(args.number(0).abs().log2().floor().to_i32().unwrap_or(i32::MIN)))
}
fn big_mul(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let n = wide(args.at(0)) * wide(args.at(1));
    Ok(if matches!(args.at(0), Value::UInt(_)) { Value::ULong(n as u64) } else { Value::Long(n as i64) })
}
fn div_rem(rt: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let (a, b, kind) = (wide(args.at(0)), wide(args.at(1)), types::type_of(args.at(0)).kind);
    if b == 0 {
        return Err(fail::other("System.DivideByZeroException", "Attempted to divide by zero."));
    }
    let (quotient, rest) = (integer_value(a / b, kind), integer_value(a % b, kind));
    if args.has(2) {
        rt.set_property(args.at(2), "Value", rest)?;
        return Ok(quotient);
    }
    Ok(crate::collections::value_tuple(vec![quotient, rest]))
}

static MATH: TypeInfo = TypeInfo::new("System.Math", "System.Math", TypeKind::Other, Some(&types::OBJECT));

pub static TABLE: TypeTable = TypeTable {
    static_props: &[
        Prop::get("E", "double", |_, _| Ok(Value::Double(std::f64::consts::E))),
        Prop::get("PI", "double", |_, _| Ok(Value::Double(std::f64::consts::PI))),
        Prop::get("Tau", "double", |_, _| Ok(Value::Double(std::f64::consts::TAU))),
    ],
    static_methods: overloads! {
        abs => "static short Abs(short value)"
            "static int Abs(int value)"
            "static long Abs(long value)"
            "static sbyte Abs(sbyte value)"
            "static decimal Abs(decimal value)"
            "static double Abs(double value)"
            "static float Abs(float value)";
        acos => "static double Acos(double d)";
        acosh => "static double Acosh(double d)";
        asin => "static double Asin(double d)";
        asinh => "static double Asinh(double d)";
        atan => "static double Atan(double d)";
        atan2 => "static double Atan2(double y, double x)";
        atanh => "static double Atanh(double d)";
        big_mul => "static ulong BigMul(uint a, uint b)"
            "static long BigMul(int a, int b)";
        cbrt => "static double Cbrt(double d)";
        ceiling => "static double Ceiling(double a)"
            "static decimal Ceiling(decimal d)";
        clamp => "static byte Clamp(byte value, byte min, byte max)"
            "static decimal Clamp(decimal value, decimal min, decimal max)"
            "static double Clamp(double value, double min, double max)"
            "static short Clamp(short value, short min, short max)"
            "static int Clamp(int value, int min, int max)"
            "static long Clamp(long value, long min, long max)"
            "static sbyte Clamp(sbyte value, sbyte min, sbyte max)"
            "static float Clamp(float value, float min, float max)"
            "static ushort Clamp(ushort value, ushort min, ushort max)"
            "static uint Clamp(uint value, uint min, uint max)"
            "static ulong Clamp(ulong value, ulong min, ulong max)";
        copy_sign => "static double CopySign(double x, double y)";
        cos => "static double Cos(double d)";
        cosh => "static double Cosh(double value)";
        div_rem => "static int DivRem(int a, int b, [ref] int result)"
            "static long DivRem(long a, long b, [ref] long result)"
            "static System.ValueTuple[sbyte,sbyte] DivRem(sbyte left, sbyte right)"
            "static System.ValueTuple[byte,byte] DivRem(byte left, byte right)"
            "static System.ValueTuple[short,short] DivRem(short left, short right)"
            "static System.ValueTuple[ushort,ushort] DivRem(ushort left, ushort right)"
            "static System.ValueTuple[int,int] DivRem(int left, int right)"
            "static System.ValueTuple[uint,uint] DivRem(uint left, uint right)"
            "static System.ValueTuple[long,long] DivRem(long left, long right)"
            "static System.ValueTuple[ulong,ulong] DivRem(ulong left, ulong right)";
        exp => "static double Exp(double d)";
        floor => "static double Floor(double d)"
            "static decimal Floor(decimal d)";
        fused => "static double FusedMultiplyAdd(double x, double y, double z)";
        ieee_remainder => "static double IEEERemainder(double x, double y)";
        ilog_b => "static int ILogB(double x)";
        log => "static double Log(double d)"
            "static double Log(double a, double newBase)";
        log10 => "static double Log10(double d)";
        log2 => "static double Log2(double x)";
        max => "static byte Max(byte val1, byte val2)"
            "static decimal Max(decimal val1, decimal val2)"
            "static double Max(double val1, double val2)"
            "static short Max(short val1, short val2)"
            "static int Max(int val1, int val2)"
            "static long Max(long val1, long val2)"
            "static sbyte Max(sbyte val1, sbyte val2)"
            "static float Max(float val1, float val2)"
            "static ushort Max(ushort val1, ushort val2)"
            "static uint Max(uint val1, uint val2)"
            "static ulong Max(ulong val1, ulong val2)";
        max_magnitude => "static double MaxMagnitude(double x, double y)";
        min => "static byte Min(byte val1, byte val2)"
            "static decimal Min(decimal val1, decimal val2)"
            "static double Min(double val1, double val2)"
            "static short Min(short val1, short val2)"
            "static int Min(int val1, int val2)"
            "static long Min(long val1, long val2)"
            "static sbyte Min(sbyte val1, sbyte val2)"
            "static float Min(float val1, float val2)"
            "static ushort Min(ushort val1, ushort val2)"
            "static uint Min(uint val1, uint val2)"
            "static ulong Min(ulong val1, ulong val2)";
        min_magnitude => "static double MinMagnitude(double x, double y)";
        pow => "static double Pow(double x, double y)";
        round => "static decimal Round(decimal d)"
            "static decimal Round(decimal d, int decimals)"
            "static decimal Round(decimal d, System.MidpointRounding mode)"
            "static decimal Round(decimal d, int decimals, System.MidpointRounding mode)"
            "static double Round(double a)"
            "static double Round(double value, int digits)"
            "static double Round(double value, System.MidpointRounding mode)"
            "static double Round(double value, int digits, System.MidpointRounding mode)";
        scale_b => "static double ScaleB(double x, int n)";
        sign => "static int Sign(decimal value)"
            "static int Sign(double value)"
            "static int Sign(short value)"
            "static int Sign(int value)"
            "static int Sign(long value)"
            "static int Sign(sbyte value)"
            "static int Sign(float value)";
        sin => "static double Sin(double a)";
        sinh => "static double Sinh(double value)";
        sqrt => "static double Sqrt(double d)";
        tan => "static double Tan(double a)";
        tanh => "static double Tanh(double value)";
        truncate => "static decimal Truncate(decimal d)"
            "static double Truncate(double d)";
    },
    ..TypeTable::of(&MATH)
};
