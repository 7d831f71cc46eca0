//! Two sessions side by side: which are chosen, what differs, how one leaves.

use eframe::egui::accesskit::Role;
use eframe::egui::{Key, Modifiers, Pos2, pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use playtrace::app::State;
use playtrace::app::command::Command;
use playtrace::app::command::compare::CompareCommand;
use playtrace::app::compare::{First, Page};
use playtrace::app::item::Item;
use playtrace::app::update::Update;
use playtrace::model::event_type::EventType;
use playtrace::model::id::SessionId;
use playtrace::model::session::Mode;
use playtrace::store::comparison::{Align, Comparison, MAX_EVENTS};
use playtrace::ui::app::InspectorApp;
use playtrace::ui::text::{fill, text};
use playtrace::ui::timeline::GUTTER;

use crate::silent::capture;
use crate::support::window::{Desk, event, long_session, open, session_start, window};
use crate::ui_double_click::double_click;

/// A film that is played without a break; its pings come so many milliseconds apart.
fn film(name: &str, gap_millis: i64) -> Vec<u8> {
    let mut events = vec![session_start(name), event("play", 500, 0.0, "")];
    for at in 1..=3 {
        let millis = at * gap_millis;
        events.push(event("ping", 500 + millis, millis as f64 / 1000.0, ""));
    }
    events.push(event("sessionEnd", 40_000, 39.5, ""));
    format!("[{}]", events.join(",\n")).into_bytes()
}

/// As [`film`], with a buffering in it.
fn stalled_film() -> Vec<u8> {
    let events = [
        session_start("Stalled"),
        event("play", 500, 0.0, ""),
        event("ping", 10_500, 10.0, ""),
        event("bufferStart", 15_500, 15.0, ""),
        event("play", 20_500, 15.0, ""),
        event("ping", 30_500, 25.0, r#""customMetadata":{"late":"yes"}"#),
        event("sessionEnd", 45_000, 39.5, ""),
    ];
    format!("[{}]", events.join(",\n")).into_bytes()
}

fn desk(captures: &[(&str, Vec<u8>)]) -> Desk {
    let mut desk = Desk::default();
    for (name, bytes) in captures {
        desk.wants(Command::OpenText { name: (*name).to_owned(), bytes: bytes.clone() });
    }
    desk
}

fn toggle(desk: &mut Desk) {
    desk.wants(Command::Compare(CompareCommand::Toggle));
}

#[track_caller]
fn comparison(state: &State) -> &Comparison {
    state.compare.comparison.as_deref().expect("two sessions are compared")
}

#[test]
fn the_shown_session_is_compared_with_the_only_other_one() {
    let mut desk = desk(&[("one.json", film("One", 10_000)), ("two.json", stalled_film())]);
    toggle(&mut desk);
    let found = comparison(&desk.state);
    assert_eq!(found.sides[1].capture, desk.state.captures[1].id, "the second is the shown one");
    assert_eq!(found.align, Align::State);
    assert_eq!((found.rows.len(), found.differences.len()), (8, 3), "{:?}", found.rows);
    assert_eq!(found.partings.iter().map(|parting| parting.n).collect::<Vec<_>>(), [[1, 2]]);
    let count =
        |event_type| found.types.iter().find(|row| row.event_type == Some(event_type)).map(|row| row.n);
    assert_eq!(count(EventType::Ping), Some([3, 2]));
    assert_eq!(count(EventType::BufferStart), Some([0, 1]));
    let named = |key: &str| found.metadata.iter().find(|row| row.key == key).expect("the key is there");
    assert!(named("media.name").differs());
    assert!(!named("media.length").differs());
    assert_eq!(named("media.name").values, [Some("One".to_owned()), Some("Stalled".to_owned())]);
    toggle(&mut desk);
    assert_eq!(desk.state.compare.pair(), None);
}

#[test]
fn the_gaps_between_pings_are_measured_on_each_side() {
    let mut desk = desk(&[("one.json", film("One", 10_000)), ("two.json", film("Two", 9_000))]);
    toggle(&mut desk);
    let gaps = |side: usize| {
        let pings = comparison(&desk.state).sides[side].main_pings;
        (pings.n, pings.shortest_secs, pings.median_secs, pings.longest_secs)
    };
    assert_eq!(gaps(0), (3, Some(10.0), Some(10.0), Some(10.0)));
    assert_eq!(gaps(1), (3, Some(9.0), Some(9.0), Some(9.0)));
    assert_eq!(comparison(&desk.state).sides[0].ad_pings.n, 0);
}

#[test]
fn without_a_choice_among_several_none_is_taken_until_one_is_chosen() {
    let mut desk = desk(&[
        ("one.json", film("One", 10_000)),
        ("two.json", stalled_film()),
        ("three.json", film("Three", 1_000)),
    ]);
    let subject = |desk: &Desk, at: usize| (desk.state.captures[at].id, SessionId(0));
    toggle(&mut desk);
    let first = |desk: &Desk| desk.state.compare.sides.as_ref().map(|sides| sides.first.clone());
    assert_eq!(first(&desk), Some(First::NotChosen));
    let (one, three) = (subject(&desk, 0), subject(&desk, 2));
    desk.wants(Command::Compare(CompareCommand::With(three.0, three.1)));
    assert_eq!(first(&desk), Some(First::NotChosen), "none is compared with itself");
    desk.wants(Command::Compare(CompareCommand::With(one.0, one.1)));
    assert_eq!(desk.state.compare.pair(), Some([one, three]));
    assert_eq!(comparison(&desk.state).sides[0].capture, one.0);
    desk.wants(Command::Compare(CompareCommand::Swap));
    assert_eq!(comparison(&desk.state).sides[0].capture, three.0);
    toggle(&mut desk);
    toggle(&mut desk);
    assert_eq!(desk.state.compare.pair(), Some([one, three]), "it stays chosen");
    let two = subject(&desk, 1);
    desk.wants(Command::Compare(CompareCommand::Choose(two.0, two.1)));
    assert_eq!(
        desk.state.compare.pair(),
        Some([two, three]),
        "a choice while two are compared counts at once"
    );
}

#[test]
fn a_session_is_chosen_by_the_keyboard_before_one_goes_on_to_another() {
    let mut desk = desk(&[
        ("one.json", film("One", 10_000)),
        ("two.json", stalled_film()),
        ("three.json", film("Three", 1_000)),
    ]);
    desk.wants(Command::Compare(CompareCommand::ChooseShown));
    desk.wants(Command::Select(Item::Session(desk.state.captures[0].id, SessionId(0))));
    toggle(&mut desk);
    let found = comparison(&desk.state);
    assert_eq!(found.sides[0].capture, desk.state.captures[2].id);
    assert_eq!(found.sides[1].capture, desk.state.captures[0].id);
}

#[test]
fn who_goes_to_another_session_or_closes_one_leaves_the_comparison() {
    let mut desk = desk(&[("one.json", film("One", 10_000)), ("two.json", stalled_film())]);
    let ids: Vec<_> = desk.state.captures.iter().map(|loaded| loaded.id).collect();
    toggle(&mut desk);
    let event = comparison(&desk.state).rows[1].events[0].expect("both play");
    desk.wants(Command::Select(Item::Event(ids[0], event)));
    assert!(desk.state.compare.pair().is_some(), "an event of the comparison is looked at in it");
    desk.wants(Command::Select(Item::Session(ids[0], SessionId(0))));
    assert_eq!(desk.state.compare.pair(), None);
    toggle(&mut desk);
    desk.wants(Command::ClearSelection);
    assert_eq!(desk.state.compare.sides, None, "Esc leaves, too");
    toggle(&mut desk);
    assert!(desk.state.compare.pair().is_some());
    desk.wants(Command::Close(ids[1]));
    let sides = desk.state.compare.sides.clone().expect("one of the two is still there");
    assert_eq!(sides.first, First::Closed("two.json".to_owned()));
    assert_eq!((sides.second.0, desk.state.compare.with), (ids[0], None));
    desk.wants(Command::Close(ids[0]));
    assert_eq!(desk.state.compare.sides, None);
}

#[test]
fn of_very_long_sessions_only_the_beginning_is_aligned_and_the_rest_is_counted() {
    let n = MAX_EVENTS + 5;
    let mut desk = desk(&[("one.json", long_session(n)), ("two.json", long_session(n))]);
    for align in Align::ALL {
        desk.wants(Command::Compare(CompareCommand::Align(align)));
        if desk.state.compare.pair().is_none() {
            toggle(&mut desk);
        }
        let found = comparison(&desk.state);
        assert_eq!((found.align, found.rows.len(), found.n_left_out), (align, MAX_EVENTS, 10));
        assert!(found.differences.is_empty(), "{align:?}");
    }
}

/// As [`film`], with two halts in it: before it plays, and late.
fn halting_film() -> Vec<u8> {
    let events = [
        session_start("One"),
        event("bufferStart", 480, 0.0, ""),
        event("play", 800, 0.0, ""),
        event("ping", 10_800, 10.0, ""),
        event("ping", 20_800, 20.0, ""),
        event("pauseStart", 25_000, 24.2, ""),
        event("play", 27_000, 24.2, ""),
        event("ping", 32_800, 30.0, ""),
        event("sessionEnd", 42_000, 39.2, ""),
    ];
    format!("[{}]", events.join(",\n")).into_bytes()
}

/// A window in which a film is compared with the same one that halts twice.
fn halting_window() -> Harness<'static, InspectorApp> {
    let (mut harness, _) = window();
    open(&mut harness, "one.json", film("One", 10_000));
    open(&mut harness, "two.json", halting_film());
    harness.key_press_modifiers(Modifiers::COMMAND, Key::D);
    harness.run();
    harness
}

/// A window with two sessions, the second shown.
fn two_sessions() -> Harness<'static, InspectorApp> {
    let (mut harness, _) = window();
    open(&mut harness, "one.json", film("One", 10_000));
    open(&mut harness, "two.json", stalled_film());
    harness
}

