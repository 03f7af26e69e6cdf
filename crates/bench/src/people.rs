//! People and rooms to measure with, made straight through the ports.

use anyhow::Result;
use domain::Ports;
use domain::model::{
    Actor, Membership, NewRoom, NewUser, PasswordHash, Privacy, Role, Room, RoomId, RoomKind, RoomName, SessionId,
    Topic, User, UserId, Username,
};

/// Makes a user without a usable password.
pub(crate) async fn person(ports: &Ports, name: &str) -> Result<Actor> {
    let user = User {
        id: UserId::new(ports.ids.generate()),
        username: Username::parse(name)?,
        email: None,
        is_admin: false,
        disabled: false,
        privacy: Privacy::default(),
        created_at: ports.clock.now(),
    };
    ports.users.insert(NewUser { user: user.clone(), password_hash: PasswordHash::new("none") }).await?;
    let session_id = SessionId::new(ports.ids.generate());
    Ok(Actor { user_id: user.id, username: user.username, is_admin: false, privacy: user.privacy, session_id })
}

/// Makes a public room with those members.
pub(crate) async fn room(ports: &Ports, name: &str, members: &[Actor]) -> Result<RoomId> {
    let id = RoomId::new(ports.ids.generate());
    let now = ports.clock.now();
    let room = Room {
        id,
        name: Some(RoomName::parse(name)?),
        kind: RoomKind::Public,
        topic: Topic::default(),
        created_at: now,
        archived_at: None,
        edit_window: None,
    };
    ports.rooms.insert(NewRoom { room, owner: members[0].user_id }).await?;
    for member in members {
        let membership = Membership { room_id: id, user_id: member.user_id, role: Role::Member, joined_at: now };
        ports.memberships.join(membership).await?;
    }
    Ok(id)
}
