//! Records that wait to be sent, and their grouping into commits.

use std::collections::{BTreeMap, VecDeque};

use bytes::Bytes;
use tokio::sync::oneshot;

use super::{AppendError, Position};
use crate::commit::{Builder, Frame, framed_len};

type Answer = Result<Position, AppendError>;

/// An item that a caller enqueues.
#[derive(Debug)]
pub(super) enum Item {
    /// One record, answered separately.
    One(Single),
    /// Many records, answered together.
    Many {
        records: Vec<Bytes>,
        reply: oneshot::Sender<Vec<Answer>>,
    },
}

/// A record that is answered separately.
#[derive(Debug)]
pub(super) struct Single {
    pub(super) record: Bytes,
    pub(super) traceparent: Option<Box<str>>,
    pub(super) reply: oneshot::Sender<Answer>,
}

/// A commit that is ready to be sent.
#[derive(Debug)]
pub(super) struct Commit {
    pub(super) frame: Frame,
    pub(super) traceparent: Option<Box<str>>,
    /// In the order of their records.
    pub(super) callers: Vec<Caller>,
}

/// A caller that waits for a commit.
#[derive(Debug)]
pub(super) enum Caller {
    One(oneshot::Sender<Answer>),
    /// `count` records of a group, starting at `first`.
    Part {
        group: u64,
        first: usize,
        count: usize,
    },
}

/// The queue.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    queue: VecDeque<Entry>,
    groups: BTreeMap<u64, Group>,
    next_group: u64,
    records: usize,
    bytes: usize,
}

#[derive(Debug)]
enum Entry {
    One(Single),
    Many {
        group: u64,
        records: Vec<Bytes>,
        sent: usize,
    },
}

#[derive(Debug)]
struct Group {
    answers: Vec<Answer>,
    open: usize,
    reply: oneshot::Sender<Vec<Answer>>,
}

impl Waiting {
    /// Adds the item of a caller.
    pub(super) fn add(&mut self, item: Item) {
        match item {
            Item::One(single) => {
                self.count(&single.record);
                self.queue.push_back(Entry::One(single));
            }
            Item::Many { records, reply } => {
                records.iter().for_each(|record| self.count(record));
                let group = self.next_group;
                self.next_group += 1;
                let open = records.len();
                let waiting = Group {
                    answers: vec![Err(AppendError::Stopped); open],
                    open,
                    reply,
                };
                self.groups.insert(group, waiting);
                self.queue.push_back(Entry::Many {
                    group,
                    records,
                    sent: 0,
                });
            }
        }
    }

    /// Returns the number of records that wait.
    pub(super) fn records(&self) -> usize {
        self.records
    }

    /// Returns the number of bytes that they take in commits.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Takes the next commit, as full as possible, or `None` if no record waits.
    pub(super) fn fill(&mut self, records_max: usize, bytes_max: usize) -> Option<Commit> {
        let mut builder = Builder::with_capacity(bytes_max, self.bytes.min(bytes_max));
        let mut callers = Vec::new();
        let mut traceparent = None;
        while builder.records() < records_max {
            match self.queue.front_mut() {
                None => break,
                Some(Entry::One(single)) => {
                    if builder.push(&single.record).is_none() {
                        break;
                    }
                }
                Some(Entry::Many {
                    group,
                    records,
                    sent,
                }) => {
                    let first = *sent;
                    let rest = records
                        .iter()
                        .skip(first)
                        .take(records_max - builder.records());
                    let count = rest.map_while(|record| builder.push(record)).count();
                    *sent += count;
                    if count > 0 {
                        callers.push(Caller::Part {
                            group: *group,
                            first,
                            count,
                        });
                    }
                    if *sent < records.len() {
                        break;
                    }
                }
            }
            if let Some(Entry::One(single)) = self.queue.pop_front() {
                traceparent = traceparent.or(single.traceparent);
                callers.push(Caller::One(single.reply));
            }
        }
        let frame = builder.finish()?;
        self.records = self.records.saturating_sub(frame.records as usize);
        self.bytes = self.bytes.saturating_sub(frame.payload.len());
        Some(Commit {
            frame,
            traceparent,
            callers,
        })
    }

