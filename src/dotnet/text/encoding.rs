//! `System.Text.Encoding`: UTF-8, UTF-16, UTF-32, ASCII, Latin-1.
use crate::args::{self, Args};
use crate::{fail, overloads};
use dialtone_object::{NetObject, Prop, PsString, Res, Runtime, TypeInfo, TypeKind, TypeRef, TypeTable, Value, types};
use std::any::Any;

type Rt<'a> = &'a mut dyn Runtime;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Charset {
    Utf8,
    Utf16,
    Utf16Big,
    Utf32,
    Ascii,
    Latin1,
}
/// An encoding object: the character set, and whether a byte order mark is written.
#[derive(Clone, Copy)]
pub struct Encoding {
    pub charset: Charset,
    pub mark: bool,
}

macro_rules! encoding_types {
    ($($id:ident $full:literal $base:expr;)*) => {
        $(static $id: TypeInfo = TypeInfo::new($full, $full, TypeKind::Other, Some($base));)*
    };
}
encoding_types! {
    ENCODING "System.Text.Encoding" &types::OBJECT;
    UTF8 "System.Text.UTF8Encoding" &ENCODING;
    UTF8_SEALED "System.Text.UTF8Encoding+UTF8EncodingSealed" &UTF8;
    UNICODE "System.Text.UnicodeEncoding" &ENCODING;
    UTF32 "System.Text.UTF32Encoding" &ENCODING;
    ASCII "System.Text.ASCIIEncoding" &ENCODING;
    ASCII_SEALED "System.Text.ASCIIEncoding+ASCIIEncodingSealed" &ASCII;
    LATIN1 "System.Text.Latin1Encoding" &ENCODING;
    LATIN1_SEALED "System.Text.Latin1Encoding+Latin1EncodingSealed" &LATIN1;
}

