//! Packed bodies: base64, gzip, deflate, brotli, with limits.

use std::io::Read as _;
use std::ops::Range;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::model::escape::unescape;
use crate::model::limits::{MAX_UNPACK_RATIO, MAX_UNPACKED_BYTES};
use crate::model::source::Span;
use crate::model::table::{Body, BodyKind};

use super::builder::Builder;
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
) -> Result<Body, &'static str> {
    let text = builder.bytes();
    let inside = string_inside(text, value).ok_or("the body is no text")?;
    let mut plain = Vec::with_capacity(inside.len());
    unescape(&text[inside.clone()], &mut plain);
    plain.retain(|byte| !byte.is_ascii_whitespace());
    let decoded = BASE64.decode(&plain).map_err(|_| "the body is said to be base64, but is not")?;
    let unpacked = unpack(decoded, content_encoding)?;
    let span = builder.arena().add(&unpacked, Span::new(inside.start, inside.end), Vec::new());
    Ok(Body::new(span, BodyKind::Decoded))
}

/// Unpacks gzip, deflate and brotli; what is not packed comes back as it is.
///
/// # Errors
/// Why not, in words.
pub fn unpack(bytes: Vec<u8>, content_encoding: Option<&str>) -> Result<Vec<u8>, &'static str> {
    let encoding = content_encoding.unwrap_or_default().trim().to_ascii_lowercase();
    let is_plain = matches!(bytes.trim_ascii_start().first(), Some(b'{' | b'['));
    if bytes.starts_with(&[0x1F, 0x8B]) {
        return limited(
            flate2::read::MultiGzDecoder::new(bytes.as_slice()),
            bytes.len(),
            "the gzip body is damaged",
        );
    }
    match encoding.as_str() {
        _ if is_plain => Ok(bytes),
        "br" => {
            let reader = brotli_decompressor::Decompressor::new(bytes.as_slice(), 4096);
            limited(reader, bytes.len(), "the brotli body is damaged")
        }
        "deflate" => {
            let reader = flate2::read::ZlibDecoder::new(bytes.as_slice());
            limited(reader, bytes.len(), "the deflate body is damaged")
        }
        _ => Ok(bytes),
    }
}

fn limited(
    reader: impl std::io::Read,
    packed: usize,
    damaged: &'static str,
) -> Result<Vec<u8>, &'static str> {
    let limit = (packed as u64).saturating_mul(MAX_UNPACK_RATIO).min(MAX_UNPACKED_BYTES);
    let mut unpacked = Vec::new();
    reader.take(limit + 1).read_to_end(&mut unpacked).map_err(|_| damaged)?;
    if unpacked.len() as u64 > limit {
        Err("the body unpacks to more than 200 times its size")
    } else {
        Ok(unpacked)
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
        assert_eq!(unpack(b"{}".to_vec(), Some("br")), Ok(b"{}".to_vec()), "the recorder unpacked it");
        assert!(unpack(gzip(b"{}")[..15].to_vec(), None).is_err());
    }

    #[test]
    fn bombs_are_refused() {
        assert!(unpack(gzip(&vec![b' '; 10_000_000]), None).is_err());
    }
}
