//! `playtrace resend`: the sessions of a capture, sent again.

use super::args::{ModeArg, ResendArgs, Speed, TextOrJson, TsArg};
use super::resend_report::{self, SessionReport};
use super::{exit, input, note};
use crate::model::capture::Capture;
use crate::model::clock::TsMillis;
use crate::model::watch::Unwatched;
use crate::outbox::draft::Draft;
use crate::outbox::from_capture::session_for_sending;
use crate::outbox::plan::{Options, Pacing, SendMode, TsMode, plan};
use crate::outbox::sender::{Delivery, Means, Sender};
use crate::outbox::target::Target;
use anyhow::Context as _;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

/// So many sessions are sent side by side; inside a session one request follows the other.
const SESSIONS_AT_ONCE: usize = 8;

/// Sends the chosen sessions, or shows what would be sent.
///
/// # Errors
/// When the program cannot do its work at all (no threads, no standard output).
pub fn resend(args: &ResendArgs) -> anyhow::Result<u8> {
    let target = match Target::new(&args.to, &args.allow_host) {
        Ok(target) => target,
        Err(refusal) => {
            note(&format!("not sent: {refusal}"));
            return Ok(exit::USAGE);
        }
    };
    let roots_pem = match input::roots(args.ca.as_deref()) {
        Ok(roots_pem) => roots_pem,
        Err(error) => {
            note(&format!("error: {error:#}"));
            return Ok(exit::USAGE);
        }
    };
    let capture = match input::capture(&args.input, &Unwatched) {
        Ok(capture) => capture,
        Err(error) => {
            note(&format!("error: {error:#}"));
            return Ok(exit::INPUT);
        }
    };
    let drafts = match chosen(&capture, &args.session) {
        Ok(drafts) => drafts,
        Err((code, why)) => {
            note(&format!("error: {why}"));
            return Ok(code);
        }
    };
    drop(capture);
    let options = options(args);
    let reports = if args.dry_run {
        drafts
            .into_iter()
            .map(|draft| SessionReport::planned(&draft, plan(&draft, &options, now())))
            .collect()
    } else {
        match Sender::with(target.clone(), &Means { roots_pem, ..Means::default() }) {
            Ok(sender) => send_all(sender, args.format, drafts, &options)?,
            Err(error) => {
                note(&format!("not sent: {error}"));
                return Ok(exit::USAGE);
            }
        }
    };
    match args.format {
        TextOrJson::Json => resend_report::print_json(&target, args.dry_run, &reports)?,
        TextOrJson::Text if args.dry_run => resend_report::print_plans(&target, &reports)?,
        TextOrJson::Text => {}
    }
    note(&resend_report::summary(&reports));
    Ok(reports.iter().map(SessionReport::exit_code).max().unwrap_or(exit::CLEAN))
}

/// Drafts of the chosen sessions, in the order of the capture.
fn chosen(capture: &Capture, numbers: &[u32]) -> Result<Vec<Draft>, (u8, String)> {
    let n_sessions = capture.sessions.len();
    if n_sessions == 0 {
        return Err((exit::INPUT, "there is no session in this capture".to_owned()));
    }
    if let Some(number) = numbers.iter().find(|number| **number as usize > n_sessions) {
        return Err((exit::USAGE, format!("there is no session {number}: the capture has {n_sessions}")));
    }
    let sessions = capture.sessions.iter().map(|session| session_for_sending(capture, session));
    Ok(sessions.filter(|s| numbers.is_empty() || numbers.contains(&s.number)).map(Draft::new).collect())
}

fn options(args: &ResendArgs) -> Options {
    Options {
        mode: match args.mode {
            ModeArg::AsCaptured => SendMode::AsCaptured,
            ModeArg::Online => SendMode::Online,
            ModeArg::Downloaded => SendMode::Downloaded,
        },
        ts: match args.ts {
            TsArg::AsCaptured => TsMode::AsCaptured,
            TsArg::Now => TsMode::Now,
            TsArg::EndsNow => TsMode::EndsNow,
        },
        pacing: match args.speed {
            Speed::Max => Pacing::AtOnce,
            Speed::Factor(speed) => Pacing::AsCaptured { speed, max_gap_secs: args.max_gap },
        },
        headers: args.header.clone(),
    }
}

/// Sends all drafts; text results are printed as they come. Ctrl-C stops between two requests.
fn send_all(
    sender: Sender,
    format: TextOrJson,
    drafts: Vec<Draft>,
    options: &Options,
) -> anyhow::Result<Vec<SessionReport>> {
    let sender = Arc::new(sender);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("cannot start the sender's threads")?;
    let print = format == TextOrJson::Text;
    runtime.block_on(async {
        let (cancel, cancelled) = watch::channel(false);
        let room = Arc::new(Semaphore::new(SESSIONS_AT_ONCE));
        let mut sending = JoinSet::new();
        for draft in drafts {
            let (sender, room) = (Arc::clone(&sender), Arc::clone(&room));
            let (options, cancelled) = (options.clone(), cancelled.clone());
            sending.spawn(async move {
                // The semaphore is never closed; without a place the session would go out all the same.
                let _place = room.acquire().await;
                send_one(&sender, &draft, &options, cancelled, print).await
            });
        }
        let mut reports = Vec::new();
        let mut interrupted = false;
        loop {
            tokio::select! {
                done = sending.join_next() => match done {
                    Some(report) => reports.push(report.context("a session could not be sent")?),
                    None => break,
                },
                signal = tokio::signal::ctrl_c(), if !interrupted => {
                    signal.context("cannot wait for Ctrl-C")?;
                    interrupted = true;
                    cancel.send_replace(true);
                }
            }
        }
        reports.sort_by_key(|report: &SessionReport| report.session);
        Ok(reports)
    })
}

/// Plans a session at the moment when it is its turn, and sends it.
async fn send_one(
    sender: &Sender,
    draft: &Draft,
    options: &Options,
    cancelled: watch::Receiver<bool>,
    print: bool,
) -> SessionReport {
    let mut report = SessionReport::planned(draft, plan(draft, options, now()));
    if let Ok(plan) = report.plan.clone() {
        let mut deliveries: Vec<Delivery> = Vec::new();
        sender
            .carry_out(&plan, cancelled, |delivery| {
                if print {
                    resend_report::print_delivery(&report, &plan, &delivery);
                }
                deliveries.push(delivery);
            })
            .await;
        report.deliveries = deliveries;
    } else if print {
        resend_report::print_refusal(&report);
    }
    report
}

#[expect(clippy::disallowed_methods, reason = "the command line is where the time comes in")]
fn now() -> TsMillis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    TsMillis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
