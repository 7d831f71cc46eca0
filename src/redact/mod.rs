//! What is masked in output that is handed on: values that tell one viewer or device from another, session ids,
//! addresses, credentials. One value always becomes the same mask within a report, so that joins survive.

mod scan;

use std::borrow::Cow;
use std::ops::Range;

use rustc_hash::FxHashMap;
use serde_json::Value;

use crate::model::exchange::Exchange;
use crate::model::parameter::is_identifying;
use crate::model::table::Event;

/// How much a report masks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Redaction {
    /// Nothing.
    Nothing,
    /// Values of identifying parameters, and credentials.
    #[default]
    Values,
    /// Session ids and addresses as well.
    All,
}

/// What a masked value is: the word of its mask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Kind {
    Visitor,
    Sid,
    Address,
    Credential,
}

impl Kind {
    const fn word(self) -> &'static str {
        match self {
            Kind::Visitor => "visitor",
            Kind::Sid => "sid",
            Kind::Address => "ip",
            Kind::Credential => "credential",
        }
    }
}

/// What is known to be worth masking wherever it stands, also outside its parameter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// Values of identifying parameters.
    pub values: Vec<String>,
    /// Session ids.
    pub sids: Vec<String>,
}

/// Shorter values would be found by chance in other words.
const MIN_KNOWN_CHARS: usize = 6;

impl Known {
    /// Adds the values of identifying parameters of an event.
    pub fn add_event(&mut self, event: &Event<'_>) {
        // Few event types carry any: a look at the bytes spares the tree.
        if !scan::mentions_identifying(&event.text()) {
            return;
        }
        let Some(json) = event.json() else { return };
        for member in ["params", "customMetadata", "qoeData"] {
            let Some(object) = json.get(member).and_then(Value::as_object) else { continue };
            let identifying = object.iter().filter(|(key, _)| is_identifying(key));
            identifying.for_each(|(_, value)| self.add_leaves(value));
        }
    }

    /// Adds what the headers of an exchange give away: cookies and authorizations.
    pub fn add_headers(&mut self, exchange: &Exchange<'_>) {
        for (name, value) in exchange.request_headers().into_iter().chain(exchange.answer_headers()) {
            if scan::is_credential(name.as_bytes()) {
                self.add_value(value);
            }
        }
    }

    fn add_leaves(&mut self, value: &Value) {
        match value {
            Value::String(text) => self.add_value(text.clone()),
            Value::Number(number) => self.add_value(number.to_string()),
            Value::Array(items) => items.iter().for_each(|item| self.add_leaves(item)),
            Value::Object(map) => map.values().for_each(|value| self.add_leaves(value)),
            Value::Null | Value::Bool(_) => {}
        }
    }

    fn add_value(&mut self, value: String) {
        if value.chars().count() >= MIN_KNOWN_CHARS && !self.values.contains(&value) {
            self.values.push(value);
        }
    }

    /// Adds a session id.
    pub fn add_sid(&mut self, sid: Option<&str>) {
        self.sids.extend(sid.filter(|sid| !sid.is_empty()).map(str::to_owned));
    }
}

/// Where values of identifying parameters and credentials stand in a text, sorted.
#[must_use]
pub fn identifying(text: &[u8]) -> Vec<Range<usize>> {
    let mut found: Vec<_> = scan::values(text, &Known::default()).into_iter().map(|it| it.range).collect();
    found.sort_by_key(|range| range.start);
    found
}

/// True for the name of a header whose value lets somebody in.
#[must_use]
pub fn is_credential(name: &str) -> bool {
    scan::is_credential(name.as_bytes())
}

/// A range of bytes that is not shown, and what stands there instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hidden {
    /// The bytes.
    pub range: Range<usize>,
    /// The mask.
    pub mask: String,
}

/// Masks, and remembers which mask stands for which value.
#[derive(Debug, Default)]
pub struct Redactor {
    redaction: Redaction,
    masks: FxHashMap<(Kind, String), String>,
    n_of_kind: [usize; 4],
}

impl Redactor {
    /// Has masked nothing yet.
    #[must_use]
    pub fn new(redaction: Redaction) -> Self {
        Self { redaction, ..Self::default() }
    }

