//! Names of what the toolkit leaves without one, or names in English, for those who are read the window.

use eframe::egui::{IdSalt, Response, Ui};

use crate::ui::text::text;

/// Names the edge of a panel that was drawn in `ui`, by the key of a text.
pub fn name_edge(ui: &Ui, panel: &str, key: &str) {
    let edge = ui.scope_id().with_salt(IdSalt::new(panel)).with("__resize");
    if ui.ctx().has_accesskit_node(edge) {
        ui.ctx().accesskit_node_builder(edge, |node| node.set_label(text(key)));
    }
}

/// Names a field in which text is written: its hint is no name, and goes with the first letter.
pub fn name_field(field: &Response, name: &str) {
    field.ctx.accesskit_node_builder(field.id, |node| node.set_label(name));
}
