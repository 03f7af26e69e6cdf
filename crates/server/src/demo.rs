//! Something to look at on an empty store: a room and two people whose passwords everybody knows.

use anyhow::Context;
use domain::Ports;
use domain::model::{Actor, Password, RoomKind, RoomName, RoomRef, SessionId, Topic, User, Username};
use domain::port::PasswordCheck;
use domain::usecase::{CreateRoom, Register, create_room, join_room, register};
use http_api::DemoAccount;

/// The people, with their passwords.
const PEOPLE: [(&str, &str); 2] = [("testuser", "testpass123"), ("alice", "alicepass123")];
/// Where they meet.
const ROOM: &str = "general";

/// Makes room and accounts if there is no account at all, and gives the demo log-ins that work: none if other
/// accounts are there.
///
/// # Errors
/// If the store or the password hasher failed.
pub(crate) async fn prepare(ports: &Ports) -> anyhow::Result<Vec<DemoAccount>> {
    if ports.users.any().await? {
        return existing_log_ins(ports).await;
    }
    let [first, second] = PEOPLE;
    let room = RoomName::parse(ROOM)?;
    let owner = make(ports, first).await?;
    let input = CreateRoom { name: room.clone(), kind: RoomKind::Public, topic: Topic::default() };
    create_room(ports, &acting(ports, &owner), input).await.context("the demo room")?;
    let guest = make(ports, second).await?;
    join_room(ports, &acting(ports, &guest), &RoomRef::Name(room)).await.context("the demo room")?;
    Ok(PEOPLE.iter().map(account).collect())
}

/// Gives the demo log-ins that an earlier start made and that still work.
async fn existing_log_ins(ports: &Ports) -> anyhow::Result<Vec<DemoAccount>> {
    let mut accounts = Vec::new();
    for person in &PEOPLE {
        let (name, password) = *person;
        let Some(found) = ports.users.find_credentials(&Username::parse(name)?).await? else { continue };
        let check = ports.passwords.check(&Password::attempt(password), Some(found.password_hash)).await?;
        if check != PasswordCheck::Mismatch && !found.user.disabled {
            accounts.push(account(person));
        }
    }
    Ok(accounts)
}

fn account(&(name, password): &(&str, &str)) -> DemoAccount {
    DemoAccount { username: name.to_owned(), password: password.to_owned() }
}

async fn make(ports: &Ports, (name, password): (&str, &str)) -> anyhow::Result<User> {
    let input = Register {
        username: Username::parse(name)?,
        password: Password::parse(password)?,
        email: None,
        is_admin: false,
    };
    register(ports, input).await.with_context(|| format!("the demo account {name}"))
}

/// Lets somebody act who has no session, because nobody signed in.
fn acting(ports: &Ports, user: &User) -> Actor {
    Actor {
        user_id: user.id,
        username: user.username.clone(),
        is_admin: user.is_admin,
        privacy: user.privacy,
        session_id: SessionId::new(ports.ids.generate()),
    }
}
