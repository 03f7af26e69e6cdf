//! How much anybody may do.

use std::time::Duration;

use http_api::Limits;

use super::reader::Reader;

/// The most bytes that a size limit can be set to: 1 GiB.
const MAX_BYTES: u64 = 1 << 30;
/// The most that a count can be set to.
const MAX_COUNT: u64 = 1_000_000;
/// How long a client may take for its header block where that limit is off: long enough for anybody, and still
/// no way to keep a connection for ever.
const NO_HEADER_LIMIT: Duration = Duration::from_secs(3600);

/// The section `[limits]`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LimitsConfig {
    /// What a client may use; 0 is a limit that is off.
    pub(crate) usage: Limits,
    /// How long a client may take to send its header block.
    pub(crate) header_read: Duration,
}

impl LimitsConfig {
    /// Reads the section.
    pub(crate) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let frame_bytes = size(reader, "limits.frame_bytes");
        let json_depth = size(reader, "limits.json_depth");
        let body_bytes = size(reader, "limits.body_bytes");
        let header_bytes = header_bytes(reader);
        let header_seconds = count(reader, "limits.header_seconds");
        let connections_per_user = size(reader, "limits.connections_per_user");
        let sends_per_second = count(reader, "limits.sends_per_second");
        let sends_burst = count(reader, "limits.sends_burst");
        let commands_per_second = count(reader, "limits.commands_per_second");
        let commands_burst = count(reader, "limits.commands_burst");
        let logins_per_account = count(reader, "limits.logins_per_account");
        let logins_per_address = count(reader, "limits.logins_per_address");
        let header_read = match header_seconds? {
            0 => NO_HEADER_LIMIT,
            seconds => Duration::from_secs(u64::from(seconds)),
        };
        let usage = Limits {
            frame_bytes: frame_bytes?,
            json_depth: json_depth?,
            sends_per_second: sends_per_second?,
            sends_burst: sends_burst?,
            commands_per_second: commands_per_second?,
            commands_burst: commands_burst?,
            logins_per_account: logins_per_account?,
            logins_per_address: logins_per_address?,
            body_bytes: body_bytes?,
            header_bytes: header_bytes?,
            connections_per_user: connections_per_user?,
        };
        Some(Self { usage, header_read })
    }
}

fn size(reader: &mut Reader<'_>, path: &str) -> Option<usize> {
    usize::try_from(reader.number(path, 0..=MAX_BYTES)?).ok()
}

fn count(reader: &mut Reader<'_>, path: &str) -> Option<u32> {
    u32::try_from(reader.number(path, 0..=MAX_COUNT)?).ok()
}

/// The HTTP library can't do with a smaller buffer than 8 KiB.
fn header_bytes(reader: &mut Reader<'_>) -> Option<usize> {
    let bytes = size(reader, "limits.header_bytes")?;
    if (1..8192).contains(&bytes) {
        reader.fault("limits.header_bytes: it must be 0 (off) or at least 8192");
        return None;
    }
    Some(bytes)
}
