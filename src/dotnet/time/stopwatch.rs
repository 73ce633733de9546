//! `System.Diagnostics.Stopwatch`.
use crate::overloads;
use dialtone_object::time::MILLISECOND;
use dialtone_object::{NetObject, Prop, PsString, Res, Runtime, TypeInfo, TypeKind, TypeRef, TypeTable, Value, types};
use std::any::Any;
use std::cell::Cell;
use std::time::Instant;

type Rt<'a> = &'a mut dyn Runtime;

/// Time measured so far, and since when it runs.
struct Stopwatch {
    before: Cell<i64>,
    since: Cell<Option<Instant>>,
}
static STOPWATCH: TypeInfo = TypeInfo::new(
    "System.Diagnostics.Stopwatch",
    "System.Diagnostics.Stopwatch",
    TypeKind::Other,
    Some(&types::OBJECT),
);
impl Stopwatch {
    fn ticks(&self) -> i64 {
        self.before.get() + self.since.get().map_or(0, |s| (s.elapsed().as_nanos() / 100) as i64)
    }
}
impl NetObject for Stopwatch {
    fn type_ref(&self) -> TypeRef {
        &STOPWATCH
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn text(&self) -> Option<PsString> {
        dialtone_object::text::to_string(&Value::TimeSpan(self.ticks()))
    }
}
fn ticks(v: &Value) -> i64 {
    v.get::<Stopwatch>().map_or(0, Stopwatch::ticks)
}
fn make(running: bool) -> Value {
    Value::object(Stopwatch { before: Cell::new(0), since: Cell::new(running.then(Instant::now)) })
}
fn new(_: Rt, _: &Value, _: &[Value]) -> Res<Value> {
    Ok(make(false))
}
fn start_new(_: Rt, _: &Value, _: &[Value]) -> Res<Value> {
    Ok(make(true))
}
/// Sets the time measured and whether it runs.
fn set(this: &Value, before: i64, running: bool) -> Res<Value> {
    if let Some(w) = this.get::<Stopwatch>() {
        w.before.set(before);
        w.since.set(running.then(Instant::now));
    }
    Ok(Value::Void)
}
fn start(_: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    set(this, ticks(this), true)
}
fn stop(_: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    set(this, ticks(this), false)
}
fn reset(_: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    set(this, 0, false)
}
fn restart(_: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    set(this, 0, true)
}
fn timestamp(_: Rt, _: &Value, _: &[Value]) -> Res<Value> {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Ok(Value::Long(since.as_nanos() as i64))
}

pub static TABLE: TypeTable = TypeTable {
    ctors: overloads! { new => "System.Diagnostics.Stopwatch new()"; },
    props: &[
        Prop::get("IsRunning", "bool", |_, v| {
            Ok(Value::Bool(v.get::<Stopwatch>().is_some_and(|w| w.since.get().is_some())))
        }),
        Prop::get("Elapsed", "timespan", |_, v| Ok(Value::TimeSpan(ticks(v)))),
        Prop::get("ElapsedMilliseconds", "long", |_, v| Ok(Value::Long(ticks(v) / MILLISECOND))),
        Prop::get("ElapsedTicks", "long", |_, v| Ok(Value::Long(ticks(v) * 100))),
    ],
    methods: overloads! {
        reset => "void Reset()";
        restart => "void Restart()";
        start => "void Start()";
        stop => "void Stop()";
    },
    static_props: &[
        Prop::get("Frequency", "long", |_, _| Ok(Value::Long(1_000_000_000))),
        Prop::get("IsHighResolution", "bool", |_, _| Ok(Value::Bool(true))),
    ],
    static_methods: overloads! {
        timestamp => "static long GetTimestamp()";
        start_new => "static System.Diagnostics.Stopwatch StartNew()";
    },
    ..TypeTable::of(&STOPWATCH)
};
