//! The window in French: no text of the table stays English, and nothing is drawn that the table has not.

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::LazyLock;

use eframe::egui::{self, Shape, accesskit::Role};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use playtrace::app::command::Command;
use playtrace::app::command::compare::CompareCommand;
use playtrace::app::command::find::FindCommand;
use playtrace::app::command::look::LookCommand;
use playtrace::app::command::marking::MarkingCommand;
use playtrace::app::command::marks::MarkCommand;
use playtrace::app::command::palette::PaletteCommand;
use playtrace::app::command::rows::named;
use playtrace::app::command::saved_filter::SavedFilterCommand;
use playtrace::app::command::story::StoryCommand;
use playtrace::app::command::table::TableCommand;
use playtrace::app::compare::Page;
use playtrace::app::item::Item;
use playtrace::app::live::{LiveForm, LiveMode};
use playtrace::app::marking::Cursor;
use playtrace::app::prefs::{BottomTab, DetailTab, Language, ViewPrefs};
use playtrace::app::sending::{SendForm, SendResult, Unanswered};
use playtrace::app::update::Update;
use playtrace::collector::authority::AuthorityError;
use playtrace::collector::journal::JournalError;
use playtrace::collector::{CollectorError, setup};
use playtrace::model::collecting::{Choice, Choices, Pass, Refused};
use playtrace::model::event_type::EventType;
use playtrace::model::id::EventId;
use playtrace::model::policy::{Profile, SchemaSet};
use playtrace::model::reason::Reason;
use playtrace::outbox::plan::SendMode;
use playtrace::schema::catalog::served;
use playtrace::store::demo::DEMOS;
use playtrace::store::filter::EventFilter;
use playtrace::store::finding_rows::Grouping;
use playtrace::store::project::PROJECT_VERSION;
use playtrace::ui::app::InspectorApp;
use playtrace::ui::text::{of_reason, rows, speak, text, text_in};

use crate::support::window::{InlinePort, faulty_session, window_of};

