//! Finds what must be masked in a piece of text, whatever notation it is in: JSON, JSON inside a JSON string,
//! loose JSON, the session notation, raw headers, command lines. The piece may begin and end anywhere.

use core::net::{IpAddr, SocketAddrV4};
use std::ops::Range;

use super::{Kind, Known};
use crate::model::escape::unescape;
use crate::model::parameter::is_identifying;

/// A value that must be masked.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) kind: Kind,
    pub(super) range: Range<usize>,
    /// How many times it was put into a JSON string.
    level: u32,
}

impl Found {
    /// The value itself: equal ones get equal masks, however deep they are escaped.
    pub(super) fn value(&self, text: &[u8]) -> String {
        let mut value = text[self.range.clone()].to_vec();
        for _ in 0..self.level {
            let mut plain = Vec::with_capacity(value.len());
            unescape(&value, &mut plain);
            value = plain;
        }
        String::from_utf8_lossy(&value).into_owned()
    }
}

/// What keys of identifying parameters have in them.
const NEEDLES: [&[u8]; 4] = [b"visitor.", b"analytics.visitorId", b"analytics.aid", b"appInstallationId"];

/// True when an identifying parameter may be in it.
pub(super) fn mentions_identifying(text: &[u8]) -> bool {
    NEEDLES.iter().any(|needle| memchr::memmem::find(text, needle).is_some())
}

/// Values of identifying parameters and credentials, and the known values.
pub(super) fn values(text: &[u8], known: &Known) -> Vec<Found> {
    let mut found = occurrences(text, &known.values, Kind::Visitor);
    let parameters = NEEDLES.iter().flat_map(|needle| memchr::memmem::find_iter(text, needle));
    // Names of headers come in any letter case: their rarest letters are looked for.
    let cookies = memchr::memchr2_iter(b'k', b'K', text).filter(|at| is_around(text, *at, b"cookie", 3));
    let tokens =
        memchr::memchr2_iter(b'z', b'Z', text).filter(|at| is_around(text, *at, b"authorization", 7));
    for at in parameters.chain(cookies).chain(tokens) {
        let word = word_around(text, at);
        if let Some(kind) = kind_of_key(&text[word.clone()]) {
            value_after(text, word, kind, &mut found);
        }
    }
    found
}

/// True when `word`, letter case aside, stands in `text` so that its letter number `letter` is at `at`.
fn is_around(text: &[u8], at: usize, word: &[u8], letter: usize) -> bool {
    let start = at.checked_sub(letter);
    let found = start.and_then(|start| text.get(start..start + word.len()));
    found.is_some_and(|found| found.eq_ignore_ascii_case(word))
}

/// Session ids in paths, addresses, and the known session ids.
pub(super) fn sids_and_addresses(text: &[u8], known: &Known) -> Vec<Found> {
    let mut found = occurrences(text, &known.sids, Kind::Sid);
    for at in memchr::memmem::find_iter(text, b"sessions") {
        let slash = at + b"sessions".len();
        let start = slash + text[slash..].iter().take_while(|byte| **byte == b'\\').count();
        if text.get(start) == Some(&b'/') {
            let start = start + 1;
            let is_end = |byte: &u8| byte.is_ascii_whitespace() || b"/?#\"'`\\&<>,;)".contains(byte);
            let end = text[start..].iter().position(is_end).map_or(text.len(), |len| start + len);
            if end > start {
                found.push(Found { kind: Kind::Sid, range: start..end, level: 0 });
            }
        }
    }
    found.extend(addresses(text));
    found
}

/// Where the wanted texts stand as words of their own.
fn occurrences(text: &[u8], wanted: &[String], kind: Kind) -> Vec<Found> {
    let is_part = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    let mut found = Vec::new();
    for value in wanted {
        for at in memchr::memmem::find_iter(text, value.as_bytes()) {
            let range = at..at + value.len();
            let before = at.checked_sub(1).and_then(|before| text.get(before));
            // The letter of an escape (`\n`) before it is none of a word.
            let is_escape = at >= 2 && text[at - 2] == b'\\';
            if (!is_part(before) || is_escape) && !is_part(text.get(range.end)) {
                found.push(Found { kind, range, level: 0 });
            }
        }
    }
    found
}

