//! The traces below the plot, each in a row of its own on the plot's time axis.

use std::sync::Arc;

use eframe::egui::accesskit::Role;
use eframe::egui::containers::scroll_area::ScrollSource;
use eframe::egui::{
    Align2, Color32, Mesh, Painter, Rect, Response, ScrollArea, Sense, Shape, Stroke, Ui, WidgetInfo, pos2,
    vec2,
};

use super::crowd::{add_line, is_crowd};
use crate::app::command::Command;
use crate::app::command::traces::TraceCommand;
use crate::app::prefs::ViewPrefs;
use crate::metrics::drawing::{Drawing, Trace};
use crate::metrics::pyramid::{DrawnLine, Point};
use crate::metrics::time_axis::Columns;
use crate::ui::axis_times::AxisTimes;
use crate::ui::cx::{AppCx, SessionCx};
use crate::ui::overlay;
use crate::ui::text::{fill, grouped, text};
use crate::ui::time_input::time_input;
use crate::ui::timeline::layout::{LABEL_MARGIN, TimeScale};
use crate::ui::timeline::paint::{fit, label_font, related_line, view_focus};
use crate::ui::timeline::{GUTTER, cut, label, related_secs, selected_secs, zoom_to_instant};
use crate::ui::widgets::kept::Kept;

/// A row is at least and at most so high: room for a name and a range.
const ROW: (f32, f32) = (28.0, 48.0);
/// The plot keeps at least this height …
const LEAST_PLOT: f32 = 76.0;
/// … and this share of all.
const LEAST_SHARE: f32 = 0.55;
/// A line stays so far from the edges of its row, points.
const MARGIN: f32 = 3.0;
/// The axis of a value that does not change is so high.
const LEAST_RANGE: f64 = 1.0;
/// Events are drawn as dots while they are so many points apart.
const DOT_GAP: f32 = 12.0;
/// A click selects an event this far from it.
const REACH: f32 = 10.0;

/// Heights: of each row, and of all that is seen of them. `n`: number of rows, `height`: of plot and traces.
#[must_use]
pub fn heights(n: usize, height: f32) -> (f32, f32) {
    let room = (height - LEAST_PLOT.max(height * LEAST_SHARE)).max(0.0);
    if n == 0 || room < ROW.0 {
        return (ROW.0, 0.0);
    }
    // As many whole rows as there is room for: none is cut.
    let n_seen = ((room / ROW.0) as usize).min(n) as f32;
    let row = (room / n_seen).min(ROW.1);
    (row, row * n_seen)
}

/// The traces' own state: what was worked out last.
#[derive(Debug, Default)]
pub struct TraceRows {
    shown: Option<Shown>,
}

#[derive(Debug)]
struct Shown {
    drawing: Arc<Drawing>,
    scale: TimeScale,
    traces: Vec<Trace>,
    rows: Vec<Row>,
}

/// A trace with what is drawn of it.
#[derive(Debug)]
pub struct Row {
    /// Which.
    pub trace: Trace,
    /// Its line: at most two points for each point of the screen, and one beyond each edge.
    pub line: DrawnLine,
    /// Its least and greatest value in the visible range.
    pub range: (f64, f64),
    /// Its line as a crowd, as it was drawn last.
    crowd: Kept<(Rect, Color32), Arc<Mesh>>,
}

/// The traces that are chosen and have values, from top to bottom.
#[must_use]
pub fn chosen(drawing: &Drawing, prefs: &ViewPrefs) -> Vec<Trace> {
    let is_chosen = |trace: &Trace| !prefs.hidden_traces.contains(trace);
    let has_values = |trace: &Trace| !drawing.traces.series(*trace).points().is_empty();
    Trace::ALL.into_iter().filter(is_chosen).filter(has_values).collect()
}

/// What is drawn of traces in so many columns, each a point of the screen wide. `last`: rows of the same drawing on the
/// same axis, or none; what is still seen of them stays as it was, unless it was zoomed.
#[must_use]
pub fn rows(drawing: &Drawing, traces: &[Trace], columns: &Columns<'_>, last: &[Row]) -> Vec<Row> {
    let empty = DrawnLine::default();
    let row = |trace: &Trace| {
        let last = last.iter().find(|row| row.trace == *trace).map_or(&empty, |row| &row.line);
        let line = drawing.traces.series(*trace).visible_again(columns, last);
        let range = line.value_range().unwrap_or_default();
        Row { trace: *trace, line, range, crowd: Kept::default() }
    };
    traces.iter().map(row).collect()
}

