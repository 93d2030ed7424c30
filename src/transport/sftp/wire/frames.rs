//! Packets out of a stream: four bytes of length, then so many of the packet.

use bytes::{Buf, Bytes, BytesMut};
use thiserror::Error;

/// The largest packet that is taken, in bytes behind its length; what OpenSSH takes.
pub const LARGEST_PACKET: usize = 256 << 10;

/// The client speaks no SFTP, or lost its place in it: nothing behind can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Broken {
    /// A packet without a type.
    #[error("an empty packet")]
    Empty,
    /// A packet longer than any that is taken; it would be read in vain.
    #[error("a packet of {0} bytes")]
    TooLong(usize),
    /// Something else where the first packet must tell the version.
    #[error("no greeting")]
    NoGreeting,
}

/// What has come in and is not cut into packets yet.
#[derive(Debug, Default)]
pub struct Frames(BytesMut);

impl Frames {
    /// Adds what came in.
    pub fn push(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    /// Bytes that wait.
    pub fn waiting(&self) -> usize {
        self.0.len()
    }

    /// The next packet, if all of it is there.
    pub fn next_packet(&mut self) -> Result<Option<Bytes>, Broken> {
        let Some((length, behind)) = self.0.split_first_chunk::<4>() else {
            return Ok(None);
        };
        let length = usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX);
        match length {
            0 => Err(Broken::Empty),
            _ if length > LARGEST_PACKET => Err(Broken::TooLong(length)),
            _ if behind.len() < length => {
                self.0.reserve(4 + length - self.0.len());
                Ok(None)
            }
            _ => {
                self.0.advance(4);
                Ok(Some(self.0.split_to(length).freeze()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_length_that_no_packet_has_breaks_the_stream_at_once() {
        let mut frames = Frames::default();
        frames.push(&[0, 0, 0, 0]);
        assert_eq!(frames.next_packet(), Err(Broken::Empty));
        let mut frames = Frames::default();
        frames.push(&u32::MAX.to_be_bytes());
        assert_eq!(
            frames.next_packet(),
            Err(Broken::TooLong(u32::MAX as usize))
        );
    }

    proptest! {
        #[test]
        fn packets_come_out_as_they_went_in_however_the_stream_is_cut(
            packets in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..300), 0..20),
            cut in 1_usize..50,
        ) {
            let mut stream = Vec::new();
            for packet in &packets {
                stream.extend_from_slice(&u32::try_from(packet.len()).unwrap().to_be_bytes());
                stream.extend_from_slice(packet);
            }
            let (mut frames, mut out) = (Frames::default(), Vec::new());
            for piece in stream.chunks(cut) {
                frames.push(piece);
                while let Some(packet) = frames.next_packet().unwrap() {
                    out.push(packet.to_vec());
                }
            }
            prop_assert_eq!(out, packets);
            prop_assert_eq!(frames.waiting(), 0);
        }
    }
}
