//! The lanes of two sessions over one another on their common axis, and where the two part.
//!
//! Places are laid out by the timeline's own layout: the phases lie on the common axis already.

use std::sync::Arc;

use eframe::egui::accesskit::Role;
use eframe::egui::containers::scroll_area::ScrollSource;
use eframe::egui::{
    Align2, Mesh, Painter, Rangef, Rect, Response, ScrollArea, Sense, Shape, Stroke, Tooltip, Ui, UiBuilder,
    WidgetInfo, pos2, vec2,
};

use super::counts_words;
use crate::app::command::Command;
use crate::app::item::Item;
use crate::metrics::drawing::LaneKind;
use crate::metrics::pyramid::{DrawnPhase, Phase};
use crate::metrics::time_axis::Columns;
use crate::store::comparison::picture::{FIRST_ONLY, Parting, Picture, SECOND_ONLY};
use crate::store::comparison::{Align, Comparison};
use crate::ui::axis_times::AxisTimes;
use crate::ui::cx::{AppCx, SessionCx};
use crate::ui::text::{counted, fill, grouped, text};
use crate::ui::time_input::view_input;
use crate::ui::timeline::label::{about, lane_name};
use crate::ui::timeline::layout::{LABEL_MARGIN, LaneBox, Layout, TimeScale, lay_out};
use crate::ui::timeline::paint::{self, Label};
use crate::ui::timeline::ruler::{self, Tick};
use crate::ui::timeline::{GUTTER, LABEL_GAP, item_of, lane_labels, zoom_to};

/// Height of the strip with the marks where the two part.
const STRIP: f32 = 14.0;
/// A mark is never narrower.
const LEAST_MARK: f32 = 3.0;
/// So many lines through all lanes say where the two part; more would hide the lanes.
const MAX_LINES: usize = 64;

/// What was laid out last.
#[derive(Debug, Default)]
pub struct LanesView {
    laid_out: Option<LaidOut>,
}

/// What is drawn, until the comparison, the visible range or the room changes.
#[derive(Debug)]
struct LaidOut {
    comparison: Arc<Comparison>,
    scale: TimeScale,
    room: f32,
    layout: Layout,
    labels: Vec<Label>,
    names: Vec<String>,
    marks: Vec<Mark>,
    summary: String,
}

/// A parting, or several that lie under one mark.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Mark {
    left: f32,
    right: f32,
    drawn: DrawnPhase,
}

/// The comparison and the contexts of its two sessions.
struct Drawn<'a> {
    comparison: &'a Arc<Comparison>,
    picture: &'a Picture,
    sides: [SessionCx<'a>; 2],
}

impl LanesView {
    /// Draws the lanes into the room that is left, and takes their input.
    pub fn ui(&mut self, ui: &mut Ui, cx: &AppCx<'_>, comparison: &Arc<Comparison>) {
        let Some(drawn) = Drawn::of(cx, comparison) else {
            ui.weak(text("compare.lanes.waiting"));
            return;
        };
        ui.label(counts_words(comparison));
        let area = ui.available_rect_before_wrap();
        let left = area.left() + GUTTER;
        let view = cx.state.compare.view;
        let axis = Arc::default();
        let scale = TimeScale { axis, from: view.from, to: view.to, left, width: area.right() - left };
        let mut top = area.top();
        let n_rulers = if comparison.align == Align::Time { 1 } else { 2 };
        let mut rulers = Vec::new();
        for side in 0..n_rulers {
            let ruler =
                Rect::from_min_size(pos2(area.left(), top), vec2(area.width(), paint::ruler_height()));
            rulers.push((side, ruler));
            top = ruler.bottom();
        }
        let strip = Rect::from_min_size(pos2(area.left(), top + 2.0), vec2(area.width(), STRIP));
        let lanes = Rect::from_min_max(pos2(area.left(), strip.bottom() + 2.0), area.max);
        self.lay_out(ui, &drawn, &scale, lanes.height());
        let Some(laid_out) = &self.laid_out else { return };
        let pointer = ui.input(|input| input.pointer.hover_pos());
        let hovered = pointer.filter(|pointer| area.contains(*pointer) && pointer.x >= left);
        for (side, rect) in &rulers {
            drawn.ruler_ui(ui, *side, *rect, &scale, hovered.map(|pointer| pointer.x));
        }
        laid_out.strip_ui(ui, &drawn, strip);
        laid_out.lanes_ui(ui, &drawn, lanes, hovered.map(|pointer| pointer.x));
        ui.advance_cursor_after_rect(area);
    }

