//! The service's error answers, in the many shapes its parts use, as one kind of value: code, message and the word that
//! stands for the status in FullyQualifiedErrorId.

use serde_json::Value as Json;

/// A request that was answered with an error, or not answered at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiError {
    /// The HTTP status, 0 when no answer came.
    pub status: u16,
    /// The service's own code; the status word where it gives none.
    pub code: String,
    pub message: String,
    /// The request's correlation id, which support asks for.
    pub correlation: String,
}

impl ApiError {
    /// Reads the body of an answer with an error status. Anything is accepted: several services answer plain text.
    #[must_use]
    pub fn read(status: u16, body: &str, correlation: &str) -> ApiError {
        let parsed: Option<Json> = serde_json::from_str(body).ok();
        let (code, message) = match &parsed {
            Some(json) => read_json(json),
            None => (None, (!body.trim().is_empty()).then(|| body.trim().to_owned())),
        };
        ApiError {
            status,
            code: code.unwrap_or_else(|| status_word(status).to_owned()),
            message: message.unwrap_or_else(|| format!("The service answered {status} ({}).", status_word(status))),
            correlation: correlation.to_owned(),
        }
    }

    /// A request that got no answer.
    #[must_use]
    pub fn unanswered(message: String, correlation: &str) -> ApiError {
        ApiError { status: 0, code: "RequestFailed".into(), message, correlation: correlation.to_owned() }
    }

    /// First half of FullyQualifiedErrorId as the module builds it: the class of the status, or its own word where
    /// scripts look for that.
    #[must_use]
    pub fn id_word(&self) -> &'static str {
        match self.status {
            401 | 403 | 404 => status_word(self.status),
            400..=499 => "ClientError",
            500..=599 => "ServerError",
            _ => "RequestFailed",
        }
    }
}

/// The shapes of section 2.4 of the tenant API: `{error:{code,message}}`, `{Message}`, `{code,message}`,
/// `{Code,SubCode,Reason}`, `{detail,errors:[..]}`, `{Diagnostics:[..]}`.
fn read_json(json: &Json) -> (Option<String>, Option<String>) {
    if let Json::String(text) = json {
        return (None, Some(text.clone()));
    }
    if let Some(inner) = get(json, "error").filter(|e| e.is_object()) {
        return read_json(inner);
    }
    let code = words(json, &["code", "subcode"]);
    let mut message = words(json, &["message", "detail", "reason", "error_description", "title"]);
    if let Some(errors) = get(json, "errors").and_then(Json::as_array) {
        let parts: Vec<String> = errors
            .iter()
            .filter_map(|e| {
                // Some services say the same thing in both places.
                let text = words(e, &["message"]).filter(|text| message.as_ref() != Some(text))?;
                Some(words(e, &["field"]).map_or(text.clone(), |field| format!("{field}: {text}")))
            })
            .collect();
        if !parts.is_empty() {
            message = Some(message.map_or(parts.join(" "), |m| format!("{m} {}", parts.join(" "))));
        }
    }
    if message.is_none() {
        message = get(json, "diagnostics")
            .and_then(Json::as_array)
            .map(|list| list.iter().filter_map(|d| words(d, &["message"])).collect::<Vec<_>>().join(" "))
            .filter(|text| !text.is_empty());
    }
    (code, message)
}

fn words(json: &Json, names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| match get(json, name)? {
        Json::String(s) if !s.is_empty() => Some(s.clone()),
        Json::Number(n) => Some(n.to_string()),
        _ => None,
    })
}

/// A property by name without regard to case: the services do not agree on theirs.
#[must_use]
pub fn get<'a>(json: &'a Json, name: &str) -> Option<&'a Json> {
    json.as_object()?.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

/// The name of .NET's HttpStatusCode.
#[must_use]
pub fn status_word(status: u16) -> &'static str {
    match status {
        400 => "BadRequest",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "NotFound",
        405 => "MethodNotAllowed",
        408 => "RequestTimeout",
        409 => "Conflict",
        412 => "PreconditionFailed",
        429 => "TooManyRequests",
        500 => "InternalServerError",
        502 => "BadGateway",
        503 => "ServiceUnavailable",
        504 => "GatewayTimeout",
        _ => "UnexpectedStatus",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_documented_shape_gives_its_message() {
        let read = |status, body| {
            let e = ApiError::read(status, body, "");
            (e.code, e.message)
        };
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(
            read(404, r#"{"error":{"code":"NotFound","message":"userId was not found"}}"#),
            pair("NotFound", "userId was not found")
        );
        assert_eq!(read(400, r#"{"Message":"x"}"#), pair("BadRequest", "x"));
        assert_eq!(read(400, r#"{"Code":"A","SubCode":"B","Reason":"r"}"#), pair("A", "r"));
        assert_eq!(read(400, r#"{"detail":"d","errors":[{"message":"m","field":"f"}]}"#), pair("BadRequest", "d f: m"));
        assert_eq!(read(400, r#"{"Diagnostics":[{"Level":"Error","Message":"x"}]}"#), pair("BadRequest", "x"));
        assert_eq!(read(500, "oops"), pair("InternalServerError", "oops"));
        assert_eq!(read(503, "").1, "The service answered 503 (ServiceUnavailable).");
    }

    #[test]
    fn id_words_follow_the_module() {
        assert_eq!(ApiError::read(404, "", "").id_word(), "NotFound");
        assert_eq!(ApiError::read(400, "", "").id_word(), "ClientError");
        assert_eq!(ApiError::read(502, "", "").id_word(), "ServerError");
    }
}
