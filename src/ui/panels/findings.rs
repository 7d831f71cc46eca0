//! The findings: a list by severity and rule, "3 of 17", previous and next, with the explanation beside it.

use eframe::egui::{
    Align, Button, Color32, ComboBox, Label, Layout, Panel, Rect, RichText, ScrollArea, Sense, Ui, UiBuilder,
    WidgetInfo, accesskit::Role, pos2, vec2,
};

use super::explain::explain_ui;
use super::mending::MendingPanel;
use super::session_list::title;
use crate::app::command::{Command, Direction, Step};
use crate::app::item::Item;
use crate::rules::finding::Finding;
use crate::store::finding_rows::{FindingRow, FindingRows, GroupKey, Grouping};
use crate::store::judged::{FindingList, GRAVEST_FIRST, Judged};
use crate::store::loaded::LoadedCapture;
use crate::ui::cx::AppCx;
use crate::ui::shortcuts::tip;
use crate::ui::text::{counted, fill, grouped, text};
use crate::ui::theme::sizes;
use crate::ui::timeline::paint::focus;
use crate::ui::widgets::icon::{Icon, icon, icon_button};
use crate::ui::widgets::markdown::sentence;
use crate::ui::widgets::naming::name_edge;
use crate::ui::widgets::severity_badge::{counted_severity, severity_icon, severity_ui, severity_word};

/// The list keeps at least this width beside the explanation, points.
const LIST_WIDTH: f32 = 340.0;

/// The head of the list needs this width for its words, points.
const HEAD_WIDTH: f32 = 800.0;
/// Between the parts of the head where room is scarce, points.
const NARROW_SPACING: f32 = 3.0;
/// The column of severities.
const SEVERITY_WIDTH: f32 = 88.0;

/// The panel's own state.
#[derive(Debug, Default)]
pub struct FindingsPanel {
    /// The finding that was last scrolled to.
    revealed: Option<Item>,
    /// What is done about the selected finding.
    mending: MendingPanel,
}

impl FindingsPanel {
    /// Draws list and explanation.
    pub fn ui(&mut self, ui: &mut Ui, cx: &AppCx<'_>) {
        let Some((loaded, list)) = cx.state.listed_findings() else {
            not_judged_ui(ui, cx);
            return;
        };
        let Some(judged) = &loaded.judged else { return };
        let selected = selected_finding(cx, loaded);
        let width = ui.available_width();
        Panel::right("explanation")
            .resizable(true)
            .default_size(width * 0.42)
            .size_range(200.0..=(width - LIST_WIDTH).max(200.0))
            .show(ui, |ui| explain_ui(ui, cx, loaded, judged, selected, &mut self.mending));
        name_edge(ui, "explanation", "edge.explanation");
        if list.is_empty() {
            ui.vertical_centered(|ui| {
                ui.add_space(16.0);
                icon(ui, Icon::Good, cx.tokens.good, "");
                let hidden = !cx.state.prefs.severities.iter().all(|listed| *listed);
                ui.weak(text(if hidden { "findings.none-listed" } else { "findings.none" }));
            });
            return;
        }
        self.list_ui(ui, cx, loaded, list, selected);
    }

