//! Two sessions side by side: their events, what their starts say, how often what comes.

use std::sync::Arc;

use eframe::egui::{
    Checkbox, Color32, Grid, Label, Layout, Response, RichText, ScrollArea, Sense, Ui, WidgetInfo,
    accesskit::Role,
};
use egui_extras::{Column, TableBuilder, TableRow};

use super::session_list::title;
use crate::app::command::Command;
use crate::app::command::compare::CompareCommand;
use crate::app::compare::{Page, Subject};
use crate::app::item::Item;
use crate::model::id::EventId;
use crate::store::comparison::{Align, Comparison, MAX_EVENTS, Pings, Row, Side};
use crate::store::loaded::LoadedCapture;
use crate::ui::cx::AppCx;
use crate::ui::text::{fill, grouped, text};
use crate::ui::theme::sizes;
use crate::ui::widgets::time_label;

/// Columns of the events side by side with their widths, points.
const COLUMNS: [(&str, f32); 6] = [
    ("compare.first", 170.0),
    ("compare.playhead", 80.0),
    ("compare.second", 170.0),
    ("compare.playhead", 80.0),
    ("compare.later", 90.0),
    ("compare.farther", 90.0),
];

/// The comparison's own state.
#[derive(Debug, Default)]
pub struct ComparePanel {
    differences_only: bool,
}

impl ComparePanel {
    /// Draws the comparison of a pair.
    pub fn ui(&mut self, ui: &mut Ui, cx: &AppCx<'_>, pair: [Subject; 2]) {
        let state = cx.state;
        ui.horizontal(|ui| {
            ui.strong(text("compare.title"));
            ui.with_layout(Layout::right_to_left(eframe::egui::Align::Center), |ui| {
                if ui.button(text("compare.leave")).on_hover_text(text("command.compare.tip")).clicked() {
                    push(cx, CompareCommand::Toggle);
                }
            });
        });
        for (key, subject) in ["compare.first", "compare.second"].into_iter().zip(pair) {
            ui.horizontal(|ui| {
                ui.weak(text(key));
                ui.add(Label::new(name_of(cx, subject)).truncate());
            });
        }
        ui.horizontal_wrapped(|ui| {
            for (page, key) in [
                (Page::Order, "compare.order"),
                (Page::Metadata, "compare.metadata"),
                (Page::Cadence, "compare.cadence"),
            ] {
                if ui.selectable_label(state.compare.page == page, text(key)).clicked() {
                    push(cx, CompareCommand::Show(page));
                }
            }
            if state.compare.page != Page::Cadence {
                ui.separator();
                ui.add(Checkbox::new(&mut self.differences_only, text("compare.differences-only")));
            }
            if state.compare.page == Page::Order {
                ui.separator();
                ui.weak(text("compare.align"));
                for align in Align::ALL {
                    let (words, tip) = align_words(align);
                    let chosen = ui.selectable_label(state.compare.align == align, text(words));
                    if chosen.on_hover_text(text(tip)).clicked() {
                        push(cx, CompareCommand::Align(align));
                    }
                }
            }
        });
        ui.separator();
        let Some(comparison) = &state.compare.comparison else {
            ui.weak(text("compare.working"));
            return;
        };
        if state.comparison_is_old() {
            ui.label(text("compare.old"));
            if ui.button(text("compare.again")).clicked() {
                push(cx, CompareCommand::Again);
            }
            return;
        }
        match state.compare.page {
            Page::Order => self.order_ui(ui, cx, comparison),
            Page::Metadata => metadata_ui(ui, cx, comparison, self.differences_only),
            Page::Cadence => cadence_ui(ui, cx, comparison),
        }
    }

