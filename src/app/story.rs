//! The story of the shown session: where it stands and how it plays. Time comes in as [`StoryCommand::Tick`].

use std::sync::Arc;

use super::State;
use super::command::story::StoryCommand;
use super::effect::{Effect, Effects};
use super::notice::NoticeKind;
use crate::model::id::SessionId;
use crate::store::loaded::CaptureId;
use crate::store::story::{Caption, Topic};

/// The slowest and the fastest that a story plays, times real time.
pub const SPEEDS: std::ops::RangeInclusive<f64> = 1.0..=60.0;
/// One step faster or slower.
const SPEED_STEP: f64 = 2.0;
/// A caption of what happens stays at least so long, seconds of the one who reads.
const READ_SECS: f64 = 3.0;
/// A caption of what is wrong, which is longer.
const READ_FAULT_SECS: f64 = 7.0;
/// No frame counts for more: a window that was hidden does not jump ahead, seconds.
const MAX_TICK_SECS: f64 = 0.5;

/// The story.
#[derive(Debug, Clone, PartialEq)]
pub struct Story {
    /// The session that it tells; `None` while it is closed.
    pub of: Option<(CaptureId, SessionId)>,
    /// The captions in the order of time; `None` until they are there.
    pub captions: Option<Arc<[Caption]>>,
    /// The caption that is shown.
    pub at: usize,
    /// Where the line stands, seconds since the session's origin.
    pub secs: f64,
    /// How many times faster than it happened.
    pub speed: f64,
    /// True while it plays.
    pub playing: bool,
    /// How long the shown caption has been there, seconds.
    shown_secs: f64,
    /// Captions for older wishes are dropped.
    revision: u64,
}

impl Default for Story {
    fn default() -> Self {
        Self {
            of: None,
            captions: None,
            at: 0,
            secs: 0.0,
            speed: 1.0,
            playing: false,
            shown_secs: 0.0,
            revision: 0,
        }
    }
}

impl Story {
    /// True while the window shows the story.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.of.is_some()
    }

    /// The caption that is shown.
    #[must_use]
    pub fn caption(&self) -> Option<&Caption> {
        self.captions.as_ref()?.get(self.at)
    }

    /// Number of captions.
    #[must_use]
    pub fn n_captions(&self) -> usize {
        self.captions.as_ref().map_or(0, |captions| captions.len())
    }

    fn is_last(&self) -> bool {
        self.at + 1 >= self.n_captions()
    }

    fn set_speed(&mut self, speed: f64) {
        self.speed = speed.clamp(*SPEEDS.start(), *SPEEDS.end());
    }

    fn go_to(&mut self, at: usize) {
        self.at = at.min(self.n_captions().saturating_sub(1));
        self.shown_secs = 0.0;
        self.secs = self.caption().map_or(self.secs, |caption| caption.secs);
    }

    /// Lets time pass: the line moves to the next caption and waits there until this one could be read.
    fn tick(&mut self, secs: f64) {
        let Some(caption) = self.caption().filter(|_| self.playing && secs > 0.0) else { return };
        let to_read = if matches!(caption.topic, Topic::Fault { .. }) { READ_FAULT_SECS } else { READ_SECS };
        let secs = secs.min(MAX_TICK_SECS);
        self.shown_secs += secs;
        let is_read = self.shown_secs >= to_read;
        let next = self.captions.as_ref().and_then(|captions| captions.get(self.at + 1));
        match next.map(|next| next.secs) {
            Some(next) => {
                self.secs = (self.secs + secs * self.speed).min(next.max(self.secs));
                if is_read && self.secs >= next {
                    self.go_to(self.at + 1);
                }
            }
            None => self.playing = !is_read,
        }
    }
}

impl State {
    /// What commands about the story do.
    pub(super) fn apply_story(&mut self, command: StoryCommand) -> Effects {
        match command {
            StoryCommand::Toggle if self.story.is_open() => self.leave_story(),
            StoryCommand::Toggle => return self.open_story(false),
            StoryCommand::PlayOrPause if !self.story.is_open() => return self.open_story(true),
            StoryCommand::PlayOrPause => {
                if !self.story.playing && self.story.is_last() {
                    self.story.go_to(0);
                }
                self.story.playing = !self.story.playing;
            }
            StoryCommand::Next => self.story.go_to(self.story.at + 1),
            StoryCommand::Previous => self.story.go_to(self.story.at.saturating_sub(1)),
            StoryCommand::Faster => self.story.set_speed(self.story.speed * SPEED_STEP),
            StoryCommand::Slower => self.story.set_speed(self.story.speed / SPEED_STEP),
            StoryCommand::SetSpeed(speed) if speed.is_finite() => {
                self.story.set_speed(speed);
            }
            StoryCommand::SetSpeed(_) => {}
            StoryCommand::Tick { secs } => self.story.tick(secs),
        }
        if self.story.is_open() && self.story.captions.is_some() {
            self.reveal_secs(self.story.secs);
        }
        Effects::none()
    }

    /// Opens the story of the shown session from its beginning; without one nothing happens.
    fn open_story(&mut self, playing: bool) -> Effects {
        let Some((loaded, session)) = self.shown_session() else { return Effects::none() };
        if loaded.judged.is_none() {
            self.notify(NoticeKind::Remark, "story-not-judged", Vec::new());
            return Effects::none();
        }
        let (loaded, session) = (Arc::clone(loaded), session.id);
        let (speed, revision) = (self.story.speed, self.story.revision + 1);
        self.story = Story { of: Some((loaded.id, session)), playing, speed, revision, ..Story::default() };
        self.time_view = self.time_view.fitted();
        Effects::one(Effect::Tell { revision, loaded, session })
    }

    /// Goes back to the whole window.
    pub(super) fn leave_story(&mut self) {
        let (speed, revision) = (self.story.speed, self.story.revision);
        self.story = Story { speed, revision, ..Story::default() };
    }

    /// Takes in the captions.
    pub(super) fn told(&mut self, revision: u64, captions: Arc<[Caption]>) {
        if self.story.is_open() && revision == self.story.revision {
            self.story.captions = Some(captions);
            self.story.go_to(0);
        }
    }

    /// There are no captions: the story is left.
    pub(super) fn not_told(&mut self, revision: u64) {
        if revision == self.story.revision {
            self.leave_story();
        }
    }

    /// A story of what is shown no more is left.
    pub(super) fn check_story(&mut self) {
        if self.story.is_open() && self.story.of != self.shown {
            self.leave_story();
        }
    }
}
