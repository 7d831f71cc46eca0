//! Family H, transport: status codes, headers, endpoint.

use super::rule::Rule;
use crate::model::capture::Capture;
use crate::model::exchange::{Endpoint, Exchange};
use crate::model::session::Session;

/// The rules of the family, by code.
pub static RULES: &[&Rule] = &[];

/// The requests that were sent to open the session: repeated starts, or the batch. In order of arrival.
pub(super) fn openings<'a>(
    capture: &'a Capture,
    session: &'a Session,
) -> impl Iterator<Item = Exchange<'a>> {
    let exchanges = session.exchanges.iter().filter_map(|id| capture.exchange(*id));
    exchanges.filter(|exchange| {
        matches!(exchange.endpoint(), Endpoint::Sessions | Endpoint::Downloaded)
            && exchange.method() != "OPTIONS"
    })
}

/// True when the answer to the batch, or to an attempt to open the session, was a recorded 400 and no other
/// attempt went well.
#[must_use]
pub fn start_was_refused(capture: &Capture, session: &Session) -> bool {
    let mut refused = false;
    for exchange in openings(capture, session) {
        match exchange.status() {
            Some(200..300) => return false,
            Some(400) => refused = true,
            _ => {}
        }
    }
    refused
}
