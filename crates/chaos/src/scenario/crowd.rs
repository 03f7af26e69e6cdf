//! People and rooms on a server, wherever it runs, and the end of a run: stopping, reading, checking.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, Result};
use client::{Api, ClientSession, GatewayHandle};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::checker::{Expect, Report, check};
use crate::client::{Board, Chatter, Follower, Goal, Talker, Watcher};
use crate::history::{Actions, History, Store, StoredRoom};
use crate::random::Random;

/// How long watchers get to see the end of what happened: three heartbeats. The first one may find that an answer is
/// awaited which was lost, too; it is asked for with the second.
const PATIENCE: Duration = Duration::from_secs(75);
/// How many messages are read at once.
const PAGE: u64 = 100;

/// People who are members of all rooms.
#[derive(Debug)]
pub struct Crowd {
    /// Where the server is.
    pub address: SocketAddr,
    /// Everybody's session.
    pub people: Vec<ClientSession>,
    /// The ids of the rooms.
    pub rooms: Vec<String>,
}

impl Crowd {
    /// Registers people and makes public rooms which all of them join.
    ///
    /// # Errors
    /// If the server refuses or doesn't answer.
    pub async fn gather(address: SocketAddr, people: usize, rooms: usize) -> Result<Self> {
        let api = Api::new(&format!("http://{address}"))?;
        let mut crowd = Self { address, people: Vec::with_capacity(people), rooms: Vec::with_capacity(rooms) };
        for number in 0..people {
            let (name, password) = Self::credentials(number);
            api.register(&name, &password).await.with_context(|| format!("{name} can't be registered"))?;
            crowd.people.push(api.log_in(&name, &password).await?);
        }
        for number in 0..rooms {
            let room = crowd.people[0].create_room(&format!("chaos-{number}"), "public").await?;
            for person in &crowd.people[1..] {
                person.join(&room.id).await?;
            }
            crowd.rooms.push(room.id);
        }
        Ok(crowd)
    }

    /// Gives somebody's name and password.
    pub fn credentials(number: usize) -> (String, String) {
        (format!("person-{number}"), format!("password of {number}"))
    }

    /// Gives a session, going round.
    pub fn person(&self, number: usize) -> &ClientSession {
        &self.people[number % self.people.len()]
    }

    /// Reads every room whole, by its pages.
    ///
    /// # Errors
    /// If the server refuses or doesn't answer for a while.
    pub async fn read_store(&self) -> Result<Store> {
        let mut store = Store::default();
        for room in &self.rooms {
            store.rooms.insert(room.clone(), read_room(&self.people[0], room).await?);
        }
        Ok(store)
    }
}

/// Reads one room whole.
///
/// # Errors
/// If the server refuses.
pub async fn read_room(session: &ClientSession, room: &str) -> Result<StoredRoom> {
    let mut stored = StoredRoom::default();
    loop {
        let after = stored.messages.last().map_or(0, |last| last.seq);
        let page = session.page_after(room, after, PAGE).await.context("a room can't be read")?;
        (stored.head_seq, stored.head_rev) = (page.head_seq, page.head_rev);
        stored.messages.extend(page.items);
        if !page.has_after {
            return Ok(stored);
        }
    }
}

/// Who is at work during a run.
#[derive(Debug)]
pub struct Load {
    stop: watch::Sender<bool>,
    goal: watch::Sender<Option<Goal>>,
    patience: Duration,
    board: Board,
    chatters: JoinSet<Actions>,
    watchers: JoinSet<Watcher>,
    comers: JoinSet<Watcher>,
    followers: JoinSet<Follower>,
    /// What has been gathered besides.
    pub history: History,
}

impl Default for Load {
    fn default() -> Self {
        Self {
            stop: watch::Sender::new(false),
            goal: watch::Sender::new(None),
            patience: PATIENCE,
            board: Board::default(),
            chatters: JoinSet::new(),
            watchers: JoinSet::new(),
            comers: JoinSet::new(),
            followers: JoinSet::new(),
            history: History::default(),
        }
    }
}

/// How chatters talk.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// How long each waits between two messages.
    pub pause: Duration,
    /// How many of a hundred turns change something besides.
    pub changes_percent: u64,
}

impl Load {
    /// Begins with another time for watchers to see the end in than half a minute.
    pub fn patient_for(patience: Duration) -> Self {
        Self { patience, ..Self::default() }
    }

