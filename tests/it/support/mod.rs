//! Builders and harnesses that tests share.

pub mod answers;
pub mod apart;
pub mod examples;
pub mod image;
pub mod journal;
pub mod network;
pub mod raw;
pub mod run;
pub mod trust;
pub mod upstream;
pub mod window;
