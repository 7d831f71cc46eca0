//! Pictures: made without a display, the same on every machine, and masked.

use std::path::Path;
use std::process::{Command as Process, Output};
use std::sync::Arc;

use eframe::egui::{Context, Theme, ThemePreference, vec2};
use playtrace::app::command::Command;
use playtrace::app::command::story::StoryCommand;
use playtrace::app::prefs::{ThemeVariant, ViewPrefs};
use playtrace::metrics::drawing::Drawing;
use playtrace::model::id::SessionId;
use playtrace::model::language::Language;
use playtrace::redact::Redaction;
use playtrace::store::drawing::drawing;
use playtrace::store::loaded::LoadedCapture;
use playtrace::store::picture::{PictureForm, PictureOrder, PictureSize, PictureTheme};
use playtrace::ui::app::InspectorApp;
use playtrace::ui::picture::mask::Masking;
use playtrace::ui::picture::raster::{png, raster};
use playtrace::ui::picture::session::session_picture;
use playtrace::ui::picture::{Canvas, draw};
use playtrace::ui::theme;

use crate::support::image::{Image, assert_looks_like, kept};
use crate::support::window::{Desk, InlinePort, event, faulty_session, long_session, session_start};

const SIZE: PictureSize = PictureSize { width: 900, height: 560 };

fn loaded(name: &str, bytes: Vec<u8>) -> Arc<LoadedCapture> {
    let mut desk = Desk::default();
    desk.wants(Command::OpenText { name: name.to_owned(), bytes });
    Arc::clone(&desk.state.captures[0])
}

fn drawn(loaded: &LoadedCapture) -> Drawing {
    drawing(loaded, SessionId(0)).expect("the session is judged")
}

fn order(loaded: &Arc<LoadedCapture>, drawing: Drawing, form: PictureForm) -> PictureOrder {
    PictureOrder {
        loaded: Arc::clone(loaded),
        session: SessionId(0),
        drawing: Arc::new(drawing),
        axis: Arc::default(),
        range: None,
        form,
        size: SIZE,
        theme: PictureTheme::Light,
        language: Language::English,
        redaction: Redaction::All,
    }
}

/// The picture of the first session of a capture.
fn picture(name: &str, bytes: Vec<u8>, form: PictureForm) -> Vec<u8> {
    let loaded = loaded(name, bytes);
    session_picture(&order(&loaded, drawn(&loaded), form)).expect("it can be drawn")
}

fn svg(name: &str, bytes: Vec<u8>) -> String {
    String::from_utf8(picture(name, bytes, PictureForm::Svg)).expect("SVG is text")
}

/// The whole window in a bright theme, after these commands.
fn window(commands: Vec<Command>) -> Vec<u8> {
    let ctx = Context::default();
    let mut app = InspectorApp::new(&ctx, ViewPrefs::default(), Box::<InlinePort>::default(), None);
    app.turn(&ctx);
    for command in commands {
        app.push(command);
        // It is done, and then what it asked for has come.
        app.turn(&ctx);
        app.turn(&ctx);
    }
    ctx.set_theme(ThemePreference::from(Theme::Light));
    let canvas = Canvas { size: vec2(1024.0, 640.0), scale: 1.0 };
    let mut masking = Masking::new(Redaction::Nothing, []);
    let mut drawn = draw(&ctx, canvas, &mut masking, |ui| app.root_ui(ui));
    png(&raster(&ctx, &mut drawn, theme::tokens(Theme::Light, ThemeVariant::Plain).panel))
        .expect("the window has pixels")
}

fn open(name: &str, bytes: Vec<u8>) -> Command {
    Command::OpenText { name: name.to_owned(), bytes }
}

fn with_ads() -> Vec<u8> {
    include_bytes!("../../assets/demo/episode-with-ads.session").to_vec()
}

#[test]
fn the_timeline_looks_as_it_is_kept() {
    assert_looks_like("timeline", &picture("episode.session", with_ads(), PictureForm::Png));
}

#[test]
fn the_plot_looks_as_it_is_kept() {
    assert_looks_like("plot", &picture("faulty.json", faulty_session(), PictureForm::Png));
}

