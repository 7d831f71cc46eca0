//! What becomes of a session when it is converted: as it is left, converted right.

use eframe::egui::{Align as Side, Label, Layout, RichText, TextStyle, Ui};
use egui_extras::{Column, TableBuilder, TableRow};

use super::{note_ui, push};
use crate::app::command::compare::CompareCommand;
use crate::app::compare::Sides;
use crate::outbox::conversion::{Conversion, MAX_EVENTS, Request, Row};
use crate::outbox::plan::SendMode;
use crate::ui::cx::AppCx;
use crate::ui::text::{counted, fill, grouped, of_refusal, text};
use crate::ui::theme::sizes;
use crate::ui::widgets::diff::side_ui;

/// The view's own state: the event that was scrolled to last.
#[derive(Debug, Default)]
pub struct ConversionView {
    revealed: Option<u32>,
}

impl ConversionView {
    /// Draws the conversion of one of the two.
    pub fn ui(&mut self, ui: &mut Ui, cx: &AppCx<'_>, sides: &Sides, differences_only: bool) {
        if sides.pair().is_some() {
            ui.horizontal(|ui| {
                ui.weak(text("compare.convert"));
                for (first, key) in [(true, "compare.first"), (false, "compare.second")] {
                    if ui.selectable_label(cx.state.compare.converts_first == first, text(key)).clicked() {
                        push(cx, CompareCommand::ConvertFirst(first));
                    }
                }
            });
        }
        match &cx.state.compare.conversion {
            None => {
                ui.weak(text("compare.converting"));
            }
            Some(Err(why)) => {
                note_ui(ui, cx, &fill("compare.not-converted", &[("why", of_refusal(why))]));
            }
            Some(Ok(conversion)) => self.rows_ui(ui, cx, conversion, differences_only),
        }
    }

    fn rows_ui(&mut self, ui: &mut Ui, cx: &AppCx<'_>, conversion: &Conversion, differences_only: bool) {
        ui.label(summary(conversion));
        if conversion.n_left_out > 0 {
            let (n, most) = (grouped(conversion.n_left_out), grouped(MAX_EVENTS as u64));
            ui.weak(fill("compare.left-out.converted", &[("n", &n), ("most", &most)]));
        }
        let n_rows = if differences_only { conversion.differences.len() } else { conversion.rows.len() };
        if n_rows == 0 {
            ui.weak(text("compare.none"));
            return;
        }
        let event = selected_event(cx);
        // Lines of text, not rows of a table.
        let height = ui.text_style_height(&TextStyle::Monospace) + 2.0;
        ui.spacing_mut().item_spacing.y = 0.0;
        let half = (ui.available_width() - ui.spacing().scroll.bar_width - 24.0).max(120.0) / 2.0;
        let mut table = TableBuilder::new(ui)
            .id_salt("converted")
            .auto_shrink(false)
            .min_scrolled_height(0.0)
            .cell_layout(Layout::left_to_right(Side::Center))
            .column(Column::exact(half).clip(true))
            .column(Column::remainder().clip(true));
        if event != self.revealed {
            self.revealed = event;
            let row = event.and_then(|event| conversion.starts.get(event as usize)).copied();
            let row = row.map(|row| match differences_only {
                true => conversion.differences.partition_point(|at| *at < row),
                false => row as usize,
            });
            if let Some(row) = row.filter(|row| *row < n_rows) {
                table = table.scroll_to_row(row, Some(Side::TOP)).animate_scrolling(false);
            }
        }
        let of_event = event.and_then(|event| conversion.rows_of(event));
        let table = table.header(sizes().row, |mut header| {
            for key in ["compare.as-it-is", "compare.converted"] {
                header.col(|ui| {
                    ui.strong(text(key));
                });
            }
        });
        table.body(|body| {
            body.rows(height, n_rows, |mut row| {
                let at = match differences_only {
                    true => conversion.differences.get(row.index()).copied(),
                    false => u32::try_from(row.index()).ok(),
                };
                row.set_selected(at.is_some_and(|at| of_event.as_ref().is_some_and(|of| of.contains(&at))));
                if let Some(found) = at.and_then(|at| conversion.rows.get(at as usize)) {
                    row_ui(&mut row, cx, found);
                }
            });
        });
    }
}

/// The selected event of the converted session, by arrival.
fn selected_event(cx: &AppCx<'_>) -> Option<u32> {
    let (capture, session) = cx.state.compare.converted()?;
    let (of, event) = cx.state.selected_event().filter(|(of, _)| *of == capture)?;
    let loaded = cx.state.capture(of)?;
    let here = loaded.capture.event(event)?.session() == Some(session);
    loaded.places.arrival(event).filter(|_| here)
}

fn row_ui(row: &mut TableRow<'_, '_>, cx: &AppCx<'_>, found: &Row) {
    match found {
        Row::Requests(requests) => {
            for request in requests {
                row.col(|ui| request_ui(ui, request.as_ref()));
            }
        }
        Row::Lines(pair) => {
            row.col(|ui| side_ui(ui, cx.tokens, pair.left.as_ref()));
            row.col(|ui| side_ui(ui, cx.tokens, pair.right.as_ref()));
        }
    }
}

fn request_ui(ui: &mut Ui, request: Option<&Request>) {
    let Some(request) = request else { return };
    let words = format!("{} · {}", request.line, counted("count.events", request.n_events));
    ui.add(Label::new(RichText::new(&words).strong()).truncate()).on_hover_text(&words);
}

/// What becomes of what, in a line.
fn summary(conversion: &Conversion) -> String {
    let to = match conversion.to {
        SendMode::Online => "mode.online",
        SendMode::AsCaptured | SendMode::Downloaded => "mode.downloaded",
    };
    let from = text(&format!("mode.{}", conversion.from.name()));
    let [before, after] = conversion.n_requests.map(|n| counted("compare.requests", n));
    let events = counted("count.events", conversion.n_events);
    let changed = counted("compare.changed", conversion.n_changed);
    let values = [
        ("from", from),
        ("to", text(to)),
        ("before", before.as_str()),
        ("after", after.as_str()),
        ("events", events.as_str()),
        ("changed", changed.as_str()),
    ];
    fill("compare.summary", &values)
}
