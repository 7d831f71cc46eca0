//! Family H, transport: status codes, headers, endpoint.

use super::rule::Rule;
use crate::model::capture::Capture;
use crate::model::exchange::Endpoint;
use crate::model::session::Session;

/// The rules of the family, by code.
pub static RULES: &[&Rule] = &[];

/// True when the answer to the batch, or to every attempt to open the session, was a recorded 400.
#[must_use]
pub fn start_was_refused(capture: &Capture, session: &Session) -> bool {
    let opening = session.exchanges.iter().filter_map(|id| capture.exchange(*id));
    let mut answers =
        opening.filter(|exchange| exchange.endpoint() != Endpoint::Events).map(|exchange| exchange.status());
    let first = answers.next();
    first == Some(Some(400)) && answers.all(|status| status == Some(400))
}