/// A window that begins in a language.
struct Window(Harness<'static, InspectorApp>, InlinePort);

impl Window {
    fn new(language: Language) -> Window {
        let prefs = ViewPrefs { language, ..ViewPrefs::default() };
        let port = InlinePort::default();
        let mut window = Window(window_of([1280.0, 800.0], prefs, port.clone()), port);
        window.0.run();
        window
    }

    fn wants(&mut self, command: Command) {
        self.0.state().push(command);
        self.0.run();
    }

    fn happens(&mut self, update: Update) {
        self.1.happen(update);
        self.0.run();
    }

    /// Checks that a reason is told, in French.
    #[track_caller]
    fn tells_in_french(&self, why: &Reason) {
        let words = of_reason(why);
        assert!(!words.contains('{') && words != "(no text)", "{why}: {words}");
        assert!(self.shown().iter().any(|shown| shown.contains(&words)), "{words} is shown");
        self.is_french(&words);
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
        let english: Vec<String> =
            shown.into_iter().filter(|shown| is_english(shown) && !self.is_of_captures(shown)).collect();
        assert!(english.is_empty(), "{place} shows English: {english:#?}");
    }
}

impl Window {
    /// True for what holds a name out of a capture or the message of a finding, which is English everywhere.
    fn is_of_captures(&self, shown: &str) -> bool {
        let named = self.0.state().state().captures.iter().any(|loaded| {
            let names = loaded.capture.sessions.iter().filter_map(|it| it.content.media_name.as_deref());
            let sent = String::from_utf8_lossy(loaded.capture.source.bytes());
            names.chain([loaded.short_name()]).any(|name| shown.contains(name))
                || sent.contains(shown.trim_end_matches('…'))
        });
        named || self.is_finding(shown)
    }

    fn is_finding(&self, shown: &str) -> bool {
        let judged = self.0.state().state().captures.iter().filter_map(|loaded| loaded.judged.as_ref());
        let mut findings = judged.flat_map(|judged| judged.findings());
        let shown = letters(shown);
        findings.any(|finding| {
            let related = finding.related.iter().map(|related| &related.message);
            related.chain([&finding.message]).any(|message| shown.contains(&letters(message)))
        })
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

/// True when a text with `{values}` in it may have become what is shown.
fn fits(text: &str, shown: &str) -> bool {
    let mut parts = text.split('{').map(|part| part.split_once('}').map_or(part, |(_, rest)| rest));
    let Some(mut rest) = parts.next().and_then(|first| shown.strip_prefix(first)) else { return false };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    text.ends_with('}') || rest.is_empty()
}

/// Letters that stand there whatever the values are.
fn n_letters(text: &str) -> usize {
    let fixed = text.split('{').map(|part| part.split_once('}').map_or(part, |(_, rest)| rest));
    fixed.flat_map(str::chars).filter(|c| c.is_alphabetic()).count()
}

/// What the toolkit calls an edge that nobody named.
const OF_TOOLKIT: &str = "Resize panel";

/// True for an English text of the table that French says otherwise, and for words that are none of the table.
fn is_english(shown: &str) -> bool {
    /// Texts as they are, and those with values.
    static ENGLISH: LazyLock<(BTreeSet<&str>, Vec<&str>)> = LazyLock::new(|| {
        let french: BTreeSet<&str> = rows().iter().map(|(_, _, french)| *french).collect();
        let says_otherwise = rows().iter().map(|(_, english, _)| *english).filter(|it| !french.contains(it));
        // A unit stands in both languages.
        let (with_values, plain): (Vec<&str>, Vec<&str>) =
            says_otherwise.filter(|it| n_letters(it) > 2).partition(|english| english.contains('{'));
        (plain.into_iter().collect(), with_values)
    });
    static FRENCH: LazyLock<Vec<&str>> = LazyLock::new(|| {
        rows().iter().map(|(_, _, french)| *french).filter(|french| n_letters(french) > 2).collect()
    });
    let is_french = || FRENCH.iter().any(|french| fits(french, shown));
    shown == OF_TOOLKIT
        || ENGLISH.0.contains(shown)
        || ENGLISH.1.iter().any(|english| fits(english, shown)) && !is_french()
        || has_english_words(shown) && !is_of_rules(shown)
}

/// True for what has words in it that are English and nothing else; members of JSON are as they were sent.
fn has_english_words(shown: &str) -> bool {
    const WORDS: [&str; 13] =
        ["the", "of", "and", "is", "are", "was", "with", "not", "this", "that", "from", "which", "its"];
    let is_json = shown.trim_start_matches(['-', '+', ' ']).starts_with(['"', '{', '[', '}', ']']);
    !is_json
        && shown.split(|c: char| !c.is_alphabetic()).any(|word| WORDS.contains(&word.to_lowercase().as_str()))
}

/// True for what rules and schemas say of themselves, which is English everywhere.
fn is_of_rules(shown: &str) -> bool {
    static PAGES: LazyLock<String> = LazyLock::new(|| {
        let rules =
            playtrace::rules::all().flat_map(|rule| [rule.meta.docs.into(), rule.meta.summary.into()]);
        let schemas = EventType::ALL.into_iter().filter_map(|known| served(SchemaSet::Documented, known));
        rules.chain(schemas).map(|text| letters(&text)).collect()
    });
    PAGES.contains(&letters(shown))
}

/// Letters and digits alone: marks of emphasis are not drawn.
fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
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
    window.0.get_by_label(text("why.no-address"));
    window.wants(Command::ShowBottom(BottomTab::Findings));
    window.open_faulty();
    window.is_french("a session");
    for tab in [DetailTab::Tree, DetailTab::Raw, DetailTab::Exchange] {
        window.wants(Command::ShowDetail(tab));
        window.is_french("the detail of a session");
    }
    let id = window.0.state().state().captures[0].id;
    window.wants(Command::Select(Item::Event(id, EventId(1))));
    for tab in DETAILS {
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

/// The pages of the detail.
const DETAILS: [DetailTab; 5] =
    [DetailTab::Tree, DetailTab::Raw, DetailTab::Context, DetailTab::Exchange, DetailTab::Schema];

#[test]
fn measuring_and_marks_speak_french() {
    let mut window = Window::new(Language::French);
    window.open_faulty();
    for tab in [BottomTab::Measure, BottomTab::Marks] {
        window.wants(Command::ShowBottom(tab));
        window.is_french("nothing measured, nothing marked");
    }
    for (cursor, secs) in [(Cursor::A, 1.0), (Cursor::B, 21.0)] {
        window.wants(Command::Marking(MarkingCommand::SetCursor(cursor, secs)));
    }
    window.wants(Command::Marking(MarkingCommand::RangeOfCursors));
    window.wants(Command::ShowBottom(BottomTab::Measure));
    window.is_french("a measured range");
    let id = window.0.state().state().captures[0].id;
    window.wants(Command::Select(Item::Event(id, EventId(2))));
    window.wants(Command::Mark(MarkCommand::Toggle));
    window.wants(Command::ShowBottom(BottomTab::Marks));
    window.is_french("a mark");
    window.wants(Command::Mark(MarkCommand::Note));
    window.is_french("the field of a note");
}

#[test]
fn filter_search_columns_and_saved_filters_speak_french() {
    let mut window = Window::new(Language::French);
    window.open_faulty();
    let faults =
        ["finding:eror", "ts>soon", "playhead>x", "status:abc", "type:", "\"open", "dance:1", "type:dance"];
    for words in faults.into_iter().chain(["ping", "zzz"]) {
        let filter = EventFilter { text: words.to_owned(), ..EventFilter::default() };
        window.wants(Command::SetFilter(filter));
        window.is_french(&format!("the filter {words}"));
        window.wants(Command::Find(FindCommand::Open));
        window.wants(Command::Find(FindCommand::For(words.to_owned())));
        window.is_french(&format!("the search {words}"));
    }
    window.wants(Command::Find(FindCommand::Close));
    for saved in [false, true] {
        window.wants(Command::SavedFilter(SavedFilterCommand::ToggleList));
        window.is_french(if saved { "a saved filter" } else { "no saved filter" });
        window.wants(Command::SavedFilter(SavedFilterCommand::ToggleList));
        window.wants(Command::SavedFilter(SavedFilterCommand::Save("zzz".to_owned())));
    }
    window.wants(Command::Table(TableCommand::ToggleColumns));
    window.is_french("the columns");
}

#[test]
fn settings_and_palette_speak_french() {
    let mut window = Window::new(Language::French);
    let settings = Command::Look(LookCommand::ToggleSettings);
    window.wants(settings.clone());
    window.is_french("the settings");
    window.wants(settings);
    window.wants(Command::Palette(PaletteCommand::Toggle));
    window.is_french("the palette");
}

#[test]
fn sending_speaks_french_and_so_do_its_refusals() {
    let mut window = Window::new(Language::French);
    window.open_faulty();
    window.wants(Command::ShowBottom(BottomTab::Outbox));
    for target in
        ["", "nowhere at all", "ftp://example.com", "http://a:b@example.com", "https://far.example.com"]
    {
        let mut form = window.0.state().state().prefs.sending.clone();
        form.target = target.to_owned();
        window.wants(Command::EditSending(form));
        window.wants(Command::Send);
        assert!(window.0.state().state().sending.refusal.is_some(), "{target} is refused");
        window.is_french(&format!("a refusal of {target:?}"));
    }
    for mode in [SendMode::AsCaptured, SendMode::Online, SendMode::Downloaded] {
        let mut form = window.0.state().state().prefs.sending.clone();
        (form.mode, form.at_once) = (mode, mode == SendMode::Online);
        window.wants(Command::EditSending(form));
        window.wants(Command::DryRun);
        window.is_french(&format!("a dry run {mode:?}"));
    }
}

#[test]
fn collecting_speaks_french_in_each_of_its_forms() {
    let mut window = Window::new(Language::French);
    window.wants(Command::ShowBottom(BottomTab::Capture));
    for mode in [LiveMode::Forward, LiveMode::Proxy, LiveMode::StandIn] {
        let listen = "0.0.0.0:8787".to_owned();
        window.wants(Command::EditLive(LiveForm { mode, listen, ..LiveForm::default() }));
        window.0.run();
        window.is_french(&format!("the form of {mode:?}"));
    }
    window.wants(Command::StartCollector);
    window.is_french("the question whether other machines may reach it");
    window.wants(Command::Answer(true));
    window.is_french("a collector that starts");
}

#[test]
fn the_story_speaks_french_from_its_first_caption_to_its_last() {
    let mut window = Window::new(Language::French);
    window.open_faulty();
    window.wants(Command::Story(StoryCommand::Toggle));
    for _ in 0..window.0.state().state().story.n_captions() {
        window.is_french("a caption");
        window.wants(Command::Story(StoryCommand::Next));
    }
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
    for name in ["save-project", "note", "next-mark", "next-silence", "range-cursors", "copy-curl", "undo"] {
        let row = named(name).expect("a command");
        window.wants((row.make)());
        window.is_french(name);
    }
    window.wants(Command::Mark(MarkCommand::CloseNote));
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
    for shown in ["Findings", "1,204 events", "Reading a.har", "3 of 17", "a word that no table has"] {
        assert!(is_english(shown), "{shown}");
    }
    for shown in
        ["Constats", "1\u{a0}204 événements", "Lecture de a.har", "3 sur 17", "Capture", "12 s", "ts"]
    {
        assert!(!is_english(shown), "{shown}");
    }
    let window = Window::new(Language::English);
    assert!(window.shown().iter().any(|shown| is_english(shown)));
    assert!(window.shown().iter().any(|shown| shown == DEMOS[0].summary));
}

#[test]
fn what_is_wrong_with_a_fault_of_the_form_is_said_in_french() {
    let mut window = Window::new(Language::French);
    window.wants(Command::ShowBottom(BottomTab::Capture));
    for faults in [
        "explode",
        "stauts=404",
        "status",
        "status=200",
        "status=gone",
        "half=1",
        "drop=later",
        "skew=0",
        "half@",
        "half@x=1",
        "half@event=pign",
        "half@endpoint=e",
        "half@share=2",
        "half@seed=1",
        "half@count=1,count=2",
        "half@status=404",
        "slow-session=1@endpoint=events",
        "half@endpoint=schemas,event=ping",
        "half@endpoint=schemas,session=1",
    ] {
        let form = LiveForm { faults: faults.to_owned(), ..LiveForm::default() };
        window.wants(Command::EditLive(form));
        let why = window.0.state().state().live.fault_problem.clone().expect(faults);
        window.tells_in_french(&why);
    }
}

#[test]
fn why_nothing_is_collected_is_said_in_french() {
    let mut window = Window::new(Language::French);
    window.wants(Command::StartCollector);
    let path = || PathBuf::from("/a/file");
    let io = || std::io::Error::from(ErrorKind::AddrInUse);
    let address = SocketAddr::from(([127, 0, 0, 1], 8787));
    let mut reasons = vec![
        CollectorError::Listen { address, why: io() }.reason(),
        AuthorityError::NoFolder.reason(),
        AuthorityError::File { what: "cannot read", path: path(), why: io() }.reason(),
        AuthorityError::OpenToOthers(path()).reason(),
        AuthorityError::Broken { path: path(), why: "the end is missing".to_owned() }.reason(),
        AuthorityError::NotCovered("b.example".to_owned(), " --host b.example".to_owned()).reason(),
        AuthorityError::Make("xyz".to_owned()).reason(),
        JournalError::Unwritable { path: path(), why: io() }.reason(),
        JournalError::InUse(path()).reason(),
        JournalError::NoJournal(path()).reason(),
        JournalError::OtherVersion { version: 9, path: path() }.reason(),
        JournalError::Full { max_files: 3, path: path() }.reason(),
        Reason::of_system(&io()),
    ];
    let forwards =
        ["", "two words", "ftp://example.com", "http://a:b@example.com", "http://example.com/?a=b"];
    let passes = forwards.map(|to| Pass::Forward { to: to.to_owned(), trusted: None });
    let trusted = Some(PathBuf::from("/no/such/file.pem"));
    let others = [
        Pass::Proxy { opened: vec!["two words".to_owned()], trusted: None },
        Pass::Proxy { opened: Vec::new(), trusted },
    ];
    for pass in passes.into_iter().chain(others) {
        let faults = Vec::new();
        let choices = Choices { listen: address, pass, tls: false, profile: Profile::Default, faults };
        reasons.push(setup::config(&choices).expect_err("it cannot be").why);
    }
    for why in reasons {
        window.happens(Update::CollectorFailed { refused: Refused::of(Choice::Listen, why.clone()) });
        window.tells_in_french(&why);
    }
}

#[test]
fn why_a_request_has_no_answer_is_said_in_french() {
    let no_connection = Reason::new("why.no-connection", [("why", "xyz".to_owned())], "");
    let unanswered = Reason::new("why.start-unanswered", [], "");
    for (why, called) in [
        (Unanswered::Failed(no_connection), "sans réponse"),
        (Unanswered::NotSent(unanswered), "non envoyée"),
    ] {
        let mut window = Window::new(Language::French);
        window.open_faulty();
        window.wants(Command::ShowBottom(BottomTab::Outbox));
        let form = SendForm { mode: SendMode::Online, ..SendForm::default() };
        window.wants(Command::EditSending(form));
        window.wants(Command::DryRun);
        let plan = window.0.state().state().sending.plan.clone().expect("it is planned");
        window.wants(Command::Send);
        let job = window.0.state().state().sending.job.expect("it is sent");
        window.happens(Update::Planned { job, plan });
        let (url, answer) = ("http://127.0.0.1:8787/".to_owned(), Err(why.clone()));
        let result = SendResult { index: 0, url, answer, message: String::new(), took_millis: 3 };
        window.happens(Update::Delivered { job, results: vec![result] });
        window.tells_in_french(why.reason());
        assert!(window.shown().iter().any(|shown| shown == called), "{called}");
    }
}

#[test]
fn why_a_project_cannot_be_used_is_said_in_french() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let place = folder.path().join("later.json");
    std::fs::write(&place, r#"{"version":99,"capture":{"xxh3":"0"}}"#).expect("it is written");
    let mut window = Window::new(Language::French);
    window.wants(Command::Open(vec![place]));
    let known = PROJECT_VERSION.to_string();
    let why = Reason::new("why.project-too-new", [("version", "99".to_owned()), ("known", known)], "");
    window.tells_in_french(&why);
}
