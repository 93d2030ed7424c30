//! What the protocol tells of a file (section 5 of the draft): flags say which of it is there.

use bytes::{BufMut, BytesMut};

use super::{Fields, Malformed};

/// Size, owner, mode and times, as far as they are told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Attributes {
    /// In bytes.
    pub size: Option<u64>,
    /// Numbers of user and group.
    pub owner: Option<(u32, u32)>,
    /// Type and rights, as `st_mode` has them.
    pub mode: Option<u32>,
    /// Last access and last change, in seconds since 1970.
    pub times: Option<(u32, u32)>,
}

impl Attributes {
    /// Reads them. What extensions say of a file is skipped.
    pub(super) fn read(fields: &mut Fields<'_>) -> Result<Self, Malformed> {
        let flags = fields.number()?;
        let mut read = Self::default();
        if flags & SIZE != 0 {
            read.size = Some(fields.long()?);
        }
        if flags & OWNER != 0 {
            read.owner = Some((fields.number()?, fields.number()?));
        }
        if flags & MODE != 0 {
            read.mode = Some(fields.number()?);
        }
        if flags & TIMES != 0 {
            read.times = Some((fields.number()?, fields.number()?));
        }
        if flags & EXTENDED != 0 {
            for _ in 0..fields.number()? {
                fields.string()?;
                fields.string()?;
            }
        }
        Ok(read)
    }

    /// Writes them.
    pub fn write(&self, out: &mut BytesMut) {
        let flag = |is_there: bool, flag| if is_there { flag } else { 0 };
        out.put_u32(
            flag(self.size.is_some(), SIZE)
                | flag(self.owner.is_some(), OWNER)
                | flag(self.mode.is_some(), MODE)
                | flag(self.times.is_some(), TIMES),
        );
        if let Some(size) = self.size {
            out.put_u64(size);
        }
        if let Some((user, group)) = self.owner {
            out.put_u32(user);
            out.put_u32(group);
        }
        if let Some(mode) = self.mode {
            out.put_u32(mode);
        }
        if let Some((accessed, modified)) = self.times {
            out.put_u32(accessed);
            out.put_u32(modified);
        }
    }
}

const SIZE: u32 = 0x01;
const OWNER: u32 = 0x02;
const MODE: u32 = 0x04;
const TIMES: u32 = 0x08;
const EXTENDED: u32 = 0x8000_0000;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_extensions_say_is_skipped_and_never_counted_on() {
        let mut bytes = BytesMut::new();
        bytes.put_u32(EXTENDED | MODE);
        bytes.put_u32(0o100_644);
        bytes.put_u32(1);
        bytes.put_slice(b"\0\0\0\x01a\0\0\0\x01b");
        let read = Fields::of(&bytes).attributes().unwrap();
        assert_eq!(read.mode, Some(0o100_644));
        let mut endless = BytesMut::new();
        endless.put_u32(EXTENDED);
        endless.put_u32(u32::MAX);
        assert_eq!(Fields::of(&endless).attributes(), Err(Malformed));
    }

    proptest! {
        #[test]
        fn attributes_read_as_they_were_written(
            size in any::<Option<u64>>(),
            owner in any::<Option<(u32, u32)>>(),
            mode in any::<Option<u32>>(),
            times in any::<Option<(u32, u32)>>(),
        ) {
            let attributes = Attributes { size, owner, mode, times };
            let mut bytes = BytesMut::new();
            attributes.write(&mut bytes);
            let mut fields = Fields::of(&bytes);
            prop_assert_eq!(fields.attributes(), Ok(attributes));
            prop_assert!(fields.rest().is_empty());
        }
    }
}
