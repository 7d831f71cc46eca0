//! MC-C006.

use crate::declare_rule;
use crate::model::machine::OddityKind;
use crate::rules::context::OddityCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// `chapterStart`, `chapterComplete` or `chapterSkip` comes between `adBreakStart` and `adBreakComplete`. A break may
    /// lie inside a chapter, but a chapter neither begins nor ends while ads are shown. A break that is never completed
    /// (A004, A006) is taken to end with its last ad.
    ///
    /// ## Why it matters
    ///
    /// Chapter time counts only play of main content. What the back end makes of a chapter event inside a break is not
    /// documented; the SDKs send it before or after.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0    sessionStart
    /// +0.1  play
    /// +0.2  chapterStart
    /// +10   adBreakStart
    /// +10.1 adStart
    /// +12   chapterComplete         # warn: chapter-event-in-break
    /// +18   adComplete
    /// +18.1 adBreakComplete
    /// +25   sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0    sessionStart
    /// +0.1  play
    /// +0.2  chapterStart
    /// +9.9  chapterComplete
    /// +10   adBreakStart
    /// +10.1 adStart
    /// +18   adComplete
    /// +18.1 adBreakComplete
    /// +25   sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Observed: the order in which the SDKs close ads, breaks and chapters. The rule that breaks lie inside chapters:
    /// `mc-api-timeline-3.md`.
    pub static CHAPTER_EVENT_IN_BREAK = {
        code: "MC-C006",
        name: "chapter-event-in-break",
        summary: "A chapter event inside an ad break",
        family: Chapters,
        level: Warn,
        certainty: Observed,
        origin: Payload,
        check: Check::Oddity(&[OddityKind::ChapterEventInBreak], check),
    }
}

fn chapter_event_in_break(cx: &OddityCx<'_>) -> Report {
    let (name, time) = (cx.session.type_name(cx.odd.at), cx.session.at(cx.odd.at));
    let since = cx.odd.related.map_or_else(String::new, |start| cx.session.at(start));
    cx.report(format!("`{name}` at {time} comes inside the ad break that began at {since}"))
        .related(cx.related(), "ad break opened here")
}

fn check(cx: &OddityCx<'_>, found: &mut Findings<'_>) {
    found.report(chapter_event_in_break(cx));
}
