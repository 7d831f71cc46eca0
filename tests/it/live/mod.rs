//! The live window: what a run that grows does to the state, to what is drawn, and through real sockets.

mod engine;
mod playbook;
mod window;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use playtrace::app::command::JobId;
use playtrace::app::live::QrModules;
use playtrace::app::update::Update;
use playtrace::store::growing::Grown;

/// The address of collectors that are made up.
pub const ADDRESS: ([u8; 4], u16) = ([127, 0, 0, 1], 8787);

/// The first run of a state.
pub const RUN: JobId = JobId(1);

/// A collector listens.
pub fn started() -> Update {
    started_at(SocketAddr::from(ADDRESS))
}

/// A collector listens there.
pub fn started_at(address: SocketAddr) -> Update {
    let journal = PathBuf::from("/captures/run.jsonl");
    // A device that is no camera can make nothing of it, but it has a place.
    let reaches_far = !address.ip().is_loopback();
    let qr = reaches_far.then(|| Arc::new(QrModules { width: 2, dark: vec![true, false, false, true] }));
    let base_url = format!("http://{address}");
    Update::CollectorStarted { address, base_url, journal, device_page: None, qr }
}

/// The run grew.
pub fn grew(grown: Grown) -> Update {
    grew_in(RUN, grown)
}

/// A run grew.
pub fn grew_in(run: JobId, grown: Grown) -> Update {
    Update::Grew { run, grown: Box::new(grown), per_second: 7 }
}
