//! Subcommands of dialtone's own: `mock` and `tenant`.

pub fn run(name: &str, args: &[String]) -> i32 {
    if name == "tenant" {
        return super::tenant::run(args);
    }
    if name == "mock" {
        return dialtone_mock::command::run(args);
    }
    eprintln!("dialtone {name}: not available in this build");
    64
}
