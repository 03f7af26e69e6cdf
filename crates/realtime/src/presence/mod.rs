//! Who is there: pure state in `board`, what tells others of it in `task`.

mod board;
mod task;

pub(crate) use board::PresenceBoard;
pub(crate) use task::run;
