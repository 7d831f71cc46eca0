//! Messages of the program: what happened, where, and what to do.

use eframe::egui::{Frame, Label, RichText, Sides, Ui};

use crate::app::command::Command;
use crate::app::notice::{Notice, NoticeKind};
use crate::ui::cx::AppCx;
use crate::ui::text::{fill, text};
use crate::ui::widgets::icon::{Icon, icon};

/// So many are shown at once, the latest first.
const MAX_SHOWN: usize = 3;

/// Draws the latest messages.
pub fn notices_ui(ui: &mut Ui, cx: &AppCx<'_>) {
    for notice in cx.state.notices.iter().rev().take(MAX_SHOWN) {
        notice_ui(ui, cx, notice);
    }
}

fn notice_ui(ui: &mut Ui, cx: &AppCx<'_>, notice: &Notice) {
    let (symbol, color, behind) = match notice.kind {
        NoticeKind::Problem => (Icon::Error, cx.tokens.error, cx.tokens.error_fill),
        NoticeKind::Remark => (Icon::Info, cx.tokens.info, cx.tokens.info_fill),
    };
    // The state knows no texts: it names a format by its word in the JSON report.
    let value = |(name, value): &'_ (&'static str, String)| match *name {
        "format" => (*name, text(&format!("format.{value}")).to_owned()),
        _ => (*name, value.clone()),
    };
    let values: Vec<(&str, String)> = notice.values.iter().map(value).collect();
    let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let what = fill(&format!("notice.{}", notice.key), &values);
    let advice = fill(&format!("notice.{}.do", notice.key), &values);
    Frame::new().fill(behind).inner_margin(6).corner_radius(4).show(ui, |ui| {
        Sides::new().shrink_left().show(
            ui,
            |ui| {
                icon(ui, symbol, color, "");
                ui.vertical(|ui| {
                    ui.spacing_mut().item_spacing.y = 1.0;
                    ui.add(Label::new(RichText::new(&what).color(cx.tokens.text).strong()).truncate());
                    ui.add(Label::new(RichText::new(&advice).color(cx.tokens.text)).truncate());
                });
            },
            |ui| {
                if ui.button(text("notice.dismiss")).clicked() {
                    cx.push(Command::DismissNotice(notice.id));
                }
            },
        );
    });
}
