//! What a delivery costs the server's processor, beside a bare loop that writes the same bytes to as many sockets.
//!
//! Both are processes of their own whose processor time the kernel counts; both are read by this one, which counts
//! frames and parses nothing. They take turns, so that whatever else the machine does slows both. A post costs the same
//! whoever reads it, so it is measured apart, in rooms that nobody reads, and taken off.

mod bare;
mod bare_process;
mod layout;
mod server;

use std::time::Duration;

use anyhow::{Result, ensure};
use clap::Args;

pub(crate) use bare::run as run_bare_loop;

use bare::Way;
use bare_process::{BareProcess, Plan};
use layout::Layout;
use server::{Cost, Server};

/// How to measure fan-out.
#[derive(Debug, Clone, Args)]
pub(crate) struct Options {
    /// Rooms; without it, one room and then a hundred.
    #[arg(long, requires = "sockets")]
    rooms: Option<usize>,
    /// Sockets in each of them.
    #[arg(long, requires = "rooms")]
    sockets: Option<usize>,
    /// Deliveries in each turn.
    #[arg(long, default_value_t = 60_000)]
    deliveries: u64,
    /// How often server and bare loop take turns.
    #[arg(long, default_value_t = 4)]
    turns: u64,
    /// Who posts at the same time, at capacity.
    #[arg(long, default_value_t = 128)]
    senders: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { rooms: None, sockets: None, deliveries: 60_000, turns: 4, senders: 128 }
    }
}

/// What the turns of one layout cost.
#[derive(Debug, Default)]
struct Sums {
    messages: u64,
    bare_messages: [u64; 3],
    alone: Cost,
    alone_posts: Cost,
    full: Cost,
    full_posts: Cost,
    bare_alone: Duration,
    bare_alone_orders: Duration,
    bare_each: Duration,
    bare_together: Duration,
}

/// Measures and prints.
pub(crate) async fn run(options: &Options) -> Result<()> {
    if let (Some(rooms), Some(sockets_per_room)) = (options.rooms, options.sockets) {
        return measure(Layout { rooms, sockets_per_room }, options).await;
    }
    measure(Layout { rooms: 1, sockets_per_room: 500 }, options).await?;
    measure(Layout { rooms: 100, sockets_per_room: 20 }, options).await
}

async fn measure(layout: Layout, options: &Options) -> Result<()> {
    ensure!(layout.rooms > 0 && layout.sockets_per_room > 0 && options.senders > 0, "nobody would read or post");
    let mut server = Server::start(layout, options.senders).await?;
    let mut bare = BareProcess::start(layout).await?;
    let messages = options.deliveries.div_ceil(layout.sockets_per_room as u64).max(1);
    // Once for nothing: pages, caches and statements are there afterwards.
    turn(&mut server, &mut bare, layout, messages).await?;
    let mut sums = Sums::default();
    for _ in 0..options.turns {
        sums.add(&turn(&mut server, &mut bare, layout, messages).await?);
    }
    sums.print(layout);
    Ok(())
}

async fn turn(server: &mut Server, bare: &mut BareProcess, layout: Layout, messages: u64) -> Result<Sums> {
    let mut sums = Sums { messages, ..Sums::default() };
    sums.alone = server.alone(messages, true).await?;
    sums.alone_posts = server.alone(messages, false).await?;
    let frame = server.sample().to_vec();
    let plan = Plan { layout, messages, rooms_at_once: 1, skip: 0, frame: &frame };
    (sums.bare_alone, sums.bare_messages[0]) = bare.write(Way::Each, 1, &plan)?;
    sums.bare_alone_orders = bare.write(Way::Each, 1, &Plan { skip: layout.rooms, ..plan })?.0;
    sums.full = server.at_capacity(messages * 4, true).await?;
    sums.full_posts = server.at_capacity(messages * 4, false).await?;
    // As many frames in a write as the server put into one.
    let count = u16::try_from(sums.batch(layout)).unwrap_or(u16::MAX).max(1);
    let plan = Plan { layout, messages: messages * 4, rooms_at_once: layout.rooms, skip: 0, frame: &frame };
    (sums.bare_each, sums.bare_messages[1]) = bare.write(Way::Each, count, &plan)?;
    (sums.bare_together, sums.bare_messages[2]) = bare.write(Way::Together, count, &plan)?;
    Ok(sums)
}

impl Sums {
    fn add(&mut self, other: &Self) {
        self.messages += other.messages;
        for (sum, more) in self.bare_messages.iter_mut().zip(other.bare_messages) {
            *sum += more;
        }
        for (sum, more) in [
            (&mut self.alone, other.alone),
            (&mut self.alone_posts, other.alone_posts),
            (&mut self.full, other.full),
            (&mut self.full_posts, other.full_posts),
        ] {
            sum.cpu += more.cpu;
            sum.writes += more.writes;
        }
        self.bare_alone += other.bare_alone;
        self.bare_alone_orders += other.bare_alone_orders;
        self.bare_each += other.bare_each;
        self.bare_together += other.bare_together;
    }

    /// How many frames the server put into a write at capacity, rounded.
    fn batch(&self, layout: Layout) -> u64 {
        let writes = self.full.writes.saturating_sub(self.full_posts.writes).max(1);
        (self.messages * 4 * layout.sockets_per_room as u64 + writes / 2) / writes
    }

    fn print(&self, layout: Layout) {
        let Layout { rooms, sockets_per_room } = layout;
        let each = |cpu: Duration, messages: u64| micros(cpu) / real(messages * sockets_per_room as u64);
        let (one, many) = (self.messages, self.messages * 4);
        let posts = each(self.alone_posts.cpu, one);
        let fan_out = each(self.alone.cpu, one) - posts;
        let orders = each(self.bare_alone_orders, self.bare_messages[0]);
        let bare = each(self.bare_alone, self.bare_messages[0]) - orders;
        println!(
            "fan-out to {rooms} x {sockets_per_room} sockets, each message alone: {fan_out:.2} µs of CPU a delivery \
             (and {posts:.2} for the post); bare loop {bare:.2} (and {orders:.2}); {:.2}x",
            fan_out / bare,
        );
        let posts = each(self.full_posts.cpu, many);
        let fan_out = each(self.full.cpu, many) - posts;
        let (frame_by_frame, together) =
            (each(self.bare_each, self.bare_messages[1]), each(self.bare_together, self.bare_messages[2]));
        println!(
            "fan-out to {rooms} x {sockets_per_room} sockets, at capacity: {fan_out:.2} µs of CPU a delivery \
             (and {posts:.2} for the post), {:.1} frames a write; bare loop frame by frame {frame_by_frame:.2}, \
             together {together:.2}; {:.2}x and {:.2}x",
            real(many * sockets_per_room as u64) / real(self.full.writes.saturating_sub(self.full_posts.writes).max(1)),
            fan_out / frame_by_frame,
            fan_out / together,
        );
    }
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
fn real(number: u64) -> f64 {
    number as f64
}
