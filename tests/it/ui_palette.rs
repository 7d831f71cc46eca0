//! What the palette gives: whatever a click can do in the window.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use eframe::egui::accesskit::Role;
use eframe::egui::{Key, Modifiers, Theme, ViewportCommand};
use egui_kittest::kittest::Queryable as _;
use playtrace::app::State;
use playtrace::app::command::compare::CompareCommand;
use playtrace::app::command::rows::commands;
use playtrace::app::command::saved_filter::SavedFilterCommand;
use playtrace::app::command::{Command, Direction, Step};
use playtrace::app::compare::Page;
use playtrace::app::mending::Ignore;
use playtrace::app::prefs::{BottomTab, DetailTab, ThemeChoice, ThemeVariant};
use playtrace::model::event_type::EventType;
use playtrace::model::policy::Profile;
use playtrace::rules::finding::Severity;
use playtrace::store::comparison::Align;
use playtrace::store::filter::{EventFilter, Order};
use playtrace::store::finding_rows::Grouping;
use playtrace::ui::cx::{AppCx, CommandQueue};
use playtrace::ui::palette_choices::{Choice, choices};
use playtrace::ui::text::text;
use playtrace::ui::theme;

use crate::support::window::{Desk, faulty_window};

/// Commands that the palette does not give, and how they are given without a pointer.
const ELSEWHERE: &[(&str, &str)] = &[
    ("OpenText", "what was pasted or dropped"),
    ("AcceptPath", "the field for a path has a button"),
    ("ClosePathField", "the field for a path has a button"),
    ("SetHover", "where the pointer is"),
    ("ShowRange", "dragging; the keys zoom and pan"),
    ("Zoom", "the wheel; the keys zoom"),
    ("Pan", "dragging; the keys pan"),
    ("SetSessionFilter", "typed into a field"),
    ("Lane(Place)", "dragging; Move"),
    ("Lane(Choose)", "the name of a lane has the focus"),
    ("ToggleGroup", "the head of a group has the focus"),
    ("HideFix", "the fix has a button"),
    ("TakeFix", "the fix has a button"),
    ("EditSending", "a form"),
    ("Send", "only beside its plan: Resend"),
    ("EditLive", "a form"),
    ("StartCollector", "ToggleCollector"),
    ("StopCollector", "ToggleCollector"),
    ("Answer", "the question has buttons"),
    ("BringBack", "a row of the session list has the focus"),
    ("DismissNotice", "its own cross; DismissNotices"),
    ("Compare(Choose)", "a row of the session list; ChooseShown"),
    ("Compare(With)", "a row of the comparison has the focus"),
    ("Mark(NoteOf)", "a row of the list of marks; Note"),
    ("Mark(Type)", "typed into a field"),
    ("Mark(AcceptNote)", "the note has a button"),
    ("Mark(CloseNote)", "the note has a button"),
    ("Mark(Remove)", "a row of the list of marks; Toggle"),
    ("Mark(Show)", "a row of the list of marks; Step"),
    ("Marking(SetCursor)", "a click on the ruler; CursorHere"),
    ("Marking(SetRange)", "dragging; RangeOfSelection, RangeOfCursors"),
    ("Palette(Run)", "the palette itself"),
    ("SavedFilter(Save)", "the list of filters has a button"),
    ("SavedFilter(Delete)", "the list of filters has a button"),
    ("Story(SetSpeed)", "the slider; Faster, Slower"),
    ("Story(Tick)", "time that passes"),
    ("Table(Put)", "the list of columns has buttons"),
    ("Table(Resize)", "the list of columns has a field"),
    ("Find(For)", "typed into a field"),
];

/// The variants of an enum of the source: each with the type that it holds, if any.
fn variants(source: &str, name: &str) -> Vec<(String, Option<String>)> {
    let start = format!("pub enum {name} {{\n");
    let Some((_, rest)) = source.split_once(&start) else { return Vec::new() };
    let (body, _) = rest.split_once("\n}\n").expect("it ends");
    let is_variant =
        |line: &&str| line.strip_prefix("    ").is_some_and(|line| line.starts_with(char::is_uppercase));
    let split = |line: &str| {
        let line = line.trim().trim_end_matches([',', '{', ' ']);
        let (name, held) = line.split_once('(').unwrap_or((line, ""));
        let held = held.trim_end_matches(')').rsplit("::").next().filter(|held| !held.is_empty());
        (name.to_owned(), held.map(str::to_owned))
    };
    body.lines().filter(is_variant).map(split).collect()
}

/// Every command that there is: `Variant`, or `Area(Variant)`.
fn all_commands() -> BTreeSet<String> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/app/command");
    let files = fs::read_dir(folder).expect("the source is there");
    let paths = files.map(|file| file.expect("it can be listed").path());
    let sources: String = paths.map(|path| fs::read_to_string(path).expect("it is text")).collect();
    let mut all = BTreeSet::new();
    for (name, held) in variants(&sources, "Command") {
        let area = held.filter(|held| held.ends_with("Command"));
        let inner = area.map_or_else(Vec::new, |held| variants(&sources, &held));
        match inner[..] {
            [] => drop(all.insert(name)),
            _ => all.extend(inner.iter().map(|(inner, _)| format!("{name}({inner})"))),
        }
    }
    all
}

/// The name of a command as [`all_commands`] has it.
fn name_of(command: &Command, all: &BTreeSet<String>) -> String {
    let shown = format!("{command:?}");
    let mut words = shown.split(|letter: char| !letter.is_alphanumeric());
    let (outer, inner) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let of_area = format!("{outer}({inner})");
    if all.contains(&of_area) { of_area } else { outer.to_owned() }
}

