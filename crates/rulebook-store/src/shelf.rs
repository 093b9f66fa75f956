//! The shelf: the rulebooks that are kept in the control bucket, which one is in force, and which
//! one is to follow.
//!
//! All that a switch of rulebooks has to remember is here, under a few keys:
//! `rulebook.<projection>` (the text), `active_projection`, `candidate_projection`,
//! `failed.<projection>` (why the candidate is not getting on) and `dropped.<projection>` (whose
//! stream is to be deleted). Whoever acts on it looks at all of it, does the next step, and looks
//! again; so it does not matter who is killed, or when.

mod built;
mod standing;

use bytes::Bytes;
use detente_jetstream::Connection;
use detente_jetstream::control::{
    ACTIVE_PROJECTION, Active, CANDIDATE_PROJECTION, Control, ControlError, Versioned,
};
use detente_jetstream::topology::Projection;
use detente_rulebook::{Problem, kept};

pub use built::Built;
use standing::Begin;
pub use standing::{Book, Standing};

const RULEBOOK: &str = "rulebook.";
const FAILED: &str = "failed.";
const DROPPED: &str = "dropped.";
/// How often a look is begun again because something was changed under it.
const LOOKS: usize = 5;

/// Why a rulebook cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum ShelfError {
    /// The control bucket cannot be read or set.
    #[error(transparent)]
    Control(#[from] ControlError),
    /// The rulebook in force cannot be read by this program.
    #[error(
        "the active rulebook, {projection}, cannot be read by this version of the program; give \
         it a mended one with `detente rulebook adopt FILE`, or start the version that it was \
         written for: {}",
        told(problems)
    )]
    Unreadable {
        /// Its projection.
        projection: Projection,
        /// What is wrong with it.
        problems: Vec<Problem>,
    },
    /// What is kept is not what was put there.
    #[error("the active rulebook, {projection}: {reason}; adopt it again from its file")]
    Damaged {
        /// Its projection.
        projection: Projection,
        /// What is wrong.
        reason: String,
    },
    /// A rulebook could not be written: a fault of this program.
    #[error("a rulebook cannot be kept: {0}")]
    Write(String),
}

/// The shelf, opened.
#[derive(Clone, Debug)]
pub struct Shelf {
    control: Control,
}

impl Shelf {
    /// Opens it.
    ///
    /// # Errors
    /// When the control bucket is not there, or the server does not answer.
    pub async fn open(connection: &Connection) -> Result<Self, ControlError> {
        let control = Control::open(connection).await?;
        Ok(Self { control })
    }

    /// A number that is another whenever something has changed.
    ///
    /// # Errors
    /// When the server does not answer.
    pub async fn revision(&self) -> Result<u64, ControlError> {
        self.control.revision().await
    }

    /// Looks at all of it, as it was at one moment.
    ///
    /// # Errors
    /// When the server does not answer.
    pub async fn look(&self) -> Result<Standing, ControlError> {
        let mut revision = self.control.revision().await?;
        let mut standing = self.look_once().await?;
        for _ in 1..LOOKS {
            let now = self.control.revision().await?;
            if now == revision {
                break;
            }
            revision = now;
            standing = self.look_once().await?;
        }
        Ok(standing)
    }

    async fn look_once(&self) -> Result<Standing, ControlError> {
        let mut standing = Standing {
            active: self.control.active().await?,
            candidate: self.control.candidate().await?,
            ..Standing::default()
        };
        for key in self.control.keys("").await? {
            let found = [RULEBOOK, FAILED, DROPPED]
                .into_iter()
                .find_map(|prefix| Some((prefix, key.strip_prefix(prefix)?)));
            let Some((prefix, Ok(projection))) =
                found.map(|(prefix, name)| (prefix, Projection::new(name)))
            else {
                continue;
            };
            let Some(Versioned { value, .. }) = self.control.get(&key).await? else {
                continue;
            };
            match prefix {
                RULEBOOK => match kept::read(projection.as_str(), &value) {
                    Ok(kept) => drop(standing.kept.insert(projection, kept)),
                    Err(damaged) => {
                        standing.damaged.insert(projection, damaged.reason);
                    }
                },
                FAILED => {
                    let reason = String::from_utf8_lossy(&value).into_owned();
                    standing.failed.insert(projection, reason);
                }
                _ => {
                    standing.dropped.insert(projection);
                }
            }
        }
        Ok(standing)
    }

    /// What to fold under: the rulebook in force; on a server that has none yet, one's own, which
    /// comes into force. Where the rulebook in force is of another version of the program, its
    /// text is read anew and made the candidate: it is built beside, and switched to, like any.
    ///
    /// # Errors
    /// When there is a rulebook in force that somebody gave, and it cannot be read.
    pub async fn begin(&self, own: &Book) -> Result<Book, ShelfError> {
        loop {
            let standing = self.look().await?;
            if standing.active.is_none() {
                self.keep(own).await?;
                match self
                    .control
                    .set_active_projection(&own.projection, None)
                    .await
                {
                    Ok(_) => return Ok(own.clone()),
                    // Somebody was faster.
                    Err(ControlError::Conflict { .. }) => continue,
                    Err(error) => return Err(error.into()),
                }
            }
            return match standing.begin(own)? {
                Begin::Active(book) => {
                    self.keep(&book).await?;
                    Ok(*book)
                }
                Begin::Successor(book) => {
                    self.keep(&book).await?;
                    if standing.next().is_none() {
                        self.nominate(&book.projection).await?;
                    }
                    Ok(*book)
                }
            };
        }
    }

