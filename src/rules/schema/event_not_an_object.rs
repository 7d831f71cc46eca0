//! MC-S001.

use crate::declare_rule;
use crate::model::table::EventFlags;
use crate::rules::context::EventCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::rule::{Check, Wants};
use crate::rules::verdict::is_cut;

declare_rule! {
    /// ## What it checks
    ///
    /// Every event is one JSON object. A body that is no JSON at all, or holds a number, a string or `null`
    /// where an event belongs, is none. Silent where the recording has only a part of the body: that is K003.
    ///
    /// ## Why it matters
    ///
    /// The request is refused with 400. In a batch of downloaded content every other event is discarded with it.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.5 play
    /// +10  ping raw='{eventType: "ping"}'   # error: event-not-an-object
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.5 play
    /// +10  ping
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `mc-api-overview.md` (one JSON object per event), the schema sample in
    /// `mc-api-validate-reqs.md`.
    pub static EVENT_NOT_AN_OBJECT = {
        code: "MC-S001",
        name: "event-not-an-object",
        summary: "An event that is not a JSON object",
        family: Schema,
        level: Error,
        certainty: Documented,
        origin: Payload,
        check: Check::Event(
            Wants::Flags(EventFlags::UNREADABLE.with(EventFlags::NOT_AN_OBJECT)),
            check,
        ),
    }
}

fn not_json(cx: &EventCx<'_>, why: &str, offset: Option<u64>) -> Report {
    cx.report(format!("an event must be a JSON object, but this is no JSON: {why}")).offset(offset)
}

fn not_an_object(cx: &EventCx<'_>, found: &str) -> Report {
    cx.report(format!("an event must be a JSON object, but this is {found}")).pointer("")
}

fn check(cx: &EventCx<'_>, found: &mut Findings<'_>) {
    if let Some(value) = cx.json() {
        found.report(not_an_object(cx, &super::in_words("", value)));
    } else if let Some((why, offset)) = cx.event.json_fault()
        && !is_cut(&cx.event)
    {
        let text = cx.event.text();
        match text.trim_ascii() {
            b"" => found.report(not_json(cx, "something is missing between two elements", offset)),
            [b',', ..] => found.report(not_json(cx, "a comma stands in its place", offset)),
            _ => found.report(not_json(cx, &why, offset)),
        }
    }
}
