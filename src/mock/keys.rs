//! The mock's key and the tokens signed with it.
//!
//! The key is a line of text in a file beside the store (`mock.sqlite.token`, readable by its owner only). Presented as
//! bearer it opens every route: that is how processes of the same user, and curl, get in. Sign-in gives out JSON web
//! tokens signed with it, so that every process that serves the same tenant accepts them.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use ring::hmac;
use serde_json::{Value, json};

use crate::ids;
use crate::json as read;
use crate::route::Audience;

pub const CONFIG_AUDIENCE: &str = "48ac35b8-9aa8-4d74-927d-1f4a14a0b239";
pub const GRAPH_AUDIENCE: &str = "https://graph.microsoft.com";
const GRAPH_ID: &str = "00000003-0000-0000-c000-000000000000";

/// How long an access token lives, in seconds.
pub const LIFETIME: i64 = 3599;

/// The key of one store.
#[derive(Clone)]
pub struct Keys(String);

// A secret is never shown.
impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys(***)")
    }
}

impl Keys {
    /// Reads the key beside the store, or makes one.
    pub fn load(store: &Path) -> io::Result<Keys> {
        let path = key_path(store);
        if let Some(key) = read_key(&path)? {
            return Ok(Keys(key));
        }
        let mut bytes = [0u8; 32];
        ids::random(&mut bytes);
        // Written aside and linked into place, so that another process never reads half a key; the first one wins.
        let aside = path.with_extension(format!("new-{}", ids::guid()));
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&aside)?;
        writeln!(file, "mock_{}", BASE64.encode(bytes))?;
        file.sync_all()?;
        let linked = fs::hard_link(&aside, &path);
        fs::remove_file(&aside)?;
        match linked {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
        let missing = || io::Error::new(io::ErrorKind::InvalidData, format!("'{}' holds no key", path.display()));
        read_key(&path)?.map(Keys).ok_or_else(missing)
    }

    /// The bearer that opens every route.
    pub fn owner(&self) -> &str {
        &self.0
    }

    pub fn is_owner(&self, bearer: &str) -> bool {
        // By way of their tags, so that the time taken tells nothing about the key.
        let key = self.key();
        hmac::verify(&key, self.0.as_bytes(), hmac::sign(&key, bearer.as_bytes()).as_ref()).is_ok()
    }

    /// A token with these claims.
    pub fn sign(&self, claims: &Value) -> String {
        let head = json!({"typ": "JWT", "alg": "HS256", "kid": "mock"});
        let text = format!("{}.{}", BASE64.encode(head.to_string()), BASE64.encode(claims.to_string()));
        let signature = hmac::sign(&self.key(), text.as_bytes());
        format!("{text}.{}", BASE64.encode(signature))
    }

    /// The claims of a token of ours that has not expired.
    pub fn verify(&self, token: &str) -> Option<Value> {
        let (text, signature) = token.rsplit_once('.')?;
        hmac::verify(&self.key(), text.as_bytes(), &BASE64.decode(signature).ok()?).ok()?;
        let claims = unsigned_claims(token)?;
        (read::integer(&claims, "exp")? > ids::seconds()).then_some(claims)
    }

    fn key(&self) -> hmac::Key {
        hmac::Key::new(hmac::HMAC_SHA256, self.0.as_bytes())
    }
}

/// The claims of a token as they stand there, whoever signed it.
pub fn unsigned_claims(token: &str) -> Option<Value> {
    let payload = token.split('.').nth(1)?;
    serde_json::from_slice(&BASE64.decode(payload.trim_end_matches('=')).ok()?).ok()
}

/// Whether a token for `aud` opens routes of `audience`.
pub fn opens(aud: &str, audience: Audience) -> bool {
    let aud = aud.trim_end_matches('/');
    match audience {
        Audience::Config => aud == CONFIG_AUDIENCE,
        Audience::Graph => aud == GRAPH_AUDIENCE || aud == GRAPH_ID,
        Audience::Open => true,
        Audience::Owner => false,
    }
}

/// `mock.sqlite` -> `mock.sqlite.token`.
pub fn key_path(store: &Path) -> PathBuf {
    let mut name = store.as_os_str().to_owned();
    name.push(".token");
    PathBuf::from(name)
}

fn read_key(path: &Path) -> io::Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text.trim().to_owned()).filter(|k| k.len() >= 32)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
