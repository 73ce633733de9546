//! Number literals: their values and types as PowerShell gives them.

use num_bigint::BigInt;
use rust_decimal::Decimal;

/// The value of a number literal, in the .NET type that PowerShell picks for it.
#[derive(Clone, Debug, PartialEq)]
pub enum Number {
    SByte(i8),
    Byte(u8),
    Int16(i16),
    UInt16(u16),
    Int32(i32),
    UInt32(u32),
    Int64(i64),
    UInt64(u64),
    Double(f64),
    Decimal(Decimal),
    BigInteger(Box<BigInt>),
}
