//! MC-T019.

use super::{clocks_compare, place_text};
use crate::declare_rule;
use crate::model::event_type::EventType;
use crate::rules::context::{SessionCx, number_text};
use crate::rules::finding::{Findings, Report};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// The first `play` or `adStart` comes within 30 s of the `sessionStart`, by the client's clock.
    ///
    /// ## Why it matters
    ///
    /// The session is opened when the viewer asks for the content: what passes up to the first `play` is time to start
    /// in the reports, and may be a real wait. Often the session is opened when a page loads, though; then the viewer
    /// has asked for nothing yet, and starts without any play appear in the reports.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=300
    /// +0   sessionStart
    /// +10..+30/10 ping
    /// +40  play               # info: content-start-delayed
    /// +50  ping
    /// +55  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=300
    /// +0   sessionStart
    /// +10  ping
    /// +15  play
    /// +25  ping
    /// +30  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `session-start.md`, `time-to-start.md`.
    pub static CONTENT_START_DELAYED = {
        code: "MC-T019",
        name: "content-start-delayed",
        summary: "Long before the first `play` or ad the session was opened",
        family: Time,
        level: Info,
        certainty: Documented,
        origin: Payload,
        check: Check::Session(check),
    }
}

fn content_start_delayed(cx: &SessionCx<'_>, first: u32, secs: f64) -> Report {
    let message = format!(
        "{} comes {} s after the `sessionStart`: the first `play` or ad is expected within {} s",
        place_text(cx, first),
        number_text(secs),
        number_text(cx.settings.numbers.start_delay_secs),
    );
    cx.report(first, message).pointer("/playerTime/ts").related(cx.id(0), "the session was opened here")
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    if cx.event_type(0) != Some(EventType::SessionStart) || !clocks_compare(cx) {
        return;
    }
    let begins = |at: &u32| matches!(cx.event_type(*at), Some(EventType::Play | EventType::AdStart));
    let Some(first) = (1..cx.len()).find(begins) else { return };
    if let Some((opened, ts)) = cx.ts(0).zip(cx.ts(first)) {
        let secs = ts.secs_since(opened);
        if secs > cx.settings.numbers.start_delay_secs {
            found.report(content_start_delayed(cx, first, secs));
        }
    }
}
