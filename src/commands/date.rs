//! Get-Date, New-TimeSpan, Start-Sleep, Get-Random, New-Guid, Get-TimeZone.
use dialtone_engine::command::{Command, Cx};
use dialtone_object::*;

fn int(cx: &Cx, name: &str) -> Option<i64> {
    if cx.args.is_bound(name) { cx.args.int(name) } else { None }
}

/// The error of a .NET formatting failure, named after its exception as cmdlets name it.
fn thrown(cx: &mut Cx, error: net_error::NetError) -> Flow {
    let flow: Flow = error.into();
    match flow.error() {
        Some(record) => {
            let name = record.exception_type().full_name;
            let bare =
                ErrorRecord::from_exception(record.exception.clone(), name, ErrorCategory::NotSpecified, Value::Null);
            cx.fail(bare)
        }
        None => flow,
    }
}

#[derive(Default)]
pub struct GetDate;

impl Command for GetDate {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let mut date = match cx.args.value("Date").map(Value::base) {
            Some(Value::DateTime(d)) => *d,
            _ => time::now(),
        };
        if cx.args.is_bound("UnixTimeSeconds") {
            let seconds = cx.args.int("UnixTimeSeconds").unwrap_or(0);
            let ticks = time::UNIX_EPOCH + seconds * time::SECOND;
            date = time::to_local(time::make(ticks, time::Kind::Utc));
        }
        date = self.changed(cx, date);
        if cx.args.switch("AsUTC") {
            date = time::to_utc(date);
        }
        if let Some(format) = cx.args.is_bound("UFormat").then(|| cx.args.text("UFormat")).flatten() {
            let text = time_unix::unix_format(date, &format).map_err(|e| thrown(cx, e))?;
            return cx.write(Value::from(text));
        }
        if let Some(format) = cx.args.is_bound("Format").then(|| cx.args.text("Format")).flatten() {
            let (format, date) = match format.as_str() {
                "FileDate" => ("yyyyMMdd", date),
                "FileDateUniversal" => ("yyyyMMddZ", time::to_utc(date)),
                "FileDateTime" => ("yyyyMMddTHHmmssffff", date),
                "FileDateTimeUniversal" => ("yyyyMMddTHHmmssffffZ", time::to_utc(date)),
                other => (other, date),
            };
            let text = time_format::format_date(date, format, culture::current()).map_err(|e| thrown(cx, e))?;
            return cx.write(Value::from(text));
        }
        let value = Value::DateTime(date);
        // The hint tells the formatter which part to show.
        let hint = match cx.args.is_bound("DisplayHint").then(|| cx.args.value("DisplayHint")).flatten() {
            Some(hint) => hint.clone(),
            None => dialtone_engine::vars::enum_value("Microsoft.PowerShell.Commands.DisplayHintType", 2),
        };
        cx.write(access::attach(&value, "DisplayHint", Member::Note(hint)))
    }
}

impl GetDate {
    /// -Year ... -Millisecond put in the place of the date's own parts.
    fn changed(&self, cx: &Cx, date: u64) -> u64 {
        let given = |name: &str| int(cx, name);
        let mut ticks = time::ticks(date);
        // Each part moves the date by its distance, so that day 30 of a February is in March.
        let months = |ticks: i64, by: i64| time::add_months(ticks, by).unwrap_or(ticks);
        if let Some(year) = given("Year") {
            ticks = months(ticks, (year - i64::from(time::ymd(ticks).0)) * 12);
        }
        if let Some(month) = given("Month") {
            ticks = months(ticks, month - i64::from(time::ymd(ticks).1));
        }
        if let Some(day) = given("Day") {
            ticks += (day - i64::from(time::ymd(ticks).2)) * time::DAY;
        }
        let (hour, minute, second, fraction) = time::hms(ticks);
        for (name, own, unit) in
            [("Hour", hour, time::HOUR), ("Minute", minute, time::MINUTE), ("Second", second, time::SECOND)]
        {
            ticks += given(name).map_or(0, |n| (n - i64::from(own)) * unit);
        }
        if let Some(n) = given("Millisecond") {
            ticks += n * time::MILLISECOND - i64::from(fraction);
        }
        time::checked(ticks, time::kind(date)).unwrap_or(date)
    }
}

