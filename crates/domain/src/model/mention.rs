//! Whom a message calls by name.

use super::{MessageBody, UserId, Username};

/// Whom a message calls, as the server resolved it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Mentions {
    /// Members called by name: ascending, nobody twice.
    pub users: Vec<UserId>,
    /// Whether everybody is called (`@room`).
    pub room: bool,
    /// Whether everybody who is there is called (`@here`). It counts as a mention for every member.
    pub here: bool,
}

impl Mentions {
    /// The most people one message can call by name; further names stay plain text.
    pub const MAX_USERS: usize = 50;

    /// Tells whether nobody is called.
    pub const fn is_empty(&self) -> bool {
        self.users.is_empty() && !self.room && !self.here
    }

    /// Tells whether that user is called, by name or with everybody.
    pub fn concern(&self, user_id: UserId) -> bool {
        self.room || self.here || self.users.binary_search(&user_id).is_ok()
    }
}

/// What in a text looks like a call: names nobody has checked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MentionCandidates {
    /// Names after an `@`, at most [`Mentions::MAX_USERS`], none twice.
    pub names: Vec<Username>,
    /// Whether there is `@room`.
    pub room: bool,
    /// Whether there is `@here`.
    pub here: bool,
}

impl MentionCandidates {
    /// Finds what looks like a call: an `@` that doesn't follow a letter, digit or `@`, outside of code spans and code
    /// blocks, and the longest name after it; dots and dashes at its end belong to the sentence.
    pub fn of(body: &MessageBody) -> Self {
        let mut found = Self::default();
        if !body.as_str().contains('@') {
            return found;
        }
        let prose = without_code(body.as_str());
        let mut before = ' ';
        for (at, character) in prose.char_indices() {
            if character == '@' && !before.is_alphanumeric() && before != '@' {
                found.take(&prose[at + 1..]);
            }
            before = character;
        }
        found
    }

    fn take(&mut self, rest: &str) {
        let end = rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.' | '-'))).unwrap_or(rest.len());
        let name = rest[..end].trim_end_matches(['.', '-']);
        match name {
            "room" => self.room = true,
            "here" => self.here = true,
            _ => {
                if let Ok(name) = Username::parse(name)
                    && self.names.len() < Mentions::MAX_USERS
                    && self.names.iter().all(|other| other.key() != name.key())
                {
                    self.names.push(name);
                }
            }
        }
    }

    /// Tells whether nothing looks like a call.
    pub const fn is_empty(&self) -> bool {
        self.names.is_empty() && !self.room && !self.here
    }
}

/// Replaces code by spaces: a run of backticks up to the next run of the same length (CommonMark, section 6.1), which
/// covers fenced blocks as well; an unclosed fence at the beginning of a line goes to the end.
fn without_code(text: &str) -> String {
    let mut prose = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('`') {
        let (before, from) = rest.split_at(start);
        prose.push_str(before);
        let ticks = from.bytes().take_while(|byte| *byte == b'`').count();
        let fence_at_line_start = ticks >= 3 && before.rsplit('\n').next().is_none_or(|line| line.trim().is_empty());
        let inner = &from[ticks..];
        match closing(inner, ticks) {
            Some(end) => {
                prose.push(' ');
                rest = &inner[end..];
            }
            None if fence_at_line_start => return prose,
            None => {
                prose.push_str(&from[..ticks]);
                rest = inner;
            }
        }
    }
    prose.push_str(rest);
    prose
}

/// Finds the end of the next run of exactly that many backticks.
fn closing(text: &str, ticks: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] != b'`' {
            at += 1;
            continue;
        }
        let run = bytes[at..].iter().take_while(|byte| **byte == b'`').count();
        at += run;
        if run == ticks {
            return Some(at);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<String> {
        let found = MentionCandidates::of(&MessageBody::parse(text).unwrap());
        found.names.iter().map(|name| name.as_str().to_owned()).collect()
    }

    #[test]
    fn names_end_where_the_sentence_goes_on() {
        assert_eq!(names("@ann, (@bob) and @cleo.\n@d.e-f-"), ["ann", "bob", "cleo", "d.e-f"]);
    }

    #[test]
    fn addresses_and_code_call_nobody() {
        for text in ["mail ann@example.org", "`@ann`", "``a ` @ann``", "```\n@ann\n```", "x\n```\n@ann", "@@ann", "@"] {
            assert!(names(text).is_empty(), "{text}");
        }
        assert_eq!(names("a ` tick @ann"), ["ann"]);
        assert_eq!(names("`code` @ann"), ["ann"]);
    }

    #[test]
    fn everybody_is_called_by_two_words_and_nobody_twice() {
        let found = MentionCandidates::of(&MessageBody::parse("@room @here @Ann @ann @roomy").unwrap());
        assert!(found.room && found.here);
        assert_eq!(found.names.iter().map(Username::as_str).collect::<Vec<_>>(), ["Ann", "roomy"]);
    }
}
