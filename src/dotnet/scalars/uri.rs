//! `System.Uri`.
use crate::args::{self, Args};
use crate::{fail, overloads};
use dialtone_object::{
    NetObject, Prop, PsString, Res, Runtime, TypeInfo, TypeKind, TypeRef, TypeTable, Value, enums, types,
};
use std::any::Any;

type Rt<'a> = &'a mut dyn Runtime;

/// A URI in parts; a relative one has only its text.
#[derive(Clone, Default)]
pub struct Uri {
    original: String,
    absolute: bool,
    scheme: String,
    user: String,
    host: String,
    port: i32,
    path: String,
    query: String,
    fragment: String,
}

static URI: TypeInfo = TypeInfo::new("System.Uri", "uri", TypeKind::Other, Some(&types::OBJECT));

fn default_port(scheme: &str) -> i32 {
    match scheme {
        "http" | "ws" => 80,
        "https" | "wss" => 443,
        "ftp" => 21,
        "ftps" => 990,
        "ldap" => 389,
        "ssh" | "sftp" => 22,
        "telnet" => 23,
        "mailto" => 25,
        _ => -1,
    }
}
/// Characters of a path or query that stay as they are.
fn kept(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-._~:/?#[]@!$&'()*+,;=%".contains(c)
}
fn escaped(text: &str, keep: impl Fn(char) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if keep(c) {
            out.push(c);
        } else {
            for b in c.encode_utf8(&mut [0; 4]).bytes() {
                out.push_str(&format!("%{b:02X}"));
            }
        }
    }
    out
}
pub fn unescaped(text: &str) -> String {
    let (bytes, mut out, mut at) = (text.as_bytes(), Vec::with_capacity(text.len()), 0);
    while at < bytes.len() {
        let hex = (bytes[at] == b'%').then(|| text.get(at + 1..at + 3)).flatten();
        match hex.and_then(|h| u8::from_str_radix(h, 16).ok()) {
            Some(b) => {
                out.push(b);
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}
/// What data may contain unescaped (RFC 3986 unreserved).
pub fn unreserved(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-._~".contains(c)
}
/// `.` and `..` segments taken out.
fn normal(path: &str) -> String {
    let mut out: Vec<&str> = Vec::new();
    let parts: Vec<&str> = path.split('/').collect();
    for (at, part) in parts.iter().enumerate() {
        match *part {
            "." if at + 1 == parts.len() => out.push(""),
            "." => {}
            ".." => {
                if out.len() > 1 {
                    out.pop();
                }
                if at + 1 == parts.len() {
                    out.push("");
                }
            }
            other => out.push(other),
        }
    }
    out.join("/")
}

impl Uri {
    pub fn parse(text: &str) -> Option<Uri> {
        let text = text.trim();
        if text.starts_with('/') && !text.starts_with("//") {
            // A rooted Unix path is a file.
            return Some(Uri {
                original: text.to_owned(),
                absolute: true,
                scheme: "file".into(),
                port: -1,
                path: escaped(&normal(text), |c| kept(c) && !"?#%".contains(c)),
                ..Uri::default()
            });
        }
        let (scheme, rest) = text.split_once(':')?;
        let valid = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
        if !valid || scheme.len() < 2 {
            return None;
        }
        let scheme = scheme.to_ascii_lowercase();
        let mut uri = Uri { original: text.to_owned(), absolute: true, ..Uri::default() };
        let (rest, fragment) = rest.split_once('#').map_or((rest, None), |(r, f)| (r, Some(f)));
        let (rest, query) = rest.split_once('?').map_or((rest, None), |(r, q)| (r, Some(q)));
        uri.fragment = fragment.map_or_else(String::new, |f| format!("#{}", escaped(f, kept)));
        uri.query = query.map_or_else(String::new, |q| format!("?{}", escaped(q, kept)));
        uri.port = default_port(&scheme);
        match rest.strip_prefix("//") {
            Some(after) => {
                let end = after.find(['/', '\\']).unwrap_or(after.len());
                let (authority, path) = after.split_at(end);
                let (user, place) = authority.rsplit_once('@').map_or(("", authority), |(u, p)| (u, p));
                let (host, port) = match place.rsplit_once(':') {
                    Some((host, port)) if !place.ends_with(']') => (host, Some(port)),
                    _ => (place, None),
                };
                if host.is_empty() && scheme != "file" {
                    return None;
                }
                if host.contains(|c: char| c.is_whitespace() || "<>\"{}|^`".contains(c)) {
                    return None;
                }
                if let Some(port) = port.filter(|p| !p.is_empty()) {
                    uri.port = i32::from(port.parse::<u16>().ok()?);
                }
                uri.user = user.to_owned();
                uri.host = host.to_ascii_lowercase();
                let path = if path.is_empty() { "/".to_owned() } else { path.replace('\\', "/") };
                uri.path = escaped(&normal(&path), kept);
            }
            None if default_port(&scheme) > 0 && scheme != "mailto" => return None,
            None => {
                uri.path = escaped(rest, kept);
                if let ("mailto", Some((user, host))) = (scheme.as_str(), rest.split_once('@')) {
                    (uri.user, uri.host, uri.path) = (user.to_owned(), host.to_owned(), String::new());
                }
            }
        }
        uri.scheme = scheme;
        Some(uri)
    }
    fn relative(text: &str) -> Uri {
        Uri { original: text.to_owned(), port: -1, ..Uri::default() }
    }
    fn authority(&self) -> String {
        match self.port {
            p if p < 0 || p == default_port(&self.scheme) => self.host.clone(),
            p => format!("{}:{p}", self.host),
        }
    }
    fn left(&self) -> String {
        let user = if self.user.is_empty() { String::new() } else { format!("{}@", self.user) };
        match self.scheme.as_str() {
            "mailto" => format!("mailto:{user}{}", self.host),
            _ if !self.host.is_empty() || self.scheme == "file" => {
                format!("{}://{user}{}", self.scheme, self.authority())
            }
            _ => format!("{}:", self.scheme),
        }
    }
    pub fn absolute_text(&self) -> String {
        format!("{}{}{}{}", self.left(), self.path, self.query, self.fragment)
    }
    /// The text for people: escapes that can be read are undone.
    fn shown(&self) -> String {
        if !self.absolute {
            return self.original.clone();
        }
        let readable = |t: &str| {
            let plain = unescaped(t);
            if plain.contains(['%', '\u{FFFD}']) { t.to_owned() } else { plain }
        };
        format!("{}{}{}{}", self.left(), readable(&self.path), readable(&self.query), readable(&self.fragment))
    }
    /// Another reference seen from this URI (RFC 3986, 5.2).
    fn join(&self, other: &str) -> Option<Uri> {
        if let Some(found) = Uri::parse(other).filter(|u| u.scheme != "file" || other.starts_with("file:")) {
            return Some(found);
        }
        let text = match other {
            "" => self.absolute_text(),
            o if o.starts_with("//") => format!("{}:{o}", self.scheme),
            o if o.starts_with('/') => format!("{}{o}", self.left()),
            o if o.starts_with('?') => format!("{}{}{o}", self.left(), self.path),
            o if o.starts_with('#') => format!("{}{}{}{o}", self.left(), self.path, self.query),
            o => {
                let folder = self.path.rsplit_once('/').map_or("", |(f, _)| f);
                format!("{}{folder}/{o}", self.left())
            }
        };
        Uri::parse(&text)
    }
}
impl NetObject for Uri {
    fn type_ref(&self) -> TypeRef {
        &URI
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn text(&self) -> Option<PsString> {
        Some(self.shown().into())
    }
    fn equals(&self, other: &dyn NetObject) -> bool {
        let other = other.as_any().downcast_ref::<Uri>();
        other.is_some_and(|o| match (self.absolute, o.absolute) {
            (true, true) => self.absolute_text() == o.absolute_text(),
            (a, b) => a == b && self.original == o.original,
        })
    }
    fn hash_code(&self) -> Option<u64> {
        Some(self.shown().bytes().fold(7, |h: u64, b| h.wrapping_mul(31).wrapping_add(u64::from(b))))
    }
}
fn me(v: &Value) -> Uri {
    v.get::<Uri>().cloned().unwrap_or_default()
}
fn bad_format(text: &str) -> dialtone_object::Flow {
    let message = match text.is_empty() {
        true => "Invalid URI: The URI is empty.",
        false if text.split_once("://").is_some_and(|(_, r)| r.is_empty() || r.starts_with('/')) => {
            "Invalid URI: The hostname could not be parsed."
        }
        false => "Invalid URI: The format of the URI could not be determined.",
    };
    fail::other("System.UriFormatException", message)
}
/// UriKind: 0 either, 1 absolute, 2 relative.
fn of_kind(text: &str, kind: i64) -> Option<Uri> {
    match (Uri::parse(text), kind) {
        (Some(u), 0 | 1) => Some(u),
        (Some(_), _) | (None, 1) => None,
        (None, _) => Some(Uri::relative(text)),
    }
}
fn new(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    if let Some(base) = args.at(0).get::<Uri>() {
        let other = args.at(1).get::<Uri>().map_or_else(|| args.text(1).to_string(), |u| u.original.clone());
        return base.join(&other).map(Value::object).ok_or_else(|| bad_format(&other));
    }
    let text = args.text(0);
    let kind = enums::number(args.at(1)).unwrap_or(1);
    of_kind(&text, kind).map(Value::object).ok_or_else(|| bad_format(&text))
}
fn try_create(rt: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let found = match args.at(0).get::<Uri>() {
        Some(base) => {
            let other = args.at(1).get::<Uri>().map_or_else(|| args.text(1).to_string(), |u| u.original.clone());
            base.join(&other)
        }
        None => of_kind(&args.text(0), args.enum_number(1)),
    };
    let any = found.is_some();
    rt.set_property(args.at(2), "Value", found.map(Value::object).unwrap_or_default())?;
    Ok(Value::Bool(any))
}
fn escape_data(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    Ok(Value::string(escaped(&args.text(0), unreserved)))
}
fn escape_uri(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    Ok(Value::string(escaped(&args.text(0), |c| kept(c) && c != '%')))
}
fn unescape_data(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    Ok(Value::string(unescaped(&args.text(0))))
}
fn is_well_formed(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let text = args.text(0);
    Ok(Value::Bool(of_kind(&text, args.enum_number(1)).is_some() && text.chars().all(kept)))
}
fn is_well_formed_original(_: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    Ok(Value::Bool(me(this).original.chars().all(kept)))
}
fn check_scheme(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let name = args.text(0);
    let good = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    Ok(Value::Bool(good))
}
fn get_left_part(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let u = me(this);
    Ok(Value::string(match args.enum_number(0) {
        0 => format!("{}://", u.scheme),
        1 => u.left(),
        2 => format!("{}{}", u.left(), u.path),
        _ => format!("{}{}{}", u.left(), u.path, u.query),
    }))
}
fn is_base_of(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let (a, b) = (me(this), me(args.at(0)));
    let folder = a.path.rsplit_once('/').map_or("", |(f, _)| f);
    Ok(Value::Bool(a.left() == b.left() && b.path.starts_with(folder)))
}
fn make_relative(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let (a, b) = (me(this), me(args.at(0)));
    if a.left() != b.left() {
        return Ok(args.at(0).clone());
    }
    let (from, to): (Vec<&str>, Vec<&str>) = (a.path.split('/').collect(), b.path.split('/').collect());
    let shared = from.iter().zip(&to).take_while(|(x, y)| x == y).count().min(from.len() - 1).min(to.len() - 1);
    let up = "../".repeat(from.len() - 1 - shared);
    Ok(Value::object(Uri::relative(&format!("{up}{}{}{}", to[shared..].join("/"), b.query, b.fragment))))
}
/// A property that only absolute URIs have.
fn absolute(v: &Value, get: impl FnOnce(&Uri) -> Value) -> Res<Value> {
    match v.get::<Uri>() {
        Some(u) if u.absolute => Ok(get(u)),
        _ => Err(fail::invalid_operation("This operation is not supported for a relative URI.")),
    }
}
const fn text(name: &'static str, get: dialtone_object::member::Getter) -> Prop {
    Prop::get(name, "string", get)
}
fn host_type(u: &Uri) -> i64 {
    match u.host.parse::<std::net::IpAddr>() {
        _ if u.host.starts_with('[') => 4,
        Ok(_) => 3,
        Err(_) if u.host.is_empty() => 1,
        Err(_) => 2,
    }
}
fn local_path(u: &Uri) -> String {
    unescaped(&u.path)
}
const fn scheme(name: &'static str, get: dialtone_object::member::Getter) -> Prop {
    Prop::get(name, "string", get)
}

pub static TABLE: TypeTable = TypeTable {
    // A cast takes relative addresses too, unlike the constructor.
    cast: Some(|_, v| v.as_str().and_then(|text| of_kind(text, 0)).map(|uri| Ok(Value::object(uri)))),
    ctors: overloads! {
        new => "uri new(string uriString)" "uri new(string uriString, System.UriKind uriKind)"
            "uri new(uri baseUri, string relativeUri)" "uri new(uri baseUri, uri relativeUri)";
    },
    props: &[
        text("AbsolutePath", |_, v| absolute(v, |u| Value::str(&u.path))),
        text("AbsoluteUri", |_, v| absolute(v, |u| Value::string(u.absolute_text()))),
        text("LocalPath", |_, v| absolute(v, |u| Value::string(local_path(u)))),
        text("Authority", |_, v| absolute(v, |u| Value::string(u.authority()))),
        Prop::get("HostNameType", "System.UriHostNameType", |_, v| {
            absolute(v, |u| enums::of("System.UriHostNameType", host_type(u)))
        }),
        Prop::get("IsDefaultPort", "bool", |_, v| absolute(v, |u| Value::Bool(u.port == default_port(&u.scheme)))),
        Prop::get("IsFile", "bool", |_, v| absolute(v, |u| Value::Bool(u.scheme == "file"))),
        Prop::get("IsLoopback", "bool", |_, v| {
            absolute(v, |u| Value::Bool(matches!(u.host.as_str(), "localhost" | "127.0.0.1" | "[::1]" | "")))
        }),
        text("PathAndQuery", |_, v| absolute(v, |u| Value::string(format!("{}{}", u.path, u.query)))),
        Prop::get("Segments", "string[]", |_, v| {
            absolute(v, |u| args::strings(u.path.split_inclusive('/').map(PsString::from)))
        }),
        Prop::get("IsUnc", "bool", |_, v| absolute(v, |u| Value::Bool(u.scheme == "file" && !u.host.is_empty()))),
        text("Host", |_, v| absolute(v, |u| Value::str(&u.host))),
        Prop::get("Port", "int", |_, v| absolute(v, |u| Value::Int(u.port))),
        text("Query", |_, v| absolute(v, |u| Value::str(&u.query))),
        text("Fragment", |_, v| absolute(v, |u| Value::str(&u.fragment))),
        text("Scheme", |_, v| absolute(v, |u| Value::str(&u.scheme))),
        text("OriginalString", |_, v| Ok(Value::string(me(v).original))),
        text("DnsSafeHost", |_, v| absolute(v, |u| Value::str(u.host.trim_matches(['[', ']'])))),
        text("IdnHost", |_, v| absolute(v, |u| Value::str(u.host.trim_matches(['[', ']'])))),
        Prop::get("IsAbsoluteUri", "bool", |_, v| Ok(Value::Bool(me(v).absolute))),
        Prop::get("UserEscaped", "bool", |_, _| Ok(Value::Bool(false))),
        text("UserInfo", |_, v| absolute(v, |u| Value::str(&u.user))),
    ],
    methods: overloads! {
        crate::object::equals => "bool Equals(System.Object comparand)";
        get_left_part => "string GetLeftPart(System.UriPartial part)";
        is_base_of => "bool IsBaseOf(uri uri)";
        is_well_formed_original => "bool IsWellFormedOriginalString()";
        make_relative => "uri MakeRelativeUri(uri uri)";
        crate::object::to_string_format => "string ToString()";
    },
    static_props: &[
        scheme("SchemeDelimiter", |_, _| Ok(Value::str("://"))),
        scheme("UriSchemeFile", |_, _| Ok(Value::str("file"))),
        scheme("UriSchemeFtp", |_, _| Ok(Value::str("ftp"))),
        scheme("UriSchemeHttp", |_, _| Ok(Value::str("http"))),
        scheme("UriSchemeHttps", |_, _| Ok(Value::str("https"))),
        scheme("UriSchemeMailto", |_, _| Ok(Value::str("mailto"))),
    ],
    static_methods: overloads! {
        check_scheme => "static bool CheckSchemeName(string schemeName)";
        escape_data => "static string EscapeDataString(string stringToEscape)";
        escape_uri => "static string EscapeUriString(string stringToEscape)";
        is_well_formed => "static bool IsWellFormedUriString(string uriString, System.UriKind uriKind)";
        try_create => "static bool TryCreate(string uriString, System.UriKind uriKind, [ref] uri result)"
            "static bool TryCreate(uri baseUri, string relativeUri, [ref] uri result)"
            "static bool TryCreate(uri baseUri, uri relativeUri, [ref] uri result)";
        unescape_data => "static string UnescapeDataString(string stringToUnescape)";
    },
    ..TypeTable::of(&URI)
};
