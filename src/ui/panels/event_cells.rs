//! The rows of the event table: what each column shows of an event.

use eframe::egui::{
    Color32, Label, Response, RichText, Sense, TextStyle, Ui, WidgetInfo, accesskit::Role, vec2,
};
use egui_extras::TableRow;

use crate::model::event_type::{EventGroup, EventType};
use crate::model::id::EventId;
use crate::model::parameter::is_identifying;
use crate::model::table::Event;
use crate::rules::finding::{Counts, Related};
use crate::store::column::{self, Cell, Column};
use crate::store::filter::gap_millis;
use crate::store::project::SavedMark;
use crate::ui::axis_times::AxisTimes;
use crate::ui::cx::SessionCx;
use crate::ui::overlay;
use crate::ui::text::{grouped, text};
use crate::ui::theme::Tokens;
use crate::ui::timeline::paint::focus;
use crate::ui::widgets::glyphs::with_missing;
use crate::ui::widgets::identifying::sign;
use crate::ui::widgets::marked::marked;
use crate::ui::widgets::severity_badge::counts_ui;
use crate::ui::widgets::time_label;

/// No more of a text than this is drawn in a cell, characters: the detail has the rest.
const MAX_CHARS: usize = 300;

/// What the search marks of a row.
#[derive(Clone, Copy)]
pub(super) struct Marks<'a> {
    /// The row is a hit.
    pub is_hit: bool,
    /// What is marked where it is drawn.
    pub words: &'a [&'a str],
}

/// One row, while its cells are drawn.
struct RowCx<'a> {
    cx: &'a SessionCx<'a>,
    event: Event<'a>,
    arrival: u32,
    marks: Marks<'a>,
    related: Option<&'a Related>,
    mark: Option<&'a SavedMark>,
}

/// Draws a row of the table; gives what the pointer does with it.
pub(super) fn event_row(
    row: &mut TableRow<'_, '_>,
    cx: &SessionCx<'_>,
    selected: Option<EventId>,
    marks: Marks<'_>,
) -> Option<(EventId, Response)> {
    let (arrival, id) = cx.app.state.table_row(row.index())?;
    let event = cx.event(id)?;
    row.set_selected(selected == Some(id));
    row.set_hovered(cx.hovered().is_some_and(|hover| hover.event == Some(id)));
    let related = cx.related().iter().find(|related| related.event == id);
    let mark = event.ts().and_then(|ts| cx.app.state.mark_at(ts));
    let row_cx = RowCx { cx, event, arrival, marks, related, mark };
    let mut stop = None;
    for (at, shown) in cx.app.state.prefs.table.columns.iter().enumerate() {
        row.col(|ui| {
            if at == 0 {
                let rect = ui.max_rect().with_max_x(ui.clip_rect().right());
                stop = Some(ui.interact(rect, ui.scope_id().with("stop"), Sense::click()));
                row_cx.ground_ui(ui);
            }
            row_cx.cell_ui(ui, &shown.column);
        });
    }
    row.col(|ui| {
        // Painted last, so that no cell lies over it.
        if let Some(stop) = stop.as_ref().filter(|stop| stop.has_focus()) {
            focus(ui, cx.app.tokens, stop.rect);
        }
    });
    let response = stop.map_or_else(|| row.response(), |stop| stop.union(row.response()));
    let name = row_cx.name();
    response.widget_info(|| WidgetInfo::selected(Role::Row, true, selected == Some(id), &name));
    Some((id, response))
}

