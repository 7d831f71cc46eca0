//! Lanes, series and anomalies of small sessions, in numbers.

use super::*;
use crate::model::id::SessionId;
use crate::model::machine::Playback;
use crate::model::session::{Content, Ending, Mode};
use crate::model::table::{EventRow, NO_TS};
use EventType as T;

/// A session of these events: type, seconds after the origin (`None`: no `ts`), playhead.
fn capture(events: &[(EventType, Option<f64>, f64)]) -> Capture {
    let mut capture = Capture::default();
    capture.events.extend(events.iter().map(|(event_type, secs, playhead)| EventRow {
        ts: secs.map_or(NO_TS, |secs| 1_700_000_000_000 + (secs * 1000.0) as i64),
        playhead: *playhead,
        event_type: *event_type as u8,
        ..EventRow::default()
    }));
    let n_events = u32::try_from(events.len()).expect("a test is short");
    capture.sessions.push(Session {
        id: SessionId(0),
        sid: None,
        mode: Mode::Unknown,
        content: Content::default(),
        ending: Ending::Open,
        by_arrival: (0..n_events).map(EventId).collect(),
        judged_order: None,
        exchanges: Vec::new(),
        attempts: 1,
        begins_late: false,
        guessed: false,
    });
    capture
}

fn draw(capture: &Capture, marks: &[Mark]) -> Drawing {
    let session = &capture.sessions[0];
    let lanes = Lanes::of(capture, session, &Policy::default(), &Numbers::default());
    Drawing::of(
        capture,
        session,
        &lanes,
        Some(TsMillis(1_700_000_000_000)),
        marks,
        &Policy::default(),
        &Numbers::default(),
    )
}

fn mark(event: Option<u32>, rank: u8, number: u32, on_clock: bool) -> Mark {
    Mark { event: event.map(EventId), rank, number, name: "a-rule", on_clock }
}

#[track_caller]
fn phases(drawing: &Drawing, kind: &LaneKind) -> Vec<(f64, f64, u8)> {
    let lane = drawing.lane(kind).expect("the lane has phases");
    lane.row.phases().iter().map(|phase| (phase.start, phase.end, phase.kind)).collect()
}

#[test]
fn lanes_hold_the_phases_of_the_session_in_seconds() {
    let capture = capture(&[
        (T::SessionStart, Some(0.0), 0.0),
        (T::AdBreakStart, Some(1.0), 0.0),
        (T::AdStart, Some(1.0), 0.0),
        (T::Ping, Some(5.0), 0.0),
        (T::AdSkip, Some(9.0), 0.0),
        (T::AdBreakComplete, Some(10.0), 0.0),
        (T::ChapterStart, Some(10.0), 0.0),
        (T::Play, Some(10.0), 0.0),
        (T::Ping, Some(20.0), 10.0),
        (T::PauseStart, Some(22.0), 12.0),
    ]);
    let drawing = draw(&capture, &[]);
    assert_eq!(phases(&drawing, &LaneKind::AdBreaks), [(1.0, 10.0, COMPLETED)]);
    assert_eq!(phases(&drawing, &LaneKind::Ads), [(1.0, 9.0, SKIPPED)]);
    assert_eq!(phases(&drawing, &LaneKind::Chapters), [(10.0, 22.0, LEFT_OPEN)]);
    assert_eq!(phases(&drawing, &LaneKind::Pings), [(5.0, 5.0, 1), (20.0, 20.0, 0)]);
    assert_eq!(phases(&drawing, &LaneKind::Playback).last(), Some(&(22.0, 22.0, Playback::Paused as u8)));
    assert!(drawing.lane(&LaneKind::Network).is_none() && drawing.lane(&LaneKind::Findings).is_none());
    assert_eq!(drawing.density(&Columns::plain(0.0, 22.0, 2)), [8, 2]);
    assert_eq!(drawing.playhead.points().len(), 10);
}

#[test]
fn events_without_a_usable_ts_stand_somewhere_and_are_no_points_of_the_plot() {
    let capture = capture(&[
        (T::SessionStart, Some(0.0), 0.0),
        (T::Play, Some(2.0), 0.0),
        (T::Ping, None, 5.0),
        (T::Ping, Some(-1.0e9), 6.0),
        (T::Ping, Some(12.0), f64::NAN),
        (T::Ping, Some(14.0), f64::INFINITY),
    ]);
    let drawing = draw(&capture, &[mark(Some(2), 1, 0, false), mark(None, 2, 1, false)]);
    assert_eq!(drawing.times, [0.0, 2.0, 2.0, 0.0, 12.0, 14.0]);
    assert_eq!(drawing.playhead.points().len(), 2);
    assert_eq!(phases(&drawing, &LaneKind::Findings), [(0.0, 0.0, 2), (2.0, 2.0, 1)]);
    assert_eq!(drawing.last, 14.0);
}

#[test]
fn findings_about_the_clocks_are_named_in_the_plot() {
    let capture = capture(&[(T::SessionStart, Some(0.0), 0.0), (T::Play, Some(2.0), 40.0)]);
    let drawing =
        draw(&capture, &[mark(Some(1), 1, 7, true), mark(Some(0), 2, 8, false), mark(None, 2, 9, true)]);
    let found: Vec<_> =
        drawing.anomalies.iter().map(|found| (found.time, found.playhead, found.kind.rank())).collect();
    assert_eq!(found, [(2.0, Some(40.0), 2)]);
}

