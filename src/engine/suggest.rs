//! "Did you mean": the nearest known name to a mistyped one.
use crate::machine::Engine;
use dialtone_object::CommandMeta;

/// Edit distance with swaps of neighbours, case ignored; cut off above `limit`.
fn distance(a: &str, b: &str, limit: usize) -> usize {
    let a: Vec<char> = a.to_lowercase().chars().collect();
    let b: Vec<char> = b.to_lowercase().chars().collect();
    if a.len().abs_diff(b.len()) > limit {
        return limit + 1;
    }
    let mut rows = vec![(0..=b.len()).collect::<Vec<_>>()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let change = usize::from(a[i - 1] != b[j - 1]);
            let mut best = (rows[i - 1][j] + 1).min(row[j - 1] + 1).min(rows[i - 1][j - 1] + change);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

/// The nearest of `names`, when it is near enough to be meant.
pub fn nearest<'a>(wrong: &str, names: impl Iterator<Item = &'a str>) -> Option<String> {
    let limit = (wrong.chars().count() / 4).clamp(1, 3);
    names.map(|n| (distance(wrong, n, limit), n)).filter(|(d, _)| *d <= limit).min().map(|(_, n)| n.to_owned())
}

pub fn parameter(meta: &CommandMeta, wrong: &str) -> Option<String> {
    nearest(wrong, meta.params.iter().flat_map(|p| std::iter::once(&*p.name).chain(p.aliases.iter().map(|a| &**a))))
}

pub fn command(en: &mut Engine, wrong: &str) -> Option<String> {
    // Only what looks like a cmdlet: programs and paths are too many.
    if !wrong.contains('-') {
        return None;
    }
    let providers = en.providers.clone();
    nearest(wrong, providers.iter().flat_map(|p| p.names()))
}