impl TraceRows {
    /// Draws the rows into the room that is left, and takes their input.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        cx: &SessionCx<'_>,
        drawing: &Arc<Drawing>,
        traces: &[Trace],
        height: f32,
    ) {
        let area = ui.available_rect_before_wrap();
        let left = area.left() + GUTTER;
        let scale = cx.time_scale(left, area.right() - left);
        let same = |last: &Shown| {
            last.scale == scale && last.traces == traces && Arc::ptr_eq(&last.drawing, drawing)
        };
        if !self.shown.as_ref().is_some_and(same) {
            let still = |last: &Shown| Arc::ptr_eq(&last.drawing, drawing) && last.scale.axis == scale.axis;
            let last = self.shown.take().filter(still).map(|last| last.rows).unwrap_or_default();
            let rows = rows(drawing, traces, &scale.columns(scale.width.max(1.0) as usize), &last);
            let (drawing, scale) = (Arc::clone(drawing), scale.clone());
            self.shown = Some(Shown { drawing, scale, traces: traces.to_vec(), rows });
        }
        let Some(shown) = &self.shown else { return };
        // The wheel zooms; rows that do not fit are reached by the bar.
        let scroll = ScrollArea::vertical().id_salt("traces").auto_shrink(false);
        scroll.scroll_source(ScrollSource::SCROLL_BAR).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            for row in &shown.rows {
                let (rect, response) =
                    ui.allocate_exact_size(vec2(area.width(), height), Sense::click_and_drag());
                response.widget_info(|| WidgetInfo::labeled(Role::Canvas, true, summary(cx, drawing, row)));
                row.input(ui, cx, drawing, &response, &scale);
                row.paint(ui, cx, drawing, &response, &scale, rect);
                response.context_menu(|ui| choice_ui(ui, &cx.app));
            }
        });
    }
}

impl Row {
    fn input(&self, ui: &Ui, cx: &SessionCx<'_>, drawing: &Drawing, response: &Response, scale: &TimeScale) {
        if let Some(pointer) = time_input(ui, response, scale, cx) {
            let secs = scale.secs(pointer.x);
            let event = drawing.traces.point_at(self.trace, secs);
            cx.hover(Some(secs), event.and_then(|point| label::event_id(cx, point.position)));
        }
        let Some(pointer) = response.interact_pointer_pos() else { return };
        let point = drawing.traces.point_at(self.trace, scale.secs(pointer.x));
        let near = point.filter(|point| (scale.x(point.time) - pointer.x).abs() <= REACH);
        if response.double_clicked() {
            cx.push(near.map_or(Command::FitAll, |point| zoom_to_instant(scale, point.time)));
        } else if response.clicked() {
            let event = near.and_then(|point| label::event_id(cx, point.position));
            event.into_iter().for_each(|event| cx.select_event(event));
        }
    }

    fn paint(
        &self,
        ui: &Ui,
        cx: &SessionCx<'_>,
        drawing: &Drawing,
        response: &Response,
        scale: &TimeScale,
        rect: Rect,
    ) {
        let tokens = cx.app.tokens;
        let axis = Rect::from_min_max(pos2(scale.left, rect.top()), rect.max);
        let painter = ui.painter().with_clip_rect(axis.intersect(ui.clip_rect()));
        painter.rect_filled(axis, 0, tokens.background);
        painter.hline(axis.x_range(), axis.bottom() - 0.5, Stroke::new(1.0, tokens.border));
        let place = |point: &Point| pos2(scale.x(point.time), self.y(axis, point.value));
        let (low, high) = self.bounds();
        if low <= 0.0 && high >= 0.0 {
            painter.hline(axis.x_range(), self.y(axis, 0.0), Stroke::new(1.0, tokens.grid));
        }
        let line = || self.line.points.iter().map(place);
        if is_crowd(self.line.points.len()) {
            let mesh = || {
                let mut mesh = Mesh::default();
                add_line(&mut mesh, line(), 1.5, tokens.plot_observed);
                Arc::new(mesh)
            };
            painter.add(Shape::mesh(self.crowd.get((axis, tokens.plot_observed), mesh)));
        } else if self.line.points.len() > 1 {
            painter.add(Shape::line(line().collect(), Stroke::new(1.5, tokens.plot_observed)));
        }
        // As in the plot, events are dots while they can be told apart.
        if !self.trace.is_steps() && self.line.points.len() as f32 * DOT_GAP <= axis.width() {
            for dot in line() {
                painter.circle_filled(dot, 2.0, tokens.plot_observed);
            }
        }
        self.paint_gutter(ui, cx, rect);
        cut::paint(&painter, tokens, scale, axis);
        overlay::paint(&painter, cx, scale, axis);
        if let Some(secs) = selected_secs(cx, drawing) {
            painter.vline(scale.x(secs), axis.y_range(), Stroke::new(1.5, tokens.selection_line));
        }
        for secs in related_secs(cx, drawing) {
            related_line(&painter, tokens, scale.x(secs), axis.y_range());
        }
        if let Some(secs) = cx.hovered_secs() {
            painter.vline(scale.x(secs), axis.y_range(), Stroke::new(1.0, tokens.hover_line));
            self.paint_value(&painter, ui, cx, drawing, scale, axis, secs);
        }
        if response.has_focus() {
            view_focus(ui, tokens, axis.intersect(ui.clip_rect()));
        }
    }

