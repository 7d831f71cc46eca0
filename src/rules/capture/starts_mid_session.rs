//! MC-K001.

use crate::declare_rule;
use crate::model::note::NoteKind;
use crate::rules::context::CaptureCx;
use crate::rules::finding::Findings;
use crate::rules::rule::Check;
use crate::rules::transport;

declare_rule! {
    /// ## What it checks
    ///
    /// Events go to a session that nothing in the recording opened: the recording began after the session did. When it
    /// began early enough to have shown the answer, the player uses a wrong id instead, which is H006.
    ///
    /// ## Why it matters
    ///
    /// What the start said (content, length, identity) is unknown, so rules that need it are silent for this session,
    /// and the first events are not judged as if they were its beginning.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod @starts-late length=60
    /// +10  ping        # info: starts-mid-session
    /// +20  ping
    /// +25  sessionEnd
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
    pub static STARTS_MID_SESSION = {
        code: "MC-K001",
        name: "starts-mid-session",
        summary: "The capture began after the session did",
        family: Capture,
        level: Info,
        certainty: None,
        origin: Capture,
        check: Check::Capture(check),
    }
}

fn check(cx: &CaptureCx<'_>, found: &mut Findings<'_>) {
    for remarks in super::remarks(cx, NoteKind::StartsMidSession) {
        let session = remarks.session.and_then(|session| cx.capture.session(session));
        // a start whose body was not recorded is K003
        let is_other = |session| {
            transport::start_was_not_recorded(cx.capture, session)
                || transport::is_unknown_id(cx.capture, session)
        };
        if !session.is_some_and(is_other) {
            found.report(remarks.report());
        }
    }
}
