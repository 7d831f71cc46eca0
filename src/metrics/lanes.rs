//! The one walk over a session in its judged order: where it stands after each event, what was odd,
//! and the phases that the timeline draws.
//!
//! Positions count in the judged order (`Session::judged`). Open phases have no end.

use crate::model::capture::Capture;
use crate::model::event_type::{EventGroup, EventType};
use crate::model::id::EventId;
use crate::model::machine::{self, Context, Input, Oddity, OddityKind, Playback};
use crate::model::session::Session;

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
}

impl Lanes {
    /// Walks over a session in its judged order.
    #[must_use]
    pub fn of(capture: &Capture, session: &Session) -> Lanes {
        let broken_ends = broken_break_ends(capture, session);
        let mut walk = Walk { lanes: Lanes::default(), state: machine::State::default() };
        walk.lanes.contexts.reserve_exact(session.len());
        let mut broken = broken_ends.iter().copied().peekable();
        for (at, id) in (0..).zip(session.in_judged_order()) {
            let ends_broken_break = broken.next_if_eq(&at).is_some();
            walk.take(capture, at, id, ends_broken_break);
        }
        machine::finish(&walk.state, &mut walk.lanes.oddities);
        walk.lanes
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
}

impl Walk {
    fn take(&mut self, capture: &Capture, at: u32, id: EventId, ends_broken_break: bool) {
        let Some(event) = capture.event(id) else { return };
        let event_type = event.event_type();
        let is_state = event_type.is_some_and(|known| known.group() == EventGroup::PlayerState);
        let state_changes = if is_state { event.state_changes() } else { Vec::new() };
        let input = Input {
            at,
            event_type,
            ts: event.ts(),
            playhead: event.playhead(),
            state_changes: &state_changes,
            ends_broken_break,
        };
        let before = self.lanes.before(at);
        let open_ad = self.state.open_ad();
        machine::step(&mut self.state, &input, &mut self.lanes.oddities);
        let after = self.state.context();
        self.lanes.contexts.push(after);
        if at == 0 || before.playback() != after.playback() {
            self.playback(at, after.playback());
        }
        if let Some(event_type) = event_type {
            self.phases(at, event_type, before, open_ad);
        }
        if is_state {
            self.player_states(at);
        }
    }

    fn playback(&mut self, at: u32, playback: Playback) {
        if let Some(last) = self.lanes.playback.last_mut() {
            last.end = Some(at);
        }
        self.lanes.playback.push(PlaybackPhase { playback, start: at, end: None });
    }

    fn phases(&mut self, at: u32, event_type: EventType, before: Context, open_ad: Option<u32>) {
        let after = self.state.context();
        if self.state.open_ad() != open_ad {
            self.ad(at, event_type, open_ad);
        }
        if event_type == EventType::AdBreakStart || before.in_break() && !after.in_break() {
            self.ad_break(at, event_type);
        }
        match event_type {
            EventType::ChapterStart => {
                self.close_chapter(at, true);
                self.lanes.chapters.push(Chapter { start: at, end: None, skipped: false });
            }
            EventType::ChapterComplete => self.close_chapter(at, false),
            EventType::ChapterSkip => self.close_chapter(at, true),
            _ => {}
        }
    }

    fn ad(&mut self, at: u32, event_type: EventType, was_open: Option<u32>) {
        if let (Some(_), Some(ad)) = (was_open, self.lanes.ads.last_mut()) {
            ad.end = Some(at);
            ad.outcome = match event_type {
                EventType::AdComplete => AdOutcome::Completed,
                EventType::AdSkip => AdOutcome::Skipped,
                _ => AdOutcome::LeftOpen,
            };
        }
        if event_type == EventType::AdStart {
            let in_break = self.state.context().in_break();
            let number = u32::try_from(self.lanes.breaks.len()).unwrap_or(u32::MAX).checked_sub(1);
            let ad_break = number.filter(|_| in_break);
            self.lanes.ads.push(Ad { start: at, end: None, outcome: AdOutcome::LeftOpen, ad_break });
        }
    }

    fn ad_break(&mut self, at: u32, event_type: EventType) {
        if let Some(open) = self.lanes.breaks.last_mut().filter(|open| open.end.is_none()) {
            open.end = Some(at);
            open.completed = event_type == EventType::AdBreakComplete;
        }
        if event_type == EventType::AdBreakStart {
            self.lanes.breaks.push(AdBreak { start: at, end: None, completed: false });
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
        for known in self.state.player_states() {
            let phases = &mut self.lanes.player_states;
            let open = phases.iter_mut().rev().find(|phase| phase.name == known.name && phase.end.is_none());
            match (open, known.active_since) {
                (Some(open), None) => open.end = Some(at),
                (None, Some(start)) if start == at => {
                    phases.push(StatePhase { name: known.name.clone(), start, end: None });
                }
                _ => {}
            }
        }
    }
}

/// Positions at which breaks that are never completed are taken to have ended: with their last ad.
///
/// A break is never completed when another one, or the session's end, comes first; a session that was left inside
/// an ad does not count.
fn broken_break_ends(capture: &Capture, session: &Session) -> Vec<u32> {
    let mut ends = Vec::new();
    // (last ad's end, an ad is open)
    let mut open: Option<(Option<u32>, bool)> = None;
    for (at, id) in (0..).zip(session.in_judged_order()) {
        match (capture.event(id).and_then(|event| event.event_type()), &mut open) {
            (Some(EventType::AdBreakStart), _) => {
                ends.extend(open.take().and_then(|(last, _)| last));
                open = Some((None, false));
            }
            (Some(EventType::AdBreakComplete), _) => open = None,
            (Some(EventType::AdStart), Some((_, in_ad))) => *in_ad = true,
            (Some(EventType::AdComplete | EventType::AdSkip), Some(state)) => *state = (Some(at), false),
            _ => {}
        }
    }
    if let Some((Some(last), false)) = open {
        ends.push(last);
    }
    ends
}
