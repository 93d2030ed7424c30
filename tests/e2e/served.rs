//! A council whose daemon serves a school over SFTP.

use std::{thread, time::Duration};

use crate::{
    accounts::{Account, free_port, listens},
    answers::Receipt,
    raw_sftp::Raw,
    running::{Daemon, answered, lay_extract, list, present, soon},
    world::{SCHOOL, World},
};

/// A council whose daemon serves one school over SFTP.
pub(crate) struct Served {
    pub(crate) world: World,
    pub(crate) port: u16,
    daemon: Option<Daemon>,
    pub(crate) account: Account,
}

impl Served {
    pub(crate) fn start() -> Self {
        Self::with(&[])
    }

    /// The same with some settings.
    pub(crate) fn with(settings: &[(&str, &str)]) -> Self {
        Self::of(present(), settings)
    }

    /// The same for a council that is there already.
    pub(crate) fn of(world: World, settings: &[(&str, &str)]) -> Self {
        let port = free_port();
        world.set("sftp.listen", &format!("\"127.0.0.1:{port}\""));
        for (key, value) in settings {
            world.set(key, value);
        }
        let account = Account::new(SCHOOL, port, &world.keys(SCHOOL).ssh);
        let mut served = Self {
            world,
            port,
            daemon: None,
            account,
        };
        served.start_daemon();
        served
    }

    pub(crate) fn start_daemon(&mut self) {
        self.daemon = Some(Daemon::start(&self.world));
        soon("the SFTP server", || listens(self.port));
    }

    pub(crate) fn kill(&mut self) {
        self.daemon.take().unwrap().kill();
    }

    pub(crate) fn raw(&self) -> Raw {
        Raw::connect(&self.account)
    }

    pub(crate) fn told(&self) -> usize {
        answered(&self.world)
    }

    /// Waits until so many uploads are answered, and for the one that shall not come.
    #[track_caller]
    pub(crate) fn answers(&self, number: usize) -> Vec<Receipt> {
        soon("the receipts", || self.told() >= number);
        thread::sleep(Duration::from_secs(1));
        let receipts = self.world.submissions(SCHOOL);
        assert_eq!(receipts.len(), number, "{:?}", told_in(&receipts));
        receipts
    }

    #[track_caller]
    pub(crate) fn answer(&self) -> Receipt {
        self.answers(1).remove(0)
    }

    /// Has one destination file of these pupils in the outbox, and returns its path.
    pub(crate) fn release(&self, number: usize) -> String {
        self.raw()
            .upload("inbox/leavers.csv", list(number))
            .unwrap();
        self.answers(1);
        lay_extract(&self.world, number);
        self.world
            .run(&["release", "--school", SCHOOL])
            .done("release");
        soon("the file", || self.world.outbox(SCHOOL).len() == 1);
        format!("outbox/{}", self.world.outbox(SCHOOL)[0])
    }

    /// How often the trail says this.
    pub(crate) fn acts(&self, act: &str) -> usize {
        let trail = self.world.run(&["audit", "export"]).done("audit export");
        trail.matches(&format!("\"{act}\"")).count()
    }

    pub(crate) fn end(mut self) {
        assert!(self.daemon.take().unwrap().stop().success());
        self.world.run(&["audit", "verify"]).done("audit verify");
    }
}

/// What each receipt says of which file.
fn told_in(receipts: &[Receipt]) -> Vec<(&str, &str)> {
    receipts
        .iter()
        .map(|receipt| (file_name(receipt), receipt.outcome()))
        .collect()
}

/// The name of the file that a receipt is about.
pub(crate) fn file_name(receipt: &Receipt) -> &str {
    receipt.json["file"]["name"].as_str().unwrap()
}
