//! Filters: PowerShell's (`EnterpriseVoiceEnabled -eq $true -and City -like 'S*'`) and OData's
//! (`city eq 'x' or startswith(displayName,'y')`) to an SQL condition, so that the database's indexes serve them.

use rusqlite::types::Value as Sql;

/// Where a field is found.
pub enum Column {
    /// A text column or JSON path expression, compared without regard to case.
    Text(String),
    /// The same with a policy's name, which may be written with `Tag:`.
    Policy(String),
    /// A truth value, 0 or 1.
    Flag(String),
    /// A column with words between blanks.
    Words(String),
    /// A JSON array of the document, by path.
    List(String),
}

/// A condition with its values, for `WHERE`.
#[derive(Debug)]
pub struct Condition {
    pub sql: String,
    pub values: Vec<Sql>,
}

/// Translates a filter. `column` says where a field is; a field that it does not know is an error.
pub fn translate(filter: &str, column: &dyn Fn(&str) -> Option<Column>) -> Result<Condition, String> {
    let tokens = tokenize(filter)?;
    let mut parser = Parser { tokens, at: 0, depth: 0, comparisons: 0, column, values: Vec::new() };
    let sql = parser.any()?;
    match parser.peek() {
        None => Ok(Condition { sql, values: parser.values }),
        Some(token) => Err(format!("unexpected '{}'", token.shown())),
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Open,
    Close,
    Comma,
    /// A name, an operator word (`eq`, `and`), a number.
    Word(String),
    /// An operator with PowerShell's dash, without it.
    Dash(String),
    /// A quoted text.
    Text(String),
    Null,
    Flag(bool),
}

impl Token {
    fn shown(&self) -> String {
        match self {
            Token::Open => "(".into(),
            Token::Close => ")".into(),
            Token::Comma => ",".into(),
            Token::Word(w) | Token::Text(w) => w.clone(),
            Token::Dash(d) => format!("-{d}"),
            Token::Null => "null".into(),
            Token::Flag(b) => b.to_string(),
        }
    }
}

fn tokenize(text: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(&c) = chars.peek() {
        match c {
            _ if c.is_whitespace() => drop(chars.next()),
            '(' | ')' | ',' | '!' | '{' | '}' => {
                chars.next();
                tokens.push(match c {
                    '(' | '{' => Token::Open,
                    ')' | '}' => Token::Close,
                    ',' => Token::Comma,
                    _ => Token::Dash("not".into()),
                });
            }
            '\'' | '"' | '\u{2018}' | '\u{2019}' | '\u{201c}' | '\u{201d}' => {
                chars.next();
                let single = matches!(c, '\'' | '\u{2018}' | '\u{2019}');
                let same = |x: char| {
                    if single {
                        matches!(x, '\'' | '\u{2018}' | '\u{2019}')
                    } else {
                        matches!(x, '"' | '\u{201c}' | '\u{201d}')
                    }
                };
                let mut value = String::new();
                loop {
                    match chars.next() {
                        None => return Err("a quoted text is not closed".into()),
                        Some(x) if same(x) && chars.peek().is_some_and(|&n| same(n)) => {
                            chars.next();
                            value.push(x);
                        }
                        Some(x) if same(x) => break,
                        Some(x) => value.push(x),
                    }
                }
                tokens.push(Token::Text(value));
            }
            _ => {
                let mut word = String::new();
                while let Some(&x) = chars.peek() {
                    if x.is_whitespace() || matches!(x, '(' | ')' | ',' | '\'' | '"' | '{' | '}') {
                        break;
                    }
                    word.push(x);
                    chars.next();
                }
                tokens.push(word_token(word));
            }
        }
    }
    Ok(tokens)
}

fn word_token(word: String) -> Token {
    let operator = word.strip_prefix(['-', '\u{2013}', '\u{2014}']).filter(|w| w.starts_with(char::is_alphabetic));
    if let Some(operator) = operator {
        // The case-sensitive and the explicitly insensitive forms are compared alike by the directory.
        let lower = operator.to_ascii_lowercase();
        let plain = lower.strip_prefix(['c', 'i']).filter(|rest| OPERATORS.contains(rest)).unwrap_or(&lower);
        return Token::Dash(plain.to_owned());
    }
    match word.trim_start_matches('$').to_ascii_lowercase().as_str() {
        "null" => Token::Null,
        "true" => Token::Flag(true),
        "false" => Token::Flag(false),
        _ => Token::Word(word),
    }
}

const OPERATORS: &[&str] = &["eq", "ne", "gt", "ge", "lt", "le", "like", "notlike", "contains", "notcontains", "in"];

/// How deep a filter may nest and how many comparisons it may have; SQLite's own limit is a tree of 1000 levels.
const MOST_DEPTH: usize = 100;
const MOST_COMPARISONS: usize = 500;

struct Parser<'a> {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
    comparisons: usize,
    column: &'a dyn Fn(&str) -> Option<Column>,
    values: Vec<Sql>,
}

