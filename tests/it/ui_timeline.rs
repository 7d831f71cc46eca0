//! The timeline in the whole window: how times are written, how lanes are arranged.

use eframe::egui::{Key, Pos2, pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use jiff::tz::TimeZone;
use playtrace::app::command::Command;
use playtrace::app::command::history::HistoryCommand;
use playtrace::app::command::lanes::LaneCommand;
use playtrace::app::command::time::TimeCommand;
use playtrace::app::item::Item;
use playtrace::app::lane_prefs::LanePrefs;
use playtrace::app::prefs::{AxisClock, Language, ViewPrefs};
use playtrace::app::update::Update;
use playtrace::app::zone::Zone;
use playtrace::model::event_type::EventType;
use playtrace::model::id::EventId;
use playtrace::ui::app::InspectorApp;
use playtrace::ui::text::text;

use crate::support::window::{Desk, event, faulty_window, long_session, open, session_start, window};

#[test]
fn one_switch_writes_the_times_of_table_and_ruler_in_utc_and_back() {
    let (mut harness, _) = faulty_window();
    assert_eq!(harness.query_all_by_label("+00:10.500").count(), 1);
    assert_eq!(harness.query_all_by_label("12:00:10.500").count(), 1);
    harness.get_by_label(text("timeline.clock.elapsed")).click();
    harness.run();
    assert_eq!(harness.query_all_by_label("+00:10.500").count(), 0);
    assert_eq!(harness.query_all_by_label("12:00:10.500").count(), 2);
    harness.get_by_label(text("timeline.clock.utc"));
    harness.get_by_label(text("events.time-utc"));
    harness.get_by_label_contains("12:00:00.0 to 12:00:4");
    // No zone is known here: it is that of UTC.
    harness.key_press(Key::U);
    harness.run();
    assert_eq!(harness.query_all_by_label("12:00:10.500").count(), 2);
    assert_eq!(harness.query_all_by_label("Local time").count(), 2, "the switch and the head of the column");
    harness.key_press(Key::U);
    harness.run();
    assert_eq!(harness.query_all_by_label("+00:10.500").count(), 1);
    harness.get_by_label(text("timeline.clock.elapsed"));
}

#[test]
fn local_times_are_those_of_the_zone_that_the_outside_tells() {
    let (mut harness, port) = faulty_window();
    let in_nepal = jiff::tz::Offset::from_seconds(5 * 3_600 + 45 * 60).expect("there is such an offset");
    port.happen(Update::Zone(Zone(TimeZone::fixed(in_nepal))));
    harness.state().push(Command::Time(TimeCommand::SwitchClock));
    harness.run();
    assert_eq!(harness.query_all_by_label("12:00:10.500").count(), 2, "UTC stays UTC");
    harness.state().push(Command::Time(TimeCommand::SwitchClock));
    harness.run();
    assert_eq!(harness.query_all_by_label("17:45:10.500").count(), 1);
    assert_eq!(harness.query_all_by_label("12:00:10.500").count(), 1, "the column of ts is in UTC");
    harness.get_by_label_contains("17:45:00.0 to 17:45:4");
}

#[test]
fn how_times_are_written_is_kept_and_older_preferences_are_elapsed() {
    let older: ViewPrefs = serde_json::from_str("{}").expect("everything has a default");
    assert_eq!(older.clock, AxisClock::Elapsed);
    let utc = ViewPrefs { clock: AxisClock::Utc, ..older };
    let kept = serde_json::to_string(&utc).expect("preferences can be written");
    assert_eq!(serde_json::from_str::<ViewPrefs>(&kept).expect("and read").clock, AxisClock::Utc);
}

#[test]
fn the_menu_of_a_lane_pins_collapses_and_moves_it_and_the_preferences_keep_that() {
    let (mut harness, _) = faulty_window();
    for wish in ["timeline.lane.pin", "timeline.lane.collapse"] {
        harness.get_by_label("Lane: Pings").click();
        harness.run();
        harness.get_by_label(text(wish)).click();
        harness.run();
    }
    harness.get_by_label(text("timeline.pinned"));
    harness.get_by_label("Lane: Events").click();
    harness.run();
    harness.get_by_label(text("timeline.lane.up")).click();
    harness.run();
    let prefs = harness.state().state().prefs.clone();
    assert_eq!(
        (prefs.lanes.pinned.as_slice(), prefs.lanes.collapsed.as_slice()),
        (&["pings".to_owned()][..], &["pings".to_owned()][..])
    );
    let order = &prefs.lanes.order;
    let place = |name: &str| order.iter().position(|known| known == name);
    assert!(place("events") < place("playback"), "{order:?}");
    let place = |label: &str| harness.get_by_label(label).rect();
    assert!(place("Lane: Pings").bottom() <= place("Lane: Findings").top());
    assert!(place("Lane: Events").bottom() <= place("Lane: Playback").top());
    assert!(place("Lane: Pings").height() < place("Lane: Events").height(), "it is drawn low");
    let kept = serde_json::to_string(&prefs).expect("preferences can be written");
    assert_eq!(serde_json::from_str::<ViewPrefs>(&kept).expect("and read").lanes, prefs.lanes);
}

/// A window with a session of ads, chapters and player states.
fn window_with_ads() -> Harness<'static, InspectorApp> {
    let (mut harness, _) = window();
    harness.set_size(vec2(1280.0, 1000.0));
    open(&mut harness, "ads.session", include_bytes!("../../assets/demo/episode-with-ads.session").to_vec());
    harness
}

