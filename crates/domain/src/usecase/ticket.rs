//! Give out tickets to the gateway, and take them.

use std::time::Duration;

use super::authenticate::{AuthenticateError, live_actor};
use crate::Ports;
use crate::model::{Actor, NewTicket, Ticket};
use crate::port::RepositoryError;

/// How long a ticket is good.
pub const TICKET_LIFETIME: Duration = Duration::from_secs(30);

/// Makes a ticket that opens one gateway connection in the actor's session within [`TICKET_LIFETIME`]: for clients
/// that can't send headers with a WebSocket handshake, so that no token stands in an address.
///
/// # Errors
/// [`RepositoryError`] if the store failed.
pub async fn issue_ticket(ports: &Ports, actor: &Actor) -> Result<Ticket, RepositoryError> {
    let ticket = ports.secrets.ticket();
    let digest = ports.secrets.ticket_digest(&ticket);
    let expires_at = ports.clock.now().plus(TICKET_LIFETIME);
    ports.tickets.insert(NewTicket { digest, session_id: actor.session_id, expires_at }).await?;
    Ok(ticket)
}

/// Uses a ticket up and gives whom it lets in.
///
/// # Errors
/// [`AuthenticateError`]: `Invalid` for a ticket that is unknown, used or expired.
pub async fn redeem_ticket(ports: &Ports, ticket: &Ticket) -> Result<Actor, AuthenticateError> {
    let now = ports.clock.now();
    let session_id = ports.tickets.take(ports.secrets.ticket_digest(ticket), now).await?;
    live_actor(ports, session_id.ok_or(AuthenticateError::InvalidTicket)?, now).await
}
