//! Integration tests.

#![expect(clippy::disallowed_methods, reason = "waiting for a condition until a deadline needs a clock")]
#![expect(clippy::print_stdout, reason = "a test that fails shows its seed")]

mod ads;
mod architecture;
mod authority;
mod blameless;
mod cli;
mod clients;
mod collector;
mod convert;
mod decisions;
mod delay;
mod docs;
mod engine;
mod faults;
mod fixes;
mod growing;
mod history;
mod ingest;
mod injected;
mod journal;
mod lanes;
mod languages;
mod licenses;
mod literals;
mod live;
mod outbox;
mod passing;
mod playbook;
mod plot;
mod policy;
mod properties;
mod query;
mod registry;
mod reports;
mod resend;
mod rules;
mod schemas;
mod serving;
mod silent;
mod simulate;
mod story;
mod support;
mod text_formats;
mod time;
mod transport;
mod ui;
mod ui_commands;
mod ui_detail;
mod ui_path;
mod ui_settings;
mod ui_story;
mod ui_table;
mod verdicts;
mod viewings;
