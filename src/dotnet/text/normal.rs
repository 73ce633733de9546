//! Unicode normal forms (`String.Normalize`).
use unicode_normalization::UnicodeNormalization;

/// By the number of the NormalizationForm: C, D, KC, KD are 1, 2, 5, 6.
pub fn normalize(text: &str, form: i64) -> String {
    match form {
        2 => text.nfd().collect(),
        5 => text.nfkc().collect(),
        6 => text.nfkd().collect(),
        _ => text.nfc().collect(),
    }
}
