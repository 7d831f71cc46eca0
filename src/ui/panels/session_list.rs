//! The session list: verdict, content, mode, length, events, findings and first stamp, grouped by capture.

use eframe::egui::{
    Align, Label, Layout, Rect, RichText, ScrollArea, Sense, StrokeKind, TextEdit, TextStyle, Ui, UiBuilder,
    WidgetInfo, accesskit::Role, pos2, vec2,
};

use crate::app::command::Command;
use crate::app::command::compare::CompareCommand;
use crate::app::compare::Subject;
use crate::app::item::Item;
use crate::model::clock::TsMillis;
use crate::model::id::SessionId;
use crate::model::session::{Content, Mode, Session};
use crate::rules::finding::Counts;
use crate::rules::verdict::Verdict;
use crate::store::growing::AsideSession;
use crate::store::loaded::{CaptureId, LoadedCapture};
use crate::store::session_rows::{SessionRow, SessionRows};
use crate::ui::cx::AppCx;
use crate::ui::text::{counted, fill, text};
use crate::ui::timeline::paint::focus;
use crate::ui::widgets::glyphs::hovered_missing;
use crate::ui::widgets::icon::{close_button, icon};
use crate::ui::widgets::naming::name_field;
use crate::ui::widgets::severity_badge::{counts_ui, verdict_icon, verdict_word, verdict_words};
use crate::ui::widgets::time_label;

/// Height of the head of a capture, points.
const HEAD_HEIGHT: f32 = 28.0;
/// Height of a session, points.
const SESSION_HEIGHT: f32 = 66.0;

/// From this width on there is room for verdict and day, points.
const ROOM_FOR_DAY: f32 = 300.0;

/// The list's own state.
#[derive(Debug, Default)]
pub struct SessionList {
    filter: String,
    scrolled_to: Option<(CaptureId, SessionId)>,
}

impl SessionList {
    /// Draws the list.
    pub fn ui(&mut self, ui: &mut Ui, cx: &AppCx<'_>) {
        let rows = &cx.state.session_rows;
        ui.add_space(4.0);
        ui.horizontal(|ui| {
            ui.strong(text("sessions.title"));
            ui.weak(counted("count.sessions", rows.n_sessions() as u64));
        });
        if self.filter != cx.state.session_filter && !ui.ctx().text_edit_focused() {
            self.filter.clone_from(&cx.state.session_filter);
        }
        let edit = TextEdit::singleline(&mut self.filter)
            .hint_text(text("sessions.filter"))
            .desired_width(f32::INFINITY);
        let field = ui.add(edit);
        name_field(&field, text("sessions.filter"));
        if field.changed() {
            cx.push(Command::SetSessionFilter(self.filter.clone()));
        }
        ui.add_space(2.0);
        if rows.n_sessions() == 0 && !cx.state.session_filter.is_empty() {
            ui.add(Label::new(RichText::new(text("sessions.none-pass")).weak()).wrap());
            if ui.button(text("events.clear")).clicked() {
                cx.push(Command::SetSessionFilter(String::new()));
            }
        } else if rows.n_sessions() == 0 {
            ui.add(Label::new(RichText::new(text("sessions.none")).weak()).wrap());
        }
        let total = top(rows, rows.len());
        let mut area = ScrollArea::vertical().auto_shrink(false).id_salt("sessions");
        if let Some(offset) = self.reveal(cx, ui.available_height()) {
            area = area.vertical_scroll_offset(offset);
        }
        area.show_viewport(ui, |ui, viewport| {
            ui.set_height(total);
            let origin = ui.max_rect().min;
            let width = ui.available_width();
            let first = row_at(rows, viewport.min.y);
            for at in first..rows.len() {
                let above = top(rows, at);
                if above > viewport.max.y {
                    break;
                }
                let size = vec2(width, top(rows, at + 1) - above);
                let rect = Rect::from_min_size(pos2(origin.x, origin.y + above), size);
                row_ui(ui, cx, rows.get(at), rect);
            }
        });
    }

    /// Where to scroll when another session was chosen elsewhere.
    fn reveal(&mut self, cx: &AppCx<'_>, height: f32) -> Option<f32> {
        if self.scrolled_to == cx.state.shown {
            return None;
        }
        let (capture, session) = cx.state.shown?;
        let row = cx.state.session_rows.row_of(capture, session)?;
        let first_time = self.scrolled_to.is_none();
        self.scrolled_to = cx.state.shown;
        let above = top(&cx.state.session_rows, row);
        (!first_time && above + SESSION_HEIGHT > height).then_some((above - height / 2.0).max(0.0))
    }
}

/// Where a row begins, points from the top.
fn top(rows: &SessionRows, row: usize) -> f32 {
    let n_heads = rows.n_heads_above(row);
    n_heads as f32 * HEAD_HEIGHT + (row - n_heads) as f32 * SESSION_HEIGHT
}

/// The row at a height.
fn row_at(rows: &SessionRows, y: f32) -> usize {
    let (mut low, mut high) = (0, rows.len());
    while low < high {
        let middle = low + (high - low) / 2;
        if top(rows, middle + 1) <= y { low = middle + 1 } else { high = middle }
    }
    low
}

