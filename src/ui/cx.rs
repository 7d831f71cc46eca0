//! What views may see and how they say what is wanted.

use std::cell::{Cell, RefCell};
use std::panic::Location;
use std::sync::Arc;

use crate::app::State;
use crate::app::command::Command;
use crate::app::item::{Hover, Item};
use crate::app::time_view::TimeView;
use crate::metrics::drawing::Drawing;
use crate::metrics::lanes::Lanes;
use crate::model::capture::Capture;
use crate::model::id::{EventId, SessionId};
use crate::model::session::Session;
use crate::model::table::Event;
use crate::rules::finding::{Finding, Related, Severity};
use crate::store::judged::Judged;
use crate::store::loaded::{CaptureId, LoadedCapture};
use crate::store::places::SessionTimes;

use super::text::text;
use super::theme::Tokens;
use super::timeline::layout::TimeScale;

/// Collects what views want in a frame. A single-threaded cell: views only push.
#[derive(Debug, Default)]
pub struct CommandQueue {
    commands: RefCell<Vec<Command>>,
    hover: Cell<Option<Hover>>,
}

impl CommandQueue {
    /// Wants something.
    #[track_caller]
    pub fn push(&self, command: Command) {
        tracing::debug!(from = %Location::caller(), ?command, "command");
        self.commands.borrow_mut().push(command);
    }

    /// True when nothing is wanted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.commands.borrow().is_empty()
    }

    /// Takes what is wanted, in order.
    #[must_use]
    pub fn take(&self) -> Vec<Command> {
        self.commands.take()
    }

    /// Says that the pointer is over this place in the frame that is being drawn.
    pub fn hover(&self, hover: Hover) {
        self.hover.set(Some(hover));
    }

    /// What the pointer was over in the frame that was drawn.
    #[must_use]
    pub fn take_hover(&self) -> Option<Hover> {
        self.hover.take()
    }
}

/// What every view may see.
#[derive(Clone, Copy)]
pub struct AppCx<'a> {
    /// The state.
    pub state: &'a State,
    /// Where wishes go.
    pub commands: &'a CommandQueue,
    /// The colors.
    pub tokens: &'a Tokens,
}

impl AppCx<'_> {
    /// Wants something.
    #[track_caller]
    pub fn push(&self, command: Command) {
        self.commands.push(command);
    }
}

/// What a view of a session may see: the session is there, guaranteed.
#[derive(Clone, Copy)]
pub struct SessionCx<'a> {
    /// State, commands, colors.
    pub app: AppCx<'a>,
    /// The capture with its look-ups.
    pub loaded: &'a Arc<LoadedCapture>,
    /// The session.
    pub session: &'a Session,
    drawing: Option<&'a Arc<Drawing>>,
}

impl<'a> SessionCx<'a> {
    /// The context of the shown session, `None` without one.
    #[must_use]
    pub fn new(app: AppCx<'a>) -> Option<SessionCx<'a>> {
        let (loaded, session) = app.state.shown_session()?;
        Some(SessionCx { app, loaded, session, drawing: app.state.drawing.as_ref() })
    }

    /// The context of another session than the shown one, with what is drawn of it.
    #[must_use]
    pub fn of(
        app: AppCx<'a>,
        (capture, session): (CaptureId, SessionId),
        drawing: &'a Arc<Drawing>,
    ) -> Option<SessionCx<'a>> {
        let loaded = app.state.capture(capture)?;
        let session = loaded.capture.session(session)?;
        Some(SessionCx { app, loaded, session, drawing: Some(drawing) })
    }

