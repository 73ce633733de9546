//! Picture formats of numbers (`#,##0.00`, `0.00E+0`, `+0;-0;zero`), by the rules of .NET's custom numeric formats.
use crate::culture::NumberFormat;
use crate::digits::Digits;
use crate::number_format::{exponent, group_stops};

/// What the placeholders of one section ask for; places are counted in placeholders from the left.
#[derive(Default)]
struct Section {
    placeholders: i32,
    /// Placeholders before the point.
    point: i32,
    /// First and behind the last `0`.
    first_zero: Option<i32>,
    last_zero: i32,
    scientific: bool,
    grouped: bool,
    /// Powers of ten by `%`, `‰` and scaling commas.
    shift: i32,
}

/// The end of quoted or escaped text that starts at `at`, if one does: (content, next position).
fn literal(format: &[char], at: usize) -> Option<(std::ops::Range<usize>, usize)> {
    match format[at] {
        '\\' => Some((at + 1..(at + 2).min(format.len()), (at + 2).min(format.len()))),
        quote @ ('\'' | '"') => {
            let end = format[at + 1..].iter().position(|c| *c == quote).map_or(format.len(), |n| at + 1 + n);
            Some((at + 1..end, (end + 1).min(format.len())))
        }
        _ => None,
    }
}

/// How many zeros follow an exponent mark at `at`, whether a sign is written, and where it ends.
fn exponent_mark(format: &[char], at: usize) -> Option<(usize, bool, usize)> {
    let sign = matches!(format.get(at + 1), Some('+' | '-'));
    let from = at + 1 + usize::from(sign);
    let zeros = format[from.min(format.len())..].iter().take_while(|c| **c == '0').count();
    (zeros > 0).then_some((zeros, format.get(at + 1) == Some(&'+'), from + zeros))
}

/// Start of section `wanted` (0 positive, 1 negative, 2 zero); 0 when it is missing or empty.
fn find_section(format: &[char], mut wanted: usize) -> usize {
    let mut at = 0;
    while wanted > 0 && at < format.len() {
        if let Some((_, next)) = literal(format, at) {
            at = next;
            continue;
        }
        at += 1;
        if format[at - 1] == ';' {
            wanted -= 1;
            if wanted == 0 {
                return if format.get(at).is_some_and(|c| *c != ';') { at } else { 0 };
            }
        }
    }
    0
}

fn read_section(format: &[char], start: usize) -> Section {
    let mut s = Section::default();
    let (mut point, mut comma, mut commas) = (None, None, 0);
    let mut at = start;
    while at < format.len() && format[at] != ';' {
        if let Some((_, next)) = literal(format, at) {
            at = next;
            continue;
        }
        match format[at] {
            '#' => s.placeholders += 1,
            '0' => {
                s.first_zero.get_or_insert(s.placeholders);
                s.placeholders += 1;
                s.last_zero = s.placeholders;
            }
            '.' => {
                point.get_or_insert(s.placeholders);
            }
            ',' if s.placeholders > 0 && point.is_none() => {
                if comma == Some(s.placeholders) {
                    commas += 1;
                } else {
                    s.grouped |= comma.is_some();
                    comma = Some(s.placeholders);
                    commas = 1;
                }
            }
            '%' => s.shift += 2,
            '‰' => s.shift += 3,
            'E' | 'e' => {
                if let Some((_, _, next)) = exponent_mark(format, at) {
                    s.scientific = true;
                    at = next;
                    continue;
                }
            }
            _ => {}
        }
        at += 1;
    }
    s.point = point.unwrap_or(s.placeholders);
    match comma {
        // Commas right before the point divide by a thousand each.
        Some(place) if place == s.point => s.shift -= 3 * commas,
        Some(_) => s.grouped = true,
        None => {}
    }
    s
}

/// Writes a number (digits with the precision of its type) by a picture.
pub(crate) fn picture(out: &mut String, mut digits: Digits, format: &str, nf: &NumberFormat) {
    let format: Vec<char> = format.chars().collect();
    let kind = |digits: &Digits| if digits.is_zero() { 2 } else { usize::from(digits.negative) };
    let mut start = find_section(&format, kind(&digits));
    let mut section = read_section(&format, start);
    if digits.is_zero() {
        digits.negative &= digits.float;
        digits.scale = 0;
    } else {
        digits.scale += section.shift;
        let places =
            if section.scientific { section.placeholders } else { digits.scale + section.placeholders - section.point };
        digits.round(i64::from(places), false);
        if digits.is_zero() {
            let zero = find_section(&format, 2);
            if zero != start {
                start = zero;
                section = read_section(&format, start);
            }
        }
    }
    let written = out.len();
    if digits.negative && start == 0 && digits.scale != 0 {
        out.push_str(nf.negative_sign);
    }
    write_section(out, &digits, &format, start, &section, nf);
    // A float that rounded to zero keeps its sign, if there is anything to sign.
    if digits.negative && start == 0 && digits.scale == 0 && out.len() > written {
        out.insert_str(written, nf.negative_sign);
    }
}

fn write_section(
    out: &mut String,
    digits: &Digits,
    format: &[char],
    start: usize,
    section: &Section,
    nf: &NumberFormat,
) {
    let point = section.point;
    // The outermost places, counted from the point, that must show a digit.
    let first = section.first_zero.map_or(0, |n| (point - n).max(0));
    let last = (point - section.last_zero).min(0);
    let (mut place, mut adjust) =
        if section.scientific { (point, 0) } else { (digits.scale.max(point), digits.scale - point) };
    let stops = if section.grouped {
        group_stops(nf.number_sizes, first.max(place + adjust.min(0)).max(0) as usize)
    } else {
        Default::default()
    };
    let mut run = digits.digits.iter().copied().map(char::from).peekable();
    let put = |out: &mut String, c: char, place: i32| {
        out.push(c);
        if place > 1 && stops.contains(&(place as usize - 1)) {
            out.push_str(nf.number_group);
        }
    };
    let (mut point_written, mut scientific) = (false, section.scientific);
    let mut at = start;
    while at < format.len() && format[at] != ';' {
        if let Some((content, next)) = literal(format, at) {
            out.extend(&format[content]);
            at = next;
            continue;
        }
        let c = format[at];
        at += 1;
        if matches!(c, '#' | '0' | '.') {
            // More digits than placeholders: the rest stands before the first one.
            while adjust > 0 {
                put(out, run.next().unwrap_or('0'), place);
                place -= 1;
                adjust -= 1;
            }
        }
        match c {
            '#' | '0' => {
                let digit = if adjust < 0 {
                    adjust += 1;
                    (place <= first).then_some('0')
                } else {
                    run.next().or((place > last).then_some('0'))
                };
                if let Some(digit) = digit {
                    put(out, digit, place);
                }
                place -= 1;
            }
            '.' => {
                let wanted = last < 0 || (point < section.placeholders && run.peek().is_some());
                if place == 0 && !point_written && wanted {
                    out.push_str(nf.number_decimal);
                    point_written = true;
                }
            }
            '%' => out.push_str(nf.percent_symbol),
            '‰' => out.push_str(nf.per_mille),
            ',' => {}
            'E' | 'e' => match exponent_mark(format, at - 1) {
                Some((zeros, plus, next)) if scientific => {
                    let n = if digits.is_zero() { 0 } else { digits.scale - point };
                    exponent(out, n, c as u8, zeros.min(10), plus, nf);
                    scientific = false;
                    at = next;
                }
                Some((_, _, next)) => {
                    out.extend(&format[at - 1..next]);
                    at = next;
                }
                None => out.push(c),
            },
            other => out.push(other),
        }
    }
}