fn addresses(text: &[u8]) -> Vec<Found> {
    let is_part = |byte: u8| byte.is_ascii_hexdigit() || matches!(byte, b'.' | b':');
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let len = text[at..].iter().take_while(|byte| is_part(**byte)).count();
        let is_word =
            |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
        let before = at.checked_sub(1).and_then(|at| text.get(at));
        let run = std::str::from_utf8(&text[at..at + len]).unwrap_or_default();
        // A sentence may end behind it.
        let run = run.trim_end_matches(['.', ':']);
        if run.len() > 2 && !is_word(before) && !is_word(text.get(at + len)) {
            let address = run.parse::<IpAddr>().map(|ip| (ip, run.len()));
            let with_port =
                || run.parse::<SocketAddrV4>().map(|to| (IpAddr::V4(*to.ip()), run.find(':').unwrap_or(0)));
            if let Ok((ip, len)) = address.or_else(|_| with_port())
                && !ip.is_loopback()
                && !ip.is_unspecified()
            {
                found.push(Found { kind: Kind::Address, range: at..at + len, level: 0 });
            }
        }
        at += len.max(1);
    }
    found
}

/// The run of characters around `at` that keys and header names are made of.
fn word_around(text: &[u8], at: usize) -> Range<usize> {
    let is_part = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    let mut start = at - text[..at].iter().rev().take_while(is_part).count();
    let end = at + text[at..].iter().take_while(is_part).count();
    // The letter of an escape (`\nCookie`) is none of the word.
    if start > 0 && text[start - 1] == b'\\' && matches!(text[start], b'n' | b'r' | b't') {
        start += 1;
    }
    start.min(at)..end
}

/// True for the name of a header whose value lets somebody in.
pub(super) fn is_credential(name: &[u8]) -> bool {
    const HEADERS: [&[u8]; 5] =
        [b"cookie", b"set-cookie", b"cookies", b"authorization", b"proxy-authorization"];
    HEADERS.iter().any(|known| name.eq_ignore_ascii_case(known))
}

fn kind_of_key(word: &[u8]) -> Option<Kind> {
    if is_credential(word) {
        return Some(Kind::Credential);
    }
    is_identifying(std::str::from_utf8(word).ok()?).then_some(Kind::Visitor)
}

/// A quotation mark with the backslashes before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Quote {
    mark: u8,
    n_backslashes: usize,
}

impl Quote {
    /// The quotation mark at `at`, and where it ends.
    fn at(text: &[u8], at: usize) -> Option<(Quote, usize)> {
        let n_backslashes = text.get(at..)?.iter().take_while(|byte| **byte == b'\\').count();
        let mark = *text.get(at + n_backslashes)?;
        matches!(mark, b'"' | b'\'').then_some((Quote { mark, n_backslashes }, at + n_backslashes + 1))
    }

    /// How many times the text around it was put into a JSON string.
    fn level(self) -> u32 {
        (self.n_backslashes + 1).ilog2()
    }

    /// Where the text that it opens ends: the offset of what closes it, and of what follows that.
    fn closed(self, text: &[u8], from: usize) -> (usize, usize) {
        let mut at = from;
        while let Some(step) = memchr::memchr(self.mark, &text[at..]) {
            let mark = at + step;
            let run = text[from..mark].iter().rev().take_while(|byte| **byte == b'\\').count();
            if self.closes(run) {
                return (mark - self.n_backslashes.min(run), mark + 1);
            }
            at = mark + 1;
        }
        (text.len(), text.len())
    }

