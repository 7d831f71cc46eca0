//! How a collector is to run, as it is chosen on the command line or in the window.

use core::net::SocketAddr;
use std::path::PathBuf;

use super::fault::FaultSpec;
use super::policy::Profile;
use super::reason::Reason;

/// What a collector is to be.
#[derive(Debug, Clone, PartialEq)]
pub struct Choices {
    /// Where it listens; port 0 takes any free one. That it is loopback is the caller's decision.
    pub listen: SocketAddr,
    /// What becomes of requests.
    pub pass: Pass,
    /// True: it speaks HTTPS as well, on the same port.
    pub tls: bool,
    /// Which readings of the documentation it follows.
    pub profile: Profile,
    /// Faults on demand.
    pub faults: Vec<FaultSpec>,
}

/// What a collector does with requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pass {
    /// Answers like the API.
    StandIn,
    /// Passes them on to a real collector.
    Forward {
        /// Its address, as it was written.
        to: String,
        /// A PEM file with certificates that are trusted besides those of the system.
        trusted: Option<PathBuf>,
    },
    /// Passes them on to the server that they are for, as the proxy of a device.
    Proxy {
        /// The hosts whose requests are recorded, as they were written.
        opened: Vec<String>,
        /// A PEM file with certificates that are trusted besides those of the system.
        trusted: Option<PathBuf>,
    },
}

/// One of the choices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// Where it listens.
    Listen,
    /// The real collector.
    Forward,
    /// The hosts whose requests are recorded.
    Opened,
    /// The file with certificates.
    Trusted,
    /// The certificates of its own.
    Authority,
    /// The journal.
    Journal,
}

/// Why a collector cannot run as it was chosen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct Refused {
    /// The choice at fault; `None`: the system has no room for a collector at all.
    pub about: Option<Choice>,
    /// The reason.
    pub why: Reason,
}

impl Refused {
    /// A choice that cannot be, and why.
    #[must_use]
    pub fn of(about: Choice, why: Reason) -> Self {
        Self { about: Some(about), why }
    }

    /// What was written is no place to listen on.
    #[must_use]
    pub fn no_address(written: &str) -> Self {
        let english = format!("{written:?} is no address with a port, such as 127.0.0.1:8787");
        Self::of(Choice::Listen, Reason::new("why.no-address", [], english))
    }

    /// No collector can be, whatever was chosen.
    #[must_use]
    pub fn altogether(why: Reason) -> Self {
        Self { about: None, why }
    }
}
