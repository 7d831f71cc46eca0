//! MC-T020.

use crate::declare_rule;
use crate::metrics::drift::Drift;
use crate::model::limits::SECONDS_OF_DAY;
use crate::rules::context::{SessionCx, number_text};
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx, number};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// `media.length` counts seconds. The rule fires on recorded content when a thousandth of it fits the playheads, none
    /// of which exceeds that by more than 2 s or 10 %, and either the playhead at `sessionComplete` (above 1 s) goes 500 to
    /// 2000 times into it, or it is above 86,400 and divisible by 1000. A length below 1000 is none.
    ///
    /// ## Why it matters
    ///
    /// Percent viewed stays near 0: no progress markers are set, average minute audience is a thousandth of what it
    /// should be, and the session looks abandoned at its very start. Most players give the length in milliseconds.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60000
    /// +0   sessionStart       # warn: length-in-milliseconds
    /// +0   play
    /// +10..+50/10 ping
    /// +60  sessionComplete
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0   play
    /// +10..+50/10 ping
    /// +60  sessionComplete
    /// ```
    ///
    /// ## Source
    ///
    /// Observed in the field: FP11. Documented: `content-length.md` (seconds).
    pub static LENGTH_IN_MILLISECONDS = {
        code: "MC-T020",
        name: "length-in-milliseconds",
        summary: "`media.length` counts milliseconds where seconds are asked",
        family: Time,
        level: Warn,
        certainty: Observed,
        origin: Payload,
        check: Check::Session(check),
        fix: fix,
    }
}

/// Lengths so many times the playhead at the completion are taken for milliseconds.
const THOUSANDFOLD: std::ops::RangeInclusive<f64> = 500.0..=2000.0;
/// A shorter length is no number of milliseconds.
const LEAST_LENGTH: f64 = 1000.0;
/// The playhead may exceed a thousandth of the length by so much …, seconds
const EXCESS_SECS: f64 = 2.0;
/// … or this share of it.
const EXCESS_SHARE: f64 = 0.1;

/// Why a length is taken to be in milliseconds.
#[derive(Clone, Copy)]
enum Reason {
    /// The playhead at the completion.
    Completed(f64),
    /// It is longer than a day and divisible by 1000.
    LongerThanADay,
}

fn length_in_milliseconds(cx: &SessionCx<'_>, length: f64, reason: Reason) -> Report {
    let why = match reason {
        Reason::Completed(playhead) => {
            format!("the content is complete at playhead {} s", number_text(playhead))
        }
        Reason::LongerThanADay => "longer than a day and divisible by 1000".to_owned(),
    };
    let message = format!(
        "`media.length` is {}, {why}: it looks like milliseconds, that is {} s",
        number_text(length),
        number_text(length / 1000.0),
    );
    cx.report(0, message).pointer("/params/media.length")
}

/// The playhead of `sessionComplete`.
fn completed_at(cx: &SessionCx<'_>) -> Option<f64> {
    let at = cx.lanes.contexts.partition_point(|context| !context.completed());
    Some(cx.playhead(u32::try_from(at).ok()?)?.0)
}

/// The length, and why it is taken to be in milliseconds; `None` when it is not.
fn reason(cx: &SessionCx<'_>, drift: &Drift) -> Option<(f64, Reason)> {
    let content = &cx.session.content;
    let length = content.length_secs.filter(|length| *length >= LEAST_LENGTH && !content.live)?;
    let meant = length / 1000.0;
    let most = meant + (EXCESS_SHARE * meant).max(EXCESS_SECS);
    if drift.in_millis.is_some() || drift.highest.is_some_and(|highest| highest.playhead > most) {
        return None;
    }
    let completed = completed_at(cx).filter(|playhead| *playhead > 1.0);
    match completed.filter(|playhead| THOUSANDFOLD.contains(&(length / playhead))) {
        Some(playhead) => Some((length, Reason::Completed(playhead))),
        None if length > SECONDS_OF_DAY && length % 1000.0 == 0.0 => Some((length, Reason::LongerThanADay)),
        None => None,
    }
}

/// True when `media.length` is in milliseconds: what compares it with playheads says nothing then.
pub(in crate::rules) fn is_length_in_millis(cx: &SessionCx<'_>) -> bool {
    reason(cx, cx.drift()).is_some()
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    if let Some((length, reason)) = reason(cx, cx.drift()) {
        found.report(length_in_milliseconds(cx, length, reason));
    }
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let (length, _) = reason(cx.session, cx.session.drift())?;
    let secs = number(length / 1000.0);
    Fix::proposed(format!("Set `media.length` to {secs}, which is in seconds"), cx.replace(secs)?)
}
