//! Wildcard patterns as the cmdlets use them: `object::wildcard`, always without regard to case.
pub use dialtone_object::wildcard::{contains_wildcards as has, escape, is_match as matches, unescape};

/// True when a filter is absent or one of its patterns fits.
pub fn any(patterns: &[dialtone_object::PsString], text: &str) -> bool {
    patterns.iter().any(|p| matches(p, text))
}