#[test]
fn a_session_without_events_draws_nothing() {
    let drawing = draw(&capture(&[]), &[mark(None, 2, 0, false)]);
    assert_eq!((drawing.lanes.len(), drawing.last, drawing.times.len()), (1, 0.0, 0));
}

#[test]
fn late_pings_and_missing_ones_are_told_apart() {
    let capture = capture(&[
        (T::SessionStart, Some(0.0), 0.0),
        (T::Play, Some(0.0), 0.0),
        (T::Ping, Some(10.0), 10.0),
        (T::Ping, Some(24.0), 24.0),
        (T::Ping, Some(34.8), 34.8),
        (T::Ping, Some(60.0), 60.0),
        (T::PauseStart, Some(73.0), 73.0),
        (T::SessionEnd, Some(80.0), 73.0),
    ]);
    let drawing = draw(&capture, &[]);
    let found = phases(&drawing, &LaneKind::PingGaps);
    let rounded: Vec<_> = found
        .iter()
        .map(|(start, end, kind)| ((start * 10.0).round(), (end * 10.0).round(), *kind))
        .collect();
    assert_eq!(rounded, [(200.0, 240.0, LATE), (448.0, 600.0, MISSING), (700.0, 730.0, MISSING)]);
    let pings = drawing.lane(&LaneKind::Pings).expect("there are pings");
    assert_eq!(pings.row.phases().len(), 4, "gaps are no pings");
    assert_eq!(drawing.density(&Columns::plain(0.0, 80.0, 1)), [8]);
}

#[test]
fn pings_on_time_leave_no_gaps() {
    let mut events = vec![(T::SessionStart, Some(0.0), 0.0), (T::Play, Some(0.0), 0.0)];
    events.extend((1..30).map(|n| (T::Ping, Some(f64::from(n) * 10.8), f64::from(n) * 10.8)));
    let drawing = draw(&capture(&events), &[]);
    for kind in [LaneKind::PingGaps, LaneKind::Silence, LaneKind::StillPlayhead, LaneKind::Bitrate] {
        assert!(drawing.lane(&kind).is_none(), "{kind:?}");
    }
}

#[test]
fn a_silence_uses_its_budget_of_ten_minutes_and_then_it_is_spent() {
    let capture = capture(&[
        (T::SessionStart, Some(0.0), 0.0),
        (T::Play, Some(30.0), 0.0),
        (T::Ping, Some(150.0), 120.0),
        (T::Ping, Some(690.0), 130.0),
        (T::Ping, Some(1590.0), 140.0),
        (T::Ping, Some(2000.0), 150.0),
    ]);
    let silences = phases(&draw(&capture, &[]), &LaneKind::Silence);
    let expected =
        [(30.0, 150.0, 20), (150.0, 690.0, 90 | NEAR), (690.0, 1290.0, 100 | NEAR), (1290.0, 1590.0, SPENT)];
    assert_eq!(silences, expected, "after a time-out the session is closed: nothing more counts");
    assert_eq!([0, 45, 90 | NEAR, SPENT].map(used_share), [0.0, 0.45, 0.9, 1.0]);
}

#[test]
fn a_still_playhead_uses_its_budget_of_thirty_minutes_from_the_pause_on() {
    let mut events = vec![
        (T::SessionStart, Some(0.0), 0.0),
        (T::Play, Some(0.0), 0.0),
        (T::Ping, Some(59.0), 60.0),
        (T::PauseStart, Some(60.0), 60.0),
    ];
    events.extend((1..=40).map(|n| (T::Ping, Some(60.0 + f64::from(n) * 60.0), 60.0)));
    let stretches = phases(&draw(&capture(&events), &[]), &LaneKind::StillPlayhead);
    assert_eq!(stretches, [(60.0, 1860.0, 100 | NEAR), (1860.0, 2460.0, SPENT)]);
    events.truncate(4);
    events.extend([(T::Ping, Some(660.0), 60.0), (T::Play, Some(900.0), 61.0)]);
    let stretches = phases(&draw(&capture(&events), &[]), &LaneKind::StillPlayhead);
    assert_eq!(stretches, [(60.0, 660.0, 33)]);
}

#[test]
fn the_still_playhead_of_an_ad_that_plays_and_the_events_of_a_batch_use_no_budget() {
    let mut events = vec![
        (T::SessionStart, Some(0.0), 0.0),
        (T::Play, Some(0.0), 0.0),
        (T::AdBreakStart, Some(0.0), 0.0),
        (T::AdStart, Some(0.0), 0.0),
    ];
    events.extend((1..=60).map(|n| (T::Ping, Some(f64::from(n) * 10.0), 0.0)));
    assert!(draw(&capture(&events), &[]).lane(&LaneKind::StillPlayhead).is_none());
    let mut batch =
        capture(&[(T::SessionStart, Some(0.0), 0.0), (T::Play, Some(0.0), 0.0), (T::Ping, Some(900.0), 0.0)]);
    assert!(draw(&batch, &[]).lane(&LaneKind::Silence).is_some());
    batch.sessions[0].mode = Mode::Downloaded;
    let drawing = draw(&batch, &[]);
    assert!(drawing.lane(&LaneKind::Silence).is_none() && drawing.lane(&LaneKind::StillPlayhead).is_none());
}
