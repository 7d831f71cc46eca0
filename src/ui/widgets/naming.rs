//! Names of what the toolkit leaves without one, or names in English, for those who are read the window.

use eframe::egui::{AsIdSalt, IdSalt, Response, Ui, accesskit::Role};

use crate::ui::text::{fill, text};

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

/// Names the edges of the first columns of a table that was drawn, which the toolkit leaves without a name.
pub fn name_edges(ui: &Ui, table: impl AsIdSalt, n_columns: usize) {
    let table = ui.scope_id().with(IdSalt::new(table));
    for at in 0..n_columns {
        ui.ctx().accesskit_node_builder(table.with("resize_column").with(at), |node| {
            node.set_role(Role::Splitter);
            node.set_label(fill("columns.edge", &[("n", &(at + 1).to_string())]));
        });
    }
}
