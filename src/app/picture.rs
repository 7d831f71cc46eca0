//! Saving pictures: what is drawn, where it goes, and what came of it. The window draws, a thread writes.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::command::picture::{PictureSubject, WindowPart};
use super::effect::{Effect, Effects};
use super::notice::NoticeKind;
use super::prefs::Pane;
use super::{PathField, PathPurpose, State};
use crate::redact::Redaction;
use crate::store::loaded::LoadedCapture;
use crate::store::picture::{PictureForm, PictureOrder, PictureSize, PictureTheme};

/// A picture that the window is to draw and have written.
#[derive(Debug, Clone)]
pub struct PictureJob {
    /// What is drawn.
    pub what: PictureWork,
    /// Where it goes.
    pub place: PicturePlace,
}

/// Where a picture goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PicturePlace {
    /// The file.
    pub path: PathBuf,
    /// True when a file that is there may be replaced: the dialog of the system has asked.
    pub may_replace: bool,
    /// The captures that are open, which are never replaced.
    pub captures: Vec<PathBuf>,
}

/// What is drawn.
#[derive(Debug, Clone)]
pub enum PictureWork {
    /// A session; the window says in which theme.
    Session(Box<PictureOrder>),
    /// A part of the window, masked by what is known from these captures.
    Window(WindowPart, Vec<Arc<LoadedCapture>>),
}

/// Makes the bytes of a picture, on whichever thread.
#[derive(Clone)]
pub struct PictureMaker(Arc<dyn Fn() -> Result<Vec<u8>, String> + Send + Sync>);

impl PictureMaker {
    /// A maker.
    pub fn new(make: impl Fn() -> Result<Vec<u8>, String> + Send + Sync + 'static) -> PictureMaker {
        PictureMaker(Arc::new(make))
    }

    /// Makes them.
    ///
    /// # Errors
    /// Why there is no picture, in words.
    pub fn make(&self) -> Result<Vec<u8>, String> {
        (self.0)()
    }
}

impl fmt::Debug for PictureMaker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("picture-maker")
    }
}

/// Why a picture was not written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PictureFailure {
    /// Something of that name is there.
    Exists,
    /// It is a capture that is open.
    IsCapture,
    /// What the system, or who draws, says.
    Failed(String),
}

impl State {
    /// Asks where a picture is to go, when there is something to draw.
    pub(super) fn save_picture(&mut self, subject: PictureSubject) -> Effects {
        if !self.can_be_drawn(subject) {
            self.notify(NoticeKind::Remark, "picture-nothing", Vec::new());
            return Effects::none();
        }
        // The dialog for the one before is still open.
        if self.picture_asked.is_some() {
            return Effects::none();
        }
        self.picture_asked = Some(subject);
        Effects::one(Effect::PickPlace { name: self.picture_name(subject), forms: forms(subject) })
    }

    /// True when the subject is there and shown.
    fn can_be_drawn(&self, subject: PictureSubject) -> bool {
        let has_session = self.shown_session().is_some();
        // The comparison stands where the views of one session are.
        let alone = has_session && self.compare.sides.is_none();
        let in_view = |pane| !self.captures.is_empty() && !self.story.is_open() && self.prefs.shows(pane);
        match subject {
            PictureSubject::Session => has_session && self.drawing.is_some(),
            PictureSubject::Window(part) => match part {
                WindowPart::Whole => true,
                WindowPart::Sessions => in_view(Pane::Sessions),
                WindowPart::Timeline => alone && in_view(Pane::Timeline),
                WindowPart::Plot => alone && in_view(Pane::Plot),
                WindowPart::Table => alone && !self.story.is_open(),
                WindowPart::Detail => in_view(Pane::Detail),
                WindowPart::Below => in_view(Pane::Bottom),
            },
        }
    }