#[test]
fn ctrl_click_chooses_and_ctrl_d_compares() {
    let mut harness = two_sessions();
    let first = harness.state().state().captures[0].id;
    let row = harness
        .get_all_by_role(Role::ListBoxOption)
        .find(|node| node.accesskit_node().label().is_some_and(|label| label.contains("One, 6 events")));
    row.expect("the session is listed").click_modifiers(Modifiers::COMMAND);
    harness.run();
    let state = harness.state().state();
    assert_eq!(state.compare.with, Some((first, SessionId(0))));
    assert_ne!(state.shown.map(|(capture, _)| capture), Some(first), "the shown one stays");
    harness.get_by_label_contains(text("compare.chosen"));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::D);
    harness.run();
    harness.get_by_label(text("compare.title"));
    harness.get_by_label(&fill("compare.counts", &[("both", "5"), ("first", "1"), ("second", "2")]));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::D);
    harness.run();
    assert!(harness.query_by_label(text("compare.title")).is_none());
}

#[test]
fn each_page_of_the_comparison_shows_what_differs() {
    let mut harness = two_sessions();
    harness.state().push(Command::Compare(CompareCommand::Toggle));
    harness.run();
    harness.get_by_role_and_label(Role::Button, "+00:15.500  bufferStart").click();
    harness.run();
    assert_eq!(harness.state().state().selected_event().map(|(_, event)| event.0), Some(3));
    assert_eq!(harness.get_all_by_label("+00:10.500  ping").count(), 2, "it is on both sides");
    harness.get_by_label(text("compare.differences-only")).click();
    harness.run();
    assert!(harness.query_by_label("+00:10.500  ping").is_none());
    harness.get_by_label("+00:15.500  bufferStart");
    harness.state().push(Command::Compare(CompareCommand::Show(Page::Metadata)));
    harness.run();
    assert_eq!(harness.get_all_by_label("Stalled").count(), 3, "in the list, as id and as name");
    assert!(harness.query_by_label("media.length").is_none(), "it is the same on both sides");
    assert_eq!(harness.get_all_by_label(text("compare.differs")).count(), 2, "id and name");
    harness.get_by_label(text("compare.differences-only")).click();
    harness.run();
    harness.get_by_label("media.length");
    harness.state().push(Command::Compare(CompareCommand::Show(Page::Cadence)));
    harness.run();
    harness.get_by_label("3, gaps 10.0 / 10.0 / 10.0 s (shortest / middle / longest)");
    assert!(harness.get_all_by_label("bufferStart").count() > 1, "in the table, and in the detail");
    harness.get_by_label(text("compare.leave")).click();
    harness.run();
    assert!(harness.query_by_label(text("compare.title")).is_none());
}