    fn lay_out(&mut self, ui: &Ui, drawn: &Drawn<'_>, scale: &TimeScale, room: f32) {
        let same = |last: &LaidOut| {
            Arc::ptr_eq(&last.comparison, drawn.comparison) && last.scale == *scale && last.room == room
        };
        if self.laid_out.as_ref().is_some_and(same) {
            return;
        }
        let picture = drawn.picture;
        let layout = lay_out(&picture.lanes, scale, room);
        let labels = |lane: &LaneBox| {
            let side = Picture::side(lane.lane);
            let own = |phase: &Phase| own(picture, side, phase);
            lane_labels(ui, &drawn.sides[side], &picture.lanes[lane.lane].kind, lane, own)
        };
        let name_room = GUTTER - 2.0 * LABEL_MARGIN;
        let name = |lane: &LaneBox| {
            let name = side_name(Picture::side(lane.lane), &lane_name(&picture.lanes[lane.lane].kind));
            paint::fit(ui, &name, name_room).unwrap_or_default()
        };
        self.laid_out = Some(LaidOut {
            labels: layout.lanes.iter().flat_map(labels).collect(),
            names: layout.lanes.iter().map(name).collect(),
            marks: marks(picture, scale),
            summary: summary(drawn.comparison, picture),
            comparison: Arc::clone(drawn.comparison),
            scale: scale.clone(),
            room,
            layout,
        });
    }
}

impl<'a> Drawn<'a> {
    fn of(cx: &AppCx<'a>, comparison: &'a Arc<Comparison>) -> Option<Drawn<'a>> {
        let picture = comparison.picture.as_ref()?;
        let side = |at: usize| {
            let side = &comparison.sides[at];
            SessionCx::of(*cx, (side.capture, side.session), &picture.drawings[at])
        };
        Some(Drawn { comparison, picture, sides: [side(0)?, side(1)?] })
    }

    /// How the times of a session are written; on an axis of both as elapsed, since they began at other times.
    fn times(&self, side: usize) -> AxisTimes {
        match self.comparison.align {
            Align::Time => AxisTimes::default(),
            Align::State | Align::Playhead => AxisTimes::of(&self.sides[side]),
        }
    }

    /// The time of a session at a place of the common axis.
    fn secs(&self, side: usize, scale: &TimeScale, x: f32) -> f64 {
        self.picture.warps[side].secs(scale.secs(x))
    }

    fn ruler_ui(&self, ui: &Ui, side: usize, rect: Rect, scale: &TimeScale, pointer: Option<f32>) {
        let tokens = self.sides[side].app.tokens;
        let response = ui.interact(rect, ui.scope_id().with(("compared ruler", side)), Sense::DRAG);
        response
            .widget_info(|| WidgetInfo::labeled(Role::Canvas, true, side_name(side, text("timeline.ruler"))));
        view_input(ui, &response, scale, &self.sides[side]);
        let painter = ui.painter().with_clip_rect(rect);
        if self.comparison.align != Align::Time {
            let name = side_name(side, text("compare.time"));
            let place = pos2(scale.left - LABEL_MARGIN * 2.0, rect.center().y);
            painter.text(place, Align2::RIGHT_CENTER, name, paint::label_font(ui), tokens.text_weak);
        }
        let axis = Rect::from_min_max(pos2(scale.left, rect.top()), rect.max);
        let inside = painter.with_clip_rect(axis);
        let times = self.times(side);
        let ticks = ticks(self.picture, side, scale, &times);
        paint::ruler(&inside, ui, tokens, &ticks, &|x| times.day(self.secs(side, scale, x)), scale, axis);
        if let Some(x) = pointer {
            let secs = self.secs(side, scale, x);
            paint::pointer_time(&inside, ui, tokens, &times.tenths(secs), x, axis);
        }
    }

    /// Selects the first event of a parting.
    fn select(&self, parting: &Parting) {
        let row = self.comparison.rows.get(parting.row as usize);
        let event = row.and_then(|row| {
            self.comparison
                .sides
                .iter()
                .zip(row.events)
                .find_map(|(side, event)| Some((side.capture, event?)))
        });
        if let Some((capture, event)) = event {
            self.sides[0].push(Command::Select(Item::Event(capture, event)));
        }
    }

    fn parting(&self, number: u32) -> Option<&Parting> {
        self.comparison.partings.get(number as usize)
    }
}

