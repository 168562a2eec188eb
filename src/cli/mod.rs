//! The command line: one file a command.
//!
//! Owns arguments, what is printed, and exit codes: 0 done, 1 something was refused or found wrong, 2 could
//! not run.

mod door;
mod extract;
mod health;
mod ingest;
mod log;
mod progress;
mod rebuild;
mod repair;
mod serve;
mod sources;
mod token;
mod verify;
mod withdraw;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};

use crate::config::Config;

/// How long threads may take to end after their command has.
const SHUTDOWN: Duration = Duration::from_secs(5);

/// Where the configuration is looked for where none is named.
const CONFIG_FILE: &str = "config.toml";

#[derive(Parser)]
#[command(name = "annals", version, about = "An archival and syndication feed server", max_term_width = 100)]
struct Arguments {
    /// The configuration [default: config.toml, where there is one]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print receipts and reports as JSON lines
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the archive
    Serve {
        /// Take in these files and folders first
        #[arg(long, value_name = "PATH", num_args = 1..)]
        ingest: Vec<PathBuf>,
    },
    /// Take in files, folders or standard input (-)
    Ingest(ingest::Options),
    /// Show what intake makes of a file, and admit nothing
    Extract {
        /// The file, or - for standard input
        #[arg(value_name = "PATH")]
        path: PathBuf,
        #[command(flatten)]
        hints: ingest::HintOptions,
    },
    /// Check every byte, digest and link of the journal
    Verify,
    /// Mend what is damaged in the journal, also while a server runs
    Repair {
        /// The folder of a copy, or the address of an Annals that has the same journal
        #[arg(long, value_name = "URL|FOLDER")]
        from: Option<String>,
    },
    /// Make the catalogue anew from the journal
    Rebuild,
    /// Take a bulletin out of public view, for a reason that readers see
    Withdraw {
        /// The ten characters after /bulletins/ in its address
        #[arg(value_name = "ID")]
        id: String,
        /// Why, as readers are to see it
        #[arg(long)]
        reason: String,
    },
    /// Bring a withdrawn bulletin back
    Restore {
        /// The ten characters after /bulletins/ in its address
        #[arg(value_name = "ID")]
        id: String,
    },
    /// Show how each source of the configuration is doing
    Sources,
    /// Ask the server that has the archive open whether it is ready
    Health,
    /// Make a token for admission over HTTP, and print the lines for the configuration
    Token(token::Options),
}

/// How a command ended.
pub enum Done {
    Well,
    /// Something was refused or found wrong, and named.
    Wrong,
}

/// Why a command could not run.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Reads the arguments and runs the command.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    log::start();
    if matches!(&arguments.command, Command::Ingest(options) if options.mail_pipe) {
        return as_mail_pipe(run(arguments));
    }
    match run(arguments) {
        Ok(Done::Well) => ExitCode::SUCCESS,
        Ok(Done::Wrong) => ExitCode::from(1),
        Err(failure) => {
            eprintln!("annals: {failure}");
            ExitCode::from(2)
        }
    }
}

/// The exit codes that mail servers know (sysexits.h): whatever is not the message's own fault is worth another try, so
/// that no mail is lost while the archive is full, locked or configured wrong.
fn as_mail_pipe(ended: Result<Done, Failure>) -> ExitCode {
    const REFUSED: u8 = 65;
    const TRY_AGAIN: u8 = 75;
    match ended {
        Ok(Done::Well) => ExitCode::SUCCESS,
        Ok(Done::Wrong) => ExitCode::from(REFUSED),
        Err(failure) => {
            eprintln!("annals: {failure}");
            ExitCode::from(TRY_AGAIN)
        }
    }
}

fn run(arguments: Arguments) -> Result<Done, Failure> {
    let Arguments { config, json, command } = arguments;
    if let Command::Token(options) = command {
        return token::run(options);
    }
    let config = load(config.as_deref())?;
    match command {
        Command::Serve { ingest } => run_async(serve::run(config, ingest)),
        Command::Ingest(options) => run_async(ingest::run(config, options, json)),
        Command::Extract { path, hints } => extract::run(&config, &path, hints),
        Command::Verify => verify::check(&config, json),
        Command::Repair { from } => run_async(repair::run(config, from, json)),
        Command::Rebuild => rebuild::run(&config),
        Command::Withdraw { id, reason } => run_async(withdraw::withdraw(config, &id, &reason, json)),
        Command::Restore { id } => run_async(withdraw::restore(config, &id, json)),
        Command::Sources => sources::run(&config, json),
        Command::Health => run_async(health::run(&config)),
        Command::Token(_) => unreachable!("it was served above, since it needs no configuration"),
    }
}

fn load(path: Option<&Path>) -> Result<Config, Failure> {
    let default = Path::new(CONFIG_FILE);
    let path = path.or_else(|| default.exists().then_some(default));
    Ok(Config::load(path, std::env::vars())?)
}

/// Runs a command to its end. What is still being read when it is done is not waited for: it holds nothing that was
/// acknowledged, and a thread that unpacks a large container would keep the process from ending.
fn run_async(command: impl Future<Output = Result<Done, Failure>>) -> Result<Done, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let done = runtime.block_on(command);
    runtime.shutdown_timeout(SHUTDOWN);
    done
}

/// Refuses to go on where there is no archive: one that was looked for in the wrong place is not to be made there.
fn check_is_there(config: &Config) -> Result<(), Failure> {
    let path = &config.archive.path;
    match config.archive.journal_path().is_dir() {
        true => Ok(()),
        false => Err(format!("there is no archive in {} (archive.path)", path.display()).into()),
    }
}

/// Writes a line to standard output. A reader that has gone is no failure: the work is done all the same.
fn say(line: impl std::fmt::Display) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stdout(), "{line}");
}
