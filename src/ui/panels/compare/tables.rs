//! What two sessions say at their start, and how often what comes in each, as tables.

use eframe::egui::{Align, Label, Layout, RichText, Ui};
use egui_extras::{Column, TableBuilder};

use crate::model::parameter::is_identifying;
use crate::store::comparison::{Comparison, Pings, Side};
use crate::ui::cx::AppCx;
use crate::ui::text::{fill, grouped, text};
use crate::ui::theme::sizes;
use crate::ui::widgets::icon::{ICON_SIZE, Icon, icon};
use crate::ui::widgets::identifying::words;
use crate::ui::widgets::naming::name_edges;
use crate::ui::widgets::time_label;

/// The share of the width that the names get, and no more than so many points.
const NAMES: (f32, f32) = (0.34, 240.0);
/// So much of a value is shown, characters; all of it at the pointer.
const MAX_VALUE_CHARS: usize = 200;

/// A row: the name, and what each of the two has.
type Fact = (String, [Option<String>; 2]);

/// What the starts say.
pub fn metadata_ui(ui: &mut Ui, cx: &AppCx<'_>, comparison: &Comparison, differences_only: bool) {
    if comparison.metadata.is_empty() {
        ui.weak(text("compare.no-start"));
        return;
    }
    let rows = comparison.metadata.iter().filter(|row| !differences_only || row.differs());
    let rows: Vec<Fact> = rows.map(|row| (row.key.clone(), row.values.clone())).collect();
    if rows.is_empty() {
        ui.weak(text("compare.none"));
        return;
    }
    facts_ui(ui, cx, &rows);
}

/// How often what comes.
pub fn cadence_ui(ui: &mut Ui, cx: &AppCx<'_>, comparison: &Comparison) {
    let both = |of: fn(&Side) -> String| comparison.sides.each_ref().map(|side| Some(of(side)));
    let named = |key: &str, values| (text(key).to_owned(), values);
    let mut rows = vec![
        named("session.mode", both(|side| text(&format!("mode.{}", side.mode.name())).to_owned())),
        named("session.ending", both(|side| text(&format!("ending.{}", side.ending.name())).to_owned())),
        named("session.events", both(|side| grouped(side.n_events))),
        named("session.requests", both(|side| grouped(side.n_requests))),
        named("session.duration", both(|side| time_label::length(side.duration_secs))),
        named("compare.farthest", both(|side| seconds(side.farthest_secs))),
        named("compare.main-pings", both(|side| pings_words(&side.main_pings))),
        named("compare.ad-pings", both(|side| pings_words(&side.ad_pings))),
    ];
    for row in &comparison.types {
        let name = row.event_type.map_or(text("compare.unknown-type"), |it| it.name());
        rows.push((name.to_owned(), row.n.map(|n| Some(grouped(n)))));
    }
    facts_ui(ui, cx, &rows);
}

fn facts_ui(ui: &mut Ui, cx: &AppCx<'_>, facts: &[Fact]) {
    let names = (ui.available_width() * NAMES.0).min(NAMES.1);
    let half = ((ui.available_width() - names) / 2.0 - 16.0).max(60.0);
    let salt = ("compared-facts", cx.state.compare.page);
    let table = TableBuilder::new(ui)
        .id_salt(salt)
        .striped(true)
        .auto_shrink(false)
        .min_scrolled_height(0.0)
        .cell_layout(Layout::left_to_right(Align::Center))
        .column(Column::initial(names).at_least(60.0).resizable(true).clip(true))
        .column(Column::initial(half).at_least(60.0).resizable(true).clip(true))
        .column(Column::remainder().clip(true));
    let table = table.header(sizes().row, |mut header| {
        for key in ["compare.what", "compare.first", "compare.second"] {
            header.col(|ui| {
                ui.strong(text(key));
            });
        }
    });
    table.body(|body| {
        body.rows(sizes().row, facts.len(), |mut row| {
            let Some((name, values)) = facts.get(row.index()) else { return };
            let differs = values[0] != values[1];
            row.col(|ui| {
                // A sign and not color alone says that the two differ.
                if differs {
                    icon(ui, Icon::Warn, cx.tokens.warn, text("compare.differs"));
                } else {
                    ui.add_space(ICON_SIZE + ui.spacing().item_spacing.x);
                }
                ui.add(Label::new(RichText::new(name).color(cx.tokens.json_key)).truncate());
            });
            let hides = is_identifying(name);
            for value in values {
                row.col(|ui| value_ui(ui, cx, value.as_deref(), differs, hides));
            }
        });
    });
    name_edges(ui, salt, 2);
}

/// `hides`: a picture does not show it.
fn value_ui(ui: &mut Ui, cx: &AppCx<'_>, value: Option<&str>, differs: bool, hides: bool) {
    let Some(value) = value else {
        ui.weak(text("compare.not-there"));
        return;
    };
    let color = if differs { cx.tokens.warn } else { cx.tokens.text };
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    let short: String = value.chars().take(MAX_VALUE_CHARS).map(plain).collect();
    let shown = words(ui, RichText::new(short).color(color), hides);
    ui.add(Label::new(shown).truncate()).on_hover_text(value);
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
