//! Repairs that several rules of the family share.

use serde_json::{Value, json};

use super::same_place;
use crate::metrics::ads::BreakFacts;
use crate::metrics::lanes::{Ad, AdOutcome};
use crate::model::event_type::EventType;
use crate::model::policy::IndexBase;
use crate::rules::context::SessionCx;
use crate::rules::fix::{Edit, FixCx, Side, number};

/// The edit that completes the break which begins at `start` after its last ad. `None` for a break without ads, or
/// whose last ad has no end: where it ended cannot be told.
pub(super) fn complete_break(cx: &FixCx<'_>, start: u32) -> Option<Vec<Edit>> {
    let number = cx.session.lanes.breaks.iter().position(|ad_break| ad_break.start == start)?;
    let of_break = |ad: &&Ad| ad.ad_break.map(|at| at as usize) == Some(number);
    let last = cx.session.lanes.ads.iter().rfind(of_break)?;
    let end = last.end.filter(|_| last.outcome != AdOutcome::LeftOpen)?;
    cx.insert(EventType::AdBreakComplete, cx.session.id(end)?, Side::After)
}

/// What an inserted `adBreakStart` says, at this playhead.
pub(super) fn break_params(cx: &SessionCx<'_>, playhead: f64) -> Value {
    json!({ "media.ad.podIndex": free_pod_index(cx), "media.ad.podSecond": number(playhead) })
}

/// The first number from 1 that no break of the session has.
pub(in crate::rules) fn free_pod_index(cx: &SessionCx<'_>) -> u32 {
    let is_taken =
        |index: &u32| cx.ads().breaks.iter().any(|ad_break| ad_break.pod_index == Some(f64::from(*index)));
    (1..).find(|index| !is_taken(index)).unwrap_or(1)
}

/// The edits that number the breaks in their order; one that is watched again keeps its number.
pub(super) fn renumber_breaks(cx: &FixCx<'_>) -> Vec<Edit> {
    let breaks = || cx.session.ads().breaks.iter().filter(|ad_break| !ad_break.is_copy);
    let Some(first) = breaks().find_map(|ad_break| ad_break.pod_index) else { return Vec::new() };
    let mut next = match cx.session.settings.policy.pod_index_base {
        IndexBase::One => first.max(1.0),
        IndexBase::Zero if !cx.session.session.begins_late => 0.0,
        IndexBase::Zero | IndexBase::Either => first.max(0.0),
    };
    let mut known: Vec<(f64, f64)> = Vec::new();
    let mut edits = Vec::new();
    for ad_break in breaks() {
        let Some(index) = ad_break.pod_index else { continue };
        let again = ad_break
            .pod_second
            .and_then(|second| known.iter().find(|(other, _)| same_place(cx.session, *other, second)));
        let right = again.map_or(next, |(_, number)| *number);
        if again.is_none() {
            known.extend(ad_break.pod_second.map(|second| (second, next)));
            next += 1.0;
        }
        if right != index {
            edits.extend(cx.set_at(ad_break.phase.start, [(POD_INDEX.to_owned(), number(right))]));
        }
    }
    edits
}

const POD_INDEX: &str = "/params/media.ad.podIndex";

/// The edits that number the ads of each of these breaks from `base` on.
pub(super) fn renumber_ads<'a>(
    cx: &FixCx<'_>,
    breaks: impl Iterator<Item = &'a BreakFacts>,
    base: f64,
    pointer: &str,
) -> Vec<Edit> {
    let mut edits = Vec::new();
    for ad_break in breaks {
        let mut right = base;
        for ad in cx.session.ads().of_break(ad_break).iter().filter(|ad| !ad.is_copy) {
            if ad.pod_position.is_some_and(|position| position != right) {
                edits.extend(cx.set_at(ad.phase.start, [(pointer.to_owned(), number(right))]));
            }
            right += 1.0;
        }
    }
    edits
}
