//! The playback state machine: the only place that knows what follows what.
//!
//! [`step`] takes one event in the order in which the session is judged and says what was odd about
//! it. Rules word and grade the oddities, metrics and the window take the contexts; nobody walks the
//! events again to find out. Source of the transitions: `media-collection-api.md` section 13.

use super::clock::{PlayheadSecs, TsMillis};
use super::event_type::EventType;
use super::limits::{
    MAX_PLAYER_STATES, MAX_STATE_NAME_CHARS, SILENCE_TIMEOUT_SECS, STILL_PLAYHEAD_TIMEOUT_SECS,
};

/// Playback state of main content or of the ad that is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[repr(u8)]
pub enum Playback {
    /// The viewer intends to play; nothing has played yet.
    #[default]
    Starting,
    /// Playing.
    Playing,
    /// Paused (also: seeking, by the SDKs).
    Paused,
    /// Waiting for data.
    Buffering,
}

/// Where a session stands after an event, in one byte: what lanes, plots and time rules need.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Context(u8);

impl Context {
    const IN_BREAK: u8 = 1 << 2;
    const IN_AD: u8 = 1 << 3;
    const STRAY_AD: u8 = 1 << 4;
    const IN_CHAPTER: u8 = 1 << 5;
    const COMPLETED: u8 = 1 << 6;
    const ENDED: u8 = 1 << 7;

    /// The playback state.
    #[must_use]
    pub const fn playback(self) -> Playback {
        match self.0 & 3 {
            0 => Playback::Starting,
            1 => Playback::Playing,
            2 => Playback::Paused,
            _ => Playback::Buffering,
        }
    }

    /// Between `adBreakStart` and `adBreakComplete`.
    #[must_use]
    pub const fn in_break(self) -> bool {
        self.0 & Self::IN_BREAK != 0
    }

    /// An ad of a break is open.
    #[must_use]
    pub const fn in_ad(self) -> bool {
        self.0 & Self::IN_AD != 0
    }

    /// Between an `adStart` outside a break (A001) and the end of that ad: the back end counts
    /// it as content, so time rules stay silent.
    #[must_use]
    pub const fn in_stray_ad(self) -> bool {
        self.0 & Self::STRAY_AD != 0
    }

    /// A chapter is open.
    #[must_use]
    pub const fn in_chapter(self) -> bool {
        self.0 & Self::IN_CHAPTER != 0
    }

    /// `sessionComplete` has come.
    #[must_use]
    pub const fn completed(self) -> bool {
        self.0 & Self::COMPLETED != 0
    }

    /// `sessionEnd` has come.
    #[must_use]
    pub const fn ended(self) -> bool {
        self.0 & Self::ENDED != 0
    }

    /// Main content is playing: outside breaks and stray ads, not completed, not ended.
    #[must_use]
    pub const fn plays_main(self) -> bool {
        let outside = Self::IN_BREAK | Self::STRAY_AD | Self::COMPLETED | Self::ENDED;
        self.0 & outside == 0 && matches!(self.playback(), Playback::Playing)
    }
}

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
    /// An event after 30 minutes without playhead movement; related: the last that moved.
    AfterStillPlayhead,
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
    /// `adBreakStart` in an open break; related: the open one's start.
    NestedBreak,
    /// A break without any ad; related: its start.
    EmptyBreak,
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
    /// `play` while playing; related: where playing began.
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

/// A change of one player state, as an event sends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateChange {
    /// The name as sent.
    pub name: String,
    /// True when it begins.
    pub begins: bool,
}

/// What a step needs to know of an event.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// Position in the judged order.
    pub at: u32,
    /// The type, `None` when unknown.
    pub event_type: Option<EventType>,
    /// The client's clock.
    pub ts: Option<TsMillis>,
    /// The playhead.
    pub playhead: Option<PlayheadSecs>,
    /// Player states that it begins or ends, in order.
    pub state_changes: &'a [StateChange],
    /// The open break is never completed, and this event ends its last ad: the break is taken to be over here.
    pub ends_broken_break: bool,
}

