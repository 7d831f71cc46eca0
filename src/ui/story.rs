//! The story of the shown session: timeline and plot on a scale for presentations, above a bar with the caption.

use eframe::egui::{
    Align, Button, CentralPanel, Frame, Layout, Panel, RichText, ScrollArea, Slider, TextStyle, Ui,
    WidgetInfo, accesskit::Role,
};

use super::clock_plot::ClockPlot;
use super::cx::SessionCx;
use super::panels::session_list::title;
use super::shortcuts::tip;
use super::text::{counted, fill, grouped, language, text, text_in};
use super::timeline::Timeline;
use super::widgets::icon::{Icon, icon};
use super::widgets::severity_badge::severity_icon;
use super::widgets::time_label;
use crate::app::command::Command;
use crate::app::command::story::StoryCommand;
use crate::app::prefs::Language;
use crate::app::story::SPEEDS;
use crate::store::story::{Caption, Topic, Value};

/// So much larger is everything while the story is shown.
pub const SCALE: f32 = 1.25;
/// The bar with the caption: as high whatever the caption, so that nothing jumps, points.
const BAR_HEIGHT: f32 = 174.0;
/// The caption against body text.
const CAPTION_SCALE: f32 = 1.45;
/// The share of the height that the timeline gets, the plot has the rest.
const TIMELINE_SHARE: f32 = 0.5;

/// Draws the story instead of the panels, and lets its time pass.
pub fn story_ui(ui: &mut Ui, cx: &SessionCx<'_>, timeline: &mut Timeline, plot: &mut ClockPlot) {
    let story = &cx.app.state.story;
    if let Some(caption) = story.caption() {
        // Drawn by all views as if the pointer were there.
        cx.hover(Some(story.secs), caption.event);
    }
    if story.playing {
        let secs = f64::from(ui.input(|input| input.stable_dt));
        cx.push(Command::Story(StoryCommand::Tick { secs }));
    }
    let frame = Frame::side_top_panel(ui.style());
    Panel::bottom("story").frame(frame.inner_margin(10)).exact_size(BAR_HEIGHT).show(ui, |ui| bar_ui(ui, cx));
    let middle = Frame::central_panel(ui.style()).fill(cx.app.tokens.background).inner_margin(6);
    CentralPanel::default().frame(middle).show(ui, |ui| {
        ui.add(eframe::egui::Label::new(RichText::new(title(cx.session)).heading()).truncate());
        let height = ui.available_height();
        let most = height * TIMELINE_SHARE;
        let drawing = cx.drawing().map(|drawing| &**drawing);
        let least = Timeline::least_height(drawing, &cx.app.state.prefs.lanes);
        Panel::top("story timeline")
            .resizable(false)
            .exact_size(least.max(most).min(height - 60.0))
            .frame(Frame::NONE)
            .show(ui, |ui| timeline.ui(ui, cx));
        plot.ui(ui, cx);
    });
}

fn bar_ui(ui: &mut Ui, cx: &SessionCx<'_>) {
    let controls = ui.spacing().interact_size.y + 4.0;
    let room = ui.available_height() - controls;
    ScrollArea::vertical().auto_shrink(false).max_height(room).show(ui, |ui| caption_ui(ui, cx));
    ui.horizontal(|ui| controls_ui(ui, cx));
}

fn caption_ui(ui: &mut Ui, cx: &SessionCx<'_>) {
    let Some(caption) = cx.app.state.story.caption() else {
        ui.weak(text("story.waiting"));
        return;
    };
    ui.horizontal(|ui| {
        let tokens = cx.app.tokens;
        let color = match caption.topic {
            Topic::Scene(_) => tokens.text_weak,
            Topic::Fault { severity, .. } => {
                icon(ui, severity_icon(severity), tokens.severity(severity), "");
                tokens.severity(severity)
            }
        };
        ui.label(RichText::new(text(heading(caption))).color(color).strong());
        ui.weak(time_label::elapsed(caption.secs));
    });
    let size = TextStyle::Body.resolve(ui.style()).size * CAPTION_SCALE;
    ui.label(RichText::new(words(caption)).size(size).color(cx.app.tokens.text));
}

