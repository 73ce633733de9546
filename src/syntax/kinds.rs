//! Kinds of tokens: PowerShell's TokenKind with its texts and traits, and the tables of keywords and operators.

/// Traits of token kinds and marks on tokens, with the bits of PowerShell's TokenFlags.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TokenFlags(pub u32);

impl TokenFlags {
    pub const NONE: Self = Self(0);
    pub const KEYWORD: Self = Self(0x10);
    pub const SCRIPT_BLOCK_BLOCK_NAME: Self = Self(0x20);
    pub const BINARY_OPERATOR: Self = Self(0x100);
    pub const UNARY_OPERATOR: Self = Self(0x200);
    pub const CASE_SENSITIVE_OPERATOR: Self = Self(0x400);
    pub const TERNARY_OPERATOR: Self = Self(0x800);
    pub const SPECIAL_OPERATOR: Self = Self(0x1000);
    pub const ASSIGNMENT_OPERATOR: Self = Self(0x2000);
    /// The token is the same in command and in expression mode.
    pub const PARSE_MODE_INVARIANT: Self = Self(0x8000);
    pub const TOKEN_IN_ERROR: Self = Self(0x1_0000);
    pub const DISALLOWED_IN_RESTRICTED_MODE: Self = Self(0x2_0000);
    pub const PREFIX_OR_POSTFIX_OPERATOR: Self = Self(0x4_0000);
    pub const COMMAND_NAME: Self = Self(0x8_0000);
    pub const MEMBER_NAME: Self = Self(0x10_0000);
    pub const TYPE_NAME: Self = Self(0x20_0000);
    pub const ATTRIBUTE_NAME: Self = Self(0x40_0000);
    pub const CAN_CONSTANT_FOLD: Self = Self(0x80_0000);
    pub const STATEMENT_DOESNT_SUPPORT_ATTRIBUTES: Self = Self(0x100_0000);

    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}

// Short names for the table below; binary operators carry their precedence in the low four bits.
const NONE: u32 = 0;
const LOGICAL: u32 = 0x1;
const BITWISE: u32 = 0x2;
const COMPARE: u32 = 0x5;
const COALESCE: u32 = 0x7;
const ADD: u32 = 0x9;
const MULTIPLY: u32 = 0xa;
const FORMAT: u32 = 0xc;
const RANGE: u32 = 0xd;
const KEYWORD: u32 = TokenFlags::KEYWORD.0;
const BLOCK: u32 = TokenFlags::SCRIPT_BLOCK_BLOCK_NAME.0;
const BIN: u32 = TokenFlags::BINARY_OPERATOR.0;
const UN: u32 = TokenFlags::UNARY_OPERATOR.0;
const CASE: u32 = TokenFlags::CASE_SENSITIVE_OPERATOR.0;
const TERNARY: u32 = TokenFlags::TERNARY_OPERATOR.0;
const SPECIAL: u32 = TokenFlags::SPECIAL_OPERATOR.0;
const ASSIGN: u32 = TokenFlags::ASSIGNMENT_OPERATOR.0;
const INV: u32 = TokenFlags::PARSE_MODE_INVARIANT.0;
const RESTRICTED: u32 = TokenFlags::DISALLOWED_IN_RESTRICTED_MODE.0;
const PREPOST: u32 = TokenFlags::PREFIX_OR_POSTFIX_OPERATOR.0;
const FOLD: u32 = TokenFlags::CAN_CONSTANT_FOLD.0;
const NOATTR: u32 = TokenFlags::STATEMENT_DOESNT_SUPPORT_ATTRIBUTES.0;

macro_rules! kinds {
    ($($name:ident = $number:literal, $text:literal, $flags:expr;)*) => {
        /// PowerShell's TokenKind; names and numbers are the same.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum TokenKind {
            $($name = $number,)*
        }

        impl TokenKind {
            /// The name of the enum value, `Ieq`.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)* }
            }

            /// The text as error messages show it, `-eq`.
            pub const fn text(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// What holds for every token of the kind.
            pub const fn traits(self) -> TokenFlags {
                TRAITS[self as usize]
            }
        }

        static TRAITS: [TokenFlags; 171] = {
            let mut table = [TokenFlags::NONE; 171];
            $(table[$number] = TokenFlags($flags);)*
            table
        };
    };
}

