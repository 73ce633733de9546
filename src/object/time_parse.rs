//! Reading dates as `DateTime.Parse` does: tokens of any culture-flavoured date and time in any sensible order. The
//! exact patterns of `ParseExact` are in `time_parse_exact`, spans in `span_parse`.
use crate::culture::{self, Culture};
use crate::net_error::NetError;
use crate::scalars::DateTimeOffset;
use crate::time;
use crate::time_fields::{Failure, Fields, finish, finish_offset, four_digits, fraction_ticks, half_day, read_offset};

pub use crate::span_parse::{parse_span, parse_span_exact};
pub use crate::time_fields::DateStyles;
pub use crate::time_parse_exact::{parse_date_exact, parse_offset_exact, patterns};

/// `DateTime.Parse(text, culture, styles)`: the bits of the value.
pub fn parse_date(text: &str, culture: &Culture, styles: DateStyles) -> Result<u64, NetError> {
    read(text, culture).and_then(|fields| finish(&fields, styles)).map_err(|e| e.into_error(text))
}
/// `DateTimeOffset.Parse(text, culture, styles)`
pub fn parse_offset(text: &str, culture: &Culture, styles: DateStyles) -> Result<DateTimeOffset, NetError> {
    read(text, culture).and_then(|fields| finish_offset(&fields, styles)).map_err(|e| e.into_error(text))
}

/// What follows a number.
#[derive(Clone, Copy, PartialEq)]
enum After {
    End,
    Space,
    Date,
    Time,
    AmPm,
    /// The `T` of ISO 8601.
    T,
    /// 年, 月, 日, 時, 分, 秒
    Suffix(char),
}

#[derive(Clone, Copy, PartialEq)]
enum Piece {
    Number(i32),
    Month(i32),
    Year(i32),
}

struct Reader<'a> {
    text: Vec<char>,
    at: usize,
    culture: &'a Culture,
    /// Parts of a date that wait for more.
    date: Vec<Piece>,
    /// The last part was followed by a date separator: more must come.
    joined: bool,
    clock: Vec<i32>,
    afternoon: Option<bool>,
    year: Option<i32>,
    month: Option<i32>,
    /// A complete date or time has been read.
    done: bool,
    suffixed: bool,
    fields: Fields,
}

fn read(text: &str, culture: &Culture) -> Result<Fields, Failure> {
    let mut reader = Reader {
        text: text.chars().collect(),
        at: 0,
        culture,
        date: Vec::new(),
        joined: false,
        clock: Vec::new(),
        afternoon: None,
        year: None,
        month: None,
        done: false,
        suffixed: false,
        fields: Fields::default(),
    };
    reader.run()?;
    Ok(reader.fields)
}

fn is_white(c: char) -> bool {
    c.is_whitespace()
}

