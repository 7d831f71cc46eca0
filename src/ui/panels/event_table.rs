//! The table of events: virtual, so that its cost does not depend on their number.

use eframe::egui::{
    Align, ComboBox, Label, Layout, Response, RichText, ScrollArea, Sense, TextStyle, Ui, WidgetInfo,
    accesskit::Role,
};
use egui_extras::{Column, TableBuilder, TableRow};

use super::filter_field::{FilterField, query_error_ui};
use super::search_field::SearchField;
use crate::app::command::Command;
use crate::app::prefs::AxisClock;
use crate::model::event_type::{EventGroup, EventType};
use crate::model::id::EventId;
use crate::rules::finding::Counts;
use crate::store::filter::{EventFilter, Order, gap_millis};
use crate::ui::axis_times::AxisTimes;
use crate::ui::cx::SessionCx;
use crate::ui::text::{fill, grouped, text};
use crate::ui::theme::{Tokens, sizes};
use crate::ui::widgets::icon::{Icon, icon};
use crate::ui::widgets::marked::marked;
use crate::ui::widgets::severity_badge::counts_ui;
use crate::ui::widgets::time_label;

/// What stands beside the text filter needs this width, points.
const OTHER_FILTERS: f32 = 330.0;

/// Columns: key of the head, width in points.
const COLUMNS: [(&str, f32); 8] = [
    ("events.number", 44.0),
    ("events.time", 92.0),
    ("events.type", 150.0),
    ("events.playhead", 84.0),
    ("events.gap", 70.0),
    ("events.findings", 76.0),
    ("events.status", 52.0),
    ("events.ts", 100.0),
];

/// The table's own state.
#[derive(Debug, Default)]
pub struct EventTable {
    filter: FilterField,
    search: SearchField,
    /// The event that was last scrolled to.
    revealed: Option<EventId>,
    /// Number of rows when the end was last scrolled to, while following.
    n_followed: usize,
}

impl EventTable {
    /// Draws filter and table.
    pub fn ui(&mut self, ui: &mut Ui, cx: &SessionCx<'_>) {
        self.filter_ui(ui, cx);
        let state = cx.app.state;
        query_error_ui(ui, cx, &state.filter.text, state.filter_error.as_ref());
        self.search.ui(ui, cx);
        let n_rows = cx.app.state.n_table_rows();
        if n_rows == 0 {
            ui.vertical_centered(|ui| {
                ui.add_space(24.0);
                ui.weak(if cx.app.state.filtering {
                    filtering_words(cx)
                } else {
                    text("events.none").to_owned()
                });
                if !cx.app.state.filter.is_empty() && ui.button(text("events.clear")).clicked() {
                    cx.push(Command::SetFilter(EventFilter::default()));
                }
            });
            return;
        }
        ScrollArea::horizontal().id_salt("events across").auto_shrink(false).show(ui, |ui| {
            self.table_ui(ui, cx, n_rows);
        });
    }

