//! Family A, ads: pairs, nesting, bookends, and what breaks and ads say of themselves.
//!
//! Pairs and nesting come from the state machine, parameters from [`crate::metrics::ads`]. What one rule must know of
//! another's cause is asked here, never read from findings.

use super::context::{OddityCx, SessionCx};
use super::rule::Rule;
use crate::metrics::ads::{AdFacts, BreakFacts};
use crate::metrics::lanes::AdOutcome;
use crate::model::clock::{PlayheadSecs, TsMillis};
use crate::model::event_type::EventType;
use crate::model::machine::OddityKind;
use crate::model::policy::IndexBase;

mod ad_duration_mismatch;
mod ad_end_without_start;
mod ad_events_doubled;
mod ad_left_open;
mod ad_length_implausible;
mod ad_outside_break;
mod break_complete_without_start;
mod break_never_completed;
mod empty_ad_id;
mod empty_break;
mod gap_between_ads;
mod mending;
mod nested_break;
mod no_play_after_pre_roll;
mod no_play_in_ad;
mod play_before_pre_roll;
mod pod_index_implausible;
mod pod_index_repeated;
mod pod_position_not_rising;
mod pod_second_mismatch;
mod time_lost_to_content;

pub(super) use mending::free_pod_index;

/// The rules of the family, by code.
pub static RULES: &[&Rule] = &[
    &ad_outside_break::AD_OUTSIDE_BREAK,
    &ad_end_without_start::AD_END_WITHOUT_START,
    &ad_left_open::AD_LEFT_OPEN,
    &break_never_completed::BREAK_NEVER_COMPLETED,
    &break_complete_without_start::BREAK_COMPLETE_WITHOUT_START,
    &nested_break::NESTED_BREAK,
    &empty_break::EMPTY_BREAK,
    &gap_between_ads::GAP_BETWEEN_ADS,
    &play_before_pre_roll::PLAY_BEFORE_PRE_ROLL,
    &no_play_after_pre_roll::NO_PLAY_AFTER_PRE_ROLL,
    &pod_second_mismatch::POD_SECOND_MISMATCH,
    &pod_position_not_rising::POD_POSITION_NOT_RISING,
    &pod_index_repeated::POD_INDEX_REPEATED,
    &ad_duration_mismatch::AD_DURATION_MISMATCH,
    &empty_ad_id::EMPTY_AD_ID,
    &time_lost_to_content::TIME_LOST_TO_CONTENT,
    &ad_events_doubled::AD_EVENTS_DOUBLED,
    &no_play_in_ad::NO_PLAY_IN_AD,
    &pod_index_implausible::POD_INDEX_IMPLAUSIBLE,
    &ad_length_implausible::AD_LENGTH_IMPLAUSIBLE,
];

/// True when a negative value at this pointer is named by A019, and not by S009 as well.
pub(super) fn names_negative(event_type: Option<EventType>, pointer: &str) -> bool {
    event_type == Some(EventType::AdBreakStart) && pointer == "/params/media.ad.podIndex"
}

/// True for the ads, or the end, of a break whose start was sent before the session's id was known (H014).
fn break_began_early(cx: &OddityCx<'_>) -> bool {
    let kinds = [OddityKind::AdOutsideBreak, OddityKind::BreakCompleteWithoutStart];
    let first = || cx.session.lanes.oddities.iter().find(|odd| kinds.contains(&odd.kind));
    cx.session.was_sent_early(EventType::AdBreakStart) && first().is_some_and(|first| first.at == cx.odd.at)
}

/// Main content that plays after a pre-roll although no `play` was sent for it (A010).
pub(super) struct Unannounced {
    /// Position of the event that shows it.
    pub at: u32,
    /// Position of the end of the pre-roll.
    pub break_end: u32,
    /// How far the playhead has moved on, seconds.
    pub moved_secs: f64,
}

