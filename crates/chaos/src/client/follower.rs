//! A program on the client library, as a bot is: it must be told of every message once, and hold what is stored.

use std::collections::HashSet;

use client::{ClientSession, Gateway, GatewayEvent, GatewayHandle, GatewayOptions};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use super::watcher::Goal;
use crate::history::{Delivery, Observer, ReplicaRoom};

/// How many messages of a room it holds, and how many events may wait: more than a run has.
const ALL: usize = 1 << 20;

/// A follower.
#[derive(Debug)]
pub struct Follower {
    gateway: Gateway,
    goal: watch::Receiver<Option<Goal>>,
    observer: Observer,
    /// The ids of messages it was told of as new.
    told: HashSet<String>,
    /// Whether the library said that something is left out: after long absences, or for slow programs.
    left_out: bool,
    /// How often it was disconnected.
    pub returns: u64,
}

impl Follower {
    /// Connects with that session, to the address it was opened at.
    pub fn new(name: &str, session: ClientSession, goal: watch::Receiver<Option<Goal>>) -> Self {
        let options = GatewayOptions { messages_per_room: ALL, events: ALL, ..GatewayOptions::default() };
        Self {
            gateway: Gateway::start(session, options),
            goal,
            observer: Observer::new(name),
            told: HashSet::new(),
            left_out: false,
            returns: 0,
        }
    }

    /// Gives the way to speak through its connection.
    pub fn handle(&self) -> GatewayHandle {
        self.gateway.handle()
    }

    /// Follows until the goal is set and reached.
    pub async fn follow(mut self) -> Self {
        let mut goal = self.goal.clone();
        while !self.is_done() {
            let deadline = goal.borrow_and_update().as_ref().map(|goal| goal.deadline);
            tokio::select! {
                event = self.gateway.next() => match event {
                    Ok(event) => self.take_in(event),
                    Err(stopped) => {
                        self.observer.fault(Delivery::Gap, &format!("the client library gave up: {stopped}"));
                        return self;
                    }
                },
                _ = goal.changed() => {}
                () = async { sleep_until(deadline.unwrap_or_else(Instant::now)).await }, if deadline.is_some() => {}
            }
        }
        self
    }

    fn take_in(&mut self, event: GatewayEvent) {
        match event {
            GatewayEvent::Message(message) => {
                self.observer.live += 1;
                if !self.told.insert(message.id.clone()) {
                    self.observer.fault(Delivery::Repeat, &format!("{} was told twice as new", message.id));
                }
            }
            GatewayEvent::Disconnected { .. } => self.returns += 1,
            // What was there before it came is no message to be told of.
            GatewayEvent::Reset { .. } | GatewayEvent::Missed => self.left_out = true,
            _ => {}
        }
    }

    fn is_done(&self) -> bool {
        let goal = self.goal.borrow();
        let reached = |goal: &Goal| {
            self.gateway.replica(|replica| {
                goal.heads.iter().all(|(room, rev)| replica.room(room).is_none_or(|room| room.rev() >= Some(*rev)))
            })
        };
        goal.as_ref().is_some_and(|goal| reached(goal) || goal.deadline <= Instant::now())
    }

    /// Gives what it was told and, for the checker, what it holds.
    pub async fn into_observer(mut self) -> Observer {
        // The replica is ahead of its events: take those that wait.
        while let Ok(Ok(event)) = tokio::time::timeout(std::time::Duration::from_millis(50), self.gateway.next()).await
        {
            self.take_in(event);
        }
        let rooms: Vec<(String, ReplicaRoom)> = self.gateway.replica(|replica| {
            let rooms = replica.rooms();
            rooms
                .map(|room| {
                    let rev = room.rev().unwrap_or_default();
                    (room.room().id.clone(), ReplicaRoom { rev, messages: room.messages().cloned().collect() })
                })
                .collect()
        });
        for message in rooms.iter().flat_map(|(_, room)| &room.messages) {
            if !self.left_out && !message.deleted && !self.told.contains(&message.id) {
                self.observer.fault(Delivery::Gap, &format!("{} was never told as new", message.id));
            }
        }
        self.observer.replica = rooms.into_iter().collect();
        self.observer
    }
}
