//! `ParseExact` of dates: a text read by the very pattern it should follow.
use crate::culture::{self, Culture, DateFormat};
use crate::net_error::NetError;
use crate::scalars::DateTimeOffset;
use crate::time_fields::{
    DateStyles, Failure, Fields, finish, finish_offset, four_digits, fraction_ticks, half_day, read_offset,
};
use crate::time_format::{bad_format, quoted, repeats};

/// `DateTime.ParseExact(text, formats, culture, styles)`: the first format that fits. A format that is no format is an
/// error of its own ("Input string was not in a correct format."), which the Try methods throw too.
pub fn parse_date_exact(text: &str, formats: &[&str], culture: &Culture, styles: DateStyles) -> Result<u64, NetError> {
    each(text, formats, culture, styles, finish).map_err(|e| e.into_error(text))
}
pub fn parse_offset_exact(
    text: &str,
    formats: &[&str],
    culture: &Culture,
    styles: DateStyles,
) -> Result<DateTimeOffset, NetError> {
    each(text, formats, culture, styles, finish_offset).map_err(|e| e.into_error(text))
}

fn each<T>(
    text: &str,
    formats: &[&str],
    culture: &Culture,
    styles: DateStyles,
    finish: impl Fn(&Fields, DateStyles) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let mut failure = Failure::Bad;
    for format in formats {
        if text.is_empty() {
            return Err(Failure::Bad);
        }
        if format.is_empty() {
            return Err(Failure::Format(bad_format()));
        }
        let mut styles = styles;
        if *format == "U" {
            styles.0 |= DateStyles::ADJUST_TO_UNIVERSAL | DateStyles::ASSUME_UNIVERSAL_FLAG;
        }
        let (patterns, f) = expand(format, &culture.date).ok_or_else(|| Failure::Format(bad_format()))?;
        for pattern in patterns {
            match read(text, &pattern, f, styles).and_then(|fields| finish(&fields, styles)) {
                Ok(value) => return Ok(value),
                Err(Failure::Format(e)) => return Err(Failure::Format(e)),
                Err(other) => failure = other,
            }
        }
    }
    // With several formats .NET does not say why each failed.
    Err(if formats.len() > 1 { Failure::Bad } else { failure })
}

/// All patterns of a standard letter in a culture, the written one first.
pub fn patterns(letter: &str, culture: &Culture) -> Vec<String> {
    expand(letter, &culture.date).map(|(patterns, _)| patterns).unwrap_or_default()
}

/// All patterns a standard letter stands for; a longer format is itself.
fn expand<'a>(format: &str, f: &'a DateFormat) -> Option<(Vec<String>, &'a DateFormat)> {
    if format.chars().count() > 1 {
        return Some((vec![format.to_owned()], f));
    }
    let pairs = |dates: &[&str], times: &[&str]| {
        dates.iter().flat_map(|d| times.iter().map(move |t| format!("{d} {t}"))).collect::<Vec<_>>()
    };
    let plain = |all: &[&str]| all.iter().map(|p| (*p).to_owned()).collect::<Vec<_>>();
    Some(match format {
        "d" => (plain(f.short_dates), f),
        "D" => (plain(f.long_dates), f),
        "t" => (plain(f.short_times), f),
        "T" => (plain(f.long_times), f),
        "f" => (pairs(f.long_dates, f.short_times), f),
        "F" | "U" => (pairs(f.long_dates, f.long_times), f),
        "g" => (pairs(f.short_dates, f.short_times), f),
        "G" => (pairs(f.short_dates, f.long_times), f),
        _ => {
            let (pattern, fixed) = crate::time_format::standard(format, f, "K")?;
            (vec![pattern.into_owned()], if fixed { &culture::invariant().date } else { f })
        }
    })
}

struct Text<'a> {
    chars: &'a [char],
    at: usize,
    /// White space inside is skipped.
    loose: bool,
}
impl Text<'_> {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }
    fn skip_white(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
    }
    /// Between `least` and `most` digits.
    fn digits(&mut self, least: usize, most: usize) -> Option<i32> {
        if self.loose {
            self.skip_white();
        }
        let count = self.chars[self.at..].iter().take(most).take_while(|c| c.is_ascii_digit()).count();
        if count < least {
            return None;
        }
        let value = self.chars[self.at..self.at + count].iter().collect::<String>().parse().ok()?;
        self.at += count;
        Some(value)
    }
    fn take(&mut self, word: &str) -> bool {
        let mut at = self.at;
        for c in word.chars() {
            match self.chars.get(at) {
                Some(t) if crate::string::fold(*t) == crate::string::fold(c) || same_space(*t, c) => at += 1,
                _ => return false,
            }
        }
        self.at = at;
        !word.is_empty()
    }
    fn name(&mut self, lists: &[&[&str]]) -> Option<i32> {
        let mut names: Vec<(usize, &str)> = lists.iter().flat_map(|l| l.iter().copied().enumerate()).collect();
        names.sort_by_key(|(_, n)| std::cmp::Reverse(n.len()));
        names.into_iter().find(|(_, n)| self.take(n)).map(|(at, _)| at as i32)
    }
}