    fn order_ui(&self, ui: &mut Ui, cx: &AppCx<'_>, comparison: &Comparison) {
        let n_both = comparison.rows.len() - comparison.differences.len();
        let only = |side: usize| {
            let alone =
                |at: &&u32| row_of(comparison, **at).is_some_and(|row| row.events[1 - side].is_none());
            grouped(comparison.differences.iter().filter(alone).count() as u64)
        };
        let values = [("both", grouped(n_both as u64)), ("first", only(0)), ("second", only(1))];
        let values: Vec<(&str, &str)> = values.iter().map(|(key, value)| (*key, value.as_str())).collect();
        ui.label(fill("compare.counts", &values));
        if comparison.n_left_out > 0 {
            let (n, most) = (grouped(comparison.n_left_out), grouped(MAX_EVENTS as u64));
            ui.weak(fill("compare.left-out", &[("n", &n), ("most", &most)]));
        }
        let n_rows = if self.differences_only { comparison.differences.len() } else { comparison.rows.len() };
        if n_rows == 0 {
            ui.weak(text("compare.none"));
            return;
        }
        let height = sizes().row;
        let mut table = TableBuilder::new(ui)
            .id_salt("compared events")
            .striped(true)
            .auto_shrink(false)
            .min_scrolled_height(0.0)
            .cell_layout(Layout::left_to_right(eframe::egui::Align::Center));
        for (_, width) in COLUMNS {
            table = table.column(Column::initial(width).at_least(40.0).resizable(true).clip(true));
        }
        table = table.column(Column::remainder());
        let table = table.header(height, |mut header| {
            for (key, _) in COLUMNS {
                header.col(|ui| {
                    ui.add(Label::new(RichText::new(text(key)).strong()).truncate());
                });
            }
            header.col(|_| {});
        });
        table.body(|body| {
            body.rows(height, n_rows, |mut row| {
                let at = match self.differences_only {
                    true => comparison.differences.get(row.index()).copied(),
                    false => u32::try_from(row.index()).ok(),
                };
                if let Some(found) = at.and_then(|at| row_of(comparison, at)) {
                    event_row(&mut row, cx, comparison, found);
                }
            });
        });
    }
}

fn row_of(comparison: &Comparison, at: u32) -> Option<&Row> {
    comparison.rows.get(at as usize)
}

fn push(cx: &AppCx<'_>, command: CompareCommand) {
    cx.push(Command::Compare(command));
}

fn align_words(align: Align) -> (&'static str, &'static str) {
    match align {
        Align::State => ("compare.by-state", "compare.by-state.tip"),
        Align::Time => ("compare.by-time", "compare.by-time.tip"),
        Align::Playhead => ("compare.by-playhead", "compare.by-playhead.tip"),
    }
}

/// Content, mode and file of a session.
fn name_of(cx: &AppCx<'_>, (capture, session): Subject) -> String {
    let Some(loaded) = cx.state.capture(capture) else { return "–".to_owned() };
    let Some(session) = loaded.capture.session(session) else { return "–".to_owned() };
    let mode = text(&format!("mode.{}", session.mode.name()));
    format!("{} · {mode} · {}", title(session), loaded.short_name())
}

fn event_row(row: &mut TableRow<'_, '_>, cx: &AppCx<'_>, comparison: &Comparison, found: &Row) {
    let is_alone = found.events.contains(&None);
    for (side, id) in comparison.sides.iter().zip(found.events) {
        let loaded = cx.state.capture(side.capture);
        row.col(|ui| event_ui(ui, cx, side, loaded, id, is_alone));
        row.col(|ui| {
            let event = id.and_then(|id| loaded?.capture.event(id));
            let playhead = event.and_then(|event| event.playhead());
            mono(ui, playhead.map(|playhead| time_label::playhead(playhead.0)).unwrap_or_default());
        });
    }
    for value in [found.later_secs, found.farther_secs] {
        row.col(|ui| {
            mono(ui, value.map(|secs| format!("{secs:+.3}")).unwrap_or_default());
        });
    }
    row.col(|_| {});
}

/// One event: its time and type; a click selects it.
fn event_ui(
    ui: &mut Ui,
    cx: &AppCx<'_>,
    side: &Side,
    loaded: Option<&Arc<LoadedCapture>>,
    id: Option<EventId>,
    is_alone: bool,
) {
    let found = id.zip(loaded).and_then(|(id, loaded)| Some((id, loaded, loaded.capture.event(id)?)));
    let Some((id, loaded, event)) = found else {
        ui.weak(text("compare.not-there"));
        return;
    };
    let secs = event.ts().and_then(|ts| loaded.places.times(side.session).secs(ts));
    let words = format!("{}  {}", secs.map(time_label::elapsed).unwrap_or_default(), event.type_name());
    let item = Item::Event(side.capture, id);
    let color = if is_alone { cx.tokens.warn } else { cx.tokens.text };
    let shown = RichText::new(&words).color(color).monospace();
    let shown = if cx.state.selection == Some(item) { shown.strong().underline() } else { shown };
    let response = ui.add(Label::new(shown).truncate().selectable(false).sense(Sense::click()));
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &words));
    if response.clicked() {
        cx.push(Command::Select(item));
    }
}

