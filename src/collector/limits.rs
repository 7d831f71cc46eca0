//! What a collector bears before it refuses: sizes, times, numbers. Each is stated in
//! `playtrace collect --help`.

use std::time::Duration;

/// The limits of a collector. No limit of the API is documented, so these are for mistakes and for
/// people who mean harm; no player of ours came near one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Largest head of a request (request line and headers), bytes. At least 8,192 for HTTP/1.1.
    pub head_bytes: usize,
    /// Most headers of a request.
    pub head_fields: usize,
    /// From the first byte of a head (or of a TLS connection) to its end.
    pub head_time: Duration,
    /// Largest body as sent, bytes. An SDK's batch of a day has some hundred KB.
    pub body_bytes: usize,
    /// So long a body may stand still, and so long an answer may wait for its reader.
    pub stall_time: Duration,
    /// From the end of the head to the end of the body.
    pub body_time: Duration,
    /// Largest body after unpacking, bytes; the ratio of
    /// [`MAX_UNPACK_RATIO`](crate::model::limits::MAX_UNPACK_RATIO) holds besides.
    pub unpacked_bytes: usize,
    /// All bodies that are held at one time together, bytes.
    pub all_bodies_bytes: usize,
    /// Connections at one time. Fewer if the system gives fewer descriptors: see [`descriptors`].
    pub connections: usize,
    /// So long a connection may be open without a request.
    pub idle_time: Duration,
    /// So long nothing may move through a tunnel of the proxy, or after an upgrade to another protocol.
    pub tunnel_time: Duration,
    /// A connection older than this ends with its next answer.
    pub connection_time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head_bytes: 64 << 10,
            head_fields: 100,
            head_time: Duration::from_secs(15),
            body_bytes: 64 << 20,
            stall_time: Duration::from_secs(30),
            body_time: Duration::from_secs(300),
            unpacked_bytes: 64 << 20,
            all_bodies_bytes: 512 << 20,
            connections: 10_000,
            idle_time: Duration::from_secs(125),
            tunnel_time: Duration::from_secs(600),
            connection_time: Duration::from_secs(3600),
        }
    }
}

impl Limits {
    /// All of them in words, for the help.
    #[must_use]
    pub fn in_words(&self) -> String {
        let kib = |bytes: usize| bytes >> 10;
        let mib = |bytes: usize| bytes >> 20;
        format!(
            "Limits:\n  \
             head of a request: {} KiB, {} headers, {} s; one that is larger or no HTTP is answered 431 or 400 without \
             a body and without headers for browsers, and told on standard error; the journal does not have it\n  \
             body: {} MiB as sent, {} MiB and 200 times its size unpacked, {} s in all, {} s without a byte\n  \
             all bodies at a time: {} MiB\n  \
             connections: {}, or as many as the limit of open files allows; when all are taken, a new one \
             closes the one that has waited longest for its player\n  \
             a connection: {} s without a request, {} s in all; {} s without a byte where it is passed through",
            kib(self.head_bytes),
            self.head_fields,
            self.head_time.as_secs(),
            mib(self.body_bytes),
            mib(self.unpacked_bytes),
            self.body_time.as_secs(),
            self.stall_time.as_secs(),
            mib(self.all_bodies_bytes),
            self.connections,
            self.idle_time.as_secs(),
            self.connection_time.as_secs(),
            self.tunnel_time.as_secs(),
        )
    }
}

/// Descriptors kept for other things than connections: files, the journal, threads, upstreams.
const OTHER_DESCRIPTORS: u64 = 128;

/// How many connections the system lets this process have at a time; `None` when it sets no limit.
/// Raises the soft limit of open files to the hard one first, as servers do.
#[cfg(unix)]
#[must_use]
pub fn descriptors() -> Option<usize> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let now = getrlimit(Resource::Nofile);
    // Some systems refuse what they call the maximum; then the limit stays as it was.
    let raised = setrlimit(Resource::Nofile, Rlimit { current: now.maximum, maximum: now.maximum });
    let current = if raised.is_ok() { now.maximum } else { now.current };
    current.map(|most| usize::try_from(most.saturating_sub(OTHER_DESCRIPTORS).max(1)).unwrap_or(usize::MAX))
}

/// How many connections the system lets this process have at a time; `None` when it sets no limit.
#[cfg(not(unix))]
#[must_use]
pub fn descriptors() -> Option<usize> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_soft_limit_of_open_files_is_raised_to_the_hard_one() {
        let most = descriptors();
        #[cfg(unix)]
        {
            let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile);
            assert_eq!(limit.current, limit.maximum);
        }
        assert!(most.is_none_or(|most| most > 0));
    }

    #[test]
    fn the_words_name_every_limit() {
        let words = Limits::default().in_words();
        for number in [
            "64 KiB",
            "100 headers",
            "15 s",
            "64 MiB",
            "300 s",
            "30 s",
            "512 MiB",
            "10000",
            "125 s",
            "3600 s",
            "600 s",
        ] {
            assert!(words.contains(number), "{number}: {words}");
        }
    }
}
