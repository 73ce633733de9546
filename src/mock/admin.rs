//! What `dialtone mock ...` does with a tenant, on its file: no server has to run.

use std::path::Path;

use crate::seed::{self, Seed};
use crate::store::{Store, StoreError};

fn open(path: &Path) -> Result<Store, StoreError> {
    Store::open(path, |store| seed::fill(store, Seed::default()))
}

/// Empties the tenant and fills it anew. Another process that has it open sees the new one at its next request.
pub fn reset(path: &Path, seed: Seed) -> Result<(), StoreError> {
    let store = open(path)?;
    store.refill(|store| seed::fill(store, seed)).map_err(|e| StoreError::Unusable(path.into(), e.to_string()))
}
