//! A hub, people with devices, and everything that can happen to them.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use domain::model::{Actor, Id, MessageId, RoomKind, RoomRef, Topic};
use domain::usecase::{CreateRoom, create_room, join_room, leave_room, pin_message, set_edit_window, unpin_message};
use infra_memory::MemoryStore;
use realtime::{Hub, HubOptions};
use serde_json::json;
use testkit::{a_room, a_user, room_name};
use tokio::time::sleep;
use tokio_util::task::TaskTracker;

use crate::chance::Chance;
use crate::device::Device;
use crate::hints::BadHints;
use crate::store::{Weather, expose};
use crate::support::Scene;

/// The people.
const PEOPLE: [&str; 3] = ["ann", "bob", "cyd"];
/// How many devices each has.
const DEVICES: usize = 2;

/// Everything there is.
pub(crate) struct World {
    pub(crate) scene: Scene,
    pub(crate) people: Vec<Actor>,
    pub(crate) rooms: Vec<String>,
    pub(crate) devices: Vec<Device>,
    pub(crate) hints: Arc<BadHints>,
    pub(crate) weather: Arc<Weather>,
    chance: Chance,
    nonces: usize,
    /// What was done, for whoever reads of a failure.
    pub(crate) story: Vec<String>,
}

impl World {
    pub(crate) async fn new(seed: u64) -> Self {
        let (hints, weather) = (BadHints::new(seed ^ 0x1111, seed.is_multiple_of(2)), Weather::new(seed ^ 0x2222));
        let scene = Self::scene(&hints, &weather).await;
        let mut world = Self {
            scene,
            people: Vec::new(),
            rooms: Vec::new(),
            devices: Vec::new(),
            hints,
            weather,
            chance: Chance::new(seed),
            nonces: 0,
            story: Vec::new(),
        };
        world.rooms.push(world.scene.room.id.to_string());
        for name in PEOPLE {
            let actor = world.scene.person(name).await;
            join_room(&world.scene.ports, &actor, &RoomRef::Id(world.scene.room.id)).await.unwrap();
            world.people.push(actor.clone());
            world.devices.extend((0..DEVICES).map(|_| Device::new(actor.clone())));
        }
        world.add_room(0).await;
        world.set_bad(true);
        world
    }

    async fn scene(hints: &Arc<BadHints>, weather: &Arc<Weather>) -> Scene {
        let mut ports = Scene::ports(&MemoryStore::new(), Arc::clone(hints) as _);
        let owner = a_user("owner");
        ports.users.insert(owner.clone()).await.unwrap();
        let new = a_room("general", owner.user.id);
        let room = new.room.clone();
        ports.rooms.insert(new).await.unwrap();
        expose(&mut ports, weather);
        let hub = Hub::start(ports.clone(), HubOptions::default(), TaskTracker::new());
        Scene { hub, ports, room }
    }

    pub(crate) fn set_bad(&self, bad: bool) {
        self.hints.good.store(!bad, Ordering::SeqCst);
        self.weather.calm.store(!bad, Ordering::SeqCst);
        self.weather.out.store(false, Ordering::SeqCst);
    }

    /// Does one thing and lets some time pass.
    pub(crate) async fn step(&mut self) {
        let device = self.chance.below(self.devices.len());
        match self.chance.below(100) {
            0..=24 => self.post(device),
            25..=41 => self.change(device),
            42..=47 => self.mark(device),
            48..=53 => self.come_and_go().await,
            54..=59 => self.devices[device].set_reading(self.chance.one_in(2)),
            60..=66 => self.cut(device).await,
            67..=72 => self.devices[device].connect(&self.scene.hub).await,
            73..=77 => self.sync_oddly(device),
            78..=80 => self.weather.out.store(self.chance.one_in(2), Ordering::SeqCst),
            81..=82 => self.hints.lag(),
            83..=87 => self.signs(device),
            88..=90 => self.pin(device).await,
            91 => self.add_room(device / DEVICES).await,
            92..=93 => self.change_room().await,
            94 => self.burst(device),
            95 => sleep(Duration::from_secs(self.chance.below(40) as u64)).await,
            _ => {}
        }
        if !self.chance.one_in(3) {
            sleep(self.chance.millis(60)).await;
        }
        self.tick().await;
    }

    /// Lets every device do what is due, and stops at the first fault.
    pub(crate) async fn tick(&mut self) {
        for (number, device) in self.devices.iter_mut().enumerate() {
            device.tick(&self.scene.hub).await;
            let faults = std::mem::take(&mut device.state().faults);
            assert!(faults.is_empty(), "device {number} of {}: {faults:?}", device.actor.username.as_str());
        }
    }

    fn tell(&mut self, what: impl Into<String>) {
        self.story.push(what.into());
    }

    fn any_room(&self) -> String {
        self.rooms[self.chance.below(self.rooms.len())].clone()
    }

    fn post(&mut self, device: usize) {
        let (room, nonce) = (self.any_room(), format!("n{}", self.nonces));
        self.nonces += 1;
        self.tell(format!("{device} posts {nonce} in {room}"));
        self.devices[device].post(&room, &nonce);
    }

    /// Posts more than a slow connection may have waiting.
    fn burst(&mut self, device: usize) {
        for _ in 0..300 {
            let nonce = format!("n{}", self.nonces);
            self.nonces += 1;
            self.devices[device].post(&self.rooms[0], &nonce);
        }
        self.tell(format!("{device} posts 300 messages"));
    }

