//! The appender's loop: one task, no timer, no lock.

use std::pin::pin;

use async_nats::Subject;
use futures_util::FutureExt;
use futures_util::future::{Fuse, FusedFuture};
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::fence::{Fence, nonce};
use super::publish::Publish;
use super::queue::{Call, Waiting};
use super::{Options, QUEUE_LEN};
use crate::Connection;
use crate::commit::RECORDS_MAX;

/// The number of full commits that may wait before callers have to wait in the channel.
const WAITING_COMMITS_MAX: usize = 2;

/// Runs until it is stopped and every caller is answered.
pub(super) async fn run(
    conn: Connection,
    options: Options,
    bytes_max: usize,
    mut queue: mpsc::Receiver<Call>,
    unanswered: watch::Sender<Option<Instant>>,
    stop: CancellationToken,
) {
    let subject = Subject::from(options.subject.as_str());
    let nonce = options.fence.as_ref().map_or_else(nonce, Fence::nonce);
    let mut commits = 0_u64;
    let mut waiting = Waiting::default();
    let mut in_flight = pin!(Fuse::terminated());
    let mut arrivals: Vec<Call> = Vec::with_capacity(QUEUE_LEN);
    let mut open = true;
    let mut stopping = false;
    loop {
        while has_room(&waiting, bytes_max)
            && let Ok(call) = queue.try_recv()
        {
            waiting.add(call);
        }
        if in_flight.is_terminated()
            && let Some(commit) = waiting.fill(bytes_max, options.weight_max)
        {
            commits += 1;
            let sender = format!("{nonce}-{}-{commits}", options.subject);
            let publish = Publish {
                conn: conn.clone(),
                subject: subject.clone(),
                traceparent: commit.traceparent,
                places: vec![None; commit.frame.records as usize],
                frame: Some(commit.frame),
                sender,
                fence: options.fence.clone(),
                give_up_after: options.give_up_after,
            };
            unanswered.send_replace(Some(Instant::now()));
            in_flight.set(publish.with_retry().fuse());
        }
        if !open && in_flight.is_terminated() && waiting.records() == 0 {
            return;
        }
        tokio::select! {
            biased;
            answers = &mut in_flight, if !in_flight.is_terminated() => {
                unanswered.send_replace(None);
                waiting.settle(answers);
                let_callers_queue(&queue).await;
            }
            count = queue.recv_many(&mut arrivals, QUEUE_LEN),
                if open && has_room(&waiting, bytes_max) =>
            {
                open = count > 0;
                arrivals.drain(..).for_each(|call| waiting.add(call));
            }
            () = stop.cancelled(), if !stopping => {
                stopping = true;
                queue.close();
            }
        }
    }
}

/// Lets the callers that were just answered queue their next record, as long as each turn of the
/// runtime brings more, so that the next commit is not half empty (measured with 64 callers: 63
/// records per commit instead of 38).
async fn let_callers_queue(queue: &mpsc::Receiver<Call>) {
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

fn has_room(waiting: &Waiting, bytes_max: usize) -> bool {
    waiting.records() < WAITING_COMMITS_MAX * RECORDS_MAX
        && waiting.bytes() < WAITING_COMMITS_MAX * bytes_max
}
