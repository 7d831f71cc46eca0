//! What is masked on the way out. Masked JSON stays JSON, of the same shape: a number becomes a number.

use crate::model::capture::Capture;
use crate::model::id::SessionId;
use crate::redact::{Hidden, Known, Redaction, Redactor};
use std::borrow::Cow;

/// Masks what a capture holds.
#[derive(Debug)]
pub struct Masking<'c> {
    capture: &'c Capture,
    redactor: Redactor,
    /// The session that was looked at last, with what is known of it.
    known: (Option<SessionId>, Known),
}

impl<'c> Masking<'c> {
    /// Has masked nothing yet.
    #[must_use]
    pub fn new(capture: &'c Capture, redaction: Redaction) -> Self {
        Self { capture, redactor: Redactor::new(redaction), known: (None, Known::default()) }
    }

    /// True when there is anything to mask.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.redactor.is_on()
    }

    /// From here on texts belong to this session: its id and the values of its viewer are masked wherever they stand.
    pub fn enter(&mut self, session: Option<SessionId>) {
        if self.known.0 == session {
            return;
        }
        let mut known = Known::default();
        if let Some(session) = session.and_then(|id| self.capture.session(id)) {
            known.add_sid(session.sid.as_deref());
            let first = session.by_arrival.first().and_then(|id| self.capture.event(*id));
            if let Some(event) = first {
                known.add_event(&event);
            }
        }
        self.known = (session, known);
    }

    /// A text of any kind.
    pub fn text<'t>(&mut self, text: &'t str) -> Cow<'t, str> {
        self.redactor.text(text, &self.known.1)
    }

    /// An address: hosts stay hosts.
    pub fn url(&mut self, url: &str) -> String {
        let masked = self.text(url);
        // An address of version 6 stands in brackets, its mask must not.
        masked.replace("[ip-", "ip-").replace(']', if masked.contains("[ip-") { "" } else { "]" })
    }

    /// The value of a header.
    pub fn header(&mut self, name: &str, value: &str) -> String {
        let line = format!("{name}: {value}");
        let masked = self.text(&line);
        masked.strip_prefix(name).and_then(|rest| rest.strip_prefix(": ")).unwrap_or(&masked).to_owned()
    }

    /// A body. Of JSON only values change, and their types do not.
    pub fn body<'t>(&mut self, text: &'t str) -> Cow<'t, str> {
        if !text.trim_start().starts_with(['{', '[']) {
            return self.text(text);
        }
        let hidden = self.redactor.hidden(text.as_bytes(), 0..text.len(), &self.known.1);
        if hidden.is_empty() {
            return Cow::Borrowed(text);
        }
        let mut masked = String::with_capacity(text.len());
        let mut at = 0;
        for Hidden { range, mask } in hidden {
            let value = text.get(range.clone()).unwrap_or_default();
            let before = text.get(at..range.start).unwrap_or_default();
            masked.push_str(before);
            match is_number(text, range.start, value) {
                false => masked.push_str(&mask),
                true if is_state(before) => masked.push_str(value),
                true => masked.push_str(mask.rsplit('-').next().unwrap_or("0")),
            }
            at = range.end;
        }
        masked.push_str(text.get(at..).unwrap_or_default());
        Cow::Owned(masked)
    }
}

/// True for a value that stands there as a number and not inside of a string.
fn is_number(text: &str, start: usize, value: &str) -> bool {
    let before = text.get(..start).unwrap_or_default().trim_end();
    let stands_alone = before.ends_with([':', ',', '[']);
    stands_alone && serde_json::from_str::<serde_json::Number>(value).is_ok()
}

/// True behind `authState`: it has three values and tells nobody from another.
fn is_state(before: &str) -> bool {
    before.trim_end().trim_end_matches(':').trim_end().ends_with("\"authState\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masked_json_keeps_its_types() {
        let capture = Capture::default();
        let mut masking = Masking::new(&capture, Redaction::All);
        let text = r#"{"visitor.aamLocationHint": 6, "visitor.customerIDs":{"crm":{"id":"a-7","authState":1,"n":[77,77]}}}"#;
        let shown = r#"{"visitor.aamLocationHint": 1, "visitor.customerIDs":{"crm":{"id":"visitor-2","authState":1,"n":[4,4]}}}"#;
        assert_eq!(masking.body(text), shown);
        assert_eq!(masking.body(r#"{"visitor.x":"77"}"#), r#"{"visitor.x":"visitor-4"}"#);
        assert_eq!(masking.body("visitor.x=77"), "visitor.x=visitor-4");
    }

    #[test]
    fn addresses_and_headers_are_masked_and_stay_what_they_are() {
        let capture = Capture::default();
        let mut masking = Masking::new(&capture, Redaction::All);
        assert_eq!(masking.url("http://[fe80::1]:80/a"), "http://ip-1:80/a");
        assert_eq!(masking.url("http://192.0.2.7/sessions/x1?a[]=1"), "http://ip-2/sessions/sid-1?a[]=1");
        assert_eq!(masking.header("Cookie", "a=b"), "credential-1");
        assert_eq!(masking.header("X-Forwarded-For", "192.0.2.7"), "ip-2");
        assert_eq!(masking.header("Empty", ""), "");
    }
}