/// A view that was sent as it went on.
const ONLINE: &str = "@vod length=60\n+0 sessionStart\n+0.5 play\n+10.5 ping\n+14 pauseStart\n+24 ping\n+30 play\n\
    +40 ping\n+50 ping\n+66 sessionComplete\n";

/// The same view, sent as one batch.
fn downloaded() -> Vec<u8> {
    ONLINE.replace("@vod", "@vod @batch").into_bytes()
}

#[test]
fn online_and_downloaded_of_the_same_view_differ_in_how_they_were_sent_only() {
    let mut desk = desk(&[("online.session", ONLINE.into()), ("batch.session", downloaded())]);
    toggle(&mut desk);
    let found = comparison(&desk.state);
    assert_eq!(found.sides.each_ref().map(|side| side.mode), [Mode::Online, Mode::Downloaded]);
    assert_eq!(found.sides.each_ref().map(|side| side.n_requests), [9, 1]);
    assert_eq!((found.rows.len(), found.partings.len()), (9, 0), "{:?}", found.rows);
    let differs: Vec<&str> =
        found.metadata.iter().filter(|row| row.differs()).map(|row| row.key.as_str()).collect();
    assert_eq!(differs, ["media.downloaded"]);
    assert_eq!(found.sides[0].main_pings, found.sides[1].main_pings);
    assert_eq!(found.other_content(), None);
}

