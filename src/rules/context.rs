//! What a check may see.
//!
//! Positions count in the judged order of the session ([`Lanes::judged`]): by `ts`, ties by arrival, the opening
//! `sessionStart` first; ties whose arrival order is illegal in the nearest order that is legal (O011).

use std::borrow::Cow;
use std::cell::OnceCell;
use std::sync::Arc;
use std::sync::OnceLock;

use serde_json::Value;

use super::finding::Report;
use super::transport::types_sent_early;
use super::verdict::Refusals;
use super::viewings::{self, Viewing};
use crate::metrics::ads::Ads;
use crate::metrics::cadence::Cadence;
use crate::metrics::chapters::{ChapterFacts, chapters};
use crate::metrics::delay::Delay;
use crate::metrics::drift::Drift;
use crate::metrics::lanes::Lanes;
use crate::metrics::quality::Quality;
use crate::metrics::reorder::{Reorder, Window};
use crate::metrics::states::{Spelling, spellings};
use crate::model::capture::Capture;
use crate::model::clock::{PlayheadSecs, ReceivedAt, TsMillis};
use crate::model::event_type::EventType;
use crate::model::exchange::Exchange;
use crate::model::id::EventId;
use crate::model::machine::{Context, Oddity};
use crate::model::numbers::Numbers;
use crate::model::policy::{Policy, Profile};
use crate::model::session::Session;
use crate::model::table::{Event, EventFlags};
use crate::schema::Violation;
use crate::schema::user::UserSchemas;

/// What rules are judged with, beside the selection.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// The readings of the disputed points.
    pub policy: Policy,
    /// The profile that was asked for.
    pub profile: Profile,
    /// The limits and tolerances of the rules.
    pub numbers: Numbers,
    /// The user's own schemas and tracking plan.
    pub user: Option<Arc<UserSchemas>>,
}

impl Settings {
    /// What a profile is judged with, its numbers at their defaults.
    #[must_use]
    pub fn of_profile(profile: Profile) -> Settings {
        Settings { policy: profile.policy(), profile, ..Settings::default() }
    }
}

/// One session.
pub struct SessionCx<'a> {
    /// The capture.
    pub capture: &'a Capture,
    /// The session.
    pub session: &'a Session,
    /// Where it stands after each event, and its phases.
    pub lanes: &'a Lanes,
    /// Policy and profile.
    pub settings: &'a Settings,
    /// Verdicts of the schema set of the policy.
    pub refusals: &'a Refusals,
    /// What several rules derive from the session.
    pub facts: Facts,
}

/// What several rules derive from a session: computed when the first of them asks.
#[derive(Debug, Default)]
pub struct Facts {
    cadence: OnceLock<Cadence>,
    drift: OnceLock<Drift>,
    delay: OnceLock<Delay>,
    reorder: OnceLock<Reorder>,
    quality: OnceLock<Quality>,
    ads: OnceLock<Ads>,
    chapters: OnceLock<Vec<ChapterFacts>>,
    state_names: OnceLock<Vec<Spelling>>,
    sent_early: OnceLock<Vec<EventType>>,
}

impl<'a> SessionCx<'a> {
    /// Gaps between events.
    #[must_use]
    pub fn cadence(&self) -> &Cadence {
        let Settings { policy, numbers, .. } = self.settings;
        let measure = || Cadence::of(self.capture, self.session, self.lanes, policy, numbers);
        self.facts.cadence.get_or_init(measure)
    }

    /// Playhead against `ts`.
    #[must_use]
    pub fn drift(&self) -> &Drift {
        let numbers = &self.settings.numbers;
        let measure = || Drift::of(self.capture, self.session, self.lanes, self.cadence(), numbers);
        self.facts.drift.get_or_init(measure)
    }

    /// Arrival against `ts`.
    #[must_use]
    pub fn delay(&self) -> &Delay {
        let numbers = &self.settings.numbers;
        let measure = || Delay::of(self.capture, self.session, self.lanes, self.cadence(), numbers);
        self.facts.delay.get_or_init(measure)
    }

    /// Order of arrival against order of `ts`, and what the reorder window makes of it.
    #[must_use]
    pub fn reorder(&self) -> &Reorder {
        let window = Window::of(&self.settings.policy, &self.settings.numbers);
        let compare = || Reorder::of(self.capture, self.session, self.lanes, &window);
        self.facts.reorder.get_or_init(compare)
    }

    /// Where the quality values changed.
    #[must_use]
    pub fn quality(&self) -> &Quality {
        let place = self.settings.policy.qoe_place;
        self.facts.quality.get_or_init(|| Quality::of(self.capture, self.session, self.lanes, place))
    }

    /// What its ad breaks and ads say of themselves.
    #[must_use]
    pub fn ads(&self) -> &Ads {
        self.facts.ads.get_or_init(|| Ads::of(self.capture, self.session, self.lanes))
    }

