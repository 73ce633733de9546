//! AST to resolved code: what the engine runs. Variables become slots of a [`Layout`], literals become constants,
//! every command call site gets a cache. Stages: `dialtone-syntax` -> [`compile`] -> `dialtone-engine`.
pub mod compile;
pub mod expr;
pub mod layout;
pub mod names;
pub mod params;
pub mod stmt;

pub use compile::{
    Unit, compile_attribute, compile_block, compile_expressions, compile_function, compile_method, compile_script,
    number,
};
pub use expr::*;
pub use layout::Layout;
pub use names::Name;
pub use params::*;
pub use stmt::*;
