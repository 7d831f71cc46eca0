//! What timeline and clock plot draw of a session: lanes and series, built once, outside a frame.
//!
//! Times are seconds since the session's origin on the client's clock. An event without a `ts` stands where the one
//! before it stands, one with a `ts` before the origin (a broken clock or unit) at the origin.

mod bitrates;
mod budget;
mod names;
mod orders;
mod ping_gaps;
mod snap;
mod traces;

pub use budget::{NEAR, SPENT, used_share};
pub use orders::{Orders, Outcome};
pub use ping_gaps::{LATE, MISSING, n_missing};
pub use traces::{Trace, Traces};

use self::orders::{ArrivalClock, Sources};
use super::cadence::Cadence;
use super::delay::Delay;
use super::drift::{Drift, JumpKind, Tolerance};
use super::expected::{self, ExpectedPiece};
use super::lanes::{AdOutcome, Lanes};
use super::pyramid::{Merge, Phase, PhaseRow, Point, Series};
use super::quality::{Change, Quality};
use super::reorder::Window;
use super::silences::{self, Silence};
use super::time_axis::Columns;
use crate::model::capture::Capture;
use crate::model::clock::TsMillis;
use crate::model::event_type::{EventGroup, EventType};
use crate::model::id::EventId;
use crate::model::limits::MAX_PLAYER_STATES;
use crate::model::numbers::Numbers;
use crate::model::policy::Policy;
use crate::model::session::Session;

/// A finding, as far as it is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// Its event; `None` for one about the whole session: it is drawn at the start.
    pub event: Option<EventId>,
    /// How grave: a greater one hides a lesser one.
    pub rank: u8,
    /// Its number among all findings of the capture.
    pub number: u32,
    /// Name of its rule.
    pub name: &'static str,
    /// True when it is about the clocks: then it is named in the plot.
    pub on_clock: bool,
}

/// What an anomaly is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnomalyKind {
    /// What a finding says.
    Finding(Mark),
    /// The playhead is not where it was expected, which no finding says: a viewer may seek.
    Jump(JumpKind),
}

impl AnomalyKind {
    /// How grave; 0 when there is no finding.
    #[must_use]
    pub const fn rank(self) -> u8 {
        match self {
            AnomalyKind::Finding(mark) => mark.rank.saturating_add(1),
            AnomalyKind::Jump(_) => 0,
        }
    }
}

/// Something about the clocks that is named in the plot.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Anomaly {
    /// When.
    pub time: f64,
    /// The playhead there, `None` when the event has none.
    pub playhead: Option<f64>,
    /// What.
    pub kind: AnomalyKind,
}

/// What a lane shows. Says what `kind` and `item` of its phases mean; unless said otherwise `item` is the position
/// (in the judged order) of the event that begins the phase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LaneKind {
    /// Findings; kind: their rank, item: their number.
    Findings,
    /// Playback states; kind: `machine::Playback`.
    Playback,
    /// All events but pings; kind: `event_type::EventGroup`, or [`UNKNOWN_GROUP`].
    Events,
    /// Ad breaks; kind: [`COMPLETED`] or [`LEFT_OPEN`].
    AdBreaks,
    /// Ads; kind: [`COMPLETED`], [`SKIPPED`] or [`LEFT_OPEN`].
    Ads,
    /// Chapters; kind: as ads.
    Chapters,
    /// One player state by its name; kind: [`COMPLETED`] or [`LEFT_OPEN`].
    PlayerState(String),
    /// Player states beyond those that the API keeps; kind: as one.
    OtherStates,
    /// The bitrate, as steps; kind: percentage of the greatest.
    Bitrate,
    /// Pings; kind: 1 in an ad break, else 0.
    Pings,
    /// Where a ping was due that was late or never came; kind: [`LATE`] or [`MISSING`], item: the position of the
    /// event that ends the gap.
    PingGaps,
    /// Requests from arrival to answer; kind: [`ANSWERED`], [`UNANSWERED`] or [`REFUSED`], item: the request's row.
    Network,
    /// Silences of a tenth of the budget or more; kind: percentage of it that was used, with [`NEAR`] near its end,
    /// or [`SPENT`] beyond it; item: the position of the last event before.
    Silence,
    /// Stretches with a still playhead; kind: as silences, item: the position of the first event of the stretch.
    StillPlayhead,
    /// Stretches that are out of order, with the lines of [`Orders`]; kind: the gravest [`Outcome`] in it.
    Reorder,
}

