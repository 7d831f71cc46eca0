//! Events as text for the clipboard: JSON, `curl` commands, the session notation.

use serde::{Deserialize, Serialize};

use super::masking::Masking;
use super::{curl, events, notation};
use crate::model::capture::Capture;
use crate::model::id::EventId;
use crate::model::session::Session;
use crate::redact::Redaction;

/// What events are copied as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum CopyForm {
    /// One event as it stands there; of several one array, an event a line.
    Json,
    /// The requests that carried them.
    Curl,
    /// The session notation.
    Notation,
}

impl CopyForm {
    /// The word for it in names of commands.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            CopyForm::Json => "json",
            CopyForm::Curl => "curl",
            CopyForm::Notation => "notation",
        }
    }
}

/// Text of events.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Copied {
    /// The text.
    pub text: String,
    /// Number of events in it; of commands their number.
    pub n: u64,
    /// Events that the form cannot hold.
    pub n_left_out: u64,
}

/// The text of events of one session, in their order.
#[must_use]
pub fn copied(
    capture: &Capture,
    session: &Session,
    chosen: &[EventId],
    form: CopyForm,
    redaction: Redaction,
) -> Copied {
    let mut masking = Masking::new(capture, redaction);
    masking.enter(Some(session.id));
    match form {
        CopyForm::Json => json(capture, chosen, &mut masking),
        CopyForm::Curl => {
            let commands = curl::commands(capture, chosen, &mut masking);
            let n = commands.len() as u64;
            Copied { text: commands.join("\n\n") + "\n", n, n_left_out: 0 }
        }
        CopyForm::Notation => {
            let notated = notation::write(capture, session, chosen, &mut masking);
            Copied { text: notated.text, n: notated.n_events, n_left_out: notated.n_left_out }
        }
    }
}

fn json(capture: &Capture, chosen: &[EventId], masking: &mut Masking<'_>) -> Copied {
    let all = || chosen.iter().filter_map(|id| capture.event(*id));
    if let (Some(event), 1) = (all().next(), chosen.len()) {
        let text = masking.body(&String::from_utf8_lossy(&event.text())).into_owned();
        return Copied { text, n: 1, n_left_out: 0 };
    }
    let mut copied = Copied { text: "[\n".to_owned(), ..Copied::default() };
    for event in all() {
        if !events::is_json(&event) {
            copied.n_left_out += 1;
            continue;
        }
        if copied.n > 0 {
            copied.text.push_str(",\n");
        }
        copied.n += 1;
        let body = masking.body(&String::from_utf8_lossy(&event.text())).into_owned();
        copied.text.push_str(&String::from_utf8_lossy(&events::one_line(&body)));
    }
    copied.text.push_str("\n]\n");
    copied
}
