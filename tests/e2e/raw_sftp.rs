//! SFTP packet by packet, through the pipes of a real `ssh -s`: for what no client does on purpose.

use std::{
    io::{Read, Write},
    process::{Child, ChildStdin, ChildStdout, ExitStatus, Stdio},
};

use crate::accounts::Account;

/// One session with the subsystem.
pub(crate) struct Raw {
    ssh: Child,
    asking: Option<ChildStdin>,
    answers: ChildStdout,
    id: u32,
}

/// A refusal: the status and its sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: u32,
    pub(crate) words: String,
}

/// A line that broke.
#[derive(Debug)]
pub(crate) struct Gone;

type Answer<T> = Result<T, Refusal>;

impl Raw {
    /// Logs in and greets.
    pub(crate) fn connect(account: &Account) -> Self {
        Self::try_connect(account).unwrap()
    }

    pub(crate) fn try_connect(account: &Account) -> Result<Self, Gone> {
        let mut command = account.subsystem();
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut ssh = command.spawn().unwrap();
        let mut raw = Self {
            asking: ssh.stdin.take(),
            answers: ssh.stdout.take().unwrap(),
            ssh,
            id: 0,
        };
        raw.send(INIT, &3_u32.to_be_bytes())?;
        raw.receive()?;
        Ok(raw)
    }

    /// Opens a file to write it anew, and returns its handle, in the form in which it is sent.
    pub(crate) fn create(&mut self, path: &str) -> Answer<Vec<u8>> {
        self.try_create(path).unwrap()
    }

    pub(crate) fn try_create(&mut self, path: &str) -> Result<Answer<Vec<u8>>, Gone> {
        self.try_open(path, WRITE_CREATE_TRUNCATE)
    }

    /// Opens a file to read it.
    pub(crate) fn open_to_read(&mut self, path: &str) -> Answer<Vec<u8>> {
        self.try_open(path, READ_ONLY).unwrap()
    }

    fn try_open(&mut self, path: &str, flags: u32) -> Result<Answer<Vec<u8>>, Gone> {
        let body = [string(path), number(flags), number(0)].concat();
        let answer = self.ask(OPEN, &body)?;
        Ok(answer.map(|packet| packet[5..].to_vec()))
    }

    pub(crate) fn write(&mut self, handle: &[u8], offset: u64, bytes: &[u8]) -> Answer<()> {
        self.try_write(handle, offset, bytes).unwrap()
    }

    pub(crate) fn try_write(
        &mut self,
        handle: &[u8],
        offset: u64,
        bytes: &[u8],
    ) -> Result<Answer<()>, Gone> {
        let body = [handle, &offset.to_be_bytes(), &string(bytes)].concat();
        Ok(self.ask(WRITE, &body)?.map(drop))
    }

    /// Closes a handle; an upload counts as sent when this is answered well.
    pub(crate) fn close(&mut self, handle: &[u8]) -> Answer<()> {
        self.try_close(handle).unwrap()
    }

    pub(crate) fn try_close(&mut self, handle: &[u8]) -> Result<Answer<()>, Gone> {
        Ok(self.ask(CLOSE, handle)?.map(drop))
    }

    /// Uploads a whole file.
    pub(crate) fn upload(&mut self, path: &str, bytes: impl AsRef<[u8]>) -> Answer<()> {
        let handle = self.create(path)?;
        let mut offset = 0;
        for piece in bytes.as_ref().chunks(32 << 10) {
            self.write(&handle, offset, piece)?;
            offset += piece.len() as u64;
        }
        self.close(&handle)
    }

    /// Up to so many bytes; none at the end of the file.
    pub(crate) fn read(&mut self, handle: &[u8], offset: u64, length: u32) -> Answer<Vec<u8>> {
        let body = [handle, &offset.to_be_bytes(), &number(length)].concat();
        let answer = self.ask(READ, &body).unwrap();
        match answer {
            Err(refusal) if refusal.status == END_OF_FILE => Ok(Vec::new()),
            answer => answer.map(|packet| packet[9..].to_vec()),
        }
    }

