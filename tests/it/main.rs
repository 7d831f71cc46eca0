//! Integration tests.

mod collector;
mod schemas;
mod support;
