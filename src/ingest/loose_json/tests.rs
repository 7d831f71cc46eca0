//! One table of loose texts and their strict forms, and what must hold of any text.

use serde_json::{Value, json};

use super::*;

fn read(text: &[u8], at: usize) -> Result<Loose, NotJson> {
    super::read(text, at, &mut (text.len() * 8))
}

#[track_caller]
fn strict(text: &str) -> (String, Loose) {
    let loose = read(text.as_bytes(), 0).unwrap_or_else(|_| panic!("not read: {text}"));
    let strict = String::from_utf8(loose.strict.clone()).expect("strict JSON is UTF-8");
    serde_json::from_str::<Value>(&strict).unwrap_or_else(|error| panic!("{text}\n{strict}\n{error}"));
    (strict, loose)
}

fn words(remarks: &[Remark]) -> Vec<(usize, &str)> {
    remarks.iter().map(|remark| (remark.at, remark.words.as_ref())).collect()
}

#[test]
fn loose_texts_become_strict() {
    let table = [
        (r#"{eventType: "ping"}"#, r#"{"eventType": "ping"}"#),
        (r#"{'a': 'it\'s \x41 \' "'}"#, r#"{"a": "it's \u0041 ' \""}"#),
        ("{“a”: ‘b’, `c`: 1}", r#"{"a": "b", "c": 1}"#),
        ("[1, 2, ]", "[1, 2  ]"),
        ("[1,, 2]", "[1, 2]"),
        ("[,1]", "[1]"),
        ("[1 2\n3]", "[1 ,2\n,3]"),
        ("{a: 1 b: 2}", r#"{"a": 1 ,"b": 2}"#),
        ("{a: 1, // one\n b: /* two */ 2, # three\n}", "{\"a\": 1, \n \"b\":  2  \n}"),
        ("[True, False, None, NaN, undefined, -Infinity]", "[true, false, null, null, null, null]"),
        ("{a: undefined, b: 1}", r#"{ "b": 1}"#),
        (
            "[+1, .5, 5., 007, 0x1F, 1_000, 12L, -0.5e3, 1.e3]",
            "[1, 0.5, 5.0, 7, 31, 1000, 12, -0.5e3, 1.0e3]",
        ),
        ("{a: \"x\ny\tz\\q\"}", r#"{"a": "x\ny\tz\\q"}"#),
        ("{a: vod, b: My movie }", r#"{"a": "vod", "b": "My movie" }"#),
        ("{url: https://x.y/z, b: 1}", r#"{"url": "https://x.y/z", "b": 1}"#),
        ("{playhead=0.0, ts=>5}", r#"{"playhead":0.0, "ts":5}"#),
        ("{media.id: 1, $x-y_z: 2, é: 3}", r#"{"media.id": 1, "$x-y_z": 2, "é": 3}"#),
        ("[{a: [1, {b: 2]]", r#"[{"a": [1, {"b": 2}]}]"#),
        ("[1}, 2]", "[1, 2]"),
        ("{\u{a0}a: 1}", r#"{ "a": 1}"#),
        ("[{a: 1};, {b: 2}]", r#"[{"a": 1}, {"b": 2}]"#),
        ("> [\n> 1,\n> 2]", "[\n 1,\n 2]"),
        ("{...}", "{}"),
        ("[...]", "[]"),
        ("{a: 1, ...\n}", "{\"a\": 1  \n}"),
        ("{a: 1, ..., b: 2}", r#"{"a": 1,  "b": 2}"#),
        ("{..., b: 2}", r#"{ "b": 2}"#),
        ("{a: ..., b: 2, c: …}", r#"{ "b": 2  }"#),
        ("{...params, b: 2}", r#"{ "b": 2}"#),
        ("{ /* standard metadata */ }", "{  }"),
        ("{eventType, b: 2}", r#"{ "b": 2}"#),
        ("{b: 2, eventType}", r#"{"b": 2  }"#),
    ];
    for (text, expected) in table {
        let start = usize::from(text.starts_with('>')) * 2;
        let loose = read(text.as_bytes(), start).unwrap_or_else(|_| panic!("not read: {text}"));
        let strict = String::from_utf8(loose.strict.clone()).expect("strict JSON is UTF-8");
        assert_eq!(strict, expected, "{text}");
        assert!(serde_json::from_str::<Value>(&strict).is_ok(), "{text} became {strict}");
        assert!(!loose.is_strict(), "{text}");
        assert_eq!(loose.end, text.len());
    }
}

#[test]
fn strict_texts_stay_as_they_are() {
    let text =
        r#" {"a" : [1, -0.5e+3, "x\"\u00e9é\n", {}, [] , true,null], "b":{"c":"// no comment ... #"}} tail"#;
    let loose = read(text.as_bytes(), 1).expect("an object");
    assert!(loose.is_strict(), "{loose:?}");
    assert_eq!(loose.strict, text.as_bytes()[1..text.len() - 5]);
    assert_eq!((loose.end, loose.map), (text.len() - 5, vec![(0, 1)]));
}

#[test]
fn every_change_is_listed_with_its_place() {
    let (_, loose) = strict("{a: 'x', b: True,\n \"c\": 1,}");
    let expected = [
        (1, "the key a was put in quotes"),
        (4, "a string in other quotes was put in double quotes"),
        (9, "the key b was put in quotes"),
        (12, "True became true"),
        (25, "the comma before the closing bracket was left out"),
    ];
    assert_eq!(words(&loose.repairs), expected);
    assert_eq!(loose.elisions, []);
}

#[test]
fn what_is_left_out_is_told_from_what_is_empty() {
    let (_, loose) =
        strict(r#"{"a": {}, "b": {...}, "c": {/* x */}, "d": {/* y */ "e": 1}, "f": [...], "g": ...}"#);
    let places: Vec<_> = loose.elisions.iter().map(|elision| elision.at).collect();
    assert_eq!(places, [16, 27, 67, 78]);
    assert_eq!(words(&loose.repairs), [(44, "a comment was left out")]);
}

#[test]
fn what_is_not_json_is_not_read() {
    for text in
        ["{sid}/x}", "", "x", "{ return x; }", "{a: b(c, {d: 1})}", "[link](http://x)", "{:}", "[!]", "{1}{"]
    {
        let read =
            read(text.as_bytes(), 0).ok().filter(|loose| !loose.elisions.is_empty() || loose.strict != b"{}");
        let is_event = read.is_some_and(|loose| loose.strict.len() > 8 && loose.strict.starts_with(b"{"));
        assert!(!is_event, "{text}");
    }
    assert_eq!(read(b"{ return x; }", 0), Err(NotJson { at: 9 }));
    assert!(read("[".repeat(5000).as_bytes(), 0).is_err());
}

#[test]
fn a_cut_array_keeps_its_whole_elements() {
    let text = r#"[{a: 1}, {b: [1, 2]}, {c: {d: "e"}, f: 5}]"#;
    for cut in 1..text.len() {
        let (strict, loose) = strict(&text[..cut]);
        let elements: Vec<Value> = serde_json::from_str(&strict).expect("an array");
        let whole = [7, 20, 41].iter().filter(|end| **end <= cut).count();
        assert_eq!(elements.len(), whole, "cut at {cut}: {strict}");
        assert!(loose.is_cut);
        let is_inside = [2..7, 10..20, 23..41].iter().any(|element| element.contains(&cut));
        assert_eq!(loose.cut_element.is_some(), is_inside, "cut at {cut}: {strict}");
    }
}

#[test]
fn a_damaged_element_costs_only_itself() {
    let events = [
        "{eventType: 'a'}",
        "{playerTime: {ts: 1}, eventType: 'b'}",
        "{'eventType': 'c'}",
        "{eventType: 'd'}",
    ];
    let text = format!("[{}]", events.join(",\n"));
    let damage = text.find("ts: 1").expect("it is there");
    for bad in ["(", "{", "\"", "}}", "%%%"] {
        let text = format!("{}{bad}{}", &text[..damage], &text[damage + 2..]);
        let (strict, loose) = strict(&text);
        let types: Vec<Value> = serde_json::from_str(&strict).expect("an array");
        let of = |name: &str| types.iter().any(|event| event["eventType"] == name);
        assert!(of("a") && of("d"), "{text}\n{strict}");
        assert!(!loose.repairs.is_empty() || !loose.damaged.is_empty(), "{text}");
    }
    let (strict, loose) = strict("[{eventType: 'a'}, {eventType: (x)}, {eventType: 'c'}]");
    assert_eq!(strict.matches("eventType").count(), 2);
    assert_eq!((loose.damaged.len(), loose.damaged.first()), (1, Some(&(19..37))));
}

#[test]
fn a_cut_object_keeps_its_whole_members() {
    let table = [
        (r#"{a: 1, b: {c: 2"#, json!({"a": 1})),
        (r#"{a: 1, events: [{x: 1}, {y"#, json!({"a": 1, "events": [{"x": 1}]})),
        (r#"{a: 1, b: "x"#, json!({"a": 1})),
        ("{a: 1, `b", json!({"a": 1})),
        // Of a number the rest may be missing.
        ("{a: 12", json!({})),
    ];
    for (text, expected) in table {
        let (strict, loose) = strict(text);
        assert_eq!(serde_json::from_str::<Value>(&strict).ok(), Some(expected), "{text}");
        assert!(loose.is_cut, "{text}");
    }
}

#[test]
fn each_byte_leads_back_to_its_place() {
    let text = "xx {a: 'b', /* c */ d: True, \"e\": \"\u{e9}\nf\", g: [1, ...]}";
    let loose = read(text.as_bytes(), 3).expect("an object");
    let strict = String::from_utf8(loose.strict).expect("UTF-8");
    let origin = |part: &str| {
        let at = strict.find(part).expect("it is there") as u32;
        let (from, to) = loose.map[loose.map.partition_point(|(from, _)| *from <= at) - 1];
        to as usize + (at - from) as usize
    };
    for part in ["a", "b", "d", "e", "é", "f", "g", "1", "[", "]", "}"] {
        assert!(text[origin(part)..].starts_with(part), "{part} leads to {:?}", &text[origin(part)..]);
    }
    assert_eq!(origin("true"), text.find("True").expect("it is there"));
}

#[test]
fn arbitrary_texts_become_strict_json_or_nothing() {
    let pieces = [
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "=",
        "\"",
        "'",
        "“",
        "”",
        "\\",
        "\n",
        " ",
        "...",
        "…",
        "/*",
        "*/",
        "//",
        "#",
        "a",
        "eventType",
        "1",
        "-",
        "0.5",
        "True",
        "undefined",
        "\u{a0}",
        ">",
        ";",
        "(",
        "\u{7f}",
        "\u{1}",
    ];
    let seed = fastrand::u64(..);
    let mut random = fastrand::Rng::with_seed(seed);
    for _ in 0..20_000 {
        let mut text: Vec<u8> = if random.bool() { b"{".to_vec() } else { b"[".to_vec() };
        for _ in 0..random.usize(..30) {
            match random.u8(..40) {
                0 => text.push(random.u8(..)),
                _ => text.extend_from_slice(pieces[random.usize(..pieces.len())].as_bytes()),
            }
        }
        let Ok(loose) = read(&text, 0) else { continue };
        let shown = String::from_utf8_lossy(&text);
        let strict = String::from_utf8_lossy(&loose.strict);
        assert!(
            serde_json::from_slice::<Value>(&loose.strict).is_ok(),
            "seed {seed}: {shown} became {strict}"
        );
        assert!(loose.end <= text.len());
        assert!(!loose.is_strict() || loose.strict == text[..loose.end], "seed {seed}: {shown}");
    }
}
