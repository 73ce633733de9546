//! Depth and speed: parsing is linear, deep nesting is fast or a clear error, never a stack overflow.

use dialtone_syntax::{Parsed, Source, Span, TokenKind, decode, parse, parse_with_tokens};
use std::time::{Duration, Instant};

/// Parses on a thread with a quarter of the interpreter's stack.
fn with_stack<R: Send + 'static>(run: impl FnOnce() -> R + Send + 'static) -> R {
    let thread = std::thread::Builder::new().stack_size(64 << 20).spawn(run).expect("a thread");
    thread.join().expect("no panic")
}

fn timed(code: &str) -> (Parsed, Duration) {
    let source = Source::new(None, code);
    let start = Instant::now();
    let parsed = parse(&source);
    (parsed, start.elapsed())
}

const NESTS: [(&str, &str, &str); 15] = [
    ("(", "1", ")"),
    ("$(", "1", ")"),
    ("@(", "1", ")"),
    ("{", "1", "}"),
    ("& {", "1", "}"),
    ("@{a=", "1", "}"),
    ("if (1) {", "1", "}"),
    ("$a[", "1", "]"),
    ("$a.b(", "1", ")"),
    ("\"$(", "1", ")\""),
    ("-not ", "1", ""),
    ("[int]", "1", ""),
    ("1 + ", "1", ""),
    ("$a.b + ", "$a", ""),
    ("a && ", "a", ""),
];

#[test]
fn a_thousand_levels_take_milliseconds() {
    with_stack(|| {
        for (open, middle, close) in NESTS {
            let code = format!("{}{middle}{}", open.repeat(1000), close.repeat(1000));
            // The best of a few, as other tests run beside this one.
            let runs: Vec<_> = (0..5).map(|_| timed(&code)).collect();
            assert!(runs.iter().all(|(parsed, _)| parsed.errors.is_empty()), "{open}");
            let time = runs.iter().map(|(_, time)| *time).min().unwrap_or_default();
            println!("1,000 x {open:10} {time:?}");
            assert!(time < Duration::from_millis(200), "1,000 x {open} took {time:?}");
        }
    });
}

#[test]
fn deeper_is_an_error() {
    with_stack(|| {
        for (open, middle, close) in NESTS {
            let code = format!("{}{middle}{}", open.repeat(100_000), close.repeat(100_000));
            let (parsed, time) = timed(&code);
            let ids: Vec<_> = parsed.errors.iter().map(|error| error.id).collect();
            println!("100,000 x {open:10} {time:?} {ids:?}");
            assert_eq!(ids, ["ScriptTooComplicated"], "100,000 x {open}");
        }
    });
}

/// `PARSE=folder cargo test --release -p dialtone-syntax --test limits -- --ignored --nocapture` parses every script
/// below a folder, prints the errors and the speed, and checks that the tokens cover each text without overlap.
#[test]
#[ignore = "needs a folder of scripts in $PARSE"]
fn corpus() {
    let mut folders = vec![std::path::PathBuf::from(std::env::var("PARSE").expect("PARSE=folder"))];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path
                .extension()
                .is_some_and(|e| ["ps1", "psm1", "psd1"].iter().any(|x| e.eq_ignore_ascii_case(x)))
            {
                files.push(path);
            }
        }
    }
    files.sort();
    let texts: Vec<String> = files.iter().map(|file| decode(&std::fs::read(file).expect("a file"))).collect();
    with_stack(move || {
        let mut total = Duration::ZERO;
        let mut bytes = 0;
        for (file, text) in files.iter().zip(&texts) {
            let (parsed, time) = timed(text);
            check_tokens(&file.display().to_string(), text);
            total += time;
            bytes += text.len();
            for error in &parsed.errors {
                let source = &parsed.ast.source;
                let at = source.position(error.span.start);
                println!("{}:{}:{} {} {}", file.display(), at.line, at.column, error.id, error.message);
            }
        }
        let speed = bytes as f64 / 1e6 / total.as_secs_f64();
        println!("{} files, {bytes} bytes, {total:?}, {speed:.1} MB/s", files.len());
    });
}

fn check_tokens(file: &str, text: &str) {
    let source = Source::new(None, text);
    let mut at = 0;
    for token in &parse_with_tokens(&source).tokens {
        if token.kind == TokenKind::EndOfInput {
            break;
        }
        let position = source.position(token.span.start);
        assert!(token.span.start >= at, "{file}: tokens overlap at {position:?}");
        let between = source.slice(Span::new(at, token.span.start));
        assert!(between.chars().all(|c| c.is_whitespace() || c == '`'), "{file}: a gap before {position:?}");
        at = token.span.end;
    }
}