#[test]
fn a_lane_is_folded_and_opened_by_its_arrow_and_by_the_keyboard() {
    let mut harness = window_with_ads();
    let left = |harness: &Harness<'_, InspectorApp>, label: &str| harness.get_by_label(label).rect().left();
    assert!(left(&harness, "Lane: Ad breaks") > left(&harness, "Lane: Playback"));
    assert!(left(&harness, "Lane: Ads") > left(&harness, "Lane: Ad breaks"));
    harness.get_by_label("Ad breaks, expanded, 1 lane").click();
    harness.run();
    assert!(harness.query_by_label("Lane: Ads").is_none());
    harness.get_by_label("Ad breaks, collapsed, 1 lane");
    harness.get_by_label_contains("Playback, expanded").focus();
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
    assert!(harness.query_by_label("Lane: Ad breaks").is_none());
    assert_eq!(harness.state().state().prefs.lanes.collapsed, ["ad-breaks", "playback"]);
    // Beside the arrow, on the name: → opens, ← folds, and no more than that.
    harness.get_by_label("Lane: Playback").focus();
    harness.run();
    assert_eq!(harness.state().state().chosen_lane.as_deref(), Some("playback"));
    for (key, expected) in [
        (Key::ArrowRight, &["ad-breaks"][..]),
        (Key::ArrowRight, &["ad-breaks"]),
        (Key::ArrowLeft, &["ad-breaks", "playback"]),
    ] {
        harness.key_press(key);
        harness.run();
        assert_eq!(harness.state().state().prefs.lanes.collapsed, expected, "{key:?}");
    }
}

#[test]
fn what_is_folded_is_seen_in_a_strip_and_can_be_selected_there() {
    let mut harness = window_with_ads();
    let ads = harness.get_by_label("Lane: Ads").rect();
    harness.get_by_label_contains("Playback, expanded").click();
    harness.run();
    let row = harness.get_by_label("Lane: Playback").rect();
    assert!(row.bottom() < ads.top(), "{row:?}");
    harness.state().push(Command::ShowRange { from: 0.0, to: 10.0 });
    harness.run();
    // The pre-roll begins with the session.
    harness.hover_at(pos2(row.right() + 100.0, row.bottom() - 3.0));
    harness.run_steps(20);
    let strip = pos2(row.right() + 100.0, row.bottom() - 3.0);
    click_at(&mut harness, strip);
    let (_, selected) = harness.state().state().selected_event().expect("an event is selected");
    let loaded = harness.state().state().captures.first().expect("a capture is open").capture.clone();
    let event_type = loaded.event(selected).and_then(|event| event.event_type());
    assert_eq!(event_type, Some(EventType::AdStart));
}

#[test]
fn a_lane_is_moved_by_dragging_its_name() {
    let mut harness = window_with_ads();
    let place = |harness: &Harness<'_, InspectorApp>, label: &str| harness.get_by_label(label).rect();
    let from = place(&harness, "Lane: Events").center();
    let to = place(&harness, "Lane: Playback").left_top();
    drag(&mut harness, from, to);
    assert!(place(&harness, "Lane: Events").bottom() <= place(&harness, "Lane: Playback").top());
    assert!(place(&harness, "Lane: Pings").top() >= place(&harness, "Lane: Events").bottom());
    assert!(place(&harness, "Lane: Pings").bottom() <= place(&harness, "Lane: Playback").top());
    assert_eq!(harness.state().state().chosen_lane.as_deref(), Some("events"));
    // A lane stays under the one that it stands under.
    let from = place(&harness, "Lane: Ad breaks").center();
    let to = place(&harness, "Lane: Findings").center();
    let before = harness.state().state().prefs.lanes.clone();
    drag(&mut harness, from, to);
    assert!(place(&harness, "Lane: Ad breaks").top() >= place(&harness, "Lane: Playback").bottom());
    assert_eq!(before, harness.state().state().prefs.lanes);
}

