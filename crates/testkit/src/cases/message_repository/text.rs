//! Text is data, whatever is in it.

use domain::model::MessageVersion;

use super::{ann_in_general, assert_shown_everywhere, texts};
use crate::builders::{a_message, a_nonce, body, page_size};
use crate::stores::Stores;

const TRICKY: [&str; 19] = [
    "a.b.c",
    "$set",
    "$",
    ".",
    "{\"$gt\": \"\"}",
    "nul\u{0}inside",
    "\u{0}",
    "it's \"quoted\" \\ `so`",
    "'); DROP TABLE messages; --",
    "100% _ * ?",
    "  spaces around  ",
    "line\r\nbreaks\n\n",
    "\u{feff}mark",
    "\u{202e}right to left",
    "e\u{301} and \u{e9}",
    "ﬁ ﷺ ß İ",
    "\u{10ffff}\u{fffd}\u{e000}",
    "<script>alert(1)</script>",
    "👩‍👩‍👧‍👦 🏴󠁧󠁢󠁳󠁣󠁴󠁿 🇨🇭",
];

async fn assert_kept(stores: &Stores, samples: &[String]) {
    let (ann, general) = ann_in_general(stores).await;
    for (index, text) in samples.iter().enumerate() {
        let mut new = a_message(general.id, &ann, text);
        new.nonce = Some(a_nonce(&format!("n{index}")));
        let message = stores.append(new.clone()).await;
        assert_shown_everywhere(stores, &message).await;
        assert_eq!(message.body().map(domain::model::MessageBody::as_str), Some(text.as_str()));
        assert_eq!(stores.messages.find(message.id).await.expect("it is found"), Some(message.clone()));
        // The store compares the text with the stored one.
        let repeat = stores.messages.append(new).await.expect("a repeat is accepted");
        assert!(repeat.duplicate && repeat.message == message);
    }
    let timeline = stores.timeline(general.id).await;
    assert_eq!(texts(&timeline), samples);
    let live = stores.messages.latest_live(general.id, None, page_size(100)).await.expect("they are read");
    assert_eq!(live, timeline);
}

/// Edits one message through all samples: each is its text once and a version ever after.
async fn assert_survives_edits(stores: &Stores, samples: &[String]) {
    let (ann, general) = ann_in_general(stores).await;
    let mut message = stores.post(general.id, &ann, "the first version").await;
    for text in samples {
        message = stores.edit(&message, text).await;
        assert_eq!(message.body(), Some(&body(text)));
        assert_shown_everywhere(stores, &message).await;
    }
    let versions = stores.messages.versions(message.id).await.expect("they are read");
    let mut expected = vec!["the first version"];
    expected.extend(samples[..samples.len() - 1].iter().map(String::as_str));
    assert_eq!(versions.iter().map(|MessageVersion { body, .. }| body.as_str()).collect::<Vec<_>>(), expected);
}

fn tricky() -> Vec<String> {
    TRICKY.map(ToOwned::to_owned).to_vec()
}

/// 4,000 characters, 16 KiB, and both at once as nearly as they go.
fn at_the_limits() -> Vec<String> {
    let family = "👨‍👩‍👧‍👦";
    let families = family.repeat(16 * 1024 / family.len());
    let full = format!("{families}{}", "x".repeat(16 * 1024 - families.len()));
    assert_eq!(full.len(), 16 * 1024);
    vec!["x".repeat(4000), "👍".repeat(4000), "e\u{301}".repeat(4000), "\u{0}".repeat(4000), full]
}

pub async fn text_with_dots_dollars_quotes_and_nul_is_kept_as_it_is(stores: &Stores) {
    assert_kept(stores, &tricky()).await;
}

pub async fn text_at_the_size_limits_is_kept_whole(stores: &Stores) {
    assert_kept(stores, &at_the_limits()).await;
}

pub async fn text_survives_edits_as_it_is(stores: &Stores) {
    assert_survives_edits(stores, &tricky()).await;
}

pub async fn text_at_the_size_limits_survives_edits(stores: &Stores) {
    assert_survives_edits(stores, &at_the_limits()).await;
}
