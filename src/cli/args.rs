//! Reads the command line as pwsh does: any unambiguous start of a parameter's name, `-` or `/` or `--`.

#[derive(Debug, Default, PartialEq)]
pub struct Args {
    pub what: What,
    pub no_profile: bool,
    pub non_interactive: bool,
    pub no_logo: bool,
    pub no_exit: bool,
    pub interactive: bool,
    /// Windows habits off (`--strict`, or called as pwsh).
    pub strict: bool,
    pub working_directory: Option<String>,
    /// Called through a link named `pwsh`.
    pub as_pwsh: bool,
}

#[derive(Debug, Default, PartialEq)]
pub enum What {
    #[default]
    Prompt,
    /// Commands from standard input (`-Command -`, or no arguments and no terminal).
    Stdin,
    File(String, Vec<String>),
    Command(String),
    Version,
    Help,
    /// A subcommand of dialtone's own and its arguments.
    Sub(String, Vec<String>),
}

/// Reserved first words that are subcommands (never when called as pwsh).
pub const SUBCOMMANDS: &[&str] = &["mock", "tenant"];

/// Parameters by name, in pwsh's order; a prefix of at least `min` letters means the parameter.
const PARAMETERS: &[(&str, &str, usize)] = &[
    ("version", "version", 1),
    ("help", "help", 1),
    ("?", "help", 1),
    ("noexit", "noexit", 3),
    ("noprofile", "noprofile", 3),
    ("nologo", "nologo", 3),
    ("noninteractive", "noninteractive", 4),
    ("interactive", "interactive", 1),
    ("command", "command", 1),
    ("c", "command", 1),
    ("file", "file", 1),
    ("encodedcommand", "encodedcommand", 1),
    ("ec", "encodedcommand", 2),
    ("executionpolicy", "executionpolicy", 2),
    ("ep", "executionpolicy", 2),
    ("workingdirectory", "workingdirectory", 2),
    ("wd", "workingdirectory", 2),
    ("outputformat", "outputformat", 1),
    ("of", "outputformat", 2),
    ("inputformat", "inputformat", 3),
    ("if", "inputformat", 2),
    ("settingsfile", "settingsfile", 8),
    ("configurationname", "configurationname", 6),
    ("custompipename", "custompipename", 3),
    ("login", "login", 1),
    ("strict", "strict", 6),
    ("mta", "mta", 3),
    ("sta", "sta", 3),
];

fn parameter(arg: &str) -> Option<&'static str> {
    let name = arg.strip_prefix("--").or_else(|| arg.strip_prefix('-'))?.to_ascii_lowercase();
    if name.is_empty() {
        return None;
    }
    let hit =
        PARAMETERS.iter().find(|(full, _, min)| name.len() >= *min.min(&full.len()) && full.starts_with(name.as_str()));
    hit.map(|(_, means, _)| *means)
}

