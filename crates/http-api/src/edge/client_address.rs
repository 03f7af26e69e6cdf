//! Which address a request comes from.

use std::net::IpAddr;
use std::str::FromStr;

use http::HeaderMap;
use thiserror::Error;

/// An address, or a network in CIDR notation, whose `X-Forwarded-For` is believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrustedProxy {
    network: u128,
    prefix: u32,
}

/// Says that a text names no proxy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a trusted proxy is an address or a network, like 10.0.0.1 or 10.0.0.0/8")]
pub struct ParseTrustedProxyError;

impl TrustedProxy {
    /// Tells whether the address is the proxy, or lies in the network.
    pub fn contains(&self, address: IpAddr) -> bool {
        (bits(address) ^ self.network) & mask(self.prefix) == 0
    }
}

impl FromStr for TrustedProxy {
    type Err = ParseTrustedProxyError;

    fn from_str(text: &str) -> Result<Self, ParseTrustedProxyError> {
        let (address, prefix) = match text.trim().split_once('/') {
            Some((address, prefix)) => (address, Some(prefix.parse::<u32>().map_err(|_| ParseTrustedProxyError)?)),
            None => (text.trim(), None),
        };
        let address: IpAddr = address.parse().map_err(|_| ParseTrustedProxyError)?;
        let width = if address.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.unwrap_or(width);
        if prefix > width {
            return Err(ParseTrustedProxyError);
        }
        let prefix = 128 - width + prefix;
        Ok(Self { network: bits(address) & mask(prefix), prefix })
    }
}

/// Gives the address that a request comes from: the peer's, or, from a trusted proxy, the nearest one in
/// `X-Forwarded-For` that isn't a trusted proxy itself.
pub(crate) fn client_address(peer: IpAddr, headers: &HeaderMap, trusted: &[TrustedProxy]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|proxy| proxy.contains(address));
    if !is_trusted(peer) {
        return peer;
    }
    let mut client = peer;
    let values = headers.get_all("x-forwarded-for").iter().rev().filter_map(|value| value.to_str().ok());
    for text in values.flat_map(|value| value.rsplit(',')) {
        let Ok(address) = text.trim().parse() else {
            break;
        };
        client = address;
        if !is_trusted(address) {
            break;
        }
    }
    client
}

/// IPv4 addresses as their IPv6-mapped form, so that one comparison serves both.
fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped().to_bits(),
        IpAddr::V6(address) => address.to_bits(),
    }
}

fn mask(prefix: u32) -> u128 {
    u128::MAX.checked_shl(128 - prefix).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forwarded(value: &str) -> HeaderMap {
        HeaderMap::from_iter([(http::HeaderName::from_static("x-forwarded-for"), value.parse().unwrap())])
    }

    #[test]
    fn networks_contain_their_addresses_and_no_others() {
        let network: TrustedProxy = "10.1.0.0/16".parse().unwrap();
        assert!(network.contains("10.1.255.3".parse().unwrap()));
        assert!(network.contains("::ffff:10.1.2.3".parse().unwrap()));
        assert!(!network.contains("10.2.0.1".parse().unwrap()));
        let everything: TrustedProxy = "::/0".parse().unwrap();
        assert!(everything.contains("10.2.0.1".parse().unwrap()));
        for text in ["", "10.0.0.0/33", "10.0.0/8", "x", "::/129", "10.0.0.1/-1"] {
            assert_eq!(text.parse::<TrustedProxy>(), Err(ParseTrustedProxyError), "{text}");
        }
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        let trusted = ["10.0.0.0/8".parse().unwrap()];
        let stranger: IpAddr = "192.0.2.1".parse().unwrap();
        assert_eq!(client_address(stranger, &forwarded("198.51.100.7"), &trusted), stranger);
        let proxy: IpAddr = "10.0.0.1".parse().unwrap();
        let client = client_address(proxy, &forwarded("203.0.113.9, 198.51.100.7, 10.0.0.2"), &trusted);
        assert_eq!(client, "198.51.100.7".parse::<IpAddr>().unwrap());
        assert_eq!(client_address(proxy, &forwarded("nonsense"), &trusted), proxy);
    }
}
