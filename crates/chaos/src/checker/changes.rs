//! Edits, deletions and reactions: what was acknowledged is there, unless something later replaced it.

use std::collections::HashMap;

use protocol::MessageDto;

use super::{Fault, Faults, Report};
use crate::history::{Action, Answer, Change, History, Store};

pub(super) fn check(history: &History, store: &Store, report: &mut Report) {
    let by_id: HashMap<&str, &MessageDto> = store.messages().map(|message| (message.id.as_str(), message)).collect();
    let mut by_message: HashMap<&str, Vec<&Change>> = HashMap::new();
    for change in &history.actions.changes {
        report.changes += usize::from(matches!(change.answer, Answer::Acknowledged(_)));
        by_message.entry(change.message.as_str()).or_default().push(change);
    }
    for (id, changes) in &by_message {
        match by_id.get(id) {
            None => report.faults.add(Fault::Lost, || format!("{id} was changed and isn't stored")),
            Some(stored) => check_message(stored, changes, &mut report.faults),
        }
    }
    for message in store.messages().filter(|message| message.deleted) {
        let tried = by_message.get(message.id.as_str()).is_some_and(|changes| {
            changes.iter().any(|change| change.action == Action::Delete && !is_refused(&change.answer))
        });
        if !tried {
            report.faults.add(Fault::Ghost, || format!("{} is deleted and nobody deleted it", message.id));
        }
    }
}

fn is_refused(answer: &Answer) -> bool {
    matches!(answer, Answer::Refused(_))
}

fn check_message(stored: &MessageDto, changes: &[&Change], faults: &mut Faults) {
    let undone = |what: &str| format!("{what} of {} was acknowledged and isn't there: {stored:?}", stored.id);
    let acknowledged = |change: &&&Change| matches!(change.answer, Answer::Acknowledged(_));
    if let Some(newest) = changes.iter().filter(acknowledged).filter_map(|change| rev(change)).max()
        && stored.rev < newest
    {
        faults.add(Fault::Undone, || undone(&format!("change {newest}")));
    }
    if stored.deleted {
        return;
    }
    if changes.iter().filter(acknowledged).any(|change| change.action == Action::Delete) {
        faults.add(Fault::Undone, || undone("a deletion"));
    }
    check_text(stored, changes, faults);
    check_reactions(stored, changes, faults);
}

fn rev(change: &Change) -> Option<u64> {
    match &change.answer {
        Answer::Acknowledged(acknowledged) => Some(acknowledged.rev),
        Answer::Refused(_) | Answer::Unknown => None,
    }
}

/// The stored text is that of the newest acknowledged edit, or of one after it whose answer got lost.
fn check_text(stored: &MessageDto, changes: &[&Change], faults: &mut Faults) {
    let (mut newest, mut possible) = ((1, None), Vec::new());
    for change in changes {
        let Action::Edit { content, .. } = &change.action else { continue };
        match &change.answer {
            Answer::Acknowledged(acknowledged) => {
                let version = acknowledged.version.unwrap_or(1);
                if version > newest.0 {
                    newest = (version, Some(content.as_str()));
                }
            }
            Answer::Unknown => possible.push(content.as_str()),
            Answer::Refused(_) => {}
        }
    }
    let (version, text) = (stored.version.unwrap_or(1), stored.content.as_deref().unwrap_or_default());
    if version < newest.0 || (version == newest.0 && newest.1.is_some_and(|content| content != text)) {
        faults.add(Fault::Undone, || format!("edit {newest:?} of {} isn't there: {version} {text:?}", stored.id));
    } else if version > newest.0 && !possible.contains(&text) {
        faults.add(Fault::Ghost, || format!("{} has version {version}, which nobody made: {text:?}", stored.id));
    }
}

