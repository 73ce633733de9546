//! Collections: arrays, lists, dictionaries, sets and queues, enumerators.
mod array;
mod array_static;
mod dictionary;
mod entry;
mod enumerator;
mod list;
mod queue;
mod set;
mod sort;
mod tuple;

use dialtone_object::{Res, Runtime, TypeTable, Value, convert};

pub use entry::{TYPE_DATA as ENTRY_DATA, dictionary_entry, key_value_pair};
pub use enumerator::{View, enumerator};
pub use sort::compare_to;
pub use tuple::{TABLES as TUPLES, value_tuple};

pub static TABLES: &[&TypeTable] = &[
    &array::TABLE,
    &list::ARRAY_LIST,
    &list::LIST,
    &list::COLLECTION,
    &list::READ_ONLY,
    &list::OBSERVABLE,
    &dictionary::HASHTABLE,
    &dictionary::ORDERED,
    &dictionary::DICTIONARY,
    &dictionary::SORTED_DICTIONARY,
    &dictionary::SORTED_LIST_OF,
    &dictionary::SORTED_LIST,
    &dictionary::CONCURRENT,
    &entry::DICTIONARY_ENTRY,
    &entry::KEY_VALUE_PAIR,
    &enumerator::ENUMERATOR,
    &enumerator::VIEW,
    &set::HASH_SET,
    &set::SORTED_SET,
    &queue::QUEUE,
    &queue::QUEUE_OF,
    &queue::STACK,
    &queue::STACK_OF,
    &queue::CONCURRENT_QUEUE,
    &queue::CONCURRENT_STACK,
    &queue::CONCURRENT_BAG,
    &sort::COMPARER,
];

/// Calls a script block that stands for a delegate of one argument.
pub fn call(rt: &mut dyn Runtime, block: &Value, item: &Value) -> Res<Value> {
    rt.call_block(block, std::slice::from_ref(item), Some(item))
}
/// The answer of a predicate.
pub fn test(rt: &mut dyn Runtime, block: &Value, item: &Value) -> Res<bool> {
    Ok(convert::to_bool(&call(rt, block, item)?))
}

/// `List.IndexOf` equality: as Object.Equals.
pub fn position(items: &[Value], wanted: &Value) -> Option<usize> {
    items.iter().position(|v| dialtone_object::value::equals(v, wanted))
}
