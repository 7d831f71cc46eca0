//! The timeline: a session as lanes over elapsed time, below a strip that shows all of it.
//!
//! [`layout`] and [`ruler`] say what is drawn and where, [`paint`] draws it, [`label`] says it in words, [`gutter`]
//! arranges lanes, [`cut`] is about silences that are cut short; of the lane that shows what is out of order
//! [`reorder`], [`reorder_paint`] and [`reorder_label`] do.

pub mod cut;
pub mod gutter;
pub mod label;
pub mod layout;
pub mod overview;
pub mod paint;
pub mod reorder;
pub mod reorder_label;
pub mod reorder_paint;
pub mod ruler;

use std::sync::Arc;

use eframe::egui::accesskit::Role;
use eframe::egui::containers::scroll_area::ScrollSource;
use eframe::egui::{
    Button, Mesh, Painter, Rangef, Rect, Response, RichText, ScrollArea, Sense, Shape, Stroke, Tooltip, Ui,
    UiBuilder, WidgetInfo, pos2, vec2,
};

use self::gutter::Gutter;
use self::label::{about, event_id, phase_name, row_name, summary};
use self::layout::{LaneBox, Layout, PhaseBox, RowBox, TimeScale, lay_out_arranged};
use self::overview::Overview;
use self::paint::Label;
use self::reorder::{CrossingLine, line_at};
use self::reorder_label::about_line;
use self::ruler::Tick;
use super::axis_times::AxisTimes;
use super::cx::SessionCx;
use super::overlay;
use super::shortcuts::tip;
use super::text::{language, text};
use super::theme::Tokens;
use super::time_input::{ruler_click, time_input};
use super::widgets::kept::Kept;
use crate::app::command::Command;
use crate::app::command::time::TimeCommand;
use crate::app::item::Item;
use crate::app::lane_prefs::{ArrangedLane, LanePrefs};
use crate::app::prefs::{AxisClock, Language};
use crate::metrics::drawing::{Drawing, Lane, LaneKind, SPENT};
use crate::metrics::pyramid::{DrawnPhase, Phase};
use crate::model::id::{EventId, ExchangeId};

/// Room for names to the left of every view of time, so that their axes stand under each other.
pub const GUTTER: f32 = 112.0;
/// Labels of the ruler lie at least so far apart.
pub const LABEL_GAP: f64 = 84.0;
/// Overview, ruler and some lanes.
const LEAST_HEIGHT: f32 = 70.0;
/// Pinned lanes take at most this share of the room.
const MOST_PINNED: f32 = 0.6;
/// A phase that is zoomed to takes this share of the width.
const ZOOMED_SHARE: f64 = 0.8;
/// An instant that is zoomed to shows this share of what was seen before.
const ZOOMED_INSTANT: f64 = 0.1;

/// The timeline's own state: what was laid out last.
#[derive(Debug, Default)]
pub struct Timeline {
    overview: Overview,
    shown: Option<Shown>,
}

/// What is drawn, until the visible range, the room, the session or the arrangement of lanes changes.
#[derive(Debug)]
struct Shown {
    drawing: Arc<Drawing>,
    scale: TimeScale,
    room: f32,
    times: AxisTimes,
    ticks: Vec<Tick>,
    prefs: LanePrefs,
    language: Language,
    summary: String,
    pinned: Picture,
    others: Picture,
}

/// Lanes that stand under each other.
#[derive(Debug)]
struct Picture {
    drawing: Arc<Drawing>,
    scale: TimeScale,
    layout: Layout,
    crossings: Vec<CrossingLine>,
    labels: Vec<Label>,
    names: Vec<String>,
    /// The bars of each lane, as they were drawn last.
    bars: Kept<(f32, Tokens), Arc<[Arc<Mesh>]>>,
}

impl Timeline {
    /// Another language is spoken: what was drawn is drawn anew.
    pub fn forget_texts(&mut self) {
        self.shown = None;
    }

