//! What an event is beside what stands in it: what it inherits, and how it differs from the one of its type before.

use eframe::egui::{CollapsingHeader, Grid, Label, RichText, ScrollArea, Ui};

use super::event_detail::{name_ui, name_width};
use crate::app::command::Command;
use crate::app::item::Item;
use crate::model::id::EventId;
use crate::model::parameter::is_identifying;
use crate::model::table::Event;
use crate::outbox::diff::{self, DiffLine};
use crate::outbox::repair::Change;
use crate::store::inherited::{Inherited, Owner, inherited};
use crate::store::loaded::{CaptureId, LoadedCapture};
use crate::store::previous::{MAX_STEPS, Previous, previous};
use crate::ui::cx::AppCx;
use crate::ui::text::{fill, grouped, of_parameter, text};
use crate::ui::widgets::diff::line_ui;
use crate::ui::widgets::identifying::words;

/// Longer events are not compared line by line, bytes: it would hold up a frame.
const MAX_COMPARED: usize = 64 << 10;
/// So much of an inherited value is shown, characters.
const MAX_VALUE_CHARS: usize = 200;

/// Capture, its numbering, event, and whether the rules have spoken.
type ContextKey = (CaptureId, u32, EventId, bool);

/// What was last worked out.
#[derive(Debug, Default)]
pub struct ContextView {
    known: Option<(ContextKey, Known)>,
}

#[derive(Debug)]
struct Known {
    previous: Previous,
    /// `None` when the two are too long to be compared.
    diff: Option<Vec<DiffLine>>,
    inherited: Vec<Inherited>,
}

impl Known {
    fn of(loaded: &LoadedCapture, event: Event<'_>) -> Known {
        let previous = previous(loaded, event);
        let before = match previous {
            Previous::Found(id) => loaded.capture.event(id),
            Previous::First | Previous::NotNear => None,
        };
        let diff = before.map_or(Some(Vec::new()), |before| difference(before, event));
        Known { previous, diff, inherited: inherited(loaded, event) }
    }
}

fn difference(before: Event<'_>, event: Event<'_>) -> Option<Vec<DiffLine>> {
    let (before, after) = (before.text(), event.text());
    if before.len().max(after.len()) > MAX_COMPARED {
        return None;
    }
    let owned = |bytes: &[u8]| Some(String::from_utf8_lossy(bytes).into_owned());
    Some(diff::lines(&Change { event: event.id.0, before: owned(&before), after: owned(&after) }))
}

impl ContextView {
    /// Draws it.
    pub fn ui(&mut self, ui: &mut Ui, cx: &AppCx<'_>, loaded: &LoadedCapture, event: Event<'_>) {
        let key = (loaded.id, loaded.numbering(), event.id, loaded.judged.is_some());
        if self.known.as_ref().is_none_or(|(known, _)| *known != key) {
            self.known = Some((key, Known::of(loaded, event)));
        }
        let Some((_, known)) = &self.known else { return };
        ScrollArea::vertical().auto_shrink(false).id_salt("context").show(ui, |ui| {
            CollapsingHeader::new(text("context.previous"))
                .default_open(true)
                .show(ui, |ui| previous_ui(ui, cx, loaded, event, known));
            if known.inherited.is_empty() {
                ui.add_space(4.0);
                ui.weak(text("context.none"));
            }
            for inherited in &known.inherited {
                inherited_ui(ui, cx, loaded, inherited);
            }
        });
    }
}

fn previous_ui(ui: &mut Ui, cx: &AppCx<'_>, loaded: &LoadedCapture, event: Event<'_>, known: &Known) {
    match known.previous {
        Previous::First => {
            ui.weak(fill("context.first", &[("type", event.type_name().as_ref())]));
        }
        Previous::NotNear => {
            ui.weak(fill("context.not-near", &[("n", &grouped(u64::from(MAX_STEPS)))]));
        }
        Previous::Found(id) => {
            event_link(ui, cx, loaded, id, event.type_name().as_ref());
            ui.spacing_mut().item_spacing.y = 0.0;
            match &known.diff {
                None => {
                    ui.weak(text("context.too-long"));
                }
                Some(lines) if lines.is_empty() => {
                    ui.weak(text("context.same"));
                }
                Some(lines) => lines.iter().for_each(|line| line_ui(ui, cx.tokens, line)),
            }
        }
    }
}

/// The way to another event.
fn event_link(ui: &mut Ui, cx: &AppCx<'_>, loaded: &LoadedCapture, id: EventId, type_name: &str) {
    let number = grouped(u64::from(loaded.places.arrival(id).unwrap_or(id.0)));
    if ui.link(fill("context.event", &[("type", type_name), ("n", &number)])).clicked() {
        cx.push(Command::Select(Item::Event(loaded.id, id)));
    }
}

fn inherited_ui(ui: &mut Ui, cx: &AppCx<'_>, loaded: &LoadedCapture, inherited: &Inherited) {
    let (key, type_name) = match inherited.owner {
        Owner::Session => ("context.session", "sessionStart"),
        Owner::Chapter => ("context.chapter", "chapterStart"),
        Owner::Ad => ("context.ad", "adStart"),
    };
    let title = fill(key, &[("n", &grouped(inherited.values.len() as u64))]);
    CollapsingHeader::new(title).id_salt(key).default_open(true).show(ui, |ui| {
        event_link(ui, cx, loaded, inherited.from, type_name);
        let most = name_width(ui);
        Grid::new(key).num_columns(2).spacing([10.0, 2.0]).show(ui, |ui| {
            for entry in &inherited.values {
                let name = RichText::new(&entry.key).monospace().color(cx.tokens.json_key);
                let name = name_ui(ui, most, name);
                if let Some(parameter) = entry.parameter {
                    name.on_hover_text(of_parameter(parameter.meaning));
                } else if entry.is_custom {
                    name.on_hover_text(text("field.custom"));
                }
                let value: String = entry.value.chars().take(MAX_VALUE_CHARS).map(plain).collect();
                let value = words(ui, RichText::new(value).monospace(), is_identifying(&entry.key));
                ui.add(Label::new(value).truncate().selectable(true));
                ui.end_row();
            }
        });
    });
}

fn plain(c: char) -> char {
    if c.is_control() { ' ' } else { c }
}
