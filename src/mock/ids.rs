//! Identifiers, random and repeatable numbers, and the clock's text forms.

use std::time::{SystemTime, UNIX_EPOCH};

use jiff::Timestamp;
use ring::rand::{SecureRandom, SystemRandom};

/// The GUID that stands for "none" in the number and location services.
pub const ZERO: &str = "00000000-0000-0000-0000-000000000000";

/// A fresh random GUID.
pub fn guid() -> String {
    let mut bytes = [0u8; 16];
    random(&mut bytes);
    format_guid(bytes)
}

/// Unpredictable bytes, for identifiers and keys.
pub fn random(bytes: &mut [u8]) {
    if SystemRandom::new().fill(bytes).is_err() {
        // Without an operating system source an identifier only has to be different from the others.
        let mut sequence = Sequence::new(micros());
        bytes.fill_with(|| sequence.next() as u8);
    }
}

fn format_guid(mut b: [u8; 16]) -> String {
    b[6] = b[6] & 0x0f | 0x40;
    b[8] = b[8] & 0x3f | 0x80;
    let hex: String = b.iter().map(|x| format!("{x:02x}")).collect();
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

/// Whether a text has the form of a GUID.
pub fn is_guid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(i, b)| match i {
            8 | 13 | 18 | 23 => b == b'-',
            _ => b.is_ascii_hexdigit(),
        })
}

/// A repeatable sequence (splitmix64): equal seeds give equal tenants.
pub struct Sequence(u64);

impl Sequence {
    pub fn new(seed: u64) -> Sequence {
        Sequence(seed)
    }

    /// A sequence of its own for the `index`-th object of a kind, so that a bigger tenant starts like a smaller one.
    pub fn of(seed: u64, kind: &str, index: usize) -> Sequence {
        let mixed = kind.bytes().fold(seed ^ 0x9e37_79b9, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3));
        Sequence(mixed.wrapping_add((index as u64).wrapping_mul(0xd134_2543_de82_ef95)))
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }

    pub fn guid(&mut self) -> String {
        let mut bytes = [0u8; 16];
        bytes[..8].copy_from_slice(&self.next().to_be_bytes());
        bytes[8..].copy_from_slice(&self.next().to_be_bytes());
        format_guid(bytes)
    }
}

/// Microseconds since 1970.
pub fn micros() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_micros() as u64)
}

/// Seconds since 1970.
pub fn seconds() -> i64 {
    (micros() / 1_000_000) as i64
}

/// Now, as the services write it.
pub fn now() -> String {
    stamp(seconds())
}

/// Seconds since 1970 as `2026-11-24T17:00:00Z`.
pub fn stamp(seconds: i64) -> String {
    Timestamp::from_second(seconds).map(|t| t.to_string()).unwrap_or_default()
}
