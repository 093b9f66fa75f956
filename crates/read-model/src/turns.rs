//! Turns at the archive.
//!
//! The fold of the log and the reads take turns, in the order in which they ask. A turn runs on a
//! thread for blocking work, so no other task of the process waits for it, and work over many
//! relations or events is spread over several turns.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::Mutex;
use tokio::task::JoinHandle;

use crate::archive::Archive;
use crate::source::ReadSource;

/// The time after which work over many items lets others have their turn.
const TURN: Duration = Duration::from_millis(5);

/// Runs a closure on the archive once those that asked before are done.
pub(crate) async fn take_turn<T: Send + 'static>(
    archive: &Arc<Mutex<Archive>>,
    run: impl FnOnce(&mut Archive) -> T + Send + 'static,
) -> T {
    let mut archive = Arc::clone(archive).lock_owned().await;
    blocking(move || run(&mut archive)).await
}

/// Runs a closure on a thread for blocking work. A panic goes on in the caller.
pub(crate) async fn blocking<T: Send + 'static>(run: impl FnOnce() -> T + Send + 'static) -> T {
    joined(tokio::task::spawn_blocking(run)).await
}

/// Runs a future to its end, also if the caller is dropped meanwhile. A panic goes on in the caller.
pub(crate) async fn to_the_end<T: Send + 'static>(
    run: impl Future<Output = T> + Send + 'static,
) -> T {
    joined(tokio::spawn(run)).await
}

async fn joined<T>(task: JoinHandle<T>) -> T {
    match task.await {
        Ok(done) => done,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // The runtime is being shut down, and this task with it.
            Err(_) => std::future::pending().await,
        },
    }
}

/// Begins a turn. Returns what tells whether it is over.
pub(crate) fn turn() -> impl FnMut() -> bool {
    let began = Instant::now();
    move || began.elapsed() >= TURN
}

/// Calls a function with each item in order, in as many turns as it takes, until one returns
/// `None`. Returns the results.
pub(crate) async fn in_turns<S, I, T>(
    source: &S,
    items: Vec<I>,
    each: impl FnMut(&mut Archive, I) -> Option<T> + Send + 'static,
) -> Vec<T>
where
    S: ReadSource,
    I: Send + 'static,
    T: Send + 'static,
{
    let mut results = Vec::with_capacity(items.len());
    let mut rest = Some((items.into_iter(), each));
    while let Some((mut items, mut each)) = rest.take() {
        let turn = source.with_archive(move |archive| {
            let (mut results, mut is_over) = (Vec::new(), turn());
            while let Some(item) = items.next() {
                match each(archive, item) {
                    Some(result) => results.push(result),
                    None => return (results, None),
                }
                if is_over() {
                    return (results, Some((items, each)));
                }
            }
            (results, None)
        });
        let (more, left) = turn.await;
        results.extend(more);
        rest = left;
    }
    results
}

#[cfg(test)]
mod tests {
    use tokio::sync::oneshot;

    use super::*;

    #[tokio::test]
    async fn what_runs_to_its_end_holds_its_guard_after_its_caller_is_gone() {
        let guard = Arc::new(Mutex::new(()));
        let held = Arc::clone(&guard).lock_owned().await;
        let (release, released) = oneshot::channel::<()>();
        let caller = tokio::spawn(to_the_end(async move {
            let _held = held;
            released.await.unwrap();
        }));
        tokio::task::yield_now().await;
        caller.abort();
        assert!(caller.await.unwrap_err().is_cancelled());
        assert!(guard.try_lock().is_err());
        release.send(()).unwrap();
        drop(guard.lock().await);
    }
}
