//! What the ads of a session say of themselves beside how they ran: read from their `params` once, for all rules.

use std::ops::Range;

use super::lanes::{Ad, AdBreak, Lanes};
use crate::model::capture::Capture;
use crate::model::event_type::EventType;
use crate::model::id::EventId;
use crate::model::json;
use crate::model::machine::{OddityKind, Playback};
use crate::model::session::Session;
use crate::model::table::Event;

/// The ad breaks and ads of a session.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Ads {
    /// Breaks, numbered as in [`Lanes::breaks`].
    pub breaks: Vec<BreakFacts>,
    /// Ads in order, in breaks and astray.
    pub ads: Vec<AdFacts>,
    /// Position of the first `play` outside a break.
    pub first_main_play: Option<u32>,
}

/// One ad break.
#[derive(Debug, Clone, PartialEq)]
pub struct BreakFacts {
    /// Where it begins and ends.
    pub phase: AdBreak,
    /// `media.ad.podIndex`, when it is a number.
    pub pod_index: Option<f64>,
    /// `media.ad.podSecond`, when it is a number.
    pub pod_second: Option<f64>,
    /// Playhead at `adBreakStart`, seconds.
    pub playhead: Option<f64>,
    /// It begins before any `play` on main content, by what the capture shows.
    pub is_pre_roll: bool,
    /// A copy of a break that was over already (A017).
    pub is_copy: bool,
    /// Its ads, in [`Ads::ads`].
    ads: Range<usize>,
}

/// One ad.
#[derive(Debug, Clone, PartialEq)]
pub struct AdFacts {
    /// Where it begins and ends.
    pub phase: Ad,
    /// `media.ad.id` is there, and empty.
    pub has_empty_id: bool,
    /// `media.ad.length`, when it is a number: seconds.
    pub length_secs: Option<f64>,
    /// `media.ad.podPosition`, when it is a number.
    pub pod_position: Option<f64>,
    /// Seconds of the client's clock from its start to its end, without pauses and buffering; `None` without an end.
    pub played_secs: Option<f64>,
    /// A copy of an ad that was over already (A017).
    pub is_copy: bool,
}

impl Ads {
    /// Reads the ads of a session.
    #[must_use]
    pub fn of(capture: &Capture, session: &Session, lanes: &Lanes) -> Ads {
        if lanes.breaks.is_empty() && lanes.ads.is_empty() {
            return Ads::default();
        }
        let reader = Reader {
            capture,
            session,
            lanes,
            copies: lanes.odd(OddityKind::AdEventDoubled).map(|odd| odd.at).collect(),
        };
        let first_main_play = first_main_play(capture, session, lanes);
        let ads: Vec<AdFacts> = lanes.ads.iter().map(|ad| reader.ad(*ad)).collect();
        let mut breaks: Vec<BreakFacts> =
            lanes.breaks.iter().map(|phase| reader.ad_break(*phase, first_main_play)).collect();
        for (index, ad) in ads.iter().enumerate() {
            let number = ad.phase.ad_break.map(|number| number as usize);
            if let Some(ad_break) = number.and_then(|number| breaks.get_mut(number)) {
                let first = if ad_break.ads.is_empty() { index } else { ad_break.ads.start };
                ad_break.ads = first..index + 1;
            }
        }
        Ads { breaks, ads, first_main_play }
    }

    /// The ads of a break.
    #[must_use]
    pub fn of_break(&self, ad_break: &BreakFacts) -> &[AdFacts] {
        self.ads.get(ad_break.ads.clone()).unwrap_or_default()
    }

    /// Ads outside any break (A001).
    pub fn astray(&self) -> impl Iterator<Item = &AdFacts> {
        self.ads.iter().filter(|ad| ad.phase.ad_break.is_none())
    }
}

/// Position of the first `play` outside a break: what counts as content start.
#[must_use]
pub fn first_main_play(capture: &Capture, session: &Session, lanes: &Lanes) -> Option<u32> {
    let is_play =
        |id: EventId| capture.event(id).is_some_and(|event| event.event_type() == Some(EventType::Play));
    let mut events = (0..).zip(lanes.in_judged_order(session));
    events.find(|(at, id)| is_play(*id) && !lanes.before(*at).in_break()).map(|(at, _)| at)
}

struct Reader<'a> {
    capture: &'a Capture,
    session: &'a Session,
    lanes: &'a Lanes,
    /// Positions of copies, in order.
    copies: Vec<u32>,
}

impl Reader<'_> {
    fn event(&self, position: u32) -> Option<Event<'_>> {
        self.capture.event(self.lanes.judged(self.session, position)?)
    }

    /// Reads these numbers from the `params` of an event, and whether the text of `media.ad.id` is empty.
    fn read<const N: usize>(&self, position: u32, keys: [&str; N]) -> ([Option<f64>; N], bool) {
        let (mut numbers, mut has_empty_id) = ([None; N], false);
        let Some(event) = self.event(position) else { return (numbers, has_empty_id) };
        event.each_param(|key, value| {
            for (number, wanted) in numbers.iter_mut().zip(keys) {
                if json::key_is(key, wanted) {
                    *number = json::number(value);
                }
            }
            if json::key_is(key, "media.ad.id") {
                has_empty_id = json::string(value).is_some_and(|id| id.trim().is_empty());
            }
        });
        (numbers, has_empty_id)
    }

    fn ad_break(&self, phase: AdBreak, first_main_play: Option<u32>) -> BreakFacts {
        let ([pod_index, pod_second], _) =
            self.read(phase.start, ["media.ad.podIndex", "media.ad.podSecond"]);
        BreakFacts {
            phase,
            pod_index,
            pod_second,
            playhead: self.event(phase.start).and_then(|event| event.playhead()).map(|playhead| playhead.0),
            is_pre_roll: first_main_play.is_none_or(|play| phase.start < play) && !self.session.begins_late,
            is_copy: self.copies.binary_search(&phase.start).is_ok(),
            ads: 0..0,
        }
    }

    fn ad(&self, phase: Ad) -> AdFacts {
        let ([length_secs, pod_position], has_empty_id) =
            self.read(phase.start, ["media.ad.length", "media.ad.podPosition"]);
        AdFacts {
            phase,
            has_empty_id,
            length_secs,
            pod_position,
            played_secs: phase.end.and_then(|end| self.played_secs(phase.start, end)),
            is_copy: self.copies.binary_search(&phase.start).is_ok(),
        }
    }

    /// Seconds of an ad between two positions, without its pauses and buffering.
    fn played_secs(&self, start: u32, end: u32) -> Option<f64> {
        let ts = |position: u32| self.event(position).and_then(|event| event.ts());
        let mut secs = ts(end)?.secs_since(ts(start)?);
        let phases = &self.lanes.playback;
        let first = phases.partition_point(|phase| phase.end.is_some_and(|end| end <= start));
        let within = phases.get(first..).unwrap_or_default().iter().take_while(|phase| phase.start < end);
        for phase in within.filter(|phase| matches!(phase.playback, Playback::Paused | Playback::Buffering)) {
            let to = phase.end.map_or(end, |phase_end| phase_end.min(end));
            // That the content was paused before the ad says nothing of the ad, unless it is restated there (N3).
            let states = |at: &u32| {
                let event_type = self.event(*at).and_then(|event| event.event_type());
                matches!(event_type, Some(EventType::PauseStart | EventType::BufferStart))
            };
            let from = Some(phase.start).filter(|from| *from > start);
            let Some(from) = from.or_else(|| (start + 1..to).find(states)) else { continue };
            secs -= ts(to)?.secs_since(ts(from)?);
        }
        Some(secs.max(0.0))
    }
}
