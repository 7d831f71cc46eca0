//! Where the authority lies: one file in the user's data folder, readable by its owner only.

use super::super::now;
use super::{Authority, AuthorityError, HostPattern};
use crate::files::{self, private};
use std::io;
use std::path::{Path, PathBuf};

/// The file of this user.
///
/// # Errors
/// When the system names no folder for the user's data.
pub fn default_path() -> Result<PathBuf, AuthorityError> {
    let folder = dirs::data_dir().ok_or(AuthorityError::NoFolder)?;
    Ok(folder.join("playtrace").join("authority.pem"))
}

/// The authority that is there; `None` when none was made yet.
///
/// # Errors
/// When it cannot be read, is open to others, was changed, or has expired.
pub fn open(path: &Path) -> Result<Option<Authority>, AuthorityError> {
    let bytes = match private::read(path) {
        Ok(Some(bytes)) => bytes,
        Ok(None) => return Err(AuthorityError::OpenToOthers(path.to_owned())),
        Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(why) => return Err(failed("cannot read", path)(why)),
    };
    let authority = Authority::read(&bytes, now());
    authority.map(Some).map_err(|why| AuthorityError::Broken { path: path.to_owned(), why })
}

/// The authority that is there, or a new one for the listed hosts.
///
/// # Errors
/// As [`open`]; and when it cannot be written, or was not made for all of the listed hosts.
pub fn open_or_make(path: &Path, listed: &[HostPattern]) -> Result<Authority, AuthorityError> {
    let authority = match open(path)? {
        Some(authority) => authority,
        None => made(path, Some(listed))?,
    };
    let missing: Vec<String> = authority.not_covered(listed, now()).iter().map(ToString::to_string).collect();
    if missing.is_empty() {
        return Ok(authority);
    }
    let arguments = listed.iter().map(|host| format!(" --host '{host}'")).collect();
    Err(AuthorityError::NotCovered(missing.join(", "), arguments))
}

/// Makes a new authority in place of what is there. `listed` as in [`Authority::make`].
///
/// # Errors
/// When the old one cannot be removed, or the new one cannot be written.
pub fn replace(path: &Path, listed: Option<&[HostPattern]>) -> Result<Authority, AuthorityError> {
    // Made before the old one goes: a name that cannot be had costs nothing.
    let text = Authority::make(listed, now())?;
    remove(path)?;
    write(path, &text)
}

/// Removes the authority; false when there was none. Devices that trust it have to forget it themselves.
///
/// # Errors
/// When it cannot be removed.
pub fn remove(path: &Path) -> Result<bool, AuthorityError> {
    match std::fs::remove_file(path) {
        Ok(()) => Ok(true),
        Err(why) if why.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(why) => Err(failed("cannot remove", path)(why)),
    }
}

/// Writes the certificate, never the key: DER where the name ends in `.der`, `.cer` or `.crt`, else PEM.
///
/// # Errors
/// When it cannot be written.
pub fn export(authority: &Authority, to: &Path) -> Result<(), AuthorityError> {
    let ending = to.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase());
    let is_der = ending.is_some_and(|ending| matches!(ending.as_str(), "cer" | "crt" | "der"));
    let pem = authority.certificate_pem();
    let bytes = if is_der { authority.certificate_der() } else { pem.as_bytes() };
    files::write_by_rename(to, |out| out.write_all(bytes)).map_err(failed("cannot write", to))
}

fn made(path: &Path, listed: Option<&[HostPattern]>) -> Result<Authority, AuthorityError> {
    write(path, &Authority::make(listed, now())?)
}

fn write(path: &Path, text: &str) -> Result<Authority, AuthorityError> {
    match private::create(path, text.as_bytes()) {
        Ok(()) => {}
        // Another collector was quicker: what it made is as good.
        Err(why) if why.kind() == io::ErrorKind::AlreadyExists => {}
        Err(why) => return Err(failed("cannot write", path)(why)),
    }
    open(path)?.ok_or_else(|| failed("cannot read", path)(io::ErrorKind::NotFound.into()))
}

fn failed(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> AuthorityError {
    let path = path.to_owned();
    move |why| AuthorityError::File { what, path, why }
}
