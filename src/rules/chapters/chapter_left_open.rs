//! MC-C003.

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
    /// The content was played to its end (`sessionComplete`), but its last chapter was neither completed nor skipped. In a
    /// session that was left early an open chapter is normal.
    ///
    /// ## Why it matters
    ///
    /// The chapter has a start but no completion: completion rates of the last chapter come out too low.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=30
    /// +0   sessionStart
    /// +0.1 play
    /// +0.2 chapterStart        # warn: chapter-left-open
    /// +10  ping
    /// +20  ping
    /// +30  sessionComplete
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=30
    /// +0   sessionStart
    /// +0.1 play
    /// +0.2 chapterStart
    /// +10  ping
    /// +20  ping
    /// +29.9 chapterComplete
    /// +30  sessionComplete
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `chapter-start.md` ("close each chapter").
    pub static CHAPTER_LEFT_OPEN = {
        code: "MC-C003",
        name: "chapter-left-open",
        summary: "A chapter is still open at the end of a completed session",
        family: Chapters,
        level: Warn,
        certainty: Documented,
        origin: Payload,
        when: AtTheEnd,
        check: Check::Oddity(&[OddityKind::ChapterLeftOpen], check),
        fix: fix,
    }
}

fn chapter_left_open(cx: &OddityCx<'_>) -> Report {
    let time = cx.session.at(cx.odd.at);
    cx.report(format!("the chapter that began at {time} is still open at the end of the completed session"))
}

fn check(cx: &OddityCx<'_>, found: &mut Findings<'_>) {
    let last = cx.session.len().saturating_sub(1);
    if cx.session.after(last).completed() {
        found.report(chapter_left_open(cx));
    }
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let completed = cx.session.lanes.contexts.partition_point(|context| !context.completed());
    let end = cx.session.id(u32::try_from(completed).ok()?)?;
    let edits = cx.insert(EventType::ChapterComplete, end, Side::Before)?;
    Fix::proposed("Insert `chapterComplete` before the `sessionComplete`", edits)
}
