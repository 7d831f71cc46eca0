//! Bodies that a recorder took apart into `postData.params`, put together again.
//!
//! chrome-har keeps of a JSON body one `{name, value}` per member, `value` being JSON; an array has the
//! names "0", "1", …. The rebuilt text lies in the arena, with the way back to each name and value.

use std::ops::Range;

use crate::model::id::ExchangeId;
use crate::model::json;
use crate::model::source::Span;
use crate::model::table::{Body, BodyKind, EventFlags};

use super::builder::{Builder, Sent};
use super::record::string_inside;

/// Rebuilds the body from the array at `params` and adds its events. Returns false when there is nothing
/// in it.
pub(super) fn add_body(builder: &mut Builder<'_>, exchange: ExchangeId, params: &Range<usize>) -> bool {
    let text = builder.bytes();
    let members = members(text, params);
    let Some(first) = members.first() else { return false };
    if let [only] = members.as_slice()
        && matches!(text.get(only.name.start + 1), Some(b'{' | b'['))
    {
        // A form body that is one piece of JSON was taken for a name without a value.
        let inside = string_inside(text, &only.name).unwrap_or(only.name.clone());
        let body = Body::new(Span::new(inside.start, inside.end), BodyKind::Escaped);
        builder.body_of(Some(exchange), body, EventFlags::default(), Sent::default());
        return true;
    }
    let is_array = members.iter().enumerate().all(|(index, member)| {
        let name = string_inside(text, &member.name).map(|inside| &text[inside]);
        name == Some(index.to_string().as_bytes())
    });
    let mut rebuilt = Rebuilt { source: text, text: Vec::new(), map: Vec::new() };
    rebuilt.plain(if is_array { b"[" } else { b"{" }, first.name.start);
    for (index, member) in members.iter().enumerate() {
        if index > 0 {
            rebuilt.plain(b",", member.name.start);
        }
        if !is_array {
            rebuilt.copy(member.name.clone());
            rebuilt.plain(b":", member.value.start);
        }
        rebuilt.copy(member.value.clone());
    }
    rebuilt.plain(if is_array { b"]" } else { b"}" }, params.end);
    let span = builder.arena().add(&rebuilt.text, Span::new(params.start, params.end), rebuilt.map);
    let body = Body::new(span, BodyKind::Decoded);
    builder.body_of(Some(exchange), body, EventFlags::default(), Sent::default());
    true
}

/// One entry of `params`: the literals of its name and its value.
struct Member {
    name: Range<usize>,
    value: Range<usize>,
}

/// The entries that have both.
fn members(text: &[u8], params: &Range<usize>) -> Vec<Member> {
    let at = |base: &Range<usize>, inner: &Range<usize>| base.start + inner.start..base.start + inner.end;
    let members = json::parts(&text[params.clone()]).filter_map(|item| {
        let item = at(params, &item.value);
        let (mut name, mut value) = (None, None);
        for part in json::parts(&text[item.clone()]) {
            match &text[at(&item, &part.key)] {
                b"name" => name = Some(at(&item, &part.value)),
                b"value" => value = Some(at(&item, &part.value)),
                _ => {}
            }
        }
        Some(Member { name: name?, value: value? })
    });
    members.filter(|member| text[member.name.start] == b'"').collect()
}

/// Text that is being put together, with the way back.
struct Rebuilt<'t> {
    source: &'t [u8],
    text: Vec<u8>,
    map: Vec<(u32, u64)>,
}

impl Rebuilt<'_> {
    /// Adds `text`, which stands for the place `at` in the source.
    fn plain(&mut self, text: &[u8], at: usize) {
        self.map.push((self.text.len() as u32, at as u64));
        self.text.extend_from_slice(text);
    }

    /// Copies a range of the source.
    fn copy(&mut self, range: Range<usize>) {
        self.map.push((self.text.len() as u32, range.start as u64));
        self.text.extend_from_slice(&self.source[range]);
    }
}
