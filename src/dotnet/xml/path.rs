//! The XPath that scripts use: steps with `/` and `//`, names, `*`, `.`, `..`, `@name`, `text()`, and predicates of a
//! number, `last()`, `@name`, `@name='x'`, `name='x'`, joined by `and`.
use super::node::{Kind, Node};

/// The nodes that a path selects, in document order.
pub fn select(from: &Node, path: &str) -> Vec<Node> {
    path.split('|').flat_map(|one| select_one(from, one.trim())).collect()
}
fn select_one(from: &Node, path: &str) -> Vec<Node> {
    let (mut nodes, mut rest) = match path.strip_prefix('/') {
        Some(rest) => (vec![from.at(0)], rest),
        None => (vec![from.clone()], path),
    };
    // A path that began with `//` has one slash left.
    let mut deep = false;
    if path.starts_with('/')
        && let Some(after) = rest.strip_prefix('/')
    {
        (deep, rest) = (true, after);
    }
    while !rest.is_empty() {
        let end = step_end(rest);
        let (step, tail) = rest.split_at(end);
        nodes = nodes.iter().flat_map(|n| apply(n, step, deep)).collect();
        (deep, rest) = match tail.strip_prefix("//") {
            Some(after) => (true, after),
            None => (false, tail.strip_prefix('/').unwrap_or(tail)),
        };
    }
    nodes
}
/// The length of the first step: to the next slash outside of brackets and quotes.
fn step_end(text: &str) -> usize {
    let (mut depth, mut quote) = (0, None);
    for (at, c) in text.char_indices() {
        match (c, quote) {
            (c, Some(q)) if c == q => quote = None,
            (_, Some(_)) => {}
            ('\'' | '"', None) => quote = Some(c),
            ('[', None) => depth += 1,
            (']', None) => depth -= 1,
            ('/', None) if depth == 0 => return at,
            _ => {}
        }
    }
    text.len()
}
fn below(n: &Node, out: &mut Vec<Node>) {
    for child in n.elements() {
        out.push(child.clone());
        below(&child, out);
    }
}
fn named(n: &Node, test: &str) -> bool {
    test == "*" || n.name() == test || (test.contains(':') && n.local_name() == test.rsplit(':').next().unwrap_or(test))
}
fn apply(n: &Node, step: &str, deep: bool) -> Vec<Node> {
    let (test, predicates) = step.split_once('[').map_or((step, ""), |(t, _)| (t, &step[t.len()..]));
    let mut bases = vec![n.clone()];
    if deep {
        below(n, &mut bases);
    }
    let mut found = Vec::new();
    for base in bases {
        let mut here: Vec<Node> = match test.trim() {
            "." => vec![base.clone()],
            ".." => base.parent().into_iter().collect(),
            "text()" => base.children().into_iter().filter(|c| matches!(c.kind(), Kind::Text | Kind::CData)).collect(),
            "node()" => base.children(),
            "comment()" => base.children().into_iter().filter(|c| c.kind() == Kind::Comment).collect(),
            test => match test.strip_prefix('@').or_else(|| test.strip_prefix("attribute::")) {
                Some(name) => base.attributes().into_iter().filter(|a| named(a, name)).collect(),
                None => {
                    let name = test.strip_prefix("child::").unwrap_or(test);
                    base.elements().into_iter().filter(|e| named(e, name)).collect()
                }
            },
        };
        for predicate in predicates.split('[').skip(1).filter_map(|p| p.rsplit_once(']')).map(|(p, _)| p) {
            let count = here.len();
            here = here
                .into_iter()
                .enumerate()
                .filter(|(at, n)| holds(n, predicate.trim(), at + 1, count))
                .map(|(_, n)| n)
                .collect();
        }
        found.extend(here);
    }
    found
}
fn holds(n: &Node, predicate: &str, place: usize, count: usize) -> bool {
    if let Some((a, b)) = predicate.split_once(" and ") {
        return holds(n, a.trim(), place, count) && holds(n, b.trim(), place, count);
    }
    if let Some((a, b)) = predicate.split_once(" or ") {
        return holds(n, a.trim(), place, count) || holds(n, b.trim(), place, count);
    }
    if let Ok(wanted) = predicate.parse::<usize>() {
        return place == wanted;
    }
    if predicate == "last()" {
        return place == count;
    }
    if let Some(inner) = predicate.strip_prefix("not(").and_then(|p| p.strip_suffix(')')) {
        return !holds(n, inner, place, count);
    }
    for (function, test) in [
        ("contains(", (|a: &str, b: &str| a.contains(b)) as fn(&str, &str) -> bool),
        ("starts-with(", |a: &str, b: &str| a.starts_with(b)),
    ] {
        if let Some((of, text)) =
            predicate.strip_prefix(function).and_then(|p| p.strip_suffix(')')).and_then(|p| p.split_once(','))
        {
            return texts(n, of.trim()).iter().any(|t| test(t, unquoted(text)));
        }
    }
    if let Some((of, text)) = predicate.split_once("!=") {
        return texts(n, of.trim()).iter().any(|t| t != unquoted(text));
    }
    match predicate.split_once('=') {
        Some((of, text)) => texts(n, of.trim()).iter().any(|t| t == unquoted(text)),
        None => !select_one(n, predicate).is_empty(),
    }
}
fn unquoted(text: &str) -> &str {
    text.trim().trim_matches(['\'', '"'])
}
fn texts(n: &Node, of: &str) -> Vec<String> {
    match of {
        "name()" | "local-name()" => vec![n.local_name()],
        _ => select_one(n, of).iter().map(Node::inner_text).collect(),
    }
}
