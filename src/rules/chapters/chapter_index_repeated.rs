//! MC-C004.

use rustc_hash::FxHashMap;

use crate::declare_rule;
use crate::metrics::chapters::ChapterFacts;
use crate::rules::context::{SessionCx, number_text, quoted};
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx, number};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// Two chapters of a session have the same `media.chapter.index`, but another `media.chapter.offset` or another
    /// `media.chapter.friendlyName`: one finding per index, at the first that differs. The same chapter again (after a
    /// seek back) is no fault, nor is a name that only one of them has.
    ///
    /// ## Why it matters
    ///
    /// The reports know a chapter by content, index and offset. Of one index with two offsets they make two chapters, of
    /// two names one; views and completions are split, or mixed up.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0    sessionStart
    /// +0.1  play
    /// +0.2  chapterStart index=1
    /// +10   ping
    /// +20   chapterComplete
    /// +20.1 chapterStart index=1      # warn: chapter-index-repeated
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
    /// +0.2  chapterStart index=1
    /// +10   ping
    /// +20   chapterComplete
    /// +20.1 chapterStart index=2
    /// +30   ping
    /// +40   chapterComplete
    /// +42   sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `chapter.md` (index and offset must be stable).
    pub static CHAPTER_INDEX_REPEATED = {
        code: "MC-C004",
        name: "chapter-index-repeated",
        summary: "One chapter index with two offsets or names",
        family: Chapters,
        level: Warn,
        certainty: Documented,
        origin: Payload,
        check: Check::Session(check),
        fix: fix,
    }
}

/// What differs between two chapters of one index: key, and both values.
fn difference(first: &ChapterFacts, other: &ChapterFacts) -> Option<(&'static str, String, String)> {
    let offsets = first.offset_secs.zip(other.offset_secs).filter(|(one, two)| one != two);
    let names = first.name.as_deref().zip(other.name.as_deref()).filter(|(one, two)| one != two);
    match (offsets, names) {
        (Some((one, two)), _) => Some(("media.chapter.offset", number_text(one), number_text(two))),
        (None, Some((one, two))) => Some(("media.chapter.friendlyName", quoted(one), quoted(two))),
        (None, None) => None,
    }
}

fn chapter_index_repeated(
    cx: &SessionCx<'_>,
    (first, other): (&ChapterFacts, &ChapterFacts),
    (key, before, here): (&'static str, String, String),
) -> Report {
    let message = format!(
        "chapter {} at {} has `{key}` {here}, the one of the same index at {} has {before}",
        number_text(other.index.unwrap_or_default()),
        cx.at(other.phase.start),
        cx.at(first.phase.start),
    );
    cx.report(other.phase.start, message)
        .pointer(format!("/params/{key}"))
        .related(cx.id(first.phase.start), "the first chapter of this index")
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    // By index: its first chapter, until another one differs from it.
    let mut known: FxHashMap<u64, Option<&ChapterFacts>> = FxHashMap::default();
    for chapter in cx.chapters() {
        let Some(index) = chapter.index else { continue };
        let first = known.entry(index.to_bits()).or_insert(Some(chapter));
        if let Some(before) = *first
            && let Some(difference) = difference(before, chapter)
        {
            found.report(chapter_index_repeated(cx, (before, chapter), difference));
            *first = None;
        }
    }
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let chapters = cx.session.chapters();
    let first = chapters.iter().find_map(|chapter| chapter.index)?;
    let mut known: Vec<&ChapterFacts> = Vec::new();
    let mut edits = Vec::new();
    for chapter in chapters.iter().filter(|chapter| chapter.index.is_some()) {
        let same =
            |other: &&ChapterFacts| (other.offset_secs, &other.name) == (chapter.offset_secs, &chapter.name);
        let place = known.iter().position(same).unwrap_or_else(|| {
            known.push(chapter);
            known.len() - 1
        });
        let right = first + place as f64;
        if chapter.index != Some(right) {
            edits.extend(cx.set_at(chapter.phase.start, [(INDEX.to_owned(), number(right))]));
        }
    }
    Fix::proposed("Number the chapters of the session in their order", edits)
}

const INDEX: &str = "/params/media.chapter.index";
