//! Character classes of regular expressions over UTF-16 units: ranges, Unicode categories, subtraction.
use crate::string::{char_from_unit, fold};
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// A sorted list of ranges of UTF-16 units.
pub type Ranges = Rc<[(u16, u16)]>;

/// A class of Unicode characters. The usual three look up Unicode's tables for other characters than ASCII only.
#[derive(Clone, Debug)]
pub enum Category {
    /// `\w`
    Word,
    /// `\d`
    Digit,
    /// `\s`
    Space,
    Ranges(Ranges),
}

impl Category {
    fn contains(&self, unit: u16) -> bool {
        let ascii = (unit < 128).then_some(unit as u8);
        match (self, ascii) {
            (Category::Word, Some(b)) => b.is_ascii_alphanumeric() || b == b'_',
            (Category::Digit, Some(b)) => b.is_ascii_digit(),
            (Category::Space, Some(b)) => matches!(b, 9..=13 | b' '),
            (Category::Ranges(ranges), _) => in_ranges(ranges, unit),
            (Category::Word, None) => in_ranges(&shared(0, r"[\p{L}\p{Mn}\p{Nd}\p{Pc}]"), unit),
            (Category::Digit, None) => in_ranges(&shared(1, r"\p{Nd}"), unit),
            (Category::Space, None) => in_ranges(&shared(2, r"\p{White_Space}"), unit),
        }
    }
}

/// A character class. `ascii` answers for the first 128 characters.
#[derive(Clone, Debug, Default)]
pub struct CharSet {
    ranges: Vec<(u16, u16)>,
    /// Categories and whether each is negated.
    categories: Vec<(Category, bool)>,
    negated: bool,
    subtract: Option<Box<CharSet>>,
    ascii: u128,
}

fn in_ranges(ranges: &[(u16, u16)], unit: u16) -> bool {
    let at = ranges.partition_point(|(_, high)| *high < unit);
    ranges.get(at).is_some_and(|(low, _)| *low <= unit)
}

impl CharSet {
    pub fn negate(&mut self) {
        self.negated = true;
    }
    pub fn add(&mut self, low: u16, high: u16) {
        self.ranges.push((low, high));
    }
    pub fn add_category(&mut self, category: Category, negated: bool) {
        self.categories.push((category, negated));
    }
    pub fn subtract(&mut self, other: CharSet) {
        self.subtract = Some(Box::new(other));
    }

    /// Adds the other case of every member.
    pub fn add_case(&mut self) {
        for (low, high) in self.ranges.clone() {
            // A large range holds its other cases, or costs too much to look at.
            if u32::from(high) - u32::from(low) > 0x2000 {
                continue;
            }
            for unit in low..=high {
                for other in other_cases(unit) {
                    self.ranges.push((other, other));
                }
            }
        }
    }

    /// Must be called once all members are in.
    pub fn finish(mut self) -> CharSet {
        self.ranges.sort_unstable();
        let mut merged: Vec<(u16, u16)> = Vec::with_capacity(self.ranges.len());
        for (low, high) in &self.ranges {
            match merged.last_mut() {
                Some((_, end)) if u32::from(*low) <= u32::from(*end) + 1 => *end = (*end).max(*high),
                _ => merged.push((*low, *high)),
            }
        }
        self.ranges = merged;
        self.ascii = (0..128).filter(|unit| self.slow(*unit)).fold(0, |bits, unit| bits | 1 << unit);
        self
    }

    #[inline]
    pub fn contains(&self, unit: u16) -> bool {
        if unit < 128 { self.ascii >> unit & 1 != 0 } else { self.slow(unit) }
    }

    fn slow(&self, unit: u16) -> bool {
        let member = in_ranges(&self.ranges, unit)
            || self.categories.iter().any(|(category, negated)| category.contains(unit) != *negated);
        member != self.negated && !self.subtract.as_ref().is_some_and(|s| s.slow(unit))
    }
}

