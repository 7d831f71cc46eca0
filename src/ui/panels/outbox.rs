//! Sending the shown session again: target, form, dry run, send, results.

use eframe::egui::{
    CollapsingHeader, ComboBox, DragValue, Frame, Grid, Label, Margin, Panel, RichText, ScrollArea, TextEdit,
    Ui, WidgetInfo, accesskit::Role,
};

use super::session_list::title;
use crate::app::command::Command;
use crate::app::sending::{SendForm, Unanswered};
use crate::model::id::SessionId;
use crate::model::session::Session;
use crate::outbox::plan::{PlannedSend, SendMode, TsMode};
use crate::store::loaded::{CaptureId, LoadedCapture};
use crate::ui::cx::AppCx;
use crate::ui::shortcuts::{tip, with_keys};
use crate::ui::text::{counted, fill, grouped, of_reason, of_refusal, text};
use crate::ui::theme::sizes;
use crate::ui::widgets::icon::{Icon, icon};
use crate::ui::widgets::naming::name_edge;
use crate::ui::widgets::time_label;

/// The panel's own state: the form as it is being filled in.
#[derive(Debug, Default)]
pub struct OutboxPanel {
    form: SendForm,
    taken_over: bool,
    /// How often the button that sends has got the focus.
    focus: u64,
    /// The height of what stays below the form, as it was drawn last.
    foot: f32,
}

impl OutboxPanel {
    /// Draws form, plan and results.
    pub fn ui(&mut self, ui: &mut Ui, cx: &AppCx<'_>) {
        if !self.taken_over {
            self.form = cx.state.prefs.sending.clone();
            self.taken_over = true;
        }
        let width = ui.available_width();
        Panel::left("send form")
            .resizable(true)
            .default_size(width * 0.45)
            .size_range(300.0..=(width - 260.0).max(300.0))
            .show(ui, |ui| {
                let Some((loaded, session)) = cx.state.shown_session() else {
                    ui.weak(text("outbox.no-session"));
                    return;
                };
                let room = (ui.available_height() - self.foot).max(0.0);
                let area = ScrollArea::vertical().auto_shrink(false).id_salt("send form");
                area.max_height(room).min_scrolled_height(0.0).show(ui, |ui| {
                    self.form_ui(ui, cx, loaded, session);
                });
                let foot = ui.scope(|ui| self.foot_ui(ui, cx)).response.rect.height();
                let foot = foot + ui.spacing().item_spacing.y;
                // Another height than was left for it.
                if self.foot != foot {
                    self.foot = foot;
                    ui.ctx().request_discard("foot-height");
                }
            });
        name_edge(ui, "send form", "edge.form");
        Frame::new().inner_margin(Margin { left: 8, ..Margin::ZERO }).show(ui, |ui| plan_ui(ui, cx));
    }

    fn form_ui(&mut self, ui: &mut Ui, cx: &AppCx<'_>, loaded: &LoadedCapture, session: &Session) {
        let before = self.form.clone();
        ui.horizontal(|ui| {
            ui.weak(text("outbox.session"));
            ui.add(Label::new(RichText::new(title(session)).strong()).truncate());
        });
        draft_ui(ui, cx, loaded.id, session.id);
        Grid::new("send").num_columns(2).spacing([10.0, 6.0]).show(ui, |ui| {
            fields_ui(ui, &mut self.form);
        });
        if self.form != before {
            cx.push(Command::EditSending(self.form.clone()));
        }
        ui.weak(text("outbox.untouched"));
    }

