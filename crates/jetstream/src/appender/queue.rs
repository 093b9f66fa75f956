//! Records that wait to be sent, and their grouping into commits.

use std::collections::VecDeque;

use tokio::sync::oneshot;

use super::{AppendError, Appended, Weighed};
use crate::commit::{Builder, Frame, framed_len};

pub(super) type Answer = Result<Appended, AppendError>;

/// Records that one caller appends, at least one, and that are answered together.
#[derive(Debug)]
pub(super) struct Call {
    records: Vec<Weighed>,
    /// The answers of the first records, whose commits are settled.
    answers: Vec<Answer>,
    traceparent: Option<Box<str>>,
    reply: oneshot::Sender<Vec<Answer>>,
}

/// A commit that is ready to be sent.
#[derive(Debug)]
pub(super) struct Commit {
    pub(super) frame: Frame,
    pub(super) traceparent: Option<Box<str>>,
}

/// The queue. A commit is settled before the next one is taken, so it always holds the first
/// records without an answer.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    calls: VecDeque<Call>,
    records: usize,
    bytes: usize,
}

impl Call {
    /// Creates a call, and the receiver of its answers, one for each record.
    pub(super) fn new(
        records: Vec<Weighed>,
        traceparent: Option<&str>,
    ) -> (Self, oneshot::Receiver<Vec<Answer>>) {
        let (reply, answers) = oneshot::channel();
        let call = Self {
            answers: Vec::with_capacity(records.len()),
            records,
            traceparent: traceparent.map(Box::from),
            reply,
        };
        (call, answers)
    }
}

impl Waiting {
    /// Adds a call.
    pub(super) fn add(&mut self, call: Call) {
        let lengths = call.records.iter();
        let lengths = lengths.map(|record| framed_len(record.bytes.len()));
        self.bytes += lengths.sum::<usize>();
        self.records += call.records.len();
        self.calls.push_back(call);
    }

    /// Returns the number of records that are not in a commit yet.
    pub(super) fn records(&self) -> usize {
        self.records
    }

    /// Returns the number of bytes that they take in commits.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Takes the next commit, as full as possible, or `None` if no record waits.
    pub(super) fn fill(&mut self, bytes_max: usize, weight_max: usize) -> Option<Commit> {
        let mut builder = Builder::with_capacity(bytes_max, self.bytes.min(bytes_max));
        let mut traceparent = None;
        let mut weight: Option<usize> = None;
        for call in &mut self.calls {
            let mut rest = call.records.iter().skip(call.answers.len());
            let is_full = rest.any(|record| {
                let heavier = weight.unwrap_or_default().saturating_add(record.weight);
                let is_full = weight.is_some() && heavier > weight_max;
                weight = Some(heavier);
                is_full || !builder.push(&record.bytes)
            });
            if is_full {
                break;
            }
            traceparent = traceparent.or(call.traceparent.take());
        }
        let frame = builder.finish()?;
        self.records = self.records.saturating_sub(frame.records as usize);
        self.bytes = self.bytes.saturating_sub(frame.payload.len());
        Some(Commit { frame, traceparent })
    }