    /// Picks a message that the device knows: its id and version.
    fn any_message(&self, device: usize) -> Option<(String, Option<u32>)> {
        let state = self.devices[device].state();
        let room = state.replica.room(&self.any_room())?;
        let messages: Vec<_> = room.messages().collect();
        // Mostly one of the newest, so that changes meet.
        let from = if self.chance.one_in(4) { 0 } else { messages.len().saturating_sub(4) };
        let message = messages.get(from + self.chance.below((messages.len() - from).max(1)))?;
        Some((message.id.clone(), message.version))
    }

    fn change(&mut self, device: usize) {
        let Some((message, version)) = self.any_message(device) else {
            return;
        };
        let emoji = ["👍", "🎉"][self.chance.below(2)];
        let command = match self.chance.below(6) {
            0 | 1 => {
                json!({"op": "edit", "message": message, "content": format!("edit {}", self.nonces), "version": version.unwrap_or(1)})
            }
            2 => json!({"op": "delete", "message": message}),
            3 => json!({"op": "unreact", "message": message, "emoji": emoji}),
            _ => json!({"op": "react", "message": message, "emoji": emoji}),
        };
        self.nonces += 1;
        self.tell(format!("{device} says {command}"));
        self.devices[device].say(&command);
    }

    fn mark(&mut self, device: usize) {
        let room = self.any_room();
        let head = self.devices[device].state().replica.room(&room).and_then(|room| Some(room.messages().last()?.seq));
        let seq = self.chance.below(usize::try_from(head.unwrap_or(0)).unwrap() + 1);
        let command = json!({"op": "mark", "room": room, "seq": seq, "unread": self.chance.one_in(3)});
        self.tell(format!("{device} says {command}"));
        self.devices[device].say(&command);
    }

    /// Lets somebody join or leave a room, sometimes several times.
    async fn come_and_go(&mut self) {
        let (person, room) = (self.chance.below(self.people.len()), self.any_room());
        let mut joins = self.chance.one_in(2);
        for _ in 0..=self.chance.below(3) {
            self.come_or_go(person, &room, joins).await;
            joins = !joins;
        }
    }

    async fn come_or_go(&mut self, person: usize, room: &str, joins: bool) {
        let actor = self.people[person].clone();
        let reference: RoomRef = room.parse().unwrap();
        let done = if joins {
            join_room(&self.scene.ports, &actor, &reference).await.is_ok()
        } else {
            leave_room(&self.scene.ports, &actor, &reference).await.is_ok()
        };
        self.tell(format!("{person} {} {room}: {done}", if joins { "joins" } else { "leaves" }));
    }

    async fn cut(&mut self, device: usize) {
        self.tell(format!("{device} is cut"));
        self.devices[device].disconnect().await;
        if self.chance.one_in(2) {
            self.devices[device].connect(&self.scene.hub).await;
        }
    }

    /// Asks for rooms from places where the client isn't.
    fn sync_oddly(&mut self, device: usize) {
        let (room, position) = (self.any_room(), self.devices[device].state().replica.position(&self.rooms[0]));
        let revs = [0, position.saturating_sub(2), position, position + 3, 1_000_000];
        let known = self.devices[device].state().replica.epoch().map(str::to_owned);
        let epoch = known.filter(|_| !self.chance.one_in(4));
        let rev = revs[self.chance.below(revs.len())];
        self.tell(format!("{device} asks for {room} after {rev}, epoch {epoch:?}"));
        if self.devices[device].is_synced() {
            self.devices[device].sync(&room, rev, epoch.as_deref());
        }
    }

    fn signs(&mut self, device: usize) {
        let room = self.any_room();
        let command = match self.chance.below(4) {
            0 => json!({"op": "typing", "room": room, "on": self.chance.one_in(2)}),
            1 => json!({"op": "focus", "room": room, "visible": true}),
            2 => {
                let status = ["online", "dnd", "invisible"][self.chance.below(3)];
                json!({"op": "presence", "status": status})
            }
            _ => json!({"op": "ping", "id": 1}),
        };
        self.tell(format!("{device} says {command}"));
        self.devices[device].say(&command);
    }

    async fn pin(&mut self, device: usize) {
        let Some((message, _)) = self.any_message(device) else {
            return;
        };
        let id = MessageId::new(message.parse::<Id>().unwrap());
        let owner = self.people[0].clone();
        let pinned = if self.chance.one_in(3) {
            unpin_message(&self.scene.ports, &owner, id).await.is_ok()
        } else {
            pin_message(&self.scene.ports, &owner, id).await.is_ok()
        };
        self.tell(format!("{message} is pinned or not: {pinned}"));
    }

    async fn add_room(&mut self, owner: usize) {
        if self.rooms.len() > 4 {
            return;
        }
        let kind = if self.chance.one_in(3) { RoomKind::Private } else { RoomKind::Public };
        let input = CreateRoom { name: room_name(&format!("r{}", self.nonces)), kind, topic: Topic::default() };
        self.nonces += 1;
        if let Ok(made) = create_room(&self.scene.ports, &self.people[owner], input).await {
            self.tell(format!("{owner} makes {}", made.access.room.id));
            self.rooms.push(made.access.room.id.to_string());
        }
    }

    async fn change_room(&mut self) {
        let room: RoomRef = self.any_room().parse().unwrap();
        let changed = set_edit_window(&self.scene.ports, &self.people[0], &room, None).await.is_ok();
        self.tell(format!("{room} is changed: {changed}"));
    }
}
