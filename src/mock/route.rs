//! The table of routes: method and path template to handler. Paths are matched without regard to case.
//!
//! A template's segment is literal (`users`), a value (`{userId}`), or has values inside parentheses
//! (`getPstnCalls(fromDateTime={from},toDateTime={to})`). The service's own file lists its routes.

use std::collections::HashMap;

use crate::call::{Answer, Call, decode};

/// Whose token a route wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Teams ConfigAPI, 48ac35b8-9aa8-4d74-927d-1f4a14a0b239.
    Config,
    /// Microsoft Graph.
    Graph,
    /// None: sign-in and downloads with their own key.
    Open,
    /// The mock's own token, for its control routes.
    Owner,
}

/// One line of the table. Several methods may be listed: `"PUT PATCH"` (clients differ where a verb was inferred).
pub struct Route {
    pub methods: &'static str,
    pub path: &'static str,
    pub handler: fn(&Call) -> Answer,
    pub audience: Audience,
}

pub const fn config(methods: &'static str, path: &'static str, handler: fn(&Call) -> Answer) -> Route {
    Route { methods, path, handler, audience: Audience::Config }
}

pub const fn graph(methods: &'static str, path: &'static str, handler: fn(&Call) -> Answer) -> Route {
    Route { methods, path, handler, audience: Audience::Graph }
}

pub const fn open(methods: &'static str, path: &'static str, handler: fn(&Call) -> Answer) -> Route {
    Route { methods, path, handler, audience: Audience::Open }
}

/// The values of a template and their names.
pub type Params = Vec<(&'static str, String)>;

/// What a path leads to.
pub enum Found {
    Route(&'static Route, Params),
    /// The path exists, the method does not.
    Method,
    Nothing,
}

/// All routes, sorted by their number of segments; literal segments win over values by their place in the lists.
pub struct Router(HashMap<usize, Vec<(Vec<&'static str>, &'static Route)>>);

impl Router {
    pub fn new(lists: &[&'static [Route]]) -> Router {
        let mut table: HashMap<usize, Vec<(Vec<&'static str>, &'static Route)>> = HashMap::new();
        for route in lists.iter().copied().flatten() {
            let segments: Vec<&str> = route.path.trim_start_matches('/').split('/').collect();
            table.entry(segments.len()).or_default().push((segments, route));
        }
        for routes in table.values_mut() {
            routes.sort_by_key(|(segments, _)| segments.iter().map(|s| s.contains('{')).collect::<Vec<_>>());
        }
        Router(table)
    }

    pub fn find(&self, method: &str, path: &str) -> Found {
        let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
        let mut found = Found::Nothing;
        for (template, route) in self.0.get(&segments.len()).into_iter().flatten() {
            let Some(params) = match_all(template, &segments) else { continue };
            if route.methods.split(' ').any(|m| m.eq_ignore_ascii_case(method)) {
                return Found::Route(route, params);
            }
            found = Found::Method;
        }
        found
    }
}

fn match_all(template: &[&'static str], segments: &[&str]) -> Option<Params> {
    let mut params = Vec::new();
    for (pattern, segment) in template.iter().zip(segments) {
        match_segment(pattern, segment, &mut params)?;
    }
    Some(params)
}

fn match_segment(pattern: &'static str, text: &str, params: &mut Params) -> Option<()> {
    let Some(start) = pattern.find('{') else {
        return pattern.eq_ignore_ascii_case(&decode(text, false)).then_some(());
    };
    let end = start + pattern[start..].find('}')?;
    let head = text.get(..start)?;
    if !head.eq_ignore_ascii_case(&pattern[..start]) {
        return None;
    }
    let rest = &pattern[end + 1..];
    let value = if rest.is_empty() {
        &text[start..]
    } else {
        let stop = rest.find('{').map_or(rest, |next| &rest[..next]);
        &text[start..start + find_ignore_case(&text[start..], stop)?]
    };
    if value.is_empty() {
        return None;
    }
    params.push((&pattern[start + 1..end], decode(value, false)));
    if rest.is_empty() { Some(()) } else { match_segment(rest, &text[start + value.len()..], params) }
}

fn find_ignore_case(text: &str, part: &str) -> Option<usize> {
    text.to_ascii_lowercase().find(&part.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A path of the reference with its values filled in.
    fn filled(path: &str) -> String {
        let mut out = String::new();
        let mut inside = false;
        for c in path.chars() {
            match c {
                '{' => {
                    inside = true;
                    out.push('x');
                }
                '}' => inside = false,
                _ if !inside => out.push(c),
                _ => {}
            }
        }
        out
    }

    #[test]
    fn every_route_of_the_reference_is_served() {
        let router = Router::new(crate::ROUTES);
        let mut missing = Vec::new();
        for line in include_str!("../../tests/tenant/routes.txt").lines() {
            let (method, path) = line.split_once(' ').unwrap();
            let path = path.split(" (").next().unwrap();
            if !matches!(router.find(method, &filled(path)), Found::Route(..)) {
                missing.push(line);
            }
        }
        assert!(missing.is_empty(), "{}", missing.join("\n"));
    }

    #[test]
    fn literal_segments_win_and_values_are_cut_out() {
        let router = Router::new(crate::ROUTES);
        let found = |path: &str| match router.find("GET", path) {
            Found::Route(route, params) => (route.path, params),
            _ => ("", Vec::new()),
        };
        assert_eq!(
            found("/skype.policy/CONFIGURATIONS/hybridpstnsite").0,
            "/Skype.Policy/configurations/HybridPSTNSite"
        );
        let (_, params) =
            found("/v1.0/communications/callRecords/getPstnCalls(fromDateTime=2026-01-01,toDateTime=2026-01-02)");
        assert_eq!(params, [("from", "2026-01-01".to_owned()), ("to", "2026-01-02".to_owned())]);
        let (_, params) = found("/Teams.User/users/sip%3Aa%40b");
        assert_eq!(params, [("userId", "sip:a@b".to_owned())]);
        assert!(matches!(router.find("PUT", "/Teams.User/users"), Found::Method));
        assert!(matches!(router.find("GET", "/nothing"), Found::Nothing));
    }
}
