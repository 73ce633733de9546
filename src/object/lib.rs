//! Values of the language: scalars, strings, collections, PSObject, types, errors, member tables, and the rules over
//! them (conversion, comparison, text). Knows nothing of the engine but the small trait [`Runtime`].
pub mod access;
pub mod arith;
pub mod bigint;
pub mod bits;
pub mod collections;
pub mod compare;
pub mod convert;
pub mod dict;
pub mod enums;
pub mod error;
pub mod member;
pub mod membership;
pub mod meta;
pub mod operators;
pub mod psobject;
pub mod runtime;
pub mod string;
pub mod text_operators;
pub mod types;
pub mod value;

pub use bigint::BigInteger;
pub use collections::{Array, List, ListKind};
pub use dict::{Comparer, Dict, DictKind, Dictionary};
pub use enums::EnumValue;
pub use error::{ErrorCategory, ErrorRecord, Exception, Flow, FlowKind, InvocationInfo, Res, ScriptPosition};
pub use member::{MemberKind, NetObject, Overload, Prop, TypeTable};
pub use meta::{CommandMeta, ParamMeta, ParamSet, Validation};
pub use operators::{BinaryOp, UnaryOp};
pub use psobject::{Member, Members, PSObject, Shape, Wrapped};
pub use runtime::{Runtime, Stream};
pub use string::PsString;
pub use types::{TypeInfo, TypeKind, TypeRef};
pub use value::{Obj, Value};
