//! What `playtrace collect` does with requests, and how it speaks TLS.

use super::args::PassArgs;
use crate::collector::addresses;
use crate::collector::authority::{self, Authority};
use crate::collector::forward::Forward;
use crate::collector::upstream::{self, Patience, Upstream};
use crate::collector::{CollectorConfig, Mode};
use crate::files;
use std::sync::Arc;

/// Sets up what the arguments ask for.
///
/// # Errors
/// In words, why that cannot be.
pub fn set_up(args: &PassArgs, config: &mut CollectorConfig) -> Result<(), String> {
    config.mode = mode(args)?;
    if args.tls {
        let config_of = |authority: Arc<Authority>| authority.server_config(&addresses::hosts(config.listen));
        let tls = authority().and_then(|authority| config_of(authority).map_err(|why| why.to_string()))?;
        config.tls = Some(Arc::new(tls));
    }
    Ok(())
}

fn mode(args: &PassArgs) -> Result<Mode, String> {
    match &args.forward {
        Some(url) => Ok(Mode::Forward(Forward::new(url, upstream(args)?)?)),
        None => Ok(Mode::StandIn),
    }
}

fn upstream(args: &PassArgs) -> Result<Upstream, String> {
    let roots = match &args.upstream_ca {
        Some(path) => {
            let pem = files::read(path).map_err(|why| format!("cannot read {}: {why}", path.display()))?;
            upstream::roots(&pem).map_err(|why| format!("{}: {why}", path.display()))?
        }
        None => Vec::new(),
    };
    Upstream::new(roots, Patience::default()).map_err(|why| why.to_string())
}

/// The authority of this user, made on first use.
fn authority() -> Result<Arc<Authority>, String> {
    let path = authority::default_path().map_err(|why| why.to_string())?;
    let authority = authority::open_or_make(&path, &[]).map_err(|why| why.to_string())?;
    Ok(Arc::new(authority))
}