fn row_ui(ui: &mut Ui, cx: &AppCx<'_>, row: Option<SessionRow>, rect: Rect) {
    match row {
        Some(SessionRow::Capture(id)) => {
            if let Some(loaded) = cx.state.capture(id) {
                head_ui(ui, cx, loaded, rect);
            }
        }
        Some(SessionRow::Session(id, session)) => {
            let loaded = cx.state.capture(id);
            let found = loaded.and_then(|loaded| Some((loaded, loaded.capture.session(session)?)));
            if let Some((loaded, session)) = found {
                session_ui(ui, cx, &Entry::of(cx, loaded, session), rect);
            }
        }
        Some(SessionRow::Aside(id, at)) => {
            let growth = cx.state.capture(id).and_then(|loaded| loaded.growth.as_ref());
            if let Some(aside) = growth.and_then(|growth| growth.aside.get(at)) {
                session_ui(ui, cx, &Entry::aside(id, aside), rect);
            }
        }
        None => {}
    }
}

/// What a row says of a session, held or set aside.
struct Entry<'a> {
    /// Tells rows apart.
    id: (bool, CaptureId, u64),
    /// Shows it.
    choose: Command,
    is_shown: bool,
    /// What it is compared as; `None`: it cannot be.
    subject: Option<Subject>,
    /// More of it may come.
    so_far: bool,
    verdict: Option<Verdict>,
    counts: Option<Counts>,
    origin: Option<TsMillis>,
    title: String,
    facts: String,
    sid: Option<&'a str>,
}

impl<'a> Entry<'a> {
    fn of(cx: &AppCx<'_>, loaded: &'a LoadedCapture, session: &'a Session) -> Entry<'a> {
        let judged = loaded.judged.as_ref();
        Entry {
            id: (false, loaded.id, u64::from(session.id.0)),
            choose: Command::Select(Item::Session(loaded.id, session.id)),
            is_shown: cx.state.shown == Some((loaded.id, session.id)),
            subject: Some((loaded.id, session.id)),
            so_far: loaded.capture.is_so_far(session),
            verdict: judged.and_then(|judged| judged.verdict(session.id)),
            counts: judged.map(|judged| judged.counts(session.id)),
            origin: loaded.places.times(session.id).origin,
            title: title(session),
            facts: facts(session.len() as u64, session.mode, &session.content),
            sid: session.sid.as_deref(),
        }
    }

    fn aside(capture: CaptureId, aside: &'a AsideSession) -> Entry<'a> {
        let facts = facts(aside.n_events, aside.mode, &aside.content);
        Entry {
            id: (true, capture, aside.key),
            choose: Command::BringBack(capture, aside.key),
            is_shown: false,
            subject: None,
            so_far: aside.so_far || aside.is_behind,
            verdict: aside.verdict,
            counts: Some(aside.counts),
            origin: aside.times.origin,
            title: name_of(&aside.content, aside.sid.as_ref())
                .unwrap_or_else(|| fill("sessions.number", &[("n", &aside.key.to_string())])),
            facts,
            sid: aside.sid.as_deref(),
        }
    }

    /// True when its events are not held.
    fn is_aside(&self) -> bool {
        self.id.0
    }

    /// The verdict in a word or two.
    fn verdict_words(&self) -> String {
        let word = verdict_word(self.verdict);
        match self.so_far && self.verdict.is_some() {
            true => fill("sessions.so-far", &[("verdict", word)]),
            false => word.to_owned(),
        }
    }
}

fn head_ui(ui: &mut Ui, cx: &AppCx<'_>, loaded: &LoadedCapture, rect: Rect) {
    let response = ui.interact(rect, ui.scope_id().with(("head", loaded.id)), Sense::click());
    ui.painter().rect_filled(rect, 0.0, cx.tokens.raised);
    let inner = rect.shrink2(vec2(6.0, 0.0));
    let builder = UiBuilder::new().max_rect(inner).layout(Layout::right_to_left(Align::Center));
    ui.scope_builder(builder, |ui| {
        if close_button(ui, text("sessions.close")).clicked() {
            cx.push(Command::Close(loaded.id));
        }
        if cx.state.live.grows(loaded.id) {
            ui.label(RichText::new(text("sessions.growing")).small().color(cx.tokens.accent).strong());
        } else {
            let format = text(&format!("format.{}", loaded.capture.format.name()));
            ui.label(RichText::new(format).small().weak());
        }
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            let name = RichText::new(loaded.short_name()).strong();
            ui.add(Label::new(name).truncate()).on_hover_text(&loaded.capture.name);
        });
    });
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &loaded.capture.name));
    if response.has_focus() {
        focus(ui, cx.tokens, rect);
    }
    if response.clicked() {
        cx.push(Command::Select(Item::Capture(loaded.id)));
    }
}

