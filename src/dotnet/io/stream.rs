//! Readers, writers and streams: StreamReader, StreamWriter, StringReader, StringWriter, MemoryStream, FileStream.
use super::{failure, file, path::full};
use crate::args::{self, Args};
use crate::text::{Encoding, encoding};
use crate::{fail, overloads};
use dialtone_object::{NetObject, Prop, PsString, Res, Runtime, TypeInfo, TypeKind, TypeRef, TypeTable, Value, types};
use std::any::Any;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

type Rt<'a> = &'a mut dyn Runtime;

macro_rules! io_types {
    ($($id:ident $full:literal $base:expr;)*) => {
        $(static $id: TypeInfo = TypeInfo::new($full, $full, TypeKind::Other, Some($base)).with_interfaces(&["System.IDisposable"]);)*
    };
}
io_types! {
    READER_TYPE "System.IO.TextReader" &types::OBJECT;
    STREAM_READER_TYPE "System.IO.StreamReader" &READER_TYPE;
    STRING_READER_TYPE "System.IO.StringReader" &READER_TYPE;
    WRITER_TYPE "System.IO.TextWriter" &types::OBJECT;
    STREAM_WRITER_TYPE "System.IO.StreamWriter" &WRITER_TYPE;
    STRING_WRITER_TYPE "System.IO.StringWriter" &WRITER_TYPE;
    STREAM_TYPE "System.IO.Stream" &types::OBJECT;
    MEMORY_STREAM_TYPE "System.IO.MemoryStream" &STREAM_TYPE;
    FILE_STREAM_TYPE "System.IO.FileStream" &STREAM_TYPE;
}

