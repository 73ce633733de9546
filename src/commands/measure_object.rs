//! Measure-Object.
use crate::input;
use crate::property::{self, Property};
use crate::record::{self, Record};
use dialtone_engine::command::{Command, Cx};
use dialtone_object::*;
use std::cmp::Ordering;

#[derive(Default)]
pub struct MeasureObject {
    properties: Vec<Property>,
    wanted: Wanted,
    /// By property name, in order of appearance; the empty name is the object itself.
    statistics: Vec<(PsString, Statistics)>,
    /// Something was no number: sums and averages say nothing then.
    non_numeric: bool,
}

#[derive(Default, Clone, Copy)]
struct Wanted {
    sum: bool,
    average: bool,
    deviation: bool,
    min: bool,
    max: bool,
    lines: bool,
    words: bool,
    characters: bool,
    no_white_space: bool,
}

#[derive(Default)]
struct Statistics {
    count: i32,
    sum: f64,
    sum_before: f64,
    variance: f64,
    min: Value,
    max: Value,
    lines: i32,
    words: i32,
    characters: i32,
}

impl Command for MeasureObject {
    fn begin(&mut self, cx: &mut Cx) -> Res<()> {
        let given = cx.args.list("Property");
        self.properties = property::parse(cx, &given, &["expression"])?;
        let on = |name: &str| cx.args.switch(name);
        let all = on("AllStats");
        self.wanted = Wanted {
            sum: all || on("Sum"),
            average: all || on("Average"),
            deviation: all || on("StandardDeviation"),
            min: all || on("Minimum"),
            max: all || on("Maximum"),
            lines: on("Line"),
            words: on("Word"),
            characters: on("Character"),
            no_white_space: on("IgnoreWhiteSpace"),
        };
        if self.properties.is_empty() {
            self.statistics.push(("".into(), Statistics::default()));
        }
        Ok(())
    }

    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let Some(object) = input(cx).filter(|o| !o.is_null()) else { return Ok(()) };
        if self.properties.is_empty() {
            return self.add(cx, 0, &object);
        }
        for at in 0..self.properties.len() {
            let found = self.properties[at].on(cx.en, &object)?;
            for one in found {
                if !one.exists {
                    continue;
                }
                let known = self.statistics.iter().position(|(n, _)| string::eq_ignore_case(n, &one.name));
                let place = known.unwrap_or_else(|| {
                    self.statistics.push((one.name.clone(), Statistics::default()));
                    self.statistics.len() - 1
                });
                self.add(cx, place, &one.value)?;
            }
        }
        Ok(())
    }

    fn end(&mut self, cx: &mut Cx) -> Res<()> {
        let text = self.wanted.lines || self.wanted.words || self.wanted.characters;
        for (name, s) in std::mem::take(&mut self.statistics) {
            let property = if self.properties.is_empty() { Value::Null } else { Value::String(name) };
            let made = if text { self.text_info(&s, property) } else { self.info(cx, &s, property) };
            cx.write(made)?;
        }
        Ok(())
    }
}

impl MeasureObject {
    fn add(&mut self, cx: &mut Cx, place: usize, value: &Value) -> Res<()> {
        let w = self.wanted;
        let Some((_, s)) = self.statistics.get_mut(place) else { return Ok(()) };
        s.count = s.count.saturating_add(1);
        if w.lines || w.words || w.characters {
            let text = if value.is_null() { "".into() } else { cx.en.to_text(value) };
            s.add_text(&text, w.no_white_space);
        }
        if w.sum || w.average || w.deviation {
            let Some(number) = number(cx, value) else {
                self.non_numeric = true;
                let text = format!("Input object \"{}\" is not numeric.", cx.en.to_text(value));
                return cx.error(
                    ErrorRecord::new(
                        "System.Management.Automation.PSInvalidOperationException",
                        text,
                        "NonNumericInputObject",
                        ErrorCategory::InvalidType,
                    )
                    .with_target(value.clone()),
                );
            };
            s.add_number(number);
        }
        if w.min && extreme(cx, &s.min, value, Ordering::Greater) {
            s.min = value.clone();
        }
        if w.max && extreme(cx, &s.max, value, Ordering::Less) {
            s.max = value.clone();
        }
        Ok(())
    }

