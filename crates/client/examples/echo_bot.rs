//! A bot that repeats what follows `!echo`, and answers whoever mentions it:
//!
//! ```text
//! CHINWAG_BOT_PASSWORD=alicepass123 cargo run --example echo_bot http://127.0.0.1:8000 alice general
//! ```
//!
//! It may be stopped, killed and started at any moment, and so may the server: it answers everything once. Where it was
//! is its read position in the room, and an answer's nonce comes from what it answers.

#![expect(clippy::print_stdout, reason = "it talks to whoever started it")]

use std::error::Error;

use client::{Api, CommandError, Gateway, GatewayOptions, OutgoingMessage, RoomFeed};
use protocol::MessageDto;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (Ok(password), [url, name, room]) = (std::env::var("CHINWAG_BOT_PASSWORD"), &arguments[..]) else {
        println!("usage: CHINWAG_BOT_PASSWORD=… echo_bot URL NAME ROOM");
        return Ok(());
    };
    let session = Api::new(url)?.log_in(name, &password).await?;
    let (room, me) = (session.join(room).await?, session.user().id.clone());
    let mut gateway = Gateway::start(session.clone(), GatewayOptions::default());
    let mut feed = RoomFeed::new(session, &room.id, room.read_seq.unwrap_or(0));
    println!("listening");
    loop {
        let message = feed.next(&mut gateway).await?;
        if let Some(answer) = answer(&message, &me) {
            let nonce = format!("echo-{}", message.id);
            let answer = OutgoingMessage { nonce, ..OutgoingMessage::new(&room.id, answer) };
            match gateway.handle().send_message(answer).await {
                Err(error @ (CommandError::Stopped | CommandError::Full)) => return Err(error.into()),
                Err(refused) => println!("{refused}"),
                Ok(sent) => println!("{}", sent.message.seq),
            }
        }
        if message.user_id != me {
            gateway.handle().mark(&room.id, message.seq, false).await?;
        }
    }
}

/// Says what there is to be said to a message: nothing to the bot's own and to what was deleted.
fn answer(message: &MessageDto, me: &str) -> Option<String> {
    let content = message.content.as_deref().filter(|_| message.user_id != me)?;
    match content.strip_prefix("!echo ") {
        Some(text) => Some(text.to_owned()),
        None if message.mentions.iter().any(|called| called == me) => Some(format!("Hello, {}!", message.username)),
        None => None,
    }
}
