//! Reading captures: from bytes to tables. Never fails; what cannot be read becomes a note.

pub mod notation;
