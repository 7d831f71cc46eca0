//! Playtrace: inspector and debugger for Adobe Media Collection API v1 traffic.

pub mod collector;
pub mod model;
pub mod outbox;
pub mod schema;
