//! The suite catches stores that break their promises: each named case fails against the store with that fault.

use std::future::Future;

use infra_memory::MemoryStore;
use testkit::Stores;
use tokio::task::JoinSet;

fn honest() -> Stores {
    let store = MemoryStore::new();
    Stores {
        users: store.users(),
        sessions: store.sessions(),
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

/// A fault that shows only when tasks meet may stay hidden on a busy machine; so often it can't.
const TRIES: usize = 20;

async fn assert_fails<F>(case: impl Fn() -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    for _ in 0..TRIES {
        let mut task = JoinSet::new();
        task.spawn(case());
        let outcome = task.join_next().await.unwrap_or_else(|| unreachable!("there is a task"));
        if outcome.is_err_and(|error| error.is_panic()) {
            return;
        }
    }
    panic!("the case should have failed and passed");
}

/// One test per fault: every case named for it fails against it.
macro_rules! caught {
    ($port:ident, $make:ident, $runtime:meta, $($test:ident: $fault:expr => $($case:ident)+;)+) => {
        mod $port {
            use testkit::cases;

            use super::*;
            use crate::assert_fails;

            $(
                #[$runtime]
                async fn $test() {
                    $(
                        assert_fails(|| async {
                            let subject = $make($fault);
                            cases::$port::$case(&subject).await;
                        }).await;
                    )+
                }
            )+
        }
    };
}

mod accounts;
mod broadcaster;
mod changes;
mod messages;
mod presences;
mod read_states;
mod rooms;
mod threads;
mod views;