    /// True when a mark after so many backslashes stands outside the text that this one opened: with the escapes of
    /// each level undone, an even number remains.
    fn closes(self, mut run: usize) -> bool {
        for _ in 0..self.level() {
            if run.is_multiple_of(2) {
                return true;
            }
            run /= 2;
        }
        run.is_multiple_of(2) || run < self.n_backslashes
    }
}

/// Passes white space, also escaped.
fn pass_space(text: &[u8], mut at: usize) -> usize {
    loop {
        at += text[at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        match text.get(at..at + 2) {
            Some(b"\\n" | b"\\r" | b"\\t") => at += 2,
            _ => return at,
        }
    }
}

/// Finds the value of the key at `key`, and adds what in it must be masked.
fn value_after(text: &[u8], key: Range<usize>, kind: Kind, found: &mut Vec<Found>) {
    let quote = Quote::at(text, key.end);
    let after_key = quote.map_or(key.end, |(_, end)| end);
    let at = pass_space(text, after_key);
    match text.get(at) {
        Some(b':' | b'=') => {
            let value = pass_space(text, at + 1);
            if quote.is_none() && kind == Kind::Credential {
                found.extend(header_line(text, value));
            } else {
                add_value(text, value, kind, found);
            }
        }
        // A header as `{"name": key, "value": …}` or `[key, …]`.
        Some(b',') if quote.is_some() => {
            let next = pass_space(text, at + 1);
            let value = member_value(text, next).unwrap_or(next);
            add_value(text, value, kind, found);
        }
        _ => {}
    }
}

/// Where the value begins of a member that is called `value`.
fn member_value(text: &[u8], at: usize) -> Option<usize> {
    let (quote, start) = Quote::at(text, at)?;
    let (end, after) = quote.closed(text, start);
    let at = pass_space(text, after);
    (&text[start..end] == b"value" && text.get(at) == Some(&b':')).then(|| pass_space(text, at + 1))
}

/// The rest of a raw header line, up to a line break or to what closes the text around it.
fn header_line(text: &[u8], start: usize) -> Option<Found> {
    let is_end = |byte: &u8| matches!(byte, b'\r' | b'\n' | b'\\' | b'"' | b'\'');
    let end = text[start..].iter().position(is_end).map_or(text.len(), |len| start + len);
    (end > start).then_some(Found { kind: Kind::Credential, range: start..end, level: 0 })
}

/// Adds the scalars of the value at `at`.
fn add_value(text: &[u8], at: usize, kind: Kind, found: &mut Vec<Found>) {
    let (mut at, mut depth) = (at, 0_usize);
    loop {
        at = pass_space(text, at);
        let Some(byte) = text.get(at) else { return };
        if let Some((quote, start)) = Quote::at(text, at) {
            let (end, after) = quote.closed(text, start);
            at = after;
            if end > start && !is_key(text, depth, after) {
                found.push(Found { kind, range: start..end, level: quote.level() + 1 });
            }
        } else {
            match byte {
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth = depth.saturating_sub(1),
                b',' | b':' if depth > 0 => {}
                _ => {
                    let end = bare_end(text, at);
                    if end > at && !is_key(text, depth, end) && !is_literal(&text[at..end]) {
                        found.push(Found { kind, range: at..end, level: 0 });
                    }
                    at = end.max(at + 1) - 1;
                }
            }
            at += 1;
        }
        if depth == 0 {
            return;
        }
    }
}

fn is_key(text: &[u8], depth: usize, after: usize) -> bool {
    depth > 0 && text.get(pass_space(text, after)) == Some(&b':')
}

fn is_literal(word: &[u8]) -> bool {
    matches!(word, b"null" | b"true" | b"false")
}

/// Where a value without quotation marks ends.
fn bare_end(text: &[u8], at: usize) -> usize {
    let is_end = |byte: &u8| byte.is_ascii_whitespace() || b",;:}]{[\"'`\\&".contains(byte);
    text[at..].iter().position(is_end).map_or(text.len(), |len| at + len)
}