kinds! {
    Unknown = 0, "unknown", NONE;
    Variable = 1, "var", NONE;
    SplattedVariable = 2, "@var", NONE;
    Parameter = 3, "param", NONE;
    Number = 4, "number", NONE;
    Label = 5, "label", NONE;
    Identifier = 6, "ident", NONE;
    Generic = 7, "generic", NONE;
    NewLine = 8, "newline", INV;
    LineContinuation = 9, "line continuation", INV;
    Comment = 10, "comment", INV;
    EndOfInput = 11, "eof", INV;
    StringLiteral = 12, "sqstr", INV;
    StringExpandable = 13, "dqstr", INV;
    HereStringLiteral = 14, "sq here string", INV;
    HereStringExpandable = 15, "dq here string", INV;
    LParen = 16, "(", INV;
    RParen = 17, ")", INV;
    LCurly = 18, "{", INV;
    RCurly = 19, "}", INV;
    LBracket = 20, "[", NONE;
    RBracket = 21, "]", INV;
    AtParen = 22, "@(", INV;
    AtCurly = 23, "@{", INV;
    DollarParen = 24, "$(", INV;
    Semi = 25, ";", INV;
    AndAnd = 26, "&&", INV;
    OrOr = 27, "||", INV;
    Ampersand = 28, "&", SPECIAL | INV;
    Pipe = 29, "|", SPECIAL | INV;
    Comma = 30, ",", UN | INV;
    MinusMinus = 31, "--", UN | PREPOST | RESTRICTED;
    PlusPlus = 32, "++", UN | PREPOST | RESTRICTED;
    DotDot = 33, "..", BIN | RANGE | RESTRICTED;
    ColonColon = 34, "::", SPECIAL | RESTRICTED;
    Dot = 35, ".", SPECIAL | RESTRICTED;
    Exclaim = 36, "!", UN | FOLD;
    Multiply = 37, "*", BIN | MULTIPLY | FOLD;
    Divide = 38, "/", BIN | MULTIPLY | FOLD;
    Rem = 39, "%", BIN | MULTIPLY | FOLD;
    Plus = 40, "+", BIN | ADD | UN | FOLD;
    Minus = 41, "-", BIN | ADD | UN | FOLD;
    Equals = 42, "=", ASSIGN;
    PlusEquals = 43, "+=", ASSIGN;
    MinusEquals = 44, "-=", ASSIGN;
    MultiplyEquals = 45, "*=", ASSIGN;
    DivideEquals = 46, "/=", ASSIGN;
    RemainderEquals = 47, "%=", ASSIGN;
    Redirection = 48, "redirection", RESTRICTED;
    RedirectInStd = 49, "<", INV | RESTRICTED;
    Format = 50, "-f", BIN | FORMAT | RESTRICTED;
    Not = 51, "-not", UN | FOLD;
    Bnot = 52, "-bnot", UN | FOLD;
    And = 53, "-and", BIN | LOGICAL | FOLD;
    Or = 54, "-or", BIN | LOGICAL | FOLD;
    Xor = 55, "-xor", BIN | LOGICAL | FOLD;
    Band = 56, "-band", BIN | BITWISE | FOLD;
    Bor = 57, "-bor", BIN | BITWISE | FOLD;
    Bxor = 58, "-bxor", BIN | BITWISE | FOLD;
    Join = 59, "-join", BIN | UN | COMPARE | RESTRICTED;
    Ieq = 60, "-eq", BIN | COMPARE;
    Ine = 61, "-ne", BIN | COMPARE;
    Ige = 62, "-ge", BIN | COMPARE;
    Igt = 63, "-gt", BIN | COMPARE;
    Ilt = 64, "-lt", BIN | COMPARE;
    Ile = 65, "-le", BIN | COMPARE;
    Ilike = 66, "-ilike", BIN | COMPARE;
    Inotlike = 67, "-inotlike", BIN | COMPARE;
    Imatch = 68, "-imatch", BIN | COMPARE | RESTRICTED;
    Inotmatch = 69, "-inotmatch", BIN | COMPARE | RESTRICTED;
    Ireplace = 70, "-ireplace", BIN | COMPARE | RESTRICTED;
    Icontains = 71, "-icontains", BIN | COMPARE;
    Inotcontains = 72, "-inotcontains", BIN | COMPARE;
    Iin = 73, "-iin", BIN | COMPARE;
    Inotin = 74, "-inotin", BIN | COMPARE;
    Isplit = 75, "-isplit", BIN | UN | COMPARE | RESTRICTED;
    Ceq = 76, "-ceq", BIN | COMPARE | CASE;
    Cne = 77, "-cne", BIN | COMPARE | CASE;
    Cge = 78, "-cge", BIN | COMPARE | CASE;
    Cgt = 79, "-cgt", BIN | COMPARE | CASE;
    Clt = 80, "-clt", BIN | COMPARE | CASE;
    Cle = 81, "-cle", BIN | COMPARE | CASE;
    Clike = 82, "-clike", BIN | COMPARE | CASE;
    Cnotlike = 83, "-cnotlike", BIN | COMPARE | CASE;
    Cmatch = 84, "-cmatch", BIN | COMPARE | CASE | RESTRICTED;
    Cnotmatch = 85, "-cnotmatch", BIN | COMPARE | CASE | RESTRICTED;
    Creplace = 86, "-creplace", BIN | COMPARE | CASE | RESTRICTED;
    Ccontains = 87, "-ccontains", BIN | COMPARE | CASE;
    Cnotcontains = 88, "-cnotcontains", BIN | COMPARE | CASE;
    Cin = 89, "-cin", BIN | COMPARE | CASE;
    Cnotin = 90, "-cnotin", BIN | COMPARE | CASE;
    Csplit = 91, "-csplit", BIN | UN | COMPARE | CASE | RESTRICTED;
    Is = 92, "-is", BIN | COMPARE;
    IsNot = 93, "-isnot", BIN | COMPARE;
    As = 94, "-as", BIN | COMPARE | RESTRICTED;
    PostfixPlusPlus = 95, "++", UN | PREPOST | RESTRICTED;
    PostfixMinusMinus = 96, "--", UN | PREPOST | RESTRICTED;
    Shl = 97, "-shl", BIN | COMPARE | FOLD;
    Shr = 98, "-shr", BIN | COMPARE | FOLD;
    Colon = 99, ":", SPECIAL | RESTRICTED;
    QuestionMark = 100, "?", TERNARY | RESTRICTED;
    QuestionQuestionEquals = 101, "??=", ASSIGN;
    QuestionQuestion = 102, "??", BIN | COALESCE;
    QuestionDot = 103, "?.", SPECIAL | RESTRICTED;
    QuestionLBracket = 104, "?[", NONE;
    Begin = 119, "begin", KEYWORD | BLOCK;
    Break = 120, "break", KEYWORD | NOATTR;
    Catch = 121, "catch", KEYWORD;
    Class = 122, "class", KEYWORD;
    Continue = 123, "continue", KEYWORD | NOATTR;
    Data = 124, "data", KEYWORD | NOATTR;
    Define = 125, "define", KEYWORD | NOATTR;
    Do = 126, "do", KEYWORD | NOATTR;
    Dynamicparam = 127, "dynamicparam", KEYWORD | BLOCK;
    Else = 128, "else", KEYWORD;
    ElseIf = 129, "elseif", KEYWORD;
    End = 130, "end", KEYWORD | BLOCK;
    Exit = 131, "exit", KEYWORD | NOATTR;
    Filter = 132, "filter", KEYWORD | NOATTR;
    Finally = 133, "finally", KEYWORD;
    For = 134, "for", KEYWORD | NOATTR;
    Foreach = 135, "foreach", KEYWORD | NOATTR;
    From = 136, "from", KEYWORD | NOATTR;
    Function = 137, "function", KEYWORD | NOATTR;
    If = 138, "if", KEYWORD | NOATTR;
    In = 139, "in", KEYWORD;
    Param = 140, "param", KEYWORD;
    Process = 141, "process", KEYWORD | BLOCK;
    Return = 142, "return", KEYWORD | NOATTR;
    Switch = 143, "switch", KEYWORD | NOATTR;
    Throw = 144, "throw", KEYWORD | NOATTR;
    Trap = 145, "trap", KEYWORD | NOATTR;
    Try = 146, "try", KEYWORD | NOATTR;
    Until = 147, "until", KEYWORD;
    Using = 148, "using", KEYWORD | NOATTR;
    Var = 149, "var", KEYWORD | NOATTR;
    While = 150, "while", KEYWORD | NOATTR;
    Workflow = 151, "workflow", KEYWORD | NOATTR;
    Parallel = 152, "parallel", KEYWORD | NOATTR;
    Sequence = 153, "sequence", KEYWORD | NOATTR;
    InlineScript = 154, "inlinescript", KEYWORD | NOATTR;
    Configuration = 155, "configuration", KEYWORD;
    DynamicKeyword = 156, "", KEYWORD;
    Public = 157, "public", KEYWORD;
    Private = 158, "private", KEYWORD;
    Static = 159, "static", KEYWORD;
    Interface = 160, "interface", KEYWORD;
    Enum = 161, "enum", KEYWORD;
    Namespace = 162, "namespace", KEYWORD;
    Module = 163, "module", KEYWORD;
    Type = 164, "type", KEYWORD;
    Assembly = 165, "assembly", KEYWORD;
    Command = 166, "command", KEYWORD;
    Hidden = 167, "hidden", KEYWORD;
    Base = 168, "base", KEYWORD;
    Default = 169, "default", KEYWORD;
    Clean = 170, "clean", KEYWORD | BLOCK;
}

