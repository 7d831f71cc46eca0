//! The playback state machine: the only place that knows what follows what.
//!
//! [`step`] takes one event in the order in which the session is judged and says what was odd about
//! it. Rules word and grade the oddities, metrics and the window take the contexts; nobody walks the
//! events again to find out. Source of the transitions: `media-collection-api.md` section 13.

mod ads;
mod context;
mod copies;
mod player_states;

use std::collections::BTreeSet;

use super::clock::{PlayheadSecs, TsMillis};
use super::event_type::EventType;
use super::id::EventId;
use super::limits::YEAR_2000_MILLIS;
use super::numbers::Numbers;
use super::policy::StateSpelling;

pub use context::{Context, Playback};
pub use copies::is_soon;
pub use player_states::{PlayerState, StateChange, is_state_name};

/// What can be odd about a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum OddityKind {
    /// The first event is no `sessionStart`.
    FirstIsNoStart,
    /// A `sessionStart` in a running session; related: the first one.
    SecondStart,
    /// An event other than `sessionEnd` after `sessionEnd`; related: the end.
    AfterEnd,
    /// An event after 10 minutes without any; related: the last before the silence.
    AfterSilence,
    /// An event after 30 minutes without playhead movement, other than the `sessionEnd` by which a client closes
    /// the session itself; related: the last that moved.
    AfterStillPlayhead,
    /// An event after a silence that was nearly a time-out; related: the last before the silence.
    NearSilence,
    /// The first event for which a playhead has stood still for nearly so long; related: the last that moved.
    NearStillPlayhead,
    /// An event that does not belong after `sessionComplete`; related: the completion.
    AfterComplete,
    /// A ping outside a break after `sessionComplete`; related: the completion.
    PingAfterComplete,
    /// `adStart`, `adComplete` or `adSkip` outside a break.
    AdOutsideBreak,
    /// `adComplete` or `adSkip` in a break with no ad open.
    AdEndWithoutStart,
    /// `adStart` or `adBreakComplete` while an ad is open; related: that ad's start.
    AdLeftOpen,
    /// A break still open at the end of the session; at: its start.
    BreakNeverCompleted,
    /// `adBreakComplete` with no break open.
    BreakCompleteWithoutStart,
    /// `adBreakStart` while the break before was never completed; related: that one's start.
    NestedBreak,
    /// An ad event that was sent before, within 1 s and with the same `params`; related: that one.
    AdEventDoubled,
    /// A break without any ad; related: its start.
    EmptyBreak,
    /// `play` on main content before the session's first break, which stands at playhead 0; related: the break.
    PlayBeforePreRoll,
    /// `chapterStart` while one is open; related: that one's start.
    OverlappingChapters,
    /// `chapterComplete` or `chapterSkip` with none open.
    ChapterEndWithoutStart,
    /// A chapter still open at the end of the session; at: its start.
    ChapterLeftOpen,
    /// A chapter event inside a break; related: the break's start.
    ChapterEventInBreak,
    /// A player state started while active; related: its start.
    StateStartedTwice,
    /// A player state ended while not active.
    StateEndedWhileInactive,
    /// A distinct player state beyond the tenth.
    TooManyStates,
    /// A player state's name that is not 1–64 letters, digits, `_`, `.`.
    StateNameInvalid,
    /// A player state still active at the end of the session; at: its start.
    StateNeverEnded,
    /// `pauseStart` while paused; related: where the pause began.
    PauseRepeated,
    /// `bufferStart` while buffering; related: where the buffering began.
    BufferRepeated,
    /// `play`, `pauseStart` or `bufferStart` in a break but outside an ad; related: the break's start.
    PlaybackBetweenAds,
    /// `play` while playing; related: the latest event before it that said so.
    PlayRepeated,
}

/// One odd step. Positions count in the judged order of the session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Oddity {
    /// What.
    pub kind: OddityKind,
    /// The event.
    pub at: u32,
    /// The event that explains it, where there is one.
    pub related: Option<u32>,
    /// The player state concerned, as sent.
    pub name: Option<String>,
}