    /// The size of a file.
    pub(crate) fn size(&mut self, path: &str) -> Answer<u64> {
        let packet = self.ask(STAT, &string(path)).unwrap()?;
        // Kind, id and the flags, of which the first says that a size follows.
        assert_eq!(packet[8] & 1, 1, "a size is told");
        Ok(u64::from_be_bytes(packet[9..17].try_into().unwrap()))
    }

    pub(crate) fn remove(&mut self, path: &str) -> Answer<()> {
        self.ask(REMOVE, &string(path)).unwrap().map(drop)
    }

    pub(crate) fn rename(&mut self, from: &str, to: &str) -> Answer<()> {
        let body = [string(from), string(to)].concat();
        self.ask(RENAME, &body).unwrap().map(drop)
    }

    /// Ends the session as a client does, and tells how `ssh` ended: with the subsystem's exit status.
    pub(crate) fn end(mut self) -> ExitStatus {
        self.asking.take();
        self.ssh.wait().unwrap()
    }

    /// The line breaks.
    pub(crate) fn cut(mut self) {
        self.ssh.kill().unwrap();
        self.ssh.wait().unwrap();
    }

    fn ask(&mut self, kind: u8, body: &[u8]) -> Result<Answer<Vec<u8>>, Gone> {
        self.id += 1;
        let id = self.id.to_be_bytes();
        self.send(kind, &[&id, body].concat())?;
        let packet = self.receive()?;
        assert_eq!(packet[1..5], id, "the answer to another question");
        if packet[0] != STATUS {
            return Ok(Ok(packet));
        }
        let at = |place: usize| u32::from_be_bytes(packet[place..place + 4].try_into().unwrap());
        let status = at(5);
        if status == 0 {
            return Ok(Ok(packet));
        }
        let words = packet[13..13 + at(9) as usize].to_vec();
        Ok(Err(Refusal {
            status,
            words: String::from_utf8(words).unwrap(),
        }))
    }

    fn send(&mut self, kind: u8, body: &[u8]) -> Result<(), Gone> {
        let length = u32::try_from(body.len() + 1).unwrap();
        let packet = [&length.to_be_bytes()[..], &[kind], body].concat();
        let asking = self.asking.as_mut().unwrap();
        asking.write_all(&packet).map_err(|_| Gone)?;
        asking.flush().map_err(|_| Gone)
    }

    fn receive(&mut self) -> Result<Vec<u8>, Gone> {
        let mut length = [0; 4];
        self.answers.read_exact(&mut length).map_err(|_| Gone)?;
        let mut packet = vec![0; u32::from_be_bytes(length) as usize];
        self.answers.read_exact(&mut packet).map_err(|_| Gone)?;
        Ok(packet)
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        let _ = self.ssh.kill();
        let _ = self.ssh.wait();
    }
}

fn string(bytes: impl AsRef<[u8]>) -> Vec<u8> {
    let bytes = bytes.as_ref();
    let length = u32::try_from(bytes.len()).unwrap();
    [&length.to_be_bytes()[..], bytes].concat()
}

fn number(value: u32) -> Vec<u8> {
    value.to_be_bytes().to_vec()
}

// draft-ietf-secsh-filexfer-02, sections 3, 6.3 and 7.
const INIT: u8 = 1;
const OPEN: u8 = 3;
const CLOSE: u8 = 4;
const READ: u8 = 5;
const WRITE: u8 = 6;
const REMOVE: u8 = 13;
const STAT: u8 = 17;
const RENAME: u8 = 18;
const STATUS: u8 = 101;
const END_OF_FILE: u32 = 1;
const READ_ONLY: u32 = 0x01;
const WRITE_CREATE_TRUNCATE: u32 = 0x02 | 0x08 | 0x10;