    /// Answers the records of the commit that was taken last. Callers that no longer wait are
    /// ignored.
    pub(super) fn settle(&mut self, answers: Vec<Answer>) {
        for answer in answers {
            let Some(call) = self.calls.front_mut() else {
                return;
            };
            call.answers.push(answer);
            if call.answers.len() == call.records.len()
                && let Some(call) = self.calls.pop_front()
            {
                drop(call.reply.send(call.answers));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commit::records;
    use bytes::Bytes;

    const MANY: usize = usize::MAX;

    fn at(position: u64) -> Answer {
        Ok(Appended {
            position,
            is_found: false,
        })
    }

    fn all(commit: &Commit, answer: Answer) -> Vec<Answer> {
        vec![answer; commit.frame.records as usize]
    }

    fn add(waiting: &mut Waiting, records: &[&'static str]) -> oneshot::Receiver<Vec<Answer>> {
        let records = records
            .iter()
            .map(|record| Bytes::from_static(record.as_bytes()).into());
        let (call, answers) = Call::new(records.collect(), None);
        waiting.add(call);
        answers
    }

    fn texts(commit: &Commit) -> Vec<String> {
        let records: Result<Vec<&[u8]>, _> = records(&commit.frame.payload).collect();
        let records = records.expect("a sound frame").into_iter();
        records
            .map(|record| String::from_utf8_lossy(record).into_owned())
            .collect()
    }

    #[test]
    fn calls_fill_commits_in_order_and_each_gets_its_own_answers() {
        let mut waiting = Waiting::default();
        let mut a = add(&mut waiting, &["a"]);
        let mut group = add(&mut waiting, &["b", "c", "d", "e"]);
        let mut f = add(&mut waiting, &["f"]);
        assert_eq!((waiting.records(), waiting.bytes()), (6, 18));

        let first = waiting.fill(9, MANY).expect("a commit");
        assert_eq!(texts(&first), ["a", "b", "c"]);
        assert_eq!((waiting.records(), waiting.bytes()), (3, 9));
        waiting.settle(all(&first, at(7)));
        assert_eq!(a.try_recv(), Ok(vec![at(7)]));
        assert!(group.try_recv().is_err());

        let second = waiting.fill(9, MANY).expect("a commit");
        assert_eq!(texts(&second), ["d", "e", "f"]);
        assert_eq!((waiting.records(), waiting.bytes()), (0, 0));
        waiting.settle(all(&second, at(8)));
        assert_eq!(group.try_recv(), Ok(vec![at(7), at(7), at(8), at(8)]));
        assert_eq!(f.try_recv(), Ok(vec![at(8)]));
        assert!(waiting.fill(9, MANY).is_none());
    }

    #[test]
    fn a_commit_has_at_most_a_thousand_records() {
        let mut waiting = Waiting::default();
        let mut answers = add(&mut waiting, &["r"; 1_001]);
        for (records, position) in [(1_000, 7), (1, 8)] {
            let commit = waiting.fill(1 << 20, MANY).expect("a commit");
            assert_eq!(commit.frame.records, records);
            assert!(answers.try_recv().is_err());
            waiting.settle(all(&commit, at(position)));
        }
        let answers = answers.try_recv().expect("all are answered");
        assert_eq!(answers.iter().filter(|answer| **answer == at(8)).count(), 1);
        assert!(waiting.fill(1 << 20, MANY).is_none());
    }

    #[test]
    fn weight_limits_a_commit_and_a_heavier_record_has_its_own() {
        let mut waiting = Waiting::default();
        let weighed = [("a", 4), ("b", 5), ("c", 30), ("d", 9), ("e", 0)];
        let weighed = weighed.map(|(text, weight)| Weighed {
            bytes: Bytes::from_static(text.as_bytes()),
            weight,
        });
        let (call, mut answers) = Call::new(weighed.to_vec(), None);
        waiting.add(call);
        let mut commits = Vec::new();
        while let Some(commit) = waiting.fill(1 << 20, 9) {
            commits.push(texts(&commit));
            waiting.settle(all(&commit, at(7)));
        }
        assert_eq!(commits, [vec!["a", "b"], vec!["c"], vec!["d", "e"]]);
        assert_eq!(answers.try_recv(), Ok(vec![at(7); 5]));
    }

    #[test]
    fn bytes_limit_a_commit_and_a_lost_caller_does_not_matter() {
        let mut waiting = Waiting::default();
        drop(add(&mut waiting, &["gone"]));
        let mut stays = add(&mut waiting, &["stays"]);
        let mut next = add(&mut waiting, &["next"]);
        let commit = waiting.fill(14, MANY).expect("a commit");
        assert_eq!(texts(&commit), ["gone", "stays"]);
        let error = AppendError::Unknown { waited_ms: 1 };
        waiting.settle(all(&commit, Err(error.clone())));
        assert_eq!(stays.try_recv(), Ok(vec![Err(error)]));
        assert!(next.try_recv().is_err());
    }
}
