//! A mock tenant on a fresh store and a client for it, through the same HTTP room that the cmdlets use.

#![allow(dead_code, reason = "each test file uses its part")]

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use dialtone_http::{Error, Request, Response, fetch};
use dialtone_mock::{Handle, Options, Seed, start};
use serde_json::{Value, json};

/// A folder that is removed at the end of the test.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new() -> Folder {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("dialtone-mock-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    pub fn store(&self) -> PathBuf {
        self.0.join("mock.sqlite")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

pub struct Tenant {
    pub folder: Folder,
    pub mock: Handle,
}

pub fn tenant() -> Tenant {
    tenant_with("", Seed::default())
}

pub fn tenant_with(faults: &str, seed: Seed) -> Tenant {
    let folder = Folder::new();
    let mock = serve(&folder, faults, seed);
    Tenant { folder, mock }
}

pub fn serve(folder: &Folder, faults: &str, seed: Seed) -> Handle {
    start(Options { path: Some(folder.store()), seed, port: 0, faults: Some(faults.to_owned()) }).unwrap()
}

/// An answer: status and JSON body, null where there is none.
pub type Reply = (u16, Value);

impl Tenant {
    pub fn try_send(&self, method: &str, path: &str, body: Option<&Value>) -> Result<Response, Error> {
        send(&self.mock.base_url, &self.mock.token, method, path, body)
    }

    pub fn send(&self, method: &str, path: &str, body: Value) -> Reply {
        reply(self.try_send(method, path, Some(&body)).unwrap())
    }

    pub fn get(&self, path: &str) -> Value {
        let (status, body) = reply(self.try_send("GET", path, None).unwrap());
        assert_eq!(status, 200, "GET {path}: {body}");
        body
    }

    /// The status of a GET that may fail.
    pub fn status(&self, path: &str) -> u16 {
        self.try_send("GET", path, None).unwrap().status
    }

    pub fn delete(&self, path: &str) -> Reply {
        reply(self.try_send("DELETE", path, None).unwrap())
    }

    /// Sends a change that has to succeed.
    pub fn done(&self, method: &str, path: &str, body: Value) {
        let (status, reply) = self.send(method, path, body);
        assert!((200..300).contains(&status), "{method} {path}: {status} {reply}");
    }

    /// Sends a change that has to be refused with this status and a text that holds this part.
    pub fn refused(&self, method: &str, path: &str, body: Value, status: u16, part: &str) {
        let (got, reply) = self.send(method, path, body);
        assert!(got == status && reply.to_string().contains(part), "{method} {path}: {got} {reply}");
    }

    /// The n-th seeded user with a voice licence and no number.
    pub fn user(&self, n: usize) -> Value {
        let users = self.get("/Teams.User/users?filter=lineUri%20eq%20null%20and%20assignedPlan%20eq%20'MCOEV'");
        users["users"][n].clone()
    }

    pub fn upn(&self, n: usize) -> String {
        self.user(n)["userPrincipalName"].as_str().unwrap().to_owned()
    }
}

pub fn send(base: &str, token: &str, method: &str, path: &str, body: Option<&Value>) -> Result<Response, Error> {
    let url = if path.starts_with("http") { path.to_owned() } else { format!("{base}{path}") };
    let mut request = Request::new(method, &url).header("Authorization", &format!("Bearer {token}"));
    if let Some(body) = body.filter(|b| !b.is_null()) {
        request = request.body("application/json", body.to_string());
    }
    fetch(request, &mut || false)
}

pub fn reply(response: Response) -> Reply {
    let body = serde_json::from_slice(&response.body).unwrap_or_else(|_| json!(response.text()));
    (response.status, if response.body.is_empty() { Value::Null } else { body })
}