#[derive(Default)]
pub struct NewTimeSpan;

impl Command for NewTimeSpan {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let date = |name: &str| match cx.args.value(name).map(Value::base) {
            Some(Value::DateTime(d)) => Some(time::ticks(*d)),
            _ => None,
        };
        let ticks = if cx.args.set_name() == "Time" {
            let part = |name: &str| cx.args.int(name).unwrap_or(0);
            time_format::span_of_parts(
                part("Days"),
                part("Hours"),
                part("Minutes"),
                part("Seconds"),
                part("Milliseconds"),
            )
            .unwrap_or(0)
        } else {
            let now = time::ticks(time::now());
            let start = if cx.args.is_bound("Start") { date("Start") } else { None };
            let end = if cx.args.is_bound("End") { date("End") } else { None };
            match (start, end) {
                (Some(a), Some(b)) => b - a,
                (Some(a), None) => now - a,
                (None, Some(b)) => b - now,
                (None, None) => 0,
            }
        };
        cx.write(Value::TimeSpan(ticks))
    }
}

#[derive(Default)]
pub struct StartSleep;

impl Command for StartSleep {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let milliseconds = if cx.args.is_bound("Milliseconds") {
            cx.args.int("Milliseconds").unwrap_or(0) as f64
        } else if cx.args.is_bound("Duration") {
            match cx.args.value("Duration").map(Value::base) {
                Some(Value::TimeSpan(ticks)) => *ticks as f64 / time::MILLISECOND as f64,
                _ => 0.0,
            }
        } else {
            match cx.args.value("Seconds").map(Value::base) {
                Some(Value::Double(n)) => n * 1000.0,
                Some(Value::Int(n)) => f64::from(*n) * 1000.0,
                _ => 0.0,
            }
        };
        cx.en.host.clone().flush();
        let end = std::time::Instant::now() + std::time::Duration::from_secs_f64((milliseconds / 1000.0).max(0.0));
        // In short steps, so that Ctrl-C ends the wait.
        loop {
            cx.en.interrupted()?;
            let left = end.saturating_duration_since(std::time::Instant::now());
            if left.is_zero() {
                return Ok(());
            }
            std::thread::sleep(left.min(std::time::Duration::from_millis(50)));
        }
    }
}

/// A small generator for Get-Random, seeded by -SetSeed or the clock (xorshift64*).
struct Generator(u64);

impl Generator {
    fn seeded(seed: u64) -> Generator {
        Generator(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }
    fn from_clock() -> Generator {
        use std::hash::{BuildHasher, Hasher};
        // The standard library's hasher keys come from the operating system's randomness.
        let seed = std::collections::hash_map::RandomState::new().build_hasher().finish();
        Generator::seeded(seed)
    }
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }
    /// Below `limit`.
    fn below(&mut self, limit: u64) -> u64 {
        if limit == 0 { 0 } else { ((u128::from(self.next()) * u128::from(limit)) >> 64) as u64 }
    }
    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }
}

#[derive(Default)]
pub struct GetRandom {
    generator: Option<Generator>,
    items: Vec<Value>,
}

