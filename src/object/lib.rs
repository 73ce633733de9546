//! Values of the language: scalars, strings, collections, PSObject, types, conversion, comparison, number and date formatting.
