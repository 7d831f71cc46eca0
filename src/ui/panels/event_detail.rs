//! The detail of what is selected: an event as fields, as raw text, with what it inherits, with its request and its
//! schema; else the session.

use eframe::egui::{Grid, Label, Response, RichText, ScrollArea, TextStyle, Ui};

use super::event_context::ContextView;
use super::exchange_view::{ExchangeView, exchange_ui};
use super::field::{FieldChoice, field_ui};
use super::raw_view::RawView;
use super::schema_view::SchemaView;
use super::session_list::title;
use crate::app::command::Command;
use crate::app::item::Item;
use crate::app::prefs::DetailTab;
use crate::model::id::{EventId, ExchangeId};
use crate::model::table::Event;
use crate::rules::finding::Finding;
use crate::store::loaded::{CaptureId, LoadedCapture};
use crate::ui::cx::AppCx;
use crate::ui::text::{fill, grouped, text};
use crate::ui::widgets::glyphs::with_missing;
use crate::ui::widgets::json_tree::{JsonTree, Marked};
use crate::ui::widgets::severity_badge::{counts_ui, verdict_word, verdict_words};
use crate::ui::widgets::time_label;

/// The detail's own state.
#[derive(Debug, Default)]
pub struct EventDetail {
    tree: Option<Tree>,
    raw: RawView,
    exchange: ExchangeView,
    context: ContextView,
    schema: SchemaView,
    field: FieldChoice,
}

/// The pages with their names.
const TABS: [(DetailTab, &str); 5] = [
    (DetailTab::Tree, "detail.fields"),
    (DetailTab::Raw, "detail.raw"),
    (DetailTab::Context, "detail.context"),
    (DetailTab::Exchange, "detail.request"),
    (DetailTab::Schema, "detail.schema"),
];

/// Capture, its numbering, event, and the findings about it; `None` until the rules have spoken.
type TreeKey = (CaptureId, u32, EventId, Option<Vec<u32>>);

/// The tree of the event that was last shown.
#[derive(Debug)]
struct Tree {
    key: TreeKey,
    tree: Result<JsonTree, String>,
    /// The finding and the choice of a field that were last brought into view.
    scrolled_to: (Option<u32>, u64),
    /// The height in which it was drawn last.
    height: f32,
}

impl EventDetail {
    /// Another language is spoken.
    pub fn forget_texts(&mut self) {
        if let Some(Tree { tree: Ok(tree), .. }) = &mut self.tree {
            tree.flatten();
        }
    }

    /// Draws the detail.
    pub fn ui(&mut self, ui: &mut Ui, cx: &AppCx<'_>) {
        let state = cx.state;
        let event = state.selected_event();
        let exchange = selected_exchange(cx);
        let loaded = event.map(|(id, _)| id).or(exchange.map(|(id, _)| id));
        let Some(loaded) = loaded.and_then(|id| state.capture(id)) else {
            session_ui(ui, cx);
            return;
        };
        let event = event.and_then(|(_, event)| loaded.capture.event(event));
        head_ui(ui, cx, loaded, event);
        ui.horizontal_wrapped(|ui| {
            for (tab, key) in TABS {
                if ui.selectable_label(state.prefs.detail == tab, text(key)).clicked() {
                    cx.push(Command::ShowDetail(tab));
                }
            }
        });
        ui.separator();
        if let Some(event) = event {
            self.field.follow((loaded.id, loaded.numbering(), event.id));
        }
        match (state.prefs.detail, event) {
            (tab @ (DetailTab::Tree | DetailTab::Raw), Some(event)) => {
                field_ui(ui, cx, loaded, event, &self.field, tab);
                match tab {
                    DetailTab::Raw => self.raw.ui(ui, cx, loaded, event, &mut self.field),
                    _ => self.tree_ui(ui, cx, loaded, event),
                }
            }
            (DetailTab::Context, Some(event)) => self.context.ui(ui, cx, loaded, event),
            (DetailTab::Schema, Some(event)) => self.schema.ui(ui, cx, loaded, event),
            (DetailTab::Exchange, _) | (_, None) => match exchange {
                Some((_, exchange)) => exchange_ui(ui, cx, loaded, exchange, &mut self.exchange),
                None => {
                    ui.weak(text("detail.no-request"));
                }
            },
        }
    }