impl LaidOut {
    fn strip_ui(&self, ui: &Ui, drawn: &Drawn<'_>, rect: Rect) {
        let tokens = drawn.sides[0].app.tokens;
        let response = ui.interact(rect, ui.scope_id().with("partings"), Sense::click_and_drag());
        response.widget_info(|| WidgetInfo::labeled(Role::Canvas, true, parting_words(drawn)));
        view_input(ui, &response, &self.scale, &drawn.sides[0]);
        let axis = Rect::from_min_max(pos2(self.scale.left, rect.top()), rect.max);
        let place = pos2(self.scale.left - LABEL_MARGIN * 2.0, rect.center().y);
        let name = paint::fit(ui, text("compare.parts"), GUTTER - 2.0 * LABEL_MARGIN).unwrap_or_default();
        ui.painter().text(place, Align2::RIGHT_CENTER, name, paint::label_font(ui), tokens.text_weak);
        let painter = ui.painter().with_clip_rect(axis);
        painter.rect_filled(axis, 0, tokens.background);
        let mut mesh = Mesh::default();
        for mark in &self.marks {
            // Upper half: only the first has it; lower half: only the second.
            let (top, bottom) = match mark.drawn.phase.kind {
                FIRST_ONLY => (rect.top(), rect.center().y),
                SECOND_ONLY => (rect.center().y, rect.bottom()),
                _ => (rect.top(), rect.bottom()),
            };
            let bar = Rect::from_min_max(pos2(mark.left, top), pos2(mark.right, bottom));
            mesh.add_colored_rect(bar, tokens.warn);
        }
        painter.add(mesh);
        if response.has_focus() {
            paint::view_focus(ui, tokens, axis);
        }
        let Some(pointer) = response.hover_pos() else { return };
        let Some(mark) = self.mark_at(pointer.x) else { return };
        if response.double_clicked() {
            drawn.sides[0].push(zoom_to(&self.scale, &mark.drawn.phase));
        } else if response.clicked() {
            drawn.parting(mark.drawn.phase.item).into_iter().for_each(|parting| drawn.select(parting));
        }
        Tooltip::for_enabled(&response).at_pointer().gap(12.0).show(|ui| {
            if mark.drawn.count > 1 {
                ui.strong(counted("compare.partings", u64::from(mark.drawn.count)));
            } else if let Some(parting) = drawn.parting(mark.drawn.phase.item) {
                ui.strong(only_words(parting));
            }
        });
    }

    fn mark_at(&self, x: f32) -> Option<&Mark> {
        let away = |mark: &Mark| (mark.left - x).max(x - mark.right).max(0.0);
        let nearest = self.marks.iter().min_by(|a, b| away(a).total_cmp(&away(b)))?;
        (away(nearest) <= crate::ui::timeline::layout::REACH).then_some(nearest)
    }

