//! The fix of a finding, tried on a draft: what it changes, line by line, and what it comes to.

use eframe::egui::{Frame, Id, Margin, Modal, RichText, ScrollArea, Ui};

use crate::app::command::Command;
use crate::app::mending::{FixAnswer, FixView};
use crate::outbox::repair::Offer;
use crate::rules::fix::{Applicability, Fix};
use crate::store::judged::GRAVEST_FIRST;
use crate::ui::cx::AppCx;
use crate::ui::text::{counted, fill, grouped, of_not_offered, text};
use crate::ui::widgets::diff::line_ui;
use crate::ui::widgets::icon::{Icon, icon};
use crate::ui::widgets::markdown::sentence;
use crate::ui::widgets::severity_badge::{counted_severity, severity_icon};

/// Width of the fix, points.
const WIDTH: f32 = 560.0;
/// So high the difference grows before it scrolls, points.
const DIFF_HEIGHT: f32 = 300.0;

/// Draws the fix that is looked at.
pub fn fix_ui(ui: &mut Ui, cx: &AppCx<'_>) {
    let Some(view) = &cx.state.mending.fix else { return };
    let modal = Modal::new(Id::unique("fix")).show(ui.ctx(), |ui| {
        ui.set_width(WIDTH);
        answer_ui(ui, cx, view);
        ui.add_space(4.0);
        ui.horizontal(|ui| {
            let offered = matches!(view.answer, Some(FixAnswer::Offer(_)));
            if offered && ui.button(text("fix.take")).on_hover_text(text("fix.take.tip")).clicked() {
                cx.push(Command::TakeFix);
            }
            if ui.button(text("fix.hide")).clicked() {
                ui.close();
            }
        });
    });
    if modal.should_close() {
        cx.push(Command::HideFix);
    }
}

fn answer_ui(ui: &mut Ui, cx: &AppCx<'_>, view: &FixView) {
    match &view.answer {
        None => {
            ui.weak(text("fix.trying"));
        }
        Some(FixAnswer::NoFix) => {
            ui.label(text("fix.none"));
        }
        Some(FixAnswer::ShownOnly(fix)) => title_ui(ui, cx, fix),
        Some(FixAnswer::NotOffered { fix, why }) => {
            title_ui(ui, cx, fix);
            refusal_ui(ui, cx, &of_not_offered(why));
        }
        Some(FixAnswer::Taken(fix)) => {
            title_ui(ui, cx, fix);
            ui.horizontal_wrapped(|ui| {
                icon(ui, Icon::Good, cx.tokens.good, "");
                ui.label(text("fix.taken"));
            });
        }
        Some(FixAnswer::Failed(why)) => refusal_ui(ui, cx, &fill("fix.failed", &[("why", why)])),
        Some(FixAnswer::Offer(offer)) => {
            title_ui(ui, cx, &offer.fix);
            offer_ui(ui, cx, view, offer);
        }
    }
}

fn title_ui(ui: &mut Ui, cx: &AppCx<'_>, fix: &Fix) {
    ui.label(sentence(ui, cx.tokens, &fix.title, cx.tokens.background));
    let (words, color) = match fix.applicability {
        Applicability::Safe => (text("fix.safe"), cx.tokens.good),
        Applicability::Unsafe => (text("fix.unsafe"), cx.tokens.warn),
        Applicability::ShownOnly => (text("fix.shown-only"), cx.tokens.text_weak),
    };
    ui.label(RichText::new(words).color(color));
}

fn refusal_ui(ui: &mut Ui, cx: &AppCx<'_>, why: &str) {
    ui.horizontal_wrapped(|ui| {
        icon(ui, Icon::Warn, cx.tokens.warn, "");
        ui.label(why);
    });
}

fn offer_ui(ui: &mut Ui, cx: &AppCx<'_>, view: &FixView, offer: &Offer) {
    ui.add_space(4.0);
    Frame::new().fill(cx.tokens.background).inner_margin(Margin::same(6)).corner_radius(4.0).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ScrollArea::vertical().max_height(DIFF_HEIGHT).id_salt("diff").show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.spacing_mut().item_spacing.y = 0.0;
            for (event, lines) in &view.diff {
                ui.weak(fill("fix.event", &[("n", &grouped(u64::from(*event)))]));
                lines.iter().for_each(|line| line_ui(ui, cx.tokens, line));
            }
            let left = offer.changes.len().saturating_sub(view.diff.len());
            if left > 0 {
                ui.weak(counted("fix.more", left as u64));
            }
            if offer.changes.is_empty() {
                ui.weak(text("fix.request"));
            }
        });
    });
    ui.add_space(4.0);
    ui.horizontal_wrapped(|ui| {
        ui.weak(text("fix.comes-to"));
        for severity in GRAVEST_FIRST {
            let (before, after) = (offer.before.of(severity), offer.after.of(severity));
            icon(ui, severity_icon(severity), cx.tokens.severity(severity), "");
            let now = counted_severity(severity, after);
            let words = if before == after {
                now
            } else {
                fill("fix.instead-of", &[("now", &now), ("before", &grouped(before))])
            };
            ui.label(words);
        }
    });
}
