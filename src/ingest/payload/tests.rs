//! The scanner reads columns and shapes, and takes exactly what `serde_json` takes.

use serde_json::Value;

use super::*;

fn shape_of(text: &str) -> Vec<u8> {
    let mut notes = Notes::default();
    read(text.as_bytes(), &mut notes);
    notes.shape
}

fn payload(text: &str) -> Payload {
    read(text.as_bytes(), &mut Notes::default())
}

#[test]
fn columns_are_read_wherever_they_stand() {
    let event = payload(
        r#"{"params":{"ts":1,"eventType":"play"},"playerTime":{"ts":1529997923478,"playhead":1.5},"eventType":"ping"}"#,
    );
    assert_eq!(EventType::from_code(event.event_type), Some(EventType::Ping));
    assert_eq!((event.ts, event.playhead), (1_529_997_923_478, 1.5));
    assert_eq!(event.flags, EventFlags::default());
}

#[test]
fn the_shape_sees_keys_and_types_but_few_values() {
    let base = r#"{"eventType":"play","params":{"a":1,"id":{"authState":1}}}"#;
    let same = r#"{"eventType":"pl\u0061y", "params":{"a":2.0,"id":{"authState":1}}}"#;
    assert_eq!(shape_of(base), shape_of(same));
    for other in [
        r#"{"eventType":"ping","params":{"a":1,"id":{"authState":1}}}"#,
        r#"{"eventType":"play","params":{"a":1.5,"id":{"authState":1}}}"#,
        r#"{"eventType":"play","params":{"a":1,"id":{"authState":3}}}"#,
        r#"{"eventType":"play","params":{"b":1,"id":{"authState":1}}}"#,
    ] {
        assert_ne!(shape_of(base), shape_of(other), "{other}");
    }
}

#[test]
fn oddities_are_flagged() {
    assert!(payload("{\"a\":-1}").flags.has(EventFlags::NEGATIVE));
    assert!(payload("{\"playerTime\":{\"ts\":1.5}}").flags.has(EventFlags::TS_FRACTION));
    let printed = "{\"playerTime\":\"{playhead=0.0, ts=1}\"}";
    assert!(payload(printed).flags.has(EventFlags::OBJECT_AS_TEXT));
    assert!(payload("[1]").flags.has(EventFlags::NOT_AN_OBJECT));
    assert!(payload("{\"a\":1} x").flags.has(EventFlags::UNREADABLE));
    assert!(payload("").flags.has(EventFlags::UNREADABLE));
    assert!(payload(&"[".repeat(100_000)).flags.has(EventFlags::UNREADABLE));
}

#[test]
fn numbers_beyond_the_columns_saturate() {
    assert_eq!(payload("{\"playerTime\":{\"ts\":18446744073709551615}}").ts, i64::MAX);
    assert_eq!(payload("{\"playerTime\":{\"ts\":-1e300}}").ts, NO_TS + 1);
}

#[test]
fn a_key_that_stands_twice_in_one_object_is_seen() {
    assert!(has_duplicate_key(&shape_of(r#"{"a":1,"b":[{"c":1,"c":2}]}"#)));
    assert!(!has_duplicate_key(&shape_of(r#"{"a":{"c":1},"b":[{"c":1},{"c":2}],"c":1}"#)));
}

#[track_caller]
fn agrees(text: &[u8]) {
    let expected = serde_json::from_slice::<Value>(text);
    let found = read(text, &mut Notes::default());
    let shown = String::from_utf8_lossy(text);
    assert_eq!(!found.flags.has(EventFlags::UNREADABLE), expected.is_ok(), "{shown}: {expected:?}");
    let Ok(event) = expected else { return };
    let time = &event["playerTime"];
    assert_eq!(found.playhead.is_nan(), time["playhead"].as_f64().is_none(), "{shown}");
    if let Some(playhead) = time["playhead"].as_f64() {
        // The standard library rounds to the nearest float, which serde_json comes close to.
        assert!((found.playhead - playhead).abs() <= playhead.abs() * 1e-15, "{shown}");
    }
    if let Some(ts) = time["ts"].as_i64() {
        assert_eq!(found.ts, ts.max(NO_TS + 1), "{shown}");
    }
}

#[test]
fn the_scanner_accepts_exactly_what_serde_json_accepts() {
    let texts: [&[u8]; 6] = [
        br#"{"eventType":"play","playerTime":{"playhead":12.25,"ts":1529997923478},"a":[1,-0.5,2e3,{}]}"#,
        br#" {"playerTime" : {"ts":-9223372036854775808,"playhead":1e-7} , "x":["",null,true,false] } "#,
        "{\"\\u00e9\\ud83d\\ude00\":\"\u{e9}\u{1F600}\",\"playerTime\":{\"playhead\":123456789012345.678}}"
            .as_bytes(),
        br#"{"a":"\ud800","b":"\n\t\/\\\""}"#,
        br#"{"n":[0,-0,0.0,1E5,1e+2,99999999999999999999,1.7976931348623157e308]}"#,
        br#"[{"a":[[],[[]]]},"x",00,1.,.5,1e,-]"#,
    ];
    let mut random = fastrand::Rng::with_seed(7);
    let bytes = b"{}[]\",:\\.eE+-0195tfnu \n\x00\x1F\xC3\xA9\xFFad";
    for text in texts {
        agrees(text);
        for _ in 0..20_000 {
            let mut text = text.to_vec();
            for _ in 0..random.usize(1..4) {
                let at = random.usize(..text.len());
                match random.u8(..3) {
                    0 => text[at] = bytes[random.usize(..bytes.len())],
                    1 => text.insert(at, bytes[random.usize(..bytes.len())]),
                    _ => drop(text.remove(at)),
                }
            }
            agrees(&text);
        }
    }
}

#[test]
fn nesting_goes_as_deep_as_serde_json_goes() {
    for depth in 120..135 {
        agrees(format!("{}{}", "[".repeat(depth), "]".repeat(depth)).as_bytes());
    }
}
