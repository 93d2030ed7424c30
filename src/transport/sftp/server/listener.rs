//! The socket that clients come to: both kinds of addresses where it listens everywhere, and no address
//! but this machine's own for a rehearsal.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener},
    sync::Arc,
    time::{Duration, Instant},
};

use rustix::{
    io::Errno,
    net::{AddressFamily, SocketFlags, SocketType, bind, listen, socket_with, sockopt},
};
use tokio::{net, time::sleep};
use tracing::warn;

use super::{connection::attend, cut::Cut, origin::Origin, shared::Shared};

/// Opens the socket.
pub(super) fn open(address: SocketAddr) -> io::Result<TcpListener> {
    match open_one(address) {
        // A machine without IPv6 has IPv4 in place of "everywhere".
        Err(Errno::AFNOSUPPORT | Errno::ADDRNOTAVAIL)
            if address.is_ipv6() && address.ip().is_unspecified() =>
        {
            let everywhere = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
            open_one(SocketAddr::new(everywhere, address.port()))
        }
        opened => opened,
    }
    .map_err(io::Error::from)
}

fn open_one(address: SocketAddr) -> Result<TcpListener, Errno> {
    let family = match address {
        SocketAddr::V4(_) => AddressFamily::INET,
        SocketAddr::V6(_) => AddressFamily::INET6,
    };
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let socket = socket_with(family, SocketType::STREAM, flags, None)?;
    sockopt::set_socket_reuseaddr(&socket, true)?;
    if address.is_ipv6() {
        sockopt::set_ipv6_v6only(&socket, false)?;
    }
    bind(&socket, &address)?;
    listen(&socket, BACKLOG)?;
    Ok(TcpListener::from(socket))
}

/// Lets clients in, one after the other, until the task is ended.
pub(super) async fn accept(listener: net::TcpListener, shared: Arc<Shared>) {
    let mut told = None::<Instant>;
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => let_in(&shared, stream, peer),
            // One client that left before it was greeted, or no descriptors for now: neither ends the
            // service.
            Err(error) => {
                let is_news = told.is_none_or(|at| at.elapsed() > PAUSE);
                if is_news && is_exhaustion(&error) {
                    told = Some(Instant::now());
                    warn!(%error, "no connection can be taken in at the moment");
                }
                sleep(BREATH).await;
            }
        }
    }
}

fn let_in(shared: &Arc<Shared>, stream: net::TcpStream, peer: SocketAddr) {
    shared.tallies.connections.one();
    match shared.doors.knock(Origin::of(peer.ip())) {
        Ok(stranger) => {
            // Answers that are late by a moment are answers all the same.
            let _ = stream.set_nodelay(true);
            tokio::spawn(attend(Arc::clone(shared), stream, peer, stranger));
        }
        Err(cut) => refuse(shared, &stream, peer, cut),
    }
}

/// A line before the greeting is shown by some clients; what does not fit the socket's buffer is not said.
fn refuse(shared: &Shared, stream: &net::TcpStream, peer: SocketAddr, cut: Cut) {
    let line = format!("{}\r\n", cut.sentence());
    let _ = stream.try_write(line.as_bytes());
    shared.refuse(peer, cut);
}

fn is_exhaustion(error: &io::Error) -> bool {
    let exhausted = [Errno::MFILE, Errno::NFILE, Errno::NOBUFS, Errno::NOMEM];
    Errno::from_io_error(error).is_some_and(|error| exhausted.contains(&error))
}

/// Connections that the kernel keeps for us while we are busy.
const BACKLOG: i32 = 1024;
/// After an error, before the next try.
const BREATH: Duration = Duration::from_millis(100);
/// The same is told again after this.
const PAUSE: Duration = Duration::from_mins(1);