#[test]
fn of_a_player_that_sends_no_pings_in_its_batch_only_the_pings_are_alone() {
    let (online, batch) = ("clients/android312-full.har", "clients/android312-dlfull.json");
    let mut desk = desk(&[(online, capture(online)), (batch, capture(batch))]);
    toggle(&mut desk);
    let found = comparison(&desk.state);
    let first = &desk.state.captures[0].capture;
    let alone = found.differences.iter().map(|at| found.rows[*at as usize].events);
    let alone = alone.map(|[of_first, of_second]| {
        (of_first.and_then(|event| first.event(event)?.event_type()), of_second)
    });
    assert_eq!(alone.collect::<Vec<_>>(), [(Some(EventType::Ping), None); 6]);
    assert_eq!(found.rows.len() - found.differences.len(), 33);
    let picture = found.picture.as_ref().expect("both are judged");
    let ends = [0, 1].map(|side: usize| picture.warps[side].place(picture.drawings[side].last));
    assert!((ends[0] - ends[1]).abs() < 0.01, "both end at one place: {ends:?}");
}

#[test]
fn the_lanes_of_both_stand_on_one_axis_that_has_its_own_zoom() {
    let mut harness = halting_window();
    let before = harness.state().state().time_view;
    harness.get_by_label(text("compare.lanes")).click();
    harness.run();
    let canvases = |harness: &Harness<'static, InspectorApp>| -> Vec<String> {
        let nodes = harness.get_all_by_role(Role::Canvas);
        nodes.filter_map(|node| node.accesskit_node().label()).collect()
    };
    let lanes = |align: &str, harness: &Harness<'static, InspectorApp>| {
        let counts = fill("compare.counts", &[("both", "6"), ("first", "0"), ("second", "3")]);
        let words = format!("aligned by {align}: {counts}");
        canvases(harness).iter().any(|name| name.ends_with(&words))
    };
    assert!(lanes("state", &harness), "{:?}", canvases(&harness));
    let [first, second] = ["1", "2"].map(|n| format!("{n} · {}", text("timeline.ruler")));
    for ruler in [&first, &second] {
        harness.get_by_label(ruler);
    }
    harness.get_by_label(
        "Differences: they part at 2 places, first at 00:00.3 of the first and 00:00.5 of the second",
    );
    let whole = harness.state().state().compare.view;
    harness.key_press(Key::W);
    harness.run();
    let state = harness.state().state();
    assert!(state.compare.view.width() < whole.width(), "the comparison is zoomed");
    assert_eq!(state.time_view, before, "the session is not");
    harness.key_press(Key::Num0);
    harness.run();
    assert_eq!(harness.state().state().compare.view, whole);
    harness.get_by_label(text("compare.by-time")).click();
    harness.run();
    assert_eq!(harness.state().state().compare.align, Align::Time);
    assert!(harness.query_by_label(&second).is_none(), "by time one ruler is of both");
    assert!(!lanes("time", &harness), "by time more of them part: {:?}", canvases(&harness));
}

