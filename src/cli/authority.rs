//! `playtrace authority`: the collector's certificate authority, for its owner.

use super::args::AuthorityArgs;
use super::{exit, note};
use crate::collector::authority::{self, Authority, AuthorityError};
use std::io::{self, Write as _};
use std::path::Path;

/// Shows, exports, renews or removes the authority of this user.
///
/// # Errors
/// When standard output cannot be written.
pub fn authority(args: &AuthorityArgs) -> anyhow::Result<u8> {
    match carried_out(args) {
        Ok(text) => {
            write!(io::stdout(), "{text}")?;
            Ok(exit::CLEAN)
        }
        Err(error) => {
            note(&format!("error: {error}"));
            Ok(exit::USAGE)
        }
    }
}

/// Does it; returns what to say.
fn carried_out(args: &AuthorityArgs) -> Result<String, AuthorityError> {
    let path = authority::default_path()?;
    if args.remove {
        let was_there = authority::remove(&path)?;
        return Ok(match was_there {
            true => {
                format!("removed {}; devices that trust it have to forget it themselves\n", path.display())
            }
            false => "there was no certificate authority\n".to_owned(),
        });
    }
    let authority = match (args.new, authority_there(args, &path)?) {
        (true, _) => authority::replace(&path, (!args.any_host).then_some(&args.host))?,
        (false, Some(authority)) => authority,
        (false, None) => {
            return Ok(
                "there is no certificate authority yet; `playtrace collect --tls` makes one\n".to_owned()
            );
        }
    };
    if let Some(to) = &args.export {
        authority::export(&authority, to)?;
        return Ok(format!("wrote {}\n", to.display()));
    }
    Ok(facts(&authority, &path))
}

/// The one that is there. Where it is to be replaced, it may be broken; where it is to be exported, it is made.
fn authority_there(args: &AuthorityArgs, path: &Path) -> Result<Option<Authority>, AuthorityError> {
    match (args.new, &args.export) {
        (true, _) => Ok(None),
        (false, Some(_)) => authority::open_or_make(path, &[]).map(Some),
        (false, None) => authority::open(path),
    }
}

fn facts(authority: &Authority, path: &Path) -> String {
    let facts = authority.facts();
    let until = jiff::Timestamp::from_second(facts.not_after_secs)
        .map_or_else(|_| "?".to_owned(), |until| until.strftime("%Y-%m-%d").to_string());
    let names = facts.names.as_ref().map_or_else(|| "any host".to_owned(), |names| names.join(", "));
    format!(
        "file         {}\nname         {}\nSHA-256      {}\nvalid until  {until}\naccepted for {names}\n",
        path.display(),
        facts.name,
        facts.fingerprint,
    )
}
