//! Playtrace: inspector and debugger for Adobe Media Collection API v1 traffic.
//!
//! A player reports a viewing session as a series of small JSON events. A *sessions request* opens it and
//! returns a session id in `Location`, *events requests* carry the rest, or one *downloaded* request carries
//! all of it as an array. Playtrace takes captured traffic, rebuilds the sessions, says what is wrong and what
//! it costs, shows it on time axes, and sends corrected batches again.
//!
//! **Three clocks**, never mixed: when a request was *received*, the client's `ts`, the media `playhead`.
//! Most bugs are disagreements between two of them.
//!
//! ```text
//!            files, stdin            players on the network
//!                 │                           │
//!              ingest                     collector ──┐
//!                 │  Exchange, Event          │       │
//!                 ▼                           ▼       │ Update
//!   ┌───────────────────────────────────────────┐     │
//!   │ app::State   (pure: apply, absorb)        │◄────┤
//!   │   store · selection · findings · metrics  │     │
//!   └───────┬──────────────────────────▲────────┘     │
//!   reads   │                          │ Command      │
//!           ▼                          │              │
//!          ui  ────────────────────────┘              │
//!                                                     │
//!   State returns Effects ──► engine ── rules, files, outbox, collector
//! ```
//!
//! `Command` is what someone wants, `Update` what has happened outside, `Effect` what we ask the outside to do;
//! the word *event* belongs to the media API alone. The headless path uses the same parts without `app`,
//! `engine` and `ui`: ingest → rules → report.
//!
//! Modules in reading order; lower rows know nothing of higher ones:
//!
//! | Row | Module | What |
//! |---|---|---|
//! | 0 | [`model`] | the vocabulary: bytes, events, requests, sessions, the state machine, policy |
//! | 1 | [`ingest`] | bytes → capture; never fails |
//! | 1 | [`schema`] | the compiled JSON Schemas, asked once per shape |
//! | 1 | [`metrics`] | the walk over a session, and numbers derived from it |
//! | 1 | [`rules`] | the lint engine: one file per rule, by family |
//! | 2 | [`store`] | what is loaded, with the look-ups that the window needs |
//! | 2 | [`convert`] | captures in other formats |
//! | 2 | [`redact`] | what is masked in output that is handed on |
//! | 2 | [`report`] | findings → text |
//! | 2 | [`player`] | viewings out of a seed: what a correct player sends |
//! | 2 | [`config`] | `playtrace.toml` → what to judge with |
//! | 2 | [`outbox`] | sending again: draft, refusal, plan (pure); sender, simulation (row 4) |
//! | 3 | [`app`] | the program without window and network: state, commands, updates, effects |
//! | 4 | [`files`] | the only file IO |
//! | 4 | [`engine`] | carries out effects; owns the threads of the window program |
//! | 4 | [`collector`] | the stand-in of the API |
//! | 5 | [`ui`] | the window |
//! | 5 | [`cli`] | the headless front end |
//!
//! **Invariants**, held by `tests/it/architecture.rs`: nothing below row 4 does IO or asks the time; rules never read raw
//! JSON text; captured bytes are never changed, corrections exist as drafts only.

pub mod app;
pub mod cli;
pub mod collector;
pub mod config;
pub mod convert;
pub mod engine;
pub mod files;
pub mod ingest;
pub mod metrics;
pub mod model;
pub mod outbox;
pub mod player;
pub mod redact;
pub mod report;
pub mod rules;
pub mod schema;
pub mod store;
pub mod ui;
