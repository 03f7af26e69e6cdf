use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use protocol::{ErrorFrame, OkFrame};

use super::{Answer, Command, Outbox, OutgoingMessage};

fn send(room: &str, content: &str) -> Command {
    Command::Send(OutgoingMessage::new(room, content))
}

fn refused(code: &str, retry_after_ms: Option<u64>) -> ErrorFrame {
    ErrorFrame { id: None, code: code.to_owned(), message: String::new(), retry_after_ms, current: None }
}

/// The answer to a command that was carried out.
const DONE: Answer = Ok(OkFrame { id: None, message: None, duplicate: None, marker: None });

/// Gives id, operation and content of what is due.
fn due<R>(outbox: &mut Outbox<R>, now: Instant) -> Vec<(u64, String)> {
    let frames = outbox.due(now).into_iter();
    frames.map(|frame| (frame["id"].as_u64().unwrap(), frame["content"].as_str().unwrap_or("").to_owned())).collect()
}

#[test]
fn one_room_is_served_in_order_and_rooms_do_not_wait_for_each_other() {
    let (mut outbox, now) = (Outbox::new(10), Instant::now());
    for (room, content) in [("a", "first"), ("a", "second"), ("b", "other")] {
        outbox.push(send(room, content), content).unwrap();
    }
    let asked = due(&mut outbox, now);
    assert_eq!(asked, [(1, "first".to_owned()), (2, "other".to_owned())]);
    assert_eq!(outbox.answered(1, DONE, now).unwrap().0, "first");
    assert_eq!(due(&mut outbox, now), [(3, "second".to_owned())]);
}

#[test]
fn after_a_reconnect_the_same_nonce_is_sent_again() {
    let (mut outbox, now) = (Outbox::new(10), Instant::now());
    outbox.push(send("a", "hello"), ()).unwrap();
    let first = outbox.due(now);
    assert!(outbox.due(now).is_empty());
    outbox.disconnected();
    let again = outbox.due(now);
    assert_eq!(first[0]["nonce"], again[0]["nonce"]);
    assert_ne!(first[0]["id"], again[0]["id"]);
    assert!(outbox.answered(first[0]["id"].as_u64().unwrap(), DONE, now).is_none(), "it belongs to the old one");
    assert!(outbox.answered(again[0]["id"].as_u64().unwrap(), DONE, now).is_some());
}

#[test]
fn a_refusal_for_now_is_tried_again_before_the_next_one() {
    let (mut outbox, now) = (Outbox::new(10), Instant::now());
    outbox.push(send("a", "first"), ()).unwrap();
    outbox.push(send("a", "second"), ()).unwrap();
    due(&mut outbox, now);
    assert!(outbox.answered(1, Err(refused("rate_limited", Some(700))), now).is_none());
    assert!(due(&mut outbox, now).is_empty());
    let later = now + Duration::from_millis(700);
    assert_eq!(outbox.next_due(), Some(later));
    assert_eq!(due(&mut outbox, later), [(2, "first".to_owned())]);
}

#[test]
fn a_definite_refusal_is_given_out_and_a_fault_of_the_server_in_the_end() {
    let (mut outbox, mut now) = (Outbox::new(10), Instant::now());
    outbox.push(send("a", "first"), ()).unwrap();
    due(&mut outbox, now);
    assert_eq!(
        outbox.answered(1, Err(refused("storage_full", None)), now),
        Some(((), Err(refused("storage_full", None))))
    );
    outbox.push(send("a", "second"), ()).unwrap();
    let mut attempts = 0;
    loop {
        attempts += 1;
        let id = due(&mut outbox, now)[0].0;
        if outbox.answered(id, Err(refused("internal", None)), now).is_some() {
            break;
        }
        now += Duration::from_secs(10);
    }
    assert_eq!(attempts, 5);
}

#[test]
fn a_deletion_whose_answer_was_lost_succeeds_the_second_time() {
    let (mut outbox, now) = (Outbox::new(10), Instant::now());
    outbox.push(Command::Delete { message: "m".to_owned() }, ()).unwrap();
    due(&mut outbox, now);
    assert_eq!(outbox.answered(1, Err(refused("not_found", None)), now), Some(((), Err(refused("not_found", None)))));
    outbox.push(Command::Delete { message: "m".to_owned() }, ()).unwrap();
    due(&mut outbox, now);
    outbox.disconnected();
    let id = due(&mut outbox, now)[0].0;
    assert_eq!(outbox.answered(id, Err(refused("not_found", None)), now), Some(((), DONE)));
}

