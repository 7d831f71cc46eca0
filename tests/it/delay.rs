//! Arrival against `ts`: what falls, what steps and what is steadily off.

use playtrace::ingest::ingest;
use playtrace::metrics::cadence::Cadence;
use playtrace::metrics::delay::Delay;
use playtrace::metrics::lanes::Lanes;
use playtrace::model::numbers::Numbers;
use playtrace::model::policy::Policy;
use playtrace::model::watch::Unwatched;

/// The delays of an online session of pings: seconds of `ts` and of arrival of each event.
fn delay(events: &[(f64, f64)]) -> Delay {
    let mut text = "@vod length=3600\n".to_owned();
    for (n, (ts, arrival)) in events.iter().enumerate() {
        let event_type = ["sessionStart", "play", "ping"][n.min(2)];
        text.push_str(&format!("+{n} {event_type} ts=+{ts} recv=+{arrival}\n"));
    }
    let capture = ingest("delay", text.into_bytes(), &Unwatched);
    let session = &capture.sessions[0];
    assert_eq!(session.len(), events.len());
    let lanes = Lanes::of(&capture, session, &Policy::default(), &Numbers::default());
    let numbers = Numbers::default();
    let cadence = Cadence::of(&capture, session, &lanes, &Policy::default(), &numbers);
    Delay::of(&capture, session, &lanes, &cadence, &numbers)
}

/// Runs that fall, as (first position, last position, first and last delay).
fn falling(delay: &Delay) -> Vec<(u32, u32, f64, f64)> {
    delay.falling.iter().map(|fall| (fall.from, fall.to, fall.first_secs, fall.last_secs)).collect()
}

/// An event every 10 s whose delays are these.
fn every_10_secs(delays: &[f64]) -> Vec<(f64, f64)> {
    let events = delays.iter().zip(0_i32..);
    events.map(|(delay, n)| (10.0 * f64::from(n), 10.0 * f64::from(n) + delay)).collect()
}

/// An event arrives every 10 s; its `ts` is earlier by so much.
fn arriving_every_10_secs(delays: &[f64]) -> Vec<(f64, f64)> {
    let events = delays.iter().zip(0_i32..);
    events.map(|(delay, n)| (10.0 * f64::from(n) - delay, 10.0 * f64::from(n))).collect()
}

#[test]
fn a_queue_that_drains_falls_and_is_no_clock_that_was_set() {
    let drained = delay(&every_10_secs(&[0.0, 0.0, 0.0, 0.1, 43.0, 33.2, 23.4, 13.6, 3.8, 0.0, 0.1]));
    assert_eq!(falling(&drained), [(4, 7, 43.0, 13.6)]);
    assert_eq!(drained.stepped, []);
    // Dense events, in a burst: each lies within 5 s of its neighbours.
    let burst: Vec<(f64, f64)> = (0..40)
        .map(|n| {
            let ts = f64::from(n);
            (ts, if (10..30).contains(&n) { 30.0 + f64::from(n) / 100.0 } else { ts })
        })
        .collect();
    let burst = delay(&burst);
    assert_eq!(falling(&burst).len(), 1, "{burst:?}");
    assert_eq!(burst.stepped, []);
}

#[test]
fn one_late_moment_is_neither_a_queue_nor_a_clock_that_was_set() {
    let one = [(0.0, 0.0), (0.0, 0.1), (10.0, 10.0), (20.0, 32.0), (20.0, 32.1), (20.0, 32.2), (30.0, 32.3)];
    let mut one = one.to_vec();
    one.extend([(40.0, 40.0), (50.0, 50.0), (60.0, 60.0)]);
    let found = delay(&one);
    assert_eq!((falling(&found), found.stepped.len()), (vec![], 0));
    let two = delay(&every_10_secs(&[0.0, 0.0, 0.0, 19.0, 9.1, 0.0, 0.0, 0.0]));
    assert_eq!((falling(&two), two.stepped.len()), (vec![], 0), "two events are no run");
}

#[test]
fn a_clock_that_was_set_steps_and_stays() {
    let set = delay(&arriving_every_10_secs(&[0.0, 0.1, 0.0, -20.0, -20.1, -20.0, -19.9]));
    let steps: Vec<_> = set.stepped.iter().map(|step| (step.from, step.to)).collect();
    assert_eq!(steps, [(2, 3)]);
    assert!((set.stepped[0].after_secs - set.stepped[0].before_secs + 20.0).abs() < 0.2);
    assert_eq!((falling(&set), set.steady), (vec![], None));
    let back = delay(&arriving_every_10_secs(&[0.0, 0.1, 0.0, 0.0, 25.0, 25.1, 25.0, 24.9]));
    let steps: Vec<_> = back.stepped.iter().map(|step| (step.before_secs, step.after_secs)).collect();
    assert_eq!(steps, [(0.05, 25.0)], "set back: later events carry an earlier `ts`");
    for after in [9.8, -9.8] {
        let near = delay(&arriving_every_10_secs(&[0.0, 0.0, 0.0, after, after, after]));
        assert_eq!(near.stepped, [], "10 s are tolerated");
    }
    // The first by the new clock overtook the three that were posted before it.
    let overtaken =
        [(0.0, 0.0), (10.0, 10.0), (20.0, 20.0), (74.0, 29.0), (28.0, 29.1), (28.1, 29.2), (28.2, 29.3)];
    let later = [(84.0, 39.0), (94.0, 49.0), (104.0, 59.0)];
    let overtook = delay(&[&overtaken[..], &later[..]].concat());
    let steps: Vec<_> = overtook.stepped.iter().map(|step| step.after_secs - step.before_secs).collect();
    assert!(matches!(steps[..], [step] if (step + 45.0).abs() < 1.0), "{overtook:?}");
    let short = delay(&arriving_every_10_secs(&[0.0, 0.0, 0.0, 20.0, 20.0]));
    assert_eq!(short.stepped, [], "two events do not show that it stays");
}

#[test]
fn a_clock_that_is_off_is_steady_whatever_a_few_events_do() {
    let off = delay(&every_10_secs(&[90.0, 90.4, 89.8, 90.0, 130.0, 120.2, 110.3, 100.4, 90.0, 90.1]));
    let steady = off.steady.expect("most events share it");
    assert!((steady.secs - 90.0).abs() < 1.0, "{steady:?}");
    assert_eq!(falling(&off).len(), 1);
    let noise = delay(&every_10_secs(&[0.0, 30.0, 4.0, 60.0, 12.0, 90.0, 45.0]));
    assert_eq!(noise.steady, None);
}

#[test]
fn events_older_than_their_session_and_other_units_say_nothing() {
    let mut events = every_10_secs(&[0.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
    events.splice(1..1, [(-30.0, 1.0), (-29.0, 1.1), (-28.0, 1.2), (-27.0, 1.3)]);
    let older = delay(&events);
    assert_eq!((falling(&older), older.stepped.len()), (vec![], 0));
    assert!(older.steady.is_some_and(|steady| steady.secs.abs() < 0.1), "{older:?}");
    let mut seconds = every_10_secs(&[0.0, 0.0, 0.0, 0.0]);
    // Noon of 2024-01-02 in seconds, as an offset from it in milliseconds.
    seconds[3].0 = -1_702_494_096.0;
    assert_eq!(delay(&seconds), Delay::default(), "a `ts` in seconds compares with nothing");
}
