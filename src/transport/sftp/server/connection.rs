//! One client from its first byte to its last. Whatever holds it up, somebody watches who can shut the
//! socket: a client that never reads would keep russh waiting for ever.

use std::{
    net::SocketAddr,
    os::fd::{AsFd, OwnedFd},
    sync::Arc,
    time::Duration,
};

use russh::{
    Disconnect,
    server::{RunningSession, run_stream},
};
use rustix::net::{Shutdown, shutdown};
use time::OffsetDateTime;
use tokio::{
    net::TcpStream,
    select,
    time::{sleep_until, timeout, timeout_at},
};
use tracing::{debug, error, info, warn};

use super::{
    cut::Cut,
    doors::Stranger,
    link::{Fate, Link},
    shared::Shared,
    visit::{Visit, VisitError},
};

/// Attends to a client that was let in as a stranger.
pub(super) async fn attend(
    shared: Arc<Shared>,
    stream: TcpStream,
    peer: SocketAddr,
    stranger: Stranger,
) {
    let link = Arc::new(Link::new(peer, stranger));
    // Without a descriptor of our own nobody could shut the socket.
    let Ok(socket) = stream.as_fd().try_clone_to_owned() else {
        shared.refuse(peer, Cut::Trouble);
        return;
    };
    let number = shared.links.add(Arc::clone(&link));
    talk(&shared, &link, stream, &socket).await;
    link.left();
    if let Some(pump) = link.take_pump() {
        // A disk that hangs keeps its own task, not the client's place.
        let _ = timeout(LAST_WORDS, pump).await;
    }
    settle(&shared, &link);
    link.vacate();
    shared.links.remove(number);
}

async fn talk(shared: &Arc<Shared>, link: &Arc<Link>, stream: TcpStream, socket: &OwnedFd) {
    let visit = Visit::new(Arc::clone(shared), Arc::clone(link));
    let (grace, _) = link.deadline(&shared.settings);
    // russh reads the client's first line before there is anything to hold on to.
    let started = select! {
        started = timeout_at(grace, run_stream(shared.ssh(), stream, visit)) => started,
        _ = link.over() => return,
    };
    match started {
        Ok(Ok(mut running)) => {
            if watch(shared, link, &mut running).await == Watched::ToBeCut {
                end(link, running, socket).await;
            }
        }
        Ok(Err(error)) => debug!(%error, "a client did not begin"),
        Err(_) => link.cut(Cut::Grace),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Watched {
    HasEnded,
    ToBeCut,
}

/// Waits until the client goes, or is to be cut.
async fn watch(shared: &Shared, link: &Link, running: &mut RunningSession<Visit>) -> Watched {
    loop {
        let (deadline, cut) = link.deadline(&shared.settings);
        select! {
            ended = &mut *running => {
                tell_end(&ended);
                return Watched::HasEnded;
            }
            _ = link.over() => return Watched::ToBeCut,
            () = link.changed.notified() => {}
            () = sleep_until(deadline) => {
                // It may have moved meanwhile.
                if link.deadline(&shared.settings).0 <= deadline {
                    link.cut(cut);
                }
            }
        }
    }
}

/// Says why, and shuts the socket if that does not end it.
async fn end(link: &Link, mut running: RunningSession<Visit>, socket: &OwnedFd) {
    let Fate::Cut(cut) = link.fate() else {
        return;
    };
    let handle = running.handle();
    let sentence = cut.sentence().to_owned();
    let politely = async {
        let told = handle.disconnect(Disconnect::ByApplication, sentence, String::new());
        // Whoever has gone meanwhile needs no reason.
        let _ = told.await;
        let _ = (&mut running).await;
    };
    if timeout(POLITE, politely).await.is_err() {
        // What is shut already can't be shut again.
        let _ = shutdown(socket, Shutdown::Both);
        let _ = timeout(POLITE, running).await;
    }
}

/// A panic has ended this connection and no other; what it was about may be somebody's data.
fn tell_end(ended: &Result<(), VisitError>) {
    match ended {
        Err(VisitError::Ssh(russh::Error::Join(_))) => {
            error!("a connection ended by a fault of this program");
        }
        Err(error) => debug!(%error, "a connection ended"),
        Ok(()) => {}
    }
}

/// Counts and tells how it ended.
fn settle(shared: &Shared, link: &Link) {
    let fate = link.fate();
    if let Fate::Cut(cut) = fate
        && cut != Cut::Stopping
    {
        shared.refuse(link.peer, cut);
    }
    let peer = link.peer.to_string();
    if let Some((visitor, _)) = link.visitor() {
        info!(school = visitor.account.to_string(), peer, "logged out");
    }
    if !blames_client(fate) {
        return;
    }
    let failed = link.failed_tries();
    if let Some(first) = failed.first() {
        shared
            .refusals
            .tell_failed_login(link.peer, *first, failed.len());
    }
    for tried in failed {
        shared.tallies.logins_failed.one();
        let now = OffsetDateTime::now_utc();
        let ban = tokio::task::block_in_place(|| shared.bans.failed(link.origin, tried, now));
        if let Some(ban) = ban {
            shared.tallies.bans.one();
            let school = tried.to_string();
            warn!(school, peer = ban.address, "banned after failed logins");
        }
    }
}

/// Whether a login that was tried and did not succeed is the client's failure.
fn blames_client(fate: Fate) -> bool {
    match fate {
        Fate::Open | Fate::Left => true,
        Fate::Cut(cut) => matches!(cut, Cut::Grace | Cut::Flood | Cut::Broken),
    }
}

/// For the polite way to end a connection, and again for the other one.
const POLITE: Duration = Duration::from_secs(1);
/// For what a client has left behind to be served.
const LAST_WORDS: Duration = Duration::from_secs(5);
