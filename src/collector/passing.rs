//! What a request and its answer look like on the other side of a proxy (RFC 9110 section 7.6): what concerns one
//! connection only stays there, everything else goes on as it came. Nothing is added, not even `Via`.

use http::header::{
    CONNECTION, CONTENT_LENGTH, COOKIE, EXPECT, HOST, HeaderMap, HeaderName, HeaderValue,
    PROXY_AUTHORIZATION, TE, TRANSFER_ENCODING, UPGRADE,
};
use http::request::Parts;
use http::{Request, Uri, Version};

/// Headers of one connection, whether `Connection` names them or not.
const OF_CONNECTION: [HeaderName; 6] = [
    CONNECTION,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
    TE,
    TRANSFER_ENCODING,
    UPGRADE,
];

/// The protocol that a request or an answer wants to go over to, such as `websocket`.
#[must_use]
pub fn upgrade(headers: &HeaderMap) -> Option<&HeaderValue> {
    let asked = tokens(headers, &CONNECTION).any(|token| token.eq_ignore_ascii_case("upgrade"));
    headers.get(UPGRADE).filter(|_| asked)
}

fn tokens<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',').map(str::trim))
}

/// The headers that go on, in order; `also` are left out besides.
#[must_use]
pub fn end_to_end(headers: &HeaderMap, also: &[HeaderName]) -> HeaderMap {
    let named: Vec<HeaderName> =
        tokens(headers, &CONNECTION).filter_map(|token| token.parse().ok()).collect();
    let stays =
        |name: &HeaderName| OF_CONNECTION.contains(name) || named.contains(name) || also.contains(name);
    let mut on = HeaderMap::with_capacity(headers.len());
    for (name, value) in headers {
        // What says how long the body is goes on, whatever `Connection` says.
        if !stays(name) || name == CONTENT_LENGTH || name == HOST && !also.contains(&HOST) {
            on.append(name, value.clone());
        }
    }
    if let Some(protocol) = upgrade(headers) {
        on.append(CONNECTION, HeaderValue::from_static("upgrade"));
        on.append(UPGRADE, protocol.clone());
    }
    on
}

/// Which host a server is told that it is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HostHeader {
    /// The one of the URL: the request was sent to us by another name.
    OfUrl,
    /// As the client wrote it, if it wrote any.
    AsSent,
}

/// The request as it goes on to `url`.
#[must_use]
pub fn onward<B>(head: &Parts, body: B, url: Uri, host: HostHeader) -> Request<B> {
    // Whoever waits for a word to send the body has it from us.
    let mut left_out = vec![EXPECT, PROXY_AUTHORIZATION];
    if host == HostHeader::OfUrl {
        left_out.push(HOST);
    }
    let mut headers = end_to_end(&head.headers, &left_out);
    if head.version == Version::HTTP_2 {
        // RFC 9113 section 8.2.3: what HTTP/2 split into pieces is one line in HTTP/1.1.
        join_cookies(&mut headers);
        // HTTP/2 says in its URL what HTTP/1.1 says here.
        if let (HostHeader::AsSent, Some(authority)) = (host, head.uri.authority())
            && let Ok(authority) = HeaderValue::from_str(authority.as_str())
        {
            headers.insert(HOST, authority);
        }
    }
    let mut request = Request::new(body);
    *request.method_mut() = head.method.clone();
    *request.uri_mut() = url;
    *request.headers_mut() = headers;
    // With them the case of the headers' names.
    *request.extensions_mut() = head.extensions.clone();
    request
}

fn join_cookies(headers: &mut HeaderMap) {
    let cookies: Vec<&[u8]> = headers.get_all(COOKIE).iter().map(HeaderValue::as_bytes).collect();
    if cookies.len() > 1
        && let Ok(joined) = HeaderValue::from_bytes(&cookies.join(&b"; "[..]))
    {
        headers.insert(COOKIE, joined);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(lines: &[(&str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            let name: HeaderName = name.parse().expect("a name");
            headers.append(name, HeaderValue::from_bytes(value.as_bytes()).expect("a value"));
        }
        headers
    }

    #[track_caller]
    fn assert_passes(lines: &[(&str, &str)], expected: &[(&str, &str)]) {
        let on = end_to_end(&map(lines), &[]);
        let on: Vec<(&str, &[u8])> =
            on.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
        let expected: Vec<(&str, &[u8])> =
            expected.iter().map(|(name, value)| (*name, value.as_bytes())).collect();
        assert_eq!(on, expected);
    }

    #[test]
    fn what_concerns_one_connection_stays_there_and_the_rest_keeps_its_order() {
        assert_passes(
            &[
                ("host", "a"),
                ("connection", "keep-alive, X-Own"),
                ("x-first", "1"),
                ("keep-alive", "timeout=5"),
                ("x-own", "stays"),
                ("transfer-encoding", "chunked"),
                ("te", "trailers"),
                ("x-twice", "a"),
                ("content-encoding", "gzip"),
                ("x-twice", "b"),
                ("upgrade", "h2c"),
                ("x-odd", "\u{fc} \t ,,"),
            ],
            &[
                ("host", "a"),
                ("x-first", "1"),
                ("x-twice", "a"),
                ("x-twice", "b"),
                ("content-encoding", "gzip"),
                ("x-odd", "\u{fc} \t ,,"),
            ],
        );
    }

    #[test]
    fn a_client_cannot_name_away_what_the_server_needs() {
        assert_passes(
            &[("connection", "host, content-length"), ("host", "a"), ("content-length", "3")],
            &[("host", "a"), ("content-length", "3")],
        );
    }

    #[test]
    fn an_upgrade_goes_on() {
        assert_passes(
            &[("connection", "keep-alive, Upgrade"), ("upgrade", "websocket"), ("sec-websocket-key", "x")],
            &[("sec-websocket-key", "x"), ("connection", "upgrade"), ("upgrade", "websocket")],
        );
    }

    #[test]
    fn cookies_of_http2_become_one_line() {
        let request =
            Request::put("/").version(Version::HTTP_2).header("cookie", "a=1").header("cookie", "b=2");
        let (head, ()) = request.body(()).expect("a request").into_parts();
        let on = onward(&head, (), Uri::from_static("http://x/"), HostHeader::AsSent);
        assert_eq!(on.headers().get_all("cookie").iter().collect::<Vec<_>>(), ["a=1; b=2"]);
        assert_eq!((on.version(), on.method().as_str()), (Version::HTTP_11, "PUT"));
    }
}
