//! Paints the clock plot: items of the plot, and what lies over them.

use std::ops::Range;
use std::sync::Arc;

use eframe::egui::{Color32, Painter, Pos2, Rect, Shape, Stroke, Ui, pos2, vec2};
use egui_plot::{
    FilledArea, GridInput, GridMark, Line, LineStyle, PlotBounds, PlotPoints, PlotTransform, PlotUi, Points,
};

use super::crowd::{CrowdedLines, KeptLines, is_crowd};
use super::series::{Box4, Picture, PlotMark, marked, place_names};
use crate::metrics::drawing::{Anomaly, AnomalyKind, Drawing, IN_BREAK};
use crate::metrics::drift::JumpKind;
use crate::metrics::time_axis::Columns;
use crate::model::machine::Playback;
use crate::ui::axis_times::AxisTimes;
use crate::ui::text::text;
use crate::ui::theme::Tokens;
use crate::ui::timeline::paint::{label_font, mark, severity};
use crate::ui::timeline::ruler;
use crate::ui::widgets::kept::Kept;

/// Height of the legend, in which no name of a finding stands.
pub const LEGEND_HEIGHT: f32 = 20.0;

/// Of so many things that one mark stands for the names are looked at.
const MOST_NAMED: usize = 64;
/// The mark of a jump is a ring that is so thick, points.
const RING: f32 = 1.5;
/// Marks of jumps that are nearer than this are a crowd, points.
const CROWD: f32 = 7.0;

/// The color of a piece of the observed line.
#[must_use]
pub fn run_color(tokens: &Tokens, kind: u8) -> Color32 {
    match kind {
        kind if kind == Playback::Playing as u8 => tokens.plot_observed,
        kind if kind == Playback::Paused as u8 => tokens.plot_paused,
        kind if kind == Playback::Buffering as u8 => tokens.plot_buffering,
        IN_BREAK => tokens.plot_ad,
        _ => tokens.plot_starting,
    }
}

/// The name of an anomaly: of its rule, or of what the playhead did.
#[must_use]
pub fn anomaly_name(kind: AnomalyKind) -> &'static str {
    match kind {
        AnomalyKind::Finding(mark) => mark.name,
        AnomalyKind::Jump(jump) => text(match jump {
            JumpKind::Seek => "plot.jump.seek",
            JumpKind::Drift => "plot.jump.drift",
            JumpKind::Reset => "plot.jump.reset",
            JumpKind::Stuck => "plot.jump.stuck",
            JumpKind::UnitError => "plot.jump.unit",
            JumpKind::MidnightWrap => "plot.jump.midnight",
            JumpKind::Hole => "plot.jump.hole",
        }),
    }
}

/// The name of a mark: of all kinds that it stands for, the gravest first.
#[must_use]
pub fn mark_name(marked: &[Anomaly], mark: &PlotMark) -> String {
    // Texts are looked up for the few kinds, and not for every anomaly.
    let mut kinds = vec![mark.kind];
    for found in marked.iter().take(MOST_NAMED) {
        if !kinds.iter().any(|kind| have_one_name(*kind, found.kind)) {
            kinds.push(found.kind);
        }
    }
    let names: Vec<_> = kinds.into_iter().map(anomaly_name).collect();
    match names[..] {
        [only] if mark.count > 1 => format!("{only} ×{}", mark.count),
        [only] => only.to_owned(),
        [first, second] => format!("{first}, {second}"),
        [first, second, ref others @ ..] => format!("{first}, {second} +{}", others.len()),
        [] => String::new(),
    }
}

fn have_one_name(kind: AnomalyKind, other: AnomalyKind) -> bool {
    match (kind, other) {
        (AnomalyKind::Finding(mark), AnomalyKind::Finding(other)) => mark.name == other.name,
        (AnomalyKind::Jump(jump), AnomalyKind::Jump(other)) => jump == other,
        _ => false,
    }
}

fn anomaly_color(tokens: &Tokens, kind: AnomalyKind) -> Color32 {
    match kind {
        AnomalyKind::Finding(mark) => tokens.severity(severity(mark.rank)),
        AnomalyKind::Jump(_) => tokens.text_weak,
    }
}

