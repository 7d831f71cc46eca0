//! The panels of the window, one file each.

pub mod capture;
mod capture_form;
pub mod compare;
mod event_context;
pub mod event_detail;
pub mod event_table;
pub mod exchange_view;
pub mod explain;
mod field;
mod filter_field;
pub mod findings;
pub mod fix;
pub mod help;
pub mod measure;
pub mod mending;
pub mod menu_bar;
pub mod outbox;
pub mod path_field;
pub mod raw_view;
mod schema_view;
mod search_field;
pub mod session_list;
pub mod settings;
pub mod status_bar;
pub mod toolbar;
pub mod welcome;