/// A player state of the session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlayerState {
    /// The name as first sent.
    pub name: String,
    /// Where it began, while it is active.
    pub active_since: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct OpenBreak {
    at: u32,
    n_ads: u32,
    /// Playback before the break, and whether a `play` came inside it.
    before: Playback,
    played: bool,
}

/// Everything that decides what may come next.
#[derive(Debug, Clone, Default)]
pub struct State {
    started: Option<u32>,
    n_events: u32,
    playback: Playback,
    playback_since: Option<u32>,
    /// True right after `adStart` or `adBreakComplete`: the SDKs restate the playback state there (N3).
    may_restate: bool,
    open_break: Option<OpenBreak>,
    ad: Option<u32>,
    stray_ad: Option<u32>,
    /// A stray ad came since the last break: its `adBreakComplete` is no second fault.
    stray_break: bool,
    chapter: Option<u32>,
    player_states: Vec<PlayerState>,
    completed: Option<u32>,
    ended: Option<u32>,
    last_ts: Option<(u32, TsMillis)>,
    last_move: Option<(u32, TsMillis, PlayheadSecs)>,
    timed_out: bool,
}

/// Takes one event: changes `state`, adds what was odd to `odd`.
pub fn step(state: &mut State, input: &Input<'_>, odd: &mut Vec<Oddity>) {
    state.n_events += 1;
    check_time_outs(state, input, odd);
    let Some(event_type) = input.event_type else { return };
    check_ends(state, event_type, input.at, odd);
    let restates = std::mem::take(&mut state.may_restate);
    match event_type {
        EventType::SessionStart => start(state, input.at, odd),
        EventType::Play => playback(state, Playback::Playing, restates, input.at, odd),
        EventType::PauseStart => playback(state, Playback::Paused, restates, input.at, odd),
        EventType::BufferStart => playback(state, Playback::Buffering, restates, input.at, odd),
        EventType::AdBreakStart => break_start(state, input.at, odd),
        EventType::AdStart => ad_start(state, input.at, odd),
        EventType::AdComplete | EventType::AdSkip => ad_end(state, input.at, odd),
        EventType::AdBreakComplete => break_complete(state, input.at, odd),
        EventType::ChapterStart => chapter_start(state, input.at, odd),
        EventType::ChapterComplete | EventType::ChapterSkip => chapter_end(state, input.at, odd),
        EventType::StateStart | EventType::StateEnd | EventType::StatesUpdate => {
            input.state_changes.iter().for_each(|change| state_change(state, change, input.at, odd));
            state.may_restate = restates;
        }
        EventType::SessionComplete => state.completed = state.completed.or(Some(input.at)),
        EventType::SessionEnd => state.ended = state.ended.or(Some(input.at)),
        EventType::Ping | EventType::BitrateChange | EventType::Error => state.may_restate = restates,
    }
    if input.ends_broken_break {
        close_break(state);
    }
}

/// At the end of the session: what was never closed.
pub fn finish(state: &State, odd: &mut Vec<Oddity>) {
    if let (Some(open), None) = (state.open_break, state.ad) {
        odd.push(oddity(OddityKind::BreakNeverCompleted, open.at, None));
    }
    if let Some(at) = state.chapter {
        odd.push(oddity(OddityKind::ChapterLeftOpen, at, None));
    }
    for player_state in &state.player_states {
        if let Some(at) = player_state.active_since {
            odd.push(named(OddityKind::StateNeverEnded, at, None, &player_state.name));
        }
    }
}

