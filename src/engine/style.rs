//! `$PSStyle` as an object of plain properties.
use dialtone_object::*;
use std::rc::Rc;

fn object(type_name: &str, pairs: &[(&str, &str)]) -> Value {
    let pairs = pairs.iter().map(|(n, v)| ((*n).into(), Value::str(v))).collect();
    Value::Custom(Rc::new(PSObject::from_pairs(pairs).with_type(type_name)))
}

const COLOURS: [&str; 16] = [
    "Black",
    "Red",
    "Green",
    "Yellow",
    "Blue",
    "Magenta",
    "Cyan",
    "White",
    "BrightBlack",
    "BrightRed",
    "BrightGreen",
    "BrightYellow",
    "BrightBlue",
    "BrightMagenta",
    "BrightCyan",
    "BrightWhite",
];

fn colours(type_name: &str, base: u32) -> Value {
    let pairs = COLOURS
        .iter()
        .enumerate()
        .map(|(at, name)| {
            let at = at as u32;
            let code = if at < 8 { base + at } else { base + 60 + at - 8 };
            ((*name).into(), Value::from(format!("\u{1b}[{code}m")))
        })
        .collect();
    Value::Custom(Rc::new(PSObject::from_pairs(pairs).with_type(type_name)))
}

pub fn value() -> Value {
    let formatting = object(
        "System.Management.Automation.PSStyle+FormattingData",
        &[
            ("FormatAccent", "\u{1b}[32;1m"),
            ("TableHeader", "\u{1b}[32;1m"),
            ("CustomTableHeaderLabel", "\u{1b}[32;1;3m"),
            ("ErrorAccent", "\u{1b}[36;1m"),
            ("Error", "\u{1b}[31;1m"),
            ("Warning", "\u{1b}[33;1m"),
            ("Verbose", "\u{1b}[33;1m"),
            ("Debug", "\u{1b}[33;1m"),
            ("FeedbackName", "\u{1b}[33m"),
            ("FeedbackText", "\u{1b}[96m"),
            ("FeedbackAction", "\u{1b}[97m"),
        ],
    );
    let progress = PSObject::from_pairs(vec![
        ("Style".into(), Value::str("\u{1b}[33;1m")),
        ("MaxWidth".into(), Value::Int(120)),
        ("View".into(), crate::vars::enum_value("System.Management.Automation.ProgressView", 0)),
        ("UseOSCIndicator".into(), Value::Bool(false)),
    ])
    .with_type("System.Management.Automation.PSStyle+ProgressConfiguration");
    let mut pairs: Vec<(PsString, Value)> = [
        ("Reset", "\u{1b}[0m"),
        ("BlinkOff", "\u{1b}[25m"),
        ("Blink", "\u{1b}[5m"),
        ("BoldOff", "\u{1b}[22m"),
        ("Bold", "\u{1b}[1m"),
        ("DimOff", "\u{1b}[22m"),
        ("Dim", "\u{1b}[2m"),
        ("Hidden", "\u{1b}[8m"),
        ("HiddenOff", "\u{1b}[28m"),
        ("Reverse", "\u{1b}[7m"),
        ("ReverseOff", "\u{1b}[27m"),
        ("ItalicOff", "\u{1b}[23m"),
        ("Italic", "\u{1b}[3m"),
        ("UnderlineOff", "\u{1b}[24m"),
        ("Underline", "\u{1b}[4m"),
        ("StrikethroughOff", "\u{1b}[29m"),
        ("Strikethrough", "\u{1b}[9m"),
    ]
    .iter()
    .map(|(n, v)| ((*n).into(), Value::str(v)))
    .collect();
    pairs.push(("OutputRendering".into(), crate::vars::enum_value("System.Management.Automation.OutputRendering", 0)));
    pairs.push(("Formatting".into(), formatting));
    pairs.push(("Progress".into(), Value::Custom(Rc::new(progress))));
    pairs.push(("Foreground".into(), colours("System.Management.Automation.PSStyle+ForegroundColor", 30)));
    pairs.push(("Background".into(), colours("System.Management.Automation.PSStyle+BackgroundColor", 40)));
    Value::Custom(Rc::new(PSObject::from_pairs(pairs).with_type("System.Management.Automation.PSStyle")))
}