/// Adds bands, lines and dots to the plot; `kept` is of the same picture.
pub fn items<'a>(plot: &mut PlotUi<'a>, tokens: &'a Tokens, picture: &'a Picture, kept: &'a KeptLines) {
    if is_crowd(picture.n_points()) {
        return plot.add(CrowdedLines::new(picture, kept, tokens));
    }
    for band in &picture.bands {
        plot.add(area(tokens, picture, band.clone()));
    }
    for band in &picture.bands {
        let line = Line::new("expected", PlotPoints::from(picture.expected[band.clone()].to_vec()));
        let line = line.color(tokens.plot_expected).width(1.0).allow_hover(false);
        plot.line(line.style(LineStyle::dashed_loose()));
    }
    for run in &picture.runs {
        let line = Line::new("observed", PlotPoints::from(picture.observed[run.points.clone()].to_vec()));
        // There are at most two points a pixel already, and bands would fill the corners of jumps.
        let line = line.allow_band(false).allow_hover(false);
        plot.line(line.color(run_color(tokens, run.kind)).width(2.0));
    }
    if !picture.dots.is_empty() {
        let dots = Points::new("events", PlotPoints::from(picture.dots.clone()));
        plot.points(dots.color(tokens.plot_observed).radius(2.5).allow_hover(false));
    }
}

fn area(tokens: &Tokens, picture: &Picture, band: Range<usize>) -> FilledArea {
    let (mut times, mut low, mut high) = (Vec::new(), Vec::new(), Vec::new());
    for ([time, playhead], tolerance) in picture.expected[band.clone()].iter().zip(&picture.tolerances[band])
    {
        times.push(*time);
        low.push(playhead - tolerance);
        high.push(playhead + tolerance);
    }
    FilledArea::new("tolerance", &times, &low, &high).fill_color(tokens.plot_tolerance).allow_hover(false)
}

/// The names of marks of one picture as they were placed last: where, what, and of which mark. The width of letters
/// depends on the scale of the window.
pub type KeptNames = Kept<(Rect, PlotBounds, f32), Arc<[(Box4, String, usize)]>>;

/// Paints the marks of findings and as many of their names as can be read; `kept` is of the same picture.
pub fn marks(
    painter: &Painter,
    ui: &Ui,
    tokens: &Tokens,
    drawing: &Drawing,
    picture: &Picture,
    kept: &KeptNames,
    transform: &PlotTransform,
) {
    let places: Vec<_> = picture
        .marks
        .iter()
        .map(|found| transform.position_from_point(&egui_plot::PlotPoint::new(found.time, found.playhead)))
        .collect();
    let frame = *transform.frame();
    let mut shapes = Vec::with_capacity(2 * places.len());
    for (index, (place, found)) in places.iter().zip(&picture.marks).enumerate() {
        match found.kind {
            AnomalyKind::Finding(finding) => shapes.extend(mark(tokens, severity(finding.rank), *place)),
            AnomalyKind::Jump(_) => {
                // In a crowd they are smaller, so that the line is still seen.
                let near =
                    |other: Option<&Pos2>| other.is_some_and(|other| (other.x - place.x).abs() < CROWD);
                let is_crowded = near(index.checked_sub(1).and_then(|before| places.get(before)))
                    || near(places.get(index + 1));
                shapes.extend(ring(tokens, *place, if is_crowded { 1.5 } else { 3.0 }));
            }
        }
    }
    painter.extend(shapes);
    let galley = |name: &str, mark: usize| {
        let color = picture.marks.get(mark).map_or(tokens.text, |found| anomaly_color(tokens, found.kind));
        painter.layout_no_wrap(name.to_owned(), label_font(ui), color)
    };
    let placed = || {
        let crowded = places.iter().zip(&picture.marks);
        let crowded: Vec<_> = crowded.map(|(place, found)| (place.x, place.y, found.kind.rank())).collect();
        let area = [frame.left(), frame.top() + LEGEND_HEIGHT, frame.right(), frame.bottom()];
        let name = |mark: usize| {
            let found = picture.marks.get(mark)?;
            Some((mark_name(marked(drawing, found), found), mark))
        };
        // Names are made and measured only where there is room for a short one.
        let size = |(name, mark): &(String, usize)| {
            let size = galley(name, *mark).size();
            (size.x + 6.0, size.y + 2.0)
        };
        let placed = place_names(&crowded, area, name, size);
        placed.into_iter().map(|(place, (name, mark))| (place, name, mark)).collect()
    };
    let of = (frame, *transform.bounds(), painter.pixels_per_point());
    for ([left, top, right, bottom], name, mark) in kept.get(of, placed).iter() {
        let rect = Rect::from_min_max(pos2(*left, *top), pos2(*right, *bottom));
        painter.rect_filled(rect, 3, tokens.background.gamma_multiply(0.85));
        painter.galley(rect.min + vec2(3.0, 1.0), galley(name, *mark), tokens.text);
    }
}

/// The mark of a jump: of two discs, since these cost a tenth of a circle with an outline.
fn ring(tokens: &Tokens, center: Pos2, radius: f32) -> [Shape; 2] {
    let outer = Shape::circle_filled(center, radius + RING / 2.0, tokens.text_weak);
    [outer, Shape::circle_filled(center, radius - RING / 2.0, tokens.background)]
}

