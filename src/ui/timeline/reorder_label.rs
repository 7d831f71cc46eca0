//! What is said about the reorder lane: of a line, of the lane, and in the line that sums the timeline up.

use super::label::{duration, event_at, event_id, shown};
use crate::metrics::drawing::{Drawing, Orders, Outcome};
use crate::metrics::pyramid::Crossing;
use crate::metrics::reorder::{Late, MOST_COUNTED};
use crate::ui::axis_times::AxisTimes;
use crate::ui::cx::SessionCx;
use crate::ui::text::{counted, fill, grouped, text};

/// Lines about the event of a line: which, its two times, and what becomes of it.
#[must_use]
pub fn about_line(cx: &SessionCx<'_>, drawing: &Drawing, line: &Crossing) -> Vec<String> {
    let (orders, position) = (&drawing.orders, line.item);
    let outcome = Outcome::of_kind(line.kind).unwrap_or(Outcome::InPlace);
    let mut lines =
        vec![numbered(cx, position), times(cx, orders, line), verdict(cx, orders, position, outcome)];
    let late = orders.late(position).filter(|_| matches!(outcome, Outcome::Lost | Outcome::MayFail));
    lines.extend(late.and_then(in_between));
    // A line has the color of its gravest outcome; that it is one of a tie is said in any case.
    if outcome != Outcome::Undecidable && orders.n_tied(position).is_some() {
        lines.push(verdict(cx, orders, position, Outcome::Undecidable));
    }
    lines
}

/// Both ends of a line in words.
fn times(cx: &SessionCx<'_>, orders: &Orders, line: &Crossing) -> String {
    let axis = AxisTimes::of(cx);
    let by_ts = axis.tenths(line.lower);
    if orders.timed {
        return fill("reorder.times", &[("ts", &by_ts), ("arrived", &axis.tenths(line.upper))]);
    }
    fill("reorder.order", &[("ts", &by_ts), ("number", &number_text(cx, line.item))])
}

fn verdict(cx: &SessionCx<'_>, orders: &Orders, position: u32, outcome: Outcome) -> String {
    let late = orders.late(position);
    let other = late.map(|late| numbered(cx, late.overtaken_by)).unwrap_or_default();
    let secs = late.map(|late| duration(late.secs)).unwrap_or_default();
    let values = [("secs", &*secs), ("other", &*other)];
    match outcome {
        Outcome::InPlace => text("reorder.in-place").to_owned(),
        Outcome::AnotherClock => fill("reorder.another-clock", &values),
        Outcome::Sorted => fill("reorder.sorted", &values),
        Outcome::Untold => text("reorder.untold").to_owned(),
        Outcome::MayFail => fill("reorder.may-fail", &values),
        Outcome::AsItStands => fill("reorder.as-it-stands", &values),
        Outcome::Lost => fill("reorder.lost", &values),
        Outcome::Undecidable => {
            let others = orders.n_tied(position).unwrap_or(1).saturating_sub(1);
            counted("reorder.tied", u64::from(others))
        }
    }
}

fn in_between(late: &Late) -> Option<String> {
    let n = late.n_between as u64;
    let key = if late.n_between >= MOST_COUNTED { "reorder.at-least-between" } else { "reorder.between" };
    (n > 0).then(|| counted(key, n))
}

/// What a line of an outcome is called in the legend.
#[must_use]
pub fn outcome_name(outcome: Outcome) -> &'static str {
    text(match outcome {
        Outcome::InPlace => "reorder.legend.in-place",
        Outcome::AnotherClock => "reorder.legend.another-clock",
        Outcome::Sorted => "reorder.legend.sorted",
        Outcome::Untold => "reorder.legend.untold",
        Outcome::Undecidable => "reorder.legend.tied",
        Outcome::MayFail => "reorder.legend.may-fail",
        Outcome::AsItStands => "reorder.legend.as-it-stands",
        Outcome::Lost => "reorder.legend.lost",
    })
}

/// What the lane shows: its name, and what its edges mean.
#[must_use]
pub fn about_lane(orders: &Orders) -> Vec<String> {
    let upper = if orders.timed { "reorder.upper.timed" } else { "reorder.upper.order" };
    let mut lines =
        vec![text("reorder.title").to_owned(), text(upper).to_owned(), text("reorder.lower").to_owned()];
    if let Some(window) = orders.window.filter(|_| orders.timed) {
        let (secs, n) = (format!("{}", window.held_secs), window.n_held.to_string());
        lines.push(fill("reorder.window", &[("secs", &secs), ("n", &n)]));
    }
    lines
}

/// The outcomes of a session with how often they are there, the gravest first.
pub fn outcomes(orders: &Orders) -> impl Iterator<Item = (Outcome, String)> {
    let there = Outcome::ALL.into_iter().rev().map(|outcome| (outcome, orders.n_of(outcome)));
    there.filter(|(_, n)| *n > 0).map(|(outcome, n)| {
        (outcome, fill("label.value", &[("name", outcome_name(outcome)), ("value", &grouped(u64::from(n)))]))
    })
}

/// What is out of order, for the line that sums the timeline up.
#[must_use]
pub fn summary_parts(orders: &Orders) -> Vec<String> {
    let undecidable = orders.n_of(Outcome::Undecidable);
    let parts = [
        ("timeline.n-late", orders.n_late()),
        ("timeline.n-may-fail", orders.n_of(Outcome::MayFail)),
        ("timeline.n-lost", orders.n_of(Outcome::Lost)),
        ("timeline.n-undecidable", undecidable),
    ];
    parts.into_iter().filter(|(_, n)| *n > 0).map(|(key, n)| counted(key, u64::from(n))).collect()
}

/// "ping #12": type and number by arrival, as the detail shows them.
fn numbered(cx: &SessionCx<'_>, position: u32) -> String {
    let name = event_at(cx, position).map(|event| shown(&event.type_name())).unwrap_or_default();
    format!("{name} #{}", number_text(cx, position))
}

fn number_text(cx: &SessionCx<'_>, position: u32) -> String {
    let number = event_id(cx, position).and_then(|id| cx.loaded.places.arrival(id));
    grouped(u64::from(number.unwrap_or(position)))
}