    fn lanes_ui(&self, ui: &mut Ui, drawn: &Drawn<'_>, rect: Rect, pointer: Option<f32>) {
        ui.scope_builder(UiBuilder::new().max_rect(rect), |ui| {
            // The wheel zooms; lanes that do not fit are reached by the bar.
            let scroll = ScrollArea::vertical().auto_shrink(false).scroll_source(ScrollSource::SCROLL_BAR);
            scroll.id_salt("compared lanes").show(ui, |ui| {
                let size = vec2(rect.width(), self.layout.height.max(rect.height()));
                let (area, response) = ui.allocate_exact_size(size, Sense::click_and_drag());
                response.widget_info(|| WidgetInfo::labeled(Role::Canvas, true, &self.summary));
                self.input(ui, drawn, &response, area);
                self.paint(ui, drawn, &response, area, pointer);
            });
        });
    }

    /// What lies at a place of the lanes: side, lane, phase.
    fn at<'d>(
        &self,
        drawn: &Drawn<'d>,
        area: Rect,
        x: f32,
        y: f32,
    ) -> Option<(usize, &'d LaneKind, DrawnPhase)> {
        let (lane, phase) = self.layout.phase_at(x, y - area.top())?;
        let kind = &drawn.picture.lanes.get(lane.lane)?.kind;
        Some((Picture::side(lane.lane), kind, phase.drawn))
    }

    fn input(&self, ui: &Ui, drawn: &Drawn<'_>, response: &Response, area: Rect) {
        let cx = &drawn.sides[0];
        view_input(ui, response, &self.scale, cx);
        let Some(pointer) = response.interact_pointer_pos() else { return };
        let found = self.at(drawn, area, pointer.x, pointer.y).filter(|_| pointer.x >= self.scale.left);
        if response.double_clicked() {
            cx.push(found.map_or(Command::FitAll, |(_, _, drawn)| zoom_to(&self.scale, &drawn.phase)));
        } else if let (true, Some((side, kind, phase))) = (response.clicked(), found) {
            let item = item_of(&drawn.sides[side], kind, phase.phase.item);
            item.into_iter().for_each(|item| cx.push(Command::Select(item)));
        }
    }

    fn paint(&self, ui: &Ui, drawn: &Drawn<'_>, response: &Response, area: Rect, pointer: Option<f32>) {
        let tokens = drawn.sides[0].app.tokens;
        let painter = ui.painter();
        let axis = Rect::from_min_max(pos2(self.scale.left, area.top()), area.max);
        painter.rect_filled(axis, 0, tokens.background);
        paint::gutter(painter, ui, tokens, &self.layout, &self.names, area, GUTTER);
        let inside = painter.with_clip_rect(painter.clip_rect().intersect(axis));
        paint::grid(
            &inside,
            tokens,
            &ticks(drawn.picture, 0, &self.scale, &drawn.times(0)),
            &self.scale,
            axis,
        );
        for lane in &self.layout.lanes {
            let kind = &drawn.picture.lanes[lane.lane].kind;
            paint::lane(&inside, tokens, kind, lane, area.top());
        }
        paint::labels(&inside, ui, tokens, &self.labels, area.top());
        let lines = Rangef::new(area.top(), area.bottom());
        for mark in self.marks.iter().take(MAX_LINES) {
            let edge = [pos2(mark.left, lines.min), pos2(mark.left, lines.max)];
            inside.extend(Shape::dashed_line(&edge, Stroke::new(1.0, tokens.warn), 3.0, 3.0));
        }
        if let Some(place) = drawn.sides[0].app.state.compared_place() {
            inside.vline(self.scale.x(place), lines, Stroke::new(1.5, tokens.selection_line));
            self.frame_selected(&inside, drawn, area);
        }
        if let Some(x) = pointer {
            inside.vline(x, lines, Stroke::new(1.0, tokens.hover_line));
        }
        if response.has_focus() {
            paint::view_focus(ui, tokens, axis.intersect(ui.clip_rect()));
        }
        self.tooltip(drawn, response, area);
    }

    /// Frames the phase that the selected event begins.
    fn frame_selected(&self, painter: &Painter, drawn: &Drawn<'_>, area: Rect) {
        for lane in &self.layout.lanes {
            let side = Picture::side(lane.lane);
            let event = drawn.sides[side].selected_event();
            let wanted = event.and_then(|event| drawn.picture.drawings[side].position(event));
            let counts =
                !matches!(drawn.picture.lanes[lane.lane].kind, LaneKind::Findings | LaneKind::Network);
            let found = lane
                .phases
                .iter()
                .find(|phase| phase.drawn.count == 1 && Some(phase.drawn.phase.item) == wanted);
            if let Some(phase) = found.filter(|_| counts) {
                let color = drawn.sides[side].app.tokens.selection_line;
                paint::frame(painter, color, lane, (phase.left, phase.right), area.top());
            }
        }
    }

    fn tooltip(&self, drawn: &Drawn<'_>, response: &Response, area: Rect) {
        let Some(pointer) = response.hover_pos().filter(|_| !response.dragged()) else { return };
        if pointer.x < self.scale.left {
            return;
        }
        let Some((side, kind, phase)) = self.at(drawn, area, pointer.x, pointer.y) else { return };
        let phase = DrawnPhase { phase: own(drawn.picture, side, &phase.phase), ..phase };
        let lines = about(&drawn.sides[side], kind, &phase);
        Tooltip::for_enabled(response).at_pointer().gap(12.0).show(|ui| {
            ui.weak(text(SIDES[side]));
            for (index, line) in lines.into_iter().enumerate() {
                if index == 0 {
                    ui.strong(line)
                } else {
                    ui.label(line)
                };
            }
        });
    }
}

