//! Out-File: formatted text into a file.
use crate::encoding::Encoding;
use crate::{file_system, place};
use dialtone_engine::command::{Command, Cx};
use dialtone_format::{Formatter, Lines};
use dialtone_object::*;
use std::io::Write;

#[derive(Default)]
pub struct OutFile {
    formatter: Option<Formatter>,
    /// None when -WhatIf left nothing to write.
    file: Option<std::fs::File>,
    path: String,
    encoding: Option<Encoding>,
    no_newline: bool,
    text: String,
}

/// How much text may wait before it is written.
const CHUNK: usize = 1 << 16;

struct Text<'a> {
    out: &'a mut String,
    no_newline: bool,
}
impl Lines for Text<'_> {
    fn line(&mut self, text: &str) {
        self.out.push_str(text);
        if !self.no_newline {
            self.out.push('\n');
        }
    }
}

impl Command for OutFile {
    fn begin(&mut self, cx: &mut Cx) -> Res<()> {
        let width = cx.args.int("Width").and_then(|n| i32::try_from(n).ok());
        self.formatter = Some(Formatter::for_text(width));
        self.no_newline = cx.args.switch("NoNewline");
        let given = match cx.args.text("FilePath") {
            Some(path) => path,
            None => cx.args.text("LiteralPath").unwrap_or_default(),
        };
        let place = place::locate(cx.en, &given).map_err(|e| cx.fail(e))?;
        self.path = place.path;
        if cx.should_process(&self.path, "Output to File")? {
            self.open(cx)?;
        }
        Ok(())
    }

    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let Some(value) = cx.args.value("InputObject").cloned() else { return Ok(()) };
        if let (Some(formatter), Some(_)) = (&mut self.formatter, &self.file) {
            let mut lines = Text { out: &mut self.text, no_newline: self.no_newline };
            formatter.push(cx.en, &value, &mut lines)?;
        }
        self.flush(cx, CHUNK)
    }

    fn end(&mut self, cx: &mut Cx) -> Res<()> {
        if let (Some(formatter), Some(_)) = (&mut self.formatter, &self.file) {
            let mut lines = Text { out: &mut self.text, no_newline: self.no_newline };
            formatter.finish(cx.en, &mut lines)?;
        }
        self.flush(cx, 0)
    }
}

impl OutFile {
    fn open(&mut self, cx: &mut Cx) -> Res<()> {
        let encoding = Encoding::of(cx)?;
        let append = cx.args.switch("Append");
        if cx.args.switch("NoClobber") && !append && std::path::Path::new(&self.path).exists() {
            let text = format!("The file '{}' already exists.", self.path);
            let error = ErrorRecord::new("System.IO.IOException", text, "NoClobber", ErrorCategory::ResourceExists);
            return Err(cx.fail(error.with_target(Value::str(&self.path))));
        }
        let mut options = std::fs::OpenOptions::new();
        options.create(true);
        if append {
            options.append(true)
        } else {
            options.write(true).truncate(true)
        };
        let file = options.open(&self.path).map_err(|e| cx.fail(file_system::open_failure(&e, &self.path)))?;
        let fresh = file.metadata().is_ok_and(|m| m.len() == 0);
        self.file = Some(file);
        self.encoding = Some(encoding);
        if fresh { self.put(cx, encoding.mark()) } else { Ok(()) }
    }

    /// Writes the text when more than `keep` bytes wait.
    fn flush(&mut self, cx: &mut Cx, keep: usize) -> Res<()> {
        if self.text.len() <= keep {
            return Ok(());
        }
        let mut bytes = Vec::with_capacity(self.text.len());
        self.encoding.unwrap_or(Encoding::Utf8).encode(&self.text, &mut bytes);
        self.text.clear();
        self.put(cx, &bytes)
    }

    fn put(&mut self, cx: &mut Cx, bytes: &[u8]) -> Res<()> {
        let Some(file) = &mut self.file else { return Ok(()) };
        file.write_all(bytes).map_err(|e| cx.fail(file_system::open_failure(&e, &self.path)))
    }
}
