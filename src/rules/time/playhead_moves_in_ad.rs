//! MC-T004.

use super::mending::PLAYHEAD;
use super::place_text;
use crate::declare_rule;
use crate::metrics::lanes::AdBreak;
use crate::model::event_type::EventType;
use crate::model::machine::Playback;
use crate::rules::context::{SessionCx, number_text};
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx, number};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// During an ad break the playhead stays where main content stopped. The rule fires once per break when an event up
    /// to `adBreakComplete` carries a playhead more than 1 s away from that of `adBreakStart`: the ad's own clock was
    /// sent. A jump at the `play` that ends a pause or buffer inside an ad is a seek, and the new base. The first `play`
    /// of a session may tell where it resumes. Live content may go on under an ad.
    ///
    /// ## Why it matters
    ///
    /// The seconds of the ad look like progress of the content, which then jumps back: progress markers and segments
    /// near the break are set for content that nobody saw.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0   adBreakStart
    /// +0   adStart
    /// +1   ping ph=1
    /// +2   ping ph=2          # warn: playhead-moves-in-ad
    /// +5   adComplete ph=5
    /// +5   adBreakComplete ph=5
    /// +5   play ph=0
    /// +15  ping
    /// +20  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0   adBreakStart
    /// +0   adStart
    /// +1   ping
    /// +2   ping
    /// +5   adComplete
    /// +5   adBreakComplete
    /// +5   play
    /// +15  ping
    /// +20  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `ads/overview.md` (several samples of the documents break it themselves).
    pub static PLAYHEAD_MOVES_IN_AD = {
        code: "MC-T004",
        name: "playhead-moves-in-ad",
        summary: "The playhead of the content moves during an ad",
        family: Time,
        level: Warn,
        certainty: Documented,
        origin: Payload,
        check: Check::Session(check),
        fix: fix,
    }
}

/// Where the playhead left its place, and how far it went from there.
struct Moved {
    first: u32,
    base: f64,
    farthest: f64,
}

fn playhead_moves_in_ad(cx: &SessionCx<'_>, ad_break: &AdBreak, moved: &Moved) -> Report {
    let message = format!(
        "the playhead moves during the ad break that began at {}: {} s there, up to {} s in it, first at {}",
        cx.at(ad_break.start),
        number_text(moved.base),
        number_text(moved.farthest),
        place_text(cx, moved.first),
    );
    let report = cx.report(moved.first, message).pointer("/playerTime/playhead");
    report.related(cx.id(ad_break.start), "the playhead should stay as here")
}

/// Walks over the events of a break.
fn moved_in(cx: &SessionCx<'_>, ad_break: &AdBreak, session_has_played: bool) -> Option<Moved> {
    let mut base = cx.playhead(ad_break.start)?.0;
    let mut may_resume = !session_has_played;
    let mut moved: Option<Moved> = None;
    for at in ad_break.start + 1..=last_of(cx, ad_break) {
        // After another `sessionStart` (L002, B005) the content is elsewhere.
        if cx.before(at).ended() || cx.event_type(at) == Some(EventType::SessionStart) {
            break;
        }
        let Some(playhead) = cx.playhead(at).map(|playhead| playhead.0) else { continue };
        if cx.event_type(at) == Some(EventType::Play) {
            let ends_wait = matches!(cx.before(at).playback(), Playback::Paused | Playback::Buffering);
            if ends_wait || std::mem::take(&mut may_resume) {
                base = playhead;
            }
        }
        if (playhead - base).abs() > cx.settings.numbers.moves_in_ad_secs {
            let moved = moved.get_or_insert(Moved { first: at, base, farthest: playhead });
            if (playhead - moved.base).abs() > (moved.farthest - moved.base).abs() {
                moved.farthest = playhead;
            }
        }
    }
    moved
}

/// The last event that belongs to the break: not the `adBreakStart` of the next one.
fn last_of(cx: &SessionCx<'_>, ad_break: &AdBreak) -> u32 {
    match ad_break.end {
        Some(end) if cx.event_type(end) == Some(EventType::AdBreakStart) => end.saturating_sub(1),
        Some(end) => end,
        None => cx.len().saturating_sub(1),
    }
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    if cx.session.content.live || cx.drift().in_millis.is_some() {
        return;
    }
    let first_play = (0..cx.len()).find(|at| cx.event_type(*at) == Some(EventType::Play));
    for ad_break in &cx.lanes.breaks {
        let has_played = first_play.is_some_and(|play| play < ad_break.start);
        if let Some(moved) = moved_in(cx, ad_break, has_played) {
            found.report(playhead_moves_in_ad(cx, ad_break, &moved));
        }
    }
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let session = cx.session;
    let start = cx.position(cx.related()?)?;
    let ad_break = session.lanes.breaks.iter().find(|ad_break| ad_break.start == start)?;
    let moved = moved_in(session, ad_break, has_played_before(session, ad_break))?;
    let base = number(moved.base);
    let edits = (moved.first..=last_of(session, ad_break)).filter_map(|at| {
        let differs = session.playhead(at)?.0 != moved.base;
        cx.set_at(at, [(PLAYHEAD.to_owned(), base.clone())]).filter(|_| differs)
    });
    Fix::proposed(format!("Keep the playhead at {base} up to the end of the ad break"), edits.collect())
}

/// True when anything was played before the break.
fn has_played_before(cx: &SessionCx<'_>, ad_break: &AdBreak) -> bool {
    let first_play = (0..cx.len()).find(|at| cx.event_type(*at) == Some(EventType::Play));
    first_play.is_some_and(|play| play < ad_break.start)
}
