//! MC-O009.

use crate::declare_rule;
use crate::model::event_type::EventType;
use crate::model::machine::{Oddity, OddityKind};
use crate::rules::context::{SessionCx, counted, number_text};
use crate::rules::finding::{Findings, Report};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// `play` while playing; once per session, with the number. Adobe's SDKs do two of the kind, which are left out: they
    /// announce `play` once more when content has run for 1 s (within 2.5 s of a `play`, N2), and they restate the
    /// playback state right after `adStart` and `adBreakComplete` (N3).
    ///
    /// ## Why it matters
    ///
    /// It does no harm: playing goes on. But it restarts the ping timers of SDKs, and in players that are wired by hand it
    /// is often the trace of a `pauseStart` or `bufferStart` that was not sent, so that a pause counts as play.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0   play
    /// +10  ping
    /// +15  play            # info: play-repeated
    /// +25  ping
    /// +30  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0   play
    /// +1   play
    /// +11  ping
    /// +21  ping
    /// +30  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Observed: no SDK sends it but as in N2 and N3. The documents allow it: `mc-api-timeline-1.md`.
    pub static PLAY_REPEATED = {
        code: "MC-O009",
        name: "play-repeated",
        summary: "`play` while playing",
        family: Ordering,
        level: Info,
        certainty: Observed,
        origin: Payload,
        check: Check::Session(check),
    }
}

fn play_repeated(cx: &SessionCx<'_>, first: &Oddity, n: u32) -> Report {
    let since = first.related;
    let passed = since.and_then(|since| Some(cx.ts(first.at)?.secs_since(cx.ts(since)?)));
    let others = match n - 1 {
        0 => String::new(),
        n => format!("; {} after it likewise", counted(n as usize, "`play`")),
    };
    let message = format!(
        "`play` at {} comes while playing, {} s after `{}`{others}",
        cx.at(first.at),
        passed.map_or_else(|| "?".to_owned(), number_text),
        since.map_or_else(|| "?".to_owned(), |since| cx.type_name(since)),
    );
    let report = cx.report(first.at, message).count(n);
    report.related(since.and_then(|since| cx.id(since)), "playing since here")
}

/// The SDKs' mark that content has run for 1 s: one `play`, soon after one that was no repetition itself (N2).
fn is_mark_of_start(cx: &SessionCx<'_>, odd: &Oddity, before: Option<&Oddity>) -> bool {
    let Some(since) = odd.related.filter(|since| cx.event_type(*since) == Some(EventType::Play)) else {
        return false;
    };
    let passed = cx.ts(odd.at).zip(cx.ts(since)).map(|(here, since)| here.secs_since(since));
    let soon = passed.is_some_and(|secs| secs <= cx.settings.numbers.second_play_secs);
    soon && before.is_none_or(|before| before.at != since)
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    let (mut before, mut first, mut n) = (None, None, 0);
    for odd in cx.lanes.odd(OddityKind::PlayRepeated) {
        if !is_mark_of_start(cx, odd, before) {
            first.get_or_insert(odd);
            n += 1;
        }
        before = Some(odd);
    }
    if let Some(first) = first {
        found.report(play_repeated(cx, first, n));
    }
}
