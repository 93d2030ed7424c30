//! The daemon's end of the control socket.

use std::{
    fs::{self, Permissions},
    io::{self, BufRead, BufReader, Read, Write},
    os::unix::{
        fs::{FileTypeExt, PermissionsExt},
        net::{UnixListener, UnixStream},
    },
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread::{self, Scope},
    time::Duration,
};

use serde::{Serialize, de::DeserializeOwned};
use thiserror::Error;

use super::{
    peer::Peer,
    socket::{SocketPath, beside},
    wire::{Answer, LONGEST_REQUEST},
};

/// A socket that listens for commands. Its file goes when it is dropped.
#[derive(Debug)]
pub struct ControlListener {
    listener: UnixListener,
    path: PathBuf,
    stop: Arc<AtomicBool>,
}

/// Ends [`ControlListener::serve`], from any thread.
#[derive(Clone, Debug)]
pub struct Stopper {
    path: PathBuf,
    stop: Arc<AtomicBool>,
}

/// Why there is no control socket.
#[derive(Debug, Error)]
pub enum ControlError {
    /// Another daemon answers on it.
    #[error("{path}: another daemon is running", path = .0.display())]
    AlreadyRunning(PathBuf),
    /// Something else has the name.
    #[error("{path} is not a socket", path = .0.display())]
    NotASocket(PathBuf),
    /// The system refused.
    #[error("{path} cannot be listened on", path = .path.display())]
    System {
        /// The socket's path.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
}

impl ControlListener {
    /// Listens, for the socket's own user and group. A socket that a dead daemon left is replaced.
    pub fn listen(path: &Path) -> Result<Self, ControlError> {
        refuse_if_in_use(path)?;
        let listener = bind(path).map_err(|source| ControlError::System {
            path: path.to_owned(),
            source,
        })?;
        Ok(Self {
            listener,
            path: path.to_owned(),
            stop: Arc::default(),
        })
    }

    /// What ends the serving.
    pub fn stopper(&self) -> Stopper {
        Stopper {
            path: self.path.clone(),
            stop: self.stop.clone(),
        }
    }

    /// Answers commands until it is stopped, then waits for those under way. Each has a thread of its own;
    /// more than a few at once are turned away.
    pub fn serve<Q, A>(self, answer: impl Fn(&Peer, Q) -> A + Sync)
    where
        Q: DeserializeOwned,
        A: Serialize,
    {
        let under_way = AtomicUsize::new(0);
        thread::scope(|scope| {
            for stream in self.listener.incoming() {
                if self.stop.load(Ordering::Acquire) {
                    break;
                }
                match stream {
                    Ok(stream) => start(scope, stream, &under_way, &answer),
                    // Out of handles, mostly: they come back when others end.
                    Err(_) => thread::sleep(PAUSE),
                }
            }
        });
    }
}

impl Drop for ControlListener {
    fn drop(&mut self) {
        // Nobody answers on it any more, whether or not it can be removed.
        let _ = fs::remove_file(&self.path);
    }
}

impl Stopper {
    /// Stops the serving: no further command is taken.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Release);
        // Wakes the listener, which looks at the flag before it reads anything.
        if let Ok(path) = SocketPath::of(&self.path) {
            drop(UnixStream::connect(path.as_path()));
        }
    }
}

fn start<'scope, Q, A>(
    scope: &'scope Scope<'scope, '_>,
    stream: UnixStream,
    under_way: &'scope AtomicUsize,
    answer: &'scope (impl Fn(&Peer, Q) -> A + Sync),
) where
    Q: DeserializeOwned,
    A: Serialize,
{
    if under_way.fetch_add(1, Ordering::AcqRel) >= AT_ONCE {
        under_way.fetch_sub(1, Ordering::AcqRel);
        return;
    }
    let work = move || {
        // A client that went away in the middle has nobody left to tell.
        let _ = converse(&stream, answer);
        under_way.fetch_sub(1, Ordering::AcqRel);
    };
    if thread::Builder::new()
        .name("control".to_owned())
        .spawn_scoped(scope, work)
        .is_err()
    {
        under_way.fetch_sub(1, Ordering::AcqRel);
    }
}

fn converse<Q, A>(mut stream: &UnixStream, answer: &impl Fn(&Peer, Q) -> A) -> io::Result<()>
where
    Q: DeserializeOwned,
    A: Serialize,
{
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let peer = Peer::at(stream)?;
    let mut line = Vec::new();
    BufReader::new(stream.take(LONGEST_REQUEST)).read_until(b'\n', &mut line)?;
    let answer = match serde_json::from_slice::<Q>(&line) {
        Ok(request) if line.ends_with(b"\n") => Answer::Reply(answer(&peer, request)),
        _ => Answer::NotUnderstood,
    };
    let mut reply = serde_json::to_vec(&answer)?;
    reply.push(b'\n');
    stream.write_all(&reply)
}

fn refuse_if_in_use(path: &Path) -> Result<(), ControlError> {
    let Ok(there) = fs::symlink_metadata(path) else {
        return Ok(());
    };
    if !there.file_type().is_socket() {
        return Err(ControlError::NotASocket(path.to_owned()));
    }
    let answers = SocketPath::of(path).and_then(|path| UnixStream::connect(path.as_path()));
    match answers {
        Ok(_) => Err(ControlError::AlreadyRunning(path.to_owned())),
        Err(_) => Ok(()),
    }
}

/// Binds under a hidden name, and gives the socket its own when its rights are right.
fn bind(path: &Path) -> io::Result<UnixListener> {
    let hidden = beside(path, &format!("-{}", std::process::id()));
    match fs::remove_file(&hidden) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let listener = UnixListener::bind(SocketPath::of(&hidden)?.as_path())?;
    fs::set_permissions(&hidden, Permissions::from_mode(MODE))?;
    fs::rename(&hidden, path)?;
    Ok(listener)
}

/// The socket's rights: the daemon's user, and the group of operators.
const MODE: u32 = 0o660;
/// Commands that are answered at once.
const AT_ONCE: usize = 16;
/// How long a client may take to say or to hear a line.
const PATIENCE: Duration = Duration::from_secs(5);
/// A breath before the next connection after one that failed.
const PAUSE: Duration = Duration::from_millis(50);
