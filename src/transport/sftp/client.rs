//! A client of our own, as small as the story of `pillarbox demo` needs it: one request, one answer. It
//! asks the server for its host key, and talks to no other.

use std::{io, net::SocketAddr, sync::Arc};

use bytes::{Bytes, BytesMut};
use russh::{
    ChannelStream, Disconnect,
    client::{Config, Handle, Handler, Msg, connect},
    keys::{
        HashAlg, PrivateKey, PrivateKeyWithHashAlg, PublicKeyOrCertificate,
        ssh_key::{Error as KeyError, Fingerprint},
    },
};
use thiserror::Error;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    runtime::{Builder, Runtime},
};

use super::wire::{Answer, Ask, Frames, Status, number, read_answer};

/// A session with a server.
pub struct Client {
    /// Always there, but for the moment of leaving.
    stream: Option<ChannelStream<Msg>>,
    frames: Frames,
    asked: u32,
    connection: Handle<Known>,
    runtime: Runtime,
}

/// Why something did not work.
#[derive(Debug, Error)]
pub enum ClientError {
    /// The key is no OpenSSH private key without a passphrase.
    #[error("the key cannot be read")]
    Key(#[source] KeyError),
    /// The connection did not come about, or broke.
    #[error("the connection failed")]
    Ssh(#[from] russh::Error),
    /// The same, further down.
    #[error("the connection failed")]
    Io(#[from] io::Error),
    /// The server does not know this key for this user.
    #[error("the server does not let this key in")]
    NotLetIn,
    /// What came back is no SFTP.
    #[error("the server's answer cannot be read")]
    Answer,
    /// The server said no, and why.
    #[error("the server said: {0}")]
    Refused(String),
}

impl Client {
    /// Logs in with a private key in OpenSSH's form. The server must have the host key of this fingerprint
    /// (`SHA256:…`).
    pub fn connect(
        address: SocketAddr,
        user: &str,
        key: &[u8],
        host_key: &str,
    ) -> Result<Self, ClientError> {
        let key = PrivateKey::from_openssh(key).map_err(ClientError::Key)?;
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let known = Known(host_key.to_owned());
        let (connection, stream) = runtime.block_on(log_in(address, user, key, known))?;
        let mut client = Self {
            stream: Some(stream),
            frames: Frames::default(),
            asked: 0,
            connection,
            runtime,
        };
        match client.ask(Ask::Init)? {
            Answer::Version(_) => Ok(client),
            _ => Err(ClientError::Answer),
        }
    }

    /// Sends a file.
    pub fn put(&mut self, path: &str, bytes: &[u8]) -> Result<(), ClientError> {
        let bits = number::TO_WRITE | number::TO_CREATE | number::TO_TRUNCATE;
        let handle = self.open(Ask::Open(path.as_bytes(), bits))?;
        let mut offset = 0;
        for piece in bytes.chunks(PIECE) {
            self.done(Ask::Write(&handle, offset, piece))?;
            offset += u64::try_from(piece.len()).unwrap_or_default();
        }
        self.done(Ask::Close(&handle))
    }

    /// Fetches a file.
    pub fn get(&mut self, path: &str) -> Result<Vec<u8>, ClientError> {
        let handle = self.open(Ask::Open(path.as_bytes(), number::TO_READ))?;
        let mut bytes = Vec::new();
        loop {
            let offset = u64::try_from(bytes.len()).unwrap_or_default();
            let most = u32::try_from(PIECE).unwrap_or(u32::MAX);
            match self.ask(Ask::Read(&handle, offset, most))? {
                Answer::Data(piece) => bytes.extend_from_slice(&piece),
                Answer::Status(Status::Eof, _) => break,
                other => return Err(refused(other)),
            }
        }
        self.done(Ask::Close(&handle))?;
        Ok(bytes)
    }

    /// The names in a folder, in order.
    pub fn list(&mut self, path: &str) -> Result<Vec<String>, ClientError> {
        let handle = self.open(Ask::OpenDir(path.as_bytes()))?;
        let mut all = Vec::new();
        loop {
            match self.ask(Ask::ReadDir(&handle))? {
                Answer::Names(names) => {
                    let text =
                        |(name, _): (Vec<u8>, _)| String::from_utf8_lossy(&name).into_owned();
                    all.extend(names.into_iter().map(text));
                }
                Answer::Status(Status::Eof, _) => break,
                other => return Err(refused(other)),
            }
        }
        self.done(Ask::Close(&handle))?;
        all.retain(|name| name != "." && name != "..");
        all.sort();
        Ok(all)
    }

    fn open(&mut self, ask: Ask<'_>) -> Result<Vec<u8>, ClientError> {
        match self.ask(ask)? {
            Answer::Handle(handle) => Ok(handle),
            other => Err(refused(other)),
        }
    }

    fn done(&mut self, ask: Ask<'_>) -> Result<(), ClientError> {
        match self.ask(ask)? {
            Answer::Status(Status::Ok, _) => Ok(()),
            other => Err(refused(other)),
        }
    }

    fn ask(&mut self, ask: Ask<'_>) -> Result<Answer, ClientError> {
        self.asked += 1;
        let mut request = BytesMut::new();
        ask.write(self.asked, &mut request);
        let stream = self.stream.as_mut().ok_or(ClientError::Answer)?;
        let frames = &mut self.frames;
        let packet = self.runtime.block_on(async {
            stream.write_all(&request).await?;
            stream.flush().await?;
            next_packet(stream, frames).await
        })?;
        let (_, answer) = read_answer(&packet).map_err(|_| ClientError::Answer)?;
        Ok(answer)
    }
}

impl Drop for Client {
    /// Leaves as a client should. The runtime is still needed for that.
    fn drop(&mut self) {
        let (stream, connection) = (self.stream.take(), &self.connection);
        self.runtime.block_on(async move {
            drop(stream);
            let reason = Disconnect::ByApplication;
            // A server that has gone needs no goodbye.
            let _ = connection.disconnect(reason, "", "").await;
        });
    }
}

async fn log_in(
    address: SocketAddr,
    user: &str,
    key: PrivateKey,
    known: Known,
) -> Result<(Handle<Known>, ChannelStream<Msg>), ClientError> {
    let mut connection = connect(Arc::new(Config::default()), address, known).await?;
    let key = PrivateKeyWithHashAlg::new(Arc::new(key), Some(HashAlg::Sha512));
    if !connection
        .authenticate_publickey(user, key)
        .await?
        .success()
    {
        return Err(ClientError::NotLetIn);
    }
    let channel = connection.channel_open_session().await?;
    channel.request_subsystem(true, "sftp").await?;
    Ok((connection, channel.into_stream()))
}

async fn next_packet(
    stream: &mut ChannelStream<Msg>,
    frames: &mut Frames,
) -> Result<Bytes, ClientError> {
    let mut room = vec![0; PIECE];
    loop {
        if let Some(packet) = frames.next_packet().map_err(|_| ClientError::Answer)? {
            return Ok(packet);
        }
        match stream.read(&mut room).await? {
            0 => return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into()),
            read => frames.push(room.get(..read).unwrap_or_default()),
        }
    }
}

fn refused(answer: Answer) -> ClientError {
    match answer {
        Answer::Status(_, words) => ClientError::Refused(words),
        _ => ClientError::Answer,
    }
}

/// The fingerprint of the one server that is talked to.
struct Known(String);

impl Handler for Known {
    type Error = russh::Error;

    async fn check_server_key(
        &mut self,
        shown: &PublicKeyOrCertificate,
    ) -> Result<bool, Self::Error> {
        let PublicKeyOrCertificate::PublicKey { key, .. } = shown else {
            return Ok(false);
        };
        let shown: Fingerprint = key.fingerprint(HashAlg::Sha256);
        Ok(shown.to_string() == self.0)
    }
}

/// Bytes of one READ or WRITE.
const PIECE: usize = 32 << 10;
