//! The form of the collector: what it is to be, with what is wrong with a choice beside it.

use eframe::egui::{Align, Button, Id, Label, Layout, RichText, TextEdit, Ui, vec2};

use crate::app::command::Command;
use crate::app::live::{LiveForm, LiveMode, Phase};
use crate::model::collecting::Choice;
use crate::store::demo::DEMO_SPEED;
use crate::ui::cx::AppCx;
use crate::ui::shortcuts::{tip, with_keys};
use crate::ui::text::{fill, of_reason, text};
use crate::ui::widgets::icon::{Icon, icon};

/// Width of what stands in front of a field, points.
const LABEL_WIDTH: f32 = 76.0;

/// The form as it is being filled in.
#[derive(Debug, Default)]
pub struct CaptureForm {
    form: LiveForm,
    /// Faults as they are being written: half a word may be another fault.
    faults: String,
    taken_over: bool,
}

impl CaptureForm {
    /// Draws it.
    pub fn ui(&mut self, ui: &mut Ui, cx: &AppCx<'_>) {
        if !self.taken_over {
            self.form = cx.state.prefs.live.clone();
            self.faults.clone_from(&self.form.faults);
            self.taken_over = true;
        }
        let before = self.form.clone();
        ui.spacing_mut().item_spacing.y = 5.0;
        ui.horizontal(|ui| buttons_ui(ui, cx));
        trouble_ui(ui, cx, None);
        let is_demo = cx.state.live.running().is_some_and(|running| running.order.is_demo);
        // The demo has made choices of its own.
        if !is_demo {
            ui.add_enabled_ui(cx.state.live.phase == Phase::Off, |ui| self.choices_ui(ui, cx));
        }
        self.faults_ui(ui, cx);
        if self.form != before {
            cx.push(Command::EditLive(self.form.clone()));
        }
        ui.weak(text("capture.promise"));
    }

    fn choices_ui(&mut self, ui: &mut Ui, cx: &AppCx<'_>) {
        row_ui(ui, "capture.mode", |ui, _| {
            let modes = [
                (LiveMode::StandIn, "capture.mode.stand-in"),
                (LiveMode::Forward, "capture.mode.forward"),
                (LiveMode::Proxy, "capture.mode.proxy"),
            ];
            for (mode, key) in modes {
                ui.selectable_value(&mut self.form.mode, mode, text(key));
            }
        });
        let form = &mut self.form;
        let what = match form.mode {
            LiveMode::StandIn => "capture.mode.stand-in.what",
            LiveMode::Forward => "capture.mode.forward.what",
            LiveMode::Proxy => "capture.mode.proxy.what",
        };
        // Weak and disabled would be too faint to be read.
        below_ui(ui, |ui| if ui.is_enabled() { ui.weak(text(what)) } else { ui.label(text(what)) });
        match form.mode {
            LiveMode::StandIn => {}
            LiveMode::Forward => {
                field_ui(ui, "capture.forward", &mut form.forward, "capture.forward.hint");
                trouble_ui(ui, cx, Some(Choice::Forward));
            }
            LiveMode::Proxy => {
                field_ui(ui, "capture.opened", &mut form.opened, "capture.opened.hint");
                trouble_ui(ui, cx, Some(Choice::Opened));
                if form.opened.trim().is_empty() {
                    let words = RichText::new(text("capture.opened.none")).color(cx.tokens.warn);
                    below_ui(ui, |ui| ui.label(words));
                }
            }
        }
        field_ui(ui, "capture.listen", &mut form.listen, "capture.listen.hint");
        trouble_ui(ui, cx, Some(Choice::Listen));
        if form.exposed().is_some() && cx.state.live.phase == Phase::Off {
            let words = RichText::new(text("capture.listen.exposed")).color(cx.tokens.error);
            below_ui(ui, |ui| ui.label(words));
        }
        row_ui(ui, "capture.tls", |ui, label| {
            ui.checkbox(&mut form.tls, text("capture.tls.label"))
                .on_hover_text(text("capture.tls.tip"))
                .labelled_by(label);
        });
        trouble_ui(ui, cx, Some(Choice::Authority));
        if form.mode != LiveMode::StandIn {
            field_ui(ui, "capture.trusted", &mut form.trusted, "capture.trusted.hint");
            trouble_ui(ui, cx, Some(Choice::Trusted));
        }
        field_ui(ui, "capture.journal", &mut form.journal, "capture.journal.hint");
        trouble_ui(ui, cx, Some(Choice::Journal));
    }

