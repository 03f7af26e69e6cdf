//! Choose what one is shown as.

use crate::Ports;
use crate::model::{Actor, ChosenPresence, Event};
use crate::port::RepositoryError;

/// Keeps the actor's choice and tells all nodes.
///
/// # Errors
/// [`RepositoryError`] if the store failed.
pub async fn choose_presence(ports: &Ports, actor: &Actor, chosen: ChosenPresence) -> Result<(), RepositoryError> {
    if ports.presences.choose(actor.user_id, chosen).await? {
        ports.broadcaster.publish(Event::UserChanged(actor.user_id)).await;
    }
    Ok(())
}
