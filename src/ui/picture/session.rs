//! A picture of one session: a heading, its timeline, and its clock plot.

use std::sync::Arc;

use eframe::egui::{
    CentralPanel, Context, Frame, Label, Margin, Rect, RichText, Theme, ThemePreference, Ui, UiBuilder, pos2,
    vec2,
};

use super::mask::Masking;
use super::raster::{png, raster};
use super::svg::svg;
use super::{Canvas, Drawn, draw, fonts_of_the_system};
use crate::app::State;
use crate::app::prefs::ThemeVariant;
use crate::model::session::Mode;
use crate::store::picture::{PictureForm, PictureOrder, PictureTheme};
use crate::ui::clock_plot::ClockPlot;
use crate::ui::cx::{AppCx, CommandQueue, SessionCx};
use crate::ui::panels::session_list::title;
use crate::ui::text::{counted, language, speak, text};
use crate::ui::theme;
use crate::ui::timeline::{Timeline, label};
use crate::ui::widgets::time_label;

/// Free room about all.
const MARGIN: i8 = 10;
/// Free room between timeline and plot.
const GAP: f32 = 8.0;
/// The timeline takes at most this share of the height below the heading.
const TIMELINE_SHARE: f32 = 0.62;

/// The picture as a file.
///
/// # Errors
/// When there is nothing to draw, in words.
pub fn session_picture(order: &PictureOrder) -> Result<Vec<u8>, String> {
    let before = language();
    speak(order.language);
    let picture = drawn_and_written(order);
    speak(before);
    picture
}

fn drawn_and_written(order: &PictureOrder) -> Result<Vec<u8>, String> {
    let PictureOrder { loaded, session, drawing, axis, range, .. } = order;
    let state = State::showing(Arc::clone(loaded), *session, Arc::clone(drawing), Arc::clone(axis), *range);
    let commands = CommandQueue::default();
    let app = AppCx {
        state: &state,
        commands: &commands,
        tokens: theme::tokens(theme_of(order), ThemeVariant::Plain),
    };
    let cx = SessionCx::new(app).ok_or_else(|| text("timeline.empty").to_owned())?;
    let mut masking = Masking::new(order.redaction, [&*order.loaded.capture]);
    let heading = Heading::of(&cx, &mut masking);
    let ctx = Context::default();
    let mut drawn = draw_session(&ctx, &cx, order, &heading, &mut masking);
    match order.form {
        PictureForm::Svg => Ok(svg(&drawn, &heading.title, &heading.description).into_bytes()),
        PictureForm::Png => {
            let image = raster(&ctx, &mut drawn, app.tokens.background);
            png(&image).map_err(|error| error.to_string())
        }
    }
}

fn theme_of(order: &PictureOrder) -> Theme {
    match order.theme {
        PictureTheme::Light => Theme::Light,
        PictureTheme::Dark => Theme::Dark,
    }
}

fn draw_session(
    ctx: &Context,
    cx: &SessionCx<'_>,
    order: &PictureOrder,
    heading: &Heading,
    masking: &mut Masking,
) -> Drawn {
    theme::install(ctx);
    fonts_of_the_system(ctx);
    ctx.set_theme(ThemePreference::from(theme_of(order)));
    let size = vec2(f32::from(order.size.width), f32::from(order.size.height));
    let (mut timeline, mut plot) = (Timeline::default(), ClockPlot::default());
    let frame = Frame::new().fill(cx.app.tokens.background).inner_margin(Margin::same(MARGIN));
    draw(ctx, Canvas { size, scale: 1.0 }, masking, |ui| {
        CentralPanel::default().frame(frame).show(ui, |ui| {
            heading.ui(ui, cx);
            views_ui(ui, cx, &mut timeline, &mut plot);
        });
    })
}

fn views_ui(ui: &mut Ui, cx: &SessionCx<'_>, timeline: &mut Timeline, plot: &mut ClockPlot) {
    let room = ui.available_rect_before_wrap();
    let drawing = cx.drawing().map(|drawing| &**drawing);
    let wanted = Timeline::full_height(drawing, &cx.app.state.prefs.lanes);
    let height = wanted.min(room.height() * TIMELINE_SHARE).floor();
    let above = Rect::from_min_size(room.min, vec2(room.width(), height));
    let below = Rect::from_min_max(pos2(room.left(), above.bottom() + GAP), room.max);
    ui.scope_builder(UiBuilder::new().max_rect(above), |ui| timeline.ui(ui, cx));
    ui.scope_builder(UiBuilder::new().max_rect(below), |ui| plot.ui(ui, cx));
}

/// What stands above a picture.
struct Heading {
    title: String,
    facts: String,
    description: String,
}

impl Heading {
    fn of(cx: &SessionCx<'_>, masking: &mut Masking) -> Heading {
        let mut facts = Vec::new();
        let judged = cx.judged();
        let verdict = judged.and_then(|judged| judged.verdict(cx.session.id));
        facts.extend(verdict.map(|it| text(&format!("verdict.{}.words", it.name())).to_owned()));
        facts.extend(cx.times().origin.map(|ts| format!("{} UTC", &time_label::utc(ts)[..])));
        facts.push(counted("count.events", cx.session.len() as u64));
        if cx.session.mode != Mode::Unknown {
            facts.push(text(&format!("mode.{}", cx.session.mode.name())).to_owned());
        }
        facts.push(masking.text(cx.loaded.short_name()));
        let facts = facts.join(" · ");
        let title = masking.text(&title(cx.session));
        let lanes = cx.drawing().map(|drawing| label::summary(cx, drawing)).unwrap_or_default();
        let description = masking.text(&format!("{facts}. {lanes}"));
        Heading { title, facts, description }
    }

    fn ui(&self, ui: &mut Ui, cx: &SessionCx<'_>) {
        ui.add(Label::new(RichText::new(&self.title).heading().color(cx.app.tokens.text)).truncate());
        ui.add(Label::new(RichText::new(&self.facts).color(cx.app.tokens.text_weak)).truncate());
        ui.add_space(GAP);
    }
}
