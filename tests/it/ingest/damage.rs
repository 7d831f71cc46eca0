//! Damaged captures: nothing that is whole before the damage is lost, nothing panics.
//!
//! The short form tries a few places of each sample; `PLAYTRACE_TESTS=full` a hundred of each kind.

use std::collections::BTreeMap;

use playtrace::model::capture::Capture;
use serde_json::Value;

use super::{events, read, samples};

/// Start of each event in the source → where it ends, and what it says.
fn places(capture: &Capture) -> BTreeMap<u64, (u64, Value)> {
    let place = |offset: usize, event: &playtrace::model::table::Event<'_>| {
        capture.source_offset(event.row().body, offset).expect("it has a place")
    };
    let places = events(capture).filter_map(|event| {
        let json = event.json()?;
        Some((place(0, &event), (place(event.text().len(), &event), json)))
    });
    places.collect()
}

/// Whole events of `before` that end at or before `damage` and are not in `after`.
fn lost<'a>(
    before: &'a BTreeMap<u64, (u64, Value)>,
    after: &BTreeMap<u64, (u64, Value)>,
    damage: u64,
) -> Vec<&'a Value> {
    let whole = before.iter().filter(|(_, (end, _))| *end <= damage);
    let lost = whole.filter(|(start, (_, json))| after.get(start).is_none_or(|(_, found)| found != json));
    lost.map(|(_, (_, json))| json).collect()
}

fn tries() -> usize {
    if std::env::var("PLAYTRACE_TESTS").is_ok_and(|form| form == "full") { 100 } else { 5 }
}

/// Damages every sample at random places and checks that nothing before is lost.
#[track_caller]
fn check(damage: fn(&mut Vec<u8>, usize, &mut fastrand::Rng)) {
    let seed = fastrand::u64(..);
    println!("seed {seed}");
    let mut random = fastrand::Rng::with_seed(seed);
    for (name, bytes) in samples() {
        let before = places(&read(bytes.clone()));
        for _ in 0..tries() {
            let at = random.usize(..bytes.len());
            let mut damaged = bytes.clone();
            damage(&mut damaged, at, &mut random);
            let capture = read(damaged);
            let lost = lost(&before, &places(&capture), at as u64);
            assert!(lost.is_empty(), "seed {seed}, {name} damaged at {at}: lost {lost:?}");
        }
    }
}

#[test]
fn a_truncated_capture_keeps_every_event_before_the_cut() {
    check(|bytes, at, _| bytes.truncate(at));
}

#[test]
fn a_cut_is_told() {
    for (name, bytes) in samples().into_iter().filter(|(name, _)| !name.starts_with("documents/")) {
        let notes = read(bytes[..bytes.len() / 2].to_vec()).notes;
        assert!(notes.iter().any(|note| note.kind.code() == "MC-K004"), "{name}");
    }
}

#[test]
fn a_flipped_byte_costs_no_event_before_it() {
    check(|bytes, at, random| bytes[at] ^= random.u8(1..));
}

#[test]
fn after_damage_reading_goes_on() {
    let seed = fastrand::u64(..);
    println!("seed {seed}");
    let mut random = fastrand::Rng::with_seed(seed);
    // Of a batch one byte may cost all: the name of the member that holds it.
    let is_batch = |name: &str| name.contains("android312-dl") || name.starts_with("documents/");
    for (name, bytes) in samples().into_iter().filter(|(name, _)| !is_batch(name)) {
        let whole = places(&read(bytes.clone())).len();
        for _ in 0..tries() {
            let at = random.usize(..bytes.len());
            let mut damaged = bytes.clone();
            damaged[at] ^= random.u8(1..);
            let found = places(&read(damaged)).len();
            assert!(found + 1 >= whole, "seed {seed}, {name} flipped at {at}: {found} of {whole} events");
        }
    }
}

#[test]
fn random_bytes_never_panic() {
    let seed = fastrand::u64(..);
    println!("seed {seed}");
    let mut random = fastrand::Rng::with_seed(seed);
    let alphabet = b"{}[]\",:\\ \n0aeE-+.u/'`#@<\xFF\0POST http://api/v1/sessions eventType playerTime";
    for _ in 0..tries() * 100 {
        let len = random.usize(..200);
        let bytes: Vec<u8> = (0..len).map(|_| alphabet[random.usize(..alphabet.len())]).collect();
        read(bytes);
    }
}

/// Offsets of the commas and line ends between the elements of an array whose elements begin with this line.
fn between_elements(text: &[u8], end: &str, start: &str) -> Vec<usize> {
    let text = std::str::from_utf8(text).expect("text");
    let between = format!("{end},\n{start}");
    text.match_indices(&between).flat_map(|(at, _)| [at + end.len(), at + end.len() + 1]).collect()
}

#[test]
fn a_bracket_between_two_elements_does_not_end_the_array() {
    for (name, end, start) in [
        ("clients/js310-vod-full-virt.har", "   }", "   {\n    \"startedDateTime\""),
        ("clients/js310-vod-full-virt.json", " }", " {\n  \"seq\""),
    ] {
        let bytes = super::sample(name);
        let whole = events(&read(bytes.clone())).count();
        let places = between_elements(&bytes, end, start);
        assert!(places.len() > 60, "{name}: {}", places.len());
        for at in places {
            let mut damaged = bytes.clone();
            damaged[at] = b']';
            let capture = read(damaged);
            assert_eq!(events(&capture).count(), whole, "{name} at {at}");
            assert!(capture.notes.iter().any(|note| note.message.contains("ends before its last")), "{name}");
        }
    }
}
