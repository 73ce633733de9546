//! DateTime, TimeSpan, DateTimeOffset: member tables over `object::time` (being written by the text room, 18:50 UTC).