    /// True when anything is masked.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.redaction != Redaction::Nothing
    }

    /// A session id as it may be shown.
    pub fn sid(&mut self, sid: &str) -> String {
        if self.redaction == Redaction::All { self.mask(Kind::Sid, sid) } else { sid.to_owned() }
    }

    /// The value of an identifying parameter as it may be shown.
    pub fn visitor(&mut self, value: &str) -> String {
        if self.redaction == Redaction::Nothing { value.to_owned() } else { self.mask(Kind::Visitor, value) }
    }

    /// A text as it may be shown.
    pub fn text<'t>(&mut self, text: &'t str, known: &Known) -> Cow<'t, str> {
        let hidden = self.hidden(text.as_bytes(), 0..text.len(), known);
        if hidden.is_empty() {
            return Cow::Borrowed(text);
        }
        let mut shown = String::with_capacity(text.len());
        let mut at = 0;
        for Hidden { range, mask } in hidden {
            shown.push_str(text.get(at..range.start).unwrap_or_default());
            shown.push_str(&mask);
            at = range.end;
        }
        shown.push_str(text.get(at..).unwrap_or_default());
        Cow::Owned(shown)
    }

    /// What of `text` must not be shown, sorted and apart from each other. Only what reaches into `shown` gets a
    /// mask; the bytes before it tell what a value there belongs to.
    pub fn hidden(&mut self, text: &[u8], shown: Range<usize>, known: &Known) -> Vec<Hidden> {
        let mut found = match self.redaction {
            Redaction::Nothing => return Vec::new(),
            Redaction::Values => scan::values(text, known),
            Redaction::All => [scan::values(text, known), scan::sids_and_addresses(text, known)].concat(),
        };
        found.retain(|found| found.range.start < shown.end && shown.start < found.range.end);
        found.sort_by_key(|found| (found.range.start, std::cmp::Reverse(found.range.end)));
        let mut end = 0;
        found.retain(|found| {
            let is_apart = found.range.start >= end;
            end = end.max(found.range.end);
            is_apart
        });
        let masked = found.into_iter().map(|found| {
            let mask = self.mask(found.kind, &found.value(text));
            Hidden { range: found.range, mask }
        });
        masked.collect()
    }

    fn mask(&mut self, kind: Kind, value: &str) -> String {
        if let Some(mask) = self.masks.get(&(kind, value.to_owned())) {
            return mask.clone();
        }
        let n = &mut self.n_of_kind[kind as usize];
        *n += 1;
        let mask = format!("{}-{n}", kind.word());
        self.masks.insert((kind, value.to_owned()), mask.clone());
        mask
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> String {
        Redactor::new(Redaction::All).text(text, &Known::default()).into_owned()
    }

    fn values(text: &str) -> String {
        Redactor::new(Redaction::Values).text(text, &Known::default()).into_owned()
    }

    #[test]
    fn values_of_identifying_parameters_are_masked_in_every_notation() {
        for (text, shown) in [
            (
                r#"{"visitor.aid": "abc", "media.id": "m"}"#,
                r#"{"visitor.aid": "visitor-1", "media.id": "m"}"#,
            ),
            (r#"{\"visitor.aid\":\"a\\\"bc\",\"x\":1}"#, r#"{\"visitor.aid\":\"visitor-1\",\"x\":1}"#),
            (r#"'visitor.aid' : 'abc'"#, "'visitor.aid' : 'visitor-1'"),
            (r#"visitor.aid="abc def" x=1"#, r#"visitor.aid="visitor-1" x=1"#),
            ("analytics.visitorId: 123,", "analytics.visitorId: visitor-1,"),
            (r#""appInstallationId":"cut of"#, r#""appInstallationId":"visitor-1"#),
            (
                r#""visitor.x": ["a", {"id": "b", n: 3}]"#,
                r#""visitor.x": ["visitor-1", {"id": "visitor-2", n: visitor-3}]"#,
            ),
            (r#"{\n\"visitor.a\":\"x\\\\\",\"b\":\"y\"}"#, r#"{\n\"visitor.a\":\"visitor-1\",\"b\":\"y\"}"#),
        ] {
            assert_eq!(values(text), shown);
        }
    }

    #[test]
    fn the_organization_and_other_parameters_stay() {
        for text in [
            r#"{"visitor.marketingCloudOrgId": "X@AdobeOrg"}"#,
            r#"{"media.name": "visitor. tells", "analytics.reportSuite": "rs"}"#,
            "`visitor.aid` is missing: `sessionStart` needs it",
            r#"{"visitor.aid": null}"#,
        ] {
            assert_eq!(values(text), text);
        }
    }

    #[test]
    fn credentials_are_masked_in_headers_of_every_form() {
        for (text, shown) in [
            ("cooKIE: a=b; c=d\nX-Cookie: kept", "cooKIE: credential-1\nX-Cookie: kept"),
            ("Cookie: a=b; c=d\r\nHost: x", "Cookie: credential-1\r\nHost: x"),
            (r#"{"name": "cookie", "value": "a=b"}"#, r#"{"name": "cookie", "value": "credential-1"}"#),
            (r#"{"Authorization":"Bearer x"}"#, r#"{"Authorization":"credential-1"}"#),
            (r#"["authorization","Bearer x"]"#, r#"["authorization","credential-1"]"#),
            ("-H 'Cookie: a=b' -d x", "-H 'Cookie: credential-1' -d x"),
            (r"POST / HTTP/1.1\r\nCookie: a=b\r\nX: y", r"POST / HTTP/1.1\r\nCookie: credential-1\r\nX: y"),
        ] {
            assert_eq!(values(text), shown);
        }
    }

    #[test]
    fn session_ids_and_addresses_are_masked_only_when_all_is() {
        let text = "POST /api/v1/sessions/ab12/events from 192.0.2.7:80, [2001:db8::1], 127.0.0.1 at 00:41.2";
        assert_eq!(values(text), text);
        assert_eq!(
            all(text),
            "POST /api/v1/sessions/sid-1/events from ip-1:80, [ip-2], 127.0.0.1 at 00:41.2"
        );
        assert_eq!(all("https://h/api/v1/sessions"), "https://h/api/v1/sessions");
        assert_eq!(
            all(r#""url":"https:\/\/h\/sessions\/x1\/events""#),
            r#""url":"https:\/\/h\/sessions\/sid-1\/events""#
        );
    }

    #[test]
    fn one_value_has_one_mask_within_a_report() {
        let mut redactor = Redactor::new(Redaction::All);
        let known = Known::default();
        let text = r#""visitor.a":"x","visitor.b":"y","visitor.c":"x""#;
        let shown = r#""visitor.a":"visitor-1","visitor.b":"visitor-2","visitor.c":"visitor-1""#;
        assert_eq!(redactor.text(text, &known), shown);
        assert_eq!(redactor.text(r#"\"visitor.a\":\"y\""#, &known), r#"\"visitor.a\":\"visitor-2\""#);
        assert_eq!(redactor.sid("x"), "sid-1");
    }

    #[test]
    fn known_values_are_masked_wherever_they_stand() {
        let known = Known { values: vec!["secret-id".to_owned()], sids: vec!["ab12".to_owned()] };
        let mut redactor = Redactor::new(Redaction::All);
        let text = "refused with 400: secret-id is no id in `ab12`";
        assert_eq!(redactor.text(text, &known), "refused with 400: visitor-1 is no id in `sid-1`");
        let ts = Known { values: vec!["179000".to_owned()], ..Known::default() };
        assert_eq!(redactor.text("at 1790001234000", &ts), "at 1790001234000", "not inside of other words");
        let mut open = Redactor::new(Redaction::Nothing);
        assert_eq!(open.text(text, &known), text);
    }

    #[test]
    fn only_what_is_shown_takes_a_number() {
        let mut redactor = Redactor::new(Redaction::Values);
        let text = br#""visitor.a":"x","visitor.b":"y""#;
        let hidden = redactor.hidden(text, 16..text.len(), &Known::default());
        assert_eq!(hidden, [Hidden { range: 29..30, mask: "visitor-1".to_owned() }]);
    }

    #[test]
    fn any_bytes_are_taken() {
        let mut rng = fastrand::Rng::with_seed(7);
        let pieces: [&[u8]; 14] = [
            b"visitor.x",
            b"\"",
            b"\\",
            b":",
            b"{",
            b"}",
            b"[",
            b"Cookie",
            b"\xff",
            b"sessions/",
            b"1.2.3.4",
            b"::",
            b"\n",
            b"=",
        ];
        for _ in 0..4000 {
            let text: Vec<u8> =
                (0..rng.usize(0..24)).flat_map(|_| pieces[rng.usize(0..pieces.len())].to_vec()).collect();
            let hidden = Redactor::new(Redaction::All).hidden(&text, 0..text.len(), &Known::default());
            assert!(hidden.windows(2).all(|pair| pair[0].range.end <= pair[1].range.start), "{text:?}");
            assert!(hidden.iter().all(|hidden| hidden.range.end <= text.len()), "{text:?}");
        }
    }
}
