//! MC-C006.

use crate::declare_rule;
use crate::model::event_type::EventType;
use crate::model::machine::OddityKind;
use crate::rules::context::OddityCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Edit, Fix, FixCx, Side, number};
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
        fix: fix,
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

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let (session, at) = (cx.session, cx.at()?);
    let start = cx.position(cx.related()?)?;
    let ad_break = session.lanes.breaks.iter().find(|ad_break| ad_break.start == start)?;
    let begins = session.event_type(at) == Some(EventType::ChapterStart);
    // A chapter that begins with the break belongs to the content after it, one that ends to the content before.
    let (beside, side, ts, place) = if begins {
        let end = ad_break.end.filter(|_| ad_break.completed)?;
        (end, Side::After, session.ts(end)?.0.saturating_add(1), "after the `adBreakComplete`")
    } else {
        (start, Side::Before, session.ts(start)?.0.saturating_sub(1), "before the `adBreakStart`")
    };
    let event = cx.event_key()?;
    let move_it = Edit::Move { event, beside: cx.key(session.id(beside)?)?, side };
    let playhead = number(session.playhead(beside)?.0);
    let stamp = cx.set_at(at, [(TS.to_owned(), ts.into()), (PLAYHEAD.to_owned(), playhead)])?;
    Fix::proposed(format!("Move the `{}` {place}", session.type_name(at)), vec![stamp, move_it])
}

const TS: &str = "/playerTime/ts";
const PLAYHEAD: &str = "/playerTime/playhead";
