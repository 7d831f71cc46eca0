//! Content codings: what `Content-Encoding` names, undone within limits. One decoder for captured
//! bodies and for the collector.

use crate::model::limits::MAX_UNPACK_RATIO;
use std::borrow::Cow;
use std::io::Read;

/// No body is wrapped so many times.
const MAX_CODINGS: usize = 5;
/// Small bodies of much repetition pack better than the ratio allows: so many bytes always pass.
const ALWAYS_ALLOWED_BYTES: u64 = 1 << 20;

/// As content coding zstd needs no larger window (RFC 9659); it is memory that a few bytes ask for.
const MAX_ZSTD_WINDOW_BYTES: u64 = 8 << 20;

/// Why a body cannot be unpacked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CodingError {
    /// A coding that nobody here knows.
    #[error("the content coding `{0}` is not known")]
    Unknown(String),
    /// More codings on top of each other than anybody uses.
    #[error("more than {MAX_CODINGS} content codings")]
    TooMany,
    /// The bytes are not of this coding, or break off.
    #[error("the {0} body is damaged")]
    Damaged(&'static str),
    /// The limit, bytes: a bomb.
    #[error("the body unpacks to more than {0} bytes")]
    TooLarge(u64),
}

/// A content coding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coding {
    /// RFC 1952.
    Gzip,
    /// RFC 1950, but many senders leave that wrapping out and send RFC 1951 alone.
    Deflate,
    /// RFC 7932.
    Brotli,
    /// RFC 8878.
    Zstd,
}

impl Coding {
    /// By its name in `Content-Encoding`, in lower case.
    fn from_name(name: &str) -> Option<Self> {
        match name {
            "gzip" | "x-gzip" => Some(Self::Gzip),
            "deflate" => Some(Self::Deflate),
            "br" => Some(Self::Brotli),
            "zstd" => Some(Self::Zstd),
            _ => None,
        }
    }

    /// By the first bytes; deflate and brotli have no mark of their own.
    #[must_use]
    pub fn from_magic(bytes: &[u8]) -> Option<Self> {
        if bytes.starts_with(&[0x1F, 0x8B]) {
            Some(Self::Gzip)
        } else if bytes.starts_with(&[0x28, 0xB5, 0x2F, 0xFD]) {
            Some(Self::Zstd)
        } else {
            None
        }
    }

    /// What its body is called in messages.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Deflate => "deflate",
            Self::Brotli => "brotli",
            Self::Zstd => "zstd",
        }
    }

    /// Undoes it. The result has at most `most` bytes, and at most
    /// [`MAX_UNPACK_RATIO`] times as many as `bytes`.
    ///
    /// # Errors
    /// When the bytes are damaged, or would become too many.
    pub fn undo(self, bytes: &[u8], most: u64) -> Result<Vec<u8>, CodingError> {
        let by_ratio = (bytes.len() as u64).saturating_mul(MAX_UNPACK_RATIO).max(ALWAYS_ALLOWED_BYTES);
        let most = most.min(by_ratio);
        match self {
            Self::Gzip => self.read(flate2::read::MultiGzDecoder::new(bytes), most),
            Self::Deflate if is_zlib(bytes) => {
                self.read(flate2::read::ZlibDecoder::new(bytes), most).or_else(|error| match error {
                    CodingError::Damaged(_) => self.read(flate2::read::DeflateDecoder::new(bytes), most),
                    other => Err(other),
                })
            }
            Self::Deflate => self.read(flate2::read::DeflateDecoder::new(bytes), most),
            Self::Brotli => self.read(brotli_decompressor::Decompressor::new(bytes, 4096), most),
            Self::Zstd => self.frames(bytes, most),
        }
    }

    fn read(self, reader: impl Read, most: u64) -> Result<Vec<u8>, CodingError> {
        let mut unpacked = Vec::new();
        self.append(reader, most, &mut unpacked)?;
        Ok(unpacked)
    }

    fn append(self, reader: impl Read, most: u64, unpacked: &mut Vec<u8>) -> Result<(), CodingError> {
        let room = most.saturating_sub(unpacked.len() as u64);
        reader.take(room + 1).read_to_end(unpacked).map_err(|_| CodingError::Damaged(self.name()))?;
        if unpacked.len() as u64 > most { Err(CodingError::TooLarge(most)) } else { Ok(()) }
    }

    /// A zstd body is one frame or several; those that may be skipped hold nothing.
    fn frames(self, mut bytes: &[u8], most: u64) -> Result<Vec<u8>, CodingError> {
        use ruzstd::decoding::StreamingDecoder;
        use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
        let mut unpacked = Vec::new();
        let damaged = CodingError::Damaged(self.name());
        while !bytes.is_empty() {
            match StreamingDecoder::new_with_max_window_size(&mut bytes, MAX_ZSTD_WINDOW_BYTES) {
                Ok(reader) => self.append(reader, most, &mut unpacked)?,
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                    length,
                    ..
                })) => {
                    bytes = bytes.get(length as usize..).ok_or_else(|| damaged.clone())?;
                }
                Err(_) => return Err(damaged),
            }
        }
        Ok(unpacked)
    }
}

