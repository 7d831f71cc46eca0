//! The names of lanes, those of others indented under the one that they stand under: a click opens the menu by which
//! a lane is pinned, collapsed and moved; the arrow before it folds what stands under it; dragging moves it.

use eframe::egui::accesskit::Role;
use eframe::egui::{
    Align2, CursorIcon, EventFilter, Key, Modifiers, Popup, Rangef, Rect, Response, Sense, Stroke, Ui,
    WidgetInfo, pos2, vec2,
};

use super::GUTTER;
use super::label::row_name;
use super::layout::{LABEL_MARGIN, RowBox};
use super::reorder_paint;
use crate::app::command::lanes::LaneCommand;
use crate::app::command::{Command, Direction};
use crate::app::lane_prefs::{ArrangedLane, LanePrefs};
use crate::app::lane_tree::LaneRow;
use crate::metrics::drawing::{Drawing, LaneKind};
use crate::ui::cx::SessionCx;
use crate::ui::text::{counted, fill, text};
use crate::ui::timeline::paint;
use crate::ui::widgets::icon::{self, Icon};

/// What stands under a lane begins so much further to the right.
const INDENT: f32 = 9.0;
/// Room for the arrow.
const ARROW_ROOM: f32 = 13.0;
/// Size of the arrow.
const ARROW_SIZE: f32 = 9.0;

/// The names of lanes that stand under each other.
pub struct Gutter<'a> {
    /// What the lanes were drawn of.
    pub drawing: &'a Drawing,
    /// The rows.
    pub rows: &'a [RowBox],
    /// Their names as far as there is room.
    pub names: &'a [String],
    /// Where they lie.
    pub area: Rect,
}

/// Where the name of a row begins, from the left edge.
fn indent(place: &ArrangedLane) -> f32 {
    LABEL_MARGIN + f32::from(place.depth) * INDENT + ARROW_ROOM
}

/// Room for the name of a row.
#[must_use]
pub fn name_room(place: &ArrangedLane) -> f32 {
    GUTTER - indent(place) - LABEL_MARGIN
}