/// Kind of a point of the expected line from which the line goes on to the next.
pub const GOES_ON: u8 = 1;
/// Kind of a point of the playhead in an ad break, where it should stand still whatever plays.
pub const IN_BREAK: u8 = 4;
/// Kind of a phase that ended as it should.
pub const COMPLETED: u8 = 0;
/// Kind of an ad or chapter that was left early.
pub const SKIPPED: u8 = 1;
/// Kind of a phase whose end was never sent.
pub const LEFT_OPEN: u8 = 2;
/// Kind of a request with a 2xx or 3xx.
pub const ANSWERED: u8 = 0;
/// Kind of a request without an answer.
pub const UNANSWERED: u8 = 1;
/// Kind of a request with any other answer.
pub const REFUSED: u8 = 2;
/// Kind of an event whose type is not known.
pub const UNKNOWN_GROUP: u8 = u8::MAX;

/// A row of the timeline.
#[derive(Debug, Clone)]
pub struct Lane {
    /// What it shows.
    pub kind: LaneKind,
    /// Its phases.
    pub row: PhaseRow,
}

/// What timeline and clock plot draw of one session.
#[derive(Debug, Default)]
pub struct Drawing {
    /// The events in the judged order.
    pub events: Vec<EventId>,
    /// The way back from an event to its position.
    pub order: Order,
    /// When each event happened, by position in the judged order.
    pub times: Vec<f64>,
    /// When the last event happened.
    pub last: f64,
    /// Silences that may be drawn shorter than they are.
    pub silences: Vec<Silence>,
    /// Lanes from top to bottom; those without any phase are left out.
    pub lanes: Vec<Lane>,
    /// What is out of order.
    pub orders: Orders,
    /// Playhead against `ts`, seconds; kind: the `machine::Playback` that follows, or [`IN_BREAK`].
    pub playhead: Series,
    /// Where the playhead should be; position: index in `pieces`, kind: [`GOES_ON`] where the line does.
    pub expected: Series,
    /// The pieces of the expected line.
    pub pieces: Vec<ExpectedPiece>,
    /// How far the playhead may be from it.
    pub tolerance: Tolerance,
    /// Where the bitrate took another value, by position in the judged order.
    pub bitrates: Vec<Change>,
    /// What is drawn below the plot.
    pub traces: Traces,
    /// What is named in the plot, by time.
    pub anomalies: Vec<Anomaly>,
    /// `anomalies` as phases, to be joined per pixel; item: index in the list.
    pub anomaly_row: PhaseRow,
}