    /// What is always in view: why nothing is sent, and the buttons.
    fn foot_ui(&mut self, ui: &mut Ui, cx: &AppCx<'_>) {
        let running = cx.state.sending.job.is_some();
        if let Some(refusal) = &cx.state.sending.refusal {
            ui.horizontal_wrapped(|ui| {
                icon(ui, Icon::Error, cx.tokens.error, "");
                ui.label(RichText::new(of_refusal(refusal)).color(cx.tokens.error));
            });
        }
        ui.horizontal(|ui| {
            ui.add_enabled_ui(!running, |ui| {
                if ui.button(text("outbox.dry-run")).on_hover_text(text("outbox.dry-run.tip")).clicked() {
                    cx.push(Command::DryRun);
                }
                let tip = with_keys(ui, text("outbox.send.tip"), "resend");
                let send = ui.button(text("outbox.send")).on_hover_text(tip);
                if send.clicked() {
                    cx.push(Command::Send);
                }
                // A button that rests cannot have the focus yet.
                if self.focus != cx.state.send_focus && !running {
                    self.focus = cx.state.send_focus;
                    send.request_focus();
                }
            });
            if running {
                icon(ui, Icon::Pending, cx.tokens.text_weak, "");
                if ui.button(text("outbox.stop")).clicked() {
                    cx.push(Command::StopSending);
                }
            }
        });
    }
}

/// The fixes that were taken into the draft of the session, and how to take them back.
fn draft_ui(ui: &mut Ui, cx: &AppCx<'_>, capture: CaptureId, session: SessionId) {
    let Some(draft) = cx.state.projects.get(&capture).and_then(|project| project.draft(session)) else {
        return;
    };
    let n_fixes = counted("count.fixes", draft.fixes.len() as u64);
    ui.horizontal_wrapped(|ui| {
        ui.label(fill("outbox.draft", &[("fixes", &n_fixes)])).on_hover_ui(|ui| {
            ui.set_max_width(420.0);
            for taken in draft.fixes.iter().take(MAX_LISTED_FIXES) {
                ui.label(format!("{}: {}", taken.code, taken.fix.title));
            }
        });
        if ui.button(text("command.take-back")).on_hover_text(tip(ui, "take-back")).clicked() {
            cx.push(Command::TakeBack { all: false });
        }
        if ui.button(text("outbox.take-back-all")).clicked() {
            cx.push(Command::TakeBack { all: true });
        }
    });
}

/// So many fixes of a draft are named.
const MAX_LISTED_FIXES: usize = 20;

fn fields_ui(ui: &mut Ui, form: &mut SendForm) {
    let label = ui.label(text("outbox.target"));
    ui.add(TextEdit::singleline(&mut form.target).desired_width(230.0)).labelled_by(label.id);
    ui.end_row();
    let label = ui.label(text("outbox.allow"));
    let edit = TextEdit::singleline(&mut form.allow_host).desired_width(230.0);
    ui.add(edit.hint_text(text("outbox.allow.hint"))).labelled_by(label.id);
    ui.end_row();
    choice_ui(
        ui,
        "outbox.mode",
        &mut form.mode,
        |mode| match mode {
            SendMode::AsCaptured => text("outbox.mode.as-captured"),
            SendMode::Online => text("outbox.mode.online"),
            SendMode::Downloaded => text("outbox.mode.downloaded"),
        },
        &[SendMode::AsCaptured, SendMode::Online, SendMode::Downloaded],
    );
    choice_ui(
        ui,
        "outbox.ts",
        &mut form.ts,
        |ts| match ts {
            TsMode::AsCaptured => text("outbox.ts.as-captured"),
            TsMode::Now => text("outbox.ts.now"),
            TsMode::EndsNow => text("outbox.ts.ends-now"),
        },
        &[TsMode::AsCaptured, TsMode::Now, TsMode::EndsNow],
    );
    choice_ui(
        ui,
        "outbox.pacing",
        &mut form.at_once,
        |at_once| match at_once {
            true => text("outbox.pacing.at-once"),
            false => text("outbox.pacing.as-captured"),
        },
        &[true, false],
    );
    if !form.at_once {
        let label = ui.label(text("outbox.speed"));
        let speed = DragValue::new(&mut form.speed).range(0.1..=10_000.0).speed(0.1).suffix("×");
        ui.add(speed).labelled_by(label.id);
        ui.end_row();
        let label = ui.label(text("outbox.max-gap"));
        let gap = DragValue::new(&mut form.max_gap_secs).range(0.0..=3600.0).suffix(" s");
        ui.add(gap).labelled_by(label.id);
        ui.end_row();
    }
}

