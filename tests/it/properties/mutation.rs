//! Single faults: a draft of a viewing, and what a mutation needs to change it in one place.

use playtrace::model::event_type::EventType;
use playtrace::player::capture::{PlayedBody, PlayedCapture, PlayedRequest};
use playtrace::player::random::Random;
use playtrace::player::viewing::{Delivery, PlayedEvent, PlayedSession, Viewing};
use serde_json::{Map, Value};

use super::oracle::{self, Does, Now};

/// One way to break a correct viewing.
pub struct Mutation {
    /// What is done.
    pub name: &'static str,
    /// The code that must be found, or none when the viewing stays correct.
    pub code: Option<&'static str>,
    /// Does it in a place of the draft's choice; `None` when it does not apply.
    pub apply: fn(&mut Draft) -> Option<()>,
}

/// A row of a table of mutations.
pub const fn breaks(code: &'static str, name: &'static str, apply: fn(&mut Draft) -> Option<()>) -> Mutation {
    Mutation { name, code: Some(code), apply }
}

/// A row for what leaves the viewing correct.
pub const fn keeps(name: &'static str, apply: fn(&mut Draft) -> Option<()>) -> Mutation {
    Mutation { name, code: None, apply }
}

/// A viewing that is being changed.
pub struct Draft {
    pub viewing: Viewing,
    /// Set once a mutation works on requests and bodies.
    pub capture: Option<PlayedCapture>,
    pub random: Random,
}

/// An event in its place.
#[derive(Clone, Copy)]
pub struct At<'a> {
    pub session: &'a PlayedSession,
    /// Where the session stands before each event, and after the last.
    pub all: &'a [Now],
    pub index: usize,
}

impl<'a> At<'a> {
    pub fn event(&self) -> &'a PlayedEvent {
        &self.session.events[self.index]
    }

    pub fn is(&self, event_type: EventType) -> bool {
        self.event().event_type == event_type
    }

    pub fn is_one_of(&self, types: &[EventType]) -> bool {
        types.contains(&self.event().event_type)
    }

    /// Before the event.
    pub fn before(&self) -> &'a Now {
        &self.all[self.index]
    }

    /// After the event.
    pub fn after(&self) -> &'a Now {
        &self.all[self.index + 1]
    }

    /// The events that follow.
    pub fn later(&self) -> &'a [PlayedEvent] {
        &self.session.events[self.index + 1..]
    }

    /// Milliseconds to the next event, 0 for the last.
    pub fn gap_after(&self) -> i64 {
        self.later().first().map_or(0, |next| next.ts.0 - self.event().ts.0)
    }

    /// Milliseconds from the event before, 0 for the first.
    pub fn gap_before(&self) -> i64 {
        let before = self.index.checked_sub(1).map(|index| &self.session.events[index]);
        before.map_or(0, |before| self.event().ts.0 - before.ts.0)
    }

    /// The next event of one of these types.
    pub fn next_of(&self, types: &[EventType]) -> Option<usize> {
        let next = self.later().iter().position(|event| types.contains(&event.event_type));
        next.map(|next| self.index + 1 + next)
    }

    pub fn online(&self) -> bool {
        self.session.delivery == Delivery::Online
    }

    pub fn batch(&self) -> bool {
        matches!(self.session.delivery, Delivery::Batch { .. })
    }

    pub fn of_day(&self) -> bool {
        oracle::of_day(self.session)
    }
}

