//! One event against the JSON Schema of its type.
//!
//! Adobe's own schemas are not public. The files in `schemas/events` are this project's
//! reconstruction (`schemas/SOURCES.md`); they are the set `documented`. The two other sets are
//! derived from them in code ([`catalog`]). Nothing is ever fetched.
//!
//! | Module | Holds |
//! |---|---|
//! | [`catalog`] | the embedded files, the derived sets, the compiled validators |
//! | [`validate`] | event → violations with JSON pointers |
//! | [`user`] | the user's own schemas and tracking plan |
//! | [`plan`] | what a tracking plan wants of a key |

pub mod catalog;
pub mod plan;
pub mod user;
pub mod validate;

pub use catalog::{served, text};
pub use validate::{Violation, ViolationKind, accepts, check};
