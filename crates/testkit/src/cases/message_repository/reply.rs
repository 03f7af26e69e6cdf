//! Answers quote what they answer as it is now, wherever they are shown.

use std::slice::from_ref;

use domain::model::{
    Excerpt, Message, MessageChange, MessageId, NewMessage, PageAnchor, Pin, ReplyPreview, RoomRev, RoomSeq,
};
use domain::port::{Appended, Changed};

use super::{ann_in_general, assert_shown_everywhere};
use crate::builders::{
    BASE_TIME, a_message, a_nonce, a_reply, a_thread_reply, an_edit, body, emoji, page_size, username,
};
use crate::stores::Stores;

fn excerpt(text: &str) -> Excerpt {
    Excerpt::of(&body(text))
}

/// A question, and a pinned answer to it in a thread, so that it comes up in every question a store can be asked.
async fn question_and_answer(stores: &Stores) -> (Message, Message) {
    let (ann, general) = ann_in_general(stores).await;
    let root = stores.post(general.id, &ann, "a thread").await;
    let question = stores.post(general.id, &ann, "how  are\nyou?").await;
    let reply = NewMessage { thread: Some(root.id), ..a_reply(&question, &ann, "fine") };
    let answer = stores.append(NewMessage { nonce: Some(a_nonce("n-1")), ..reply }).await;
    (question, stores.pin(&answer, &ann).await)
}

/// The previews that every kind of read gives of one answer.
async fn previews(stores: &Stores, answer: &Message) -> Vec<Option<ReplyPreview>> {
    let (room, id) = (answer.room_id, answer.id);
    let thread = answer.thread.expect("it is in a thread");
    let lists = [
        stores.page(room, PageAnchor::Latest, 50).await.items,
        stores.page(room, PageAnchor::After(RoomSeq::ZERO), 50).await.items,
        stores.page(room, PageAnchor::Around(answer.seq), 50).await.items,
        stores.messages.latest_live(room, None, page_size(50)).await.expect("they are read"),
        stores.messages.pinned(room, None, page_size(50)).await.expect("they are read"),
        stores.messages.changes(room, RoomRev::ZERO, page_size(50)).await.expect("they are read").items,
        stores.threads.replies(thread, RoomSeq::ZERO, page_size(50)).await.expect("they are read").items,
        vec![stores.find(id).await],
    ];
    let found =
        lists.map(|list| list.into_iter().find(|message| message.id == id).expect("every list has it").reply_to);
    found.to_vec()
}

/// The previews that writes give of the answer: a repeat of it, and changes that are made, needless and refused.
async fn previews_in_answers_to_writes(stores: &Stores, answer: &Message) -> Vec<Option<ReplyPreview>> {
    let repeat = NewMessage { nonce: answer.nonce.clone(), ..a_message(answer.room_id, &author(answer), "fine") };
    let Appended { message: repeat, duplicate } = stores.messages.append(repeat).await.expect("a repeat is accepted");
    assert!(duplicate);
    let heart = emoji("❤️");
    let mut shown = vec![repeat];
    for change in [
        MessageChange::React { by: answer.author.id, emoji: heart },
        MessageChange::React { by: answer.author.id, emoji: heart },
        MessageChange::Unreact { by: answer.author.id, emoji: heart },
        MessageChange::Pin(Pin { at: BASE_TIME, by: answer.author.id }),
        MessageChange::Edit {
            body: body("of a version that never was"),
            mentions: domain::model::Mentions::default(),
            seen: domain::model::Version::MAX,
            at: BASE_TIME,
        },
    ] {
        match stores.messages.change(answer.id, change).await.expect("the store answers") {
            Changed::Done(message) | Changed::Unchanged(message) | Changed::Refused(_, message) => shown.push(message),
            Changed::Absent => panic!("the answer is there"),
        }
    }
    shown.into_iter().map(|message| message.reply_to).collect()
}

fn author(message: &Message) -> domain::model::User {
    let mut user = crate::builders::a_user("unused").user;
    (user.id, user.username) = (message.author.id, message.author.username.clone());
    user
}

async fn assert_quoted(stores: &Stores, answer: &Message, expected: &ReplyPreview) {
    for preview in previews(stores, answer).await {
        assert_eq!(preview.as_ref(), Some(expected), "in reads");
    }
    for preview in previews_in_answers_to_writes(stores, answer).await {
        assert_eq!(preview.as_ref(), Some(expected), "in answers to writes");
    }
}

pub async fn an_answer_shows_the_beginning_of_what_it_answers(stores: &Stores) {
    let (question, answer) = question_and_answer(stores).await;
    let expected = ReplyPreview {
        id: question.id,
        seq: question.seq,
        author: question.author.clone(),
        excerpt: Some(excerpt("how are you?")),
    };
    assert_eq!(answer.reply_to.as_ref(), Some(&expected));
    assert_quoted(stores, &answer, &expected).await;
    assert_eq!(stores.find(question.id).await.reply_to, None);
}

