//! The clock plot: playhead against `ts`, with where the playhead should be.
//!
//! Both axes are times; x counts seconds since the session's origin and shows what the timeline shows. The toolkit's
//! own zoom, drag and scroll are off: the visible range has one owner. Below it stand [`traces`] on the same axis.

pub mod crowd;
pub mod paint;
pub mod series;
pub mod traces;

use std::ops::RangeInclusive;
use std::sync::Arc;

use eframe::egui::accesskit::Role;
use eframe::egui::{FontId, Pos2, Rect, Response, Sense, Stroke, TextStyle, Ui, WidgetInfo, vec2};
use egui_plot::{AxisHints, GridMark, Plot, PlotPoint, PlotTransform};

use self::crowd::KeptLines;
use self::paint::KeptNames;
use self::series::{Picture, PlotMark, picture, read_out};
use self::traces::TraceRows;
use super::axis_times::AxisTimes;
use super::cx::SessionCx;
use super::overlay;
use super::text::{counted, fill, text};
use super::time_input::time_input;
use super::timeline::layout::TimeScale;
use super::timeline::paint::{related_line, view_focus, width};
use super::timeline::{GUTTER, cut, label, ruler, zoom_to_place};
use crate::app::command::Command;
use crate::app::item::Item;
use crate::app::prefs::AxisClock;
use crate::app::time_view::TimeView;
use crate::metrics::drawing::{Anomaly, AnomalyKind, Drawing, IN_BREAK};
use crate::metrics::time_axis::{Columns, TimeAxis};
use crate::model::machine::Playback;

/// Least distance of grid lines that the toolkit is told, points.
const GRID_GAP: f32 = 8.0;
/// Labels of the time axis lie at least so far apart, as those of the ruler above.
const TIME_LABEL_GAP: f64 = 84.0;
/// Labels of the playhead axis lie at least so far apart.
const PLAYHEAD_LABEL_GAP: f64 = 34.0;
/// A plot of this height has a name under its time axis.
const LABELLED_HEIGHT: f32 = 200.0;
/// A mark or event answers to a click this far from it.
const REACH: f32 = 10.0;

/// The plot's own state: what was drawn last.
#[derive(Debug, Default)]
pub struct ClockPlot {
    shown: Option<Shown>,
    traces: TraceRows,
}

#[derive(Debug)]
struct Shown {
    drawing: Arc<Drawing>,
    view: TimeView,
    axis: Arc<TimeAxis>,
    width: usize,
    picture: Picture,
    crowd: KeptLines,
    names: KeptNames,
}

impl ClockPlot {
    /// Another language is spoken: what was drawn is drawn anew.
    pub fn forget_texts(&mut self) {
        self.shown = None;
    }

    /// Draws the plot into the room that is left, and takes its input.
    pub fn ui(&mut self, ui: &mut Ui, cx: &SessionCx<'_>) {
        let Some(drawing) = cx.drawing() else {
            ui.centered_and_justified(|ui| ui.weak(cx.drawing_words()));
            return;
        };
        if drawing.playhead.points().is_empty() {
            ui.centered_and_justified(|ui| ui.weak(text("plot.empty")));
            return;
        }
        let all = ui.available_size();
        // What is told as a story is told without numbers.
        let is_story = cx.app.state.story.is_open();
        let chosen = if is_story { Vec::new() } else { traces::chosen(drawing, &cx.app.state.prefs) };
        let (row, below) = traces::heights(chosen.len(), all.y);
        let size = vec2(all.x, all.y - below);
        ui.spacing_mut().item_spacing.y = 0.0;
        self.work_out(cx, drawing, (size.x - GUTTER).max(1.0) as usize);
        let Some(shown) = &self.shown else { return };
        let (response, transform) = plot_ui(ui, cx, &shown.picture, &shown.crowd, size);
        let label = || WidgetInfo::labeled(Role::Canvas, true, summary(cx, drawing));
        response.widget_info(label);
        shown.input(ui, cx, &response, &transform);
        shown.paint_over(ui, cx, &response, &transform);
        response.context_menu(|ui| traces::choice_ui(ui, &cx.app));
        if below > 0.0 {
            self.traces.ui(ui, cx, drawing, &chosen, row);
        }
    }

