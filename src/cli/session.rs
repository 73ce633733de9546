//! Puts the rooms together: an engine with its host and its command providers.
use super::args::Args;
use super::console::ConsoleHost;
use dialtone_engine::Engine;
use std::rc::Rc;

pub fn start(args: &Args) -> Engine {
    dialtone_object::types::add_provider(&dialtone_commands::TypesHere);
    dialtone_object::types::add_provider(&dialtone_format::ps_style::Types);
    dialtone_object::types::add_provider(&dialtone_engine::error_types::Types);
    dialtone_object::types::add_provider(&dialtone_engine::block_types::Types);
    dialtone_object::types::add_provider(&dialtone_engine::console_types::Types);
    dialtone_object::types::add_provider(&dialtone_engine::language::Types);
    // Last: its list of names knows the types of the others, too, but not their members.
    dialtone_object::types::add_provider(dialtone_dotnet::provider());
    let host = Rc::new(ConsoleHost::new());
    let mut en = Engine::new(host);
    en.non_interactive = args.non_interactive;
    dialtone_commands::install(&mut en);
    super::online::provide(&mut en);
    if let Some(dir) = &args.working_directory {
        let full = en.full_path(dir);
        if std::path::Path::new(&full).is_dir() {
            en.location = full;
        }
    }
    let interrupt = en.interrupt.clone();
    super::run::watch_interrupt(interrupt);
    en
}
