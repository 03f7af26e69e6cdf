//! `chinwag admin …`.

use std::fmt::Write;
use std::io::{self, BufRead, IsTerminal};

use anyhow::Context;
use domain::model::{PageSize, Password, Username};
use domain::usecase::{AccountError, Register, RegisterError, disable_user, enable_user, register, set_password};
use domain::{Ports, UseCaseError};
use tokio::runtime::Runtime;

use crate::cli::AdminCommand;
use crate::config::{Config, StoreConfig};
use crate::failure::Failure;
use crate::output::print;
use crate::wiring::{self, Backend};

/// How many accounts are read at once.
const PAGE: u16 = 200;

/// Carries out one of the commands on the store itself.
pub(super) fn run(config: &Config, action: AdminCommand) -> Result<(), Failure> {
    if config.store == StoreConfig::Memory {
        return Err(Failure::usage("the memory store keeps nothing, so there are no accounts to manage"));
    }
    // A name that can't be one is said before anything is opened.
    let name = match &action {
        AdminCommand::CreateUser { name, .. }
        | AdminCommand::SetPassword { name }
        | AdminCommand::Disable { name }
        | AdminCommand::Enable { name } => {
            Some(Username::parse(name).map_err(|reason| Failure::usage(format!("the name {name:?}: {reason}")))?)
        }
        AdminCommand::ListUsers => None,
    };
    let runtime = super::runtime()?;
    let backend = runtime.block_on(wiring::open_for_admin(config))?;
    let done = carry_out(&runtime, &backend, action, name);
    runtime.block_on(backend.close());
    done
}

fn carry_out(
    runtime: &Runtime,
    backend: &Backend,
    action: AdminCommand,
    name: Option<Username>,
) -> Result<(), Failure> {
    let ports = &backend.ports;
    let said = match (action, name) {
        (AdminCommand::CreateUser { admin, .. }, Some(username)) => {
            let password = ask_password()?;
            let input = Register { username, password, email: None, is_admin: admin };
            let user = runtime.block_on(register(ports, input)).map_err(|error| match error {
                RegisterError::UsernameTaken => Failure::runtime(error.to_string()),
                error => failed(error),
            })?;
            format!("The account {} was made.", user.username.as_str())
        }
        (AdminCommand::SetPassword { .. }, Some(username)) => {
            let password = ask_password()?;
            runtime.block_on(set_password(ports, &username, &password)).map_err(refused)?;
            format!("The account {} has a new password, and its sessions have ended.", username.as_str())
        }
        (AdminCommand::Disable { .. }, Some(username)) => {
            runtime.block_on(disable_user(ports, &username)).map_err(refused)?;
            format!("The account {} is shut, and its sessions have ended.", username.as_str())
        }
        (AdminCommand::Enable { .. }, Some(username)) => {
            runtime.block_on(enable_user(ports, &username)).map_err(refused)?;
            format!("The account {} is open.", username.as_str())
        }
        _ => runtime.block_on(user_table(ports))?,
    };
    Ok(print(said.trim_end())?)
}

async fn user_table(ports: &Ports) -> Result<String, Failure> {
    let mut table = String::new();
    let mut after = None;
    loop {
        let users = ports.users.list(after, PageSize::clamped(None, PAGE, PAGE)).await.map_err(failed)?;
        let Some(last) = users.last() else { return Ok(table) };
        after = Some(last.username.clone());
        for user in users {
            let role = if user.is_admin { "admin" } else { "user" };
            let state = if user.disabled { "disabled" } else { "active" };
            _ = writeln!(table, "{}\t{role}\t{state}\t{}", user.username.as_str(), user.id);
        }
    }
}

/// Asks for a password twice on a terminal, or reads the first line of stdin.
fn ask_password() -> Result<Password, Failure> {
    let typed = if io::stdin().is_terminal() {
        let first = rpassword::prompt_password("Password: ").context("the password can't be read")?;
        let second = rpassword::prompt_password("The same again: ").context("the password can't be read")?;
        if first != second {
            return Err(Failure::usage("the two passwords differ"));
        }
        first
    } else {
        let mut line = String::new();
        io::stdin().lock().read_line(&mut line).context("the password can't be read from stdin")?;
        line.trim_end_matches(['\r', '\n']).to_owned()
    };
    Password::parse(typed).map_err(|reason| Failure::usage(format!("the password: {reason}")))
}

fn refused(error: AccountError) -> Failure {
    match error {
        AccountError::NotFound => Failure::runtime(error.to_string()),
        error => failed(error),
    }
}

fn failed(error: impl UseCaseError) -> Failure {
    Failure::from(anyhow::Error::new(error))
}
