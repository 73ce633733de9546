//! Types by name: those with tables of their own, accelerators, enums, and the many that are only known by name. The
//! lists under `data/` are sorted by lower-cased name and searched in place; a type is made when it is first named.
use dialtone_object::TypeTable;
use dialtone_object::access::typedata::BuiltinData;
use dialtone_object::types::{self, EnumInfo, TypeInfo, TypeKind, TypeProvider, TypeRef};
use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

/// `Full.Name|psName|base|kind|interfaces`: an empty psName is the full name; kinds are i(nterface), s(truct),
/// d(elegate).
static TYPES: &str = include_str!("data/types.txt");
/// `Full.Name|psName|underlying|f(lags)|Name=number ...`; of several names of one number ToString gives the first.
static ENUMS: &str = include_str!("data/enums.txt");
/// `name|Full.Name`
static ACCELERATORS: &str = include_str!("data/accelerators.txt");

/// The types of the tables by lower-cased full name.
static TABLES: LazyLock<HashMap<String, &'static TypeTable>> = LazyLock::new(|| {
    crate::FAMILIES.iter().copied().flatten().map(|t| (t.ty.full_name.to_ascii_lowercase(), *t)).collect()
});
/// Types made from the lists, and names that are known to be none.
static MADE: Mutex<Option<HashMap<String, Option<TypeRef>>>> = Mutex::new(None);

struct DotNet;

/// What the binary registers with `types::add_provider`.
pub fn provider() -> &'static dyn TypeProvider {
    &DotNet
}

impl TypeProvider for DotNet {
    fn find(&self, name: &str) -> Option<TypeRef> {
        if name.len() > 300 {
            return None;
        }
        let name = name.to_ascii_lowercase();
        let known = MADE.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_default().get(&name).copied();
        if let Some(found) = known {
            return found;
        }
        let found = named(&name).or_else(|| named(&format!("system.{name}")));
        MADE.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_default().insert(name, found);
        found
    }
    fn table(&self, ty: TypeRef) -> Option<&'static TypeTable> {
        TABLES.get(&ty.full_name.to_ascii_lowercase()).copied()
    }
    fn type_data(&self) -> Vec<&'static BuiltinData> {
        crate::TYPE_DATA.iter().copied().flatten().collect()
    }
}

/// The line of a sorted list whose first field is the name.
fn line<'a>(list: &'a str, name: &str) -> Option<&'a str> {
    let bytes = list.as_bytes();
    let (mut low, mut high) = (0, list.len());
    while low < high {
        // The start of the line that holds the middle.
        let middle = low + (high - low) / 2;
        let start = bytes[..middle].iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1).max(low);
        let end = bytes[middle..].iter().position(|b| *b == b'\n').map_or(list.len(), |at| middle + at);
        let text = &list[start..end.max(start)];
        let first = text.split('|').next().unwrap_or_default().to_ascii_lowercase();
        match first.as_str().cmp(name) {
            std::cmp::Ordering::Equal => return Some(text),
            std::cmp::Ordering::Less => low = end + 1,
            std::cmp::Ordering::Greater => high = start,
        }
    }
    None
}

/// A type by its exact (lower-cased) full name or accelerator.
fn named(name: &str) -> Option<TypeRef> {
    if let Some(table) = TABLES.get(name) {
        return Some(table.ty);
    }
    if let Some(found) = types::ALL.iter().find(|t| t.full_name.eq_ignore_ascii_case(name)) {
        return Some(found);
    }
    if let Some(found) = line(ACCELERATORS, name) {
        let full = found.split_once('|')?.1;
        return if full.eq_ignore_ascii_case(name) { None } else { types::find(full) };
    }
    // One type for all the names that mean it.
    let key = format!("={name}");
    let known = MADE.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_default().get(&key).copied();
    if let Some(known) = known {
        return known;
    }
    let made = line(ENUMS, name).and_then(make_enum).or_else(|| line(TYPES, name).and_then(make));
    MADE.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_default().insert(key, made);
    made
}

fn make_enum(text: &'static str) -> Option<TypeRef> {
    let mut fields = text.split('|');
    let (full, ps, underlying, flags) = (fields.next()?, fields.next()?, fields.next()?, fields.next()?);
    let values = fields.next()?.split(' ').filter_map(|pair| {
        let (name, number) = pair.split_once('=')?;
        let number = number.parse::<i64>().or_else(|_| number.parse::<u64>().map(|n| n as i64)).ok()?;
        Some((name.to_owned(), number))
    });
    let info = EnumInfo {
        values: values.collect(),
        flags: !flags.is_empty(),
        underlying: types::find(underlying).unwrap_or(&types::INT32),
    };
    let ty = types::leak_type(TypeInfo::new(full, ps, TypeKind::Enum, Some(&types::ENUM)));
    let _ = ty.enum_info.set(info);
    Some(ty)
}

fn make(text: &'static str) -> Option<TypeRef> {
    let mut fields = text.split('|');
    let (full, ps, base, kind) = (fields.next()?, fields.next()?, fields.next()?, fields.next()?);
    let interfaces: Vec<&'static str> = fields.next()?.split(' ').filter(|i| !i.is_empty()).collect();
    let base = if base.is_empty() { None } else { Some(types::find(base).unwrap_or(&types::OBJECT)) };
    let kind = if kind == "i" { TypeKind::Interface } else { TypeKind::Other };
    let ps = if ps.is_empty() { full } else { ps };
    let ty = types::leak_type(TypeInfo::new(full, ps, kind, base).with_interfaces(interfaces.leak()));
    Some(ty)
}

/// A class that is only a name under a known one (enumerators, views); made once.
pub fn made(name: &str, base: TypeRef) -> TypeRef {
    let key = format!("{name}|");
    let mut table = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    let slot = table.get_or_insert_default().entry(key).or_insert_with(|| {
        let name: &'static str = name.to_owned().leak();
        Some(types::leak_type(TypeInfo::new(name, name, TypeKind::Other, Some(base)).with_interfaces(base.interfaces)))
    });
    slot.unwrap_or(base)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_sorted() {
        for list in [TYPES, ENUMS, ACCELERATORS] {
            let names: Vec<_> = list.lines().map(|l| l.split('|').next().unwrap_or("").to_ascii_lowercase()).collect();
            for name in &names {
                assert!(line(list, name).is_some(), "{name}");
            }
        }
    }

    #[test]
    fn finds() {
        types::add_provider(provider());
        let day = types::find("dayofweek").expect("an enum");
        assert_eq!(day.full_name, "System.DayOfWeek");
        assert_eq!(types::find("pscredential").map(|t| t.full_name), Some("System.Management.Automation.PSCredential"));
        assert_eq!(types::find("no.such"), None);
        let e = types::find("System.ArgumentNullException").expect("known");
        assert!(e.is_subclass_of(&types::EXCEPTION));
    }
}
