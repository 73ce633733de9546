//! Names of types as written in `[...]`, and their parser.

use crate::source::Span;
use std::rc::Rc;

/// A type's name; ITypeName's implementations in PowerShell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeName {
    /// Without the enclosing brackets.
    pub span: Span,
    pub kind: TypeNameKind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TypeNameKind {
    /// `System.Int32`, perhaps with `, assembly`.
    Simple { name: Rc<str>, assembly: Option<Rc<str>> },
    /// `Dictionary[string,int]`.
    Generic { definition: Box<TypeName>, arguments: Vec<TypeName> },
    /// `int[]`, `int[,]`.
    Array { element: Box<TypeName>, rank: u32 },
}

impl TypeName {
    /// PowerShell's FullName: as written but for blanks, `Dictionary[string,int][]`, with the assembly.
    pub fn full_name(&self) -> String {
        let mut text = String::new();
        self.write(&mut text);
        text
    }

    fn write(&self, out: &mut String) {
        match &self.kind {
            TypeNameKind::Simple { name, assembly } => {
                out.push_str(name);
                if let Some(assembly) = assembly {
                    out.push_str(", ");
                    out.push_str(assembly);
                }
            }
            TypeNameKind::Generic { definition, arguments } => {
                definition.write(out);
                out.push('[');
                for (i, argument) in arguments.iter().enumerate() {
                    if i > 0 {
                        out.push(',');
                    }
                    argument.write(out);
                }
                out.push(']');
            }
            TypeNameKind::Array { element, rank } => {
                element.write(out);
                out.push('[');
                out.extend((1..*rank).map(|_| ','));
                out.push(']');
            }
        }
    }
}
