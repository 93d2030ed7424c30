//! Between SSH and a session: requests pile up in a pipe, a task of its own serves them and sends replies
//! in batches as fast as the client takes them.
//!
//! russh's loop must never wait for this task while this task waits for russh's loop, or both stand still
//! for ever: what comes in waits only while nothing is being sent.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::{Bytes, BytesMut};
use russh::{ChannelWriteHalf, server::Msg};
use tokio::{pin, select, sync::Notify};

use super::{
    super::session::{Progress, Session},
    counters::Tallies,
    cut::Cut,
    link::{Fate, Link},
};

/// What a client has sent and nobody has served.
#[derive(Debug, Default)]
pub(super) struct Pipe {
    waiting: Mutex<Waiting>,
    more: Notify,
    room: Notify,
    deafened: Notify,
}

#[derive(Debug, Default)]
struct Waiting {
    bytes: BytesMut,
    line: Line,
    /// Replies are on their way to the client, which may take its time.
    sending: bool,
}

/// What is still to be expected of the client; it only goes down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Line {
    #[default]
    Open,
    /// It sends no more.
    Ended,
    /// It reads no more either.
    HungUp,
    /// Nobody serves it any more.
    Closed,
}

/// More was sent than is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Flood;

impl Pipe {
    /// Takes in what the client sent. Waits for room, but never while replies are being sent.
    pub(super) async fn push(&self, bytes: &[u8]) -> Result<(), Flood> {
        loop {
            let room = self.room.notified();
            pin!(room);
            room.as_mut().enable();
            {
                let mut waiting = self.waiting();
                if waiting.line == Line::Closed {
                    return Ok(());
                }
                if waiting.bytes.len() + bytes.len() > MOST_WAITING {
                    return Err(Flood);
                }
                if waiting.sending || waiting.bytes.len() < ENOUGH_WAITING {
                    waiting.bytes.extend_from_slice(bytes);
                    self.more.notify_one();
                    return Ok(());
                }
            }
            room.await;
        }
    }

    /// The client sends no more.
    pub(super) fn end(&self) {
        self.waiting().lower(Line::Ended);
        self.more.notify_one();
    }

    /// The client sends no more, and reads no more.
    pub(super) fn hang_up(&self) {
        self.waiting().lower(Line::HungUp);
        self.more.notify_one();
        self.deafened.notify_one();
    }

    /// Waits until the client reads no more.
    async fn deaf(&self) {
        while self.waiting().line < Line::HungUp {
            self.deafened.notified().await;
        }
    }

    /// The next bytes; none where there will be none.
    async fn next(&self) -> Option<BytesMut> {
        loop {
            {
                let mut waiting = self.waiting();
                if !waiting.bytes.is_empty() {
                    let length = waiting.bytes.len().min(AT_ONCE);
                    let bytes = waiting.bytes.split_to(length);
                    self.room.notify_waiters();
                    return Some(bytes);
                }
                if waiting.line >= Line::Ended {
                    return None;
                }
            }
            self.more.notified().await;
        }
    }

    fn set_sending(&self, sending: bool) {
        self.waiting().sending = sending;
        if sending {
            self.room.notify_waiters();
        }
    }

    fn close(&self) {
        let mut waiting = self.waiting();
        waiting.lower(Line::Closed);
        waiting.bytes = BytesMut::new();
        drop(waiting);
        self.room.notify_waiters();
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    fn lower(&mut self, line: Line) {
        self.line = self.line.max(line);
    }
}

/// Serves one session to its end.
pub(super) struct Pump {
    pub(super) link: Arc<Link>,
    pub(super) pipe: Arc<Pipe>,
    pub(super) channel: ChannelWriteHalf<Msg>,
    pub(super) tallies: Arc<Tallies>,
}

impl Pump {
    /// Until the client ends it, leaves or is cut off.
    pub(super) async fn serve(self, mut session: Session) {
        let mut replies = BytesMut::new();
        while let Some(bytes) = self.next().await {
            self.tallies.bytes_received.more(bytes.len());
            session.receive(&bytes);
            drop(bytes);
            if self.answer_all(&mut session, &mut replies).await == Then::Stop {
                return;
            }
        }
        if matches!(self.link.fate(), Fate::Cut(_)) {
            return;
        }
        session.end();
        self.link.set_busy(false);
        self.say_goodbye().await;
    }

    async fn next(&self) -> Option<BytesMut> {
        select! {
            biased;
            // Whoever left may have left requests behind, and the pipe's end.
            Fate::Cut(_) = self.link.over() => None,
            bytes = self.pipe.next() => bytes,
        }
    }

