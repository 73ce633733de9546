//! The colours of formatted text: `$PSStyle` as far as the formatter uses it, or nothing at all.
use dialtone_object::{Runtime, Value};

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
    /// PowerShell's defaults.
    pub fn colours() -> Style {
        let s = |code: &str| format!("\u{1b}[{code}m");
        Style {
            table_header: s("32;1"),
            custom_header: s("32;1;3"),
            accent: s("32;1"),
            error: s("31;1"),
            error_accent: s("36;1"),
            warning: s("33;1"),
            verbose: s("33;1"),
            debug: s("33;1"),
            reset: s("0"),
        }
    }

    /// The style now in force for output that goes to the host (`host`) or to text: `$PSStyle.OutputRendering` decides
    /// between colours and plain text, `terminal` what "Host" and "Automatic" mean.
    pub fn current(rt: &mut dyn Runtime, host: bool, terminal: bool) -> Style {
        let Some(style) = rt.variable("PSStyle").filter(|s| !s.is_null()) else {
            return if host && terminal { Style::colours() } else { Style::default() };
        };
        let rendering = text(rt, &style, "OutputRendering");
        let colours = match rendering.as_deref() {
            Some("PlainText") => false,
            Some("Ansi") => true,
            Some("Automatic") => terminal,
            _ => host && terminal,
        };
        if !colours {
            return Style::default();
        }
        let default = Style::colours();
        let Ok(formatting) = rt.get_property(&style, "Formatting") else { return default };
        let mut of = |name: &str, otherwise: String| text(rt, &formatting, name).unwrap_or(otherwise);
        Style {
            table_header: of("TableHeader", default.table_header),
            custom_header: of("CustomTableHeaderLabel", default.custom_header),
            accent: of("FormatAccent", default.accent),
            error: of("Error", default.error),
            error_accent: of("ErrorAccent", default.error_accent),
            warning: of("Warning", default.warning),
            verbose: of("Verbose", default.verbose),
            debug: of("Debug", default.debug),
            reset: default.reset,
        }
    }

    /// Whether escape sequences stay in the output.
    pub fn is_plain(&self) -> bool {
        self.reset.is_empty()
    }
}

fn text(rt: &mut dyn Runtime, value: &Value, name: &str) -> Option<String> {
    let found = rt.get_property(value, name).ok().filter(|v| !v.is_null())?;
    Some(rt.to_text(&found).to_string())
}