impl Drawing {
    /// Of a session that was walked over. `origin`: second 0 of the axis.
    #[must_use]
    pub fn of(
        capture: &Capture,
        session: &Session,
        lanes: &Lanes,
        origin: Option<TsMillis>,
        marks: &[Mark],
        policy: &Policy,
        numbers: &Numbers,
    ) -> Drawing {
        let events: Vec<EventId> = lanes.in_judged_order(session).collect();
        let order = Order::of(&events);
        let (times, playheads) = columns(capture, &events, origin);
        let last = times.iter().copied().fold(0.0, f64::max);
        let builder =
            Builder { capture, session, lanes, events: &events, order: &order, times: &times, last };
        let playhead = builder.playhead(&playheads);
        let cadence = Cadence::of(capture, session, lanes, policy, numbers);
        let (pieces, jumps, residual) = builder.clocks(&playheads, &cadence, numbers);
        let expected = expected_line(&pieces);
        let anomalies = builder.anomalies(marks, jumps, &playheads);
        let anomaly_row = anomaly_row(&anomalies);
        let clock = ArrivalClock::of(capture, session, origin);
        let sources = Sources { capture, session, lanes, times: &times, clock };
        let delay = || Delay::of(capture, session, lanes, &cadence, numbers);
        let (orders, stretches) = sources.orders(Window::of(policy, numbers), delay);
        let quality = Quality::of(capture, session, lanes, policy.qoe_place);
        let mut lanes = builder.lanes(marks, clock);
        lanes.extend(builder.watched_lanes(&quality.bitrate, &cadence, numbers));
        lanes.sort_by_key(|lane| lane.kind.place());
        if !stretches.phases().is_empty() {
            lanes.push(Lane { kind: LaneKind::Reorder, row: stretches });
        }
        let tolerance = Tolerance::of(numbers);
        let pings = lanes.iter().find(|lane| lane.kind == LaneKind::Pings).map(|lane| &lane.row);
        let traces = builder.traces(residual, pings, &quality);
        Drawing {
            lanes,
            orders,
            playhead,
            expected,
            pieces,
            tolerance,
            bitrates: quality.bitrate,
            traces,
            anomalies,
            anomaly_row,
            last,
            silences: silences::long(&times),
            times,
            events,
            order,
        }
    }

    /// The position of an event in the judged order.
    #[must_use]
    pub fn position(&self, event: EventId) -> Option<u32> {
        self.order.position(&self.events, event)
    }

    /// When an event happened.
    #[must_use]
    pub fn time(&self, event: EventId) -> Option<f64> {
        self.times.get(self.position(event)? as usize).copied()
    }

    /// The bitrate from the event at a position on, in the unit that was sent; `None` where it does not change.
    #[must_use]
    pub fn bitrate(&self, position: u32) -> Option<u64> {
        let found = self.bitrates.binary_search_by_key(&position, |change| change.at).ok()?;
        self.bitrates.get(found).map(|change| change.value)
    }

    /// The lane of a kind.
    #[must_use]
    pub fn lane(&self, kind: &LaneKind) -> Option<&Lane> {
        self.lanes.iter().find(|lane| lane.kind == *kind)
    }

    /// How many events happened in each column.
    #[must_use]
    pub fn density(&self, columns: &Columns<'_>) -> Vec<u32> {
        let mut sums = vec![0_u32; columns.len()];
        for lane in self.lanes.iter().filter(|lane| matches!(lane.kind, LaneKind::Events | LaneKind::Pings)) {
            for (sum, count) in sums.iter_mut().zip(lane.row.density(columns)) {
                *sum = sum.saturating_add(count);
            }
        }
        sums
    }
}

/// The way from an event to its position.
#[derive(Debug, Clone, Default)]
pub struct Order {
    /// Positions sorted by event; `None` when the events themselves are sorted.
    by_event: Option<Vec<u32>>,
}

impl Order {
    fn of(events: &[EventId]) -> Order {
        let by_event = || {
            let mut positions: Vec<u32> = (0..).take(events.len()).collect();
            positions.sort_by_key(|position| events.get(*position as usize));
            positions
        };
        Order { by_event: (!events.is_sorted()).then(by_event) }
    }

    fn position(&self, events: &[EventId], event: EventId) -> Option<u32> {
        match &self.by_event {
            None => u32::try_from(events.binary_search(&event).ok()?).ok(),
            Some(positions) => {
                let found =
                    positions.binary_search_by_key(&Some(&event), |position| events.get(*position as usize));
                positions.get(found.ok()?).copied()
            }
        }
    }
}

