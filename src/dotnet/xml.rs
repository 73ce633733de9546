//! `System.Xml`: a document tree that scripts read and change. `node` holds the tree, `read` and `write` go between it
//! and text, `path` answers the XPath that scripts use, `table` has the members.
mod node;
mod path;
mod read;
mod table;
mod write;

pub use read::resolve;
pub use table::TABLES;
