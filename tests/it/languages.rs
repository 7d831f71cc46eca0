//! The window in French: no text of the table stays English, and nothing is drawn that the table has not.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use eframe::egui::{self, Shape, accesskit::Role};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use playtrace::app::command::Command;
use playtrace::app::command::compare::CompareCommand;
use playtrace::app::compare::Page;
use playtrace::app::item::Item;
use playtrace::app::live::LiveForm;
use playtrace::app::prefs::{BottomTab, DetailTab, Language, ViewPrefs};
use playtrace::model::id::EventId;
use playtrace::store::demo::DEMOS;
use playtrace::store::finding_rows::Grouping;
use playtrace::ui::app::InspectorApp;
use playtrace::ui::text::{rows, speak, text, text_in};

use crate::support::window::{InlinePort, faulty_session, window_of};

/// A window that begins in a language.
struct Window(Harness<'static, InspectorApp>);

impl Window {
    fn new(language: Language) -> Window {
        let prefs = ViewPrefs { language, ..ViewPrefs::default() };
        let mut window = Window(window_of([1280.0, 800.0], prefs, InlinePort::default()));
        window.0.run();
        window
    }

    fn wants(&mut self, command: Command) {
        self.0.state().push(command);
        self.0.run();
    }

    fn open_faulty(&mut self) {
        self.wants(Command::OpenText { name: "faulty.json".to_owned(), bytes: faulty_session() });
    }

    #[track_caller]
    fn click(&mut self, key: &str) {
        let words = text_in(self.0.state().state().prefs.language, key).expect("a key of the table");
        // The menus stand above all other buttons.
        let button = self.0.query_all_by_role_and_label(Role::Button, words).next();
        button.expect("a button of that name").click();
        self.0.run();
    }

    /// Everything that is painted, and what is said of it to those who do not see it.
    fn shown(&self) -> Vec<String> {
        let mut shown = Vec::new();
        for clipped in &self.0.output().shapes {
            painted(&clipped.shape, &mut shown);
        }
        for node in self.0.root().children_recursive() {
            let node = node.accesskit_node();
            shown.extend(
                [node.label(), node.value(), node.placeholder().map(str::to_owned)].into_iter().flatten(),
            );
        }
        shown
    }

    /// Checks that nothing that is shown is an English text of the table where the French one differs.
    #[track_caller]
    fn is_french(&self, place: &str) {
        let shown = self.shown();
        assert!(shown.len() > 10, "{place} shows something");
        let english: Vec<String> = shown.into_iter().filter(|shown| is_english(shown)).collect();
        assert!(english.is_empty(), "{place} shows English: {english:#?}");
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        // The thread may go on to the next test.
        speak(Language::English);
    }
}

fn painted(shape: &Shape, texts: &mut Vec<String>) {
    match shape {
        Shape::Vec(shapes) => shapes.iter().for_each(|shape| painted(shape, texts)),
        Shape::Text(text) => texts.push(text.galley.text().to_owned()),
        _ => {}
    }
}

/// True for an English text of the table, with numbers in the place of `{n}`, that French says otherwise.
fn is_english(shown: &str) -> bool {
    /// Texts as they are, and those with a number, without it.
    static ENGLISH: LazyLock<(BTreeSet<&str>, BTreeSet<String>)> = LazyLock::new(|| {
        let french: BTreeSet<&str> = rows().iter().map(|(_, _, french)| *french).collect();
        let says_otherwise = rows().iter().map(|(_, english, _)| *english).filter(|it| !french.contains(it));
        // A unit stands in both languages.
        let letters =
            |english: &str| english.replace("{n}", "").chars().filter(|c| c.is_alphabetic()).count();
        let (with_number, plain): (Vec<&str>, Vec<&str>) = says_otherwise
            .filter(|english| letters(english) > 2)
            .partition(|english| english.contains("{n}"));
        let numberless = with_number.iter().map(|english| english.replace("{n}", "").replace(',', ""));
        (plain.into_iter().collect(), numberless.collect())
    });
    let stripped: String = shown.chars().filter(|c| !c.is_ascii_digit() && *c != ',').collect();
    ENGLISH.0.contains(shown) || (stripped != shown && ENGLISH.1.contains(&stripped))
}

#[test]
fn every_panel_speaks_french() {
    let mut window = Window::new(Language::French);
    window.is_french("the empty window");
    assert!(window.shown().iter().any(|shown| shown == "Voyez ce qu’un lecteur a vraiment envoyé"));

    window.wants(Command::ShowBottom(BottomTab::Capture));
    window.is_french("the collector of the empty window");
    let listen = "nowhere".to_owned();
    window.wants(Command::EditLive(LiveForm { listen, ..LiveForm::default() }));
    window.wants(Command::StartCollector);
    window.is_french("an address that is none");
    window.0.get_by_label(text("capture.listen.no-address"));
    window.wants(Command::ShowBottom(BottomTab::Findings));
    window.open_faulty();
    window.is_french("a session");
    for tab in [DetailTab::Tree, DetailTab::Raw, DetailTab::Exchange] {
        window.wants(Command::ShowDetail(tab));
        window.is_french("the detail of a session");
    }
    let id = window.0.state().state().captures[0].id;
    window.wants(Command::Select(Item::Event(id, EventId(1))));
    for tab in [DetailTab::Tree, DetailTab::Raw, DetailTab::Exchange] {
        window.wants(Command::ShowDetail(tab));
        window.is_french("the detail of an event");
    }
    window.wants(Command::ShowDetail(DetailTab::Tree));
    window.0.get_by(|node| node.label().is_some_and(|label| label.starts_with("ts: "))).click();
    window.0.run();
    window.0.get_by_label_contains("L’horloge du client à ce moment");
    window.wants(Command::Select(Item::Finding(id, 0)));
    window.is_french("a finding");
    for grouping in [Grouping::Rule, Grouping::Session] {
        window.wants(Command::GroupFindings(grouping));
        window.is_french("groups of findings");
    }
    for tab in [BottomTab::Outbox, BottomTab::Capture] {
        window.wants(Command::ShowBottom(tab));
        window.is_french("the panel below");
    }
    window.wants(Command::ShowBottom(BottomTab::Outbox));
    window.wants(Command::DryRun);
    window.is_french("a dry run");
    window.wants(Command::FixAllSafe);
    window.is_french("a draft");
    window.wants(Command::OpenDemo(None));
    window.is_french("all demo sessions");
}

#[test]
fn the_comparison_speaks_french() {
    let mut window = Window::new(Language::French);
    window.open_faulty();
    window.wants(Command::Compare(CompareCommand::Toggle));
    window.is_french("a comparison with nothing to compare with");
    window.open_faulty();
    for page in Page::ALL {
        window.wants(Command::Compare(CompareCommand::Show(page)));
        window.is_french("a page of the comparison");
    }
}

#[test]
fn menus_windows_and_notices_speak_french() {
    let mut window = Window::new(Language::French);
    window.open_faulty();
    for menu in ["menu.file", "menu.go", "menu.view", "menu.capture", "menu.send", "menu.help"] {
        window.click(menu);
        window.is_french(menu);
        window.0.key_press(egui::Key::Escape);
        window.0.run();
    }
    for command in [Command::ToggleHelp, Command::ToggleAbout] {
        window.wants(command.clone());
        window.is_french("a page of help");
        window.wants(command);
    }
    window.wants(Command::EditPath(String::new()));
    window.is_french("the path field");
    window.wants(Command::ClosePathField);
    window.wants(Command::OpenText { name: "nothing.txt".to_owned(), bytes: b"nothing".to_vec() });
    window.is_french("a notice");
    let id = window.0.state().state().captures[0].id;
    let judged = window.0.state().state().captures[0].judged.clone().expect("judged");
    let fixable = judged.findings().iter().position(|finding| finding.rule.meta.code == "MC-S005");
    window.wants(Command::ShowFix(id, fixable.expect("it has a fix") as u32));
    window.is_french("a fix");
}

#[test]
fn the_language_is_switched_in_the_running_window_and_kept() {
    let mut window = Window::new(Language::English);
    window.open_faulty();
    let english = window.shown();
    window.click("menu.view");
    window.0.get_by_label_contains(text("menu.language")).click();
    window.0.run();
    window.0.get_by_role_and_label(Role::RadioButton, "Français").click();
    window.0.run();
    assert_eq!(window.0.state().state().prefs.language, Language::French);
    window.0.key_press(egui::Key::Escape);
    window.0.run();
    window.is_french("what was laid out in English before");

    let kept = serde_json::to_string(&window.0.state().state().prefs).expect("it can be written");
    let kept: ViewPrefs = serde_json::from_str(&kept).expect("it can be read");
    assert_eq!(kept.language, Language::French);

    window.0.remove_cursor();
    window.wants(Command::SetLanguage(Language::English));
    assert_eq!(window.shown(), english);
}

#[test]
fn preferences_without_a_language_are_english() {
    let older: ViewPrefs = serde_json::from_str("{}").expect("fields may be missing");
    assert_eq!(older.language, Language::English);
}

#[test]
fn english_in_a_french_window_would_be_seen() {
    for shown in ["Findings", "1,204 events", "Pings only"] {
        assert_eq!(is_english(shown), shown != "Pings only", "{shown}");
    }
    for shown in ["Constats", "1\u{a0}204 événements", "Capture", "12 s", "ts"] {
        assert!(!is_english(shown), "{shown}");
    }
    let window = Window::new(Language::English);
    assert!(window.shown().iter().any(|shown| is_english(shown)));
    assert!(window.shown().iter().any(|shown| shown == DEMOS[0].summary));
}
