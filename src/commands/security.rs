//! SecureString and PSCredential, ConvertTo-SecureString, ConvertFrom-SecureString, Get-Credential, and the execution
//! policy cmdlets. Secrets are never part of any text but the one they are asked for with.
use dialtone_engine::Engine;
use dialtone_engine::command::{Command, Cx};
use dialtone_object::*;
use std::any::Any;
use std::rc::Rc;

/// A secret text.
pub struct SecureString(String);

/// A user name with its secret.
pub struct Credential {
    pub user: PsString,
    pub password: Value,
}

pub static SECURE_STRING: TypeInfo =
    TypeInfo::new("System.Security.SecureString", "securestring", TypeKind::Other, Some(&types::OBJECT));
pub static CREDENTIAL: TypeInfo =
    TypeInfo::new("System.Management.Automation.PSCredential", "pscredential", TypeKind::Other, Some(&types::OBJECT));
pub static NETWORK: TypeInfo = TypeInfo::new(
    "System.Net.NetworkCredential",
    "System.Net.NetworkCredential",
    TypeKind::Other,
    Some(&types::OBJECT),
);

impl NetObject for SecureString {
    fn type_ref(&self) -> TypeRef {
        &SECURE_STRING
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
}
impl NetObject for Credential {
    fn type_ref(&self) -> TypeRef {
        &CREDENTIAL
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// What GetNetworkCredential gives.
struct Network {
    user: PsString,
    domain: PsString,
    password: PsString,
}
impl NetObject for Network {
    fn type_ref(&self) -> TypeRef {
        &NETWORK
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// A secure string of a text.
pub fn secure(_: &mut Engine, text: &str) -> Res<Value> {
    Ok(Value::object(SecureString(text.to_owned())))
}
/// The text of a secure string; none for other values.
pub fn revealed(value: &Value) -> Option<&str> {
    value.get::<SecureString>().map(|s| s.0.as_str())
}
/// A credential of a name and a secure string.
pub fn credential(user: &str, password: Value) -> Value {
    Value::object(Credential { user: user.into(), password })
}

fn secure_length(_: &mut dyn Runtime, v: &Value) -> Res<Value> {
    let length = v.get::<SecureString>().map_or(0, |s| s.0.encode_utf16().count());
    Ok(Value::Int(i32::try_from(length).unwrap_or(i32::MAX)))
}
fn user_name(_: &mut dyn Runtime, v: &Value) -> Res<Value> {
    Ok(v.get::<Credential>().map_or(Value::Null, |c| Value::String(c.user.clone())))
}
fn password(_: &mut dyn Runtime, v: &Value) -> Res<Value> {
    Ok(v.get::<Credential>().map_or(Value::Null, |c| c.password.clone()))
}
fn network(_: &mut dyn Runtime, v: &Value, _: &[Value]) -> Res<Value> {
    let Some(c) = v.get::<Credential>() else { return Ok(Value::Null) };
    let text = revealed(&c.password).unwrap_or_default();
    let (domain, user) = match c.user.split_once('\\') {
        Some((domain, user)) => (domain.into(), user.into()),
        None => ("".into(), c.user.clone()),
    };
    Ok(Value::object(Network { user, domain, password: text.into() }))
}
fn network_field(v: &Value, field: fn(&Network) -> &PsString) -> Res<Value> {
    Ok(v.get::<Network>().map_or(Value::Null, |n| Value::String(field(n).clone())))
}
fn new_credential(rt: &mut dyn Runtime, _: &Value, args: &[Value]) -> Res<Value> {
    let user = args.first().map(|a| rt.to_text(a)).unwrap_or_default();
    Ok(credential(&user, args.get(1).cloned().unwrap_or_default()))
}
fn cast_credential(_: &mut dyn Runtime, v: &Value) -> Option<Res<Value>> {
    // A bare name: the password is unknown and nobody can be asked in the middle of a conversion.
    v.as_str().map(|s| Ok(credential(s, Value::object(SecureString(String::new())))))
}

static SECURE_STRING_TABLE: TypeTable = TypeTable {
    ctors: &[Overload::new("securestring new()", |_, _, _| Ok(Value::object(SecureString(String::new()))))],
    props: &[Prop::get("Length", "int", secure_length)],
    methods: &[
        Overload::new("securestring Copy()", |_, v, _| {
            Ok(Value::object(SecureString(revealed(v).unwrap_or_default().to_owned())))
        }),
        Overload::new("void Dispose()", |_, _, _| Ok(Value::Void)),
        Overload::new("void MakeReadOnly()", |_, _, _| Ok(Value::Void)),
        Overload::new("bool IsReadOnly()", |_, _, _| Ok(Value::Bool(true))),
    ],
    ..TypeTable::of(&SECURE_STRING)
};
static CREDENTIAL_TABLE: TypeTable = TypeTable {
    ctors: &[Overload::new("pscredential new(string userName, securestring password)", new_credential)],
    props: &[Prop::get("UserName", "string", user_name), Prop::get("Password", "securestring", password)],
    methods: &[Overload::new("System.Net.NetworkCredential GetNetworkCredential()", network)],
    cast: Some(cast_credential),
    ..TypeTable::of(&CREDENTIAL)
};
static NETWORK_TABLE: TypeTable = TypeTable {
    props: &[
        Prop::get("UserName", "string", |_, v| network_field(v, |n| &n.user)),
        Prop::get("Password", "string", |_, v| network_field(v, |n| &n.password)),
        Prop::get("SecurePassword", "securestring", |_, v| {
            let text = v.get::<Network>().map_or("", |n| n.password.as_str());
            Ok(Value::object(SecureString(text.to_owned())))
        }),
        Prop::get("Domain", "string", |_, v| network_field(v, |n| &n.domain)),
    ],
    ..TypeTable::of(&NETWORK)
};

pub fn find(name: &str) -> Option<TypeRef> {
    [&SECURE_STRING, &CREDENTIAL, &NETWORK].into_iter().find(|t| {
        let short = t.full_name.strip_prefix("System.").unwrap_or(t.full_name);
        [t.full_name, t.ps_name, short].iter().any(|n| n.eq_ignore_ascii_case(name))
    })
}
pub fn table(ty: TypeRef) -> Option<&'static TypeTable> {
    [&SECURE_STRING_TABLE, &CREDENTIAL_TABLE, &NETWORK_TABLE].into_iter().find(|t| t.ty == ty)
}

#[derive(Default)]
pub struct ConvertToSecureString;

impl Command for ConvertToSecureString {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let text = cx.args.text("String").unwrap_or_default();
        if cx.args.switch("AsPlainText") {
            let made = secure(cx.en, &text)?;
            return cx.write(made);
        }
        // What ConvertFrom-SecureString wrote: the UTF-16 units in hexadecimal.
        let digits = text.as_bytes();
        let units: Option<Vec<u16>> = (!digits.is_empty() && digits.len().is_multiple_of(4))
            .then(|| {
                digits
                    .chunks_exact(4)
                    .map(|c| {
                        let pair = |at: usize| u8::from_str_radix(std::str::from_utf8(&c[at..at + 2]).ok()?, 16).ok();
                        Some(u16::from_le_bytes([pair(0)?, pair(2)?]))
                    })
                    .collect::<Option<Vec<u16>>>()
            })
            .flatten();
        match units {
            Some(units) => {
                let made = secure(cx.en, &String::from_utf16_lossy(&units))?;
                cx.write(made)
            }
            None => {
                let message = format!("The parameter value \"{text}\" is not a valid encrypted string.");
                cx.error(ErrorRecord::new(
                    "System.Management.Automation.PSArgumentException",
                    message,
                    "ImportSecureString_InvalidArgument",
                    ErrorCategory::InvalidArgument,
                ))
            }
        }
    }
}

#[derive(Default)]
pub struct ConvertFromSecureString;

impl Command for ConvertFromSecureString {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let text = cx.args.value("SecureString").and_then(revealed).map(str::to_owned).unwrap_or_default();
        if cx.args.switch("AsPlainText") {
            return cx.write(Value::from(text));
        }
        let hex: String = text.encode_utf16().flat_map(u16::to_le_bytes).map(|b| format!("{b:02x}")).collect();
        cx.write(Value::from(hex))
    }
}

#[derive(Default)]
pub struct GetCredential;

impl Command for GetCredential {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        if let Some(given) = cx.args.value("Credential").filter(|v| v.get::<Credential>().is_some()) {
            let given = given.clone();
            return cx.write(given);
        }
        if cx.en.non_interactive {
            return Err(cx.fail(dialtone_engine::confirm::non_interactive()));
        }
        let host = cx.en.host.clone();
        let title = cx.args.text("Title").unwrap_or_else(|| "PowerShell credential request".into());
        let message = cx.args.text("Message").unwrap_or_else(|| "Enter your credentials.".into());
        // A console that cannot be written to cannot be asked either; reading says so.
        let _ = host.write(&format!("\n{title}\n{message}\n"), None, None);
        let user = match cx.args.text("UserName").or_else(|| cx.args.text("Credential")).filter(|u| !u.is_empty()) {
            Some(user) => user.as_str().to_owned(),
            None => host.read_line(cx.en, "User: ", false)?.unwrap_or_default(),
        };
        let line = host.read_line(cx.en, &format!("Password for user {user}: "), true)?.unwrap_or_default();
        let secret = secure(cx.en, &line)?;
        cx.write(credential(&user, secret))
    }
}

/// Get-ExecutionPolicy: there is none outside Windows.
#[derive(Default)]
pub struct GetExecutionPolicy;

impl Command for GetExecutionPolicy {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let policy = |n: i64| dialtone_engine::vars::enum_value("Microsoft.PowerShell.ExecutionPolicy", n);
        if !cx.args.switch("List") {
            return cx.write(policy(0));
        }
        for (name, number) in
            [("MachinePolicy", 0), ("UserPolicy", 0), ("Process", 0), ("CurrentUser", 0), ("LocalMachine", 0)]
        {
            let made = PSObject::from_pairs(vec![
                ("Scope".into(), Value::str(name)),
                ("ExecutionPolicy".into(), policy(number)),
            ]);
            cx.write(Value::Custom(Rc::new(made)))?;
        }
        Ok(())
    }
}

#[derive(Default)]
pub struct SetExecutionPolicy;

impl Command for SetExecutionPolicy {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        Err(cx.fail(ErrorRecord::new(
            "System.PlatformNotSupportedException",
            "Operation is not supported on this platform.",
            "System.PlatformNotSupportedException",
            ErrorCategory::NotSpecified,
        )))
    }
}
