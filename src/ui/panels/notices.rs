//! Messages of the program: what happened, where, and what to do.

use eframe::egui::{Align, Frame, Layout, RichText, Ui};

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
    let values: Vec<(&str, &str)> =
        notice.values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    Frame::new().fill(behind).inner_margin(6).corner_radius(4).show(ui, |ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if ui.button(text("notice.dismiss")).clicked() {
                cx.push(Command::DismissNotice(notice.id));
            }
            ui.with_layout(Layout::left_to_right(Align::Center).with_main_wrap(true), |ui| {
                icon(ui, symbol, color, "");
                let what = fill(&format!("notice.{}", notice.key), &values);
                ui.label(RichText::new(what).color(cx.tokens.text).strong());
                let advice = fill(&format!("notice.{}.do", notice.key), &values);
                ui.label(RichText::new(advice).color(cx.tokens.text));
            });
        });
    });
}