impl RowCx<'_> {
    fn tokens(&self) -> &Tokens {
        self.cx.app.tokens
    }

    /// What a screen reader says of the row.
    fn name(&self) -> String {
        let mut name = format!("{} {}", text("events.row"), self.arrival);
        if self.marks.is_hit {
            name = format!("{name}, {}", text("events.row.hit"));
        }
        if let Some(mark) = self.mark {
            name = format!("{name}, {}", text("marks.row.marked"));
            if !mark.note.is_empty() {
                name = format!("{name}: {}", mark.note);
            }
        }
        if let Some(related) = self.related {
            name = format!("{name}: {}", related.message);
        }
        name
    }

    /// What lies behind the first cell.
    fn ground_ui(&self, ui: &mut Ui) {
        if self.marks.is_hit {
            ui.painter().rect_filled(ui.max_rect(), 0.0, self.tokens().warn_fill);
        }
        // A bar and not color alone says that the row explains the finding.
        if let Some(related) = self.related {
            let bar = ui.max_rect().with_max_x(ui.max_rect().left() + 3.0);
            ui.painter().rect_filled(bar, 1.0, self.tokens().accent);
            ui.interact(bar.expand(2.0), ui.scope_id().with("related"), Sense::hover())
                .on_hover_text(&related.message);
            ui.add_space(4.0);
        }
        if let Some(mark) = self.mark {
            let size = vec2(overlay::FLAG + 1.0, overlay::FLAG);
            let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
            overlay::flag(ui.painter(), self.tokens(), rect.min);
            if !mark.note.is_empty() {
                ui.interact(rect.expand(2.0), ui.scope_id().with("mark"), Sense::hover())
                    .on_hover_text(&mark.note);
            }
        }
    }

    fn cell_ui(&self, ui: &mut Ui, column: &Column) {
        let event = self.event;
        match column {
            Column::Number => self.number_ui(ui),
            Column::Time => {
                let secs = self.cx.secs_of(event.id);
                self.mono(ui, secs.map(|secs| AxisTimes::of(self.cx).exact(secs)));
            }
            Column::Type => {
                let (rect, _) = ui.allocate_exact_size(vec2(4.0, 12.0), Sense::hover());
                let group = event.event_type().map(EventType::group);
                ui.painter().rect_filled(rect, 1.0, group_color(self.tokens(), group));
                self.plain(ui, event.type_name().as_ref());
            }
            Column::Playhead => {
                self.mono(ui, event.playhead().map(|playhead| time_label::playhead(playhead.0)));
            }
            Column::Gap => self.gap_ui(ui),
            Column::Findings => {
                let mut counts = Counts::default();
                self.cx.findings_of(event.id).for_each(|(_, finding)| counts += finding);
                counts_ui(ui, self.tokens(), counts);
            }
            Column::Status => {
                if let Some(status) = event.exchange().and_then(|exchange| exchange.status()) {
                    let good = (200..400).contains(&status);
                    let color = if good { self.tokens().text_weak } else { self.tokens().error };
                    ui.label(RichText::new(status.to_string()).monospace().color(color));
                }
            }
            Column::Ts => self.moment(ui, event.ts()),
            Column::Arrival => self.moment(ui, column::arrived_at(event)),
            Column::Delay => {
                self.mono(ui, column::delay_millis(event).map(time_label::gap));
            }
            Column::Bitrate => {
                self.mono(ui, column::bitrate(event).map(|bitrate| bitrate.to_string()));
            }
            Column::Session => self.plain(ui, column::session(event).unwrap_or("–")),
            Column::Size => {
                self.mono(ui, Some(grouped(column::size_bytes(event))));
            }
            Column::Member { member, key } => {
                let hides = is_identifying(key);
                match column::member_value(event, member, key) {
                    Cell::Number(number) => {
                        self.words(ui, &number.to_string(), TextStyle::Monospace, hides);
                    }
                    Cell::Text(words) => drop(self.words(ui, &words, TextStyle::Body, hides)),
                    Cell::Nothing => drop(self.mono(ui, None)),
                }
            }
        }
    }

    fn number_ui(&self, ui: &mut Ui) {
        let number = grouped(u64::from(self.arrival));
        if self.related.is_some() {
            ui.label(RichText::new(number).color(self.tokens().accent).strong());
        } else if self.marks.is_hit {
            ui.label(number);
        } else {
            ui.weak(number);
        }
    }

    fn gap_ui(&self, ui: &mut Ui) {
        let gap = gap_millis(self.cx.loaded, self.cx.session, self.cx.app.state.prefs.order, self.arrival);
        let words = gap.map(time_label::gap);
        if gap.is_some_and(|millis| millis < 0) {
            let words = RichText::new(words.unwrap_or_default()).monospace().color(self.tokens().warn);
            ui.label(words).on_hover_text(text("events.gap.back"));
        } else {
            self.mono(ui, words);
        }
    }

    /// A time of day, with the day on hover.
    fn moment(&self, ui: &mut Ui, at: Option<crate::model::clock::TsMillis>) {
        let response = self.mono(ui, at.map(time_label::utc_time));
        if let Some(at) = at {
            response.on_hover_text(time_label::utc(at));
        }
    }

    fn plain(&self, ui: &mut Ui, words: &str) {
        self.words(ui, words, TextStyle::Body, false);
    }

    fn mono(&self, ui: &mut Ui, words: Option<String>) -> Response {
        self.words(ui, words.as_deref().unwrap_or("–"), TextStyle::Monospace, false)
    }

    /// `hides`: a picture does not show them.
    fn words(&self, ui: &mut Ui, words: &str, style: TextStyle, hides: bool) -> Response {
        let end = words.char_indices().nth(MAX_CHARS).map_or(words.len(), |(at, _)| at);
        // A cell is one line.
        let words = words[..end].replace(['\n', '\r', '\t'], " ");
        let font = style.resolve(ui.style());
        let mut job = marked(&words, self.marks.words, font, self.tokens().text, self.tokens());
        if hides {
            sign(&mut job);
        }
        let response = ui.add(Label::new(job).truncate());
        with_missing(ui, response, &words, style)
    }
}

/// The color of a group of event types.
fn group_color(tokens: &Tokens, group: Option<EventGroup>) -> Color32 {
    match group {
        Some(EventGroup::Session) => tokens.accent,
        Some(EventGroup::Playback) => tokens.mark_ping,
        Some(EventGroup::Ad) => tokens.lane_ad,
        Some(EventGroup::Chapter) => tokens.lane_chapter,
        Some(EventGroup::PlayerState) => tokens.lane_state,
        Some(EventGroup::Quality) => tokens.lane_quality,
        None => tokens.error,
    }
}
