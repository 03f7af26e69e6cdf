//! R10: after any number of random operations, what counts as unread equals a recount.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use client::ClientSession;
use protocol::MessageDto;
use tokio::task::JoinSet;

use super::context::Context;
use super::crowd::{Crowd, read_room};
use super::outcome::Outcome;
use super::stage::Stage;
use crate::client::Talker;
use crate::history::{Acknowledgement, Action, Answer};
use crate::random::Random;

/// How many people and rooms there are.
const PEOPLE: usize = 5;
const ROOMS: usize = 3;

pub(super) async fn run(context: &Context) -> Result<Outcome> {
    let mut random = context.random("unread");
    let (rounds, each) = context.size((4, 40), (100, 200));
    let stage = Stage::open(context, PEOPLE, ROOMS).await?;
    let mut people = Vec::new();
    for number in 0..PEOPLE {
        people.push(Person::new(&stage.crowd, number, random.fork()));
    }
    let mut outcome = Outcome::default();
    let (mut operations, mut compared) = (0, 0);
    for _ in 0..rounds {
        let mut busy = JoinSet::new();
        for mut person in people.drain(..) {
            busy.spawn(async move {
                for _ in 0..each {
                    person.do_something().await?;
                }
                anyhow::Ok(person)
            });
        }
        while let Some(person) = busy.join_next().await {
            people.push(person??);
        }
        operations += each * PEOPLE;
        compared += compare(&stage.crowd, &people, &mut outcome).await?;
    }
    let complaints: Vec<String> = people.iter_mut().flat_map(|person| std::mem::take(&mut person.complaints)).collect();
    outcome.complaints.extend(complaints);
    let wrong = outcome.complaints.len();
    outcome.figures = format!("{operations} operations, {compared} counts compared with a recount: wrong {wrong}");
    Ok(outcome)
}

/// Somebody who posts, deletes, reads and marks at random.
struct Person {
    session: ClientSession,
    talker: Talker,
    names: Vec<String>,
    rooms: Vec<String>,
    random: Random,
    own: Vec<Acknowledgement>,
    read: BTreeMap<String, u64>,
    complaints: Vec<String>,
}

impl Person {
    fn new(crowd: &Crowd, number: usize, random: Random) -> Self {
        let session = crowd.person(number).clone();
        Self {
            talker: Talker::rest(session.clone()),
            session,
            names: crowd.people.iter().map(|person| person.user().username.clone()).collect(),
            rooms: crowd.rooms.clone(),
            random,
            own: Vec::new(),
            read: BTreeMap::new(),
            complaints: Vec::new(),
        }
    }

    async fn do_something(&mut self) -> Result<()> {
        let room = self.rooms[self.random.index(self.rooms.len())].clone();
        match self.random.below(10) {
            0..5 => {
                let text = self.text();
                let nonce = self.random.nonce("u");
                if let Answer::Acknowledged(said) = self.talker.say(&room, &nonce, &text).await {
                    self.own.push(said);
                }
            }
            5 if !self.own.is_empty() => {
                let place = self.random.index(self.own.len());
                let message = self.own.swap_remove(place);
                self.talker.change(&message, Action::Delete).await;
            }
            6 if !self.own.is_empty() => self.edit().await,
            _ => self.mark(&room).await?,
        }
        Ok(())
    }

    fn text(&mut self) -> String {
        match self.random.below(6) {
            0 => "hello @room".to_owned(),
            1 | 2 => format!("hello @{}, look", self.names[self.random.index(self.names.len())]),
            _ => "nobody in particular".to_owned(),
        }
    }

    /// An edit may call others than before.
    async fn edit(&mut self) {
        let place = self.random.index(self.own.len());
        let message = self.own.swap_remove(place);
        let Some(seen) = message.version else { return };
        let content = self.text();
        if let Answer::Acknowledged(edited) = self.talker.change(&message, Action::Edit { seen, content }).await {
            self.own.push(edited);
        }
    }

    /// Reads up to some message, or says that it is unread from there on.
    async fn mark(&mut self, room: &str) -> Result<()> {
        let head = self.session.view_room(room).await?.head_seq;
        let (seq, back) = (self.random.below(head + 1), self.random.percent(20));
        let before = self.session.view_room(room).await?.read_seq.unwrap_or_default();
        let marker = self.session.mark(room, seq, back).await?;
        let expected = if back { seq } else { before.max(seq) };
        if marker.read_seq != expected {
            self.complaints.push(format!("{before} marked {seq} (back: {back}) became {}", marker.read_seq));
        }
        self.read.insert(room.to_owned(), marker.read_seq);
        Ok(())
    }
}

/// Holds what the server counts against a recount from the messages themselves.
async fn compare(crowd: &Crowd, people: &[Person], outcome: &mut Outcome) -> Result<usize> {
    let mut compared = 0;
    for room in &crowd.rooms {
        let stored = read_room(crowd.person(0), room).await?;
        for person in people {
            let me = &person.session.user().id;
            let view = person.session.view_room(room).await?;
            let read = view.read_seq.context("a member without a read position")?;
            let counts: Vec<&MessageDto> =
                stored.messages.iter().filter(|m| m.seq > read && counts_for(m, me)).collect();
            let calls = counts.iter().filter(|message| is_called(message, me)).count();
            let (unread, mentions) = (view.unread.unwrap_or(u64::MAX), view.mentions.unwrap_or(u64::MAX));
            outcome.require((unread, mentions) == (counts.len() as u64, calls as u64), || {
                format!("{me} in {room} after {read}: {unread}, {mentions} called; counted {}, {calls}", counts.len())
            });
            compared += 2;
        }
    }
    Ok(compared)
}

fn counts_for(message: &MessageDto, me: &str) -> bool {
    !message.deleted && message.user_id != me && message.kind.as_deref() != Some("system")
}

fn is_called(message: &MessageDto, me: &str) -> bool {
    message.mentions.iter().any(|called| called == me || called == "room" || called == "here")
}
