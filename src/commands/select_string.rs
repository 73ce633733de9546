//! Select-String.
use crate::encoding::Encoding;
use crate::get_content::line_texts;
use crate::path_commands::places;
use crate::record::{self, Record};
use crate::{file_system, path_text, texts, wildcard};
use dialtone_engine::Engine;
use dialtone_engine::command::{Command, Cx};
use dialtone_object::regex::{Options, Regex, Subject};
use dialtone_object::*;
use std::collections::VecDeque;
use std::rc::Rc;

/// One pattern: its text, the compiled form and the .NET object that gives the matches to the script.
struct Pattern {
    text: PsString,
    simple: bool,
    regex: Option<Regex>,
    object: Option<Value>,
}

#[derive(Default)]
pub struct SelectString {
    patterns: Vec<Pattern>,
    /// Of the pipeline's strings: lines so far and what waits for its lines behind.
    line: u64,
    state: Context,
    quiet_hit: bool,
}

/// Lines before and behind a hit.
#[derive(Default)]
struct Context {
    before: usize,
    after: usize,
    recent: VecDeque<PsString>,
    waiting: Vec<(Value, Vec<PsString>, usize)>,
}

impl Command for SelectString {
    fn begin(&mut self, cx: &mut Cx) -> Res<()> {
        let case = cx.args.switch("CaseSensitive");
        let simple = cx.args.switch("SimpleMatch");
        let sizes: Vec<usize> = cx.args.list("Context").iter().filter_map(Value::as_int).map(|n| n as usize).collect();
        self.state.before = sizes.first().copied().unwrap_or(0);
        self.state.after = sizes.get(1).or(sizes.first()).copied().unwrap_or(0);
        for text in texts(cx, "Pattern") {
            if simple {
                self.patterns.push(Pattern { text, simple: true, regex: None, object: None });
                continue;
            }
            let options = if case { Options::NONE } else { Options::IGNORE_CASE };
            let regex = match Regex::cached(&text, options) {
                Ok(regex) => regex,
                Err(e) => {
                    let message = format!("The string {text} is not a valid regular expression: {}", e.0);
                    return Err(cx.fail(ErrorRecord::new(
                        "System.ArgumentException",
                        message,
                        "InvalidRegex",
                        ErrorCategory::InvalidArgument,
                    )));
                }
            };
            let object = regex_object(cx.en, &text, case);
            self.patterns.push(Pattern { text, simple: false, regex: Some(regex), object });
        }
        Ok(())
    }

    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        if cx.args.is_bound("Path") || cx.args.is_bound("LiteralPath") {
            return self.files(cx);
        }
        let object = cx.args.get("InputObject").cloned().unwrap_or_default();
        if cx.args.switch("Quiet") && self.quiet_hit {
            return Ok(());
        }
        let mut items = Vec::new();
        for item in cx.en.enumerate(&object)? {
            // A file from the pipeline is searched, anything else is text.
            match types::type_of(&item).full_name {
                "System.IO.FileInfo" => {
                    let path = cx.en.get_property(&item, "FullName")?;
                    let path = cx.en.to_text(&path);
                    self.file(cx, &path)?;
                }
                "System.IO.DirectoryInfo" => {}
                _ => items.push(cx.en.to_text(&item)),
            }
        }
        for text in items {
            self.line += 1;
            let number = self.line;
            let mut state = std::mem::take(&mut self.state);
            let hit = self.try_line(cx, &text, number, "InputStream", &mut state);
            self.state = state;
            if hit? && cx.args.switch("Quiet") {
                self.quiet_hit = true;
                return cx.write(Value::Bool(true));
            }
        }
        Ok(())
    }

    fn end(&mut self, cx: &mut Cx) -> Res<()> {
        let mut state = std::mem::take(&mut self.state);
        flush(cx, &mut state)?;
        Ok(())
    }
}

/// `[regex]::new(text, options)`, for the Match objects.
fn regex_object(en: &mut Engine, text: &PsString, case: bool) -> Option<Value> {
    let ty = types::find("System.Text.RegularExpressions.Regex")?;
    let options = types::find("System.Text.RegularExpressions.RegexOptions")?;
    let number = if case { 0 } else { 1 };
    access::construct(en, ty, &[Value::String(text.clone()), EnumValue::value(options, number)]).ok()
}