/// Names of the two sessions.
const SIDES: [&str; 2] = ["compare.first", "compare.second"];

/// The name of something of a session, with the number of the session.
fn side_name(side: usize, name: &str) -> String {
    fill("compare.side", &[("n", if side == 0 { "1" } else { "2" }), ("name", name)])
}

/// A phase in the time of its session.
fn own(picture: &Picture, side: usize, phase: &Phase) -> Phase {
    let warp = &picture.warps[side];
    Phase { start: warp.secs(phase.start), end: warp.secs(phase.end), ..*phase }
}

/// Ticks of the time of a session, at their places on the axis: as many as if its time had all of the width. Where it is
/// stretched they are rare, elsewhere near; labels that would meet are left out when they are drawn.
fn ticks(picture: &Picture, side: usize, scale: &TimeScale, times: &AxisTimes) -> Vec<Tick> {
    let warp = &picture.warps[side];
    let (from, to) = (warp.secs(scale.from), warp.secs(scale.to));
    let columns = Columns::plain(from, to, scale.width.max(0.0) as usize);
    let ticks = ruler::ticks(&columns, LABEL_GAP, times);
    ticks.into_iter().map(|tick| Tick { secs: warp.place(tick.secs), ..tick }).collect()
}

/// The marks of the visible partings.
fn marks(picture: &Picture, scale: &TimeScale) -> Vec<Mark> {
    let n_marks = (scale.width.max(0.0) / LEAST_MARK) as usize;
    let drawn = picture.partings.visible(scale.from, scale.to, n_marks);
    let mark = |drawn: DrawnPhase| {
        let left = scale.x(drawn.phase.start).max(scale.left);
        let right = scale.x(drawn.phase.end).max(left + LEAST_MARK).min(scale.right().max(left));
        Mark { left, right, drawn }
    };
    drawn.into_iter().map(mark).collect()
}