#[test]
fn a_double_click_zooms_to_a_difference_or_a_phase_and_elsewhere_shows_all() {
    let mut harness = halting_window();
    harness.get_by_label(text("compare.lanes")).click();
    harness.run();
    let view = |harness: &Harness<'static, InspectorApp>| harness.state().state().compare.view;
    let whole = view(&harness);
    let strip = harness.get_by_label_contains("Differences: they part at").rect();
    let lanes = harness.get_by_label_contains("aligned by state: ").rect();
    let on_strip = (0..40_u8).map(|at| pos2(strip.left() + GUTTER + 4.0 * f32::from(at), strip.center().y));
    let on_lanes = (0..20_u8).map(|at| pos2(lanes.center().x, lanes.top() + 5.0 * f32::from(at)));
    for mut places in [on_strip.collect::<Vec<_>>().into_iter(), on_lanes.collect::<Vec<_>>().into_iter()] {
        let mut zooms = |place: &Pos2| {
            double_click(&mut harness, *place);
            view(&harness).width() < whole.width() * 0.9
        };
        assert!(places.any(|place| zooms(&place)), "what lies there is not shown from near");
        double_click(&mut harness, lanes.right_bottom() - vec2(10.0, 3.0));
        assert_eq!(view(&harness), whole);
    }
}

#[test]
fn what_belongs_together_stands_at_one_place_though_one_waited() {
    let mut desk = desk(&[("one.json", film("One", 10_000)), ("two.json", stalled_film())]);
    toggle(&mut desk);
    let picture = |desk: &Desk, of: fn(&playtrace::store::comparison::picture::Picture) -> [f64; 2]| {
        of(comparison(&desk.state).picture.as_ref().expect("both are judged"))
    };
    let ends =
        |desk: &Desk| picture(desk, |picture| [picture.warps[0].place(40.0), picture.warps[1].place(45.0)]);
    let [first, second] = ends(&desk);
    assert_eq!(first, second, "both ends");
    desk.wants(Command::Compare(CompareCommand::Align(Align::Time)));
    assert_eq!(ends(&desk), [40.0, 45.0]);
    desk.wants(Command::Compare(CompareCommand::Align(Align::Playhead)));
    let plays =
        |desk: &Desk| picture(desk, |picture| [picture.warps[0].place(10.5), picture.warps[1].place(10.5)]);
    let [first, second] = plays(&desk);
    assert_eq!(first, second, "playhead 10 of both");
}

#[test]
fn keys_walk_from_difference_to_difference() {
    let mut harness = halting_window();
    let selected = |harness: &Harness<'static, InspectorApp>| {
        let state = harness.state().state();
        state.compared_event().zip(state.selected_event().map(|(_, event)| event.0))
    };
    let mut seen = Vec::new();
    for _ in 0..3 {
        harness.key_press_modifiers(Modifiers::ALT, Key::ArrowDown);
        harness.run();
        let ((side, _), event) = selected(&harness).expect("a difference is selected");
        seen.push((side, event));
    }
    assert_eq!(seen, [(1, 1), (1, 5), (1, 1)], "the buffering, the pause, and round the end");
    harness.key_press_modifiers(Modifiers::ALT, Key::ArrowUp);
    harness.run();
    assert_eq!(selected(&harness).map(|((side, _), event)| (side, event)), Some((1, 5)));
    harness.get_by_label_contains(text("command.compare-next.tip")).click();
    harness.run();
    assert_eq!(selected(&harness).map(|((side, _), event)| (side, event)), Some((1, 1)));
    assert!(harness.state().state().compare.sides.is_some());
}

