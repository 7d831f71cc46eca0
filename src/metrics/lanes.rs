//! The one walk over a session in its judged order: where it stands after each event, what was odd,
//! and the phases that the timeline draws.
//!
//! Positions count in the judged order ([`Lanes::judged`]). Open phases have no end.

use crate::model::capture::Capture;
use crate::model::event_type::{EventGroup, EventType};
use crate::model::id::EventId;
use crate::model::machine::{self, Context, Input, Oddity, OddityKind, Playback, is_soon};
use crate::model::numbers::Numbers;
use crate::model::policy::Policy;
use crate::model::session::{Ending, Mode, Session};
use crate::model::table::Event;

use super::ties::{self, SettledTie};

/// A stretch of one playback state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlaybackPhase {
    /// The state.
    pub playback: Playback,
    /// Position of the event that begins it.
    pub start: u32,
    /// Position of the event that ends it.
    pub end: Option<u32>,
}

/// How an ad ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AdOutcome {
    /// `adComplete`.
    Completed,
    /// `adSkip`.
    Skipped,
    /// Another event closed it (A003), or the session ended in it.
    LeftOpen,
}

/// One ad, in a break or astray (A001).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ad {
    /// Position of `adStart`.
    pub start: u32,
    /// Position of the event that ends it.
    pub end: Option<u32>,
    /// How it ended.
    pub outcome: AdOutcome,
    /// Number of its break in [`Lanes::breaks`], `None` when astray.
    pub ad_break: Option<u32>,
}

/// One ad break.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AdBreak {
    /// Position of `adBreakStart`.
    pub start: u32,
    /// Position of `adBreakComplete`, or of the event with which it is taken to have ended.
    pub end: Option<u32>,
    /// True when `adBreakComplete` was sent.
    pub completed: bool,
}

/// One chapter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chapter {
    /// Position of `chapterStart`.
    pub start: u32,
    /// Position of the event that ends it.
    pub end: Option<u32>,
    /// True when it was left early (`chapterSkip`).
    pub skipped: bool,
}

/// A stretch in which a player state is active.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatePhase {
    /// Name as first sent.
    pub name: String,
    /// Position of the event that begins it.
    pub start: u32,
    /// Position of the event that ends it.
    pub end: Option<u32>,
}

/// What the walk over a session yields.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Lanes {
    /// Positions in `Session::by_arrival` in the judged order, where ties were settled otherwise than by their
    /// arrival (O011); `None` when it is the session's own.
    pub order: Option<Vec<u32>>,
    /// Those ties, in order.
    pub settled_ties: Vec<SettledTie>,
    /// Where the session stands after each event, by position.
    pub contexts: Vec<Context>,
    /// What was odd, by position; what was never closed comes last.
    pub oddities: Vec<Oddity>,
    /// Playback states, in order, without gaps.
    pub playback: Vec<PlaybackPhase>,
    /// Ad breaks in order.
    pub breaks: Vec<AdBreak>,
    /// Ads in order.
    pub ads: Vec<Ad>,
    /// Chapters in order.
    pub chapters: Vec<Chapter>,
    /// Player states in order of their start.
    pub player_states: Vec<StatePhase>,
    /// Positions of the events about player states.
    pub state_events: Vec<u32>,
}

impl Lanes {
    /// Walks over a session in its judged order: by `ts`, ties by arrival, or where that is illegal in the nearest
    /// order that is legal.
    #[must_use]
    pub fn of(capture: &Capture, session: &Session, policy: &Policy, numbers: &Numbers) -> Lanes {
        let start = || machine::State::new(policy.state_spelling, numbers, session.begins_late);
        let lanes = Lanes::in_order(capture, session, Lanes::default(), start());
        if session.mode != Mode::Online || !ties::is_undecided(capture, session, &lanes) {
            return lanes;
        }
        let broken_ends = broken_break_ends(capture, session, &lanes);
        let known = ties::Known::of(capture, session, &lanes, &broken_ends);
        let Some(settled) = ties::settle(capture, session, start(), &known) else { return lanes };
        let ordered = Lanes { order: Some(settled.order), settled_ties: settled.ties, ..Lanes::default() };
        Lanes::in_order(capture, session, ordered, start())
    }

    /// Walks over a session in the order of `lanes`, and fills in the rest of them.
    fn in_order(capture: &Capture, session: &Session, lanes: Lanes, start: machine::State) -> Lanes {
        let broken_ends = broken_break_ends(capture, session, &lanes);
        let mut walk = Walk { lanes, state: start, open_states: Vec::new() };
        walk.lanes.contexts.reserve_exact(session.len());
        let mut broken = broken_ends.iter().copied().peekable();
        for at in 0..u32::try_from(session.len()).unwrap_or(u32::MAX) {
            let Some(id) = walk.lanes.judged(session, at) else { continue };
            let ends_broken_break = broken.next_if_eq(&at).is_some();
            walk.take(capture, at, id, ends_broken_break);
        }
        machine::finish(&walk.state, &mut walk.lanes.oddities);
        walk.lanes
    }

