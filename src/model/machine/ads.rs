//! Ad breaks and ads: which are open, and what is odd about their bookends.

use super::super::clock::PlayheadSecs;
use super::{Input, Oddity, OddityKind, Playback, State, oddity};

/// A break that is open.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct OpenBreak {
    pub(super) at: u32,
    /// An ad was in it, or the end of one.
    pub(super) any_ad: bool,
    /// Playback before the break, and whether a `play` came inside it.
    pub(super) before: Playback,
    pub(super) played: bool,
}

/// Where the session stands in breaks and ads.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Ads {
    pub(super) open_break: Option<OpenBreak>,
    /// Start of the ad that is open in the break.
    pub(super) ad: Option<u32>,
    /// Start of the ad that is open outside a break.
    pub(super) stray_ad: Option<u32>,
    /// Ad events came without a break (A001): where the playhead stood at the latest of them.
    pub(super) stray_break: Option<Option<PlayheadSecs>>,
    /// Start of a break that was taken to have ended with its last ad, since it is never completed.
    pub(super) broken_break: Option<u32>,
    /// Ads that were left open (A003), or began before their break (A001): as many ends that come late are no second
    /// fault.
    pub(super) n_left_open: u32,
    /// Breaks that were nested (A006): as many completions that come late are no second fault.
    pub(super) n_nested: u32,
    /// A break came, or main content has played on: what comes now stands before no pre-roll any more.
    pub(super) is_past_pre_roll: bool,
    /// The first `play` on main content, until the first break.
    pub(super) first_play: Option<(u32, PlayheadSecs)>,
}

/// Once main content has played on from the first `play`, its start was none before a pre-roll.
pub(super) fn content_goes_on(state: &mut State, input: &Input<'_>) {
    if let (Some((_, from)), Some(now)) = (state.ads.first_play, input.playhead)
        && now.0 - from.0 >= state.limits.pre_roll_secs
    {
        state.ads.first_play = None;
        state.ads.is_past_pre_roll = true;
    }
}

/// Takes `adBreakStart`.
pub(super) fn break_start(state: &mut State, input: &Input<'_>, odd: &mut Vec<Oddity>) {
    let at = input.at;
    let unfinished = state.ads.open_break.map(|open| open.at).or(state.ads.broken_break);
    if let Some(open) = unfinished {
        if !state.is_from_before_restart(open) {
            odd.push(oddity(OddityKind::NestedBreak, at, Some(open)));
        }
        close_break(state);
    }
    if let (Some((play, from)), Some(playhead)) = (state.ads.first_play, input.playhead)
        && !state.unseen.ads
        && playhead.0 == 0.0
        && from.0.abs() < state.limits.pre_roll_secs
    {
        odd.push(oddity(OddityKind::PlayBeforePreRoll, play, Some(at)));
    }
    let n_nested = if unfinished.is_some() { state.ads.n_nested + 1 } else { 0 };
    let before = state.playback;
    let open_break = Some(OpenBreak { at, any_ad: false, before, played: false });
    // An ad that began before its break has its fault; its end is no other.
    let n_left_open = u32::from(state.ads.stray_ad.is_some());
    state.ads = Ads { open_break, is_past_pre_roll: true, n_nested, n_left_open, ..Ads::default() };
    state.unseen.ads = false;
}

/// Takes `adStart`.
pub(super) fn ad_start(state: &mut State, input: &Input<'_>, odd: &mut Vec<Oddity>) {
    let at = input.at;
    let left_open = state.ads.ad.filter(|ad| !state.is_from_before_restart(*ad));
    if let Some(open) = &mut state.ads.open_break {
        if let Some(ad) = left_open {
            odd.push(oddity(OddityKind::AdLeftOpen, at, Some(ad)));
            state.ads.n_left_open += 1;
        }
        open.any_ad = true;
        state.ads.ad = Some(at);
        if state.playback == Playback::Starting {
            state.playback = Playback::Playing;
            (state.playback_since, state.playback_stated) = (Some(at), Some(at));
        }
    } else {
        stray(state, input, odd);
        state.ads.stray_ad = Some(at);
    }
    state.may_restate = true;
}

/// Takes `adComplete` or `adSkip`.
pub(super) fn ad_end(state: &mut State, input: &Input<'_>, odd: &mut Vec<Oddity>) {
    let ads = &mut state.ads;
    match (&mut ads.open_break, ads.ad, ads.stray_ad) {
        (Some(_), Some(_), _) => ads.ad = None,
        (open, None, None) if ads.n_left_open > 0 => {
            ads.n_left_open -= 1;
            if let Some(open) = open {
                open.any_ad = true;
            }
        }
        (Some(open), None, _) => {
            open.any_ad = true;
            odd.push(oddity(OddityKind::AdEndWithoutStart, input.at, None));
        }
        // The start outside a break was the fault.
        (None, _, Some(_)) => {
            ads.stray_ad = None;
            ads.stray_break = Some(input.playhead);
            // Where the missing break would be complete.
            state.may_restate = true;
        }
        (None, _, None) => stray(state, input, odd),
    }
}

/// An ad event outside a break: one fault for all ads of the break whose start is missing. Main content that
/// played since the last of them shows that another break is meant.
fn stray(state: &mut State, input: &Input<'_>, odd: &mut Vec<Oddity>) {
    let goes_on = state.ads.stray_break.is_some_and(|latest| match (latest, input.playhead) {
        (Some(latest), Some(now)) => (now.0 - latest.0).abs() <= SAME_PLAYHEAD_SECS,
        _ => true,
    });
    if !goes_on && !state.unseen.ads {
        odd.push(oddity(OddityKind::AdOutsideBreak, input.at, None));
    }
    state.ads.stray_break = Some(input.playhead);
}

/// Playheads so near to each other are taken for the same place.
const SAME_PLAYHEAD_SECS: f64 = 1.0;

/// Takes `adBreakComplete`.
pub(super) fn break_complete(state: &mut State, at: u32, odd: &mut Vec<Oddity>) {
    match state.ads.open_break {
        None if state.ads.stray_break.is_some() || state.unseen.ads => {}
        None if state.ads.n_nested > 0 => state.ads.n_nested -= 1,
        None => odd.push(oddity(OddityKind::BreakCompleteWithoutStart, at, None)),
        Some(open) => {
            if let Some(ad) = state.ads.ad {
                odd.push(oddity(OddityKind::AdLeftOpen, at, Some(ad)));
                state.ads.n_left_open += 1;
            }
            if !open.any_ad {
                odd.push(oddity(OddityKind::EmptyBreak, at, Some(open.at)));
            }
            close_break(state);
        }
    }
    state.ads.stray_ad = None;
    state.ads.stray_break = None;
    state.unseen.ads = false;
    state.may_restate = true;
}

/// Main content takes over: as before the break, unless a `play` came inside it.
pub(super) fn close_break(state: &mut State) {
    let Some(open) = state.ads.open_break.take() else { return };
    state.ads.ad = None;
    if open.before == Playback::Starting && !open.played {
        state.playback = Playback::Starting;
    }
}
