//! MC-T007.

use super::length_of_the_pre_roll::pre_roll_of_length;
use super::place_text;
use crate::declare_rule;
use crate::model::numbers::Numbers;
use crate::model::policy::PlayheadBound;
use crate::rules::context::{SessionCx, number_text};
use crate::rules::finding::{Findings, Report};
use crate::rules::rule::{Check, Level};

declare_rule! {
    /// ## What it checks
    ///
    /// On recorded content the playhead stays within `media.length`. The rule fires once per session when it lies 1 s
    /// or more above it; less is taken for a rounded length. The documents disagree whether the playhead may reach the
    /// length (D13, policy `playhead-bound`): with `up-to-length`, the default, it may; with `below-length` (profile
    /// `strict`) it may not, nor is a rounded length tolerated.
    ///
    /// In a downloaded batch it is worth knowing only: the length is what was known when the content was stored.
    /// Silent when the playhead counts milliseconds (`playhead-in-milliseconds`) or the length is that of a pre-roll
    /// (`length-of-the-pre-roll`), and within ad breaks.
    ///
    /// ## Why it matters
    ///
    /// Progress markers are set too early and percent viewed exceeds 100 %: the session may count as completed long
    /// before its end.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=30
    /// +0   sessionStart
    /// +0   play
    /// +10..+30/10 ping
    /// +40  ping               # warn: playhead-past-length
    /// +45  sessionComplete
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=45
    /// +0   sessionStart
    /// +0   play
    /// +10..+40/10 ping
    /// +45.6 sessionComplete
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `mc-api-sessions-req.md` (`0 <= playhead < length`); the sample of `session-complete.md` reaches it.
    pub static PLAYHEAD_PAST_LENGTH = {
        code: "MC-T007",
        name: "playhead-past-length",
        summary: "The playhead lies beyond the length of the content",
        family: Time,
        level: Warn,
        certainty: Documented,
        origin: Payload,
        strict: Warn,
        check: Check::Session(check),
    }
}

/// True when `playhead` lies beyond what the policy allows.
fn is_past(playhead: f64, length: f64, bound: PlayheadBound, numbers: &Numbers) -> bool {
    match bound {
        PlayheadBound::UpToLength => playhead >= length + numbers.past_length_secs,
        PlayheadBound::BelowLength => playhead >= length,
    }
}

fn playhead_past_length(cx: &SessionCx<'_>, first: u32, length: f64) -> Report {
    let number = |playhead: Option<f64>| playhead.map_or_else(|| "?".to_owned(), number_text);
    let highest = cx.drift().highest.filter(|highest| highest.at != first);
    let most = highest.map_or_else(String::new, |highest| {
        format!(", and it goes up to {} at {}", number_text(highest.playhead), cx.at(highest.at))
    });
    let message = format!(
        "the playhead of {} is {} s, `media.length` {} s{most}",
        place_text(cx, first),
        number(cx.playhead(first).map(|playhead| playhead.0)),
        number_text(length),
    );
    let report = cx.report(first, message).pointer("/playerTime/playhead");
    let report = report.related(cx.id(0).filter(|_| !cx.session.begins_late), "the length stands here");
    if cx.session.mode.is_downloaded() { report.level(Level::Info) } else { report }
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    let content = &cx.session.content;
    let Some(length) = content.length_secs.filter(|length| *length > 0.0 && !content.live) else { return };
    let bound = cx.settings.policy.playhead_bound;
    let drift = cx.drift();
    let is_past = |playhead: f64| is_past(playhead, length, bound, &cx.settings.numbers);
    let exceeded = drift.highest.is_some_and(|highest| is_past(highest.playhead));
    if !exceeded || drift.in_millis.is_some() || pre_roll_of_length(cx).is_some() {
        return;
    }
    let is_first = |at: &u32| {
        let before = cx.before(*at);
        let counts = !before.in_break() && !before.in_stray_ad();
        counts && cx.playhead(*at).is_some_and(|playhead| is_past(playhead.0))
    };
    // The opening event only says where the session resumes.
    if let Some(first) = (1..cx.len()).find(is_first) {
        found.report(playhead_past_length(cx, first, length));
    }
}
