//! MC-P007.

use crate::declare_rule;
use crate::model::policy::MetadataTypes;
use crate::model::table::EventFlags;
use crate::rules::context::{EventCx, counted};
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx};
use crate::rules::rule::{Check, Level, Wants};

declare_rule! {
    /// ## What it checks
    ///
    /// `customMetadata` stands on `sessionStart`, `adStart` and `chapterStart` only. An empty one elsewhere is told as info.
    /// The sources disagree (D23): the overview names these three, the page about events only `adStart` and `chapterStart`,
    /// perhaps since `sessionStart` has an endpoint of its own. With that reading (`metadata-types` = `events-only`) the
    /// rule fires on `sessionStart` too.
    ///
    /// ## Why it matters
    ///
    /// The metadata of other events is taken and goes nowhere: no variable, no report. Metadata of a break belong on its
    /// ads.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0   adBreakStart meta.campaign="spring"   # warn: metadata-on-other-event
    /// +0   adStart
    /// +10  adComplete
    /// +10  adBreakComplete
    /// +10  play
    /// +20  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0   adBreakStart
    /// +0   adStart meta.campaign="spring"
    /// +10  adComplete
    /// +10  adBreakComplete
    /// +10  play
    /// +20  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `mc-api-overview.md`, `mc-api-events-req.md`. A player vendor's connector sends an empty one on
    /// `adBreakStart`.
    pub static METADATA_ON_OTHER_EVENT = {
        code: "MC-P007",
        name: "metadata-on-other-event",
        summary: "customMetadata on an event that does not carry it",
        family: Params,
        level: Warn,
        certainty: Documented,
        origin: Payload,
        check: Check::Event(Wants::Flags(EventFlags::METADATA), check),
        fix: fix,
    }
}

fn metadata_on_other_event(cx: &EventCx<'_>, n_keys: usize) -> Report {
    let carriers = match cx.settings.policy.metadata_types {
        MetadataTypes::Three => "`sessionStart`, `adStart` and `chapterStart` carry it",
        MetadataTypes::EventsOnly => "`adStart` and `chapterStart` carry it",
    };
    let what = if n_keys == 0 { "an empty `customMetadata`" } else { "`customMetadata`" };
    let lost = if n_keys == 0 { String::new() } else { format!(", {} lost", counted(n_keys, "value")) };
    let message = format!("`{}` has {what}: only {carriers}{lost}", cx.event.type_name());
    let report = cx.report(message).pointer("/customMetadata");
    if n_keys == 0 { report.level(Level::Info) } else { report }
}

fn check(cx: &EventCx<'_>, found: &mut Findings<'_>) {
    let Some(event_type) = cx.event.event_type() else { return };
    if super::carries_metadata(event_type, &cx.settings.policy) {
        return;
    }
    if let Some(custom) = super::member(cx, "customMetadata") {
        found.report(metadata_on_other_event(cx, custom.len()));
    }
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let is_empty = cx.value()?.as_object()?.is_empty();
    let offer = if is_empty { Fix::safe } else { Fix::proposed };
    offer("Take `customMetadata` out", cx.remove_value()?)
}
