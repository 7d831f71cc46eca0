//! What becomes of a session when it is converted between online and downloaded, to be looked at side by side.
//!
//! The right side is what the plan would send; nothing is made for the eye alone.

use std::ops::Range;

use super::diff::{Pair, all_lines, side_by_side};
use super::draft::{Draft, DraftRequest, events_in};
use super::plan::{Options, Pacing, PlannedSend, SendMode, TsMode, plan};
use super::refusal::Refusal;
use crate::model::clock::TsMillis;
use crate::model::session::Mode;

/// More events are not laid out: each becomes some dozen lines.
pub const MAX_EVENTS: usize = 2_000;

/// A session as it is and as it becomes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversion {
    /// How it was sent.
    pub from: Mode,
    /// The form it is converted to.
    pub to: SendMode,
    /// Number of requests, before and after; before 0 where the capture has events alone.
    pub n_requests: [u64; 2],
    /// Number of events.
    pub n_events: u64,
    /// Number of events that are not the same before and after.
    pub n_changed: u64,
    /// Number of events beyond [`MAX_EVENTS`], which are not laid out.
    pub n_left_out: u64,
    /// What stands side by side.
    pub rows: Vec<Row>,
    /// The rows in which the two differ, by number.
    pub differences: Vec<u32>,
    /// The first row of each event, by arrival.
    pub starts: Vec<u32>,
}

/// A row of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Row {
    /// Requests that begin here.
    Requests([Option<Request>; 2]),
    /// Lines of an event.
    Lines(Pair),
}

/// The head of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Method and path; the id that is handed out later is `{sid}`.
    pub line: String,
    /// Number of events in it.
    pub n_events: u64,
}

impl Conversion {
    /// Of a session: online becomes downloaded, and the other way round.
    ///
    /// # Errors
    /// Why it cannot be sent so.
    pub fn of(draft: &Draft) -> Result<Conversion, Refusal> {
        let to = if draft.mode.is_downloaded() { SendMode::Online } else { SendMode::Downloaded };
        let options =
            Options { mode: to, ts: TsMode::AsCaptured, pacing: Pacing::AtOnce, headers: Vec::new() };
        // Without a shift of `ts` the moment does not count.
        let plan = plan(draft, &options, TsMillis(0))?;
        let n_captured = if draft.bare { 0 } else { draft.requests.len() as u64 };
        let n_requests = [n_captured, plan.sends.len() as u64];
        let mut after = plan.sends.iter().flat_map(|send| {
            let mut head = Some(head_after(send));
            texts(&send.body).into_iter().map(move |text| (head.take(), text))
        });
        let (mut rows, mut starts) = (Vec::new(), Vec::new());
        let (mut n_events, mut n_changed) = (0, 0);
        for request in &draft.requests {
            let mut head = (!draft.bare).then(|| head_before(request));
            let text = request.text().unwrap_or_default();
            for event in &request.events {
                let (planned, converted) = after.next().unwrap_or_default();
                let captured = text.get(event.span.clone()).unwrap_or_default();
                let heads = [head.take(), planned];
                n_events += 1;
                n_changed += u64::from(captured != converted);
                if n_events > MAX_EVENTS as u64 {
                    continue;
                }
                starts.push(u32::try_from(rows.len()).unwrap_or(u32::MAX));
                if heads.iter().any(Option::is_some) {
                    rows.push(Row::Requests(heads));
                }
                rows.extend(side_by_side(all_lines(captured, &converted)).into_iter().map(Row::Lines));
            }
        }
        let differences = (0..).zip(&rows).filter(|(_, row)| row.differs()).map(|(at, _)| at).collect();
        let n_left_out = n_events.saturating_sub(MAX_EVENTS as u64);
        let from = draft.mode;
        Ok(Conversion { from, to, n_requests, n_events, n_changed, n_left_out, rows, differences, starts })
    }

    /// The rows of an event, by arrival.
    #[must_use]
    pub fn rows_of(&self, event: u32) -> Option<Range<u32>> {
        let at = event as usize;
        let start = *self.starts.get(at)?;
        let end = self.starts.get(at + 1).copied();
        Some(start..end.unwrap_or_else(|| u32::try_from(self.rows.len()).unwrap_or(u32::MAX)))
    }
}

impl Row {
    /// True when its sides are not the same.
    #[must_use]
    pub fn differs(&self) -> bool {
        match self {
            Row::Requests([before, after]) => before != after,
            Row::Lines(pair) => !pair.is_same(),
        }
    }
}

fn head_before(request: &DraftRequest) -> Request {
    let line = format!("{} {}", request.method, request.path_and_query);
    Request { line, n_events: request.events.len() as u64 }
}

fn head_after(send: &PlannedSend) -> Request {
    Request { line: format!("{} {}", send.method, send.path), n_events: send.events.len() as u64 }
}

