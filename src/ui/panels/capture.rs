//! The collector: address, what came so far, start and stop, and what it asks before it does something.

use eframe::egui::{
    Button, Frame, Grid, Id, Label, Margin, Modal, Panel, Rect, RichText, ScrollArea, Sense, TextEdit, Ui,
    WidgetInfo, accesskit::Role, vec2,
};

use crate::app::command::Command;
use crate::app::live::{LiveForm, Phase, Question, Running};
use crate::app::prefs::BottomTab;
use crate::store::growing::Tally;
use crate::ui::cx::AppCx;
use crate::ui::text::{counted, fill, grouped, text};
use crate::ui::widgets::icon::{Icon, icon};

/// Side of a module of a QR code, points.
const QR_MODULE: f32 = 4.0;
/// Light modules around a QR code, without which cameras do not find it.
const QR_QUIET: usize = 4;
/// Width of a field of the form, points.
const FIELD_WIDTH: f32 = 230.0;

/// The panel's own state: the form as it is being filled in.
#[derive(Debug, Default)]
pub struct CapturePanel {
    form: LiveForm,
    /// Faults as they are being written: half a word may be another fault.
    faults: String,
    taken_over: bool,
}

impl CapturePanel {
    /// Draws form and state.
    pub fn ui(&mut self, ui: &mut Ui, cx: &AppCx<'_>) {
        if !self.taken_over {
            self.form = cx.state.prefs.live.clone();
            self.faults.clone_from(&self.form.faults);
            self.taken_over = true;
        }
        let width = ui.available_width();
        Panel::left("collector form")
            .resizable(true)
            .default_size(width * 0.42)
            .size_range(300.0..=(width - 260.0).max(300.0))
            .show(ui, |ui| {
                ScrollArea::vertical().auto_shrink(false).id_salt("collector form").show(ui, |ui| {
                    self.form_ui(ui, cx);
                });
            });
        Frame::new().inner_margin(Margin { left: 8, ..Margin::ZERO }).show(ui, |ui| {
            ScrollArea::vertical()
                .auto_shrink(false)
                .id_salt("collector state")
                .show(ui, |ui| state_ui(ui, cx));
        });
    }

    fn form_ui(&mut self, ui: &mut Ui, cx: &AppCx<'_>) {
        let live = &cx.state.live;
        let before = self.form.clone();
        ui.add_enabled_ui(live.phase == Phase::Off, |ui| {
            Grid::new("collector").num_columns(2).spacing([10.0, 6.0]).show(ui, |ui| {
                let label = ui.label(text("capture.listen")).on_hover_text(text("capture.listen.tip"));
                ui.add(TextEdit::singleline(&mut self.form.listen).desired_width(FIELD_WIDTH))
                    .labelled_by(label.id);
                ui.end_row();
                let label = ui.label(text("capture.journal")).on_hover_text(text("capture.journal.tip"));
                let edit = TextEdit::singleline(&mut self.form.journal).desired_width(FIELD_WIDTH);
                ui.add(edit.hint_text(text("capture.journal.hint"))).labelled_by(label.id);
                ui.end_row();
            });
        });
        ui.add_space(4.0);
        ui.horizontal(|ui| {
            let label = ui.label(text("capture.faults")).on_hover_text(text("capture.faults.tip"));
            let edit = TextEdit::singleline(&mut self.faults).hint_text(text("capture.faults.hint"));
            let field = ui.add(edit.desired_width(f32::INFINITY)).labelled_by(label.id);
            if field.lost_focus() {
                self.form.faults.clone_from(&self.faults);
            }
        });
        if let Some(why) = &live.fault_problem {
            ui.label(RichText::new(why).color(cx.tokens.error));
        }
        if self.form != before {
            cx.push(Command::EditLive(self.form.clone()));
        }
        if let Some(problem) = &live.problem {
            ui.horizontal_wrapped(|ui| {
                icon(ui, Icon::Error, cx.tokens.error, "");
                ui.label(RichText::new(problem).color(cx.tokens.error));
            });
        }
        ui.add_space(4.0);
        match &live.phase {
            Phase::Off => {
                let start = RichText::new(text("capture.start")).color(cx.tokens.on_accent).strong();
                let button = Button::new(start).fill(cx.tokens.accent);
                if ui.add(button).on_hover_text(text("command.collector.tip")).clicked() {
                    cx.push(Command::StartCollector);
                }
            }
            Phase::Starting => {
                ui.weak(text("capture.starting"));
            }
            Phase::Running(_) => {
                if ui.button(text("capture.stop")).on_hover_text(text("capture.stop.tip")).clicked() {
                    cx.push(Command::StopCollector);
                }
            }
            Phase::Stopping(_) => {
                ui.weak(text("capture.stopping"));
            }
        }
        ui.add_space(4.0);
        ui.weak(text("capture.promise"));
    }
}

