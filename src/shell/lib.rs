//! The interactive part: editor, completion, prompt, history. `run` reads statements until the person leaves; a
//! statement that is not complete yet continues on the next line.
mod complete;
mod history;

use dialtone_engine::Engine;
use dialtone_engine::host::HostSink;
use dialtone_object::{FlowKind, Res, Runtime};
use rustyline::completion::{Completer, Pair};
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::{Hinter, HistoryHinter};
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{CompletionType, Config, Context, Editor, Helper};
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::atomic::Ordering;

/// What the line editor asks: it borrows the engine for completion only.
struct Assistant<'a> {
    en: RefCell<&'a mut Engine>,
    hints: HistoryHinter,
}

impl Completer for Assistant<'_> {
    type Candidate = Pair;
    fn complete(&self, line: &str, pos: usize, _ctx: &Context<'_>) -> rustyline::Result<(usize, Vec<Pair>)> {
        let Ok(mut en) = self.en.try_borrow_mut() else { return Ok((pos, Vec::new())) };
        Ok(complete::complete(&mut en, line, pos))
    }
}
impl Hinter for Assistant<'_> {
    type Hint = String;
    fn hint(&self, line: &str, pos: usize, ctx: &Context<'_>) -> Option<String> {
        if line.is_empty() { None } else { self.hints.hint(line, pos, ctx) }
    }
}
impl Validator for Assistant<'_> {
    fn validate(&self, ctx: &mut ValidationContext) -> rustyline::Result<ValidationResult> {
        let source = dialtone_syntax::Source::new(None, ctx.input());
        let complete = ctx.input().ends_with('\n') || !dialtone_syntax::parse(&source).is_incomplete();
        Ok(if complete { ValidationResult::Valid(None) } else { ValidationResult::Incomplete })
    }
}
impl Highlighter for Assistant<'_> {}
impl Helper for Assistant<'_> {}

/// Reads and runs lines until the person leaves; gives the exit code.
pub fn run(en: &mut Engine, banner: bool) -> i32 {
    if banner {
        println!("Dialtone {}", env!("CARGO_PKG_VERSION"));
    }
    let config = Config::builder().completion_type(CompletionType::List).auto_add_history(false).build();
    let mut editor: Editor<Assistant, rustyline::history::DefaultHistory> = match Editor::with_config(config) {
        Ok(editor) => editor,
        Err(e) => {
            eprintln!("dialtone: the terminal cannot be used: {e}");
            return 1;
        }
    };
    let file = history::path();
    if let Some(file) = &file {
        // A missing or unreadable history is no reason not to start.
        let _ = editor.load_history(file);
    }
    en.interactive = true;
    editor.set_helper(Some(Assistant { en: RefCell::new(en), hints: HistoryHinter::new() }));
    let code = read_lines(&mut editor);
    if let Some(file) = &file {
        let _ = history::prepare(file).and_then(|()| editor.append_history(file).map_err(std::io::Error::other));
    }
    code
}

fn read_lines(editor: &mut Editor<Assistant, rustyline::history::DefaultHistory>) -> i32 {
    loop {
        let prompt = match editor.helper() {
            Some(helper) => prompt(&mut helper.en.borrow_mut()),
            None => return 1,
        };
        match editor.readline(&prompt) {
            Ok(line) if line.trim().is_empty() => {}
            Ok(line) => {
                if history::may_be_kept(&line) {
                    let _ = editor.add_history_entry(line.as_str());
                }
                let Some(helper) = editor.helper() else { return 1 };
                if let Some(code) = execute(&mut helper.en.borrow_mut(), &line) {
                    return code;
                }
            }
            // Ctrl-C drops the line, Ctrl-D leaves.
            Err(ReadlineError::Interrupted) => {}
            Err(ReadlineError::Eof) => return 0,
            Err(e) => {
                eprintln!("dialtone: {e}");
                return 1;
            }
        }
    }
}

/// What the `prompt` function says, else `PS path> `.
fn prompt(en: &mut Engine) -> String {
    let own = en.find_function(dialtone_code::Name::new("prompt")).is_some();
    if own && let Ok(value) = en.script_block("prompt").and_then(|block| en.call_block(&block, &[], None)) {
        let text = en.to_text(&value);
        if !text.is_empty() {
            return text.to_string();
        }
    }
    format!("PS {}> ", en.location)
}

/// Runs one statement as typed; an exit code when it was `exit`.
fn execute(en: &mut Engine, line: &str) -> Option<i32> {
    en.interrupt.store(false, Ordering::Relaxed);
    let result = run_line(en, line);
    let host = en.host.clone();
    let ended = host.end_output(en);
    let code = match result.and(ended) {
        Ok(()) => None,
        Err(flow) => match &*flow.0 {
            FlowKind::Exit(code) => Some(*code),
            FlowKind::Error(error) => {
                let error = error.clone();
                en.ok = false;
                en.log_error(&error);
                let _ = host.error(en, &error);
                None
            }
            _ => None,
        },
    };
    en.interrupt.store(false, Ordering::Relaxed);
    host.flush();
    code
}

fn run_line(en: &mut Engine, line: &str) -> Res<()> {
    let code: Rc<dialtone_code::Code> = en.compile(line, None)?;
    let global = en.global.clone();
    en.run_top(&code, &global, &HostSink)
}
