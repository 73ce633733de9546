//! `System.Text.StringBuilder`.
use crate::args::{self, Args};
use crate::{fail, overloads};
use dialtone_object::string::char_from_unit;
use dialtone_object::{NetObject, Prop, PsString, Res, Runtime, TypeInfo, TypeKind, TypeRef, TypeTable, Value, types};
use std::any::Any;
use std::cell::{Cell, RefCell};

type Rt<'a> = &'a mut dyn Runtime;

pub struct StringBuilder {
    text: RefCell<PsString>,
    capacity: Cell<usize>,
}
static BUILDER: TypeInfo =
    TypeInfo::new("System.Text.StringBuilder", "System.Text.StringBuilder", TypeKind::Other, Some(&types::OBJECT));
impl NetObject for StringBuilder {
    fn type_ref(&self) -> TypeRef {
        &BUILDER
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn text(&self) -> Option<PsString> {
        Some(self.text.borrow().clone())
    }
    fn index(&self, _rt: &mut dyn Runtime, index: &[Value]) -> Option<Res<Value>> {
        let at = index.first()?.as_int()?;
        Some(Ok(usize::try_from(at).ok().and_then(|n| self.text.borrow().unit(n)).map(Value::Char).unwrap_or_default()))
    }
    fn set_index(&self, _rt: &mut dyn Runtime, index: &[Value], value: Value) -> Option<Res<()>> {
        let at = usize::try_from(index.first()?.as_int()?).ok()?;
        let mut units = self.text.borrow().to_units();
        let unit = match value.base() {
            Value::Char(c) => *c,
            other => other.as_str().and_then(|s| s.unit(0))?,
        };
        match units.get_mut(at) {
            Some(slot) => *slot = unit,
            None => return Some(Err(fail::index_range())),
        }
        *self.text.borrow_mut() = PsString::from_units(&units);
        Some(Ok(()))
    }
}
fn me(v: &Value) -> Res<&StringBuilder> {
    v.get::<StringBuilder>().ok_or_else(|| fail::argument_null("builder"))
}
fn new(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let (mut text, mut capacity) = (PsString::default(), 16);
    for (at, arg) in args.iter().enumerate() {
        match arg.base() {
            Value::String(s) => text = s.clone(),
            Value::Int(n) if *n < 0 => {
                return Err(fail::out_of_range_value(
                    &format!("capacity ('{n}') must be a non-negative value."),
                    "capacity",
                    &n.to_string(),
                ));
            }
            Value::Int(n) if at < 2 => capacity = (*n as usize).max(1),
            _ => {}
        }
    }
    let capacity = Cell::new(capacity.max(text.len()));
    Ok(Value::object(StringBuilder { text: RefCell::new(text), capacity }))
}
/// Adds text in place: the shared text is taken out while it grows.
fn push(this: &Value, text: &str) -> Res<Value> {
    let b = me(this)?;
    let grown = b.text.take().append(text);
    let length = grown.len();
    *b.text.borrow_mut() = grown;
    if length > b.capacity.get() {
        b.capacity.set(length.max(b.capacity.get() * 2));
    }
    Ok(this.clone())
}
fn append(rt: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    match (args.at(0).base(), args.len()) {
        (Value::Char(c), 2) => push(this, &char_from_unit(*c).to_string().repeat(args.int(1).max(0) as usize)),
        (Value::String(s), 3) => {
            let part = s.substring(args.int(1).max(0) as usize, args.int(2).max(0) as usize);
            push(this, &part.ok_or_else(fail::index_range)?)
        }
        (Value::Array(a), _) if a.elem.kind == TypeKind::Char => {
            push(this, &PsString::from_units(&args::to_units(args.at(0))))
        }
        (v, _) => {
            let text = crate::object::net_text(rt, v)?;
            push(this, &text)
        }
    }
}
fn append_line(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    push(this, &args.text(0))?;
    push(this, "\n")
}
fn append_format(rt: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let text = rt_format(rt, args)?;
    push(this, &text)
}
fn rt_format(rt: Rt, args: &[Value]) -> Res<PsString> {
    let (culture, rest) = match args.at(0).base() {
        Value::String(_) => (crate::culture::current(), args),
        other => (crate::culture::of(other), args.get(1..).unwrap_or(&[])),
    };
    let values = match rest.get(1..) {
        Some([one]) if matches!(one.base(), Value::Array(_)) => args::items(one),
        Some(values) => values.to_vec(),
        None => Vec::new(),
    };
    crate::object::composite(rt, &rest.text(0), &values, culture)
}
fn append_join(rt: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let mut parts = Vec::new();
    for item in args.list(1) {
        parts.push(crate::object::net_text(rt, &item)?.to_string());
    }
    push(this, &parts.join(&args.text(0)))
}
fn clear(_: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    *me(this)?.text.borrow_mut() = PsString::default();
    Ok(this.clone())
}
/// A method of String applied to the text.
fn edit(rt: Rt, this: &Value, name: &str, args: &[Value]) -> Res<Value> {
    let text = Value::String(me(this)?.text.borrow().clone());
    let table = super::string::TABLE.method(name);
    let fits = table.iter().find(|o| o.params.len() == args.len());
    let Some(method) = fits else { return Ok(this.clone()) };
    let changed = (method.call)(rt, &text, args)?;
    *me(this)?.text.borrow_mut() = args::text_of(&changed);
    Ok(this.clone())
}
fn insert(rt: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let text = crate::object::net_text(rt, args.at(1))?;
    edit(rt, this, "Insert", &[args.at(0).clone(), Value::String(text)])
}
fn remove(rt: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    edit(rt, this, "Remove", args)
}
fn replace(rt: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    if args.len() == 2 {
        return edit(rt, this, "Replace", args);
    }
    let all = me(this)?.text.borrow().clone();
    let (start, count) = (args.int(2).max(0) as usize, args.int(3).max(0) as usize);
    let Some(part) = all.substring(start, count) else { return Err(fail::index_range()) };
    let changed = Value::String(part.replace(args.text(0).as_str(), &args.text(1)).into());
    let head = all.substring(0, start).unwrap_or_default();
    let tail = all.substring(start + count, all.len() - start - count).unwrap_or_default();
    *me(this)?.text.borrow_mut() = head.append(&args::text_of(&changed)).append(&tail);
    Ok(this.clone())
}
fn to_string(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let text = me(this)?.text.borrow().clone();
    match args.len() {
        2 => text.substring(args.int(0).max(0) as usize, args.int(1).max(0) as usize).map(Value::String).ok_or_else(
            || fail::out_of_range("Index and length must refer to a location within the string.", "length"),
        ),
        _ => Ok(Value::String(text)),
    }
}
fn ensure_capacity(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let b = me(this)?;
    b.capacity.set(b.capacity.get().max(args.int(0).max(0) as usize));
    Ok(Value::Int(b.capacity.get() as i32))
}
fn equals(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let other = args.at(0).get::<StringBuilder>().map(|b| b.text.borrow().clone());
    Ok(Value::Bool(
        other.is_some_and(|o| o == *me(this).map(|b| b.text.borrow()).as_deref().unwrap_or(&PsString::default())),
    ))
}
fn chars(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let unit = usize::try_from(args.int(0)).ok().and_then(|n| me(this).ok()?.text.borrow().unit(n));
    unit.map(Value::Char).ok_or_else(fail::out_of_bounds)
}

pub static TABLE: TypeTable = TypeTable {
    ctors: overloads! {
        new => "System.Text.StringBuilder new()" "System.Text.StringBuilder new(int capacity)"
            "System.Text.StringBuilder new(string value)" "System.Text.StringBuilder new(string value, int capacity)"
            "System.Text.StringBuilder new(int capacity, int maxCapacity)";
    },
    props: &[
        Prop::get_set(
            "Capacity",
            "int",
            |_, v| Ok(Value::Int(me(v)?.capacity.get() as i32)),
            |_, v, n| {
                me(v)?.capacity.set(std::slice::from_ref(&n).int(0).max(0) as usize);
                Ok(())
            },
        ),
        Prop::get("MaxCapacity", "int", |_, _| Ok(Value::Int(i32::MAX))),
        Prop::get_set(
            "Length",
            "int",
            |_, v| Ok(Value::Int(me(v)?.text.borrow().len() as i32)),
            |_, v, n| {
                let b = me(v)?;
                let (wanted, text) = (std::slice::from_ref(&n).int(0).max(0) as usize, b.text.borrow().clone());
                *b.text.borrow_mut() = match text.substring(0, wanted) {
                    Some(part) => part,
                    None => text.clone().append(&"\0".repeat(wanted - text.len())),
                };
                Ok(())
            },
        ),
    ],
    methods: overloads! {
        append => "System.Text.StringBuilder Append(char value, int repeatCount)"
            "System.Text.StringBuilder Append(string value)"
            "System.Text.StringBuilder Append(string value, int startIndex, int count)"
            "System.Text.StringBuilder Append(bool value)"
            "System.Text.StringBuilder Append(char value)"
            "System.Text.StringBuilder Append(int value)"
            "System.Text.StringBuilder Append(long value)"
            "System.Text.StringBuilder Append(double value)"
            "System.Text.StringBuilder Append(decimal value)"
            "System.Text.StringBuilder Append(System.Object value)"
            "System.Text.StringBuilder Append(char[] value)";
        append_format => "System.Text.StringBuilder AppendFormat(string format, System.Object arg0)"
            "System.Text.StringBuilder AppendFormat(string format, System.Object arg0, System.Object arg1)"
            "System.Text.StringBuilder AppendFormat(string format, System.Object arg0, System.Object arg1, System.Object arg2)"
            "System.Text.StringBuilder AppendFormat(string format, Params System.Object[] args)"
            "System.Text.StringBuilder AppendFormat(System.IFormatProvider provider, string format, Params System.Object[] args)";
        append_join => "System.Text.StringBuilder AppendJoin(string separator, Params System.Object[] values)"
            "System.Text.StringBuilder AppendJoin(string separator, Params string[] values)";
        append_line => "System.Text.StringBuilder AppendLine()" "System.Text.StringBuilder AppendLine(string value)";
        chars => "char Chars(int index) {get;set;}";
        clear => "System.Text.StringBuilder Clear()";
        ensure_capacity => "int EnsureCapacity(int capacity)";
        equals => "bool Equals(System.Object obj)" "bool Equals(System.Text.StringBuilder sb)";
        insert => "System.Text.StringBuilder Insert(int index, string value)"
            "System.Text.StringBuilder Insert(int index, char value)"
            "System.Text.StringBuilder Insert(int index, int value)"
            "System.Text.StringBuilder Insert(int index, System.Object value)";
        remove => "System.Text.StringBuilder Remove(int startIndex, int length)";
        replace => "System.Text.StringBuilder Replace(string oldValue, string newValue)"
            "System.Text.StringBuilder Replace(string oldValue, string newValue, int startIndex, int count)"
            "System.Text.StringBuilder Replace(char oldChar, char newChar)";
        to_string => "string ToString()" "string ToString(int startIndex, int length)";
    },
    ..TypeTable::of(&BUILDER)
};
