//! What russh asks of us, one question a method: may this key in, may this channel be opened. Only one
//! channel at a time, only the subsystem `sftp` in it; whatever else SSH can do is refused.

use std::sync::Arc;

use russh::{
    Channel, ChannelId, ChannelOpenFailure, ChannelWriteHalf, Pty,
    keys::{Algorithm, PublicKey},
    server::{
        Auth, ChannelOpenHandle, Handler, Msg, PublicKeyOffer, Response, Session as Ssh,
        VerifiedPublicKey,
    },
};
use thiserror::Error;
use time::OffsetDateTime;
use tracing::{info, warn};

use super::{
    super::visitor::Visitor,
    bans::Tried,
    cut::Cut,
    link::{Fate, Link},
    pump::{Flood, Pipe, Pump},
    shared::Shared,
};

/// One client, as russh sees us.
pub(super) struct Visit {
    shared: Arc<Shared>,
    link: Arc<Link>,
    channel: Option<Open>,
}

/// The channel that is open.
struct Open {
    id: ChannelId,
    /// There until the subsystem starts.
    idle: Option<ChannelWriteHalf<Msg>>,
    pipe: Arc<Pipe>,
}

/// Why russh shall let the connection go.
#[derive(Debug, Error)]
pub(super) enum VisitError {
    /// SSH itself failed.
    #[error(transparent)]
    Ssh(#[from] russh::Error),
}

impl Visit {
    pub(super) fn new(shared: Arc<Shared>, link: Arc<Link>) -> Self {
        Self {
            shared,
            link,
            channel: None,
        }
    }

    /// Whom this key lets in. What is refused takes the same way and the same time, whatever it was.
    fn find(&self, user: &str, key: &PublicKey, algorithm: &Algorithm) -> Option<(Visitor, bool)> {
        let tried = Tried::of(user);
        let now = OffsetDateTime::now_utc();
        if self.shared.bans.holds(self.link.origin, tried, now) {
            self.link.cut(Cut::Banned);
            return None;
        }
        self.link.note_try(tried);
        // An RSA key may still be used with SHA-1, by clients of long ago.
        if *algorithm == (Algorithm::Rsa { hash: None }) {
            return None;
        }
        let people = self.shared.people();
        let visitor = people.find(user, key)?.clone();
        let in_force = people.in_force(visitor.account);
        Some((visitor, in_force))
    }

    fn let_in(&self, user: &str, visitor: Visitor, in_force: bool) -> Auth {
        let Shared { doors, bans, .. } = &*self.shared;
        match doors.enter(self.link.origin, visitor.account) {
            Ok(seat) => {
                bans.forgive(self.link.origin, Tried::of(user));
                self.shared.tallies.logins.one();
                let (account, peer) = (visitor.account.to_string(), self.link.peer.to_string());
                info!(school = account, peer, "logged in");
                self.link.log_in(visitor, in_force, seat);
                self.shared.cut_newcomer(&self.link);
                Auth::Accept
            }
            // The key is right, and a client that is told so reads on and shows why it is cut off.
            // Nothing is served to somebody without a seat.
            Err(cut) => {
                self.link.cut(cut);
                Auth::Accept
            }
        }
    }

    /// Starts to serve SFTP in the open channel.
    fn start(&mut self, id: ChannelId) -> Started {
        let Some((visitor, _)) = self.link.visitor() else {
            return Started::Refused;
        };
        let Some(open) = self.channel.as_mut().filter(|open| open.id == id) else {
            return Started::Refused;
        };
        let Some(channel) = open.idle.take() else {
            return Started::Refused;
        };
        let pump = Pump {
            link: Arc::clone(&self.link),
            pipe: Arc::clone(&open.pipe),
            channel,
            tallies: Arc::clone(&self.shared.tallies),
        };
        let shared = Arc::clone(&self.shared);
        let task = tokio::spawn(async move {
            match tokio::task::block_in_place(|| shared.premises.welcome(visitor)) {
                Ok(session) => pump.serve(session).await,
                Err(error) => {
                    warn!(%error, "a box could not be opened for its visitor");
                    pump.link.cut(Cut::Trouble);
                }
            }
        });
        self.link.hold_pump(task);
        Started::Yes
    }

