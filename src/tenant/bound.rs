//! The bound parameters of one invocation in the form they go out: what templates and bodies are filled from.

use dialtone_engine::Cx;
use dialtone_object::{Res, Value};
use serde_json::{Map, Value as Json};

use crate::convert::{self, ListChange};
use crate::session::Session;
use crate::template::Holes;

/// Parameters that steer the cmdlet and are no part of what it sends: common ones of the remoting era, of the generated
/// module and of the on-premises cmdlets.
const CONTROL: &[&str] = &[
    "AsJob",
    "Break",
    "BypassDualWrite",
    "Confirm",
    "Credential",
    "DomainController",
    "Filter",
    "Force",
    "Global",
    "HttpPipelineAppend",
    "HttpPipelinePrepend",
    "InMemory",
    "InputObject",
    "Instance",
    "LdapFilter",
    "LocalStore",
    "MsftInternalProcessingMode",
    "OU",
    "PassThru",
    "Proxy",
    "ProxyCredential",
    "ProxyUseDefaultCredentials",
    "Tenant",
    "TenantDomain",
    "WhatIf",
];

/// One given parameter.
pub struct Given {
    pub name: String,
    pub json: Json,
    /// Set when the value is `@{Add=..}` and its like.
    pub change: Option<ListChange>,
}

/// All that was given.
pub struct Bound {
    pub given: Vec<Given>,
    /// The `-Identity` as text.
    pub identity: Option<String>,
    tenant: String,
}

impl Bound {
    /// Reads the parameters; an `-Identity` that is an object counts as what names it.
    pub fn read(cx: &mut Cx, session: &Session) -> Res<Bound> {
        let mut bound = Bound { given: Vec::new(), identity: None, tenant: session.tenant_id.clone() };
        let meta = cx.args.meta.clone();
        for (at, param) in meta.params.iter().enumerate() {
            if !cx.args.bound.get(at).copied().unwrap_or(false) {
                continue;
            }
            let value = cx.args.values.get(at).cloned().unwrap_or(Value::Null);
            let name = param.name.to_string();
            if param.name.eq_ignore_ascii_case("Identity") {
                let text = convert::identity_text(&value, cx.en)?;
                bound.identity = Some(text.clone());
                bound.given.push(Given { name, json: Json::String(text), change: None });
                continue;
            }
            let change = convert::list_change(&value, cx.en)?;
            bound.given.push(Given { name, json: convert::to_json(&value, cx.en)?, change });
        }
        Ok(bound)
    }

    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    #[must_use]
    pub fn find(&self, name: &str) -> Option<&Given> {
        self.given.iter().find(|g| g.name.eq_ignore_ascii_case(name))
    }

    /// A switch that is on.
    #[must_use]
    pub fn switch(&self, name: &str) -> bool {
        self.find(name).is_some_and(|g| g.json == Json::Bool(true))
    }

    /// The text of a parameter, unless it is empty.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<String> {
        self.find(name).map(|g| crate::template::text(&g.json)).filter(|t| !t.is_empty())
    }

    /// What is sent when a route has no template of its own: everything given that is no control parameter and not
    /// already part of the path.
    #[must_use]
    pub fn default_body(&self, used: &[&str]) -> Json {
        let sent =
            self.given.iter().filter(|g| !is_control(&g.name) && !used.iter().any(|u| u.eq_ignore_ascii_case(&g.name)));
        Json::Object(sent.map(|g| (g.name.clone(), cleared(&g.json))).collect::<Map<_, _>>())
    }
}

/// Whether a parameter only steers the cmdlet.
#[must_use]
pub fn is_control(name: &str) -> bool {
    CONTROL.iter().any(|c| c.eq_ignore_ascii_case(name))
}

/// Null clears a property, and `$null` reaches a string parameter as an empty string.
#[must_use]
pub fn cleared(json: &Json) -> Json {
    match json {
        Json::String(s) if s.is_empty() => Json::Null,
        other => other.clone(),
    }
}

impl Holes for Bound {
    fn value(&self, name: &str) -> Option<Json> {
        match name {
            "tenantId" => Some(Json::String(self.tenant.clone())),
            "now" => Some(Json::String(now())),
            _ => {
                if let Some((object, property)) = name.split_once('.') {
                    return crate::api_error::get(&self.find(object)?.json, property).cloned();
                }
                // An -Instance names what it is a copy of.
                let Some(given) = self.find(name) else {
                    let instance = if name == "Identity" { self.find("Instance")? } else { return None };
                    return crate::api_error::get(&instance.json, name).cloned();
                };
                // "Unlimited" is the module's word for no limit at all.
                let unlimited = given.json.as_str().is_some_and(|s| s.eq_ignore_ascii_case("unlimited"));
                (!unlimited).then(|| cleared(&given.json))
            }
        }
    }
}

/// The time in UTC as the service writes it.
fn now() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
