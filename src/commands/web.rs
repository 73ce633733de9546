//! Invoke-WebRequest and Invoke-RestMethod, over the one HTTP client.
use crate::json_read;
use crate::record::{self, Record};
use crate::security;
use crate::set_content;
use dialtone_engine::Engine;
use dialtone_engine::command::{Command, Cx};
use dialtone_engine::vars::enum_value;
use dialtone_http::{ErrorKind, Redirects, Request, Response};
use dialtone_object::*;
use std::rc::Rc;
use std::time::Duration;

/// Invoke-RestMethod gives what the answer means, Invoke-WebRequest the answer.
pub struct WebCommand {
    rest: bool,
}

impl WebCommand {
    pub fn request() -> WebCommand {
        WebCommand { rest: false }
    }
    pub fn rest() -> WebCommand {
        WebCommand { rest: true }
    }
}

const USER_AGENT: &str = "Mozilla/5.0 (Linux; Dialtone; en-US) PowerShell/7.6.9";

impl Command for WebCommand {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let uri = cx.args.value("Uri").cloned().unwrap_or_default();
        let mut url = absolute(&cx.en.to_text(&uri));
        let follow = self.rest && cx.args.switch("FollowRelLink");
        let most = cx.args.is_bound("MaximumFollowRelLink").then(|| cx.args.int("MaximumFollowRelLink")).flatten();
        let mut pages = 0;
        loop {
            let request = self.request_for(cx, &url)?;
            let Some(response) = self.send(cx, request)? else { return Ok(()) };
            let next = next_link(&response);
            self.answer(cx, &response)?;
            pages += 1;
            match next {
                Some(next) if follow && most.is_none_or(|m| pages < m) => url = next,
                _ => return Ok(()),
            }
        }
    }
}

/// An address without a scheme is http.
fn absolute(text: &str) -> String {
    if text.contains("://") { text.to_owned() } else { format!("http://{text}") }
}

/// Bytes that stand for themselves in a form field.
fn form_encode(text: &str, out: &mut String) {
    for b in text.bytes() {
        match b {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'!' | b'*' | b'(' | b')' => {
                out.push(char::from(b));
            }
            b' ' => out.push('+'),
            b => out.push_str(&format!("%{b:02X}")),
        }
    }
}

fn form_text(en: &mut Engine, table: &Dictionary) -> String {
    let mut out = String::new();
    for (name, value) in table.pairs() {
        if !out.is_empty() {
            out.push('&');
        }
        let (name, value) = (en.to_text(&name), en.to_text(&value));
        form_encode(&name, &mut out);
        out.push('=');
        form_encode(&value, &mut out);
    }
    out
}

