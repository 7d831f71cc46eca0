//! Exit codes, named. Of several the highest wins.

/// Nothing to complain about.
pub const CLEAN: u8 = 0;
/// A finding, a rejected session, or a request that was refused or got no answer.
pub const FINDING: u8 = 1;
/// Wrong usage or configuration, or something may not be sent.
pub const USAGE: u8 = 2;
/// An input could not be read, or held nothing of this API.
pub const INPUT: u8 = 3;
/// The program failed.
pub const INTERNAL: u8 = 4;
