//! The cases, one module a port: plain functions that panic where a promise is broken.
#![expect(missing_docs, reason = "the name of a case is a sentence that says what it shows")]

pub mod access_tokens;
pub mod broadcaster;
pub mod clock;
pub mod dataset_repository;
pub mod id_generator;
pub mod membership_repository;
pub mod message_repository;
pub mod password_hasher;
pub mod presence_repository;
pub mod read_state_repository;
pub mod room_repository;
pub mod secret_generator;
pub mod session_repository;
pub mod thread_repository;
pub mod ticket_repository;
pub mod user_repository;