/// The last thing a user did with an emoji decides; what wasn't answered decides nothing.
fn check_reactions(stored: &MessageDto, changes: &[&Change], faults: &mut Faults) {
    let mut last: HashMap<(&str, &str), Option<bool>> = HashMap::new();
    for change in changes {
        let (emoji, on) = match &change.action {
            Action::React(emoji) => (emoji, true),
            Action::Unreact(emoji) => (emoji, false),
            Action::Edit { .. } | Action::Delete => continue,
        };
        match change.answer {
            Answer::Acknowledged(_) => last.insert((&change.by, emoji), Some(on)),
            Answer::Unknown => last.insert((&change.by, emoji), None),
            Answer::Refused(_) => continue,
        };
    }
    for reaction in &stored.reactions {
        if reaction.count != reaction.user_ids.len() {
            faults.add(Fault::Undone, || format!("{} counts {} of {reaction:?}", stored.id, reaction.count));
        }
        for user in &reaction.user_ids {
            if !last.contains_key(&(user.as_str(), reaction.emoji.as_str())) {
                faults.add(Fault::Ghost, || format!("{} of {user} on {} is nobody's", reaction.emoji, stored.id));
            }
        }
    }
    for ((user, emoji), on) in last {
        let mut there = stored.reactions.iter().filter(|reaction| reaction.emoji == emoji);
        let there = there.any(|reaction| reaction.user_ids.iter().any(|id| id == user));
        if on.is_some_and(|on| on != there) {
            faults.add(Fault::Undone, || format!("{emoji} of {user} on {}: wanted {on:?}, is {there}", stored.id));
        }
    }
}

#[cfg(test)]
mod tests {
    use protocol::ReactionDto;

    use super::*;
    use crate::builders::message;
    use crate::history::{Acknowledgement, Actions, StoredRoom};

    fn done(rev: u64, version: Option<u32>) -> Answer {
        Answer::Acknowledged(Acknowledgement { id: "m1".to_owned(), seq: 1, rev, version })
    }

    fn change(action: Action, answer: Answer) -> Change {
        Change { message: "m1".to_owned(), by: "u".to_owned(), action, answer }
    }

    fn edit(content: &str, answer: Answer) -> Change {
        change(Action::Edit { seen: 1, content: content.to_owned() }, answer)
    }

    fn report(changes: Vec<Change>, stored: MessageDto) -> Report {
        let room = StoredRoom { head_seq: 1, head_rev: stored.rev, messages: vec![stored] };
        let history = History { actions: Actions { sends: Vec::new(), changes }, observers: Vec::new() };
        let mut report = Report::default();
        check(&history, &Store { rooms: [("r".to_owned(), room)].into() }, &mut report);
        report
    }

    fn edited(version: u32, text: &str) -> MessageDto {
        MessageDto { version: Some(version), content: Some(text.to_owned()), rev: u64::from(version), ..message(1) }
    }

    fn tombstone() -> MessageDto {
        MessageDto { deleted: true, content: None, version: None, rev: 2, ..message(1) }
    }

    #[test]
    fn an_acknowledged_edit_must_be_there_and_one_without_answer_may() {
        assert!(report(vec![edit("new", done(2, Some(2)))], edited(2, "new")).is_clean());
        assert!(report(vec![edit("new", Answer::Unknown)], edited(2, "new")).is_clean());
        assert!(report(vec![edit("new", Answer::Unknown)], message(1)).is_clean());
        assert!(report(vec![edit("new", done(2, Some(2)))], message(1)).faults.count(Fault::Undone) > 0);
        assert!(report(vec![edit("new", done(2, Some(2)))], edited(2, "other")).faults.count(Fault::Undone) > 0);
        let refused = edit("new", Answer::Refused("forbidden".to_owned()));
        assert_eq!(report(vec![refused], edited(2, "new")).faults.count(Fault::Ghost), 1);
    }

    #[test]
    fn a_deletion_is_there_and_replaces_what_was_before() {
        let deletion = change(Action::Delete, done(2, None));
        assert!(report(vec![edit("new", done(2, Some(2))), deletion.clone()], tombstone()).is_clean());
        assert!(report(vec![deletion], message(1)).faults.count(Fault::Undone) > 0);
        assert_eq!(report(vec![], tombstone()).faults.count(Fault::Ghost), 1);
    }

    #[test]
    fn the_last_answered_reaction_of_a_user_counts() {
        let with = |users: &[&str]| MessageDto {
            rev: 3,
            reactions: vec![ReactionDto {
                emoji: "👍".to_owned(),
                count: users.len(),
                user_ids: users.iter().map(ToString::to_string).collect(),
                me: false,
            }],
            ..message(1)
        };
        let on = change(Action::React("👍".to_owned()), done(2, Some(1)));
        let off = change(Action::Unreact("👍".to_owned()), done(3, Some(1)));
        assert!(report(vec![on.clone()], with(&["u"])).is_clean());
        assert_eq!(report(vec![on.clone(), off], with(&["u"])).faults.count(Fault::Undone), 1);
        assert_eq!(report(vec![on.clone()], MessageDto { rev: 3, ..message(1) }).faults.count(Fault::Undone), 1);
        assert_eq!(report(vec![on], with(&["u", "x"])).faults.count(Fault::Ghost), 1);
    }
}
