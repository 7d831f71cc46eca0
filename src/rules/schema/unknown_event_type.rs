//! MC-S002.

use crate::declare_rule;
use crate::model::event_type::EventType;
use crate::model::spelling;
use crate::rules::context::EventCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx};
use crate::rules::rule::{Check, Wants};
use crate::schema::ViolationKind;

declare_rule! {
    /// ## What it checks
    ///
    /// `eventType` is one of the 20 names of the API, in its exact spelling. Names that player code uses but that
    /// never go on the wire (`pause`, `resume`, `bufferEnd`, `seekStart`, `adBreakSkip`, `contentComplete` and so
    /// on) are answered with what to send instead, others with the nearest name.
    ///
    /// ## Why it matters
    ///
    /// The request is refused with 400, the event is lost; in a batch all events are.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.5 play
    /// +5   pause        # error: unknown-event-type
    /// +8   play
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.5 play
    /// +5   pauseStart
    /// +8   play
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: the list of event types of the API pages and swagger, `player-state/overview.md` for
    /// `statesUpdate`; names that are not sent: `mc-api-timeline-3.md`. D11: the published schema sample of 2018
    /// lists 14 names, this rule takes all 20.
    pub static UNKNOWN_EVENT_TYPE = {
        code: "MC-S002",
        name: "unknown-event-type",
        summary: "An event type that the API does not have",
        family: Schema,
        level: Error,
        certainty: Documented,
        origin: Payload,
        check: Check::Event(Wants::Violations, check),
        fix: fix,
    }
}

fn unknown_event_type(cx: &EventCx<'_>, name: &str) -> Report {
    let advice = match (replacement(name), meant(name)) {
        (Some(instead), _) => format!("send `{instead}` instead"),
        (None, Some(near)) => format!("did you mean `{near}`?"),
        (None, None) => "it is none of the 20 names".to_owned(),
    };
    cx.report(format!("{} is no event type of the API: {advice}", super::quoted(name))).pointer("/eventType")
}

fn check(cx: &EventCx<'_>, found: &mut Findings<'_>) {
    for violation in cx.violations {
        if let ViolationKind::UnknownEventType { name } = &violation.kind {
            found.report(unknown_event_type(cx, name));
        }
    }
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let written = cx.value()?;
    let written = written.as_str()?;
    let meant = meant(written)?;
    let (title, edits) =
        (format!("Send `{meant}` instead of {}", super::quoted(written)), cx.replace(meant)?);
    if meant.eq_ignore_ascii_case(written) { Fix::safe(title, edits) } else { Fix::proposed(title, edits) }
}

/// What is sent for a name that never goes on the wire.
fn replacement(written: &str) -> Option<&'static str> {
    let mut words = EventType::NOT_ON_THE_WIRE.iter();
    words.find(|(word, _)| word.eq_ignore_ascii_case(written)).map(|(_, instead)| *instead)
}

/// What may have been meant.
fn meant(written: &str) -> Option<&'static str> {
    let known = || EventType::ALL.iter().map(|event_type| event_type.name());
    replacement(written).or_else(|| spelling::nearest(written, known()))
}
