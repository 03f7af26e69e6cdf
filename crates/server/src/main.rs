//! Chinwag: a self-hosted real-time chat in one program.

mod cli;
mod commands;
mod config;
mod demo;
mod disk;
mod failure;
mod listener;
mod logging;
mod output;
mod secrets;
mod shutdown;
mod wiring;

use std::env;
use std::process::ExitCode;

fn main() -> ExitCode {
    let (command, flags) = cli::parse(env::args_os());
    match commands::run(command, &flags) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            output::complain(&format!("error: {failure}"));
            failure.exit_code()
        }
    }
}
