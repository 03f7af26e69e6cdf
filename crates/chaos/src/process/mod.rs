//! Real processes: started, asked, measured from outside, killed and stopped.

mod mongodb;
mod server;

pub use mongodb::ReplicaSet;
pub use server::{Place, ServerProcess, Usage};