    fn filter_ui(&mut self, ui: &mut Ui, cx: &SessionCx<'_>) {
        let state = cx.app.state;
        let mut wanted = state.filter.clone();
        ui.horizontal(|ui| {
            let width = (ui.available_width() - OTHER_FILTERS).clamp(70.0, 420.0);
            if let Some(typed) = self.filter.ui(ui, cx, width) {
                wanted.text = typed;
            }
            let chosen = wanted.event_type.map_or(text("events.all-types"), EventType::name);
            let types = ComboBox::from_id_salt("event type").selected_text(chosen).width(110.0);
            let types = types.show_ui(ui, |ui| {
                ui.selectable_value(&mut wanted.event_type, None, text("events.all-types"));
                for known in EventType::ALL {
                    ui.selectable_value(&mut wanted.event_type, Some(known), known.name());
                }
            });
            types
                .response
                .widget_info(|| WidgetInfo::labeled(Role::ComboBox, true, text("events.type-filter")));
            ui.checkbox(&mut wanted.problems_only, text("events.problems"));
            let mut by_ts = state.prefs.order == Order::Ts;
            if ui.checkbox(&mut by_ts, text("events.by-ts")).on_hover_text(text("events.by-ts.tip")).changed()
            {
                cx.push(Command::SetOrder(if by_ts { Order::Ts } else { Order::Arrival }));
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let (shown, all) = (state.n_table_rows(), cx.session.len());
                let shown = grouped(shown as u64);
                let words = fill("events.shown", &[("n", &shown), ("all", &grouped(all as u64))]);
                if state.filtering {
                    icon(ui, Icon::Pending, cx.app.tokens.text_weak, "").on_hover_text(filtering_words(cx));
                }
                ui.add(Label::new(RichText::new(words).weak()).truncate());
            });
        });
        if wanted != state.filter {
            cx.push(Command::SetFilter(wanted));
        }
    }

    fn table_ui(&mut self, ui: &mut Ui, cx: &SessionCx<'_>, n_rows: usize) {
        let scrolls_up =
            ui.rect_contains_pointer(ui.max_rect()) && ui.input(|input| input.smooth_scroll_delta().y > 0.0);
        if scrolls_up && cx.app.state.follows() {
            cx.push(Command::Follow(false));
        }
        let selected = cx.selected_event();
        let height = sizes().row;
        let mut table = TableBuilder::new(ui)
            .id_salt(("events", cx.key()))
            .striped(true)
            .sense(Sense::click())
            .auto_shrink(false)
            .min_scrolled_height(0.0)
            .cell_layout(Layout::left_to_right(Align::Center));
        // The number of the last event must be readable.
        let number_width = 16.0 + 8.0 * grouped(cx.session.len() as u64).len() as f32;
        for (key, width) in COLUMNS {
            let width = if key == COLUMNS[0].0 { number_width.max(width) } else { width };
            table = table.column(Column::initial(width).at_least(36.0).resizable(true).clip(true));
        }
        table = table.column(Column::remainder());
        if selected != self.revealed {
            self.revealed = selected;
            if let Some(row) = cx.app.state.selected_table_row() {
                table = table.scroll_to_row(row, None).animate_scrolling(false);
            }
        }
        if cx.app.state.follows() {
            if self.n_followed != n_rows {
                self.n_followed = n_rows;
                table = table.scroll_to_row(n_rows - 1, Some(Align::BOTTOM)).animate_scrolling(false);
            }
        } else {
            self.n_followed = 0;
        }
        let table = table.header(height, |mut header| {
            for (key, _) in COLUMNS {
                let key = match (key, AxisTimes::of(cx).clock()) {
                    ("events.time", AxisClock::Utc) => "events.time-utc",
                    ("events.time", AxisClock::Local) => "events.time-local",
                    (key, _) => key,
                };
                header.col(|ui| {
                    ui.add(Label::new(RichText::new(text(key)).strong()).truncate())
                        .on_hover_text(text(&format!("{key}.tip")));
                });
            }
            header.col(|_| {});
        });
        let search = &cx.app.state.search;
        let words: Vec<&str> = search.query.words().collect();
        table.body(|body| {
            body.rows(height, n_rows, |mut row| {
                let is_hit = search.is_hit(row.index());
                let marks = Marks { is_hit, words: if is_hit { &words } else { &[] } };
                event_row(&mut row, cx, selected, marks);
            });
        });
    }
}

/// That a filter is being applied, and how far it has come.
fn filtering_words(cx: &SessionCx<'_>) -> String {
    match cx.app.state.filter_progress {
        Some((done, all)) if all > 0 => {
            fill("events.filtering.at", &[("percent", &(100 * done / all).to_string())])
        }
        _ => text("events.filtering").to_owned(),
    }
}

/// What the search marks of a row.
#[derive(Clone, Copy)]
struct Marks<'a> {
    is_hit: bool,
    words: &'a [&'a str],
}

