//! Puts what the faults decide into effect: holds answers back, drops or cuts them, marks what was recorded.

use super::answer_body::{Abort, AnswerBody};
use super::connections::UnderWay;
use super::faults::{AnswerFault, Faults, Injection, Sending};
use super::forward::Passed;
use super::recorder::Answered;
use super::{StopStage, now, stop_begun};
use crate::ingest::endpoint::location_sid;
use crate::model::fault::FaultSpec;
use bytes::Bytes;
use http::header::{DATE, LOCATION};
use http::{HeaderValue, Response, Version};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;

/// The faults of a running collector.
#[derive(Debug)]
pub struct Injecting {
    faults: Mutex<Faults>,
}

impl Injecting {
    /// These faults.
    #[must_use]
    pub fn new(specs: &[FaultSpec]) -> Self {
        Self { faults: Mutex::new(Faults::new(specs)) }
    }

    /// These faults from now on, in place of those before.
    pub fn set(&self, specs: &[FaultSpec]) {
        *self.faults() = Faults::new(specs);
    }

    /// Counts a session, if the answer of a server opens one.
    pub fn opened(&self, response: &Response<AnswerBody>) {
        let location = response.headers().get(LOCATION).and_then(|location| location.to_str().ok());
        if let Some(sid) = location.and_then(location_sid) {
            self.faults().opened(sid);
        }
    }

    /// The faults, for one decision.
    pub fn faults(&self) -> MutexGuard<'_, Faults> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Injection {
    /// Waits as long as the answer is held back, but not when the collector stops.
    pub async fn hold(&self, stop: &watch::Receiver<StopStage>) {
        if self.delay_millis > 0 {
            tokio::select! {
                () = tokio::time::sleep(Duration::from_millis(self.delay_millis)) => {}
                () = stop_begun(stop.clone()) => {}
            }
        }
    }

    /// Marks what is recorded of an exchange. Of an answer that is not given nothing is recorded.
    pub fn note(&self, answered: &mut Answered) {
        let mark = self.mark();
        if mark.is_empty() {
            return;
        }
        answered.at = now();
        answered.fault = Some(mark);
        if self.sending() == Sending::Nothing {
            answered.status = None;
            answered.headers.clear();
            answered.body = Bytes::new();
        }
        answered.body_cut |= self.sending() == Sending::Half;
    }

    /// Changes the answer of a server as asked for.
    pub fn touch(&mut self, passed: &mut Passed) {
        let Passed { answered, response } = passed;
        if self.answer == Some(AnswerFault::NoLocation) {
            answered.headers.retain(|(name, _)| !name.eq_ignore_ascii_case(LOCATION.as_str()));
            if response.headers_mut().remove(LOCATION).is_none() {
                self.had_no_location();
            }
        }
        let date = self.date(now()).and_then(|date| HeaderValue::try_from(date).ok());
        if let Some(date) = date {
            answered.headers.retain(|(name, _)| !name.eq_ignore_ascii_case(DATE.as_str()));
            answered.headers.push((DATE.as_str().to_owned(), date.as_bytes().to_vec()));
            response.headers_mut().insert(DATE, date);
        }
    }
}

/// Lets as much of an answer go out as is meant to.
///
/// # Errors
/// When nothing is.
pub fn send(
    sending: Sending,
    mut response: Response<AnswerBody>,
    version: Version,
    under_way: Option<&UnderWay>,
) -> Result<Response<AnswerBody>, Abort> {
    match (sending, under_way) {
        (Sending::Whole, _) => {}
        (Sending::Nothing, _) => return Err(Abort),
        // Half of head and body together: most answers have no body.
        (Sending::Half, Some(under_way)) if version < Version::HTTP_2 => under_way.cut(),
        // The streams beside it go on.
        (Sending::Half, _) => *response.body_mut() = AnswerBody::cut(&Bytes::new(), 0),
    }
    Ok(response)
}