impl TokenKind {
    pub const fn has(self, flags: TokenFlags) -> bool {
        self.traits().has(flags)
    }

    /// How tightly a binary operator binds; 0 for other kinds.
    pub const fn binary_precedence(self) -> u32 {
        self.traits().0 & 0xf
    }
}

/// The keyword that a word is, whatever its case.
pub fn keyword(word: &[u8]) -> Option<TokenKind> {
    use TokenKind::*;
    let mut lower = [0; 13];
    Some(match lowercase(word, &mut lower)? {
        b"elseif" => ElseIf,
        b"if" => If,
        b"else" => Else,
        b"switch" => Switch,
        b"foreach" => Foreach,
        b"from" => From,
        b"in" => In,
        b"for" => For,
        b"while" => While,
        b"until" => Until,
        b"do" => Do,
        b"try" => Try,
        b"catch" => Catch,
        b"finally" => Finally,
        b"trap" => Trap,
        b"data" => Data,
        b"return" => Return,
        b"continue" => Continue,
        b"break" => Break,
        b"exit" => Exit,
        b"throw" => Throw,
        b"begin" => Begin,
        b"process" => Process,
        b"end" => End,
        b"dynamicparam" => Dynamicparam,
        b"function" => Function,
        b"filter" => Filter,
        b"param" => Param,
        b"class" => Class,
        b"define" => Define,
        b"var" => Var,
        b"using" => Using,
        b"workflow" => Workflow,
        b"parallel" => Parallel,
        b"sequence" => Sequence,
        b"inlinescript" => InlineScript,
        b"configuration" => Configuration,
        b"public" => Public,
        b"private" => Private,
        b"static" => Static,
        b"interface" => Interface,
        b"enum" => Enum,
        b"namespace" => Namespace,
        b"module" => Module,
        b"type" => Type,
        b"assembly" => Assembly,
        b"command" => Command,
        b"hidden" => Hidden,
        b"base" => Base,
        b"default" => Default,
        b"clean" => Clean,
        _ => return None,
    })
}

