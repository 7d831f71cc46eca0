//! MC-C002.

use crate::declare_rule;
use crate::model::event_type::EventType;
use crate::model::machine::OddityKind;
use crate::rules::context::OddityCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// `chapterComplete` and `chapterSkip` end the chapter that `chapterStart` opened. Here none is open. Silent for a chapter
    /// that may have begun before the recording.
    ///
    /// ## Why it matters
    ///
    /// There is nothing to end: the event is ignored, and the chapter that it was meant for is in no report.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.1 play
    /// +10  ping
    /// +20  chapterComplete    # error: chapter-end-without-start
    /// +25  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.1 play
    /// +0.2 chapterStart
    /// +10  ping
    /// +20  chapterComplete
    /// +25  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `chapter-complete.md`, `chapter-skip.md`.
    pub static CHAPTER_END_WITHOUT_START = {
        code: "MC-C002",
        name: "chapter-end-without-start",
        summary: "`chapterComplete` or `chapterSkip` with no chapter open",
        family: Chapters,
        level: Error,
        certainty: Documented,
        origin: Payload,
        check: Check::Oddity(&[OddityKind::ChapterEndWithoutStart], check),
        fix: fix,
    }
}

fn chapter_end_without_start(cx: &OddityCx<'_>) -> Report {
    let (name, time) = (cx.session.type_name(cx.odd.at), cx.session.at(cx.odd.at));
    cx.report(format!("`{name}` at {time} ends no chapter: none is open"))
}

fn check(cx: &OddityCx<'_>, found: &mut Findings<'_>) {
    // The start of the session's first chapter may have been sent before the session's id was known (H014).
    let is_first = || cx.session.lanes.chapters.first().is_none_or(|first| first.start > cx.odd.at);
    if !cx.session.was_sent_early(EventType::ChapterStart) || !is_first() {
        found.report(chapter_end_without_start(cx));
    }
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    Fix::proposed(format!("Remove the `{}`", cx.session.type_name(cx.at()?)), cx.remove_event()?)
}
