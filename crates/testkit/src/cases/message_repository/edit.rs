//! Edits: the text changes, the old one is kept, and nobody overwrites what they haven't seen.

use std::sync::Arc;
use std::time::Duration;

use domain::model::{
    ChangeKind, ChangeRefusal, Mentions, Message, MessageChange, MessageId, MessageState, MessageVersion, Timestamp,
    User, Version,
};
use domain::port::Changed;

use super::{ann_in_general, assert_shown_everywhere, rev};
use crate::builders::{BASE_TIME, a_message, a_nonce, an_edit, body, mentions_of};
use crate::ids::fresh_id;
use crate::stores::Stores;
use crate::together::together;

fn version(number: u64) -> Version {
    Version::new(number).expect("a small number")
}

/// An edit that calls those users, at a time.
fn edit_at(seen: u64, text: &str, called: &[User], millis: i64) -> MessageChange {
    MessageChange::Edit {
        body: body(text),
        mentions: mentions_of(called),
        seen: version(seen),
        at: Timestamp::from_millis(millis),
    }
}

pub async fn an_edit_replaces_the_text_under_the_next_rev_and_nothing_else(stores: &Stores) {
    let (ann, general) = ann_in_general(stores).await;
    let mut new = a_message(general.id, &ann, "first");
    new.nonce = Some(a_nonce("n-1"));
    let message = stores.append(new).await;
    stores.post(general.id, &ann, "next").await;
    let edited = stores.change(message.id, edit_at(1, "second", &[], -1_001)).await;

    let mut content = message.content().expect("it is live").clone();
    content.body = body("second");
    content.version = version(2);
    content.edited_at = Some(Timestamp::from_millis(-1_001));
    let state = MessageState::Live(content);
    let expected = Message { rev: rev(3), change: ChangeKind::Edit, state, ..message };
    assert_eq!(edited, expected);
    assert_shown_everywhere(stores, &expected).await;
    let head = stores.head(general.id).await;
    assert_eq!((head.seq.get(), head.rev.get()), (2, 3), "an edit takes one rev and no place");
}

pub async fn replaced_texts_are_kept_oldest_first_with_their_times(stores: &Stores) {
    let (ann, general) = ann_in_general(stores).await;
    let message = stores.post(general.id, &ann, "one").await;
    let bystander = stores.post(general.id, &ann, "bystander").await;
    assert_eq!(stores.messages.versions(message.id).await.expect("they are read"), []);
    stores.change(message.id, edit_at(1, "two", &[], 10)).await;
    stores.change(message.id, edit_at(2, "three", &[], 5)).await;
    let expected = [(1, "one", BASE_TIME), (2, "two", Timestamp::from_millis(10))];
    let expected =
        expected.map(|(number, text, since)| MessageVersion { version: version(number), body: body(text), since });
    assert_eq!(stores.messages.versions(message.id).await.expect("they are read"), expected);
    assert_eq!(stores.messages.versions(bystander.id).await.expect("they are read"), []);
    assert_eq!(stores.messages.versions(MessageId::new(fresh_id())).await.expect("the store answers"), []);
}

pub async fn the_same_edit_again_changes_nothing(stores: &Stores) {
    let (ann, general) = ann_in_general(stores).await;
    let message = stores.post(general.id, &ann, "first").await;
    let edited = stores.change(message.id, edit_at(1, "second", &[], 10)).await;
    let before = stores.head(general.id).await;
    for seen in [1, 2] {
        let again = edit_at(seen, "second", &[], 99);
        let repeat = stores.messages.change(message.id, again).await.expect("the store answers");
        assert_eq!(repeat, Changed::Unchanged(edited.clone()), "seen {seen}");
    }
    assert_eq!(stores.head(general.id).await, before, "what isn't changed takes no number");
    assert_eq!(stores.messages.versions(message.id).await.expect("they are read").len(), 1);
    assert_shown_everywhere(stores, &edited).await;
}

