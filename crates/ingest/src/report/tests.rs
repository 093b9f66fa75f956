//! Tests of work whose request ends before it.

use std::sync::mpsc;

use super::*;
use crate::memory::BodyMemory;

#[tokio::test]
async fn dropped_work_is_told_and_holds_its_memory_until_it_ends() {
    let bodies = BodyMemory::new();
    let free = bodies.free_bytes();
    let mut memory = bodies.reserve();
    memory.grow(BODY_MAX).unwrap();
    let (begins, begun) = mpsc::channel();
    let (go, gone) = mpsc::channel::<()>();
    let (ends, ended) = mpsc::channel();
    let work = move |is_wanted: &dyn Fn() -> bool| {
        begins.send(is_wanted()).unwrap();
        gone.recv().unwrap();
        ends.send(is_wanted()).unwrap();
        drop(memory);
    };
    let request = tokio::spawn(while_wanted(work));
    let is_wanted = tokio::task::spawn_blocking(move || begun.recv().unwrap());
    assert!(is_wanted.await.unwrap());
    request.abort();
    assert!(request.await.unwrap_err().is_cancelled());
    assert_eq!(bodies.free_bytes(), free - BODY_MAX);
    go.send(()).unwrap();
    let is_wanted = tokio::task::spawn_blocking(move || ended.recv().unwrap());
    assert!(!is_wanted.await.unwrap());
    while bodies.free_bytes() < free {
        tokio::task::yield_now().await;
    }
}
