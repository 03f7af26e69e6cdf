//! What commands print: results to stdout, reasons to stderr.

use std::io::{self, Write};

/// Prints lines to stdout. A reader that has gone away isn't a failure.
///
/// # Errors
/// If stdout can't be written for another reason, such as a full disk.
pub(crate) fn print(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.write_all(b"\n")).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error),
        _ => Ok(()),
    }
}

/// Prints a reason to stderr, as well as it can.
pub(crate) fn complain(text: &str) {
    _ = writeln!(io::stderr().lock(), "{text}");
}
