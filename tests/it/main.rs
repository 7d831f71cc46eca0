//! Integration tests.

mod collector;
mod outbox;
mod schemas;
mod support;
