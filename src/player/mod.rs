//! Viewings out of a seed: what a correct player sends when somebody watches something.
//!
//! A [`Viewing`](viewing::Viewing) is plain data: sessions of events with their three clocks, and how they were
//! sent and answered. [`viewing::Viewing::of_seed`] makes one that uses everything the API has and the habits of
//! Adobe's SDKs (`field-problems.md` section 1); [`capture`] writes it as a capture. The same seed makes the same
//! viewing on every machine: nothing here asks for the time or for chance from outside.

pub mod capture;
pub mod habits;
mod identity;
mod opening;
pub mod random;
mod restart;
mod scenes;
mod sending;
mod stage;
pub mod viewing;
