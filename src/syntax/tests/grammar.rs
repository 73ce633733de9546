//! grammar/powershell.pest against the reader: what the reader takes without an error, the grammar takes too.
//! The counts may only grow: raise them here when they do.
//!
//! `SHOW=1 cargo test -p dialtone-syntax --test grammar -- --nocapture` prints what the grammar refuses.

use dialtone_syntax::{Source, grammar_refusal, parse};
use serde_json::Value;

const ACCEPTED: usize = 1796;

#[test]
fn the_grammar_takes_what_the_reader_takes() {
    let show = std::env::var("SHOW").is_ok();
    let (mut accepted, mut all) = (0, 0);
    for file in ["errors", "tokens", "ast"] {
        let path = format!("{}/../../tests/conformance/probes/parse-{file}.jsonl", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(path).expect("the recorded code");
        for line in text.lines() {
            let probe: Value = serde_json::from_str(line).expect("a line of JSON");
            let code = probe["code"].as_str().expect("code");
            if parse(&Source::new(None, code)).errors.is_empty() {
                all += 1;
                let taken = grammar_refusal(code).is_none();
                accepted += taken as usize;
                if show && !taken {
                    println!("{} {code:?}", probe["id"]);
                }
            }
        }
    }
    println!("grammar: {accepted} of {all} accepted");
    assert!(accepted >= ACCEPTED, "{accepted} accepted, {ACCEPTED} before");
}

/// `PARSE=folder cargo test -p dialtone-syntax --test grammar -- --ignored --nocapture` prints the scripts below a folder
/// that the reader takes and the grammar refuses.
#[test]
#[ignore = "needs a folder of scripts in $PARSE"]
fn corpus() {
    let (mut accepted, mut all) = (0, 0);
    let mut folders = vec![std::path::PathBuf::from(std::env::var("PARSE").expect("PARSE=folder"))];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "ps1" || e == "psm1") {
                let text = dialtone_syntax::decode(&std::fs::read(&path).expect("a file"));
                if parse(&Source::new(None, text.as_str())).errors.is_empty() {
                    all += 1;
                    let refused = grammar_refusal(&text);
                    accepted += refused.is_none() as usize;
                    if let Some(position) = refused {
                        println!("{}: {position}", path.display());
                    }
                }
            }
        }
    }
    println!("grammar: {accepted} of {all} scripts accepted");
}
