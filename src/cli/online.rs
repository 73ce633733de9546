//! The one place where the online cmdlets meet the mock tenant: it starts in this process when the first of them needs
//! it, and ends with the process. All they share is an address and a token.
use dialtone_engine::Engine;
use dialtone_tenant::{Address, OnlineCmdlets, Secret};
use std::rc::Rc;
use std::sync::Mutex;
use std::sync::PoisonError;

static MOCK: Mutex<Option<dialtone_mock::Handle>> = Mutex::new(None);

/// Gives an engine the online cmdlets.
pub fn provide(en: &mut Engine) {
    dialtone_tenant::set_mock(start_mock);
    en.providers.push(Rc::new(OnlineCmdlets));
}

fn start_mock() -> Result<Address, String> {
    let mut running = MOCK.lock().unwrap_or_else(PoisonError::into_inner);
    let handle = match running.take() {
        Some(handle) => handle,
        None => dialtone_mock::start(dialtone_mock::Options::default()).map_err(|e| e.to_string())?,
    };
    let address = Address { base: handle.base_url.clone(), token: Secret::new(handle.token.clone()) };
    *running = Some(handle);
    Ok(address)
}