    fn work_out(&mut self, cx: &SessionCx<'_>, drawing: &Arc<Drawing>, width: usize) {
        let (view, axis) = (cx.time_view(), &cx.app.state.axis);
        let still = |last: &Shown| Arc::ptr_eq(&last.drawing, drawing) && Arc::ptr_eq(&last.axis, axis);
        let same = |last: &Shown| still(last) && last.view == view && last.width == width;
        if !self.shown.as_ref().is_some_and(same) {
            let last = self.shown.take().filter(still).map(|last| last.picture).unwrap_or_default();
            let picture = picture(drawing, &Columns::new(axis, view.from, view.to, width), &last);
            let (drawing, axis) = (Arc::clone(drawing), Arc::clone(axis));
            self.shown = Some(Shown {
                drawing,
                view,
                axis,
                width,
                picture,
                crowd: KeptLines::default(),
                names: KeptNames::default(),
            });
        }
    }
}

/// Builds the plot itself.
fn plot_ui(
    ui: &mut Ui,
    cx: &SessionCx<'_>,
    picture: &Picture,
    kept: &KeptLines,
    size: eframe::egui::Vec2,
) -> (Response, PlotTransform) {
    let tokens = cx.app.tokens;
    let view = cx.time_view();
    let font: FontId = TextStyle::Small.resolve(ui.style());
    let times = AxisTimes::of(cx);
    let axis = |hints: AxisHints<'static>, name: &'static str| {
        hints.label(name).tick_label_font(font.clone()).tick_label_color(tokens.text_weak)
    };
    let columns = Columns::new(&cx.app.state.axis, view.from, view.to, (size.x - GUTTER).max(1.0) as usize);
    let labels: Arc<[_]> =
        paint::time_labels(&columns, TIME_LABEL_GAP, &times, |text| width(ui, text)).into();
    // The toolkit leaves out what is wider than its step: whether there is room was decided already.
    let step =
        |label: &str| TIME_LABEL_GAP.max(f64::from(width(ui, label)) + 8.0) * columns.width().unwrap_or(1.0);
    let marks: Vec<GridMark> =
        labels.iter().map(|(at, label)| GridMark { value: *at, step_size: step(label) }).collect();
    let time_label = move |mark: GridMark, _: &RangeInclusive<f64>| {
        let found = labels.binary_search_by(|(at, _)| at.total_cmp(&mark.value));
        found.ok().and_then(|found| labels.get(found)).map_or_else(String::new, |(_, label)| label.clone())
    };
    let playhead_label = |mark: GridMark, _: &RangeInclusive<f64>| ruler::elapsed(mark.value, mark.step_size);
    let base = f64::from(GRID_GAP);
    // The legend lies above the line.
    let (low, high) = picture.playheads;
    let top = high + (high - low) * f64::from(paint::LEGEND_HEIGHT / size.y.max(4.0 * paint::LEGEND_HEIGHT));
    // A low plot needs its height for the line.
    let name = match times.clock() {
        AxisClock::Elapsed => text("plot.axis.elapsed"),
        AxisClock::Utc => text("plot.axis.utc"),
        AxisClock::Local => text("plot.axis.local"),
    };
    let time_name = if size.y >= LABELLED_HEIGHT { name } else { "" };
    let shown = Plot::new("clock-plot")
        .width(size.x)
        .height(size.y)
        .sense(Sense::click_and_drag())
        .allow_zoom(false)
        .allow_drag(false)
        .allow_scroll(false)
        .allow_boxed_zoom(false)
        .allow_axis_zoom_drag(false)
        .allow_double_click_reset(false)
        .auto_bounds(false)
        .show_crosshair(false)
        .show_x(false)
        .show_y(false)
        .grid_spacing(GRID_GAP..=200.0)
        .grid_color(tokens.grid)
        .x_grid_spacer(move |_| marks.clone())
        .y_grid_spacer(move |input| paint::grid(&input, base, PLAYHEAD_LABEL_GAP))
        .custom_x_axes(vec![axis(AxisHints::new_x(), time_name).formatter(time_label)])
        .custom_y_axes(vec![
            axis(AxisHints::new_y(), text("plot.axis.playhead"))
                .formatter(playhead_label)
                .min_thickness(GUTTER),
        ])
        .show(ui, |plot| {
            plot.set_plot_bounds_x(view.from..=view.to);
            plot.set_plot_bounds_y(picture.playheads.0..=top);
            paint::items(plot, tokens, picture, kept);
        });
    (shown.response, shown.transform)
}