#[test]
fn too_many_are_given_back() {
    let (mut outbox, now) = (Outbox::new(1), Instant::now());
    outbox.push(send("a", "first"), 1).unwrap();
    assert_eq!(outbox.push(send("b", "second"), 2), Err(2));
    due(&mut outbox, now);
    assert!(outbox.answered(1, DONE, now).is_some());
    assert_eq!(outbox.push(send("b", "second"), 2), Ok(()));
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Push {
        room: u8,
    },
    Send,
    /// What was sent first is carried out and answered, or answered with a refusal.
    Answer(Fate),
    Reconnect,
}

#[derive(Debug, Clone, Copy)]
enum Fate {
    Done,
    DoneButTheAnswerIsLost,
    ForNow,
    ForGood,
}

fn step() -> impl Strategy<Value = Step> {
    let fate = prop_oneof![
        3 => Just(Fate::Done), 1 => Just(Fate::DoneButTheAnswerIsLost), 1 => Just(Fate::ForNow), 1 => Just(Fate::ForGood)
    ];
    prop_oneof![
        3 => (0..3_u8).prop_map(|room| Step::Push { room }),
        3 => Just(Step::Send),
        3 => fate.prop_map(Step::Answer),
        1 => Just(Step::Reconnect),
    ]
}

/// A server that stores by nonce, and whoever waits.
#[derive(Default)]
struct World {
    stored: BTreeMap<String, Vec<u64>>,
    waiting: Vec<(u64, String, u64)>,
    ended: BTreeMap<u64, bool>,
    pushed: u64,
}

impl World {
    fn step(&mut self, outbox: &mut Outbox<u64>, step: Step, now: Instant) {
        match step {
            Step::Push { room } => {
                let message = OutgoingMessage::new(format!("room {room}"), self.pushed.to_string());
                outbox.push(Command::Send(message), self.pushed).unwrap();
                self.pushed += 1;
            }
            Step::Send => {
                for frame in outbox.due(now) {
                    let number = frame["content"].as_str().unwrap().parse().unwrap();
                    self.waiting.push((frame["id"].as_u64().unwrap(), frame["room"].to_string(), number));
                }
            }
            Step::Answer(_) if self.waiting.is_empty() => {}
            Step::Answer(fate) => {
                let (id, room, number) = self.waiting.remove(0);
                let answer = match fate {
                    Fate::Done | Fate::DoneButTheAnswerIsLost => {
                        let stored = self.stored.entry(room).or_default();
                        if !stored.contains(&number) {
                            stored.push(number);
                        }
                        DONE
                    }
                    Fate::ForNow => Err(refused("unavailable", None)),
                    Fate::ForGood => Err(refused("forbidden", None)),
                };
                if matches!(fate, Fate::DoneButTheAnswerIsLost) {
                    return self.step(outbox, Step::Reconnect, now);
                }
                if let Some((whom, answer)) = outbox.answered(id, answer, now) {
                    assert_eq!(self.ended.insert(whom, answer.is_ok()), None, "each ends once");
                }
            }
            Step::Reconnect => {
                outbox.disconnected();
                self.waiting.clear();
            }
        }
    }
}

proptest! {
    #[test]
    fn every_send_ends_once_and_rooms_keep_their_order(steps in prop::collection::vec(step(), 0..120)) {
        let (mut outbox, mut world, mut now) = (Outbox::new(1000), World::default(), Instant::now());
        for step in steps {
            now += Duration::from_secs(10);
            world.step(&mut outbox, step, now);
        }
        for _ in 0..1000 {
            now += Duration::from_secs(10);
            world.step(&mut outbox, Step::Send, now);
            world.step(&mut outbox, Step::Answer(Fate::Done), now);
        }
        prop_assert_eq!(world.ended.len() as u64, world.pushed);
        for stored in world.stored.values() {
            prop_assert!(stored.is_sorted());
        }
        for (number, acknowledged) in &world.ended {
            let stored = world.stored.values().any(|stored| stored.contains(number));
            prop_assert!(stored || !acknowledged, "what was acknowledged is stored");
        }
        prop_assert!(outbox.due(now).is_empty() && outbox.next_due().is_none());
    }
}