    /// The event at a position of the judged order. `session` is the one that the lanes were made of.
    #[must_use]
    pub fn judged(&self, session: &Session, position: u32) -> Option<EventId> {
        match &self.order {
            Some(order) => session.by_arrival.get(*order.get(position as usize)? as usize).copied(),
            None => session.judged(position as usize),
        }
    }

    /// Events in the judged order.
    pub fn in_judged_order<'a>(&'a self, session: &'a Session) -> impl Iterator<Item = EventId> + 'a {
        let n = u32::try_from(session.len()).unwrap_or(u32::MAX);
        (0..n).filter_map(|position| self.judged(session, position))
    }

    /// The index by arrival of the event at a position of the judged order.
    #[must_use]
    pub fn arrival_index(&self, session: &Session, position: u32) -> usize {
        let position = position as usize;
        match &self.order {
            Some(order) => order.get(position).map_or(position, |index| *index as usize),
            None => session.arrival_index(position),
        }
    }

    /// Where the session stands before the event at `position`.
    #[must_use]
    pub fn before(&self, position: u32) -> Context {
        let index = position.checked_sub(1).map(|before| before as usize);
        index.and_then(|index| self.contexts.get(index)).copied().unwrap_or_default()
    }

    /// Where the session stands after the event at `position`.
    #[must_use]
    pub fn after(&self, position: u32) -> Context {
        self.contexts.get(position as usize).copied().unwrap_or_default()
    }

    /// The oddities of one kind, in order.
    pub fn odd(&self, kind: OddityKind) -> impl Iterator<Item = &Oddity> {
        self.oddities.iter().filter(move |odd| odd.kind == kind)
    }
}

struct Walk {
    lanes: Lanes,
    state: machine::State,
    /// By number of the player state: its open phase.
    open_states: Vec<Option<usize>>,
}

impl Walk {
    fn take(&mut self, capture: &Capture, at: u32, id: EventId, ends_broken_break: bool) {
        let Some(event) = capture.event(id) else { return };
        let event_type = event.event_type();
        let before = self.lanes.before(at);
        let open_ad = self.state.open_ad();
        let taken = step_event(&mut self.state, capture, at, id, ends_broken_break, &mut self.lanes.oddities);
        let after = self.state.context();
        self.lanes.contexts.push(after);
        if at == 0 || before.playback() != after.playback() {
            self.playback(at, after.playback());
        }
        // Nothing begins or ends with a copy.
        self.phases(at, event_type.filter(|_| taken), before, open_ad);
        if event_type.is_some_and(is_state_event) {
            self.lanes.state_events.push(at);
            self.player_states(at);
        }
    }

    fn playback(&mut self, at: u32, playback: Playback) {
        if let Some(last) = self.lanes.playback.last_mut() {
            last.end = Some(at);
        }
        self.lanes.playback.push(PlaybackPhase { playback, start: at, end: None });
    }

    fn phases(&mut self, at: u32, event_type: Option<EventType>, before: Context, open_ad: Option<u32>) {
        let after = self.state.context();
        if self.state.open_ad() != open_ad {
            self.ad(at, event_type, open_ad);
        }
        if event_type == Some(EventType::AdBreakStart) || before.in_break() && !after.in_break() {
            self.ad_break(at, event_type);
        }
        match event_type {
            Some(EventType::ChapterStart) => {
                self.close_chapter(at, true);
                self.lanes.chapters.push(Chapter { start: at, end: None, skipped: false });
            }
            Some(EventType::ChapterComplete) => self.close_chapter(at, false),
            Some(EventType::ChapterSkip) => self.close_chapter(at, true),
            _ => {}
        }
    }

    fn ad(&mut self, at: u32, event_type: Option<EventType>, was_open: Option<u32>) {
        if let (Some(_), Some(ad)) = (was_open, self.lanes.ads.last_mut()) {
            ad.end = Some(at);
            ad.outcome = match event_type {
                Some(EventType::AdComplete) => AdOutcome::Completed,
                Some(EventType::AdSkip) => AdOutcome::Skipped,
                _ => AdOutcome::LeftOpen,
            };
        }
        if event_type == Some(EventType::AdStart) {
            let in_break = self.state.context().in_break();
            let number = u32::try_from(self.lanes.breaks.len()).unwrap_or(u32::MAX).checked_sub(1);
            let ad_break = number.filter(|_| in_break);
            self.lanes.ads.push(Ad { start: at, end: None, outcome: AdOutcome::LeftOpen, ad_break });
        }
    }

