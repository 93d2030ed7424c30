//! Verbs that OpenSSH has added, and every client of today asks for.

use super::{
    super::{
        session::{House, Session},
        wire::{LARGEST_PACKET, Refusal},
    },
    Call,
    files::LONGEST_READ,
};

#[expect(clippy::unnecessary_wraps, reason = "every verb may be refused")]
/// `limits@openssh.com`: packet, read and write in bytes, and open handles.
pub(super) fn limits(session: &mut Session, call: &mut Call<'_, '_>) -> Result<(), Refusal> {
    let number = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    let handles = number(session.handles.room());
    let longest = number(LONGEST_READ);
    let limits = [number(LARGEST_PACKET), longest, longest, handles];
    call.replies.extended(call.id, &limits);
    Ok(())
}

/// `statvfs@openssh.com`: the box as if it were a disk. What the server's disks are like is nobody's
/// business.
pub(super) fn statvfs(session: &mut Session, call: &mut Call<'_, '_>) -> Result<(), Refusal> {
    session.place(call)?;
    room(session, call);
    Ok(())
}

/// `fstatvfs@openssh.com`.
pub(super) fn fstatvfs(session: &mut Session, call: &mut Call<'_, '_>) -> Result<(), Refusal> {
    session.handles.of(call.fields.string()?)?;
    room(session, call);
    Ok(())
}

fn room(session: &Session, call: &mut Call<'_, '_>) {
    let (quota, used) = match &session.house {
        House::School(school) => {
            let quota = school.limits().box_quota;
            (quota, school.view().load().1.min(quota))
        }
        House::Council(council) => (council.largest(), 0),
    };
    let (blocks, free) = (quota / BLOCK, (quota - used) / BLOCK);
    let statvfs = [
        BLOCK,
        BLOCK,
        blocks,
        free,
        free,
        blocks,
        free,
        free,
        0,
        0,
        LONGEST_NAME,
    ];
    call.replies.extended(call.id, &statvfs);
}

/// In bytes: what a block of the box is said to have.
const BLOCK: u64 = 4096;
/// In bytes (spec 8).
const LONGEST_NAME: u64 = 255;
