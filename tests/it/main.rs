//! Integration tests.

#![expect(clippy::disallowed_methods, reason = "waiting for a condition until a deadline needs a clock")]

mod collector;
mod ingest;
mod licenses;
mod outbox;
mod resend;
mod schemas;
mod support;
mod time;
