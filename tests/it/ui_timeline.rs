//! The timeline in the whole window: how times are written, how lanes are arranged.

use eframe::egui::Key;
use egui_kittest::kittest::Queryable as _;
use playtrace::app::command::Command;
use playtrace::app::command::lanes::LaneCommand;
use playtrace::app::lane_prefs::LanePrefs;
use playtrace::app::prefs::{AxisClock, ViewPrefs};
use playtrace::ui::text::text;

use crate::support::window::{Desk, faulty_window};

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
    harness.key_press(Key::U);
    harness.run();
    assert_eq!(harness.query_all_by_label("+00:10.500").count(), 1);
    harness.get_by_label(text("timeline.clock.elapsed"));
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
    assert!(place("Lane: Pings").height() < place("Lane: Events").height());
    let kept = serde_json::to_string(&prefs).expect("preferences can be written");
    assert_eq!(serde_json::from_str::<ViewPrefs>(&kept).expect("and read").lanes, prefs.lanes);
}

#[test]
fn lanes_can_be_arranged_as_at_first() {
    let mut desk = Desk::with_faulty_session();
    desk.wants(Command::Lane(LaneCommand::Pin("pings".to_owned())));
    assert_ne!(desk.state.prefs.lanes, LanePrefs::default());
    desk.wants(Command::Lane(LaneCommand::Reset));
    assert_eq!(desk.state.prefs.lanes, LanePrefs::default());
}
