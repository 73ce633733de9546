//! Guid, Version, Uri, BigInteger, Random.
mod guid;
mod uri;
mod version;

use dialtone_object::TypeTable;

pub use guid::random_bits;
pub use uri::unescaped;

pub static TABLES: &[&TypeTable] = &[&guid::TABLE, &version::TABLE, &uri::TABLE, &guid::RANDOM, &guid::BIG_INTEGER];