/// The operator that a word behind a dash is, whatever its case.
pub fn dash_operator(word: &[u8]) -> Option<TokenKind> {
    use TokenKind::*;
    let mut lower = [0; 13];
    Some(match lowercase(word, &mut lower)? {
        b"bnot" => Bnot,
        b"not" => Not,
        b"eq" | b"ieq" => Ieq,
        b"ceq" => Ceq,
        b"ne" | b"ine" => Ine,
        b"cne" => Cne,
        b"ge" | b"ige" => Ige,
        b"cge" => Cge,
        b"gt" | b"igt" => Igt,
        b"cgt" => Cgt,
        b"lt" | b"ilt" => Ilt,
        b"clt" => Clt,
        b"le" | b"ile" => Ile,
        b"cle" => Cle,
        b"like" | b"ilike" => Ilike,
        b"clike" => Clike,
        b"notlike" | b"inotlike" => Inotlike,
        b"cnotlike" => Cnotlike,
        b"match" | b"imatch" => Imatch,
        b"cmatch" => Cmatch,
        b"notmatch" | b"inotmatch" => Inotmatch,
        b"cnotmatch" => Cnotmatch,
        b"replace" | b"ireplace" => Ireplace,
        b"creplace" => Creplace,
        b"contains" | b"icontains" => Icontains,
        b"ccontains" => Ccontains,
        b"notcontains" | b"inotcontains" => Inotcontains,
        b"cnotcontains" => Cnotcontains,
        b"in" | b"iin" => Iin,
        b"cin" => Cin,
        b"notin" | b"inotin" => Inotin,
        b"cnotin" => Cnotin,
        b"split" | b"isplit" => Isplit,
        b"csplit" => Csplit,
        b"isnot" => IsNot,
        b"is" => Is,
        b"as" => As,
        b"f" => Format,
        b"and" => And,
        b"band" => Band,
        b"or" => Or,
        b"bor" => Bor,
        b"xor" => Xor,
        b"bxor" => Bxor,
        b"join" => Join,
        b"shl" => Shl,
        b"shr" => Shr,
        _ => return None,
    })
}

