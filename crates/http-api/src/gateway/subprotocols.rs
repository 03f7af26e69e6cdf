//! What a client offers to speak, and the ticket among it.

use domain::model::Ticket;
use http::{HeaderMap, HeaderValue, header};

use crate::problem::Problem;

/// What this server speaks.
pub(super) const PROTOCOL: &str = "chinwag.v1";
/// What stands before every version.
const FAMILY: &str = "chinwag.";
/// What stands before a ticket.
const TICKET: &str = "ticket.";

/// What a client offers.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Offer {
    /// What this server speaks, perhaps with a ticket.
    Ours(Option<Ticket>),
    /// Only this other version. It is answered with the same word: without one, browsers would fail the handshake and
    /// not hear the close code.
    Other(HeaderValue),
}

/// Reads the list of subprotocols (RFC 6455, section 11.3.4; several headers are one list).
///
/// # Errors
/// 400 if no version of our protocol is among them.
pub(super) fn offer(headers: &HeaderMap) -> Result<Offer, Problem> {
    let values = headers.get_all(header::SEC_WEBSOCKET_PROTOCOL).iter().filter_map(|value| value.to_str().ok());
    let offered: Vec<&str> = values.flat_map(|value| value.split(',')).map(str::trim).collect();
    if offered.contains(&PROTOCOL) {
        return Ok(Offer::Ours(offered.iter().find_map(|word| word.strip_prefix(TICKET)).map(Ticket::new)));
    }
    let other = offered.iter().find(|word| word.starts_with(FAMILY));
    let other = other.and_then(|word| HeaderValue::from_str(word).ok());
    other.map(Offer::Other).ok_or_else(|| {
        Problem::bad_request("offer the subprotocol chinwag.v1: Sec-WebSocket-Protocol: chinwag.v1, ticket.TICKET")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(values: &[&'static str]) -> Result<Offer, u16> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(value));
        }
        offer(&headers).map_err(|problem| problem.status.as_u16())
    }

    #[test]
    fn our_version_counts_wherever_it_stands() {
        assert_eq!(read(&["chinwag.v1"]), Ok(Offer::Ours(None)));
        let with_ticket = Ok(Offer::Ours(Some(Ticket::new("abc"))));
        assert_eq!(read(&["chinwag.v2,chinwag.v1 , ticket.abc"]), with_ticket);
        assert_eq!(read(&["ticket.abc", "chinwag.v1"]), with_ticket);
    }

    #[test]
    fn another_version_is_known_as_such_and_anything_else_is_a_bad_request() {
        let other = HeaderValue::from_static("chinwag.v2");
        assert_eq!(read(&["ticket.abc, chinwag.v2"]), Ok(Offer::Other(other)));
        for values in [&[][..], &["graphql-ws"], &["CHINWAG.V1"], &["ticket.abc"], &[""]] {
            assert_eq!(read(values), Err(400), "{values:?}");
        }
    }
}
