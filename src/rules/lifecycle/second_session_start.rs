//! MC-L002.

use crate::declare_rule;
use crate::model::machine::OddityKind;
use crate::rules::context::OddityCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// A `sessionStart` that carries the id of a session that runs already. Each start opens a session of its own, so it
    /// belongs to `/sessions`, whose answer gives a new id.
    ///
    /// Repeated attempts to open one session before any succeeded do not count, and in a downloaded array the rule is
    /// B005.
    ///
    /// ## Why it matters
    ///
    /// The events endpoint does not take `sessionStart`. The new content is never started; all that follows is counted
    /// for the content of the first start.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.1 play
    /// +10  ping
    /// +20  sessionStart to=events  # error: second-session-start
    /// +20.1 play
    /// +30  sessionEnd
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
    ///
    /// @vod length=60 id="content-2" at=+20
    /// +0   sessionStart
    /// +0.1 play
    /// +10  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `mc-api-events-req.md` (the types of the events endpoint), `session-start.md`.
    pub static SECOND_SESSION_START = {
        code: "MC-L002",
        name: "second-session-start",
        summary: "A `sessionStart` inside a running session",
        family: Lifecycle,
        level: Error,
        certainty: Documented,
        origin: Payload,
        check: Check::Oddity(&[OddityKind::SecondStart], check),
    }
}

fn second_session_start(cx: &OddityCx<'_>) -> Report {
    let time = cx.session.at(cx.odd.at);
    cx.report(format!(
        "`sessionStart` at {time} stands inside a running session: it opens no new one, what follows counts for \
         the first"
    ))
    .related(cx.related(), "session started here")
}

fn check(cx: &OddityCx<'_>, found: &mut Findings<'_>) {
    // A batch has B005; once the session is closed it is L003 or L004.
    let mut silences = cx.session.lanes.odd(OddityKind::AfterSilence);
    let timed_out = silences.any(|silence| silence.at <= cx.odd.at);
    let is_running = !timed_out && !cx.session.before(cx.odd.at).ended();
    if is_running && !cx.session.session.mode.is_downloaded() {
        found.report(second_session_start(cx));
    }
}
