//! Which rulebook a service begins with: the one in force; where none is, the one that is given
//! or that ships.

use std::path::Path;

use detente_jetstream::Connection;
use detente_jetstream::topology::{self, Replicas};
use detente_rulebook::kept::Origin;
use detente_rulebook_store::{Book, Shelf, ShelfError};

use crate::Out;
use crate::exit::Fault;
use crate::source::load_rulebook;

/// The rulebook of a file, or the one that ships.
pub(crate) fn own(path: Option<&Path>) -> anyhow::Result<Book> {
    let (rules, text, projection) = load_rulebook(path)?;
    Ok(Book {
        projection,
        rules: rules.into(),
        text,
        origin: if path.is_some() {
            Origin::Given
        } else {
            Origin::Shipped
        },
    })
}

/// The rulebook in force; on a server without any, the own one comes into force.
pub(crate) async fn begin(
    connection: &Connection,
    replicas: Replicas,
    own: &Book,
    out: &mut Out,
) -> anyhow::Result<Book> {
    topology::ensure_control(connection, replicas).await?;
    let shelf = Shelf::open(connection).await?;
    let book = shelf.begin(own).await.map_err(config)?;
    warn(own, &book, out);
    Ok(book)
}

/// The rulebook that a reader begins with. Where nothing runs yet it is the own one; what comes
/// into force later is followed.
pub(crate) async fn reading(
    connection: &Connection,
    own: &Book,
    out: &mut Out,
) -> anyhow::Result<Book> {
    let Ok(shelf) = Shelf::open(connection).await else {
        return Ok(own.clone());
    };
    let book = shelf.look().await?.reading(own).map_err(config)?;
    warn(own, &book, out);
    Ok(book)
}

/// A file that was named and is not what is in force is easily taken for it.
fn warn(own: &Book, book: &Book, out: &mut Out) {
    if own.origin == Origin::Given && own.projection != book.projection {
        out.note(&format!(
            "note: the rulebook {} is in force, and not the one that --rulebook names ({}); \
             `detente rulebook adopt FILE` switches",
            book.projection, own.projection
        ));
    }
}

fn config(error: ShelfError) -> anyhow::Error {
    match error {
        ShelfError::Unreadable { .. } | ShelfError::Damaged { .. } => {
            Fault::Config(error.to_string()).into()
        }
        ShelfError::Control(_) | ShelfError::Write(_) => error.into(),
    }
}
