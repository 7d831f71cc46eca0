//! What lanes and phases are called, and what is said about them at the pointer.

use crate::app::lane_tree::{Heading, LaneRow};
use crate::metrics::drawing::{
    ANSWERED, COMPLETED, Drawing, LATE, LEFT_OPEN, LaneKind, NEAR, REFUSED, SKIPPED, SPENT, UNANSWERED,
    n_missing, used_share,
};
use crate::metrics::pyramid::{DrawnPhase, Phase};
use crate::model::event_type::EventType;
use crate::model::id::{EventId, ExchangeId};
use crate::model::machine::Playback;
use crate::model::table::Event;
use crate::ui::axis_times::AxisTimes;
use crate::ui::cx::SessionCx;
use crate::ui::text::{counted, fill, grouped, text};
use crate::ui::timeline::cut;
use crate::ui::timeline::layout::TimeScale;
use crate::ui::timeline::reorder_label::summary_parts;
use crate::ui::timeline::ruler::elapsed;

/// So many characters of a text that came with an event are shown.
const MOST_CHARS: usize = 200;

/// The name of a lane.
#[must_use]
pub fn lane_name(kind: &LaneKind) -> String {
    let key = match kind {
        LaneKind::PlayerState(name) => return shown(name),
        LaneKind::Findings => "timeline.lane.findings",
        LaneKind::Playback => "timeline.lane.playback",
        LaneKind::Events => "timeline.lane.events",
        LaneKind::AdBreaks => "timeline.lane.breaks",
        LaneKind::Ads => "timeline.lane.ads",
        LaneKind::Chapters => "timeline.lane.chapters",
        LaneKind::OtherStates => "timeline.lane.states",
        LaneKind::Bitrate => "timeline.lane.bitrate",
        LaneKind::Pings => "timeline.lane.pings",
        LaneKind::PingGaps => "timeline.lane.ping-gaps",
        LaneKind::Network => "timeline.lane.network",
        LaneKind::Silence => "timeline.lane.silence",
        LaneKind::StillPlayhead => "timeline.lane.still",
        LaneKind::Reorder => "timeline.lane.reorder",
    };
    text(key).to_owned()
}

/// The name of a row: of its lane, or of the heading.
#[must_use]
pub fn row_name(drawing: &Drawing, row: LaneRow) -> String {
    match row {
        LaneRow::Lane(lane) => drawing.lanes.get(lane).map(|lane| lane_name(&lane.kind)).unwrap_or_default(),
        LaneRow::Heading(Heading::Player) => text("timeline.heading.player").to_owned(),
        LaneRow::Heading(Heading::Budgets) => text("timeline.heading.budgets").to_owned(),
    }
}

/// What stands on a phase.
#[must_use]
pub fn phase_name(cx: &SessionCx<'_>, kind: &LaneKind, phase: &Phase) -> String {
    let named = |keys: &[&str], otherwise: &str| {
        let json = event_at(cx, phase.item).and_then(|event| event.json());
        let name = keys.iter().find_map(|key| json.as_ref()?.get("params")?.get(*key)?.as_str());
        name.filter(|name| !name.is_empty()).map_or_else(|| text(otherwise).to_owned(), shown)
    };
    match kind {
        LaneKind::Findings => finding_name(cx, phase.item),
        LaneKind::Playback => playback_name(phase.kind).to_owned(),
        LaneKind::AdBreaks => named(&["media.ad.podFriendlyName"], "timeline.break"),
        LaneKind::Ads => named(&["media.ad.name", "media.ad.id"], "timeline.ad"),
        LaneKind::Chapters => named(&["media.chapter.friendlyName"], "timeline.chapter"),
        LaneKind::PlayerState(name) => shown(name),
        LaneKind::OtherStates => named(&["media.state.name"], "timeline.state"),
        LaneKind::Events | LaneKind::Pings | LaneKind::Reorder => {
            event_at(cx, phase.item).map_or_else(String::new, |event| shown(&event.type_name()))
        }
        LaneKind::Network => request_name(cx, phase.item),
        LaneKind::Bitrate => {
            let value = cx.drawing().and_then(|drawing| drawing.bitrate(phase.item));
            value.map_or_else(String::new, grouped)
        }
        LaneKind::PingGaps if phase.kind == LATE => text("timeline.ping-late").to_owned(),
        LaneKind::PingGaps => counted("timeline.pings-missing", u64::from(missing_pings(cx, phase))),
        LaneKind::Silence | LaneKind::StillPlayhead if phase.kind == SPENT => {
            text("timeline.time-out").to_owned()
        }
        LaneKind::Silence => text("timeline.silence").to_owned(),
        LaneKind::StillPlayhead => text("timeline.still").to_owned(),
    }
}

