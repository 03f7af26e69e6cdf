//! What the server is made of, as its composition root hands it over.

use std::fmt;
use std::sync::Arc;

use domain::Ports;
use realtime::Hub;

use crate::options::HttpOptions;
use crate::readiness::Readiness;

/// What the server is made of.
pub struct App {
    /// The adapters.
    pub ports: Ports,
    /// Who is connected.
    pub hub: Arc<Hub>,
    /// What the operator set.
    pub options: HttpOptions,
    /// Whether this node should get traffic.
    pub readiness: Readiness,
    /// Writes the metrics in Prometheus' text format.
    pub render_metrics: Arc<dyn Fn() -> String + Send + Sync>,
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App").field("options", &self.options).finish_non_exhaustive()
    }
}
