//! `playtrace simulate`: a player that sends scripted or random sessions.

use super::args::{SimulateArgs, Speed, TextOrJson};
use super::collect::stop_signal;
use super::{exit, input, note, printable};
use crate::ingest::notation;
use crate::outbox::part::{Role, is_script};
use crate::outbox::sender::{Means, Outcome, Sender};
use crate::outbox::simulation::{ANSWER_TIMEOUT, Manner, Played, Trouble, simulate as play};
use crate::outbox::target::Target;
use anyhow::{Context as _, bail};
use serde_json::{Value, json};
use std::io::Write as _;
use std::sync::Arc;
use tokio::sync::watch;

/// Plays until all is played or somebody stops it.
///
/// # Errors
/// When the program cannot do its work at all (no threads, no standard output).
pub fn simulate(args: &SimulateArgs) -> anyhow::Result<u8> {
    let roots_pem = match input::roots(args.ca.as_deref()) {
        Ok(roots_pem) => roots_pem,
        Err(error) => {
            note(&format!("error: {error:#}"));
            return Ok(exit::USAGE);
        }
    };
    let means = Means { answer_timeout: ANSWER_TIMEOUT, roots_pem };
    let target = Target::new(&args.to, &args.allow_host).map_err(|refusal| refusal.to_string());
    let sender = target.and_then(|target| {
        let sender = Sender::with(target.clone(), &means).map_err(|error| error.to_string())?;
        Ok((target, sender))
    });
    let (target, sender) = match sender {
        Ok(sender) => sender,
        Err(why) => {
            note(&format!("not sent: {why}"));
            return Ok(exit::USAGE);
        }
    };
    let role = match role(args) {
        Ok(role) => role,
        Err(error) => {
            note(&format!("error: {error:#}"));
            return Ok(exit::INPUT);
        }
    };
    let played = play_all(args, sender, role)?;
    if args.format == TextOrJson::Json {
        print_json(&target, &played)?;
    }
    note(&summary(&played));
    Ok(played.iter().map(exit_code).max().unwrap_or(exit::CLEAN))
}

/// The first role; the others differ in their seed.
fn role(args: &SimulateArgs) -> anyhow::Result<Role> {
    let Some(path) = &args.script else {
        let lasts_millis = args.duration.map(|secs| i64::from(secs) * 1000);
        return Ok(Role::Drawn { seed: args.seed, lasts_millis, online: args.online });
    };
    let script = String::from_utf8(input::read(path)?).ok().filter(|text| is_script(text));
    let script = script.with_context(|| {
        let path = path.display();
        format!("{path} is not in the session notation; `playtrace resend` sends what other captures hold")
    })?;
    let read = notation::read(&script);
    // A script that is played in part only would mislead.
    if let Some(skipped) = read.skipped.first() {
        bail!("{}: {}", path.display(), skipped.message);
    }
    if read.sessions.iter().all(|session| session.sendings.is_empty()) {
        bail!("{} holds no event", path.display());
    }
    Ok(Role::Scripted(script.into()))
}

fn play_all(args: &SimulateArgs, sender: Sender, role: Role) -> anyhow::Result<Vec<Played>> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("cannot start the player's threads")?;
    let roles = (0..args.sessions).map(move |n| match &role {
        Role::Drawn { seed, lasts_millis, online } => {
            let seed = seed.wrapping_add(u64::from(n));
            Role::Drawn { seed, lasts_millis: *lasts_millis, online: *online }
        }
        Role::Scripted(script) => Role::Scripted(Arc::clone(script)),
    });
    let manner = Manner {
        speed: match args.speed {
            Speed::Factor(speed) => Some(speed),
            Speed::Max => None,
        },
        browser: args.browser,
        vanishes: args.vanish,
    };
    let print = args.format == TextOrJson::Text;
    let mut all = Vec::new();
    let playing = async {
        let (stop, stopped) = watch::channel(false);
        let asked_to_stop = stop_signal()?;
        let at_once = args.at_once as usize;
        let playing = play(Arc::new(sender), roles, at_once, manner, stopped, |played| {
            if print {
                print_session(&played);
            }
            all.push(played);
        });
        let stopping = async {
            asked_to_stop.await;
            stop.send_replace(true);
            std::future::pending::<()>().await;
        };
        tokio::select! {
            () = playing => {}
            () = stopping => {}
        }
        anyhow::Ok(())
    };
    runtime.block_on(playing)?;
    all.sort_by_key(|played| (played.run, played.session));
    Ok(all)
}