    /// Name and range to the left of the row.
    fn paint_gutter(&self, ui: &Ui, cx: &SessionCx<'_>, rect: Rect) {
        let tokens = cx.app.tokens;
        let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
        let right = rect.left() + GUTTER - 2.0 * LABEL_MARGIN;
        let room = GUTTER - 3.0 * LABEL_MARGIN;
        let name = fit(ui, text(name_key(self.trace)), room).unwrap_or_default();
        let range = fit(ui, &range_words(self.trace, self.range), room).unwrap_or_default();
        let middle = pos2(right, rect.center().y);
        painter.text(middle, Align2::RIGHT_BOTTOM, name, label_font(ui), tokens.text);
        painter.text(middle, Align2::RIGHT_TOP, range, label_font(ui), tokens.text_weak);
    }

    #[expect(clippy::too_many_arguments, reason = "all of them are the frame that is being painted")]
    fn paint_value(
        &self,
        painter: &Painter,
        ui: &Ui,
        cx: &SessionCx<'_>,
        drawing: &Drawing,
        scale: &TimeScale,
        axis: Rect,
        secs: f64,
    ) {
        let Some(point) = drawing.traces.point_at(self.trace, secs) else { return };
        let tokens = cx.app.tokens;
        let time = if self.trace.is_steps() { secs } else { point.time };
        let at = pos2(scale.x(time), self.y(axis, point.value));
        painter.circle(at, 3.0, tokens.background, Stroke::new(1.5, tokens.hover_line));
        let said = with_unit(self.trace, &value_words(self.trace, point.value));
        let galley = painter.layout_no_wrap(said, label_font(ui), tokens.text);
        let size = galley.size() + vec2(8.0, 2.0);
        let beside = at.x.max(scale.x(secs)) + 8.0;
        let left =
            if beside + size.x <= axis.right() { beside } else { at.x.min(scale.x(secs)) - 8.0 - size.x };
        let chip = Rect::from_min_size(pos2(left, axis.center().y - size.y / 2.0), size);
        painter.rect_filled(chip, 3, tokens.raised);
        painter.galley(chip.min + vec2(4.0, 1.0), galley, tokens.text);
    }

    /// Least and greatest value of the axis.
    fn bounds(&self) -> (f64, f64) {
        let (least, greatest) = self.range;
        let missing = (LEAST_RANGE - (greatest - least)).max(0.0) / 2.0;
        (least - missing, greatest + missing)
    }

    fn y(&self, axis: Rect, value: f64) -> f32 {
        let (low, high) = self.bounds();
        let share = ((value - low) / (high - low)).clamp(0.0, 1.0) as f32;
        axis.bottom() - MARGIN - share * (axis.height() - 2.0 * MARGIN)
    }
}

/// Which traces are shown, as ticks: in the menu, and on a row or the plot itself.
pub fn choice_ui(ui: &mut Ui, cx: &AppCx<'_>) {
    for trace in Trace::ALL {
        let mut is_shown = !cx.state.prefs.hidden_traces.contains(&trace);
        let name = text(name_key(trace));
        let tip = text(&format!("{}.tip", name_key(trace)));
        if ui.checkbox(&mut is_shown, name).on_hover_text(tip).changed() {
            cx.push(Command::Trace(TraceCommand::Toggle(trace)));
        }
    }
}

/// The key of a trace's name.
#[must_use]
pub const fn name_key(trace: Trace) -> &'static str {
    match trace {
        Trace::Residual => "trace.residual",
        Trace::PingGap => "trace.ping-gap",
        Trace::Delay => "trace.delay",
        Trace::Bitrate => "trace.bitrate",
        Trace::DroppedFrames => "trace.dropped",
    }
}

/// A value without its unit.
fn value_words(trace: Trace, value: f64) -> String {
    match trace {
        Trace::Bitrate | Trace::DroppedFrames => grouped(value.max(0.0) as u64),
        // Adding zero turns -0 into 0.
        _ if value.abs() >= 1000.0 => format!("{:.0}", value.round() + 0.0),
        _ => format!("{:.1}", (value * 10.0).round() / 10.0 + 0.0),
    }
}

