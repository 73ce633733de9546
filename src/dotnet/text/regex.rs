//! `System.Text.RegularExpressions`: Regex, Match, Group, Capture and their collections.
use crate::args::{self, Args};
use crate::collections::View;
use crate::{fail, overloads};
use dialtone_object::regex::{
    CaptureValue, GroupValue, Match, MatchValue, Options, PARSE_EXCEPTION, Regex, Replacement, Subject,
};
use dialtone_object::{
    Array, ErrorRecord, Flow, Prop, PsString, Res, Runtime, TypeKind, TypeTable, Value, enums, types,
};
use std::rc::Rc;

type Rt<'a> = &'a mut dyn Runtime;

fn make(pattern: &PsString, options: i64) -> Res<Regex> {
    Regex::cached(pattern, Options(options as u32)).map_err(|e| Flow::from(ErrorRecord::dotnet(PARSE_EXCEPTION, e.0)))
}
/// The regular expression and the remaining arguments: `$re.Match(input, ...)` or `[regex]::Match(input, pattern, ...)`,
/// where the static form has the pattern second and options last.
fn call<'a>(this: &Value, args: &'a [Value]) -> Res<(Regex, PsString, Vec<&'a Value>)> {
    if let Some(re) = this.get::<Regex>() {
        return Ok((re.clone(), args.text(0), args.iter().skip(1).collect()));
    }
    let options = args.iter().skip(2).find(|a| is_options(a)).and_then(enums::number).unwrap_or(0);
    let rest = args.iter().skip(2).filter(|a| !is_options(a) && !matches!(a, Value::TimeSpan(_))).collect();
    Ok((make(&args.text(1), options)?, args.text(0), rest))
}
fn is_options(v: &Value) -> bool {
    types::type_of(v).full_name == "System.Text.RegularExpressions.RegexOptions"
}
fn number(rest: &[&Value], at: usize) -> Option<i32> {
    rest.get(at).and_then(|v| v.as_int())
}
fn match_value(regex: &Regex, subject: &Subject, found: Option<Match>) -> Value {
    Value::object(MatchValue { regex: regex.clone(), subject: subject.clone(), found })
}
fn start_of(rest: &[&Value], subject: &Subject) -> Res<Option<usize>> {
    match number(rest, 0) {
        None => Ok(None),
        Some(n) => match usize::try_from(n).ok().filter(|n| *n <= subject.len()) {
            Some(n) => Ok(Some(n)),
            None => {
                Err(fail::out_of_range("Start index cannot be less than 0 or greater than input length.", "startat"))
            }
        },
    }
}

