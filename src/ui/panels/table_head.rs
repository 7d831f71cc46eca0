//! The heads of the event table: a click sorts, a drag moves the column, its right edge makes it wider.

use std::borrow::Cow;

use eframe::egui::{
    CursorIcon, Id, Rect, Response, RichText, Sense, Stroke, TextStyle, TextWrapMode, Ui, WidgetInfo,
    WidgetText, accesskit::Role, pos2,
};

use crate::app::command::Command;
use crate::app::command::table::TableCommand;
use crate::app::prefs::AxisClock;
use crate::app::table_prefs::ShownColumn;
use crate::store::column::Column;
use crate::store::sort::Sort;
use crate::ui::cx::{AppCx, SessionCx};
use crate::ui::text::{fill, text};
use crate::ui::widgets::icon::{ICON_SIZE, Icon, paint};

/// Width of the edge that is dragged, points.
const EDGE: f32 = 7.0;

/// The heads' own state: where they were drawn last, from left to right.
#[derive(Debug, Default)]
pub(super) struct TableHead {
    rects: Vec<Rect>,
}

impl TableHead {
    /// Draws the head of a column.
    pub(super) fn cell_ui(&mut self, ui: &mut Ui, cx: &SessionCx<'_>, at: usize, shown: &ShownColumn) {
        let rect = ui.max_rect();
        let column = &shown.column;
        let id = Id::unique(column.to_string()).with("head");
        let response = ui.interact(rect, id, Sense::click_and_drag());
        if response.hovered() || response.has_focus() {
            ui.painter().rect_filled(rect, 2.0, cx.app.tokens.hovered);
        }
        let sorted = cx.app.state.prefs.table.sorted_by(column);
        let name = column_name(&cx.app, column);
        name_ui(ui, cx, &name, sorted);
        let spoken = match sorted {
            Some(true) => fill("events.head.down", &[("name", &name)]),
            Some(false) => fill("events.head.up", &[("name", &name)]),
            None => name.clone().into_owned(),
        };
        response.widget_info(|| WidgetInfo::labeled(Role::ColumnHeader, true, &spoken));
        if response.clicked() {
            cx.push(Command::Table(TableCommand::Sort(cx.app.state.prefs.table.next_sort(column))));
        }
        self.drag_ui(ui, cx, &response, at, column);
        response.context_menu(|ui| head_menu(ui, cx, at, column));
        response.on_hover_text(format!("{}\n{}", column_tip(cx, column), text("events.head.tip")));
        edge_ui(ui, cx, id, rect, shown);
        if self.rects.len() <= at {
            self.rects.resize(at + 1, Rect::NOTHING);
        }
        self.rects[at] = rect;
        self.rects.truncate(cx.app.state.prefs.table.columns.len());
    }

    /// While a head is dragged a line says where it will stand.
    fn drag_ui(&self, ui: &Ui, cx: &SessionCx<'_>, response: &Response, at: usize, column: &Column) {
        let Some(pointer) = response.interact_pointer_pos() else { return };
        let Some((to, under)) = self.place_at(pointer.x) else { return };
        if response.dragged() {
            ui.set_cursor_icon(CursorIcon::Grabbing);
            let x = if to > at { under.right() } else { under.left() };
            let painter = ui.ctx().layer_painter(ui.layer_id());
            painter.vline(x, under.y_range(), Stroke::new(3.0, cx.app.tokens.accent));
        }
        if response.drag_stopped() && to != at {
            cx.push(Command::Table(TableCommand::Put(column.clone(), to)));
        }
    }

    /// The head at a place, or the one next to it.
    fn place_at(&self, x: f32) -> Option<(usize, Rect)> {
        let over = self.rects.iter().position(|rect| x < rect.right());
        let at = over.or(self.rects.len().checked_sub(1))?;
        Some((at, *self.rects.get(at)?))
    }
}

