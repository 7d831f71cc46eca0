//! MC-O009.

use crate::declare_rule;
use crate::model::event_type::EventType;
use crate::model::machine::{Oddity, OddityKind};
use crate::rules::context::{SessionCx, counted, number_text};
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx};
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
        fix: fix,
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
    // Without a `ts` nothing speaks against it.
    let soon = passed.is_none_or(|secs| secs <= cx.settings.numbers.second_play_secs);
    soon && before.is_none_or(|before| before.at != since)
}

/// The `play`s that nothing explains.
fn unexplained<'a>(cx: &'a SessionCx<'_>) -> impl Iterator<Item = &'a Oddity> {
    let mut before = None;
    cx.lanes.odd(OddityKind::PlayRepeated).filter(move |odd| {
        let is_mark = is_mark_of_start(cx, odd, before);
        before = Some(*odd);
        !is_mark
    })
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    let mut unexplained = unexplained(cx);
    if let Some(first) = unexplained.next() {
        let n = u32::try_from(1 + unexplained.count()).unwrap_or(u32::MAX);
        found.report(play_repeated(cx, first, n));
    }
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let edits = cx.remove_all(unexplained(cx.session).map(|odd| odd.at));
    let title = match edits.len() {
        1 => "Remove the `play`".to_owned(),
        n => format!("Remove the {n} repetitions of `play`"),
    };
    Fix::proposed(title, edits)
}