fn new(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    Ok(make(&args.text(0), args.enum_number(1))?.into_value())
}
fn is_match(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let (re, text, rest) = call(this, args)?;
    let subject = Subject::new(&text);
    Ok(Value::Bool(match start_of(&rest, &subject)? {
        Some(start) => re.find_at(&subject, start).is_some(),
        None => re.is_match(&subject),
    }))
}
fn find(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let (re, text, rest) = call(this, args)?;
    let subject = Subject::new(&text);
    let found = match start_of(&rest, &subject)? {
        Some(start) => re.find_at(&subject, start),
        None => re.find(&subject, None),
    };
    Ok(match_value(&re, &subject, found))
}
fn find_all(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let (re, text, rest) = call(this, args)?;
    let subject = Subject::new(&text);
    let mut next = match start_of(&rest, &subject)? {
        Some(start) => re.find_at(&subject, start),
        None => re.find(&subject, None),
    };
    let mut all = Vec::new();
    while let Some(m) = next {
        next = re.find(&subject, Some(&m));
        all.push(match_value(&re, &subject, Some(m)));
    }
    Ok(View::value("System.Text.RegularExpressions.MatchCollection", all, true))
}
fn count(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let (re, text, _) = call(this, args)?;
    let subject = Subject::new(&text);
    Ok(Value::Int(re.matches(&subject).count() as i32))
}
fn replace(rt: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let (re, text, rest) = call(this, args)?;
    let subject = Subject::new(&text);
    let count = number(&rest, 1).filter(|n| *n >= 0).map_or(usize::MAX, |n| n as usize);
    if let Some(start) = number(&rest, 2) {
        // Only the part from a position on is searched.
        let start = (start.max(0) as usize).min(subject.len());
        let head = subject.text_of(0, start);
        let tail = Value::String(subject.text_of(start, subject.len()));
        let mut shorter = vec![tail];
        shorter.extend(args.iter().skip(1).take(2).cloned());
        let changed = replace(rt, this, &shorter)?;
        return Ok(Value::String(head.append(&args::text_of(&changed))));
    }
    let by = rest.first().copied().cloned().unwrap_or_default();
    if types::type_of(&by).kind == TypeKind::ScriptBlock {
        let replaced = re.replace_with(&subject, count, |m, out| {
            let value = match_value(&re, &subject, Some(m.clone()));
            let made = rt.call_block(&by, std::slice::from_ref(&value), Some(&value))?;
            out.push_str(&rt.to_text(&made));
            Ok::<(), Flow>(())
        })?;
        return Ok(Value::String(replaced));
    }
    let replacement = Replacement::new(&args::text_of(&by), &re);
    Ok(Value::String(re.replace(&subject, &replacement, count)))
}
fn split(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let (re, text, rest) = call(this, args)?;
    let subject = Subject::new(&text);
    Ok(args::strings(re.split(&subject, number(&rest, 0).unwrap_or(0).max(0) as usize)))
}
/// Characters that mean something in a pattern, as Regex.Escape marks them.
fn escape(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let mut out = String::new();
    for c in args.text(0).chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{c}' => out.push_str("\\f"),
            '\\' | '*' | '+' | '?' | '|' | '{' | '[' | '(' | ')' | '^' | '$' | '.' | '#' | ' ' => {
                out.push('\\');
                out.push(c);
            }
            other => out.push(other),
        }
    }
    Ok(Value::string(out))
}
fn unescape(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let text = args.text(0);
    let (mut out, mut chars) = (String::new(), text.chars());
    while let Some(c) = chars.next() {
        match (c, if c == '\\' { chars.next() } else { None }) {
            ('\\', Some('n')) => out.push('\n'),
            ('\\', Some('r')) => out.push('\r'),
            ('\\', Some('t')) => out.push('\t'),
            ('\\', Some('f')) => out.push('\u{c}'),
            ('\\', Some('e')) => out.push('\u{1b}'),
            ('\\', Some('a')) => out.push('\u{7}'),
            ('\\', Some('v')) => out.push('\u{b}'),
            ('\\', Some(hex @ ('x' | 'u'))) => {
                let digits: String = chars.by_ref().take(if hex == 'x' { 2 } else { 4 }).collect();
                out.extend(u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32));
            }
            ('\\', Some(other)) => out.push(other),
            ('\\', None) => {}
            (c, _) => out.push(c),
        }
    }
    Ok(Value::string(out))
}
fn regex(v: &Value) -> Res<&Regex> {
    v.get::<Regex>().ok_or_else(|| fail::argument_null("regex"))
}
fn get_group_names(_: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    Ok(args::strings(regex(this)?.groups().iter().map(|(_, name)| name.as_str().into())))
}
fn get_group_numbers(_: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    let items = regex(this)?.groups().iter().map(|(n, _)| Value::Int(*n as i32)).collect();
    Ok(Value::Array(Rc::new(Array::typed(&types::INT32, items))))
}
fn group_name(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let found = regex(this)?.groups().iter().find(|(n, _)| *n as i32 == args.int(0)).map(|(_, n)| n.clone());
    Ok(Value::string(found.unwrap_or_default()))
}
fn group_number(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let name = args.text(0);
    let found = regex(this)?.groups().iter().find(|(_, n)| n == name.as_str()).map_or(-1, |(n, _)| *n as i32);
    Ok(Value::Int(found))
}

