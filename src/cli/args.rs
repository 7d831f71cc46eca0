//! The command line: clap types only.

use crate::collector::authority::HostPattern;
use crate::collector::limits::Limits;
use crate::model::fault::FaultSpec;
use crate::model::policy::Profile;
use crate::rules::finding::Severity;
use crate::store::picture::PictureSize;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::net::SocketAddr;
use std::path::PathBuf;

/// Inspector and debugger for Adobe Media Collection API v1 traffic.
///
/// Without a subcommand the window opens, with the given captures.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100, args_conflicts_with_subcommands = true)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Captures to open in the window, or a project
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Verdicts and findings of captures
    ///
    /// Exit code 0: clean; 1: a finding at or above --fail-on, or a rejected session; 2: usage or configuration;
    /// 3: an input could not be read or held nothing of this API; 4: internal. The highest wins.
    ///
    /// Limits: files of 8 GiB, JSON nested 128 deep; unpacked bodies of 8 GiB and 200 times the packed size.
    #[command(after_long_help = crate::ingest::notation::HELP)]
    Check(CheckArgs),
    /// The page of a rule (what it checks, why it matters, examples, source) or of a policy switch
    Explain(ExplainArgs),
    /// All rules
    Rules(RulesArgs),
    /// Opens the window with the demo sessions; where none can open, prints their verdicts
    Demo(DemoArgs),
    /// Answers players like the API, on this machine, and records what arrives
    ///
    /// The first line on standard output is the base address and nothing else.
    /// Stops on Ctrl-C and TERM.
    #[command(after_long_help = format!("{}\n\n{}", Limits::default().in_words(), super::collect_faults::help()))]
    Collect(CollectArgs),
    /// The certificate authority with which `collect` speaks HTTPS: shows, exports, renews or removes it
    ///
    /// It is made on first use, on this machine alone, and is readable by its owner only. A device that is to accept
    /// it needs its certificate installed. It may stand for machines nearby, Adobe's collection hosts and the hosts
    /// that were listed when it was made; devices that honor this accept it for nothing else.
    Authority(AuthorityArgs),
    /// A picture of a session, to be handed on: its timeline and clock plot, without a window or display
    ///
    /// What is identifying is masked, each value always by the same mask: values of identifying parameters, session ids, IP
    /// addresses.
    ///
    /// Exit code 0: written; 2: usage; 3: the capture could not be read or held nothing of this API.
    Report(ReportArgs),
    /// Sends the sessions of a capture again
    ///
    /// Exit code 0: all answered 2xx; 1: something was refused or got no answer;
    /// 2: not sent; 3: the capture could not be read.
    Resend(ResendArgs),
    /// Writes a capture in another format
    ///
    /// What is identifying is masked, since the result is made to be handed on: values of identifying parameters, session
    /// ids, IP addresses, cookies and credentials, each always by the same mask.
    ///
    /// Exit code 0: written; 2: usage, or the format cannot hold what is there; 3: the capture could not be read or held
    /// nothing of this API.
    Convert(ConvertArgs),
    /// A player: sends scripted or random sessions to a collector, in real time or faster
    ///
    /// It does as a real client does: opens a session, takes its id from `Location`, and sends one request after the
    /// other; what happens while one is under way waits its turn. A start that brings no session is tried three times,
    /// 5 s apart. When a session is lost (404, 410) the player opens another one with `media.resume` and says again what is
    /// open. Whatever else is refused, or not answered within 5 s, is dropped.
    ///
    /// Exit code 0: all answered 2xx; 1: something was refused or got no answer; 2: not sent; 3: the script could not be
    /// read. Ctrl-C and TERM end the open sessions with `sessionEnd` (see --vanish) within two seconds and are no failure.
    #[command(after_long_help = crate::ingest::notation::HELP)]
    Simulate(SimulateArgs),
}

