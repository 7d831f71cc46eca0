//! The chosen field of the shown event: what it means, and where it stands. Fields and raw text share the choice.

use eframe::egui::{Frame, Label, Margin, Panel, RichText, ScrollArea, Ui};

use super::raw_view::place_words;
use crate::app::command::Command;
use crate::app::prefs::DetailTab;
use crate::model::id::EventId;
use crate::model::json::pointer_tokens;
use crate::model::parameter::Parameter;
use crate::model::table::Event;
use crate::store::loaded::{CaptureId, LoadedCapture};
use crate::ui::cx::AppCx;
use crate::ui::text::text;
use crate::ui::widgets::json_tree::parameter_ui;

/// Which field of which event is chosen.
#[derive(Debug, Default)]
pub struct FieldChoice {
    event: Option<(CaptureId, u32, EventId)>,
    pointer: Option<String>,
    revision: u64,
}

impl FieldChoice {
    /// Looks at an event, with the numbering of its capture; the choice in another one is over.
    pub fn follow(&mut self, event: (CaptureId, u32, EventId)) {
        if self.event != Some(event) {
            *self = FieldChoice { event: Some(event), pointer: None, revision: self.revision };
        }
    }

    /// The JSON pointer of the chosen field.
    #[must_use]
    pub fn pointer(&self) -> Option<&str> {
        self.pointer.as_deref()
    }

    /// Grows with each choice: a view brings a choice into view once.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Chooses a field by its JSON pointer; `""` is the event as a whole, and chooses none.
    pub fn choose(&mut self, pointer: String) {
        let pointer = Some(pointer).filter(|pointer| !pointer.is_empty());
        if self.pointer != pointer {
            self.pointer = pointer;
            self.revision += 1;
        }
    }
}

/// It takes no more of the height than this: the page above is what it is about.
const MOST_HEIGHT: f32 = 0.45;

/// Draws what is known about the chosen field, below the page; what finds no room there scrolls.
pub fn field_ui(
    ui: &mut Ui,
    cx: &AppCx<'_>,
    loaded: &LoadedCapture,
    event: Event<'_>,
    field: &FieldChoice,
    tab: DetailTab,
) {
    // Its words begin where those of the page do.
    let frame = Frame::side_top_panel(ui.style()).inner_margin(Margin::symmetric(0, 2));
    let room = ui.available_height() * MOST_HEIGHT;
    let height = (room - frame.total_margin().sum().y).max(0.0);
    Panel::bottom("field").frame(frame).max_size(room).show(ui, |ui| {
        // It grows with what is in it.
        let area = ScrollArea::vertical().id_salt("field").auto_shrink([false, true]);
        area.max_height(height).min_scrolled_height(height).show(ui, |ui| {
            known_ui(ui, cx, loaded, event, field, tab);
        });
    });
}

fn known_ui(
    ui: &mut Ui,
    cx: &AppCx<'_>,
    loaded: &LoadedCapture,
    event: Event<'_>,
    field: &FieldChoice,
    tab: DetailTab,
) {
    let Some(pointer) = field.pointer() else {
        ui.add(Label::new(RichText::new(text("field.none")).weak()).wrap());
        return;
    };
    let name = pointer_tokens(pointer).join(" › ");
    ui.add(Label::new(RichText::new(name).monospace().strong()).truncate());
    match Parameter::at_pointer(pointer) {
        Some(parameter) => parameter_ui(ui, parameter),
        None if pointer.starts_with("/customMetadata/") => {
            ui.label(text("field.custom"));
        }
        None => {
            ui.label(text("field.unknown"));
        }
    }
    let other = if tab == DetailTab::Tree { DetailTab::Raw } else { DetailTab::Tree };
    let words = match other {
        DetailTab::Raw => place_words(loaded, event, pointer),
        _ => text("field.see-fields").to_owned(),
    };
    if ui.link(words).clicked() {
        cx.push(Command::ShowDetail(other));
    }
}
