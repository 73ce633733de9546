//! The .NET surface scripts call: one file per type family, each a table of members.