fn choice_ui<T: Copy + PartialEq>(
    ui: &mut Ui,
    key: &str,
    value: &mut T,
    words: impl Fn(T) -> &'static str,
    all: &[T],
) {
    ui.label(text(key));
    let combo = ComboBox::from_id_salt(key).selected_text(words(*value)).width(230.0);
    let shown = combo.show_ui(ui, |ui| {
        for choice in all {
            ui.selectable_value(value, *choice, words(*choice));
        }
    });
    shown.response.widget_info(|| WidgetInfo::labeled(Role::ComboBox, true, text(key)));
    ui.end_row();
}

/// The plan with what came of each request.
fn plan_ui(ui: &mut Ui, cx: &AppCx<'_>) {
    let sending = &cx.state.sending;
    let Some(plan) = &sending.plan else {
        ui.vertical_centered(|ui| {
            ui.add_space(16.0);
            ui.weak(text("outbox.no-plan"));
        });
        return;
    };
    let n_sends = plan.sends.len();
    ui.horizontal(|ui| {
        let planned = counted("count.requests", n_sends as u64);
        if sending.dry_run {
            ui.strong(fill("outbox.planned", &[("requests", &planned)]));
        } else {
            let good = sending.results.iter().filter(|result| result.is_success()).count();
            let (done, good) = (grouped(sending.results.len() as u64), grouped(good as u64));
            ui.strong(fill("outbox.sent", &[("done", &done), ("all", &planned), ("good", &good)]));
        }
    });
    ui.spacing_mut().item_spacing.y = 0.0;
    let area = ScrollArea::vertical().auto_shrink(false).id_salt("plan");
    area.show_rows(ui, sizes().row, n_sends, |ui, range| {
        for at in range {
            let Some(send) = plan.sends.get(at) else { continue };
            ui.horizontal(|ui| send_ui(ui, cx, at, send));
        }
    });
}

fn send_ui(ui: &mut Ui, cx: &AppCx<'_>, at: usize, send: &PlannedSend) {
    let sending = &cx.state.sending;
    let result = sending.results.get(at);
    let (symbol, color) = match result {
        Some(result) if result.is_success() => (Icon::Good, cx.tokens.good),
        Some(_) => (Icon::Error, cx.tokens.error),
        None => (Icon::Pending, cx.tokens.text_weak),
    };
    icon(ui, symbol, color, "");
    ui.label(RichText::new(time_label::elapsed(send.at_millis as f64 / 1000.0)).monospace().weak());
    if let Some(result) = result {
        let status = match &result.answer {
            Ok(status) => status.to_string(),
            Err(Unanswered::Failed(_)) => text("outbox.no-answer").to_owned(),
            Err(Unanswered::NotSent(_)) => text("outbox.not-sent").to_owned(),
        };
        ui.label(RichText::new(status).color(color).strong());
    }
    let path = result.map_or_else(|| send.path.with_sid("{sid}"), |result| result.url.clone());
    let events = counted("count.events", send.events.len() as u64);
    let bytes = counted("request.bytes", send.body.len() as u64);
    let mut words = format!("{} {path} · {events} · {bytes}", send.method);
    let said = result.map(|result| match &result.answer {
        Ok(_) => result.message.clone(),
        Err(why) => of_reason(why.reason()),
    });
    if let Some(message) = said.filter(|message| !message.is_empty()) {
        words = format!("{message} · {words}");
    }
    ui.add(Label::new(&words).truncate()).on_hover_ui(|ui| {
        ui.set_max_width(520.0);
        ui.label(&words);
        CollapsingHeader::new(text("request.headers")).default_open(true).show(ui, |ui| {
            for (name, value) in &send.headers {
                ui.label(RichText::new(format!("{name}: {value}")).monospace());
            }
        });
    });
}