fn state_ui(ui: &mut Ui, cx: &AppCx<'_>) {
    let Some(running) = cx.state.live.running() else {
        ui.vertical_centered(|ui| {
            ui.add_space(16.0);
            ui.weak(text("capture.off"));
        });
        return;
    };
    address_ui(ui, cx, running);
    qr_ui(ui, cx, running);
    let growth = cx.state.capture(running.capture).and_then(|loaded| loaded.growth.as_ref());
    let tally = growth.map_or_else(Tally::default, |growth| growth.tally);
    ui.label(RichText::new(tally_words(tally, cx.state.live.per_second)).strong());
    if !cx.state.live.faults.is_empty() {
        let faults: Vec<String> = cx.state.live.faults.iter().map(ToString::to_string).collect();
        let words = fill("capture.injecting", &[("faults", &faults.join(" "))]);
        ui.label(RichText::new(words).color(cx.tokens.warn));
    }
    let n_aside = growth.map_or(0, |growth| growth.aside.len());
    if n_aside > 0 {
        ui.weak(counted("capture.aside", n_aside as u64)).on_hover_text(text("capture.aside.tip"));
    }
    ui.horizontal_wrapped(|ui| {
        ui.weak(text("capture.journal"));
        ui.add(Label::new(RichText::new(running.journal.display().to_string()).monospace()).truncate());
    });
}

/// The address for players, and in red who else can reach it.
fn address_ui(ui: &mut Ui, cx: &AppCx<'_>, running: &Running) {
    ui.horizontal(|ui| {
        ui.weak(text("capture.address"));
        ui.label(RichText::new(&running.base_url).monospace().strong().size(16.0));
        if ui.button(text("capture.copy")).on_hover_text(text("capture.copy.tip")).clicked() {
            ui.ctx().copy_text(running.base_url.clone());
        }
    });
    if !running.address.ip().is_loopback() {
        ui.horizontal_wrapped(|ui| {
            icon(ui, Icon::Warn, cx.tokens.error, "");
            ui.label(RichText::new(text("capture.exposed")).color(cx.tokens.error).strong());
        });
    }
}

/// The address for the camera of a device, as large as is easily read from a screen.
fn qr_ui(ui: &mut Ui, cx: &AppCx<'_>, running: &Running) {
    let Some(code) = &running.qr else { return };
    let n = code.width + 2 * QR_QUIET;
    let side = n as f32 * QR_MODULE;
    let (rect, response) = ui.allocate_exact_size(vec2(side, side), Sense::hover());
    let painter = ui.painter();
    painter.rect_filled(rect, 0.0, cx.tokens.qr_light);
    for (at, _) in code.dark.iter().enumerate().filter(|(_, dark)| **dark) {
        let place = vec2((at % code.width + QR_QUIET) as f32, (at / code.width + QR_QUIET) as f32);
        let module = Rect::from_min_size(rect.min + place * QR_MODULE, vec2(QR_MODULE, QR_MODULE));
        painter.rect_filled(module, 0.0, cx.tokens.qr_dark);
    }
    let name = fill("capture.qr", &[("address", &running.base_url)]);
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &name));
    response.on_hover_text(name);
}

