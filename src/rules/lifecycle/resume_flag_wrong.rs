//! MC-L015.

use super::start_playhead;
use crate::declare_rule;
use crate::rules::context::{SessionCx, SessionsCx};
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// The `sessionStart` says `media.resume: true`, but it and the first `play` stand at playhead 0, and the capture has
    /// no earlier session of that media. Without a `play` nothing is said: players open a session before they know where
    /// it resumes (N5).
    ///
    /// ## Why it matters
    ///
    /// The session counts as a resume although it begins at the beginning. A flag that is always true makes the metric
    /// "content resumes" worthless. It may be right all the same: the earlier session may lie before the capture.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=600 media.resume=true
    /// +0   sessionStart     # info: resume-flag-wrong
    /// +0   play
    /// +10  ping
    /// +15  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=600 ph=0 media.resume=true
    /// +0   sessionStart
    /// +0   play ph=271.5
    /// +10  ping
    /// +15  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Advice. What the flag means: `session-start.md`, `content-resumes.md`.
    pub static RESUME_FLAG_WRONG = {
        code: "MC-L015",
        name: "resume-flag-wrong",
        summary: "`media.resume` at the beginning of content that no earlier session has",
        family: Lifecycle,
        level: Info,
        certainty: Advice,
        origin: Payload,
        check: Check::Sessions(check),
        fix: fix,
    }
}

/// Players round the playhead and play a little before they say so: below this it stands at 0, seconds.
const AT_ZERO_SECS: f64 = 1.0;

fn resume_flag_wrong(cx: &SessionCx<'_>) -> Report {
    let message =
        "`media.resume` is true, but the content starts at playhead 0 and no earlier session has it";
    cx.report(0, message).pointer("/params/media.resume")
}

fn check(cx: &SessionsCx<'_>, found: &mut Findings<'_>) {
    for (session, viewing) in cx.sessions().zip(cx.viewings()) {
        let resumes = session.session.content.resume == Some(true);
        if resumes && !viewing.is_repeated && start_playhead(&session).is_some_and(|secs| secs < AT_ZERO_SECS)
        {
            found.report(resume_flag_wrong(&session));
        }
    }
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    Fix::proposed("Leave out `media.resume`", cx.remove_value()?)
}
