//! Where connections wait that haven't said whose they are: a bounded number.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::rate_limit::network;

/// The most that wait from one address.
const PER_ADDRESS: usize = 32;
/// The most that wait at all.
const AT_ALL: usize = 2048;

/// Counts the connections that wait, by where they come from.
#[derive(Debug, Default)]
pub(crate) struct Lobby(Mutex<HashMap<IpAddr, usize>>);

/// A place for one connection, given back when dropped.
#[derive(Debug)]
pub(super) struct Place {
    lobby: Arc<Lobby>,
    client: IpAddr,
}

impl Lobby {
    /// Takes a place; nothing if there is none.
    pub(super) fn enter(self: &Arc<Self>, address: IpAddr) -> Option<Place> {
        let client = network(address);
        let mut waiting = self.lock();
        if waiting.values().sum::<usize>() >= AT_ALL {
            return None;
        }
        let count = waiting.entry(client).or_default();
        if *count >= PER_ADDRESS {
            return None;
        }
        *count += 1;
        drop(waiting);
        Some(Place { lobby: Arc::clone(self), client })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut waiting = self.lobby.lock();
        if let Some(count) = waiting.get_mut(&self.client) {
            *count -= 1;
            if *count == 0 {
                waiting.remove(&self.client);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_so_many_places_and_gives_them_back() {
        let lobby = Arc::new(Lobby::default());
        let here = IpAddr::from([192, 0, 2, 1]);
        let mut places: Vec<_> = (0..PER_ADDRESS).map(|_| lobby.enter(here).unwrap()).collect();
        assert!(lobby.enter(here).is_none());
        assert!(lobby.enter(IpAddr::from([192, 0, 2, 2])).is_some());
        places.pop();
        assert!(lobby.enter(here).is_some());
        drop(places);
        assert!(lobby.lock().is_empty());
    }
}