/// The two bytes of a zlib header check themselves (RFC 1950 section 2.2).
fn is_zlib(bytes: &[u8]) -> bool {
    matches!(bytes, [cmf, flags, ..]
        if cmf & 0x0F == 8 && (u16::from(*cmf) << 8 | u16::from(*flags)).is_multiple_of(31))
}

/// The codings that `Content-Encoding` names, in the order in which they were put on.
///
/// # Errors
/// When one is unknown, or there are too many.
pub fn codings(content_encoding: &str) -> Result<Vec<Coding>, CodingError> {
    let names = content_encoding.split(',').map(|name| name.trim().to_ascii_lowercase());
    let mut codings = Vec::new();
    for name in names.filter(|name| !name.is_empty() && name != "identity") {
        codings.push(Coding::from_name(&name).ok_or(CodingError::Unknown(name))?);
    }
    if codings.len() > MAX_CODINGS { Err(CodingError::TooMany) } else { Ok(codings) }
}

/// Several `Content-Encoding` headers are one: what the next one names was put on after what those before it name
/// (RFC 9110 section 5.2).
#[must_use]
pub fn joined<'a>(before: Option<Cow<'a, str>>, next: Cow<'a, str>) -> Cow<'a, str> {
    match before {
        Some(before) => Cow::Owned(format!("{before}, {next}")),
        None => next,
    }
}

/// Undoes codings, the last one first; an empty body is nothing packed.
///
/// # Errors
/// When the bytes are damaged, or would become more than `most`.
pub fn undo<'a>(codings: &[Coding], bytes: &'a [u8], most: u64) -> Result<Cow<'a, [u8]>, CodingError> {
    let mut undone = Cow::Borrowed(bytes);
    for coding in codings.iter().rev() {
        if !undone.is_empty() {
            undone = Cow::Owned(coding.undo(&undone, most)?);
        }
    }
    Ok(undone)
}

/// Undoes all that `content_encoding` names.
///
/// # Errors
/// When a coding is unknown, or the bytes are damaged, or would become more than `most`.
pub fn decode<'a>(bytes: &'a [u8], content_encoding: &str, most: u64) -> Result<Cow<'a, [u8]>, CodingError> {
    undo(&codings(content_encoding)?, bytes, most)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    fn zlib(bytes: &[u8]) -> Vec<u8> {
        let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
        packer.write_all(bytes).expect("writes to memory");
        packer.finish().expect("writes to memory")
    }

    #[test]
    fn codings_are_undone_last_one_first() {
        let body = b"{\"eventType\":\"ping\"}";
        let zstd = ruzstd::encoding::compress_to_vec(&body[..], ruzstd::encoding::CompressionLevel::Fastest);
        assert_eq!(decode(&zlib(&zstd), "zstd, Deflate", 100).as_deref(), Ok(&body[..]));
        assert_eq!(decode(body, "identity", 100).as_deref(), Ok(&body[..]));
        assert_eq!(decode(b"", "gzip", 100).as_deref(), Ok(&b""[..]), "no body is nothing packed");
        assert_eq!(decode(body, "gzip, lzma", 100), Err(CodingError::Unknown("lzma".to_owned())));
        assert_eq!(decode(body, &["br"; 6].join(","), 100), Err(CodingError::TooMany));
    }

    #[test]
    fn the_smaller_of_limit_and_ratio_holds_but_small_bodies_may_pack_well() {
        let small = zlib(&[b' '; 500_000]);
        assert!(small.len() < 1000, "packed to less than a 200th");
        assert_eq!(decode(&small, "deflate", u64::MAX).map(|body| body.len()), Ok(500_000));
        assert_eq!(decode(&small, "deflate", 499_999), Err(CodingError::TooLarge(499_999)));
        let large = zlib(&vec![b' '; 10_000_000]);
        let most = 200 * large.len() as u64;
        assert_eq!(decode(&large, "deflate", u64::MAX), Err(CodingError::TooLarge(most)));
    }

    #[test]
    fn frames_of_zstd_that_may_be_skipped_are_skipped_within_the_body() {
        let body = ruzstd::encoding::compress_to_vec(&b"{}"[..], ruzstd::encoding::CompressionLevel::Fastest);
        let skipped = [&[0x50, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 1, 2, 3][..], &body].concat();
        assert_eq!(decode(&skipped, "zstd", 100).as_deref(), Ok(&b"{}"[..]));
        let beyond = [0x50, 0x2A, 0x4D, 0x18, 0xFF, 0xFF, 0xFF, 0xFF, 1];
        assert_eq!(decode(&beyond, "zstd", 100), Err(CodingError::Damaged("zstd")));
    }

    #[test]
    fn what_breaks_off_is_damaged_whatever_its_coding() {
        let body = b"{\"eventType\":\"ping\",\"playerTime\":{\"playhead\":1,\"ts\":2}}";
        let zstd = ruzstd::encoding::compress_to_vec(&body[..], ruzstd::encoding::CompressionLevel::Fastest);
        for (coding, packed) in
            [("deflate", zlib(body)), ("deflate", zlib(body)[2..].to_vec()), ("zstd", zstd)]
        {
            for length in 1..packed.len() - 8 {
                let cut = decode(&packed[..length], coding, 1000);
                assert!(matches!(cut, Err(CodingError::Damaged(_))), "{coding} {length}: {cut:?}");
            }
        }
    }
}
