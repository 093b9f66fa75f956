//! Rendering views on the thread of the fold, a few between two commits.

use bytes::Bytes;
use detente_chronicle::{Chronicle, Position};
use detente_domain::relations::Pair;
use detente_jetstream::topology::Projection;
use tokio::sync::{mpsc, oneshot};

use crate::error::Error;
use crate::metrics;
use crate::view::latest_view;

/// The most views that are rendered before the next commit is folded: each takes about as long as
/// one commit.
const SLICE: usize = 4;

/// A request to the fold stage.
#[derive(Debug)]
pub(crate) enum Request {
    /// Every relation that a commit has touched.
    Pairs(oneshot::Sender<Vec<Pair>>),
    /// Views of relations.
    Views(Vec<Wanted>, oneshot::Sender<Vec<Rendered>>),
}

/// A relation whose view is asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted {
    pub(crate) pair: Pair,
    /// The position of its entry in the bucket, if that is of this projection. A relation that has
    /// not moved since is left out of the answer.
    pub(crate) held: Option<u64>,
}

/// A view.
#[derive(Clone, Debug)]
pub(crate) struct Rendered {
    pub(crate) pair: Pair,
    /// The last commit that it takes in.
    pub(crate) position: u64,
    pub(crate) view: Bytes,
}

/// Answers the requests of the writer.
#[derive(Debug)]
pub(crate) struct Renderer {
    pub(crate) projection: Projection,
    /// The largest view.
    pub(crate) bytes_max: usize,
    requests: mpsc::Receiver<Request>,
    open: Option<Open>,
}

/// A request for views that is being answered.
#[derive(Debug)]
struct Open {
    wanted: Vec<Wanted>,
    rendered: Vec<Rendered>,
    answer: oneshot::Sender<Vec<Rendered>>,
}

impl Renderer {
    pub(crate) fn new(
        projection: Projection,
        bytes_max: usize,
        requests: mpsc::Receiver<Request>,
    ) -> Self {
        Self {
            projection,
            bytes_max,
            requests,
            open: None,
        }
    }

    /// Waits for a request; never returns once there can be none. It is safe to cancel.
    pub(crate) async fn request(&mut self) -> Request {
        match self.requests.recv().await {
            Some(request) => request,
            None => std::future::pending().await,
        }
    }

    /// Begins to answer a request.
    pub(crate) fn begin(&mut self, chronicle: &Chronicle, request: Request) {
        match request {
            Request::Pairs(answer) => {
                let touched = |pair: &Pair| chronicle.last_touched(*pair) > Position(0);
                // If the writer has ended, nobody needs the answer.
                let _ = answer.send(chronicle.pairs().filter(touched).collect());
            }
            Request::Views(mut wanted, answer) => {
                wanted.reverse();
                let rendered = Vec::with_capacity(wanted.len());
                self.open = Some(Open {
                    wanted,
                    rendered,
                    answer,
                });
            }
        }
    }

    /// Answers a part of the requests that have come. Returns true if there is more to do.
    pub(crate) fn step(&mut self, chronicle: &mut Chronicle) -> Result<bool, Error> {
        if self.open.is_none() {
            match self.requests.try_recv() {
                Ok(request) => self.begin(chronicle, request),
                Err(_) => return Ok(false),
            }
        }
        let Some(mut open) = self.open.take() else {
            return Ok(true);
        };
        for _ in 0..SLICE {
            let Some(wanted) = open.wanted.pop() else {
                let _ = open.answer.send(open.rendered);
                return Ok(true);
            };
            open.rendered.extend(self.render(chronicle, wanted)?);
        }
        self.open = Some(open);
        Ok(true)
    }

    /// Answers requests until the writer has ended.
    pub(crate) fn serve(&mut self, chronicle: &mut Chronicle) -> Result<(), Error> {
        loop {
            while self.step(chronicle)? {}
            match self.requests.blocking_recv() {
                Some(request) => self.begin(chronicle, request),
                None => return Ok(()),
            }
        }
    }

    fn render(&self, chronicle: &mut Chronicle, wanted: Wanted) -> Result<Option<Rendered>, Error> {
        let Wanted { pair, held } = wanted;
        let Position(position) = chronicle.last_moved(pair);
        if held.is_some_and(|held| held >= position) {
            return Ok(None);
        }
        let view = latest_view(chronicle, &self.projection, pair, position, self.bytes_max)?;
        if view.is_none() {
            metrics::view_omitted(pair, position);
        }
        Ok(view.map(|view| Rendered {
            pair,
            position,
            view: view.into(),
        }))
    }
}
