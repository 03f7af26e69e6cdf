//! What must be true once everything is well again.

use std::collections::BTreeSet;
use std::time::Duration;

use client::Replica;
use domain::model::{PageAnchor, RoomId};
use testkit::page_size;
use tokio::time::{Instant, sleep};

use crate::device::Device;
use crate::world::World;

/// Two heartbeats, and what was under way before them: late hints, notices of loss, and commands that are sent again.
const RECOVERY: Duration = Duration::from_secs(6 + 2 * 25);
/// How often devices look at what is due.
const BEAT: Duration = Duration::from_millis(250);

impl World {
    /// Makes everything well: hints and store behave, everybody is connected and reads.
    pub(crate) async fn recover(&mut self) {
        self.set_bad(false);
        let until = Instant::now() + RECOVERY;
        while Instant::now() < until {
            for device in &mut self.devices {
                if !device.is_connected() {
                    device.connect(&self.scene.hub).await;
                }
                device.set_reading(true);
            }
            self.tick().await;
            sleep(BEAT).await;
        }
    }

    /// Compares every device with one that has just begun.
    pub(crate) async fn check_replicas(&self) {
        for person in &self.people {
            let mut fresh = Device::new(person.clone());
            fresh.connect(&self.scene.hub).await;
            while !fresh.is_synced() {
                sleep(BEAT).await;
            }
            for (number, device) in self.devices.iter().enumerate() {
                if device.actor.user_id == person.user_id {
                    let compared = compare(&device.state().replica, &fresh.state().replica);
                    assert!(compared.is_ok(), "device {number} of {}: {compared:?}", person.username.as_str());
                }
            }
            fresh.disconnect().await;
        }
    }

    /// What was acknowledged is stored, and nothing is stored twice.
    pub(crate) async fn check_sends(&self) {
        let mut stored = BTreeSet::new();
        let mut nonces = BTreeSet::new();
        for room in &self.rooms {
            let room = RoomId::new(room.parse().unwrap());
            let page = self.scene.ports.messages.page(room, PageAnchor::Latest, page_size(u16::MAX)).await.unwrap();
            for message in page.items {
                stored.insert(message.id.to_string());
                let nonce = message.nonce.as_ref().map(|nonce| nonce.as_str().to_owned());
                assert!(nonces.insert((room, message.author.id, nonce.clone())), "{nonce:?} is stored twice");
            }
        }
        for device in &self.devices {
            let state = device.state();
            assert!(state.unacknowledged.is_empty(), "never answered: {:?}", state.unacknowledged);
            for (nonce, id) in &state.acknowledged {
                assert!(stored.contains(id), "{nonce} was acknowledged as {id} and isn't stored");
            }
        }
    }
}

/// Answers in what a replica differs from a fresh one.
fn compare(held: &Replica, fresh: &Replica) -> Result<(), String> {
    let ids = |replica: &Replica| replica.rooms().map(|room| room.room().id.clone()).collect::<Vec<_>>();
    if ids(held) != ids(fresh) {
        return Err(format!("has rooms {:?} and not {:?}", ids(held), ids(fresh)));
    }
    for (room, new) in held.rooms().zip(fresh.rooms()) {
        let id = &room.room().id;
        if !room.is_whole() || room.rev() != new.rev() {
            return Err(format!("room {id} is at {:?} and not {:?}", room.rev(), new.rev()));
        }
        if (room.room().read_seq, &room.room().role) != (new.room().read_seq, &new.room().role) {
            return Err(format!("room {id} has {:?} and not {:?}", room.room(), new.room()));
        }
        if let Some(message) = new.messages().find(|message| room.message(message.seq) != Some(*message)) {
            return Err(format!("room {id} has {:?} and not {message:?}", room.message(message.seq)));
        }
        // Exact if everything after the position is held; otherwise it is what the server said at some time.
        let after = room.room().read_seq.unwrap_or(0) + 1;
        let exact = room.messages().next().is_none_or(|first| first.seq <= after);
        let (held, fresh) = (room.read_position(held.user_id()), new.read_position(fresh.user_id()));
        if exact && held != fresh {
            return Err(format!("room {id} has {held:?} and not {fresh:?}"));
        }
    }
    Ok(())
}
