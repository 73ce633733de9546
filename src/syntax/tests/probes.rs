//! The parser against what the real one answered: errors, tokens and trees of tests/conformance/probes/parse-*.jsonl.
//! The counts of exact answers may only grow: raise them here when they do.
//!
//! `SHOW=perr-0042 cargo test -p dialtone-syntax --test probes -- --nocapture` prints one probe, `SHOW=errors` all that
//! differ in a file.

use dialtone_syntax::walk::outline;
use dialtone_syntax::{Source, Token, parse, parse_with_tokens};
use serde_json::{Value, json};
use std::rc::Rc;

const ERRORS: usize = 1267;
const TOKENS: usize = 753;
const TREES: usize = 282;

fn errors(source: &Rc<Source>) -> Value {
    let errors = parse(source).errors;
    let lines = errors.iter().map(|error| {
        json!({
            "id": error.id,
            "start": source.utf16_offset(error.span.start),
            "end": source.utf16_offset(error.span.end),
            "incomplete": error.incomplete_input,
            "message": error.message,
        })
    });
    lines.collect()
}

fn tokens(source: &Rc<Source>) -> Value {
    fn lines(source: &Source, tokens: &[Token], mark: &str, out: &mut Vec<Value>) {
        for token in tokens {
            let (start, end) = (source.utf16_offset(token.span.start), source.utf16_offset(token.span.end));
            out.push(json!(format!("{mark}{} {start}-{end} {}", token.kind.name(), source.slice(token.span))));
            lines(source, &token.nested, &format!("{mark}>"), out);
        }
    }
    let mut out = Vec::new();
    lines(source, &parse_with_tokens(source).tokens, "", &mut out);
    Value::Array(out)
}

fn tree(source: &Rc<Source>) -> Value {
    outline(&parse(source).ast).into_iter().map(Value::String).collect()
}

fn check(file: &str, field: &str, least: usize, answer: fn(&Rc<Source>) -> Value) {
    let path = format!("{}/../../tests/conformance/probes/parse-{file}.jsonl", env!("CARGO_MANIFEST_DIR"));
    let show = std::env::var("SHOW").unwrap_or_default();
    let text = std::fs::read_to_string(path).expect("the recorded answers");
    let (mut exact, mut all) = (0, 0);
    for line in text.lines() {
        let probe: Value = serde_json::from_str(line).expect("a line of JSON");
        let code = probe["code"].as_str().expect("code");
        let source = Source::new(None, code);
        let got = answer(&source);
        all += 1;
        exact += (got == probe[field]) as usize;
        if show == probe["id"] || (show == file && got != probe[field]) {
            println!("{} {code:?}\n  want {}\n  got  {got}", probe["id"], probe[field]);
        }
    }
    println!("parse-{file}: {exact} of {all} exact");
    assert!(exact >= least, "parse-{file}: {exact} exact answers, {least} before");
}

#[test]
fn errors_are_the_real_ones() {
    check("errors", "errors", ERRORS, errors);
}

#[test]
fn tokens_are_the_real_ones() {
    check("tokens", "tokens", TOKENS, tokens);
}

#[test]
fn trees_are_the_real_ones() {
    check("ast", "ast", TREES, tree);
}
