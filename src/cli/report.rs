//! `playtrace report`: a picture of a session.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;

use super::args::{LanguageArg, ReportArgs, ThemeArg};
use super::input::{self, TerminalProgress};
use super::{exit, note};
use crate::config::Config;
use crate::files;
use crate::model::id::SessionId;
use crate::model::language::Language;
use crate::redact::Redaction;
use crate::rules::run;
use crate::store::drawing::drawing;
use crate::store::judged::Judged;
use crate::store::loaded::{CaptureId, LoadedCapture};
use crate::store::picture::{PictureForm, PictureOrder, PictureTheme};
use crate::store::places::Places;

/// Reads, judges, lets `picture` draw, and says what was written.
///
/// # Errors
/// When the picture cannot be drawn or written.
pub fn report(
    args: &ReportArgs,
    picture: impl FnOnce(&PictureOrder) -> Result<Vec<u8>, String>,
) -> anyhow::Result<u8> {
    let Some(form) = PictureForm::of_name(&args.image) else {
        note("error: the name of the picture does not say its form: .svg or .png");
        return Ok(exit::USAGE);
    };
    if files::is_same(&args.input, &args.image) {
        note("error: a capture is never written over: give the picture another name");
        return Ok(exit::USAGE);
    }
    let Some(config) = configuration(args) else { return Ok(exit::USAGE) };
    let loaded = match load(args, config) {
        Ok(loaded) => loaded,
        Err(error) => {
            note(&format!("error: {error:#}"));
            return Ok(exit::INPUT);
        }
    };
    let n_sessions = loaded.capture.sessions.len();
    if n_sessions == 0 {
        note(&format!("error: {} holds no session of this API", args.input.display()));
        return Ok(exit::INPUT);
    }
    if args.session as usize > n_sessions {
        note(&format!("error: there is no session {}: the capture has {n_sessions}", args.session));
        return Ok(exit::USAGE);
    }
    let session = SessionId(args.session - 1);
    let drawing = drawing(&loaded, session).context("the session cannot be drawn")?;
    let redaction = if args.no_redact { Redaction::Nothing } else { Redaction::All };
    let order = PictureOrder {
        loaded: Arc::new(loaded),
        session,
        drawing: Arc::new(drawing),
        axis: Arc::default(),
        range: None,
        form,
        size: args.size,
        theme: match args.theme {
            ThemeArg::Light => PictureTheme::Light,
            ThemeArg::Dark => PictureTheme::Dark,
        },
        language: match args.language {
            LanguageArg::En => Language::English,
            LanguageArg::Fr => Language::French,
        },
        redaction,
    };
    let bytes = picture(&order).map_err(anyhow::Error::msg)?;
    files::write_by_rename(&args.image, |out| out.write_all(&bytes))
        .with_context(|| format!("cannot write {}", args.image.display()))?;
    note(&summary(args, n_sessions));
    Ok(exit::CLEAN)
}

/// The configuration that was given, or that lies beside the capture; `None`: it is broken, which has been said.
fn configuration(args: &ReportArgs) -> Option<Arc<Config>> {
    let found = match &args.config {
        Some(given) => files::config(given).map(|config| Some((given.clone(), Arc::new(config)))),
        None => {
            let capture = (args.input.as_os_str() != "-").then_some(args.input.as_path());
            files::config_beside(capture)
        }
    };
    match found {
        Ok(Some((path, config))) => {
            note(&format!("configuration: {}", path.display()));
            Some(config)
        }
        Ok(None) => Some(Arc::default()),
        Err(broken) => {
            broken.lines().iter().for_each(|line| note(&format!("error: {line}")));
            None
        }
    }
}

fn load(args: &ReportArgs, config: Arc<Config>) -> anyhow::Result<LoadedCapture> {
    let (settings, selection) = config.judging(args.profile);
    let progress = TerminalProgress::new();
    let capture = input::capture(&args.input, &progress)?;
    let judgement = run::judge(&capture, &settings, &selection, &progress);
    progress.done();
    let path = (args.input.as_os_str() != "-").then(|| Path::to_path_buf(&args.input));
    Ok(LoadedCapture {
        id: CaptureId(1),
        path,
        journal: None,
        config,
        places: Arc::new(Places::of(&capture)),
        judged: Some(Arc::new(Judged::of(&capture, judgement, settings))),
        capture: Arc::new(capture),
        growth: None,
    })
}

fn summary(args: &ReportArgs, n_sessions: usize) -> String {
    let mut text = format!("{}: ", args.image.display());
    if n_sessions > 1 {
        text.push_str(&format!("session {} of {n_sessions}", args.session));
    } else {
        text.push_str("the session");
    }
    if !args.no_redact {
        text.push_str("; identifying values are masked, --no-redact keeps them");
    }
    text
}