/// How many events only one of them has at a place.
fn only_words(parting: &Parting) -> String {
    let [first, second] = parting.n.map(|n| grouped(u64::from(n)));
    fill("compare.parting", &[("first", &first), ("second", &second)])
}

/// How often they part, and where first, for those who cannot see it.
fn parting_words(drawn: &Drawn<'_>) -> String {
    let many = counted("compare.partings", drawn.comparison.partings.len() as u64);
    match drawn.picture.partings.phases().first() {
        None => text("compare.never").to_owned(),
        Some(first) => {
            let at = [0, 1]
                .map(|side: usize| drawn.times(side).tenths(drawn.picture.warps[side].secs(first.start)));
            fill("compare.parting-first", &[("many", &many), ("first", &at[0]), ("second", &at[1])])
        }
    }
}

/// One line that says what is shown, for those who cannot see it.
fn summary(comparison: &Comparison, picture: &Picture) -> String {
    let (words, _) = super::align_words(comparison.align);
    let n_lanes = counted("compare.n-lanes", picture.lanes.len() as u64);
    let counts = counts_words(comparison);
    fill(
        "compare.lanes.summary",
        &[("lanes", n_lanes.as_str()), ("align", text(words)), ("counts", counts.as_str())],
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::pyramid::{Merge, PhaseRow};

    fn scale() -> TimeScale {
        TimeScale { axis: Arc::default(), from: 0.0, to: 100.0, left: 50.0, width: 1000.0 }
    }

    fn picture(partings: &[(f64, f64)]) -> Picture {
        let phase =
            |(item, (start, end)): (u32, &(f64, f64))| Phase { start: *start, end: *end, kind: 0, item };
        Picture {
            drawings: [Arc::default(), Arc::default()],
            warps: <[crate::store::comparison::axis::Warp; 2]>::default(),
            lanes: Vec::new(),
            partings: PhaseRow::new((0..).zip(partings).map(phase).collect(), Merge::Highest),
            last: 100.0,
        }
    }

    #[test]
    fn marks_are_never_too_narrow_to_be_seen_and_stay_inside() {
        let found = marks(&picture(&[(10.0, 10.0), (40.0, 60.0), (100.0, 100.0)]), &scale());
        let edges: Vec<_> = found.iter().map(|mark| (mark.left.round(), mark.right.round())).collect();
        assert_eq!(edges, [(150.0, 153.0), (450.0, 650.0), (1050.0, 1050.0)]);
        assert!(marks(&picture(&[]), &scale()).is_empty());
    }

    #[test]
    fn many_partings_under_one_mark_are_one_mark() {
        let near: Vec<(f64, f64)> = (0..50).map(|at| (20.0 + f64::from(at) * 0.001, 20.0)).collect();
        let found = marks(&picture(&near), &scale());
        assert_eq!(found.iter().map(|mark| mark.drawn.count).sum::<u32>(), 50);
        assert!(found.len() <= 2);
    }

    #[test]
    fn a_session_that_is_stretched_still_has_ticks_with_labels() {
        // Ten seconds of one beside a hundred of the other.
        let stretched = Picture {
            warps: crate::store::comparison::axis::warps(&[(0.0, 0.0), (10.0, 100.0)]),
            ..picture(&[])
        };
        let found = ticks(&stretched, 0, &scale(), &AxisTimes::default());
        let labels: Vec<_> = found.iter().filter(|tick| !tick.label.is_empty()).collect();
        assert!(labels.len() > 5, "{labels:?}");
        assert_eq!((labels[1].secs, labels[1].label.as_str()), (10.0, "00:01"));
    }

    #[test]
    fn ticks_stand_at_round_times_of_the_session() {
        let found = ticks(&picture(&[]), 0, &scale(), &AxisTimes::default());
        let labels: Vec<_> = found.iter().filter(|tick| !tick.label.is_empty()).collect();
        assert_eq!((labels[1].secs, labels[1].label.as_str()), (10.0, "00:10"));
    }
}
