//! The events of two sessions side by side.

use std::sync::Arc;

use eframe::egui::{
    Align as Side, Label, Layout, Response, RichText, ScrollArea, Sense, Ui, WidgetInfo, accesskit::Role,
};
use egui_extras::{Column, TableBuilder, TableRow};

use super::counts_words;
use crate::app::command::Command;
use crate::app::item::Item;
use crate::model::id::EventId;
use crate::store::comparison::{self, Comparison, MAX_EVENTS, Row};
use crate::store::loaded::LoadedCapture;
use crate::ui::cx::AppCx;
use crate::ui::text::{fill, grouped, text};
use crate::ui::theme::sizes;
use crate::ui::widgets::naming::name_edges;
use crate::ui::widgets::time_label;

/// Names the table among the widgets.
const TABLE: &str = "compared-events";
/// Columns with their least widths, points.
const COLUMNS: [(&str, f32); 6] = [
    ("compare.first", EVENT_WIDTH),
    ("events.playhead", 80.0),
    ("compare.second", EVENT_WIDTH),
    ("events.playhead", 80.0),
    ("compare.later", 90.0),
    ("compare.farther", 90.0),
];

/// Width of an event with its time, points; with room for it at most [`MOST_EVENT_WIDTH`].
const EVENT_WIDTH: f32 = 150.0;
/// So wide are the longest names of types.
const MOST_EVENT_WIDTH: f32 = 260.0;

/// The table's own state: the row that was scrolled to last.
#[derive(Debug, Default)]
pub struct OrderView {
    revealed: Option<u32>,
}

impl OrderView {
    /// Draws the table.
    pub fn ui(&mut self, ui: &mut Ui, cx: &AppCx<'_>, comparison: &Comparison, differences_only: bool) {
        ui.label(counts_words(comparison));
        if comparison.n_left_out > 0 {
            let (n, most) = (grouped(comparison.n_left_out), grouped(MAX_EVENTS as u64));
            ui.weak(fill("compare.left-out", &[("n", &n), ("most", &most)]));
        }
        let n_rows = if differences_only { comparison.differences.len() } else { comparison.rows.len() };
        if n_rows == 0 {
            ui.weak(text("compare.none"));
            return;
        }
        let across = ScrollArea::horizontal().id_salt("compared across").auto_shrink(false);
        across.show(ui, |ui| self.table_ui(ui, cx, comparison, differences_only, n_rows));
    }

    fn table_ui(
        &mut self,
        ui: &mut Ui,
        cx: &AppCx<'_>,
        comparison: &Comparison,
        differences_only: bool,
        n_rows: usize,
    ) {
        let height = sizes().row;
        let spare = spare_width(ui.available_width());
        let mut table = TableBuilder::new(ui)
            .id_salt(TABLE)
            .striped(true)
            .auto_shrink(false)
            .min_scrolled_height(0.0)
            .cell_layout(Layout::left_to_right(Side::Center));
        for (_, width) in COLUMNS {
            let width = if width == EVENT_WIDTH { width + spare } else { width };
            table = table.column(Column::initial(width).at_least(40.0).resizable(true).clip(true));
        }
        table = table.column(Column::remainder());
        let selected = cx.state.compared_event().map(|(_, row)| row);
        if selected != self.revealed {
            self.revealed = selected;
            let row = selected.and_then(|row| match differences_only {
                true => comparison.differences.binary_search(&row).ok(),
                false => Some(row as usize),
            });
            if let Some(row) = row {
                table = table.scroll_to_row(row, None).animate_scrolling(false);
            }
        }
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
                let at = match differences_only {
                    true => comparison.differences.get(row.index()).copied(),
                    false => u32::try_from(row.index()).ok(),
                };
                row.set_selected(at.is_some() && at == selected);
                if let Some(found) = at.and_then(|at| comparison.rows.get(at as usize)) {
                    event_row(&mut row, cx, comparison, found);
                }
            });
        });
        name_edges(ui, TABLE, COLUMNS.len());
    }
}

/// What each of the two columns of events may have beyond its least width.
fn spare_width(room: f32) -> f32 {
    let taken: f32 = COLUMNS.iter().map(|(_, width)| width + 8.0).sum();
    ((room - taken) / 2.0).clamp(0.0, MOST_EVENT_WIDTH - EVENT_WIDTH)
}

fn event_row(row: &mut TableRow<'_, '_>, cx: &AppCx<'_>, comparison: &Comparison, found: &Row) {
    for (side, id) in comparison.sides.iter().zip(found.events) {
        let loaded = cx.state.capture(side.capture);
        row.col(|ui| event_ui(ui, cx, side, loaded, id, found.is_alone()));
        row.col(|ui| {
            let event = id.and_then(|id| loaded?.capture.event(id));
            let playhead = event.and_then(|event| event.playhead());
            mono(ui, playhead.map(|playhead| time_label::playhead(playhead.0)).unwrap_or_default());
        });
    }
    for value in [found.later_secs(), found.farther_secs] {
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
    side: &comparison::Side,
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
    let is_selected = cx.state.selection == Some(item);
    let color = if is_alone { cx.tokens.warn } else { cx.tokens.text };
    let shown = RichText::new(&words).color(color).monospace();
    let shown = if is_selected { shown.strong().underline() } else { shown };
    let response = ui.add(Label::new(shown).truncate().selectable(false).sense(Sense::click()));
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_selected, &words));
    if response.clicked() {
        cx.push(Command::Select(item));
    }
}

fn mono(ui: &mut Ui, words: String) -> Response {
    ui.add(Label::new(RichText::new(words).monospace()).truncate())
}
