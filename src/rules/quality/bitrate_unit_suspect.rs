//! MC-Q002.

use crate::declare_rule;
use crate::metrics::quality::Change;
use crate::model::policy::BitrateUnit;
use crate::model::table::EventFlags;
use crate::rules::context::SessionCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx, PatchOp};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// `media.qoe.bitrate` is a bitrate that media have: from 50 to 100,000 kbit/s. Above, it may be meant as bit/s;
    /// below, as Mbit/s. Told once for a session, at the first such value; 0 (not known) passes.
    ///
    /// The sources disagree about the unit (D1): the pages of the variable and of the metric say kbit/s, the tables of
    /// requests bit/s. The rule takes it for kbit/s; with the other reading (`bitrate-unit` = `bits`) the limits are
    /// 50,000 and 100,000,000. With the policy `qoe-place: also-params` (D3) values in `params` count too.
    ///
    /// ## Why it matters
    ///
    /// The back end averages whatever is sent. The buckets of the report "Average bitrate" are made for kbit/s: values of
    /// another unit all fall into the last or the first one.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.5 play
    /// +5   bitrateChange bitrate=3400000   # info: bitrate-unit-suspect
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
    /// +5   bitrateChange bitrate=3400
    /// +10  ping
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `bitrate.md` and `average-bitrate.md` (kbit/s), `mc-api-req-params.md` (bit/s).
    pub static BITRATE_UNIT_SUSPECT = {
        code: "MC-Q002",
        name: "bitrate-unit-suspect",
        summary: "A bitrate that looks like another unit than kbit/s",
        family: Quality,
        level: Info,
        certainty: Documented,
        origin: Payload,
        check: Check::Session(check),
        fix: fix,
    }
}

/// Media have no lower bitrate, kbit/s.
const LEAST_KBITS: u64 = 50;
/// Media have no higher bitrate, kbit/s.
const MOST_KBITS: u64 = 100_000;

/// The unit that the policy takes, how many of it are 1 kbit/s, and the units next below and above.
const fn unit(unit: BitrateUnit) -> (&'static str, u64, Option<&'static str>, &'static str) {
    match unit {
        BitrateUnit::Kilobits => ("kbit/s", 1, Some("bit/s"), "Mbit/s"),
        BitrateUnit::Bits => ("bit/s", 1000, None, "kbit/s"),
    }
}

fn bitrate_unit_suspect(cx: &SessionCx<'_>, odd: Change) -> Report {
    let (unit, per_kbit, below, above) = unit(cx.settings.policy.bitrate_unit);
    let (least, most) = (LEAST_KBITS * per_kbit, MOST_KBITS * per_kbit);
    let (limit, meant) = if odd.value > most {
        (format!("above {most}"), below)
    } else {
        (format!("below {least}"), Some(above))
    };
    let meant = meant.map_or_else(String::new, |meant| format!(", as if {meant} were meant"));
    let message = format!("`media.qoe.bitrate` is {} at {}: {limit} {unit}{meant}", odd.value, cx.at(odd.at));
    cx.report(odd.at, message).pointer("/qoeData/media.qoe.bitrate")
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    let (_, per_kbit, ..) = unit(cx.settings.policy.bitrate_unit);
    let usual = LEAST_KBITS * per_kbit..=MOST_KBITS * per_kbit;
    let is_odd = |change: &&Change| change.value > 0 && !usual.contains(&change.value);
    if let Some(odd) = cx.quality().bitrate.iter().find(is_odd) {
        found.report(bitrate_unit_suspect(cx, *odd));
    }
}

/// The value in the unit that seems to be meant, unless it is usual or stays odd.
fn converted(value: u64, unit_taken: BitrateUnit) -> Option<u64> {
    let (_, per_kbit, below, _) = unit(unit_taken);
    let usual = LEAST_KBITS * per_kbit..=MOST_KBITS * per_kbit;
    let is_above = value > *usual.end();
    let other = if is_above { value / 1000 } else { value.saturating_mul(1000) };
    let is_clear = !is_above || below.is_some();
    (is_clear && value > 0 && !usual.contains(&value) && usual.contains(&other)).then_some(other)
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let unit_taken = cx.session.settings.policy.bitrate_unit;
    let edits = cx.patch_each(|event| {
        let path = "/qoeData/media.qoe.bitrate";
        let event =
            cx.session.capture.event(event).filter(|event| event.row().flags.has(EventFlags::QUALITY))?;
        let value = converted(event.json()?.pointer(path)?.as_u64()?, unit_taken)?;
        Some(vec![PatchOp::Replace { path: path.to_owned(), value: value.into() }])
    });
    Fix::proposed(format!("Convert the bitrates to {}", unit(unit_taken).0), edits)
}
