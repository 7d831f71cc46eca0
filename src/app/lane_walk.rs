//! Walking along a lane of the timeline, through the session, and from silence to silence.

use std::sync::Arc;

use super::State;
use super::command::Direction;
use super::command::walk::WalkCommand;
use super::effect::Effects;
use super::item::Item;
use super::notice::NoticeKind;
use crate::metrics::drawing::{Drawing, Lane, LaneKind};
use crate::metrics::silences;
use crate::model::id::EventId;
use crate::store::loaded::CaptureId;

/// So much is shown on each side of a silence, as a share of it.
const SILENCE_MARGIN: f64 = 0.1;

impl State {
    pub(super) fn apply_walk(&mut self, command: WalkCommand) -> Effects {
        let Some(drawing) = self.drawing.as_ref().map(Arc::clone) else { return Effects::none() };
        let Some((capture, _)) = self.shown else { return Effects::none() };
        self.live.following = false;
        match command {
            WalkCommand::InLane(direction) => self.walk_lane(capture, &drawing, direction),
            WalkCommand::InSession(direction) => {
                let to = match (self.selected_position(&drawing), direction) {
                    (None, _) => Some(0),
                    (Some(at), Direction::Forward) => at.checked_add(1),
                    (Some(at), Direction::Back) => at.checked_sub(1),
                };
                let event = to.and_then(|to| drawing.events.get(to as usize));
                event.map_or_else(Effects::none, |event| self.select(Item::Event(capture, *event)))
            }
            WalkCommand::Silence(direction) => self.walk_silences(capture, &drawing, direction),
        }
    }

    fn selected_position(&self, drawing: &Drawing) -> Option<u32> {
        drawing.position(self.selected_event_shown()?)
    }

    fn selected_event_shown(&self) -> Option<EventId> {
        let (capture, event) = self.selected_event()?;
        self.shown.filter(|(shown, _)| *shown == capture).map(|_| event)
    }

    fn walk_lane(&mut self, capture: CaptureId, drawing: &Drawing, direction: Direction) -> Effects {
        // A lane that was walked is walked on, though its events are in others, too.
        let walked =
            self.walked_lane.take().filter(|(at, _)| Some(*at) == self.selection).map(|(_, kind)| kind);
        let known = walked.and_then(|kind| drawing.lane(&kind));
        let found = known.and_then(|lane| Some((lane, self.place_in(lane, drawing)?)));
        let found = found.or_else(|| {
            let mut lanes: Vec<&Lane> = drawing.lanes.iter().collect();
            lanes.sort_by_key(|lane| precedence(&lane.kind));
            lanes.into_iter().find_map(|lane| Some((lane, self.place_in(lane, drawing)?)))
        });
        let (lane, to) = match (found, direction) {
            (Some((lane, at)), Direction::Forward) => (lane, at + 1),
            (Some((_, 0)), Direction::Back) => return Effects::none(),
            (Some((lane, at)), Direction::Back) => (lane, at - 1),
            // Nothing is selected that stands in a lane: the first event from the left that is seen.
            (None, _) => {
                let Some(lane) = drawing.lane(&LaneKind::Events) else { return Effects::none() };
                let from = self.seen_secs().0;
                (lane, lane.row.phases().partition_point(|phase| phase.start < from))
            }
        };
        let item = lane.row.phases().get(to).and_then(|phase| item(capture, lane, phase.item, drawing));
        let Some(item) = item else { return Effects::none() };
        let effects = self.select(item);
        self.walked_lane = Some((item, lane.kind.clone()));
        effects
    }

    /// The phase of a lane that the selection is.
    fn place_in(&self, lane: &Lane, drawing: &Drawing) -> Option<usize> {
        let phases = lane.row.phases();
        match (&lane.kind, self.selection?) {
            (LaneKind::Findings, Item::Finding(_, number)) => {
                phases.iter().position(|phase| phase.item == number)
            }
            (LaneKind::Network, Item::Exchange(_, exchange)) => {
                phases.iter().position(|phase| phase.item == exchange.0)
            }
            (LaneKind::Findings | LaneKind::Network | LaneKind::Reorder, _) => None,
            _ => {
                let event = self.selected_event_shown()?;
                let (position, time) = (drawing.position(event)?, drawing.time(event)?);
                let from = phases.partition_point(|phase| phase.start < time);
                let same_time = phases.get(from..)?.iter().take_while(|phase| phase.start <= time);
                same_time.zip(from..).find_map(|(phase, at)| (phase.item == position).then_some(at))
            }
        }
    }

    fn walk_silences(&mut self, capture: CaptureId, drawing: &Drawing, direction: Direction) -> Effects {
        let at = self.selected_position(drawing).map(|at| at as usize);
        let mut ends = silences::ends(&drawing.times);
        let end = match direction {
            Direction::Forward => ends.find(|end| at.is_none_or(|at| *end > at)),
            Direction::Back => ends.rfind(|end| at.is_none_or(|at| *end < at)),
        };
        let found = end.and_then(|end| {
            let (start, end_secs) = (drawing.times.get(end.checked_sub(1)?)?, drawing.times.get(end)?);
            Some((*drawing.events.get(end)?, *start, *end_secs))
        });
        let Some((event, start, end)) = found else {
            let secs = silences::SILENCE_SECS.to_string();
            self.notify(NoticeKind::Remark, "no-silence", vec![("secs", secs)]);
            return Effects::none();
        };
        let effects = self.select(Item::Event(capture, event));
        let margin = (end - start) * SILENCE_MARGIN;
        self.show_secs(start - margin, end + margin);
        effects
    }
}

/// What a phase of a lane stands for.
fn item(capture: CaptureId, lane: &Lane, number: u32, drawing: &Drawing) -> Option<Item> {
    Some(match lane.kind {
        LaneKind::Findings => Item::Finding(capture, number),
        LaneKind::Network => Item::Exchange(capture, crate::model::id::ExchangeId(number)),
        LaneKind::Reorder => return None,
        _ => Item::Event(capture, *drawing.events.get(number as usize)?),
    })
}

/// Which lane an event is walked in that stands in several: the one that says most of it.
fn precedence(kind: &LaneKind) -> u8 {
    match kind {
        LaneKind::Findings | LaneKind::Network => 0,
        LaneKind::AdBreaks => 1,
        LaneKind::Ads => 2,
        LaneKind::Chapters => 3,
        LaneKind::PlayerState(_) | LaneKind::OtherStates => 4,
        LaneKind::Pings => 5,
        LaneKind::Playback => 6,
        LaneKind::Events => 7,
        LaneKind::Bitrate => 8,
        LaneKind::PingGaps | LaneKind::Silence | LaneKind::StillPlayhead | LaneKind::Reorder => 9,
    }
}
