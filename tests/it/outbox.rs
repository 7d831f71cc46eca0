//! Drafts sent to a real collector: what was planned is what arrives, in order.

use crate::support::network::{START, event, running_collector};
use playtrace::collector::recorder::Recorded;
use playtrace::model::clock::{ReceivedAt, TsMillis};
use playtrace::model::session::Mode;
use playtrace::outbox::draft::{CapturedRequest, Content, Draft, SessionForSending};
use playtrace::outbox::plan::{Options, Pacing, Plan, SendMode, TsMode, plan};
use playtrace::outbox::refusal::Refusal;
use playtrace::outbox::sender::{Delivery, Outcome, Sender};
use playtrace::outbox::target::Target;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use tokio::sync::watch;

const AS_IS: Options = Options {
    mode: SendMode::AsCaptured,
    ts: TsMode::AsCaptured,
    pacing: Pacing::AtOnce,
    headers: Vec::new(),
};

fn captured(path: &str, body: String, at_secs: i64) -> CapturedRequest {
    CapturedRequest {
        method: "POST".to_owned(),
        path_and_query: path.to_owned(),
        headers: vec![("Content-Type".to_owned(), "application/json".to_owned())],
        received_at: Some(ReceivedAt::from_millis(at_secs * 1000)),
        body: Some(body.into_bytes()),
    }
}

#[track_caller]
fn not_sent(delivery: &Delivery, expected: &str) {
    let Outcome::NotSent(why) = &delivery.outcome else { panic!("{delivery:?}") };
    assert_eq!(why.to_string(), expected);
}

fn online() -> Draft {
    let events = ["play", "ping", "ping", "bitrateChange", "sessionComplete", "sessionEnd"];
    let mut requests = vec![captured("/api/v1/sessions", START.to_owned(), 0)];
    for (event_type, secs) in events.into_iter().zip(1..) {
        requests.push(captured("/api/v1/sessions/old/events", event(event_type, secs), secs));
    }
    let content = Content::Requests(requests);
    Draft::new(SessionForSending { number: 1, mode: Mode::Online, sid: Some("old".to_owned()), content })
}

/// A batch with blanks and escapes that must survive.
fn batch(path: &str, third: &str) -> Draft {
    let start = START
        .replace("\"params\":{", "\"params\": { \"media.downloaded\":true,\n \"media.name\":\"\\u00e9\",");
    let body = format!("[ {start} ,{}, {third}\t]\n", event("play", 1));
    let mode = if path.ends_with("downloaded") { Mode::Downloaded } else { Mode::LegacyDownloaded };
    let content = Content::Requests(vec![captured(path, body, 60)]);
    Draft::new(SessionForSending { number: 2, mode, sid: None, content })
}

#[track_caller]
fn planned(draft: &Draft, options: &Options) -> Plan {
    plan(draft, options, TsMillis(1_800_000_000_000)).expect("a plan")
}

/// Sends everything and waits for it.
async fn send(base: &str, plan: &Plan) -> Vec<Delivery> {
    let sender = Sender::new(Target::new(base, &[]).expect("loopback")).expect("a client");
    let (_keep, cancelled) = watch::channel(false);
    let mut deliveries = Vec::new();
    sender.carry_out(plan, cancelled, |delivery| deliveries.push(delivery)).await;
    deliveries
}

fn statuses(deliveries: &[Delivery]) -> Vec<u16> {
    let status = |delivery: &Delivery| match delivery.outcome {
        Outcome::Answered(status) => status,
        _ => 0,
    };
    deliveries.iter().map(status).collect()
}

/// Methods, paths with the id as `{sid}`, and bodies: of what arrived.
fn arrived(recorded: &[Recorded], sid: &str) -> Vec<(String, String, Vec<u8>)> {
    let path = |one: &Recorded| one.arrived.target.replace(sid, "{sid}");
    recorded.iter().map(|one| (one.arrived.method.clone(), path(one), one.arrived.body.to_vec())).collect()
}

