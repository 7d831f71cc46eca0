//! Edges of panels that can be moved, which the toolkit names in English.

use eframe::egui::{IdSalt, Ui};

use crate::ui::text::text;

/// Names the edge of a panel that was drawn in `ui`, by the key of a text.
pub fn name_edge(ui: &Ui, panel: &str, key: &str) {
    let edge = ui.scope_id().with_salt(IdSalt::new(panel)).with("__resize");
    if ui.ctx().has_accesskit_node(edge) {
        ui.ctx().accesskit_node_builder(edge, |node| node.set_label(text(key)));
    }
}