    fn tree_ui(&mut self, ui: &mut Ui, cx: &AppCx<'_>, loaded: &LoadedCapture, event: Event<'_>) {
        let judged = loaded.judged.as_deref();
        let numbers = judged.into_iter().flat_map(|judged| judged.of_event(event.id));
        let findings: Vec<(u32, &Finding)> =
            numbers.filter_map(|number| Some((number, judged?.finding(number)?))).collect();
        let numbers = judged.map(|_| findings.iter().map(|(number, _)| *number).collect());
        let key = (loaded.id, loaded.numbering(), event.id, numbers);
        if self.tree.as_ref().is_none_or(|tree| tree.key != key) {
            let json = serde_json::from_slice(&event.text());
            let tree = json.map(|json| JsonTree::new(json, &findings)).map_err(|error| error.to_string());
            self.tree = Some(Tree { key, tree, scrolled_to: (None, 0), height: 0.0 });
        }
        let Some(shown) = &mut self.tree else { return };
        let selected = match cx.state.selection {
            Some(Item::Finding(capture, number)) if capture == loaded.id => Some(number),
            _ => None,
        };
        match &mut shown.tree {
            Ok(tree) => {
                let (finding, revision) = shown.scrolled_to;
                if finding != selected {
                    let finding = findings.iter().find(|(number, _)| Some(*number) == selected);
                    if let Some(field) = finding.and_then(|(_, finding)| tree.field_of(finding)) {
                        self.field.choose(field.to_owned());
                    }
                }
                let moved = revision != self.field.revision();
                if let (Some(field), true) = (self.field.pointer(), moved) {
                    tree.reveal(field);
                }
                let scroll = finding != selected || moved;
                // What is known of a field takes of the height.
                let height = ui.available_height();
                let keep = shown.height != height;
                shown.height = height;
                let marked = Marked { finding: selected, field: self.field.pointer(), scroll, keep };
                let wants = tree.ui(ui, cx.tokens, &findings, marked);
                if let Some(field) = wants.field {
                    self.field.choose(field);
                }
                // What was chosen here is in view already.
                shown.scrolled_to = (selected, self.field.revision());
                if let Some(number) = wants.finding {
                    cx.push(Command::Select(Item::Finding(loaded.id, number)));
                }
            }
            Err(why) => {
                ui.label(fill("detail.no-json", &[("why", why)]));
                if ui.link(text("detail.see-raw")).clicked() {
                    cx.push(Command::ShowDetail(DetailTab::Raw));
                }
            }
        }
    }
}

/// The request that is selected, or that belongs to the selected event or finding.
fn selected_exchange(cx: &AppCx<'_>) -> Option<(CaptureId, ExchangeId)> {
    let state = cx.state;
    if let Some((id, event)) = state.selected_event() {
        let exchange = state.capture(id)?.capture.event(event)?.exchange()?;
        return Some((id, exchange.id));
    }
    match state.selection? {
        Item::Exchange(capture, exchange) => Some((capture, exchange)),
        Item::Finding(capture, number) => {
            let judged = state.capture(capture)?.judged.as_ref()?;
            Some((capture, judged.finding(number)?.exchange?))
        }
        _ => None,
    }
}

fn head_ui(ui: &mut Ui, cx: &AppCx<'_>, loaded: &LoadedCapture, event: Option<Event<'_>>) {
    ui.add_space(4.0);
    let Some(event) = event else {
        ui.strong(text("detail.request"));
        return;
    };
    ui.horizontal(|ui| {
        ui.label(RichText::new(event.type_name().as_ref()).heading());
        let index = loaded.places.arrival(event.id).unwrap_or(event.id.0);
        ui.weak(format!("#{}", grouped(u64::from(index))));
        if let Some(judged) = &loaded.judged {
            let mut counts = crate::rules::finding::Counts::default();
            let findings = judged.of_event(event.id).filter_map(|number| judged.finding(number));
            findings.for_each(|finding| counts += finding);
            counts_ui(ui, cx.tokens, counts);
        }
    });
    let none = || "–".to_owned();
    let facts = [
        ("detail.ts", event.ts().map_or_else(none, |ts| format!("{} UTC", time_label::utc(ts)))),
        (
            "detail.playhead",
            event.playhead().map_or_else(none, |at| format!("{} s", time_label::playhead(at.0))),
        ),
        (
            "detail.received",
            event.received_at().map_or_else(none, |at| {
                let at = crate::model::clock::TsMillis(at.millis());
                format!("{} UTC", time_label::utc(at))
            }),
        ),
    ];
    Grid::new("event facts").num_columns(2).spacing([10.0, 1.0]).show(ui, |ui| {
        for (key, value) in facts {
            ui.weak(text(key));
            ui.add(Label::new(RichText::new(value).monospace()).truncate());
            ui.end_row();
        }
    });
}

