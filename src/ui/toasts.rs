//! Messages of the program at the bottom right: what happened, where, and what to do. They take no room from the panels.

use std::collections::BTreeMap;
use std::time::Duration;

use eframe::egui::{Align2, Area, Frame, Id, Label, Order, RichText, Sides, Ui, vec2};

use super::cx::AppCx;
use super::text::{fill, text};
use super::widgets::icon::{Icon, icon};
use crate::app::command::Command;
use crate::app::notice::{Notice, NoticeKind};

/// So many are shown at once, the latest at the bottom.
const MAX_SHOWN: usize = 3;
/// A remark goes by itself after so long, seconds of the toolkit's time; a problem stays until it is dismissed.
const REMARK_SECS: f64 = 8.0;
/// Width of a message, where the window has that much, points.
const WIDTH: f32 = 380.0;
/// Between the messages and the border, points.
const MARGIN: f32 = 8.0;

/// Since when each message has been seen.
#[derive(Default)]
pub struct Toasts {
    since: BTreeMap<u32, f64>,
}

impl Toasts {
    /// Draws the latest messages, so far above the lower border.
    pub fn ui(&mut self, ui: &Ui, cx: &AppCx<'_>, above: f32) {
        self.since.retain(|id, _| cx.state.notices.iter().any(|notice| notice.id == *id));
        let from = cx.state.notices.len().saturating_sub(MAX_SHOWN);
        let Some(shown) = cx.state.notices.get(from..).filter(|shown| !shown.is_empty()) else { return };
        let now = ui.input(|input| input.time);
        let area = Area::new(Id::unique("toasts"))
            .order(Order::Middle)
            .anchor(Align2::RIGHT_BOTTOM, vec2(-MARGIN, -above - MARGIN));
        let area = area.show(ui.ctx(), |ui| {
            ui.set_width(WIDTH.min(ui.ctx().content_rect().width() - 2.0 * MARGIN));
            ui.spacing_mut().item_spacing.y = 4.0;
            shown.iter().for_each(|notice| toast_ui(ui, cx, notice));
        });
        if area.response.contains_pointer() {
            // Who reads them has time.
            self.since.clear();
        }
        for notice in shown.iter().filter(|notice| notice.kind == NoticeKind::Remark) {
            let left = REMARK_SECS - (now - *self.since.entry(notice.id).or_insert(now));
            if left > 0.0 {
                ui.ctx().request_repaint_after(Duration::from_secs_f64(left));
            } else {
                cx.push(Command::DismissNotice(notice.id));
            }
        }
    }
}

fn toast_ui(ui: &mut Ui, cx: &AppCx<'_>, notice: &Notice) {
    let (symbol, color, behind) = match notice.kind {
        NoticeKind::Problem => (Icon::Error, cx.tokens.error, cx.tokens.error_fill),
        NoticeKind::Remark => (Icon::Info, cx.tokens.info, cx.tokens.info_fill),
    };
    // The state knows no texts: it names a format by its word in the JSON report, work by its name, a reason by its key.
    let value = |(name, value): &'_ (&'static str, String)| match *name {
        "format" => (*name, text(&format!("format.{value}")).to_owned()),
        "work" => (*name, text(&format!("work.{value}")).to_owned()),
        "reason" => (*name, text(value).to_owned()),
        _ => (*name, value.clone()),
    };
    let values: Vec<(&str, String)> = notice.values.iter().map(value).collect();
    let what = fill(&format!("notice.{}", notice.key), &values);
    let advice = fill(&format!("notice.{}.do", notice.key), &values);
    // What is below must not shine through.
    let frame = Frame::popup(ui.style()).inner_margin(0);
    frame.show(ui, |ui| {
        Frame::new().fill(behind).inner_margin(8).corner_radius(4).show(ui, |ui| {
            Sides::new().shrink_left().show(
                ui,
                |ui| {
                    icon(ui, symbol, color, "");
                    ui.vertical(|ui| {
                        ui.spacing_mut().item_spacing.y = 1.0;
                        ui.add(Label::new(RichText::new(&what).color(cx.tokens.text).strong()).wrap());
                        ui.add(Label::new(RichText::new(&advice).color(cx.tokens.text)).wrap());
                    });
                },
                |ui| {
                    if ui.button(text("notice.dismiss")).clicked() {
                        cx.push(Command::DismissNotice(notice.id));
                    }
                },
            );
        });
    });
}