    /// Draws the timeline into the room that is left, and takes its input.
    pub fn ui(&mut self, ui: &mut Ui, cx: &SessionCx<'_>) {
        let Some(drawing) = cx.drawing() else {
            ui.centered_and_justified(|ui| ui.weak(cx.drawing_words()));
            return;
        };
        if cx.session.is_empty() {
            ui.centered_and_justified(|ui| ui.weak(text("timeline.empty")));
            return;
        }
        let area = ui.available_rect_before_wrap();
        let left = area.left() + GUTTER;
        let strip = Rect::from_min_size(area.min, vec2(area.width(), overview::HEIGHT));
        self.overview.ui(ui, cx, drawing, strip, left);
        let ruler = Rect::from_min_size(strip.left_bottom(), vec2(area.width(), paint::ruler_height()));
        let scale = cx.time_scale(left, area.right() - left);
        let lanes = Rect::from_min_max(pos2(area.left(), ruler.bottom() + 2.0), area.max);
        self.lay_out(ui, cx, drawing, &scale, lanes.height());
        self.ruler_ui(ui, cx, ruler, &scale);
        self.lanes_ui(ui, cx, lanes);
        ui.advance_cursor_after_rect(area);
    }

    /// The least height that is of use: the one that shows every lane, drawn low.
    #[must_use]
    pub fn least_height(drawing: Option<&Drawing>, prefs: &LanePrefs) -> f32 {
        Self::height_with(drawing, prefs, layout::least_height)
    }

    /// The height at which every lane is drawn in full.
    #[must_use]
    pub fn full_height(drawing: Option<&Drawing>, prefs: &LanePrefs) -> f32 {
        Self::height_with(drawing, prefs, layout::full_height)
    }

    fn height_with(
        drawing: Option<&Drawing>,
        prefs: &LanePrefs,
        of_rows: impl Fn(&[Lane], &[ArrangedLane]) -> f32,
    ) -> f32 {
        drawing.map_or(LEAST_HEIGHT, |drawing| {
            let rows = of_rows(&drawing.lanes, &prefs.arranged(&drawing.lanes));
            overview::HEIGHT + paint::ruler_height() + 2.0 + rows
        })
    }

    fn lay_out(&mut self, ui: &Ui, cx: &SessionCx<'_>, drawing: &Arc<Drawing>, scale: &TimeScale, room: f32) {
        let (times, prefs) = (AxisTimes::of(cx), &cx.app.state.prefs.lanes);
        let same = |last: &Shown| {
            let drawn = (&last.scale, last.room, &last.times) == (scale, room, &times);
            let said = last.prefs == *prefs && last.language == language();
            drawn && said && Arc::ptr_eq(&last.drawing, drawing)
        };
        if self.shown.as_ref().is_some_and(same) {
            return;
        }
        let arranged = prefs.arranged(&drawing.lanes);
        let (pinned, others): (Vec<_>, Vec<_>) = arranged.into_iter().partition(|lane| lane.is_pinned);
        let most = room * MOST_PINNED;
        let pinned_room = layout::full_height(&drawing.lanes, &pinned).min(most);
        let still = |last: &&Shown| Arc::ptr_eq(&last.drawing, drawing) && last.scale.axis == scale.axis;
        let (last, empty) = (self.shown.as_ref().filter(still), Layout::default());
        let (last_pinned, last_others) =
            last.map_or((&empty, &empty), |last| (&last.pinned.layout, &last.others.layout));
        let pinned = Picture::new(ui, cx, drawing, &pinned, scale, pinned_room, last_pinned);
        let room_below = room - pinned.layout.height;
        let others = Picture::new(ui, cx, drawing, &others, scale, room_below, last_others);
        let (summary, prefs, drawing) = (summary(cx, drawing), prefs.clone(), Arc::clone(drawing));
        let ticks = ruler::ticks(&scale.columns(scale.width.max(0.0) as usize), LABEL_GAP, &times);
        let (scale, language) = (scale.clone(), language());
        self.shown =
            Some(Shown { drawing, scale, room, times, ticks, prefs, language, summary, pinned, others });
    }

