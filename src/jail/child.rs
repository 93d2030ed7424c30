//! The reader's own life: it locks itself in, says so, and reads one file after the other until the daemon
//! hangs up.

use std::{
    io::{self, IoSliceMut, Read, Write},
    mem::MaybeUninit,
    os::{fd::OwnedFd, unix::net::UnixStream},
    panic::{AssertUnwindSafe, catch_unwind},
};

use rustix::{
    fs::fstat,
    io::pread,
    net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, recvmsg},
};

use super::{
    confine::{NotConfined, confine},
    wire::{
        Answer, Ask, Hello, LENGTH, LONGEST_ANSWER, LONGEST_ASK, LONGEST_HELLO, State, VERSION,
        length, message, send, understood,
    },
};
use crate::reading::{Unreadable, contents};

/// Serves the daemon at the other end of this socket until it hangs up.
pub fn serve(daemon: &UnixStream, most_memory: u64, most_seconds: u64) -> io::Result<()> {
    let state = match confine(most_memory, most_seconds) {
        Ok(()) => State::Confined,
        Err(NotConfined::Missing(piece, error)) => State::Missing {
            piece,
            errno: error.raw_os_error(),
        },
        Err(NotConfined::Leaks(leak)) => State::Leaks(leak),
    };
    let confined = matches!(state, State::Confined);
    let hello = Hello {
        version: VERSION,
        state,
    };
    send(daemon, &hello, LONGEST_HELLO)?;
    while confined && let Some((ask, file)) = next(daemon)? {
        match message(&answer(&ask, &file), LONGEST_ANSWER) {
            Some(message) => (&mut &*daemon).write_all(&message)?,
            None => send(daemon, &Answer::Err(Unreadable::TooLarge), LONGEST_ANSWER)?,
        }
    }
    Ok(())
}

fn answer(ask: &Ask, file: &OwnedFd) -> Answer {
    let read = || contents(&ask.name, &whole(file)?, &ask.limits);
    // A panic is one file's fault, and this process goes on.
    catch_unwind(AssertUnwindSafe(read)).unwrap_or(Err(Unreadable::Damaged))
}

/// The next question with its file; nothing where the daemon has hung up.
fn next(daemon: &UnixStream) -> io::Result<Option<(Ask, OwnedFd)>> {
    let mut prefix = [0; LENGTH];
    let Some(file) = receive_file(daemon, &mut prefix)? else {
        return Ok(None);
    };
    let mut body = vec![0; length(prefix, LONGEST_ASK)?];
    let mut daemon = daemon;
    daemon.read_exact(&mut body)?;
    Ok(Some((understood(&body)?, file)))
}

/// The file comes with the first bytes of its question.
fn receive_file(daemon: &UnixStream, prefix: &mut [u8; LENGTH]) -> io::Result<Option<OwnedFd>> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let message = recvmsg(
        daemon,
        &mut [IoSliceMut::new(prefix)],
        &mut control,
        RecvFlags::CMSG_CLOEXEC,
    )?;
    if message.bytes == 0 {
        return Ok(None);
    }
    let mut files = control.drain().filter_map(|message| match message {
        RecvAncillaryMessage::ScmRights(files) => Some(files),
        _ => None,
    });
    let file = files.next().and_then(|mut files| files.next());
    match file {
        Some(file) if message.bytes == LENGTH => Ok(Some(file)),
        _ => Err(io::ErrorKind::InvalidData.into()),
    }
}

/// All of a file; its size can't change, because it is sealed.
fn whole(file: &OwnedFd) -> Result<Vec<u8>, Unreadable> {
    let size = fstat(file).map_err(|_| Unreadable::Damaged)?.st_size;
    let mut bytes = vec![0; usize::try_from(size).map_err(|_| Unreadable::TooLarge)?];
    let mut at = 0;
    while at < bytes.len() {
        match pread(file, &mut bytes[at..], at as u64) {
            Ok(0) | Err(_) => return Err(Unreadable::Damaged),
            Ok(more) => at += more,
        }
    }
    Ok(bytes)
}