impl Draft {
    /// A place that fits, drawn at random: session and event.
    pub fn place(&mut self, wanted: impl Fn(At<'_>) -> bool) -> Option<(usize, usize)> {
        let mut found = Vec::new();
        for (number, session) in self.viewing.sessions.iter().enumerate() {
            let all = oracle::walk(&session.events);
            let fits = |index: &usize| wanted(At { session, all: &all, index: *index });
            found.extend((0..session.events.len()).filter(fits).map(|index| (number, index)));
        }
        self.random.pick(&found).copied()
    }

    /// The event at a place.
    pub fn event(&mut self, (session, index): (usize, usize)) -> &mut PlayedEvent {
        &mut self.viewing.sessions[session].events[index]
    }

    /// All events of a session.
    pub fn events(&mut self, session: usize) -> &mut Vec<PlayedEvent> {
        &mut self.viewing.sessions[session].events
    }

    /// Takes an event away.
    pub fn remove(&mut self, (session, index): (usize, usize)) -> PlayedEvent {
        self.viewing.sessions[session].events.remove(index)
    }

    /// Puts a new event so many milliseconds behind another; the content goes on meanwhile if it plays.
    pub fn add(
        &mut self,
        (session, index): (usize, usize),
        millis: i64,
        event_type: EventType,
    ) -> &mut PlayedEvent {
        let of_day = oracle::of_day(&self.viewing.sessions[session]);
        let events = &mut self.viewing.sessions[session].events;
        let now = &oracle::walk(events)[index + 1];
        let mut event = events[index].clone();
        event.event_type = event_type;
        event.ts.0 += millis;
        event.received_at += millis;
        event.status = 204;
        if now.does == Does::Play && now.open_break.is_none() && now.played {
            let day = if of_day { 86_400.0 } else { f64::MAX };
            event.playhead += if of_day { (millis / 1000) as f64 } else { millis as f64 / 1000.0 };
            event.playhead %= day;
        }
        (event.params, event.qoe_data, event.custom_metadata) = (Map::new(), Map::new(), Map::new());
        events.insert(index + 1, event);
        &mut events[index + 1]
    }

    /// Everything from an event on happens and arrives so much later, the following sessions too.
    pub fn shift(&mut self, (session, index): (usize, usize), millis: i64) {
        let events = self.viewing.sessions[session].events[index..].iter_mut();
        let shift = |event: &mut PlayedEvent| {
            event.ts.0 += millis;
            event.received_at += millis;
        };
        events.for_each(shift);
        for later in &mut self.viewing.sessions[session + 1..] {
            later.events.iter_mut().for_each(shift);
        }
        for moved in &mut self.viewing.sessions[session..] {
            if let Delivery::Batch { received_at, .. } = &mut moved.delivery {
                *received_at += millis;
            }
        }
    }

    /// The content jumps by so much at an event; it is made longer by as much.
    pub fn move_playheads(&mut self, (session, index): (usize, usize), secs: f64) {
        let events = &mut self.viewing.sessions[session].events;
        events[index..].iter_mut().for_each(|event| event.playhead += secs);
        let length = events[0].params.get("media.length").and_then(Value::as_f64).unwrap_or_default();
        events[0].params.insert("media.length".to_owned(), (length + secs.max(0.0)).into());
    }

    /// Sets a parameter of an event.
    pub fn set(&mut self, place: (usize, usize), key: &str, value: impl Into<Value>) {
        self.event(place).params.insert(key.to_owned(), value.into());
    }

    fn capture(&mut self) -> &mut PlayedCapture {
        self.capture.get_or_insert_with(|| PlayedCapture::of(&self.viewing))
    }

    /// The JSON of an event that fits, drawn at random.
    pub fn body(&mut self, wanted: impl Fn(&Value) -> bool) -> Option<&mut Value> {
        let bodies = self.capture().bodies_mut();
        let fits = bodies.iter().enumerate().filter(|(_, body)| wanted(body));
        let found: Vec<usize> = fits.map(|(index, _)| index).collect();
        let index = *self.random.pick(&found)?;
        let mut bodies = self.capture().bodies_mut();
        Some(bodies.swap_remove(index))
    }

    /// All requests; `None` for bare events.
    pub fn requests(&mut self) -> Option<&mut Vec<PlayedRequest>> {
        match self.capture() {
            PlayedCapture::Requests(requests) => Some(requests),
            PlayedCapture::Bare(_) => None,
        }
    }

    /// The number of a request that fits, drawn at random.
    pub fn request(&mut self, wanted: impl Fn(&PlayedRequest) -> bool) -> Option<usize> {
        let requests = self.requests()?;
        let fits = requests.iter().enumerate().filter(|(_, request)| wanted(request));
        let found: Vec<usize> = fits.map(|(index, _)| index).collect();
        self.random.pick(&found).copied()
    }
}

/// The type of an event that a request carries alone.
pub fn carried(request: &PlayedRequest) -> Option<&str> {
    match &request.body {
        PlayedBody::Json(body) => body.get("eventType")?.as_str(),
        PlayedBody::Empty | PlayedBody::Text(_) => None,
    }
}

/// True for a request that carries an array.
pub fn is_batch(request: &PlayedRequest) -> bool {
    matches!(&request.body, PlayedBody::Json(Value::Array(_)))
}