    fn ruler_ui(&self, ui: &mut Ui, cx: &SessionCx<'_>, rect: Rect, scale: &TimeScale) {
        let response = ui.interact(rect, ui.scope_id().with("ruler"), Sense::click_and_drag());
        ruler_click(ui, &response, scale, cx);
        let Some(Shown { ticks, times, .. }) = &self.shown else { return };
        response.widget_info(|| WidgetInfo::labeled(Role::Canvas, true, label::ruler(scale, times)));
        if let Some(pointer) = time_input(ui, &response, scale, cx) {
            cx.hover(Some(scale.secs(pointer.x)), None);
            cut::tooltip(&response, scale, times, pointer.x);
        }
        let painter = ui.painter().with_clip_rect(rect);
        let axis = Rect::from_min_max(pos2(scale.left, rect.top()), rect.max);
        paint::ruler(&painter, ui, cx.app.tokens, ticks, &|x| times.day(scale.secs(x)), scale, axis);
        overlay::paint(&painter, cx, scale, axis);
        overlay::heads(&painter, ui, cx, scale, axis);
        if let Some(secs) = cx.hovered_secs().filter(|secs| scale.sees(*secs)) {
            paint::pointer_time(&painter, ui, cx.app.tokens, &times.tenths(secs), scale.x(secs), axis);
        }
        clock_ui(
            ui,
            cx,
            Rect::from_min_max(rect.min, pos2(scale.left - layout::LABEL_MARGIN, rect.bottom())),
        );
    }

    fn lanes_ui(&self, ui: &mut Ui, cx: &SessionCx<'_>, rect: Rect) {
        let Some(shown) = &self.shown else { return };
        let (pinned, others) = rect.split_top_bottom_at_y(rect.top() + shown.pinned.layout.height);
        if !shown.pinned.layout.lanes.is_empty() {
            let response = ui.interact(pinned, ui.scope_id().with("pinned lanes"), Sense::click_and_drag());
            response.widget_info(|| WidgetInfo::labeled(Role::Canvas, true, text("timeline.pinned")));
            shown.pinned.ui(ui, cx, &response, pinned, &shown.ticks);
        }
        ui.scope_builder(UiBuilder::new().max_rect(others), |ui| {
            // The wheel zooms; lanes that do not fit are reached by the bar.
            ScrollArea::vertical().auto_shrink(false).scroll_source(ScrollSource::SCROLL_BAR).show(
                ui,
                |ui| {
                    let size = vec2(others.width(), shown.others.layout.height.max(others.height()));
                    let (area, response) = ui.allocate_exact_size(size, Sense::click_and_drag());
                    let label = || WidgetInfo::labeled(Role::Canvas, true, &shown.summary);
                    response.widget_info(label);
                    shown.others.ui(ui, cx, &response, area, &shown.ticks);
                },
            );
        });
    }
}

/// The switch beside the ruler: it says how times are written, and changes it.
fn clock_ui(ui: &mut Ui, cx: &SessionCx<'_>, rect: Rect) {
    let key = match AxisTimes::of(cx).clock() {
        AxisClock::Elapsed => "timeline.clock.elapsed",
        AxisClock::Utc => "timeline.clock.utc",
        AxisClock::Local => "timeline.clock.local",
    };
    let button = Button::new(RichText::new(text(key)).small()).frame(false);
    if ui.put(rect, button).on_hover_text(tip(ui, "switch-clock")).clicked() {
        cx.push(Command::Time(TimeCommand::SwitchClock));
    }
}

/// The texts on phases that have room for one.
fn labels(ui: &Ui, cx: &SessionCx<'_>, drawing: &Drawing, layout: &Layout) -> Vec<Label> {
    let kind = |lane: &LaneBox| drawing.lanes.get(lane.lane).map(|lane| &lane.kind);
    let lanes = layout.lanes.iter().filter_map(|lane| Some((lane, kind(lane)?)));
    lanes.flat_map(|(lane, kind)| lane_labels(ui, cx, kind, lane, |phase| *phase)).collect()
}

