//! Which address a request was sent to. Players may come under any name; pages that show or hand out
//! something answer to the addresses that we printed alone: a foreign name that was made to point
//! here (DNS rebinding) gets nothing.

use http::Request;

/// The authority that a request names: of its URL if that has one (HTTP/2, proxies), else of its
/// only `Host` header.
#[must_use]
pub fn authority<B>(request: &Request<B>) -> Option<&str> {
    if let Some(authority) = request.uri().authority() {
        return Some(authority.as_str());
    }
    let mut hosts = request.headers().get_all(http::header::HOST).iter();
    let host = hosts.next()?;
    if hosts.next().is_some() { None } else { host.to_str().ok() }
}

/// True when `authority` is exactly one of `printed`. Numbers and ports have one spelling each in
/// what we print, and browsers send that; only the case of letters may differ.
#[must_use]
pub fn is_printed(authority: Option<&str>, printed: &[String]) -> bool {
    authority.is_some_and(|authority| printed.iter().any(|own| own.eq_ignore_ascii_case(authority)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers(host: &[&str], uri: &str) -> bool {
        let mut request = Request::get(uri);
        for host in host {
            request = request.header("host", *host);
        }
        let request = request.body(()).expect("a request");
        is_printed(authority(&request), &["127.0.0.1:8080".to_owned(), "[::1]:8080".to_owned()])
    }

    #[test]
    fn pages_answer_only_to_the_printed_address() {
        assert!(answers(&["127.0.0.1:8080"], "/"));
        assert!(answers(&["[::1]:8080"], "/"));
        assert!(answers(&[], "http://127.0.0.1:8080/"), "HTTP/2 and proxies name it in the URL");
        for foreign in [
            "localhost:8080",
            "evil.example:8080",
            "127.0.0.1",
            "127.0.0.1:80",
            "127.0.0.1:8080.evil.example",
            "127.0.0.1:8080@evil.example",
            "evil.example@127.0.0.1:8080",
            "127.1:8080",
            "",
        ] {
            assert!(!answers(&[foreign], "/"), "{foreign}");
        }
        assert!(!answers(&[], "/"), "no Host");
        assert!(!answers(&["127.0.0.1:8080", "127.0.0.1:8080"], "/"), "two Hosts");
        assert!(!answers(&["127.0.0.1:8080"], "http://evil.example/"), "the URL counts");
    }
}
