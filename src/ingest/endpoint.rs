//! URL → the operation of the API that it names, its host and its session id.
//!
//! Any host and any prefix: players are led to the API through proxies and gateways.

use std::borrow::Cow;

use crate::model::exchange::Endpoint;

/// What a URL says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target<'a> {
    /// The operation.
    pub endpoint: Endpoint,
    /// Host with port, lower case; `None` for a path alone.
    pub host: Option<Cow<'a, str>>,
    /// The session id in the path.
    pub sid: Option<&'a str>,
    /// True when the path looks a little like one of ours: it is [`Endpoint::NearMiss`] if the body is an event.
    pub near_if_event: bool,
}

/// Reads an absolute URL or a path.
#[must_use]
pub fn target(url: &str) -> Target<'_> {
    let (host, path_and_query) = split_host(url);
    let (path, query) = match path_and_query.find(['?', '#']) {
        Some(at) => path_and_query.split_at(at),
        None => (path_and_query, ""),
    };
    let host = host.map(lower_case);
    let (endpoint, sid, near_if_event) = match classify(path) {
        (Endpoint::Foreign, ..) if is_other_media(host.as_deref(), path, query) => {
            (Endpoint::OtherMedia, None, false)
        }
        found => found,
    };
    Target { endpoint, host, sid, near_if_event }
}

/// The session id in the answer's `Location`, a relative or absolute URL or the bare id; `None` when
/// there is none in it.
#[must_use]
pub fn location_sid(location: &str) -> Option<&str> {
    let location = location.trim();
    let path = split_host(location).1;
    let path = path.split(['?', '#']).next().unwrap_or_default();
    if !path.contains('/') {
        return Some(path).filter(|sid| !sid.is_empty());
    }
    let mut segments = path.split('/').filter(|segment| !segment.is_empty());
    segments.find(|segment| *segment == "sessions")?;
    segments.next()
}

/// Host with port, and what follows it.
fn split_host(url: &str) -> (Option<&str>, &str) {
    let Some((_, rest)) = url.split_once("://").filter(|(scheme, _)| is_scheme(scheme)) else {
        return (None, url);
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    (Some(host).filter(|host| !host.is_empty()), path)
}

fn is_scheme(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
}

fn lower_case(host: &str) -> Cow<'_, str> {
    if host.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(host.to_ascii_lowercase())
    } else {
        Cow::Borrowed(host)
    }
}

/// Segments of a path are looked at from the first `api`, at most so many.
const MAX_SEGMENTS: usize = 12;

/// The operation, the session id, and whether a body decides if it is a near miss.
fn classify(path: &str) -> (Endpoint, Option<&str>, bool) {
    let mut segments = [""; MAX_SEGMENTS];
    let mut len = 0;
    let mut doubled = false;
    let trimmed = path.strip_suffix('/').unwrap_or(path);
    for segment in trimmed.strip_prefix('/').unwrap_or(trimmed).split('/') {
        doubled |= segment.is_empty();
        if len < MAX_SEGMENTS && !segment.is_empty() {
            segments[len] = segment;
            len += 1;
        }
    }
    let segments = &segments[..len];
    let is = |segment: &str, name: &str| segment.eq_ignore_ascii_case(name);
    let exact = |names: &[&str]| {
        segments.iter().any(|segment| {
            names.iter().all(|name| segment != name) && names.iter().any(|name| is(segment, name))
        })
    };
    let spelled_otherwise = exact(&["api", "v1", "sessions", "events", "downloaded", "schemas"]);
    let Some(at) = segments.windows(2).position(|pair| is(pair[0], "api") && is(pair[1], "v1")) else {
        return classify_without_version(segments);
    };
    let (endpoint, sid) = match &segments[at + 2..] {
        [name] if is(name, "sessions") => (Endpoint::Sessions, None),
        [name] if is(name, "downloaded") => (Endpoint::Downloaded, None),
        [name, sid, last] if is(name, "sessions") && is(last, "events") => (Endpoint::Events, Some(*sid)),
        [name, _] if is(name, "schemas") => (Endpoint::Schemas, None),
        [name, sid] if is(name, "sessions") && !is(sid, "events") => (Endpoint::NearMiss, Some(*sid)),
        [name, ..] if is(name, "sessions") => (Endpoint::NearMiss, None),
        [sid, last] if is(last, "events") => (Endpoint::NearMiss, Some(*sid)),
        _ => return (Endpoint::Foreign, None, true),
    };
    if doubled || spelled_otherwise { (Endpoint::NearMiss, sid, false) } else { (endpoint, sid, false) }
}

