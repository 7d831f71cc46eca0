//! Integration tests.

mod collector;
mod ingest;
mod outbox;
mod schemas;
mod support;
