//! What proves a session: an access token for a while, and the cookie that gets the next one.

use std::fmt;
use std::sync::{PoisonError, RwLock};

use reqwest::Response;
use reqwest::header::SET_COOKIE;
use tokio::sync::{Mutex, MutexGuard};

/// The cookie with the refresh token.
const REFRESH_COOKIE: &str = "chinwag_refresh";

/// The credentials of one session, shared by all clones of it. They never show in debug output.
pub(crate) struct Credentials {
    held: RwLock<Held>,
    refreshing: Mutex<()>,
}

#[derive(Clone)]
struct Held {
    access_token: String,
    /// `name=value`; none if the server sent no cookie.
    cookie: Option<String>,
}

impl Credentials {
    pub(crate) fn new(access_token: String, cookie: Option<String>) -> Self {
        Self { held: RwLock::new(Held { access_token, cookie }), refreshing: Mutex::new(()) }
    }

    pub(crate) fn access_token(&self) -> String {
        self.held().access_token
    }

    pub(crate) fn cookie(&self) -> Option<String> {
        self.held().cookie
    }

    /// Waits until nobody else refreshes: a refresh token that is used twice ends its session.
    pub(crate) async fn lock(&self) -> MutexGuard<'_, ()> {
        self.refreshing.lock().await
    }

    /// Replaces the access token, and the cookie if there is a new one.
    pub(crate) fn replace(&self, access_token: String, cookie: Option<String>) {
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        let cookie = cookie.or_else(|| held.cookie.take());
        *held = Held { access_token, cookie };
    }

    fn held(&self) -> Held {
        self.held.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").finish_non_exhaustive()
    }
}

/// Takes the refresh cookie out of an answer, as `name=value`.
pub(crate) fn refresh_cookie(response: &Response) -> Option<String> {
    let values = response.headers().get_all(SET_COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = values.filter_map(|value| value.split(';').next());
    let found = pairs.find(|pair| pair.split_once('=').is_some_and(|(name, _)| name.trim() == REFRESH_COOKIE));
    found.map(|pair| pair.trim().to_owned())
}