/// Presses and releases in frames that follow each other: what is pressed for longer is no click.
fn click_at(harness: &mut Harness<'_, InspectorApp>, place: Pos2) {
    harness.hover_at(place);
    harness.run();
    harness.drag_at(place);
    harness.step();
    harness.drop_at(place);
    harness.run();
}

fn drag(harness: &mut Harness<'_, InspectorApp>, from: Pos2, to: Pos2) {
    harness.drag_at(from);
    harness.run();
    harness.hover_at(to);
    harness.run();
    harness.drop_at(to);
    harness.run();
}

#[test]
fn lanes_can_be_arranged_as_at_first() {
    let mut desk = Desk::with_faulty_session();
    desk.wants(Command::Lane(LaneCommand::Pin("pings".to_owned())));
    assert_ne!(desk.state.prefs.lanes, LanePrefs::default());
    desk.wants(Command::Lane(LaneCommand::Reset));
    assert_eq!(desk.state.prefs.lanes, LanePrefs::default());
}

/// Pings every ten seconds, then nothing for ten minutes of a pause, then pings again: 100 s, 600 s, 100 s.
fn session_with_a_silence() -> Vec<u8> {
    let ping = |secs: i64, playhead: f64| event("ping", secs * 1000, playhead, "");
    let mut events = vec![session_start("Long pause"), event("play", 0, 0.0, "")];
    events.extend((1..10).map(|n| ping(n * 10, n as f64 * 10.0)));
    events.push(event("pauseStart", 100_000, 100.0, ""));
    events.push(event("play", 700_000, 100.0, ""));
    events.extend((71..80).map(|n| ping(n * 10, (n * 10 - 600) as f64)));
    events.push(event("sessionEnd", 800_000, 200.0, ""));
    format!("[{}]", events.join(",")).into_bytes()
}

fn desk_with_a_silence() -> Desk {
    let mut desk = Desk::default();
    desk.wants(Command::OpenText { name: "silence.json".to_owned(), bytes: session_with_a_silence() });
    desk
}

const CUT: Command = Command::Time(TimeCommand::CutSilences);

#[test]
fn long_silences_are_cut_short_by_one_key_and_always_said() {
    let (mut harness, _) = window();
    open(&mut harness, "silence.json", session_with_a_silence());
    let cut = "Silence of 10 min 00 s cut short, 01:40.0 to 11:40.0";
    assert!(harness.query_by_label_contains(cut).is_none());
    harness.key_press(Key::X);
    harness.run();
    harness.get_by_label_contains(cut);
    harness.get_by_label_contains("1 silence cut short");
    harness.get_by_label_contains("00:00.0 to 13:2");
    harness.key_press(Key::X);
    harness.run();
    assert!(harness.query_by_label_contains("cut short").is_none());
}

#[test]
fn the_view_menu_fits_into_the_smallest_window_and_has_the_commands_of_the_timeline() {
    for language in [Language::English, Language::French] {
        let (mut harness, _) = faulty_window();
        harness.state().push(Command::SetLanguage(language));
        harness.set_size(vec2(1024.0, 640.0));
        harness.run();
        harness.get_by_label(text("menu.view")).click();
        harness.run();
        let last = harness.get_by_label(text("command.letter-keys")).rect();
        assert!(last.bottom() <= 640.0, "{last:?}");
        harness.get_by_label_contains(text("menu.timeline")).click();
        harness.run();
        for name in ["switch-clock", "cut-silences", "reset-lanes"] {
            let row = harness.get_by_label_contains(text(&format!("command.{name}"))).rect();
            assert!(row.right() <= 1024.0 && row.bottom() <= 640.0, "{name}: {row:?}");
        }
        harness.get_by_label_contains(text("command.cut-silences")).click();
        harness.run();
        assert!(harness.state().state().prefs.cuts_silences);
    }
}

#[test]
fn a_session_without_long_silences_is_drawn_as_it_is() {
    let mut desk = Desk::with_faulty_session();
    let before = desk.state.time_view;
    desk.wants(CUT);
    assert!(desk.state.prefs.cuts_silences && desk.state.axis.is_plain());
    assert_eq!(desk.state.notices.last().map(|notice| notice.key), Some("no-cuts"));
    assert_eq!(desk.state.time_view, before);
}

