//! Turns `cmdlets/` into an index: for every cmdlet name, where its definition stands in which file. Nothing is decoded
//! here; the definitions are embedded as text and decoded when a cmdlet is first used.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// One line of the generated table.
struct Row {
    name: String,
    file: usize,
    start: usize,
    end: usize,
    /// The verb when the cmdlet is one of a configuration type's, else empty.
    verb: String,
}

fn main() {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("../../cmdlets");
    println!("cargo::rerun-if-changed={}", root.display());
    let mut files: Vec<PathBuf> = fs::read_dir(&root)
        .expect("cmdlets/ stands beside src/")
        .map(|entry| entry.expect("readable folder").path())
        .filter(|path| matches!(path.extension().and_then(|e| e.to_str()), Some("toml" | "psm1")))
        .collect();
    files.sort();
    let mut rows = Vec::new();
    let mut out = String::from("/// Family name and text of every file.\npub static FILES: &[(&str, &str)] = &[\n");
    for (number, path) in files.iter().enumerate() {
        let text = fs::read_to_string(path).expect("UTF-8 text");
        let full = path.canonicalize().expect("existing file");
        let family = path.file_stem().and_then(|s| s.to_str()).unwrap_or_default();
        writeln!(out, "    ({family:?}, include_str!({:?})),", full.display().to_string()).expect("text");
        if path.extension().is_some_and(|e| e == "toml") {
            scan_toml(&text, number, path, &mut rows);
        } else {
            scan_functions(&text, number, &mut rows);
        }
    }
    out.push_str("];\npub static ROWS: &[Row] = &[\n");
    rows.sort_by_key(|row| row.name.to_ascii_lowercase());
    for pair in rows.windows(2) {
        let (a, b) = (&pair[0], &pair[1]);
        assert!(
            !a.name.eq_ignore_ascii_case(&b.name),
            "{} is defined twice: {} and {}",
            a.name,
            files[a.file].display(),
            files[b.file].display()
        );
    }
    for Row { name, file, start, end, verb } in &rows {
        writeln!(out, "    Row {{ name: {name:?}, file: {file}, start: {start}, end: {end}, verb: {verb:?} }},")
            .expect("text");
    }
    out.push_str("];\n");
    let target = Path::new(&env::var_os("OUT_DIR").expect("cargo sets it")).join("index.rs");
    fs::write(target, out).expect("writable OUT_DIR");
}

/// An entry reaches from its `[Name]` line to the next line of that form; `[Name.Verb]` lines belong to it.
fn scan_toml(text: &str, file: usize, path: &Path, rows: &mut Vec<Row>) {
    let mut heads = Vec::new();
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        // A line of a signature may begin and end with brackets too, but never holds a bare name.
        let head = line.trim_end().strip_prefix('[').and_then(|l| l.strip_suffix(']'));
        let is_name =
            |h: &str| h.starts_with(char::is_alphabetic) && h.chars().all(|c| c.is_alphanumeric() || "-.".contains(c));
        if let Some(head) = head.filter(|h| is_name(h)) {
            heads.push((head, offset));
        }
        offset += line.len();
    }
    for (at, (head, start)) in heads.iter().enumerate() {
        if head.contains('.') {
            continue;
        }
        let verbs: Vec<&str> =
            heads[at + 1..].iter().map_while(|(next, _)| next.strip_prefix(head)?.strip_prefix('.')).collect();
        let end = heads[at + 1..].iter().find(|(next, _)| !next.contains('.')).map_or(text.len(), |(_, start)| *start);
        let row = |name: String, verb: &str| Row { name, file, start: *start, end, verb: verb.to_owned() };
        if head.contains('-') {
            rows.push(row((*head).to_owned(), ""));
            continue;
        }
        let noun = text[*start..end]
            .lines()
            .find_map(|line| line.strip_prefix("noun = \"")?.strip_suffix('"'))
            .unwrap_or_else(|| panic!("{}: [{head}] has no noun", path.display()));
        rows.extend(verbs.into_iter().map(|verb| row(format!("{verb}-{noun}"), verb)));
    }
}

/// A composite reaches from its `function Verb-Noun` line to the next one.
fn scan_functions(text: &str, file: usize, rows: &mut Vec<Row>) {
    let mut starts = Vec::new();
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        if let Some(rest) = line.strip_prefix("function ") {
            let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '-').collect();
            starts.push((name, offset));
        }
        offset += line.len();
    }
    for (at, (name, start)) in starts.iter().enumerate() {
        let end = starts.get(at + 1).map_or(text.len(), |(_, next)| *next);
        rows.push(Row { name: name.clone(), file, start: *start, end, verb: String::new() });
    }
}
