//! Out-String, Out-Host, Out-Default: formatted text as strings or to the host.
use dialtone_engine::Engine;
use dialtone_engine::command::{Command, Cx};
use dialtone_format::{Formatter, Lines};
use dialtone_object::*;

/// Text without line ends between the lines.
struct Joined<'a>(&'a mut String);
impl Lines for Joined<'_> {
    fn line(&mut self, text: &str) {
        self.0.push_str(text);
    }
}

#[derive(Default)]
pub struct OutString {
    formatter: Option<Formatter>,
    text: String,
    stream: bool,
    no_newline: bool,
}

impl OutString {
    /// Runs a step of the formatter; with -Stream its lines go on at once.
    fn step(
        &mut self,
        cx: &mut Cx,
        step: impl FnOnce(&mut Formatter, &mut Engine, &mut dyn Lines) -> Res<()>,
    ) -> Res<()> {
        let Some(formatter) = &mut self.formatter else { return Ok(()) };
        if self.stream {
            let mut lines: Vec<String> = Vec::new();
            step(formatter, cx.en, &mut lines)?;
            lines.into_iter().try_for_each(|line| cx.write(Value::from(line)))
        } else if self.no_newline {
            step(formatter, cx.en, &mut Joined(&mut self.text))
        } else {
            step(formatter, cx.en, &mut self.text)
        }
    }
}

impl Command for OutString {
    fn begin(&mut self, cx: &mut Cx) -> Res<()> {
        let width = cx.args.int("Width").and_then(|n| i32::try_from(n).ok());
        self.formatter = Some(Formatter::for_text(width));
        self.stream = cx.args.switch("Stream");
        self.no_newline = cx.args.switch("NoNewline");
        Ok(())
    }
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let Some(value) = cx.args.value("InputObject").cloned() else { return Ok(()) };
        self.step(cx, |formatter, en, out| formatter.push(en, &value, out))
    }
    fn end(&mut self, cx: &mut Cx) -> Res<()> {
        self.step(cx, |formatter, en, out| formatter.finish(en, out))?;
        if self.stream { Ok(()) } else { cx.write(Value::from(std::mem::take(&mut self.text))) }
    }
}

/// Out-Host and Out-Default: a document of their own on the host's output.
#[derive(Default)]
pub struct OutHost {
    formatter: Option<Formatter>,
}

impl OutHost {
    fn write(&self, cx: &mut Cx, text: &str) -> Res<()> {
        // A closed pipe is the host's affair.
        let _ = cx.en.host.clone().write(text, None, None);
        Ok(())
    }
}

impl Command for OutHost {
    fn begin(&mut self, _: &mut Cx) -> Res<()> {
        self.formatter = Some(Formatter::for_host());
        Ok(())
    }
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let Some(value) = cx.args.value("InputObject").cloned() else { return Ok(()) };
        let Some(formatter) = &mut self.formatter else { return Ok(()) };
        let mut text = String::new();
        formatter.push(cx.en, &value, &mut text)?;
        self.write(cx, &text)
    }
    fn end(&mut self, cx: &mut Cx) -> Res<()> {
        let Some(formatter) = &mut self.formatter else { return Ok(()) };
        let mut text = String::new();
        formatter.finish(cx.en, &mut text)?;
        self.write(cx, &text)
    }
}
