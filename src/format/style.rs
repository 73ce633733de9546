//! The colours of formatted text: `$PSStyle` as far as the formatter uses it, or nothing at all.
use crate::ps_style::{self, Rendering};

/// Escape sequences in use; all empty for plain text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Style {
    pub table_header: String,
    pub custom_header: String,
    pub accent: String,
    pub error: String,
    pub error_accent: String,
    pub warning: String,
    pub verbose: String,
    pub debug: String,
    pub reset: String,
}

impl Style {
    /// The style now in force for output that goes to the host (`host`) or to text: `$PSStyle.OutputRendering` decides
    /// between colours and plain text, `terminal` what "Host" means.
    pub fn current(host: bool, terminal: bool) -> Style {
        match ps_style::rendering() {
            Rendering::PlainText => Style::default(),
            Rendering::Host if !(host && terminal) => Style::default(),
            Rendering::Host | Rendering::Ansi => ps_style::style(),
        }
    }

    /// Whether escape sequences are taken out of the output.
    pub fn is_plain(&self) -> bool {
        self.reset.is_empty()
    }
}
