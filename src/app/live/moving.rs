//! Where things of one snapshot of a run are in the next.

use crate::app::State;
use crate::app::compare::Subject;
use crate::app::effect::Effects;
use crate::app::item::Item;
use crate::model::id::{ExchangeId, SessionId};
use crate::rules::finding::{Counts, Finding};
use crate::rules::selection::Exception;
use crate::store::finding_rows::GroupKey;
use crate::store::loaded::{CaptureId, LoadedCapture};
use crate::store::project::{Ignored, Project, SavedDraft, SavedMark, What};

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

/// What was decided about a session that is set aside goes by a number from here on, made of its key: it is found again
/// when the session comes back.
const ASIDE: u32 = 1 << 31;

/// Two snapshots of a run whose sessions have other numbers in the second.
#[derive(Clone, Copy)]
pub(in crate::app) struct Renumbered<'a> {
    pub(super) before: &'a LoadedCapture,
    pub(super) after: &'a LoadedCapture,
}

impl Renumbered<'_> {
    /// A session by its number from now on, which may be one of those set aside.
    pub(in crate::app) fn session(&self, session: SessionId) -> SessionId {
        let growths = self.before.growth.as_ref().zip(self.after.growth.as_ref());
        let moved = growths.and_then(|(before, after)| {
            let key = match session.0.checked_sub(ASIDE) {
                Some(key) => u64::from(key),
                None => before.key(session)?,
            };
            let aside = || Some(SessionId(ASIDE.checked_add(u32::try_from(key).ok()?)?));
            after.session(key).or_else(aside)
        });
        moved.unwrap_or(session)
    }

    /// The capture of the run.
    pub(in crate::app) fn capture(&self) -> CaptureId {
        self.after.id
    }

    /// A session of any capture by its number from now on.
    pub(in crate::app) fn subject(&self, (capture, session): Subject) -> Subject {
        (capture, if capture == self.after.id { self.session(session) } else { session })
    }

    /// What is selected of any capture from now on, `None` when it is set aside.
    pub(in crate::app) fn item(&self, item: Item) -> Option<Item> {
        let is_here = item.capture() == self.after.id;
        if is_here { moved_item(self.before, self.after, item, false) } else { Some(item) }
    }

    /// What was decided about the capture, by the numbers from now on.
    pub(in crate::app) fn decisions(
        &self,
        ignored: &mut [Ignored],
        drafts: &mut [SavedDraft],
        marks: &mut [SavedMark],
    ) {
        for Ignored { what, .. } in ignored {
            match what {
                What::Rule { .. } => {}
                What::Session { session } => *session = self.number(*session),
                What::Finding { session, exchange, .. } => {
                    *exchange = exchange.map(|exchange| self.exchange(*session, exchange));
                    *session = session.map(|session| self.number(session));
                }
            }
        }
        drafts.iter_mut().for_each(|draft| draft.session = self.number(draft.session));
        marks.iter_mut().for_each(|mark| mark.session = self.number(mark.session));
        marks.sort_by_key(|mark| (mark.session, mark.ts));
    }

    /// A session by its number in reports, which count from 1.
    fn number(&self, number: u32) -> u32 {
        number.checked_sub(1).map_or(number, |index| self.session(SessionId(index)).0.saturating_add(1))
    }

    /// A request by its number from now on; of a session set aside by its place in it.
    fn exchange(&self, session: Option<u32>, exchange: u32) -> u32 {
        let session = session.and_then(|number| number.checked_sub(1)).map(SessionId);
        let place = match session {
            Some(session) if session.0 >= ASIDE => Some(exchange as usize),
            _ => requests(self.before, session).iter().position(|known| known.0 == exchange),
        };
        let session = session.map(|session| self.session(session));
        let moved = place.and_then(|place| match session {
            Some(session) if session.0 >= ASIDE => u32::try_from(place).ok(),
            _ => requests(self.after, session).get(place).map(|moved| moved.0),
        });
        moved.unwrap_or(exchange)
    }
}

impl State {
    /// Whatever goes by the number of a session goes by its new one.
    pub(super) fn renumber(&mut self, renumbered: Renumbered<'_>) -> Effects {
        let capture = renumbered.capture();
        self.renumber_history(renumbered);
        self.mending.pending = self.mending.pending.map(|pending| renumbered.subject(pending));
        self.sending.subject = self.sending.subject.map(|subject| renumbered.subject(subject));
        if self.shown.is_none_or(|(shown, _)| shown == capture) {
            let moved = |key| match key {
                GroupKey::Session(Some(session)) => GroupKey::Session(Some(renumbered.session(session))),
                other => other,
            };
            self.closed_groups = std::mem::take(&mut self.closed_groups).into_iter().map(moved).collect();
        }
        let Some(Project { ignored, drafts, marks, .. }) = self.projects.get_mut(&capture) else {
            return Effects::none();
        };
        let had = ignored.clone();
        renumbered.decisions(ignored, drafts, marks);
        // The rules are told what is not to be heard of by number.
        if *ignored == had { Effects::none() } else { self.judge(capture) }
    }
}

/// The requests of a session, or those without one.
fn requests(loaded: &LoadedCapture, session: Option<SessionId>) -> Vec<ExchangeId> {
    match session {
        Some(session) => loaded.capture.session(session).map(|it| it.exchanges.clone()).unwrap_or_default(),
        None => {
            let without = loaded.capture.all_exchanges().filter(|exchange| exchange.session().is_none());
            without.map(|exchange| exchange.id).collect()
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
