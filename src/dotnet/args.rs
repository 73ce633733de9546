//! Reading converted arguments in table functions. The overload has been chosen and the arguments are of its
//! parameter types, so the readers never fail; a missing optional argument reads as the default.
use dialtone_object::{Array, PsString, Value, enums};
use std::rc::Rc;

pub trait Args {
    fn at(&self, at: usize) -> &Value;
    fn has(&self, at: usize) -> bool;
    fn text(&self, at: usize) -> PsString;
    fn int(&self, at: usize) -> i32;
    fn long(&self, at: usize) -> i64;
    fn number(&self, at: usize) -> f64;
    fn flag(&self, at: usize) -> bool;
    fn unit(&self, at: usize) -> u16;
    fn enum_number(&self, at: usize) -> i64;
    /// The elements of an array or list argument.
    fn list(&self, at: usize) -> Vec<Value>;
}

impl Args for [Value] {
    fn at(&self, at: usize) -> &Value {
        const NULL: &Value = &Value::Null;
        self.get(at).unwrap_or(NULL)
    }
    fn has(&self, at: usize) -> bool {
        at < self.len()
    }
    fn text(&self, at: usize) -> PsString {
        self.at(at).as_str().cloned().unwrap_or_default()
    }
    fn int(&self, at: usize) -> i32 {
        self.long(at) as i32
    }
    fn long(&self, at: usize) -> i64 {
        match self.at(at).base() {
            Value::SByte(n) => i64::from(*n),
            Value::Byte(n) => i64::from(*n),
            Value::Short(n) => i64::from(*n),
            Value::UShort(n) => i64::from(*n),
            Value::Int(n) => i64::from(*n),
            Value::UInt(n) => i64::from(*n),
            Value::Long(n) => *n,
            Value::ULong(n) => *n as i64,
            Value::TimeSpan(n) => *n,
            _ => 0,
        }
    }
    fn number(&self, at: usize) -> f64 {
        match self.at(at).base() {
            Value::Double(n) => *n,
            Value::Single(n) => f64::from(*n),
            _ => self.long(at) as f64,
        }
    }
    fn flag(&self, at: usize) -> bool {
        matches!(self.at(at).base(), Value::Bool(true))
    }
    fn unit(&self, at: usize) -> u16 {
        match self.at(at).base() {
            Value::Char(c) => *c,
            _ => 0,
        }
    }
    fn enum_number(&self, at: usize) -> i64 {
        enums::number(self.at(at)).unwrap_or_default()
    }
    fn list(&self, at: usize) -> Vec<Value> {
        items(self.at(at))
    }
}

/// The elements of an array or list.
pub fn items(v: &Value) -> Vec<Value> {
    match v.base() {
        Value::Array(a) => a.to_vec(),
        Value::List(l) => l.to_vec(),
        _ => Vec::new(),
    }
}

/// The text a value holds as a string, empty for anything else.
pub fn text_of(v: &Value) -> PsString {
    v.as_str().cloned().unwrap_or_default()
}

/// A `string[]`.
pub fn strings(items: impl IntoIterator<Item = PsString>) -> Value {
    let items = items.into_iter().map(Value::String).collect();
    Value::Array(Rc::new(Array::typed(&dialtone_object::types::STRING, items)))
}

/// A `byte[]`.
pub fn bytes(items: &[u8]) -> Value {
    let items = items.iter().map(|b| Value::Byte(*b)).collect();
    Value::Array(Rc::new(Array::typed(&dialtone_object::types::BYTE, items)))
}

/// The bytes of a `byte[]`.
pub fn to_bytes(v: &Value) -> Vec<u8> {
    items(v)
        .iter()
        .map(|b| match b {
            Value::Byte(b) => *b,
            _ => 0,
        })
        .collect()
}

/// The UTF-16 units of a `char[]`.
pub fn to_units(v: &Value) -> Vec<u16> {
    items(v)
        .iter()
        .map(|c| match c {
            Value::Char(c) => *c,
            _ => 0,
        })
        .collect()
}

/// A `char[]`.
pub fn chars(units: &[u16]) -> Value {
    let items = units.iter().map(|c| Value::Char(*c)).collect();
    Value::Array(Rc::new(Array::typed(&dialtone_object::types::CHAR, items)))
}
