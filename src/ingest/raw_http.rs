//! The pieces of raw HTTP text: request lines, status lines, headers.
//!
//! Also as tools print them: `> ` and `< ` before each line (curl), no HTTP version, an absolute URL.
//! [`super::text`] finds them in any text and puts them together.

use std::ops::Range;

/// A request line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestLine {
    /// The method.
    pub method: Range<usize>,
    /// Path or absolute URL.
    pub target: Range<usize>,
}

const METHODS: [&[u8]; 7] = [b"POST", b"PUT", b"GET", b"OPTIONS", b"HEAD", b"DELETE", b"PATCH"];

/// The request line at `line` of `text`: a method at its start, then a path or URL, then an HTTP version. Without
/// the version only a path of the API is taken for one.
#[must_use]
pub fn request_line(text: &[u8], line: Range<usize>) -> Option<RequestLine> {
    let start = line.start + prefix_len(&text[line.clone()], b'>');
    let rest = &text[start..line.end];
    let method = METHODS.iter().find(|method| rest.starts_with(method))?;
    let after = &rest[method.len()..];
    let spaces = after.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    let target_start = start + method.len() + spaces;
    let target_len = after[spaces..].iter().take_while(|byte| !byte.is_ascii_whitespace()).count();
    let target = target_start..target_start + target_len;
    let version = text[target.end..line.end].trim_ascii();
    let path = &text[target.clone()];
    let is_target = path.starts_with(b"/") || path.starts_with(b"http://") || path.starts_with(b"https://");
    let is_ours = version.is_empty() && memchr::memmem::find(path, b"/api/v1/").is_some();
    let known = spaces > 0 && is_target && (version.starts_with(b"HTTP/") || is_ours);
    known.then(|| RequestLine { method: start..start + method.len(), target })
}

/// The status of the status line at `line` of `text`.
#[must_use]
pub fn status_line(text: &[u8], line: Range<usize>) -> Option<u16> {
    let start = line.start + prefix_len(&text[line.clone()], b'<');
    let rest = text[start..line.end].strip_prefix(b"HTTP/")?;
    let version = rest.iter().take_while(|byte| byte.is_ascii_digit() || **byte == b'.').count();
    let code = rest[version..].trim_ascii_start().get(..3)?;
    let status = std::str::from_utf8(code).ok()?.parse().ok()?;
    (version > 0 && (100..1000).contains(&status)).then_some(status)
}

/// Length of the white space and the mark of curl before what was sent (`>`) or received (`<`).
fn prefix_len(line: &[u8], mark: u8) -> usize {
    let space = |from: usize| line[from..].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    let before = space(0);
    if line.get(before) == Some(&mark) { before + 1 + space(before + 1) } else { before }
}

/// A block of headers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Headers {
    /// Its lines.
    pub range: Range<usize>,
    /// Where what follows begins: after the blank line, if there is one.
    pub end: usize,
    /// Value of `Host`.
    pub host: Option<Range<usize>>,
    /// Value of `Content-Type`.
    pub content_type: Option<Range<usize>>,
    /// Value of `Content-Length`: a hint only, since texts are edited.
    pub content_length: Option<u64>,
    /// Value of `Location`.
    pub location: Option<Range<usize>>,
}

/// The headers that begin at `at`, up to a blank line or a line that is none, at most up to `limit`.
#[must_use]
pub fn headers(text: &[u8], at: usize, limit: usize) -> Headers {
    let mut headers = Headers { range: at..at, end: at, ..Headers::default() };
    let mut next = at;
    while next < limit {
        let line_end = memchr::memchr(b'\n', &text[next..limit]).map_or(limit, |step| next + step + 1);
        let line = next..line_end;
        let blank =
            text[line.clone()].iter().all(|byte| byte.is_ascii_whitespace() || matches!(byte, b'<' | b'>'));
        if blank {
            headers.end = line_end;
            return headers;
        }
        let Some((name, value)) = header(text, line) else { break };
        headers.add(text, name, value);
        next = line_end;
        headers.range.end = next;
        headers.end = next;
    }
    headers
}

/// Name and value of the header at `line`.
fn header(text: &[u8], line: Range<usize>) -> Option<(&[u8], Range<usize>)> {
    let bytes = &text[line.clone()];
    let start = prefix_len(bytes, b'>').max(prefix_len(bytes, b'<'));
    let is_token = |byte: &&u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~:".contains(byte);
    // The first colon may begin the name: `:authority`.
    let len = bytes[start..].iter().take_while(is_token).count();
    let name = &bytes[start..start + len];
    let colon = name.iter().skip(1).position(|byte| *byte == b':')? + 1;
    let value_start = line.start + start + colon + 1;
    let value = &text[value_start..line.end];
    let from = value_start + (value.len() - value.trim_ascii_start().len());
    Some((&name[..colon], from..from + value.trim_ascii().len()))
}

impl Headers {
    fn add(&mut self, text: &[u8], name: &[u8], value: Range<usize>) {
        let is = |wanted: &str| name.eq_ignore_ascii_case(wanted.as_bytes());
        if is("host") || is(":authority") {
            self.host = Some(value);
        } else if is("content-type") {
            self.content_type = Some(value);
        } else if is("content-length") {
            self.content_length =
                std::str::from_utf8(&text[value]).ok().and_then(|length| length.parse().ok());
        } else if is("location") {
            self.location = Some(value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn request_lines_are_told_from_prose() {
        let found = |line: &str| {
            let line_range = 0..line.len();
            request_line(line.as_bytes(), line_range).map(|found| line[found.target].to_owned())
        };
        assert_eq!(found("POST /api/v1/sessions HTTP/1.1\r\n").as_deref(), Some("/api/v1/sessions"));
        assert_eq!(found("> POST /x HTTP/2\n").as_deref(), Some("/x"));
        assert_eq!(
            found("  GET https://a.b/api/v1/sessions/s/events").as_deref(),
            Some("https://a.b/api/v1/sessions/s/events")
        );
        for prose in [
            "POST it now",
            "POST /x",
            "POSTS /api/v1/sessions HTTP/1.1",
            "POST",
            "see POST /x HTTP/1.1",
            "POST api/v1/x HTTP/1.1",
        ] {
            assert_eq!(found(prose), None, "{prose}");
        }
    }

    #[test]
    fn status_lines_are_read() {
        let status = |line: &str| status_line(line.as_bytes(), 0..line.len());
        assert_eq!(status("HTTP/1.1 201 Created\r\n"), Some(201));
        assert_eq!(status("< HTTP/2 204\n"), Some(204));
        assert_eq!(status("HTTP/1.1 Created"), None);
        assert_eq!(status("HTTP is 200"), None);
    }

    #[test]
    fn headers_end_at_a_blank_line_or_at_the_body() {
        let text = "> Host: a.b:80\r\n> content-TYPE:text/plain \r\n>\r\n{}";
        let read = headers(text.as_bytes(), 0, text.len());
        assert_eq!(read.host.map(|range| &text[range]), Some("a.b:80"));
        assert_eq!(read.content_type.map(|range| &text[range]), Some("text/plain"));
        assert_eq!(&text[read.end..], "{}");
        let text = "Location: /x\nContent-Length: 12\n{a: 1}";
        let read = headers(text.as_bytes(), 0, text.len());
        assert_eq!((read.content_length, &text[read.end..]), (Some(12), "{a: 1}"));
        assert_eq!(read.location.map(|range| &text[range]), Some("/x"));
        assert_eq!(headers(b"[{", 0, 2).end, 0);
    }
}
