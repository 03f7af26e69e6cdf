//! The adapters keep every promise of their ports, and the cache keeps those of the store behind it.

#![expect(clippy::unwrap_used, reason = "the helpers of a test fail by panicking")]

use std::future::ready;
use std::sync::Arc;

use infra_auth::{
    Argon2Options, Argon2PasswordHasher, JwtAccessTokens, ObjectIdGenerator, OsSecretGenerator, SessionCache,
    SigningKey, SystemClock, WatchedUserRepository,
};
use infra_memory::MemoryStore;
use testkit::Stores;

fn cheap_hasher() -> Argon2PasswordHasher {
    let options = Argon2Options { memory_kib: 64, passes: 1, ..Argon2Options::default() };
    Argon2PasswordHasher::start(options).unwrap()
}

fn cached_store() -> Stores {
    let store = MemoryStore::new();
    let sessions = Arc::new(SessionCache::new(store.sessions()));
    Stores {
        users: Arc::new(WatchedUserRepository::new(store.users(), Arc::clone(&sessions))),
        sessions,
        rooms: store.rooms(),
        memberships: store.memberships(),
        messages: store.messages(),
        read_states: store.read_states(),
        threads: store.threads(),
        presences: store.presences(),
        tickets: store.tickets(),
        dataset: store.dataset(),
        guard: Box::new(()),
    }
}

testkit::password_hasher_contract!(Arc::new(cheap_hasher()));
testkit::access_tokens_contract!(Arc::new(JwtAccessTokens::new(&SigningKey::generate())));
testkit::secret_generator_contract!(Arc::new(OsSecretGenerator));
testkit::clock_contract!(Arc::new(SystemClock));
testkit::id_generator_contract!(Arc::new(ObjectIdGenerator::new(Arc::new(SystemClock))));
testkit::session_repository_contract!(ready(cached_store()));
testkit::user_repository_contract!(ready(cached_store()));
