//! From a byte of an event's text to the field that it belongs to: the way back of `Event::place_of`.

use crate::model::escape;
use crate::model::json::{parts, pointer_token};
use crate::model::limits::MAX_JSON_DEPTH;

/// The JSON pointer of the innermost field that has the byte at `at`, its key and the white space before it included;
/// `""` between fields and where the text is no JSON.
#[must_use]
pub fn pointer_at(text: &[u8], at: usize) -> String {
    let mut pointer = String::new();
    let mut range = 0..text.len();
    for _ in 0..MAX_JSON_DEPTH {
        let inner = &text[range.clone()];
        let is_object = inner.trim_ascii_start().first() == Some(&b'{');
        let place = at.saturating_sub(range.start);
        let mut from = inner.iter().take_while(|byte| byte.is_ascii_whitespace()).count() + 1;
        let mut found = None;
        for (index, part) in parts(inner).enumerate() {
            if place < from {
                break;
            }
            if place < part.value.end {
                found = Some((index, part));
                break;
            }
            // Past the comma.
            from = part.value.end + 1;
        }
        let Some((index, part)) = found else { break };
        let token = if is_object { plain(&inner[part.key]) } else { index.to_string() };
        pointer.push('/');
        pointer.push_str(&pointer_token(&token));
        if place < part.value.start {
            break;
        }
        range = range.start + part.value.start..range.start + part.value.end;
    }
    pointer
}

fn plain(key: &[u8]) -> String {
    let mut text = Vec::with_capacity(key.len());
    escape::unescape(key, &mut text);
    String::from_utf8_lossy(&text).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::json::find_exact;

    const TEXT: &str = r#" { "eventType" : "ping",
  "playerTime": {"ts": 17, "playhead":2.5}, "params": {"a/b": [1, {"k\u0061": true}]} } "#;

    #[track_caller]
    fn check(piece: &str, expected: &str) {
        let at = TEXT.find(piece).expect("the piece is in the text");
        assert_eq!(pointer_at(TEXT.as_bytes(), at), expected, "at {piece}");
    }

    #[test]
    fn a_byte_of_a_key_or_a_value_leads_to_its_field() {
        check("eventType", "/eventType");
        check("ping", "/eventType");
        check("playerTime", "/playerTime");
        check("17", "/playerTime/ts");
        check("playhead", "/playerTime/playhead");
        check("2.5", "/playerTime/playhead");
        check("true", "/params/a~1b/1/ka");
        check("1, {", "/params/a~1b/0");
    }

    #[test]
    fn the_way_there_and_back_ends_where_it_began() {
        for pointer in ["/eventType", "/playerTime/ts", "/params/a~1b/0", "/params/a~1b/1/ka"] {
            let range = find_exact(TEXT.as_bytes(), pointer).expect("the field is there");
            assert_eq!(pointer_at(TEXT.as_bytes(), range.start), pointer);
            assert_eq!(pointer_at(TEXT.as_bytes(), range.end - 1), pointer);
        }
    }

    #[test]
    fn outside_of_all_fields_and_in_broken_text_there_is_none() {
        assert_eq!(pointer_at(TEXT.as_bytes(), 0), "");
        assert_eq!(pointer_at(TEXT.as_bytes(), TEXT.len() + 9), "");
        for broken in ["", "{", "[", "nonsense", "{\"a\":", "{{{{", "\u{0}"] {
            for at in 0..broken.len() + 2 {
                assert_eq!(pointer_at(broken.as_bytes(), at), "", "{broken} at {at}");
            }
        }
    }
}
