//! Writing a backup.

use std::fmt;
use std::io::{self, Write};

use bytes::BufMut as _;
use detente_jetstream::restore::StoredCommit;
use xxhash_rust::xxh3::Xxh3;

use crate::format::{self, BLOCK, BLOCK_BYTES, END, End, HEADER, Header, NAME, VERSION};

/// The compression level: the default of zstd.
const COMPRESSION_LEVEL: i32 = 3;

/// Writes commits into a backup, in order.
pub struct Writer<W> {
    to: W,
    digest: Box<Xxh3>,
    block: Vec<u8>,
    first: u64,
    /// The sequence of the last commit, which is also the number of commits.
    last: u64,
    bytes: u64,
}

impl<W> fmt::Debug for Writer<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer")
            .field("last", &self.last)
            .finish_non_exhaustive()
    }
}

impl<W: Write> Writer<W> {
    /// Begins a backup.
    ///
    /// # Errors
    /// Fails if it cannot be written.
    pub fn begin(to: W, header: &Header) -> io::Result<Self> {
        let mut writer = Self {
            to,
            digest: Box::new(Xxh3::new()),
            block: Vec::with_capacity(BLOCK_BYTES),
            first: 0,
            last: 0,
            bytes: 0,
        };
        writer.put(format!("{NAME}{VERSION}\n").as_bytes())?;
        writer.frame(HEADER, &serde_json::to_vec(header)?)?;
        Ok(writer)
    }

    /// Adds the next commit.
    ///
    /// # Errors
    /// Fails if it cannot be written.
    pub fn add(&mut self, commit: &StoredCommit) -> io::Result<()> {
        if self.block.is_empty() {
            self.first = commit.sequence;
        }
        format::encode(&mut self.block, commit);
        self.last = commit.sequence;
        if self.block.len() >= BLOCK_BYTES {
            self.close_block()?;
        }
        Ok(())
    }

    /// Ends the backup and returns the writer and the size in bytes.
    ///
    /// # Errors
    /// Fails if it cannot be written.
    pub fn end(mut self) -> io::Result<(W, u64)> {
        self.close_block()?;
        let end = End {
            commits: self.last,
            last: self.last,
            digest: format!("{:016x}", self.digest.digest()),
        };
        self.frame(END, &serde_json::to_vec(&end)?)?;
        self.to.flush()?;
        Ok((self.to, self.bytes))
    }

    fn close_block(&mut self) -> io::Result<()> {
        if self.block.is_empty() {
            return Ok(());
        }
        let mut body = Vec::new();
        body.put_u64_le(self.first);
        body.put_u64_le(self.last);
        body.put_u32_le(u32::try_from(self.block.len()).map_err(io::Error::other)?);
        body.extend(zstd::bulk::compress(&self.block, COMPRESSION_LEVEL)?);
        self.block.clear();
        self.frame(BLOCK, &body)
    }

    fn frame(&mut self, kind: u8, body: &[u8]) -> io::Result<()> {
        let mut head = vec![kind];
        head.put_u32_le(u32::try_from(body.len()).map_err(io::Error::other)?);
        head.put_u64_le(format::frame_digest(kind, body));
        self.put(&head)?;
        self.put(body)
    }

    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.digest.update(bytes);
        self.bytes += bytes.len() as u64;
        self.to.write_all(bytes)
    }
}