pub static REGEX: TypeTable = TypeTable {
    ctors: overloads! {
        new => "regex new(string pattern)"
            "regex new(string pattern, System.Text.RegularExpressions.RegexOptions options)"
            "regex new(string pattern, System.Text.RegularExpressions.RegexOptions options, timespan matchTimeout)";
    },
    props: &[
        Prop::get("Options", "System.Text.RegularExpressions.RegexOptions", |_, v| {
            Ok(enums::of("System.Text.RegularExpressions.RegexOptions", i64::from(regex(v)?.options.0)))
        }),
        Prop::get("RightToLeft", "bool", |_, v| Ok(Value::Bool(regex(v)?.right_to_left()))),
        Prop::get("MatchTimeout", "timespan", |_, _| Ok(Value::TimeSpan(-10_000))),
    ],
    methods: overloads! {
        count => "int Count(string input)";
        get_group_names => "string[] GetGroupNames()";
        get_group_numbers => "int[] GetGroupNumbers()";
        group_name => "string GroupNameFromNumber(int i)";
        group_number => "int GroupNumberFromName(string name)";
        is_match => "bool IsMatch(string input)" "bool IsMatch(string input, int startat)";
        find => "System.Text.RegularExpressions.Match Match(string input)"
            "System.Text.RegularExpressions.Match Match(string input, int startat)";
        find_all => "System.Text.RegularExpressions.MatchCollection Matches(string input)"
            "System.Text.RegularExpressions.MatchCollection Matches(string input, int startat)";
        replace => "string Replace(string input, string replacement)"
            "string Replace(string input, string replacement, int count)"
            "string Replace(string input, string replacement, int count, int startat)"
            "string Replace(string input, System.Text.RegularExpressions.MatchEvaluator evaluator)"
            "string Replace(string input, System.Text.RegularExpressions.MatchEvaluator evaluator, int count)";
        split => "string[] Split(string input)" "string[] Split(string input, int count)";
        crate::object::to_string_format => "string ToString()";
    },
    static_methods: overloads! {
        count => "static int Count(string input, string pattern)"
            "static int Count(string input, string pattern, System.Text.RegularExpressions.RegexOptions options)";
        escape => "static string Escape(string str)";
        is_match => "static bool IsMatch(string input, string pattern)"
            "static bool IsMatch(string input, string pattern, System.Text.RegularExpressions.RegexOptions options)";
        find => "static System.Text.RegularExpressions.Match Match(string input, string pattern)"
            "static System.Text.RegularExpressions.Match Match(string input, string pattern, System.Text.RegularExpressions.RegexOptions options)";
        find_all => "static System.Text.RegularExpressions.MatchCollection Matches(string input, string pattern)"
            "static System.Text.RegularExpressions.MatchCollection Matches(string input, string pattern, System.Text.RegularExpressions.RegexOptions options)";
        replace => "static string Replace(string input, string pattern, string replacement)"
            "static string Replace(string input, string pattern, string replacement, System.Text.RegularExpressions.RegexOptions options)"
            "static string Replace(string input, string pattern, System.Text.RegularExpressions.MatchEvaluator evaluator)"
            "static string Replace(string input, string pattern, System.Text.RegularExpressions.MatchEvaluator evaluator, System.Text.RegularExpressions.RegexOptions options)";
        split => "static string[] Split(string input, string pattern)"
            "static string[] Split(string input, string pattern, System.Text.RegularExpressions.RegexOptions options)";
        unescape => "static string Unescape(string str)";
    },
    ..TypeTable::of(&types::REGEX)
};

