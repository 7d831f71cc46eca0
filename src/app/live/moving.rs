//! Where things of one snapshot of a run are in the next.

use crate::app::item::Item;
use crate::model::id::SessionId;
use crate::rules::finding::{Counts, Finding};
use crate::rules::selection::Exception;
use crate::store::loaded::LoadedCapture;

pub(super) fn counts(loaded: &LoadedCapture, session: SessionId) -> Option<Counts> {
    loaded.judged.as_ref().map(|judged| judged.counts(session))
}

/// True when rows only came behind those that were there: every number of before holds.
pub(super) fn is_continued(before: &LoadedCapture, after: &LoadedCapture) -> bool {
    let (Some(before), Some(after)) = (&before.growth, &after.growth) else { return false };
    after.numbering == before.numbering && after.keys.starts_with(&before.keys)
}

/// The session that was shown in the snapshot before, in the next one.
pub(super) fn moved_session(
    before: &LoadedCapture,
    after: &LoadedCapture,
    session: SessionId,
    same_rows: bool,
) -> Option<SessionId> {
    if same_rows {
        return Some(session);
    }
    after.growth.as_ref()?.session(before.growth.as_ref()?.key(session)?)
}

/// What was selected in the snapshot before, in the next one.
pub(super) fn moved_item(
    before: &LoadedCapture,
    after: &LoadedCapture,
    item: Item,
    same_rows: bool,
) -> Option<Item> {
    let session_of = |session: SessionId| moved_session(before, after, session, same_rows);
    match item {
        Item::Finding(id, number) => match moved_finding(before, after, number) {
            Some(number) => Some(Item::Finding(id, number)),
            None => {
                let session = before.judged.as_ref()?.finding(number)?.session?;
                Some(Item::Session(id, session_of(session)?))
            }
        },
        same if same_rows => Some(same),
        Item::Capture(id) => Some(Item::Capture(id)),
        Item::Session(id, session) => Some(Item::Session(id, session_of(session)?)),
        Item::Event(id, event) => {
            let session = before.capture.event(event)?.session()?;
            let arrival = before.places.arrival(event)?;
            let moved = after.capture.session(session_of(session)?)?;
            Some(Item::Event(id, *moved.by_arrival.get(arrival as usize)?))
        }
        Item::Exchange(id, exchange) => {
            let session = before.capture.exchange(exchange)?.session()?;
            let of_session = &before.capture.session(session)?.exchanges;
            let at = of_session.iter().position(|known| *known == exchange)?;
            let moved = after.capture.session(session_of(session)?)?;
            Some(Item::Exchange(id, *moved.exchanges.get(at)?))
        }
    }
}

/// The finding with the same words at the same place.
pub(super) fn moved_finding(before: &LoadedCapture, after: &LoadedCapture, number: u32) -> Option<u32> {
    let (old, new) = (before.judged.as_ref()?, after.judged.as_ref()?);
    let finding = old.finding(number)?;
    let place = Exception::of(finding);
    let is_same = |other: &Finding| other.message == finding.message && Exception::of(other) == place;
    // Most often it has not moved far.
    let at = new.findings().iter().position(is_same)?;
    u32::try_from(at).ok()
}
