//! The line below: what is open, what runs, and where the pointer is.

use eframe::egui::{Align, Label, Layout, ProgressBar, RichText, Ui};

use super::capture::running_ui;
use super::measure::cursors_line;
use crate::app::command::Command;
use crate::app::{Job, JobKind};
use crate::ui::axis_times::AxisTimes;
use crate::ui::cx::{AppCx, SessionCx};
use crate::ui::text::{counted, fill, text};
use crate::ui::widgets::icon::{Icon, icon};

/// Draws the line.
pub fn status_bar_ui(ui: &mut Ui, cx: &AppCx<'_>) {
    ui.horizontal(|ui| {
        running_ui(ui, cx);
        jobs_ui(ui, cx);
        if cx.state.n_waiting() > 0 {
            ui.label(counted("status.waiting", cx.state.n_waiting() as u64));
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if let Some(session) = SessionCx::new(*cx) {
                let (from, to) = cx.state.seen_secs();
                let times = AxisTimes::of(&session);
                let (from, to) = (times.exact(from.max(0.0)), times.exact(to));
                ui.weak(fill("status.range", &[("from", &from), ("to", &to)]));
                if let Some(words) = cursors_line(&session) {
                    ui.separator();
                    ui.label(words);
                    ui.separator();
                }
                if let Some(secs) = session.hovered_secs() {
                    ui.label(RichText::new(times.exact(secs)).monospace());
                }
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let words = match cx.state.shown_session() {
                    Some((loaded, _)) => {
                        let tally = loaded.tally();
                        fill(
                            "status.capture",
                            &[
                                ("name", loaded.short_name()),
                                ("format", text(&format!("format.{}", loaded.capture.format.name()))),
                                ("events", &counted("count.events", tally.events)),
                                ("requests", &counted("count.requests", tally.requests)),
                                ("sessions", &counted("count.sessions", tally.sessions)),
                            ],
                        )
                    }
                    None => text("status.nothing").to_owned(),
                };
                if let Some(named) = &cx.state.named {
                    let tip = fill("status.project.tip", &[("name", named.place.display().to_string())]);
                    let words = RichText::new(fill("status.project", &[("name", named.name())]));
                    ui.scope(|ui| {
                        ui.set_max_width(ui.available_width() / 2.0);
                        ui.add(Label::new(words).truncate()).on_hover_text(tip);
                    });
                    ui.separator();
                }
                ui.add(Label::new(RichText::new(words).weak()).truncate());
            });
        });
    });
}

fn jobs_ui(ui: &mut Ui, cx: &AppCx<'_>) {
    for job in &cx.state.jobs {
        let words = job_words(cx, job);
        ui.label(&words);
        if job.total > 0 {
            let share = job.done as f32 / job.total as f32;
            ui.add(ProgressBar::new(share.clamp(0.0, 1.0)).desired_width(120.0).show_percentage());
        } else {
            icon(ui, Icon::Pending, cx.tokens.text_weak, "");
        }
        if ui.small_button(text("job.cancel")).on_hover_text(&words).clicked() {
            cx.push(Command::Cancel(job.id));
        }
        ui.separator();
    }
}

/// What a job does.
#[must_use]
pub fn job_words(cx: &AppCx<'_>, job: &Job) -> String {
    match &job.kind {
        JobKind::Open { name, .. } => {
            let short = name.rsplit(['/', '\\']).next().unwrap_or(name);
            fill("job.open", &[("name", short)])
        }
        JobKind::Judge(id) => {
            let name = cx.state.capture(*id).map_or("", |loaded| loaded.short_name());
            fill("job.judge", &[("name", name)])
        }
        JobKind::Settle(_) => text("job.settle").to_owned(),
        JobKind::Send => text("job.send").to_owned(),
    }
}
