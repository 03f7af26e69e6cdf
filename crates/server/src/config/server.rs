//! Where the server listens, where it keeps its files, and whom it trusts.

use std::net::SocketAddr;
use std::path::PathBuf;

use http_api::TrustedProxy;
use url::Url;

use super::reader::Reader;

/// The settings without a section.
#[derive(Debug, Clone)]
pub(crate) struct ServerConfig {
    /// Where to accept connections.
    pub(crate) listen: SocketAddr,
    /// Where files are kept.
    pub(crate) data_dir: PathBuf,
    /// The address people type, without a path: `https://chat.example.org`.
    pub(crate) origin: Option<String>,
    /// Other origins whose scripts may call.
    pub(crate) cors_origin: Vec<String>,
    /// Proxies whose forwarding headers are believed.
    pub(crate) trusted_proxies: Vec<TrustedProxy>,
    /// Whether to make the demo accounts.
    pub(crate) demo: bool,
}

impl ServerConfig {
    /// Reads the section.
    pub(crate) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let listen = reader.one("listen", parse_listen);
        let data_dir = reader.one("data_dir", |text| Ok(PathBuf::from(text)));
        let origin = reader.optional("origin", parse_origin);
        let cors_origin = reader.list("cors_origin", parse_origin);
        let trusted_proxies = reader.list("trusted_proxies", parse_network);
        let demo = reader.switch("demo");
        let demo_public = reader.switch("demo_public");
        // Said even where other keys are wrong: it must never look as if this were the lesser problem.
        if let (Some(listen), Some(true), Some(false)) = (listen, demo, demo_public)
            && !listen.ip().is_loopback()
        {
            reader.fault(format!(
                "demo: other machines can reach {listen}, and everybody knows the demo passwords; listen on \
                     127.0.0.1, or add --demo-public if that is what you want"
            ));
        }
        Some(Self {
            listen: listen?,
            data_dir: data_dir?,
            origin: origin?,
            cors_origin: cors_origin?,
            trusted_proxies: trusted_proxies?,
            demo: demo?,
        })
    }
}

fn parse_listen(text: &str) -> Result<SocketAddr, String> {
    let numeric = text.replacen("localhost:", "127.0.0.1:", 1);
    numeric.parse().map_err(|_| "it must be an IP address and a port, as in 127.0.0.1:8000 or [::]:8000".to_owned())
}

/// Takes an origin as browsers send it: scheme, host and, if it isn't the usual one, port.
fn parse_origin(text: &str) -> Result<String, String> {
    let wrong = || "it must be an origin such as https://chat.example.org, without a path".to_owned();
    let url = Url::parse(text).map_err(|_| wrong())?;
    let plain = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    let anonymous = url.username().is_empty() && url.password().is_none();
    if matches!(url.scheme(), "http" | "https") && url.has_host() && plain && anonymous {
        Ok(url.origin().ascii_serialization())
    } else {
        Err(wrong())
    }
}

fn parse_network(text: &str) -> Result<TrustedProxy, String> {
    text.parse().map_err(|_| "it must be an address or a network such as 10.0.0.0/8".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_kept_as_browsers_send_it() {
        assert_eq!(parse_origin("https://Chat.Example.org:443/").unwrap(), "https://chat.example.org");
        assert_eq!(parse_origin("http://localhost:5173").unwrap(), "http://localhost:5173");
        for text in ["*", "chat.example.org", "https://a.example/path", "ftp://a.example", "https://u:p@a.example"] {
            assert!(parse_origin(text).is_err(), "{text}");
        }
    }

    #[test]
    fn listening_takes_addresses_and_localhost() {
        assert!(parse_listen("localhost:0").unwrap().ip().is_loopback());
        assert!(parse_listen("[::]:8000").is_ok());
        for text in ["8000", "127.0.0.1", "127.0.0.1:99999", "example.org:80"] {
            assert!(parse_listen(text).is_err(), "{text}");
        }
    }
}
