//! MC-L005.

use super::{is_real_time_out, lost_text};
use crate::declare_rule;
use crate::model::machine::OddityKind;
use crate::rules::context::{OddityCx, number_text};
use crate::rules::finding::{Findings, Report};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// Thirty minutes without any movement of the playhead close the session, even if pings arrive. The rule reports
    /// the first event after that, by the client's clock, and says how many events are lost from there on. The
    /// `sessionEnd` by which a client closes the session itself, up to 1 min past the limit, is what Adobe's SDKs do. They
    /// count from the pause: up to 1 min in which the playhead stood before it, and the time of ads, is no part of it.
    ///
    /// Silent where requests whose body was not captured may have moved the playhead. Whether the time-out holds inside a
    /// downloaded array is not documented: there the rule is silent.
    ///
    /// ## Why it matters
    ///
    /// The back end closes the session and sends its last figures. Every later event with the same id is answered 404 or
    /// dropped: what is watched after a long pause appears in no report. A client has to close the session itself, and to
    /// open a new one when the viewer comes back.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=3600
    /// +0    sessionStart
    /// +0.1  play
    /// +10   ping
    /// +20   pauseStart
    /// +30..+1820/10 ping
    /// +1830 ping          # error: event-after-still-playhead-timeout
    /// +1835 play
    /// +1840 sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=3600
    /// +0    sessionStart
    /// +0.1  play
    /// +10   ping
    /// +20   pauseStart
    /// +30..+1820/10 ping
    /// +1820.5 sessionEnd
    ///
    /// @vod length=3600 at=+1835 ph=19.9 media.resume=true
    /// +0    sessionStart
    /// +0.1  play
    /// +5    sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `mc-api-timeout.md`. The SDKs' own end after 1800 s was observed (N15).
    pub static EVENT_AFTER_STILL_PLAYHEAD_TIMEOUT = {
        code: "MC-L005",
        name: "event-after-still-playhead-timeout",
        summary: "An event after thirty minutes without playhead movement",
        family: Lifecycle,
        level: Error,
        certainty: Documented,
        origin: Payload,
        check: Check::Oddity(&[OddityKind::AfterStillPlayhead], check),
    }
}

fn event_after_still_playhead_timeout(cx: &OddityCx<'_>) -> Report {
    let (session, at) = (cx.session, cx.odd.at);
    let since = cx.odd.related.and_then(|since| session.ts(since));
    let still = since.and_then(|since| Some(session.ts(at)?.secs_since(since))).unwrap_or_default();
    cx.report(format!(
        "`{}` at {} comes {} s after the playhead came to stand at {} s: the back end closed the session after {} \
         min, {} lost",
        session.type_name(at),
        session.at(at),
        number_text(still),
        session.playhead(at).map_or_else(|| "?".to_owned(), |playhead| number_text(playhead.0)),
        number_text(session.settings.numbers.still_playhead_timeout_mins),
        lost_text(session, at),
    ))
    .pointer("/playerTime/playhead")
    .related(cx.related(), "the playhead came to stand here")
}

fn check(cx: &OddityCx<'_>, found: &mut Findings<'_>) {
    if !cx.session.session.mode.is_downloaded() && is_real_time_out(cx.session, cx.odd) {
        found.report(event_after_still_playhead_timeout(cx));
    }
}