/// What a step needs to know of an event.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// Position in the judged order.
    pub at: u32,
    /// Its row.
    pub event: EventId,
    /// The type, `None` when unknown.
    pub event_type: Option<EventType>,
    /// The client's clock.
    pub ts: Option<TsMillis>,
    /// The playhead.
    pub playhead: Option<PlayheadSecs>,
    /// Player states that it begins or ends, in order.
    pub state_changes: &'a [StateChange],
    /// It has the same `params` as the event that [`State::may_repeat`] names.
    pub repeats: bool,
    /// The open break is never completed, and this event ends its last ad: the break is taken to be over here.
    pub ends_broken_break: bool,
}

/// Everything that decides what may come next.
#[derive(Debug, Clone, Default)]
pub struct State {
    limits: Limits,
    started: Option<u32>,
    n_events: u32,
    playback: Playback,
    playback_since: Option<u32>,
    /// The latest event that stated the playback.
    playback_stated: Option<u32>,
    /// True right after `adStart` or `adBreakComplete`: the SDKs restate the playback state there (N3).
    may_restate: bool,
    ads: ads::Ads,
    latest_ads: copies::Latest,
    chapter: Option<u32>,
    /// Chapters that were started while another one was open: as many ends are no second fault.
    n_overlapping: u32,
    player_states: Vec<PlayerState>,
    /// Names beyond the tenth, each reported once.
    discarded_states: BTreeSet<String>,
    exact_state_names: bool,
    unseen: Unseen,
    completed: Option<u32>,
    ended: Option<u32>,
    /// A second `sessionStart` came after the end: what follows is meant for another session.
    reopened: bool,
    /// The latest second `sessionStart`: what was open then may go on, or begin anew.
    restarted: Option<u32>,
    first_ts: Option<TsMillis>,
    last_ts: Option<(u32, TsMillis)>,
    /// Since when the playhead stands, and where.
    last_move: Option<(u32, TsMillis, PlayheadSecs)>,
    /// The playhead has stood still for nearly as long as it may, and that was said.
    still_told: bool,
    timed_out: bool,
}

/// The numbers that decide what is odd.
#[derive(Debug, Clone, Copy)]
struct Limits {
    silence_secs: f64,
    still_secs: f64,
    /// A `sessionEnd` so soon past `still_secs` is the client's own (N15).
    own_end_secs: f64,
    /// A silence, or a still playhead, of this share of its limit is near it.
    near_share: f64,
    pre_roll_secs: f64,
}

