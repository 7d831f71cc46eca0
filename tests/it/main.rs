//! Integration tests.

mod collector;
mod ingest;
mod outbox;
mod resend;
mod schemas;
mod support;