/// Per position: when the event happened, and its playhead where it has both clocks (NaN otherwise).
fn columns(capture: &Capture, events: &[EventId], origin: Option<TsMillis>) -> (Vec<f64>, Vec<f64>) {
    let mut before = 0.0;
    let column = |id: &EventId| {
        let event = capture.event(*id);
        let secs = event.and_then(|event| Some(event.ts()?.secs_since(origin?)));
        let playhead = event.and_then(|event| event.playhead()).map(|playhead| playhead.0);
        before = secs.map_or(before, |secs| secs.max(0.0));
        (before, playhead.filter(|_| secs.is_some_and(|secs| secs >= 0.0)).unwrap_or(f64::NAN))
    };
    events.iter().map(column).unzip()
}

struct Builder<'a> {
    capture: &'a Capture,
    session: &'a Session,
    lanes: &'a Lanes,
    events: &'a [EventId],
    order: &'a Order,
    times: &'a [f64],
    last: f64,
}

impl Builder<'_> {
    fn time(&self, position: u32) -> f64 {
        self.times.get(position as usize).copied().unwrap_or(self.last)
    }

    fn phase(&self, start: u32, end: Option<u32>, kind: u8) -> Phase {
        let end = end.map_or(self.last, |end| self.time(end));
        Phase { start: self.time(start), end, kind, item: start }
    }

    fn playhead(&self, playheads: &[f64]) -> Series {
        let points = (0..).zip(self.times).zip(playheads).map(|((position, time), playhead)| {
            let after = self.lanes.after(position);
            let kind = if after.in_break() { IN_BREAK } else { after.playback() as u8 };
            Point { time: *time, value: *playhead, kind, position }
        });
        Series::new(points.filter(|point| point.value.is_finite()).collect())
    }

    /// The expected line, (position, kind) where the playhead begins to be elsewhere, and how far it is from the line.
    fn clocks(
        &self,
        playheads: &[f64],
        cadence: &Cadence,
        numbers: &Numbers,
    ) -> (Vec<ExpectedPiece>, Vec<(u32, JumpKind)>, Vec<Point>) {
        let drift = Drift::of(self.capture, self.session, self.lanes, cadence, numbers);
        let (mut jumps, mut residual) = (Vec::new(), Vec::new());
        let mut before = None;
        let points = drift.series(self.capture, self.session, self.lanes).filter_map(|point| {
            let playhead =
                playheads.get(point.at as usize).copied().filter(|playhead| playhead.is_finite())?;
            // Of a playhead that drifts on and on only the beginning is named.
            jumps.extend(point.jump.filter(|jump| before != Some(*jump)).map(|jump| (point.at, jump)));
            before = point.jump;
            let (time, value) = (self.time(point.at), point.drift_secs());
            residual.push(Point { time, value, kind: 0, position: point.at });
            Some((time, playhead, point.expected.0))
        });
        (expected::pieces(points), jumps, residual)
    }

    /// Findings about the clocks, and jumps of which none of them speaks.
    fn anomalies(&self, marks: &[Mark], jumps: Vec<(u32, JumpKind)>, playheads: &[f64]) -> Vec<Anomaly> {
        let anomaly = |position: u32, kind| {
            let playhead = playheads.get(position as usize).copied().filter(|playhead| playhead.is_finite());
            Anomaly { time: self.time(position), playhead, kind }
        };
        let on_clock = marks.iter().filter(|mark| mark.on_clock);
        let found: Vec<_> = on_clock.filter_map(|mark| Some((self.position(mark)?, *mark))).collect();
        let mut named: Vec<u32> = found.iter().map(|(position, _)| *position).collect();
        named.sort_unstable();
        let findings = found.iter().map(|(position, mark)| anomaly(*position, AnomalyKind::Finding(*mark)));
        let jumps = jumps.into_iter().filter(|(position, _)| named.binary_search(position).is_err());
        let jumps = jumps.map(|(position, kind)| anomaly(position, AnomalyKind::Jump(kind)));
        let mut anomalies: Vec<_> = findings.chain(jumps).collect();
        anomalies.sort_by(|a, b| a.time.total_cmp(&b.time));
        anomalies
    }

    fn position(&self, mark: &Mark) -> Option<u32> {
        self.order.position(self.events, mark.event?)
    }

    fn lanes(&self, marks: &[Mark], clock: Option<ArrivalClock>) -> Vec<Lane> {
        let (events, pings) = self.events();
        let mut lanes = vec![
            (LaneKind::Findings, self.marks(marks), Merge::Highest),
            (LaneKind::Playback, self.playback(), Merge::Longest),
            (LaneKind::Events, events, Merge::Longest),
            (LaneKind::AdBreaks, self.breaks(), Merge::Longest),
            (LaneKind::Ads, self.ads(), Merge::Longest),
            (LaneKind::Chapters, self.chapters(), Merge::Longest),
        ];
        lanes.extend(self.player_states().into_iter().map(|(kind, phases)| (kind, phases, Merge::Longest)));
        lanes.push((LaneKind::Pings, pings, Merge::Highest));
        lanes.push((LaneKind::Network, self.network(clock), Merge::Highest));
        let lanes = lanes.into_iter().filter(|(_, phases, _)| !phases.is_empty());
        lanes.map(|(kind, phases, merge)| Lane { kind, row: PhaseRow::new(phases, merge) }).collect()
    }

    /// The lanes of what is watched all along: bitrate, cadence and budgets.
    fn watched_lanes(&self, bitrates: &[Change], cadence: &Cadence, numbers: &Numbers) -> Vec<Lane> {
        let lanes = [
            (LaneKind::Bitrate, self.bitrates(bitrates), Merge::Longest),
            (LaneKind::PingGaps, self.ping_gaps(cadence), Merge::Highest),
            (LaneKind::Silence, self.silences(numbers), Merge::Highest),
            (LaneKind::StillPlayhead, self.still_playheads(numbers), Merge::Highest),
        ];
        let lanes = lanes.into_iter().filter(|(_, phases, _)| !phases.is_empty());
        lanes.map(|(kind, phases, merge)| Lane { kind, row: PhaseRow::new(phases, merge) }).collect()
    }

    fn marks(&self, marks: &[Mark]) -> Vec<Phase> {
        let phase = |mark: &Mark| {
            let time = self.position(mark).map_or(0.0, |position| self.time(position));
            Phase { start: time, end: time, kind: mark.rank, item: mark.number }
        };
        marks.iter().map(phase).collect()
    }

    fn playback(&self) -> Vec<Phase> {
        let phases = self.lanes.playback.iter();
        phases.map(|phase| self.phase(phase.start, phase.end, phase.playback as u8)).collect()
    }

    /// All events as instants: those that are no pings, and the pings.
    fn events(&self) -> (Vec<Phase>, Vec<Phase>) {
        let (mut events, mut pings) = (Vec::new(), Vec::new());
        for (position, id) in (0..).zip(self.lanes.in_judged_order(self.session)) {
            let event_type = self.capture.event(id).and_then(|event| event.event_type());
            if event_type == Some(EventType::Ping) {
                let in_break = self.lanes.before(position).in_break();
                pings.push(self.phase(position, Some(position), u8::from(in_break)));
            } else {
                let kind = event_type.map_or(UNKNOWN_GROUP, |known| known.group() as u8);
                events.push(self.phase(position, Some(position), kind));
            }
        }
        (events, pings)
    }

    fn breaks(&self) -> Vec<Phase> {
        let kind = |completed| if completed { COMPLETED } else { LEFT_OPEN };
        let breaks = self.lanes.breaks.iter();
        breaks.map(|known| self.phase(known.start, known.end, kind(known.completed))).collect()
    }

    fn ads(&self) -> Vec<Phase> {
        let kind = |outcome| match outcome {
            AdOutcome::Completed => COMPLETED,
            AdOutcome::Skipped => SKIPPED,
            AdOutcome::LeftOpen => LEFT_OPEN,
        };
        self.lanes.ads.iter().map(|ad| self.phase(ad.start, ad.end, kind(ad.outcome))).collect()
    }

    fn chapters(&self) -> Vec<Phase> {
        let kind = |end: Option<u32>, skipped| match (end, skipped) {
            (None, _) => LEFT_OPEN,
            (_, true) => SKIPPED,
            _ => COMPLETED,
        };
        let chapters = self.lanes.chapters.iter();
        chapters.map(|known| self.phase(known.start, known.end, kind(known.end, known.skipped))).collect()
    }

    /// A lane per name in order of first use, as many as the API keeps; the others share one.
    fn player_states(&self) -> Vec<(LaneKind, Vec<Phase>)> {
        let mut lanes: Vec<(LaneKind, Vec<Phase>)> = Vec::new();
        let mut others = Vec::new();
        for state in &self.lanes.player_states {
            let kind = if state.end.is_some() { COMPLETED } else { LEFT_OPEN };
            let phase = self.phase(state.start, state.end, kind);
            let known = |(lane, _): &&mut (LaneKind, _)| matches!(lane, LaneKind::PlayerState(name) if *name == state.name);
            if let Some((_, phases)) = lanes.iter_mut().find(known) {
                phases.push(phase);
            } else if lanes.len() < MAX_PLAYER_STATES {
                lanes.push((LaneKind::PlayerState(state.name.clone()), vec![phase]));
            } else {
                others.push(phase);
            }
        }
        lanes.push((LaneKind::OtherStates, others));
        lanes
    }

    /// Requests whose arrival is known.
    fn network(&self, clock: Option<ArrivalClock>) -> Vec<Phase> {
        let Some(clock) = clock else { return Vec::new() };
        let requests = self.session.exchanges.iter().filter_map(|id| self.capture.exchange(*id));
        let phase = |request: crate::model::exchange::Exchange<'_>| {
            let start = clock.secs(request.received_at()?);
            let answered_after = f64::from(request.row().answered_after_millis.max(0)) / 1000.0;
            let kind = match request.status() {
                None => UNANSWERED,
                Some(200..400) => ANSWERED,
                Some(_) => REFUSED,
            };
            Some(Phase { start, end: start + answered_after, kind, item: request.id.0 })
        };
        requests.filter_map(phase).collect()
    }
}