    /// Puts a rulebook on the shelf. One that is there already stays as it is.
    ///
    /// # Errors
    /// When the server does not answer.
    pub async fn keep(&self, book: &Book) -> Result<(), ShelfError> {
        let key = format!("{RULEBOOK}{}", book.projection);
        let bytes = kept::write(&book.text, book.origin);
        let bytes = Bytes::from(bytes.map_err(|error| ShelfError::Write(error.to_string()))?);
        let held = self.control.get(&key).await?;
        let is_good =
            |held: &Versioned<Bytes>| kept::read(book.projection.as_str(), &held.value).is_ok();
        if held.as_ref().is_some_and(is_good) {
            return Ok(());
        }
        let revision = held.map(|held| held.revision);
        match self.control.set(&key, bytes, revision).await {
            // Under one name there is one text.
            Ok(_) | Err(ControlError::Conflict { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Makes a kept projection the candidate, in the place of any other; it is not to be dropped
    /// any more. The active one needs no candidate: then there is none.
    ///
    /// # Errors
    /// When the server does not answer.
    pub async fn nominate(&self, projection: &Projection) -> Result<(), ControlError> {
        self.clear(DROPPED, projection).await?;
        loop {
            let active = self.control.active().await?;
            let held = self.control.candidate().await?;
            if active.is_some_and(|active| active.value.projection == *projection) {
                return match held {
                    Some(held) => self.withdraw(held.revision).await,
                    None => Ok(()),
                };
            }
            if held.as_ref().is_some_and(|held| held.value == *projection) {
                return Ok(());
            }
            let value = Bytes::copy_from_slice(projection.as_str().as_bytes());
            let revision = held.map(|held| held.revision);
            match self
                .control
                .set(CANDIDATE_PROJECTION, value, revision)
                .await
            {
                Ok(_) => return Ok(()),
                Err(ControlError::Conflict { .. }) => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Ends the candidacy that was read at a revision; one that is another by now stays.
    ///
    /// # Errors
    /// When the server does not answer.
    pub async fn withdraw(&self, revision: u64) -> Result<(), ControlError> {
        match self.control.delete(CANDIDATE_PROJECTION, revision).await {
            Ok(()) | Err(ControlError::Conflict { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// The switch: a projection comes into force after the one that was read. Says whether it
    /// did; it does not if somebody has switched in between.
    ///
    /// # Errors
    /// When the server does not answer; then it may have been switched.
    pub async fn switch(
        &self,
        to: &Projection,
        from: &Versioned<Active>,
    ) -> Result<bool, ControlError> {
        let previous = &from.value.projection;
        match self
            .control
            .switch_active(to, previous, from.revision)
            .await
        {
            Ok(_) => Ok(true),
            Err(ControlError::Conflict { key }) if key == ACTIVE_PROJECTION => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Takes a rulebook off the shelf; its stream is to be deleted by whoever projects.
    ///
    /// # Errors
    /// When the server does not answer.
    pub async fn discard(&self, projection: &Projection) -> Result<(), ControlError> {
        self.put(DROPPED, projection, "").await?;
        self.clear(FAILED, projection).await?;
        self.clear(RULEBOOK, projection).await
    }

    /// Notes that a discarded projection's stream has been deleted.
    ///
    /// # Errors
    /// When the server does not answer.
    pub async fn forget(&self, projection: &Projection) -> Result<(), ControlError> {
        self.clear(DROPPED, projection).await
    }

    /// Notes why a projection is not getting on, or that it is again.
    ///
    /// # Errors
    /// When the server does not answer.
    pub async fn note(&self, of: &Projection, failed: Option<&str>) -> Result<(), ControlError> {
        match failed {
            Some(reason) => self.put(FAILED, of, reason).await,
            None => self.clear(FAILED, of).await,
        }
    }

    async fn put(&self, prefix: &str, of: &Projection, text: &str) -> Result<(), ControlError> {
        let key = format!("{prefix}{of}");
        let held = self.control.get(&key).await?;
        if held.as_ref().is_some_and(|held| held.value == text) {
            return Ok(());
        }
        let value = Bytes::copy_from_slice(text.as_bytes());
        let revision = held.map(|held| held.revision);
        match self.control.set(&key, value, revision).await {
            Ok(_) | Err(ControlError::Conflict { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn clear(&self, prefix: &str, of: &Projection) -> Result<(), ControlError> {
        let key = format!("{prefix}{of}");
        let Some(held) = self.control.get(&key).await? else {
            return Ok(());
        };
        match self.control.delete(&key, held.revision).await {
            Ok(()) | Err(ControlError::Conflict { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

fn told(problems: &[Problem]) -> String {
    let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
    told.join("; ")
}