/// The texts on the phases of a lane; `own`: a phase in the time of the session.
#[must_use]
pub fn lane_labels(
    ui: &Ui,
    cx: &SessionCx<'_>,
    kind: &LaneKind,
    lane: &LaneBox,
    own: impl Fn(&Phase) -> Phase,
) -> Vec<Label> {
    if lane.is_collapsed || !has_labels(kind) {
        return Vec::new();
    }
    let label = |phase: &PhaseBox| {
        let room = phase.label_width()?;
        // The part within the budget carries the name.
        if matches!(kind, LaneKind::Silence | LaneKind::StillPlayhead) && phase.drawn.phase.kind == SPENT {
            return None;
        }
        let text = paint::fit(ui, &phase_name(cx, kind, &own(&phase.drawn.phase)), room)?;
        Some(Label { left: phase.left, middle: lane.top + lane.height / 2.0, text })
    };
    lane.phases.iter().filter_map(label).collect()
}

/// Instants and lines have no room for texts.
const fn has_labels(kind: &LaneKind) -> bool {
    use LaneKind as L;
    !matches!(kind, L::Findings | L::Network | L::Pings | L::PingGaps | L::Events | L::Reorder)
}

/// What lies under the pointer.
struct Hit<'a> {
    kind: &'a LaneKind,
    drawn: DrawnPhase,
    /// The line, on the lane of lines.
    line: Option<&'a CrossingLine>,
}

impl Picture {
    fn new(
        ui: &Ui,
        cx: &SessionCx<'_>,
        drawing: &Arc<Drawing>,
        arranged: &[ArrangedLane],
        scale: &TimeScale,
        room: f32,
        last: &Layout,
    ) -> Picture {
        let layout = lay_out_arranged(&drawing.lanes, arranged, scale, room, last);
        let labels = labels(ui, cx, drawing, &layout);
        let shows_order =
            |lane: &&LaneBox| drawing.lanes.get(lane.lane).is_some_and(|lane| lane.kind == LaneKind::Reorder);
        let lane = layout.lanes.iter().find(shows_order);
        let crossings =
            lane.map(|lane| reorder::lines(&drawing.orders.crossings, scale, lane)).unwrap_or_default();
        let name = |row: &RowBox| {
            let name = if row.place.is_low() { String::new() } else { row_name(drawing, row.place.row) };
            paint::fit(ui, &name, gutter::name_room(&row.place)).unwrap_or_default()
        };
        let names = layout.rows.iter().map(name).collect();
        let (drawing, scale, bars) = (Arc::clone(drawing), scale.clone(), Kept::default());
        Picture { drawing, scale, layout, crossings, labels, names, bars }
    }

    fn ui(&self, ui: &mut Ui, cx: &SessionCx<'_>, response: &Response, area: Rect, ticks: &[Tick]) {
        self.input(ui, cx, response, area);
        self.paint(ui, cx, response, area, ticks);
        let gutter = Gutter { drawing: &self.drawing, rows: &self.layout.rows, names: &self.names, area };
        gutter.ui(ui, cx);
    }

    fn lane_kind(&self, lane: &LaneBox) -> Option<&LaneKind> {
        self.drawing.lanes.get(lane.lane).map(|lane| &lane.kind)
    }

