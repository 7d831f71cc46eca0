//! The schema that an event was held to.

use eframe::egui::{RichText, Ui};

use super::raw_view::{Line, Shown, columns, lines, lines_ui};
use crate::model::event_type::EventType;
use crate::model::policy::SchemaSet;
use crate::model::table::Event;
use crate::schema::catalog::served;
use crate::store::loaded::LoadedCapture;
use crate::ui::cx::AppCx;
use crate::ui::text::{fill, text};

/// The schema that was last shown.
#[derive(Debug, Default)]
pub struct SchemaView {
    /// Which one, and how many characters a line has.
    key: Option<(SchemaSet, EventType, usize)>,
    /// `None` where the set has no such type.
    schema: Option<String>,
    lines: Vec<Line>,
}

impl SchemaView {
    /// Draws it.
    pub fn ui(&mut self, ui: &mut Ui, cx: &AppCx<'_>, loaded: &LoadedCapture, event: Event<'_>) {
        let Some(judged) = &loaded.judged else {
            let is_stopped = cx.state.stays_unjudged(loaded.id);
            ui.weak(text(if is_stopped { "waiting.not-judged" } else { "schema.not-judged" }));
            return;
        };
        let Some(event_type) = event.event_type() else {
            ui.label(fill("schema.unknown-type", &[("type", event.type_name().as_ref())]));
            return;
        };
        let set = judged.settings().policy.schema_set;
        let key = (set, event_type, columns(ui));
        if self.key != Some(key) {
            self.schema = served(set, event_type).map(|schema| schema.into_owned());
            self.lines = lines(self.schema.as_deref().unwrap_or_default().as_bytes(), 1, key.2);
            self.key = Some(key);
        }
        ui.horizontal_wrapped(|ui| {
            ui.label(text("schema.set"));
            ui.label(RichText::new(set.name()).monospace().strong());
        });
        if judged.settings().user.as_ref().is_some_and(|user| user.concern(event_type)) {
            ui.label(text("schema.own-too"));
        }
        let Some(schema) = &self.schema else {
            ui.label(fill("schema.not-in-set", &[("type", event_type.name())]));
            return;
        };
        if ui.button(text("raw.copy")).clicked() {
            ui.copy_text(schema.clone());
        }
        let shown = Shown {
            bytes: schema.as_bytes(),
            lines: &self.lines,
            identifying: &[],
            cut: false,
            lit: None,
            scroll: false,
        };
        lines_ui(ui, cx, &shown, "schema");
    }
}
