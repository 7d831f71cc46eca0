//! The field of the event table's filter: what may be typed next is offered below it, and what means nothing is
//! underlined and explained.

use std::ops::Range;
use std::sync::Arc;

use eframe::egui::text::{CCursor, CCursorRange, LayoutJob, TextFormat};
use eframe::egui::text_edit::TextEditState;
use eframe::egui::{
    Area, Button, FontSelection, Frame, Galley, Id, Key, Label, Modifiers, Order, Rect, Response, RichText,
    ScrollArea, Sense, Stroke, TextBuffer, TextEdit, TextStyle, Ui, WidgetInfo, accesskit::Role,
};

use crate::store::loaded::CaptureId;
use crate::store::query::complete::{Completion, Vocabulary, complete};
use crate::store::query::parse::QueryError;
use crate::ui::cx::SessionCx;
use crate::ui::text::{fill, of_parameter, text};
use crate::ui::theme::Tokens;
use crate::ui::widgets::naming::name_field;

/// The widest list of offers, points.
const OFFERS_WIDTH: f32 = 420.0;
/// No more offers than these are in view at once.
const MAX_SEEN: usize = 8;

/// The field's own state.
#[derive(Debug, Default)]
pub struct FilterField {
    typed: String,
    focus: u64,
    /// The offer that Enter takes.
    chosen: Option<usize>,
    /// The pointer was over the offers when they were last drawn: a click there takes the focus away.
    over_offers: bool,
    /// Offers lie below the field.
    has_offers: bool,
    /// What the shown capture knows, and which capture that is.
    vocabulary: Option<(CaptureId, u32, Vocabulary)>,
}

impl FilterField {
    /// True while offers lie below the field: what stands there is covered, and the word is not finished yet.
    #[must_use]
    pub fn has_offers(&self) -> bool {
        self.has_offers
    }

    /// Draws the field; gives what was typed when that has changed.
    pub fn ui(&mut self, ui: &mut Ui, cx: &SessionCx<'_>, width: f32) -> Option<String> {
        let state = cx.app.state;
        if self.typed != state.filter.text && !ui.ctx().text_edit_focused() {
            self.typed.clone_from(&state.filter.text);
        }
        let id = Id::unique("event filter");
        let is_open = ui.memory(|memory| memory.has_focus(id)) || self.over_offers;
        let completion = if is_open { self.completion(ui, cx, id) } else { Completion::default() };
        self.has_offers = !completion.offers.is_empty();
        let taken = if is_open { self.keys(ui, &completion) } else { None };
        let fault = state.filter_error.as_ref().filter(|_| self.typed == state.filter.text);
        let hint = text("events.filter");
        let fault = fault.map(|error| error.at.clone());
        let response = query_edit_ui(ui, cx.app.tokens, &mut self.typed, id, hint, width, fault);
        name_field(&response, hint);
        let mut is_changed = response.changed();
        if is_changed {
            self.chosen = None;
        }
        if self.focus != state.filter_focus {
            self.focus = state.filter_focus;
            response.request_focus();
        }
        let clicked = if is_open { self.offers_ui(ui, cx, response.rect, &completion) } else { None };
        self.over_offers &= is_open;
        if let Some(offer) = taken.or(clicked).and_then(|at| completion.offers.get(at)) {
            let before: String = self.typed.get(..completion.replaces.start).unwrap_or_default().to_owned();
            let after = self.typed.get(completion.replaces.end..).unwrap_or_default();
            let cursor = (before.clone() + &offer.text).chars().count();
            self.typed = format!("{before}{}{after}", offer.text);
            let mut edit = TextEditState::load(ui.ctx(), id).unwrap_or_default();
            edit.cursor.set_char_range(Some(CCursorRange::one(CCursor::new(cursor))));
            edit.store(ui.ctx(), id);
            response.request_focus();
            (self.chosen, is_changed) = (None, true);
        }
        is_changed.then(|| self.typed.clone())
    }

    fn completion(&mut self, ui: &Ui, cx: &SessionCx<'_>, id: Id) -> Completion {
        let now = (cx.loaded.id, cx.loaded.numbering());
        if self.vocabulary.as_ref().is_none_or(|(id, numbering, _)| (*id, *numbering) != now) {
            self.vocabulary = Some((now.0, now.1, Vocabulary::of(cx.capture())));
        }
        let range = TextEditState::load(ui.ctx(), id).and_then(|edit| edit.cursor.char_range());
        let chars = range.map_or(usize::MAX, |range| range.primary.index.0);
        let cursor = self.typed.char_indices().nth(chars).map_or(self.typed.len(), |(at, _)| at);
        let vocabulary = self.vocabulary.as_ref().map(|(_, _, vocabulary)| vocabulary);
        vocabulary.map(|vocabulary| complete(&self.typed, cursor, vocabulary)).unwrap_or_default()
    }