    /// What lies at a place of the lanes.
    fn at(&self, area: Rect, x: f32, y: f32) -> Option<Hit<'_>> {
        let y = y - area.top();
        let kind = self.lane_kind(self.layout.lane_at(y)?)?;
        if *kind == LaneKind::Reorder {
            let line = line_at(&self.crossings, x, y)?;
            return Some(Hit { kind, drawn: line.phase(), line: Some(line) });
        }
        let (lane, phase) = self.layout.phase_at(x, y)?;
        Some(Hit { kind: self.lane_kind(lane)?, drawn: phase.drawn, line: None })
    }

    fn input(&self, ui: &Ui, cx: &SessionCx<'_>, response: &Response, area: Rect) {
        let pointer = time_input(ui, response, &self.scale, cx);
        if let Some(pointer) = pointer.filter(|pointer| pointer.x >= self.scale.left) {
            let found = self.at(area, pointer.x, pointer.y);
            let event = found.and_then(|hit| event_of(cx, hit.kind, hit.drawn.phase.item));
            cx.hover(Some(self.scale.secs(pointer.x)), event);
        }
        let Some(pointer) = response.interact_pointer_pos() else { return };
        let found = self.at(area, pointer.x, pointer.y);
        if response.double_clicked() {
            cx.push(found.map_or(Command::FitAll, |hit| zoom_to(&self.scale, &hit.drawn.phase)));
        } else if let (true, Some(hit)) = (response.clicked(), found) {
            let item = item_of(cx, hit.kind, hit.drawn.phase.item);
            item.into_iter().for_each(|item| cx.push(Command::Select(item)));
        }
    }

    fn paint(&self, ui: &Ui, cx: &SessionCx<'_>, response: &Response, area: Rect, ticks: &[Tick]) {
        let tokens = cx.app.tokens;
        let painter = ui.painter();
        let axis = Rect::from_min_max(pos2(self.scale.left, area.top()), area.max);
        painter.rect_filled(axis, 0, tokens.background);
        let inside = painter.with_clip_rect(painter.clip_rect().intersect(axis));
        paint::grid(&inside, tokens, ticks, &self.scale, axis);
        let bars = self.bars.get((area.top(), *tokens), || self.bars_of_lanes(tokens, area.top()));
        for (lane, bars) in self.layout.lanes.iter().zip(bars.iter()) {
            match self.lane_kind(lane) {
                Some(LaneKind::Findings) | None => {}
                Some(LaneKind::Reorder) => self.paint_reorder(&inside, ui, cx, lane, area.top()),
                Some(kind) => {
                    inside.add(Shape::mesh(Arc::clone(bars)));
                    paint::ends(&inside, tokens, kind, lane, area.top());
                }
            }
        }
        paint::labels(&inside, ui, tokens, &self.labels, area.top());
        cut::paint(&inside, tokens, &self.scale, axis);
        // The mark of a finding at the edge of a cut lies over it.
        let findings = |lane: &&LaneBox| self.lane_kind(lane) == Some(&LaneKind::Findings);
        for lane in self.layout.lanes.iter().filter(findings) {
            paint::lane(&inside, tokens, &LaneKind::Findings, lane, area.top());
        }
        let lines = Rangef::new(area.top(), area.bottom());
        overlay::paint(&inside, cx, &self.scale, axis);
        if let Some(secs) = selected_secs(cx, &self.drawing) {
            inside.vline(self.scale.x(secs), lines, Stroke::new(1.5, tokens.selection_line));
            self.frame_selected(&inside, cx, area);
        }
        for secs in related_secs(cx, &self.drawing) {
            paint::related_line(&inside, tokens, self.scale.x(secs), lines);
        }
        if let Some(secs) = cx.hovered_secs() {
            inside.vline(self.scale.x(secs), lines, Stroke::new(1.0, tokens.hover_line));
        }
        if response.has_focus() {
            paint::view_focus(ui, tokens, axis.intersect(ui.clip_rect()));
        }
        self.tooltip(cx, response, area);
    }

    fn bars_of_lanes(&self, tokens: &Tokens, origin: f32) -> Arc<[Arc<Mesh>]> {
        let bars = |lane| match self.lane_kind(lane) {
            // Drawn otherwise.
            Some(LaneKind::Findings | LaneKind::Reorder) | None => Mesh::default(),
            Some(kind) => paint::bars(tokens, kind, lane, origin),
        };
        self.layout.lanes.iter().map(|lane| Arc::new(bars(lane))).collect()
    }

    fn paint_reorder(&self, painter: &Painter, ui: &Ui, cx: &SessionCx<'_>, lane: &LaneBox, origin: f32) {
        let selected = cx.selected_event().and_then(|event| self.drawing.position(event));
        let tokens = cx.app.tokens;
        reorder_paint::lane(painter, tokens, lane, &self.crossings, origin, selected);
        reorder_paint::names(painter, ui, tokens, lane, &self.crossings, origin);
    }

    /// Frames what the selection means: the phase that its event begins, or the mark of its finding.
    fn frame_selected(&self, painter: &Painter, cx: &SessionCx<'_>, area: Rect) {
        let position = cx.selected_event().and_then(|event| self.drawing.position(event));
        let finding = match cx.app.state.selection {
            Some(Item::Finding(_, number)) => Some(number),
            _ => None,
        };
        for lane in &self.layout.lanes {
            let wanted = match self.lane_kind(lane) {
                Some(LaneKind::Findings) => finding,
                Some(LaneKind::Network | LaneKind::Reorder) | None => None,
                Some(_) => position,
            };
            let is_wanted =
                |phase: &&PhaseBox| phase.drawn.count == 1 && Some(phase.drawn.phase.item) == wanted;
            if let Some(phase) = lane.phases.iter().find(is_wanted) {
                let room = if finding == wanted { 5.0 } else { 0.0 };
                let edges = (phase.left - room, phase.right + room);
                paint::frame(painter, cx.app.tokens.selection_line, lane, edges, area.top());
            }
        }
    }

    fn tooltip(&self, cx: &SessionCx<'_>, response: &Response, area: Rect) {
        let Some(pointer) = response.hover_pos().filter(|_| !response.dragged()) else { return };
        let tooltip = Tooltip::for_enabled(response).at_pointer().gap(12.0);
        if pointer.x < self.scale.left {
            return;
        }
        let Some(hit) = self.at(area, pointer.x, pointer.y) else {
            return cut::tooltip(response, &self.scale, &AxisTimes::of(cx), pointer.x);
        };
        let lines = match hit.line.filter(|line| line.drawn.count == 1) {
            Some(line) => about_line(cx, &self.drawing, &line.drawn.crossing),
            None => about(cx, hit.kind, &hit.drawn),
        };
        tooltip.show(|ui| {
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

/// When the selected event happened.
#[must_use]
pub fn selected_secs(cx: &SessionCx<'_>, drawing: &Drawing) -> Option<f64> {
    drawing.time(cx.selected_event()?)
}

/// So many places of a finding are lit.
const MAX_LIT: usize = 64;

/// When the events happened that explain the selected finding.
pub fn related_secs<'a>(cx: &SessionCx<'a>, drawing: &'a Drawing) -> impl Iterator<Item = f64> + use<'a> {
    cx.related().iter().take(MAX_LIT).filter_map(|related| drawing.time(related.event))
}

/// Shows a phase with some room around it.
#[must_use]
pub fn zoom_to(scale: &TimeScale, phase: &Phase) -> Command {
    let (from, to) = (scale.axis.to_axis(phase.start), scale.axis.to_axis(phase.end));
    if to <= from {
        return zoom_to_instant(scale, phase.start);
    }
    zoom_about(scale, from.midpoint(to), (to - from) / ZOOMED_SHARE)
}

/// Shows a moment, seconds since the session's origin, with some room around it.
#[must_use]
pub fn zoom_to_instant(scale: &TimeScale, secs: f64) -> Command {
    zoom_to_place(scale, scale.axis.to_axis(secs))
}

/// Shows a place of the axis with some room around it.
#[must_use]
pub fn zoom_to_place(scale: &TimeScale, place: f64) -> Command {
    zoom_about(scale, place, (scale.to - scale.from) * ZOOMED_INSTANT)
}

/// Shows so much about a place of the axis.
fn zoom_about(scale: &TimeScale, middle: f64, width: f64) -> Command {
    let (from, to) = (middle - width / 2.0, middle + width / 2.0);
    Command::ShowRange { from: scale.axis.to_secs(from), to: scale.axis.to_secs(to) }
}

/// What a click on a phase selects.
#[must_use]
pub fn item_of(cx: &SessionCx<'_>, kind: &LaneKind, item: u32) -> Option<Item> {
    let capture = cx.loaded.id;
    match kind {
        LaneKind::Findings => Some(Item::Finding(capture, item)),
        LaneKind::Network => Some(Item::Exchange(capture, ExchangeId(item))),
        _ => Some(Item::Event(capture, event_id(cx, item)?)),
    }
}

/// The event that a phase is about.
fn event_of(cx: &SessionCx<'_>, kind: &LaneKind, item: u32) -> Option<EventId> {
    match kind {
        LaneKind::Findings => cx.judged()?.finding(item)?.event,
        LaneKind::Network => cx.capture().exchange(ExchangeId(item))?.events().next(),
        _ => event_id(cx, item),
    }
}
