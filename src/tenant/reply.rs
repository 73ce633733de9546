//! Reads replies: finds the rows of a listing and the link to its next page, and names a row's properties as the
//! cmdlet shows them. Works on JSON alone; `convert` makes the objects.

use serde_json::Value as Json;

use crate::api_error::get;
use crate::definition::{Column, Form};

/// Members of a configuration instance's envelope, which no view of the module shows.
const ENVELOPE: &[&str] = &["Key", "ConfigId", "ConfigMetadata", "DataSource"];

/// One page of a listing.
pub struct Page {
    pub rows: Vec<Json>,
    /// The token or link of the next page.
    pub next: Option<String>,
}

/// Splits a reply into rows. `list` names the array that holds them; a bare array holds them itself, any other value is
/// the one row, and nothing is no row.
#[must_use]
pub fn page(reply: Json, list: Option<&str>) -> Page {
    let next = ["nextLink", "@nextLink", "@odata.nextLink"]
        .iter()
        .find_map(|name| get(&reply, name)?.as_str().filter(|s| !s.is_empty()).map(str::to_owned));
    let rows = match (list, reply) {
        (_, Json::Array(rows)) => rows,
        (_, Json::Null | Json::Bool(_)) => Vec::new(),
        (Some(list), Json::Object(map)) => match map.into_iter().find(|(key, _)| key.eq_ignore_ascii_case(list)) {
            Some((_, Json::Array(rows))) => rows,
            Some((_, Json::Null)) | None => Vec::new(),
            Some((_, one)) => vec![one],
        },
        (_, one) => vec![one],
    };
    Page { rows, next }
}

/// The properties of one row in the order of `columns`; what the service sends beyond them follows, without the
/// envelope, when there are no columns to say what is shown.
#[must_use]
pub fn properties(row: &Json, columns: &[Column]) -> Vec<(String, Json, Form)> {
    if columns.is_empty() {
        let Json::Object(map) = row else { return Vec::new() };
        let shown = map.iter().filter(|(name, _)| !is_envelope(name) && !name.starts_with('@'));
        return shown.map(|(name, value)| (pascal(name), value.clone(), Form::Plain)).collect();
    }
    columns
        .iter()
        .map(|column| {
            let value = column.path.iter().try_fold(row, |at, step| get(at, step));
            (column.name.clone(), value.cloned().unwrap_or(Json::Null), column.form)
        })
        .collect()
}

fn is_envelope(name: &str) -> bool {
    ENVELOPE.iter().any(|e| e.eq_ignore_ascii_case(name))
}

/// `displayName` as the module shows it: `DisplayName`.
#[must_use]
pub fn pascal(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + chars.as_str())
}

/// Whether an instance's identity answers to the name a caller gave: case does not count, `X` means `Tag:X` as well.
#[must_use]
pub fn same_identity(identity: &str, wanted: &str) -> bool {
    let bare = |text: &str| -> String { strip_tag(text).to_lowercase() };
    bare(identity) == bare(wanted)
}

/// The name without its `Tag:`.
#[must_use]
pub fn strip_tag(identity: &str) -> &str {
    match identity.get(..4) {
        Some(tag) if tag.eq_ignore_ascii_case("tag:") => &identity[4..],
        _ => identity,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn rows_are_found_in_every_form_of_listing() {
        assert_eq!(page(json!([1, 2]), None).rows.len(), 2);
        let users = page(json!({"Users": [1], "nextLink": "t"}), Some("users"));
        assert_eq!((users.rows.len(), users.next.as_deref()), (1, Some("t")));
        assert_eq!(page(json!({"a": 1}), None).rows.len(), 1);
        assert!(page(Json::Null, None).rows.is_empty());
        assert!(page(json!({}), Some("users")).rows.is_empty());
    }

    #[test]
    fn a_row_without_columns_hides_the_envelope() {
        let shown = properties(&json!({"identity": "Global", "Key": {}, "x": 1}), &[]);
        assert_eq!(shown.iter().map(|(n, ..)| n.as_str()).collect::<Vec<_>>(), ["Identity", "X"]);
    }

    #[test]
    fn identities_match_with_and_without_tag() {
        assert!(same_identity("Tag:Emea", "emea") && same_identity("Global", "global") && !same_identity("Tag:A", "B"));
    }
}
