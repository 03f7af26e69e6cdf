//! Text is data, whatever is in it.

use super::{ann_in_general, texts};
use crate::builders::{a_message, a_nonce, page_size};
use crate::stores::Stores;

async fn assert_kept(stores: &Stores, samples: &[String]) {
    let (ann, general) = ann_in_general(stores).await;
    for (index, text) in samples.iter().enumerate() {
        let mut new = a_message(general.id, &ann, text);
        new.nonce = Some(a_nonce(&format!("n{index}")));
        let message = stores.append(new.clone()).await;
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

pub async fn text_with_dots_dollars_quotes_and_nul_is_kept_as_it_is(stores: &Stores) {
    let samples = [
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
    assert_kept(stores, &samples.map(ToOwned::to_owned)).await;
}

/// 4,000 characters, 16 KiB, and both at once as nearly as they go.
pub async fn text_at_the_size_limits_is_kept_whole(stores: &Stores) {
    let family = "👨‍👩‍👧‍👦";
    let families = family.repeat(16 * 1024 / family.len());
    let full = format!("{families}{}", "x".repeat(16 * 1024 - families.len()));
    assert_eq!(full.len(), 16 * 1024);
    let samples = ["x".repeat(4000), "👍".repeat(4000), "e\u{301}".repeat(4000), "\u{0}".repeat(4000), full];
    assert_kept(stores, &samples).await;
}
