//! One reader as the daemon sees it: started, asked, waited for no longer than any file needs, and buried.

use std::{
    io::{self, ErrorKind, IoSlice, Read},
    mem::MaybeUninit,
    os::{
        fd::{AsFd, OwnedFd},
        unix::{
            net::UnixStream,
            process::{CommandExt, ExitStatusExt},
        },
    },
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use rustix::{
    net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg},
    process::{Signal, geteuid},
};

use super::{
    error::JailError,
    readers::Bounds,
    wire::{
        Answer, Ask, Hello, LONGEST_ANSWER, LONGEST_ASK, LONGEST_HELLO, State, VERSION, message,
        receive,
    },
};

/// A reader that is locked in and waits for a file.
#[derive(Debug)]
pub(super) struct Process {
    child: Child,
    socket: UnixStream,
    busy: Duration,
    stopping: Arc<AtomicBool>,
}

/// Why a reader gave no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// The file took more time than any list does.
    TooSlow,
    /// The file broke it, or wanted more memory than there is for one.
    Broken,
    /// Somebody killed it: the file need not be the cause.
    Killed,
    /// It said what no reader says.
    Untrue,
}

impl Process {
    /// Starts a reader, and waits until it has proved that it is locked in.
    pub(super) fn start(bounds: &Bounds, stopping: Arc<AtomicBool>) -> Result<Self, JailError> {
        let (ours, theirs) = UnixStream::pair().map_err(JailError::Start)?;
        let seconds = (WORN + bounds.time).as_secs() + 1;
        let mut command = Command::new(&bounds.program);
        command
            .args(["reader", &bounds.memory.to_string(), &seconds.to_string()])
            .env_clear()
            .current_dir("/")
            .process_group(0)
            .stdin(OwnedFd::from(theirs))
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        if geteuid().is_root() {
            // Which drops all further groups as well.
            command.uid(NOBODY).gid(NOBODY);
        }
        let reader = Self {
            child: command.spawn().map_err(JailError::Start)?,
            socket: ours,
            busy: Duration::ZERO,
            stopping,
        };
        // The command holds the reader's end of the socket: while it is open here, nobody hears it die.
        drop(command);
        reader.greeted()?;
        Ok(reader)
    }

    fn greeted(&self) -> Result<(), JailError> {
        let within = self.within(LONGEST_START);
        let hello: Hello = receive(within, LONGEST_HELLO).map_err(|_| {
            if self.stopping.load(Ordering::Relaxed) {
                JailError::Stopping
            } else {
                JailError::Hello
            }
        })?;
        if hello.version != VERSION {
            return Err(JailError::Hello);
        }
        match hello.state {
            State::Confined => Ok(()),
            State::Missing { piece, errno } => Err(JailError::Missing {
                piece,
                error: errno.map_or_else(
                    || ErrorKind::Unsupported.into(),
                    io::Error::from_raw_os_error,
                ),
            }),
            State::Leaks(leak) => Err(JailError::Leaks {
                could: leak.words(),
            }),
        }
    }

    /// Hands it a file, and waits for what it found.
    pub(super) fn ask(&mut self, ask: &Ask, file: &OwnedFd, most: Duration) -> Result<Answer, End> {
        let begun = Instant::now();
        let answer = self
            .hand_over(ask, file)
            .and_then(|()| receive(self.within(most), LONGEST_ANSWER));
        self.busy += begun.elapsed();
        answer.map_err(|error| match error.kind() {
            ErrorKind::TimedOut => End::TooSlow,
            ErrorKind::InvalidData => End::Untrue,
            _ => self.cause_of_death(),
        })
    }

    fn within(&self, most: Duration) -> Within<'_> {
        Within {
            socket: &self.socket,
            end: Instant::now() + most,
            stopping: &self.stopping,
        }
    }

    fn hand_over(&self, ask: &Ask, file: &OwnedFd) -> io::Result<()> {
        let message = message(ask, LONGEST_ASK).ok_or(ErrorKind::InvalidInput)?;
        let files = [file.as_fd()];
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut control = SendAncillaryBuffer::new(&mut space);
        control.push(SendAncillaryMessage::ScmRights(&files));
        let sent = sendmsg(
            &self.socket,
            &[IoSlice::new(&message)],
            &mut control,
            SendFlags::NOSIGNAL,
        )?;
        if sent < message.len() {
            return Err(ErrorKind::WriteZero.into());
        }
        Ok(())
    }

    fn cause_of_death(&mut self) -> End {
        let died = self.child.wait().ok().and_then(|status| status.signal());
        match died.and_then(Signal::from_named_raw) {
            Some(Signal::XCPU) => End::TooSlow,
            // A terminal or a service manager that ends us may end the reader first.
            Some(Signal::KILL | Signal::TERM | Signal::INT | Signal::HUP) => End::Killed,
            _ => End::Broken,
        }
    }

    /// Whether it has worked so long that its processor time may end with the next file.
    pub(super) fn is_worn(&self) -> bool {
        self.busy >= WORN
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // One that is gone already can't be killed, and needs only its grave.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads from a socket until a moment, and no longer; nor once we are to stop.
struct Within<'s> {
    socket: &'s UnixStream,
    end: Instant,
    stopping: &'s AtomicBool,
}

impl Within<'_> {
    fn left(&self) -> Duration {
        if self.stopping.load(Ordering::Relaxed) {
            return Duration::ZERO;
        }
        self.end.saturating_duration_since(Instant::now())
    }
}

impl Read for Within<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut socket = self.socket;
        loop {
            let left = self.left();
            if left.is_zero() {
                return Err(ErrorKind::TimedOut.into());
            }
            socket.set_read_timeout(Some(left.min(LONGEST_DEAFNESS)))?;
            match socket.read(buffer) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                read => return read,
            }
        }
    }
}

/// How long a reader works before another takes its place: what it may use of the processor in all its life is
/// limited.
const WORN: Duration = Duration::from_mins(1);

/// How long a reader has for locking itself in, on a machine that is very busy.
const LONGEST_START: Duration = Duration::from_secs(20);

/// After how long somebody who waits for a reader looks whether it is time to stop.
const LONGEST_DEAFNESS: Duration = Duration::from_millis(250);

/// The user and group that own nothing (`nobody`): for readers that root starts.
const NOBODY: u32 = 65534;
