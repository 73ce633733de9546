//! What scripts ask of `System.TimeZoneInfo`.
use crate::args::Args;
use crate::{fail, overloads};
use dialtone_object::time::{self, Kind, MINUTE, kind, make, ticks};
use dialtone_object::{NetObject, Prop, PsString, Res, Runtime, TypeInfo, TypeKind, TypeRef, TypeTable, Value, types};
use std::any::Any;

type Rt<'a> = &'a mut dyn Runtime;

/// The bits of a date argument.
fn date(v: &Value) -> u64 {
    match v.base() {
        Value::DateTime(d) => *d,
        _ => 0,
    }
}

/// A time zone by its IANA name (or `UTC`).
struct Zone {
    id: String,
    zone: jiff::tz::TimeZone,
}
static ZONE_TYPE: TypeInfo =
    TypeInfo::new("System.TimeZoneInfo", "System.TimeZoneInfo", TypeKind::Other, Some(&types::OBJECT));
impl NetObject for Zone {
    fn type_ref(&self) -> TypeRef {
        &ZONE_TYPE
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn text(&self) -> Option<PsString> {
        Some(self.display().into())
    }
}
impl Zone {
    /// Ticks from UTC outside of daylight saving time, as of the start of the year.
    fn base(&self) -> i64 {
        let year = time::ymd(ticks(time::utc_now())).0;
        time::from_ymd(year, 1, 1).map_or(0, |t| time::zone_at(&self.zone, t).0)
    }
    fn display(&self) -> String {
        let minutes = self.base() / MINUTE;
        let sign = if minutes < 0 { '-' } else { '+' };
        match minutes {
            0 if self.id == "UTC" => "(UTC) Coordinated Universal Time".into(),
            n => format!("(UTC{sign}{:02}:{:02}) {}", n.abs() / 60, n.abs() % 60, self.id),
        }
    }
}
fn zone(v: &Value) -> Option<&Zone> {
    v.get::<Zone>()
}
fn local_zone() -> Value {
    Value::object(Zone { id: time::zone_name().to_owned(), zone: time::local_zone().clone() })
}
fn utc_zone() -> Value {
    Value::object(Zone { id: "UTC".into(), zone: jiff::tz::TimeZone::UTC })
}
fn find_zone(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let id = args.text(0);
    match jiff::tz::TimeZone::get(&id) {
        Ok(zone) => Ok(Value::object(Zone { id: id.to_string(), zone })),
        Err(_) => Err(fail::other(
            "System.TimeZoneNotFoundException",
            format!("The time zone ID '{id}' was not found on the local computer."),
        )),
    }
}
/// A date moved to another zone.
fn convert_time(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let Some(target) = zone(args.at(args.len().saturating_sub(1))) else {
        return Err(fail::argument_null("destinationTimeZone"));
    };
    let d = date(args.at(0));
    let utc = match zone(args.at(1)).filter(|_| args.len() == 3) {
        Some(source) => ticks(d) - time::zone_at_local(&source.zone, ticks(d)).0,
        None => ticks(time::to_utc(d)),
    };
    let kind = if target.id == "UTC" { Kind::Utc } else { Kind::Unspecified };
    Ok(Value::DateTime(make(utc + time::zone_at(&target.zone, utc).0, kind)))
}
fn convert_to_utc(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let d = date(args.at(0));
    Ok(Value::DateTime(match zone(args.at(1)) {
        Some(source) => make(ticks(d) - time::zone_at_local(&source.zone, ticks(d)).0, Kind::Utc),
        None => time::to_utc(d),
    }))
}
fn convert_from_utc(rt: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let d = make(ticks(date(args.at(0))), Kind::Utc);
    convert_time(rt, this, &[Value::DateTime(d), args.at(1).clone()])
}
fn convert_by_id(rt: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let target = find_zone(rt, this, &args[args.len().saturating_sub(1)..])?;
    convert_time(rt, this, &[args.at(0).clone(), target])
}
fn get_utc_offset(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let d = date(args.at(0));
    let Some(z) = zone(this) else { return Ok(Value::TimeSpan(0)) };
    Ok(Value::TimeSpan(match kind(d) {
        Kind::Utc => time::zone_at(&z.zone, ticks(d)).0,
        _ => time::zone_at_local(&z.zone, ticks(d)).0,
    }))
}
fn zone_daylight(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let d = date(args.at(0));
    Ok(Value::Bool(zone(this).is_some_and(|z| time::zone_at_local(&z.zone, ticks(d)).1)))
}
fn zone_text(v: &Value, make: impl Fn(&Zone) -> String) -> Res<Value> {
    Ok(zone(v).map(|z| Value::string(make(z))).unwrap_or_default())
}

pub static ZONE: TypeTable = TypeTable {
    props: &[
        Prop::get("Id", "string", |_, v| zone_text(v, |z| z.id.clone())),
        Prop::get("HasIanaId", "bool", |_, _| Ok(Value::Bool(true))),
        Prop::get("DisplayName", "string", |_, v| zone_text(v, Zone::display)),
        Prop::get("StandardName", "string", |_, v| {
            zone_text(v, |z| if z.id == "UTC" { "Coordinated Universal Time".into() } else { z.id.clone() })
        }),
        Prop::get("DaylightName", "string", |_, v| {
            zone_text(v, |z| if z.id == "UTC" { "Coordinated Universal Time".into() } else { z.id.clone() })
        }),
        Prop::get("BaseUtcOffset", "timespan", |_, v| Ok(Value::TimeSpan(zone(v).map_or(0, Zone::base)))),
        Prop::get("SupportsDaylightSavingTime", "bool", |_, v| {
            let year = time::ymd(ticks(time::utc_now())).0;
            let summer = time::from_ymd(year, 7, 1).unwrap_or(0);
            let winter = time::from_ymd(year, 1, 1).unwrap_or(0);
            Ok(Value::Bool(
                zone(v).is_some_and(|z| time::zone_at(&z.zone, summer).0 != time::zone_at(&z.zone, winter).0),
            ))
        }),
    ],
    methods: overloads! {
        get_utc_offset => "timespan GetUtcOffset(datetime dateTime)";
        zone_daylight => "bool IsDaylightSavingTime(datetime dateTime)";
    },
    static_props: &[
        Prop::get("Local", "System.TimeZoneInfo", |_, _| Ok(local_zone())),
        Prop::get("Utc", "System.TimeZoneInfo", |_, _| Ok(utc_zone())),
    ],
    static_methods: overloads! {
        convert_time => "static datetime ConvertTime(datetime dateTime, System.TimeZoneInfo destinationTimeZone)"
            "static datetime ConvertTime(datetime dateTime, System.TimeZoneInfo sourceTimeZone, System.TimeZoneInfo destinationTimeZone)";
        convert_by_id => "static datetime ConvertTimeBySystemTimeZoneId(datetime dateTime, string destinationTimeZoneId)";
        convert_from_utc => "static datetime ConvertTimeFromUtc(datetime dateTime, System.TimeZoneInfo destinationTimeZone)";
        convert_to_utc => "static datetime ConvertTimeToUtc(datetime dateTime)"
            "static datetime ConvertTimeToUtc(datetime dateTime, System.TimeZoneInfo sourceTimeZone)";
        find_zone => "static System.TimeZoneInfo FindSystemTimeZoneById(string id)";
    },
    ..TypeTable::of(&ZONE_TYPE)
};