/// Bytes with a position; a file's are written back when it is flushed or closed.
pub struct Stream {
    ty: TypeRef,
    data: RefCell<Vec<u8>>,
    at: Cell<usize>,
    file: Option<String>,
    writable: bool,
    changed: Cell<bool>,
    closed: Cell<bool>,
}
impl Stream {
    fn flush(&self) -> Res<()> {
        if let Some(path) = &self.file
            && self.changed.take()
        {
            std::fs::write(path, &*self.data.borrow()).map_err(|e| failure(&e, path, false))?;
        }
        Ok(())
    }
    fn write(&self, bytes: &[u8]) -> Res<()> {
        if self.closed.get() {
            return Err(fail::other("System.ObjectDisposedException", "Cannot access a closed Stream."));
        }
        if !self.writable {
            return Err(fail::not_supported("Stream does not support writing."));
        }
        let (mut data, at) = (self.data.borrow_mut(), self.at.get());
        let end = at + bytes.len();
        if data.len() < end {
            data.resize(end, 0);
        }
        data[at..end].copy_from_slice(bytes);
        self.at.set(end);
        self.changed.set(true);
        Ok(())
    }
    fn rest(&self) -> Vec<u8> {
        let data = self.data.borrow();
        let rest = data.get(self.at.get()..).unwrap_or(&[]).to_vec();
        self.at.set(data.len());
        rest
    }
}
impl Drop for Stream {
    fn drop(&mut self) {
        let _ = self.flush();
    }
}
impl NetObject for Stream {
    fn type_ref(&self) -> TypeRef {
        self.ty
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
}
/// A FileStream over an existing file.
pub fn open_file(path: &str, writable: bool) -> Res<Value> {
    let data = file::read(path)?;
    Ok(Value::object(Stream {
        ty: &FILE_STREAM_TYPE,
        data: RefCell::new(data),
        at: Cell::new(0),
        file: Some(path.to_owned()),
        writable,
        changed: Cell::new(false),
        closed: Cell::new(false),
    }))
}
fn stream(v: &Value) -> Res<&Stream> {
    v.get::<Stream>().ok_or_else(|| fail::argument_null("stream"))
}
fn new_memory(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let data = if matches!(args.at(0), Value::Int(_)) { Vec::new() } else { args::to_bytes(args.at(0)) };
    Ok(Value::object(Stream {
        ty: &MEMORY_STREAM_TYPE,
        data: RefCell::new(data),
        at: Cell::new(0),
        file: None,
        writable: true,
        changed: Cell::new(false),
        closed: Cell::new(false),
    }))
}
/// FileMode: CreateNew 1, Create 2, Open 3, OpenOrCreate 4, Truncate 5, Append 6.
fn new_file(rt: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let path = full(rt, &args.text(0));
    let mode = args.enum_number(1);
    let there = std::path::Path::new(&path).exists();
    match (mode, there) {
        (1, true) => return Err(failure(&std::io::ErrorKind::AlreadyExists.into(), &path, false)),
        (3 | 5, false) => return Err(failure(&std::io::ErrorKind::NotFound.into(), &path, false)),
        (3 | 4 | 6, true) => {}
        _ => std::fs::write(&path, []).map_err(|e| failure(&e, &path, false))?,
    }
    let read_only = args.has(2) && args.enum_number(2) == 1;
    let opened = open_file(&path, !read_only)?;
    if mode == 6
        && let Some(s) = opened.get::<Stream>()
    {
        s.at.set(s.data.borrow().len());
    }
    Ok(opened)
}
fn stream_close(_: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    let s = stream(this)?;
    s.flush()?;
    s.closed.set(true);
    Ok(Value::Void)
}
fn stream_flush(_: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    stream(this)?.flush()?;
    Ok(Value::Void)
}
fn stream_read(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let s = stream(this)?;
    let Value::Array(buffer) = args.at(0).base() else { return Err(fail::argument_null("buffer")) };
    let (offset, count) = (args.int(1).max(0) as usize, args.int(2).max(0) as usize);
    let data = s.data.borrow();
    let part = data.get(s.at.get()..(s.at.get() + count).min(data.len())).unwrap_or(&[]);
    for (slot, b) in buffer.items.borrow_mut().iter_mut().skip(offset).zip(part) {
        *slot = Value::Byte(*b);
    }
    s.at.set(s.at.get() + part.len());
    Ok(Value::Int(part.len() as i32))
}
fn read_byte(_: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    let s = stream(this)?;
    let found = s.data.borrow().get(s.at.get()).copied();
    if found.is_some() {
        s.at.set(s.at.get() + 1);
    }
    Ok(Value::Int(found.map_or(-1, i32::from)))
}
fn stream_write(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let data = args::to_bytes(args.at(0));
    let (offset, count) = (args.int(1).max(0) as usize, args.int(2).max(0) as usize);
    let part = if args.has(2) { data.get(offset..offset + count) } else { data.get(..) };
    stream(this)?.write(part.ok_or_else(fail::index_range)?)?;
    Ok(Value::Void)
}
fn write_byte(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    stream(this)?.write(&[args.long(0) as u8])?;
    Ok(Value::Void)
}
fn seek(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let s = stream(this)?;
    let base = match args.enum_number(1) {
        1 => s.at.get() as i64,
        2 => s.data.borrow().len() as i64,
        _ => 0,
    };
    let at = (base + args.long(0)).max(0);
    s.at.set(at as usize);
    Ok(Value::Long(at))
}
fn set_length(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let s = stream(this)?;
    s.data.borrow_mut().resize(args.long(0).max(0) as usize, 0);
    s.changed.set(true);
    Ok(Value::Void)
}
fn copy_to(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    stream(args.at(0))?.write(&stream(this)?.rest())?;
    Ok(Value::Void)
}
fn to_array(_: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    Ok(args::bytes(&stream(this)?.data.borrow()))
}
fn set_position(_: &mut dyn Runtime, v: &Value, n: Value) -> Res<()> {
    stream(v)?.at.set(std::slice::from_ref(&n).long(0).max(0) as usize);
    Ok(())
}
pub static STREAM: TypeTable = TypeTable {
    props: &[
        Prop::get("CanRead", "bool", |_, v| Ok(Value::Bool(!stream(v)?.closed.get()))),
        Prop::get("CanSeek", "bool", |_, v| Ok(Value::Bool(!stream(v)?.closed.get()))),
        Prop::get("CanWrite", "bool", |_, v| Ok(Value::Bool(stream(v)?.writable && !stream(v)?.closed.get()))),
        Prop::get("Length", "long", |_, v| Ok(Value::Long(stream(v)?.data.borrow().len() as i64))),
        Prop::get_set("Position", "long", |_, v| Ok(Value::Long(stream(v)?.at.get() as i64)), set_position),
    ],
    methods: overloads! {
        stream_close => "void Close()";
        copy_to => "void CopyTo(System.IO.Stream destination)";
        stream_close => "void Dispose()";
        stream_flush => "void Flush()";
        stream_read => "int Read(byte[] buffer, int offset, int count)";
        read_byte => "int ReadByte()";
        seek => "long Seek(long offset, System.IO.SeekOrigin origin)";
        set_length => "void SetLength(long value)";
        stream_write => "void Write(byte[] buffer, int offset, int count)";
        write_byte => "void WriteByte(byte value)";
    },
    ..TypeTable::of(&STREAM_TYPE)
};
pub static MEMORY_STREAM: TypeTable = TypeTable {
    ctors: overloads! {
        new_memory => "System.IO.MemoryStream new()" "System.IO.MemoryStream new(int capacity)"
            "System.IO.MemoryStream new(byte[] buffer)" "System.IO.MemoryStream new(byte[] buffer, bool writable)";
    },
    methods: overloads! {
        to_array => "byte[] GetBuffer()";
        to_array => "byte[] ToArray()";
    },
    ..TypeTable::of(&MEMORY_STREAM_TYPE)
};
pub static FILE_STREAM: TypeTable = TypeTable {
    ctors: overloads! {
        new_file => "System.IO.FileStream new(string path, System.IO.FileMode mode)"
            "System.IO.FileStream new(string path, System.IO.FileMode mode, System.IO.FileAccess access)"
            "System.IO.FileStream new(string path, System.IO.FileMode mode, System.IO.FileAccess access, System.IO.FileShare share)";
    },
    props: &[Prop::get("Name", "string", |_, v| Ok(Value::str(stream(v)?.file.as_deref().unwrap_or_default())))],
    ..TypeTable::of(&FILE_STREAM_TYPE)
};

/// A text that is read from front to back.
struct Reader {
    ty: TypeRef,
    units: Vec<u16>,
    at: Cell<usize>,
    base: Value,
    encoding: Encoding,
}
impl NetObject for Reader {
    fn type_ref(&self) -> TypeRef {
        self.ty
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
}
fn reader(v: &Value) -> Res<&Reader> {
    v.get::<Reader>().ok_or_else(|| fail::argument_null("reader"))
}
fn make_reader(ty: TypeRef, text: &PsString, base: Value, encoding: Encoding) -> Value {
    Value::object(Reader { ty, units: text.to_units(), at: Cell::new(0), base, encoding })
}
fn new_stream_reader(rt: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let encoding = encoding::of(args);
    let (data, base) = match args.at(0).get::<Stream>() {
        Some(s) => (s.rest(), args.at(0).clone()),
        None => {
            let opened = open_file(&full(rt, &args.text(0)), false)?;
            (stream(&opened)?.rest(), opened)
        }
    };
    Ok(make_reader(&STREAM_READER_TYPE, &encoding::detect(&data, encoding), base, encoding))
}
fn new_string_reader(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    Ok(make_reader(&STRING_READER_TYPE, &args.text(0), Value::Null, encoding::of(&[])))
}
fn read_line(_: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    let r = reader(this)?;
    let rest = r.units.get(r.at.get()..).unwrap_or(&[]);
    if rest.is_empty() {
        return Ok(Value::Null);
    }
    let end = rest.iter().position(|u| *u == 10 || *u == 13).unwrap_or(rest.len());
    let skip = match rest.get(end..) {
        Some([13, 10, ..]) => 2,
        Some([_, ..]) => 1,
        _ => 0,
    };
    r.at.set(r.at.get() + end + skip);
    Ok(Value::String(PsString::from_units(&rest[..end])))
}
fn read_to_end(_: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    let r = reader(this)?;
    let rest = PsString::from_units(r.units.get(r.at.get()..).unwrap_or(&[]));
    r.at.set(r.units.len());
    Ok(Value::String(rest))
}
fn peek(_: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    let r = reader(this)?;
    Ok(Value::Int(r.units.get(r.at.get()).map_or(-1, |u| i32::from(*u))))
}
fn read(rt: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let found = peek(rt, this, args)?;
    let r = reader(this)?;
    r.at.set((r.at.get() + 1).min(r.units.len()));
    Ok(found)
}
fn reader_close(rt: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    let base = reader(this)?.base.clone();
    if base.is_null() { Ok(Value::Void) } else { stream_close(rt, &base, &[]) }
}
pub static READER: TypeTable = TypeTable {
    methods: overloads! {
        reader_close => "void Close()";
        reader_close => "void Dispose()";
        peek => "int Peek()";
        read => "int Read()";
        read_line => "string ReadLine()";
        read_to_end => "string ReadToEnd()";
    },
    ..TypeTable::of(&READER_TYPE)
};
pub static STREAM_READER: TypeTable = TypeTable {
    ctors: overloads! {
        new_stream_reader => "System.IO.StreamReader new(System.IO.Stream stream)"
            "System.IO.StreamReader new(System.IO.Stream stream, bool detectEncodingFromByteOrderMarks)"
            "System.IO.StreamReader new(System.IO.Stream stream, System.Text.Encoding encoding)"
            "System.IO.StreamReader new(string path)"
            "System.IO.StreamReader new(string path, System.Text.Encoding encoding)";
    },
    props: &[
        Prop::get("CurrentEncoding", "System.Text.Encoding", |_, v| Ok(Value::object(reader(v)?.encoding))),
        Prop::get("BaseStream", "System.IO.Stream", |_, v| Ok(reader(v)?.base.clone())),
        Prop::get("EndOfStream", "bool", |_, v| Ok(Value::Bool(reader(v)?.at.get() >= reader(v)?.units.len()))),
    ],
    ..TypeTable::of(&STREAM_READER_TYPE)
};
pub static STRING_READER: TypeTable = TypeTable {
    ctors: overloads! { new_string_reader => "System.IO.StringReader new(string s)"; },
    ..TypeTable::of(&STRING_READER_TYPE)
};

/// Text on its way into a stream, or collected (StringWriter).
struct Writer {
    ty: TypeRef,
    base: Value,
    encoding: Encoding,
    text: Rc<RefCell<PsString>>,
    new_line: RefCell<PsString>,
    auto_flush: Cell<bool>,
}
impl NetObject for Writer {
    fn type_ref(&self) -> TypeRef {
        self.ty
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn text(&self) -> Option<PsString> {
        self.base.is_null().then(|| self.text.borrow().clone())
    }
}
fn writer(v: &Value) -> Res<&Writer> {
    v.get::<Writer>().ok_or_else(|| fail::argument_null("writer"))
}
fn make_writer(ty: TypeRef, base: Value, encoding: Encoding) -> Value {
    Value::object(Writer {
        ty,
        base,
        encoding,
        text: Rc::default(),
        new_line: RefCell::new("\n".into()),
        auto_flush: Cell::new(false),
    })
}
fn new_stream_writer(rt: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let encoding = encoding::of(args);
    let base = match args.at(0).get::<Stream>() {
        Some(_) => args.at(0).clone(),
        None => {
            let path = full(rt, &args.text(0));
            let append = args.flag(1) && std::path::Path::new(&path).exists();
            if !append {
                std::fs::write(&path, []).map_err(|e| failure(&e, &path, false))?;
            }
            let opened = open_file(&path, true)?;
            let s = stream(&opened)?;
            s.at.set(s.data.borrow().len());
            opened
        }
    };
    let s = stream(&base)?;
    if s.at.get() == 0 {
        let mark = encoding.mark_bytes();
        if !mark.is_empty() {
            s.write(mark)?;
        }
    }
    Ok(make_writer(&STREAM_WRITER_TYPE, base, encoding))
}
fn new_string_writer(_: Rt, _: &Value, _: &[Value]) -> Res<Value> {
    Ok(make_writer(&STRING_WRITER_TYPE, Value::Null, encoding::of(&[])))
}
fn put(this: &Value, text: &str) -> Res<Value> {
    let w = writer(this)?;
    if let Some(s) = w.base.get::<Stream>() {
        s.write(&w.encoding.encode(&text.into()))?;
        if w.auto_flush.get() {
            s.flush()?;
        }
        return Ok(Value::Void);
    }
    let grown = w.text.take().append(text);
    *w.text.borrow_mut() = grown;
    Ok(Value::Void)
}
fn shown(rt: Rt, args: &[Value]) -> Res<PsString> {
    match args {
        [] => Ok(PsString::default()),
        [one] => match one.base() {
            Value::Array(a) if a.elem.kind == TypeKind::Char => Ok(PsString::from_units(&args::to_units(one))),
            _ => crate::object::net_text(rt, one),
        },
        [pattern, rest @ ..] => {
            let values = match rest {
                [one] if matches!(one.base(), Value::Array(_)) => args::items(one),
                _ => rest.to_vec(),
            };
            crate::object::composite(rt, &args::text_of(pattern), &values, crate::culture::current())
        }
    }
}
fn write(rt: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let text = shown(rt, args)?;
    put(this, &text)
}
fn write_line(rt: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let text = shown(rt, args)?;
    put(this, &text)?;
    let end = writer(this)?.new_line.borrow().clone();
    put(this, &end)
}
fn writer_flush(rt: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    let base = writer(this)?.base.clone();
    if base.is_null() { Ok(Value::Void) } else { stream_flush(rt, &base, &[]) }
}
fn writer_close(rt: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    let base = writer(this)?.base.clone();
    if base.is_null() { Ok(Value::Void) } else { stream_close(rt, &base, &[]) }
}
pub static WRITER: TypeTable = TypeTable {
    props: &[
        Prop::get("Encoding", "System.Text.Encoding", |_, v| Ok(Value::object(writer(v)?.encoding))),
        Prop::get_set(
            "NewLine",
            "string",
            |_, v| Ok(Value::String(writer(v)?.new_line.borrow().clone())),
            |_, v, n| {
                *writer(v)?.new_line.borrow_mut() = args::text_of(&n);
                Ok(())
            },
        ),
    ],
    methods: overloads! {
        writer_close => "void Close()";
        writer_close => "void Dispose()";
        writer_flush => "void Flush()";
        write => "void Write(char value)" "void Write(char[] buffer)" "void Write(string value)"
            "void Write(System.Object value)" "void Write(string format, Params System.Object[] arg)";
        write_line => "void WriteLine()" "void WriteLine(char value)" "void WriteLine(string value)"
            "void WriteLine(System.Object value)" "void WriteLine(string format, Params System.Object[] arg)";
    },
    ..TypeTable::of(&WRITER_TYPE)
};
pub static STREAM_WRITER: TypeTable = TypeTable {
    ctors: overloads! {
        new_stream_writer => "System.IO.StreamWriter new(System.IO.Stream stream)"
            "System.IO.StreamWriter new(System.IO.Stream stream, System.Text.Encoding encoding)"
            "System.IO.StreamWriter new(string path)"
            "System.IO.StreamWriter new(string path, bool append)"
            "System.IO.StreamWriter new(string path, bool append, System.Text.Encoding encoding)";
    },
    props: &[
        Prop::get_set(
            "AutoFlush",
            "bool",
            |_, v| Ok(Value::Bool(writer(v)?.auto_flush.get())),
            |_, v, n| {
                writer(v)?.auto_flush.set(matches!(n, Value::Bool(true)));
                Ok(())
            },
        ),
        Prop::get("BaseStream", "System.IO.Stream", |_, v| Ok(writer(v)?.base.clone())),
    ],
    ..TypeTable::of(&STREAM_WRITER_TYPE)
};
pub static STRING_WRITER: TypeTable = TypeTable {
    ctors: overloads! { new_string_writer => "System.IO.StringWriter new()"; },
    methods: overloads! { crate::object::to_string_format => "string ToString()"; },
    ..TypeTable::of(&STRING_WRITER_TYPE)
};
