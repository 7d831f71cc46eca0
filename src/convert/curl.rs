//! Requests as `curl` commands for a POSIX shell.

use std::collections::BTreeSet;

use super::masking::Masking;
use crate::model::capture::Capture;
use crate::model::event_type::EventType;
use crate::model::exchange::Exchange;
use crate::model::id::EventId;
use crate::model::table::Event;

/// The host of events that were recorded without a request: one that no name server has.
const NO_HOST: &str = "https://collection.invalid";

/// Headers that `curl` writes by itself, that belong to the connection, or that say how the body was packed: it is sent
/// as it was unpacked.
const LEFT_OUT: [&str; 8] = [
    "host",
    "content-length",
    "connection",
    "accept-encoding",
    "content-encoding",
    "transfer-encoding",
    "keep-alive",
    "expect",
];

/// The commands that send what carried these events: one a request, in order. What was recorded without a request is
/// sent alone to a host that must be replaced.
pub fn commands(capture: &Capture, events: &[EventId], masking: &mut Masking<'_>) -> Vec<String> {
    let mut commands = Vec::new();
    let mut written = BTreeSet::new();
    for event in events.iter().filter_map(|id| capture.event(*id)) {
        masking.enter(event.session());
        match event.exchange() {
            Some(exchange) if !written.insert(exchange.id) => continue,
            Some(exchange) => commands.push(of_request(&exchange, masking)),
            None => commands.push(of_event(&event, masking)),
        }
    }
    commands
}

fn of_request(exchange: &Exchange<'_>, masking: &mut Masking<'_>) -> String {
    let method = if exchange.method().is_empty() { "POST" } else { exchange.method() };
    let mut command = head(method, &masking.url(&absolute(exchange)));
    for (name, value) in exchange.request_headers() {
        // What is no name of a header curl would take for something else: `@file` for the headers in a file.
        if !is_header_name(&name) || LEFT_OUT.iter().any(|own| name.eq_ignore_ascii_case(own)) {
            continue;
        }
        let value = masking.header(&name, &value);
        command.push_str(&format!(" \\\n  -H {}", in_shell(&format!("{name}: {value}"))));
    }
    if let Some(body) = exchange.body_text() {
        if exchange.content_type().is_none() {
            // Otherwise `curl` says that it is a form.
            command.push_str(" \\\n  -H 'Content-Type:'");
        }
        command.push_str(&data(&masking.body(&String::from_utf8_lossy(&body))));
    }
    command
}

fn of_event(event: &Event<'_>, masking: &mut Masking<'_>) -> String {
    let sid = event.session().and_then(|id| event.capture.session(id)).and_then(|it| it.sid.clone());
    let path = match (event.event_type(), sid) {
        (Some(EventType::SessionStart), _) => "/api/v1/sessions".to_owned(),
        (_, sid) => format!("/api/v1/sessions/{}/events", sid.as_deref().unwrap_or("SESSION-ID")),
    };
    let head = head("POST", &masking.url(&format!("{NO_HOST}{path}")));
    let body = data(&masking.body(&String::from_utf8_lossy(&event.text())));
    format!("{head} \\\n  -H 'Content-Type: application/json'{body}")
}

/// Braces in an address are no pattern, and an address is no option whatever it begins with.
fn head(method: &str, url: &str) -> String {
    format!("curl -g -X {} --url {}", in_shell(method), in_shell(url))
}

/// The address of a request; where only its path was recorded with the host that it names.
fn absolute(exchange: &Exchange<'_>) -> String {
    let url = exchange.url();
    if url.starts_with("https://") || url.starts_with("http://") {
        return url;
    }
    let host = exchange.host().map_or(NO_HOST.to_owned(), |host| format!("https://{host}"));
    let slash = if url.starts_with('/') { "" } else { "/" };
    format!("{host}{slash}{url}")
}

fn is_header_name(name: &str) -> bool {
    let is_part = |char: char| char.is_ascii_alphanumeric() || matches!(char, '-' | '_' | '.');
    !name.is_empty() && name.chars().all(is_part)
}

/// The body: `--data-raw` takes `@` as it is, and keeps line ends.
fn data(body: &str) -> String {
    format!(" \\\n  --data-raw {}", in_shell(body))
}

/// One word of the shell: what stands between single quotes is nothing but itself.
fn in_shell(text: &str) -> String {
    let is_safe = |char: char| char.is_ascii_alphanumeric() || matches!(char, '-' | '_' | '.' | '/' | ':');
    if !text.is_empty() && text.chars().all(is_safe) {
        return text.to_owned();
    }
    // A shell cannot hold the character 0.
    format!("'{}'", text.replace('\0', "").replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_of_the_shell_is_nothing_but_itself() {
        for (text, word) in [
            ("POST", "POST"),
            ("", "''"),
            ("a b", "'a b'"),
            ("it's $(rm -rf ~) `x` \\ \"", r#"'it'\''s $(rm -rf ~) `x` \ "'"#),
            ("-H", "-H"),
            ("a\nb", "'a\nb'"),
            ("a\0b", "'ab'"),
        ] {
            assert_eq!(in_shell(text), word);
        }
    }
}