/// Arguments of `check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// The captures, or a project with its captures; `-` reads standard input
    #[arg(value_name = "FILE", default_value = "-")]
    pub files: Vec<PathBuf>,
    /// How the report is written
    #[arg(long, value_enum, default_value = "concise")]
    pub format: CheckFormat,
    /// Only these rules: codes, names or family letters, separated by commas (repeatable)
    #[arg(long, value_name = "RULES", value_delimiter = ',')]
    pub select: Vec<String>,
    /// Not these rules
    #[arg(long, value_name = "RULES", value_delimiter = ',')]
    pub ignore: Vec<String>,
    /// What is shown
    #[arg(long, value_name = "SEVERITY", default_value = "info", value_parser = severity)]
    pub min_severity: Severity,
    /// From which severity on the exit code is 1
    #[arg(long, value_enum, default_value = "error")]
    pub fail_on: FailOn,
    /// Which readings of the documentation to follow: default, strict or lenient; beats the configuration
    #[arg(long, value_parser = profile)]
    pub profile: Option<Profile>,
    /// The configuration; without it, `playtrace.toml` in the folder of each capture is used where there is one
    /// (for standard input: in the current folder)
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Write the report to this file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Mask session ids and addresses as well; values of identifying parameters always are. Markdown does so unasked
    #[arg(long)]
    pub redact: bool,
    /// Mask nothing in Markdown
    #[arg(long, conflicts_with = "redact")]
    pub no_redact: bool,
}

/// Values of `check --format`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CheckFormat {
    /// One line per session and finding
    Concise,
    /// Each finding with the lines around its place, underlined
    Full,
    /// One JSON object, described by schemas/report-v1.json
    Json,
    /// JUnit XML for build servers: a test suite per input, a test case per session
    Junit,
    /// SARIF 2.1.0 for code scanning and its viewers
    Sarif,
    /// For a ticket: verdicts, then findings by rule with their evidence
    Markdown,
}

/// Values of `--fail-on`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// Errors
    Error,
    /// Warnings and errors
    Warn,
    /// Anything
    Info,
    /// Nothing, not even a rejected session
    Never,
}

/// Arguments of `explain`.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// Code or name of a rule, such as MC-A001, A001 or ad-outside-break; number or name of a policy switch, such as
    /// D14 or state-spelling
    #[arg(value_name = "CODE|NAME")]
    pub rule: String,
    /// How it is printed
    #[arg(long, value_enum, default_value = "text")]
    pub format: TextOrJson,
}

/// Arguments of `rules`.
#[derive(Debug, Args)]
pub struct RulesArgs {
    /// How they are printed
    #[arg(long, value_enum, default_value = "text")]
    pub format: TextOrJson,
}

/// Arguments of `demo`.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Write the demo sessions into this folder and open nothing
    #[arg(long, value_name = "DIR")]
    pub write: Option<PathBuf>,
}

/// Arguments of `collect`.
#[derive(Debug, Args)]
pub struct CollectArgs {
    /// Where to listen; port 0 takes any free one. An address that other machines can reach is warned about in red,
    /// and asked about once before anything listens; where standard input or standard error is no terminal, naming
    /// it is the answer
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8787")]
    pub listen: SocketAddr,
    /// Write what arrives to this journal, each request before it is answered; one that is there is continued.
    /// Without it a new one in the user's data folder, named on standard error
    #[arg(long, value_name = "FILE")]
    pub journal: Option<PathBuf>,
    /// When an answer goes out
    #[arg(long, value_enum, default_value = "always")]
    pub sync: SyncArg,
    /// Size from which on the journal goes on in a next file, FILE with a number before its ending (units: K, M, G)
    #[arg(long, value_name = "SIZE", default_value = "1G", value_parser = size)]
    pub journal_limit: u64,
    /// So many files of the journal are kept; when the last one is full, requests are answered 503
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..))]
    pub journal_files: u32,
    /// Delete the oldest file of the journal instead of answering 503
    #[arg(long)]
    pub journal_drop_oldest: bool,
    /// Which readings of the documentation to follow: default, strict or lenient
    #[arg(long, default_value = "default", value_parser = profile)]
    pub profile: Profile,
    /// What becomes of requests.
    #[command(flatten)]
    pub pass: PassArgs,
    /// Faults on demand.
    #[command(flatten)]
    pub faults: FaultArgs,
}