fn lowercase<'a>(word: &[u8], buffer: &'a mut [u8; 13]) -> Option<&'a [u8]> {
    let buffer = buffer.get_mut(..word.len())?;
    buffer.copy_from_slice(word);
    buffer.make_ascii_lowercase();
    Some(buffer)
}

/// The kind of an operator's token by its text, `-eq`, `+=`, `&&`.
pub fn operator_kind(text: &str) -> Option<TokenKind> {
    use TokenKind::*;
    let mut chars = text.chars();
    if chars.next().is_some_and(crate::chars::is_dash)
        && let Some(kind) = dash_operator(chars.as_str().as_bytes())
    {
        return Some(kind);
    }
    let all = [
        Multiply,
        Divide,
        Rem,
        Plus,
        Minus,
        DotDot,
        QuestionQuestion,
        AndAnd,
        OrOr,
        Equals,
        PlusEquals,
        MinusEquals,
        MultiplyEquals,
        DivideEquals,
        RemainderEquals,
        QuestionQuestionEquals,
    ];
    let plain: String = text.chars().map(|c| if crate::chars::is_dash(c) { '-' } else { c }).collect();
    all.into_iter().find(|kind| kind.text() == plain)
}

/// The kind that a unary operator's node shows.
pub fn unary_kind(operator: crate::ast::UnaryOperator) -> TokenKind {
    use crate::ast::{Case, UnaryOperator};
    match operator {
        UnaryOperator::Plus => TokenKind::Plus,
        UnaryOperator::Minus => TokenKind::Minus,
        UnaryOperator::Not => TokenKind::Not,
        UnaryOperator::Exclaim => TokenKind::Exclaim,
        UnaryOperator::Bnot => TokenKind::Bnot,
        UnaryOperator::Join => TokenKind::Join,
        UnaryOperator::Split(Case::Insensitive) => TokenKind::Isplit,
        UnaryOperator::Split(Case::Sensitive) => TokenKind::Csplit,
        UnaryOperator::Comma => TokenKind::Comma,
        UnaryOperator::PreIncrement => TokenKind::PlusPlus,
        UnaryOperator::PreDecrement => TokenKind::MinusMinus,
        UnaryOperator::PostIncrement => TokenKind::PostfixPlusPlus,
        UnaryOperator::PostDecrement => TokenKind::PostfixMinusMinus,
    }
}