/// The no-break spaces of some patterns are typed as plain ones.
fn same_space(a: char, b: char) -> bool {
    matches!(a, ' ' | '\u{a0}' | '\u{202f}') && matches!(b, ' ' | '\u{a0}' | '\u{202f}')
}

fn read(text: &str, pattern: &str, f: &DateFormat, styles: DateStyles) -> Result<Fields, Failure> {
    let chars: Vec<char> = text.chars().collect();
    let mut text = Text { chars: &chars, at: 0, loose: styles.has(DateStyles::INNER_WHITE) };
    if styles.has(DateStyles::LEADING_WHITE) || text.loose {
        text.skip_white();
    }
    let pattern: Vec<char> = pattern.chars().collect();
    let mut state = State::default();
    state.follow(&mut text, &pattern, f)?;
    if styles.has(DateStyles::TRAILING_WHITE) || text.loose {
        text.skip_white();
    }
    if text.at < chars.len() {
        return Err(Failure::Bad);
    }
    state.fields()
}

#[derive(Default)]
struct State {
    found: Fields,
    hour: Option<i32>,
    minute: Option<i32>,
    second: Option<i32>,
    fraction: Option<i64>,
    afternoon: Option<bool>,
    twelve_hours: bool,
}

/// A field that stands twice must say the same.
fn set<T: PartialEq>(field: &mut Option<T>, value: T) -> Result<(), Failure> {
    if field.as_ref().is_some_and(|old| *old != value) {
        return Err(Failure::Bad);
    }
    *field = Some(value);
    Ok(())
}

impl State {
    fn follow(&mut self, text: &mut Text<'_>, pattern: &[char], f: &DateFormat) -> Result<(), Failure> {
        let mut at = 0;
        while let Some(c) = pattern.get(at).copied() {
            let mut count = repeats(pattern, at);
            let least = count.min(2);
            let bad = || Failure::Bad;
            match c {
                'y' => {
                    let year = text.digits(count, count.max(2)).ok_or_else(bad)?;
                    set(&mut self.found.year, if count <= 2 { four_digits(year) } else { year })?;
                }
                'M' => {
                    let month = match count {
                        1 | 2 => text.digits(least, 2),
                        3 => text.name(&[&f.short_months, &f.short_months_genitive]).map(|n| n + 1),
                        _ => text.name(&[&f.months, &f.months_genitive]).map(|n| n + 1),
                    };
                    set(&mut self.found.month, month.ok_or_else(bad)?)?;
                }
                'd' if count <= 2 => set(&mut self.found.day, text.digits(least, 2).ok_or_else(bad)?)?,
                'd' => {
                    let names = if count == 3 { &f.short_days } else { &f.days };
                    set(&mut self.found.weekday, text.name(&[names]).ok_or_else(bad)?)?;
                }
                'g' => {
                    if ![f.era, f.era_short, "A.D.", "AD"].into_iter().any(|era| text.take(era)) {
                        return Err(Failure::Bad);
                    }
                }
                'h' | 'H' => {
                    self.twelve_hours |= c == 'h';
                    set(&mut self.hour, text.digits(least, 2).ok_or_else(bad)?)?;
                }
                'm' => set(&mut self.minute, text.digits(least, 2).ok_or_else(bad)?)?,
                's' => set(&mut self.second, text.digits(least, 2).ok_or_else(bad)?)?,
                'f' | 'F' => {
                    if count > 7 {
                        return Err(Failure::Format(bad_format()));
                    }
                    self.read_fraction(text, count, c == 'F')?;
                }
                't' => {
                    let one = |word: &str| word.chars().next().map(String::from).unwrap_or_default();
                    let (am, pm) = if count == 1 { (one(f.am), one(f.pm)) } else { (f.am.to_owned(), f.pm.to_owned()) };
                    let afternoon = if text.take(&am) {
                        false
                    } else if text.take(&pm) {
                        true
                    } else {
                        return Err(Failure::Bad);
                    };
                    set(&mut self.afternoon, afternoon)?;
                }
                'z' => {
                    let (offset, next) = exact_offset(text.chars, text.at, count).ok_or_else(bad)?;
                    text.at = next;
                    set(&mut self.found.offset, offset)?;
                }
                'K' => {
                    count = 1;
                    if text.take("Z") {
                        self.found.utc = true;
                        set(&mut self.found.offset, 0)?;
                    } else if let Some((offset, next)) = read_offset(text.chars, text.at) {
                        text.at = next;
                        set(&mut self.found.offset, offset)?;
                    }
                }
                'Z' => {
                    count = 1;
                    if !text.take("Z") {
                        return Err(Failure::Bad);
                    }
                    self.found.utc = true;
                    set(&mut self.found.offset, 0)?;
                }
                ':' | '/' => {
                    count = 1;
                    let separator = if c == ':' { f.time_separator } else { f.date_separator };
                    let taken = text.take(separator) || (c == ':' && text.take(":"));
                    if !taken {
                        return Err(Failure::Bad);
                    }
                }
                '.' if pattern.get(at + 1) == Some(&'F') => {
                    count = 1;
                    // A missing point means a missing fraction.
                    if !text.take(".") {
                        count += repeats(pattern, at + 1);
                    }
                }
                '\'' | '"' => {
                    let mut literal = String::new();
                    at = quoted(pattern, at, &mut literal).map_err(Failure::Format)?;
                    for c in literal.chars() {
                        literal_char(text, c)?;
                    }
                    continue;
                }
                '%' => {
                    if pattern.get(at + 1).is_none_or(|c| *c == '%') {
                        return Err(Failure::Format(bad_format()));
                    }
                    count = 1;
                }
                '\\' => {
                    let c = *pattern.get(at + 1).ok_or_else(|| Failure::Format(bad_format()))?;
                    literal_char(text, c)?;
                    count = 2;
                }
                other => {
                    count = 1;
                    literal_char(text, other)?;
                }
            }
            at += count;
        }
        Ok(())
    }

