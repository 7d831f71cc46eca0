//! Sending again: draft → refusal? → plan → deliveries.
//!
//! | Module | Does |
//! |---|---|
//! | [`conversion`] | what becomes of a session when it is converted, side by side |
//! | [`diff`] | what an edit changes, line by line |
//! | [`draft`] | what is to be sent: requests or events of one session, with their origin |
//! | [`from_capture`] | sessions of a capture → what drafts are made of |
//! | [`edit`] | edits of a draft: what a fix or the user changes |
//! | [`repair`] | fixes: which there are, what they come to when the draft is judged again |
//! | [`json_text`] | places in JSON text: members, elements, the digits of `ts` |
//! | [`target`] | where to: the base address, and which hosts may be sent to |
//! | [`refusal`] | why a draft may not be sent, in words |
//! | [`path`] | paths, with room for the id that the target hands out |
//! | [`plan`] | pure: draft and options → timed sends |
//! | [`part`] | what a simulated player plays: a seed or a script → plans |
//! | [`resumption`] | how a player goes on when its session is lost, and how it takes its leave |
//! | [`sender`] | carries a plan out and reports each delivery |
//! | [`simulation`] | a player: sends parts as a client does |
//!
//! All but [`sender`] and [`simulation`] are pure. The captured bytes are never touched: a plan holds copies.

pub mod conversion;
pub mod diff;
pub mod draft;
pub mod edit;
pub mod from_capture;
pub mod json_text;
pub mod part;
pub mod path;
pub mod plan;
pub mod refusal;
pub mod repair;
pub mod resumption;
pub mod sender;
pub mod simulation;
pub mod target;