/// Arguments of `collect` about what becomes of requests.
#[derive(Debug, Args)]
pub struct PassArgs {
    /// Pass requests on to this real collector and its answers back, both unchanged, and record both. Redirects are
    /// not followed, proxy variables not read; an upstream failure is answered 502 or 504 and recorded as one
    #[arg(long, value_name = "URL", group = "upstream")]
    pub forward: Option<String>,
    /// Be the proxy of a device: pass everything on to the server that it is for. Requests to the hosts of --open-host
    /// are recorded, all else passes through untouched and unseen
    #[arg(long, group = "upstream", conflicts_with = "forward")]
    pub proxy: bool,
    /// With --proxy: record what goes to this host, and open its TLS with a certificate from the authority of
    /// `playtrace authority`, which the device has to trust: example.com, *.example.com or an IP address (repeatable). Where a device connects
    /// to an address, the name that its TLS asks for counts
    #[arg(long, value_name = "HOST", requires = "proxy")]
    pub open_host: Vec<HostPattern>,
    /// Trust the certificates in this PEM file besides those of the system, for servers that requests are passed on to
    #[arg(long, value_name = "FILE", requires = "upstream")]
    pub upstream_ca: Option<PathBuf>,
    /// Speak HTTPS as well, on the same port, with a certificate from the authority of `playtrace authority`
    #[arg(long)]
    pub tls: bool,
    /// Print a QR code of the page for devices, with address and certificate, on standard error
    #[arg(long)]
    pub qr: bool,
}

/// Faults that `collect` injects.
#[derive(Debug, Args)]
pub struct FaultArgs {
    /// Inject a fault (repeatable); --help lists them all
    #[arg(long = "fault", value_name = "KIND[=VALUE][@WHERE]")]
    pub faults: Vec<FaultSpec>,
    /// Inject the faults of this file too: TOML, a [[fault]] table each; schemas/faults.json describes it
    #[arg(long = "faults", value_name = "FILE")]
    pub file: Option<PathBuf>,
}

/// Arguments of `authority`.
#[derive(Debug, Args)]
pub struct AuthorityArgs {
    /// Write the certificate, never the key: DER where the name ends in .der, .cer or .crt, else PEM
    #[arg(long, value_name = "FILE", conflicts_with = "remove")]
    pub export: Option<PathBuf>,
    /// Make a new one in place of what is there; devices have to install its certificate again
    #[arg(long, conflicts_with = "remove")]
    pub new: bool,
    /// With --new: a host that it may stand for, `example.com` or `*.example.com` (repeatable)
    #[arg(long, value_name = "HOST", requires = "new")]
    pub host: Vec<HostPattern>,
    /// With --new: any host, for devices that refuse a certificate that is limited to some
    #[arg(long, requires = "new", conflicts_with = "host")]
    pub any_host: bool,
    /// Remove it; devices that trust it have to forget it themselves
    #[arg(long)]
    pub remove: bool,
}

/// Values of `collect --sync`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SyncArg {
    /// After the disk has confirmed: nothing that was answered is lost when the power fails
    Always,
    /// After the system has taken the bytes, faster: nothing that was answered is lost when the program dies; when the
    /// power fails or the system crashes, the last seconds may be
    Os,
}

/// Arguments of `report`.
#[derive(Debug, Args)]
pub struct ReportArgs {
    /// The capture; `-` reads standard input
    #[arg(value_name = "IN")]
    pub input: PathBuf,
    /// Write the picture to this file; its ending says the form: .svg or .png
    #[arg(long, value_name = "OUT")]
    pub image: PathBuf,
    /// The session, as `check` numbers them
    #[arg(long, value_name = "N", default_value = "1", value_parser = clap::value_parser!(u32).range(1..))]
    pub session: u32,
    /// Width and height in pixels
    #[arg(long, value_name = "WxH", default_value = "1280x720")]
    pub size: PictureSize,
    /// The colors
    #[arg(long, value_enum, default_value_t)]
    pub theme: ThemeArg,
    /// The language of its texts
    #[arg(long, value_enum, value_name = "LANGUAGE", default_value_t)]
    pub language: LanguageArg,
    /// Which readings of the documentation to follow: default, strict or lenient; beats the configuration
    #[arg(long, value_parser = profile)]
    pub profile: Option<Profile>,
    /// The configuration; without it, `playtrace.toml` in the folder of the capture is used where there is one
    /// (for standard input: in the current folder)
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Mask nothing
    #[arg(long)]
    pub no_redact: bool,
}

