//! The .NET surface that scripts reach: one file per type family, each with its member tables. [`provider`] finds types
//! by name and hands out their tables; nothing runs before a script names a type.
mod args;
mod fail;
mod provider;

mod collections;
mod culture;
mod io;
mod net;
mod numbers;
mod object;
mod ps;
mod reflection;
mod scalars;
mod text;
mod time;
mod xml;

pub use provider::provider;
use scalars::random_bits;

/// The member tables of all families.
static FAMILIES: &[&[&dialtone_object::TypeTable]] = &[
    object::TABLES,
    text::TABLES,
    collections::TABLES,
    collections::TUPLES,
    numbers::TABLES,
    culture::TABLES,
    reflection::TABLES,
    time::TABLES,
    scalars::TABLES,
    io::TABLES,
    ps::TABLES,
    xml::TABLES,
    net::TABLES,
];
/// The members that type data adds to types of this room.
static TYPE_DATA: &[&[dialtone_object::access::typedata::BuiltinData]] = &[collections::ENTRY_DATA, time::DATA];

/// A table's list of overloads: `function => "signature" "signature";`.
macro_rules! overloads {
    ($($call:expr => $($sig:literal)+;)*) => {
        &[$($(dialtone_object::Overload::new($sig, $call),)+)*]
    };
}
pub(crate) use overloads;