    fn list_ui(
        &mut self,
        ui: &mut Ui,
        cx: &AppCx<'_>,
        loaded: &LoadedCapture,
        list: FindingList<'_>,
        selected: Option<u32>,
    ) {
        let height = sizes().row;
        let grouped = cx.state.finding_rows.as_ref();
        let n_rows = grouped.map_or(list.len(), FindingRows::len);
        let mut area = ScrollArea::vertical().auto_shrink(false).id_salt("findings");
        let wanted = selected.map(|number| Item::Finding(loaded.id, number));
        if wanted != self.revealed {
            self.revealed = wanted;
            let row = selected.and_then(|number| match grouped {
                Some(grouped) => grouped.row_of(number),
                None => list.row_of(number),
            });
            let room = ui.available_height();
            if let Some(row) = row {
                area = area.vertical_scroll_offset((row as f32 * height - room / 2.0).max(0.0));
            }
        }
        ui.spacing_mut().item_spacing.y = 0.0;
        let finding = |number: u32| Some((number, loaded.judged.as_ref()?.finding(number)?));
        area.show_rows(ui, height, n_rows, |ui, range| {
            for row in range {
                let shown = match grouped.map(|grouped| grouped.get(row)) {
                    Some(Some(head @ FindingRow::Group { .. })) => {
                        group_ui(ui, cx, loaded, head);
                        None
                    }
                    Some(Some(FindingRow::Finding(number))) => finding(*number),
                    Some(None) => None,
                    None => list.get(row).and_then(finding),
                };
                if let Some((number, finding)) = shown {
                    row_ui(ui, cx, loaded, number, finding, selected == Some(number));
                }
            }
        });
    }
}

/// That nothing is known yet, and how it comes to be known.
fn not_judged_ui(ui: &mut Ui, cx: &AppCx<'_>) {
    ui.vertical_centered(|ui| {
        ui.add_space(20.0);
        let shown = cx.state.shown.map(|(capture, _)| capture);
        let capture = shown.or_else(|| cx.state.captures.first().map(|loaded| loaded.id));
        if !capture.is_some_and(|capture| cx.state.stays_unjudged(capture)) {
            ui.weak(text("findings.pending"));
            return;
        }
        ui.weak(text("findings.stopped"));
        if ui.button(text("findings.judge")).clicked() {
            // The profile that judges stays the same; whatever is open is judged by it.
            cx.push(Command::SetProfile(cx.state.prefs.profile));
        }
    });
}

/// The head of a group: opens and closes it.
fn group_ui(ui: &mut Ui, cx: &AppCx<'_>, loaded: &LoadedCapture, head: &FindingRow) {
    let FindingRow::Group { key, n_findings, gravest, example, open } = head else { return };
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), sizes().row), Sense::click());
    let fill = if response.hovered() { cx.tokens.hovered } else { cx.tokens.panel };
    ui.painter().rect_filled(rect, 0.0, fill);
    let rule = loaded.judged.as_ref().and_then(|judged| judged.finding(*example)).map(|found| found.rule);
    let words = match key {
        GroupKey::Rule(code) => {
            format!("{code} {}", rule.map(|rule| rule.meta.name).unwrap_or_default())
        }
        GroupKey::Session(Some(session)) => match loaded.capture.session(*session) {
            Some(known) => {
                let n = grouped(u64::from(session.0) + 1);
                format!("{} {}", crate::ui::text::fill("place.session", &[("n", &n)]), title(known))
            }
            None => text("place.capture").to_owned(),
        },
        GroupKey::Session(None) => text("place.capture").to_owned(),
    };
    let builder = UiBuilder::new()
        .max_rect(Rect::from_min_max(pos2(rect.left() + 4.0, rect.top()), rect.max))
        .layout(Layout::left_to_right(Align::Center));
    ui.scope_builder(builder, |ui| {
        icon(ui, if *open { Icon::Open } else { Icon::Closed }, cx.tokens.text_weak, "");
        icon(ui, severity_icon(*gravest), cx.tokens.severity(*gravest), "");
        ui.weak(format!("{}×", grouped(*n_findings)));
        ui.add(Label::new(RichText::new(&words).strong()).truncate());
        if let (GroupKey::Rule(_), Some(rule)) = (key, rule) {
            ui.add(Label::new(RichText::new(rule.meta.summary).weak()).truncate());
        }
    });
    let name = format!("{words}, {}", counted("count.findings", *n_findings));
    response.widget_info(|| WidgetInfo::selected(Role::TreeItem, true, *open, &name));
    if response.has_focus() {
        focus(ui, cx.tokens, rect);
    }
    if response.clicked() {
        cx.push(Command::ToggleGroup(key.clone()));
    }
}

