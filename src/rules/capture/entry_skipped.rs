//! MC-K004.

use super::Remarks;
use crate::declare_rule;
use crate::model::note::NoteKind;
use crate::rules::context::CaptureCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// Every entry of the input could be read. One finding with the count; it names the first places, and the notes of
    /// the report hold each with its place.
    ///
    /// ## Why it matters
    ///
    /// What was in a damaged entry is not shown and not judged. Everything around it is.
    ///
    /// ## Example
    ///
    /// ```session
    /// # warn: entry-skipped
    /// @vod length=60
    /// +0   sessionStart
    /// +0.5 play
    /// soon ping
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.5 play
    /// +10  ping
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// The recording itself.
    pub static ENTRY_SKIPPED = {
        code: "MC-K004",
        name: "entry-skipped",
        summary: "An entry could not be read",
        family: Capture,
        level: Warn,
        certainty: None,
        origin: Capture,
        check: Check::Capture(check),
    }
}

/// So many places are named.
const MAX_PLACES: usize = 5;

fn entry_skipped(cx: &CaptureCx<'_>, remarks: &Remarks<'_>) -> Report {
    let n_entries = remarks.all.len();
    if n_entries == 1 {
        return remarks.report();
    }
    let placed = remarks.all.iter().filter_map(|note| note.offset).take(MAX_PLACES);
    let places: Vec<String> = placed
        .map(|offset| {
            let place = cx.capture.source.place(offset);
            format!("{}:{}", place.line, place.column)
        })
        .collect();
    let more = if n_entries > places.len() { ", …" } else { "" };
    remarks.report_as(format!(
        "{n_entries} entries could not be read (line:column {}{more}); the first: {}",
        places.join(", "),
        remarks.first.message
    ))
}

fn check(cx: &CaptureCx<'_>, found: &mut Findings<'_>) {
    for remarks in super::remarks(cx, NoteKind::EntrySkipped) {
        found.report(entry_skipped(cx, &remarks));
    }
}