impl Shown {
    fn scale(&self, frame: Rect) -> TimeScale {
        let (axis, left, width) = (Arc::clone(&self.axis), frame.left(), frame.width());
        TimeScale { axis, from: self.view.from, to: self.view.to, left, width }
    }

    /// Where a time and a playhead lie.
    fn place(&self, transform: &PlotTransform, secs: f64, playhead: f64) -> Pos2 {
        place(transform, self.axis.to_axis(secs), playhead)
    }

    fn input(&self, ui: &Ui, cx: &SessionCx<'_>, response: &Response, transform: &PlotTransform) {
        let frame = *transform.frame();
        let scale = self.scale(frame);
        if let Some(pointer) = time_input(ui, response, &scale, cx) {
            let secs = scale.secs(pointer.x);
            let event = read_out(&self.drawing, secs).and_then(|found| label::event_id(cx, found.position));
            cx.hover(Some(secs), event);
        }
        let Some(pointer) = response.interact_pointer_pos() else { return };
        let mark = self.mark_at(transform, pointer);
        if response.double_clicked() {
            cx.push(mark.map_or(Command::FitAll, |found| zoom_to_place(&scale, found.time)));
        } else if response.clicked() {
            match mark.map(|found| found.kind) {
                Some(AnomalyKind::Finding(mark)) => {
                    cx.push(Command::Select(Item::Finding(cx.loaded.id, mark.number)));
                }
                _ => self.select_nearest(cx, &scale, pointer.x),
            }
        }
    }

    /// The mark at a place.
    fn mark_at(&self, transform: &PlotTransform, pointer: Pos2) -> Option<&PlotMark> {
        let away = |found: &&PlotMark| place(transform, found.time, found.playhead).distance(pointer);
        let nearest = self.picture.marks.iter().min_by(|a, b| away(a).total_cmp(&away(b)));
        nearest.filter(|found| away(found) <= REACH)
    }

    /// Selects the event whose `ts` is nearest to a place, if it is near enough.
    fn select_nearest(&self, cx: &SessionCx<'_>, scale: &TimeScale, x: f32) {
        let points = self.drawing.playhead.points();
        let after = points.partition_point(|point| point.time <= scale.secs(x));
        let near = points[after.saturating_sub(1)..].iter().take(2);
        let away = |time: f64| (scale.x(time) - x).abs();
        let nearest = near.min_by(|a, b| away(a.time).total_cmp(&away(b.time)));
        let nearest = nearest.filter(|point| away(point.time) <= REACH);
        let event = nearest.and_then(|point| label::event_id(cx, point.position));
        event.into_iter().for_each(|event| cx.select_event(event));
    }

    fn paint_over(&self, ui: &Ui, cx: &SessionCx<'_>, response: &Response, transform: &PlotTransform) {
        let tokens = cx.app.tokens;
        let frame = *transform.frame();
        let painter = ui.painter().with_clip_rect(frame.intersect(ui.clip_rect()));
        let below_legend = Rect { min: frame.min + vec2(0.0, paint::LEGEND_HEIGHT), ..frame };
        cut::paint(&painter, tokens, &self.scale(frame), below_legend);
        paint::legend(&painter, ui, tokens, &legend(cx, &self.picture), frame);
        paint::marks(&painter, ui, tokens, &self.drawing, &self.picture, &self.names, transform);
        overlay::paint(&painter, cx, &self.scale(frame), frame);
        overlay::flags(&painter, cx, &self.scale(frame), frame);
        if let Some(secs) = super::timeline::selected_secs(cx, &self.drawing) {
            let x = self.place(transform, secs, 0.0).x;
            painter.vline(x, frame.y_range(), Stroke::new(1.5, tokens.selection_line));
            let event = cx.selected_event().and_then(|event| cx.event(event));
            if let Some(playhead) = event.and_then(|event| event.playhead()) {
                let at = self.place(transform, secs, playhead.0);
                painter.circle(at, 5.0, tokens.selection_line, Stroke::new(2.0, tokens.background));
            }
        }
        for secs in super::timeline::related_secs(cx, &self.drawing) {
            related_line(&painter, tokens, self.place(transform, secs, 0.0).x, frame.y_range());
        }
        if let Some(secs) = cx.hovered_secs() {
            painter.vline(
                self.place(transform, secs, 0.0).x,
                frame.y_range(),
                Stroke::new(1.0, tokens.hover_line),
            );
            self.read_out_ui(ui, cx, response, transform, secs, &painter, frame);
        }
        if response.has_focus() {
            view_focus(ui, tokens, frame);
        }
    }

