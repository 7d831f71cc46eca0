//! The detail: fields and their meaning, raw text and fields, what an event inherits, its schema.

use eframe::egui::accesskit::Role;
use eframe::egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use playtrace::app::command::Command;
use playtrace::app::item::Item;
use playtrace::app::prefs::{DetailTab, Language};
use playtrace::model::id::EventId;
use playtrace::store::inherited::{Owner, inherited};
use playtrace::store::loaded::LoadedCapture;
use playtrace::store::previous::{MAX_STEPS, Previous, previous};
use playtrace::ui::app::InspectorApp;
use playtrace::ui::text::{fill, text};

use crate::support::window::{Desk, event, faulty_window, long_session, open, session_start, window};

fn loaded(desk: &Desk) -> &LoadedCapture {
    desk.state.captures.first().expect("a capture is open")
}

#[track_caller]
fn check_previous(desk: &Desk, of: u32, expected: Previous) {
    let loaded = loaded(desk);
    let event = loaded.capture.event(EventId(of)).expect("the event is there");
    assert_eq!(previous(loaded, event), expected, "before {of}");
}

#[test]
fn the_previous_event_of_a_type_is_found_in_the_order_of_ts() {
    let desk = Desk::with_faulty_session();
    check_previous(&desk, 6, Previous::Found(EventId(7)));
    check_previous(&desk, 7, Previous::Found(EventId(2)));
    check_previous(&desk, 2, Previous::First);
    check_previous(&desk, 5, Previous::Found(EventId(1)));
}

#[test]
fn the_walk_back_to_the_previous_event_of_a_type_ends() {
    let mut text = long_session(MAX_STEPS as usize + 10);
    text.pop();
    let last = event("sessionEnd", (i64::from(MAX_STEPS) + 10) * 10_000, 1.0, "");
    text.extend_from_slice(format!(",{last}]").as_bytes());
    let mut desk = Desk::default();
    desk.wants(Command::OpenText { name: "long.json".to_owned(), bytes: text });
    check_previous(&desk, MAX_STEPS + 10, Previous::NotNear);
    check_previous(&desk, MAX_STEPS, Previous::Found(EventId(MAX_STEPS - 1)));
}

/// A session with a chapter and in it an ad, each with metadata of its own.
fn nested_session() -> Vec<u8> {
    let chapter = r#""params":{"media.chapter.index":1,"media.chapter.offset":0,"media.chapter.length":30},
"customMetadata":{"part":"one"}"#;
    let ad_break = r#""params":{"media.ad.podIndex":1,"media.ad.podSecond":5}"#;
    let ad = r#""params":{"media.ad.id":"spot","media.ad.length":5,"media.ad.podPosition":1,"media.ad.playerName":"p"}"#;
    let events = [
        session_start("Nested film"),
        event("play", 100, 0.0, ""),
        event("chapterStart", 200, 0.0, chapter),
        event("adBreakStart", 5_000, 4.8, ad_break),
        event("adStart", 5_100, 4.8, ad),
        event("play", 5_200, 4.8, ""),
        event("adComplete", 10_100, 4.8, ""),
        event("adBreakComplete", 10_200, 4.8, ""),
        event("play", 10_300, 4.8, ""),
        event("chapterComplete", 35_000, 29.0, ""),
        event("ping", 36_000, 30.0, ""),
    ];
    format!("[{}]", events.join(",\n")).into_bytes()
}

#[track_caller]
fn check_inherited(desk: &Desk, of: u32, expected: &[(Owner, u32)]) {
    let loaded = loaded(desk);
    let event = loaded.capture.event(EventId(of)).expect("the event is there");
    let found: Vec<_> = inherited(loaded, event).iter().map(|it| (it.owner, it.from.0)).collect();
    assert_eq!(found, expected, "event {of}");
}

#[test]
fn an_event_inherits_from_its_session_and_from_the_chapter_and_ad_that_are_open() {
    let mut desk = Desk::default();
    desk.wants(Command::OpenText { name: "nested.json".to_owned(), bytes: nested_session() });
    check_inherited(&desk, 0, &[]);
    check_inherited(&desk, 1, &[(Owner::Session, 0)]);
    check_inherited(&desk, 3, &[(Owner::Session, 0), (Owner::Chapter, 2)]);
    check_inherited(&desk, 4, &[(Owner::Session, 0), (Owner::Chapter, 2)]);
    check_inherited(&desk, 5, &[(Owner::Session, 0), (Owner::Chapter, 2), (Owner::Ad, 4)]);
    check_inherited(&desk, 8, &[(Owner::Session, 0), (Owner::Chapter, 2)]);
    check_inherited(&desk, 10, &[(Owner::Session, 0)]);
    let loaded = loaded(&desk);
    let all = inherited(loaded, loaded.capture.event(EventId(3)).expect("the event is there"));
    let (session, chapter) = (&all[0].values, &all[1].values);
    let name = session.iter().find(|entry| entry.key == "media.name").expect("the name is inherited");
    assert_eq!((name.value.as_str(), name.parameter.is_some()), ("Nested film", true));
    let own = chapter.last().expect("the chapter has metadata");
    assert_eq!((own.key.as_str(), own.value.as_str(), own.is_custom), ("part", "one", true));
}