/// Paths without `api/v1`: other services have such paths too, so the body must say it.
fn classify_without_version<'a>(segments: &[&'a str]) -> (Endpoint, Option<&'a str>, bool) {
    match segments {
        [.., name, sid, last] if *name == "sessions" && *last == "events" => {
            (Endpoint::Foreign, Some(*sid), true)
        }
        _ => (Endpoint::Foreign, None, true),
    }
}

/// Heartbeat hits and Edge (XDM) media requests. Source: spec of field problems, row 55.
fn is_other_media(host: Option<&str>, path: &str, query: &str) -> bool {
    let host = host.unwrap_or_default();
    let host = host.split(':').next().unwrap_or_default();
    let heartbeat = host.ends_with(".hb.omtrdc.net") && !path.starts_with("/settings");
    heartbeat || query.contains("s:event:type=") || (path.contains("/ee/") && path.contains("/va/v1/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(url: &str, endpoint: Endpoint, sid: Option<&str>) {
        let target = target(url);
        assert_eq!((target.endpoint, target.sid), (endpoint, sid), "{url}");
    }

    #[test]
    fn any_host_and_prefix_leads_to_the_operation() {
        check("https://x.hb-api.omtrdc.net/api/v1/sessions", Endpoint::Sessions, None);
        check("/api/v1/sessions/?a=b", Endpoint::Sessions, None);
        check("http://127.0.0.1:80/proxy/api/v1/sessions/abc/events?x#y", Endpoint::Events, Some("abc"));
        check("https://h/api/v1/downloaded/", Endpoint::Downloaded, None);
        check("https://h/api/v1/schemas/ping", Endpoint::Schemas, None);
        check("https://h/", Endpoint::Foreign, None);
        check("", Endpoint::Foreign, None);
    }

    #[test]
    fn near_misses_keep_their_session_id() {
        check("https://h/api/v1/abc/events", Endpoint::NearMiss, Some("abc"));
        check("https://h/api/v1/sessions/abc", Endpoint::NearMiss, Some("abc"));
        check("https://h/api/v1//sessions", Endpoint::NearMiss, None);
        check("https://h//api/v1/sessions/abc/events", Endpoint::NearMiss, Some("abc"));
        check("https://h/api/v1/sessions//events", Endpoint::NearMiss, None);
        check("https://h/API/v1/sessions", Endpoint::NearMiss, None);
        assert!(target("https://h/sessions/abc/events").near_if_event);
    }

    #[test]
    fn other_media_traffic_is_told_apart() {
        check("https://acme.hb.omtrdc.net/?s:event:type=play", Endpoint::OtherMedia, None);
        check("https://edge.adobedc.net/ee/va/v1/sessionStart?configId=1", Endpoint::OtherMedia, None);
        check("https://edge.adobedc.net/ee/v1/interact", Endpoint::Foreign, None);
        check("https://acme.hb.omtrdc.net/api/v1/sessions", Endpoint::Sessions, None);
    }

    #[test]
    fn hosts_are_lower_case_with_their_port() {
        assert_eq!(target("https://U:p@Host.Example:8443/x").host.as_deref(), Some("host.example:8443"));
        assert_eq!(target("/x").host, None);
    }

    #[test]
    fn a_location_gives_the_id_in_every_form() {
        for location in
            ["/api/v1/sessions/abc", "https://h/x/api/v1/sessions/abc/", " abc ", "/api/v1/sessions/abc?x"]
        {
            assert_eq!(location_sid(location), Some("abc"), "{location}");
        }
        assert_eq!(location_sid("https://h/login"), None);
        assert_eq!(location_sid("/api/v1/sessions/"), None);
        assert_eq!(location_sid(""), None);
    }
}
