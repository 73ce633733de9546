//! `CultureInfo`: which names, signs and patterns numbers and dates are written and read with.
use crate::culture_data;
use std::cell::Cell;

pub type CultureRef = &'static Culture;

/// One culture. `Clone` so that a script's changed copy can be made and [`Culture::leak`]ed.
#[derive(Clone)]
pub struct Culture {
    pub name: &'static str,
    pub english_name: &'static str,
    pub native_name: &'static str,
    pub lcid: u32,
    pub two_letter: &'static str,
    pub three_letter: &'static str,
    pub three_letter_windows: &'static str,
    /// Name of the parent culture.
    pub parent: &'static str,
    /// A language without a country.
    pub neutral: bool,
    pub list_separator: &'static str,
    pub ansi_code_page: u32,
    pub oem_code_page: u32,
    pub mac_code_page: u32,
    pub ebcdic_code_page: u32,
    pub number: NumberFormat,
    pub date: DateFormat,
    pub region: Option<Region>,
}

/// `NumberFormatInfo`
#[derive(Clone)]
pub struct NumberFormat {
    pub currency_digits: u8,
    pub currency_decimal: &'static str,
    pub currency_group: &'static str,
    pub currency_sizes: &'static [u8],
    pub currency_negative: u8,
    pub currency_positive: u8,
    pub currency_symbol: &'static str,
    pub nan: &'static str,
    pub negative_infinity: &'static str,
    pub negative_sign: &'static str,
    pub number_digits: u8,
    pub number_decimal: &'static str,
    pub number_group: &'static str,
    pub number_sizes: &'static [u8],
    pub number_negative: u8,
    pub percent_digits: u8,
    pub percent_decimal: &'static str,
    pub percent_group: &'static str,
    pub percent_sizes: &'static [u8],
    pub percent_negative: u8,
    pub percent_positive: u8,
    pub percent_symbol: &'static str,
    pub per_mille: &'static str,
    pub positive_infinity: &'static str,
    pub positive_sign: &'static str,
}

/// `DateTimeFormatInfo`
#[derive(Clone)]
pub struct DateFormat {
    pub am: &'static str,
    pub pm: &'static str,
    pub date_separator: &'static str,
    pub time_separator: &'static str,
    /// From Sunday.
    pub days: [&'static str; 7],
    pub short_days: [&'static str; 7],
    pub shortest_days: [&'static str; 7],
    pub months: [&'static str; 12],
    pub months_genitive: [&'static str; 12],
    pub short_months: [&'static str; 12],
    pub short_months_genitive: [&'static str; 12],
    /// `m`
    pub month_day: &'static str,
    /// `y`
    pub year_month: &'static str,
    /// DayOfWeek number
    pub first_day: u8,
    /// CalendarWeekRule number
    pub week_rule: u8,
    pub calendar_name: &'static str,
    /// All patterns of `d`, `D`, `t`, `T`; the first of each is the one that is written.
    pub short_dates: &'static [&'static str],
    pub long_dates: &'static [&'static str],
    pub short_times: &'static [&'static str],
    pub long_times: &'static [&'static str],
    pub era: &'static str,
    pub era_short: &'static str,
}

/// `RegionInfo`
#[derive(Clone)]
pub struct Region {
    pub name: &'static str,
    pub english_name: &'static str,
    pub native_name: &'static str,
    pub currency_symbol: &'static str,
    pub iso_currency: &'static str,
    pub metric: bool,
    pub three_letter: &'static str,
}

impl DateFormat {
    pub fn short_date(&self) -> &'static str {
        self.short_dates.first().copied().unwrap_or_default()
    }
    pub fn long_date(&self) -> &'static str {
        self.long_dates.first().copied().unwrap_or_default()
    }
    pub fn short_time(&self) -> &'static str {
        self.short_times.first().copied().unwrap_or_default()
    }
    pub fn long_time(&self) -> &'static str {
        self.long_times.first().copied().unwrap_or_default()
    }
    /// `FullDateTimePattern`
    pub fn full(&self) -> String {
        format!("{} {}", self.long_date(), self.long_time())
    }
}

impl Culture {
    /// A changed copy that lives as long as the process (cultures made by scripts are few).
    pub fn leak(self) -> CultureRef {
        Box::leak(Box::new(self))
    }
    pub fn is_invariant(&self) -> bool {
        self.name.is_empty()
    }
    pub fn display_name(&self) -> &'static str {
        self.english_name
    }
}

pub fn invariant() -> CultureRef {
    &culture_data::INVARIANT
}
pub fn en_us() -> CultureRef {
    &culture_data::EN_US
}

thread_local! {
    static CURRENT: Cell<CultureRef> = const { Cell::new(&culture_data::EN_US) };
}
/// `CultureInfo.CurrentCulture`: what ToString() and `-f` use.
pub fn current() -> CultureRef {
    CURRENT.get()
}
pub fn set_current(culture: CultureRef) {
    CURRENT.set(culture);
}

/// All cultures that have data of their own.
pub fn all() -> &'static [CultureRef] {
    culture_data::all()
}

/// A culture by name, any case. As with ICU, every well-formed name is a culture: one without data gets its
/// language's facts or the root ones. None (CultureNotFoundException) when the name is malformed.
pub fn find(name: &str) -> Option<CultureRef> {
    use std::collections::HashMap;
    use std::sync::Mutex;
    static MADE: Mutex<Option<HashMap<String, CultureRef>>> = Mutex::new(None);
    let common = [invariant(), en_us()].into_iter().find(|c| c.name.eq_ignore_ascii_case(name));
    if let Some(found) = common.or_else(|| all().iter().copied().find(|c| c.name.eq_ignore_ascii_case(name))) {
        return Some(found);
    }
    let mut parts = name.split('-');
    let language = parts.next()?.to_ascii_lowercase();
    let well_formed = (2..=3).contains(&language.len())
        && language.bytes().all(|b| b.is_ascii_lowercase())
        && name.len() <= 85
        && parts.clone().all(|p| (1..=8).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphanumeric()));
    if !well_formed {
        return None;
    }
    let proper = parts.fold(language.clone(), |mut text, part| {
        text.push('-');
        match part.len() {
            2 => text.push_str(&part.to_ascii_uppercase()),
            4 => {
                text.push_str(&part[..1].to_ascii_uppercase());
                text.push_str(&part[1..].to_ascii_lowercase());
            }
            _ => text.push_str(part),
        }
        text
    });
    let mut made = MADE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    Some(made.get_or_insert_default().entry(proper.clone()).or_insert_with(|| {
        let like = all().iter().find(|c| c.two_letter == language && !c.neutral);
        let proper: &'static str = proper.leak();
        let parent = proper.rsplit_once('-').map_or("", |(head, _)| head);
        let mut culture = like.map_or(&culture_data::UNKNOWN, |c| *c).clone();
        if like.is_none() {
            let language: &'static str = language.leak();
            (culture.two_letter, culture.three_letter, culture.three_letter_windows) = (language, language, "ZZZ");
        }
        (culture.name, culture.english_name, culture.native_name) = (proper, proper, proper);
        (culture.lcid, culture.parent, culture.neutral, culture.region) = (4096, parent, parent.is_empty(), None);
        culture.leak()
    }))
}

/// A culture by its LCID.
pub fn by_lcid(lcid: u32) -> Option<CultureRef> {
    all().iter().copied().find(|c| c.lcid == lcid)
}
