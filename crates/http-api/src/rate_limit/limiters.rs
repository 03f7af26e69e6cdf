//! The limits of a running server.

use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use domain::model::{UserId, Username};
use http::{HeaderMap, HeaderValue};

use super::buckets::{Buckets, Quota, Spent, TooFast};
use super::log_in_delays::LogInDelays;
use crate::options::Limits;
use crate::problem::Problem;

/// The limits of a running server; one that is switched off is absent.
#[derive(Debug)]
pub(crate) struct Limiters {
    sends: Option<Buckets<UserId>>,
    commands: Option<Buckets<UserId>>,
    addresses: Option<Buckets<IpAddr>>,
    accounts: Option<LogInDelays>,
}

impl Limiters {
    /// Sets the limits up.
    pub(crate) fn new(limits: &Limits) -> Self {
        let second = Duration::from_secs(1);
        let sends = quota("sends", limits.sends_per_second, second, limits.sends_burst);
        let commands = quota("commands", limits.commands_per_second, second, limits.commands_burst);
        let per_address = limits.logins_per_address;
        let addresses = quota("logins", per_address, Duration::from_secs(60), per_address);
        let per_account = limits.logins_per_account;
        let accounts = quota("account", per_account, Duration::from_secs(15 * 60), per_account);
        Self {
            sends: sends.map(Buckets::new),
            commands: commands.map(Buckets::new),
            addresses: addresses.map(Buckets::new),
            accounts: accounts.map(LogInDelays::new),
        }
    }

    /// Counts a message of that user.
    ///
    /// # Errors
    /// [`TooFast`].
    pub(crate) fn send(&self, user: UserId) -> Result<Option<Spent>, TooFast> {
        self.sends.as_ref().map(|sends| sends.spend(user, Instant::now())).transpose()
    }

    /// Counts another request of that user.
    ///
    /// # Errors
    /// [`TooFast`].
    pub(crate) fn command(&self, user: UserId) -> Result<Option<Spent>, TooFast> {
        self.commands.as_ref().map(|commands| commands.spend(user, Instant::now())).transpose()
    }

    /// Counts a log-in or sign-up from that address.
    ///
    /// # Errors
    /// [`TooFast`].
    pub(crate) fn log_in_from(&self, address: IpAddr) -> Result<Option<Spent>, TooFast> {
        let client = network(address);
        self.addresses.as_ref().map(|addresses| addresses.spend(client, Instant::now())).transpose()
    }

    /// Delays an attempt at an account that had too many failed ones. A name that can't be a name has no
    /// account to protect.
    ///
    /// # Errors
    /// [`TooFast`] if others are being delayed already.
    pub(crate) async fn attempt(&self, username: &str) -> Result<(), TooFast> {
        match (&self.accounts, Username::parse(username)) {
            (Some(accounts), Ok(username)) => accounts.hold(&username.key()).await,
            _ => Ok(()),
        }
    }

    /// Forgets an attempt that succeeded.
    pub(crate) fn attempt_succeeded(&self, username: &Username) {
        if let Some(accounts) = &self.accounts {
            accounts.forgive(&username.key());
        }
    }
}

/// Gives what a client is known by: an IPv6 client by its network of 64 bits, because it can choose the rest.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))),
        v4 @ IpAddr::V4(_) => v4,
    }
}

/// Makes a quota of so many in that time; none if the limit is off.
fn quota(name: &'static str, count: u32, time: Duration, burst: u32) -> Option<Quota> {
    (count > 0 && burst > 0).then(|| Quota { name, burst, each: time / count })
}

impl From<TooFast> for Problem {
    fn from(too_fast: TooFast) -> Self {
        let detail = format!("too many {}; wait a moment", too_fast.quota.name);
        Self::rate_limited(detail, too_fast.wait)
    }
}

/// Carries the quota that a request used from its endpoint to the edge, which tells the client about it
/// (draft-ietf-httpapi-ratelimit-headers).
#[derive(Debug, Clone, Default)]
pub(crate) struct QuotaSlot(Arc<Mutex<Option<Used>>>);

#[derive(Debug, Clone, Copy)]
struct Used {
    quota: Quota,
    remaining: u32,
    reset: Duration,
}

impl QuotaSlot {
    /// Notes what came of a count and passes on a refusal.
    pub(crate) fn note(&self, counted: Result<Option<Spent>, TooFast>) -> Result<(), Problem> {
        let used = match &counted {
            Ok(None) => return Ok(()),
            Ok(Some(spent)) => Used { quota: spent.quota, remaining: spent.remaining, reset: spent.reset },
            Err(too_fast) => Used { quota: too_fast.quota, remaining: 0, reset: too_fast.wait },
        };
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(used);
        counted.map(|_| ()).map_err(Problem::from)
    }

    /// Writes the headers, if anything was counted.
    pub(crate) fn write(&self, headers: &mut HeaderMap) {
        let Some(used) = *self.0.lock().unwrap_or_else(PoisonError::into_inner) else {
            return;
        };
        let Quota { name, burst, each } = used.quota;
        let window = seconds_up(each * burst);
        let policy = format!("\"{name}\";q={burst};w={window}");
        let state = format!("\"{name}\";r={};t={}", used.remaining, seconds_up(used.reset));
        for (header, text) in [("ratelimit-policy", policy), ("ratelimit", state)] {
            if let Ok(value) = HeaderValue::from_str(&text) {
                headers.insert(header, value);
            }
        }
    }
}

fn seconds_up(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}