    /// What its chapters say of themselves.
    #[must_use]
    pub fn chapters(&self) -> &[ChapterFacts] {
        self.facts.chapters.get_or_init(|| chapters(self.capture, self.session, self.lanes))
    }

    /// The names of its player states, each spelling once.
    #[must_use]
    pub fn state_names(&self) -> &[Spelling] {
        self.facts.state_names.get_or_init(|| spellings(self.capture, self.session, self.lanes))
    }

    /// True when an event of this type was sent for the session before its id was known (H014), and is not in it.
    #[must_use]
    pub fn was_sent_early(&self, event_type: EventType) -> bool {
        let look = || types_sent_early(self.capture, self.session);
        self.facts.sent_early.get_or_init(look).contains(&event_type)
    }

    /// Number of events.
    #[must_use]
    pub fn len(&self) -> u32 {
        u32::try_from(self.session.len()).unwrap_or(u32::MAX)
    }

    /// True without any event.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.session.is_empty()
    }

    /// The row of the event at a position.
    #[must_use]
    pub fn id(&self, position: u32) -> Option<EventId> {
        self.lanes.judged(self.session, position)
    }

    /// The event at a position.
    #[must_use]
    pub fn event(&self, position: u32) -> Option<Event<'a>> {
        self.capture.event(self.id(position)?)
    }

    /// The type of the event at a position.
    #[must_use]
    pub fn event_type(&self, position: u32) -> Option<EventType> {
        self.event(position)?.event_type()
    }

    /// The client's clock at a position.
    #[must_use]
    pub fn ts(&self, position: u32) -> Option<TsMillis> {
        self.event(position)?.ts()
    }

    /// The playhead at a position.
    #[must_use]
    pub fn playhead(&self, position: u32) -> Option<PlayheadSecs> {
        self.event(position)?.playhead()
    }

    /// When the event at a position arrived.
    #[must_use]
    pub fn received_at(&self, position: u32) -> Option<ReceivedAt> {
        self.event(position)?.received_at()
    }

    /// Where the session stands before the event at a position.
    #[must_use]
    pub fn before(&self, position: u32) -> Context {
        self.lanes.before(position)
    }

    /// Where the session stands after the event at a position.
    #[must_use]
    pub fn after(&self, position: u32) -> Context {
        self.lanes.after(position)
    }

    /// Seconds of the client's clock from the session's first event to a position, as the window shows
    /// them (`00:41.2`); `?` when there is no `ts`.
    #[must_use]
    pub fn at(&self, position: u32) -> String {
        let first = (0..self.len()).find_map(|start| self.ts(start));
        match (first, self.ts(position)) {
            (Some(first), Some(ts)) => clock_text(ts.secs_since(first)),
            _ => "?".to_owned(),
        }
    }

    /// `eventType` of the event at a position, for messages.
    #[must_use]
    pub fn type_name(&self, position: u32) -> String {
        self.event(position).map_or_else(|| "?".to_owned(), |event| event.type_name().into_owned())
    }

    /// A report about the event at a position.
    #[must_use]
    pub fn report(&self, position: u32, message: impl Into<String>) -> Report {
        let event = self.event(position);
        let exchange = event.and_then(|event| event.exchange()).map(|exchange| exchange.id);
        self.report_on_session(message).event(self.id(position)).exchange(exchange)
    }

    /// A report about the session as a whole.
    #[must_use]
    pub fn report_on_session(&self, message: impl Into<String>) -> Report {
        Report::new(message).session(Some(self.session.id))
    }
}

/// `mm:ss.d` (or `h:mm:ss.d`) of a number of seconds, with a minus sign where it is negative.
#[must_use]
pub fn clock_text(secs: f64) -> String {
    let tenths = (secs.abs() * 10.0).round() as u64;
    let sign = if secs < 0.0 && tenths > 0 { "-" } else { "" };
    let (hours, minutes, rest) = (tenths / 36_000, tenths / 600 % 60, tenths % 600);
    let hours = if hours > 0 { format!("{hours}:") } else { String::new() };
    format!("{sign}{hours}{minutes:02}:{:02}.{}", rest / 10, rest % 10)
}

/// A number of seconds or another value in a message: at most three decimals, none where it is whole.
#[must_use]
pub fn number_text(value: f64) -> String {
    // No one reads three hundred digits.
    if value.abs() >= 1e15 {
        return format!("{value:e}");
    }
    let rounded = (value * 1000.0).round() / 1000.0;
    // Adding zero turns -0 into 0.
    format!("{}", rounded + 0.0)
}

/// Longer texts of the payload are cut in messages.
const MAX_QUOTED_CHARS: usize = 64;

/// A text of the payload in quotation marks, cut where it is long.
#[must_use]
pub fn quoted(text: &str) -> String {
    match text.char_indices().nth(MAX_QUOTED_CHARS) {
        Some((end, _)) => format!("\"{}…\"", &text[..end]),
        None => format!("\"{text}\""),
    }
}

