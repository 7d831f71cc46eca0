//! Packed bodies: unpacked to be judged, recorded as they were sent, readable from the recording.

use crate::support::network::{START, client, running_collector};
use crate::support::raw::{gzip, running_with};
use playtrace::collector::limits::Limits;
use ruzstd::encoding::{CompressionLevel, compress_to_vec};
use std::io::Write as _;

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(bytes).expect("writes to memory");
    packer.finish().expect("writes to memory")
}

fn raw_deflate(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(bytes).expect("writes to memory");
    packer.finish().expect("writes to memory")
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    compress_to_vec(bytes, CompressionLevel::Fastest)
}

/// One block that is stored as it is (RFC 7932 section 9.2), at most 64 KiB.
fn brotli(bytes: &[u8]) -> Vec<u8> {
    let length = u32::try_from(bytes.len() - 1).expect("short");
    let head = (length << 4 | 1 << 20).to_le_bytes();
    [&head[..3], bytes, &[3]].concat()
}

#[tokio::test]
async fn packed_bodies_are_judged_unpacked_and_recorded_packed() {
    let (collector, recording) = running_collector().await;
    let url = format!("{}/api/v1/sessions", collector.base_url());
    let start = START.as_bytes();
    for (coding, body) in [
        ("gzip", gzip(start)),
        ("x-gzip", gzip(start)),
        ("GZIP", gzip(start)),
        ("gzip", [gzip(&start[..9]), gzip(&start[9..])].concat()),
        ("deflate", zlib(start)),
        ("deflate", raw_deflate(start)),
        ("br", brotli(start)),
        ("zstd", zstd(start)),
        ("zstd", [zstd(&start[..9]), zstd(&start[9..])].concat()),
        ("gzip, br", brotli(&gzip(start))),
        ("zstd,identity, deflate", zlib(&zstd(start))),
        ("identity", start.to_vec()),
        ("", start.to_vec()),
    ] {
        let request = client().post(&url).header("content-encoding", coding).body(body.clone());
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status(), 201, "{coding}: {:?}", answer.text().await);
        let recorded = recording.take().pop().expect("recorded");
        assert!(recorded.arrived.body == body, "{coding}: recorded as it was sent");
    }
    collector.stop().await;
}

#[tokio::test]
async fn codings_in_two_headers_are_undone_in_their_order() {
    let (collector, _) = running_collector().await;
    let request = client()
        .post(format!("{}/api/v1/sessions", collector.base_url()))
        .header("content-encoding", "gzip")
        .header("content-encoding", "zstd")
        .body(zstd(&gzip(START.as_bytes())));
    assert_eq!(request.send().await.expect("an answer").status(), 201);
    collector.stop().await;
}

#[tokio::test]
async fn what_cannot_be_unpacked_is_refused_in_words_and_recorded() {
    let (collector, recording) = running_with(Limits { unpacked_bytes: 2000, ..Limits::default() }).await;
    let url = format!("{}/api/v1/sessions", collector.base_url());
    let large = gzip(&[START.as_bytes(), &vec![b' '; 2000]].concat());
    for (coding, body, status, words) in [
        ("lzma", START.into(), 415, "The content coding `lzma` is not known"),
        ("gzip", START.into(), 400, "The gzip body is damaged"),
        ("deflate", START.into(), 400, "The deflate body is damaged"),
        ("gzip", gzip(START.as_bytes())[..99].to_vec(), 400, "The gzip body is damaged"),
        ("br", brotli(START.as_bytes())[..99].to_vec(), 400, "The brotli body is damaged"),
        ("zstd", zstd(START.as_bytes())[..99].to_vec(), 400, "The zstd body is damaged"),
        ("deflate", zlib(START.as_bytes())[..99].to_vec(), 400, "The deflate body is damaged"),
        ("deflate", raw_deflate(START.as_bytes())[..99].to_vec(), 400, "The deflate body is damaged"),
        ("gzip", large, 413, "The body unpacks to more than 2000 bytes"),
    ] {
        let body: Vec<u8> = body;
        let request = client().post(&url).header("content-encoding", coding).body(body.clone());
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status(), status, "{coding}");
        let accepts = answer.headers().get("accept-encoding").is_some();
        assert_eq!(accepts, status == 415, "a coding that is not known: which ones are");
        let text = answer.text().await.expect("a body");
        assert!(text.contains(words), "{coding}: {text}");
        let recorded = recording.take().pop().expect("recorded");
        assert!(recorded.arrived.body == body && !recorded.arrived.body_cut, "{coding}");
        assert_eq!(recorded.answered.first_fault.as_deref(), Some(words));
    }
    collector.stop().await;
}
