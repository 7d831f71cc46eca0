//! Playtrace: inspector and debugger for Adobe Media Collection API v1 traffic.

pub mod cli;
pub mod collector;
pub mod files;
pub mod ingest;
pub mod metrics;
pub mod model;
pub mod outbox;
pub mod report;
pub mod rules;
pub mod schema;
pub mod ui;
