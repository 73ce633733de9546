//! PowerShell's own view of objects: `$x.psobject`, its member collections and PSPropertyInfo objects, PSMethod, and
//! the constructors of PSObject and its members.
mod member_info;
mod view;

use dialtone_object::TypeTable;

pub static TABLES: &[&TypeTable] = &[
    &view::MEMBER_SET,
    &view::METHOD,
    &view::SCRIPT_METHOD,
    &view::CODE_METHOD,
    &view::PARAMETERIZED,
    &view::PS_OBJECT,
    &member_info::COLLECTION,
    &member_info::NOTE,
    &member_info::ALIAS,
    &member_info::SCRIPT,
    &member_info::CODE,
    &member_info::PROPERTY,
    &member_info::SCRIPT_METHOD,
    &member_info::PROPERTY_SET,
];
