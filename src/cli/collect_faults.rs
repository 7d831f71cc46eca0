//! The faults of `playtrace collect`: from the command line and from a file, and what the help says of them.

use super::args::FaultArgs;
use crate::config::faults::read_faults;
use crate::files;
use crate::model::fault::{FILTERS, FaultSpec, KINDS, KeyInfo, OPERATIONS, ValueKind};

/// Those of the command line, then those of the file.
///
/// # Errors
/// A line for each thing that is wrong with the file.
pub fn wanted(args: &FaultArgs) -> Result<Vec<FaultSpec>, Vec<String>> {
    let mut specs = args.faults.clone();
    if let Some(path) = &args.file {
        let name = path.display();
        let bytes = files::read(path).map_err(|why| vec![format!("{name}: {why}")])?;
        let of_file = read_faults(&bytes)
            .map_err(|errors| errors.iter().map(|error| format!("{name}:{error}")).collect::<Vec<_>>())?;
        specs.extend(of_file);
    }
    Ok(specs)
}

/// Every kind and condition, for the help.
#[must_use]
pub fn help() -> String {
    let mut help = String::from(
        "Faults (--fault KIND[=VALUE][@WHERE], such as status=404@event=ping,after=3 or \
         delay=1500@share=0.1,seed=7):\n",
    );
    KINDS.iter().for_each(|kind| help.push_str(&line(kind)));
    help.push_str("Where, joined by commas:\n");
    FILTERS.iter().for_each(|filter| help.push_str(&line(filter)));
    help.push_str(
        "Of two delays, two answers or two clocks for one request the first that was asked for counts. With --forward \
         and --proxy they come between the player and Playtrace: what is refused goes no further, and of a wrong \
         clock only the Date is seen. What was injected is marked in what is recorded: no rule blames the player or the server for it.",
    );
    help
}

fn line(key: &KeyInfo) -> String {
    let value = match key.value {
        ValueKind::Nothing => String::new(),
        ValueKind::BeforeAfter => "[=before|after]".to_owned(),
        ValueKind::Millis | ValueKind::SignedMillis => "=MS".to_owned(),
        ValueKind::Status => "=400…599".to_owned(),
        ValueKind::From(_) => "=N".to_owned(),
        ValueKind::Share => "=0.1".to_owned(),
        ValueKind::Session => "=N|ID".to_owned(),
        ValueKind::EventType => "=TYPE".to_owned(),
        ValueKind::Operation => format!("={}", OPERATIONS.map(|(name, _)| name).join("|")),
    };
    let written = format!("{}{value}", key.name);
    let gap = if written.chars().count() < WIDTH { String::new() } else { format!("\n  {:WIDTH$}", "") };
    format!("  {written:WIDTH$}{gap}{}\n", key.meaning)
}

/// Columns of what is written, before what it means.
const WIDTH: usize = 24;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_help_names_every_kind_and_every_condition() {
        let help = help();
        for key in KINDS.iter().chain(&FILTERS) {
            assert!(
                help.contains(&format!("\n  {}", key.name)) && help.contains(key.meaning),
                "{}",
                key.name
            );
        }
    }
}
