//! Accepts connections and gives each a task of its own; all end with the proxy.

use std::future::Future;
use std::net::SocketAddr;

use anyhow::Result;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// A listener on a free port of the loopback interface. Dropping it cuts every connection.
#[derive(Debug)]
pub(super) struct Acceptor {
    pub(super) address: SocketAddr,
    _tasks: JoinSet<()>,
}

impl Acceptor {
    /// Serves each connection, together with one to `target`, by what `serve` makes of the two. A connection that
    /// `target` doesn't take is closed, as a server that isn't there would.
    pub(super) async fn start<S, F>(target: SocketAddr, mut serve: S) -> Result<Self>
    where
        S: FnMut(TcpStream, TcpStream) -> F + Send + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut connections = JoinSet::new();
            loop {
                tokio::select! {
                    Ok((client, _)) = listener.accept() => {
                        if let Ok(server) = TcpStream::connect(target).await {
                            // Without delay, so that slices stay slices on the way.
                            let _ = (client.set_nodelay(true), server.set_nodelay(true));
                            connections.spawn(serve(client, server));
                        }
                    }
                    Some(_) = connections.join_next() => {}
                }
            }
        });
        Ok(Self { address, _tasks: tasks })
    }
}
