//! Two sessions side by side: their events and lanes, what their starts say, how often what comes, and what becomes of
//! one of them when it is converted.

mod choose;
mod conversion;
mod lanes;
mod order;
mod tables;

use eframe::egui::{Align as Side, Label, Layout, RichText, Ui};

use self::choose::choose_ui;
use self::conversion::ConversionView;
use self::lanes::LanesView;
use self::order::OrderView;
use self::tables::{cadence_ui, metadata_ui};
use super::session_list::title;
use crate::app::command::compare::CompareCommand;
use crate::app::command::{Command, Direction};
use crate::app::compare::{First, Page, Sides, Subject};
use crate::store::comparison::{Align, Comparison};
use crate::ui::cx::AppCx;
use crate::ui::shortcuts::tip;
use crate::ui::text::{counted, fill, grouped, text};
use crate::ui::widgets::icon::{Icon, close_button, icon, icon_button, icon_button_size};
use crate::ui::widgets::row::{buttons_width, checkbox_width, part};

/// The comparison's own state.
#[derive(Debug, Default)]
pub struct ComparePanel {
    order: OrderView,
    lanes: LanesView,
    conversion: ConversionView,
}

impl ComparePanel {
    /// Another language is spoken.
    pub fn forget_texts(&mut self) {
        self.lanes = LanesView::default();
    }

    /// Draws the comparison of two sessions.
    pub fn ui(&mut self, ui: &mut Ui, cx: &AppCx<'_>, sides: &Sides) {
        head_ui(ui, cx, sides);
        bar_ui(ui, cx, sides);
        ui.separator();
        let differences_only = cx.state.compare.differences_only;
        if cx.state.compare.page == Page::Conversion {
            self.conversion.ui(ui, cx, sides, differences_only);
            return;
        }
        if sides.pair().is_none() {
            choose_ui(ui, cx, &sides.first);
            return;
        }
        if cx.state.compare.failed {
            again_ui(ui, cx, "compare.failed");
            return;
        }
        let Some(comparison) = &cx.state.compare.comparison else {
            ui.weak(text("compare.working"));
            return;
        };
        if cx.state.comparison_is_old() {
            again_ui(ui, cx, "compare.old");
            return;
        }
        if cx.state.comparison_is_behind() {
            again_ui(ui, cx, "compare.behind");
        }
        if let Some([first, second]) = comparison.other_content() {
            let words = fill("compare.other-content", &[("first", first), ("second", second)]);
            note_ui(ui, cx, &words);
        }
        match cx.state.compare.page {
            Page::Order => self.order.ui(ui, cx, comparison, differences_only),
            Page::Lanes => self.lanes.ui(ui, cx, comparison),
            Page::Metadata => metadata_ui(ui, cx, comparison, differences_only),
            Page::Cadence | Page::Conversion => cadence_ui(ui, cx, comparison),
        }
    }
}

/// Pages, and what belongs to the one that is shown.
fn bar_ui(ui: &mut Ui, cx: &AppCx<'_>, sides: &Sides) {
    let shown = cx.state.compare.page;
    ui.horizontal_wrapped(|ui| {
        for page in Page::ALL {
            let (words, tip) = page_words(page);
            if ui.selectable_label(shown == page, text(words)).on_hover_text(text(tip)).clicked() {
                push(cx, CompareCommand::Show(page));
            }
        }
        if sides.pair().is_none() && shown != Page::Conversion {
            return;
        }
        if matches!(shown, Page::Order | Page::Metadata | Page::Conversion) {
            let words = text("compare.differences-only");
            part(ui, checkbox_width(ui, words));
            let mut only = cx.state.compare.differences_only;
            if ui.checkbox(&mut only, words).changed() {
                push(cx, CompareCommand::ToggleDifferences);
            }
        }
        if matches!(shown, Page::Order | Page::Lanes) {
            part(ui, 2.0 * icon_button_size(ui).x + ui.spacing().item_spacing.x);
            parting_ui(ui, cx);
            let choices = Align::ALL.map(|align| text(align_words(align).0));
            part(ui, buttons_width(ui, std::iter::once(text("compare.align")).chain(choices)));
            align_ui(ui, cx);
        }
    });
}

