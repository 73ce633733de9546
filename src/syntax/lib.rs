//! PowerShell source text to AST: tokens, parser, parse errors.
