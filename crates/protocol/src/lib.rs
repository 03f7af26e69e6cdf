//! Wire shapes only: REST bodies, socket frames, error codes and limits.

mod change;
mod gateway_command;
mod gateway_command_dto;
mod gateway_frame;
mod message;
mod page;
mod post;
mod presence;
mod problem;
mod reaction;
mod read_state;
mod room;
mod seed_frame;
mod server;
mod session;
mod thread;
mod time;
mod user;

pub use change::{EditMessageDto, VersionDto};
pub use gateway_command::{GatewayCommand, GatewayFault, GatewayRequest, SyncCommand};
pub use gateway_command_dto::{
    AuthDto, CommandId, EditDto, FocusDto, GatewayCommandDto, GatewayRequestDto, MarkReadDto, MessageRefDto, ReactDto,
    SendDto, SyncDto, TypingDto,
};
pub use gateway_frame::{
    ChangesFrame, ErrorFrame, GatewayFrame, HelloFrame, LaggedFrame, MemberFrame, MessageUpdatedFrame, OkFrame,
    PingFrame, PongFrame, PresenceFrame, ReceiptFrame, ReconnectFrame, ResetFrame, RoomRemovedFrame, StateFrame,
    SyncedFrame, TypingFrame,
};
pub use message::{MessageDto, ReplyToDto, ThreadRefDto};
pub use page::{ChangesDto, ListDto, MessagePageDto};
pub use post::{DetailDto, PostMessageDto, PostedDto};
pub use presence::{ChosenPresenceDto, PresenceDto, PrivacyDto};
pub use problem::{FieldFaultDto, ProblemDto};
pub use reaction::ReactionDto;
pub use read_state::{MarkDto, MarkerDto, ReaderDto};
pub use room::{CreateRoomDto, MemberDto, RoomDto, UpdateRoomDto};
pub use seed_frame::{SeedCommand, SeedCommandDto, SeedCommandError, SeedFrame, SeedNotice};
pub use server::{DemoAccountDto, LimitsDto, ServerDto};
pub use session::{LogInDto, OpenedSessionDto, SessionDto, TicketDto, TokenDto};
pub use thread::ThreadDto;
pub use time::{format_time, parse_time};
pub use user::{PublicUserDto, RegisterDto, SetUpDto, UpdateMeDto, UserDto};
