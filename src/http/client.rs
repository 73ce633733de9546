//! Sending: builds the reqwest request, follows redirects by PowerShell's rules, turns the answer into plain data.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, OnceLock, PoisonError};

use reqwest::header::{AUTHORIZATION, HOST, HeaderMap, HeaderName, HeaderValue, LOCATION};
use reqwest::{Client, Method, Url};
use tokio::time::timeout;

use crate::body::{Incoming, channels};
use crate::error::{Error, ErrorKind};
use crate::message::{Headers, Proxy, Redirects, Request, Response, Transport};
use crate::pending::Pending;

/// Starts an exchange whose answer is collected later.
pub fn send(request: Request) -> Result<Pending<Response>, Error> {
    Pending::spawn(async move {
        let limit = request.timeout;
        let work = async {
            let (response, url) = exchange(request).await?;
            read_all(response, url).await
        };
        match limit {
            None => work.await,
            Some(limit) => timeout(limit, work).await.unwrap_or_else(|_| Err(timed_out(limit))),
        }
    })
}

/// Starts an exchange whose body is read piece by piece. The timeout is for the head only.
pub fn open(request: Request) -> Result<Pending<Incoming>, Error> {
    Pending::spawn(async move {
        let limit = request.timeout;
        let work = exchange(request);
        let (mut response, url) = match limit {
            None => work.await?,
            Some(limit) => timeout(limit, work).await.unwrap_or_else(|_| Err(timed_out(limit)))?,
        };
        let (feed, pieces) = channels();
        let (status, version, headers) = head(&response);
        let incoming = Incoming { status: status.0, reason: status.1, version, headers, url: url.to_string(), pieces };
        let authority = authority(&url);
        tokio::spawn(async move {
            loop {
                let piece = match response.chunk().await {
                    Ok(Some(bytes)) => Ok(bytes),
                    Ok(None) => break,
                    Err(error) => Err(Error::classify(&error, &authority)),
                };
                let last = piece.is_err();
                // A reader that has gone ends the download.
                if !feed.send(piece).await || last {
                    break;
                }
            }
        });
        Ok(incoming)
    })
}

/// Sends and waits; `interrupted` is asked every 50 ms.
pub fn fetch(request: Request, interrupted: &mut dyn FnMut() -> bool) -> Result<Response, Error> {
    send(request)?.wait(interrupted)
}

async fn exchange(request: Request) -> Result<(reqwest::Response, Url), Error> {
    let invalid = |text: String| Error::new(ErrorKind::Invalid, text);
    let mut url = Url::parse(&request.url).map_err(|e| invalid(e.to_string()))?;
    let mut method = Method::from_bytes(request.method.as_bytes()).map_err(|e| invalid(e.to_string()))?;
    let mut headers = header_map(&request.headers)?;
    let mut body = request.body;
    let mut followed = 0;
    loop {
        headers.insert(HOST, host_header(&url)?);
        let client = client(&route(&request.transport, &url), url.scheme() == "https")?;
        let mut builder = client.request(method.clone(), url.clone()).headers(headers.clone());
        let has_body = !body.is_empty() || matches!(method.as_str(), "POST" | "PUT" | "PATCH");
        if has_body {
            builder = builder.body(body.clone());
        }
        let response = builder.send().await.map_err(|e| Error::classify(&e, &authority(&url)))?;
        let Some(next) = target(&response, &url, request.redirects) else { return Ok((response, url)) };
        if followed == request.redirects.limit {
            return Err(Error::new(ErrorKind::Redirects, "The maximum number of redirections was exceeded."));
        }
        if url.scheme() == "https" && next.scheme() == "http" && !request.redirects.allow_insecure {
            return Err(Error::new(ErrorKind::Redirects, "Cannot follow an insecure redirection by default."));
        }
        followed += 1;
        if next.origin() != url.origin() && !request.redirects.keep_authorization {
            headers.remove(AUTHORIZATION);
        }
        let to_get = match response.status().as_u16() {
            303 => method != Method::HEAD,
            301 | 302 => method == Method::POST,
            _ => false,
        };
        if to_get && !request.redirects.keep_method {
            method = Method::GET;
            body = Vec::new();
            headers.remove(reqwest::header::CONTENT_TYPE);
        }
        url = next;
    }
}

/// Where the answer points to, if it is a redirect that is to be followed.
fn target(response: &reqwest::Response, url: &Url, rules: Redirects) -> Option<Url> {
    if rules.limit == 0 || !matches!(response.status().as_u16(), 300..=303 | 307 | 308) {
        return None;
    }
    url.join(response.headers().get(LOCATION)?.to_str().ok()?).ok()
}