pub async fn an_edit_of_an_old_version_is_refused_and_gives_the_message_as_it_is(stores: &Stores) {
    let (ann, general) = ann_in_general(stores).await;
    let message = stores.post(general.id, &ann, "first").await;
    let edited = stores.edit(&message, "second").await;
    let before = stores.head(general.id).await;
    for seen in [1, 3, 100] {
        let late =
            stores.messages.change(message.id, edit_at(seen, "other", &[], 99)).await.expect("the store answers");
        assert_eq!(late, Changed::Refused(ChangeRefusal::VersionMismatch, edited.clone()), "seen {seen}");
    }
    assert_eq!(stores.head(general.id).await, before);
    assert_eq!(stores.messages.versions(message.id).await.expect("they are read").len(), 1);
    assert_shown_everywhere(stores, &edited).await;
}

pub async fn a_late_edit_brings_no_deleted_message_back(stores: &Stores) {
    let (ann, general) = ann_in_general(stores).await;
    let message = stores.post(general.id, &ann, "first").await;
    let edited = stores.edit(&message, "second").await;
    let tombstone = stores.delete(&edited).await;
    let before = stores.head(general.id).await;
    for change in [an_edit(&message, "second"), an_edit(&edited, "third"), edit_at(1, "first", &[], 0)] {
        let late = stores.messages.change(message.id, change).await.expect("the store answers");
        assert_eq!(late, Changed::Refused(ChangeRefusal::Deleted, tombstone.clone()));
    }
    assert_eq!(stores.head(general.id).await, before);
    assert_eq!(stores.messages.versions(message.id).await.expect("they are read"), []);
    assert_shown_everywhere(stores, &tombstone).await;
}

pub async fn of_10_edits_of_one_version_at_once_one_is_made(stores: &Stores) {
    let (ann, general) = ann_in_general(stores).await;
    let message = stores.post(general.id, &ann, "first").await;
    let results = together((0..10).map(|number| {
        let (messages, id) = (Arc::clone(&stores.messages), message.id);
        let edit = an_edit(&message, &format!("by {number}"));
        async move { messages.change(id, edit).await.expect("the store answers") }
    }))
    .await;
    let made: Vec<&Message> = results
        .iter()
        .filter_map(|result| match result {
            Changed::Done(message) => Some(message),
            _ => None,
        })
        .collect();
    assert_eq!(made.len(), 1, "one editor had seen the version that was there");
    for result in &results {
        if let Changed::Refused(refusal, shown) = result {
            assert_eq!((*refusal, shown), (ChangeRefusal::VersionMismatch, made[0]), "the others see the winner");
        }
    }
    assert!(results.iter().all(|result| matches!(result, Changed::Done(_) | Changed::Refused(..))));
    assert_shown_everywhere(stores, made[0]).await;
    assert_eq!(stores.messages.versions(message.id).await.expect("they are read").len(), 1);
    assert_eq!(stores.head(general.id).await.rev, rev(2));
}

/// Whichever comes first, the text is gone in the end.
pub async fn an_edit_that_races_a_deletion_leaves_no_text_behind(stores: &Stores) {
    let (ann, general) = ann_in_general(stores).await;
    for round in 0..10 {
        let message = stores.post(general.id, &ann, &format!("round {round}")).await;
        let delete = MessageChange::Delete { by: ann.id, at: BASE_TIME };
        let results = together([an_edit(&message, "the-planted-secret"), delete].map(|change| {
            let (messages, id) = (Arc::clone(&stores.messages), message.id);
            async move { messages.change(id, change).await.expect("the store answers") }
        }))
        .await;
        assert!(results.iter().any(|result| matches!(result, Changed::Done(message) if message.is_deleted())));
        assert!(stores.find(message.id).await.is_deleted(), "round {round}");
        assert_eq!(stores.messages.versions(message.id).await.expect("they are read"), [], "round {round}");
    }
}

