//! Iterates over the fields of a protobuf message.

/// The reason why partial decoding stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// The bytes are truncated or not protobuf.
    Broken,
    /// Protobuf that the encoder does not produce.
    Unusual,
}

/// The value of a field.
#[derive(Clone, Copy, Debug)]
pub(super) enum FieldValue<'a> {
    Varint(u64),
    Bytes(&'a [u8]),
    Fixed,
}

impl<'a> FieldValue<'a> {
    pub(super) const fn varint(self) -> Result<u64, Stop> {
        match self {
            Self::Varint(number) => Ok(number),
            Self::Bytes(_) | Self::Fixed => Err(Stop::Unusual),
        }
    }

    pub(super) const fn bytes(self) -> Result<&'a [u8], Stop> {
        match self {
            Self::Bytes(bytes) => Ok(bytes),
            Self::Varint(_) | Self::Fixed => Err(Stop::Unusual),
        }
    }
}

/// The bytes of the remaining fields.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(super) const fn rest(self) -> &'a [u8] {
        self.0
    }

    /// Returns the number and value of the next field; `None` at the end.
    #[inline]
    pub(super) fn next(&mut self) -> Result<Option<(u32, FieldValue<'a>)>, Stop> {
        // Most fields are text or a message of less than 128 bytes.
        if let [key @ 8..0x80, length @ ..0x80, rest @ ..] = self.0
            && key & 7 == 2
            && let Some((taken, rest)) = rest.split_at_checked(usize::from(*length))
        {
            self.0 = rest;
            return Ok(Some((u32::from(key >> 3), FieldValue::Bytes(taken))));
        }
        self.next_of_any()
    }

    fn next_of_any(&mut self) -> Result<Option<(u32, FieldValue<'a>)>, Stop> {
        if self.0.is_empty() {
            return Ok(None);
        }
        let key = u32::try_from(self.varint()?).map_err(|_| Stop::Broken)?;
        let item = match key & 7 {
            0 => FieldValue::Varint(self.varint()?),
            1 => self.take(8).map(|_| FieldValue::Fixed)?,
            2 => {
                let length = usize::try_from(self.varint()?).map_err(|_| Stop::Broken)?;
                FieldValue::Bytes(self.take(length)?)
            }
            // Groups are deprecated, and the encoder writes none.
            3 | 4 => return Err(Stop::Unusual),
            5 => self.take(4).map(|_| FieldValue::Fixed)?,
            _ => return Err(Stop::Broken),
        };
        match key >> 3 {
            0 => Err(Stop::Broken),
            number => Ok(Some((number, item))),
        }
    }

    #[inline]
    fn take(&mut self, length: usize) -> Result<&'a [u8], Stop> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or(Stop::Broken)?;
        self.0 = rest;
        Ok(taken)
    }

    #[inline]
    fn varint(&mut self) -> Result<u64, Stop> {
        if let Some((&byte @ ..0x80, rest)) = self.0.split_first() {
            self.0 = rest;
            return Ok(u64::from(byte));
        }
        let mut number = 0;
        for index in 0..10_u32 {
            let (&byte, rest) = self.0.split_first().ok_or(Stop::Broken)?;
            self.0 = rest;
            // The tenth byte has only the 64th bit.
            if index == 9 && byte > 1 {
                return Err(Stop::Broken);
            }
            number |= u64::from(byte & 0x7F) << (7 * index);
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(Stop::Broken)
    }
}

/// Truncates to 32 bits, as protobuf does.
#[expect(
    clippy::cast_possible_truncation,
    reason = "protobuf drops the upper bits"
)]
pub(super) const fn low(number: u64) -> u32 {
    number as u32
}

/// Decodes a `sint32`.
pub(super) const fn zigzag(number: u64) -> i32 {
    let number = low(number);
    (number >> 1).cast_signed() ^ (number & 1).cast_signed().wrapping_neg()
}
