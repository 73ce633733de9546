//! The command line: what to run, in which session, and the exit code. `args` reads the arguments, `console` is the
//! host the engine talks to, `session` puts the rooms together, `run` runs scripts and commands.
mod args;
mod console;
mod online;
mod run;
mod session;
mod sub;
mod tenant;

/// Stack of the interpreter's thread in bytes; only what is used is ever backed by memory. Deep enough for the
/// engine's call depth limit in a debug build.
const STACK: usize = 1 << 30;

/// Runs the program; gives the exit code.
pub fn main() -> i32 {
    let args: Vec<String> = std::env::args_os().map(|a| a.to_string_lossy().into_owned()).collect();
    let worker = std::thread::Builder::new().name("dialtone".into()).stack_size(STACK).spawn(move || run::run(&args));
    match worker.map(std::thread::JoinHandle::join) {
        Ok(Ok(code)) => code,
        // A panic is a bug; its text went to stderr.
        Ok(Err(_)) => 70,
        Err(e) => {
            eprintln!("dialtone: cannot start the interpreter thread: {e}");
            70
        }
    }
}
