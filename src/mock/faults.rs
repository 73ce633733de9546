//! Faults on request: rules that make chosen calls fail, late or different, always the same ones.
//!
//! A rule is a line of text: what it fits, which of the fitting calls it takes, and what happens to them.
//!
//! ```text
//! PATCH /Skype.Policy/users/* n=3 429 retry-after=2
//! cmdlet=Get-CsOnlineUser every=10 503
//! n=40 exit
//! ```
//!
//! Fits: a method, a path (`*` stands for any text), `cmdlet=NAME`. Takes: `n=3`, `n=3,7`, `every=10`; without one,
//! all. Happens: a status number (with `retry-after=SECONDS`, `text=plain words`), `latency=MS`, `cut` (no answer, not
//! carried out), `cut-after` (carried out, no answer), `empty-500` (carried out, 500 without a body), `exit` and
//! `exit-after` (the process ends before or after the commit), `warning=TEXT`, `page=ROWS`, `lag=SECONDS`, `half-failed` (every second user of a batch). Several
//! rules are separated by `;` or line ends. They come from `DIALTONE_MOCK_FAULTS` or from the tenant's fault table, where
//! `dialtone mock faults` and the control route put them.

use std::sync::{Mutex, PoisonError};

use rusqlite::params;

use crate::call::Tuning;
use crate::store::Store;

/// One rule.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rule {
    text: String,
    method: Option<String>,
    path: Option<String>,
    cmdlet: Option<String>,
    nth: Vec<u64>,
    every: Option<u64>,
    effect: Effect,
}

/// What happens to a call; rules that take the same call add up.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Effect {
    pub status: Option<u16>,
    pub retry_after: Option<String>,
    pub plain_text: Option<String>,
    pub latency_ms: u64,
    pub cut: Option<Moment>,
    pub exit: Option<Moment>,
    pub empty_500: bool,
    pub warning: Option<String>,
    pub page: Option<usize>,
    pub lag: Option<i64>,
    pub half_failed: bool,
    /// The rules behind it, for the log.
    pub rules: Vec<String>,
}

/// Before or after the call was carried out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Moment {
    Before,
    After,
}

impl Effect {
    pub fn tuning(&self) -> Tuning {
        Tuning { page: self.page, lag: self.lag.unwrap_or(0), half_failed: self.half_failed }
    }

    fn add(&mut self, rule: &Rule) {
        let other = rule.effect.clone();
        self.status = other.status.or(self.status);
        self.retry_after = other.retry_after.or(self.retry_after.take());
        self.plain_text = other.plain_text.or(self.plain_text.take());
        self.latency_ms += other.latency_ms;
        self.cut = other.cut.or(self.cut);
        self.exit = other.exit.or(self.exit);
        self.empty_500 |= other.empty_500;
        self.warning = other.warning.or(self.warning.take());
        self.page = other.page.or(self.page);
        self.lag = other.lag.or(self.lag);
        self.half_failed |= other.half_failed;
        self.rules.push(rule.text.clone());
    }
}

/// Reads rules; the error says which one is wrong and why.
pub fn parse(text: &str) -> Result<Vec<Rule>, String> {
    let lines = text.split([';', '\n']).map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#'));
    lines.map(|line| parse_rule(line).map_err(|why| format!("'{line}': {why}"))).collect()
}

fn parse_rule(line: &str) -> Result<Rule, String> {
    let mut rule = Rule { text: line.to_owned(), ..Rule::default() };
    let number = |v: &str| v.parse::<u64>().map_err(|_| format!("'{v}' is no number"));
    for word in words(line) {
        let (name, value) = word.split_once('=').unwrap_or((&word, ""));
        let effect = &mut rule.effect;
        match name.to_ascii_lowercase().as_str() {
            "get" | "post" | "put" | "patch" | "delete" => rule.method = Some(name.to_ascii_uppercase()),
            "*" => {}
            "cmdlet" => rule.cmdlet = Some(value.to_owned()),
            "n" => rule.nth = value.split(',').map(number).collect::<Result<_, _>>()?,
            "every" => rule.every = Some(number(value)?.max(1)),
            "retry-after" => effect.retry_after = Some(value.to_owned()),
            "text" => effect.plain_text = Some(value.to_owned()),
            "latency" => effect.latency_ms = number(value)?,
            "cut" => effect.cut = Some(Moment::Before),
            "cut-after" => effect.cut = Some(Moment::After),
            "exit" => effect.exit = Some(Moment::Before),
            "exit-after" => effect.exit = Some(Moment::After),
            "half-failed" => effect.half_failed = true,
            "empty-500" => effect.empty_500 = true,
            "warning" => effect.warning = Some(value.to_owned()),
            "page" => effect.page = Some(number(value)?.max(1) as usize),
            "lag" => effect.lag = Some(number(value)? as i64),
            _ if word.starts_with('/') => rule.path = Some(word.clone()),
            status => match status.parse::<u16>() {
                Ok(code) if (400..600).contains(&code) => effect.status = Some(code),
                _ => return Err(format!("'{word}' is not understood")),
            },
        }
    }
    if rule.effect == Effect::default() {
        return Err("nothing is to happen".into());
    }
    Ok(rule)
}

