//! MC-S009.

use serde_json::Value;

use crate::declare_rule;
use crate::model::clock::TsMillis;
use crate::model::id::EventId;
use crate::model::limits::YEAR_2000_MILLIS;
use crate::model::parameter::{PARAMETERS, Section};
use crate::model::table::{Event, EventFlags};
use crate::rules::ads;
use crate::rules::context::{SessionCx, number_text};
use crate::rules::finding::{Findings, Report};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// The playhead, positions, lengths, offsets and quality values are not below their minimum, and `ts` is not
    /// below zero or before the year 2000. A wrong `ts` is one finding per session, at the first such event, with
    /// their count. Silent for a `ts` that reads as seconds since 1970 (that is T010), and for the `podIndex` of a break
    /// (A019).
    ///
    /// ## Why it matters
    ///
    /// No bound is visible in the published schema, so the API may well take such values: they are never a reason for
    /// a rejected session. The reports then hold lengths, positions and times that cannot be.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0   adBreakStart
    /// +0   adStart length=-1      # warn: value-out-of-range
    /// +10  adComplete
    /// +10  adBreakComplete
    /// +10  play
    /// +15  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0   adBreakStart
    /// +0   adStart length=10
    /// +10  adComplete
    /// +10  adBreakComplete
    /// +10  play
    /// +15  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Advice: the value checks of Adobe's SDKs (positions, lengths and offsets not below zero) and the prose of
    /// `mc-api-req-params.md`.
    pub static VALUE_OUT_OF_RANGE = {
        code: "MC-S009",
        name: "value-out-of-range",
        summary: "A number below its sensible minimum, or a ts before the year 2000",
        family: Schema,
        level: Warn,
        certainty: Advice,
        origin: Payload,
        check: Check::Session(check),
    }
}

fn below_minimum(cx: &SessionCx<'_>, event: &Event<'_>, pointer: &str, value: f64, minimum: f64) -> Report {
    let message = format!("{} is {}, it should not be below {minimum}", super::field(pointer), exact(value));
    about(cx, event.id, message).pointer(pointer)
}

/// Tiny values are not rounded to the minimum.
fn exact(value: f64) -> String {
    if value.abs() < 0.001 { format!("{value:?}") } else { number_text(value) }
}

fn impossible_ts(cx: &SessionCx<'_>, event: EventId, ts: TsMillis, n_events: u32) -> Report {
    let what = if ts.0 < 0 { "below zero" } else { "before the year 2000" };
    let others = match n_events {
        1 => String::new(),
        n => format!("; so it is on {n} events of this session"),
    };
    let message = format!("`playerTime.ts` is {}, which is {what} in milliseconds since 1970{others}", ts.0);
    about(cx, event, message).pointer("/playerTime/ts").count(n_events)
}

fn about(cx: &SessionCx<'_>, event: EventId, message: String) -> Report {
    let exchange = cx.capture.event(event).and_then(|event| event.exchange()).map(|exchange| exchange.id);
    cx.report_on_session(message).event(Some(event)).exchange(exchange)
}

/// What reads as seconds is of another unit, which T010 names.
fn is_impossible(ts: TsMillis) -> bool {
    ts.0 < YEAR_2000_MILLIS && !ts.looks_like_seconds()
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    let mut first_wrong_ts = None;
    let mut n_wrong_ts = 0;
    for id in &cx.session.by_arrival {
        let Some(event) = cx.capture.event(*id) else { continue };
        if let Some(ts) = event.ts().filter(|ts| is_impossible(*ts)) {
            first_wrong_ts.get_or_insert((*id, ts));
            n_wrong_ts += 1;
        }
        if event.row().flags.has(EventFlags::NEGATIVE) {
            let values = values_below_minimum(&event).into_iter();
            for (pointer, value, minimum) in
                values.filter(|(pointer, ..)| !ads::names_negative(event.event_type(), pointer))
            {
                found.report(below_minimum(cx, &event, &pointer, value, minimum));
            }
        }
    }
    if let Some((event, ts)) = first_wrong_ts {
        found.report(impossible_ts(cx, event, ts, n_wrong_ts));
    }
}

/// Pointer, value and minimum of each number that is too small; `ts` is looked at by itself.
fn values_below_minimum(event: &Event<'_>) -> Vec<(String, f64, f64)> {
    let Some(json) = event.json() else { return Vec::new() };
    let wanted = PARAMETERS.iter().filter(|parameter| parameter.key != "ts");
    let too_small = wanted.filter_map(|parameter| {
        let minimum = parameter.min?;
        let (holder, pointer): (&Value, String) = match parameter.section {
            Section::Root => (&json, format!("/{}", parameter.key)),
            section => (json.get(section.member()?)?, format!("/{}/{}", section.member()?, parameter.key)),
        };
        let value = holder.get(parameter.key)?.as_f64()?;
        (value < minimum).then_some((pointer, value, minimum))
    });
    too_small.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_left_to_the_rule_about_units() {
        for (ts, expected) in
            [(-1, true), (0, true), (1_000, true), (1_529_997_923, false), (1_529_997_923_478, false)]
        {
            assert_eq!(is_impossible(TsMillis(ts)), expected, "{ts}");
        }
        assert!(is_impossible(TsMillis(YEAR_2000_MILLIS - 1)) && !is_impossible(TsMillis(YEAR_2000_MILLIS)));
    }
}