#[test]
fn a_dense_session_looks_as_it_is_kept() {
    assert_looks_like("dense", &picture("long.json", long_session(6_000), PictureForm::Png));
}

#[test]
fn the_empty_window_looks_as_it_is_kept() {
    assert_looks_like("window-empty", &window(Vec::new()));
}

#[test]
fn the_window_with_findings_looks_as_it_is_kept() {
    assert_looks_like("window-findings", &window(vec![open("faulty.json", faulty_session())]));
}

#[test]
fn the_story_looks_as_it_is_kept() {
    let story = Command::Story(StoryCommand::Toggle);
    assert_looks_like("story", &window(vec![open("episode.session", with_ads()), story]));
}

#[test]
fn a_picture_without_one_of_its_lanes_is_not_taken_for_it() {
    let loaded = loaded("episode.session", with_ads());
    let kept = kept("timeline");
    for lane in 0..drawn(&loaded).lanes.len() {
        let mut drawing = drawn(&loaded);
        let gone = drawing.lanes.remove(lane);
        let bytes = session_picture(&order(&loaded, drawing, PictureForm::Png)).expect("it can be drawn");
        let different = Image::of_png(&bytes).difference(&kept).expect("of one size");
        assert!(different > 10 * kept.most_different(), "{different} pixels without {:?}", gone.kind);
    }
}

#[test]
fn a_picture_is_the_same_every_time() {
    for form in [PictureForm::Svg, PictureForm::Png] {
        let make = || picture("faulty.json", faulty_session(), form);
        assert!(make() == make(), "{form:?}");
    }
}

#[test]
fn an_svg_says_in_text_what_it_shows() {
    let svg = svg("episode.session", with_ads());
    let document = quick_xml_depth(&svg);
    assert_eq!(document, 0, "every element ends");
    for said in ["<title id=", "Playback", "Ads", "Pings", "playhead", "accepted"] {
        assert!(svg.contains(said), "{said}");
    }
    assert!(!svg.contains("<image") && !svg.contains("<script"), "shapes and text, nothing else");
}

/// Elements that are open at the end of a document.
#[track_caller]
fn quick_xml_depth(text: &str) -> i32 {
    let mut reader = quick_xml::Reader::from_str(text);
    let mut depth = 0;
    loop {
        match reader.read_event().expect("well-formed XML") {
            quick_xml::events::Event::Start(_) => depth += 1,
            quick_xml::events::Event::End(_) => depth -= 1,
            quick_xml::events::Event::Eof => return depth,
            _ => {}
        }
    }
}

#[test]
fn what_is_identifying_is_masked_wherever_it_stands() {
    let visitor = "visitor-from-nowhere-4711";
    let start = session_start("Film").replace(
        r#""media.name":"Film""#,
        &format!(r#""media.name":"Film of {visitor}","analytics.visitorId":"{visitor}""#),
    );
    let chapter = format!(
        r#""params":{{"media.chapter.index":1,"media.chapter.friendlyName":"{visitor} {visitor} {visitor}"}}"#
    );
    let events = [
        start,
        event("play", 100, 0.0, ""),
        event("chapterStart", 200, 0.0, &chapter),
        event("sessionEnd", 9_000, 9.0, ""),
    ];
    let bytes = format!("[{}]", events.join(",")).into_bytes();
    let loaded = loaded("film.json", bytes);
    let make = |redaction| {
        let order = PictureOrder { redaction, ..order(&loaded, drawn(&loaded), PictureForm::Svg) };
        String::from_utf8(session_picture(&order).expect("it can be drawn")).expect("SVG is text")
    };
    let (open, masked) = (make(Redaction::Nothing), make(Redaction::All));
    assert!(open.contains(visitor), "it is drawn");
    assert!(!masked.contains("nowhere"), "and masked");
    assert!(masked.contains("Film of visitor-1"), "by a mask that says what it hides");
}

#[test]
fn payload_text_cannot_leave_its_place_in_an_svg() {
    let name = r#"</text><script>alert(1)</script>&\"]]>\u0001"#;
    let bytes = format!("[{}]", session_start(name)).into_bytes();
    let svg = svg("film.json", bytes);
    assert_eq!(quick_xml_depth(&svg), 0);
    assert!(!svg.contains("<script"));
}

fn report(arguments: &[&str], folder: &Path) -> Output {
    let mut command = Process::new(env!("CARGO_BIN_EXE_playtrace"));
    let command = command.arg("report").args(arguments).current_dir(folder);
    command.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY").output().expect("playtrace runs")
}

#[test]
fn report_writes_pictures_without_a_display() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("a.session"), with_ads()).expect("the folder can be written");
    for (name, begins) in [("a.svg", &b"<svg "[..]), ("a.png", b"\x89PNG")] {
        let output = report(&["a.session", "--image", name, "--size", "640x400"], folder.path());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(0), "{said}");
        assert!(said.contains(name) && said.contains("masked"), "{said}");
        assert!(output.stdout.is_empty(), "results are in the file");
        let bytes = std::fs::read(folder.path().join(name)).expect("it was written");
        assert!(bytes.starts_with(begins), "{name}");
        if name == "a.png" {
            assert_eq!(Image::of_png(&bytes).size, (640, 400));
        }
    }
}