/// "12 requests · 30 events · 2 sessions · 4 a second".
fn tally_words(tally: Tally, per_second: u64) -> String {
    let counts = [
        counted("count.requests", tally.requests),
        counted("count.events", tally.events),
        counted("count.sessions", tally.sessions),
        fill("capture.per-second", &[("n", &grouped(per_second))]),
    ];
    counts.join(" · ")
}

/// In the bar below: that the collector runs, and where.
pub fn running_ui(ui: &mut Ui, cx: &AppCx<'_>) {
    let Some(running) = cx.state.live.running() else { return };
    if cx.state.live.problem.is_some() {
        let words = RichText::new(text("status.trouble")).color(cx.tokens.error).strong();
        if ui.link(words).on_hover_text(text("status.collecting.tip")).clicked() {
            cx.push(Command::ShowBottom(BottomTab::Capture));
        }
        ui.separator();
    }
    let exposed = !running.address.ip().is_loopback();
    let color = if exposed { cx.tokens.error } else { cx.tokens.accent };
    let tally = cx.state.capture(running.capture).and_then(|loaded| loaded.growth.as_ref());
    let tally = tally.map_or_else(Tally::default, |growth| growth.tally);
    let words = fill(
        if exposed { "status.exposed" } else { "status.collecting" },
        &[("address", &running.base_url), ("requests", &counted("count.requests", tally.requests))],
    );
    let response = ui.link(RichText::new(words).color(color)).on_hover_text(text("status.collecting.tip"));
    if response.clicked() {
        cx.push(Command::ShowBottom(BottomTab::Capture));
    }
    ui.separator();
}

/// Above the views of a session that grows: whether the newest is followed.
pub fn follow_ui(ui: &mut Ui, cx: &AppCx<'_>) {
    let shown = cx.state.shown.is_some_and(|(capture, _)| cx.state.live.grows(capture));
    if !shown {
        return;
    }
    if cx.state.follows() {
        let button = ui.selectable_label(true, text("follow.on")).on_hover_text(text("follow.on.tip"));
        if button.clicked() {
            cx.push(Command::Follow(false));
        }
    } else {
        let resume = RichText::new(text("follow.resume")).color(cx.tokens.on_accent).strong();
        let button = Button::new(resume).fill(cx.tokens.accent);
        if ui.add(button).on_hover_text(text("follow.resume.tip")).clicked() {
            cx.push(Command::Follow(true));
        }
    }
}

/// What must be answered before something is done.
pub fn question_ui(ui: &mut Ui, cx: &AppCx<'_>) {
    let Some(question) = cx.state.live.question else { return };
    let (title, words, yes) = match question {
        Question::Expose(address) => {
            let words = fill("question.expose", &[("address", &address.to_string())]);
            (text("question.expose.title"), words, text("question.expose.yes"))
        }
        Question::Quit => {
            (text("question.quit.title"), text("question.quit").to_owned(), text("question.quit.yes"))
        }
    };
    let modal = Modal::new(Id::unique("question")).show(ui.ctx(), |ui| {
        ui.set_width(420.0);
        ui.label(RichText::new(title).heading().color(cx.tokens.error));
        ui.add_space(4.0);
        ui.label(words);
        ui.add_space(8.0);
        ui.horizontal(|ui| {
            if ui.button(RichText::new(yes).color(cx.tokens.error)).clicked() {
                cx.push(Command::Answer(true));
            }
            if ui.button(text("question.no")).clicked() {
                cx.push(Command::Answer(false));
            }
        });
    });
    if modal.should_close() {
        cx.push(Command::Answer(false));
    }
}