async fn read_all(response: reqwest::Response, url: Url) -> Result<Response, Error> {
    let (status, version, headers) = head(&response);
    let body = response.bytes().await.map_err(|e| Error::classify(&e, &authority(&url)))?.to_vec();
    Ok(Response { status: status.0, reason: status.1, version, headers, body, url: url.to_string() })
}

fn head(response: &reqwest::Response) -> ((u16, String), &'static str, Headers) {
    let status = response.status();
    let reason = response
        .extensions()
        .get::<hyper::ext::ReasonPhrase>()
        .map(|phrase| String::from_utf8_lossy(phrase.as_bytes()).into_owned())
        .unwrap_or_else(|| status.canonical_reason().unwrap_or_default().to_owned());
    let version = match response.version() {
        reqwest::Version::HTTP_10 => "1.0",
        reqwest::Version::HTTP_2 => "2.0",
        reqwest::Version::HTTP_3 => "3.0",
        _ => "1.1",
    };
    let mut headers = Headers::default();
    for (name, value) in response.headers() {
        headers.push(name.as_str(), &String::from_utf8_lossy(value.as_bytes()));
    }
    ((status.as_u16(), reason), version, headers)
}

fn header_map(headers: &Headers) -> Result<HeaderMap, Error> {
    let mut map = HeaderMap::new();
    // Room for `Host`, which goes first; the address of each hop fills it in.
    map.insert(HOST, HeaderValue::from_static(""));
    for (name, value) in headers.iter() {
        let invalid = |_| Error::new(ErrorKind::Invalid, format!("The header '{name}' cannot be sent."));
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|e| invalid(e.to_string()))?;
        let mut value = HeaderValue::from_bytes(value.as_bytes()).map_err(|e| invalid(e.to_string()))?;
        value.set_sensitive(name == AUTHORIZATION);
        map.append(name, value);
    }
    Ok(map)
}

fn host_header(url: &Url) -> Result<HeaderValue, Error> {
    let host = url.host_str().ok_or_else(|| Error::new(ErrorKind::Invalid, "The address has no host."))?;
    let text = match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    };
    HeaderValue::from_str(&text).map_err(|e| Error::new(ErrorKind::Invalid, e.to_string()))
}

fn authority(url: &Url) -> String {
    format!("{}:{}", url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or_default())
}

/// The environment's proxy is not asked for this machine's own addresses: it could not reach them, and what is meant for
/// the mock tenant stays here.
fn route(transport: &Transport, url: &Url) -> Transport {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let local = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
    match transport.proxy {
        Proxy::System if local => Transport { proxy: Proxy::Direct, ..transport.clone() },
        _ => transport.clone(),
    }
}

fn timed_out(limit: std::time::Duration) -> Error {
    let text = format!("no answer within {} s", limit.as_secs_f64());
    Error::new(ErrorKind::Timeout, text)
}

/// The client for these settings. Plain http gets one without certificates: reading the system's store costs tens of
/// milliseconds, which a script on the mock tenant need not pay.
fn client(transport: &Transport, secure: bool) -> Result<Client, Error> {
    type Clients = HashMap<(Transport, bool), Client>;
    static CLIENTS: OnceLock<Mutex<Clients>> = OnceLock::new();
    let mut clients = CLIENTS.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner);
    let key = (transport.clone(), secure);
    if let Some(found) = clients.get(&key) {
        return Ok(found.clone());
    }
    let built = build(transport, secure).map_err(|e| Error::classify(&e, ""))?;
    clients.insert(key, built.clone());
    Ok(built)
}

fn build(transport: &Transport, secure: bool) -> reqwest::Result<Client> {
    // A second installation is refused, which is fine: it is the same provider.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = Client::builder().redirect(reqwest::redirect::Policy::none()).http1_title_case_headers();
    builder = match &transport.proxy {
        Proxy::System => builder,
        Proxy::Direct => builder.no_proxy(),
        Proxy::Url(url, login) => {
            let mut proxy = reqwest::Proxy::all(url)?;
            if let Some((user, password)) = login {
                proxy = proxy.basic_auth(user, password);
            }
            builder.no_proxy().proxy(proxy)
        }
    };
    if transport.skip_certificate_check {
        builder = builder.tls_danger_accept_invalid_certs(true);
    } else if !secure {
        let empty = rustls::ClientConfig::builder()
            .with_root_certificates(rustls::RootCertStore::empty())
            .with_no_client_auth();
        builder = builder.tls_backend_preconfigured(empty);
    }
    builder.build()
}