/// Themes of `report --theme`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum ThemeArg {
    /// For a bright page
    #[default]
    Light,
    /// For a dark one
    Dark,
}

/// Languages of `report --language`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum LanguageArg {
    /// English
    #[default]
    En,
    /// French
    Fr,
}

/// Arguments of `resend`.
#[derive(Debug, Args)]
pub struct ResendArgs {
    /// The capture; `-` reads standard input
    #[arg(value_name = "IN")]
    pub input: PathBuf,
    /// The base address to send to
    #[arg(long, value_name = "URL")]
    pub to: String,
    /// Send only this session, as numbered by `check` (repeatable)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub session: Vec<u32>,
    /// In which form to send
    #[arg(long, value_enum, default_value = "as-captured")]
    pub mode: ModeArg,
    /// What becomes of `ts`: the first or the last event's can become the moment of sending
    #[arg(long, value_enum, default_value = "as-captured")]
    pub ts: TsArg,
    /// How many times faster than captured, or `max` for at once
    #[arg(long, value_name = "N|max", default_value = "1", value_parser = speed)]
    pub speed: Speed,
    /// Wait no longer than this between two requests
    #[arg(long, value_name = "SECS", value_parser = seconds)]
    pub max_gap: Option<f64>,
    /// Allow sending to this host (repeatable); this machine is always allowed
    #[arg(long, value_name = "HOST")]
    pub allow_host: Vec<String>,
    /// Trust the certificates in this PEM file besides those of the system, such as that of `playtrace authority`
    #[arg(long, value_name = "FILE")]
    pub ca: Option<PathBuf>,
    /// Show every request and send nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Add a header (repeatable)
    #[arg(long, value_name = "NAME:VALUE", value_parser = header)]
    pub header: Vec<(String, String)>,
    /// How results are printed
    #[arg(long, value_enum, default_value = "text")]
    pub format: TextOrJson,
}

/// Arguments of `convert`.
#[derive(Debug, Args)]
pub struct ConvertArgs {
    /// The capture, of any format that is read; `-` reads standard input
    #[arg(value_name = "IN")]
    pub input: PathBuf,
    /// The file to write; its name says the format: `.har` (HTTP archive 1.2: requests with their answers), `.ndjson`
    /// (an event a line), `.json` (an array of events). `-` writes to standard output and needs --format
    #[arg(value_name = "OUT")]
    pub output: PathBuf,
    /// The format, whatever the name of the file says
    #[arg(long, value_enum)]
    pub format: Option<ConvertFormat>,
    /// Write only this session, as numbered by `check` (repeatable)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub session: Vec<u32>,
    /// Mask nothing; otherwise bodies that are no text are left out of archives, since nothing in them can be masked
    #[arg(long)]
    pub no_redact: bool,
}

/// Values of `convert --format`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ConvertFormat {
    /// HTTP archive 1.2
    Har,
    /// An event a line, session by session
    Ndjson,
    /// An array of events, session by session
    Json,
}

