//! An event as a tree whose nodes open lazily, with findings on their field.

use std::collections::BTreeSet;

use eframe::egui::{
    Color32, Label, Rect, RichText, ScrollArea, Sense, TextFormat, TextStyle, Ui, WidgetInfo,
    accesskit::Role, text::LayoutJob, vec2,
};
use serde_json::Value;

use super::glyphs::with_missing;
use super::icon::{ICON_SIZE, Icon, paint};
use super::identifying::signed;
use super::severity_badge::{severity_icon, severity_word};
use crate::model::json::{pointer_token, pointer_tokens};
use crate::model::parameter::{Parameter, is_identifying};
use crate::rules::finding::Finding;
use crate::ui::text::{counted, fill, of_parameter, text};
use crate::ui::theme::Tokens;

/// More members of one node are not listed; the raw text has them.
const MAX_CHILDREN: usize = 500;
/// With more fields than this only the uppermost level is open at first.
const OPEN_AT_ONCE: usize = 200;
/// So much of a text is shown in its row, characters.
const MAX_VALUE_CHARS: usize = 200;
/// Indent of a level, points.
const INDENT: f32 = 16.0;

/// An event that is shown as a tree.
#[derive(Debug, Default)]
pub struct JsonTree {
    json: Value,
    open: BTreeSet<String>,
    rows: Vec<Row>,
    /// The field whose row had the keyboard's focus in the latest frame.
    focused: Option<String>,
}

/// What the user wants of the tree.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TreeResponse {
    /// This finding is chosen, by its number.
    pub finding: Option<u32>,
    /// This field is chosen, by click or by the keyboard's focus.
    pub field: Option<String>,
}

/// What of the tree is marked.
#[derive(Debug, Clone, Copy, Default)]
pub struct Marked<'a> {
    /// The selected finding, by its number.
    pub finding: Option<u32>,
    /// The chosen field.
    pub field: Option<&'a str>,
    /// Brings the finding, or else the field, into view.
    pub scroll: bool,
    /// Keeps it in view: there is another height to draw in.
    pub keep: bool,
}

/// One line of the tree.
#[derive(Debug)]
struct Row {
    depth: usize,
    pointer: String,
    key: String,
    value: String,
    kind: Kind,
    /// `None`: a leaf.
    open: Option<bool>,
    parameter: Option<&'static Parameter>,
}

impl Row {
    /// True when the value tells who watched: the field is of an identifying parameter, or within one.
    fn is_identifying(&self) -> bool {
        let is_value = matches!(self.kind, Kind::Text | Kind::Number);
        is_value && pointer_tokens(&self.pointer).iter().any(|token| is_identifying(token))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Number,
    Word,
    Container,
    More,
}

impl JsonTree {
    /// A tree of an event, opened so that all fields with a finding are seen.
    #[must_use]
    pub fn new(json: Value, findings: &[(u32, &Finding)]) -> JsonTree {
        let mut open = BTreeSet::from([String::new()]);
        let n_fields = |value: &Value| match value {
            Value::Object(members) => members.len(),
            Value::Array(items) => items.len(),
            _ => 0,
        };
        if let Value::Object(members) = &json {
            let total: usize = members.values().map(n_fields).sum();
            let small = members.iter().filter(|(_, value)| total <= OPEN_AT_ONCE && n_fields(value) > 0);
            open.extend(small.map(|(key, _)| format!("/{}", pointer_token(key))));
        }
        for (_, finding) in findings {
            let pointer = finding.pointer.as_deref().unwrap_or_default();
            open.extend(pointer.match_indices('/').map(|(at, _)| pointer[..at].to_owned()));
        }
        let mut tree = JsonTree { json, open, rows: Vec::new(), focused: None };
        tree.flatten();
        tree
    }

    /// Makes the list of rows anew, in the language that is spoken.
    pub fn flatten(&mut self) {
        self.rows.clear();
        let json = std::mem::take(&mut self.json);
        self.children(&json, "", 0);
        self.json = json;
    }

