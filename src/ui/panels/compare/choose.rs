//! Before there are two: how the other session is chosen.

use eframe::egui::{Button, ScrollArea, Ui};

use super::{name_of, note_ui, push};
use crate::app::command::Command;
use crate::app::command::compare::CompareCommand;
use crate::app::compare::First;
use crate::ui::cx::AppCx;
use crate::ui::text::{fill, grouped, text};

/// So many sessions are offered; the list on the left has all.
const MAX_OFFERED: usize = 200;

/// Says how to choose, and offers what there is.
pub fn choose_ui(ui: &mut Ui, cx: &AppCx<'_>, first: &First) {
    if let First::Closed(name) = first {
        note_ui(ui, cx, &fill("compare.closed", &[("name", name)]));
    }
    let n_others = cx.state.comparable().count();
    if n_others == 0 {
        ui.label(text("compare.no-other"));
        ui.weak(text("compare.no-other.do"));
        if ui.button(text("command.open")).on_hover_text(text("command.open.tip")).clicked() {
            cx.push(Command::ChooseFiles);
        }
        return;
    }
    ui.label(text("compare.choose"));
    ui.weak(text("compare.choose.do"));
    ui.add_space(4.0);
    ScrollArea::vertical().auto_shrink(false).id_salt("comparable").show(ui, |ui| {
        for (capture, session) in cx.state.comparable().take(MAX_OFFERED) {
            let name = name_of(cx, (capture, session));
            let response = ui.add(Button::new(&name).truncate());
            if response.clicked() {
                push(cx, CompareCommand::With(capture, session));
            }
        }
        if n_others > MAX_OFFERED {
            ui.weak(fill("compare.more", &[("n", &grouped((n_others - MAX_OFFERED) as u64))]));
        }
    });
}