    async fn answer_all(&self, session: &mut Session, replies: &mut BytesMut) -> Then {
        loop {
            let before = session.served();
            let progress = session.answer(replies, BATCH);
            if session.served() != before {
                self.link.touch();
            }
            self.link.set_busy(session.is_busy());
            if !replies.is_empty() {
                self.send(replies.split().freeze()).await;
            }
            match progress {
                _ if matches!(self.link.fate(), Fate::Cut(_)) => return Then::Stop,
                Ok(Progress::Waiting) => return Then::GoOn,
                // Others on this thread have waited for their turn.
                Ok(Progress::Full) => tokio::task::yield_now().await,
                Err(_) => {
                    self.link.cut(Cut::Broken);
                    return Then::Stop;
                }
            }
        }
    }

    /// Replies to a client that has gone are for nobody, and that is no reason to serve less.
    async fn send(&self, batch: Bytes) {
        self.pipe.set_sending(true);
        let length = batch.len();
        select! {
            biased;
            _ = self.link.over() => {}
            () = self.pipe.deaf() => {}
            sent = self.channel.data_bytes(batch) => {
                if sent.is_ok() {
                    self.tallies.bytes_served.more(length);
                    self.link.touch();
                }
            }
        }
        self.pipe.set_sending(false);
    }

    /// Without an exit status `scp` takes a good upload for a failed one.
    async fn say_goodbye(&self) {
        let goodbye = async {
            self.channel.exit_status(0).await?;
            self.channel.eof().await?;
            self.channel.close().await
        };
        select! {
            biased;
            _ = self.link.over() => {}
            () = self.pipe.deaf() => {}
            // Whoever has gone needs no goodbye.
            _ = goodbye => {}
        }
    }
}

impl Drop for Pump {
    fn drop(&mut self) {
        self.pipe.close();
        self.link.set_busy(false);
        if std::thread::panicking() {
            self.link.cut(Cut::Trouble);
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Then {
    GoOn,
    Stop,
}

/// In bytes: what is served without a look at anything else.
const AT_ONCE: usize = 256 << 10;
/// In bytes: replies are sent when there are as many.
const BATCH: usize = 256 << 10;
/// In bytes: more waits outside, in the client's window.
const ENOUGH_WAITING: usize = 4 << 20;
/// In bytes: more is sent only by a client that does not read its replies.
const MOST_WAITING: usize = 8 << 20;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;

    const SOON: Duration = Duration::from_millis(50);

    #[tokio::test]
    async fn what_goes_in_comes_out_and_then_the_end() {
        let pipe = Pipe::default();
        pipe.push(b"ab").await.unwrap();
        pipe.push(b"cd").await.unwrap();
        pipe.end();
        assert_eq!(pipe.next().await.unwrap(), &b"abcd"[..]);
        assert!(pipe.next().await.is_none());
    }

    #[tokio::test]
    async fn a_full_pipe_waits_until_some_is_served() {
        let pipe = Pipe::default();
        pipe.push(&vec![0; ENOUGH_WAITING]).await.unwrap();
        assert!(timeout(SOON, pipe.push(b"x")).await.is_err());
        assert_eq!(pipe.next().await.unwrap().len(), AT_ONCE);
        timeout(SOON, pipe.push(b"x")).await.unwrap().unwrap();
    }

    #[tokio::test]
    async fn nothing_waits_while_replies_are_sent_and_a_flood_is_one() {
        let pipe = Arc::new(Pipe::default());
        pipe.push(&vec![0; ENOUGH_WAITING]).await.unwrap();
        let waiting = tokio::spawn({
            let pipe = Arc::clone(&pipe);
            async move { pipe.push(b"x").await }
        });
        tokio::task::yield_now().await;
        pipe.set_sending(true);
        timeout(SOON, waiting).await.unwrap().unwrap().unwrap();
        pipe.push(&vec![0; MOST_WAITING - ENOUGH_WAITING - 1])
            .await
            .unwrap();
        assert_eq!(pipe.push(b"x").await, Err(Flood));
    }

    #[tokio::test]
    async fn a_pipe_that_nobody_serves_lets_everything_go() {
        let pipe = Pipe::default();
        pipe.push(&vec![0; ENOUGH_WAITING]).await.unwrap();
        pipe.close();
        timeout(SOON, pipe.push(&vec![0; MOST_WAITING]))
            .await
            .unwrap()
            .unwrap();
    }
}
