//! The names of lanes as buttons: each opens the menu by which its lane is pinned, collapsed and moved.

use eframe::egui::accesskit::Role;
use eframe::egui::{Popup, Rect, Sense, Ui, WidgetInfo};

use super::label::lane_name;
use super::reorder_paint;
use crate::app::command::lanes::LaneCommand;
use crate::app::command::{Command, Direction};
use crate::metrics::drawing::{Drawing, LaneKind};
use crate::ui::cx::SessionCx;
use crate::ui::text::{fill, text};
use crate::ui::timeline::paint;

/// Takes the input of a lane's name, and draws its menu when it is open.
pub fn lane_ui(ui: &Ui, cx: &SessionCx<'_>, drawing: &Drawing, kind: &LaneKind, rect: Rect) {
    let name = kind.name();
    let response = ui.interact(rect, ui.scope_id().with(("lane", &name)), Sense::click());
    let label = fill("timeline.lane.menu", &[("lane", &lane_name(kind))]);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &label));
    if response.has_focus() {
        paint::focus(ui, cx.app.tokens, rect);
    }
    let response = response.on_hover_ui_at_pointer(|ui| match kind {
        LaneKind::Reorder => reorder_paint::legend(ui, cx.app.tokens, &drawing.orders),
        _ => {
            ui.label(&label);
        }
    });
    let prefs = &cx.app.state.prefs.lanes;
    let has = |names: &[String]| names.iter().any(|known| *known == name);
    Popup::menu(&response).show(|ui| {
        let pin = if has(&prefs.pinned) { "timeline.lane.unpin" } else { "timeline.lane.pin" };
        let collapse = if has(&prefs.collapsed) { "timeline.lane.open" } else { "timeline.lane.collapse" };
        let owned = || name.clone().into_owned();
        for (key, command) in [
            (pin, LaneCommand::Pin(owned())),
            (collapse, LaneCommand::Collapse(owned())),
            ("timeline.lane.up", LaneCommand::Move(owned(), Direction::Back)),
            ("timeline.lane.down", LaneCommand::Move(owned(), Direction::Forward)),
        ] {
            if ui.button(text(key)).clicked() {
                cx.push(Command::Lane(command));
            }
        }
    });
}