/// The units that differ from this one in case only.
fn other_cases(unit: u16) -> impl Iterator<Item = u16> {
    let c = char_from_unit(unit);
    let upper = fold(c);
    let lower = {
        let mut all = c.to_lowercase();
        match (all.next(), all.next()) {
            (Some(l), None) => l,
            _ => c,
        }
    };
    // The Kelvin sign is a K, the Ångström sign an Å.
    let sign = match c {
        'k' | 'K' => '\u{212A}',
        'å' | 'Å' => '\u{212B}',
        _ => c,
    };
    [upper, lower, sign].into_iter().filter(move |o| *o != c).filter_map(|o| u16::try_from(o as u32).ok())
}

/// Equal but for case.
#[inline]
pub fn same_fold(a: u16, b: u16) -> bool {
    a == b || fold_unit(a) == fold_unit(b)
}

/// The unit in upper case.
#[inline]
pub fn fold_unit(unit: u16) -> u16 {
    if unit < 128 {
        return (unit as u8).to_ascii_uppercase().into();
    }
    match char_from_unit(unit) {
        '\u{212A}' => u16::from(b'K'),
        '\u{212B}' => 0xC5,
        c => u16::try_from(fold(c) as u32).unwrap_or(unit),
    }
}

/// The category of all letters that have a case; no name that patterns can write.
pub const CASED: &str = "Lu|Ll|Lt";

/// A Unicode category or block by .NET's name; none when there is no such.
pub fn category(name: &str) -> Option<Ranges> {
    thread_local! {
        static KNOWN: RefCell<HashMap<String, Option<Ranges>>> = RefCell::new(HashMap::new());
    }
    KNOWN.with_borrow_mut(|known| known.entry(name.to_owned()).or_insert_with(|| make_category(name)).clone())
}

