//! MC-S013.

use crate::declare_rule;
use crate::model::table::EventFlags;
use crate::rules::context::EventCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx, PatchOp};
use crate::rules::rule::{Check, Wants};

declare_rule! {
    /// ## What it checks
    ///
    /// No JSON object of an event has the same key twice.
    ///
    /// ## Why it matters
    ///
    /// Which of the two values counts is not defined: most readers take the last, some the first, some refuse the
    /// text. What is reported is then a matter of luck.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.5 play
    /// +10  ping raw='{"eventType":"ping","playerTime":{"ts":$ts,"playhead":0,"playhead":$ph}}'  # warn: duplicate-key
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
    /// Advice: RFC 8259 section 4 (names should be unique, what happens otherwise is unpredictable).
    pub static DUPLICATE_KEY = {
        code: "MC-S013",
        name: "duplicate-key",
        summary: "The same JSON key twice in one object",
        family: Schema,
        level: Warn,
        certainty: Advice,
        origin: Payload,
        check: Check::Event(Wants::Flags(EventFlags::DUPLICATE_KEY), check),
        fix: fix,
    }
}

fn duplicate_key(cx: &EventCx<'_>, pointer: &str) -> Report {
    let field = super::field(pointer);
    cx.report(format!("{field} stands more than once in the same object: which value counts is undefined"))
        .pointer(pointer)
}

fn check(cx: &EventCx<'_>, found: &mut Findings<'_>) {
    for pointer in cx.event.duplicate_keys() {
        found.report(duplicate_key(cx, &pointer));
    }
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let path = cx.pointer()?.to_owned();
    let (field, value) = (super::field(&path), cx.value()?);
    let patch = vec![PatchOp::Remove { path: path.clone() }, PatchOp::Add { path, value }];
    Fix::proposed(format!("Keep the last value of {field}"), cx.patch(patch)?)
}
