//! Playtrace: inspector and debugger for Adobe Media Collection API v1 traffic.

pub mod model;
pub mod schema;
