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
        let (mut answered, mut last) = (i64::MIN, (i64::MIN, i64::MIN));
        for (index, event) in events.iter_mut().enumerate() {
            let sent = event.ts.0 + self.skew + random.between(20, 600);
            let mut arrival = sent.max(answered);
            // tied events keep their order: nobody could restore it
            if !self.parallel || event.ts.0 == last.0 {
                arrival = arrival.max(last.1);
            }
            if index == 0 {
                answered = arrival + random.between(30, 1500);
            }
            event.received_at = arrival;
            last = (event.ts.0, arrival);
        }
    }
}