fn name_ui(ui: &Ui, cx: &SessionCx<'_>, name: &str, sorted: Option<bool>) {
    let rect = ui.max_rect();
    let room = rect.width() - EDGE - if sorted.is_some() { ICON_SIZE } else { 0.0 };
    let words = WidgetText::from(RichText::new(name).strong());
    let galley = words.into_galley(ui, Some(TextWrapMode::Truncate), room.max(1.0), TextStyle::Body);
    let corner = pos2(rect.left(), rect.center().y - galley.size().y / 2.0);
    let right = corner.x + galley.size().x;
    ui.painter().galley(corner, galley, cx.app.tokens.text);
    if let Some(descending) = sorted {
        let icon = if descending { Icon::Open } else { Icon::Up };
        let center = pos2(right + ICON_SIZE / 2.0 + 1.0, rect.center().y);
        let square = Rect::from_center_size(center, eframe::egui::Vec2::splat(10.0));
        paint(ui.painter(), icon, square, cx.app.tokens.accent, cx.app.tokens.background);
    }
}

fn edge_ui(ui: &Ui, cx: &SessionCx<'_>, id: Id, rect: Rect, shown: &ShownColumn) {
    let edge = rect.with_min_x(rect.right() - EDGE);
    let response = ui.interact(edge, id.with("width"), Sense::DRAG);
    let line = if response.hovered() || response.dragged() {
        ui.set_cursor_icon(CursorIcon::ResizeColumn);
        Stroke::new(2.0, cx.app.tokens.accent)
    } else {
        Stroke::new(1.0, cx.app.tokens.border)
    };
    ui.painter().vline(rect.right() - 1.5, rect.y_range(), line);
    let by = response.drag_delta().x;
    if response.dragged() && by != 0.0 {
        cx.push(Command::Table(TableCommand::Resize(shown.column.clone(), shown.width + by)));
    }
}

/// What a head offers.
fn head_menu(ui: &mut Ui, cx: &SessionCx<'_>, at: usize, column: &Column) {
    let sort = |descending| Some(Sort { column: column.clone(), descending });
    let last = cx.app.state.prefs.table.columns.len().saturating_sub(1);
    let mut offers = vec![
        ("events.head.sort-up", TableCommand::Sort(sort(false)), true),
        ("events.head.sort-down", TableCommand::Sort(sort(true)), true),
        ("command.table-unsorted", TableCommand::Sort(None), cx.app.state.prefs.table.sort.is_some()),
        ("events.head.left", TableCommand::Put(column.clone(), at.saturating_sub(1)), at > 0),
        ("events.head.right", TableCommand::Put(column.clone(), at + 1), at < last),
        ("events.head.hide", TableCommand::Toggle(column.clone()), last > 0),
        ("command.table-columns", TableCommand::ToggleColumns, true),
    ];
    for (key, command, enabled) in offers.drain(..) {
        if ui.add_enabled(enabled, eframe::egui::Button::new(text(key))).clicked() {
            cx.push(Command::Table(command));
            ui.close();
        }
    }
}

/// What stands over a column.
#[must_use]
pub fn column_name<'c>(cx: &AppCx<'_>, column: &'c Column) -> Cow<'c, str> {
    match (column, column.known_name()) {
        (Column::Member { key, .. }, _) => Cow::Borrowed(key),
        (Column::Time, _) => Cow::Borrowed(text(time_key(cx.state.prefs.clock))),
        (_, name) => Cow::Borrowed(text(&format!("events.{}", name.unwrap_or_default()))),
    }
}

/// What a column shows.
fn column_tip(cx: &SessionCx<'_>, column: &Column) -> String {
    match column.known_name() {
        None => column.to_string(),
        Some("time") => text(&format!("{}.tip", time_key(cx.app.state.prefs.clock))).to_owned(),
        Some(name) => text(&format!("events.{name}.tip")).to_owned(),
    }
}

/// The key of what stands over the times of the axis.
const fn time_key(clock: AxisClock) -> &'static str {
    match clock {
        AxisClock::Elapsed => "events.time",
        AxisClock::Utc => "events.time-utc",
        AxisClock::Local => "events.time-local",
    }
}
