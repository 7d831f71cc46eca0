//! MC-L014.

use super::{restarts, start_playhead};
use crate::declare_rule;
use crate::rules::context::{SessionCx, SessionsCx, number_text};
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx, PatchOp};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// An earlier session of the capture has the same media and viewer, and this one starts at a playhead above 5 s without
    /// `media.resume: true`. What counts is the playhead of the first `play` too: players open a session before they know
    /// where it resumes (N5). Silent on live content, where a session should not have been opened at all (L010) and where
    /// it was opened twice (L016).
    ///
    /// ## Why it matters
    ///
    /// The flag is what the metric "content resumes" counts. Without it the second half of a film looks like a view of its
    /// own that began in the middle (whether a resume also counts as a media start is disputed: D16).
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=600
    /// +0   sessionStart
    /// +0   play
    /// +10..+60/10 ping
    /// +65  sessionEnd
    ///
    /// @vod length=600 ph=65
    /// +0   sessionStart     # info: resume-flag-missing
    /// +0   play
    /// +10  ping
    /// +15  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=600
    /// +0   sessionStart
    /// +0   play
    /// +10..+60/10 ping
    /// +65  sessionEnd
    ///
    /// @vod length=600 ph=65 media.resume=true
    /// +0   sessionStart
    /// +0   play
    /// +10  ping
    /// +15  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `session-start.md`, `content-resumes.md`, `session/overview.md`.
    pub static RESUME_FLAG_MISSING = {
        code: "MC-L014",
        name: "resume-flag-missing",
        summary: "Content goes on where an earlier session left it, without `media.resume`",
        family: Lifecycle,
        level: Info,
        certainty: Documented,
        origin: Payload,
        check: Check::Sessions(check),
        fix: fix,
    }
}

fn resume_flag_missing(cx: &SessionCx<'_>, earlier: &SessionCx<'_>, playhead: f64) -> Report {
    let message = format!(
        "this session starts at a playhead of {} s after an earlier one of the same media, without `media.resume: true`",
        number_text(playhead),
    );
    cx.report(0, message).pointer("/params/media.resume").related(earlier.id(0), "the earlier session")
}

fn check(cx: &SessionsCx<'_>, found: &mut Findings<'_>) {
    for (number, viewing) in cx.viewings().iter().enumerate() {
        let Some(before) = viewing.before.filter(|_| viewing.twin.is_none()) else { continue };
        let Some((session, earlier)) = cx.session(number).zip(cx.session(before)) else { continue };
        let content = &session.session.content;
        if content.live || content.resume == Some(true) || restarts(cx, number) {
            continue;
        }
        let above = |playhead: &f64| *playhead > cx.settings.numbers.resume_above_secs;
        if let Some(playhead) = start_playhead(&session).filter(above) {
            found.report(resume_flag_missing(&session, &earlier, playhead));
        }
    }
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let path = cx.pointer()?.to_owned();
    Fix::proposed("Set `media.resume` to true", cx.patch(vec![PatchOp::Add { path, value: true.into() }])?)
}
