//! `dialtone mock ...`: the command line over `admin`. Results go to stdout, errors and usage to stderr; the exit code is
//! 0, 1 for what failed and for differences found by `diff`, 64 for wrong usage.

use std::io::Write;
use std::path::{Path, PathBuf};

use crate::admin::{self, Seed};
use crate::keys::key_path;
use crate::{Options, default_path};

const USAGE: &str = "\
usage: dialtone mock <command> [--store FILE]

  serve [--port N] [--users N]    serve the tenant on 127.0.0.1 until interrupted
  info                            what is in the tenant
  reset [--users N] [--seed N]    empty it and fill it anew
  seed USERS [--seed N]           the same with so many users (10 to 200000)
  snapshot FILE                   copy its state into a new file
  restore FILE                    go back to a snapshot
  diff FILE [FILE]                from a snapshot to now, or between two
  faults [--clear] [RULE ...]     list, add or take away rules such as
                                  'PATCH /Skype.Policy/users/* n=3 429 retry-after=2'
  log [N]                         the last N requests (20)
  check                           look for damage in the file

The store is the one in DIALTONE_MOCK, else dialtone/mock.sqlite in the user's data folder.";

/// The arguments, taken apart.
#[derive(Default)]
struct Arguments {
    words: Vec<String>,
    store: Option<PathBuf>,
    port: u16,
    users: Option<usize>,
    seed: Option<u64>,
    clear: bool,
}

/// Runs one command; `args` are the words after `mock`.
pub fn run(args: &[String]) -> i32 {
    match read(args).and_then(|arguments| dispatch(&arguments)) {
        Ok(code) => code,
        Err(Failure::Usage(text)) => {
            eprintln!("dialtone mock: {text}\n\n{USAGE}");
            64
        }
        Err(Failure::Failed(text)) => {
            eprintln!("dialtone mock: {text}");
            1
        }
    }
}

enum Failure {
    Usage(String),
    Failed(String),
}

impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Failure {
        Failure::Failed(error.to_string())
    }
}

fn read(args: &[String]) -> Result<Arguments, Failure> {
    let mut out = Arguments::default();
    let mut rest = args.iter();
    while let Some(word) = rest.next() {
        let Some(name) = word.strip_prefix("--") else {
            out.words.push(word.clone());
            continue;
        };
        if name == "clear" {
            out.clear = true;
            continue;
        }
        let value = rest.next().ok_or_else(|| Failure::Usage(format!("{word} needs a value")))?;
        let bad = || Failure::Usage(format!("'{value}' is no value for {word}"));
        match name {
            "store" => out.store = Some(PathBuf::from(value)),
            "port" => out.port = value.parse().map_err(|_| bad())?,
            "users" => out.users = Some(users(value).ok_or_else(bad)?),
            "seed" => out.seed = Some(value.parse().map_err(|_| bad())?),
            _ => return Err(Failure::Usage(format!("{word} is not known"))),
        }
    }
    Ok(out)
}

fn users(text: &str) -> Option<usize> {
    text.parse().ok().filter(|n| (10..=200_000).contains(n))
}

fn dispatch(arguments: &Arguments) -> Result<i32, Failure> {
    let path = arguments.store.clone().unwrap_or_else(default_path);
    let words: Vec<&str> = arguments.words.iter().map(String::as_str).collect();
    let default = Seed::default();
    let seed =
        Seed { users: arguments.users.unwrap_or(default.users), number: arguments.seed.unwrap_or(default.number) };
    match words.as_slice() {
        ["serve"] => serve(arguments.port, seed, &path)?,
        ["info"] => {
            for (name, value) in admin::info(&path)? {
                say(format_args!("{name:<20} {value}"));
            }
            say(format_args!("{:<20} {}", "Store", path.display()));
        }
        ["reset"] => admin::reset(&path, seed)?,
        ["seed", count] => {
            let users = users(count).ok_or_else(|| Failure::Usage(format!("'{count}' is no number of users")))?;
            admin::reset(&path, Seed { users, ..seed })?;
        }
        ["snapshot", to] => admin::snapshot(&path, Path::new(to))?,
        ["restore", from] => admin::restore(&path, Path::new(from))?,
        ["diff", before] => return differences(Path::new(before), &path),
        ["diff", before, after] => return differences(Path::new(before), Path::new(after)),
        ["faults", rules @ ..] => {
            for (rule, seen) in admin::faults(&path, &rules.join(";"), arguments.clear)? {
                say(format_args!("{seen:>6}  {rule}"));
            }
        }
        ["log"] => log(&path, 20)?,
        ["log", most] => {
            let most = most.parse().map_err(|_| Failure::Usage(format!("'{most}' is no number of lines")))?;
            log(&path, most)?;
        }
        ["check"] => {
            admin::check(&path)?;
            say(format_args!("The file is sound."));
        }
        [] => return Err(Failure::Usage("a command is missing".into())),
        [name, ..] => return Err(Failure::Usage(format!("'{name}' is not understood"))),
    }
    Ok(0)
}

fn serve(port: u16, seed: Seed, path: &Path) -> Result<(), Failure> {
    let options = Options { path: Some(path.to_owned()), seed, port, faults: None };
    let ready = |handle: &crate::Handle| {
        say(format_args!("The mock tenant '{}' answers at {}.", path.display(), handle.base_url));
        say(format_args!("Its bearer token is in '{}'.", key_path(path).display()));
    };
    Ok(admin::serve(options, ready, &mut || false)?)
}

fn differences(before: &Path, after: &Path) -> Result<i32, Failure> {
    let found = admin::diff(before, after)?;
    for difference in &found {
        say(format_args!("{difference}"));
    }
    Ok(i32::from(!found.is_empty()))
}

fn log(path: &Path, most: usize) -> Result<(), Failure> {
    for line in admin::log(path, most)? {
        let fault = line.fault.map(|rule| format!("  [{rule}]")).unwrap_or_default();
        let time = line.time.get(11..19).unwrap_or_default();
        say(format_args!(
            "{:>6} {time} {:<6} {} {} {} us  {}{fault}",
            line.seq, line.method, line.status, line.target, line.micros, line.cmdlet
        ));
    }
    Ok(())
}

/// One line on stdout. Who reads it may have gone, which is no failure of the command.
fn say(line: std::fmt::Arguments) {
    let _ = writeln!(std::io::stdout(), "{line}");
}
