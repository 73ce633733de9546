//! Culture facts as .NET on Linux (ICU 72) gives them: the invariant culture and en-US as constants, the others in
//! `cultures.tsv`, decoded when the first of them is asked for. How the facts are used stands in `number_format` and
//! `time_format`.
use crate::culture::{Culture, CultureRef, DateFormat, NumberFormat, Region};
use std::sync::OnceLock;

const IV: Culture = Culture {
    name: "",
    english_name: "Invariant Language (Invariant Country)",
    native_name: "Invariant Language (Invariant Country)",
    lcid: 127,
    two_letter: "iv",
    three_letter: "ivl",
    three_letter_windows: "IVL",
    parent: "",
    list_separator: ",",
    ansi_code_page: 1252,
    oem_code_page: 437,
    mac_code_page: 10000,
    ebcdic_code_page: 37,
    number: NumberFormat {
        currency_digits: 2,
        currency_decimal: ".",
        currency_group: ",",
        currency_sizes: &[3],
        currency_negative: 0,
        currency_positive: 0,
        currency_symbol: "¤",
        nan: "NaN",
        negative_infinity: "-Infinity",
        negative_sign: "-",
        number_digits: 2,
        number_decimal: ".",
        number_group: ",",
        number_sizes: &[3],
        number_negative: 1,
        percent_digits: 2,
        percent_decimal: ".",
        percent_group: ",",
        percent_sizes: &[3],
        percent_negative: 0,
        percent_positive: 0,
        percent_symbol: "%",
        per_mille: "‰",
        positive_infinity: "Infinity",
        positive_sign: "+",
    },
    date: DateFormat {
        am: "AM",
        pm: "PM",
        date_separator: "/",
        time_separator: ":",
        days: ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"],
        short_days: ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"],
        shortest_days: ["Su", "Mo", "Tu", "We", "Th", "Fr", "Sa"],
        months: [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ],
        months_genitive: [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ],
        short_months: ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
        short_months_genitive: ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
        month_day: "MMMM dd",
        year_month: "yyyy MMMM",
        first_day: 0,
        week_rule: 0,
        calendar_name: "Gregorian Calendar",
        short_dates: &["MM/dd/yyyy", "yyyy-MM-dd"],
        long_dates: &["dddd, dd MMMM yyyy"],
        short_times: &["HH:mm", "hh:mm tt", "H:mm", "h:mm tt"],
        long_times: &["HH:mm:ss"],
        era: "A.D.",
        era_short: "AD",
    },
    region: None,
    neutral: false,
};
const US: Culture = Culture {
    name: "en-US",
    english_name: "English (United States)",
    native_name: "English (United States)",
    lcid: 1033,
    two_letter: "en",
    three_letter: "eng",
    three_letter_windows: "ENU",
    parent: "en",
    number: NumberFormat {
        currency_negative: 1,
        currency_symbol: "$",
        negative_infinity: "-∞",
        number_digits: 3,
        percent_digits: 3,
        percent_negative: 1,
        percent_positive: 1,
        positive_infinity: "∞",
        ..IV.number
    },
    date: DateFormat {
        month_day: "MMMM d",
        year_month: "MMMM yyyy",
        short_dates: &["M/d/yyyy", "MMM d, yyyy", "M/d/yy"],
        long_dates: &["dddd, MMMM d, yyyy", "MMMM d, yyyy"],
        short_times: &["h:mm\u{202f}tt"],
        long_times: &["h:mm:ss\u{202f}tt"],
        era: "AD",
        era_short: "A",
        ..IV.date
    },
    region: Some(Region {
        name: "US",
        english_name: "United States",
        native_name: "United States",
        currency_symbol: "$",
        iso_currency: "USD",
        metric: false,
        three_letter: "USA",
    }),
    ..IV
};

/// What a culture without data of its own gets (ICU's root locale).
const ROOT: Culture = Culture {
    number: NumberFormat { currency_positive: 2, currency_negative: 9, currency_symbol: "¤", ..US.number },
    date: DateFormat {
        short_dates: &["yyyy-MM-dd"],
        long_dates: &["yyyy MMMM d, dddd"],
        short_times: &["HH:mm"],
        long_times: &["HH:mm:ss"],
        date_separator: "-",
        first_day: 1,
        era: "CE",
        era_short: "CE",
        ..US.date
    },
    region: None,
    ..US
};

pub(crate) static INVARIANT: Culture = IV;
pub(crate) static EN_US: Culture = US;
pub(crate) static UNKNOWN: Culture = ROOT;

/// LCIDs of languages without a country.
const LANGUAGES: [(&str, u32); 31] = [
    ("en", 9),
    ("de", 7),
    ("fr", 12),
    ("nl", 19),
    ("ja", 17),
    ("it", 16),
    ("es", 10),
    ("pt", 22),
    ("sv", 29),
    ("da", 6),
    ("nb", 31764),
    ("fi", 11),
    ("pl", 21),
    ("cs", 5),
    ("sk", 27),
    ("hu", 14),
    ("sl", 36),
    ("hr", 26),
    ("ro", 24),
    ("et", 37),
    ("lv", 38),
    ("lt", 39),
    ("ru", 25),
    ("uk", 34),
    ("bg", 2),
    ("el", 8),
    ("tr", 31),
    ("zh", 30724),
    ("ko", 18),
    ("no", 20),
    ("iv", 127),
];