impl NetObject for Encoding {
    fn type_ref(&self) -> TypeRef {
        match self.charset {
            Charset::Utf8 if self.mark => &UTF8_SEALED,
            Charset::Utf8 => &UTF8,
            Charset::Utf16 | Charset::Utf16Big => &UNICODE,
            Charset::Utf32 => &UTF32,
            Charset::Ascii => &ASCII_SEALED,
            Charset::Latin1 => &LATIN1_SEALED,
        }
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn equals(&self, other: &dyn NetObject) -> bool {
        other.as_any().downcast_ref::<Encoding>().is_some_and(|o| o.charset == self.charset)
    }
    fn hash_code(&self) -> Option<u64> {
        Some(self.charset as u64)
    }
}
impl Encoding {
    pub fn value(charset: Charset, mark: bool) -> Value {
        Value::object(Encoding { charset, mark })
    }
    pub fn encode(&self, text: &PsString) -> Vec<u8> {
        match self.charset {
            Charset::Utf8 => text.to_output().as_bytes().to_vec(),
            Charset::Utf16 => text.to_units().into_iter().flat_map(u16::to_le_bytes).collect(),
            Charset::Utf16Big => text.to_units().into_iter().flat_map(u16::to_be_bytes).collect(),
            Charset::Utf32 => text.to_output().chars().flat_map(|c| u32::from(c).to_le_bytes()).collect(),
            Charset::Ascii => text.to_output().chars().map(|c| if c.is_ascii() { c as u8 } else { b'?' }).collect(),
            Charset::Latin1 => text.to_output().chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect(),
        }
    }
    pub fn decode(&self, bytes: &[u8]) -> PsString {
        match self.charset {
            Charset::Utf8 => String::from_utf8_lossy(bytes).into_owned().into(),
            Charset::Utf16 | Charset::Utf16Big => {
                let big = self.charset == Charset::Utf16Big;
                let units: Vec<u16> = bytes
                    .chunks_exact(2)
                    .map(|p| if big { u16::from_be_bytes([p[0], p[1]]) } else { u16::from_le_bytes([p[0], p[1]]) })
                    .collect();
                PsString::from_units(&units)
            }
            Charset::Utf32 => bytes
                .chunks_exact(4)
                .map(|p| char::from_u32(u32::from_le_bytes([p[0], p[1], p[2], p[3]])).unwrap_or('\u{FFFD}'))
                .collect::<String>()
                .into(),
            Charset::Ascii => {
                bytes.iter().map(|b| if b.is_ascii() { char::from(*b) } else { '?' }).collect::<String>().into()
            }
            Charset::Latin1 => bytes.iter().map(|b| char::from(*b)).collect::<String>().into(),
        }
    }
    fn preamble(&self) -> &'static [u8] {
        match self.charset {
            Charset::Utf8 if self.mark => &[0xEF, 0xBB, 0xBF],
            Charset::Utf16 => &[0xFF, 0xFE],
            Charset::Utf16Big => &[0xFE, 0xFF],
            Charset::Utf32 => &[0xFF, 0xFE, 0, 0],
            _ => &[],
        }
    }
    /// What a file begins with when it is written in the encoding.
    pub fn mark_bytes(&self) -> &'static [u8] {
        if self.mark { self.preamble() } else { &[] }
    }
    /// Web name, display name and code page.
    fn names(&self) -> (&'static str, &'static str, i32) {
        match self.charset {
            Charset::Utf8 => ("utf-8", "Unicode (UTF-8)", 65001),
            Charset::Utf16 => ("utf-16", "Unicode", 1200),
            Charset::Utf16Big => ("utf-16BE", "Unicode (Big-Endian)", 1201),
            Charset::Utf32 => ("utf-32", "Unicode (UTF-32)", 12000),
            Charset::Ascii => ("us-ascii", "US-ASCII", 20127),
            Charset::Latin1 => ("iso-8859-1", "Western European (ISO)", 28591),
        }
    }
}
fn me(v: &Value) -> Encoding {
    v.get::<Encoding>().copied().unwrap_or(Encoding { charset: Charset::Utf8, mark: true })
}
/// The encoding among the arguments; UTF-8 without a mark when there is none.
pub fn of(args: &[Value]) -> Encoding {
    args.iter().find_map(|a| a.get::<Encoding>()).copied().unwrap_or(Encoding { charset: Charset::Utf8, mark: false })
}
/// Text of bytes whose encoding a byte order mark may tell.
pub fn detect(bytes: &[u8], fallback: Encoding) -> PsString {
    for charset in [Charset::Utf8, Charset::Utf32, Charset::Utf16, Charset::Utf16Big] {
        let e = Encoding { charset, mark: true };
        if let Some(rest) = bytes.strip_prefix(e.preamble()) {
            return e.decode(rest);
        }
    }
    fallback.decode(bytes)
}
fn new_utf8(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    Ok(Encoding::value(Charset::Utf8, args.flag(0)))
}
fn new_unicode(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let charset = if args.flag(0) { Charset::Utf16Big } else { Charset::Utf16 };
    Ok(Encoding::value(charset, !args.has(1) || args.flag(1)))
}
fn new_utf32(_: Rt, _: &Value, _: &[Value]) -> Res<Value> {
    Ok(Encoding::value(Charset::Utf32, true))
}
fn new_ascii(_: Rt, _: &Value, _: &[Value]) -> Res<Value> {
    Ok(Encoding::value(Charset::Ascii, false))
}
fn get_encoding(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    if let Value::Int(page) = args.at(0).base() {
        return Ok(match page {
            0 | 65001 => Encoding::value(Charset::Utf8, true),
            1200 => Encoding::value(Charset::Utf16, true),
            1201 => Encoding::value(Charset::Utf16Big, true),
            12000 => Encoding::value(Charset::Utf32, true),
            20127 => Encoding::value(Charset::Ascii, false),
            // The Western Windows and OEM pages differ from Latin-1 in a few signs only.
            28591 | 1252 | 437 | 850 => Encoding::value(Charset::Latin1, false),
            n => {
                return Err(fail::not_supported(format!(
                    "No data is available for encoding {n}. For information on defining a custom encoding, see the documentation for the Encoding.RegisterProvider method."
                )));
            }
        });
    }
    let name = args.text(0);
    Ok(match name.to_ascii_lowercase().as_str() {
        "utf-8" | "utf8" | "unicode-1-1-utf-8" | "unicode-2-0-utf-8" => Encoding::value(Charset::Utf8, true),
        "utf-16" | "utf-16le" | "unicode" | "ucs-2" => Encoding::value(Charset::Utf16, true),
        "utf-16be" | "unicodefffe" => Encoding::value(Charset::Utf16Big, true),
        "utf-32" | "utf-32le" => Encoding::value(Charset::Utf32, true),
        "us-ascii" | "ascii" => Encoding::value(Charset::Ascii, false),
        "iso-8859-1" | "latin1" | "windows-1252" | "iso-8859-15" => Encoding::value(Charset::Latin1, false),
        _ => {
            return Err(fail::argument_of(
                &format!(
                    "'{name}' is not a supported encoding name. For information on defining a custom encoding, see the documentation for the Encoding.RegisterProvider method."
                ),
                "name",
            ));
        }
    })
}
fn part(args: &[Value]) -> Vec<u8> {
    let all = args::to_bytes(args.at(0));
    match args.has(2) {
        true => {
            let start = (args.int(1).max(0) as usize).min(all.len());
            let end = (start + args.int(2).max(0) as usize).min(all.len());
            all[start..end].to_vec()
        }
        false => all,
    }
}
/// A text argument: a string or characters.
fn text(v: &Value) -> PsString {
    match v.base() {
        Value::Array(_) => PsString::from_units(&args::to_units(v)),
        _ => args::text_of(v),
    }
}
fn get_bytes(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    Ok(args::bytes(&me(this).encode(&text(args.at(0)))))
}
fn get_byte_count(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    Ok(Value::Int(me(this).encode(&text(args.at(0))).len() as i32))
}
fn get_string(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    if args.at(0).is_null() {
        return Err(fail::argument_null("bytes"));
    }
    Ok(Value::String(me(this).decode(&part(args))))
}
fn get_chars(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    Ok(args::chars(&me(this).decode(&part(args)).to_units()))
}
fn get_char_count(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    Ok(Value::Int(me(this).decode(&part(args)).len() as i32))
}
fn get_preamble(_: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    Ok(args::bytes(me(this).preamble()))
}
fn convert(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let text = me(args.at(0)).decode(&args::to_bytes(args.at(2)));
    Ok(args::bytes(&me(args.at(1)).encode(&text)))
}
fn register(_: Rt, _: &Value, _: &[Value]) -> Res<Value> {
    Ok(Value::Void)
}
const fn known(name: &'static str, get: dialtone_object::member::Getter) -> Prop {
    Prop::get(name, "System.Text.Encoding", get)
}