/// The same of what was planned.
fn intended(plan: &Plan) -> Vec<(String, String, Vec<u8>)> {
    plan.sends.iter().map(|send| (send.method.clone(), send.path.to_string(), send.body.clone())).collect()
}

#[tokio::test]
async fn an_online_session_arrives_as_planned_under_a_new_id() {
    let (collector, recording) = running_collector().await;
    let plan = planned(&online(), &Options { ts: TsMode::Now, ..AS_IS });
    let deliveries = send(&collector.base_url(), &plan).await;
    assert_eq!(statuses(&deliveries), [201, 204, 204, 204, 204, 204, 204]);
    let sid = deliveries[0].sid.clone().expect("the new id");
    assert_eq!(sid.len(), 64);
    assert!(deliveries.iter().all(|delivery| delivery.sid.as_ref() == Some(&sid)));
    let recorded = recording.take();
    assert_eq!(arrived(&recorded, &sid), intended(&plan));
    assert!(recorded.iter().all(|one| !one.arrived.target.contains("old")));
    collector.stop().await;
}

#[tokio::test]
async fn a_downloaded_session_arrives_byte_for_byte() {
    for (path, mode) in [
        ("/api/v1/downloaded", SendMode::AsCaptured),
        ("/api/v1/sessions", SendMode::AsCaptured),
        ("/api/v1/sessions", SendMode::Downloaded),
    ] {
        let (collector, recording) = running_collector().await;
        let draft = batch(path, &event("sessionEnd", 2));
        let plan = planned(&draft, &Options { mode, ..AS_IS });
        assert_eq!(statuses(&send(&collector.base_url(), &plan).await), [201]);
        let recorded = recording.take();
        assert_eq!(arrived(&recorded, "-"), intended(&plan));
        assert_eq!(Some(&recorded[0].arrived.body[..]), draft.requests[0].body.as_deref());
        collector.stop().await;
    }
}

#[tokio::test]
async fn either_form_is_accepted_in_the_other() {
    let (collector, recording) = running_collector().await;
    let to_batch = planned(&online(), &Options { mode: SendMode::Downloaded, ..AS_IS });
    assert_eq!(statuses(&send(&collector.base_url(), &to_batch).await), [201]);
    assert_eq!(recording.take()[0].answered.n_events, 7);
    let from_batch = batch("/api/v1/downloaded", &event("sessionEnd", 2));
    let from_batch = planned(&from_batch, &Options { mode: SendMode::Online, ..AS_IS });
    assert_eq!(statuses(&send(&collector.base_url(), &from_batch).await), [201, 204, 204]);
    collector.stop().await;
}

#[tokio::test]
async fn a_damaged_batch_is_refused_and_the_answer_names_the_event() {
    let (collector, _) = running_collector().await;
    let damaged = event("ping", 2).replace("3000", "\"3000\"");
    let deliveries =
        send(&collector.base_url(), &planned(&batch("/api/v1/downloaded", &damaged), &AS_IS)).await;
    assert_eq!(statuses(&deliveries), [400]);
    assert_eq!(deliveries[0].message(), "/2/playerTime/ts: must be an integer");
    collector.stop().await;
}

#[tokio::test]
async fn a_refused_start_or_a_gone_session_ends_the_plan() {
    let (collector, recording) = running_collector().await;
    let mut refused = online();
    refused.requests[0].body = Some(START.replace("media.id", "media.idd").into_bytes());
    let deliveries = send(&collector.base_url(), &planned(&refused, &AS_IS)).await;
    assert_eq!(statuses(&deliveries), [400, 0, 0, 0, 0, 0, 0]);
    not_sent(&deliveries[6], "the start was answered 400");
    assert_eq!(recording.take().len(), 1);

    let mut gone = online();
    gone.requests.swap(2, 6);
    let deliveries = send(&collector.base_url(), &planned(&gone, &AS_IS)).await;
    assert_eq!(statuses(&deliveries), [201, 204, 204, 410, 0, 0, 0]);
    not_sent(&deliveries[4], "the session was answered 410");
    assert_eq!(recording.take().len(), 4);

    let mut bad_event = online();
    bad_event.requests[2].body = Some(b"{}".to_vec());
    let deliveries = send(&collector.base_url(), &planned(&bad_event, &AS_IS)).await;
    assert_eq!(statuses(&deliveries), [201, 204, 400, 204, 204, 204, 204], "a 400 concerns one event");
    collector.stop().await;
}