/// The most that a name may take of a line: its value stands beside it.
pub(super) fn name_width(ui: &Ui) -> f32 {
    ui.available_width() * 0.7
}

/// A name in a grid, at most so wide.
pub(super) fn name_ui(ui: &mut Ui, most: f32, name: RichText) -> Response {
    ui.scope(|ui| {
        ui.set_max_width(most);
        ui.add(Label::new(name).truncate())
    })
    .inner
}

/// What is known about the shown session; shown while no event is selected.
fn session_ui(ui: &mut Ui, cx: &AppCx<'_>) {
    let Some((loaded, session)) = cx.state.shown_session() else {
        ui.vertical_centered(|ui| {
            ui.add_space(24.0);
            ui.weak(text("detail.nothing"));
        });
        return;
    };
    ui.add_space(4.0);
    let name = title(session);
    let response = ui.add(Label::new(RichText::new(&name).heading()).truncate());
    with_missing(ui, response, &name, TextStyle::Heading);
    let judged = loaded.judged.as_ref();
    let verdict = judged.and_then(|judged| judged.verdict(session.id));
    let color = verdict.map_or(cx.tokens.text_weak, |verdict| cx.tokens.verdict(verdict));
    let words = verdict.map_or(verdict_word(None), verdict_words);
    let so_far = loaded.capture.is_so_far(session);
    let words = if so_far { fill("sessions.so-far", &[("verdict", words)]) } else { words.to_owned() };
    let ending =
        if so_far { text("session.so-far") } else { text(&format!("ending.{}", session.ending.name())) };
    ui.label(RichText::new(words).color(color).strong());
    if let Some(judged) = judged {
        ui.horizontal(|ui| counts_ui(ui, cx.tokens, judged.counts(session.id)));
    }
    ui.separator();
    let times = loaded.places.times(session.id);
    let content = &session.content;
    let none = || "–".to_owned();
    let text_or_none = |value: &Option<String>| value.clone().filter(|v| !v.is_empty()).unwrap_or_else(none);
    let facts = [
        ("session.sid", text_or_none(&session.sid)),
        ("session.mode", text(&format!("mode.{}", session.mode.name())).to_owned()),
        ("session.ending", ending.to_owned()),
        ("session.events", grouped(session.len() as u64)),
        ("session.requests", grouped(session.exchanges.len() as u64)),
        ("session.first", times.origin.map_or_else(none, |ts| format!("{} UTC", time_label::utc(ts)))),
        ("session.duration", time_label::length(times.last_secs)),
        ("session.content", text_or_none(&content.media_id)),
        ("session.type", text_or_none(&content.content_type)),
        ("session.length", content.length_secs.map_or_else(none, time_label::length)),
        ("session.attempts", session.attempts.to_string()),
    ];
    ScrollArea::vertical().auto_shrink(false).id_salt("session facts").show(ui, |ui| {
        Grid::new("session facts").num_columns(2).spacing([10.0, 4.0]).show(ui, |ui| {
            for (key, value) in facts {
                ui.weak(text(key));
                let response = ui.add(Label::new(&value).truncate().selectable(true));
                with_missing(ui, response, &value, TextStyle::Body);
                ui.end_row();
            }
        });
        if session.begins_late {
            ui.label(text("session.begins-late"));
        }
        if session.guessed {
            ui.label(text("session.guessed"));
        }
        ui.add_space(8.0);
        ui.weak(text("detail.hint"));
    });
}
