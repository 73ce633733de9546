//! The -Encoding parameter: names, code pages and System.Text.Encoding objects; text to bytes and back.
use dialtone_engine::Engine;
use dialtone_engine::command::Cx;
use dialtone_object::*;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Encoding {
    Utf8,
    Utf8Bom,
    Utf16,
    Utf16Big,
    Utf32,
    Utf32Big,
    Utf7,
    Ascii,
    Latin1,
    Windows1252,
}

impl Encoding {
    /// By name or code page.
    pub fn named(name: &str) -> Option<Encoding> {
        Some(match name.to_ascii_lowercase().as_str() {
            "utf8" | "utf-8" | "utf8nobom" | "default" | "oem" | "65001" => Encoding::Utf8,
            "utf8bom" => Encoding::Utf8Bom,
            "unicode" | "utf-16" | "utf16" | "utf-16le" | "string" | "1200" => Encoding::Utf16,
            "bigendianunicode" | "utf-16be" | "unicodefffe" | "1201" => Encoding::Utf16Big,
            "utf32" | "utf-32" | "utf-32le" | "12000" => Encoding::Utf32,
            "bigendianutf32" | "utf-32be" | "12001" => Encoding::Utf32Big,
            "utf7" | "utf-7" | "65000" => Encoding::Utf7,
            "ascii" | "us-ascii" | "20127" => Encoding::Ascii,
            "latin1" | "iso-8859-1" | "28591" => Encoding::Latin1,
            "ansi" | "windows-1252" | "1252" => Encoding::Windows1252,
            _ => return None,
        })
    }

    /// Reads the -Encoding argument; the default when there is none.
    pub fn of(cx: &mut Cx) -> Res<Encoding> {
        let Some(value) = cx.args.value("Encoding").cloned() else { return Ok(Encoding::Utf8) };
        let found = match value.base() {
            Value::Object(_) => Encoding::of_object(cx.en, &value),
            other => {
                let name = cx.en.to_text(other);
                Encoding::named(&name)
            }
        };
        found.map_or_else(|| Err(unsupported(cx, &value)), Ok)
    }

    fn of_object(en: &mut Engine, value: &Value) -> Option<Encoding> {
        let page = en.get_property(value, "CodePage").ok()?;
        let found = Encoding::named(&en.to_text(&page))?;
        // UTF8Encoding objects say by their preamble whether they write a mark.
        let preamble = en.call_method(value, "GetPreamble", &[]).ok();
        match (found, preamble) {
            (Encoding::Utf8, Some(Value::Array(a))) if !a.is_empty() => Some(Encoding::Utf8Bom),
            (found, _) => Some(found),
        }
    }

