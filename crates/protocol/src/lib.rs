//! Wire shapes only: REST bodies, socket frames, error codes and limits.

mod message;
mod seed_frame;
mod time;

pub use message::MessageDto;
pub use seed_frame::{SeedCommand, SeedCommandError, SeedFrame, SeedNotice};
pub use time::{format_time, parse_time};