/// How many pings never came in a gap.
fn missing_pings(cx: &SessionCx<'_>, gap: &Phase) -> u32 {
    let ends_with_ping = event_at(cx, gap.item).and_then(|event| event.event_type()) == Some(EventType::Ping);
    n_missing(gap.end - gap.start, cx.session.mode, ends_with_ping)
}

/// The name of a playback state by its number.
#[must_use]
pub fn playback_name(kind: u8) -> &'static str {
    text(match kind {
        kind if kind == Playback::Starting as u8 => "timeline.playback.starting",
        kind if kind == Playback::Playing as u8 => "timeline.playback.playing",
        kind if kind == Playback::Paused as u8 => "timeline.playback.paused",
        kind if kind == Playback::Buffering as u8 => "timeline.playback.buffering",
        _ => "timeline.playback.break",
    })
}

/// Lines about what lies under the pointer: name, when, and what is special about it.
#[must_use]
pub fn about(cx: &SessionCx<'_>, kind: &LaneKind, drawn: &DrawnPhase) -> Vec<String> {
    let phase = &drawn.phase;
    let times = AxisTimes::of(cx);
    let when = if phase.end > phase.start {
        let lasts = duration(phase.end - phase.start);
        let values =
            [("from", &*times.tenths(phase.start)), ("to", &*times.tenths(phase.end)), ("lasts", &*lasts)];
        fill("timeline.from-to", &values)
    } else {
        fill("timeline.at", &[("at", &times.tenths(phase.start))])
    };
    if drawn.count > 1 {
        let many = counted("timeline.merged", u64::from(drawn.count));
        let name = fill("label.value", &[("name", &lane_name(kind)), ("value", &many)]);
        return vec![name, when, text("timeline.merged.hint").to_owned()];
    }
    let mut lines = vec![phase_name(cx, kind, phase), when];
    lines.extend(special(cx, kind, phase));
    lines
}

fn special(cx: &SessionCx<'_>, kind: &LaneKind, phase: &Phase) -> Option<String> {
    let key = match (kind, phase.kind) {
        (LaneKind::Findings, _) => {
            let finding = cx.judged()?.finding(phase.item)?;
            return Some(shown(&finding.message));
        }
        (LaneKind::Network, REFUSED | ANSWERED) => {
            let status = cx.capture().exchange(ExchangeId(phase.item))?.status()?;
            return Some(fill("timeline.answer", &[("status", &status.to_string())]));
        }
        (LaneKind::PingGaps, LATE) => {
            let late = duration(phase.end - phase.start);
            return Some(fill("timeline.ping-late.by", &[("secs", &late)]));
        }
        (LaneKind::Bitrate, _) => "timeline.bitrate.unit",
        (LaneKind::Silence | LaneKind::StillPlayhead, SPENT) => "timeline.time-out.why",
        (LaneKind::Silence | LaneKind::StillPlayhead, used) => {
            let percent = format!("{:.0}", used_share(used) * 100.0);
            let is_near = used & NEAR != 0 && used_share(used) < 1.0;
            let key = if is_near { "timeline.budget.near" } else { "timeline.budget" };
            return Some(fill(key, &[("percent", &percent)]));
        }
        (LaneKind::Network, UNANSWERED) => "timeline.no-answer",
        (LaneKind::Ads | LaneKind::Chapters, SKIPPED) => "timeline.skipped",
        (LaneKind::Ads | LaneKind::AdBreaks | LaneKind::Chapters, LEFT_OPEN) => "timeline.left-open",
        (LaneKind::PlayerState(_) | LaneKind::OtherStates, LEFT_OPEN) => "timeline.left-open",
        (LaneKind::Ads | LaneKind::Chapters, COMPLETED) => "timeline.completed",
        _ => return None,
    };
    Some(text(key).to_owned())
}

