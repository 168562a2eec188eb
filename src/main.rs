//! The `annals` program: arguments to commands, and their outcome to an exit code.

#![forbid(unsafe_code)]

use std::process::ExitCode;

use annals::cli;

/// Admission and rendering allocate much and briefly, from several threads.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    cli::main()
}
