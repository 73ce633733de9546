//! Small statics that scripts call in passing: ServicePointManager, WebUtility, HttpUtility, hashes, GC, Thread.Sleep.
use crate::args::{self, Args};
use crate::overloads;
use dialtone_object::{NetObject, Prop, Res, Runtime, TypeInfo, TypeKind, TypeRef, TypeTable, Value, enums, types};
use sha2::Digest;
use std::any::Any;
use std::cell::Cell;

type Rt<'a> = &'a mut dyn Runtime;

macro_rules! plain_types {
    ($($id:ident $full:literal;)*) => {
        $(static $id: TypeInfo = TypeInfo::new($full, $full, TypeKind::Other, Some(&types::OBJECT));)*
    };
}
plain_types! {
    SERVICE_POINTS "System.Net.ServicePointManager";
    WEB_UTILITY "System.Net.WebUtility";
    HTTP_UTILITY "System.Web.HttpUtility";
    GC "System.GC";
    THREAD "System.Threading.Thread";
    HASH "System.Security.Cryptography.HashAlgorithm";
}
static SHA256: TypeInfo = TypeInfo::new(
    "System.Security.Cryptography.SHA256",
    "System.Security.Cryptography.SHA256",
    TypeKind::Other,
    Some(&HASH),
);
static SHA384: TypeInfo = TypeInfo::new(
    "System.Security.Cryptography.SHA384",
    "System.Security.Cryptography.SHA384",
    TypeKind::Other,
    Some(&HASH),
);
static SHA512: TypeInfo = TypeInfo::new(
    "System.Security.Cryptography.SHA512",
    "System.Security.Cryptography.SHA512",
    TypeKind::Other,
    Some(&HASH),
);

pub static TABLES: &[&TypeTable] = &[
    &SERVICE_POINTS_TABLE,
    &WEB_TABLE,
    &HTTP_TABLE,
    &GC_TABLE,
    &THREAD_TABLE,
    &HASH_TABLE,
    &SHA256_TABLE,
    &SHA384_TABLE,
    &SHA512_TABLE,
];

thread_local! {
    /// What scripts set; the HTTP client chooses its protocols itself.
    static PROTOCOL: Cell<i64> = const { Cell::new(0) };
}
fn nothing(_: Rt, _: &Value, _: &[Value]) -> Res<Value> {
    Ok(Value::Void)
}
fn ignore(_: &mut dyn Runtime, _: &Value, _: Value) -> Res<()> {
    Ok(())
}
static SERVICE_POINTS_TABLE: TypeTable = TypeTable {
    static_props: &[
        Prop::get_set(
            "SecurityProtocol",
            "System.Net.SecurityProtocolType",
            |_, _| Ok(enums::of("System.Net.SecurityProtocolType", PROTOCOL.get())),
            |_, _, new| {
                PROTOCOL.set(enums::number(&new).unwrap_or_default());
                Ok(())
            },
        ),
        Prop::get_set("DefaultConnectionLimit", "int", |_, _| Ok(Value::Int(2)), ignore),
        Prop::get_set("Expect100Continue", "bool", |_, _| Ok(Value::Bool(true)), ignore),
        Prop::get_set("CheckCertificateRevocationList", "bool", |_, _| Ok(Value::Bool(false)), ignore),
        Prop::get_set("ServerCertificateValidationCallback", "System.Object", |_, _| Ok(Value::Null), ignore),
    ],
    ..TypeTable::of(&SERVICE_POINTS)
};

fn html_encode(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let mut out = String::new();
    for c in args.text(0).chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '&' => out.push_str("&amp;"),
            '\u{A0}'..='\u{FF}' => out.push_str(&format!("&#{};", u32::from(c))),
            c => out.push(c),
        }
    }
    Ok(Value::string(out))
}
fn html_decode(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let text = args.text(0);
    let (mut out, mut rest) = (String::new(), text.as_str());
    while let Some((head, tail)) = rest.split_once('&') {
        out.push_str(head);
        let named = tail.split_once(';').and_then(|(name, after)| {
            let made = if name == "nbsp" { Some("\u{A0}".to_owned()) } else { crate::xml::resolve(name) };
            Some((made?, after))
        });
        match named {
            Some((made, after)) => {
                out.push_str(&made);
                rest = after;
            }
            None => {
                out.push('&');
                rest = tail;
            }
        }
    }
    out.push_str(rest);
    Ok(Value::string(out))
}
/// Form encoding: a space is `+`; WebUtility writes hexadecimal digits in upper case, HttpUtility in lower case.
fn form(text: &str, upper: bool) -> Value {
    let mut out = String::new();
    for b in text.bytes() {
        match b {
            b' ' => out.push('+'),
            b if b.is_ascii_alphanumeric() || b"-_.!*()".contains(&b) => out.push(char::from(b)),
            b if upper => out.push_str(&format!("%{b:02X}")),
            b => out.push_str(&format!("%{b:02x}")),
        }
    }
    Value::string(out)
}
fn url_encode(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    Ok(form(&args.text(0).to_output(), true))
}
fn url_encode_lower(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    Ok(form(&args.text(0).to_output(), false))
}
fn url_decode(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    Ok(Value::string(crate::scalars::unescaped(&args.text(0).replace('+', " "))))
}
static WEB_TABLE: TypeTable = TypeTable {
    static_methods: overloads! {
        html_decode => "static string HtmlDecode(string value)";
        html_encode => "static string HtmlEncode(string value)";
        url_decode => "static string UrlDecode(string encodedValue)";
        url_encode => "static string UrlEncode(string value)";
    },
    ..TypeTable::of(&WEB_UTILITY)
};
static HTTP_TABLE: TypeTable = TypeTable {
    static_methods: overloads! {
        html_decode => "static string HtmlDecode(string s)";
        html_encode => "static string HtmlEncode(string s)";
        url_decode => "static string UrlDecode(string str)";
        url_encode_lower => "static string UrlEncode(string str)";
    },
    ..TypeTable::of(&HTTP_UTILITY)
};

