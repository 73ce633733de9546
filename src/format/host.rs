//! What the formatter knows of the console: one per process, set by the command line and the shell.
use crate::style::Style;
use std::cell::Cell;

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Console {
    /// Columns and rows; 80 by 24 where there is no terminal.
    pub width: i32,
    pub height: i32,
    /// Standard output is a terminal that understands escape sequences.
    pub terminal: bool,
}

thread_local! {
    static CONSOLE: Cell<Console> = const { Cell::new(Console { width: 80, height: 24, terminal: false }) };
}

/// To be called at start and when the window changes its size.
pub fn set_console(console: Console) {
    CONSOLE.with(|c| c.set(console));
}
pub fn console() -> Console {
    CONSOLE.with(Cell::get)
}

/// The colours of text that the host writes itself (errors, warnings).
pub fn host_style() -> Style {
    Style::current(true, console().terminal)
}

/// A line of the warning, verbose or debug stream as the host writes it.
pub fn stream_line(stream: dialtone_object::Stream, text: &str) -> String {
    use dialtone_object::Stream;
    let style = host_style();
    let (label, colour) = match stream {
        Stream::Warning => ("WARNING: ", &style.warning),
        Stream::Verbose => ("VERBOSE: ", &style.verbose),
        Stream::Debug => ("DEBUG: ", &style.debug),
        _ => return text.to_owned(),
    };
    format!("{colour}{label}{text}{}", style.reset)
}
