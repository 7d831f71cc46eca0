//! What the palette lists besides the commands: choices among what is there at the moment.

use super::cx::AppCx;
use super::panels::mending::{can_be_fixed, what_words};
use super::panels::status_bar::job_words;
use super::panels::table_head::column_name;
use super::text::{demo_summary, fill, text};
use super::timeline::gutter::arrangements;
use super::timeline::label::lane_name;
use crate::app::command::Command;
use crate::app::command::saved_filter::SavedFilterCommand;
use crate::app::command::table::TableCommand;
use crate::app::item::Item;
use crate::app::mending::Ignore;
use crate::model::event_type::EventType;
use crate::store::column::Column;
use crate::store::demo::DEMOS;
use crate::store::filter::EventFilter;

/// A command about something that is there.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// What the palette lists.
    pub title: String,
    /// What it says of the choice, empty where the title says it all.
    pub tip: String,
    /// What is done.
    pub command: Command,
}

/// All choices that there are.
#[must_use]
pub fn choices(cx: &AppCx<'_>) -> Vec<Choice> {
    let mut choices = of_files(cx);
    choices.extend(of_filters(cx));
    choices.extend(of_columns(cx));
    choices.extend(of_lanes(cx));
    choices.extend(of_findings(cx));
    choices
}

/// `key` with `{name}` in it.
fn choice(key: &str, name: &str, tip: &str, command: Command) -> Choice {
    Choice { title: fill(key, &[("name", name)]), tip: tip.to_owned(), command }
}

/// What is open or can be, and the work that can be stopped.
fn of_files(cx: &AppCx<'_>) -> Vec<Choice> {
    let mut choices = Vec::new();
    for path in &cx.state.prefs.recent {
        let name = path.display().to_string();
        choices.push(choice("palette.open", &name, "", Command::Open(vec![path.clone()])));
    }
    for (number, demo) in DEMOS.iter().enumerate() {
        let command = Command::OpenDemo(Some(number));
        choices.push(choice("palette.demo", demo_summary(demo), "", command));
    }
    for loaded in &cx.state.captures {
        let (name, whole) = (loaded.short_name(), loaded.capture.name.as_str());
        choices.push(choice("palette.show", name, whole, Command::Select(Item::Capture(loaded.id))));
        choices.push(choice("palette.close", name, whole, Command::Close(loaded.id)));
    }
    for job in &cx.state.jobs {
        choices.push(choice("palette.stop", &job_words(cx, job), "", Command::Cancel(job.id)));
    }
    choices
}

/// Filters that have a name, and the types of events.
fn of_filters(cx: &AppCx<'_>) -> Vec<Choice> {
    let mut choices = Vec::new();
    for saved in &cx.state.prefs.saved_filters {
        let command = Command::SavedFilter(SavedFilterCommand::Use(saved.name.clone()));
        choices.push(choice("saved.use", &saved.name, &saved.filter.text, command));
    }
    let tip = text("palette.type.tip");
    for event_type in std::iter::once(None).chain(EventType::ALL.map(Some)) {
        let name = event_type.map_or(text("events.all-types"), EventType::name);
        let filter = EventFilter { event_type, ..cx.state.filter.clone() };
        choices.push(choice("palette.type", name, tip, Command::SetFilter(filter)));
    }
    choices
}

/// What rows are sorted by, and the columns that are shown or not.
fn of_columns(cx: &AppCx<'_>) -> Vec<Choice> {
    let (prefs, mut choices) = (&cx.state.prefs.table, Vec::new());
    for shown in &prefs.columns {
        let (column, name) = (&shown.column, column_name(cx, &shown.column));
        let sort = Command::Table(TableCommand::Sort(prefs.next_sort(column)));
        choices.push(choice("palette.sort", &name, text("palette.sort.tip"), sort));
        if prefs.columns.len() > 1 {
            let hide = Command::Table(TableCommand::Toggle(column.clone()));
            choices.push(choice("columns.hide", &name, "", hide));
        }
    }
    for column in Column::known().filter(|column| !prefs.shows(column)) {
        let name = column_name(cx, &column).into_owned();
        choices.push(choice("columns.show", &name, "", Command::Table(TableCommand::Toggle(column))));
    }
    choices
}

/// How each lane of the timeline can be arranged.
fn of_lanes(cx: &AppCx<'_>) -> Vec<Choice> {
    let prefs = &cx.state.prefs.lanes;
    let mut choices = Vec::new();
    for lane in cx.state.drawing.iter().flat_map(|drawing| &drawing.lanes) {
        let spoken = lane_name(&lane.kind);
        for (key, command) in arrangements(prefs, &lane.kind.name()) {
            let title = fill("palette.lane", &[("name", spoken.as_str()), ("does", text(key))]);
            choices.push(Choice { title, tip: String::new(), command: Command::Lane(command) });
        }
    }
    choices
}

/// What can be done about the selected finding, and what is ignored.
fn of_findings(cx: &AppCx<'_>) -> Vec<Choice> {
    let mut choices = Vec::new();
    let plain =
        |key: &str, tip: &str, command| Choice { title: text(key).to_owned(), tip: tip.to_owned(), command };
    if let Some(Item::Finding(capture, number)) = cx.state.selection
        && let Some(judged) = cx.state.capture(capture).and_then(|loaded| loaded.judged.as_ref())
        && let Some(finding) = judged.finding(number)
    {
        if can_be_fixed(finding) {
            choices.push(plain("palette.fix", text("fix.show.tip"), Command::ShowFix(capture, number)));
        }
        let ignore = |what| Command::Ignore { capture, what, reason: String::new() };
        let code = finding.rule.meta.code;
        choices.push(plain("ignore.finding", &finding.message, ignore(Ignore::Finding(number))));
        choices.push(Choice {
            title: fill("ignore.rule", &[("code", code)]),
            tip: finding.rule.meta.summary.to_owned(),
            command: ignore(Ignore::RuleOf(number)),
        });
        if let Some(session) = finding.session {
            choices.push(plain("ignore.session", "", ignore(Ignore::Session(session))));
        }
    }
    let shown = cx.state.listed_findings().map(|(loaded, _)| loaded.id);
    let project = shown.and_then(|capture| Some((capture, cx.state.projects.get(&capture)?)));
    if let Some((capture, project)) = project {
        for (number, ignored) in project.ignored.iter().enumerate() {
            let title = fill("ignored.again", &[("what", &what_words(ignored))]);
            let command = Command::HearAgain { capture, number };
            choices.push(Choice { title, tip: ignored.reason.clone(), command });
        }
    }
    choices
}