/// What a Match, Group or Capture covers, and in which text.
fn span(v: &Value) -> Option<(Subject, usize, usize)> {
    if let Some(m) = v.get::<MatchValue>() {
        return m.span().map(|(s, e)| (m.subject.clone(), s, e));
    }
    if let Some(g) = v.get::<GroupValue>() {
        return g.span().map(|(s, e)| (g.subject.clone(), s, e));
    }
    v.get::<CaptureValue>().map(|c| (c.subject.clone(), c.start, c.end))
}
fn captures(v: &Value) -> Value {
    let group = match v.get::<MatchValue>() {
        Some(m) => Some((m.subject.clone(), m.found.as_ref().and_then(|f| f.groups.first()).cloned())),
        None => v.get::<GroupValue>().map(|g| (g.subject.clone(), Some(g.captures.clone()))),
    };
    let items = match group {
        Some((subject, Some(list))) => list
            .iter()
            .map(|(s, e)| {
                Value::object(CaptureValue { subject: subject.clone(), start: *s as usize, end: *e as usize })
            })
            .collect(),
        _ => Vec::new(),
    };
    View::value("System.Text.RegularExpressions.CaptureCollection", items, true)
}
/// The groups of a match: by number or by name.
pub struct Groups(Rc<MatchParts>);
struct MatchParts {
    names: Vec<(u32, String)>,
    groups: Vec<Value>,
}
static GROUPS_TYPE: dialtone_object::TypeInfo = dialtone_object::TypeInfo::new(
    "System.Text.RegularExpressions.GroupCollection",
    "System.Text.RegularExpressions.GroupCollection",
    TypeKind::Other,
    Some(&types::OBJECT),
)
.with_interfaces(&["System.Collections.IList", "System.Collections.ICollection", "System.Collections.IEnumerable"]);
impl dialtone_object::NetObject for Groups {
    fn type_ref(&self) -> dialtone_object::TypeRef {
        &GROUPS_TYPE
    }
    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
    fn is_enumerable(&self) -> bool {
        true
    }
    fn enumerate(&self, _rt: &mut dyn Runtime) -> Option<Res<Vec<Value>>> {
        Some(Ok(self.0.groups.clone()))
    }
    fn index(&self, _rt: &mut dyn Runtime, index: &[Value]) -> Option<Res<Value>> {
        Some(Ok(self.group(index.first()?)))
    }
}
impl Groups {
    fn group(&self, key: &Value) -> Value {
        let at = match key.base() {
            Value::Int(n) => self.0.names.iter().position(|(number, _)| i64::from(*number) == i64::from(*n)),
            other => {
                let name = dialtone_object::text::text_of(other).unwrap_or_default();
                self.0.names.iter().position(|(_, n)| n == name.as_str())
            }
        };
        match at.and_then(|at| self.0.groups.get(at)) {
            Some(found) => found.clone(),
            None => Value::object(GroupValue {
                name: dialtone_object::text::text_of(key).unwrap_or_default(),
                subject: Subject::new(&PsString::default()),
                captures: Default::default(),
            }),
        }
    }
}
fn groups(v: &Value) -> Value {
    let Some(m) = v.get::<MatchValue>() else { return Value::Null };
    let names: Vec<(u32, String)> = m.regex.groups().to_vec();
    // The first group of a match is the match itself.
    let groups =
        (0..names.len().max(1)).map(|at| if at == 0 { v.clone() } else { Value::object(m.group(at)) }).collect();
    let names = if names.is_empty() { vec![(0, "0".to_owned())] } else { names };
    Value::object(Groups(Rc::new(MatchParts { names, groups })))
}
fn group_item(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    Ok(this.get::<Groups>().map(|g| g.group(args.at(0))).unwrap_or_default())
}
fn contains_key(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let name = args.text(0);
    Ok(Value::Bool(this.get::<Groups>().is_some_and(|g| g.0.names.iter().any(|(_, n)| n == name.as_str()))))
}
pub static GROUPS: TypeTable = TypeTable {
    props: &[
        Prop::get("IsReadOnly", "bool", |_, _| Ok(Value::Bool(true))),
        Prop::get("Count", "int", |_, v| Ok(Value::Int(v.get::<Groups>().map_or(0, |g| g.0.groups.len() as i32)))),
        Prop::get("Keys", "System.Collections.Generic.IEnumerable[string]", |_, v| {
            Ok(args::strings(
                v.get::<Groups>().into_iter().flat_map(|g| g.0.names.iter().map(|(_, n)| n.as_str().into())),
            ))
        }),
        Prop::get("Values", "System.Collections.Generic.IEnumerable[System.Text.RegularExpressions.Group]", |_, v| {
            Ok(Value::array(v.get::<Groups>().map_or_else(Vec::new, |g| g.0.groups.clone())))
        }),
    ],
    methods: overloads! {
        contains_key => "bool ContainsKey(string key)";
        group_item => "System.Text.RegularExpressions.Group Item(int groupnum) {get;}"
            "System.Text.RegularExpressions.Group Item(string groupname) {get;}";
    },
    ..TypeTable::of(&GROUPS_TYPE)
};

