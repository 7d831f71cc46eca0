//! The explanation of a finding: its words, its place, what else belongs to it, and the page of its rule.

use eframe::egui::{RichText, ScrollArea, Ui};

use super::findings::place;
use super::mending::MendingPanel;
use crate::app::command::Command;
use crate::app::item::Item;
use crate::rules::finding::Finding;
use crate::rules::rule::{Certainty, RuleMeta};
use crate::store::judged::Judged;
use crate::store::loaded::LoadedCapture;
use crate::ui::cx::AppCx;
use crate::ui::text::{fill, grouped, text};
use crate::ui::widgets::markdown::{markdown_ui, sentence};
use crate::ui::widgets::severity_badge::severity_ui;

/// Draws the explanation of the selected finding.
pub fn explain_ui(
    ui: &mut Ui,
    cx: &AppCx<'_>,
    loaded: &LoadedCapture,
    judged: &Judged,
    selected: Option<u32>,
    mending: &mut MendingPanel,
) {
    let found = selected.and_then(|number| Some((number, judged.finding(number)?)));
    let Some((number, finding)) = found else {
        ui.vertical_centered(|ui| {
            ui.add_space(20.0);
            ui.weak(text("explain.none"));
        });
        return;
    };
    let meta = &finding.rule.meta;
    ScrollArea::vertical().auto_shrink(false).id_salt(("explain", meta.code)).show(ui, |ui| {
        ui.horizontal_wrapped(|ui| {
            severity_ui(ui, cx.tokens, finding.severity);
            ui.label(RichText::new(meta.code).monospace());
            ui.label(RichText::new(meta.name).strong());
            ui.weak(certainty(meta));
        });
        ui.label(sentence(ui, cx.tokens, &finding.message, cx.tokens.background));
        places_ui(ui, cx, loaded, finding);
        mending.ui(ui, cx, loaded, number, finding);
        ui.separator();
        markdown_ui(ui, cx.tokens, meta.docs);
        ui.add_space(8.0);
    });
}

/// Where the finding is, and the events that explain it, as links.
fn places_ui(ui: &mut Ui, cx: &AppCx<'_>, loaded: &LoadedCapture, finding: &Finding) {
    ui.horizontal_wrapped(|ui| {
        ui.weak(place(loaded, finding));
        if let Some(pointer) = finding.pointer.as_ref().filter(|pointer| !pointer.is_empty()) {
            ui.label(RichText::new(pointer).monospace());
        }
        let event = finding.event.and_then(|event| loaded.capture.event(event));
        let offset = finding.offset.or_else(|| {
            event.and_then(|event| event.offset_of(finding.pointer.as_deref().unwrap_or_default()))
        });
        if let Some(offset) = offset {
            let at = loaded.capture.source.place(offset);
            let (line, column) = (grouped(at.line), grouped(at.column));
            ui.weak(fill("explain.at", &[("line", &line), ("column", &column)]));
        }
    });
    for related in &finding.related {
        let index = loaded.places.arrival(related.event).unwrap_or(related.event.0);
        let words = format!("#{} {}", grouped(u64::from(index)), related.message);
        if ui.link(words).clicked() {
            cx.push(Command::Select(Item::Event(loaded.id, related.event)));
        }
    }
}

fn certainty(meta: &RuleMeta) -> &'static str {
    match meta.certainty {
        Some(Certainty::Documented) => text("certainty.documented"),
        Some(Certainty::Observed) => text("certainty.observed"),
        Some(Certainty::Advice) => text("certainty.advice"),
        None => text("certainty.capture"),
    }
}