    /// The byte order mark that a new file starts with.
    pub fn mark(self) -> &'static [u8] {
        match self {
            Encoding::Utf8Bom => &[0xEF, 0xBB, 0xBF],
            Encoding::Utf16 => &[0xFF, 0xFE],
            Encoding::Utf16Big => &[0xFE, 0xFF],
            Encoding::Utf32 => &[0xFF, 0xFE, 0, 0],
            Encoding::Utf32Big => &[0, 0, 0xFE, 0xFF],
            _ => &[],
        }
    }

    pub fn encode(self, text: &str, out: &mut Vec<u8>) {
        match self {
            Encoding::Utf8 | Encoding::Utf8Bom | Encoding::Utf7 => out.extend_from_slice(text.as_bytes()),
            Encoding::Utf16 => text.encode_utf16().for_each(|u| out.extend_from_slice(&u.to_le_bytes())),
            Encoding::Utf16Big => text.encode_utf16().for_each(|u| out.extend_from_slice(&u.to_be_bytes())),
            Encoding::Utf32 => text.chars().for_each(|c| out.extend_from_slice(&u32::from(c).to_le_bytes())),
            Encoding::Utf32Big => text.chars().for_each(|c| out.extend_from_slice(&u32::from(c).to_be_bytes())),
            Encoding::Ascii => out.extend(text.encode_utf16().map(|u| if u < 0x80 { u as u8 } else { b'?' })),
            Encoding::Latin1 => out.extend(text.encode_utf16().map(|u| if u < 0x100 { u as u8 } else { b'?' })),
            Encoding::Windows1252 => {
                out.extend(text.chars().map(|c| match HIGH.iter().position(|h| *h == c) {
                    Some(at) => 0x80 + at as u8,
                    None => u8::try_from(u32::from(c)).unwrap_or(b'?'),
                }));
            }
        }
    }

    /// Bytes as text. A byte order mark decides over the encoding asked for.
    pub fn decode(self, bytes: &[u8]) -> String {
        const MARKED: [Encoding; 5] =
            [Encoding::Utf8Bom, Encoding::Utf32, Encoding::Utf32Big, Encoding::Utf16, Encoding::Utf16Big];
        let marked = MARKED.into_iter().find(|e| bytes.starts_with(e.mark()));
        let (encoding, bytes) = match marked {
            Some(e) => (e, &bytes[e.mark().len()..]),
            None => (self, bytes),
        };
        match encoding {
            Encoding::Utf8 | Encoding::Utf8Bom | Encoding::Utf7 => String::from_utf8_lossy(bytes).into_owned(),
            Encoding::Utf16 => utf16(bytes, u16::from_le_bytes),
            Encoding::Utf16Big => utf16(bytes, u16::from_be_bytes),
            Encoding::Utf32 => utf32(bytes, u32::from_le_bytes),
            Encoding::Utf32Big => utf32(bytes, u32::from_be_bytes),
            Encoding::Ascii => bytes.iter().map(|b| if *b < 0x80 { char::from(*b) } else { '\u{FFFD}' }).collect(),
            Encoding::Latin1 => bytes.iter().map(|b| char::from(*b)).collect(),
            Encoding::Windows1252 => bytes
                .iter()
                .map(|b| if (0x80..0xA0).contains(b) { HIGH[usize::from(*b) - 0x80] } else { char::from(*b) })
                .collect(),
        }
    }
}

/// Windows-1252 from 0x80 to 0x9F.
const HIGH: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8D}', 'Ž', '\u{8F}', '\u{90}', '‘', '’',
    '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9D}', 'ž', 'Ÿ',
];

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units: Vec<u16> = bytes.chunks_exact(2).map(|c| unit([c[0], c[1]])).collect();
    String::from_utf16_lossy(&units)
}
fn utf32(bytes: &[u8], unit: fn([u8; 4]) -> u32) -> String {
    let unit = |c: &[u8]| char::from_u32(unit([c[0], c[1], c[2], c[3]])).unwrap_or('\u{FFFD}');
    bytes.chunks_exact(4).map(unit).collect()
}

fn unsupported(cx: &mut Cx, value: &Value) -> Flow {
    let text = cx.en.to_text(value);
    let message = format!(
        "Cannot process argument transformation on parameter 'Encoding'. '{text}' is not a supported encoding name. For information on defining a custom encoding, see the documentation for the Encoding.RegisterProvider method. (Parameter 'name')"
    );
    cx.fail(ErrorRecord::new(
        "System.Management.Automation.ParameterBindingArgumentTransformationException",
        message,
        "ParameterArgumentTransformationError",
        ErrorCategory::InvalidData,
    ))
}

#[cfg(test)]
mod tests {
    use super::Encoding;

    #[test]
    fn round_trips() {
        for e in [Encoding::Utf8Bom, Encoding::Utf16, Encoding::Utf16Big, Encoding::Utf32, Encoding::Windows1252] {
            let mut bytes = e.mark().to_vec();
            e.encode("aé€", &mut bytes);
            assert_eq!(e.decode(&bytes), "aé€", "{e:?}");
        }
    }
}