    #[expect(clippy::too_many_arguments, reason = "all of them are the frame that is being painted")]
    fn read_out_ui(
        &self,
        ui: &Ui,
        cx: &SessionCx<'_>,
        response: &Response,
        transform: &PlotTransform,
        secs: f64,
        painter: &eframe::egui::Painter,
        frame: Rect,
    ) {
        let Some(found) = read_out(&self.drawing, secs) else { return };
        let at = self.place(transform, secs, found.playhead);
        let said = read_out_text(cx, secs, &found);
        // Elsewhere the line alone is enough.
        if response.contains_pointer() {
            paint::read_out(painter, ui, cx.app.tokens, at, &said, frame);
        } else {
            painter.circle_filled(at, 3.0, cx.app.tokens.hover_line);
        }
    }
}

fn read_out_text(cx: &SessionCx<'_>, secs: f64, found: &series::ReadOut) -> String {
    let name = label::event_at(cx, found.position).map(|event| event.type_name().into_owned());
    let playhead = label::tenths(found.playhead);
    let at = AxisTimes::of(cx).tenths(secs);
    let values = [("at", &*at), ("playhead", &*playhead), ("event", name.as_deref().unwrap_or("?"))];
    let mut said = fill("plot.read-out", &values);
    if let Some(expected) = found.expected {
        // Adding zero turns -0 into 0.
        let difference = format!("{:+.1}", ((found.playhead - expected) * 10.0).round() / 10.0 + 0.0);
        let expected = label::tenths(expected);
        said.push_str(&fill(
            "plot.read-out.expected",
            &[("expected", &expected), ("difference", &difference)],
        ));
    }
    said
}

/// What the colors that are seen mean.
fn legend(cx: &SessionCx<'_>, picture: &Picture) -> Vec<(eframe::egui::Color32, &'static str)> {
    let tokens = cx.app.tokens;
    let playback = [Playback::Starting, Playback::Playing, Playback::Paused, Playback::Buffering];
    let kinds = playback.map(|playback| playback as u8).into_iter().chain([IN_BREAK]);
    let seen = kinds.filter(|kind| picture.runs.iter().any(|run| run.kind == *kind));
    let mut entries: Vec<_> =
        seen.map(|kind| (paint::run_color(tokens, kind), label::playback_name(kind))).collect();
    if !picture.bands.is_empty() {
        entries.push((tokens.plot_expected, text("plot.expected")));
    }
    entries
}

/// One line that says what the plot shows, for those who cannot see it.
fn summary(cx: &SessionCx<'_>, drawing: &Drawing) -> String {
    let (from, to) = cx.app.state.seen_secs();
    let (least, greatest) = drawing.playhead.value_range(from, to).unwrap_or_default();
    let points = counted("plot.n-points", drawing.playhead.points().len() as u64);
    let is_finding = |found: &&Anomaly| matches!(found.kind, AnomalyKind::Finding(_));
    let findings = counted("plot.n-findings", drawing.anomalies.iter().filter(is_finding).count() as u64);
    let (from, to) = (label::tenths(least), label::tenths(greatest));
    fill("plot.summary", &[("points", &points), ("from", &from), ("to", &to), ("findings", &findings)])
}

fn place(transform: &PlotTransform, axis_secs: f64, playhead: f64) -> Pos2 {
    let at = transform.position_from_point(&PlotPoint::new(axis_secs, playhead));
    // Far outside is as good as just outside, and can be painted.
    let near = transform.frame().expand2(vec2(1e4, 1e4));
    at.clamp(near.min, near.max)
}
