//! The console host: what the engine writes and asks, on standard input, output and error.
use dialtone_engine::host::Choice;
use dialtone_engine::records::InformationRecord;
use dialtone_engine::{Engine, Host};
use dialtone_format::host::{Console, console, set_console, stream_line};
use dialtone_format::{Formatter, Lines, error_view, ps_style};
use dialtone_object::*;
use std::cell::RefCell;
use std::io::{BufRead, IsTerminal, Write};
use std::rc::Rc;

pub struct ConsoleHost {
    out: RefCell<std::io::BufWriter<std::io::Stdout>>,
    formatter: RefCell<Option<Formatter>>,
    style: RefCell<Option<Value>>,
    /// Running transcripts by path.
    transcripts: RefCell<Vec<(String, std::fs::File)>>,
    terminal: bool,
    /// Standard output is gone (a closed pipe): nothing more is written.
    closed: std::cell::Cell<bool>,
}

/// Lines of the formatter on standard output.
struct Out<'a>(&'a ConsoleHost);
impl Lines for Out<'_> {
    fn line(&mut self, text: &str) {
        self.0.put(text);
        self.0.put("\n");
    }
}

impl ConsoleHost {
    pub fn new() -> ConsoleHost {
        let terminal = std::io::stdout().is_terminal();
        let (width, height) = if terminal { window_size() } else { (80, 24) };
        let dumb = std::env::var("TERM").is_ok_and(|t| t == "dumb");
        set_console(Console { width: width as i32, height: height as i32, terminal: terminal && !dumb });
        ConsoleHost {
            out: RefCell::new(std::io::BufWriter::with_capacity(1 << 16, std::io::stdout())),
            formatter: RefCell::new(None),
            style: RefCell::new(None),
            transcripts: RefCell::new(Vec::new()),
            terminal,
            closed: std::cell::Cell::new(false),
        }
    }

    /// Copies what is shown to the transcripts; a full disk does not stop the session.
    fn transcribe(&self, text: &str) {
        for (_, file) in self.transcripts.borrow_mut().iter_mut() {
            let _ = file.write_all(dialtone_format::strip(text).as_bytes());
        }
    }

    fn put(&self, text: &str) {
        self.transcribe(text);
        if self.closed.get() {
            return;
        }
        if self.out.borrow_mut().write_all(text.as_bytes()).is_err() {
            self.closed.set(true);
        }
    }

    /// Shows what is buffered when somebody watches.
    fn settle(&self) {
        if self.terminal {
            self.flush();
        }
    }
}

/// Columns and rows of the terminal.
fn window_size() -> (usize, usize) {
    // SAFETY: ioctl fills the plain struct it is given; the result is checked.
    let size = unsafe {
        let mut size: libc::winsize = std::mem::zeroed();
        if libc::ioctl(libc::STDOUT_FILENO, libc::TIOCGWINSZ, &mut size) != 0 {
            return (80, 24);
        }
        size
    };
    if size.ws_col == 0 { (80, 24) } else { (size.ws_col as usize, size.ws_row.max(1) as usize) }
}

impl Host for ConsoleHost {
    fn output(&self, en: &mut Engine, value: Value) -> Res<()> {
        if let Value::String(text) = &value
            && self.formatter.borrow().is_none()
        {
            self.put(&text.to_output());
            self.put("\n");
            self.settle();
            return Ok(());
        }
        // Taken out while it works: a property's script block may write too.
        let mut formatter = self.formatter.borrow_mut().take().unwrap_or_else(Formatter::for_host);
        let result = formatter.push(en, &value, &mut Out(self));
        *self.formatter.borrow_mut() = Some(formatter);
        self.settle();
        result
    }

    fn end_output(&self, en: &mut Engine) -> Res<()> {
        let formatter = self.formatter.borrow_mut().take();
        let result = match formatter {
            Some(mut formatter) => formatter.finish(en, &mut Out(self)),
            None => Ok(()),
        };
        self.settle();
        result
    }

    fn error(&self, en: &mut Engine, error: &Rc<ErrorRecord>) -> Res<()> {
        self.flush();
        let mut text = String::new();
        for line in error_view::host_lines(en, error) {
            text.push_str(&line);
            text.push('\n');
        }
        if std::io::stderr().is_terminal()
            && let Some(hint) = &*error.suggestion.borrow()
        {
            text.push_str(hint);
            text.push('\n');
        }
        self.transcribe(&text);
        let _ = std::io::stderr().write_all(text.as_bytes());
        Ok(())
    }

    fn record(&self, en: &mut Engine, stream: Stream, record: &Value) -> Res<()> {
        match stream {
            Stream::Progress => Ok(()),
            Stream::Information => {
                if let Some(info) = record.get::<InformationRecord>()
                    && let Some(host) = &info.host
                {
                    let end = if host.no_newline { "" } else { "\n" };
                    let _ = self.write(&format!("{}{end}", host.text.to_output()), host.foreground, host.background);
                    return Ok(());
                }
                let text = en.to_text(record);
                self.put(&format!("{}\n", text.to_output()));
                self.settle();
                Ok(())
            }
            _ => {
                let text = en.to_text(record);
                self.put(&format!("{}\n", stream_line(stream, &text.to_output())));
                self.settle();
                Ok(())
            }
        }
    }

