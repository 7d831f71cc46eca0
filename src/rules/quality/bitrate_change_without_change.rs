//! MC-Q006.

use crate::declare_rule;
use crate::rules::context::SessionCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// `bitrateChange` brings another bitrate than the one before: than that of the last `bitrateChange`, or of the
    /// first event that told a bitrate. A new bitrate that a `ping` told a moment earlier is still new. With the policy
    /// `qoe-place: also-params` (D3) values in `params` count too.
    ///
    /// ## Why it matters
    ///
    /// The back end counts every `bitrateChange`: the report "Bitrate changes" shows changes that nobody saw.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.5 play
    /// +5   bitrateChange bitrate=3400
    /// +8   bitrateChange bitrate=3400   # info: bitrate-change-without-change
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.5 play
    /// +5   bitrateChange bitrate=3400
    /// +8   bitrateChange bitrate=1200
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Advice: `bitrate-change.md` (sent when the bitrate changes), `bitrate-changes.md` (each one is counted).
    pub static BITRATE_CHANGE_WITHOUT_CHANGE = {
        code: "MC-Q006",
        name: "bitrate-change-without-change",
        summary: "A bitrateChange with the bitrate that was there before",
        family: Quality,
        level: Info,
        certainty: Advice,
        origin: Payload,
        check: Check::Session(check),
        fix: fix,
    }
}

fn bitrate_change_without_change(cx: &SessionCx<'_>, at: u32, told: u32, value: u64) -> Report {
    let message = format!(
        "`bitrateChange` at {} brings {value}, the bitrate that `{}` at {} told already",
        cx.at(at),
        cx.type_name(told),
        cx.at(told),
    );
    cx.report(at, message)
        .pointer("/qoeData/media.qoe.bitrate")
        .related(cx.id(told), "the same bitrate was told here")
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    let quality = cx.quality();
    let Some(first) = quality.bitrate.first() else { return };
    let mut told = first.at;
    for at in quality.bitrate_changes.iter().copied().filter(|at| *at > first.at) {
        // Changes lie in order, and the first of them lies before.
        let n_known = quality.bitrate.partition_point(|change| change.at <= at);
        let current = quality.bitrate.get(n_known - 1);
        if let Some(current) = current.filter(|current| current.at <= told) {
            found.report(bitrate_change_without_change(cx, at, told, current.value));
        }
        told = at;
    }
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    Fix::proposed("Remove the `bitrateChange`, which tells nothing new", cx.remove_event()?)
}