/// The exit code that a session asks for. What was not sent because the player was stopped is no failure.
fn exit_code(played: &Played) -> u8 {
    match played {
        Played { refusal: Some(_), .. } => exit::USAGE,
        _ if played.refused + played.unanswered > 0 => exit::FINDING,
        Played { stopped: false, not_sent: 1.., .. } => exit::FINDING,
        _ => exit::CLEAN,
    }
}

/// Prints a session when it is over. When nobody reads it any more the player goes on.
fn print_session(played: &Played) {
    let name = format!("session {}.{}", played.run, played.session);
    let mut text = match &played.refusal {
        Some(refusal) => format!("{name}  not sent: {refusal}\n"),
        None => {
            let counts = counted(std::slice::from_ref(played));
            let stopped = if played.stopped { ", stopped" } else { "" };
            format!("{name}  {}  {counts}{stopped}  {}\n", played.mode.name(), played.sids.join(" "))
        }
    };
    for trouble in &played.troubles {
        text.push_str(&printable(&format!("  {}  {}", trouble.what, trouble_in_words(trouble))));
        text.push('\n');
    }
    drop(std::io::stdout().write_all(text.as_bytes()));
}

fn trouble_in_words(trouble: &Trouble) -> String {
    match &trouble.outcome {
        Outcome::Answered(status) => format!("{status}  {}", trouble.message),
        Outcome::Failed(why) => format!("no answer: {why}"),
        Outcome::NotSent(why) => format!("not sent: {why}"),
    }
}

fn print_json(target: &Target, played: &[Played]) -> anyhow::Result<()> {
    let total = |count: fn(&Played) -> u64| played.iter().map(count).sum::<u64>();
    let all = json!({
        "version": 1,
        "target": target.base(),
        "sessions": played.iter().map(session_json).collect::<Vec<_>>(),
        "summary": {
            "sessions": played.len(),
            "requests": total(|played| played.requests),
            "accepted": total(|played| played.accepted),
            "refused": total(|played| played.refused),
            "unanswered": total(|played| played.unanswered),
            "not_sent": total(|played| played.not_sent),
        },
    });
    let mut out = std::io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, &all).context("cannot print")?;
    writeln!(out).context("cannot print")
}

fn session_json(played: &Played) -> Value {
    let trouble = |trouble: &Trouble| {
        let (status, error) = match &trouble.outcome {
            Outcome::Answered(status) => (json!(status), Value::Null),
            Outcome::Failed(why) | Outcome::NotSent(why) => (Value::Null, json!(why.to_string())),
        };
        json!({"what": trouble.what, "status": status, "error": error, "message": trouble.message})
    };
    json!({
        "run": played.run,
        "session": played.session,
        "mode": played.mode.name(),
        "refusal": played.refusal.as_ref().map(ToString::to_string),
        "sids": played.sids,
        "requests": played.requests,
        "accepted": played.accepted,
        "refused": played.refused,
        "unanswered": played.unanswered,
        "not_sent": played.not_sent,
        "stopped": played.stopped,
        "troubles": played.troubles.iter().map(trouble).collect::<Vec<_>>(),
    })
}

fn summary(played: &[Played]) -> String {
    let plural = if played.len() == 1 { "" } else { "s" };
    format!("{} session{plural}, {}", played.len(), counted(played))
}

/// What became of the requests, in words.
fn counted(played: &[Played]) -> String {
    let total = |count: fn(&Played) -> u64| played.iter().map(count).sum::<u64>();
    let requests = total(|played| played.requests);
    let mut text = format!("{requests} request{}", if requests == 1 { "" } else { "s" });
    let parts = [
        (total(|played| played.accepted), "accepted"),
        (total(|played| played.refused), "refused"),
        (total(|played| played.unanswered), "without an answer"),
        (total(|played| played.not_sent), "not sent"),
    ];
    for (n, what) in parts.into_iter().filter(|(n, _)| *n > 0) {
        text.push_str(&format!(", {n} {what}"));
    }
    text
}
