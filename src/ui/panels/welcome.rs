//! What is shown while nothing is open: what to do, the demo sessions, the recent files.

use eframe::egui::{Align, Button, Frame, Layout, ProgressBar, RichText, ScrollArea, Ui, vec2};

use crate::app::JobKind;
use crate::app::command::Command;
use crate::app::prefs::{BottomTab, Pane};
use crate::store::demo::DEMOS;
use crate::ui::cx::AppCx;
use crate::ui::text::{demo_summary, fill, text};

/// Draws the page.
pub fn welcome_ui(ui: &mut Ui, cx: &AppCx<'_>) {
    ScrollArea::vertical().auto_shrink(false).id_salt("welcome").show(ui, |ui| {
        let width = 560.0_f32.min(ui.available_width() - 24.0);
        let margin = ((ui.available_width() - width) / 2.0).max(0.0);
        ui.add_space((ui.available_height() * 0.1).clamp(8.0, 80.0));
        ui.horizontal(|ui| {
            ui.add_space(margin);
            ui.allocate_ui_with_layout(vec2(width, 0.0), Layout::top_down(Align::Min), |ui| {
                page_ui(ui, cx, width);
            });
        });
    });
}

fn page_ui(ui: &mut Ui, cx: &AppCx<'_>, width: f32) {
    for job in &cx.state.jobs {
        if let JobKind::Open { name, .. } = &job.kind {
            ui.strong(fill("job.open", &[("name", name)]));
            let share = if job.total > 0 { job.done as f32 / job.total as f32 } else { 0.0 };
            ui.add(ProgressBar::new(share.clamp(0.0, 1.0)).desired_width(width));
            ui.add_space(16.0);
        }
    }
    ui.label(RichText::new(text("welcome.title")).heading().strong());
    ui.label(text("welcome.what"));
    ui.add_space(10.0);
    ui.horizontal(|ui| {
        let open = RichText::new(text("command.open")).color(cx.tokens.on_accent).strong();
        let button = Button::new(open).fill(cx.tokens.accent).min_size(vec2(120.0, 30.0));
        if ui.add(button).clicked() {
            cx.push(Command::ChooseFiles);
        }
        ui.weak(text("welcome.or"));
    });
    if !(cx.state.prefs.bottom == BottomTab::Capture && cx.state.prefs.shows(Pane::Bottom)) {
        ui.add_space(6.0);
        ui.horizontal(|ui| {
            if ui.add(Button::new(text("welcome.collect")).min_size(vec2(120.0, 30.0))).clicked() {
                cx.push(Command::StartCollector);
            }
            ui.weak(fill("welcome.collect.what", &[("address", &cx.state.prefs.live.listen)]));
        });
        ui.add_space(6.0);
        ui.horizontal(|ui| {
            if ui.add(Button::new(text("welcome.play")).min_size(vec2(120.0, 30.0))).clicked() {
                cx.push(Command::PlayDemo);
            }
            ui.weak(text("welcome.play.what"));
        });
    }
    ui.add_space(16.0);
    ui.strong(text("welcome.demo"));
    for (number, demo) in DEMOS.iter().enumerate() {
        card_ui(ui, cx, demo_summary(demo), width, Command::OpenDemo(Some(number)));
    }
    if ui.link(text("command.demo.tip")).clicked() {
        cx.push(Command::OpenDemo(None));
    }
    if !cx.state.prefs.recent.is_empty() {
        ui.add_space(16.0);
        ui.strong(text("welcome.recent"));
        for path in &cx.state.prefs.recent {
            if ui.link(path.display().to_string()).clicked() {
                cx.push(Command::Open(vec![path.clone()]));
            }
        }
    }
}

fn card_ui(ui: &mut Ui, cx: &AppCx<'_>, words: &str, width: f32, command: Command) {
    Frame::new().show(ui, |ui| {
        let button = Button::new(words).fill(cx.tokens.panel).min_size(vec2(width, 32.0)).truncate();
        if ui.add(button).clicked() {
            cx.push(command);
        }
    });
}
