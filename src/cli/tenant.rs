//! `dialtone tenant`: which tenant the online cmdlets work on. The mock tenant is the only kind this version knows; to
//! choose it says that it is meant, and silences the warning of the first change.
use dialtone_tenant::session;

const USAGE: &str = "usage: dialtone tenant <list|use mock|remove>";

/// Runs one of the subcommands; gives the exit code.
pub fn run(args: &[String]) -> i32 {
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["list"] => {
            let mark = if session::mock_is_chosen() { "*" } else { " " };
            println!("{mark} mock  the mock tenant on this machine");
            Ok(())
        }
        ["use", "mock"] => session::choose_mock(true),
        ["remove"] | ["remove", "mock"] => session::choose_mock(false),
        ["use", _] | ["add", ..] => {
            eprintln!("dialtone tenant: real tenants cannot be used yet; the mock tenant is called 'mock'.");
            return 64;
        }
        _ => {
            eprintln!("{USAGE}");
            return 64;
        }
    };
    match done {
        Ok(()) => 0,
        Err(error) => {
            eprintln!("dialtone tenant: {error}");
            1
        }
    }
}
