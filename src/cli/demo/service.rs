//! The SFTP server of the story, on this machine only, and the schools' staff who use it: one login for
//! each thing that somebody does.

use std::{
    net::SocketAddr,
    path::Path,
    sync::mpsc::{Receiver, channel},
};

use crate::{
    cli::{error::CliError, settings::Site},
    config::{KeyFile, Schools},
    flow::FlowError,
    transport::{
        sftp::{Client, FrontEnd, HostKey, Rehearsal, Setup},
        watch::Hint,
    },
};

/// A server that runs until it is dropped.
pub(super) struct Service {
    front_end: FrontEnd,
    host_key: HostKey,
    /// Told whenever somebody sent something.
    pub(super) hints: Receiver<Hint>,
}

impl Service {
    /// Serves the boxes of these settings on a free port.
    pub(super) fn start(site: &Site) -> Result<Self, CliError> {
        let folders = site.settings.folders();
        let read = || KeyFile::Host.read(None, &folders.keys);
        let mut sftp = site.settings.sftp.clone().unwrap_or_default();
        sftp.listen = SocketAddr::from(([127, 0, 0, 1], 0));
        let (send, hints) = channel();
        let setup = Setup {
            settings: &site.settings,
            sftp: &sftp,
            folders: &folders,
            host_key: HostKey::from_openssh(&read()?)?,
            schools: Schools::load(&folders.schools).0,
            rehearsal: Rehearsal::Yes,
            listening: Vec::new(),
        };
        let front_end = FrontEnd::start(setup, move |hint| {
            // Whoever no longer listens needs no hints.
            let _ = send.send(hint);
        })
        .map_err(FlowError::from)?;
        Ok(Self {
            front_end,
            host_key: HostKey::from_openssh(&read()?)?,
            hints,
        })
    }

    /// Where it listens.
    pub(super) fn address(&self) -> SocketAddr {
        self.front_end.address()
    }

    /// The line by which a client of OpenSSH knows the server again.
    pub(super) fn known_host(&self) -> String {
        let address = self.address();
        format!(
            "[{}]:{} {}\n",
            address.ip(),
            address.port(),
            self.host_key.line()
        )
    }

    /// Somebody logs in with the key in this file.
    pub(super) fn log_in(&self, user: &str, key: &Path) -> Result<Client, CliError> {
        let key = std::fs::read(key).map_err(|source| CliError::file(key, source))?;
        let host_key = self.host_key.fingerprint();
        Ok(Client::connect(self.address(), user, &key, &host_key)?)
    }
}
