//! MC-P014.

use crate::declare_rule;
use crate::model::event_type::EventType;
use crate::model::placeholder::is_placeholder;
use crate::model::table::EventFlags;
use crate::rules::context::EventCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::rule::{Check, Wants};

declare_rule! {
    /// ## What it checks
    ///
    /// Ids, names, channel and visitor ids of `sessionStart`, `adBreakStart`, `adStart` and `chapterStart` are not, as the
    /// whole value and letter case aside, a word that stands for "nothing": `N/A`, `unknown`, `undefined`, `null`, `none`,
    /// `test` and the like. One finding for each key.
    ///
    /// ## Why it matters
    ///
    /// The word is taken for a value: all content with it becomes one row of the reports, and all viewers with it one
    /// visitor. Visits cannot be joined.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart media.channel="N/A"   # warn: placeholder-value
    /// +0.5 play
    /// +10  ping
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart media.channel="sports"
    /// +0.5 play
    /// +10  ping
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Observed: connectors of players that fill in `N/A`, SDKs that fill in `unknown` for a channel or player name that
    /// was not configured.
    pub static PLACEHOLDER_VALUE = {
        code: "MC-P014",
        name: "placeholder-value",
        summary: "A placeholder in place of an id or a name",
        family: Params,
        level: Warn,
        certainty: Observed,
        origin: Payload,
        check: Check::Event(Wants::Flags(EventFlags::PLACEHOLDER), check),
    }
}

/// The types that carry one of the keys.
const TYPES: &[EventType] =
    &[EventType::SessionStart, EventType::AdBreakStart, EventType::AdStart, EventType::ChapterStart];

/// The keys that are looked at.
const KEYS: [&str; 18] = [
    "media.id",
    "media.name",
    "media.channel",
    "media.playerName",
    "media.assetId",
    "visitor.marketingCloudUserId",
    "appInstallationId",
    "analytics.visitorId",
    "analytics.aid",
    "media.ad.podFriendlyName",
    "media.ad.id",
    "media.ad.name",
    "media.ad.playerName",
    "media.ad.campaignId",
    "media.ad.creativeId",
    "media.ad.placementId",
    "media.ad.siteId",
    "media.chapter.friendlyName",
];

fn placeholder_value(cx: &EventCx<'_>, key: &str, word: &str) -> Report {
    cx.report(format!("`{key}` is \"{word}\", which names nothing")).pointer(format!("/params/{key}"))
}

fn check(cx: &EventCx<'_>, found: &mut Findings<'_>) {
    if !cx.event.event_type().is_some_and(|known| TYPES.contains(&known)) {
        return;
    }
    for key in KEYS {
        let Some(text) = super::text(cx, key) else { continue };
        if is_placeholder(text) {
            found.report(placeholder_value(cx, key, text));
        }
    }
}
