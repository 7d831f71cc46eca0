//! What two sessions say at their start, and how often what comes in each, as tables.

use eframe::egui::{Color32, Grid, RichText, ScrollArea, Ui};

use crate::store::comparison::{Comparison, Pings, Side};
use crate::ui::cx::AppCx;
use crate::ui::text::{fill, grouped, text};
use crate::ui::widgets::time_label;

/// What the starts say.
pub fn metadata_ui(ui: &mut Ui, cx: &AppCx<'_>, comparison: &Comparison, differences_only: bool) {
    let rows: Vec<_> = comparison.metadata.iter().filter(|row| !differences_only || row.differs()).collect();
    if rows.is_empty() {
        ui.weak(text("compare.none"));
        return;
    }
    ScrollArea::both().auto_shrink(false).id_salt("compared metadata").show(ui, |ui| {
        Grid::new("compared metadata").num_columns(3).spacing([14.0, 3.0]).striped(true).show(ui, |ui| {
            head_ui(ui, &["", "compare.first", "compare.second"]);
            for row in rows {
                ui.label(RichText::new(&row.key).monospace().color(cx.tokens.json_key));
                let color = if row.differs() { cx.tokens.warn } else { cx.tokens.text };
                for value in &row.values {
                    value_ui(ui, value.as_deref(), color);
                }
                ui.end_row();
            }
        });
    });
}

fn value_ui(ui: &mut Ui, value: Option<&str>, color: Color32) {
    match value {
        None => {
            ui.weak(text("compare.not-there"));
        }
        Some(value) => {
            let short: String =
                value.chars().take(80).map(|c| if c.is_control() { ' ' } else { c }).collect();
            ui.label(RichText::new(short).monospace().color(color)).on_hover_text(value);
        }
    }
}

/// How often what comes.
pub fn cadence_ui(ui: &mut Ui, cx: &AppCx<'_>, comparison: &Comparison) {
    ScrollArea::both().auto_shrink(false).id_salt("compared cadence").show(ui, |ui| {
        Grid::new("compared cadence").num_columns(3).spacing([14.0, 3.0]).striped(true).show(ui, |ui| {
            head_ui(ui, &["", "compare.first", "compare.second"]);
            let both = |of: fn(&Side) -> String| comparison.sides.each_ref().map(of);
            let facts: [(&str, [String; 2]); 8] = [
                ("session.mode", both(|side| text(&format!("mode.{}", side.mode.name())).to_owned())),
                ("session.ending", both(|side| text(&format!("ending.{}", side.ending.name())).to_owned())),
                ("session.events", both(|side| grouped(side.n_events))),
                ("session.requests", both(|side| grouped(side.n_requests))),
                ("session.duration", both(|side| time_label::length(side.duration_secs))),
                ("compare.farthest", both(|side| seconds(side.farthest_secs))),
                ("compare.main-pings", both(|side| pings_words(&side.main_pings))),
                ("compare.ad-pings", both(|side| pings_words(&side.ad_pings))),
            ];
            for (key, values) in facts {
                fact_ui(ui, cx, text(key), &values);
            }
            for row in &comparison.types {
                let name = row.event_type.map_or(text("compare.unknown-type"), |it| it.name());
                fact_ui(ui, cx, name, &row.n.map(grouped));
            }
        });
    });
}

fn head_ui(ui: &mut Ui, keys: &[&str]) {
    for key in keys {
        ui.strong(if key.is_empty() { "" } else { text(key) });
    }
    ui.end_row();
}

fn fact_ui(ui: &mut Ui, cx: &AppCx<'_>, name: &str, values: &[String; 2]) {
    ui.weak(name);
    let color = if values[0] == values[1] { cx.tokens.text } else { cx.tokens.warn };
    for value in values {
        ui.label(RichText::new(value).color(color));
    }
    ui.end_row();
}

fn seconds(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |secs| format!("{secs:.3} s"))
}

/// Number of pings, and the shortest, middle and longest gap between them.
fn pings_words(pings: &Pings) -> String {
    let gap = |secs: Option<f64>| secs.map_or_else(|| "–".to_owned(), |secs| format!("{secs:.1}"));
    let (shortest, median, longest) =
        (gap(pings.shortest_secs), gap(pings.median_secs), gap(pings.longest_secs));
    let values = [("n", grouped(pings.n)), ("shortest", shortest), ("median", median), ("longest", longest)];
    let values: Vec<(&str, &str)> = values.iter().map(|(key, value)| (*key, value.as_str())).collect();
    fill("compare.pings", &values)
}