/// Arguments of `simulate`.
#[derive(Debug, Args)]
pub struct SimulateArgs {
    /// The base address to send to
    #[arg(long, value_name = "URL")]
    pub to: String,
    /// Play the sessions of this text in the session notation, side by side, beginning now; `-` reads standard input.
    /// Without it, sessions are drawn from the seed
    #[arg(long, value_name = "FILE")]
    pub script: Option<PathBuf>,
    /// How many times faster than real time, or `max` for at once. `ts` begins now and goes on at media speed: what is
    /// played faster than real time runs ahead of the clock
    #[arg(long, value_name = "N|max", default_value = "1", value_parser = speed)]
    pub speed: Speed,
    /// The seed of the first session, the next one is that of the second, and so on. Equal seeds play the same but for
    /// the clock: `ts`, and the playhead of live content, which is the second of the day
    #[arg(long, value_name = "N", default_value = "1", conflicts_with = "script")]
    pub seed: u64,
    /// How many sessions are played (with --script: how many times the script is). Where a player would end a session by
    /// itself and open another, that is one more
    #[arg(long, value_name = "N", default_value = "1", value_parser = clap::value_parser!(u32).range(1..))]
    pub sessions: u32,
    /// Let each session last at least so long, up to 86000: about a day, and 9,000 events
    #[arg(long, value_name = "SECS", conflicts_with = "script", value_parser = clap::value_parser!(u32).range(1..=86_000))]
    pub duration: Option<u32>,
    /// Draw only sessions that are sent event by event, no batches
    #[arg(long, conflicts_with = "script")]
    pub online: bool,
    /// So many are played at the same time; the others wait
    #[arg(long, value_name = "N", default_value = "32", value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub at_once: u32,
    /// Send preflights and an `Origin`, as a browser does on a page of another origin
    #[arg(long)]
    pub browser: bool,
    /// On Ctrl-C, be gone without a `sessionEnd`, as a player whose page is closed
    #[arg(long)]
    pub vanish: bool,
    /// Allow sending to this host (repeatable); this machine is always allowed
    #[arg(long, value_name = "HOST")]
    pub allow_host: Vec<String>,
    /// Trust the certificates in this PEM file besides those of the system, such as that of `playtrace authority`
    #[arg(long, value_name = "FILE")]
    pub ca: Option<PathBuf>,
    /// How results are printed
    #[arg(long, value_enum, default_value = "text")]
    pub format: TextOrJson,
}

/// Values of `--mode`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ModeArg {
    /// Methods, paths and bodies as captured
    AsCaptured,
    /// A request per event
    Online,
    /// The whole session as one array
    Downloaded,
}

/// Values of `--ts`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TsArg {
    /// Unchanged
    AsCaptured,
    /// The first event's becomes the moment of sending
    Now,
    /// The last event's becomes the moment of sending
    EndsNow,
}

/// Values of `--format` where only these two exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TextOrJson {
    /// Lines for people
    Text,
    /// One JSON object
    Json,
}

/// Values of `--speed`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Speed {
    /// So many times faster than captured.
    Factor(f64),
    /// At once.
    Max,
}

fn profile(name: &str) -> Result<Profile, String> {
    Profile::from_name(name).ok_or_else(|| "expected default, strict or lenient".to_owned())
}

fn severity(name: &str) -> Result<Severity, String> {
    let all = [Severity::Info, Severity::Warn, Severity::Error];
    let found = all.into_iter().find(|severity| severity.name() == name);
    found.ok_or_else(|| "expected info, warn or error".to_owned())
}

fn speed(text: &str) -> Result<Speed, String> {
    match text.parse::<f64>() {
        _ if text == "max" => Ok(Speed::Max),
        Ok(factor) if factor.is_finite() && factor > 0.0 => Ok(Speed::Factor(factor)),
        _ => Err("expected a number above 0, or max".to_owned()),
    }
}

fn seconds(text: &str) -> Result<f64, String> {
    let secs = text.parse::<f64>().ok().filter(|secs| secs.is_finite() && *secs >= 0.0);
    secs.ok_or_else(|| "expected a number of seconds".to_owned())
}

/// Bytes, with a unit of 1024, its square or its cube.
fn size(text: &str) -> Result<u64, String> {
    let (digits, unit) = match text.char_indices().next_back() {
        Some((at, 'K' | 'k')) => (&text[..at], 1 << 10),
        Some((at, 'M' | 'm')) => (&text[..at], 1 << 20),
        Some((at, 'G' | 'g')) => (&text[..at], 1 << 30),
        _ => (text, 1),
    };
    let bytes = digits.parse::<u64>().ok().and_then(|number| number.checked_mul(unit));
    let wrong = "expected a number of bytes, at least 64K, such as 500M or 2G";
    bytes.filter(|bytes| *bytes >= 64 << 10).ok_or_else(|| wrong.to_owned())
}

fn header(text: &str) -> Result<(String, String), String> {
    match text.split_once(':') {
        Some((name, value)) if !name.trim().is_empty() => {
            Ok((name.trim().to_owned(), value.trim().to_owned()))
        }
        _ => Err("expected NAME:VALUE".to_owned()),
    }
}
