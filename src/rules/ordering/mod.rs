//! Family O, ordering: arrival against `ts`, the reorder window, equal `ts`.

use super::context::{SessionCx, counted};
use super::finding::Report;
use super::rule::Rule;
use crate::model::clock::TsMillis;
use crate::model::event_type::EventType;
use crate::model::limits::REORDER_WINDOW_EVENTS;
use crate::model::machine::Oddity;
use crate::model::policy::ReorderCount;
use crate::model::session::Mode;
use crate::model::table::Event;

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

/// An event that comes after one that is stamped later.
struct Late {
    /// Its position in the judged order.
    at: u32,
    /// Its index by arrival.
    arrival: usize,
    /// Position of the first event to arrive that its `ts` should precede.
    overtaken_by: u32,
    /// How long after that one it came, seconds of the arrival clock.
    secs: f64,
    /// How many later-stamped events came between the two; more than [`REMEMBERED`] are not counted.
    n_between: usize,
}

/// What the back end's reorder window does with a late event.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Window {
    /// It is sorted in.
    Sorts,
    /// Sorting it in may fail.
    MayFail,
    /// The window has passed on what should follow it.
    Lost,
}

/// So many of the latest stamps are remembered: enough to tell more than the window holds.
const REMEMBERED: usize = REORDER_WINDOW_EVENTS + 3;

impl Late {
    fn window(&self, cx: &SessionCx<'_>) -> Window {
        let n_held = match cx.settings.policy.reorder_count {
            ReorderCount::Ten => REORDER_WINDOW_EVENTS,
            ReorderCount::MoreThanTen => REORDER_WINDOW_EVENTS + 1,
        };
        if self.secs > cx.settings.numbers.too_late_secs || self.n_between > n_held {
            Window::Lost
        } else if self.secs >= cx.settings.numbers.may_be_too_late_secs {
            Window::MayFail
        } else {
            Window::Sorts
        }
    }

    fn n_between_text(&self) -> String {
        let more = if self.n_between + 1 >= REMEMBERED { "at least " } else { "" };
        format!("{more}{}", counted(self.n_between, "event"))
    }
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
    let first = cx.session.by_arrival.iter().find_map(|id| cx.capture.event(*id)?.received_at());
    let Some(first) = first else { return Vec::new() };
    let mut late = overtaken(cx, |event| Some(event.received_at()?.secs_since(first)));
    late.retain(|late| !is_by_another_clock(cx, late));
    late
}

/// True when the client's clock was set (T013) between the event and the one that overtook it: their stamps do not
/// compare.
fn is_by_another_clock(cx: &SessionCx<'_>, late: &Late) -> bool {
    let arrival = |position| cx.lanes.arrival_index(cx.session, position);
    cx.delay()
        .stepped
        .iter()
        .any(|step| arrival(late.overtaken_by) <= arrival(step.from) && arrival(step.to) <= arrival(late.at))
}

/// Events that come after a later-stamped one, in order of arrival. `clock` gives the arrival in seconds; events
/// for which it gives nothing are left out, and so are those older than their `sessionStart` (O005).
fn overtaken(cx: &SessionCx<'_>, clock: impl Fn(&Event<'_>) -> Option<f64>) -> Vec<Late> {
    if cx.session.judged_order.is_none() {
        // It arrived in the order of `ts`.
        return Vec::new();
    }
    let start = start_ts(cx).unwrap_or(TsMillis(i64::MIN));
    let mut positions = vec![0; cx.session.len()];
    for at in 0..cx.len() {
        if let Some(position) = positions.get_mut(cx.lanes.arrival_index(cx.session, at)) {
            *position = at;
        }
    }
    // Events that were the latest-stamped when they came: index by arrival, `ts`, arrival in seconds.
    let mut peaks: Vec<(usize, TsMillis, f64)> = Vec::new();
    let mut latest_stamps: Vec<TsMillis> = Vec::with_capacity(REMEMBERED + 1);
    let mut late = Vec::new();
    for (arrival, id) in cx.session.by_arrival.iter().enumerate() {
        let Some(event) = cx.capture.event(*id) else { continue };
        let (Some(ts), Some(secs)) = (event.ts().filter(|ts| *ts >= start), clock(&event)) else { continue };
        match peaks.get(peaks.partition_point(|(_, peak, _)| *peak <= ts)) {
            Some((overtaken_by, _, since)) => late.push(Late {
                at: positions[arrival],
                arrival,
                overtaken_by: positions[*overtaken_by],
                secs: secs - since,
                n_between: latest_stamps.partition_point(|stamp| *stamp > ts).saturating_sub(1),
            }),
            None => peaks.push((arrival, ts, secs)),
        }
        let place = latest_stamps.partition_point(|stamp| *stamp > ts);
        if place < REMEMBERED {
            latest_stamps.insert(place, ts);
            latest_stamps.truncate(REMEMBERED);
        }
    }
    late
}
