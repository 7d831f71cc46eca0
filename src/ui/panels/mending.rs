//! What is done about a finding: its fix with the difference it makes, and ignoring it with a reason.

use eframe::egui::{Button, Color32, Frame, Label, Margin, RichText, ScrollArea, TextEdit, Ui};

use crate::app::command::Command;
use crate::app::mending::{FixAnswer, FixView, Ignore};
use crate::outbox::diff::{DiffLine, LineKind};
use crate::outbox::repair::Offer;
use crate::rules::finding::{Counts, Finding};
use crate::rules::fix::{Applicability, Fix};
use crate::store::loaded::{CaptureId, LoadedCapture};
use crate::store::project::{Ignored, What};
use crate::ui::cx::AppCx;
use crate::ui::text::{fill, grouped, text};
use crate::ui::widgets::icon::{Icon, icon};

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
        let view = cx.state.mending.fix.as_ref().filter(|view| (view.capture, view.finding) == subject);
        ui.horizontal_wrapped(|ui| {
            let can_be_fixed = finding.rule.fix.is_some() && finding.session.is_some();
            if can_be_fixed && view.is_none() && ui.button(text("fix.show")).clicked() {
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
        if let Some(view) = view {
            fix_ui(ui, cx, view);
        }
    }

    fn ignore_ui(&mut self, ui: &mut Ui, cx: &AppCx<'_>, capture: CaptureId, number: u32, finding: &Finding) {
        framed(ui, cx, |ui| {
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

fn framed(ui: &mut Ui, cx: &AppCx<'_>, add: impl FnOnce(&mut Ui)) {
    let frame = Frame::new().fill(cx.tokens.background).inner_margin(Margin::same(6)).corner_radius(4.0);
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        add(ui);
    });
}

fn fix_ui(ui: &mut Ui, cx: &AppCx<'_>, view: &FixView) {
    framed(ui, cx, |ui| {
        match &view.answer {
            None => {
                ui.weak(text("fix.trying"));
            }
            Some(FixAnswer::NoFix) => {
                ui.weak(text("fix.none"));
            }
            Some(FixAnswer::ShownOnly(fix)) => title_ui(ui, cx, fix),
            Some(FixAnswer::NotOffered { fix, why }) => {
                title_ui(ui, cx, fix);
                refusal_ui(ui, cx, why);
            }
            Some(FixAnswer::Failed(why)) => refusal_ui(ui, cx, why),
            Some(FixAnswer::Offer(offer)) => title_ui(ui, cx, &offer.fix),
        }
        // Above the difference, so that they are seen however long it is.
        ui.horizontal(|ui| {
            let offered = matches!(view.answer, Some(FixAnswer::Offer(_)));
            if offered && ui.button(text("fix.take")).on_hover_text(text("fix.take.tip")).clicked() {
                cx.push(Command::TakeFix);
            }
            if ui.button(text("fix.hide")).clicked() {
                cx.push(Command::HideFix);
            }
        });
        if let Some(FixAnswer::Offer(offer)) = &view.answer {
            offer_ui(ui, cx, view, offer);
        }
    });
}

fn title_ui(ui: &mut Ui, cx: &AppCx<'_>, fix: &Fix) {
    ui.horizontal_wrapped(|ui| {
        ui.label(RichText::new(&fix.title).strong());
        let (words, color) = match fix.applicability {
            Applicability::Safe => (text("fix.safe"), cx.tokens.good),
            Applicability::Unsafe => (text("fix.unsafe"), cx.tokens.warn),
            Applicability::ShownOnly => (text("fix.shown-only"), cx.tokens.text_weak),
        };
        ui.label(RichText::new(words).color(color));
    });
}

fn refusal_ui(ui: &mut Ui, cx: &AppCx<'_>, why: &str) {
    ui.horizontal_wrapped(|ui| {
        icon(ui, Icon::Warn, cx.tokens.warn, "");
        ui.label(why);
    });
}

/// What the fix comes to: findings before and after, and the changed lines.
fn offer_ui(ui: &mut Ui, cx: &AppCx<'_>, view: &FixView, offer: &Offer) {
    let words = fill("fix.counts", &[("before", &counts(&offer.before)), ("after", &counts(&offer.after))]);
    ui.weak(words);
    ScrollArea::vertical().max_height(220.0).id_salt("diff").show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        for (event, lines) in &view.diff {
            ui.weak(fill("fix.event", &[("n", &grouped(u64::from(*event)))]));
            lines.iter().for_each(|line| line_ui(ui, cx, line));
        }
        let left = offer.changes.len().saturating_sub(view.diff.len());
        if left > 0 {
            ui.weak(fill("fix.more", &[("n", &grouped(left as u64))]));
        }
        if offer.changes.is_empty() {
            ui.weak(text("fix.request"));
        }
    });
}

fn counts(counts: &Counts) -> String {
    let values = [counts.error, counts.warn, counts.info].map(grouped);
    fill("fix.count", &[("errors", &values[0]), ("warnings", &values[1]), ("infos", &values[2])])
}

fn line_ui(ui: &mut Ui, cx: &AppCx<'_>, line: &DiffLine) {
    let (sign, color) = match line.kind {
        LineKind::Same => (' ', cx.tokens.text_weak),
        LineKind::Removed => ('-', cx.tokens.error),
        LineKind::Added => ('+', cx.tokens.good),
    };
    let words = RichText::new(format!("{sign} {}", line.text)).monospace().color(color);
    ui.add(Label::new(words.background_color(Color32::TRANSPARENT)).truncate());
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
                let again = fill("ignored.again", &[("what", &what(ignored))]);
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

fn what(ignored: &Ignored) -> String {
    match &ignored.what {
        What::Rule { code } => code.clone(),
        What::Session { session } => fill("place.session", &[("n", &session.to_string())]),
        What::Finding { code, event, .. } => match event {
            Some(event) => format!("{code} #{event}"),
            None => code.clone(),
        },
    }
}
