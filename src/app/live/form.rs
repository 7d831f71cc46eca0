//! How the collector is to run, as the user fills it in.

use core::net::SocketAddr;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::model::collecting::{Choices, Pass, Refused};
use crate::model::fault::{FaultError, FaultSpec};
use crate::model::policy::Profile;
use crate::model::reason::Reason;

/// What becomes of requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum LiveMode {
    /// They are answered as by the API.
    #[default]
    StandIn,
    /// They are passed on to a real collector.
    Forward,
    /// They are passed on to the server that they are for, as the proxy of a device.
    Proxy,
}

/// The form. What one mode needs is kept while another is chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LiveForm {
    /// Where it listens: address and port.
    pub listen: String,
    /// What becomes of requests.
    pub mode: LiveMode,
    /// The address of the real collector.
    pub forward: String,
    /// The hosts whose requests are recorded, with spaces or commas between them.
    pub opened: String,
    /// A PEM file with certificates to trust besides those of the system; empty: none.
    pub trusted: String,
    /// True: HTTPS as well.
    pub tls: bool,
    /// The journal; empty: a new file in the user's data folder.
    pub journal: String,
    /// Faults on demand, in the words of `--fault`, with spaces between them.
    pub faults: String,
}

impl Default for LiveForm {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:8787".to_owned(),
            mode: LiveMode::default(),
            forward: String::new(),
            opened: String::new(),
            trusted: String::new(),
            tls: false,
            journal: String::new(),
            faults: String::new(),
        }
    }
}

impl LiveForm {
    /// The address to listen on, if what was typed is one with a port.
    #[must_use]
    pub fn address(&self) -> Option<SocketAddr> {
        self.listen.trim().parse().ok()
    }

    /// The address to listen on that other machines could reach, if it is one.
    #[must_use]
    pub fn exposed(&self) -> Option<SocketAddr> {
        self.address().filter(|listen| !listen.ip().is_loopback())
    }

    /// The faults that are asked for; the error says what is wrong with one.
    pub(super) fn faults(&self) -> Result<Vec<FaultSpec>, Reason> {
        let specs = self.faults.split_whitespace().map(str::parse);
        specs.collect::<Result<_, FaultError>>().map_err(|error| error.reason)
    }

    /// What the form amounts to. What only the outside can tell is told when it is carried out.
    ///
    /// # Errors
    /// When the address is none.
    pub(super) fn choices(&self, profile: Profile, faults: Vec<FaultSpec>) -> Result<Choices, Refused> {
        let listen = self.address().ok_or_else(|| Refused::no_address(&self.listen))?;
        let trusted = path(&self.trusted);
        let pass = match self.mode {
            LiveMode::StandIn => Pass::StandIn,
            LiveMode::Forward => Pass::Forward { to: self.forward.trim().to_owned(), trusted },
            LiveMode::Proxy => {
                let hosts = self.opened.split(|c: char| c.is_whitespace() || c == ',');
                let opened = hosts.filter(|host| !host.is_empty()).map(str::to_owned).collect();
                Pass::Proxy { opened, trusted }
            }
        };
        Ok(Choices { listen, pass, tls: self.tls, profile, faults })
    }

    /// The journal that the form names.
    pub(super) fn journal(&self) -> Option<PathBuf> {
        path(&self.journal)
    }
}

fn path(typed: &str) -> Option<PathBuf> {
    Some(typed.trim()).filter(|path| !path.is_empty()).map(PathBuf::from)
}
