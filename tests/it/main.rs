//! Integration tests.

mod schemas;