fn selected_finding(cx: &AppCx<'_>, loaded: &LoadedCapture) -> Option<u32> {
    match cx.state.selection {
        Some(Item::Finding(capture, number)) if capture == loaded.id => Some(number),
        _ => None,
    }
}

/// Severities to list, scope, and where one is: the rest of the row of the tabs.
pub fn findings_head_ui(ui: &mut Ui, cx: &AppCx<'_>) {
    let Some((loaded, list)) = cx.state.listed_findings() else { return };
    let Some(judged) = &loaded.judged else { return };
    let selected = selected_finding(cx, loaded);
    // What is left beside the tabs.
    let is_narrow = ui.available_size_before_wrap().x < HEAD_WIDTH;
    if is_narrow {
        ui.spacing_mut().item_spacing.x = NARROW_SPACING;
    }
    severities_ui(ui, cx, judged, is_narrow);
    // Before what may need a second line. It stands there without a selection too, so that the first one moves nothing.
    let row = selected.and_then(|number| list.row_of(number));
    let n = row.map_or("–".to_owned(), |row| grouped(row as u64 + 1));
    let place = fill("findings.place", &[("n", &n), ("all", &grouped(list.len() as u64))]);
    ui.add(Label::new(place).extend());
    let mut whole = cx.state.prefs.whole_capture;
    if ui.checkbox(&mut whole, text("findings.whole")).changed() {
        cx.push(Command::ToggleScope);
    }
    grouping_ui(ui, cx);
    super::mending::ignored_ui(ui, cx, loaded);
    let pending = cx.state.mending.pending.is_some();
    let fix_all = Button::new(text("command.fix-all-safe"));
    if ui.add_enabled(!pending, fix_all).on_hover_text(tip(ui, "fix-all-safe")).clicked() {
        cx.push(Command::FixAllSafe);
    }
    // The toolbar has these two as well.
    if !is_narrow {
        let any = !list.is_empty();
        if icon_button(ui, Icon::Previous, &tip(ui, "previous-finding"), any).clicked() {
            cx.push(Command::Step(Step::Finding, Direction::Back));
        }
        if icon_button(ui, Icon::Next, &tip(ui, "next-finding"), any).clicked() {
            cx.push(Command::Step(Step::Finding, Direction::Forward));
        }
    }
}

/// How many findings of each severity there are, and whether they are listed; without words where these need a line
/// of their own.
fn severities_ui(ui: &mut Ui, cx: &AppCx<'_>, judged: &Judged, is_narrow: bool) {
    let counts = match cx.state.shown {
        Some((_, session)) if !cx.state.prefs.whole_capture => judged.counts(session),
        _ => judged.total(),
    };
    for severity in GRAVEST_FIRST {
        let n = counts.of(severity);
        let words = counted_severity(severity, n);
        let color = cx.tokens.severity(severity);
        let listed = cx.state.prefs.lists(severity);
        let shown = if is_narrow { grouped(n) } else { words.clone() };
        icon(ui, severity_icon(severity), color, "");
        let button = ui.add(Button::selectable(listed, RichText::new(shown).color(color)));
        button.widget_info(|| WidgetInfo::selected(Role::Button, true, listed, &words));
        let tip = format!("{words}\n{}", text("findings.toggle"));
        if button.on_hover_text(tip).clicked() {
            cx.push(Command::ToggleSeverity(severity));
        }
    }
}

/// How the list is grouped.
fn grouping_ui(ui: &mut Ui, cx: &AppCx<'_>) {
    let words = |grouping| match grouping {
        Grouping::Severity => text("findings.by-severity"),
        Grouping::Rule => text("findings.by-rule"),
        Grouping::Session => text("findings.by-session"),
    };
    let mut grouping = cx.state.prefs.grouping;
    let combo = ComboBox::from_id_salt("findings grouping").selected_text(words(grouping)).width(96.0);
    let shown = combo.show_ui(ui, |ui| {
        for choice in [Grouping::Severity, Grouping::Rule, Grouping::Session] {
            ui.selectable_value(&mut grouping, choice, words(choice));
        }
    });
    shown.response.widget_info(|| WidgetInfo::labeled(Role::ComboBox, true, text("findings.grouping")));
    if grouping != cx.state.prefs.grouping {
        cx.push(Command::GroupFindings(grouping));
    }
}