/// The unit of a bitrate is what the player took it for, and that of dropped frames is their name.
fn with_unit(trace: Trace, value: &str) -> String {
    if trace.is_steps() { value.to_owned() } else { fill("trace.secs", &[("secs", value)]) }
}

fn range_words(trace: Trace, (least, greatest): (f64, f64)) -> String {
    let (least, greatest) = (value_words(trace, least), value_words(trace, greatest));
    if least == greatest {
        return with_unit(trace, &greatest);
    }
    with_unit(trace, &fill("trace.range", &[("from", &least), ("to", &greatest)]))
}

/// One line that says what a row shows, for those who cannot see it.
fn summary(cx: &SessionCx<'_>, drawing: &Drawing, row: &Row) -> String {
    let said = |value: f64| with_unit(row.trace, &value_words(row.trace, value));
    let (from, to) = (said(row.range.0), said(row.range.1));
    let values = [("name", text(name_key(row.trace))), ("from", &from), ("to", &to)];
    let mut words = fill("trace.summary", &values);
    let hovered = cx.hovered_secs().and_then(|secs| Some((secs, drawing.traces.point_at(row.trace, secs)?)));
    if let Some((secs, point)) = hovered {
        let values = [("at", &*AxisTimes::of(cx).tenths(secs)), ("value", &*said(point.value))];
        words.push_str(&fill("trace.summary.at", &values));
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::drawing::Traces;
    use crate::metrics::pyramid::Series;

    fn drawing(n: u32) -> Drawing {
        let series = |number: usize| {
            let value = |at: u32| f64::from(at % 10) + number as f64;
            let point = |at| Point { time: f64::from(at), value: value(at), kind: 0, position: at };
            Series::new((0..n).map(point).collect())
        };
        Drawing { traces: Traces::new(std::array::from_fn(series)), ..Drawing::default() }
    }

    #[test]
    fn a_million_values_are_two_points_per_pixel_and_ten_are_ten() {
        for (n, least, most) in [(1_000_000, 800, 1_602), (10, 10, 10)] {
            let found = rows(&drawing(n), &Trace::ALL, &Columns::plain(0.0, f64::from(n - 1), 800), &[]);
            assert_eq!(found.len(), 5);
            for (row, number) in found.iter().zip([0.0, 1.0, 2.0, 3.0, 4.0]) {
                assert!(
                    (least..=most).contains(&row.line.points.len()),
                    "{} points of {n}",
                    row.line.points.len()
                );
                assert_eq!(row.range, (number, number + 9.0), "{:?} of {n}", row.trace);
            }
        }
    }

    #[test]
    fn what_is_hidden_or_has_no_values_takes_no_room() {
        let prefs = ViewPrefs { hidden_traces: vec![Trace::Delay], ..ViewPrefs::default() };
        let found = chosen(&drawing(5), &prefs);
        assert_eq!(found, [Trace::Residual, Trace::PingGap, Trace::Bitrate, Trace::DroppedFrames]);
        assert!(chosen(&Drawing::default(), &prefs).is_empty());
    }

    #[test]
    fn the_plot_keeps_at_least_half_and_rows_stay_readable() {
        for n in 0..=5 {
            for height in [60.0, 90.0, 112.0, 175.0, 260.0, 500.0, 1200.0] {
                let (row, all) = heights(n, height);
                assert!((ROW.0..=ROW.1).contains(&row));
                assert!(all <= row * n as f32 && all <= height * 0.5, "{all} of {height}");
                assert!(all == 0.0 || height - all >= LEAST_PLOT);
                let n_seen = all / row;
                assert!((n_seen - n_seen.round()).abs() < 1e-3, "{n_seen} rows are seen of {height}");
            }
        }
        assert_eq!(heights(5, 500.0).1, 225.0);
        assert_eq!(heights(2, 60.0).1, 0.0);
    }

    #[test]
    fn a_value_that_stands_still_is_drawn_in_the_middle_and_lines_stay_inside() {
        let axis = Rect::from_min_max(pos2(0.0, 0.0), pos2(100.0, 40.0));
        let row =
            |range| Row { trace: Trace::Residual, line: DrawnLine::default(), range, crowd: Kept::default() };
        assert_eq!(row((7.0, 7.0)).y(axis, 7.0), 20.0);
        let high = row((0.0, 100.0));
        assert_eq!((high.y(axis, 0.0), high.y(axis, 100.0)), (37.0, 3.0));
        assert_eq!(high.y(axis, 1e12), 3.0);
    }
}