/// Order of year, month and day in a pattern, e.g. `MDY`.
fn order(pattern: &str) -> [char; 3] {
    let place = |c: char| pattern.find(c).unwrap_or(usize::MAX);
    let mut all = [('y', place('y')), ('M', place('M')), ('d', place('d'))];
    all.sort_by_key(|(_, at)| *at);
    all.map(|(c, _)| c)
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.text.get(self.at).copied()
    }
    fn skip_white(&mut self) {
        while self.peek().is_some_and(is_white) {
            self.at += 1;
        }
    }

    /// Moves over `word` when it stands here, any case, and no letter follows a word that ends in one.
    fn take(&mut self, word: &str) -> bool {
        let mut at = self.at;
        let mut last = ' ';
        for c in word.chars() {
            match self.text.get(at) {
                Some(t) if crate::string::fold(*t) == crate::string::fold(c) || (is_white(*t) && is_white(c)) => {
                    at += 1;
                    last = c;
                }
                _ => return false,
            }
        }
        let cut = last.is_alphabetic() && last.is_ascii() && self.text.get(at).is_some_and(|c| c.is_alphabetic());
        if word.is_empty() || cut {
            return false;
        }
        self.at = at;
        true
    }
    /// The place of the name that stands here; longest names are tried first.
    fn name(&mut self, lists: &[&[&str]]) -> Option<i32> {
        let mut names: Vec<(usize, &str)> = lists.iter().flat_map(|l| l.iter().copied().enumerate()).collect();
        names.sort_by_key(|(_, n)| std::cmp::Reverse(n.len()));
        names.into_iter().find(|(_, n)| self.take(n)).map(|(at, _)| at as i32)
    }

    fn run(&mut self) -> Result<(), Failure> {
        loop {
            self.skip_white();
            let Some(c) = self.peek() else { break };
            if c.is_ascii_digit() {
                self.number()?;
                continue;
            }
            if matches!(c, ',' | '.') || c == '\0' || c == '#' {
                self.at += 1;
                continue;
            }
            if matches!(c, '+' | '-') && self.fields.offset.is_none() && self.done {
                self.offset()?;
                continue;
            }
            self.word()?;
        }
        self.end()
    }

    /// What waits is complete at the end of the text.
    fn end(&mut self) -> Result<(), Failure> {
        if !self.clock.is_empty() || self.joined {
            return Err(Failure::Bad);
        }
        if self.suffixed {
            self.fields.year = self.fields.year.or(self.year);
            self.done = true;
        }
        if !self.date.is_empty() {
            if self.date.len() < 2 {
                return Err(Failure::Bad);
            }
            self.date_done()?;
        }
        if !self.done { Err(Failure::Bad) } else { Ok(()) }
    }

    fn word(&mut self) -> Result<(), Failure> {
        let f = &self.culture.date;
        let plain = &culture::invariant().date;
        let start = self.at;
        let months: [&[&str]; 6] = [
            &f.months,
            &f.months_genitive,
            &f.short_months,
            &f.short_months_genitive,
            &plain.months,
            &plain.short_months,
        ];
        if let Some(month) = self.name(&months) {
            let after = self.after()?;
            return self.month_token(month + 1, after);
        }
        if let Some(day) = self.name(&[&f.days, &f.short_days, &plain.days, &plain.short_days]) {
            if self.fields.weekday.is_some() {
                return Err(Failure::Bad);
            }
            self.fields.weekday = Some(day);
            return Ok(());
        }
        if self.am_pm()? {
            return Ok(());
        }
        if self.take("GMT") || self.take("Z") {
            if self.fields.offset.is_some() {
                return Err(Failure::Bad);
            }
            self.fields.offset = Some(0);
            self.fields.utc = true;
            return Ok(());
        }
        if [f.era, f.era_short, "A.D.", "AD"].into_iter().any(|era| self.take(era)) {
            return Ok(());
        }
        if self.text[start].is_alphabetic() { Err(Failure::Word(self.unit(start))) } else { Err(Failure::Bad) }
    }

    fn unit(&self, at: usize) -> usize {
        self.text[..at].iter().map(|c| c.len_utf16()).sum()
    }

    fn am_pm(&mut self) -> Result<bool, Failure> {
        let f = &self.culture.date;
        let afternoon = if [f.am, "AM"].into_iter().any(|w| self.take(w)) {
            false
        } else if [f.pm, "PM"].into_iter().any(|w| self.take(w)) {
            true
        } else {
            return Ok(false);
        };
        if self.afternoon.is_some() {
            return Err(Failure::Bad);
        }
        self.afternoon = Some(afternoon);
        Ok(true)
    }

    fn after(&mut self) -> Result<After, Failure> {
        self.skip_white();
        let Some(c) = self.peek() else { return Ok(After::End) };
        if c.is_ascii_digit() {
            return Ok(After::Space);
        }
        let f = &self.culture.date;
        if c.is_alphabetic() && self.am_pm()? {
            return Ok(After::AmPm);
        }
        if self.take(f.date_separator) || self.take("/") {
            return Ok(After::Date);
        }
        if c == '-' {
            // A separator where one may stand, else the sign of an offset.
            if self.date.len() > 1 || !self.clock.is_empty() {
                return Ok(After::Space);
            }
            self.at += 1;
            return Ok(After::Date);
        }
        if self.take(f.time_separator) || self.take(":") {
            return Ok(After::Time);
        }
        if matches!(c, 'T' | 't') && self.text.get(self.at + 1).is_none_or(|n| !n.is_alphabetic()) {
            self.at += 1;
            return Ok(After::T);
        }
        if "年月日時分秒".contains(c) {
            self.at += 1;
            return Ok(After::Suffix(c));
        }
        Ok(After::Space)
    }

    fn number(&mut self) -> Result<(), Failure> {
        let start = self.at;
        let mut value = 0i32;
        while let Some(digit) = self.peek().and_then(|c| c.to_digit(10)) {
            if self.at - start >= 8 {
                return Err(Failure::Bad);
            }
            value = value * 10 + digit as i32;
            self.at += 1;
        }
        let digits = self.at - start;
        if digits > 2 {
            return self.year_token(value);
        }
        match self.clock.len() {
            0 => {}
            count => {
                if count == 2 && self.peek() == Some('.') {
                    self.at += 1;
                    self.fields.fraction = self.fraction()?;
                }
                let mark = self.at;
                self.skip_white();
                if matches!(self.peek(), Some('+' | '-')) {
                    if self.fields.offset.is_some() {
                        return Err(Failure::Bad);
                    }
                    self.offset()?;
                } else {
                    self.at = mark;
                }
            }
        }
        let after = self.after()?;
        match after {
            After::Suffix(c) => return self.suffix(value, c),
            After::T => {
                let iso = self.date.first().is_some_and(|p| matches!(p, Piece::Year(_))) && self.date.len() == 2;
                if !iso {
                    return Err(Failure::Bad);
                }
                self.date.push(Piece::Number(value));
                self.date_done()?;
                return self.iso_time();
            }
            _ => {}
        }
        if !self.clock.is_empty() {
            self.clock.push(value);
            return match (after, self.clock.len()) {
                (After::Time, 2) => Ok(()),
                (After::End | After::Space | After::AmPm, _) => self.time_done(),
                _ => Err(Failure::Bad),
            };
        }
        let kinds = (self.date.len(), self.joined);
        match after {
            After::Time => {
                // A complete date may end right before a time.
                match kinds {
                    (0, _) => {}
                    (2, false) if !matches!(self.date[0], Piece::Year(_)) => self.date_done()?,
                    _ => return Err(Failure::Bad),
                }
                self.clock.push(value);
                Ok(())
            }
            After::AmPm
                if kinds.0 == 0 || (kinds == (2, false) && self.date.iter().all(|p| matches!(p, Piece::Number(_)))) =>
            {
                if kinds.0 == 2 {
                    self.date_done()?;
                }
                self.clock.push(value);
                self.time_done()
            }
            _ => self.piece(Piece::Number(value), after),
        }
    }

    fn year_token(&mut self, value: i32) -> Result<(), Failure> {
        if self.year.is_some() {
            return Err(Failure::Bad);
        }
        self.year = Some(value);
        match self.after()? {
            After::Suffix('年') => {
                self.fields.year = Some(value);
                self.suffixed = true;
                Ok(())
            }
            After::T | After::Time | After::Suffix(_) => Err(Failure::Bad),
            after => self.piece(Piece::Year(value), after),
        }
    }

    fn month_token(&mut self, month: i32, after: After) -> Result<(), Failure> {
        if self.month.is_some() || matches!(after, After::Time | After::AmPm | After::T | After::Suffix(_)) {
            return Err(Failure::Bad);
        }
        self.month = Some(month);
        self.piece(Piece::Month(month), after)
    }

    /// One more part of a date.
    fn piece(&mut self, piece: Piece, after: After) -> Result<(), Failure> {
        if !self.clock.is_empty() {
            return Err(Failure::Bad);
        }
        self.date.push(piece);
        let count = self.date.len();
        self.joined = after == After::Date;
        match (count, after) {
            (1, After::Space | After::Date) => Ok(()),
            (1, _) => Err(Failure::Bad),
            (2, After::End) => self.date_done(),
            (2, After::Space | After::Date) => Ok(()),
            (2, _) => Err(Failure::Bad),
            (_, After::Date | After::Time | After::T) => Err(Failure::Bad),
            _ => self.date_done(),
        }
    }

    /// Which of the parts is what, by the culture's patterns.
    fn date_done(&mut self) -> Result<(), Failure> {
        use Piece::{Month, Number, Year};
        if self.fields.month.is_some() || self.fields.year.is_some() {
            return Err(Failure::Bad);
        }
        let f = &self.culture.date;
        let day_first = order(f.month_day)[..2].contains(&'d') && f.month_day.find('d') < f.month_day.find('M');
        let year_first = f.year_month.find('y') < f.year_month.find('M');
        let short = order(f.short_date());
        let this_year = || time::ymd(time::ticks(time::now())).0;
        let valid = |y: i32, m: i32, d: i32| time::from_ymd(four_digits(y), m, d).is_some();
        let (year, month, day) = match *self.date.as_slice() {
            [Number(a), Number(b)] if day_first => (this_year(), b, a),
            [Number(a), Number(b)] => (this_year(), a, b),
            [Month(m), Number(n)] if day_first && !year_first => (four_digits(n), m, 1),
            [Number(n), Month(m)] if year_first => (four_digits(n), m, 1),
            [Month(m), Number(n)] | [Number(n), Month(m)] => (this_year(), m, n),
            [Year(y), Number(n)] | [Number(n), Year(y)] => (y, n, 1),
            [Year(y), Month(m)] | [Month(m), Year(y)] => (y, m, 1),
            [Number(a), Number(b), Number(c)] => {
                let mut parts = (0, 0, 0);
                for (kind, n) in short.into_iter().zip([a, b, c]) {
                    match kind {
                        'y' => parts.0 = four_digits(n),
                        'M' => parts.1 = n,
                        _ => parts.2 = n,
                    }
                }
                parts
            }
            // A month's name and two numbers: the culture's order, turned round when it makes no day.
            [Month(m), Number(a), Number(b)] | [Number(a), Month(m), Number(b)] | [Number(a), Number(b), Month(m)] => {
                let year_at_front = short[0] == 'y';
                let (y, d) = if year_at_front { (a, b) } else { (b, a) };
                let (y, d) = if valid(y, m, d) { (y, d) } else { (d, y) };
                (four_digits(y), m, d)
            }
            [Year(y), Number(a), Number(b)] if short == ['y', 'd', 'M'] => (y, b, a),
            [Year(y), Number(a), Number(b)] => (y, a, b),
            [Number(a), Number(b), Year(y)] if short[0] == 'd' || short == ['y', 'd', 'M'] => (y, b, a),
            [Number(a), Number(b), Year(y)] => (y, a, b),
            [Number(a), Year(y), Number(b)] => (y, a, b),
            [Year(y), Month(m), Number(d)]
            | [Year(y), Number(d), Month(m)]
            | [Month(m), Year(y), Number(d)]
            | [Month(m), Number(d), Year(y)]
            | [Number(d), Month(m), Year(y)]
            | [Number(d), Year(y), Month(m)] => (y, m, d),
            _ => return Err(Failure::Bad),
        };
        if time::from_ymd(year, month, day).is_none() {
            return Err(Failure::Bad);
        }
        (self.fields.year, self.fields.month, self.fields.day) = (Some(year), Some(month), Some(day));
        self.date.clear();
        (self.joined, self.done) = (false, true);
        Ok(())
    }

    fn time_done(&mut self) -> Result<(), Failure> {
        if self.fields.time.is_some() {
            return Err(Failure::Bad);
        }
        let part = |at: usize| self.clock.get(at).copied().unwrap_or(0);
        let hour = half_day(part(0), self.afternoon).ok_or(Failure::Bad)?;
        self.fields.time = Some((hour, part(1), part(2)));
        self.clock.clear();
        self.done = true;
        Ok(())
    }

    /// `HH:mm[:ss[.fff]]` and an offset, nothing else.
    fn iso_time(&mut self) -> Result<(), Failure> {
        let two = |reader: &mut Self| {
            reader.skip_white();
            let mut value = None;
            for _ in 0..2 {
                let Some(digit) = reader.peek().and_then(|c| c.to_digit(10)) else { break };
                value = Some(value.unwrap_or(0) * 10 + digit as i32);
                reader.at += 1;
            }
            value.ok_or(Failure::Bad)
        };
        let hour = two(self)?;
        self.skip_white();
        if !self.take(":") {
            return Err(Failure::Bad);
        }
        let minute = two(self)?;
        self.skip_white();
        let mut second = 0;
        if self.take(":") {
            second = two(self)?;
            if matches!(self.peek(), Some('.' | ',')) {
                self.at += 1;
                self.fields.fraction = self.fraction()?;
            }
        }
        self.skip_white();
        match self.peek() {
            Some('+' | '-') => self.offset()?,
            Some('Z' | 'z') => {
                self.at += 1;
                (self.fields.offset, self.fields.utc) = (Some(0), true);
            }
            _ => {}
        }
        self.skip_white();
        while matches!(self.peek(), Some('\0' | '#')) {
            self.at += 1;
        }
        if self.at < self.text.len() {
            return Err(Failure::Bad);
        }
        self.fields.time = Some((hour, minute, second));
        self.done = true;
        Ok(())
    }

    /// Digits behind the point as ticks.
    fn fraction(&mut self) -> Result<i64, Failure> {
        let start = self.at;
        while self.peek().is_some_and(|c| c.is_ascii_digit()) {
            self.at += 1;
        }
        let digits: String = self.text[start..self.at].iter().collect();
        fraction_ticks(&digits).ok_or(Failure::Bad)
    }

    fn offset(&mut self) -> Result<(), Failure> {
        let (offset, next) = read_offset(&self.text, self.at).ok_or(Failure::Bad)?;
        (self.fields.offset, self.at) = (Some(offset), next);
        Ok(())
    }

    fn suffix(&mut self, value: i32, c: char) -> Result<(), Failure> {
        self.suffixed = true;
        let (hour, minute, second) = self.fields.time.unwrap_or_default();
        match c {
            '年' => self.fields.year = Some(four_digits(value)),
            '月' => self.fields.month = Some(value),
            '日' => self.fields.day = Some(value),
            '時' => self.fields.time = Some((half_day(value, self.afternoon).ok_or(Failure::Bad)?, minute, second)),
            '分' => self.fields.time = Some((hour, value, second)),
            _ => self.fields.time = Some((hour, minute, value)),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time_format::format_date;

    fn read(text: &str, culture: &str) -> Result<String, NetError> {
        let culture = culture::find(culture).unwrap();
        let value = parse_date(text, culture, DateStyles(DateStyles::ADJUST_TO_UNIVERSAL))?;
        format_date(value, "s", culture::invariant())
    }

    #[test]
    fn dates_in_many_forms() {
        for (text, culture, wanted) in [
            ("2024-02-29T13:45:30,5", "", "2024-02-29T13:45:30"),
            ("2024-02-29 1:45PM", "", "2024-02-29T13:45:00"),
            ("Thu, 29 Feb 2024 13:45:30 GMT", "", "2024-02-29T13:45:30"),
            ("29-feb-24", "", "2024-02-29T00:00:00"),
            ("2024, Feb 29", "", "2024-02-29T00:00:00"),
            ("1.2.3", "", "2003-01-02T00:00:00"),
            ("1.2.3", "de-DE", "2003-02-01T00:00:00"),
            ("29. Februar 2024 13:45", "de-DE", "2024-02-29T13:45:00"),
            ("2024-02-29T13:45:30+05:00", "", "2024-02-29T08:45:30"),
            ("2024年2月29日 13:45:30", "ja-JP", "2024-02-29T13:45:30"),
        ] {
            assert_eq!(read(text, culture).as_deref(), Ok(wanted), "{text}");
        }
    }

    #[test]
    fn why_not() {
        for (text, part) in [
            ("", "String '' was not"),
            ("5th Sep 2024", "unknown word starting at index '1'"),
            ("Friday, February 29, 2024", "day of week was incorrect"),
            ("24:00", "not supported in calendar"),
            ("2024-13-01", "String '2024-13-01' was not recognized as a valid DateTime."),
        ] {
            let message = read(text, "").unwrap_err().message;
            assert!(message.contains(part), "{message}");
        }
    }

    #[test]
    fn exact_patterns_and_spans() {
        let us = culture::en_us();
        let exact = |text: &str, format: &str| {
            parse_date_exact(text, &[format], us, DateStyles::NONE).ok().map(|d| format_date(d, "s", us).unwrap())
        };
        assert_eq!(exact("1:45 PM 29/2/24", "h:mm tt d/M/yy").as_deref(), Some("2024-02-29T13:45:00"));
        assert_eq!(exact("20240229134530", "yyyyMMddHHmmss").as_deref(), Some("2024-02-29T13:45:30"));
        assert_eq!(exact("2024-02-29x", "yyyy-MM-dd"), None);
        assert_eq!(parse_span("-1.02:03:04.5", us), Ok(-937_845_000_000));
        assert_eq!(parse_span("24:00", us).unwrap_err().exception, "System.OverflowException");
        assert_eq!(parse_span_exact("02:03", &["hh\\:mm"], us), Ok(73_800_000_000));
    }
}
