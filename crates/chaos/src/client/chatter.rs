//! Somebody who goes on talking until told to stop, and changes now and then what was said.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::sleep;

use super::talker::Talker;
use crate::history::{Acknowledgement, Action, Actions, Answer};
use crate::random::Random;

/// How many messages of its own it can still change.
const REMEMBERED: usize = 20;
/// The emoji in use.
const EMOJI: [&str; 4] = ["👍", "🎉", "❤️", "😀"];
/// Texts in use, some of them with what stores and formats stumble over.
const TEXTS: [&str; 6] =
    ["hello", "a longer text, with a.dot and $dollar", "Grüße 👋", "{\"op\":\"send\"}", "<b>&amp;</b>", "x"];

/// The newest messages of everybody, for reactions.
pub type Board = Arc<Mutex<VecDeque<Acknowledgement>>>;

/// A chatter.
#[derive(Debug)]
pub struct Chatter {
    /// Says it.
    pub talker: Talker,
    /// The ids of the rooms it talks in.
    pub rooms: Vec<String>,
    /// Decides what.
    pub random: Random,
    /// How long it waits between two messages.
    pub pace: Duration,
    /// How many of a hundred turns change something besides.
    pub changes_percent: u64,
    /// What everybody said last.
    pub board: Board,
    /// Becomes true at the end.
    pub stop: watch::Receiver<bool>,
}

impl Chatter {
    /// Talks until told to stop; gives what it did.
    pub async fn run(mut self) -> Actions {
        let mut own: VecDeque<Acknowledgement> = VecDeque::new();
        while !*self.stop.borrow() {
            let room = self.rooms[self.random.index(self.rooms.len())].clone();
            let nonce = self.random.nonce("c");
            let text = TEXTS[self.random.index(TEXTS.len())];
            if let Answer::Acknowledged(said) = self.talker.say(&room, &nonce, text).await {
                self.remember(&mut own, said);
            }
            if self.random.percent(self.changes_percent) {
                self.change_something(&mut own).await;
            }
            if self.pace > Duration::ZERO {
                sleep(self.pace).await;
            }
        }
        self.talker.actions
    }

    fn remember(&self, own: &mut VecDeque<Acknowledgement>, said: Acknowledgement) {
        let mut board = self.board.lock().unwrap_or_else(PoisonError::into_inner);
        board.push_back(said.clone());
        while board.len() > REMEMBERED {
            board.pop_front();
        }
        own.push_back(said);
        while own.len() > REMEMBERED {
            own.pop_front();
        }
    }

    async fn change_something(&mut self, own: &mut VecDeque<Acknowledgement>) {
        match self.random.below(10) {
            0..4 => self.edit(own).await,
            4..6 => {
                let place = self.random.index(own.len());
                if let Some(message) = own.remove(place) {
                    self.talker.change(&message, Action::Delete).await;
                }
            }
            _ => self.react().await,
        }
    }

    async fn edit(&mut self, own: &mut VecDeque<Acknowledgement>) {
        let place = self.random.index(own.len());
        let Some(message) = own.get(place).cloned() else { return };
        let Some(seen) = message.version else { return };
        let Some(nonce) = self.nonce_of(&message.id) else { return };
        let content = format!("{nonce} edited {}", self.random.below(1000));
        match self.talker.change(&message, Action::Edit { seen, content }).await {
            Answer::Acknowledged(edited) => own[place] = edited,
            // Whether it was carried out isn't known, so the version isn't either.
            Answer::Refused(_) | Answer::Unknown => drop(own.remove(place)),
        }
    }

    /// Every text of a message begins with the nonce it was sent with.
    fn nonce_of(&self, id: &str) -> Option<String> {
        let mut sends = self.talker.actions.sends.iter().rev();
        let send = sends.find(|send| send.acknowledged().any(|acknowledged| acknowledged.id == id));
        send.map(|send| send.nonce.clone())
    }

    async fn react(&mut self) {
        let message = {
            let board = self.board.lock().unwrap_or_else(PoisonError::into_inner);
            let place = self.random.index(board.len());
            board.get(place).cloned()
        };
        let Some(message) = message else { return };
        let emoji = EMOJI[self.random.index(EMOJI.len())].to_owned();
        let action = if self.random.percent(70) { Action::React(emoji) } else { Action::Unreact(emoji) };
        self.talker.change(&message, action).await;
    }
}
