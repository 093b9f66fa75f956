//! Reading a backup and checking every byte.

use std::fmt;
use std::io::Read;

use bytes::{Buf as _, Bytes};
use detente_jetstream::restore::StoredCommit;
use xxhash_rust::xxh3::Xxh3;

use crate::Error;
use crate::format::{
    self, BLOCK, Damage, END, End, FRAME_MAX, HEADER, Header, NAME, VERSION, frame_digest,
};

/// Reads the commits of a backup, in order.
pub struct Reader<R> {
    from: R,
    header: Header,
    digest: Box<Xxh3>,
    at: u64,
    block_at: u64,
    block: Bytes,
    block_last: u64,
    /// The sequence of the last commit, which is also the number of commits.
    last: u64,
    ended: bool,
}

impl<R> fmt::Debug for Reader<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader")
            .field("header", &self.header)
            .field("last", &self.last)
            .finish_non_exhaustive()
    }
}

struct Frame {
    kind: u8,
    at: u64,
    body: Vec<u8>,
    /// The digest of all bytes before it.
    before: u64,
}

impl<R: Read> Reader<R> {
    /// Reads the header.
    ///
    /// # Errors
    /// Returns [`Damage`] if the file is not a backup, has another version, or is damaged.
    pub fn begin(from: R) -> Result<Self, Error> {
        let mut reader = Self {
            from,
            header: Header::default(),
            digest: Box::new(Xxh3::new()),
            at: 0,
            block_at: 0,
            block: Bytes::new(),
            block_last: 0,
            last: 0,
            ended: false,
        };
        reader.read_name()?;
        let frame = reader.read_frame()?;
        if frame.kind != HEADER {
            return Err(wrong(frame.at, "it is not a header").into());
        }
        let header: Result<Header, _> = serde_json::from_slice(&frame.body);
        reader.header = header.map_err(|error| wrong(frame.at, &error.to_string()))?;
        Ok(reader)
    }

    /// Returns the header.
    pub const fn header(&self) -> &Header {
        &self.header
    }

    /// Returns the next commit; `None` at the end of a sound file.
    ///
    /// # Errors
    /// Returns [`Damage`] if the file is truncated or damaged.
    pub fn commit(&mut self) -> Result<Option<StoredCommit>, Error> {
        while !self.ended && self.block.is_empty() {
            self.open_block()?;
        }
        if self.ended {
            return Ok(None);
        }
        let (at, after) = (self.block_at, self.last);
        let damaged = |what| Damage::Commit { at, after, what };
        let commit = format::decode(&mut self.block).map_err(damaged)?;
        if commit.sequence != self.last + 1 {
            return Err(damaged("a commit is missing").into());
        }
        self.last = commit.sequence;
        if self.block.is_empty() && self.last != self.block_last {
            return Err(damaged("the block has fewer commits than its header says").into());
        }
        Ok(Some(commit))
    }

    fn open_block(&mut self) -> Result<(), Error> {
        let frame = self.read_frame()?;
        match frame.kind {
            BLOCK => {
                let at = frame.at;
                let mut body = Bytes::from(frame.body);
                if body.len() < 20 {
                    return Err(wrong(at, "the block is too short").into());
                }
                let _first = body.get_u64_le();
                self.block_last = body.get_u64_le();
                let len = body.get_u32_le() as usize;
                let block = zstd::bulk::decompress(&body, len.min(FRAME_MAX as usize));
                let block = block.map_err(|error| wrong(at, &error.to_string()))?;
                if block.len() != len || block.is_empty() {
                    return Err(
                        wrong(at, "the block has another length than its header says").into(),
                    );
                }
                self.block_at = at;
                self.block = block.into();
                Ok(())
            }
            END => self.check_end(&frame),
            _ => Err(wrong(frame.at, "its kind is unknown").into()),
        }
    }

    fn check_end(&mut self, frame: &Frame) -> Result<(), Error> {
        let end: Result<End, _> = serde_json::from_slice(&frame.body);
        let end = end.map_err(|error| wrong(frame.at, &error.to_string()))?;
        let expected = End {
            commits: self.last,
            last: self.header.last,
            digest: format!("{:016x}", frame.before),
        };
        if end != expected || self.last != self.header.last {
            let what = format!("the end says {end:?}, but the content has {expected:?}");
            return Err(wrong(frame.at, &what).into());
        }
        let at = self.at;
        if self.from.read(&mut [0]).map_err(Error::File)? > 0 {
            return Err(Damage::Tail { at }.into());
        }
        self.ended = true;
        Ok(())
    }

    fn read_name(&mut self) -> Result<(), Error> {
        let mut name = Vec::new();
        let expected = NAME.as_bytes();
        // The name, a version, and a line feed.
        while !name.ends_with(b"\n") {
            let mut byte = [0];
            let read = self.from.read(&mut byte).map_err(Error::File)?;
            name.extend(&byte[..read]);
            if read == 0 || name.len() > expected.len() + 11 {
                return Err(Damage::Other.into());
            }
            let common = name.len().min(expected.len());
            if name[..common] != expected[..common] {
                return Err(Damage::Other.into());
            }
        }
        self.digest.update(&name);
        self.at = name.len() as u64;
        let found = String::from_utf8_lossy(&name[expected.len()..]);
        let found = found.trim_end().to_owned();
        if found != VERSION.to_string() {
            return Err(Damage::Version { found }.into());
        }
        Ok(())
    }

    fn read_frame(&mut self) -> Result<Frame, Error> {
        let (at, before) = (self.at, self.digest.digest());
        let head = self.read_bytes(13, "the head of a frame")?;
        let mut rest = &head[..];
        let (kind, len, digest) = (rest.get_u8(), rest.get_u32_le(), rest.get_u64_le());
        if len > FRAME_MAX {
            return Err(wrong(at, "its length is over the limit").into());
        }
        let body = self.read_bytes(len as usize, "a frame")?;
        if frame_digest(kind, &body) != digest {
            return Err(wrong(at, "it does not match its digest").into());
        }
        Ok(Frame {
            kind,
            at,
            body,
            before,
        })
    }

    fn read_bytes(&mut self, len: usize, within: &'static str) -> Result<Vec<u8>, Error> {
        let mut bytes = Vec::new();
        let read = (&mut self.from).take(len as u64).read_to_end(&mut bytes);
        let read = read.map_err(Error::File)?;
        self.digest.update(&bytes);
        self.at += read as u64;
        if read < len {
            return Err(Damage::Truncated {
                at: self.at,
                within,
            }
            .into());
        }
        Ok(bytes)
    }
}

fn wrong(at: u64, what: &str) -> Damage {
    let what = what.to_owned();
    Damage::Frame { at, what }
}
