//! MC-K002.

use crate::declare_rule;
use crate::model::note::NoteKind;
use crate::rules::context::CaptureCx;
use crate::rules::finding::Findings;
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// The recording stops while a session is open: whether an end was sent cannot be seen. Silent for downloaded
    /// sessions, which are sent as a whole (B006).
    ///
    /// ## Why it matters
    ///
    /// Rules about the end of the session wait instead of blaming the player for what was not recorded.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod @open length=60     # info: stops-mid-session
    /// +0   sessionStart
    /// +0.5 play
    /// +10  ping
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
    /// The recording itself.
    pub static STOPS_MID_SESSION = {
        code: "MC-K002",
        name: "stops-mid-session",
        summary: "The capture stopped before the session did",
        family: Capture,
        level: Info,
        certainty: None,
        origin: Capture,
        when: AtTheEnd,
        check: Check::Capture(check),
    }
}

fn check(cx: &CaptureCx<'_>, found: &mut Findings<'_>) {
    for remarks in super::remarks(cx, NoteKind::StopsMidSession) {
        let session = remarks.session.and_then(|session| cx.capture.session(session));
        // an array that holds a session is whole: that its end is missing is B006
        if !session.is_some_and(|session| session.mode.is_downloaded()) {
            found.report(remarks.report());
        }
    }
}
