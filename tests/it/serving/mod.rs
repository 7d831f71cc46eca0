//! The collector's server: what it bears from clients that are wrong, slow, many or malicious.

mod bad_input;
mod codings;
mod connections;
mod protocols;
mod stopping;
