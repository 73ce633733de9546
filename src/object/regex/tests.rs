use super::*;

fn all(pattern: &str, text: &str) -> Vec<String> {
    all_with(pattern, text, Options::NONE)
}
fn all_with(pattern: &str, text: &str, options: Options) -> Vec<String> {
    let regex = Regex::new(&pattern.into(), options).expect(pattern);
    let subject = Subject::new(&text.into());
    regex
        .matches(&subject)
        .map(|m| {
            let groups: Vec<_> = (0..m.groups.len())
                .map(|g| m.group(g).map_or("-".into(), |(s, e)| subject.text_of(s, e).as_str().to_owned()))
                .collect();
            groups.join("|")
        })
        .collect()
}
fn error(pattern: &str) -> String {
    Regex::new(&pattern.into(), Options::NONE).err().map_or("none".into(), |e| e.0)
}

#[test]
fn matches_as_dotnet() {
    let cases: &[(&str, &str, &[&str])] = &[
        ("a+b", "xaab ab", &["aab", "ab"]),
        (r"^00(\d+)$", "00491234", &["00491234|491234"]),
        ("(a)(?<n>b)(c)", "abc", &["abc|a|c|b"]),
        ("(?<5>x)(y)(?<n>z)", "xyz", &["xyz|y|z|x"]),
        ("[a-z-[aeiou]]+", "hello", &["h", "ll"]),
        ("a{,2}", "a{,2}", &["a{,2}"]),
        ("b$", "ab\n", &["b"]),
        (r"b\z", "ab\n", &[]),
        ("(?i)ABC", "xabc", &["abc"]),
        ("(?<=a)b", "ab bb", &["b"]),
        (r"(?<!\d)\d\d(?!\d)", "1 22 333", &["22"]),
        ("(?>a+)ab", "aaab", &[]),
        (r"(\w)\1", "abccd", &["cc|c"]),
        ("(a)?(?(1)b|c)", "abc", &["ab|a", "c|-"]),
        ("(?(?=a)ab|cd)", "cdab", &["cd", "ab"]),
        ("(?:(?<o>\\()|(?<-o>\\))|[^()])*(?(o)(?!))", "(a(b))", &["(a(b))|-", "|-"]),
        ("a*?", "aa", &["", "", ""]),
        ("(a|ab)(c|bcd)(d*)", "abcd", &["abcd|a|bcd|"]),
        ("x*", "axb", &["", "x", "", ""]),
        (r"\bfoo\b", "a foo b", &["foo"]),
        (r"(?<x>a)\k<x>", "aa", &["aa|a"]),
        ("(?n)(a)(?<k>b)", "ab", &["ab|b"]),
        ("(?x) a b # c", "ab", &["ab"]),
        (r"\101\cA\x41\u0041", "A\u{1}AA", &["A\u{1}AA"]),
        ("(ab){2,3}", "abababab", &["ababab|ab"]),
        ("(ab){2,3}?", "abababab", &["abab|ab", "abab|ab"]),
        ("(a*)*b", "aab", &["aab|"]),
        ("ß", "ß", &["ß"]),
        ("é", "É", &[]),
        ("(?i)é", "É", &["É"]),
        (r"(?m)^b", "a\nb", &["b"]),
        (r"\w+", "héllo wörld", &["héllo", "wörld"]),
    ];
    for (pattern, text, want) in cases {
        assert_eq!(all(pattern, text), *want, "{pattern} on {text}");
    }
    assert_eq!(all(".", "😀").len(), 2);
    assert_eq!(all_with("[a-c]", "abc", Options::RIGHT_TO_LEFT), ["c", "b", "a"]);
    assert_eq!(all_with(r"(\d+)-(\d+)", "12-34", Options::RIGHT_TO_LEFT), ["12-34|12|34"]);
}

#[test]
fn all_captures_are_kept() {
    let regex = Regex::new(&r"(?:(\w)-?)+".into(), Options::NONE).expect("pattern");
    let found = regex.find(&Subject::new(&"a-b-c".into()), None).expect("match");
    assert_eq!(found.groups[1].as_slice(), [(0, 1), (2, 3), (4, 5)]);
}

#[test]
fn errors_as_dotnet() {
    for (pattern, want) in [
        ("(", "Invalid pattern '(' at offset 1. Not enough )'s."),
        (")", "Invalid pattern ')' at offset 1. Too many )'s."),
        ("[", "Invalid pattern '[' at offset 1. Unterminated [] set."),
        ("a**", "Invalid pattern 'a**' at offset 3. Nested quantifier '*'."),
        ("*a", "Invalid pattern '*a' at offset 1. Quantifier '*' following nothing."),
        ("a{2,1}", "Invalid pattern 'a{2,1}' at offset 6. Illegal {x,y} with x > y."),
        ("\\", "Invalid pattern '\\' at offset 1. Illegal \\ at end of pattern."),
        ("(?z)", "Invalid pattern '(?z)' at offset 3. Unrecognized grouping construct."),
        ("\\p{Xx}", "Invalid pattern '\\p{Xx}' at offset 6. Unknown property 'Xx'."),
        ("[z-a]", "Invalid pattern '[z-a]' at offset 4. [x-y] range in reverse order."),
        ("\\k<n>", "Invalid pattern '\\k<n>' at offset 5. Reference to undefined group name 'n'."),
        ("(?<a-b>x)", "Invalid pattern '(?<a-b>x)' at offset 6. Reference to undefined group name 'b'."),
        (
            "(?<1a>x)",
            "Invalid pattern '(?<1a>x)' at offset 4. Invalid group name: Group names must begin with a word character.",
        ),
        (
            "(?(1)a|b)",
            "Invalid pattern '(?(1)a|b)' at offset 5. Conditional alternation refers to an undefined group number 1.",
        ),
    ] {
        assert_eq!(error(pattern), want);
    }
}

#[test]
fn replaces_and_splits() {
    let replace = |pattern: &str, text: &str, with: &str| {
        let regex = Regex::new(&pattern.into(), Options::NONE).expect(pattern);
        regex.replace(&Subject::new(&text.into()), &Replacement::new(with, &regex), usize::MAX).as_str().to_owned()
    };
    assert_eq!(replace("(b)(?<n>c)", "abcd", "<$1${n}$2$3$$$&$`$'$+>"), "a<bcc$3$bcadc>d");
    assert_eq!(replace("x*", "ab", "-"), "-a-b-");
    assert_eq!(replace("é", "aéb", "e"), "aeb");
    let regex = Regex::new(&"(,)".into(), Options::NONE).expect("pattern");
    let parts: Vec<_> = regex.split(&Subject::new(&"a,b".into()), 0).iter().map(|p| p.as_str().to_owned()).collect();
    assert_eq!(parts, ["a", ",", "b"]);
}

/// A long text must neither overflow the stack nor take long.
#[test]
fn long_texts() {
    let text = "ab".repeat(100_000);
    assert_eq!(all("(?:ab)*$", &text).len(), 2);
    assert_eq!(all("((a)(b))+", &text).len(), 1);
}