impl Gutter<'_> {
    /// Draws the names and thin lines between lanes, and takes the input.
    pub fn ui(&self, ui: &Ui, cx: &SessionCx<'_>) {
        for (row, name) in self.rows.iter().zip(self.names) {
            self.row_ui(ui, cx, row, name);
        }
    }

    fn row_ui(&self, ui: &Ui, cx: &SessionCx<'_>, row: &RowBox, name: &str) {
        let (tokens, place) = (cx.app.tokens, &row.place);
        let top = self.area.top() + row.top;
        let rect = Rect::from_min_size(pos2(self.area.left(), top), vec2(GUTTER, row.height));
        let line = Rangef::new(rect.right(), self.area.right());
        ui.painter().hline(line, rect.bottom() + 1.0, Stroke::new(1.0, tokens.grid));
        let is_chosen = cx.app.state.chosen_lane.as_ref() == Some(&place.name);
        let color = if is_chosen { tokens.text } else { tokens.text_weak };
        let start = pos2(rect.left() + indent(place), rect.center().y);
        ui.painter().text(start, Align2::LEFT_CENTER, name, paint::label_font(ui), color);
        let label = Rect::from_min_max(pos2(start.x, rect.top()), rect.max);
        let response = self.name_ui(ui, cx, place, label);
        if !place.below.is_empty() {
            self.arrow_ui(ui, cx, place, rect.with_max_x(start.x));
        }
        self.drag(ui, cx, row, &response);
    }

    /// The name as a button: it opens the menu.
    fn name_ui(&self, ui: &Ui, cx: &SessionCx<'_>, place: &ArrangedLane, rect: Rect) -> Response {
        let id = ui.scope_id().with(("lane", &place.name));
        let response = ui.interact(rect, id, Sense::click_and_drag());
        let label = fill("timeline.lane.menu", &[("lane", &row_name(self.drawing, place.row))]);
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &label));
        if response.clicked() || response.gained_focus() || response.drag_started() {
            cx.push(Command::Lane(LaneCommand::Choose(place.name.clone())));
        }
        if response.has_focus() {
            paint::focus(ui, cx.app.tokens, rect);
            fold_by_keys(ui, cx, place, &response);
        }
        let kind = match place.row {
            LaneRow::Lane(lane) => self.drawing.lanes.get(lane).map(|lane| &lane.kind),
            LaneRow::Heading(_) => None,
        };
        let response = response.on_hover_ui_at_pointer(|ui| match kind {
            Some(LaneKind::Reorder) => reorder_paint::legend(ui, cx.app.tokens, &self.drawing.orders),
            _ => {
                ui.label(&label);
                ui.weak(text("timeline.lane.drag"));
            }
        });
        Popup::menu(&response).show(|ui| menu_ui(ui, cx, place));
        response
    }

    fn arrow_ui(&self, ui: &Ui, cx: &SessionCx<'_>, place: &ArrangedLane, rect: Rect) {
        let response = ui.interact(rect, ui.scope_id().with(("fold", &place.name)), Sense::click());
        let (key, shown) = match place.is_collapsed {
            true => ("timeline.lane.folded", Icon::Closed),
            false => ("timeline.lane.unfolded", Icon::Open),
        };
        let lanes = counted("timeline.n-lanes", place.below.len() as u64);
        let name = row_name(self.drawing, place.row);
        let label = fill(key, &[("lane", name.as_str()), ("lanes", lanes.as_str())]);
        response.widget_info(|| {
            WidgetInfo::selected(Role::DisclosureTriangle, true, !place.is_collapsed, &label)
        });
        let tokens = cx.app.tokens;
        let color = if response.hovered() { tokens.text } else { tokens.text_weak };
        let center = pos2(rect.right() - ARROW_ROOM / 2.0 - 1.0, rect.center().y);
        let square = Rect::from_center_size(center, vec2(ARROW_SIZE, ARROW_SIZE));
        icon::paint(ui.painter(), shown, square, color, tokens.panel);
        if response.has_focus() {
            paint::focus(ui, tokens, rect);
        }
        if response.clicked() {
            cx.push(Command::Lane(LaneCommand::Collapse(place.name.clone())));
        }
        response.on_hover_text(label);
    }

    /// While the name is dragged a line says where the lane comes to stand; there it is put.
    fn drag(&self, ui: &Ui, cx: &SessionCx<'_>, row: &RowBox, response: &Response) {
        if response.dragged() {
            ui.ctx().set_cursor_icon(CursorIcon::Grabbing);
        }
        let Some(pointer) = response.interact_pointer_pos() else { return };
        let Some(drop) = drop_at(self.rows, row, pointer.y - self.area.top()) else { return };
        if response.dragged() {
            let y = self.area.top() + drop.y;
            let line = Rangef::new(self.area.left() + indent(&row.place) - ARROW_ROOM, self.area.right());
            ui.painter().hline(line, y, Stroke::new(2.0, cx.app.tokens.accent));
        }
        if response.drag_stopped() && drop.before != Some(row.place.name.as_str()) {
            let before = drop.before.map(str::to_owned);
            cx.push(Command::Lane(LaneCommand::Place(row.place.name.clone(), before)));
        }
    }
}