    /// Lets somebody talk in all rooms of the crowd.
    pub fn talk(&mut self, talker: Talker, crowd: &Crowd, pace: Pace, random: &mut Random) {
        let chatter = Chatter {
            talker,
            rooms: crowd.rooms.clone(),
            random: random.fork(),
            pace: pace.pause,
            changes_percent: pace.changes_percent,
            board: Board::clone(&self.board),
            stop: self.stop.subscribe(),
        };
        self.chatters.spawn(chatter.run());
    }

    /// Lets everybody talk: over REST, on the gateway, and through the client library, in turn.
    pub fn talk_all(&mut self, crowd: &Crowd, pace: Pace, random: &mut Random) {
        for (number, session) in crowd.people.iter().enumerate() {
            let talker = match number % 4 {
                0 | 1 => Talker::gateway(session, crowd.address),
                2 => Talker::rest(session.clone()),
                _ => Talker::library(&session.user().id, self.follow(&format!("follower {number}"), session.clone())),
            };
            self.talk(talker, crowd, pace, random);
        }
    }

    /// Makes a watcher that follows all rooms at that address.
    pub fn watcher(&self, name: &str, crowd: &Crowd, number: usize, address: SocketAddr) -> Watcher {
        Watcher::new(name, address, &crowd.person(number).token(), &crowd.rooms, self.goal.subscribe())
    }

    /// Lets somebody watch all rooms from the beginning.
    pub fn watch(&mut self, crowd: &Crowd, number: usize, address: SocketAddr) {
        let watcher = self.watcher(&format!("watcher {number}"), crowd, number, address);
        self.watchers.spawn(watcher.watch());
    }

    /// Lets a watcher go on watching.
    pub fn stay(&mut self, watcher: Watcher) {
        self.watchers.spawn(watcher.watch());
    }

    /// Lets somebody follow with the client library; gives the way to speak through its connection.
    pub fn follow(&mut self, name: &str, session: ClientSession) -> GatewayHandle {
        let follower = Follower::new(name, session, self.goal.subscribe());
        let handle = follower.handle();
        self.followers.spawn(follower.follow());
        handle
    }

    /// Lets a watcher come and go so many times, and then stay.
    pub fn resume(&mut self, watcher: Watcher, times: u64) {
        self.comers.spawn(watcher.resume(times));
    }

    /// Waits until everybody who comes and goes stays.
    ///
    /// # Errors
    /// If a watcher panicked.
    pub async fn until_all_stay(&mut self) -> Result<()> {
        while let Some(watcher) = self.comers.join_next().await {
            self.watchers.spawn(watcher?.watch());
        }
        Ok(())
    }

    /// Gives what was said last; it changes as long as the server answers.
    pub fn board(&self) -> Board {
        Board::clone(&self.board)
    }

    /// Waits until nobody talks any more.
    ///
    /// # Errors
    /// If a chatter panicked.
    pub async fn fall_silent(&mut self) -> Result<()> {
        self.stop.send_replace(true);
        while let Some(actions) = self.chatters.join_next().await {
            self.history.did(actions?);
        }
        Ok(())
    }

    /// Ends the run: chatters stop, watchers see the end, and everything is checked. Gives how often they came back.
    ///
    /// # Errors
    /// If the store can't be read.
    pub async fn conclude(self, crowd: &Crowd, expect: Expect) -> Result<(Report, u64)> {
        let concluded = self.conclude_with_history(crowd, expect).await?;
        Ok((concluded.report, concluded.returns))
    }

    /// The same, with everything that was written down.
    ///
    /// # Errors
    /// As for [`Self::conclude`].
    pub async fn conclude_with_history(mut self, crowd: &Crowd, expect: Expect) -> Result<Concluded> {
        self.fall_silent().await?;
        let store = crowd.read_store().await?;
        let heads: BTreeMap<String, u64> = store.rooms.iter().map(|(id, room)| (id.clone(), room.head_rev)).collect();
        self.goal.send_replace(Some(Goal { heads, deadline: Instant::now() + self.patience }));
        let mut returns = 0;
        while let Some(watcher) = self.watchers.join_next().await {
            let watcher = watcher?;
            returns += watcher.returns;
            self.history.saw(watcher.into_observer());
        }
        while let Some(follower) = self.followers.join_next().await {
            let follower = follower?;
            returns += follower.returns;
            self.history.saw(follower.into_observer().await);
        }
        Ok(Concluded { report: check(&self.history, &store, expect), returns, history: self.history })
    }
}

/// The end of a run.
#[derive(Debug)]
pub struct Concluded {
    /// What the checker says.
    pub report: Report,
    /// How often watchers came back.
    pub returns: u64,
    /// What everybody did and saw.
    pub history: History,
}