fn session_ui(ui: &mut Ui, cx: &AppCx<'_>, entry: &Entry<'_>, rect: Rect) {
    let response = ui.interact(rect, ui.scope_id().with(("session", entry.id)), Sense::click());
    let is_shown = entry.is_shown;
    let fill = if is_shown {
        cx.tokens.selection
    } else if response.hovered() {
        cx.tokens.hovered
    } else {
        cx.tokens.panel
    };
    ui.painter().rect_filled(rect, 0.0, fill);
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, (1.0, cx.tokens.border));
    if is_shown {
        let bar = Rect::from_min_size(rect.min, vec2(3.0, rect.height()));
        ui.painter().rect_filled(bar, 0.0, cx.tokens.accent);
    }
    let color = entry.verdict.map_or(cx.tokens.text_weak, |verdict| cx.tokens.verdict(verdict));
    let verdict = entry.verdict_words();
    let builder = UiBuilder::new().max_rect(rect.shrink2(vec2(9.0, 5.0)));
    ui.scope_builder(builder, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        ui.spacing_mut().interact_size.y = 18.0;
        ui.horizontal(|ui| {
            icon(ui, verdict_icon(entry.verdict), color, "");
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let stamp = entry.origin.map_or("–".to_owned(), |ts| time_label::utc(ts)[..].to_owned());
                let short = entry.origin.map_or("–".to_owned(), time_label::utc_minute);
                // The verdict needs the room more than the day does.
                let short = if entry.so_far || rect.width() < ROOM_FOR_DAY {
                    short.rsplit(' ').next().unwrap_or_default()
                } else {
                    &short
                };
                ui.label(RichText::new(short).small().weak())
                    .on_hover_text(format!("{} {stamp}", text("sessions.first-ts")));
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    ui.add(Label::new(RichText::new(&verdict).color(color).strong()).truncate());
                });
            });
        });
        ui.add(Label::new(&entry.title).truncate());
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if entry.is_aside() {
                ui.label(RichText::new(text("sessions.aside")).small().color(cx.tokens.accent));
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                if let Some(counts) = entry.counts {
                    counts_ui(ui, cx.tokens, counts);
                }
                ui.add(Label::new(RichText::new(&entry.facts).small().weak()).truncate());
            });
        });
    });
    let mut words = format!("{verdict}: {}, {}", entry.title, entry.facts);
    if entry.is_aside() {
        words.push_str(&format!(" · {}", text("sessions.aside")));
    }
    let is_chosen = entry.subject.is_some() && cx.state.compare.with == entry.subject;
    if is_chosen {
        ui.painter().rect_stroke(rect.shrink(1.0), 2.0, (1.5, cx.tokens.accent), StrokeKind::Inside);
        words.push_str(&format!(" · {}", text("compare.chosen")));
    }
    response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, true, is_shown, &words));
    if response.has_focus() {
        focus(ui, cx.tokens, rect);
    }
    if let Some(subject) = entry.subject {
        response.context_menu(|ui| subject_menu(ui, cx, subject, is_chosen));
    }
    let missing = hovered_missing(ui, &response, &words, TextStyle::Body);
    let response = response.on_hover_ui(|ui| {
        ui.set_max_width(360.0);
        if let Some(missing) = missing {
            ui.label(missing);
        }
        if let Some(verdict) = entry.verdict {
            ui.label(verdict_words(verdict));
        }
        if entry.so_far {
            ui.label(text("sessions.so-far.tip"));
        }
        ui.label(RichText::new(words.as_str()).weak());
        if let Some(sid) = entry.sid {
            ui.label(RichText::new(sid).monospace());
        }
    });
    if response.clicked() {
        match entry.subject {
            Some((capture, session)) if ui.input(|input| input.modifiers.command) => {
                cx.push(Command::Compare(CompareCommand::Choose(capture, session)));
            }
            _ => cx.push(entry.choose.clone()),
        }
    }
}

/// What can be done with a session of the list.
fn subject_menu(ui: &mut Ui, cx: &AppCx<'_>, (capture, session): Subject, is_chosen: bool) {
    let words = if is_chosen { "compare.choose-not" } else { "compare.choose-this" };
    if ui.button(text(words)).clicked() {
        cx.push(Command::Compare(CompareCommand::Choose(capture, session)));
    }
}

/// What is watched, in a few words.
#[must_use]
pub fn title(session: &Session) -> String {
    name_of(&session.content, session.sid.as_ref())
        .unwrap_or_else(|| fill("sessions.number", &[("n", &(session.id.0 + 1).to_string())]))
}

fn name_of(content: &Content, sid: Option<&String>) -> Option<String> {
    let name = content.media_name.as_ref().or(content.media_id.as_ref()).or(sid);
    let name = name.filter(|name| !name.is_empty())?;
    Some(name.chars().map(|c| if c.is_control() { ' ' } else { c }).collect())
}

/// Mode, length and number of events.
fn facts(n_events: u64, mode: Mode, content: &Content) -> String {
    let mut facts =
        vec![counted("count.events", n_events), text(&format!("mode.{}", mode.name())).to_owned()];
    if let Some(secs) = content.length_secs.filter(|_| !content.live) {
        facts.push(time_label::length(secs));
    } else if content.live {
        facts.push(text("sessions.live").to_owned());
    }
    facts.join(" · ")
}
