//! Sign-in, paging, retry, and the generic interpreter of cmdlets/*.toml.