impl Limits {
    fn of(numbers: &Numbers) -> Limits {
        Limits {
            silence_secs: numbers.silence_timeout_mins * 60.0,
            still_secs: numbers.still_playhead_timeout_mins * 60.0,
            own_end_secs: numbers.still_playhead_end_grace_mins * 60.0,
            near_share: numbers.timeout_near_percent / 100.0,
            pre_roll_secs: numbers.pre_roll_secs,
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Limits::of(&Numbers::default())
    }
}

/// What may have begun before the capture did.
#[derive(Debug, Clone, Copy, Default)]
struct Unseen {
    ads: bool,
    chapter: bool,
    player_states: bool,
}

/// Takes one event: changes `state`, adds what was odd to `odd`. False when nothing was made of it, since it is a
/// copy of an ad event before it.
pub fn step(state: &mut State, input: &Input<'_>, odd: &mut Vec<Oddity>) -> bool {
    state.n_events += 1;
    check_time_outs(state, input, odd);
    ads::content_goes_on(state, input);
    let Some(event_type) = input.event_type else { return true };
    check_ends(state, event_type, input.at, odd);
    // Nothing of what follows the end counts (L003), so nothing of it can stand in the wrong place.
    let is_lost = state.ended.is_some() && !state.reopened;
    if is_lost && !matches!(event_type, EventType::SessionStart | EventType::SessionComplete) {
        return true;
    }
    let spent = copies::is_spent(state, event_type, input, odd);
    if !spent {
        take(state, event_type, input, odd);
    }
    if input.ends_broken_break {
        state.ads.broken_break = state.ads.open_break.map(|open| open.at);
        ads::close_break(state);
    }
    !spent
}

fn take(state: &mut State, event_type: EventType, input: &Input<'_>, odd: &mut Vec<Oddity>) {
    let restates = std::mem::take(&mut state.may_restate);
    match event_type {
        EventType::SessionStart => start(state, input.at, odd),
        EventType::Play => playback(state, Playback::Playing, restates, input, odd),
        EventType::PauseStart => playback(state, Playback::Paused, restates, input, odd),
        EventType::BufferStart => playback(state, Playback::Buffering, restates, input, odd),
        EventType::AdBreakStart => ads::break_start(state, input, odd),
        EventType::AdStart => ads::ad_start(state, input, odd),
        EventType::AdComplete | EventType::AdSkip => ads::ad_end(state, input, odd),
        EventType::AdBreakComplete => ads::break_complete(state, input.at, odd),
        EventType::ChapterStart => chapter_start(state, input.at, odd),
        EventType::ChapterComplete | EventType::ChapterSkip => chapter_end(state, input.at, odd),
        EventType::StateStart | EventType::StateEnd | EventType::StatesUpdate => {
            input.state_changes.iter().for_each(|change| player_states::take(state, change, input.at, odd));
            state.may_restate = restates;
        }
        EventType::SessionComplete => state.completed = state.completed.or(Some(input.at)),
        EventType::SessionEnd => state.ended = state.ended.or(Some(input.at)),
        EventType::Ping | EventType::BitrateChange | EventType::Error => state.may_restate = restates,
    }
}

/// At the end of the session: what was never closed.
pub fn finish(state: &State, odd: &mut Vec<Oddity>) {
    // Leaving in the middle of an ad is no fault, unless the content was played to its end.
    let abandoned = |open: u32| state.ads.ad.is_some() && state.completed.is_none_or(|at| at < open);
    let open = state.ads.open_break.map(|open| open.at).filter(|open| !abandoned(*open));
    if let Some(at) = open.or(state.ads.broken_break).filter(|at| !state.is_from_before_restart(*at)) {
        odd.push(oddity(OddityKind::BreakNeverCompleted, at, None));
    }
    if let Some(at) = state.chapter.filter(|at| !state.is_from_before_restart(*at)) {
        odd.push(oddity(OddityKind::ChapterLeftOpen, at, None));
    }
    for player_state in &state.player_states {
        if let Some(at) = player_state.active_since {
            odd.push(named(OddityKind::StateNeverEnded, at, None, &player_state.name));
        }
    }
}

impl State {
    /// Before the first event. `begins_late`: the capture does not show how the session began, so that what
    /// ends may have been started before.
    #[must_use]
    pub fn new(spelling: StateSpelling, numbers: &Numbers, begins_late: bool) -> Self {
        Self {
            limits: Limits::of(numbers),
            exact_state_names: spelling == StateSpelling::Exact,
            unseen: Unseen { ads: begins_late, chapter: begins_late, player_states: begins_late },
            ..Self::default()
        }
    }

    /// Where the session stands.
    #[must_use]
    pub fn context(&self) -> Context {
        let flag = |on: bool, bit: u8| if on { bit } else { 0 };
        Context(
            self.playback as u8
                | flag(self.ads.open_break.is_some(), Context::IN_BREAK)
                | flag(self.ads.ad.is_some(), Context::IN_AD)
                | flag(self.ads.stray_ad.is_some(), Context::STRAY_AD)
                | flag(self.chapter.is_some(), Context::IN_CHAPTER)
                | flag(self.completed.is_some(), Context::COMPLETED)
                | flag(self.ended.is_some(), Context::ENDED),
        )
    }