/// The arguments, or what is wrong with them (shown before the usage; exit code 64).
pub fn parse(argv: &[String]) -> Result<Args, String> {
    let mut args = Args::default();
    let program = argv.first().map_or("", |p| p.rsplit('/').next().unwrap_or(p));
    args.as_pwsh = program == "pwsh";
    args.strict = args.as_pwsh;
    let mut rest = argv.iter().skip(1).peekable();
    while let Some(arg) = rest.next() {
        if !arg.starts_with('-') || arg == "-" {
            if arg == "-" {
                args.what = What::Stdin;
                break;
            }
            if !args.as_pwsh && SUBCOMMANDS.contains(&arg.as_str()) {
                args.what = What::Sub(arg.clone(), rest.cloned().collect());
                return Ok(args);
            }
            args.what = What::File(arg.clone(), rest.cloned().collect());
            return Ok(args);
        }
        let Some(name) = parameter(arg) else {
            return Err(format!(
                "The argument '{arg}' is not recognized as the name of a script file. Check the spelling of the name, or if a path was included, verify that the path is correct and try again."
            ));
        };
        let mut value =
            |what: &str| rest.next().cloned().ok_or_else(|| format!("The {what} parameter requires an argument."));
        match name {
            "version" => {
                args.what = What::Version;
                return Ok(args);
            }
            "help" => {
                args.what = What::Help;
                return Ok(args);
            }
            "noprofile" => args.no_profile = true,
            "noninteractive" => args.non_interactive = true,
            "nologo" => args.no_logo = true,
            "noexit" => args.no_exit = true,
            "interactive" => args.interactive = true,
            "strict" => args.strict = true,
            "login" | "mta" | "sta" => {}
            "executionpolicy" => {
                value("ExecutionPolicy")?;
            }
            "outputformat" => {
                value("OutputFormat")?;
            }
            "inputformat" => {
                value("InputFormat")?;
            }
            "settingsfile" => {
                value("SettingsFile")?;
            }
            "configurationname" => {
                value("ConfigurationName")?;
            }
            "custompipename" => {
                value("CustomPipeName")?;
            }
            "workingdirectory" => args.working_directory = Some(value("WorkingDirectory")?),
            "file" => {
                let file = value("File")?;
                args.what = if file == "-" { What::Stdin } else { What::File(file, rest.cloned().collect()) };
                return Ok(args);
            }
            "encodedcommand" => {
                let text = decode(&value("EncodedCommand")?).ok_or(
                    "Cannot process the command because the value specified with -EncodedCommand is not properly encoded. The value must be Base64 encoded.",
                )?;
                args.what = What::Command(text);
                return Ok(args);
            }
            _ => {
                let words: Vec<String> = rest.cloned().collect();
                if words.is_empty() {
                    return Err(
                        "Cannot process the command because of a missing parameter. A command must follow -Command."
                            .into(),
                    );
                }
                args.what = if words == ["-"] { What::Stdin } else { What::Command(words.join(" ")) };
                return Ok(args);
            }
        }
    }
    Ok(args)
}

/// Base64 of UTF-16LE text.
fn decode(text: &str) -> Option<String> {
    use base64::Engine;
    let bytes = base64::engine::general_purpose::STANDARD.decode(text.trim()).ok()?;
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    let units: Vec<u16> = pairs.iter().map(|p| u16::from_le_bytes(*p)).collect();
    Some(String::from_utf16_lossy(&units))
}

pub const USAGE: &str = "
Usage: dialtone [-File] <filePath> [args]
       dialtone [-Command { - | <script-block> [-args <arg-array>]
                             | <string> [<CommandParameters>] } ]
                [-EncodedCommand <Base64EncodedCommand>]
                [-NoExit] [-NoLogo] [-NonInteractive] [-NoProfile]
                [-Version] [-WorkingDirectory <directoryPath>] [-Strict]
       dialtone mock <serve|reset|seed|snapshot|restore|diff|faults|log> [args]
       dialtone tenant <list|use|add|remove> [args]

       dialtone -h | -Help | -?

Without arguments: a prompt. All parameters are case-insensitive.
";

#[cfg(test)]
mod tests {
    use super::*;

    fn of(words: &[&str]) -> Args {
        let argv: Vec<String> = std::iter::once("dialtone").chain(words.iter().copied()).map(str::to_owned).collect();
        parse(&argv).unwrap()
    }

    #[test]
    fn reads_as_pwsh() {
        assert_eq!(of(&["a.ps1", "-x", "1"]).what, What::File("a.ps1".into(), vec!["-x".into(), "1".into()]));
        assert_eq!(of(&["-nop", "-c", "1", "+", "1"]).what, What::Command("1 + 1".into()));
        assert_eq!(of(&["-e", "MQA="]).what, What::Command("1".into()));
        assert!(of(&["-NoProfile", "-NonInteractive", "-File", "x"]).non_interactive);
        assert_eq!(of(&["-c", "-"]).what, What::Stdin);
        assert_eq!(of(&["--version"]).what, What::Version);
    }
}