    /// Arrows choose an offer, Enter takes it; gives its number.
    fn keys(&mut self, ui: &Ui, completion: &Completion) -> Option<usize> {
        let n_offers = completion.offers.len();
        self.chosen = self.chosen.filter(|at| *at < n_offers);
        if n_offers == 0 {
            return None;
        }
        let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
        if pressed(Key::ArrowDown) {
            self.chosen = Some(self.chosen.map_or(0, |at| (at + 1) % n_offers));
        }
        if pressed(Key::ArrowUp) {
            self.chosen = self.chosen.and_then(|at| at.checked_sub(1));
        }
        self.chosen.filter(|_| pressed(Key::Enter))
    }

    /// The list below the field; gives the number of the offer that was clicked.
    fn offers_ui(
        &mut self,
        ui: &Ui,
        cx: &SessionCx<'_>,
        field: Rect,
        completion: &Completion,
    ) -> Option<usize> {
        self.over_offers = false;
        if completion.offers.is_empty() {
            return None;
        }
        let mut clicked = None;
        let area = Area::new(Id::unique("filter offers")).order(Order::Foreground);
        let shown = area.fixed_pos(field.left_bottom()).show(ui.ctx(), |ui| {
            Frame::popup(ui.style()).show(ui, |ui| {
                ui.set_max_width(OFFERS_WIDTH);
                let height = offers_height(ui, completion.offers.len());
                // The list grows with the offers.
                let area = ScrollArea::vertical().max_height(height).min_scrolled_height(height);
                area.show(ui, |ui| {
                    for (at, offer) in completion.offers.iter().enumerate() {
                        let is_chosen = self.chosen == Some(at);
                        let row = ui.horizontal(|ui| {
                            // The arrows choose: a stop here would take the focus along when the list closes.
                            let row = Button::selectable(is_chosen, &offer.text).sense(Sense::CLICK);
                            let row = ui.add(row);
                            if let Some(meaning) = offer.meaning {
                                let words = RichText::new(of_parameter(meaning))
                                    .small()
                                    .color(cx.app.tokens.text_weak);
                                ui.add(Label::new(words).truncate());
                            }
                            row
                        });
                        if is_chosen {
                            row.inner.scroll_to_me(None);
                        }
                        if row.inner.clicked() {
                            clicked = Some(at);
                        }
                    }
                });
            });
        });
        self.over_offers = shown.response.contains_pointer();
        clicked
    }
}

/// The height of as many whole lines of offers as there are, and as find room in the window.
fn offers_height(ui: &Ui, n_offers: usize) -> f32 {
    let spacing = ui.spacing();
    let words = ui.text_style_height(&TextStyle::Button) + 2.0 * spacing.button_padding.y;
    let row = words.max(spacing.interact_size.y);
    let room = ui.ctx().content_rect().bottom() - ui.next_widget_position().y - spacing.menu_margin.sum().y;
    let fitting = ((room + spacing.item_spacing.y) / (row + spacing.item_spacing.y)) as usize;
    let n_seen = n_offers.min(MAX_SEEN).min(fitting).max(1) as f32;
    n_seen * row + (n_seen - 1.0) * spacing.item_spacing.y
}

/// A field for a query, of which what is at fault is underlined. Its name is the caller's to give.
pub(super) fn query_edit_ui(
    ui: &mut Ui,
    tokens: &Tokens,
    typed: &mut String,
    id: Id,
    hint: &str,
    width: f32,
    fault: Option<Range<usize>>,
) -> Response {
    let font = FontSelection::default().resolve(ui.style());
    let plain = TextFormat::simple(font, tokens.text);
    let broken = TextFormat { underline: Stroke::new(2.0, tokens.error), ..plain.clone() };
    let mut layout = move |ui: &Ui, buffer: &dyn TextBuffer, _: f32| -> Arc<Galley> {
        let typed = buffer.as_str();
        let (from, to) = fault.as_ref().map_or((0, 0), |at| (at.start, at.end));
        let mut job = LayoutJob::default();
        for (part, format) in
            [(typed.get(..from), &plain), (typed.get(from..to), &broken), (typed.get(to..), &plain)]
        {
            job.append(part.unwrap_or_default(), 0.0, format.clone());
        }
        ui.fonts_mut(|fonts| fonts.layout_job(job))
    };
    let edit = TextEdit::singleline(typed).id(id).hint_text(hint).desired_width(width);
    ui.add(edit.layouter(&mut layout))
}

/// Says what of a query means nothing.
pub fn query_error_ui(ui: &mut Ui, cx: &SessionCx<'_>, typed: &str, error: Option<&QueryError>) {
    let Some(error) = error else { return };
    let words = error_words(typed, error);
    let label = Label::new(RichText::new(&words).small().color(cx.app.tokens.error)).truncate();
    ui.add(label).widget_info(|| WidgetInfo::labeled(Role::Alert, true, &words));
}

/// The place, what is wrong there, and what may be meant.
fn error_words(typed: &str, error: &QueryError) -> String {
    let before = typed.get(..error.at.start).unwrap_or(typed);
    let place = (before.chars().count() + 1).to_string();
    let what = fill(&format!("query.{}", error.key), &[("word", &error.word)]);
    let said = fill("query.at", &[("place", &place), ("what", &what)]);
    match &error.meant {
        Some(meant) => format!("{said} {}", fill("query.meant", &[("word", meant)])),
        None => said,
    }
}