    fn write(&self, text: &str, foreground: Option<u8>, background: Option<u8>) -> std::io::Result<()> {
        if self.terminal && console().terminal && (foreground.is_some() || background.is_some()) {
            let colour = |c: Option<u8>, base| c.map_or(String::new(), |c| ps_style::sequence(i64::from(c), base));
            let (body, end) = match text.strip_suffix('\n') {
                Some(body) => (body, "\n"),
                None => (text, ""),
            };
            self.put(&format!("{}{}{body}{}{end}", colour(foreground, 30), colour(background, 40), ps_style::RESET));
        } else {
            self.put(text);
        }
        self.settle();
        Ok(())
    }

    fn read_line(&self, en: &mut Engine, prompt: &str, secret: bool) -> Res<Option<String>> {
        self.put(prompt);
        self.flush();
        en.interrupted()?;
        let hidden = secret && self.terminal && echo(false);
        let mut line = String::new();
        let read = std::io::stdin().lock().read_line(&mut line);
        if hidden {
            echo(true);
            self.put("\n");
        }
        match read {
            Ok(0) | Err(_) => Ok(None),
            Ok(_) => Ok(Some(line.trim_end_matches(['\n', '\r']).to_owned())),
        }
    }

    fn choose(&self, en: &mut Engine, caption: &str, message: &str, choices: &[Choice], default: i32) -> Res<i32> {
        let hot =
            |label: &str| label.split_once('&').and_then(|(_, r)| r.chars().next()).map(|c| c.to_ascii_uppercase());
        let plain = |label: &str| label.replace('&', "");
        loop {
            if !caption.is_empty() {
                self.put(&format!("\n{caption}\n"));
            }
            if !message.is_empty() {
                self.put(&format!("{message}\n"));
            }
            let mut line = String::new();
            for c in choices {
                match hot(&c.label) {
                    Some(key) => line.push_str(&format!("[{key}] {}  ", plain(&c.label))),
                    None => line.push_str(&format!("{}  ", plain(&c.label))),
                }
            }
            line.push_str("[?] Help");
            if let Some(d) = usize::try_from(default).ok().and_then(|d| choices.get(d)) {
                let key = hot(&d.label).map_or_else(|| plain(&d.label), |k| k.to_string());
                line.push_str(&format!(" (default is \"{key}\")"));
            }
            line.push_str(": ");
            let Some(answer) = self.read_line(en, &line, false)? else { return Ok(default) };
            let answer = answer.trim();
            if answer.is_empty() && default >= 0 {
                return Ok(default);
            }
            if answer == "?" {
                for c in choices {
                    let key = hot(&c.label).map_or_else(|| plain(&c.label), |k| k.to_string());
                    self.put(&format!("{key} - {}\n", c.help));
                }
                continue;
            }
            let hit = choices.iter().position(|c| {
                plain(&c.label).eq_ignore_ascii_case(answer)
                    || (answer.chars().count() == 1
                        && hot(&c.label) == answer.chars().next().map(|c| c.to_ascii_uppercase()))
            });
            if let Some(at) = hit {
                return Ok(at as i32);
            }
        }
    }

    fn render(&self, en: &mut Engine, values: Vec<Value>) -> Res<String> {
        let mut formatter = Formatter::for_text(None);
        let mut text = String::new();
        for value in &values {
            formatter.push(en, value, &mut text)?;
        }
        formatter.finish(en, &mut text)?;
        Ok(text)
    }

    fn start_transcript(&self, file: std::fs::File, path: &str) {
        self.transcripts.borrow_mut().push((path.to_owned(), file));
    }
    fn stop_transcript(&self, path: &str) {
        self.transcripts.borrow_mut().retain(|(p, _)| p != path);
    }

    fn style(&self) -> Value {
        self.style.borrow_mut().get_or_insert_with(ps_style::value).clone()
    }

    fn size(&self) -> (usize, usize) {
        let c = console();
        (c.width as usize, c.height as usize)
    }
    fn is_terminal(&self) -> bool {
        self.terminal && std::io::stdin().is_terminal()
    }
    fn flush(&self) {
        if self.out.borrow_mut().flush().is_err() {
            self.closed.set(true);
        }
    }
}

/// Switches the terminal's echo; false when standard input is none.
fn echo(on: bool) -> bool {
    // SAFETY: tcgetattr fills the plain struct it is given; results are checked.
    unsafe {
        let mut state: libc::termios = std::mem::zeroed();
        if libc::tcgetattr(libc::STDIN_FILENO, &mut state) != 0 {
            return false;
        }
        if on {
            state.c_lflag |= libc::ECHO;
        } else {
            state.c_lflag &= !libc::ECHO;
        }
        libc::tcsetattr(libc::STDIN_FILENO, libc::TCSANOW, &state) == 0
    }
}