/// A length of time in words: exact where it is short.
pub(super) fn duration(secs: f64) -> String {
    if secs < 1.0 {
        fill("timeline.millis", &[("n", &format!("{:.0}", secs * 1000.0))])
    } else {
        fill("timeline.secs", &[("n", &format!("{secs:.1}"))])
    }
}

/// One line that says what the timeline shows, for those who cannot see it.
#[must_use]
pub fn summary(cx: &SessionCx<'_>, drawing: &Drawing) -> String {
    let n_of = |kind: &LaneKind| drawing.lane(kind).map_or(0, |lane| lane.row.phases().len() as u64);
    let n_states = drawing.lanes.iter().filter(|lane| matches!(lane.kind, LaneKind::PlayerState(_))).count();
    let mut parts = vec![counted("timeline.n-events", cx.session.len() as u64)];
    for (key, n) in [
        ("timeline.n-breaks", n_of(&LaneKind::AdBreaks)),
        ("timeline.n-ads", n_of(&LaneKind::Ads)),
        ("timeline.n-chapters", n_of(&LaneKind::Chapters)),
        ("timeline.n-states", n_states as u64),
        ("timeline.n-findings", n_of(&LaneKind::Findings)),
    ] {
        if n > 0 {
            parts.push(counted(key, n));
        }
    }
    parts.extend(summary_parts(&drawing.orders));
    let n_cuts = cx.app.state.axis.cuts().len() as u64;
    if n_cuts > 0 {
        parts.push(counted("timeline.n-cuts", n_cuts));
    }
    let (from, to) = cx.app.state.seen_secs();
    let times = AxisTimes::of(cx);
    let (from, to) = (times.tenths(from.max(0.0)), times.tenths(to.min(drawing.last)));
    fill("timeline.summary", &[("what", &parts.join(", ")), ("from", &from), ("to", &to)])
}

/// What the ruler is, and which silences are cut short on it.
#[must_use]
pub fn ruler(scale: &TimeScale, times: &AxisTimes) -> String {
    let mut said = text("timeline.ruler").to_owned();
    for cut in scale.axis.cuts_within(scale.from, scale.to) {
        said.push_str("; ");
        said.push_str(&cut::about(cut, times));
    }
    said
}

/// The event at a position of the judged order.
pub fn event_at<'a>(cx: &SessionCx<'a>, position: u32) -> Option<Event<'a>> {
    cx.event(event_id(cx, position)?)
}

/// The number of the event at a position of the judged order.
#[must_use]
pub fn event_id(cx: &SessionCx<'_>, position: u32) -> Option<EventId> {
    cx.drawing()?.events.get(position as usize).copied()
}

/// A playhead as tooltips show it.
#[must_use]
pub fn tenths(secs: f64) -> String {
    elapsed(secs, 0.1)
}

fn finding_name(cx: &SessionCx<'_>, number: u32) -> String {
    let finding = cx.judged().and_then(|judged| judged.finding(number));
    finding.map_or_else(String::new, |finding| {
        let meta = &finding.rule.meta;
        format!("{} {}", meta.code, meta.name)
    })
}

/// Method and the end of the path: the rest is the same for all requests of a session.
fn request_name(cx: &SessionCx<'_>, row: u32) -> String {
    let Some(request) = cx.capture().exchange(ExchangeId(row)) else { return String::new() };
    let url = request.url();
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let end = path.rsplit('/').find(|part| !part.is_empty()).unwrap_or(path);
    shown(&format!("{} …/{end}", request.method()))
}

/// A text of the capture as it may stand on the screen: on one line, and not endless.
pub(super) fn shown(text: &str) -> String {
    let mut chars = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter });
    let mut short: String = chars.by_ref().take(MOST_CHARS).collect();
    if chars.next().is_some() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_times_are_shown_exactly() {
        for (secs, expected) in [(0.0, "0 ms"), (0.0374, "37 ms"), (1.0, "1.0 s"), (125.04, "125.0 s")] {
            assert_eq!(duration(secs), expected);
        }
    }

    #[test]
    fn texts_of_a_capture_stay_on_one_line_and_end() {
        assert_eq!(shown("a\nb\u{7}"), "a b ");
        assert_eq!(shown(&"x".repeat(1_000)).chars().count(), MOST_CHARS + 1);
    }
}
