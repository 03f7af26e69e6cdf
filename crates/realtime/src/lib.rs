//! Who is connected and what they get: registry, per-room fan-out, bounded queues.