/// The texts of the events in a body, as they stand there.
fn texts(body: &[u8]) -> Vec<String> {
    let text = std::str::from_utf8(body).unwrap_or_default();
    let events = events_in(text, &mut (0..));
    events.into_iter().filter_map(|event| Some(text.get(event.span)?.to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outbox::draft::{CapturedRequest, Content, SessionForSending};

    const START: &str = r#"{"eventType":"sessionStart","playerTime":{"playhead":0,"ts":1},"params":{"media.id":"a","media.downloaded":true}}"#;
    const PLAY: &str = r#"{"eventType":"play","playerTime":{"playhead":0,"ts":2}}"#;

    fn draft(mode: Mode, requests: &[(&str, String)]) -> Draft {
        let request = |(path, body): &(&str, String)| CapturedRequest {
            method: "POST".to_owned(),
            path_and_query: (*path).to_owned(),
            headers: Vec::new(),
            received_at: None,
            body: Some(body.clone().into_bytes()),
        };
        let content = Content::Requests(requests.iter().map(request).collect());
        Draft::new(SessionForSending { number: 1, mode, sid: None, content })
    }

    fn heads(conversion: &Conversion) -> Vec<[Option<String>; 2]> {
        let line = |request: &Option<Request>| {
            request.as_ref().map(|request| format!("{} {}", request.line, request.n_events))
        };
        let rows = conversion.rows.iter().filter_map(|row| match row {
            Row::Requests(heads) => Some(heads.each_ref().map(line)),
            Row::Lines(_) => None,
        });
        rows.collect()
    }

    /// Both lines of the rows of events that differ.
    fn changed(conversion: &Conversion) -> Vec<[Option<String>; 2]> {
        let text = |line: &Option<crate::outbox::diff::DiffLine>| line.as_ref().map(|line| line.text.clone());
        let rows = conversion.differences.iter().filter_map(|at| match &conversion.rows[*at as usize] {
            Row::Lines(pair) => Some([text(&pair.left), text(&pair.right)]),
            Row::Requests(_) => None,
        });
        rows.collect()
    }

    fn some(words: &str) -> Option<String> {
        Some(words.to_owned())
    }

    #[test]
    fn a_batch_becomes_a_request_for_each_event_and_loses_its_mark() {
        let body = format!("[{START},\n {PLAY}]");
        let conversion = Conversion::of(&draft(Mode::Downloaded, &[("/api/v1/downloaded", body)]));
        let conversion = conversion.expect("it can be converted");
        assert_eq!((conversion.to, conversion.n_requests), (SendMode::Online, [1, 2]));
        assert_eq!((conversion.n_events, conversion.n_changed), (2, 1));
        let expected = [
            [some("POST /api/v1/downloaded 2"), some("POST /api/v1/sessions 1")],
            [None, some("POST /api/v1/sessions/{sid}/events 1")],
        ];
        assert_eq!(heads(&conversion), expected);
        assert_eq!(changed(&conversion), [[some("    \"media.downloaded\": true"), None]]);
        let of = [0, 1, 2].map(|event| conversion.rows_of(event));
        let second = of[1].clone().expect("the second event has rows");
        assert_eq!(of[0], Some(0..second.start));
        assert!(matches!(conversion.rows[second.start as usize], Row::Requests(_)));
        assert_eq!((second.end as usize, &of[2]), (conversion.rows.len(), &None));
    }

    #[test]
    fn requests_become_one_batch_with_the_same_events() {
        let start = START.replace(",\"media.downloaded\":true", "");
        let requests = [("/api/v1/sessions", start), ("/api/v1/sessions/x/events", PLAY.to_owned())];
        let conversion = Conversion::of(&draft(Mode::Online, &requests)).expect("it can be converted");
        assert_eq!((conversion.to, conversion.n_requests), (SendMode::Downloaded, [2, 1]));
        assert_eq!((conversion.n_events, conversion.n_changed), (2, 0));
        let expected = [
            [some("POST /api/v1/sessions 1"), some("POST /api/v1/downloaded 2")],
            [some("POST /api/v1/sessions/x/events 1"), None],
        ];
        assert_eq!(heads(&conversion), expected);
        assert!(changed(&conversion).is_empty());
        assert_eq!(conversion.differences.len(), 2, "the requests differ");
    }

    #[test]
    fn what_cannot_be_sent_says_why_and_what_is_long_is_cut_and_counted() {
        let refused = Conversion::of(&draft(Mode::Online, &[("/api/v1/sessions", PLAY.to_owned())]));
        assert_eq!(refused, Err(Refusal::NoSessionStart));
        let events = std::iter::once(START).chain(std::iter::repeat_n(PLAY, MAX_EVENTS + 4));
        let body = format!("[{}]", events.collect::<Vec<_>>().join(","));
        let conversion = Conversion::of(&draft(Mode::Downloaded, &[("/api/v1/downloaded", body)]));
        let conversion = conversion.expect("it can be converted");
        assert_eq!((conversion.n_events, conversion.n_left_out), (MAX_EVENTS as u64 + 5, 5));
        assert_eq!(heads(&conversion).len(), MAX_EVENTS);
    }
}
