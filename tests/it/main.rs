//! Integration tests.

mod collector;
mod outbox;
mod ingest;
mod schemas;
mod support;
