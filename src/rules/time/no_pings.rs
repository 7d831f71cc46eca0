//! MC-T017.

use super::mending::{insert_pings, pings_between};
use super::{Unseen, place_text, ts_is_in_millis};
use crate::declare_rule;
use crate::metrics::cadence::Gap;
use crate::model::machine::Playback;
use crate::rules::context::{SessionCx, number_text};
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Edit, Fix, FixCx};
use crate::rules::lifecycle::{closed_by_silence, lost_text};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// The session has no `ping` at all, although main content played for more than 30 s (downloaded: 60 s) in one
    /// piece, without a `play`, `pauseStart`, `bufferStart` or ad event in it: these restart the ping timers of the
    /// SDKs. A session of shorter pieces needs no ping.
    ///
    /// The sources disagree from where the 10 s are counted (D19, policy `ping-anchor`): from the last playback event, as
    /// Adobe's SDKs do, or from the session's start, as in the timelines of the documents. Both are accepted by default.
    /// With `session-start` nothing restarts the timer: then all play of main content counts together, from the first
    /// `play` on.
    ///
    /// ## Why it matters
    ///
    /// Pings carry the time spent while the session runs and keep it alive. Without them everything since the last
    /// event is lost when the player goes away, and after 10 minutes of play the back end closes the session: where that
    /// has happened the finding says so, and `event-after-silence-timeout` is silent.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0   play
    /// +60  sessionComplete    # error: no-pings
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0   play
    /// +10..+50/10 ping
    /// +60  sessionComplete
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `ping.md`, `mc-api-sed-pings.md`.
    pub static NO_PINGS = {
        code: "MC-T017",
        name: "no-pings",
        summary: "Main content plays, but no ping is ever sent",
        family: Time,
        level: Error,
        certainty: Documented,
        origin: Payload,
        when: AtTheEnd,
        check: Check::Session(check),
        fix: fix,
    }
}

fn no_pings(cx: &SessionCx<'_>, play: &Gap) -> Report {
    let closed = closed_by_silence(cx);
    let fate = closed.map_or_else(String::new, |at| {
        format!(
            ", and for its silence the back end closed the session before {}: {} lost",
            place_text(cx, at),
            lost_text(cx, at)
        )
    });
    let message = format!(
        "the session has no `ping` at all; {} comes after {} s of play since {}: time spent will be wrong{fate}",
        place_text(cx, play.to),
        number_text(play.secs),
        place_text(cx, play.from),
    );
    let report = cx.report(play.to, message).related(cx.id(play.from), "played on from here");
    report.related(closed.and_then(|at| cx.id(at)), "the session was closed before this")
}

/// The play that shows that the session has no pings at all.
pub(in crate::rules) fn play_without_pings(cx: &SessionCx<'_>) -> Option<Gap> {
    let clock_is_one = ts_is_in_millis(cx) && cx.delay().stepped.is_empty();
    let play = cx.cadence().play_without_pings().filter(|_| clock_is_one)?;
    (!Unseen::of(cx).may_lie_between(cx, play.from, play.to)).then_some(play)
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    if let Some(play) = play_without_pings(cx) {
        found.report(no_pings(cx, &play));
    }
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let session = cx.session;
    let is_open = |at: &u32| !session.before(*at).ended() && !session.before(*at).completed();
    let gaps = (1..session.len())
        .filter(is_open)
        .filter(|to| session.after(*to - 1).playback() != Playback::Starting);
    let edits: Vec<Edit> = gaps.flat_map(|to| pings_between(cx, to - 1, to)).take(MAX_PINGS + 1).collect();
    let is_too_much = edits.len() > MAX_PINGS;
    Fix::proposed(insert_pings(edits.len()), edits).filter(|_| !is_too_much)
}

/// More pings than this are not made up.
const MAX_PINGS: usize = 1000;