pub async fn an_answer_follows_the_edits_of_what_it_answers(stores: &Stores) {
    let (mut question, answer) = question_and_answer(stores).await;
    for text in ["who are you?", &"long ".repeat(200), "👩‍👩‍👧‍👦 \u{0} $a.b"] {
        question = stores.edit(&question, text).await;
        let expected = ReplyPreview::of(&question);
        assert_eq!(expected.excerpt, Some(excerpt(text)));
        assert_quoted(stores, &answer, &expected).await;
    }
}

pub async fn an_answer_no_longer_quotes_what_was_deleted(stores: &Stores) {
    let (question, answer) = question_and_answer(stores).await;
    let edited = stores.edit(&question, "the-planted-secret").await;
    stores.delete(&edited).await;
    let expected = ReplyPreview { excerpt: None, ..ReplyPreview::of(&edited) };
    assert_quoted(stores, &answer, &expected).await;
    let timeline = format!("{:?}", stores.timeline(answer.room_id).await);
    assert!(!timeline.contains("the-planted-secret") && !timeline.contains("how are you"), "{timeline}");
}

/// Editing and deleting what is answered changes the answer's preview, and neither its `rev` nor anything else.
pub async fn an_answer_takes_no_rev_for_changes_of_what_it_answers(stores: &Stores) {
    let (question, answer) = question_and_answer(stores).await;
    let edited = stores.edit(&question, "changed").await;
    let shown = Message { reply_to: Some(ReplyPreview::of(&edited)), ..answer.clone() };
    assert_shown_everywhere(stores, &shown).await;
    let tombstone = stores.delete(&edited).await;
    let shown = Message { reply_to: Some(ReplyPreview::of(&tombstone)), ..answer };
    assert_shown_everywhere(stores, &shown).await;
    assert_eq!(stores.head(shown.room_id).await.rev, tombstone.rev);
}

/// What a caller read before somebody edited or deleted must not come back through the append.
pub async fn an_append_answers_with_what_is_answered_as_it_is_by_then(stores: &Stores) {
    let (ann, general) = ann_in_general(stores).await;
    let question = stores.post(general.id, &ann, "the-planted-secret").await;
    let edited = stores.edit(&question, "harmless").await;
    let answer = stores.append(a_reply(&question, &ann, "fine")).await;
    assert_eq!(answer.reply_to, Some(ReplyPreview::of(&edited)));
    assert_shown_everywhere(stores, &answer).await;
    let tombstone = stores.delete(&edited).await;
    let answer = stores.append(a_reply(&question, &ann, "fine, too")).await;
    assert_eq!(answer.reply_to, Some(ReplyPreview::of(&tombstone)));
    assert_shown_everywhere(stores, &answer).await;
}

/// Authors are named as they were when they wrote.
pub async fn an_answer_to_an_answer_quotes_that_one_alone(stores: &Stores) {
    let (ann, general) = ann_in_general(stores).await;
    let mut new = a_message(general.id, &ann, "one");
    new.author.username = username("Ann-before");
    let first = stores.append(new).await;
    let second = stores.append(a_reply(&first, &ann, "two")).await;
    let third = stores.append(a_reply(&second, &ann, "three")).await;
    assert_eq!(second.reply_to.as_ref().map(|preview| preview.author.username.as_str()), Some("Ann-before"));
    assert_eq!(third.reply_to, Some(ReplyPreview::of(&second)));
    assert_eq!(stores.timeline(general.id).await, [first, second, third]);
}

pub async fn a_deleted_answer_still_says_what_it_answered(stores: &Stores) {
    let (ann, general) = ann_in_general(stores).await;
    let question = stores.post(general.id, &ann, "question").await;
    let answer = stores.append(a_reply(&question, &ann, "the-planted-secret")).await;
    let to_the_answer = stores.append(a_reply(&answer, &ann, "indeed")).await;
    let tombstone = stores.delete(&answer).await;
    assert_eq!(tombstone.reply_to, Some(ReplyPreview::of(&question)));
    assert_shown_everywhere(stores, &tombstone).await;
    let shown = stores.find(to_the_answer.id).await;
    assert_eq!(shown.reply_to.and_then(|preview| preview.excerpt), None);
}

pub async fn messages_of_a_thread_say_so_and_stay_in_the_timeline(stores: &Stores) {
    let (ann, general) = ann_in_general(stores).await;
    let root = stores.post(general.id, &ann, "a thread").await;
    let reply = stores.append(a_thread_reply(&root, &ann, "in it")).await;
    assert_eq!((root.thread, reply.thread), (None, Some(root.id)));
    assert_eq!(stores.timeline(general.id).await, [root.clone(), reply.clone()]);
    for changed in [stores.edit(&reply, "edited").await, stores.delete(&reply).await] {
        assert_eq!(changed.thread, Some::<MessageId>(root.id));
    }
    let live = stores.messages.latest_live(general.id, None, page_size(5)).await.expect("they are read");
    assert_eq!(live, from_ref(&root));
    let refused = stores.messages.change(reply.id, an_edit(&root, "again")).await.expect("the store answers");
    assert!(matches!(refused, Changed::Refused(..)), "{refused:?}");
}