#[test]
fn a_conversion_is_shown_line_by_line_beside_what_was_captured() {
    let (mut harness, _) = window();
    open(&mut harness, "batch.session", downloaded());
    harness.state().push(Command::Compare(CompareCommand::Show(Page::Conversion)));
    harness.run();
    let values = [
        ("from", "downloaded"),
        ("to", "online"),
        ("before", "1 request"),
        ("after", "9 requests"),
        ("events", "9 events"),
        ("changed", "1 changed"),
    ];
    harness.get_by_label(&fill("compare.summary", &values));
    harness.get_by_label("POST /api/v1/downloaded · 9 events");
    harness.get_by_label("POST /api/v1/sessions · 1 event");
    harness.get_by_label(text("compare.differences-only")).click();
    harness.run();
    harness.get_by_label_contains(r#"-     "media.downloaded": true"#);
    assert!(harness.query_by_label_contains(r#"+     "media.downloaded""#).is_none());
    assert!(harness.query_all_by_label("POST /api/v1/sessions/{sid}/events · 1 event").count() > 1);
    assert!(harness.query_by_label_contains(r#""eventType": "sessionStart""#).is_none(), "it stays");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::D);
    harness.run();
    assert!(harness.query_by_label(text("compare.title")).is_none());
}

#[test]
fn either_of_the_two_can_be_converted_and_one_without_a_start_says_why_not() {
    let (mut harness, _) = window();
    let headless = format!("[{}]", event("play", 500, 0.0, ""));
    open(&mut harness, "headless.json", headless.into_bytes());
    open(&mut harness, "online.session", ONLINE.into());
    harness.state().push(Command::Compare(CompareCommand::Show(Page::Conversion)));
    harness.run();
    harness.get_by_label("POST /api/v1/downloaded · 9 events");
    let first = harness.get_all_by_label(text("compare.first")).last().expect("it can be chosen");
    first.click();
    harness.run();
    harness.get_by_label(&fill("compare.not-converted", &[("why", text("refusal.no-session-start"))]));
}

#[test]
fn two_sessions_without_a_start_have_no_metadata_to_compare() {
    let (mut harness, _) = window();
    for name in ["one.json", "two.json"] {
        open(&mut harness, name, format!("[{}]", event("play", 500, 0.0, "")).into_bytes());
    }
    harness.state().push(Command::Compare(CompareCommand::Show(Page::Metadata)));
    harness.run();
    harness.get_by_label(text("compare.no-start"));
}

#[test]
fn with_one_session_alone_the_comparison_says_what_is_missing() {
    let (mut harness, _) = window();
    open(&mut harness, "one.json", film("One", 10_000));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::D);
    harness.run();
    harness.get_by_label(text("compare.no-other"));
    harness.get_by_label(text("compare.no-other.do"));
    assert!(harness.query_all_by_label(text("command.open")).count() > 0, "and offers to open one");
}

#[test]
fn another_session_is_chosen_in_the_comparison_and_again_when_it_was_closed() {
    let (mut harness, _) = window();
    open(&mut harness, "one.json", film("One", 10_000));
    open(&mut harness, "two.json", stalled_film());
    open(&mut harness, "three.json", film("One", 9_000));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::D);
    harness.run();
    harness.get_by_label(text("compare.choose"));
    harness.get_by_label(text("compare.choose.do"));
    harness.get_by_role_and_label(Role::Button, "Stalled · unknown · 7 events · two.json").click();
    harness.run();
    let other = fill("compare.other-content", &[("first", "Stalled"), ("second", "One")]);
    harness.get_by_label(&other);
    let two = harness.state().state().captures[1].id;
    harness.state().push(Command::Close(two));
    harness.run();
    harness.get_by_label(&fill("compare.closed", &[("name", "two.json")]));
    harness.get_by_role_and_label(Role::Button, "One · unknown · 6 events · one.json").click();
    harness.run();
    assert!(harness.query_by_label(&other).is_none(), "these are of one content");
    assert!(harness.query_by_label(&fill("compare.closed", &[("name", "two.json")])).is_none());
    harness.get_by_label(&fill("compare.counts", &[("both", "6"), ("first", "0"), ("second", "0")]));
}

#[test]
fn a_comparison_that_failed_says_so_and_is_tried_again() {
    let (mut harness, port) = window();
    open(&mut harness, "one.json", film("One", 10_000));
    open(&mut harness, "two.json", stalled_film());
    harness.state().push(Command::Compare(CompareCommand::Toggle));
    harness.run();
    // Whatever number the wish had.
    for revision in 0..10 {
        port.happen(Update::Compared { revision, comparison: None });
    }
    harness.run();
    harness.get_by_label(text("compare.failed"));
    harness.get_by_label(text("compare.again")).click();
    harness.run();
    assert!(harness.query_by_label(text("compare.failed")).is_none());
    harness.get_by_label(&fill("compare.counts", &[("both", "5"), ("first", "1"), ("second", "2")]));
}

#[test]
fn while_it_is_worked_out_the_comparison_says_so() {
    let mut harness = two_sessions();
    for (page, words) in [(Page::Order, "compare.working"), (Page::Conversion, "compare.converting")] {
        harness.state().push(Command::Compare(CompareCommand::Show(page)));
        harness.run_steps(1);
        harness.get_by_label(text(words));
        harness.run();
        assert!(harness.query_by_label(text(words)).is_none(), "{page:?}");
    }
}
