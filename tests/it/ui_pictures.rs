//! Pictures saved from the window: of the session and of parts of the window, where the user wants them, masked.

use std::path::{Path, PathBuf};

use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use playtrace::app::PathPurpose;
use playtrace::app::command::Command;
use playtrace::app::command::compare::CompareCommand;
use playtrace::app::command::picture::{PictureSubject, WindowPart};
use playtrace::app::command::table::TableCommand;
use playtrace::app::compare::Page;
use playtrace::app::effect::Effect;
use playtrace::app::item::Item;
use playtrace::app::prefs::{DetailTab, Pane};
use playtrace::app::update::Update;
use playtrace::model::id::EventId;
use playtrace::store::column::Column;
use playtrace::store::picture::PictureForm;
use playtrace::ui::app::InspectorApp;
use playtrace::ui::text::{fill, text};
use tempfile::TempDir;

use crate::support::image::Image;
use crate::support::window::{InlinePort, event, faulty_session, faulty_window, open, session_start, window};

const PARTS: [WindowPart; 6] = [
    WindowPart::Sessions,
    WindowPart::Timeline,
    WindowPart::Plot,
    WindowPart::Table,
    WindowPart::Detail,
    WindowPart::Below,
];

/// A window with the folder that pictures go to.
struct Studio {
    harness: Harness<'static, InspectorApp>,
    port: InlinePort,
    folder: TempDir,
}