fn mono(ui: &mut Ui, words: String) -> Response {
    ui.add(Label::new(RichText::new(words).monospace()).truncate())
}

fn metadata_ui(ui: &mut Ui, cx: &AppCx<'_>, comparison: &Comparison, differences_only: bool) {
    let rows: Vec<_> = comparison.metadata.iter().filter(|row| !differences_only || row.differs()).collect();
    if rows.is_empty() {
        ui.weak(text("compare.none"));
        return;
    }
    ScrollArea::both().auto_shrink(false).id_salt("compared metadata").show(ui, |ui| {
        Grid::new("compared metadata").num_columns(3).spacing([14.0, 3.0]).striped(true).show(ui, |ui| {
            head_ui(ui, &["", "compare.first", "compare.second"]);
            for row in rows {
                ui.label(RichText::new(&row.key).monospace().color(cx.tokens.json_key));
                let color = if row.differs() { cx.tokens.warn } else { cx.tokens.text };
                for value in &row.values {
                    value_ui(ui, value.as_deref(), color);
                }
                ui.end_row();
            }
        });
    });
}

fn value_ui(ui: &mut Ui, value: Option<&str>, color: Color32) {
    match value {
        None => {
            ui.weak(text("compare.not-there"));
        }
        Some(value) => {
            let short: String =
                value.chars().take(80).map(|c| if c.is_control() { ' ' } else { c }).collect();
            ui.label(RichText::new(short).monospace().color(color)).on_hover_text(value);
        }
    }
}

fn cadence_ui(ui: &mut Ui, cx: &AppCx<'_>, comparison: &Comparison) {
    ScrollArea::both().auto_shrink(false).id_salt("compared cadence").show(ui, |ui| {
        Grid::new("compared cadence").num_columns(3).spacing([14.0, 3.0]).striped(true).show(ui, |ui| {
            head_ui(ui, &["", "compare.first", "compare.second"]);
            let both = |of: fn(&Side) -> String| comparison.sides.each_ref().map(of);
            let facts: [(&str, [String; 2]); 8] = [
                ("session.mode", both(|side| text(&format!("mode.{}", side.mode.name())).to_owned())),
                ("session.ending", both(|side| text(&format!("ending.{}", side.ending.name())).to_owned())),
                ("session.events", both(|side| grouped(side.n_events))),
                ("session.requests", both(|side| grouped(side.n_requests))),
                ("session.duration", both(|side| time_label::length(side.duration_secs))),
                ("compare.farthest", both(|side| seconds(side.farthest_secs))),
                ("compare.main-pings", both(|side| pings_words(&side.main_pings))),
                ("compare.ad-pings", both(|side| pings_words(&side.ad_pings))),
            ];
            for (key, values) in facts {
                fact_ui(ui, cx, text(key), &values);
            }
            for row in &comparison.types {
                let name = row.event_type.map_or(text("compare.unknown-type"), |it| it.name());
                fact_ui(ui, cx, name, &row.n.map(grouped));
            }
        });
    });
}

fn head_ui(ui: &mut Ui, keys: &[&str]) {
    for key in keys {
        ui.strong(if key.is_empty() { "" } else { text(key) });
    }
    ui.end_row();
}

fn fact_ui(ui: &mut Ui, cx: &AppCx<'_>, name: &str, values: &[String; 2]) {
    ui.weak(name);
    let color = if values[0] == values[1] { cx.tokens.text } else { cx.tokens.warn };
    for value in values {
        ui.label(RichText::new(value).color(color));
    }
    ui.end_row();
}

fn seconds(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |secs| format!("{secs:.3} s"))
}

/// Number of pings, and the shortest, middle and longest gap between them.
fn pings_words(pings: &Pings) -> String {
    let gap = |secs: Option<f64>| secs.map_or_else(|| "–".to_owned(), |secs| format!("{secs:.1}"));
    let (shortest, median, longest) =
        (gap(pings.shortest_secs), gap(pings.median_secs), gap(pings.longest_secs));
    let values = [("n", grouped(pings.n)), ("shortest", shortest), ("median", median), ("longest", longest)];
    let values: Vec<(&str, &str)> = values.iter().map(|(key, value)| (*key, value.as_str())).collect();
    fill("compare.pings", &values)
}
