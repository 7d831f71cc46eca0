//! What is measured on the time axis: the cursors, and the aggregates of the chosen range.

use eframe::egui::{Align, Grid, Label, Layout, RichText, ScrollArea, Ui};

use crate::app::command::Command;
use crate::app::command::marking::MarkingCommand;
use crate::app::command::rows::named;
use crate::app::item::Item;
use crate::app::marking::Cursor;
use crate::metrics::range::{Clocks, RangeTotals};
use crate::ui::axis_times::AxisTimes;
use crate::ui::cx::{AppCx, SessionCx};
use crate::ui::shortcuts::{keys_text, tip};
use crate::ui::text::{counted, fill, grouped, text};
use crate::ui::widgets::severity_badge::{counts_ui, severity_ui};

/// So many rules are listed for a range.
const MOST_RULES: usize = 50;

/// Draws the page.
pub fn measure_ui(ui: &mut Ui, cx: &AppCx<'_>) {
    let Some(session) = SessionCx::new(*cx) else {
        ui.weak(text("measure.no-session"));
        return;
    };
    ui.columns(3, |columns| {
        if let [left, middle, right] = columns {
            column(left, "measure-cursors", |ui| cursors_ui(ui, &session));
            column(middle, "measure-range", |ui| range_ui(ui, &session));
            column(right, "measure-findings", |ui| findings_ui(ui, &session));
        }
    });
}

fn column(ui: &mut Ui, salt: &str, content: impl FnOnce(&mut Ui)) {
    // Columns are justified: that is for buttons, not for text.
    let left = Layout::top_down(Align::Min);
    ScrollArea::vertical().id_salt(salt).auto_shrink(false).show(ui, |ui| ui.with_layout(left, content));
}

fn line(ui: &mut Ui, key: &str, value: &str) {
    ui.weak(text(key)).on_hover_text(text(&format!("{key}.tip")));
    ui.add(Label::new(RichText::new(value).monospace()).selectable(true));
    ui.end_row();
}

/// What to press, in the words of `key`, which has the keys of two commands in it.
fn hint_ui(ui: &mut Ui, key: &str, commands: [&str; 2]) {
    let keys = commands.map(|name| named(name).and_then(|row| keys_text(ui, row)).unwrap_or_default());
    ui.add(Label::new(RichText::new(fill(key, &[("a", &keys[0]), ("b", &keys[1])])).weak()).wrap());
}

fn cursors_ui(ui: &mut Ui, cx: &SessionCx<'_>) {
    // As high as the heads beside it, which have buttons.
    ui.horizontal(|ui| ui.strong(text("measure.cursors")));
    let marking = &cx.app.state.marking;
    if marking.a.is_none() && marking.b.is_none() {
        hint_ui(ui, "measure.cursors.hint", ["cursor-a", "cursor-b"]);
        return;
    }
    Grid::new("measure cursors").num_columns(2).spacing([16.0, 4.0]).show(ui, |ui| {
        for (cursor, key) in [(Cursor::A, "measure.a"), (Cursor::B, "measure.b")] {
            let value = marking.cursor(cursor).map_or("–".to_owned(), |secs| place_words(cx, secs));
            line(ui, key, &value);
        }
        if let Some(clocks) = between(cx) {
            clocks_ui(ui, Some(clocks));
        }
    });
}

fn place_words(cx: &SessionCx<'_>, secs: f64) -> String {
    let playhead = cx.drawing().and_then(|drawing| drawing.playhead.value_at(secs));
    let at = AxisTimes::of(cx).exact(secs);
    match playhead {
        Some(playhead) => fill("measure.place", &[("at", &at), ("playhead", &number(playhead))]),
        None => at,
    }
}

fn clocks_ui(ui: &mut Ui, clocks: Option<Clocks>) {
    let secs = |secs: Option<f64>| secs.map_or("–".to_owned(), |secs| format!("{} s", number(secs)));
    line(ui, "measure.ts", &secs(clocks.map(|clocks| clocks.ts_secs)));
    line(ui, "measure.playhead", &secs(clocks.and_then(|clocks| clocks.playhead_secs)));
    let ratio = clocks.and_then(|clocks| clocks.ratio());
    line(ui, "measure.ratio", &ratio.map_or("–".to_owned(), number));
}