impl Studio {
    fn of((harness, port): (Harness<'static, InspectorApp>, InlinePort)) -> Studio {
        Studio { harness, port, folder: tempfile::tempdir().expect("a folder") }
    }

    fn showing(bytes: Vec<u8>) -> Studio {
        let mut studio = Studio::of(window());
        open(&mut studio.harness, "film.json", bytes);
        studio
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn wants(&mut self, command: Command) {
        self.harness.state().push(command);
        self.harness.run();
    }

    /// Asks for a picture; gives the name that the dialog begins with and the forms that it offers.
    #[track_caller]
    fn asks(&mut self, subject: PictureSubject) -> (String, &'static [PictureForm]) {
        self.wants(Command::DismissNotices);
        self.wants(Command::SavePicture(subject));
        match self.port.left.borrow_mut().pop() {
            Some(Effect::PickPlace { name, forms }) => (name, forms),
            other => panic!("no dialog but {other:?}"),
        }
    }

    fn answers(&mut self, place: Option<PathBuf>, at_once: bool) {
        self.port.happen(Update::PlacePicked { place, at_once });
        self.harness.run();
    }

    /// Saves a picture under this name as the dialog would.
    #[track_caller]
    fn saves(&mut self, subject: PictureSubject, name: &str) -> Vec<u8> {
        self.asks(subject);
        let path = self.path(name);
        self.answers(Some(path.clone()), false);
        self.says("picture-saved", &path);
        std::fs::read(&path).expect("it was written")
    }

    #[track_caller]
    fn saves_part(&mut self, part: WindowPart) -> Image {
        Image::of_png(&self.saves(PictureSubject::Window(part), &format!("{part:?}.png")))
    }

    /// The latest message is this one, about this file, and is seen.
    #[track_caller]
    fn says(&self, key: &str, path: &Path) {
        let notice = self.harness.state().state().notices.last().expect("a message").clone();
        assert_eq!(notice.key, key, "{:?}", notice.values);
        assert_eq!(notice.values[0], ("name", path.display().to_string()));
        let values: Vec<(&str, &str)> =
            notice.values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.harness.get_by_label(&fill(&format!("notice.{key}"), &values));
        self.harness.get_by_label(&fill(&format!("notice.{key}.do"), &values));
    }

    fn files(&self) -> usize {
        std::fs::read_dir(self.folder.path()).expect("the folder is there").count()
    }
}

#[test]
fn a_picture_of_the_session_is_saved_where_the_dialog_says() {
    let mut studio = Studio::of(faulty_window());
    let (name, forms) = studio.asks(PictureSubject::Session);
    assert_eq!(name, "faulty.svg");
    assert_eq!(forms, [PictureForm::Svg, PictureForm::Png]);
    // One dialog at a time.
    studio.wants(Command::SavePicture(PictureSubject::Session));
    assert!(studio.port.left.borrow().is_empty());
    studio.answers(None, false);
    assert_eq!(studio.files(), 0, "the dialog was left");
    let svg = String::from_utf8(studio.saves(PictureSubject::Session, "a.svg")).expect("SVG is text");
    assert!(svg.starts_with("<svg ") && svg.contains("Faulty film") && svg.contains("jump-without-seek"));
    let png = studio.saves(PictureSubject::Session, "a.PNG");
    assert_eq!(Image::of_png(&png).size, (1280, 720));
    // The dialog has asked before this one is replaced, and gave a name without an ending for that one.
    studio.saves(PictureSubject::Session, "a.svg");
    studio.asks(PictureSubject::Session);
    studio.answers(Some(studio.path("b")), false);
    studio.says("picture-saved", &studio.path("b.svg"));
    studio.asks(PictureSubject::Session);
    studio.answers(Some(studio.path("a")), false);
    studio.says("picture-exists", &studio.path("a.svg"));
    assert_eq!(studio.files(), 3, "and nothing is left beside them");
}

#[test]
fn a_picture_shows_the_range_the_theme_and_the_language_of_the_window() {
    let mut studio = Studio::of(faulty_window());
    let svg = |studio: &mut Studio, name: &str| {
        String::from_utf8(studio.saves(PictureSubject::Session, name)).expect("SVG is text")
    };
    let whole = svg(&mut studio, "a.svg");
    assert!(whole.contains(">00:40<"), "the end is seen");
    studio.wants(Command::ShowRange { from: 4.0, to: 12.0 });
    studio.wants(Command::SetLanguage(playtrace::app::prefs::Language::French));
    let part = svg(&mut studio, "b.svg");
    assert!(part.contains(">00:06<") && !part.contains(">00:40<"), "the range is");
    assert!(part.contains("acceptée, mais les rapports seront faux"));
    studio.wants(Command::SetTheme(playtrace::app::prefs::ThemeChoice::Light));
    let light = svg(&mut studio, "c.svg");
    assert_ne!(part, light, "the window was dark before");
}

#[test]
fn where_no_dialog_comes_up_a_field_asks_and_replaces_nothing() {
    let mut studio = Studio::of(faulty_window());
    studio.asks(PictureSubject::Session);
    studio.answers(None, true);
    let field = studio.harness.state().state().path_field.clone().expect("the field is open");
    assert_eq!(
        (field.typed.as_str(), field.purpose),
        ("faulty.svg", PathPurpose::Picture(PictureSubject::Session))
    );
    for key in ["path.save.title", "path.save.hint", "path.save"] {
        studio.harness.get_by_label(text(key));
    }
    let taken = studio.path("taken.svg");
    std::fs::write(&taken, "mine").expect("the folder can be written");
    studio.wants(Command::EditPath(taken.display().to_string()));
    studio.harness.get_by_label(text("path.save")).click();
    studio.harness.run();
    studio.says("picture-exists", &taken);
    assert_eq!(std::fs::read(&taken).expect("it is there"), b"mine");
    assert_eq!(studio.files(), 1);
    studio.asks(PictureSubject::Session);
    studio.answers(None, true);
    let free = studio.path("free.png");
    studio.wants(Command::EditPath(free.display().to_string()));
    // A file in the list is no place to write to: it is only taken into the field.
    studio.wants(Command::AcceptPath);
    studio.says("picture-saved", &free);
    assert_eq!(Image::of_png(&std::fs::read(&free).expect("it was written")).size, (1280, 720));
}

#[test]
fn a_part_of_the_window_is_saved_as_it_is_seen() {
    let mut studio = Studio::of(faulty_window());
    let whole = studio.saves_part(WindowPart::Whole);
    assert_eq!(whole.size, (1280, 800));
    for part in PARTS {
        let (name, forms) = studio.asks(PictureSubject::Window(part));
        assert_eq!((name, forms), (format!("faulty-{}.png", part.name()), &[PictureForm::Png][..]));
        studio.answers(None, false);
        let image = studio.saves_part(part);
        assert!(image.size.0 < whole.size.0 && image.size.1 < whole.size.1, "{part:?}");
        let mut colors: Vec<&[u8]> = image.pixels.chunks_exact(3).collect();
        colors.sort_unstable();
        colors.dedup();
        assert!(colors.len() > 40, "{part:?} has {} colors", colors.len());
        assert!(whole.has_within(&image), "{part:?} is a part of the whole, without messages over it");
    }
    studio.wants(Command::TogglePane(Pane::Plot));
    studio.wants(Command::SavePicture(PictureSubject::Window(WindowPart::Plot)));
    assert_eq!(studio.harness.state().state().notices.last().expect("a message").key, "picture-nothing");
    assert!(studio.port.left.borrow().is_empty(), "what is not shown has no picture");
}

#[test]
fn pictures_of_the_window_hide_who_watched() {
    let film = |visitor: &str, name: &str| {
        let start = session_start("Film").replace(
            r#""media.name":"Film""#,
            &format!(r#""media.name":"{name} {visitor}","analytics.visitorId":"{visitor}""#),
        );
        let events = [start, event("play", 100, 0.0, ""), event("sessionEnd", 9_000, 9.0, "")];
        format!("[{}]", events.join(",")).into_bytes()
    };
    let picture = |bytes| Studio::showing(bytes).saves_part(WindowPart::Whole);
    let one = picture(film("visitor-471112", "Film"));
    assert!(one == picture(film("visitor-112471", "Film")), "nobody can tell the two apart");
    assert!(one != picture(film("visitor-471112", "Palm")), "but films");
}

#[test]
fn pictures_of_the_window_hide_what_lets_somebody_in() {
    let har = |cookie: &str| {
        let request = r#"{"method":"POST","url":"https://c.example.com/api/v1/sessions","headers":[{"name":"Cookie","value":"COOKIE"}],"postData":{"mimeType":"application/json","text":"{\"eventType\":\"sessionStart\",\"playerTime\":{\"playhead\":0,\"ts\":1704196800000},\"params\":{}}"}}"#;
        let answer = r#"{"status":201,"headers":[],"content":{}}"#;
        let request = request.replace("COOKIE", cookie);
        format!(
            r#"{{"log":{{"version":"1.2","entries":[{{"startedDateTime":"2024-01-02T12:00:00Z","time":5,"request":{request},"response":{answer}}}]}}}}"#
        )
    };
    let picture = |cookie: &str| {
        let mut studio = Studio::showing(har(cookie).into_bytes());
        let capture = studio.harness.state().state().captures[0].id;
        studio.wants(Command::Select(Item::Event(capture, EventId(0))));
        studio.wants(Command::ShowDetail(DetailTab::Exchange));
        let title = format!("{} (1)", text("request.headers"));
        studio.harness.get_by_label(&title).click();
        studio.harness.run_steps(20);
        studio.harness.get_by_label(cookie);
        studio.saves_part(WindowPart::Whole)
    };
    for (cookie, other) in [("key=471112-471112", "key=112471-112471"), ("k=41", "k=14")] {
        assert!(picture(cookie) == picture(other), "nobody can tell the two apart");
    }
}

/// A film whose visitor is told by values too short to be looked for wherever they stand.
fn film_of(visitor: &str, number: u32) -> Vec<u8> {
    let ids = format!(
        r#""params":{{"analytics.visitorId":"{visitor}","visitor.list":["{visitor}",{{"id":{number}}}],"#
    );
    let start = session_start("Film").replace(r#""params":{"#, &ids);
    let ping = event("play", 9_000, 9.0, &format!(r#""params":{{"visitor.aid":"{visitor}"}}"#));
    format!("[{start},{ping}]").into_bytes()
}

/// Nobody can tell from a part of the window, as `show` has it show the event, who watched; but it is seen there.
#[track_caller]
fn assert_hides(part: WindowPart, number: u32, show: impl Fn(&mut Studio)) {
    let picture = |visitor, id| {
        let mut studio = Studio::showing(film_of(visitor, id));
        let capture = studio.harness.state().state().captures[0].id;
        studio.wants(Command::Select(Item::Event(capture, EventId(number))));
        show(&mut studio);
        let seen = studio.harness.get_all_by_label_contains(visitor).count();
        assert!(seen > 0, "{visitor} is seen in the window");
        studio.saves_part(part)
    };
    assert!(picture("x41", 417) == picture("x14", 174), "nobody can tell the two apart");
}

#[test]
fn pictures_of_the_window_hide_short_values_of_identifying_fields_by_where_they_stand() {
    for tab in [DetailTab::Tree, DetailTab::Raw] {
        assert_hides(WindowPart::Detail, 0, |studio| studio.wants(Command::ShowDetail(tab)));
    }
    assert_hides(WindowPart::Detail, 1, |studio| studio.wants(Command::ShowDetail(DetailTab::Context)));
    assert_hides(WindowPart::Table, 1, |studio| {
        let column = Column::of_member("visitor.aid").expect("a key");
        studio.wants(Command::Table(TableCommand::Toggle(column.clone())));
        studio.wants(Command::Table(TableCommand::Put(column, 0)));
    });
}

#[test]
fn pictures_of_a_comparison_hide_short_values_of_identifying_fields() {
    let picture = |visitors: [&str; 2]| {
        let mut studio = Studio::showing(film_of(visitors[0], 1));
        open(&mut studio.harness, "other.json", film_of(visitors[1], 1));
        studio.wants(Command::Compare(CompareCommand::Show(Page::Metadata)));
        studio.harness.get_all_by_label(visitors[0]).next().expect("it is seen");
        studio.saves_part(WindowPart::Whole)
    };
    assert!(picture(["x41", "x42"]) == picture(["x14", "x24"]), "nobody can tell them apart");
}

#[test]
fn an_empty_window_says_that_there_is_nothing_to_draw() {
    let mut studio = Studio::of(window());
    for subject in [PictureSubject::Session].into_iter().chain(PARTS.map(PictureSubject::Window)) {
        studio.wants(Command::DismissNotices);
        studio.wants(Command::SavePicture(subject));
        assert_eq!(studio.harness.state().state().notices.last().expect("a message").key, "picture-nothing");
    }
    assert!(studio.port.left.borrow().is_empty());
    let (name, _) = studio.asks(PictureSubject::Window(WindowPart::Whole));
    assert_eq!(name, "playtrace-window.png");
}

#[test]
fn what_cannot_be_saved_is_said_with_its_place() {
    let mut studio = Studio::of(window());
    let capture = studio.path("capture.svg");
    std::fs::write(&capture, faulty_session()).expect("the folder can be written");
    studio.wants(Command::Open(vec![capture.clone()]));
    let whole = PictureSubject::Window(WindowPart::Whole);
    for (subject, name, key) in [
        (PictureSubject::Session, "a.jpg", "picture-no-form"),
        (whole, "a.svg", "picture-not-png"),
        (PictureSubject::Session, "gone/a.svg", "picture-not-saved"),
        (whole, "gone/a.png", "picture-not-saved"),
        (PictureSubject::Session, "capture.svg", "picture-is-capture"),
    ] {
        studio.asks(subject);
        let place = studio.path(name);
        studio.answers(Some(place.clone()), false);
        studio.says(key, &place);
    }
    assert_eq!(std::fs::read(&capture).expect("it is there"), faulty_session());
    assert_eq!(studio.files(), 1, "nothing was written");
}

#[test]
fn the_file_menu_offers_pictures() {
    let mut studio = Studio::of(faulty_window());
    studio.harness.get_by_label(text("menu.file")).click();
    studio.harness.run();
    studio.harness.get_by_label(text("menu.picture"));
    studio.harness.get_by_label_contains(text("command.picture")).click();
    studio.harness.run();
    let left = studio.port.left.borrow();
    assert!(matches!(left.last(), Some(Effect::PickPlace { name, .. }) if name == "faulty.svg"), "{left:?}");
}
