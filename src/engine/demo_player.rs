//! The player of the demo: sends the demo sessions to the window's own collector, over and over, until it is stopped.

use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::model::reason::Reason;
use crate::outbox::part::Role;
use crate::outbox::sender::{Means, Sender};
use crate::outbox::simulation::{ANSWER_TIMEOUT, Manner, simulate};
use crate::outbox::target::Target;
use crate::store::demo::{DEMO_SPEED, DEMOS};

/// So many sessions are played side by side.
const AT_ONCE: usize = 3;
/// So long it may take to end its sessions: the collector that it sends to stops after it.
const STOP_GRACE: Duration = Duration::from_millis(500);

/// A player that plays.
#[derive(Debug)]
pub(super) struct DemoPlayer {
    stop: watch::Sender<bool>,
    playing: JoinHandle<()>,
}

impl DemoPlayer {
    /// Starts one that sends to `base_url`; the error says why it cannot.
    pub(super) fn start(runtime: &Handle, base_url: &str) -> Result<DemoPlayer, Reason> {
        let no_player = |why: String| Reason::new("why.demo-player", [("why", why.clone())], why);
        let target = Target::new(base_url, &[]).map_err(|refusal| no_player(refusal.to_string()))?;
        let means = Means { answer_timeout: ANSWER_TIMEOUT, roots_pem: Vec::new() };
        let sender = Sender::with(target, &means).map_err(|error| no_player(error.to_string()))?;
        let (stop, stopped) = watch::channel(false);
        let scripts = DEMOS.iter().map(|demo| Role::Scripted(String::from_utf8_lossy(demo.bytes).into()));
        let roles: Vec<Role> = scripts.collect();
        let manner = Manner { speed: Some(DEMO_SPEED), browser: false, vanishes: false };
        let playing = simulate(Arc::new(sender), roles.into_iter().cycle(), AT_ONCE, manner, stopped, |_| {});
        Ok(DemoPlayer { stop, playing: runtime.spawn(playing) })
    }

    /// Lets it end its sessions, for a moment.
    pub(super) async fn stop(mut self) {
        self.stop.send_replace(true);
        if tokio::time::timeout(STOP_GRACE, &mut self.playing).await.is_err() {
            self.playing.abort();
        }
    }
}