fn row_ui(
    ui: &mut Ui,
    cx: &AppCx<'_>,
    loaded: &LoadedCapture,
    number: u32,
    finding: &Finding,
    is_selected: bool,
) {
    let height = sizes().row;
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::click());
    let hovered_event = cx.state.hover.and_then(|hover| hover.event);
    if is_selected {
        ui.painter().rect_filled(rect, 0.0, cx.tokens.selection);
    } else if response.hovered() || hovered_event.is_some() && hovered_event == finding.event {
        ui.painter().rect_filled(rect, 0.0, cx.tokens.hovered);
    }
    let meta = &finding.rule.meta;
    let place = place(loaded, finding);
    let builder = UiBuilder::new()
        .max_rect(Rect::from_min_max(pos2(rect.left() + 4.0, rect.top()), rect.max))
        .layout(Layout::left_to_right(Align::Center));
    ui.scope_builder(builder, |ui| {
        fixed(ui, SEVERITY_WIDTH, |ui| severity_ui(ui, cx.tokens, finding.severity));
        fixed(ui, 66.0, |ui| {
            ui.label(RichText::new(meta.code).monospace());
        });
        fixed(ui, 112.0, |ui| {
            ui.add(Label::new(RichText::new(&place).weak()).truncate());
        });
        if finding.count > 1 {
            ui.weak(format!("×{}", grouped(u64::from(finding.count))));
        }
        let message = sentence(ui, cx.tokens, &finding.message, Color32::TRANSPARENT);
        ui.add(Label::new(message).truncate());
    });
    let words = format!("{} {} {}: {}", severity_word(finding.severity), meta.code, place, finding.message);
    response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, true, is_selected, &words));
    if response.has_focus() {
        focus(ui, cx.tokens, rect);
    }
    if response.hovered()
        && let Some(event) = finding.event
    {
        let secs = loaded
            .capture
            .event(event)
            .and_then(|event| loaded.places.times(event.session()?).secs(event.ts()?));
        cx.commands.hover(crate::app::item::Hover { secs, event: Some(event) });
    }
    if response.clicked() {
        cx.push(Command::Select(Item::Finding(loaded.id, number)));
    }
    response.on_hover_ui(|ui| {
        ui.set_max_width(420.0);
        ui.label(RichText::new(meta.name).monospace());
        ui.label(sentence(ui, cx.tokens, &finding.message, Color32::TRANSPARENT));
    });
}

/// A cell of fixed width.
fn fixed(ui: &mut Ui, width: f32, add: impl FnOnce(&mut Ui)) {
    let (rect, _) = ui.allocate_exact_size(vec2(width, ui.available_height()), Sense::hover());
    let builder = UiBuilder::new().max_rect(rect).layout(Layout::left_to_right(Align::Center));
    ui.scope_builder(builder, |ui| {
        ui.set_clip_rect(rect.intersect(ui.clip_rect()));
        add(ui);
    });
}

/// Where a finding is, in a few words: event, request, session or capture.
#[must_use]
pub fn place(loaded: &LoadedCapture, finding: &Finding) -> String {
    if let Some(event) = finding.event.and_then(|event| loaded.capture.event(event)) {
        let index = loaded.places.arrival(event.id).unwrap_or(event.id.0);
        return format!("#{} {}", grouped(u64::from(index)), event.type_name());
    }
    if let Some(exchange) = finding.exchange {
        return fill("place.request", &[("n", &grouped(u64::from(exchange.0)))]);
    }
    match finding.session {
        Some(session) => fill("place.session", &[("n", &grouped(u64::from(session.0) + 1))]),
        None => text("place.capture").to_owned(),
    }
}
