//! `System.Numerics.BigInteger`.
use crate::culture::Culture;
use crate::digits::Num;
use crate::error::Res;
use crate::member::NetObject;
use crate::string::PsString;
use crate::types::{self, TypeRef};
use crate::value::Value;
use num_bigint::BigInt;
use num_traits::Zero;
use std::any::Any;

pub struct BigInteger(pub BigInt);

impl BigInteger {
    pub fn value(n: impl Into<BigInt>) -> Value {
        Value::object(BigInteger(n.into()))
    }
}

impl NetObject for BigInteger {
    fn type_ref(&self) -> TypeRef {
        &types::BIG_INTEGER
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn text(&self) -> Option<PsString> {
        Some(self.0.to_string().into())
    }
    fn equals(&self, other: &dyn NetObject) -> bool {
        other.as_any().downcast_ref::<BigInteger>().is_some_and(|o| o.0 == self.0)
    }
    fn hash_code(&self) -> Option<u64> {
        Some(self.0.iter_u64_digits().fold(0, |h, d| h.wrapping_mul(31) ^ d))
    }
    fn compare(&self, other: &Value) -> Option<std::cmp::Ordering> {
        other.get::<BigInteger>().map(|o| self.0.cmp(&o.0))
    }
    fn format(&self, format: &str, culture: &Culture) -> Option<Res<PsString>> {
        let text = crate::number_format::format(Num::Big(&self.0), format, culture);
        Some(text.map(PsString::from).map_err(Into::into))
    }
    fn truth(&self) -> bool {
        !self.0.is_zero()
    }
}
