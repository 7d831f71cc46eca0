//! MC-C001.

use crate::declare_rule;
use crate::model::event_type::EventType;
use crate::model::machine::OddityKind;
use crate::rules::context::OddityCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx, Side};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// Chapters never overlap: each is closed by `chapterComplete` or `chapterSkip` before the next `chapterStart`. The end of
    /// the first that comes after the second has begun is not reported again.
    ///
    /// ## Why it matters
    ///
    /// What the reports make of overlapping chapters is not defined: the first has no completion, and its time may go to the
    /// second.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.1 play
    /// +0.2 chapterStart
    /// +10  ping
    /// +20  chapterStart       # error: overlapping-chapters
    /// +30  ping
    /// +40  chapterComplete
    /// +42  sessionEnd
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
    /// +20.1 chapterStart
    /// +30  ping
    /// +40  chapterComplete
    /// +42  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `chapter-start.md`, `mc-api-timeline-3.md`.
    pub static OVERLAPPING_CHAPTERS = {
        code: "MC-C001",
        name: "overlapping-chapters",
        summary: "A `chapterStart` while a chapter is open",
        family: Chapters,
        level: Error,
        certainty: Documented,
        origin: Payload,
        check: Check::Oddity(&[OddityKind::OverlappingChapters], check),
        fix: fix,
    }
}

fn overlapping_chapters(cx: &OddityCx<'_>) -> Report {
    let time = cx.session.at(cx.odd.at);
    let since = cx.odd.related.map_or_else(String::new, |start| cx.session.at(start));
    cx.report(format!("`chapterStart` at {time} comes while the chapter that began at {since} is open"))
        .related(cx.related(), "chapter started here")
}

fn check(cx: &OddityCx<'_>, found: &mut Findings<'_>) {
    found.report(overlapping_chapters(cx));
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let edits = cx.insert(EventType::ChapterComplete, cx.event()?, Side::Before)?;
    Fix::proposed("Insert `chapterComplete` before the `chapterStart`", edits)
}