fn next_match(_: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    Ok(match this.get::<MatchValue>() {
        Some(m) => {
            let next = m.found.as_ref().and_then(|f| m.regex.find(&m.subject, Some(f)));
            match_value(&m.regex, &m.subject, next)
        }
        None => Value::Null,
    })
}
fn result(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let Some(m) = this.get::<MatchValue>() else { return Ok(Value::Null) };
    let Some(found) = &m.found else {
        return Err(fail::not_supported("Result cannot be called on a failed Match."));
    };
    let mut out = String::new();
    Replacement::new(&args.text(0), &m.regex).expand(found, &m.subject, &mut out);
    Ok(Value::string(out))
}
const INDEX: Prop = Prop::get("Index", "int", |_, v| Ok(Value::Int(span(v).map_or(0, |(_, s, _)| s as i32))));
const LENGTH: Prop = Prop::get("Length", "int", |_, v| Ok(Value::Int(span(v).map_or(0, |(_, s, e)| (e - s) as i32))));
const VALUE: Prop = Prop::get("Value", "string", |_, v| {
    Ok(Value::String(span(v).map(|(t, s, e)| t.text_of(s, e)).unwrap_or_default()))
});
const SUCCESS: Prop = Prop::get("Success", "bool", |_, v| Ok(Value::Bool(span(v).is_some())));
const NAME: Prop = Prop::get("Name", "string", |_, v| {
    Ok(v.get::<GroupValue>().map_or_else(|| Value::str("0"), |g| Value::String(g.name.clone())))
});
const CAPTURES: Prop =
    Prop::get("Captures", "System.Text.RegularExpressions.CaptureCollection", |_, v| Ok(captures(v)));
const GROUP_LIST: Prop = Prop::get("Groups", "System.Text.RegularExpressions.GroupCollection", |_, v| Ok(groups(v)));

pub static MATCH: TypeTable = TypeTable {
    props: &[GROUP_LIST, SUCCESS, NAME, CAPTURES, INDEX, LENGTH, VALUE],
    methods: overloads! {
        next_match => "System.Text.RegularExpressions.Match NextMatch()";
        result => "string Result(string replacement)";
    },
    static_props: &[Prop::get("Empty", "System.Text.RegularExpressions.Match", |_, _| {
        let re = make(&PsString::default(), 0)?;
        Ok(match_value(&re, &Subject::new(&PsString::default()), None))
    })],
    ..TypeTable::of(&types::MATCH)
};
pub static GROUP: TypeTable =
    TypeTable { props: &[SUCCESS, NAME, CAPTURES, INDEX, LENGTH, VALUE], ..TypeTable::of(&types::GROUP) };
pub static CAPTURE: TypeTable = TypeTable { props: &[INDEX, LENGTH, VALUE], ..TypeTable::of(&types::CAPTURE) };
