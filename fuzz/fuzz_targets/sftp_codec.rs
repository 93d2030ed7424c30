//! The codec: a stream cut into packets, each read by every reader there is.

#![no_main]

use bytes::BytesMut;
use libfuzzer_sys::fuzz_target;
use pillarbox::transport::sftp::wire::{Fields, Frames, LARGEST_PACKET, Replies, read_answer};

fuzz_target!(|data: &[u8]| {
    let mut frames = Frames::default();
    for piece in data.chunks(61) {
        frames.push(piece);
        while let Ok(Some(packet)) = frames.next_packet() {
            assert!(!packet.is_empty() && packet.len() <= LARGEST_PACKET);
            let _ = read_answer(&packet);
            let mut fields = Fields::of(&packet);
            let _ = fields.byte();
            while let Ok(string) = fields.string() {
                let mut inner = Fields::of(string);
                let _ = (inner.number(), inner.long(), inner.attributes());
            }
            if let Ok(attributes) = Fields::of(&packet).attributes() {
                let mut out = BytesMut::new();
                Replies::to(&mut out).attributes(7, &attributes);
                let mut frames = Frames::default();
                frames.push(&out);
                let reply = frames.next_packet().expect("our own").expect("all of it");
                let mut again = Fields::of(&reply);
                let _ = (again.byte(), again.number());
                assert_eq!(again.attributes(), Ok(attributes));
            }
        }
        assert!(frames.waiting() <= data.len());
    }
});
