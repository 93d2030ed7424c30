//! Sockets that a service manager opened and handed in (`sd_listen_fds(3)`): ports below 1024 need no rights
//! then, and clients wait in them while the service starts.

use std::{io, net::TcpListener};

use listenfd::ListenFd;
use rustix::net::sockopt::socket_acceptconn;

use crate::transport::sftp::FrontEndError;

/// The sockets that were handed in; none is mostly the case. One of another kind is an error: who set it up
/// thinks that it is served.
pub(super) fn sockets() -> Result<Vec<TcpListener>, FrontEndError> {
    let mut handed = ListenFd::from_env();
    (0..handed.len())
        .map(|index| {
            let wrong = |source| FrontEndError::HandedIn {
                number: index + 1,
                source,
            };
            let socket = handed.take_tcp_listener(index).map_err(wrong)?;
            let socket = socket.ok_or_else(|| wrong(io::ErrorKind::NotFound.into()))?;
            match socket_acceptconn(&socket) {
                Ok(true) => Ok(socket),
                Ok(false) => Err(wrong(io::Error::other("it does not listen"))),
                Err(error) => Err(wrong(error.into())),
            }
        })
        .collect()
}