    fn faults_ui(&mut self, ui: &mut Ui, cx: &AppCx<'_>) {
        if field_ui(ui, "capture.faults", &mut self.faults, "capture.faults.hint") {
            self.form.faults.clone_from(&self.faults);
        }
        if let Some(why) = &cx.state.live.fault_problem {
            below_ui(ui, |ui| ui.label(RichText::new(of_reason(why)).color(cx.tokens.error)));
        }
    }
}

fn buttons_ui(ui: &mut Ui, cx: &AppCx<'_>) {
    match &cx.state.live.phase {
        Phase::Off => {
            let start = RichText::new(text("capture.start")).color(cx.tokens.on_accent).strong();
            let start = ui.add(Button::new(start).fill(cx.tokens.accent));
            if start.on_hover_text(tip(ui, "collector")).clicked() {
                cx.push(Command::StartCollector);
            }
            let tip = fill("capture.demo.tip", &[("n", &DEMO_SPEED.to_string())]);
            if ui.button(text("capture.demo")).on_hover_text(tip).clicked() {
                cx.push(Command::PlayDemo);
            }
        }
        Phase::Starting(_) => {
            ui.weak(text("capture.starting"));
        }
        Phase::Running(_) => {
            if ui
                .button(text("capture.stop"))
                .on_hover_text(with_keys(ui, text("capture.stop.tip"), "collector"))
                .clicked()
            {
                cx.push(Command::StopCollector);
            }
        }
        Phase::Stopping(_) => {
            ui.weak(text("capture.stopping"));
        }
    }
}

/// What is wrong with a choice, or (without one) with the collector as a whole.
fn trouble_ui(ui: &mut Ui, cx: &AppCx<'_>, choice: Option<Choice>) {
    let live = &cx.state.live;
    let refused = live.refused.as_ref().filter(|refused| refused.about == choice);
    let journal = live.problem.as_ref().filter(|_| choice == Some(Choice::Journal));
    for why in refused.map(|refused| &refused.why).into_iter().chain(journal) {
        below_ui(ui, |ui| {
            ui.horizontal_wrapped(|ui| {
                icon(ui, Icon::Error, cx.tokens.error, "");
                ui.label(RichText::new(of_reason(why)).color(cx.tokens.error));
            })
        });
    }
}

/// A field behind its name; true when it was left.
fn field_ui(ui: &mut Ui, key: &str, value: &mut String, hint: &str) -> bool {
    row_ui(ui, key, |ui, label| {
        let hint = if ui.is_enabled() { text(hint) } else { "" };
        let edit = TextEdit::singleline(value).hint_text(hint).desired_width(f32::INFINITY);
        ui.add(edit).labelled_by(label).lost_focus()
    })
}

/// A name, and what stands behind it.
fn row_ui<R>(ui: &mut Ui, key: &str, add: impl FnOnce(&mut Ui, Id) -> R) -> R {
    ui.horizontal(|ui| {
        let size = vec2(LABEL_WIDTH, ui.spacing().interact_size.y);
        let name = ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
            ui.set_min_width(LABEL_WIDTH);
            ui.add(Label::new(text(key)).truncate()).on_hover_text(text(&format!("{key}.tip")))
        });
        add(ui, name.inner.id)
    })
    .inner
}

/// What is said about the row above, under its field.
fn below_ui<R>(ui: &mut Ui, add: impl FnOnce(&mut Ui) -> R) {
    ui.horizontal(|ui| {
        ui.add_space(LABEL_WIDTH + ui.spacing().item_spacing.x);
        ui.vertical(add);
    });
}
