//! MC-C005.

use crate::declare_rule;
use crate::metrics::chapters::ChapterFacts;
use crate::rules::context::{SessionCx, number_text};
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx, number};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// `media.chapter.offset` says where the chapter begins in the content. At `chapterStart` the playhead stands more than
    /// 2 s away from it; on live content too, where both count from the start of the day.
    ///
    /// ## Why it matters
    ///
    /// A viewer who jumps into the middle of a chapter makes the same difference, and then all is well. Otherwise the
    /// offset is wrong (often it is 0, or in milliseconds), and the reports place the chapter where it is not.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0    sessionStart
    /// +0.1  play
    /// +10   ping
    /// +20   chapterStart offset=0      # info: chapter-offset-mismatch
    /// +30   ping
    /// +40   chapterComplete
    /// +42   sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0    sessionStart
    /// +0.1  play
    /// +10   ping
    /// +20   chapterStart offset=20
    /// +30   ping
    /// +40   chapterComplete
    /// +42   sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `mc-api-req-params.md`, `mc-api-timeline-3.md` (offset of the chapter in the content, in seconds).
    pub static CHAPTER_OFFSET_MISMATCH = {
        code: "MC-C005",
        name: "chapter-offset-mismatch",
        summary: "`media.chapter.offset` is not where the playhead stands",
        family: Chapters,
        level: Info,
        certainty: Documented,
        origin: Payload,
        check: Check::Session(check),
        fix: fix,
    }
}

fn chapter_offset_mismatch(cx: &SessionCx<'_>, chapter: &ChapterFacts, offset: f64, playhead: f64) -> Report {
    let message = format!(
        "`media.chapter.offset` of the chapter at {} is {}, the playhead stands at {}; the tolerance is {} s",
        cx.at(chapter.phase.start),
        number_text(offset),
        number_text(playhead),
        number_text(cx.settings.numbers.chapter_offset_secs),
    );
    cx.report(chapter.phase.start, message).pointer("/params/media.chapter.offset")
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    for chapter in cx.chapters() {
        let (Some(offset), Some(playhead)) = (chapter.offset_secs, cx.playhead(chapter.phase.start)) else {
            continue;
        };
        let differs = (offset - playhead.0).abs() > cx.settings.numbers.chapter_offset_secs;
        // What lies below zero is S009's; a playhead in milliseconds T008's.
        if differs && offset >= 0.0 && cx.drift().in_millis.is_none() {
            found.report(chapter_offset_mismatch(cx, chapter, offset, playhead.0));
        }
    }
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let playhead = number(cx.session.playhead(cx.at()?)?.0);
    Fix::proposed(format!("Set `media.chapter.offset` to {playhead}, the playhead"), cx.replace(playhead)?)
}