    fn children(&mut self, value: &Value, pointer: &str, depth: usize) {
        match value {
            Value::Object(members) => {
                for (key, member) in members.iter().take(MAX_CHILDREN) {
                    self.row(key, member, format!("{pointer}/{}", pointer_token(key)), depth);
                }
                self.more(members.len(), pointer, depth);
            }
            Value::Array(items) => {
                for (at, item) in items.iter().take(MAX_CHILDREN).enumerate() {
                    self.row(&at.to_string(), item, format!("{pointer}/{at}"), depth);
                }
                self.more(items.len(), pointer, depth);
            }
            scalar => self.row("", scalar, pointer.to_owned(), depth),
        }
    }

    fn more(&mut self, n: usize, pointer: &str, depth: usize) {
        if n > MAX_CHILDREN {
            self.rows.push(Row {
                depth,
                pointer: pointer.to_owned(),
                key: String::new(),
                value: counted("tree.more", (n - MAX_CHILDREN) as u64),
                kind: Kind::More,
                open: None,
                parameter: None,
            });
        }
    }

    fn row(&mut self, key: &str, value: &Value, pointer: String, depth: usize) {
        let (shown, kind) = shown(value);
        let has_children = match value {
            Value::Object(members) => !members.is_empty(),
            Value::Array(items) => !items.is_empty(),
            _ => false,
        };
        let open = has_children.then(|| self.open.contains(&pointer));
        let parameter = Parameter::at_pointer(&pointer);
        self.rows.push(Row {
            depth,
            pointer: pointer.clone(),
            key: key.to_owned(),
            value: shown,
            kind,
            open,
            parameter,
        });
        if open == Some(true) {
            self.children(value, &pointer, depth + 1);
        }
    }

    /// The row that a finding belongs to: its field, or the nearest node around a field that is missing.
    fn row_of(&self, finding: &Finding) -> usize {
        self.row_at(finding.pointer.as_deref().unwrap_or_default())
    }

    fn row_at(&self, mut pointer: &str) -> usize {
        loop {
            if let Some(at) = self.rows.iter().position(|row| row.pointer == pointer) {
                return at;
            }
            match pointer.rfind('/') {
                Some(at) if at > 0 => pointer = &pointer[..at],
                _ => return 0,
            }
        }
    }

    /// The field that a finding belongs to, or the nearest around one that is missing.
    #[must_use]
    pub fn field_of(&self, finding: &Finding) -> Option<&str> {
        self.rows.get(self.row_of(finding)).map(|row| row.pointer.as_str())
    }

    /// Opens everything around a field.
    pub fn reveal(&mut self, pointer: &str) {
        let around = pointer.match_indices('/').map(|(at, _)| pointer[..at].to_owned());
        let n_open = self.open.len();
        self.open.extend(around);
        if self.open.len() > n_open {
            self.flatten();
        }
    }

    /// Draws the tree.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        tokens: &Tokens,
        findings: &[(u32, &Finding)],
        marked: Marked<'_>,
    ) -> TreeResponse {
        let places: Vec<(usize, u32, &Finding)> =
            findings.iter().map(|(number, finding)| (self.row_of(finding), *number, *finding)).collect();
        let height = ui.spacing().interact_size.y;
        let mut area = ScrollArea::both().auto_shrink(false).min_scrolled_height(0.0).id_salt("tree");
        let wanted = places.iter().find(|(_, number, _)| Some(*number) == marked.finding);
        let wanted = wanted.map(|(row, ..)| *row).or_else(|| Some(self.row_at(marked.field?)));
        if let (Some(row), true) = (wanted, marked.scroll) {
            let above = (ui.available_height() / height / 2.0).floor().min(3.0);
            area = area.vertical_scroll_offset((row as f32 - above).max(0.0) * height);
        }
        let mut wants = TreeResponse::default();
        let (mut toggled, mut focused) = (None, None);
        ui.spacing_mut().item_spacing.y = 0.0;
        area.show_rows(ui, height, self.rows.len(), |ui, range| {
            if let (Some(row), true) = (wanted, marked.keep && !marked.scroll) {
                let top = ui.max_rect().top() + (row as f32 - range.start as f32) * height;
                let across = ui.clip_rect().x_range();
                ui.scroll_to_rect(Rect::from_x_y_ranges(across, top..=top + height), None);
            }
            for at in range {
                let Some(row) = self.rows.get(at) else { continue };
                let here: Vec<_> = places.iter().filter(|(place, ..)| *place == at).collect();
                let response = row_ui(ui, tokens, row, &here, marked);
                if response.clicked && row.open.is_some() {
                    toggled = Some(row.pointer.clone());
                }
                if response.badge_clicked || response.clicked && row.open.is_none() {
                    wants.finding = here.first().map(|(_, number, _)| *number).or(wants.finding);
                }
                if row.kind == Kind::More {
                    continue;
                }
                if response.clicked || response.badge_clicked {
                    wants.field = Some(row.pointer.clone());
                }
                if response.focused {
                    focused = Some(row.pointer.clone());
                }
            }
        });
        // The toolkit does not say that focus has come where arrows have moved it.
        if focused.is_some() && focused != self.focused {
            wants.field.clone_from(&focused);
        }
        self.focused = focused;
        if let Some(pointer) = toggled {
            if !self.open.remove(&pointer) {
                self.open.insert(pointer);
            }
            self.flatten();
        }
        wants
    }
}