#[test]
fn with_a_cut_all_of_the_session_is_narrower_and_what_is_seen_stays() {
    let mut desk = desk_with_a_silence();
    let whole = desk.state.time_view.width();
    desk.wants(CUT);
    assert!(desk.state.time_view.shows_all() && desk.state.time_view.width() < whole / 3.0);
    let (from, to) = desk.state.seen_secs();
    assert!(from < 0.0 && from > -10.0 && to > 800.0 && to < 810.0, "{from} to {to}");
    for (from, to) in [(20.0, 60.0), (90.0, 720.0), (710.0, 730.0)] {
        desk.wants(Command::ShowRange { from, to });
        for _ in 0..2 {
            let seen = desk.state.seen_secs();
            assert!((seen.0 - from).abs() < 1e-6 && (seen.1 - to).abs() < 1e-6, "{seen:?} of {from} to {to}");
            desk.wants(CUT);
        }
    }
}

#[test]
fn zooming_keeps_the_time_under_the_pointer_on_both_sides_of_a_cut() {
    let mut desk = desk_with_a_silence();
    desk.wants(CUT);
    for at in [50.0, 400.0, 750.0] {
        desk.wants(Command::FitAll);
        let share = |desk: &Desk| {
            (desk.state.axis.to_axis(at) - desk.state.time_view.from) / desk.state.time_view.width()
        };
        let before = share(&desk);
        desk.wants(Command::Zoom { factor: 4.0, at });
        assert!((share(&desk) - before).abs() < 1e-9, "at {at}");
    }
}

#[test]
fn selecting_and_fitting_beyond_a_cut_shows_what_is_selected() {
    let mut desk = desk_with_a_silence();
    desk.wants(CUT);
    desk.wants(Command::ShowRange { from: 0.0, to: 30.0 });
    let (capture, _) = desk.state.shown.expect("a session is shown");
    desk.wants(Command::Select(Item::Event(capture, EventId(14))));
    let secs = desk.state.selected_secs().expect("it has a ts");
    assert_eq!(secs, 720.0);
    let (from, to) = desk.state.seen_secs();
    assert!(from < secs && secs < to, "{from} to {to}");
    desk.wants(Command::FitSelection);
    let (from, to) = desk.state.seen_secs();
    assert!((from - 705.0).abs() < 1e-6 && (to - 735.0).abs() < 1e-6, "{from} to {to}");
}

#[test]
fn cutting_silences_is_undone_and_kept_and_followed_by_the_next_session() {
    let mut desk = desk_with_a_silence();
    let whole = desk.state.time_view;
    desk.wants(CUT);
    desk.wants(Command::History(HistoryCommand::Undo));
    assert!(desk.state.axis.is_plain());
    assert_eq!(desk.state.time_view, whole);
    desk.wants(Command::History(HistoryCommand::Redo));
    assert_eq!(desk.state.axis.cuts().len(), 1);
    let kept = serde_json::to_string(&desk.state.prefs).expect("preferences can be written");
    assert!(serde_json::from_str::<ViewPrefs>(&kept).expect("and read").cuts_silences);
    desk.wants(Command::OpenText { name: "other.json".to_owned(), bytes: session_with_a_silence() });
    assert_eq!(desk.state.axis.cuts().len(), 1);
    assert!(desk.state.time_view.shows_all());
    let (_, to) = desk.state.seen_secs();
    assert!(to > 800.0 && to < 810.0, "{to}");
}

#[test]
fn the_keys_zoom_pan_and_fit() {
    let (mut harness, _) = window();
    open(&mut harness, "two minutes", long_session(13));
    let mut press = |key| {
        harness.key_press(key);
        harness.run();
        harness.state().state().time_view
    };
    let nearer = press(Key::W);
    assert!(nearer.width() < nearer.full_to - nearer.full_from);
    let later = press(Key::D);
    assert!(later.from > nearer.from && (later.width() - nearer.width()).abs() < 1e-9);
    let back = press(Key::A);
    assert!((back.from - nearer.from).abs() < 1e-9 && (back.to - nearer.to).abs() < 1e-9, "{back:?}");
    assert!(press(Key::S).width() > nearer.width());
    assert!(press(Key::Num0).shows_all());
    // The first event, then its surroundings.
    press(Key::J);
    let fitted = press(Key::F);
    assert!(fitted.width() < 60.0 && fitted.from <= 0.0 && fitted.to > 0.0, "{fitted:?}");
}

#[test]
fn fitting_the_selection_comes_nearer_in_a_short_session_as_well() {
    let mut desk = Desk::with_faulty_session();
    let (capture, _) = desk.state.shown.expect("a session is shown");
    for event in [0, 4, 8] {
        desk.wants(Command::FitAll);
        desk.wants(Command::Select(Item::Event(capture, EventId(event))));
        desk.wants(Command::FitSelection);
        let (from, to) = desk.state.seen_secs();
        let secs = desk.state.selected_secs().expect("it has a ts");
        assert!(from <= secs && secs <= to, "{from} to {to}");
        assert!(desk.state.time_view.width() < 0.6 * desk.state.time_view.fitted().width(), "event {event}");
    }
}