impl Command for GetRandom {
    fn begin(&mut self, cx: &mut Cx) -> Res<()> {
        self.generator = Some(match int(cx, "SetSeed") {
            Some(seed) => Generator::seeded(seed as u64),
            None => Generator::from_clock(),
        });
        Ok(())
    }
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        if cx.args.set_name() != "RandomNumberParameterSet" {
            self.items.extend(cx.args.list("InputObject"));
        }
        Ok(())
    }
    fn end(&mut self, cx: &mut Cx) -> Res<()> {
        let Some(mut generator) = self.generator.take() else { return Ok(()) };
        if cx.args.set_name() == "RandomNumberParameterSet" {
            let count = int(cx, "Count").unwrap_or(1);
            for _ in 0..count {
                let value = self.number(cx, &mut generator)?;
                cx.write(value)?;
            }
            return Ok(());
        }
        let mut items = std::mem::take(&mut self.items);
        let count = if cx.args.switch("Shuffle") {
            items.len()
        } else {
            int(cx, "Count").map_or(1, |n| n as usize).min(items.len())
        };
        for at in 0..count {
            let other = at + generator.below((items.len() - at) as u64) as usize;
            items.swap(at, other);
            cx.write(items[at].clone())?;
        }
        Ok(())
    }
}

impl GetRandom {
    fn number(&self, cx: &mut Cx, generator: &mut Generator) -> Res<Value> {
        let end = |cx: &mut Cx, name: &str| -> Option<Value> {
            let value = cx.args.value(name)?.base().clone();
            match value {
                Value::Int(_) | Value::Long(_) | Value::Double(_) => Some(value),
                other => cx.en.cast(&other, &types::DOUBLE).ok().map(|v| match v {
                    Value::Double(n) if n.fract() == 0.0 && n.abs() < 2e9 => Value::Int(n as i32),
                    v => v,
                }),
            }
        };
        let (min, max) = (end(cx, "Minimum"), end(cx, "Maximum"));
        let float = |v: &Option<Value>| matches!(v, Some(Value::Double(_)));
        let as_f64 = |v: &Option<Value>, default: f64| match v {
            Some(Value::Int(n)) => f64::from(*n),
            Some(Value::Long(n)) => *n as f64,
            Some(Value::Double(n)) => *n,
            _ => default,
        };
        let as_i64 = |v: &Option<Value>, default: i64| match v {
            Some(Value::Int(n)) => i64::from(*n),
            Some(Value::Long(n)) => *n,
            _ => default,
        };
        let wide = [&min, &max].iter().any(|v| matches!(v, Some(Value::Long(_))));
        let check = |cx: &mut Cx, bad: bool, a: String, b: String| {
            if !bad {
                return Ok(());
            }
            let text = format!("The Minimum value ({a}) cannot be greater than or equal to the Maximum value ({b}).");
            Err(cx.fail(ErrorRecord::new(
                "System.ArgumentException",
                text,
                "MinGreaterThanOrEqualMax",
                ErrorCategory::InvalidArgument,
            )))
        };
        if float(&min) || float(&max) {
            let (a, b) = (as_f64(&min, 0.0), as_f64(&max, f64::MAX));
            check(cx, a >= b, a.to_string(), b.to_string())?;
            return Ok(Value::Double(a + generator.unit() * (b - a)));
        }
        let default = if wide { i64::MAX } else { i64::from(i32::MAX) };
        let (a, b) = (as_i64(&min, 0), as_i64(&max, default));
        check(cx, a >= b, a.to_string(), b.to_string())?;
        let value = a.wrapping_add(generator.below(b.wrapping_sub(a) as u64) as i64);
        Ok(if wide { Value::Long(value) } else { Value::Int(value as i32) })
    }
}

#[derive(Default)]
pub struct NewGuid;

impl Command for NewGuid {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let Some(ty) = types::find("System.Guid") else { return Ok(()) };
        let method = if cx.args.switch("Empty") { None } else { Some("NewGuid") };
        let made = match (method, cx.args.value("InputObject").cloned()) {
            (_, Some(text)) => cx.en.cast(&text, ty)?,
            (Some(name), None) => cx.en.call_static(ty, name, &[])?,
            (None, None) => cx.en.static_property(ty, "Empty")?,
        };
        cx.write(made)
    }
}
