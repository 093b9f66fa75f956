//! The appender's loop: one task, no timer, no lock.

use async_nats::Subject;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::flight::{Flight, fly};
use super::queue::{Item, Waiting};
use super::{Options, QUEUE_LEN};
use crate::Connection;

/// How many full commits' worth may wait before callers are left standing in the channel.
const WAITING_COMMITS_MAX: usize = 2;

/// Runs until it is stopped and everything is answered.
pub(super) async fn run(
    conn: Connection,
    options: Options,
    bytes_max: usize,
    mut queue: mpsc::Receiver<Item>,
    stop: CancellationToken,
) {
    let subject = Subject::from(options.subject.as_str());
    let nonce = Uuid::new_v4().simple().to_string();
    let mut commits = 0_u64;
    let mut waiting = Waiting::default();
    let mut flights = FuturesUnordered::new();
    let mut arrivals: Vec<Item> = Vec::with_capacity(QUEUE_LEN);
    let mut open = true;
    let mut stopping = false;
    loop {
        while has_room(&waiting, &options, bytes_max)
            && let Ok(item) = queue.try_recv()
        {
            waiting.add(item);
        }
        while may_leave(&waiting, &options, bytes_max, flights.len())
            && let Some(commit) = waiting.fill(options.records_max, bytes_max)
        {
            commits += 1;
            let id = format!("{:016x}-{nonce}-{commits}", commit.frame.digest);
            flights.push(fly(Flight {
                conn: conn.clone(),
                subject: subject.clone(),
                commit,
                id,
                ack_within: options.ack_within,
                give_up_after: options.give_up_after,
            }));
        }
        if !open && flights.is_empty() && waiting.records() == 0 {
            return;
        }
        tokio::select! {
            biased;
            Some((callers, outcome)) = flights.next(), if !flights.is_empty() => {
                waiting.settle(callers, &outcome);
                regroup(&queue).await;
            }
            count = queue.recv_many(&mut arrivals, QUEUE_LEN),
                if open && has_room(&waiting, &options, bytes_max) =>
            {
                open = count > 0;
                arrivals.drain(..).for_each(|item| waiting.add(item));
            }
            () = stop.cancelled(), if !stopping => {
                stopping = true;
                queue.close();
            }
        }
    }
}

/// Those who were just answered often have their next record at hand. They are let to the queue
/// first, as long as each turn brings more, so that the next commit does not go half empty
/// (measured with 64 callers: 63 records a commit instead of 38). Nobody waits for anybody who
/// does not come.
async fn regroup(queue: &mpsc::Receiver<Item>) {
    let mut before = queue.len();
    loop {
        tokio::task::yield_now().await;
        let now = queue.len();
        if now <= before {
            return;
        }
        before = now;
    }
}

fn has_room(waiting: &Waiting, options: &Options, bytes_max: usize) -> bool {
    waiting.records() < WAITING_COMMITS_MAX * options.records_max
        && waiting.bytes() < WAITING_COMMITS_MAX * bytes_max
}

/// Whether the next commit may leave while so many are in flight.
fn may_leave(waiting: &Waiting, options: &Options, bytes_max: usize, flying: usize) -> bool {
    let full = waiting.records() >= options.records_max || waiting.bytes() >= bytes_max;
    let window = if full {
        options.window.max(options.full_window)
    } else {
        options.window
    };
    waiting.records() > 0 && flying < window.max(1)
}