/// The content that A010 names. Steps at another pace than 0.5 to 1.5 times the clock are jumps.
pub(super) fn unannounced_content(cx: &SessionCx<'_>) -> Option<Unannounced> {
    let ads = cx.ads();
    let pre_roll = ads.breaks.iter().find(|ad_break| ad_break.is_pre_roll)?;
    if !pre_roll.phase.completed || !cx.cadence().ts_is_in_millis() {
        return None;
    }
    // A live playhead goes on with the clock while the player waits: that `play` comes late proves nothing there.
    let n_after_play = u32::from(!cx.session.content.live);
    let mut content = Unannounced { at: 0, break_end: pre_roll.phase.end?, moved_secs: 0.0 };
    let mut before: Option<(TsMillis, PlayheadSecs)> = None;
    for at in content.break_end..ads.first_main_play.map_or(cx.len(), |play| play + n_after_play) {
        if cx.after(at).in_break() {
            before = None;
            continue;
        }
        if cx.event_type(at) == Some(EventType::AdBreakComplete) {
            content.break_end = at;
        }
        let here = cx.ts(at).zip(cx.playhead(at));
        if let (Some((ts_before, playhead_before)), Some((ts, playhead))) = (before, here) {
            let (secs, step) = (ts.secs_since(ts_before), playhead.0 - playhead_before.0);
            if (0.5 * secs..=1.5 * secs).contains(&step) {
                content.moved_secs += step;
            }
        }
        before = here.or(before);
        if content.moved_secs > cx.settings.numbers.no_play_after_pre_roll_secs {
            content.at = at;
            return Some(content);
        }
        if matches!(cx.event_type(at), Some(EventType::PauseStart | EventType::BufferStart)) {
            return None;
        }
    }
    None
}

/// True when two `podSecond`s name one place of the content.
fn same_place(cx: &SessionCx<'_>, second: f64, other: f64) -> bool {
    (second - other).abs() <= cx.settings.numbers.pod_index_secs
}

/// Why a `podIndex` cannot be right (A019).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ImplausibleIndex {
    Negative,
    /// 0 on a later break.
    ZeroAgain,
    /// 0 on a first break that does not stand at the beginning: worth knowing only.
    ZeroInside,
    /// The policy excludes it.
    ByPolicy,
}

fn is_implausible_index(cx: &SessionCx<'_>, number: usize) -> bool {
    implausible_index(cx, number).is_some()
}

/// What A019 says of the break with this number.
fn implausible_index(cx: &SessionCx<'_>, number: usize) -> Option<ImplausibleIndex> {
    let breaks = &cx.ads().breaks;
    let (first, ad_break) = (breaks.first()?, breaks.get(number)?);
    let index = ad_break.pod_index.filter(|_| !ad_break.is_copy)?;
    let base = cx.settings.policy.pod_index_base;
    let at_beginning =
        ad_break.playhead.is_none_or(|playhead| playhead <= cx.settings.numbers.pod_second_secs);
    let is_first = number == 0 && !cx.session.begins_late;
    if index < 0.0 {
        Some(ImplausibleIndex::Negative)
    } else if index > 0.0 {
        let is_late = base == IndexBase::Zero && is_first && ad_break.is_pre_roll && at_beginning;
        is_late.then_some(ImplausibleIndex::ByPolicy)
    } else if base == IndexBase::One {
        Some(ImplausibleIndex::ByPolicy)
    } else if number > 0 && !is_same_break(cx, first, ad_break) {
        Some(ImplausibleIndex::ZeroAgain)
    } else {
        let says_nothing = !is_first || at_beginning || base == IndexBase::Zero || cx.session.content.live;
        (!says_nothing).then_some(ImplausibleIndex::ZeroInside)
    }
}

/// True when a break is shown again, at the place where it was.
fn is_same_break(cx: &SessionCx<'_>, first: &BreakFacts, again: &BreakFacts) -> bool {
    let same = |of: fn(&BreakFacts) -> Option<f64>| {
        of(first).zip(of(again)).is_some_and(|(one, other)| same_place(cx, one, other))
    };
    first.pod_index == again.pod_index
        && same(|ad_break| ad_break.pod_second)
        && same(|ad_break| ad_break.playhead)
}

/// Why a `media.ad.length` cannot be right (A020).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ImplausibleLength {
    Zero,
    Millis,
}

/// An ad that ran longer has a length, seconds. Source: FP61.
const RAN_SECS: f64 = 1.0;
/// A completed ad whose length is so many times the time that it ran is measured in milliseconds. Source: FP61.
const MILLIS_RATIO: f64 = 500.0;

/// What A020 says of an ad.
fn implausible_length(ad: &AdFacts) -> Option<ImplausibleLength> {
    let (length, played) = (ad.length_secs?, ad.played_secs.filter(|secs| *secs > RAN_SECS)?);
    let is_completed = ad.phase.outcome == AdOutcome::Completed;
    if length == 0.0 {
        Some(ImplausibleLength::Zero)
    } else if is_completed && length >= played * MILLIS_RATIO {
        Some(ImplausibleLength::Millis)
    } else {
        None
    }
}