    /// True once the back end has closed the session for silence or a still playhead.
    #[must_use]
    pub fn timed_out(&self) -> bool {
        self.timed_out
    }

    /// True for what a second `sessionStart` (L002, B005) may have cut off: that it is left open is no second fault.
    fn is_from_before_restart(&self, at: u32) -> bool {
        self.restarted.is_some_and(|restarted| at < restarted)
    }

    /// Start of the open ad, in a break or astray.
    #[must_use]
    pub fn open_ad(&self) -> Option<u32> {
        self.ads.ad.or(self.ads.stray_ad)
    }
}

fn oddity(kind: OddityKind, at: u32, related: Option<u32>) -> Oddity {
    Oddity { kind, at, related, name: None }
}

fn named(kind: OddityKind, at: u32, related: Option<u32>, name: &str) -> Oddity {
    Oddity { kind, at, related, name: Some(name.to_owned()) }
}

fn check_time_outs(state: &mut State, input: &Input<'_>, odd: &mut Vec<Oddity>) {
    let Some(ts) = input.ts else { return };
    let first = *state.first_ts.get_or_insert(ts);
    // What is older than its session (O005), or stamped in another unit (T010, T011), says nothing of
    // silence.
    let has_unit = |ts: TsMillis| ts.0 >= YEAR_2000_MILLIS;
    if ts < first || ts.looks_finer_than_millis() || has_unit(ts) != has_unit(first) {
        return;
    }
    let is_open = !state.timed_out && state.ended.is_none();
    if let Some((last, last_ts)) = state.last_ts
        && is_open
    {
        let limits = state.limits;
        let secs = ts.secs_since(last_ts);
        if secs > limits.silence_secs {
            odd.push(oddity(OddityKind::AfterSilence, input.at, Some(last)));
            state.timed_out = true;
        } else if secs > limits.silence_secs * limits.near_share {
            odd.push(oddity(OddityKind::NearSilence, input.at, Some(last)));
        }
    }
    state.last_ts = Some((input.at, ts));
    check_still_playhead(state, input, ts, odd);
}

fn check_still_playhead(state: &mut State, input: &Input<'_>, ts: TsMillis, odd: &mut Vec<Oddity>) {
    let Some(playhead) = input.playhead else { return };
    let limits = state.limits;
    // Adobe's SDKs count from the pause (N15): what stood still shortly before it, or in an ad that played, is no
    // part of it.
    let begins_wait = match input.event_type {
        Some(EventType::PauseStart) => state.playback != Playback::Paused,
        Some(EventType::BufferStart) => state.playback != Playback::Buffering,
        _ => false,
    };
    let ad_plays = state.ads.ad.is_some() && state.playback == Playback::Playing;
    let stands = state.last_move.filter(|(_, since, at)| {
        let counts = !begins_wait || ts.secs_since(*since) > limits.own_end_secs;
        *at == playhead && counts && !ad_plays
    });
    let Some((since, since_ts, _)) = stands else {
        state.last_move = Some((input.at, ts, playhead));
        state.still_told = false;
        return;
    };
    let secs = ts.secs_since(since_ts);
    if state.timed_out || state.ended.is_some() || secs <= limits.still_secs * limits.near_share {
        return;
    }
    let own_end_secs =
        if input.event_type == Some(EventType::SessionEnd) { limits.own_end_secs } else { 0.0 };
    if secs > limits.still_secs + own_end_secs {
        odd.push(oddity(OddityKind::AfterStillPlayhead, input.at, Some(since)));
        state.timed_out = true;
    } else if !state.still_told {
        odd.push(oddity(OddityKind::NearStillPlayhead, input.at, Some(since)));
        state.still_told = true;
    }
}

/// First event, and events after the end or the completion.
fn check_ends(state: &mut State, event_type: EventType, at: u32, odd: &mut Vec<Oddity>) {
    if state.n_events == 1 && event_type != EventType::SessionStart {
        odd.push(oddity(OddityKind::FirstIsNoStart, at, None));
    }
    if let Some(end) = state.ended {
        if event_type != EventType::SessionEnd {
            odd.push(oddity(OddityKind::AfterEnd, at, Some(end)));
        }
        return;
    }
    let Some(completion) = state.completed else { return };
    let post_roll = state.ads.open_break.is_some() || event_type == EventType::AdBreakStart;
    match event_type {
        EventType::SessionEnd => {}
        EventType::Ping if !post_roll => {
            odd.push(oddity(OddityKind::PingAfterComplete, at, Some(completion)));
        }
        EventType::Ping => {}
        _ if post_roll => {}
        _ => odd.push(oddity(OddityKind::AfterComplete, at, Some(completion))),
    }
}

fn start(state: &mut State, at: u32, odd: &mut Vec<Oddity>) {
    match state.started {
        Some(first) => {
            odd.push(oddity(OddityKind::SecondStart, at, Some(first)));
            (state.restarted, state.may_restate) = (Some(at), true);
            // what the ended session left open is over
            if state.ended.is_some() {
                (state.ads, state.chapter) = (ads::Ads::default(), None);
                state.reopened = true;
            }
        }
        None => state.started = Some(at),
    }
}

fn playback(state: &mut State, to: Playback, restates: bool, input: &Input<'_>, odd: &mut Vec<Oddity>) {
    let at = input.at;
    let between_ads = state.ads.open_break.as_ref().filter(|_| state.ads.ad.is_none()).map(|open| open.at);
    if between_ads.is_some() {
        odd.push(oddity(OddityKind::PlaybackBetweenAds, at, between_ads));
    }
    if to == Playback::Playing {
        match (&mut state.ads.open_break, state.ads.first_play, input.playhead) {
            (Some(open), _, _) => open.played = true,
            (None, None, Some(playhead)) if !state.ads.is_past_pre_roll => {
                state.ads.first_play = Some((at, playhead));
            }
            _ => {}
        }
    }
    // One fault of one event: between ads it states nothing that could be repeated.
    if state.playback == to && !restates && between_ads.is_none() {
        let kind = match to {
            Playback::Paused => OddityKind::PauseRepeated,
            Playback::Buffering => OddityKind::BufferRepeated,
            Playback::Playing | Playback::Starting => OddityKind::PlayRepeated,
        };
        let since = if to == Playback::Playing { state.playback_stated } else { state.playback_since };
        odd.push(oddity(kind, at, since));
    }
    state.playback_stated = Some(at);
    if state.playback != to || state.playback_since.is_none() {
        state.playback = to;
        state.playback_since = Some(at);
    }
}

fn chapter_start(state: &mut State, at: u32, odd: &mut Vec<Oddity>) {
    check_chapter_in_break(state, at, odd);
    match state.chapter {
        Some(open) if !state.is_from_before_restart(open) => {
            odd.push(oddity(OddityKind::OverlappingChapters, at, Some(open)));
            state.n_overlapping += 1;
        }
        _ => state.n_overlapping = 0,
    }
    state.chapter = Some(at);
    state.unseen.chapter = false;
}

fn chapter_end(state: &mut State, at: u32, odd: &mut Vec<Oddity>) {
    check_chapter_in_break(state, at, odd);
    let unseen = std::mem::take(&mut state.unseen.chapter);
    match state.chapter.take() {
        Some(_) => {}
        None if state.n_overlapping > 0 => state.n_overlapping -= 1,
        None if unseen => {}
        None => odd.push(oddity(OddityKind::ChapterEndWithoutStart, at, None)),
    }
}

fn check_chapter_in_break(state: &State, at: u32, odd: &mut Vec<Oddity>) {
    if let Some(open) = state.ads.open_break {
        odd.push(oddity(OddityKind::ChapterEventInBreak, at, Some(open.at)));
    }
}

#[cfg(test)]
mod tests;
