//! What the engine needs of the world around it: the terminal or pipe it writes to, and who can be asked.
use crate::Engine;
use dialtone_object::{ErrorRecord, Res, Stream, Value};
use std::rc::Rc;

pub struct HistoryEntry {
    pub id: i64,
    pub line: String,
    pub start: u64,
    pub end: u64,
    pub ok: bool,
}

/// A choice of a prompt: label with `&` before its key, and help.
pub struct Choice {
    pub label: String,
    pub help: String,
}

pub trait Host {
    /// An object that reached the end of the pipeline: Out-Default.
    fn output(&self, en: &mut Engine, value: Value) -> Res<()>;
    /// The statement's output is complete: what was collected for a table is written.
    fn end_output(&self, en: &mut Engine) -> Res<()>;
    fn error(&self, en: &mut Engine, error: &Rc<ErrorRecord>) -> Res<()>;
    /// Warning, verbose, debug, information and progress records.
    fn record(&self, en: &mut Engine, stream: Stream, record: &Value) -> Res<()>;
    /// Raw text to the host's output (Write-Host), with console colours by number where given.
    fn write(&self, text: &str, foreground: Option<u8>, background: Option<u8>) -> std::io::Result<()>;
    /// A line from the person; none at the end of input.
    fn read_line(&self, en: &mut Engine, prompt: &str, secret: bool) -> Res<Option<String>>;
    /// Asks for one of the choices; the default when `Enter` is pressed.
    fn choose(&self, en: &mut Engine, caption: &str, message: &str, choices: &[Choice], default: i32) -> Res<i32>;
    /// The text objects have in a file (Out-File, `>`).
    fn render(&self, en: &mut Engine, values: Vec<Value>) -> Res<String>;
    /// From now on a copy of all that is shown goes to the file too, until `stop_transcript`.
    fn start_transcript(&self, _file: std::fs::File, _path: &str) {}
    fn stop_transcript(&self, _path: &str) {}
    /// `$PSStyle`
    fn style(&self) -> Value {
        Value::Null
    }
    /// Columns and rows of the output.
    fn size(&self) -> (usize, usize);
    fn is_terminal(&self) -> bool;
    /// Writes all that is buffered.
    fn flush(&self);
}

impl Engine {
    pub fn host_error(&mut self, error: &Rc<ErrorRecord>) -> Res<()> {
        let host = self.host.clone();
        host.error(self, error)
    }
    pub fn host_record(&mut self, stream: Stream, record: &Value) -> Res<()> {
        let host = self.host.clone();
        host.record(self, stream, record)
    }
}

/// The end of every top-level pipeline.
pub struct HostSink;
impl crate::command::Sink for HostSink {
    fn write(&self, en: &mut Engine, value: Value) -> Res<()> {
        let host = en.host.clone();
        host.output(en, value)
    }
    fn is_host(&self) -> bool {
        true
    }
}
