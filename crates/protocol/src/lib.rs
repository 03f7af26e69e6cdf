//! Wire shapes only: REST bodies, socket frames, error codes and limits.

mod message;
mod page;
mod post;
mod problem;
mod room;
mod seed_frame;
mod server;
mod session;
mod time;
mod user;

pub use message::MessageDto;
pub use page::{ChangesDto, ListDto, MessagePageDto};
pub use post::{DetailDto, PostMessageDto, PostedDto};
pub use problem::{FieldFaultDto, ProblemDto};
pub use room::{CreateRoomDto, MemberDto, RoomDto};
pub use seed_frame::{SeedCommand, SeedCommandError, SeedFrame, SeedNotice};
pub use server::{DemoAccountDto, LimitsDto, ServerDto};
pub use session::{LogInDto, OpenedSessionDto, SessionDto, TokenDto};
pub use time::{format_time, parse_time};
pub use user::{RegisterDto, SetUpDto, UserDto};
