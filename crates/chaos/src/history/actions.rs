//! What clients asked for, and what they were answered.

use protocol::MessageDto;

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The server said that it is done.
    Acknowledged(Acknowledgement),
    /// The server said that it isn't and won't be, with this code.
    Refused(String),
    /// Nothing came back: it is done or not.
    Unknown,
}

/// What the server said when it acknowledged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledgement {
    /// The message's id.
    pub id: String,
    /// The message's place.
    pub seq: u64,
    /// The number of its latest change.
    pub rev: u64,
    /// The version of its text; none for a tombstone.
    pub version: Option<u32>,
}

impl From<&MessageDto> for Acknowledgement {
    fn from(message: &MessageDto) -> Self {
        Self { id: message.id.clone(), seq: message.seq, rev: message.rev, version: message.version }
    }
}

/// The intent to send one message, however often it was tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Send {
    /// The room's id.
    pub room_id: String,
    /// The name of the intent, unique in the run. The text begins with it, and with every edit it still does.
    pub nonce: String,
    /// The text.
    pub content: String,
    /// How each attempt ended.
    pub answers: Vec<Answer>,
}

impl Send {
    /// Intends to send a text, which is put after the nonce.
    pub fn new(room_id: &str, nonce: &str, text: &str) -> Self {
        let content = format!("{nonce} {text}");
        Self { room_id: room_id.to_owned(), nonce: nonce.to_owned(), content, answers: Vec::new() }
    }

    /// Gives what was acknowledged.
    pub fn acknowledged(&self) -> impl Iterator<Item = &Acknowledgement> {
        self.answers.iter().filter_map(|answer| match answer {
            Answer::Acknowledged(acknowledgement) => Some(acknowledgement),
            Answer::Refused(_) | Answer::Unknown => None,
        })
    }

    /// Tells whether the server refused and nothing can have come of it.
    pub fn is_refused(&self) -> bool {
        !self.answers.is_empty() && self.answers.iter().all(|answer| matches!(answer, Answer::Refused(_)))
    }
}

/// What is to happen to a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Its text is replaced.
    Edit {
        /// The version that was seen.
        seen: u32,
        /// The new text.
        content: String,
    },
    /// It is deleted.
    Delete,
    /// An emoji is added.
    React(String),
    /// An emoji is taken back.
    Unreact(String),
}

/// An attempt to change a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The message's id.
    pub message: String,
    /// The id of the user who tried.
    pub by: String,
    /// What.
    pub action: Action,
    /// How it ended.
    pub answer: Answer,
}

/// What one client did, or several; changes of one user in the order in which they were made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Actions {
    /// Messages.
    pub sends: Vec<Send>,
    /// What happened to them.
    pub changes: Vec<Change>,
}