fn controls_ui(ui: &mut Ui, cx: &SessionCx<'_>) {
    let story = &cx.app.state.story;
    let wants = |command| cx.push(Command::Story(command));
    let is_at_end = !story.playing && story.at + 1 >= story.n_captions();
    let key = match (story.playing, is_at_end) {
        (true, _) => "story.pause-it",
        (false, true) => "story.again",
        (false, false) => "story.play",
    };
    let play = Button::new(RichText::new(text(key)).strong());
    if ui.add(play).on_hover_text(tip(ui, "story-play")).clicked() {
        wants(StoryCommand::PlayOrPause);
    }
    if step_ui(ui, Icon::Previous, "story-previous", story.at > 0) {
        wants(StoryCommand::Previous);
    }
    let (at, n) = (grouped(story.at as u64 + 1), grouped(story.n_captions() as u64));
    if story.n_captions() > 0 {
        ui.label(fill("story.of", &[("at", &at), ("n", &n)]));
    }
    if step_ui(ui, Icon::Next, "story-next", story.at + 1 < story.n_captions()) {
        wants(StoryCommand::Next);
    }
    ui.separator();
    let mut speed = story.speed;
    let slider = Slider::new(&mut speed, SPEEDS).logarithmic(true).integer().suffix("×");
    let shown = ui.add(slider).on_hover_text(text("story.speed.tip"));
    shown.widget_info(|| WidgetInfo::labeled(Role::Slider, true, text("story.speed")));
    ui.label(text("story.speed"));
    if speed != story.speed {
        wants(StoryCommand::SetSpeed(speed));
    }
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        if ui.button(text("story.leave")).on_hover_text(text("story.leave.tip")).clicked() {
            wants(StoryCommand::Toggle);
        }
    });
}

fn step_ui(ui: &mut Ui, icon: Icon, name: &str, enabled: bool) -> bool {
    super::widgets::icon::icon_button(ui, icon, &tip(ui, name), enabled).clicked()
}

/// What kind of caption it is.
fn heading(caption: &Caption) -> &'static str {
    match caption.topic {
        Topic::Fault { .. } => "story.fault",
        Topic::Scene(key) if key.starts_with("story.share") || key.starts_with("story.verdict") => {
            "story.outcome"
        }
        Topic::Scene(_) => "story.scene",
    }
}

/// The words of a caption in the language of the window.
#[must_use]
pub fn words(caption: &Caption) -> String {
    let key = match caption.topic {
        Topic::Scene(key) => key.to_owned(),
        Topic::Fault { rule, family, .. } => {
            let key = format!("story.rule.{rule}");
            match text_in(language(), &key) {
                Some(_) => key,
                None => format!("story.family.{}", family.name()),
            }
        }
    };
    let values: Vec<(&str, String)> =
        caption.values.iter().map(|(name, value)| (*name, value_words(value))).collect();
    let told = fill(&key, &values);
    let count = caption.values.iter().find_map(|(name, value)| match value {
        Value::Count(n) if *name == "n" => Some(*n),
        _ => None,
    });
    match count.filter(|n| *n > 1 && matches!(caption.topic, Topic::Fault { .. })) {
        Some(n) => format!("{told} ({})", counted("story.times", n)),
        None => told,
    }
}

fn value_words(value: &Value) -> String {
    match value {
        Value::Words(words) => words.clone(),
        Value::Count(n) => grouped(*n),
        Value::Secs(secs) if secs.abs() >= 90.0 => time_label::length(secs.abs()).replace(' ', "\u{a0}"),
        Value::Secs(secs) => format!("{}\u{a0}s", decimal(*secs)),
        Value::Share(share) => format!("{}\u{a0}%", (share * 100.0).round()),
    }
}

/// A number with at most one decimal, as the language writes it.
fn decimal(number: f64) -> String {
    let tenths = (number * 10.0).round() / 10.0;
    let written = format!("{tenths}");
    match language() {
        Language::English => written,
        Language::French => written.replace('.', ","),
    }
}