    /// The capture.
    #[must_use]
    pub fn capture(&self) -> &'a Capture {
        &self.loaded.capture
    }

    /// Capture and session as a key: what a view may cache its shapes by, together with [`SessionCx::is_judged`].
    #[must_use]
    pub fn key(&self) -> (CaptureId, SessionId) {
        (self.loaded.id, self.session.id)
    }

    /// What is said in the place of what the rules have to work out first.
    #[must_use]
    pub fn waiting_words(&self, key: &'static str) -> &'static str {
        let is_stopped = self.app.state.stays_unjudged(self.loaded.id);
        text(if is_stopped { "waiting.not-judged" } else { key })
    }

    /// True when the rules have spoken.
    #[must_use]
    pub fn is_judged(&self) -> bool {
        self.loaded.judged.is_some()
    }

    /// What the rules say, `None` until they have spoken.
    #[must_use]
    pub fn judged(&self) -> Option<&'a Arc<Judged>> {
        self.loaded.judged.as_ref()
    }

    /// The walk over the session, `None` until the rules have spoken.
    #[must_use]
    pub fn lanes(&self) -> Option<&'a Lanes> {
        self.judged()?.lanes(self.session.id)
    }

    /// What timeline and plot draw, `None` until it is worked out.
    #[must_use]
    pub fn drawing(&self) -> Option<&'a Arc<Drawing>> {
        self.drawing
    }

    /// Why there is nothing drawn yet, in words.
    #[must_use]
    pub fn drawing_words(&self) -> &'static str {
        match self.app.state.drawing_failed {
            true => text("timeline.failed"),
            false => self.waiting_words("timeline.waiting"),
        }
    }

    /// When the session begins and ends.
    #[must_use]
    pub fn times(&self) -> SessionTimes {
        self.loaded.places.times(self.session.id)
    }

    /// The visible range.
    #[must_use]
    pub fn time_view(&self) -> TimeView {
        self.app.state.time_view
    }

    /// An event of the capture.
    #[must_use]
    pub fn event(&self, event: EventId) -> Option<Event<'a>> {
        self.capture().event(event)
    }

    /// Where an event lies on the time axis, by `ts`.
    #[must_use]
    pub fn secs_of(&self, event: EventId) -> Option<f64> {
        self.times().secs(self.event(event)?.ts()?)
    }

    /// Findings about an event.
    pub fn findings_of(&self, event: EventId) -> impl Iterator<Item = (u32, &'a Finding)> {
        let judged = self.judged();
        let numbers = judged.into_iter().flat_map(move |judged| judged.of_event(event));
        numbers.filter_map(move |number| Some((number, judged?.finding(number)?)))
    }

    /// The gravest severity of the findings about an event.
    #[must_use]
    pub fn severity_of(&self, event: EventId) -> Option<Severity> {
        self.findings_of(event).map(|(_, finding)| finding.severity).max()
    }

    /// The selected event, if it belongs to the shown session.
    #[must_use]
    pub fn selected_event(&self) -> Option<EventId> {
        let (capture, event) = self.app.state.selected_event()?;
        let here = capture == self.loaded.id && self.event(event)?.session() == Some(self.session.id);
        here.then_some(event)
    }

    /// The places that explain the selected finding: every view lights them up.
    #[must_use]
    pub fn related(&self) -> &'a [Related] {
        let finding = match self.app.state.selection {
            Some(Item::Finding(capture, number)) if capture == self.loaded.id => {
                self.judged().and_then(|judged| judged.finding(number))
            }
            _ => None,
        };
        finding.map_or(&[], |finding| finding.related.as_slice())
    }

    /// What the pointer is over, drawn by every view of the session.
    #[must_use]
    pub fn hovered(&self) -> Option<Hover> {
        self.app.state.hover
    }

    /// What is seen, drawn from `left` on so many points of the screen.
    #[must_use]
    pub fn time_scale(&self, left: f32, width: f32) -> TimeScale {
        let view = self.time_view();
        TimeScale { axis: Arc::clone(&self.app.state.axis), from: view.from, to: view.to, left, width }
    }

    /// Where on the time axis the pointer is, whichever view it is in.
    #[must_use]
    pub fn hovered_secs(&self) -> Option<f64> {
        let hover = self.hovered()?;
        hover.secs.or_else(|| self.secs_of(hover.event?))
    }

    /// Says that the pointer is over this place.
    pub fn hover(&self, secs: Option<f64>, event: Option<EventId>) {
        self.app.commands.hover(Hover { secs, event });
    }

    /// Wants an event to be selected.
    #[track_caller]
    pub fn select_event(&self, event: EventId) {
        self.app.push(Command::Select(Item::Event(self.loaded.id, event)));
    }

    /// Wants something.
    #[track_caller]
    pub fn push(&self, command: Command) {
        self.app.push(command);
    }
}
