//! The `annals` program: arguments to commands, and their outcome to an exit code.

#![forbid(unsafe_code)]

use std::process::ExitCode;

use annals::cli;

fn main() -> ExitCode {
    cli::main()
}