fn expected_line(pieces: &[ExpectedPiece]) -> Series {
    let points = (0..).zip(pieces).flat_map(|(position, piece)| {
        let start = Point { time: piece.start, value: piece.playhead, kind: GOES_ON, position };
        let end = Point { time: piece.end, value: piece.at(piece.end), kind: 0, position };
        [start, end]
    });
    Series::new(points.collect())
}

/// The row that thins anomalies out to what a width can show.
#[must_use]
pub fn anomaly_row(anomalies: &[Anomaly]) -> PhaseRow {
    let phases = (0..).zip(anomalies).map(|(item, anomaly)| {
        let kind = anomaly.kind.rank();
        Phase { start: anomaly.time, end: anomaly.time, kind, item }
    });
    PhaseRow::new(phases.collect(), Merge::Highest)
}

impl LaneKind {
    /// Its place among the lanes, from the top: behind the one that it stands under. Player states share one.
    #[must_use]
    pub const fn place(&self) -> u8 {
        match self {
            LaneKind::Findings => 0,
            LaneKind::Playback => 1,
            LaneKind::AdBreaks => 2,
            LaneKind::Ads => 3,
            LaneKind::Chapters => 4,
            LaneKind::PlayerState(_) => 5,
            LaneKind::OtherStates => 6,
            LaneKind::Bitrate => 7,
            LaneKind::Events => 8,
            LaneKind::Pings => 9,
            LaneKind::PingGaps => 10,
            LaneKind::Network => 11,
            LaneKind::Silence => 12,
            LaneKind::StillPlayhead => 13,
            LaneKind::Reorder => 14,
        }
    }

    /// The group of events of a kind in [`LaneKind::Events`].
    #[must_use]
    pub fn event_group(kind: u8) -> Option<EventGroup> {
        EventType::ALL.into_iter().map(EventType::group).find(|group| *group as u8 == kind)
    }
}

#[cfg(test)]
mod tests;
