//! What can be done about a finding: looking at its fix, and ignoring it with a reason.

use eframe::egui::{Button, Frame, Margin, TextEdit, Ui};

use crate::app::command::Command;
use crate::app::mending::Ignore;
use crate::rules::finding::Finding;
use crate::store::loaded::{CaptureId, LoadedCapture};
use crate::store::project::{Ignored, What};
use crate::ui::cx::AppCx;
use crate::ui::text::{fill, grouped, text};

/// The part's own state: the reason that is being typed, and for which finding.
#[derive(Debug, Default)]
pub struct MendingPanel {
    reason: String,
    asking: Option<(CaptureId, u32)>,
}

impl MendingPanel {
    /// Draws what can be done about a finding, and what came of it.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        cx: &AppCx<'_>,
        loaded: &LoadedCapture,
        number: u32,
        finding: &Finding,
    ) {
        let subject = (loaded.id, number);
        ui.horizontal_wrapped(|ui| {
            if can_be_fixed(finding)
                && ui.button(text("fix.show")).on_hover_text(text("fix.show.tip")).clicked()
            {
                cx.push(Command::ShowFix(loaded.id, number));
            }
            let asking = self.asking == Some(subject);
            if ui.add(Button::selectable(asking, text("ignore.button"))).clicked() {
                self.asking = if asking { None } else { Some(subject) };
                self.reason.clear();
            }
        });
        if self.asking == Some(subject) {
            self.ignore_ui(ui, cx, loaded.id, number, finding);
        }
    }

    fn ignore_ui(&mut self, ui: &mut Ui, cx: &AppCx<'_>, capture: CaptureId, number: u32, finding: &Finding) {
        let frame = Frame::new().fill(cx.tokens.background).inner_margin(Margin::same(6)).corner_radius(4.0);
        frame.show(ui, |ui| {
            ui.set_width(ui.available_width());
            let label = ui.label(text("ignore.reason"));
            let field = TextEdit::singleline(&mut self.reason).hint_text(text("ignore.reason.hint"));
            ui.add(field.desired_width(f32::INFINITY)).labelled_by(label.id);
            let mut wanted = None;
            ui.horizontal_wrapped(|ui| {
                if ui.button(text("ignore.finding")).clicked() {
                    wanted = Some(Ignore::Finding(number));
                }
                let rule = fill("ignore.rule", &[("code", finding.rule.meta.code)]);
                if ui.button(rule).clicked() {
                    wanted = Some(Ignore::RuleOf(number));
                }
                if let Some(session) = finding.session
                    && ui.button(text("ignore.session")).clicked()
                {
                    wanted = Some(Ignore::Session(session));
                }
            });
            if let Some(what) = wanted {
                let reason = std::mem::take(&mut self.reason);
                cx.push(Command::Ignore { capture, what, reason });
                self.asking = None;
            }
        });
    }
}

/// What is ignored in a capture, as a menu: each with its reason, and to be heard of again.
pub fn ignored_ui(ui: &mut Ui, cx: &AppCx<'_>, loaded: &LoadedCapture) {
    let Some(project) = cx.state.projects.get(&loaded.id).filter(|project| !project.ignored.is_empty())
    else {
        return;
    };
    let words = fill("ignored.button", &[("n", &grouped(project.ignored.len() as u64))]);
    ui.menu_button(words, |ui| {
        ui.set_max_width(420.0);
        for (number, ignored) in project.ignored.iter().enumerate() {
            ui.horizontal_wrapped(|ui| {
                let again = fill("ignored.again", &[("what", &what_words(ignored))]);
                if ui.button(again).clicked() {
                    cx.push(Command::HearAgain { capture: loaded.id, number });
                    ui.close();
                }
                if !ignored.reason.is_empty() {
                    ui.weak(&ignored.reason);
                }
            });
        }
    });
}

/// True when the rule of a finding may know how to repair it.
#[must_use]
pub fn can_be_fixed(finding: &Finding) -> bool {
    finding.rule.fix.is_some() && finding.session.is_some()
}

/// What is ignored, in a few words.
#[must_use]
pub fn what_words(ignored: &Ignored) -> String {
    match &ignored.what {
        What::Rule { code } => code.clone(),
        What::Session { session } => fill("place.session", &[("n", &session.to_string())]),
        What::Finding { code, event, .. } => match event {
            Some(event) => format!("{code} #{event}"),
            None => code.clone(),
        },
    }
}