fn event_row(row: &mut TableRow<'_, '_>, cx: &SessionCx<'_>, selected: Option<EventId>, marks: Marks<'_>) {
    let Some((arrival, id)) = cx.app.state.table_row(row.index()) else { return };
    let Some(event) = cx.event(id) else { return };
    row.set_selected(selected == Some(id));
    let hovered = cx.hovered().is_some_and(|hover| hover.event == Some(id));
    row.set_hovered(hovered);
    let tokens = cx.app.tokens;
    let related = cx.related().iter().find(|related| related.event == id);
    let mono = |ui: &mut Ui, words: Option<String>| mono(ui, tokens, words, marks.words);
    row.col(|ui| {
        if marks.is_hit {
            ui.painter().rect_filled(ui.max_rect(), 0.0, tokens.warn_fill);
        }
        let number = grouped(u64::from(arrival));
        match related {
            // A bar and not color alone says that the row explains the finding.
            Some(related) => {
                let bar = ui.max_rect().with_max_x(ui.max_rect().left() + 3.0);
                ui.painter().rect_filled(bar, 1.0, tokens.accent);
                ui.add_space(4.0);
                ui.label(RichText::new(number).color(tokens.accent).strong()).on_hover_text(&related.message);
            }
            None if marks.is_hit => {
                ui.label(number);
            }
            None => {
                ui.weak(number);
            }
        }
    });
    row.col(|ui| {
        mono(ui, cx.secs_of(id).map(|secs| AxisTimes::of(cx).exact(secs)));
    });
    row.col(|ui| {
        let (rect, _) = ui.allocate_exact_size(eframe::egui::vec2(4.0, 12.0), Sense::hover());
        let group = event.event_type().map(EventType::group);
        ui.painter().rect_filled(rect, 1.0, group_color(tokens, group));
        let font = TextStyle::Body.resolve(ui.style());
        let name = marked(event.type_name().as_ref(), marks.words, font, tokens.text, tokens);
        ui.add(Label::new(name).truncate());
    });
    row.col(|ui| {
        mono(ui, event.playhead().map(|playhead| time_label::playhead(playhead.0)));
    });
    row.col(|ui| {
        let gap = gap_millis(cx.loaded, cx.session, cx.app.state.prefs.order, event);
        let words = gap.map(time_label::gap);
        match gap {
            Some(millis) if millis < 0 => {
                ui.label(RichText::new(words.unwrap_or_default()).monospace().color(tokens.warn))
                    .on_hover_text(text("events.gap.back"));
            }
            _ => {
                mono(ui, words);
            }
        }
    });
    row.col(|ui| {
        let mut counts = Counts::default();
        cx.findings_of(id).for_each(|(_, finding)| counts += finding);
        counts_ui(ui, tokens, counts);
    });
    row.col(|ui| {
        let status = event.exchange().and_then(|exchange| exchange.status());
        if let Some(status) = status {
            let good = (200..400).contains(&status);
            let color = if good { tokens.text_weak } else { tokens.error };
            ui.label(RichText::new(status.to_string()).monospace().color(color));
        }
    });
    row.col(|ui| {
        let stamp = event.ts().map(time_label::utc).unwrap_or_default();
        mono(ui, event.ts().map(time_label::utc_time)).on_hover_text(stamp);
    });
    row.col(|_| {});
    let response = row.response();
    let mut name = format!("{} {arrival}", text("events.row"));
    if marks.is_hit {
        name = format!("{name}, {}", text("events.row.hit"));
    }
    if let Some(related) = related {
        name = format!("{name}: {}", related.message);
    }
    response.widget_info(|| WidgetInfo::selected(Role::Row, true, selected == Some(id), &name));
    if response.hovered() {
        cx.hover(cx.secs_of(id), Some(id));
    }
    if response.clicked() {
        cx.select_event(id);
    }
}

fn mono(ui: &mut Ui, tokens: &Tokens, words: Option<String>, found: &[&str]) -> Response {
    let words = words.unwrap_or_else(|| "–".to_owned());
    let font = TextStyle::Monospace.resolve(ui.style());
    ui.add(Label::new(marked(&words, found, font, tokens.text, tokens)).truncate())
}

/// The color of a group of event types.
#[must_use]
pub fn group_color(tokens: &Tokens, group: Option<EventGroup>) -> eframe::egui::Color32 {
    match group {
        Some(EventGroup::Session) => tokens.accent,
        Some(EventGroup::Playback) => tokens.mark_ping,
        Some(EventGroup::Ad) => tokens.lane_ad,
        Some(EventGroup::Chapter) => tokens.lane_chapter,
        Some(EventGroup::PlayerState) => tokens.lane_state,
        Some(EventGroup::Quality) => tokens.lane_quality,
        None => tokens.error,
    }
}
