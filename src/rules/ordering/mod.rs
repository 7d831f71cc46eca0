//! Family O, ordering: arrival against `ts`, the reorder window, equal `ts`.

use super::context::{SessionCx, counted};
use super::finding::Report;
use super::fix::{Fix, FixCx};
use super::rule::Rule;
use crate::metrics::reorder::{Late, MOST_COUNTED};
use crate::model::clock::TsMillis;
use crate::model::event_type::EventType;
use crate::model::machine::{Oddity, OddityKind};
use crate::model::session::Mode;

mod arrived_out_of_order;
mod batch_out_of_order;
mod before_session_start;
mod buffer_repeated;
mod equal_ts;
mod never_resumed;
mod order_undecidable;
mod pause_repeated;
mod play_repeated;
mod playback_event_between_ads;
mod stamped_when_sent;
mod too_late_to_reorder;

/// The rules of the family, by code.
pub static RULES: &[&Rule] = &[
    &arrived_out_of_order::ARRIVED_OUT_OF_ORDER,
    &too_late_to_reorder::TOO_LATE_TO_REORDER,
    &equal_ts::EQUAL_TS,
    &batch_out_of_order::BATCH_OUT_OF_ORDER,
    &before_session_start::BEFORE_SESSION_START,
    &pause_repeated::PAUSE_REPEATED,
    &buffer_repeated::BUFFER_REPEATED,
    &playback_event_between_ads::PLAYBACK_EVENT_BETWEEN_ADS,
    &play_repeated::PLAY_REPEATED,
    &never_resumed::NEVER_RESUMED,
    &order_undecidable::ORDER_UNDECIDABLE,
    &stamped_when_sent::STAMPED_WHEN_SENT,
];

/// "3 events": how many later-stamped events came between a late event and the one that it should precede.
fn n_between_text(late: &Late) -> String {
    let more = if late.n_between >= MOST_COUNTED { "at least " } else { "" };
    format!("{more}{}", counted(late.n_between, "event"))
}

/// Says that the player is in a state already; `run` are the events that say so again, `state` words the state.
fn repeated(
    cx: &SessionCx<'_>,
    run: &[&Oddity],
    begin: &str,
    state: impl FnOnce(&str) -> String,
) -> Option<Report> {
    let first = run.first()?;
    let (name, time) = (cx.type_name(first.at), cx.at(first.at));
    let since = first.related.map_or_else(|| "?".to_owned(), |since| cx.at(since));
    let others = match run.len() - 1 {
        0 => String::new(),
        n => format!("; {} after it likewise", counted(n, "event")),
    };
    let message = format!("`{name}` at {time} comes although {}{others}", state(&since));
    let report = cx.report(first.at, message).count(u32::try_from(run.len()).unwrap_or(u32::MAX));
    Some(report.related(first.related.and_then(|since| cx.id(since)), begin))
}

/// Takes out the events of the run that the finding is about: the oddities of this kind that share its cause.
fn remove_run(cx: &FixCx<'_>, kind: OddityKind) -> Option<Fix> {
    let (first, cause) = (cx.at()?, cx.position(cx.related()?)?);
    let of_run = cx.session.lanes.odd(kind).filter(|odd| odd.related == Some(cause));
    let edits = cx.remove_all(of_run.map(|odd| odd.at));
    let name = cx.session.type_name(first);
    let title = match edits.len() {
        1 => format!("Remove the `{name}`"),
        n => format!("Remove the {n} events from the `{name}` on that tell nothing new"),
    };
    Fix::proposed(title, edits)
}

/// The `ts` of the `sessionStart`, when the session begins with one.
fn start_ts(cx: &SessionCx<'_>) -> Option<TsMillis> {
    let is_start = cx.event_type(0) == Some(EventType::SessionStart);
    if is_start { cx.ts(0) } else { None }
}

/// The late events of an online session, in order of arrival; without arrival times none can be told.
fn late_events(cx: &SessionCx<'_>) -> Vec<Late> {
    if cx.session.mode != Mode::Online {
        return Vec::new();
    }
    let by_another_clock = |late: &&Late| late.is_by_another_clock(cx.session, cx.lanes, cx.delay());
    cx.reorder().late().filter(|late| !by_another_clock(late)).copied().collect()
}
