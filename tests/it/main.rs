//! Integration tests.

mod collector;
mod ingest;
mod licenses;
mod outbox;
mod resend;
mod schemas;
mod support;