fn zero(_: Rt, _: &Value, _: &[Value]) -> Res<Value> {
    Ok(Value::Long(0))
}
static GC_TABLE: TypeTable = TypeTable {
    static_methods: overloads! {
        nothing => "static void Collect()" "static void Collect(int generation)";
        zero => "static long GetTotalMemory(bool forceFullCollection)";
        nothing => "static void WaitForPendingFinalizers()";
        nothing => "static void SuppressFinalize(System.Object obj)";
    },
    ..TypeTable::of(&GC)
};
/// Waits in short steps, so that Ctrl-C ends it.
fn sleep(rt: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let milliseconds = match args.at(0) {
        Value::TimeSpan(t) => t / dialtone_object::time::MILLISECOND,
        _ => args.long(0),
    };
    let end = std::time::Instant::now() + std::time::Duration::from_millis(milliseconds.max(0) as u64);
    while let Some(left) = end.checked_duration_since(std::time::Instant::now()).filter(|d| !d.is_zero()) {
        rt.check_interrupt()?;
        std::thread::sleep(left.min(std::time::Duration::from_millis(50)));
    }
    Ok(Value::Void)
}
static THREAD_TABLE: TypeTable = TypeTable {
    static_methods: overloads! {
        sleep => "static void Sleep(int millisecondsTimeout)" "static void Sleep(timespan timeout)";
    },
    ..TypeTable::of(&THREAD)
};

/// A hash algorithm object.
struct Hash(TypeRef);
impl NetObject for Hash {
    fn type_ref(&self) -> TypeRef {
        self.0
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
}
fn digest(ty: TypeRef, data: &[u8]) -> Vec<u8> {
    match ty.full_name {
        "System.Security.Cryptography.SHA384" => sha2::Sha384::digest(data).to_vec(),
        "System.Security.Cryptography.SHA512" => sha2::Sha512::digest(data).to_vec(),
        _ => sha2::Sha256::digest(data).to_vec(),
    }
}
fn create(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let ty = match (this, args.text(0).to_ascii_uppercase().replace('-', "").as_str()) {
        (_, "SHA384") => &SHA384,
        (_, "SHA512") => &SHA512,
        (_, "SHA256") => &SHA256,
        (Value::Type(t), _) if *t != &HASH => *t,
        _ => &SHA256,
    };
    Ok(Value::object(Hash(ty)))
}
fn compute(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let ty = this.get::<Hash>().map_or(&SHA256, |h| h.0);
    Ok(args::bytes(&digest(ty, &args::to_bytes(args.at(0)))))
}
fn hash_data(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let ty = if let Value::Type(t) = this { *t } else { &SHA256 };
    Ok(args::bytes(&digest(ty, &args::to_bytes(args.at(0)))))
}
static HASH_TABLE: TypeTable = TypeTable {
    methods: overloads! {
        compute => "byte[] ComputeHash(byte[] buffer)";
        nothing => "void Dispose()";
        nothing => "void Clear()";
    },
    static_methods: overloads! {
        create => "static System.Security.Cryptography.HashAlgorithm Create(string hashName)";
    },
    ..TypeTable::of(&HASH)
};
macro_rules! sha {
    ($id:ident, $ty:expr) => {
        static $id: TypeTable = TypeTable {
            static_methods: overloads! {
                create => "static System.Security.Cryptography.HashAlgorithm Create()";
                hash_data => "static byte[] HashData(byte[] source)";
            },
            ..TypeTable::of($ty)
        };
    };
}
sha!(SHA256_TABLE, &SHA256);
sha!(SHA384_TABLE, &SHA384);
sha!(SHA512_TABLE, &SHA512);