struct RowResponse {
    clicked: bool,
    /// The keyboard is here.
    focused: bool,
    badge_clicked: bool,
}

fn row_ui(
    ui: &mut Ui,
    tokens: &Tokens,
    row: &Row,
    findings: &[&(usize, u32, &Finding)],
    marked: Marked<'_>,
) -> RowResponse {
    let height = ui.spacing().interact_size.y;
    let width = ui.available_width().max(120.0);
    let (rect, response) = ui.allocate_exact_size(vec2(width, height), Sense::click());
    let gravest = findings.iter().map(|(_, _, finding)| finding.severity).max();
    let is_field = marked.field == Some(row.pointer.as_str());
    let is_marked = is_field || findings.iter().any(|(_, number, _)| Some(*number) == marked.finding);
    let mut behind = ui.visuals().panel_fill;
    if let Some(severity) = gravest {
        behind = tokens.severity_fill(severity);
        ui.painter().rect_filled(rect, 3.0, behind);
    }
    if is_marked {
        ui.painter().rect_stroke(rect, 3.0, (1.5, tokens.accent), eframe::egui::StrokeKind::Inside);
    } else if response.hovered() {
        ui.painter().rect_stroke(rect, 3.0, (1.0, tokens.border), eframe::egui::StrokeKind::Inside);
    }
    let mut x = rect.left() + 4.0 + row.depth as f32 * INDENT;
    let square = |x: f32| {
        Rect::from_min_size(
            eframe::egui::pos2(x, rect.center().y - ICON_SIZE / 2.0),
            vec2(ICON_SIZE, ICON_SIZE),
        )
    };
    if let Some(open) = row.open {
        let icon = if open { Icon::Open } else { Icon::Closed };
        paint(ui.painter(), icon, square(x).shrink(2.0), tokens.text_weak, behind);
    }
    x += ICON_SIZE + 2.0;
    let (mut badge_clicked, mut badge_focused) = (false, false);
    if let Some(severity) = gravest {
        let badge = ui.interact(square(x), response.id.with("badge"), Sense::click());
        paint(ui.painter(), severity_icon(severity), square(x), tokens.severity(severity), behind);
        badge.widget_info(|| WidgetInfo::labeled(Role::Button, true, severity_word(severity)));
        (badge_clicked, badge_focused) = (badge.clicked(), badge.has_focus());
        x += ICON_SIZE + 4.0;
    }
    let job = row_text(ui, tokens, row);
    let words = job.text.clone();
    let galley = ui.fonts_mut(|fonts| fonts.layout_job(job));
    let at = eframe::egui::pos2(x, rect.center().y - galley.size().y / 2.0);
    ui.painter().with_clip_rect(rect.intersect(ui.clip_rect())).galley(at, galley, tokens.text);
    response.widget_info(|| WidgetInfo::selected(Role::TreeItem, true, is_field, &words));
    let (clicked, focused) = (response.clicked(), response.has_focus() || badge_focused);
    let response = with_missing(ui, response, &words, TextStyle::Monospace);
    if row.parameter.is_some() || !findings.is_empty() || row.value.chars().count() >= MAX_VALUE_CHARS {
        response.on_hover_ui(|ui| hover_ui(ui, tokens, row, findings));
    }
    RowResponse { clicked, focused, badge_clicked }
}

