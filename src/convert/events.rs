//! Events alone, session by session in order of arrival: one a line, or one array.
//!
//! What is no JSON is not written as events could not be read back; each event keeps its text but for space between its
//! parts.

use super::masking::Masking;
use super::{Options, Written, sessions};
use crate::model::capture::Capture;
use crate::model::table::Event;
use std::io::{self, Write};

/// One event a line.
///
/// # Errors
/// When writing fails.
pub fn write_lines(
    capture: &Capture,
    options: &Options,
    masking: &mut Masking<'_>,
    out: &mut dyn Write,
) -> io::Result<Written> {
    let mut written = Written::default();
    for_each(capture, options, masking, |text| {
        written.events += 1;
        out.write_all(&one_line(text))?;
        out.write_all(b"\n")
    })?;
    Ok(written)
}

/// One array.
///
/// # Errors
/// When writing fails.
pub fn write_array(
    capture: &Capture,
    options: &Options,
    masking: &mut Masking<'_>,
    out: &mut dyn Write,
) -> io::Result<Written> {
    let mut written = Written::default();
    for_each(capture, options, masking, |text| {
        out.write_all(if written.events == 0 { b"[\n" } else { b",\n" })?;
        written.events += 1;
        out.write_all(&one_line(text))
    })?;
    out.write_all(if written.events == 0 { b"[]\n" } else { b"\n]\n" })?;
    Ok(written)
}

fn for_each(
    capture: &Capture,
    options: &Options,
    masking: &mut Masking<'_>,
    mut write: impl FnMut(&str) -> io::Result<()>,
) -> io::Result<()> {
    for session in sessions(capture, options) {
        masking.enter(Some(session.id));
        let events = session.by_arrival.iter().filter_map(|id| capture.event(*id));
        for event in events.filter(is_json) {
            write(&masking.body(&String::from_utf8_lossy(&event.text())))?;
        }
    }
    Ok(())
}

pub(super) fn is_json(event: &Event<'_>) -> bool {
    serde_json::from_slice::<serde::de::IgnoredAny>(&event.text()).is_ok()
}

/// JSON without line ends: all space outside of strings is left out.
pub(super) fn one_line(json: &str) -> Vec<u8> {
    let mut line = Vec::with_capacity(json.len());
    let (mut in_string, mut escaped) = (false, false);
    for byte in json.bytes() {
        if in_string || !byte.is_ascii_whitespace() {
            line.push(byte);
        }
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = in_string,
            b'"' => in_string = !in_string,
            _ => {}
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn space_goes_outside_of_strings_only() {
        let json = "{ \"a b\" :\n\t\"c \\\" d\\\\\" , \"e\":[ 1.0 ,\r\n2 ] }";
        assert_eq!(one_line(json), b"{\"a b\":\"c \\\" d\\\\\",\"e\":[1.0,2]}");
    }
}