fn make_category(name: &str) -> Option<Ranges> {
    const GENERAL: &[&str] = &[
        "L", "Lu", "Ll", "Lt", "Lm", "Lo", "M", "Mn", "Mc", "Me", "N", "Nd", "Nl", "No", "P", "Pc", "Pd", "Ps", "Pe",
        "Pi", "Pf", "Po", "S", "Sm", "Sc", "Sk", "So", "Z", "Zs", "Zl", "Zp", "C", "Cc", "Cf", "Cs", "Co", "Cn",
    ];
    // The blocks that scripts name; .NET writes them with `Is` in front.
    const BLOCKS: &[(&str, u16, u16)] = &[
        ("BasicLatin", 0x0000, 0x007F),
        ("Latin-1Supplement", 0x0080, 0x00FF),
        ("LatinExtended-A", 0x0100, 0x017F),
        ("LatinExtended-B", 0x0180, 0x024F),
        ("IPAExtensions", 0x0250, 0x02AF),
        ("SpacingModifierLetters", 0x02B0, 0x02FF),
        ("CombiningDiacriticalMarks", 0x0300, 0x036F),
        ("Greek", 0x0370, 0x03FF),
        ("GreekandCoptic", 0x0370, 0x03FF),
        ("Cyrillic", 0x0400, 0x04FF),
        ("CyrillicSupplement", 0x0500, 0x052F),
        ("Armenian", 0x0530, 0x058F),
        ("Hebrew", 0x0590, 0x05FF),
        ("Arabic", 0x0600, 0x06FF),
        ("Syriac", 0x0700, 0x074F),
        ("Thaana", 0x0780, 0x07BF),
        ("Devanagari", 0x0900, 0x097F),
        ("Bengali", 0x0980, 0x09FF),
        ("Gurmukhi", 0x0A00, 0x0A7F),
        ("Gujarati", 0x0A80, 0x0AFF),
        ("Tamil", 0x0B80, 0x0BFF),
        ("Telugu", 0x0C00, 0x0C7F),
        ("Thai", 0x0E00, 0x0E7F),
        ("Lao", 0x0E80, 0x0EFF),
        ("Tibetan", 0x0F00, 0x0FFF),
        ("Georgian", 0x10A0, 0x10FF),
        ("HangulJamo", 0x1100, 0x11FF),
        ("LatinExtendedAdditional", 0x1E00, 0x1EFF),
        ("GreekExtended", 0x1F00, 0x1FFF),
        ("GeneralPunctuation", 0x2000, 0x206F),
        ("SuperscriptsandSubscripts", 0x2070, 0x209F),
        ("CurrencySymbols", 0x20A0, 0x20CF),
        ("CombiningMarksforSymbols", 0x20D0, 0x20FF),
        ("LetterlikeSymbols", 0x2100, 0x214F),
        ("NumberForms", 0x2150, 0x218F),
        ("Arrows", 0x2190, 0x21FF),
        ("MathematicalOperators", 0x2200, 0x22FF),
        ("MiscellaneousTechnical", 0x2300, 0x23FF),
        ("BoxDrawing", 0x2500, 0x257F),
        ("BlockElements", 0x2580, 0x259F),
        ("GeometricShapes", 0x25A0, 0x25FF),
        ("MiscellaneousSymbols", 0x2600, 0x26FF),
        ("Dingbats", 0x2700, 0x27BF),
        ("CJKSymbolsandPunctuation", 0x3000, 0x303F),
        ("Hiragana", 0x3040, 0x309F),
        ("Katakana", 0x30A0, 0x30FF),
        ("Bopomofo", 0x3100, 0x312F),
        ("CJKUnifiedIdeographs", 0x4E00, 0x9FFF),
        ("HangulSyllables", 0xAC00, 0xD7AF),
        ("HighSurrogates", 0xD800, 0xDB7F),
        ("LowSurrogates", 0xDC00, 0xDFFF),
        ("PrivateUse", 0xE000, 0xF8FF),
        ("PrivateUseArea", 0xE000, 0xF8FF),
        ("CJKCompatibilityIdeographs", 0xF900, 0xFAFF),
        ("AlphabeticPresentationForms", 0xFB00, 0xFB4F),
        ("ArabicPresentationForms-A", 0xFB50, 0xFDFF),
        ("HalfwidthandFullwidthForms", 0xFF00, 0xFFEF),
        ("Specials", 0xFFF0, 0xFFFF),
    ];
    if let Some(block) = name.strip_prefix("Is") {
        let (_, low, high) = BLOCKS.iter().find(|(known, _, _)| *known == block)?;
        return Some(Rc::new([(*low, *high)]));
    }
    if name == CASED {
        return Some(unicode(r"[\p{Lu}\p{Ll}\p{Lt}]"));
    }
    if name == "Cs" {
        return Some(Rc::new([(0xD800, 0xDFFF)]));
    }
    GENERAL.contains(&name).then(|| unicode(&format!(r"\p{{{name}}}")))
}

/// The ranges of a class written in the syntax of the Unicode tables' crate.
fn unicode(class: &str) -> Ranges {
    let ranges = match regex_syntax::parse(class).map(regex_syntax::hir::Hir::into_kind) {
        Ok(regex_syntax::hir::HirKind::Class(regex_syntax::hir::Class::Unicode(class))) => class
            .iter()
            .filter(|r| r.start() as u32 <= 0xFFFF)
            .map(|r| (r.start() as u32 as u16, (r.end() as u32).min(0xFFFF) as u16))
            .collect(),
        _ => Vec::new(),
    };
    ranges.into()
}

fn shared(at: usize, class: &str) -> Ranges {
    thread_local! {
        static MADE: RefCell<[Option<Ranges>; 3]> = const { RefCell::new([None, None, None]) };
    }
    MADE.with_borrow_mut(|made| made[at].get_or_insert_with(|| unicode(class)).clone())
}

/// A character of a word, as `\b` and group names see it.
#[inline]
pub fn is_word(unit: u16) -> bool {
    Category::Word.contains(unit) || unit == 0x200C || unit == 0x200D
}

/// True when the unit has no other case.
pub fn caseless(unit: u16) -> bool {
    other_cases(unit).next().is_none()
}