/// Paints a point on the line with a text beside it.
pub fn read_out(
    painter: &Painter,
    ui: &Ui,
    tokens: &Tokens,
    place: eframe::egui::Pos2,
    text: &str,
    frame: Rect,
) {
    painter.circle(place, 4.0, tokens.background, Stroke::new(2.0, tokens.hover_line));
    let galley = painter.layout_no_wrap(text.to_owned(), label_font(ui), tokens.text);
    let size = galley.size() + vec2(10.0, 6.0);
    let beside =
        if place.x + 12.0 + size.x <= frame.right() { place.x + 12.0 } else { place.x - 12.0 - size.x };
    let top = (place.y - size.y - 10.0).clamp(frame.top(), (frame.bottom() - size.y).max(frame.top()));
    let rect = Rect::from_min_size(pos2(beside.max(frame.left()), top), size);
    painter.rect(rect, 3, tokens.raised, Stroke::new(1.0, tokens.border), eframe::egui::StrokeKind::Inside);
    painter.galley(rect.min + vec2(5.0, 3.0), galley, tokens.text);
}

/// Paints what the colors mean into the upper left corner.
pub fn legend(painter: &Painter, ui: &Ui, tokens: &Tokens, entries: &[(Color32, &str)], frame: Rect) {
    let mut left = frame.left() + 8.0;
    let middle = frame.top() + LEGEND_HEIGHT / 2.0;
    for (color, name) in entries {
        let galley = painter.layout_no_wrap((*name).to_owned(), label_font(ui), tokens.text_weak);
        let width = 14.0 + 4.0 + galley.size().x;
        if left + width > frame.right() {
            break;
        }
        if *color == tokens.plot_expected {
            let band = Rect::from_center_size(pos2(left + 7.0, middle), vec2(14.0, 10.0));
            painter.rect_filled(band, 0, tokens.plot_tolerance);
            let line = [pos2(left, middle), pos2(left + 14.0, middle)];
            painter.extend(Shape::dashed_line(&line, Stroke::new(1.0, *color), 3.0, 2.0));
        } else {
            painter.hline(left..=left + 14.0, middle, Stroke::new(3.0, *color));
        }
        painter.galley(pos2(left + 18.0, middle - galley.size().y / 2.0), galley, tokens.text_weak);
        left += width + 12.0;
    }
}

/// Grid lines at round playheads whose labels lie at least `label_gap` points apart. `base`: points of the screen
/// that the toolkit's smallest step stands for.
#[must_use]
pub fn grid(input: &GridInput, base: f64, label_gap: f64) -> Vec<GridMark> {
    let (from, to) = input.bounds;
    let pixels = (to - from) / input.base_step_size * base;
    let secs = (to - from) / pixels.max(1.0) * label_gap;
    let step = ruler::step(secs).0;
    let columns = Columns::plain(from, to, pixels.max(1.0) as usize);
    let ticks = ruler::ticks(&columns, label_gap, &AxisTimes::default());
    let mark = |tick: &ruler::Tick| {
        let small = step / f64::from(ruler::step(secs).1);
        GridMark { value: tick.secs, step_size: if tick.label.is_empty() { small } else { step } }
    };
    ticks.iter().map(mark).collect()
}

/// The labels of the time axis: what stands at which place of it, by place. `width_of`: how wide a text is.
#[must_use]
pub fn time_labels(
    columns: &Columns<'_>,
    label_gap: f64,
    times: &AxisTimes,
    width_of: impl Fn(&str) -> f32,
) -> Vec<(f64, String)> {
    let ticks = ruler::ticks(columns, label_gap, times);
    let axis = columns.axis();
    let (from, per_point) = (axis.to_axis(columns.start()), columns.width().unwrap_or(1.0));
    let x_of = |secs| ((axis.to_axis(secs) - from) / per_point) as f32;
    let day = times.day(columns.start());
    // The gutter has room for half a text, and to the right there is none.
    let edges = (f32::NEG_INFINITY, columns.len() as f32);
    let mut labels: Vec<(f64, String)> = Vec::new();
    let mut texts = ruler::texts(&ticks, x_of, width_of, day.as_deref(), &mut Vec::new(), edges);
    texts.sort();
    let mut texts = texts.into_iter().peekable();
    for (index, tick) in ticks.iter().enumerate().filter(|(_, tick)| !tick.label.is_empty()) {
        let text = texts.next_if(|(at, _)| *at == index).map(|(_, text)| text).unwrap_or_default();
        labels.push((axis.to_axis(tick.secs), text));
    }
    labels
}
