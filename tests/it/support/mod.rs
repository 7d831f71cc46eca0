//! Builders and harnesses that tests share.

pub mod network;