    fn pipe(&self, id: ChannelId) -> Option<&Pipe> {
        let open = self.channel.as_ref().filter(|open| open.id == id)?;
        Some(&open.pipe)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Started {
    Yes,
    Refused,
}

impl Handler for Visit {
    type Error = VisitError;

    async fn auth_password(&mut self, user: &str, _: &str) -> Result<Auth, VisitError> {
        self.link.note_try(Tried::of(user));
        Ok(Auth::reject())
    }

    async fn auth_keyboard_interactive<'a>(
        &'a mut self,
        user: &str,
        _: &str,
        _: Option<Response<'a>>,
    ) -> Result<Auth, VisitError> {
        self.link.note_try(Tried::of(user));
        Ok(Auth::reject())
    }

    async fn auth_publickey_offered(
        &mut self,
        user: &str,
        offer: PublicKeyOffer<'_>,
    ) -> Result<Auth, VisitError> {
        let found = self.find(user, offer.public_key, offer.algorithm);
        Ok(found.map_or_else(Auth::reject, |_| Auth::Accept))
    }

    async fn auth_publickey(
        &mut self,
        user: &str,
        key: VerifiedPublicKey<'_>,
    ) -> Result<Auth, VisitError> {
        let found = self.find(user, key.public_key, key.algorithm);
        Ok(found.map_or_else(Auth::reject, |(visitor, in_force)| {
            self.let_in(user, visitor, in_force)
        }))
    }

    async fn channel_open_session(
        &mut self,
        channel: Channel<Msg>,
        reply: ChannelOpenHandle,
        _: &mut Ssh,
    ) -> Result<(), VisitError> {
        let has_seat = self.link.visitor().is_some();
        if !has_seat || self.channel.is_some() || self.link.is_served() {
            reply
                .reject(ChannelOpenFailure::AdministrativelyProhibited)
                .await;
            return Ok(());
        }
        // Nobody reads the channel's own queue: a full one would stop russh's loop.
        let (_, idle) = channel.split();
        self.channel = Some(Open {
            id: idle.id(),
            idle: Some(idle),
            pipe: Arc::default(),
        });
        reply.accept().await;
        Ok(())
    }

    async fn subsystem_request(
        &mut self,
        channel: ChannelId,
        name: &str,
        ssh: &mut Ssh,
    ) -> Result<(), VisitError> {
        if name == SFTP && self.start(channel) == Started::Yes {
            ssh.channel_success(channel)?;
        } else {
            ssh.channel_failure(channel)?;
        }
        Ok(())
    }

    async fn data(
        &mut self,
        channel: ChannelId,
        data: &[u8],
        _: &mut Ssh,
    ) -> Result<(), VisitError> {
        if let (Some(pipe), Fate::Open) = (self.pipe(channel), self.link.fate())
            && pipe.push(data).await == Err(Flood)
        {
            self.link.cut(Cut::Flood);
        }
        Ok(())
    }

    async fn channel_eof(&mut self, channel: ChannelId, _: &mut Ssh) -> Result<(), VisitError> {
        if let Some(pipe) = self.pipe(channel) {
            pipe.end();
        }
        Ok(())
    }

    async fn channel_close(&mut self, channel: ChannelId, _: &mut Ssh) -> Result<(), VisitError> {
        if let Some(pipe) = self.pipe(channel) {
            pipe.hang_up();
            self.channel = None;
        }
        Ok(())
    }

    async fn pty_request(
        &mut self,
        channel: ChannelId,
        _: &str,
        _: u32,
        _: u32,
        _: u32,
        _: u32,
        _: &[(Pty, u32)],
        ssh: &mut Ssh,
    ) -> Result<(), VisitError> {
        Ok(ssh.channel_failure(channel)?)
    }

    async fn x11_request(
        &mut self,
        channel: ChannelId,
        _: bool,
        _: &str,
        _: &str,
        _: u32,
        ssh: &mut Ssh,
    ) -> Result<(), VisitError> {
        Ok(ssh.channel_failure(channel)?)
    }

    async fn env_request(
        &mut self,
        channel: ChannelId,
        _: &str,
        _: &str,
        ssh: &mut Ssh,
    ) -> Result<(), VisitError> {
        Ok(ssh.channel_failure(channel)?)
    }

    async fn shell_request(&mut self, channel: ChannelId, ssh: &mut Ssh) -> Result<(), VisitError> {
        Ok(ssh.channel_failure(channel)?)
    }

    async fn exec_request(
        &mut self,
        channel: ChannelId,
        _: &[u8],
        ssh: &mut Ssh,
    ) -> Result<(), VisitError> {
        Ok(ssh.channel_failure(channel)?)
    }
}

impl Drop for Visit {
    fn drop(&mut self) {
        if let Some(open) = &self.channel {
            open.pipe.end();
        }
    }
}

/// The only subsystem.
const SFTP: &str = "sftp";