    fn ad_break(&mut self, at: u32, event_type: Option<EventType>) {
        if let Some(open) = self.lanes.breaks.last_mut().filter(|open| open.end.is_none()) {
            open.end = Some(at);
            open.completed = event_type == Some(EventType::AdBreakComplete);
        }
        if event_type == Some(EventType::AdBreakStart) {
            // One without ads that is never completed is over at once.
            let end = (!self.state.context().in_break()).then_some(at);
            self.lanes.breaks.push(AdBreak { start: at, end, completed: false });
        }
    }

    fn close_chapter(&mut self, at: u32, skipped: bool) {
        if let Some(open) = self.lanes.chapters.last_mut().filter(|open| open.end.is_none()) {
            open.end = Some(at);
            open.skipped = skipped;
        }
    }

    /// Brings the phases of player states in line with the machine.
    fn player_states(&mut self, at: u32) {
        self.open_states.resize(self.state.player_states().len(), None);
        for (known, open) in self.state.player_states().iter().zip(&mut self.open_states) {
            let phases = &mut self.lanes.player_states;
            match (open.and_then(|index| phases.get_mut(index)), known.active_since) {
                (Some(phase), None) => {
                    phase.end = Some(at);
                    *open = None;
                }
                (None, Some(start)) if start == at => {
                    *open = Some(phases.len());
                    phases.push(StatePhase { name: known.name.clone(), start, end: None });
                }
                _ => {}
            }
        }
    }
}

fn is_state_event(event_type: EventType) -> bool {
    event_type.group() == EventGroup::PlayerState
}

/// Hands an event to the machine. False when it is the copy of another one, of which nothing is made.
pub(super) fn step_event(
    state: &mut machine::State,
    capture: &Capture,
    at: u32,
    id: EventId,
    ends_broken_break: bool,
    odd: &mut Vec<Oddity>,
) -> bool {
    let Some(event) = capture.event(id) else { return true };
    let event_type = event.event_type();
    let state_changes =
        if event_type.is_some_and(is_state_event) { event.state_changes() } else { Vec::new() };
    let earlier = event_type.zip(event.ts()).and_then(|(event_type, ts)| state.may_repeat(event_type, ts));
    let input = Input {
        at,
        event: id,
        event_type,
        ts: event.ts(),
        playhead: event.playhead(),
        state_changes: &state_changes,
        repeats: earlier
            .and_then(|id| capture.event(id))
            .is_some_and(|earlier| event.has_params_of(&earlier)),
        ends_broken_break,
    };
    machine::step(state, &input, odd)
}

/// Positions at which breaks that are never completed are taken to have ended: with their last ad, a break
/// without ads at once.
///
/// A break is never completed when another one, or the session's end, comes first; one that was left inside an ad
/// does not count, nor one whose end the capture did not see.
fn broken_break_ends(capture: &Capture, session: &Session, lanes: &Lanes) -> Vec<u32> {
    let mut ends = Vec::new();
    // Where the break would end, and whether an ad is open.
    let mut open: Option<(u32, bool)> = None;
    let mut started = None;
    let is_copy = |(event, earlier): (Event<'_>, Event<'_>)| {
        event.ts().zip(earlier.ts()).is_some_and(|(ts, before)| is_soon(ts, before))
            && event.has_params_of(&earlier)
    };
    let left = |open: &mut Option<(u32, bool)>| open.take().filter(|(_, in_ad)| !in_ad).map(|(end, _)| end);
    for at in 0..u32::try_from(session.len()).unwrap_or(u32::MAX) {
        let event = lanes.judged(session, at).and_then(|id| capture.event(id));
        match (event.and_then(|event| event.event_type()), &mut open) {
            // A copy begins no other break.
            (Some(EventType::AdBreakStart), Some(_)) if event.zip(started).is_some_and(is_copy) => {}
            (Some(EventType::AdBreakStart), _) => {
                ends.extend(left(&mut open));
                (open, started) = (Some((at, false)), event);
            }
            (Some(EventType::AdBreakComplete), _) => open = None,
            (Some(EventType::AdStart), Some((_, in_ad))) => *in_ad = true,
            (Some(EventType::AdComplete | EventType::AdSkip), Some(state)) => *state = (at, false),
            _ => {}
        }
    }
    if session.ending != Ending::CutOff {
        ends.extend(left(&mut open));
    }
    ends
}