impl WebCommand {
    fn request_for(&self, cx: &mut Cx, url: &str) -> Res<Request> {
        let method = match cx.args.text("CustomMethod") {
            Some(method) => method.to_uppercase(),
            None => {
                let given = cx.args.is_bound("Method").then(|| cx.args.value("Method")).flatten().cloned();
                let given = given.map(|v| cx.en.to_text(&v).to_uppercase());
                given.filter(|m| m != "DEFAULT").unwrap_or_else(|| "GET".to_owned())
            }
        };
        let mut url = url.to_owned();
        let mut body: Option<Vec<u8>> = None;
        let mut content_type = cx.args.text("ContentType").filter(|t| !t.is_empty()).map(|t| t.as_str().to_owned());
        let given = cx.args.value("Body").cloned();
        let has_body = given.is_some() || cx.args.is_bound("InFile");
        match given.as_ref().map(Value::base) {
            Some(Value::Dict(d)) if method == "GET" => {
                let query = form_text(cx.en, d);
                url.push(if url.contains('?') { '&' } else { '?' });
                url.push_str(&query);
            }
            Some(Value::Dict(d)) => {
                body = Some(form_text(cx.en, d).into_bytes());
                content_type.get_or_insert_with(|| "application/x-www-form-urlencoded".to_owned());
            }
            Some(Value::Array(a)) if a.elem.kind == TypeKind::Byte => {
                body = Some(
                    a.to_vec().iter().filter_map(|v| if let Value::Byte(b) = v { Some(*b) } else { None }).collect(),
                );
            }
            Some(other) => body = Some(cx.en.to_text(other).to_output().into_owned().into_bytes()),
            None => {}
        }
        if let Some(file) = cx.args.text("InFile") {
            let full = cx.en.resolve_path(&file);
            let bytes = std::fs::read(&full).map_err(|e| cx.fail(crate::file_system::open_failure(&e, &full)))?;
            body = Some(bytes);
        }
        let mut request = Request::new(&method, &url);
        let agent = cx.args.text("UserAgent").unwrap_or_else(|| USER_AGENT.into());
        request.headers.push("User-Agent", &agent);
        request.headers.push("Accept-Encoding", "gzip, deflate, br");
        if let Some(Value::Dict(d)) = cx.args.value("Headers").map(|v| v.base().clone()) {
            for (name, value) in d.pairs() {
                let (name, value) = (cx.en.to_text(&name), cx.en.to_text(&value));
                if name.eq_ignore_ascii_case("Content-Type") {
                    content_type.get_or_insert_with(|| value.as_str().to_owned());
                } else {
                    request.headers.set(&name, &value);
                }
            }
        }
        self.authorize(cx, &mut request)?;
        let sends = matches!(method.as_str(), "POST" | "PUT" | "PATCH" | "MERGE") || has_body && method != "GET";
        if sends || body.is_some() {
            if content_type.is_none() && method == "POST" {
                content_type = Some("application/x-www-form-urlencoded".to_owned());
            }
            if let Some(content_type) = &content_type {
                request.headers.set("Content-Type", content_type);
            }
            request.body = body.unwrap_or_default();
        }
        let seconds = ["TimeoutSec", "ConnectionTimeoutSeconds", "OperationTimeoutSeconds"]
            .iter()
            .find_map(|n| cx.args.is_bound(n).then(|| cx.args.int(n)).flatten())
            .unwrap_or(0);
        request.timeout = u64::try_from(seconds).ok().filter(|n| *n > 0).map(Duration::from_secs);
        let limit =
            if cx.args.is_bound("MaximumRedirection") { cx.args.int("MaximumRedirection").unwrap_or(5) } else { 5 };
        request.redirects = Redirects {
            limit: usize::try_from(limit).unwrap_or(0),
            keep_authorization: cx.args.switch("PreserveAuthorizationOnRedirect"),
            keep_method: cx.args.switch("PreserveHttpMethodOnRedirect"),
            allow_insecure: cx.args.switch("AllowInsecureRedirect"),
        };
        request.transport.skip_certificate_check = cx.args.switch("SkipCertificateCheck");
        if cx.args.switch("NoProxy") {
            request.transport.proxy = dialtone_http::Proxy::Direct;
        }
        Ok(request)
    }

    fn authorize(&self, cx: &mut Cx, request: &mut Request) -> Res<()> {
        let kind = cx.args.is_bound("Authentication").then(|| cx.args.value("Authentication")).flatten().cloned();
        let kind = kind.map(|v| cx.en.to_text(&v)).unwrap_or_default();
        if !kind.is_empty() && !kind.eq_ignore_ascii_case("None") {
            let secure = request.url.starts_with("https:");
            if !secure && !cx.args.switch("AllowUnencryptedAuthentication") {
                return Err(cx.fail(ErrorRecord::new(
                    "System.Management.Automation.ValidationMetadataException",
                    "The cmdlet cannot protect plain text secrets sent over unencrypted connections. To suppress this warning and send plain text secrets over unencrypted networks, reissue the command specifying the AllowUnencryptedAuthentication parameter.",
                    "WebCmdletAllowUnencryptedAuthenticationRequiredException",
                    ErrorCategory::InvalidArgument,
                )));
            }
        }
        match kind.to_lowercase().as_str() {
            "basic" => {
                let credential = cx.args.value("Credential").and_then(|v| v.get::<security::Credential>());
                if let Some(c) = credential {
                    let password = security::revealed(&c.password).unwrap_or_default();
                    let text = base64(format!("{}:{password}", c.user).as_bytes());
                    request.headers.set("Authorization", &format!("Basic {text}"));
                }
            }
            "bearer" | "oauth" => {
                let token = cx.args.value("Token").and_then(security::revealed).map(str::to_owned).unwrap_or_default();
                request.headers.set("Authorization", &format!("Bearer {token}"));
            }
            _ => {}
        }
        Ok(())
    }