pub async fn an_edit_replaces_whom_the_text_calls(stores: &Stores) {
    let (ann, general) = ann_in_general(stores).await;
    let (bob, cid) = (stores.add_user("bob").await, stores.add_user("cid").await);
    let mut new = a_message(general.id, &ann, "@bob");
    new.mentions = mentions_of([&bob]);
    let message = stores.append(new).await;
    assert_shown_everywhere(stores, &message).await;
    let everybody = Mentions { room: true, here: false, ..mentions_of([&cid, &bob]) };
    let here = Mentions { here: true, ..Mentions::default() };
    for (number, mentions) in [everybody, here, Mentions::default(), mentions_of([&ann])].into_iter().enumerate() {
        let seen = version(number as u64 + 1);
        let edit =
            MessageChange::Edit { body: body(&number.to_string()), mentions: mentions.clone(), seen, at: BASE_TIME };
        let edited = stores.change(message.id, edit).await;
        assert_eq!(edited.content().map(|content| &content.mentions), Some(&mentions));
        assert_shown_everywhere(stores, &edited).await;
    }
}

pub async fn an_edit_keeps_reactions_and_pin(stores: &Stores) {
    let (ann, general) = ann_in_general(stores).await;
    let message = stores.post(general.id, &ann, "first").await;
    stores.react(&message, &ann, "👍").await;
    let pinned = stores.pin(&message, &ann).await;
    let edited = stores.edit(&pinned, "second").await;
    let (before, after) = (pinned.content().expect("it is live"), edited.content().expect("it is live"));
    assert_eq!((&after.reactions, after.pin), (&before.reactions, before.pin));
    assert!(!after.reactions.is_empty() && after.pin.is_some());
    assert_shown_everywhere(stores, &edited).await;
}

pub async fn the_hundredth_version_is_the_last(stores: &Stores) {
    let (ann, general) = ann_in_general(stores).await;
    let mut message = stores.post(general.id, &ann, "version 1").await;
    for number in 2..=100 {
        message = stores.edit(&message, &format!("version {number}")).await;
    }
    let refused = stores.messages.change(message.id, an_edit(&message, "version 101")).await.expect("it answers");
    assert_eq!(refused, Changed::Refused(ChangeRefusal::TooManyVersions, message.clone()));
    let versions = stores.messages.versions(message.id).await.expect("they are read");
    let texts: Vec<&str> = versions.iter().map(|version| version.body.as_str()).collect();
    let expected: Vec<String> = (1..100).map(|number| format!("version {number}")).collect();
    assert_eq!(texts, expected);
    assert_shown_everywhere(stores, &message).await;
}

pub async fn times_of_edits_are_kept_to_the_millisecond_also_before_1970(stores: &Stores) {
    let (ann, general) = ann_in_general(stores).await;
    let mut message = stores.post(general.id, &ann, "when?").await;
    for millis in [-62_135_596_800_000, -1, 0, 999, 4_102_444_800_123] {
        let at = Timestamp::from_millis(millis);
        let seen = message.content().expect("it is live").version;
        let edit = MessageChange::Edit { body: body(&format!("at {millis}")), mentions: Mentions::default(), seen, at };
        message = stores.change(message.id, edit).await;
        assert_eq!(message.content().and_then(|content| content.edited_at), Some(at));
        assert_shown_everywhere(stores, &message).await;
    }
    let versions = stores.messages.versions(message.id).await.expect("they are read");
    let since: Vec<i64> = versions.iter().map(|version| version.since.as_millis()).collect();
    assert_eq!(since, [BASE_TIME.as_millis(), -62_135_596_800_000, -1, 0, 999]);
}

pub async fn changing_what_never_was_finds_nothing(stores: &Stores) {
    let (ann, general) = ann_in_general(stores).await;
    let message = stores.post(general.id, &ann, "bystander").await;
    let later = BASE_TIME.plus(Duration::from_secs(1));
    for change in [edit_at(1, "new", &[], 0), MessageChange::Unpin, MessageChange::Delete { by: ann.id, at: later }] {
        let missing = MessageId::new(fresh_id());
        assert_eq!(stores.messages.change(missing, change).await.expect("the store answers"), Changed::Absent);
    }
    assert_eq!(stores.timeline(general.id).await, [message]);
}