impl Parser<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn next(&mut self) -> Result<Token, String> {
        let token = self.tokens.get(self.at).cloned().ok_or("the filter ends too early")?;
        self.at += 1;
        Ok(token)
    }

    fn expect(&mut self, wanted: Token) -> Result<(), String> {
        let token = self.next()?;
        if token == wanted { Ok(()) } else { Err(format!("'{}' expected at '{}'", wanted.shown(), token.shown())) }
    }

    fn word_is(&self, wanted: &str) -> bool {
        matches!(self.peek(), Some(Token::Dash(w) | Token::Word(w)) if w.eq_ignore_ascii_case(wanted))
    }

    fn any(&mut self) -> Result<String, String> {
        let mut sql = self.all()?;
        while self.word_is("or") {
            self.at += 1;
            sql = format!("({sql} OR {})", self.all()?);
        }
        Ok(sql)
    }

    fn all(&mut self) -> Result<String, String> {
        let mut sql = self.single()?;
        while self.word_is("and") {
            self.at += 1;
            sql = format!("({sql} AND {})", self.single()?);
        }
        Ok(sql)
    }

    fn single(&mut self) -> Result<String, String> {
        self.depth += 1;
        if self.depth > MOST_DEPTH {
            return Err("the filter is nested too deeply".into());
        }
        let sql = self.term();
        self.depth -= 1;
        sql
    }

    fn term(&mut self) -> Result<String, String> {
        if self.word_is("not") {
            self.at += 1;
            return Ok(format!("NOT {}", self.single()?));
        }
        if self.peek() == Some(&Token::Open) {
            self.at += 1;
            let sql = self.any()?;
            self.expect(Token::Close)?;
            return Ok(format!("({sql})"));
        }
        let Token::Word(name) = self.next()? else { return Err("a property name is expected".into()) };
        if self.peek() == Some(&Token::Open) {
            return self.function(&name);
        }
        let operator = match self.next()? {
            Token::Dash(o) => o,
            Token::Word(o) => o.to_ascii_lowercase(),
            other => return Err(format!("an operator is expected at '{}'", other.shown())),
        };
        if operator == "in" {
            return self.one_of(&name);
        }
        let value = self.next()?;
        self.compare(&name, &operator, value)
    }

    /// OData's functions: `startswith(field,'x')`, `field/any(c:c eq 'x')`.
    fn function(&mut self, name: &str) -> Result<String, String> {
        self.at += 1;
        let lower = name.to_ascii_lowercase();
        if let Some(list) = lower.strip_suffix("/any") {
            let Token::Word(_variable) = self.next()? else { return Err("a lambda is expected".into()) };
            self.next()?;
            let value = self.next()?;
            self.expect(Token::Close)?;
            return self.compare(list, "contains", value);
        }
        let Token::Word(field) = self.next()? else { return Err("a property name is expected".into()) };
        self.expect(Token::Comma)?;
        let Token::Text(text) = self.next()? else { return Err("a quoted text is expected".into()) };
        self.expect(Token::Close)?;
        let pattern = match lower.as_str() {
            "startswith" => format!("{text}*"),
            "endswith" => format!("*{text}"),
            "contains" => format!("*{text}*"),
            _ => return Err(format!("the function '{name}' is not known")),
        };
        self.compare(&field, "like", Token::Text(pattern))
    }

    fn one_of(&mut self, field: &str) -> Result<String, String> {
        self.expect(Token::Open)?;
        let mut parts = Vec::new();
        loop {
            let value = self.next()?;
            parts.push(self.compare(field, "eq", value)?);
            match self.next()? {
                Token::Comma => {}
                Token::Close => return Ok(format!("({})", parts.join(" OR "))),
                other => return Err(format!("',' or ')' expected at '{}'", other.shown())),
            }
        }
    }

    fn compare(&mut self, field: &str, operator: &str, value: Token) -> Result<String, String> {
        self.comparisons += 1;
        if self.comparisons > MOST_COMPARISONS {
            return Err(format!("the filter has more than {MOST_COMPARISONS} comparisons"));
        }
        let column = (self.column)(field).ok_or_else(|| format!("the property '{field}' is not known"))?;
        if !OPERATORS.contains(&operator) {
            return Err(format!("the operator '{operator}' is not known"));
        }
        let text = match &value {
            Token::Text(t) | Token::Word(t) => t.clone(),
            Token::Flag(b) => b.to_string(),
            Token::Null => String::new(),
            other => return Err(format!("a value is expected at '{}'", other.shown())),
        };
        let negated = matches!(operator, "ne" | "notlike" | "notcontains");
        let sql = match column {
            Column::Flag(sql) => {
                let wanted = i64::from(text.eq_ignore_ascii_case("true") || text == "1");
                format!("COALESCE({sql},0)={wanted}")
            }
            Column::Words(sql) => self.words(&sql, operator, &text),
            Column::List(path) => {
                if text.is_empty() {
                    format!("NOT EXISTS (SELECT 1 FROM json_each(body,'{path}'))")
                } else {
                    let pattern = if operator.ends_with("like") { text } else { escape(&text) };
                    let like = self.like("value", &pattern);
                    format!("EXISTS (SELECT 1 FROM json_each(body,'{path}') WHERE {like})")
                }
            }
            Column::Text(sql) => return self.text(&sql, operator, &text, negated),
            Column::Policy(sql) => {
                let tagged = text.get(..4).is_some_and(|t| t.eq_ignore_ascii_case("tag:"));
                return self.text(&sql, operator, if tagged { &text[4..] } else { &text }, negated);
            }
        };
        Ok(if negated { format!("NOT {sql}") } else { sql })
    }

    fn words(&mut self, sql: &str, operator: &str, text: &str) -> String {
        if text.is_empty() {
            return format!("trim({sql})=''");
        }
        let pattern = match operator.ends_with("like") {
            true => text.to_owned(),
            false => format!("* {} *", escape(text)),
        };
        self.like(sql, &pattern)
    }

    fn text(&mut self, sql: &str, operator: &str, text: &str, negated: bool) -> Result<String, String> {
        if text.is_empty() && matches!(operator, "eq" | "ne") {
            let empty = format!("COALESCE({sql},'')=''");
            return Ok(if negated { format!("NOT {empty}") } else { empty });
        }
        Ok(match operator {
            "eq" | "contains" => format!("{sql}={} COLLATE NOCASE", self.bind(text)),
            // What has no value differs from every value.
            "ne" | "notcontains" => format!("{sql} IS NOT {} COLLATE NOCASE", self.bind(text)),
            "like" => self.like(sql, text),
            "notlike" => format!("NOT COALESCE({},0)", self.like(sql, text)),
            _ => {
                let sign = match operator {
                    "gt" => ">",
                    "ge" => ">=",
                    "lt" => "<",
                    "le" => "<=",
                    _ => return Err(format!("the operator '{operator}' does not fit here")),
                };
                let value = date(text).unwrap_or_else(|| text.to_owned());
                match value.parse::<i64>() {
                    Ok(number) => {
                        self.values.push(Sql::Integer(number));
                        format!("CAST({sql} AS INTEGER){sign}?{}", self.values.len())
                    }
                    Err(_) => format!("{sql}{sign}{} COLLATE NOCASE", self.bind(&value)),
                }
            }
        })
    }

    /// `*` and `?` of PowerShell's -like as SQL's; a pattern without them is an equality.
    fn like(&mut self, sql: &str, pattern: &str) -> String {
        let mut like = String::new();
        let mut escaped = false;
        let mut chars = pattern.chars();
        while let Some(c) = chars.next() {
            match c {
                '*' => like.push('%'),
                '?' => like.push('_'),
                '`' => like.extend(chars.next()),
                '%' | '_' | '\\' => {
                    escaped = true;
                    like.push('\\');
                    like.push(c);
                }
                _ => like.push(c),
            }
        }
        // An ESCAPE clause keeps SQLite from using an index.
        let escape = if escaped { " ESCAPE '\\'" } else { "" };
        format!("{sql} LIKE {}{escape}", self.bind(&like))
    }

    fn bind(&mut self, text: &str) -> String {
        self.values.push(Sql::Text(text.to_owned()));
        format!("?{}", self.values.len())
    }
}

