//! The table of events: virtual, so that its cost does not depend on their number.

use eframe::egui::{
    Align, ComboBox, Label, Layout, RichText, ScrollArea, Sense, TextStyle, TextWrapMode, Ui, WidgetInfo,
    WidgetText, accesskit::Role, vec2,
};
use egui_extras::{Column as TableColumn, TableBuilder};

use super::event_cells::{Marks, event_row};
use super::filter_field::{FilterField, query_error_ui};
use super::saved_filters::saved_filters_menu;
use super::search_field::SearchField;
use super::table_head::TableHead;
use crate::app::command::Command;
use crate::app::command::rows::commands;
use crate::app::table_prefs::LEAST_WIDTH;
use crate::model::event_type::EventType;
use crate::model::id::EventId;
use crate::store::column::Column;
use crate::store::filter::{EventFilter, Order};
use crate::store::sort::Sort;
use crate::ui::cx::SessionCx;
use crate::ui::text::{fill, grouped, text};
use crate::ui::theme::sizes;
use crate::ui::widgets::icon::{ICON_SIZE, Icon, icon};

/// Where the text filter would be narrower, points, it has a row of its own: its text is to be read.
const LEAST_FILTER: f32 = 140.0;
/// Beside others it is at most so wide.
const GREATEST_FILTER: f32 = 420.0;
/// The choice of a type is at least so wide.
const TYPES_WIDTH: f32 = 84.0;

/// The table's own state.
#[derive(Debug, Default)]
pub struct EventTable {
    filter: FilterField,
    /// The width of what stands beside the text filter, as it was drawn last.
    beside: f32,
    search: SearchField,
    head: TableHead,
    /// What rows were sorted by when they were drawn last.
    sort: Option<Sort>,
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
        if !self.filter.has_offers() {
            query_error_ui(ui, cx, &state.filter.text, state.filter_error.as_ref());
        }
        self.search.ui(ui, cx);
        let n_rows = cx.app.state.n_table_rows();
        if n_rows == 0 {
            ui.vertical_centered(|ui| {
                ui.add_space(24.0);
                ui.weak(if cx.app.state.filtering {
                    filtering_words(cx)
                } else if cx.session.is_empty() {
                    text("timeline.empty").to_owned()
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
        ui.horizontal_wrapped(|ui| {
            let gap = ui.spacing().item_spacing.x;
            let all = ui.available_width() - 2.0 * ui.spacing().button_padding.x;
            let left = all - self.beside;
            let width = if left < LEAST_FILTER { all } else { left.min(GREATEST_FILTER) };
            if let Some(typed) = self.filter.ui(ui, cx, width) {
                wanted.text = typed;
            }
            let saved = saved_filters_menu(ui, &cx.app);
            let chosen = wanted.event_type.map_or(text("events.all-types"), EventType::name);
            let types = ComboBox::from_id_salt("event type").selected_text(chosen).width(TYPES_WIDTH);
            let types = types.show_ui(ui, |ui| {
                ui.selectable_value(&mut wanted.event_type, None, text("events.all-types"));
                for known in EventType::ALL {
                    ui.selectable_value(&mut wanted.event_type, Some(known), known.name());
                }
            });
            types
                .response
                .widget_info(|| WidgetInfo::labeled(Role::ComboBox, true, text("events.type-filter")));
            let problems = ui.checkbox(&mut wanted.problems_only, text("events.problems"));
            let mut by_ts = state.prefs.order == Order::Ts;
            let order = ui.checkbox(&mut by_ts, text("events.by-ts")).on_hover_text(text("events.by-ts.tip"));
            if order.changed() {
                cx.push(Command::SetOrder(if by_ts { Order::Ts } else { Order::Arrival }));
            }
            let parts = [&saved, &types.response, &problems, &order];
            let parts: f32 = parts.into_iter().map(|part| gap + part.rect.width()).sum();
            self.beside = parts + gap + count_ui(ui, cx);
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
            .id_salt("events")
            .striped(true)
            // Of a row only the stop that the keyboard makes there can have the focus.
            .sense(Sense::CLICK)
            .auto_shrink(false)
            .min_scrolled_height(0.0)
            .cell_layout(Layout::left_to_right(Align::Center));
        // The number of the last event must be readable.
        let number_width = 16.0 + 8.0 * grouped(cx.session.len() as u64).len() as f32;
        let columns = &cx.app.state.prefs.table.columns;
        for shown in columns {
            let least = if shown.column == Column::Number { number_width } else { LEAST_WIDTH };
            table = table.column(TableColumn::exact(shown.width.max(least)));
        }
        table = table.column(TableColumn::remainder());
        // After sorting the selected row is somewhere else.
        let state = cx.app.state;
        let sort = if state.filtering { &self.sort } else { &state.prefs.table.sort };
        if selected != self.revealed || *sort != self.sort {
            self.revealed = selected;
            self.sort = sort.clone();
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
        let head = &mut self.head;
        let table = table.header(height, |mut header| {
            for (at, shown) in columns.iter().enumerate() {
                header.col(|ui| head.cell_ui(ui, cx, at, shown));
            }
            header.col(|_| {});
        });
        let search = &cx.app.state.search;
        let words: Vec<&str> = search.query.words().collect();
        table.body(|body| {
            body.rows(height, n_rows, |mut row| {
                let is_hit = search.is_hit(row.index());
                let marks = Marks { is_hit, words: if is_hit { &words } else { &[] } };
                let Some((event, response)) = event_row(&mut row, cx, selected, marks) else { return };
                if response.hovered() {
                    cx.hover(cx.secs_of(event), Some(event));
                }
                if response.clicked() || response.secondary_clicked() {
                    cx.select_event(event);
                }
                response.context_menu(|ui| copy_menu(ui, cx));
            });
        });
    }
}

/// How many events pass, at the right end; gives the width that it needs at most.
fn count_ui(ui: &mut Ui, cx: &SessionCx<'_>) -> f32 {
    let state = cx.app.state;
    let all = grouped(cx.session.len() as u64);
    let words = |shown: &str| fill("events.shown", &[("n", shown), ("all", &all)]);
    let galley = |ui: &Ui, words: String| {
        let words = WidgetText::from(RichText::new(words).weak());
        words.into_galley(ui, Some(TextWrapMode::Extend), f32::INFINITY, TextStyle::Body)
    };
    let busy = ICON_SIZE + ui.spacing().item_spacing.x;
    let most = busy + galley(ui, words(&all)).size().x;
    // It keeps its place while it changes, and has a line of its own where there is no room for it.
    let room = ui.available_size_before_wrap().x;
    let size = vec2(room.max(most), ui.spacing().interact_size.y);
    ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
        if state.filtering {
            icon(ui, Icon::Pending, cx.app.tokens.text_weak, "").on_hover_text(filtering_words(cx));
        }
        let words = match state.filter_progress.filter(|_| state.filtering) {
            // What takes no time says nothing in between.
            Some(_) => filtering_words(cx),
            None => words(&grouped(state.n_table_rows() as u64)),
        };
        ui.add(Label::new(RichText::new(words).weak()).truncate());
    });
    most
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

/// What a row offers: it was selected by the press that opened the menu.
fn copy_menu(ui: &mut Ui, cx: &SessionCx<'_>) {
    for row in commands().filter(|row| row.name.starts_with("copy-")) {
        if row.name == "copy-all-json" {
            ui.separator();
        }
        let tip = text(&format!("command.{}.tip", row.name));
        if ui.button(text(&format!("command.{}", row.name))).on_hover_text(tip).clicked() {
            cx.push((row.make)());
            ui.close();
        }
    }
}