/// Which two they are, and the way out.
fn head_ui(ui: &mut Ui, cx: &AppCx<'_>, sides: &Sides) {
    ui.horizontal(|ui| {
        ui.strong(text("compare.title"));
        ui.with_layout(Layout::right_to_left(Side::Center), |ui| {
            if close_button(ui, text("compare.leave")).clicked() {
                push(cx, CompareCommand::Toggle);
            }
            if sides.pair().is_some()
                && ui.button(text("compare.swap")).on_hover_text(text("compare.swap.tip")).clicked()
            {
                push(cx, CompareCommand::Swap);
            }
            let first = match &sides.first {
                First::Is(first) => name_of(cx, *first),
                First::NotChosen | First::Closed(_) => text("compare.not-chosen").to_owned(),
            };
            ui.with_layout(Layout::left_to_right(Side::Center), |ui| side_ui(ui, "compare.first", &first));
        });
    });
    ui.horizontal(|ui| side_ui(ui, "compare.second", &name_of(cx, sides.second)));
}

fn side_ui(ui: &mut Ui, key: &str, name: &str) {
    ui.weak(text(key));
    ui.add(Label::new(RichText::new(name)).truncate()).on_hover_text(name);
}

fn align_ui(ui: &mut Ui, cx: &AppCx<'_>) {
    ui.weak(text("compare.align"));
    for align in Align::ALL {
        let (words, tip) = align_words(align);
        let chosen = ui.selectable_label(cx.state.compare.align == align, text(words));
        if chosen.on_hover_text(text(tip)).clicked() {
            push(cx, CompareCommand::Align(align));
        }
    }
}

/// The way from one parting to the next.
fn parting_ui(ui: &mut Ui, cx: &AppCx<'_>) {
    let any = cx.state.compare.comparison.as_ref().is_some_and(|found| !found.partings.is_empty());
    for (icon, name, direction) in [
        (Icon::Previous, "compare-previous", Direction::Back),
        (Icon::Next, "compare-next", Direction::Forward),
    ] {
        if icon_button(ui, icon, &tip(ui, name), any).clicked() {
            push(cx, CompareCommand::Part(direction));
        }
    }
}

/// Says something that is not as it should be.
fn note_ui(ui: &mut Ui, cx: &AppCx<'_>, words: &str) {
    ui.horizontal_wrapped(|ui| {
        icon(ui, Icon::Warn, cx.tokens.warn, "");
        ui.label(words);
    });
}

/// Says why there is nothing, or not all, and offers to compare once more.
fn again_ui(ui: &mut Ui, cx: &AppCx<'_>, key: &str) {
    note_ui(ui, cx, text(key));
    if ui.button(text("compare.again")).clicked() {
        push(cx, CompareCommand::Again);
    }
}

fn push(cx: &AppCx<'_>, command: CompareCommand) {
    cx.push(Command::Compare(command));
}

fn page_words(page: Page) -> (&'static str, &'static str) {
    match page {
        Page::Order => ("compare.order", "compare.order.tip"),
        Page::Lanes => ("compare.lanes", "compare.lanes.tip"),
        Page::Metadata => ("compare.metadata", "compare.metadata.tip"),
        Page::Cadence => ("compare.cadence", "compare.cadence.tip"),
        Page::Conversion => ("compare.conversion", "compare.conversion.tip"),
    }
}

fn align_words(align: Align) -> (&'static str, &'static str) {
    match align {
        Align::State => ("compare.by-state", "compare.by-state.tip"),
        Align::Time => ("compare.by-time", "compare.by-time.tip"),
        Align::Playhead => ("compare.by-playhead", "compare.by-playhead.tip"),
    }
}

/// How many events belong together, and how many are alone.
fn counts_words(comparison: &Comparison) -> String {
    let n_both = comparison.rows.len() - comparison.differences.len();
    let only =
        |side: usize| grouped(comparison.partings.iter().map(|parting| u64::from(parting.n[side])).sum());
    let (both, first, second) = (grouped(n_both as u64), only(0), only(1));
    fill("compare.counts", &[("both", &both), ("first", &first), ("second", &second)])
}

/// Content, mode, size and file of a session.
fn name_of(cx: &AppCx<'_>, (capture, session): Subject) -> String {
    let Some(loaded) = cx.state.capture(capture) else { return "–".to_owned() };
    let Some(session) = loaded.capture.session(session) else { return "–".to_owned() };
    let mode = text(&format!("mode.{}", session.mode.name()));
    let n_events = counted("count.events", session.len() as u64);
    format!("{} · {mode} · {n_events} · {}", title(session), loaded.short_name())
}
