//! Column widths of a table: unassigned columns share what is left, columns that do not fit shrink or go, from the
//! right.

/// Blanks between two columns.
pub const SEPARATOR: i32 = 1;
const MINIMUM: i32 = 1;

/// Assigns widths in place: 0 means "not assigned", a result of -1 "hidden".
pub fn assign(widths: &mut [i32], table: i32) {
    if !spread(widths, table) {
        trim(widths, table);
    }
}

fn total(widths: &[i32]) -> i32 {
    let (sum, visible) = widths.iter().filter(|w| **w > 0).fold((0i32, 0), |(s, n), w| (s.saturating_add(*w), n + 1));
    sum.saturating_add(SEPARATOR * (visible - 1))
}

/// True when all columns fit afterwards.
fn spread(widths: &mut [i32], table: i32) -> bool {
    if widths.iter().all(|w| *w > 0) {
        return total(widths) <= table;
    }
    let fixed: Vec<bool> = widths.iter().map(|w| *w > 0).collect();
    for w in widths.iter_mut().filter(|w| **w == 0) {
        *w = MINIMUM;
    }
    let available = table - total(widths);
    if available < 0 {
        return false;
    }
    let free = fixed.iter().filter(|f| !**f).count() as i32;
    let (each, mut extra) = (available / free, available % free);
    for (w, fixed) in widths.iter_mut().zip(fixed) {
        if !fixed {
            *w += each + i32::from(extra > 0);
            extra -= i32::from(extra > 0);
        }
    }
    true
}

fn trim(widths: &mut [i32], table: i32) {
    loop {
        let excess = total(widths) - table;
        if excess <= 0 {
            return;
        }
        let visible = widths.iter().position(|w| *w < 0).unwrap_or(widths.len());
        let Some(last) = widths[..visible].last_mut() else { return };
        *last = if *last - excess < MINIMUM { -1 } else { *last - excess };
    }
}

/// How many items of a width fit on a line of a wide view.
pub fn items_per_row(item: i32, screen: i32) -> usize {
    if item <= 0 || screen < 1 || item >= screen {
        return 1;
    }
    let mut columns = 1;
    while item * (columns + 1) + columns * SEPARATOR < screen {
        columns += 1;
    }
    columns as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_and_trims() {
        let mut w = [0, 0];
        assign(&mut w, 79);
        assert_eq!(w, [39, 39]);
        let mut w = [22, 38, 7];
        assign(&mut w, 50);
        assert_eq!(w, [22, 27, -1]);
        let mut w = [15, 50, 10, 0];
        assign(&mut w, 79);
        assert_eq!(w, [15, 50, 10, 1]);
        assert_eq!(items_per_row(7, 79), 9);
    }
}