#[test]
fn report_draws_in_the_theme_and_language_that_are_asked_for() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("a.session"), with_ads()).expect("the folder can be written");
    let svg = |more: &[&str]| {
        let output = report(&[&["a.session", "--image", "a.svg"][..], more].concat(), folder.path());
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        std::fs::read_to_string(folder.path().join("a.svg")).expect("it was written")
    };
    let fill = |theme| {
        let [red, green, blue, _] = theme::tokens(theme, ThemeVariant::Plain).background.to_array();
        format!("fill=\"#{red:02x}{green:02x}{blue:02x}\"")
    };
    let (plain, other) = (svg(&[]), svg(&["--theme", "dark", "--language", "fr"]));
    assert!(plain.contains(&fill(Theme::Light)) && !plain.contains(&fill(Theme::Dark)));
    assert!(other.contains(&fill(Theme::Dark)));
    assert!(plain.contains(">accepted · ") && other.contains(">acceptée · "));
    assert!(plain.contains(">Chapters<") && other.contains(">Chapitres<"));
}

#[test]
fn a_long_name_stays_within_the_picture() {
    let svg = svg("long.json", format!("[{}]", session_start(&"A very long name ".repeat(400))).into_bytes());
    let number = |line: &str, name: &str| -> f32 {
        let rest = &line[line.find(name).expect("every text has it") + name.len()..];
        rest[..rest.find('"').expect("it ends")].parse().expect("a number")
    };
    let heading =
        svg.lines().find(|line| line.starts_with("<text ") && line.contains("A very long")).expect("drawn");
    assert!(heading.contains('…'), "it is cut");
    assert!(number(heading, " x=\"") + number(heading, "textLength=\"") <= f32::from(SIZE.width));
}

#[test]
fn report_says_what_cannot_be_drawn() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).expect("written");
    write("a.session", &with_ads());
    write("b.json", b"{}");
    write("c.svg", &with_ads());
    for (arguments, code, words) in [
        (&["a.session", "--image", "a.jpg"][..], 2, ".svg or .png"),
        (&["a.session", "--image", "-"], 2, ".svg or .png"),
        (&["a.session"], 2, "--image"),
        (&["a.session", "--image", "a.svg", "--session", "9"], 2, "no session 9"),
        (&["a.session", "--image", "a.svg", "--size", "9x9"], 2, "each from 240 to 8192"),
        (&["a.session", "--image", "a.svg", "--size", "640"], 2, "WIDTHxHEIGHT"),
        (&["a.session", "--image", "a.svg", "--size", "99999x720"], 2, "such as 1280x720"),
        (&["a.session", "--image", "a.svg", "--theme", "blue"], 2, "light, dark"),
        (&["a.session", "--image", "a.svg", "--language", "de"], 2, "en, fr"),
        (&["c.svg", "--image", "c.svg"], 2, "never written over"),
        (&["b.json", "--image", "a.svg"], 3, "no session"),
        (&["gone.har", "--image", "a.svg"], 3, "gone.har"),
    ] {
        let output = report(arguments, folder.path());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
        assert!(said.contains(words), "{arguments:?}: {said}");
    }
    assert!(!folder.path().join("a.svg").exists(), "nothing is written");
}
