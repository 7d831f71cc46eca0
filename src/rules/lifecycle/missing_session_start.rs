//! MC-L001.

use crate::declare_rule;
use crate::model::machine::OddityKind;
use crate::rules::context::OddityCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::rule::Check;
use crate::rules::transport;

declare_rule! {
    /// ## What it checks
    ///
    /// A session begins with `sessionStart`: it is the only event that opens one. The first event of this session is of
    /// another type.
    ///
    /// Other rules take over where they know more: B001 when the session is a downloaded array, H013 when the event was
    /// sent to `/sessions`, H002, H006 and H014 when path or session id are wrong, K001 when the recording plainly
    /// began after the session did.
    ///
    /// ## Why it matters
    ///
    /// `sessionStart` carries what every report needs: content, player, channel, visitor. A request to `/sessions` with
    /// any other event is refused, and events without an open session are answered 404 and lost.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   play       # error: missing-session-start
    /// +10  ping
    /// +20  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.1 play
    /// +10  ping
    /// +20  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `mc-api-sessions-req.md`, `session-start.md`.
    pub static MISSING_SESSION_START = {
        code: "MC-L001",
        name: "missing-session-start",
        summary: "The first event of a session is no `sessionStart`",
        family: Lifecycle,
        level: Error,
        certainty: Documented,
        origin: Payload,
        check: Check::Oddity(&[OddityKind::FirstIsNoStart], check),
    }
}

fn missing_session_start(cx: &OddityCx<'_>) -> Report {
    let name = cx.session.type_name(cx.odd.at);
    cx.report(format!(
        "the session begins with `{name}`, not with `sessionStart`: nothing says what is played"
    ))
}

/// True when the event was sent to `/sessions`.
fn first_is_misplaced(cx: &OddityCx<'_>) -> bool {
    let request = cx.session.event(cx.odd.at).and_then(|event| event.exchange());
    request.is_some_and(|request| transport::misplaced(&request).is_some())
}

fn check(cx: &OddityCx<'_>, found: &mut Findings<'_>) {
    let session = cx.session.session;
    let capture = cx.session.capture;
    // K001, B001, K003, H002, H006, H013 and H014 say it better.
    let is_named = session.begins_late
        || session.mode.is_downloaded()
        || transport::start_was_not_recorded(capture, session)
        || transport::begins_astray(capture, session)
        || transport::is_unknown_id(capture, session)
        || first_is_misplaced(cx);
    if !is_named {
        found.report(missing_session_start(cx));
    }
}
