//! When what happened arrived: latency, the queue until the session id is known, parallel requests.

use super::random::Random;
use super::viewing::PlayedEvent;

/// How the requests of a session travel.
#[derive(Debug, Clone, Copy)]
pub(super) struct Route {
    /// The client's clock is late by so much, milliseconds.
    pub skew: i64,
    /// Several requests at once: one may overtake another by less than a second.
    pub parallel: bool,
}

impl Route {
    /// Draws one.
    pub fn drawn(random: &mut Random) -> Route {
        let skew = if random.one_in(4) { random.between(-40_000, 40_000) } else { random.between(-200, 200) };
        Route { skew, parallel: random.one_in(4) }
    }

    /// Stamps the arrival of each event.
    pub fn deliver(self, events: &mut [PlayedEvent], random: &mut Random) {
        let (mut opened, mut last_ts, mut free) = (i64::MIN, i64::MIN, i64::MIN);
        // a tick right after a slow answer looks like events that waited for it
        let tick = events.get(1).zip(events.first()).map_or(0, |(next, first)| next.ts.0 - first.ts.0);
        for (index, event) in events.iter_mut().enumerate() {
            let mut arrival = (event.ts.0 + self.skew + random.between(20, 600)).max(opened);
            // tied events keep their order: nobody could restore it
            if !self.parallel || event.ts.0 == last_ts {
                arrival = arrival.max(free);
            }
            let first = index == 0;
            event.received_at = arrival;
            event.answered_after_millis = random.between(15, if first { 1500 } else { 90 });
            if first && (0..400).contains(&(tick - event.answered_after_millis)) {
                event.answered_after_millis %= 900;
            }
            (last_ts, free) = (event.ts.0, arrival + event.answered_after_millis);
            if first {
                opened = free;
            }
        }
    }
}
