//! What a client may use, as `GET /api/v1/limits` and the gateway's `hello` tell it.

use domain::model::{MessageBody, Password, RoomName, Topic, Username};
use protocol::LimitsDto;

use crate::options::Limits;

/// Puts the operator's limits and those of the domain together.
pub(crate) fn published(limits: &Limits) -> LimitsDto {
    LimitsDto {
        message_characters: MessageBody::MAX_GRAPHEMES,
        message_bytes: MessageBody::MAX_BYTES,
        frame_bytes: limits.frame_bytes,
        body_bytes: limits.body_bytes,
        json_depth: limits.json_depth,
        username_min_characters: Username::MIN_CHARS,
        username_characters: Username::MAX_CHARS,
        password_min_bytes: Password::MIN_BYTES,
        password_bytes: Password::MAX_BYTES,
        room_name_characters: RoomName::MAX_CHARS,
        topic_characters: Topic::MAX_CHARS,
        sends_per_second: limits.sends_per_second,
        sends_burst: limits.sends_burst,
        commands_per_second: limits.commands_per_second,
        commands_burst: limits.commands_burst,
        logins_per_account: limits.logins_per_account,
        logins_per_address: limits.logins_per_address,
        connections_per_user: limits.connections_per_user,
    }
}