    /// Answers the callers of a commit. Callers that no longer wait are ignored.
    pub(super) fn settle(&mut self, callers: Vec<Caller>, outcome: &Result<u64, AppendError>) {
        let mut index_in_commit = 0;
        let mut answer = || {
            let index = index_in_commit;
            index_in_commit += 1;
            match outcome {
                Ok(sequence) => Ok(Position {
                    sequence: *sequence,
                    index_in_commit: index,
                }),
                Err(error) => Err(error.clone()),
            }
        };
        for caller in callers {
            match caller {
                Caller::One(reply) => drop(reply.send(answer())),
                Caller::Part {
                    group,
                    first,
                    count,
                } => {
                    let Some(found) = self.groups.get_mut(&group) else {
                        continue;
                    };
                    for slot in found.answers.iter_mut().skip(first).take(count) {
                        *slot = answer();
                    }
                    found.open = found.open.saturating_sub(count);
                    if found.open == 0
                        && let Some(done) = self.groups.remove(&group)
                    {
                        drop(done.reply.send(done.answers));
                    }
                }
            }
        }
    }

    fn count(&mut self, record: &Bytes) {
        self.records += 1;
        self.bytes += framed_len(record.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commit::records;

    fn one(waiting: &mut Waiting, record: &'static str) -> oneshot::Receiver<Answer> {
        let (reply, answer) = oneshot::channel();
        waiting.add(Item::One(Single {
            record: record.into(),
            traceparent: None,
            reply,
        }));
        answer
    }

    fn many(waiting: &mut Waiting, records: &[&'static str]) -> oneshot::Receiver<Vec<Answer>> {
        let (reply, answer) = oneshot::channel();
        let records = records
            .iter()
            .map(|record| Bytes::from_static(record.as_bytes()))
            .collect();
        waiting.add(Item::Many { records, reply });
        answer
    }

    fn texts(commit: &Commit) -> Vec<String> {
        let records: Result<Vec<&[u8]>, _> = records(&commit.frame.payload).collect();
        let records = records.expect("a sound frame").into_iter();
        records
            .map(|record| String::from_utf8_lossy(record).into_owned())
            .collect()
    }

    fn at(sequence: u64, index_in_commit: u32) -> Answer {
        Ok(Position {
            sequence,
            index_in_commit,
        })
    }

    #[test]
    fn singles_and_groups_fill_commits_in_order_and_each_gets_its_own_answer() {
        let mut waiting = Waiting::default();
        let mut a = one(&mut waiting, "a");
        let mut group = many(&mut waiting, &["b", "c", "d", "e"]);
        let mut f = one(&mut waiting, "f");
        assert_eq!((waiting.records(), waiting.bytes()), (6, 18));

        let first = waiting.fill(3, 1_000).expect("a commit");
        assert_eq!(texts(&first), ["a", "b", "c"]);
        let second = waiting.fill(3, 1_000).expect("a commit");
        assert_eq!(texts(&second), ["d", "e", "f"]);
        assert!(waiting.fill(3, 1_000).is_none());
        assert_eq!((waiting.records(), waiting.bytes()), (0, 0));

        waiting.settle(second.callers, &Ok(8));
        assert_eq!(f.try_recv(), Ok(at(8, 2)));
        assert!(group.try_recv().is_err());
        waiting.settle(first.callers, &Ok(7));
        assert_eq!(a.try_recv(), Ok(at(7, 0)));
        assert_eq!(
            group.try_recv(),
            Ok(vec![at(7, 1), at(7, 2), at(8, 0), at(8, 1)])
        );
    }

    #[test]
    fn bytes_limit_a_commit_and_a_lost_caller_does_not_matter() {
        let mut waiting = Waiting::default();
        drop(one(&mut waiting, "gone"));
        let mut stays = one(&mut waiting, "stays");
        let mut next = one(&mut waiting, "next");
        let commit = waiting.fill(10, 14).expect("a commit");
        assert_eq!(texts(&commit), ["gone", "stays"]);
        let error = AppendError::Unknown { waited_ms: 1 };
        waiting.settle(commit.callers, &Err(error.clone()));
        assert_eq!(stays.try_recv(), Ok(Err(error)));
        assert!(next.try_recv().is_err());
    }
}