impl State {
    /// Where the session stands.
    #[must_use]
    pub fn context(&self) -> Context {
        let flag = |on: bool, bit: u8| if on { bit } else { 0 };
        Context(
            self.playback as u8
                | flag(self.open_break.is_some(), Context::IN_BREAK)
                | flag(self.ad.is_some(), Context::IN_AD)
                | flag(self.stray_ad.is_some(), Context::STRAY_AD)
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

    /// Start of the open ad, in a break or astray.
    #[must_use]
    pub fn open_ad(&self) -> Option<u32> {
        self.ad.or(self.stray_ad)
    }

    /// The player states met so far, in order of first mention.
    #[must_use]
    pub fn player_states(&self) -> &[PlayerState] {
        &self.player_states
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
    if let Some((last, last_ts)) = state.last_ts
        && ts.secs_since(last_ts) > SILENCE_TIMEOUT_SECS
        && !state.timed_out
        && state.ended.is_none()
    {
        odd.push(oddity(OddityKind::AfterSilence, input.at, Some(last)));
        state.timed_out = true;
    }
    state.last_ts = Some((input.at, ts));
    let Some(playhead) = input.playhead else { return };
    match state.last_move {
        Some((since, since_ts, at)) if at == playhead => {
            let still = ts.secs_since(since_ts) > STILL_PLAYHEAD_TIMEOUT_SECS;
            if still && !state.timed_out && state.ended.is_none() {
                odd.push(oddity(OddityKind::AfterStillPlayhead, input.at, Some(since)));
                state.timed_out = true;
            }
        }
        _ => state.last_move = Some((input.at, ts, playhead)),
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
    let post_roll = state.open_break.is_some() || event_type == EventType::AdBreakStart;
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
        Some(first) => odd.push(oddity(OddityKind::SecondStart, at, Some(first))),
        None => state.started = Some(at),
    }
}

fn playback(state: &mut State, to: Playback, restates: bool, at: u32, odd: &mut Vec<Oddity>) {
    if let (Some(open), None) = (&mut state.open_break, state.ad) {
        odd.push(oddity(OddityKind::PlaybackBetweenAds, at, Some(open.at)));
    }
    if let (Some(open), Playback::Playing) = (&mut state.open_break, to) {
        open.played = true;
    }
    if state.playback == to && !restates {
        let kind = match to {
            Playback::Paused => OddityKind::PauseRepeated,
            Playback::Buffering => OddityKind::BufferRepeated,
            Playback::Playing | Playback::Starting => OddityKind::PlayRepeated,
        };
        odd.push(oddity(kind, at, state.playback_since));
    }
    if state.playback != to || state.playback_since.is_none() {
        state.playback = to;
        state.playback_since = Some(at);
    }
}

fn break_start(state: &mut State, at: u32, odd: &mut Vec<Oddity>) {
    if let Some(open) = state.open_break {
        odd.push(oddity(OddityKind::NestedBreak, at, Some(open.at)));
        close_break(state);
    }
    state.stray_ad = None;
    state.stray_break = false;
    state.open_break = Some(OpenBreak { at, n_ads: 0, before: state.playback, played: false });
}

fn ad_start(state: &mut State, at: u32, odd: &mut Vec<Oddity>) {
    if let Some(open) = &mut state.open_break {
        if let Some(ad) = state.ad {
            odd.push(oddity(OddityKind::AdLeftOpen, at, Some(ad)));
        }
        open.n_ads += 1;
        state.ad = Some(at);
        if state.playback == Playback::Starting {
            state.playback = Playback::Playing;
            state.playback_since = Some(at);
        }
    } else {
        odd.push(oddity(OddityKind::AdOutsideBreak, at, None));
        state.stray_ad = Some(at);
        state.stray_break = true;
    }
    state.may_restate = true;
}

fn ad_end(state: &mut State, at: u32, odd: &mut Vec<Oddity>) {
    match (&state.open_break, state.ad, state.stray_ad) {
        (Some(_), Some(_), _) => state.ad = None,
        (Some(_), None, _) => odd.push(oddity(OddityKind::AdEndWithoutStart, at, None)),
        // The start outside a break was the fault.
        (None, _, Some(_)) => state.stray_ad = None,
        (None, _, None) => {
            odd.push(oddity(OddityKind::AdOutsideBreak, at, None));
            state.stray_break = true;
        }
    }
}

fn break_complete(state: &mut State, at: u32, odd: &mut Vec<Oddity>) {
    match state.open_break {
        None if state.stray_break => {}
        None => odd.push(oddity(OddityKind::BreakCompleteWithoutStart, at, None)),
        Some(open) => {
            if let Some(ad) = state.ad {
                odd.push(oddity(OddityKind::AdLeftOpen, at, Some(ad)));
            }
            if open.n_ads == 0 {
                odd.push(oddity(OddityKind::EmptyBreak, at, Some(open.at)));
            }
            close_break(state);
        }
    }
    state.stray_ad = None;
    state.stray_break = false;
    state.may_restate = true;
}

/// Main content takes over: as before the break, unless a `play` came inside it.
fn close_break(state: &mut State) {
    let Some(open) = state.open_break.take() else { return };
    state.ad = None;
    if open.before == Playback::Starting && !open.played {
        state.playback = Playback::Starting;
    }
}

fn chapter_start(state: &mut State, at: u32, odd: &mut Vec<Oddity>) {
    check_chapter_in_break(state, at, odd);
    if let Some(open) = state.chapter {
        odd.push(oddity(OddityKind::OverlappingChapters, at, Some(open)));
    }
    state.chapter = Some(at);
}

fn chapter_end(state: &mut State, at: u32, odd: &mut Vec<Oddity>) {
    check_chapter_in_break(state, at, odd);
    if state.chapter.take().is_none() {
        odd.push(oddity(OddityKind::ChapterEndWithoutStart, at, None));
    }
}

fn check_chapter_in_break(state: &State, at: u32, odd: &mut Vec<Oddity>) {
    if let Some(open) = state.open_break {
        odd.push(oddity(OddityKind::ChapterEventInBreak, at, Some(open.at)));
    }
}

fn state_change(state: &mut State, change: &StateChange, at: u32, odd: &mut Vec<Oddity>) {
    let name = change.name.as_str();
    if !is_state_name(name) {
        odd.push(named(OddityKind::StateNameInvalid, at, None, name));
        return;
    }
    let n_known = state.player_states.len();
    let known = state.player_states.iter_mut().find(|known| known.name.eq_ignore_ascii_case(name));
    match (known, change.begins) {
        (Some(known), true) => match known.active_since {
            Some(since) => odd.push(named(OddityKind::StateStartedTwice, at, Some(since), name)),
            None => known.active_since = Some(at),
        },
        (Some(known), false) => {
            if known.active_since.take().is_none() {
                odd.push(named(OddityKind::StateEndedWhileInactive, at, None, name));
            }
        }
        (None, true) if n_known >= MAX_PLAYER_STATES => {
            odd.push(named(OddityKind::TooManyStates, at, None, name));
        }
        (None, true) => {
            state.player_states.push(PlayerState { name: name.to_owned(), active_since: Some(at) });
        }
        (None, false) => odd.push(named(OddityKind::StateEndedWhileInactive, at, None, name)),
    }
}

/// 1–64 letters, digits, `_`, `.`. Source: `player-state/overview.md`.
#[must_use]
pub fn is_state_name(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'.';
    (1..=MAX_STATE_NAME_CHARS).contains(&name.len()) && name.bytes().all(allowed)
}

#[cfg(test)]
mod tests {
    use EventType as T;

    use super::*;

    /// Runs the types one second apart and returns what was odd: (kind, at, related).
    fn walk(types: &[EventType]) -> Vec<(OddityKind, u32, Option<u32>)> {
        let (mut state, mut odd) = (State::default(), Vec::new());
        for (at, event_type) in (0..).zip(types) {
            let input = Input {
                at,
                event_type: Some(*event_type),
                ts: Some(TsMillis(i64::from(at) * 1000)),
                playhead: Some(PlayheadSecs(f64::from(at))),
                state_changes: &[],
                ends_broken_break: false,
            };
            step(&mut state, &input, &mut odd);
        }
        finish(&state, &mut odd);
        odd.into_iter().map(|odd| (odd.kind, odd.at, odd.related)).collect()
    }

    #[test]
    fn a_session_of_the_documents_has_nothing_odd() {
        let odd = walk(&[
            T::SessionStart,
            T::AdBreakStart,
            T::AdStart,
            T::Play,
            T::Ping,
            T::AdComplete,
            T::AdStart,
            T::AdSkip,
            T::AdBreakComplete,
            T::Play,
            T::ChapterStart,
            T::BufferStart,
            T::PauseStart,
            T::Ping,
            T::Play,
            T::ChapterComplete,
            T::SessionComplete,
            T::SessionEnd,
            T::SessionEnd,
        ]);
        assert_eq!(odd, []);
    }

    #[test]
    fn each_fault_is_named_once() {
        use OddityKind as K;
        let start = T::SessionStart;
        for (types, expected) in [
            (vec![T::Play], vec![(K::FirstIsNoStart, 0, None)]),
            (vec![start, start], vec![(K::SecondStart, 1, Some(0))]),
            (vec![start, T::SessionEnd, T::Ping], vec![(K::AfterEnd, 2, Some(1))]),
            (vec![start, T::SessionComplete, T::Play], vec![(K::AfterComplete, 2, Some(1))]),
            (vec![start, T::AdStart, T::AdComplete, T::AdBreakComplete], vec![(K::AdOutsideBreak, 1, None)]),
            (vec![start, T::AdSkip], vec![(K::AdOutsideBreak, 1, None)]),
            (
                vec![start, T::AdBreakStart, T::AdComplete, T::AdStart, T::AdComplete, T::AdBreakComplete],
                vec![(K::AdEndWithoutStart, 2, None)],
            ),
            (
                vec![start, T::AdBreakStart, T::AdStart, T::AdStart, T::AdSkip, T::AdBreakComplete],
                vec![(K::AdLeftOpen, 3, Some(2))],
            ),
            (vec![start, T::AdBreakStart, T::AdStart, T::AdBreakComplete], vec![(K::AdLeftOpen, 3, Some(2))]),
            (
                vec![start, T::AdBreakStart, T::AdStart, T::AdComplete],
                vec![(K::BreakNeverCompleted, 1, None)],
            ),
            (vec![start, T::AdBreakStart, T::AdStart], vec![]),
            (vec![start, T::AdBreakComplete], vec![(K::BreakCompleteWithoutStart, 1, None)]),
            (vec![start, T::AdBreakStart, T::AdBreakComplete], vec![(K::EmptyBreak, 2, Some(1))]),
            (
                vec![start, T::ChapterStart, T::ChapterStart, T::ChapterSkip],
                vec![(K::OverlappingChapters, 2, Some(1))],
            ),
            (vec![start, T::ChapterComplete], vec![(K::ChapterEndWithoutStart, 1, None)]),
            (vec![start, T::ChapterStart], vec![(K::ChapterLeftOpen, 1, None)]),
            (vec![start, T::PauseStart, T::PauseStart], vec![(K::PauseRepeated, 2, Some(1))]),
        ] {
            assert_eq!(walk(&types), expected, "{types:?}");
        }
    }

    #[test]
    fn a_pre_roll_without_play_leaves_the_content_starting() {
        let mut state = State::default();
        let mut odd = Vec::new();
        for (at, event_type) in
            (0..).zip([T::SessionStart, T::AdBreakStart, T::AdStart, T::AdComplete, T::AdBreakComplete])
        {
            let input = Input {
                at,
                event_type: Some(event_type),
                ts: None,
                playhead: None,
                state_changes: &[],
                ends_broken_break: false,
            };
            step(&mut state, &input, &mut odd);
            let expected = if matches!(event_type, T::AdStart | T::AdComplete) {
                Playback::Playing
            } else {
                Playback::Starting
            };
            assert_eq!(state.context().playback(), expected, "after {event_type}");
        }
    }
}
