//! MC-L004.

use super::{closed_by_silence, lost_text};
use crate::declare_rule;
use crate::model::machine::OddityKind;
use crate::rules::context::{OddityCx, number_text};
use crate::rules::finding::{Findings, Report};
use crate::rules::rule::Check;
use crate::rules::time::play_without_pings;

declare_rule! {
    /// ## What it checks
    ///
    /// Ten minutes without any event close the session. The rule reports the first event after such a silence, by the
    /// client's clock, and says how many events are lost from there on.
    ///
    /// Silent where requests whose body was not captured may have filled the silence. Whether the time-out holds inside a
    /// downloaded array is not documented; there it is B007. A session without any ping is `no-pings`, which then tells
    /// the loss.
    ///
    /// ## Why it matters
    ///
    /// The back end closes the session and sends its last figures. Every later event with the same id is answered 404 or
    /// dropped. The usual cause is a ping timer that stops in a pause, in an ad or in the background.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=1200
    /// +0    sessionStart
    /// +0.1  play
    /// +10   ping
    /// +20   pauseStart
    /// +700  play          # error: event-after-silence-timeout
    /// +710  ping
    /// +720  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=1200
    /// +0    sessionStart
    /// +0.1  play
    /// +10   ping
    /// +20   pauseStart
    /// +30..+690/10 ping
    /// +700  play
    /// +710  ping
    /// +720  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `mc-api-timeout.md`.
    pub static EVENT_AFTER_SILENCE_TIMEOUT = {
        code: "MC-L004",
        name: "event-after-silence-timeout",
        summary: "An event after ten minutes without any",
        family: Lifecycle,
        level: Error,
        certainty: Documented,
        origin: Payload,
        check: Check::Oddity(&[OddityKind::AfterSilence], check),
    }
}

fn event_after_silence_timeout(cx: &OddityCx<'_>) -> Report {
    let (session, at) = (cx.session, cx.odd.at);
    let last = cx.odd.related.and_then(|last| session.ts(last));
    let silence = last.and_then(|last| Some(session.ts(at)?.secs_since(last))).unwrap_or_default();
    cx.report(format!(
        "`{}` at {} comes after {} s without any event: the back end closed the session after {} min, {} lost",
        session.type_name(at),
        session.at(at),
        number_text(silence),
        number_text(session.settings.numbers.silence_timeout_mins),
        lost_text(session, at),
    ))
    .related(cx.related(), "last event before the silence")
}

fn check(cx: &OddityCx<'_>, found: &mut Findings<'_>) {
    // A session without any ping is silent for that reason, and T017 says what it costs.
    if closed_by_silence(cx.session) == Some(cx.odd.at) && play_without_pings(cx.session).is_none() {
        found.report(event_after_silence_timeout(cx));
    }
}