impl SelectString {
    fn files(&mut self, cx: &mut Cx) -> Res<()> {
        let (include, exclude) = (texts(cx, "Include"), texts(cx, "Exclude"));
        for (_, found) in places(cx, false)? {
            for place in found {
                let leaf = path_text::leaf(&place.path);
                if (!include.is_empty() && !wildcard::any(&include, &leaf)) || wildcard::any(&exclude, &leaf) {
                    continue;
                }
                if std::path::Path::new(&place.path).is_dir() {
                    continue;
                }
                self.file(cx, &place.path)?;
                if self.quiet_hit {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    fn file(&mut self, cx: &mut Cx, path: &str) -> Res<()> {
        let bytes = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return cx.error(crate::place::not_found(path)),
            Err(e) => {
                let (ty, message) = file_system::exception(&e, path);
                let message = format!("The file {path} cannot be read: {message}");
                let error = ErrorRecord::new(ty, message, "ProcessingFile", ErrorCategory::InvalidArgument);
                return cx.error(error.with_target(Value::str(path)));
            }
        };
        let text = Encoding::of(cx)?.decode(&bytes);
        let (list, quiet) = (cx.args.switch("List"), cx.args.switch("Quiet"));
        let mut state = Context { before: self.state.before, after: self.state.after, ..Context::default() };
        for (at, line) in line_texts(&text).enumerate() {
            let hit = self.try_line(cx, &line.into(), at as u64 + 1, path, &mut state)?;
            if hit && quiet {
                self.quiet_hit = true;
                return cx.write(Value::Bool(true));
            }
            if hit && list {
                break;
            }
        }
        flush(cx, &mut state)
    }

    /// Looks at one line; true when it is a hit.
    fn try_line(&self, cx: &mut Cx, line: &PsString, number: u64, path: &str, state: &mut Context) -> Res<bool> {
        let not = cx.args.switch("NotMatch");
        let hit = self.patterns.iter().find(|p| self.fits(cx, p, line) != not);
        // With -NotMatch no pattern may fit.
        let hit = if not && self.patterns.iter().any(|p| self.fits(cx, p, line)) { None } else { hit };
        let Some(pattern) = hit else {
            self.remember(cx, line, state)?;
            return Ok(false);
        };
        if cx.args.switch("Quiet") {
            return Ok(true);
        }
        if cx.args.switch("Raw") {
            cx.write(Value::String(line.clone()))?;
            return Ok(true);
        }
        let matches = if not { Vec::new() } else { self.matches(cx, pattern, line)? };
        let filename = if path == "InputStream" { path.to_owned() } else { path_text::leaf(path) };
        let info = Record::make(
            &record::MATCH_INFO,
            vec![
                Value::Bool(!cx.args.switch("CaseSensitive")),
                Value::ULong(number),
                Value::String(line.clone()),
                Value::from(filename),
                Value::str(path),
                Value::String(pattern.text.clone()),
                Value::Null,
                match_array(matches),
                // Shown with emphasis unless -NoEmphasis says otherwise.
                Value::Bool(!cx.args.switch("NoEmphasis")),
            ],
        );
        if state.before == 0 && state.after == 0 {
            cx.write(info)?;
            return Ok(true);
        }
        let before: Vec<PsString> = state.recent.iter().cloned().collect();
        self.remember(cx, line, state)?;
        state.waiting.push((info, before, 0));
        if let Some((info, _, _)) = state.waiting.last()
            && let Some(record) = info.get::<Record>()
        {
            record.set(6, context(&state.waiting[state.waiting.len() - 1].1, &[]));
        }
        state.recent.clear();
        if state.after == 0 {
            flush(cx, state)?;
        }
        Ok(true)
    }

    fn fits(&self, cx: &Cx, pattern: &Pattern, line: &PsString) -> bool {
        if pattern.simple {
            return if cx.args.switch("CaseSensitive") {
                line.contains(pattern.text.as_str())
            } else {
                psobject_folded(line).contains(&psobject_folded(&pattern.text))
            };
        }
        pattern.regex.as_ref().is_some_and(|r| r.is_match(&Subject::new(line)))
    }

    fn matches(&self, cx: &mut Cx, pattern: &Pattern, line: &PsString) -> Res<Vec<Value>> {
        let Some(object) = &pattern.object else { return Ok(Vec::new()) };
        if cx.args.switch("AllMatches") {
            let all = cx.en.call_method(object, "Matches", &[Value::String(line.clone())])?;
            return cx.en.enumerate(&all);
        }
        Ok(vec![cx.en.call_method(object, "Match", &[Value::String(line.clone())])?])
    }

    /// A line that is no hit: context of the hits around it.
    fn remember(&self, cx: &mut Cx, line: &PsString, state: &mut Context) -> Res<()> {
        if state.before == 0 && state.after == 0 {
            return Ok(());
        }
        let after = state.after;
        let mut done = false;
        for (_, lines, taken) in &mut state.waiting {
            if *taken < after {
                lines.push(line.clone());
                *taken += 1;
            }
            done |= *taken == after;
        }
        state.recent.push_back(line.clone());
        while state.recent.len() > state.before {
            state.recent.pop_front();
        }
        if done {
            let ready: Vec<_> = std::mem::take(&mut state.waiting);
            for (info, lines, taken) in ready {
                if taken == after {
                    finish(cx, info, &lines, taken)?;
                } else {
                    state.waiting.push((info, lines, taken));
                }
            }
        }
        Ok(())
    }
}

fn psobject_folded(text: &str) -> String {
    psobject::folded(text)
}

fn match_array(items: Vec<Value>) -> Value {
    let elem = types::find("System.Text.RegularExpressions.Match").unwrap_or(&types::OBJECT);
    Value::Array(Rc::new(Array::typed(elem, items)))
}

fn context(before: &[PsString], after: &[PsString]) -> Value {
    let list = |lines: &[PsString]| {
        Value::Array(Rc::new(Array::typed(&types::STRING, lines.iter().cloned().map(Value::String).collect())))
    };
    let (pre, post) = (list(before), list(after));
    Record::make(&record::MATCH_CONTEXT, vec![pre.clone(), post.clone(), pre, post])
}

/// Sends a hit whose lines behind are complete. `lines` are those before it and the `taken` ones behind.
fn finish(cx: &mut Cx, info: Value, lines: &[PsString], taken: usize) -> Res<()> {
    let split = lines.len() - taken;
    if let Some(record) = info.get::<Record>() {
        record.set(6, context(&lines[..split], &lines[split..]));
    }
    cx.write(info)
}

fn flush(cx: &mut Cx, state: &mut Context) -> Res<()> {
    for (info, lines, taken) in std::mem::take(&mut state.waiting) {
        finish(cx, info, &lines, taken)?;
    }
    Ok(())
}