fn row_text(ui: &Ui, tokens: &Tokens, row: &Row) -> LayoutJob {
    let font = TextStyle::Monospace.resolve(ui.style());
    let format = |color: Color32| TextFormat { font_id: font.clone(), color, ..Default::default() };
    let mut job = LayoutJob::default();
    if !row.key.is_empty() {
        job.append(&row.key, 0.0, format(tokens.json_key));
        job.append(": ", 0.0, format(tokens.text_weak));
    }
    let color = match row.kind {
        Kind::Text => tokens.json_text,
        Kind::Number => tokens.json_number,
        Kind::Word => tokens.json_word,
        Kind::Container | Kind::More => tokens.text_weak,
    };
    // The quotes are no part of the value.
    let inner = row.value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let (quote, value) = inner.map_or(("", row.value.as_str()), |inner| ("\"", inner));
    job.append(quote, 0.0, format(color));
    job.append(value, 0.0, if row.is_identifying() { signed(format(color)) } else { format(color) });
    job.append(quote, 0.0, format(color));
    job
}

/// What is known about a field, and what is wrong with it.
fn hover_ui(ui: &mut Ui, tokens: &Tokens, row: &Row, findings: &[&(usize, u32, &Finding)]) {
    ui.set_max_width(420.0);
    if let Some(parameter) = row.parameter {
        ui.label(RichText::new(parameter.key).monospace().strong());
        parameter_ui(ui, parameter);
    }
    if row.value.chars().count() >= MAX_VALUE_CHARS {
        ui.add(Label::new(RichText::new(text("tree.cut")).weak()));
    }
    for (_, _, finding) in findings {
        ui.separator();
        ui.horizontal_wrapped(|ui| {
            super::severity_badge::severity_ui(ui, tokens, finding.severity);
            ui.label(RichText::new(finding.rule.meta.code).monospace());
        });
        ui.label(finding.message.as_str());
    }
}

/// What is known about a parameter: meaning, type and unit, name in reports.
pub fn parameter_ui(ui: &mut Ui, parameter: &Parameter) {
    ui.label(of_parameter(parameter.meaning));
    let kind = of_parameter(parameter.value.in_words());
    let unit = parameter.unit.map_or(String::new(), |unit| format!(", {}", of_parameter(unit)));
    ui.label(RichText::new(fill("tree.type", &[("type", &format!("{kind}{unit}"))])).weak());
    if let Some(name) = parameter.report_name {
        ui.label(RichText::new(fill("tree.report", &[("name", name)])).weak());
    }
}

/// A value in one line.
fn shown(value: &Value) -> (String, Kind) {
    match value {
        Value::String(text) => (format!("\"{}\"", cut(text)), Kind::Text),
        Value::Number(number) => (number.to_string(), Kind::Number),
        Value::Bool(_) | Value::Null => (value.to_string(), Kind::Word),
        Value::Object(members) if members.is_empty() => ("{}".to_owned(), Kind::Container),
        Value::Array(items) if items.is_empty() => ("[]".to_owned(), Kind::Container),
        Value::Object(members) => (counted("tree.members", members.len() as u64), Kind::Container),
        Value::Array(items) => (counted("tree.items", items.len() as u64), Kind::Container),
    }
}

/// The beginning of a text in one line, without control characters.
fn cut(text: &str) -> String {
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    let mut short: String = text.chars().take(MAX_VALUE_CHARS).map(plain).collect();
    if text.chars().nth(MAX_VALUE_CHARS).is_some() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_event_is_open_and_knows_its_parameters() {
        let json = serde_json::json!({"eventType": "ping", "playerTime": {"ts": 1, "playhead": 2.5}});
        let tree = JsonTree::new(json, &[]);
        let rows: Vec<_> =
            tree.rows.iter().map(|row| (row.depth, row.key.as_str(), row.value.as_str())).collect();
        assert_eq!(rows[0], (0, "eventType", "\"ping\""));
        assert_eq!(rows[3], (1, "playhead", "2.5"));
        assert!(tree.rows.iter().all(|row| row.parameter.is_some()), "all four are in the table");
    }

    #[test]
    fn a_node_with_very_many_members_is_cut() {
        let many: Vec<u32> = (0..2000).collect();
        let tree = JsonTree::new(serde_json::json!({ "params": {"list": many} }), &[]);
        assert_eq!(tree.rows.len(), 2, "a list of 2,000 is closed at first");
        assert_eq!(cut(&"é".repeat(300)).chars().count(), MAX_VALUE_CHARS + 1);
    }
}