/// `1 event`, `3 events`.
#[must_use]
pub fn counted(n: usize, noun: &str) -> String {
    format!("{n} {noun}{}", if n == 1 { "" } else { "s" })
}

/// One odd step of a session.
pub struct OddityCx<'a> {
    /// The session.
    pub session: &'a SessionCx<'a>,
    /// What was odd.
    pub odd: &'a Oddity,
}

impl OddityCx<'_> {
    /// A report about the odd event.
    #[must_use]
    pub fn report(&self, message: impl Into<String>) -> Report {
        self.session.report(self.odd.at, message)
    }

    /// The event that explains it, for `Report::related`.
    #[must_use]
    pub fn related(&self) -> Option<EventId> {
        self.odd.related.and_then(|position| self.session.id(position))
    }
}

/// One event of which something was met while reading or judging it.
pub struct EventCx<'a> {
    /// The event.
    pub event: Event<'a>,
    /// What the schema set `documented` says of it, whatever set was chosen; also a fraction that the set
    /// tolerates (expected: [`crate::model::parameter::ValueType::LenientInteger`]).
    pub violations: &'a [Violation],
    /// For each violation about an unknown key: the known one that may have been meant.
    pub meant: Cow<'a, [Option<&'static str>]>,
    /// Policy and profile.
    pub settings: &'a Settings,
    pub(super) json: OnceCell<Option<Value>>,
}

impl EventCx<'_> {
    /// The JSON tree, built once; `None` when the text is no JSON.
    #[must_use]
    pub fn json(&self) -> Option<&Value> {
        self.json.get_or_init(|| self.event.json()).as_ref()
    }

    /// True when loose text left something out of it: what is missing is unknown.
    #[must_use]
    pub fn is_elided(&self) -> bool {
        self.event.row().flags.has(EventFlags::ELIDED)
    }

    /// A report about the event.
    #[must_use]
    pub fn report(&self, message: impl Into<String>) -> Report {
        Report::new(message)
            .event(Some(self.event.id))
            .session(self.event.session())
            .exchange(self.event.exchange().map(|exchange| exchange.id))
    }
}

/// One request of the API.
pub struct ExchangeCx<'a> {
    /// The request.
    pub exchange: Exchange<'a>,
    /// Policy and profile.
    pub settings: &'a Settings,
    /// Verdicts of the schema set of the policy.
    pub refusals: &'a Refusals,
}

impl ExchangeCx<'_> {
    /// A report about the request, and its event when it carries just one.
    #[must_use]
    pub fn report(&self, message: impl Into<String>) -> Report {
        let single = if self.exchange.row().n_events == 1 { self.exchange.events().next() } else { None };
        Report::new(message).exchange(Some(self.exchange.id)).session(self.exchange.session()).event(single)
    }
}

/// The whole capture.
pub struct CaptureCx<'a> {
    /// The capture.
    pub capture: &'a Capture,
    /// Policy and profile.
    pub settings: &'a Settings,
}

/// All sessions of a capture, for rules that compare them.
pub struct SessionsCx<'a> {
    /// The capture, with its sessions in order.
    pub capture: &'a Capture,
    /// Where each of the sessions stands after each event.
    pub lanes: &'a [&'a Lanes],
    /// Policy, profile and numbers.
    pub settings: &'a Settings,
    /// Verdicts of the schema set of the policy.
    pub refusals: &'a Refusals,
    pub(super) viewings: OnceCell<Vec<Viewing>>,
}

impl<'a> SessionsCx<'a> {
    /// The sessions, each with what a rule about one session sees.
    pub fn sessions(&self) -> impl Iterator<Item = SessionCx<'a>> {
        (0..self.lanes.len()).filter_map(|number| self.session(number))
    }

    /// The session with this number.
    #[must_use]
    pub fn session(&self, number: usize) -> Option<SessionCx<'a>> {
        Some(SessionCx {
            capture: self.capture,
            session: self.capture.sessions.get(number)?,
            lanes: self.lanes.get(number)?,
            settings: self.settings,
            refusals: self.refusals,
            facts: Facts::default(),
        })
    }

    /// What the sessions are to one another, one entry for each; computed when the first rule asks.
    #[must_use]
    pub fn viewings(&self) -> &[Viewing] {
        self.viewings.get_or_init(|| viewings::viewings(self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_as_on_a_player() {
        assert_eq!(clock_text(41.2), "00:41.2");
        assert_eq!(clock_text(3725.04), "1:02:05.0");
        assert_eq!(clock_text(-0.3), "-00:00.3");
        assert_eq!(clock_text(-0.01), "00:00.0");
        assert_eq!(number_text(14.300_000_1), "14.3");
        assert_eq!(number_text(-0.000_01), "0");
        assert_eq!((number_text(1e308), number_text(-2.5e20)), ("1e308".to_owned(), "-2.5e20".to_owned()));
        assert_eq!((counted(1, "event").as_str(), counted(0, "ping").as_str()), ("1 event", "0 pings"));
    }
}