    /// Sends; an answer that says no becomes an error (and none) unless -SkipHttpErrorCheck.
    fn send(&self, cx: &mut Cx, request: Request) -> Res<Option<Response>> {
        let interrupt = cx.en.interrupt.clone();
        let timeout = request.timeout;
        let mut stopped = || interrupt.load(std::sync::atomic::Ordering::Relaxed);
        cx.en.host.clone().flush();
        let mut response = match dialtone_http::fetch(request, &mut stopped) {
            Ok(response) => response,
            Err(e) if e.kind == ErrorKind::Interrupted => return Err(FlowKind::Stopped.into()),
            Err(e) => {
                let (ty, message) = match e.kind {
                    ErrorKind::Timeout => (
                        "System.Threading.Tasks.TaskCanceledException",
                        format!(
                            "The request was canceled due to the configured HttpClient.Timeout of {} seconds elapsing.",
                            timeout.map_or(100, |t| t.as_secs())
                        ),
                    ),
                    ErrorKind::Refused => {
                        ("System.Net.Http.HttpRequestException", format!("Connection refused ({})", e.authority))
                    }
                    ErrorKind::Resolve => {
                        ("System.Net.Http.HttpRequestException", format!("Name or service not known ({})", e.authority))
                    }
                    ErrorKind::Tls => (
                        "System.Net.Http.HttpRequestException",
                        "The SSL connection could not be established, see inner exception.".to_owned(),
                    ),
                    _ => ("System.Net.Http.HttpRequestException", e.message.clone()),
                };
                let id = "WebCmdletWebResponseException";
                cx.error(ErrorRecord::new(ty, message, id, ErrorCategory::InvalidOperation))?;
                return Ok(None);
            }
        };
        decompress(&mut response);
        let wants = |n: &str| cx.args.text(n).filter(|t| !t.is_empty());
        if let Some(name) = wants("StatusCodeVariable") {
            cx.en.set_variable(&name, Value::Int(i32::from(response.status)))?;
        }
        if let Some(name) = wants("ResponseHeadersVariable") {
            let headers = headers_value(&response);
            cx.en.set_variable(&name, headers)?;
        }
        if response.status >= 300 && !cx.args.switch("SkipHttpErrorCheck") {
            let text =
                format!("Response status code does not indicate success: {} ({}).", response.status, response.reason);
            let object = response_object(&response);
            let exception = Exception::named("Microsoft.PowerShell.Commands.HttpResponseException", text)
                .with("Response", object)
                .with("StatusCode", enum_value("System.Net.HttpStatusCode", i64::from(response.status)));
            let target = Record::make(&record::HTTP_REQUEST, vec![Value::str(&response.url)]);
            let error = ErrorRecord::from_exception(
                exception.into_value(),
                "WebCmdletWebResponseException",
                ErrorCategory::InvalidOperation,
                target,
            );
            let body = body_text(&response);
            if !body.trim().is_empty() {
                error.details.replace(Some((body.into(), "".into())));
            }
            cx.error(error)?;
            return Ok(None);
        }
        Ok(Some(response))
    }

    fn answer(&self, cx: &mut Cx, response: &Response) -> Res<()> {
        if let Some(file) = cx.args.text("OutFile") {
            let mut full = cx.en.resolve_path(&file);
            if std::path::Path::new(&full).is_dir() {
                let path = response.url.split(['?', '#']).next().unwrap_or_default();
                full = crate::file_system::under(&full, path.rsplit('/').next().unwrap_or("download"));
            }
            std::fs::write(&full, &response.body).map_err(|e| cx.fail(set_content::write_error(&e, &full)))?;
            if !cx.args.switch("PassThru") {
                return Ok(());
            }
        }
        if !self.rest {
            let object = response_object(response);
            return cx.write(object);
        }
        let text = body_text(response);
        let kind = response.headers.get("Content-Type").unwrap_or_default().to_lowercase();
        if kind.contains("xml")
            && let Some(ty) = types::find("System.Xml.XmlDocument")
            && let Ok(document) = cx.en.cast(&Value::str(&text), ty)
        {
            return cx.write(document);
        }
        if let Ok(value) = json_read::parse(&text, json_read::Options::default())
            && !text.trim().is_empty()
        {
            // The whole answer is one object, arrays included.
            return cx.write(value);
        }
        cx.write(Value::from(text))
    }
}

/// The address behind `rel="next"` of the Link headers.
fn next_link(response: &Response) -> Option<String> {
    relation_links(response).into_iter().find(|(rel, _)| rel.eq_ignore_ascii_case("next")).map(|(_, url)| url)
}

fn relation_links(response: &Response) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (name, value) in response.headers.iter() {
        if !name.eq_ignore_ascii_case("link") {
            continue;
        }
        for part in value.split(',') {
            let Some((address, rest)) = part.trim().strip_prefix('<').and_then(|p| p.split_once('>')) else { continue };
            let rel =
                rest.split(';').find_map(|p| p.trim().strip_prefix("rel=")).map(|r| r.trim_matches('"').to_owned());
            if let Some(rel) = rel {
                found.push((rel, resolved(&response.url, address)));
            }
        }
    }
    found
}