/// A literal text as a -like pattern.
fn escape(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if matches!(c, '*' | '?' | '`') {
            out.push('`');
        }
        out.push(c);
    }
    out
}

/// `11/24/2026` and `2026-11-24` forms of a date as the stored form.
fn date(text: &str) -> Option<String> {
    let day = text.split([' ', 'T']).next()?;
    let time = text.get(day.len() + 1..).unwrap_or_default();
    let parts: Vec<u32> = day.split(['/', '-']).map(str::parse).collect::<Result<_, _>>().ok()?;
    let &[a, b, c] = parts.as_slice() else { return None };
    let (y, m, d) = if a > 31 { (a, b, c) } else { (c, a, b) };
    let time = if time.contains(':') { time.trim_end_matches('Z') } else { "00:00:00" };
    (y > 31).then(|| format!("{y:04}-{m:02}-{d:02}T{time}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(name: &str) -> Option<Column> {
        match name.to_ascii_lowercase().as_str() {
            "city" | "lineuri" | "whencreated" => Some(Column::Text(name.to_ascii_lowercase())),
            "enterprisevoiceenabled" => Some(Column::Flag("voice".into())),
            "assignedplan" => Some(Column::Words("plans".into())),
            "capabilities" => Some(Column::List("$.capabilities".into())),
            _ => None,
        }
    }

    fn sql(filter: &str) -> String {
        let Condition { sql, values } = translate(filter, &column).unwrap();
        format!("{sql} {values:?}")
    }

    #[test]
    fn powershell_filters() {
        assert_eq!(
            sql("{EnterpriseVoiceEnabled -eq $True -and (City -like 'S*' -or LineURI -ne $null)}"),
            "((COALESCE(voice,0)=1 AND ((city LIKE ?1 OR NOT COALESCE(lineuri,'')='')))) [Text(\"S%\")]"
        );
        assert_eq!(sql("City -eq 'O''Fallon'"), "city=?1 COLLATE NOCASE [Text(\"O'Fallon\")]");
        assert_eq!(sql("-not (AssignedPlan -contains \"MCOEV\")"), "NOT (plans LIKE ?1) [Text(\"% MCOEV %\")]");
        assert_eq!(sql("WhenCreated -gt '1/31/2026'"), "whencreated>?1 COLLATE NOCASE [Text(\"2026-01-31T00:00:00\")]");
    }

    #[test]
    fn odata_filters() {
        assert_eq!(
            sql("city eq 'x' or startswith(city,'a_b')"),
            "(city=?1 COLLATE NOCASE OR city LIKE ?2 ESCAPE '\\') [Text(\"x\"), Text(\"a\\\\_b%\")]"
        );
        assert_eq!(
            sql("capabilities/any(c:c eq 'userAssignment')"),
            "EXISTS (SELECT 1 FROM json_each(body,'$.capabilities') WHERE value LIKE ?1) [Text(\"userAssignment\")]"
        );
        assert_eq!(
            sql("city in ('a', 'b')"),
            "(city=?1 COLLATE NOCASE OR city=?2 COLLATE NOCASE) [Text(\"a\"), Text(\"b\")]"
        );
    }

    #[test]
    fn endless_filters_are_refused() {
        let deep = format!("{}City -eq 'x'{}", "(".repeat(50_000), ")".repeat(50_000));
        let long = vec!["City -eq 'x'"; 5_000].join(" -or ");
        for filter in [deep, "not ".repeat(50_000), long] {
            assert!(translate(&filter, &column).is_err());
        }
    }

    #[test]
    fn wrong_filters_are_refused() {
        for filter in ["", "City", "City -eq", "Nothing -eq 1", "City -eq 'x", "City -frob 'x'", "(City -eq 'x'"] {
            assert!(translate(filter, &column).is_err(), "{filter}");
        }
    }
}