/// Every culture with data: the invariant one, en-US, those of the table, then their languages.
pub(crate) fn all() -> &'static [CultureRef] {
    static ALL: OnceLock<Vec<CultureRef>> = OnceLock::new();
    ALL.get_or_init(|| {
        let rows = include_str!("cultures.tsv").lines().filter(|l| !l.starts_with('#')).filter_map(decode);
        let mut all: Vec<CultureRef> = vec![&INVARIANT, &EN_US];
        all.extend(rows.map(Culture::leak));
        let languages: Vec<_> = LANGUAGES
            .iter()
            .filter_map(|(name, lcid)| {
                let like = all.iter().find(|c| c.two_letter == *name && !c.is_invariant())?;
                Some(language(like, name, *lcid).leak())
            })
            .collect();
        all.extend(languages);
        all
    })
}

/// A language has the facts of its first country, and names without it.
fn language(like: &Culture, name: &'static str, lcid: u32) -> Culture {
    let plain = |name: &'static str| name.split(" (").next().unwrap_or(name);
    Culture {
        name,
        english_name: plain(like.english_name),
        native_name: plain(like.native_name),
        lcid,
        parent: "",
        neutral: true,
        region: None,
        ..like.clone()
    }
}

/// What stands between the first two fields of a pattern.
fn separator(pattern: &'static str) -> &'static str {
    let field = |c: char| c.is_ascii_alphabetic();
    let after = pattern.trim_start_matches(field);
    after.find(field).map_or("", |end| &after[..end])
}

fn list<const N: usize>(text: &'static str, before: [&'static str; N]) -> [&'static str; N] {
    let mut names = before;
    if text != "=" {
        names.iter_mut().zip(text.split('|')).for_each(|(name, text)| *name = text);
    }
    names
}

fn decode(line: &'static str) -> Option<Culture> {
    let mut fields = line.split('\t');
    let mut next = || fields.next();
    let patterns = |text: &'static str| -> &'static [&'static str] { text.split('|').collect::<Vec<_>>().leak() };
    let mut c = US;
    c.name = next()?;
    (c.english_name, c.native_name, c.lcid) = (next()?, next()?, next()?.parse().ok()?);
    (c.two_letter, c.three_letter, c.three_letter_windows) = (next()?, next()?, next()?);
    (c.parent, c.list_separator) = (c.two_letter, next()?);
    (c.ansi_code_page, c.oem_code_page) = (next()?.parse().ok()?, next()?.parse().ok()?);
    (c.mac_code_page, c.ebcdic_code_page) = (next()?.parse().ok()?, next()?.parse().ok()?);
    let n = &mut c.number;
    (n.currency_digits, n.currency_negative) = (next()?.parse().ok()?, next()?.parse().ok()?);
    (n.currency_positive, n.currency_symbol) = (next()?.parse().ok()?, next()?);
    (n.currency_decimal, n.currency_group, n.number_decimal, n.number_group) = (next()?, next()?, next()?, next()?);
    (n.percent_decimal, n.percent_group) = (n.number_decimal, n.number_group);
    let sizes: &'static [u8] = next()?.split(',').filter_map(|s| s.parse().ok()).collect::<Vec<_>>().leak();
    (n.currency_sizes, n.number_sizes, n.percent_sizes) = (sizes, sizes, sizes);
    n.negative_sign = next()?;
    n.negative_infinity = if n.negative_sign == "-" { "-∞" } else { "\u{2212}∞" };
    (n.percent_negative, n.percent_positive) = (next()?.parse().ok()?, next()?.parse().ok()?);
    n.percent_symbol = next()?;
    let d = &mut c.date;
    (d.am, d.pm) = (next()?, next()?);
    d.days = list(next()?, d.days);
    d.short_days = list(next()?, d.days);
    d.shortest_days = list(next()?, d.short_days);
    d.months = list(next()?, d.months);
    d.months_genitive = list(next()?, d.months);
    d.short_months = list(next()?, d.short_months);
    d.short_months_genitive = list(next()?, d.short_months);
    (d.month_day, d.year_month) = (next()?, next()?);
    (d.first_day, d.week_rule) = (next()?.parse().ok()?, next()?.parse().ok()?);
    (d.short_dates, d.long_dates) = (patterns(next()?), patterns(next()?));
    (d.short_times, d.long_times) = (patterns(next()?), patterns(next()?));
    (d.date_separator, d.time_separator) = (separator(d.short_date()), separator(d.long_time()));
    (d.era, d.era_short) = (next()?, next()?);
    let symbol = c.number.currency_symbol;
    c.region = Some(Region {
        name: next()?,
        english_name: next()?,
        native_name: next()?,
        currency_symbol: symbol,
        iso_currency: next()?,
        metric: true,
        three_letter: next()?,
    });
    Some(c)
}

#[cfg(test)]
mod tests {
    use crate::culture::{all, find};

    #[test]
    fn every_row_decodes() {
        let rows = include_str!("cultures.tsv").lines().filter(|l| !l.starts_with('#')).count();
        assert_eq!(all().iter().filter(|c| c.region.is_some()).count(), rows + 1);
        let fi = find("fi-FI").unwrap();
        assert_eq!((fi.date.date_separator, fi.date.time_separator, fi.date.first_day), (".", ".", 1));
        assert_eq!(find("DE").map(|c| (c.english_name, c.lcid)), Some(("German", 7)));
        assert_eq!(find("xx-yy").map(|c| c.name), Some("xx-YY"));
        assert!(find("no such culture!").is_none());
    }
}