/// From cursor A to cursor B.
fn between(cx: &SessionCx<'_>) -> Option<Clocks> {
    let marking = &cx.app.state.marking;
    Some(Clocks::between(cx.drawing()?, marking.a?, marking.b?))
}

/// What the cursors measure, in one line for the status bar; `None` without both.
#[must_use]
pub fn cursors_line(cx: &SessionCx<'_>) -> Option<String> {
    let clocks = between(cx)?;
    let value = |value: Option<f64>| value.map_or("–".to_owned(), number);
    let values = [
        ("ts", &*number(clocks.ts_secs)),
        ("playhead", &*value(clocks.playhead_secs)),
        ("ratio", &*value(clocks.ratio())),
    ];
    Some(fill("status.cursors", &values))
}

fn range_ui(ui: &mut Ui, cx: &SessionCx<'_>) {
    ui.horizontal_wrapped(|ui| {
        ui.strong(text("measure.range"));
        if cx.app.state.marking.range.is_some() {
            for (key, name, command) in [
                ("measure.zoom", "range-zoom", MarkingCommand::ZoomToRange),
                ("measure.clear", "marking-clear", MarkingCommand::Clear),
            ] {
                if ui.small_button(text(key)).on_hover_text(tip(ui, name)).clicked() {
                    cx.push(Command::Marking(command));
                }
            }
        }
    });
    let marking = &cx.app.state.marking;
    match (&marking.range, &marking.aggregates) {
        (None, _) => hint_ui(ui, "measure.range.hint", ["range-selection", "range-cursors"]),
        (Some(_), None) if marking.failed => drop(ui.label(text("measure.failed"))),
        (Some(_), None) => drop(ui.weak(text("measure.counting"))),
        (Some(_), Some(found)) => totals_ui(ui, cx, &found.totals),
    }
}

fn totals_ui(ui: &mut Ui, cx: &SessionCx<'_>, totals: &RangeTotals) {
    let times = AxisTimes::of(cx);
    let (from, to) = (times.exact(totals.from), times.exact(totals.to));
    let length = number(totals.to - totals.from);
    ui.label(fill("measure.from-to", &[("from", &from), ("to", &to), ("secs", &length)]));
    Grid::new("measure range").num_columns(2).spacing([16.0, 4.0]).show(ui, |ui| {
        line(ui, "measure.events", &grouped(u64::from(totals.n_events)));
        clocks_ui(ui, totals.clocks);
        for (event_type, count) in &totals.types {
            ui.weak(event_type.map_or(text("measure.unknown-type"), |known| known.name()));
            ui.monospace(grouped(u64::from(*count)));
            ui.end_row();
        }
    });
}

/// What was found in the range, by rule.
fn findings_ui(ui: &mut Ui, cx: &SessionCx<'_>) {
    let marking = &cx.app.state.marking;
    let Some(found) = marking.aggregates.as_ref().filter(|_| marking.range.is_some()) else { return };
    ui.horizontal(|ui| {
        let n = found.counts.error + found.counts.warn + found.counts.info;
        ui.strong(counted("count.findings", n));
        counts_ui(ui, cx.app.tokens, found.counts);
    });
    for rule in found.rules.iter().take(MOST_RULES) {
        ui.horizontal(|ui| {
            severity_ui(ui, cx.app.tokens, rule.severity);
            let words = fill("measure.rule", &[("name", rule.name), ("n", &grouped(rule.count))]);
            if ui.link(words).on_hover_text(text("measure.rule.tip")).clicked() {
                cx.push(Command::Select(Item::Finding(cx.loaded.id, rule.first)));
            }
        });
    }
}

/// Seconds or a ratio as exact as `ts` is.
fn number(value: f64) -> String {
    // Adding zero turns -0 into 0.
    format!("{:.3}", (value * 1000.0).round() / 1000.0 + 0.0)
}