/// Words between blanks; a value in double quotes may hold blanks.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            c if c.is_whitespace() && !quoted => words.push(std::mem::take(&mut word)),
            c => word.push(c),
        }
    }
    words.push(word);
    words.retain(|w| !w.is_empty());
    words
}

impl Rule {
    fn fits(&self, method: &str, path: &str, cmdlet: &str) -> bool {
        self.method.as_deref().is_none_or(|m| m.eq_ignore_ascii_case(method))
            && self.path.as_deref().is_none_or(|p| wildcard(p, path))
            && self.cmdlet.as_deref().is_none_or(|c| wildcard(c, cmdlet))
    }

    /// Whether the rule takes the `seen`-th call that fits it.
    fn takes(&self, seen: u64) -> bool {
        match self.every {
            Some(every) => seen.is_multiple_of(every),
            None => self.nth.is_empty() || self.nth.contains(&seen),
        }
    }
}

/// `*` stands for any text; case does not count.
fn wildcard(pattern: &str, text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    let pattern = pattern.to_ascii_lowercase();
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// The rules of the environment with their counts; those of the tenant are in its store.
#[derive(Default)]
pub struct Faults(Mutex<Vec<(Rule, u64)>>);

impl Faults {
    pub fn new(rules: Vec<Rule>) -> Faults {
        Faults(Mutex::new(rules.into_iter().map(|r| (r, 0)).collect()))
    }

    /// Counts this call and gives what is to happen to it.
    pub fn due(&self, store: &Store, method: &str, path: &str, cmdlet: &str) -> rusqlite::Result<Effect> {
        let mut effect = Effect::default();
        for (rule, seen) in self.0.lock().unwrap_or_else(PoisonError::into_inner).iter_mut() {
            if rule.fits(method, path, cmdlet) {
                *seen += 1;
                if rule.takes(*seen) {
                    effect.add(rule);
                }
            }
        }
        let mut query = store.db.prepare_cached("SELECT seq, rule, seen FROM fault ORDER BY seq")?;
        let stored = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        for row in stored {
            let (seq, text, seen): (i64, String, i64) = row?;
            // Rules are checked when they are put in.
            let Ok(rule) = parse_rule(&text) else { continue };
            if rule.fits(method, path, cmdlet) {
                let mut count = store.db.prepare_cached("UPDATE fault SET seen=seen+1 WHERE seq=?1")?;
                count.execute([seq])?;
                if rule.takes(seen as u64 + 1) {
                    effect.add(&rule);
                }
            }
        }
        Ok(effect)
    }
}

/// The tenant's rules with how many calls fitted each.
pub fn list(store: &Store) -> rusqlite::Result<Vec<(String, i64)>> {
    let mut query = store.db.prepare("SELECT rule, seen FROM fault ORDER BY seq")?;
    query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
}

/// Adds rules to the tenant.
pub fn add(store: &Store, rules: &[Rule]) -> rusqlite::Result<()> {
    for rule in rules {
        store.db.execute("INSERT INTO fault (rule, seen) VALUES (?1, 0)", params![rule.text])?;
    }
    Ok(())
}

pub fn clear(store: &Store) -> rusqlite::Result<()> {
    store.db.execute("DELETE FROM fault", []).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_read_and_fit() {
        let rules =
            parse("PATCH /Skype.Policy/users/* n=3,5 429 retry-after=2; cmdlet=Get-CsOnline* every=10 cut").unwrap();
        assert!(rules[0].fits("PATCH", "/skype.policy/users/a/policies/b", ""));
        assert!(!rules[0].fits("GET", "/Skype.Policy/users/a", ""));
        assert!(rules[0].takes(5) && !rules[0].takes(4));
        assert_eq!((rules[0].effect.status, rules[0].effect.retry_after.as_deref()), (Some(429), Some("2")));
        assert!(rules[1].fits("GET", "/x", "Get-CsOnlineUser") && rules[1].takes(20) && !rules[1].takes(21));
        assert_eq!(parse("warning=\"two words\"").unwrap()[0].effect.warning.as_deref(), Some("two words"));
        for wrong in ["n=x 429", "GET", "frob"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
        assert!(wildcard("/a/*/c", "/A/b/c") && !wildcard("/a/*/c", "/a/b/d") && wildcard("*", ""));
    }
}