/// With the keyboard: → opens what is folded, ← folds it.
fn fold_by_keys(ui: &Ui, cx: &SessionCx<'_>, place: &ArrangedLane, response: &Response) {
    if place.below.is_empty() {
        return;
    }
    let filter = EventFilter { horizontal_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
    let key = if place.is_collapsed { Key::ArrowRight } else { Key::ArrowLeft };
    if ui.input_mut(|input| input.consume_key(Modifiers::NONE, key)) {
        cx.push(Command::Lane(LaneCommand::Collapse(place.name.clone())));
    }
}

fn menu_ui(ui: &mut Ui, cx: &SessionCx<'_>, place: &ArrangedLane) {
    for (key, command) in arrangements(&cx.app.state.prefs.lanes, &place.name) {
        if ui.button(text(key)).clicked() {
            cx.push(Command::Lane(command));
        }
    }
}

/// How a lane can be arranged: the key of what the command does, and the command.
#[must_use]
pub fn arrangements(prefs: &LanePrefs, lane: &str) -> [(&'static str, LaneCommand); 4] {
    let has = |names: &[String]| names.iter().any(|name| name == lane);
    let pin = if has(&prefs.pinned) { "timeline.lane.unpin" } else { "timeline.lane.pin" };
    let collapse = if has(&prefs.collapsed) { "timeline.lane.open" } else { "timeline.lane.collapse" };
    let name = || lane.to_owned();
    [
        (pin, LaneCommand::Pin(name())),
        (collapse, LaneCommand::Collapse(name())),
        ("timeline.lane.up", LaneCommand::Move(name(), Direction::Back)),
        ("timeline.lane.down", LaneCommand::Move(name(), Direction::Forward)),
    ]
}

/// Where a lane that is dragged comes to stand.
#[derive(Debug, PartialEq)]
struct Drop<'a> {
    /// The one behind it, among those that stand under the same lane; `None`: it is the last of them.
    before: Option<&'a str>,
    /// Where the line is drawn.
    y: f32,
}

/// Where a row comes to stand when it is let go at a height. `None` when it is none of the rows.
fn drop_at<'a>(rows: &'a [RowBox], dragged: &RowBox, y: f32) -> Option<Drop<'a>> {
    let depth = dragged.place.depth;
    let at = rows.iter().position(|row| row.place.name == dragged.place.name)?;
    let is_above = |row: &RowBox| row.place.depth < depth;
    let first = rows.get(..at)?.iter().rposition(is_above).map_or(0, |above| above + 1);
    let rest = rows.get(first..)?;
    let rest = rest.get(..rest.iter().position(is_above).unwrap_or(rest.len()))?;
    let starts: Vec<usize> =
        (0..rest.len()).filter(|at| rest.get(*at).is_some_and(|row| row.place.depth == depth)).collect();
    for (number, start) in starts.iter().enumerate() {
        let end = starts.get(number + 1).copied().unwrap_or(rest.len());
        let (head, last) = (rest.get(*start)?, rest.get(end.checked_sub(1)?)?);
        if y < head.top.midpoint(last.top + last.height) {
            return Some(Drop { before: Some(&head.place.name), y: head.top - 1.0 });
        }
    }
    let last = rest.last()?;
    Some(Drop { before: None, y: last.top + last.height + 1.0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(name: &str, depth: u8, top: f32) -> RowBox {
        let place = ArrangedLane {
            row: LaneRow::Lane(0),
            name: name.to_owned(),
            depth,
            is_pinned: false,
            is_collapsed: false,
            below: Vec::new(),
        };
        RowBox { place, top, height: 8.0 }
    }

    #[test]
    fn a_lane_is_dropped_among_those_that_stand_under_the_same_one() {
        let rows = [
            row("playback", 0, 0.0),
            row("ad-breaks", 1, 10.0),
            row("ads", 2, 20.0),
            row("chapters", 1, 30.0),
            row("events", 0, 40.0),
            row("network", 0, 50.0),
        ];
        for (dragged, y, expected) in [
            (5, 55.0, (None, 59.0)),
            (5, 43.0, (Some("events"), 39.0)),
            (5, 30.0, (Some("events"), 39.0)),
            (5, -20.0, (Some("playback"), -1.0)),
            (3, 0.0, (Some("ad-breaks"), 9.0)),
            (3, 15.0, (Some("ad-breaks"), 9.0)),
            (1, 500.0, (None, 39.0)),
            (2, 500.0, (None, 29.0)),
        ] {
            let found = drop_at(&rows, &rows[dragged], y).expect("it is one of the rows");
            assert_eq!((found.before, found.y), expected, "row {dragged} at {y}");
        }
        assert_eq!(drop_at(&rows, &row("silence", 0, 0.0), 5.0), None);
    }
}