pub static ENCODING_TABLE: TypeTable = TypeTable {
    props: &[
        Prop::get("Preamble", "System.ReadOnlySpan[byte]", |_, v| Ok(args::bytes(me(v).preamble()))),
        Prop::get("BodyName", "string", |_, v| Ok(Value::str(me(v).names().0))),
        Prop::get("EncodingName", "string", |_, v| Ok(Value::str(me(v).names().1))),
        Prop::get("HeaderName", "string", |_, v| Ok(Value::str(me(v).names().0))),
        Prop::get("WebName", "string", |_, v| Ok(Value::str(me(v).names().0))),
        Prop::get("WindowsCodePage", "int", |_, v| {
            Ok(Value::Int(if me(v).charset == Charset::Latin1 { 1252 } else { 1200 }))
        }),
        Prop::get("IsSingleByte", "bool", |_, v| {
            Ok(Value::Bool(matches!(me(v).charset, Charset::Ascii | Charset::Latin1)))
        }),
        Prop::get("IsReadOnly", "bool", |_, _| Ok(Value::Bool(true))),
        Prop::get("CodePage", "int", |_, v| Ok(Value::Int(me(v).names().2))),
    ],
    methods: overloads! {
        get_byte_count => "int GetByteCount(char[] chars)" "int GetByteCount(string s)";
        get_bytes => "byte[] GetBytes(char[] chars)" "byte[] GetBytes(string s)";
        get_char_count => "int GetCharCount(byte[] bytes)";
        get_chars => "char[] GetChars(byte[] bytes)" "char[] GetChars(byte[] bytes, int index, int count)";
        get_preamble => "byte[] GetPreamble()";
        get_string => "string GetString(byte[] bytes)" "string GetString(byte[] bytes, int index, int count)";
    },
    static_props: &[
        known("Default", |_, _| Ok(Encoding::value(Charset::Utf8, true))),
        known("ASCII", |_, _| Ok(Encoding::value(Charset::Ascii, false))),
        known("Latin1", |_, _| Ok(Encoding::value(Charset::Latin1, false))),
        known("Unicode", |_, _| Ok(Encoding::value(Charset::Utf16, true))),
        known("BigEndianUnicode", |_, _| Ok(Encoding::value(Charset::Utf16Big, true))),
        known("UTF8", |_, _| Ok(Encoding::value(Charset::Utf8, true))),
        known("UTF32", |_, _| Ok(Encoding::value(Charset::Utf32, true))),
    ],
    static_methods: overloads! {
        convert => "static byte[] Convert(System.Text.Encoding srcEncoding, System.Text.Encoding dstEncoding, byte[] bytes)";
        get_encoding => "static System.Text.Encoding GetEncoding(int codepage)"
            "static System.Text.Encoding GetEncoding(string name)";
        register => "static void RegisterProvider(System.Object provider)";
    },
    ..TypeTable::of(&ENCODING)
};
pub static UTF8_TABLE: TypeTable = TypeTable {
    ctors: overloads! {
        new_utf8 => "System.Text.UTF8Encoding new()" "System.Text.UTF8Encoding new(bool encoderShouldEmitUTF8Identifier)"
            "System.Text.UTF8Encoding new(bool encoderShouldEmitUTF8Identifier, bool throwOnInvalidBytes)";
    },
    ..TypeTable::of(&UTF8)
};
pub static UNICODE_TABLE: TypeTable = TypeTable {
    ctors: overloads! {
        new_unicode => "System.Text.UnicodeEncoding new()"
            "System.Text.UnicodeEncoding new(bool bigEndian, bool byteOrderMark)";
    },
    ..TypeTable::of(&UNICODE)
};
pub static UTF32_TABLE: TypeTable =
    TypeTable { ctors: overloads! { new_utf32 => "System.Text.UTF32Encoding new()"; }, ..TypeTable::of(&UTF32) };
pub static ASCII_TABLE: TypeTable =
    TypeTable { ctors: overloads! { new_ascii => "System.Text.ASCIIEncoding new()"; }, ..TypeTable::of(&ASCII) };