    fn text_info(&self, s: &Statistics, property: Value) -> Value {
        let w = self.wanted;
        let some = |on: bool, n: i32| if on { Value::Int(n) } else { Value::Null };
        let values = vec![some(w.lines, s.lines), some(w.words, s.words), some(w.characters, s.characters), property];
        Record::make(&record::TEXT_MEASURE_INFO, values)
    }

    fn info(&self, cx: &mut Cx, s: &Statistics, property: Value) -> Value {
        let w = self.wanted;
        let some = |on: bool, n: f64| if on && !self.non_numeric { Value::Double(n) } else { Value::Null };
        let average = some(w.average && s.count > 0, s.sum / f64::from(s.count.max(1)));
        let (sum, deviation) = (some(w.sum, s.sum), some(w.deviation, s.variance.sqrt()));
        let mut ends = [s.max.clone(), s.min.clone()];
        let numbers: Vec<Option<f64>> =
            ends.iter().map(|v| if v.is_null() { Some(0.0) } else { number(cx, v) }).collect();
        let numeric = numbers.iter().all(Option::is_some);
        if numeric {
            for (end, number) in ends.iter_mut().zip(numbers) {
                if !end.is_null() {
                    *end = number.into();
                }
            }
        }
        let [max, min] = ends;
        let ty = if numeric { &record::MEASURE_INFO } else { &record::MEASURE_OBJECT_INFO };
        Record::make(ty, vec![Value::Int(s.count), average, sum, max, min, deviation, property])
    }
}

impl Statistics {
    /// Running sum and variance (the variance by the previous mean).
    fn add_number(&mut self, number: f64) {
        let count = f64::from(self.count);
        if self.count > 1 {
            let mean_before = self.sum_before / (count - 1.0);
            self.variance *= (count - 2.0) / (count - 1.0);
            self.variance += (number - mean_before).powi(2) / count;
        }
        self.sum_before += number;
        self.sum += number;
    }
    fn add_text(&mut self, text: &PsString, no_white_space: bool) {
        let length = if no_white_space {
            text.chars().filter(|c| !c.is_whitespace()).map(char::len_utf16).sum()
        } else {
            text.len()
        };
        self.characters = self.characters.saturating_add(i32::try_from(length).unwrap_or(i32::MAX));
        self.words = self.words.saturating_add(i32::try_from(text.split_whitespace().count()).unwrap_or(i32::MAX));
        if !text.is_empty() {
            let breaks = text.matches('\n').count() + usize::from(!text.ends_with('\n'));
            self.lines = self.lines.saturating_add(i32::try_from(breaks).unwrap_or(i32::MAX));
        }
    }
}

fn number(cx: &mut Cx, value: &Value) -> Option<f64> {
    match value.base() {
        Value::Int(n) => Some(f64::from(*n)),
        Value::Double(n) => Some(*n),
        Value::Long(n) => Some(*n as f64),
        Value::DateTime(_) | Value::TimeSpan(_) => None,
        v if v.is_null() => Some(0.0),
        other => match cx.en.cast(other, &types::DOUBLE) {
            Ok(Value::Double(n)) => Some(n),
            _ => None,
        },
    }
}

/// True when `value` is to replace the extreme known so far; `wins` is how the known one compares to a better one.
fn extreme(cx: &mut Cx, known: &Value, value: &Value, wins: Ordering) -> bool {
    if known.is_null() {
        return true;
    }
    let typed = |cx: &mut Cx, v: &Value| match number(cx, v) {
        Some(n) if !v.is_null() => Value::Double(n),
        _ => v.clone(),
    };
    let (mut a, mut b) = (typed(cx, known), typed(cx, value));
    if types::type_of(&a) != types::type_of(&b) && !b.is_null() {
        (a, b) = (Value::String(cx.en.to_text(&a)), Value::String(cx.en.to_text(&b)));
    }
    compare::compare_values(cx.en, &a, &b, true).is_ok_and(|order| order == wins)
}
