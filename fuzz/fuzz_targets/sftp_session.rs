//! The session loop: whatever a client sends, in a real box in a temporary folder.

#![no_main]

use std::{
    fs,
    path::PathBuf,
    sync::{Arc, LazyLock},
};

use bytes::{BufMut, BytesMut};
use libfuzzer_sys::fuzz_target;
use pillarbox::transport::sftp::{
    Account, Limits, Places, Premises, Tally, Visitor,
    wire::{Ask, Frames, Limit, read_answer},
};
use time::Duration;

struct Stage {
    premises: Premises,
    folder: PathBuf,
    _dir: tempfile::TempDir,
}

struct Nobody;

impl Tally for Nobody {
    fn upload(&self) {}
    fn collected(&self) {}
    fn limited(&self, _: Limit) {}

    fn incomplete(&self) {}
}

static STAGE: LazyLock<Stage> = LazyLock::new(|| {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let folder = dir.path().to_owned();
    for name in ["inbox", "outbox", "receipts"] {
        fs::create_dir_all(folder.join("boxes/8604001").join(name)).expect("a box");
    }
    for name in ["extracts", "reports"] {
        fs::create_dir_all(folder.join("council").join(name)).expect("the council's box");
    }
    fs::write(folder.join("boxes/8604001/outbox/a.age"), [7; 5000]).expect("a file");
    fs::write(folder.join("outside.csv"), "never to be seen").expect("a file");
    let premises = Premises::open(
        Places {
            boxes: &folder.join("boxes"),
            front: &folder.join("front"),
            council: &folder.join("council"),
        },
        Limits {
            max_bytes: 100_000,
            max_extract: 100_000,
            box_quota: 1_000_000,
            max_files: 32,
            max_handles: 8,
            unfinished: Duration::HOUR,
            spare_disk: 0,
        },
        Arc::new(Nobody),
        |_| {},
    )
    .expect("premises");
    Stage {
        premises,
        folder,
        _dir: dir,
    }
});

/// The first byte chooses the account; then come requests, framed by the target: kind, two bytes of
/// length, body. So the fuzzer need not guess lengths to get anywhere.
fuzz_target!(|data: &[u8]| {
    let Some((first, mut data)) = data.split_first() else {
        return;
    };
    let stage = &*STAGE;
    let account = match first % 4 {
        0 => Account::Council,
        _ => Account::School("8604001".parse().expect("an id")),
    };
    let visitor = Visitor {
        account,
        key: "SHA256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa".into(),
        person: 0,
        may_upload: first & 16 == 0,
        may_collect: first & 32 == 0,
    };
    let mut session = stage.premises.welcome(visitor).expect("a session");
    let mut stream = BytesMut::new();
    Ask::Init.write(0, &mut stream);
    let mut asked = 1;
    while let [kind, high, low, rest @ ..] = data {
        let length = usize::from(u16::from_be_bytes([*high, *low])).min(rest.len());
        let (body, behind) = rest.split_at(length);
        data = behind;
        if *kind == 1 {
            continue;
        }
        stream.put_u32(u32::try_from(body.len()).expect("short") + 5);
        stream.put_u8(*kind);
        stream.put_u32(asked);
        stream.put_slice(body);
        asked += 1;
    }
    stream.put_slice(data);
    let (mut answered, mut frames) = (0, Frames::default());
    for piece in stream.chunks(4096) {
        session.receive(piece);
        loop {
            let mut replies = BytesMut::new();
            let Ok(progress) = session.answer(&mut replies, 10_000) else {
                return;
            };
            assert!(replies.len() <= 10_000 + (256 << 10));
            frames.push(&replies);
            if progress == pillarbox::transport::sftp::Progress::Waiting {
                break;
            }
        }
        while let Ok(Some(packet)) = frames.next_packet() {
            let (id, _) = read_answer(&packet).expect("a reply of ours");
            assert!(answered == 0 || id == answered, "replies come in order");
            assert!(!packet.windows(16).any(|bytes| bytes == b"never to be seen"));
            answered += 1;
        }
    }
    assert!(answered <= asked);
    session.end();
    tidy(stage);
});

/// What was handed over goes as the daemon would take it, and nothing else has changed.
fn tidy(stage: &Stage) {
    for folder in ["front/boxes/8604001", "front/events", "council/extracts"] {
        for entry in fs::read_dir(stage.folder.join(folder))
            .into_iter()
            .flatten()
            .flatten()
        {
            let _ = fs::remove_file(entry.path());
        }
    }
    let outside = fs::read(stage.folder.join("outside.csv")).expect("it is still there");
    assert_eq!(outside, b"never to be seen");
    for (folder, files) in [("outbox", 1), ("inbox", 0), ("receipts", 0)] {
        let folder = stage.folder.join("boxes/8604001").join(folder);
        assert_eq!(fs::read_dir(folder).expect("a box").count(), files);
    }
}