    fn read_fraction(&mut self, text: &mut Text<'_>, count: usize, optional: bool) -> Result<(), Failure> {
        let run = text.chars[text.at..].iter().take(count).take_while(|c| c.is_ascii_digit()).count();
        if !optional && run < count {
            return Err(Failure::Bad);
        }
        let digits: String = text.chars[text.at..text.at + run].iter().collect();
        text.at += run;
        set(&mut self.fraction, fraction_ticks(&digits).unwrap_or(0))
    }

    fn fields(mut self) -> Result<Fields, Failure> {
        if let Some(hour) = self.hour {
            if self.twelve_hours && !(0..=12).contains(&hour) {
                return Err(Failure::Bad);
            }
            let hour = match (self.twelve_hours, self.afternoon) {
                (true, None) if hour == 12 => 0,
                _ => half_day(hour, self.afternoon).ok_or(Failure::Bad)?,
            };
            self.hour = Some(hour);
        } else if self.afternoon == Some(true) {
            self.hour = Some(12);
        }
        if self.hour.is_some() || self.minute.is_some() || self.second.is_some() {
            let part = |n: Option<i32>| n.unwrap_or(0);
            self.found.time = Some((part(self.hour), part(self.minute), part(self.second)));
        }
        self.found.fraction = self.fraction.unwrap_or(0);
        Ok(self.found)
    }
}

fn literal_char(text: &mut Text<'_>, c: char) -> Result<(), Failure> {
    if text.loose && c.is_whitespace() {
        text.skip_white();
        return Ok(());
    }
    if text.loose {
        text.skip_white();
    }
    match text.peek() {
        Some(t) if t == c || same_space(t, c) => {
            text.at += 1;
            Ok(())
        }
        _ => Err(Failure::Bad),
    }
}

/// `z` `zz` take hours, `zzz` hours and minutes with a colon that may be missing.
fn exact_offset(chars: &[char], at: usize, count: usize) -> Option<(i64, usize)> {
    if count >= 3 {
        return read_offset(chars, at).filter(|(_, end)| end - at > 3);
    }
    let digits = chars.get(at + 1..)?.iter().take(2).take_while(|c| c.is_ascii_digit()).count();
    if digits < count {
        return None;
    }
    let end = at + 1 + digits;
    read_offset(&chars[..end], at)
}