#[tokio::test]
async fn cancelling_stops_between_two_requests() {
    let (collector, recording) = running_collector().await;
    let sender = Sender::new(Target::new(&collector.base_url(), &[]).expect("loopback")).expect("a client");
    let (cancel, cancelled) = watch::channel(false);
    let mut deliveries = Vec::new();
    // The third gap is an hour: only cancelling ends it.
    let mut slow = planned(&online(), &AS_IS);
    for send in &mut slow.sends[3..] {
        send.at_millis = 3_600_000;
    }
    sender
        .carry_out(&slow, cancelled, |delivery| {
            deliveries.push(delivery);
            if deliveries.len() == 3 {
                cancel.send_replace(true);
            }
        })
        .await;
    assert_eq!(statuses(&deliveries), [201, 204, 204, 0, 0, 0, 0]);
    not_sent(&deliveries[3], "cancelled");
    assert_eq!(recording.take().len(), 3);
    collector.stop().await;
}

#[tokio::test]
async fn a_redirect_is_reported_and_not_followed() {
    let (elsewhere, seen_elsewhere) = running_collector().await;
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address");
    let location = format!("{}/api/v1/sessions/new", elsewhere.base_url());
    let redirecting = std::thread::spawn(move || {
        let (mut socket, _) = listener.accept().expect("a connection");
        let (mut request, mut byte) = (Vec::new(), [0]);
        while !request.ends_with(START.as_bytes()) {
            socket.read_exact(&mut byte).expect("a byte");
            request.push(byte[0]);
        }
        let answer = format!("HTTP/1.1 307 Over there\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n");
        socket.write_all(answer.as_bytes()).expect("sent");
    });
    let deliveries = send(&format!("http://{address}"), &planned(&online(), &AS_IS)).await;
    assert_eq!(statuses(&deliveries), [307, 0, 0, 0, 0, 0, 0]);
    assert_eq!(deliveries[0].sid, None, "a redirect opens no session");
    assert!(seen_elsewhere.take().is_empty(), "nothing arrives where the redirect points");
    redirecting.join().expect("it answered");
    elsewhere.stop().await;
}

#[tokio::test]
async fn localhost_means_this_machine_and_a_prefix_is_kept() {
    let (collector, recording) = running_collector().await;
    let base = format!("http://localhost:{}/va/", collector.address().port());
    assert_eq!(statuses(&send(&base, &planned(&online(), &AS_IS)).await)[..2], [201, 204]);
    assert!(recording.take().iter().all(|one| one.arrived.target.starts_with("/va/api/v1/sessions")));
    collector.stop().await;
}

#[tokio::test]
async fn a_target_that_does_not_answer_is_said_in_words() {
    let nobody = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let base = format!("http://{}", nobody.local_addr().expect("an address"));
    drop(nobody);
    let deliveries = send(&base, &planned(&online(), &AS_IS)).await;
    let Outcome::Failed(why) = &deliveries[0].outcome else { panic!("{:?}", deliveries[0]) };
    assert!(why.to_string().starts_with("no connection: "), "{why}");
    not_sent(&deliveries[1], "the start was not answered");
}

#[test]
fn without_a_target_that_was_allowed_there_is_no_sender() {
    // A sender takes a `Target`, and only this check makes one: no name is looked up before.
    let refused = Target::new("http://collector.example", &["other.example".to_owned()]);
    assert_eq!(refused, Err(Refusal::HostNotAllowed { host: "collector.example".to_owned() }));
}