fn choices_of(state: &State) -> Vec<Choice> {
    let commands = CommandQueue::default();
    let tokens = theme::tokens(Theme::Dark, ThemeVariant::Plain);
    choices(&AppCx { state, commands: &commands, tokens })
}

/// A window in which there is something to choose of everything.
fn full_desk() -> Desk {
    let mut desk = Desk::with_faulty_session();
    let (capture, _) = desk.state.shown.expect("it is shown");
    desk.wants(Command::Step(Step::Finding, Direction::Forward));
    desk.wants(Command::Ignore { capture, what: Ignore::RuleOf(0), reason: "known".to_owned() });
    desk.wants(Command::Step(Step::Finding, Direction::Forward));
    let filter = EventFilter { text: "ping".to_owned(), ..EventFilter::default() };
    desk.wants(Command::SetFilter(filter));
    desk.wants(Command::SavedFilter(SavedFilterCommand::Save("Pings".to_owned())));
    desk.state.prefs.recent.push(PathBuf::from("/captures/latest.har"));
    drop(desk.state.apply(Command::Open(vec![PathBuf::from("/captures/large.har")])));
    desk
}

#[test]
fn every_command_is_in_the_palette_or_has_another_way_without_a_pointer() {
    let all = all_commands();
    assert!(all.contains("ChooseFiles") && all.contains("Compare(Swap)") && all.len() > 100, "{all:?}");
    let desk = full_desk();
    let rows = commands().map(|row| (row.make)());
    let given: BTreeSet<String> = rows
        .chain(choices_of(&desk.state).into_iter().map(|choice| choice.command))
        .map(|command| name_of(&command, &all))
        .collect();
    for name in &all {
        let elsewhere = ELSEWHERE.iter().any(|(known, _)| known == name);
        assert_ne!(given.contains(name), elsewhere, "{name}: given by the palette, or elsewhere");
    }
    for (name, _) in ELSEWHERE {
        assert!(all.contains(*name), "{name} is no command");
    }
}

#[test]
fn every_value_of_a_choice_has_a_command() {
    let rows: Vec<Command> = commands().map(|row| (row.make)()).collect();
    let mut wanted: Vec<Command> = Vec::new();
    wanted.extend([ThemeChoice::System, ThemeChoice::Light, ThemeChoice::Dark].map(Command::SetTheme));
    wanted.extend(std::iter::once(None).chain(Profile::ALL.map(Some)).map(Command::SetProfile));
    wanted.extend([Severity::Error, Severity::Warn, Severity::Info].map(Command::ToggleSeverity));
    wanted.extend([Grouping::Severity, Grouping::Rule, Grouping::Session].map(Command::GroupFindings));
    wanted.extend([Order::Arrival, Order::Ts].map(Command::SetOrder));
    wanted.extend([false, true].map(Command::Follow));
    wanted.extend(Page::ALL.map(|page| Command::Compare(CompareCommand::Show(page))));
    wanted.extend(Align::ALL.map(|align| Command::Compare(CompareCommand::Align(align))));
    let tabs = [DetailTab::Tree, DetailTab::Raw, DetailTab::Context, DetailTab::Exchange, DetailTab::Schema];
    wanted.extend(tabs.map(Command::ShowDetail));
    wanted.extend([BottomTab::Findings, BottomTab::Outbox, BottomTab::Capture].map(Command::ShowBottom));
    wanted.extend([BottomTab::Measure, BottomTab::Marks].map(Command::ShowBottom));
    for command in wanted {
        assert!(rows.contains(&command), "{command:?}");
    }
}

#[test]
fn choices_are_named_once_and_do_what_they_say() {
    let mut desk = full_desk();
    let all = choices_of(&desk.state);
    let titles: BTreeSet<&str> = all.iter().map(|choice| choice.title.as_str()).collect();
    assert_eq!(titles.len(), all.len(), "two choices have one name");
    let mut choose = |title: &str| {
        let found = choices_of(&desk.state).into_iter().find(|choice| choice.title == title);
        desk.wants(found.unwrap_or_else(|| panic!("{title} can be chosen")).command);
        desk.state.prefs.clone()
    };
    assert_eq!(choose("Lane Pings: Pin on top").lanes.pinned, ["pings"]);
    assert!(choose("Lane Pings: Unpin").lanes.pinned.is_empty());
    assert_eq!(choose("Lane Playback: Collapse").lanes.collapsed, ["playback"]);
    assert!(choose("Sort by Playhead").table.sort.is_some());
    choose("Events of type: ping");
    choose("Fix the selected finding…");
    assert_eq!(desk.state.filter.event_type, Some(EventType::Ping));
    assert!(desk.state.mending.fix.is_some());
    let project = |desk: &Desk| desk.state.projects.values().next().map(|project| project.ignored.len());
    assert_eq!(project(&desk), Some(1));
    let again = choices_of(&desk.state).into_iter().find(|choice| choice.title.starts_with("Hear of "));
    desk.wants(again.expect("a rule is ignored").command);
    assert_eq!(project(&desk), Some(0));
}

#[test]
fn a_choice_is_found_in_the_palette_and_run() {
    let (mut harness, _) = faulty_window();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::K);
    harness.run();
    let field = harness.get_by_role_and_label(Role::TextInput, text("palette.title"));
    field.type_text("lane pings collapse");
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
    assert_eq!(harness.state().state().prefs.lanes.collapsed, ["pings"]);
    assert!(!harness.state().state().palette.open);
}

#[test]
fn pasting_by_a_command_asks_the_system_for_what_was_copied() {
    let (mut harness, _) = faulty_window();
    harness.state().push(Command::Paste);
    harness.step();
    let asked = harness.output().viewport_output.values().flat_map(|output| &output.commands);
    assert!(asked.into_iter().any(|command| *command == ViewportCommand::RequestPaste));
}
