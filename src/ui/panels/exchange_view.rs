//! A request with its response: address, times, headers, bodies.

use eframe::egui::{CollapsingHeader, Grid, Label, RichText, ScrollArea, Ui};

use super::event_detail::{name_ui, name_width};
use super::raw_view::text_ui;
use crate::model::clock::TsMillis;
use crate::model::exchange::Exchange;
use crate::model::id::ExchangeId;
use crate::redact::is_credential;
use crate::store::loaded::{CaptureId, LoadedCapture};
use crate::ui::cx::AppCx;
use crate::ui::text::{counted, fill, grouped, text};
use crate::ui::widgets::identifying::words;
use crate::ui::widgets::time_label;

/// Capture, its numbering, request, and the status of its answer, which may come later.
type ExchangeKey = (CaptureId, u32, ExchangeId, i16);

/// The texts of the request that was last shown.
#[derive(Debug, Default)]
pub struct ExchangeView {
    key: Option<ExchangeKey>,
    url: String,
    request_headers: Vec<(String, String)>,
    answer_headers: Vec<(String, String)>,
    body: Vec<u8>,
    answer: Vec<u8>,
}

impl ExchangeView {
    fn read(&mut self, key: ExchangeKey, exchange: &Exchange<'_>) {
        if self.key == Some(key) {
            return;
        }
        *self = ExchangeView {
            key: Some(key),
            url: exchange.url(),
            request_headers: exchange.request_headers(),
            answer_headers: exchange.answer_headers(),
            body: exchange.body_text().unwrap_or_default().into_owned(),
            answer: exchange.answer_body().into_bytes(),
        };
    }
}

/// Draws a request with its response.
pub fn exchange_ui(
    ui: &mut Ui,
    cx: &AppCx<'_>,
    loaded: &LoadedCapture,
    id: ExchangeId,
    view: &mut ExchangeView,
) {
    let Some(exchange) = loaded.capture.exchange(id) else { return };
    view.read((loaded.id, loaded.numbering(), id, exchange.row().status), &exchange);
    ScrollArea::vertical().auto_shrink(false).id_salt("request").show(ui, |ui| {
        ui.horizontal_wrapped(|ui| {
            ui.label(RichText::new(exchange.method()).strong());
            ui.add(Label::new(RichText::new(&view.url).monospace()).wrap().selectable(true));
        });
        let n_events = exchange.row().n_events;
        let mut words = fill("request.number", &[("n", &grouped(u64::from(id.0)))]);
        words.push_str(&format!(" · {}", counted("count.events", u64::from(n_events))));
        if let Some(at) = exchange.received_at() {
            words.push_str(&format!(" · {} UTC", time_label::utc(TsMillis(at.millis()))));
        }
        ui.weak(words);
        status_ui(ui, cx, &exchange);
        headers_ui(ui, "request.headers", &view.request_headers);
        body_ui(ui, cx, "request.body", &view.body);
        headers_ui(ui, "answer.headers", &view.answer_headers);
        body_ui(ui, cx, "answer.body", &view.answer);
    });
}

fn status_ui(ui: &mut Ui, cx: &AppCx<'_>, exchange: &Exchange<'_>) {
    ui.horizontal(|ui| {
        ui.label(text("answer.title"));
        match exchange.status() {
            Some(status) => {
                let good = (200..400).contains(&status);
                let color = if good { cx.tokens.good } else { cx.tokens.error };
                ui.label(RichText::new(status.to_string()).color(color).strong());
            }
            None => {
                ui.weak(text("answer.none"));
            }
        }
        let millis = exchange.row().answered_after_millis;
        if millis >= 0 {
            ui.weak(fill("answer.after", &[("n", &grouped(u64::from(millis.unsigned_abs())))]));
        }
    });
}

fn headers_ui(ui: &mut Ui, key: &str, headers: &[(String, String)]) {
    let title = format!("{} ({})", text(key), headers.len());
    CollapsingHeader::new(title).id_salt(key).default_open(false).show(ui, |ui| {
        if headers.is_empty() {
            ui.weak(text("request.not-recorded"));
        }
        let most = name_width(ui);
        Grid::new(key).num_columns(2).spacing([10.0, 2.0]).show(ui, |ui| {
            for (name, value) in headers {
                name_ui(ui, most, RichText::new(short(name)).monospace());
                let value = words(ui, RichText::new(short(value)).monospace(), is_credential(name));
                ui.add(Label::new(value).truncate().selectable(true));
                ui.end_row();
            }
        });
    });
}

fn body_ui(ui: &mut Ui, cx: &AppCx<'_>, key: &str, body: &[u8]) {
    let title = format!("{} ({})", text(key), counted("request.bytes", body.len() as u64));
    CollapsingHeader::new(title).id_salt(key).default_open(true).show(ui, |ui| {
        if body.is_empty() {
            ui.weak(text("request.not-recorded"));
            return;
        }
        ui.scope(|ui| {
            ui.set_max_height(180.0);
            text_ui(ui, cx, body, key);
        });
    });
}

/// The beginning of a text in one line.
fn short(text: &str) -> String {
    let mut short: String = text.chars().take(500).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().nth(500).is_some() {
        short.push('…');
    }
    short
}