    /// What to call the file unless the user says otherwise.
    fn picture_name(&self, subject: PictureSubject) -> String {
        let mut name = match self.shown_session() {
            Some((loaded, session)) => {
                let (name, n_sessions) = (loaded.short_name(), loaded.capture.sessions.len());
                let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
                let number = if n_sessions > 1 { format!("-{}", session.id.0 + 1) } else { String::new() };
                format!("{stem}{number}")
            }
            None => "playtrace".to_owned(),
        };
        match subject {
            PictureSubject::Session => name.push_str(".svg"),
            PictureSubject::Window(part) => name.push_str(&format!("-{}.png", part.name())),
        }
        let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_');
        name.chars().map(|c| if is_plain(c) { c } else { '-' }).collect()
    }

    /// The dialog was left. Where it never came up, a field asks.
    pub(super) fn place_picked(&mut self, place: Option<PathBuf>, at_once: bool) -> Effects {
        let Some(subject) = self.picture_asked.take() else { return Effects::none() };
        match place {
            Some(path) => self.draw_picture(subject, path, true),
            None if at_once => {
                let typed = self.picture_name(subject);
                let purpose = PathPurpose::Picture(subject);
                self.path_field = Some(PathField { typed: typed.clone(), purpose, ..PathField::default() });
                Effects::one(Effect::ListFolder { typed })
            }
            None => Effects::none(),
        }
    }

    /// Has the window draw a picture for this file.
    pub(super) fn draw_picture(
        &mut self,
        subject: PictureSubject,
        mut path: PathBuf,
        mut may_replace: bool,
    ) -> Effects {
        if path.extension().is_none() {
            path.set_extension(forms(subject)[0].ending());
            // It is another file than the one that the dialog asked about.
            may_replace = false;
        }
        let name = path.display().to_string();
        let Some(form) = PictureForm::of_name(&path).filter(|form| forms(subject).contains(form)) else {
            let key = match subject {
                PictureSubject::Session => "picture-no-form",
                PictureSubject::Window(_) => "picture-not-png",
            };
            self.notify(NoticeKind::Problem, key, vec![("name", name)]);
            return Effects::none();
        };
        let what = match subject {
            PictureSubject::Session => {
                self.session_order(form).map(|order| PictureWork::Session(Box::new(order)))
            }
            PictureSubject::Window(part) => Some(PictureWork::Window(part, self.captures.clone())),
        };
        let Some(what) = what else {
            self.notify(NoticeKind::Remark, "picture-nothing", Vec::new());
            return Effects::none();
        };
        let captures = self.captures.iter().filter_map(|loaded| loaded.path.clone()).collect();
        let place = PicturePlace { path, may_replace, captures };
        Effects::one(Effect::DrawPicture(Box::new(PictureJob { what, place })))
    }

    /// What is seen of the shown session now.
    fn session_order(&self, form: PictureForm) -> Option<PictureOrder> {
        let (loaded, session) = self.shown_session()?;
        Some(PictureOrder {
            loaded: Arc::clone(loaded),
            session: session.id,
            drawing: Arc::clone(self.drawing.as_ref()?),
            axis: Arc::clone(&self.axis),
            range: Some((self.time_view.from, self.time_view.to)),
            form,
            size: PictureSize::default(),
            theme: PictureTheme::default(),
            language: self.prefs.language,
            redaction: Redaction::All,
        })
    }

    pub(super) fn picture_not_saved(&mut self, place: &Path, failure: PictureFailure) {
        let name = ("name", place.display().to_string());
        match failure {
            PictureFailure::Exists => self.notify(NoticeKind::Problem, "picture-exists", vec![name]),
            PictureFailure::IsCapture => self.notify(NoticeKind::Problem, "picture-is-capture", vec![name]),
            PictureFailure::Failed(why) => {
                self.notify(NoticeKind::Problem, "picture-not-saved", vec![name, ("why", why)]);
            }
        }
    }
}

/// The forms that a subject can have, the usual one first.
fn forms(subject: PictureSubject) -> &'static [PictureForm] {
    match subject {
        PictureSubject::Session => &[PictureForm::Svg, PictureForm::Png],
        PictureSubject::Window(_) => &[PictureForm::Png],
    }
}
