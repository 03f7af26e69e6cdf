//! A broadcaster that can't be relied on even as a hint.

use std::fmt;
use std::future::ready;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use domain::model::{Delivery, Event, PresenceReport, Role};
use domain::port::{Broadcaster, EventStream};
use futures_util::StreamExt;

/// What is wrong with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum BroadcasterFault {
    LosesEveryOtherEvent,
    KeepsLossToItself,
    ForgetsItsOwnSubscribers,
    CarriesNoTimeline,
    EndsAfterOneEvent,
    CarriesOnlyWhatIsStored,
    MakesEverybodyAPlainMember,
    CutsPresenceReports,
}

/// An honest broadcaster behind one fault.
pub struct MisbehavingBroadcaster {
    inner: Arc<dyn Broadcaster>,
    fault: BroadcasterFault,
    published: AtomicUsize,
}

impl MisbehavingBroadcaster {
    /// Puts the fault before the honest broadcaster.
    pub fn new(inner: Arc<dyn Broadcaster>, fault: BroadcasterFault) -> Self {
        Self { inner, fault, published: AtomicUsize::new(0) }
    }
}

impl MisbehavingBroadcaster {
    fn spoil(&self, event: Event) -> Event {
        match (self.fault, event) {
            (BroadcasterFault::MakesEverybodyAPlainMember, Event::MemberJoined(notice, _)) => {
                Event::MemberJoined(notice, Role::Member)
            }
            (BroadcasterFault::CutsPresenceReports, Event::Presence(report)) => {
                let users = report.users.iter().take(100).cloned().collect();
                Event::Presence(Arc::new(PresenceReport { users, ..*report }))
            }
            (_, event) => event,
        }
    }
}

#[async_trait]
impl Broadcaster for MisbehavingBroadcaster {
    async fn publish(&self, event: Event) {
        let event = self.spoil(event);
        let count = self.published.fetch_add(1, Ordering::SeqCst);
        let lost = match self.fault {
            BroadcasterFault::LosesEveryOtherEvent => count % 2 == 1,
            BroadcasterFault::CarriesNoTimeline => matches!(event, Event::Timeline(_)),
            BroadcasterFault::CarriesOnlyWhatIsStored => !matches!(event, Event::Timeline(_)),
            _ => false,
        };
        if !lost {
            self.inner.publish(event).await;
        }
    }

    fn subscribe(&self) -> EventStream {
        let honest = self.inner.subscribe();
        match self.fault {
            BroadcasterFault::KeepsLossToItself => {
                Box::pin(honest.filter(|delivery| ready(*delivery != Delivery::Lagged)))
            }
            BroadcasterFault::ForgetsItsOwnSubscribers => Box::pin(futures_util::stream::pending()),
            BroadcasterFault::EndsAfterOneEvent => Box::pin(honest.take(1)),
            _ => honest,
        }
    }
}

impl fmt::Debug for MisbehavingBroadcaster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MisbehavingBroadcaster").field("fault", &self.fault).finish_non_exhaustive()
    }
}
