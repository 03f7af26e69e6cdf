//! What every `SecretGenerator` must do.

use std::collections::HashSet;
use std::sync::Arc;

use domain::model::{RefreshToken, Ticket};
use domain::port::SecretGenerator;

/// Makes one test per case of this port; the argument gives an `Arc` of it.
#[macro_export]
macro_rules! secret_generator_contract {
    ($make:expr) => {
        $crate::__contract! { sync secret_generator, ::std::sync::Arc<dyn ::domain::port::SecretGenerator>, $make, [
            refresh_tokens_are_never_repeated
            refresh_tokens_are_long_enough_and_fit_into_a_cookie
            a_digest_depends_on_the_token_alone
            digests_of_different_tokens_differ
            tickets_are_never_repeated
            tickets_are_long_enough_and_fit_into_a_subprotocol
            the_digest_of_a_ticket_depends_on_the_ticket_alone
        ] }
    };
}

pub fn refresh_tokens_are_never_repeated(secrets: &Arc<dyn SecretGenerator>) {
    let mut seen = HashSet::new();
    for _ in 0..10_000 {
        assert!(seen.insert(secrets.refresh_token().reveal().to_owned()), "a refresh token came twice");
    }
}

/// 256 bits are 43 characters of the densest alphabet that needs no escaping in cookies and URLs.
pub fn refresh_tokens_are_long_enough_and_fit_into_a_cookie(secrets: &Arc<dyn SecretGenerator>) {
    let mut characters = HashSet::new();
    for _ in 0..100 {
        let token = secrets.refresh_token();
        let text = token.reveal();
        assert!((43..=512).contains(&text.len()), "{} characters", text.len());
        assert!(text.chars().all(|one| one.is_ascii_alphanumeric() || matches!(one, '-' | '_' | '.' | '~')));
        characters.extend(text.chars());
    }
    assert!(characters.len() >= 16, "100 random tokens use more than {} characters", characters.len());
}

pub fn a_digest_depends_on_the_token_alone(secrets: &Arc<dyn SecretGenerator>) {
    let token = secrets.refresh_token();
    let digest = secrets.digest(&token);
    assert_eq!(secrets.digest(&RefreshToken::new(token.reveal())), digest);
    let shown = format!("{digest:?} {token:?}");
    assert!(!shown.contains(token.reveal()), "neither shows the secret in a log");
    assert!(!token.reveal().as_bytes().starts_with(&digest.as_bytes()[..8]), "the digest doesn't hold the token");
}

pub fn digests_of_different_tokens_differ(secrets: &Arc<dyn SecretGenerator>) {
    let stem = "x".repeat(100);
    let mut seen = HashSet::new();
    for text in ["", " ", "a", "A", "b", "a ", "a\u{0}", &stem, &format!("{stem}x"), &format!("{stem}y")] {
        assert!(seen.insert(secrets.digest(&RefreshToken::new(text))), "{text:?} has another's digest");
    }
}

pub fn tickets_are_never_repeated(secrets: &Arc<dyn SecretGenerator>) {
    let mut seen = HashSet::new();
    for _ in 0..10_000 {
        assert!(seen.insert(secrets.ticket().reveal().to_owned()), "a ticket came twice");
    }
}

/// It is offered as a WebSocket subprotocol, whose names are tokens without separators (RFC 6455, section 4.1).
pub fn tickets_are_long_enough_and_fit_into_a_subprotocol(secrets: &Arc<dyn SecretGenerator>) {
    let mut characters = HashSet::new();
    for _ in 0..100 {
        let ticket = secrets.ticket();
        let text = ticket.reveal();
        assert!((43..=128).contains(&text.len()), "{} characters", text.len());
        assert!(text.chars().all(|one| one.is_ascii_alphanumeric() || matches!(one, '-' | '_')), "{text}");
        characters.extend(text.chars());
    }
    assert!(characters.len() >= 16, "100 random tickets use more than {} characters", characters.len());
}

pub fn the_digest_of_a_ticket_depends_on_the_ticket_alone(secrets: &Arc<dyn SecretGenerator>) {
    let ticket = secrets.ticket();
    let digest = secrets.ticket_digest(&ticket);
    assert_eq!(secrets.ticket_digest(&Ticket::new(ticket.reveal())), digest);
    assert_ne!(secrets.ticket_digest(&secrets.ticket()), digest);
    assert!(!ticket.reveal().as_bytes().starts_with(&digest.as_bytes()[..8]), "the digest doesn't hold the ticket");
    let shown = format!("{digest:?} {ticket:?}");
    assert!(!shown.contains(ticket.reveal()), "neither shows the secret in a log");
    let mut seen = HashSet::new();
    for text in ["", "a", "A", "a-", "a_", "aa"] {
        assert!(seen.insert(secrets.ticket_digest(&Ticket::new(text))), "{text:?} has another's digest");
    }
}