fn select(harness: &mut Harness<'static, InspectorApp>, event: u32) {
    let capture = harness.state().state().captures[0].id;
    harness.state().push(Command::Select(Item::Event(capture, EventId(event))));
    harness.run();
}

/// What `media.ad.length` means, as the detail says it.
fn meaning() -> &'static str {
    playtrace::model::parameter::Parameter::at_pointer("/params/media.ad.length")
        .expect("it is documented")
        .meaning
}

#[test]
fn a_clicked_field_says_what_it_means_and_leads_to_its_place_in_the_raw_text_and_back() {
    let (mut harness, _) = faulty_window();
    select(&mut harness, 3);
    harness.get_by_label(text("field.none"));
    harness.get_by_role_and_label(Role::TreeItem, "media.ad.length: 15").click();
    harness.run();
    harness.get_by_label(meaning());
    harness.get_by_label(&fill("tree.report", &[("name", "Ad length (variable)")]));
    // The events of the session stand in lines of their own; this is the fourth.
    let line = event("adStart", 15_000, 14.5, r#""params":{"media.ad.id":77,"media.ad.length":15"#);
    let column = line.rfind("15").expect("it is there") + 1;
    let place = format!("line 4, column {column} of faulty.json");
    harness.get_by_role_and_label(Role::Link, &place).click();
    harness.run();
    assert_eq!(harness.state().state().prefs.detail, DetailTab::Raw);
    harness.get_by_label(meaning());
    harness.get_by_role_and_label(Role::Link, text("field.see-fields")).click();
    harness.run();
    assert_eq!(harness.state().state().prefs.detail, DetailTab::Tree);
    harness.get_by_label(meaning());
}

#[test]
fn the_meaning_of_a_field_is_reached_by_the_keyboard() {
    let (mut harness, _) = faulty_window();
    select(&mut harness, 3);
    harness.get_by_role_and_label(Role::TreeItem, "media.ad.id: 77").focus();
    harness.run();
    assert!(harness.query_by_label(meaning()).is_none());
    harness.key_press_modifiers(Modifiers::NONE, Key::ArrowDown);
    harness.run();
    harness.get_by_label(meaning());
}

#[test]
fn a_clicked_place_in_the_raw_text_chooses_its_field() {
    let (mut harness, _) = window();
    let pretty =
        "[{\n\"eventType\": \"ping\",\n\"playerTime\": {\n\"playhead\": 2.5,\n\"ts\": 1704196800000}}]";
    open(&mut harness, "pretty.json", pretty.as_bytes().to_vec());
    select(&mut harness, 0);
    harness.state().push(Command::ShowDetail(DetailTab::Raw));
    harness.run();
    harness.get_by_label("\"playhead\": 2.5,").click();
    harness.run();
    harness.get_by_label("playerTime › playhead");
    harness.get_by_label("line 4, column 13 of pretty.json");
}

#[test]
fn another_event_has_no_chosen_field() {
    let (mut harness, _) = faulty_window();
    select(&mut harness, 3);
    harness.get_by_role_and_label(Role::TreeItem, "media.ad.length: 15").click();
    harness.run();
    select(&mut harness, 2);
    harness.get_by_label(text("field.none"));
}

#[test]
fn the_context_shows_the_difference_from_the_previous_event_and_what_is_inherited() {
    let (mut harness, _) = faulty_window();
    select(&mut harness, 6);
    harness.state().push(Command::ShowDetail(DetailTab::Context));
    harness.run();
    harness.get_by_label_contains("-     \"playhead\": 19.5");
    harness.get_by_label_contains("+     \"playhead\": 50");
    harness.get_by_label("Inherited from the session (9)");
    harness.get_by_label("media.channel");
    harness.get_by_role_and_label(Role::Link, "ping #7").click();
    harness.run();
    assert_eq!(harness.state().state().selected_event().map(|(_, event)| event), Some(EventId(7)));
}

#[test]
fn the_schema_is_the_one_that_the_event_was_held_to() {
    let (mut harness, _) = faulty_window();
    select(&mut harness, 3);
    harness.state().push(Command::ShowDetail(DetailTab::Schema));
    harness.run();
    harness.get_by_label("documented");
    harness.get_by_label_contains("draft-04/schema");
    harness.get_all_by_label_contains("media.ad.length").next().expect("it is the schema of adStart");
}

#[test]
fn each_page_of_the_detail_has_a_state_without_an_answer() {
    let (mut harness, _) = window();
    open(
        &mut harness,
        "odd.json",
        b"[{\"eventType\":\"jump\",\"playerTime\":{\"playhead\":1,\"ts\":1704196800000}}]".to_vec(),
    );
    select(&mut harness, 0);
    for (tab, words) in [
        (DetailTab::Context, fill("context.first", &[("type", "jump")])),
        (DetailTab::Context, text("context.none").to_owned()),
        (DetailTab::Schema, fill("schema.unknown-type", &[("type", "jump")])),
        (DetailTab::Exchange, text("detail.no-request").to_owned()),
    ] {
        harness.state().push(Command::ShowDetail(tab));
        harness.run();
        harness.get_by_label(&words);
    }
    harness.state().push(Command::ShowDetail(DetailTab::Schema));
    harness.state().push(Command::SetLanguage(Language::French));
    harness.run();
    harness.get_by_label_contains("aucun schéma ne s’applique");
}
