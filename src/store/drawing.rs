//! The drawing of a session with the findings that the rules made of it.

use super::judged::{Judged, Scope};
use super::loaded::LoadedCapture;
use crate::metrics::drawing::{Drawing, Mark};
use crate::model::id::{EventId, SessionId};
use crate::rules::finding::Finding;
use crate::rules::rule::Family;

/// What timeline and clock plot draw of a session; linear in its events. `None` until the rules have spoken.
#[must_use]
pub fn drawing(loaded: &LoadedCapture, session: SessionId) -> Option<Drawing> {
    let judged = loaded.judged.as_ref()?;
    let origin = loaded.places.times(session).origin;
    let marks = marks(loaded, judged, session);
    let shown = loaded.capture.session(session)?;
    Some(Drawing::of(
        &loaded.capture,
        shown,
        judged.lanes(session)?,
        origin,
        &marks,
        &judged.settings().policy,
        &judged.settings().numbers,
    ))
}

fn marks(loaded: &LoadedCapture, judged: &Judged, session: SessionId) -> Vec<Mark> {
    let list = judged.list(Scope::Session(session), |_| true);
    let numbers = (0..list.len()).filter_map(|row| list.get(row));
    let mark = |number| {
        let finding = judged.finding(number)?;
        Some(Mark {
            event: finding.event.or_else(|| carried(loaded, finding)),
            rank: finding.severity as u8,
            number,
            name: finding.rule.meta.name,
            on_clock: matches!(finding.rule.meta.family, Family::Time | Family::Ordering),
        })
    };
    numbers.filter_map(mark).collect()
}

/// The first event of the request that a finding is about.
fn carried(loaded: &LoadedCapture, finding: &Finding) -> Option<EventId> {
    loaded.capture.exchange(finding.exchange?)?.events().next()
}