/// An address as seen from another.
fn resolved(base: &str, address: &str) -> String {
    if address.contains("://") {
        return address.to_owned();
    }
    let (scheme, rest) = base.split_once("://").unwrap_or(("http", base));
    let host = rest.split(['/', '?']).next().unwrap_or_default();
    if address.starts_with('/') {
        return format!("{scheme}://{host}{address}");
    }
    let path = rest.split(['?', '#']).next().unwrap_or_default();
    let folder = path.rfind('/').map_or(format!("{host}/"), |at| path[..=at].to_owned());
    format!("{scheme}://{folder}{address}")
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let word = chunk.iter().fold(0u32, |w, b| w << 8 | u32::from(*b)) << (8 * (3 - chunk.len()));
        for at in 0..4 {
            let letter = LETTERS[(word >> (18 - 6 * at) & 63) as usize];
            out.push(if at <= chunk.len() { char::from(letter) } else { '=' });
        }
    }
    out
}

/// Takes gzip and deflate off the body.
fn decompress(response: &mut Response) {
    use std::io::Read;
    let encoding = response.headers.get("Content-Encoding").unwrap_or_default().to_lowercase();
    let mut out = Vec::new();
    let body = std::mem::take(&mut response.body);
    let done = match encoding.as_str() {
        "gzip" => flate2::read::GzDecoder::new(body.as_slice()).read_to_end(&mut out).is_ok(),
        "deflate" => {
            flate2::read::ZlibDecoder::new(body.as_slice()).read_to_end(&mut out).is_ok() || {
                out.clear();
                flate2::read::DeflateDecoder::new(body.as_slice()).read_to_end(&mut out).is_ok()
            }
        }
        "br" => brotli_decompressor::Decompressor::new(body.as_slice(), 4096).read_to_end(&mut out).is_ok(),
        _ => false,
    };
    response.body = if done { out } else { body };
}

/// The body as text, by the charset that the answer names (UTF-8 without one).
fn body_text(response: &Response) -> String {
    use crate::encoding::Encoding;
    let kind = response.headers.get("Content-Type").unwrap_or_default().to_lowercase();
    let charset =
        kind.split(';').find_map(|p| p.trim().strip_prefix("charset=")).map(|c| c.trim_matches('"').to_owned());
    let encoding = charset.and_then(|c| Encoding::named(&c)).unwrap_or(Encoding::Utf8);
    encoding.decode(&response.body)
}

/// True for an answer whose Content is text.
fn is_text(response: &Response) -> bool {
    let kind = response.headers.get("Content-Type").unwrap_or_default().to_lowercase();
    kind.is_empty() || ["text/", "json", "xml", "javascript", "x-www-form-urlencoded"].iter().any(|t| kind.contains(t))
}

fn headers_value(response: &Response) -> Value {
    let mut dict = Dict::new(Comparer::IgnoreCase);
    let mut names: Vec<(String, Vec<String>)> = Vec::new();
    for (name, value) in response.headers.iter() {
        match names.iter_mut().find(|(n, _)| n.eq_ignore_ascii_case(name)) {
            Some((_, values)) => values.push(value.to_owned()),
            None => names.push((name.to_owned(), vec![value.to_owned()])),
        }
    }
    for (name, values) in names {
        let values = values.into_iter().map(Value::from).collect();
        dict.insert(Value::from(name), Value::Array(Rc::new(Array::typed(&types::STRING, values))));
    }
    let values = types::generic(&types::DICTIONARY, &[&types::STRING, types::array_of(&types::STRING, 1)]);
    Value::Dict(Rc::new(Dictionary::of(DictKind::Generic, values, dict)))
}

/// The web response object of an answer.
fn response_object(response: &Response) -> Value {
    let content = if is_text(response) {
        Value::from(body_text(response))
    } else {
        let bytes = response.body.iter().map(|b| Value::Byte(*b)).collect();
        Value::Array(Rc::new(Array::typed(&types::BYTE, bytes)))
    };
    let mut raw = format!("HTTP/{} {} {}\r\n", response.version, response.status, response.reason);
    for (name, value) in response.headers.iter() {
        raw.push_str(&format!("{name}: {value}\r\n"));
    }
    raw.push_str("\r\n");
    raw.push_str(&body_text(response));
    let mut links = Dict::new(Comparer::IgnoreCase);
    for (rel, url) in relation_links(response) {
        links.insert(Value::from(rel), Value::from(url));
    }
    let link_type = types::generic(&types::DICTIONARY, &[&types::STRING, &types::STRING]);
    Record::make(
        &record::WEB_RESPONSE,
        vec![
            Value::Int(i32::from(response.status)),
            Value::str(&response.reason),
            content,
            Value::from(raw),
            headers_value(response),
            Value::array(Vec::new()),
            Value::array(Vec::new()),
            Value::array(Vec::new()),
            Value::Long(i64::try_from(response.body.len()).unwrap_or(i64::MAX)),
            Value::Dict(Rc::new(Dictionary::of(DictKind::Generic, link_type, links))),
        ],
    )
}
