//! Fills the templates of routes from parameters: `{Name}` in paths, queries and bodies. What was not given is left out.

use serde_json::{Map, Value as Json};

/// Where the values of holes come from: the wire form of a bound parameter, or of something the session knows.
pub trait Holes {
    /// `None` when the parameter was not given.
    fn value(&self, name: &str) -> Option<Json>;
}

impl<F: Fn(&str) -> Option<Json>> Holes for F {
    fn value(&self, name: &str) -> Option<Json> {
        self(name)
    }
}

/// The path with every hole percent-encoded; a hole without a value becomes empty.
pub fn path(template: &str, holes: &dyn Holes) -> String {
    fill(template, |name| Some(encode(&holes.value(name).map(|v| text(&v)).unwrap_or_default()))).unwrap_or_default()
}

/// The query string without its question mark; pairs with a hole that has no value are left out.
pub fn query<'a>(pairs: impl Iterator<Item = (&'a String, &'a String)>, holes: &dyn Holes) -> String {
    let filled = pairs.filter_map(|(name, template)| {
        let value = fill(template, |hole| holes.value(hole).map(|v| text(&v)))?;
        Some(format!("{}={}", encode(name), encode(&value)))
    });
    filled.collect::<Vec<_>>().join("&")
}

/// The body: strings that are one hole become the typed value; objects and lists that lose all they had go as well.
pub fn body(template: &Json, holes: &dyn Holes) -> Option<Json> {
    match template {
        Json::String(s) => match s.strip_prefix('{').and_then(|s| s.strip_suffix('}')) {
            Some(name) if !name.contains('{') => holes.value(name),
            _ => fill(s, |name| holes.value(name).map(|v| text(&v))).map(Json::String),
        },
        Json::Object(map) => {
            let kept: Map<String, Json> = map.iter().filter_map(|(k, v)| Some((k.clone(), body(v, holes)?))).collect();
            (map.is_empty() || !kept.is_empty()).then_some(Json::Object(kept))
        }
        Json::Array(items) => {
            let kept: Vec<Json> = items.iter().filter_map(|v| body(v, holes)).collect();
            // A list that holds a list is that list: one parameter may carry several values.
            match kept.as_slice() {
                [] if !items.is_empty() => None,
                [Json::Array(_)] => kept.into_iter().next(),
                _ => Some(Json::Array(kept)),
            }
        }
        other => Some(other.clone()),
    }
}

/// The names of all holes of a template.
pub fn names(template: &str) -> impl Iterator<Item = &str> {
    template.split('{').skip(1).filter_map(|part| part.split_once('}')).map(|(name, _)| name)
}

/// Replaces each hole; gives nothing when one of them has no value.
fn fill(template: &str, mut value: impl FnMut(&str) -> Option<String>) -> Option<String> {
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, tail) = after.split_once('}')?;
        out.push_str(before);
        out.push_str(&value(name)?);
        rest = tail;
    }
    out.push_str(rest);
    Some(out)
}

/// A value as text in a path or query: lists joined by commas, `true` and `false` in lower case.
#[must_use]
pub fn text(value: &Json) -> String {
    match value {
        Json::Null => String::new(),
        Json::String(s) => s.clone(),
        Json::Array(items) => items.iter().map(text).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}

/// Percent-encodes everything but the unreserved characters of RFC 3986 and what the service's own paths leave bare.
#[must_use]
pub fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'@' | b',' => out.push(byte as char),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn holes(name: &str) -> Option<Json> {
        match name {
            "Identity" => Some(json!("a b/ü+1")),
            "Top" => Some(json!(5)),
            "Flag" => Some(json!(true)),
            "Rules" => Some(json!([1, 2])),
            _ => None,
        }
    }

    #[test]
    fn paths_are_encoded() {
        assert_eq!(path("/x/{Identity}/y", &holes), "/x/a%20b%2F%C3%BC%2B1/y");
    }

    #[test]
    fn queries_leave_out_what_was_not_given() {
        let pairs =
            [("a", "{Top}"), ("b", "{None}"), ("c", "x eq '{Flag}'")].map(|(a, b)| (a.to_owned(), b.to_owned()));
        assert_eq!(query(pairs.iter().map(|(a, b)| (a, b)), &holes), "a=5&c=x%20eq%20%27true%27");
    }

    #[test]
    fn bodies_keep_types_and_drop_empty_branches() {
        let template =
            json!({"n": "{Top}", "fixed": true, "gone": {"x": "{None}"}, "list": ["{Rules}"], "one": ["{Top}"]});
        assert_eq!(body(&template, &holes), Some(json!({"n": 5, "fixed": true, "list": [1, 2], "one": [5]})));
    }
}
