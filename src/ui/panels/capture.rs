//! The collector: address, what came so far, start and stop, and what it asks before it does something.

use eframe::egui::{
    Button, Frame, Id, Label, Margin, Modal, Panel, ProgressBar, Rect, RichText, ScrollArea, Sense, Ui,
    WidgetInfo, accesskit::Role, vec2,
};

use super::capture_form::CaptureForm;
use crate::app::command::Command;
use crate::app::live::{Phase, Question, Running, Settling};
use crate::app::prefs::BottomTab;
use crate::model::collecting::Pass;
use crate::store::demo::DEMO_SPEED;
use crate::store::growing::Tally;
use crate::ui::cx::AppCx;
use crate::ui::text::{counted, fill, grouped, text};
use crate::ui::widgets::icon::{Icon, icon};
use crate::ui::widgets::naming::name_edge;

/// Side of a module of a QR code, points.
const QR_MODULE: f32 = 4.0;
/// Light modules around a QR code, without which cameras do not find it.
const QR_QUIET: usize = 4;

/// The panel's own state.
#[derive(Debug, Default)]
pub struct CapturePanel {
    form: CaptureForm,
}

impl CapturePanel {
    /// Draws form and state.
    pub fn ui(&mut self, ui: &mut Ui, cx: &AppCx<'_>) {
        let width = ui.available_width();
        Panel::left("collector form")
            .resizable(true)
            .default_size(width * 0.42)
            .size_range(300.0..=(width - 260.0).max(300.0))
            .show(ui, |ui| {
                ScrollArea::vertical().auto_shrink(false).id_salt("collector form").show(ui, |ui| {
                    // Beside the bar that scrolls.
                    Frame::new().inner_margin(Margin { right: 8, ..Margin::ZERO }).show(ui, |ui| {
                        self.form.ui(ui, cx);
                    });
                });
            });
        name_edge(ui, "collector form", "edge.form");
        Frame::new().inner_margin(Margin { left: 8, ..Margin::ZERO }).show(ui, |ui| {
            ScrollArea::vertical()
                .auto_shrink(false)
                .id_salt("collector state")
                .show(ui, |ui| state_ui(ui, cx));
        });
    }
}

fn state_ui(ui: &mut Ui, cx: &AppCx<'_>) {
    for settling in &cx.state.live.settling {
        settling_ui(ui, cx, settling);
    }
    let Some(running) = cx.state.live.running() else {
        if cx.state.live.settling.is_empty() {
            ui.vertical_centered(|ui| {
                ui.add_space(16.0);
                ui.weak(text("capture.off"));
            });
        }
        return;
    };
    if let Pass::Forward { to, .. } = &running.order.choices.pass {
        ui.add(Label::new(fill("capture.forwarding", &[("url", to)])).truncate());
    }
    address_ui(ui, cx, running);
    facts_ui(ui, cx, running);
    qr_ui(ui, cx, running);
}

/// What came so far, what is injected, and where it is kept.
fn facts_ui(ui: &mut Ui, cx: &AppCx<'_>, running: &Running) {
    let growth = cx.state.capture(running.capture).and_then(|loaded| loaded.growth.as_ref());
    let tally = growth.map_or_else(Tally::default, |growth| growth.tally);
    ui.label(RichText::new(tally_words(tally, cx.state.live.per_second)).strong());
    if running.order.is_demo {
        ui.label(fill("capture.demo.runs", &[("n", &DEMO_SPEED.to_string())]));
    }
    if !cx.state.live.faults.is_empty() {
        let faults: Vec<String> = cx.state.live.faults.iter().map(ToString::to_string).collect();
        let words = fill("capture.injecting", &[("faults", &faults.join(" "))]);
        ui.label(RichText::new(words).color(cx.tokens.warn));
    }
    let n_aside = growth.map_or(0, |growth| growth.aside.len());
    if n_aside > 0 {
        ui.weak(counted("capture.aside", n_aside as u64)).on_hover_text(text("capture.aside.tip"));
    }
    ui.horizontal(|ui| {
        ui.weak(text("capture.journal"));
        let path = running.journal.display().to_string();
        ui.add(Label::new(RichText::new(&path).monospace()).truncate()).on_hover_text(path);
    });
}

/// A run whose collector listens no more, while the rest of it is judged.
fn settling_ui(ui: &mut Ui, cx: &AppCx<'_>, settling: &Settling) {
    ui.label(RichText::new(fill("capture.freed", &[("address", &settling.address.to_string())])).strong());
    let job = cx.state.jobs.iter().find(|job| job.id == settling.job);
    if let Some(job) = job.filter(|job| job.total > 0) {
        ui.horizontal(|ui| {
            ui.label(text("capture.settling")).on_hover_text(text("capture.settling.tip"));
            let share = job.done as f32 / job.total as f32;
            let words = format!("{} / {}", grouped(job.done), grouped(job.total));
            ui.add(ProgressBar::new(share.clamp(0.0, 1.0)).desired_width(160.0).text(words));
        });
    }
}

/// The address for players, the page for devices, and in red who else can reach them.
fn address_ui(ui: &mut Ui, cx: &AppCx<'_>, running: &Running) {
    let is_proxy = matches!(running.order.choices.pass, Pass::Proxy { .. });
    // A device asks for host and port of its proxy.
    let address = match running.base_url.split_once("://") {
        Some((_, address)) if is_proxy => address,
        _ => &running.base_url,
    };
    let words = text(if is_proxy { "capture.proxy-address" } else { "capture.address" });
    ui.horizontal_wrapped(|ui| {
        ui.weak(words);
        ui.label(RichText::new(address).monospace().strong().size(16.0));
        copy_ui(ui, address);
    });
    if let Some(page) = &running.device_page {
        ui.horizontal_wrapped(|ui| {
            ui.weak(text("capture.device-page")).on_hover_text(text("capture.device-page.tip"));
            ui.label(RichText::new(page).monospace());
            copy_ui(ui, page);
        });
    }
    if !running.address.ip().is_loopback() {
        ui.horizontal_wrapped(|ui| {
            icon(ui, Icon::Warn, cx.tokens.error, "");
            ui.label(RichText::new(text("capture.exposed")).color(cx.tokens.error).strong());
        });
    }
}

fn copy_ui(ui: &mut Ui, what: &str) {
    if ui.button(text("capture.copy")).on_hover_text(text("capture.copy.tip")).clicked() {
        ui.ctx().copy_text(what.to_owned());
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
    let coded = running.device_page.as_ref().unwrap_or(&running.base_url);
    let name = fill("capture.qr", &[("address", coded)]);
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
        Question::Quit => quit_words(cx),
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

/// What is lost by leaving: title, words and the answer that loses it.
fn quit_words(cx: &AppCx<'_>) -> (&'static str, String, &'static str) {
    let collects = cx.state.live.phase != Phase::Off;
    let unsaved: Vec<&str> = cx.state.unsaved().map(|loaded| loaded.short_name()).collect();
    let mut words: Vec<String> = Vec::new();
    if collects {
        words.push(text("question.quit").to_owned());
    }
    if !unsaved.is_empty() {
        words.push(fill("question.quit.unsaved", &[("names", unsaved.join(", "))]));
    }
    let words = words.join("\n\n");
    match collects {
        true => (text("question.quit.title"), words, text("question.quit.yes")),
        false => (text("question.quit.unsaved.title"), words, text("question.quit.unsaved.yes")),
    }
}
