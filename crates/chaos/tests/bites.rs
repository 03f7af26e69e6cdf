//! The harness is shown to bite: servers that break a promise are caught by it, and an honest one isn't.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test ends at the first fault")]

mod support;

use std::time::Duration;

use chaos::checker::{Expect, Fault, Report};
use chaos::client::Talker;
use chaos::history::Send;
use chaos::proxy::{FilterProxy, Verdict};
use chaos::random::Random;
use chaos::scenario::{Crowd, Load};
use serde_json::Value;
use support::Server;
use testkit::misbehaving::{BroadcasterFault, MessageFault};
use tokio::time::timeout;

/// How long watchers who can't become whole are waited for.
const PATIENCE: Duration = Duration::from_secs(2);

/// Lets three people say so many messages, each of them `times` under its nonce, while two watch.
async fn talk(server: &Server, messages: usize, times: usize) -> Report {
    let crowd = Crowd::gather(server.address, 3, 2).await.unwrap();
    let mut load = Load::patient_for(PATIENCE);
    (0..2).for_each(|number| load.watch(&crowd, number, crowd.address));
    load.follow("follower", crowd.person(2).clone());
    let mut random = Random::new(1);
    for number in 0..3 {
        let session = crowd.person(number);
        let mut talker =
            if number == 0 { Talker::rest(session.clone()) } else { Talker::gateway(session, crowd.address) };
        for turn in 0..messages {
            let mut send = Send::new(&crowd.rooms[turn % 2], &random.nonce("b"), "hello");
            for _ in 0..times {
                talker.insist(&mut send).await;
            }
            load.history.actions.sends.push(send);
        }
    }
    load.conclude(&crowd, Expect::EveryFrame).await.unwrap().0
}

#[tokio::test]
async fn an_honest_server_passes() {
    let report = talk(&Server::honest().await, 30, 2).await;
    assert!(report.is_clean(), "{} {:?}", report.faults, report.faults.examples().collect::<Vec<_>>());
    assert_eq!((report.acknowledged, report.messages), (90, 90));
    assert!(report.sightings >= 180, "two watched everything");
}

#[tokio::test]
async fn a_server_that_acknowledges_what_it_does_not_store_is_caught() {
    let report = talk(&Server::forgetful(MessageFault::LosesEveryThirdMessage).await, 10, 1).await;
    assert!(report.faults.count(Fault::Lost) > 0, "{}", report.faults);
}

#[tokio::test]
async fn a_server_that_skips_the_check_of_nonces_is_caught() {
    let report = talk(&Server::forgetful(MessageFault::ForgetsNonces).await, 10, 2).await;
    assert!(report.faults.count(Fault::Doubled) > 0, "{}", report.faults);
}

#[tokio::test]
async fn a_server_that_gives_numbers_twice_is_caught() {
    let report = talk(&Server::forgetful(MessageFault::GivesNumbersTwice).await, 10, 1).await;
    assert!(report.faults.count(Fault::Disorder) > 0, "{}", report.faults);
}

#[tokio::test]
async fn a_server_whose_nodes_lose_hints_still_passes() {
    let report = talk(&Server::with_lost_hints(BroadcasterFault::LosesEveryOtherEvent).await, 20, 1).await;
    assert_eq!((report.faults.count(Fault::Lost), report.faults.count(Fault::Gap)), (0, 0), "{}", report.faults);
}

/// Runs behind a proxy that drops some frames with messages and hides from heartbeats what that was.
async fn lose_frames() -> Report {
    let server = Server::honest().await;
    let crowd = Crowd::gather(server.address, 2, 1).await.unwrap();
    let mut random = Random::new(2);
    let proxy = FilterProxy::start(server.address, move |text| {
        let frame: Value = serde_json::from_str(text).unwrap();
        match frame["type"].as_str() {
            Some("message") if random.percent(10) => Verdict::Drop,
            Some("ping") => Verdict::Replace(r#"{"type":"ping","heads":{}}"#.to_owned()),
            _ => Verdict::Pass,
        }
    });
    let proxy = proxy.await.unwrap();
    let mut load = Load::patient_for(PATIENCE);
    (0..4).for_each(|number| load.watch(&crowd, number, proxy.address()));
    let mut talker = Talker::gateway(crowd.person(0), crowd.address);
    let mut nonces = Random::new(3);
    let talking = async {
        while proxy.dropped() < 20 {
            talker.say(&crowd.rooms[0], &nonces.nonce("d"), "hello").await;
        }
    };
    timeout(Duration::from_secs(60), talking).await.expect("frames are dropped");
    load.history.did(talker.actions);
    load.conclude(&crowd, Expect::EveryFrame).await.unwrap().0
}

#[tokio::test]
async fn a_server_that_drops_frames_in_silence_is_caught() {
    let report = lose_frames().await;
    assert!(report.faults.count(Fault::Gap) > 0, "{}", report.faults);
    assert_eq!(report.faults.count(Fault::Lost), 0, "the store has everything");
}
