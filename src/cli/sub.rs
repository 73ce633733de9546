//! Subcommands of dialtone's own: `mock` and `tenant`.

pub fn run(name: &str, _args: &[String]) -> i32 {
    eprintln!("dialtone {name}: not available in this build");
    64
}
