//! Packed bodies of captures: base64, and the content codings.

use std::ops::Range;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::model::escape::unescape;
use crate::model::limits::MAX_UNPACKED_BYTES;
use crate::model::source::Span;
use crate::model::table::{Body, BodyKind};

use super::builder::Builder;
use super::coding::{Coding, CodingError, codings, undo};
use super::record::string_inside;

/// Recorders differ in padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Decodes the base64 text in the string literal at `value`, and unpacks it if it is packed.
///
/// # Errors
/// Why not, in words.
pub(super) fn base64_literal(
    builder: &mut Builder<'_>,
    value: &Range<usize>,
    content_encoding: Option<&str>,
) -> Result<Body, String> {
    let text = builder.bytes();
    let inside = string_inside(text, value).ok_or("the body is no text")?;
    let mut plain = Vec::with_capacity(inside.len());
    unescape(&text[inside.clone()], &mut plain);
    plain.retain(|byte| !byte.is_ascii_whitespace());
    let decoded = BASE64.decode(&plain).map_err(|_| "the body is said to be base64, but is not")?;
    let unpacked = unpack(decoded, content_encoding).map_err(|why| why.to_string())?;
    let span = builder.arena().add(&unpacked, Span::new(inside.start, inside.end), Vec::new());
    Ok(Body::new(span, BodyKind::Decoded))
}

/// Unpacks what `content_encoding` names or the first bytes show; what is not packed comes back as it
/// is. Recorders that unpacked the body keep the header all the same.
///
/// # Errors
/// When it is packed, but damaged, or unpacks to too much.
pub fn unpack(bytes: Vec<u8>, content_encoding: Option<&str>) -> Result<Vec<u8>, CodingError> {
    let named = codings(content_encoding.unwrap_or_default()).unwrap_or_default();
    let by_magic = || Coding::from_magic(&bytes).map(|coding| coding.undo(&bytes, MAX_UNPACKED_BYTES));
    if named.is_empty() {
        return by_magic().unwrap_or(Ok(bytes));
    }
    match undo(&named, &bytes, MAX_UNPACKED_BYTES) {
        Ok(unpacked) => Ok(unpacked.into_owned()),
        Err(CodingError::Damaged(_)) if matches!(bytes.trim_ascii_start().first(), Some(b'{' | b'[')) => {
            Ok(bytes)
        }
        Err(why) => by_magic().unwrap_or(Err(why)),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        packer.write_all(bytes).expect("writes to memory");
        packer.finish().expect("writes to memory")
    }

    #[test]
    fn packed_bodies_come_out_as_they_went_in() {
        assert_eq!(unpack(gzip(b"{}"), None), Ok(b"{}".to_vec()));
        assert_eq!(unpack(gzip(b"{}"), Some("lzma")), Ok(b"{}".to_vec()), "the bytes show what they are");
        assert_eq!(unpack(b"{}".to_vec(), Some("br")), Ok(b"{}".to_vec()), "the recorder unpacked it");
        assert_eq!(unpack(b"{}".to_vec(), Some("lzma")), Ok(b"{}".to_vec()));
        assert_eq!(unpack(gzip(&gzip(b"{}")), Some("gzip, gzip")), Ok(b"{}".to_vec()));
        assert_eq!(unpack(gzip(b"{}"), Some("br")), Ok(b"{}".to_vec()), "the header is wrong");
        assert!(unpack(gzip(b"{}")[..15].to_vec(), None).is_err());
    }

    #[test]
    fn bombs_are_refused() {
        assert!(unpack(gzip(&vec![b' '; 10_000_000]), None).is_err());
    }
}
