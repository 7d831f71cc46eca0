//! MC-Q005.

use crate::declare_rule;
use crate::model::event_type::EventType;
use crate::rules::context::EventCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::rule::{Check, Wants};
use crate::rules::{quality, schema};

declare_rule! {
    /// ## What it checks
    ///
    /// `bitrateChange` carries `media.qoe.bitrate` in `qoeData`. Silent when it is there in another place, spelling or
    /// type (Q001, S005, S007, S008), and for text that leaves something out (K008). Whether a bitrate in `params`
    /// counts (D3) is Q001 alone.
    ///
    /// ## Why it matters
    ///
    /// The change is counted, but the back end goes on with the old bitrate: "Bitrate changes" rises, "Average bitrate"
    /// is empty or wrong.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.5 play
    /// +5   bitrateChange qoeData={}   # warn: bitrate-change-without-bitrate
    /// +10  ping
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.5 play
    /// +5   bitrateChange qoeData={"media.qoe.bitrate":3400}
    /// +10  ping
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `bitrate-change.md` (events). A player vendor's connector sends it empty.
    pub static BITRATE_CHANGE_WITHOUT_BITRATE = {
        code: "MC-Q005",
        name: "bitrate-change-without-bitrate",
        summary: "A bitrateChange that does not say the bitrate",
        family: Quality,
        level: Warn,
        certainty: Documented,
        origin: Payload,
        check: Check::Event(Wants::Shapes(&[EventType::BitrateChange]), check),
    }
}

const BITRATE: &str = "media.qoe.bitrate";

fn bitrate_change_without_bitrate(cx: &EventCx<'_>) -> Report {
    let of = cx.json().and_then(|json| json.get("qoeData")).and_then(|of| of.as_object());
    let there = match of {
        None => "it has no `qoeData`",
        Some(of) if of.is_empty() => "its `qoeData` is empty",
        Some(_) => "its `qoeData` holds other values only",
    };
    cx.report(format!("`bitrateChange` does not say `{BITRATE}`: {there}")).pointer("/qoeData")
}

fn check(cx: &EventCx<'_>, found: &mut Findings<'_>) {
    let is_silent =
        quality::is_unknown(cx) || quality::value(cx, BITRATE).is_some() || schema::is_elsewhere(cx, BITRATE);
    if !is_silent {
        found.report(bitrate_change_without_bitrate(cx));
    }
}
