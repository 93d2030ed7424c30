//! The ways in: one ledger with one connection, owned by one thread; what it shows, and what can be
//! changed, all or nothing. Knows no table.

use std::{cell::RefCell, ops::Deref, path::Path};

use rusqlite::{Connection, Params, Row, Transaction, TransactionBehavior};

use super::{Act, LedgerError, open};
use crate::vault::{Place, Vault};

/// The ledger, open for reading and writing.
pub struct Ledger {
    conn: Connection,
    pub(super) vault: Vault,
    observer: Option<Observer>,
}

/// Is told of every act, once it is on the disk.
type Observer = Box<dyn Fn(&Act) + Send>;

impl Ledger {
    /// Opens the ledger in this file, makes it where there is none, and brings its schema up to date.
    /// Claim the [`Instance`](super::Instance) first: SQLite alone would let two daemons act by turns.
    pub fn open(path: &Path, vault: Vault) -> Result<Self, LedgerError> {
        let conn = open::open_for_writing(path)?;
        let mut ledger = Self {
            conn,
            vault,
            observer: None,
        };
        ledger.write(|tx| {
            tx.prove_key()?;
            Ok::<_, LedgerError>(())
        })?;
        Ok(ledger)
    }

    /// Opens the ledger for counts only, without the key and beside a daemon that writes.
    pub fn open_read_only(path: &Path) -> Result<Glance, LedgerError> {
        let conn = open::open_for_reading(path)?;
        Ok(Glance { conn })
    }

    /// What the ledger shows. Two questions may see two states; those that must not belong into
    /// [`Ledger::write`].
    pub fn view(&self) -> View<'_> {
        View {
            keyless: Keyless { conn: &self.conn },
            vault: &self.vault,
        }
    }

    /// Does `act`, all of it or nothing. When this returns `Ok`, it is on the disk.
    ///
    /// # Errors
    /// Whatever `act` fails with, or that it could not be kept: then nothing has changed.
    pub fn write<T, E: From<LedgerError>>(
        &mut self,
        act: impl FnOnce(&Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let sql = begin(&mut self.conn)?;
        let tx = Tx {
            view: View {
                keyless: Keyless { conn: &sql },
                vault: &self.vault,
            },
            acts: RefCell::default(),
        };
        let done = act(&tx)?;
        let acts = tx.acts.take();
        sql.commit().map_err(LedgerError::from)?;
        if let Some(observer) = &self.observer {
            acts.iter().for_each(observer);
        }
        Ok(done)
    }

    /// From now on this is told of every act, once it is on the disk: for the log and for what is counted.
    pub fn observe(&mut self, observer: impl Fn(&Act) + Send + 'static) {
        self.observer = Some(Box::new(observer));
    }

    /// Writes what stands there already, to learn whether anything can be written.
    pub fn prove_writable(&mut self) -> Result<(), LedgerError> {
        self.write(|tx| tx.run("UPDATE meta SET last = last", []).map(drop))
    }

    /// The key's owner: seals and opens on any thread.
    pub fn vault(&self) -> &Vault {
        &self.vault
    }

    /// Writes a whole, consistent copy into a file that must not exist yet, for a backup.
    pub fn copy_to(&self, path: &Path) -> Result<(), LedgerError> {
        open::copy(&self.conn, path)
    }

    /// Moves all that was written into the main file and tidies statistics: before a clean stop.
    pub fn settle(&self) -> Result<(), LedgerError> {
        open::settle(&self.conn)
    }
}

/// The ledger as `status` sees it: counts and states, nothing sealed.
pub struct Glance {
    conn: Connection,
}

impl Glance {
    /// What can be read without the key.
    pub fn keyless(&self) -> Keyless<'_> {
        Keyless { conn: &self.conn }
    }
}

/// What can be read without the ledger key: numbers, states, days, the trail.
pub struct Keyless<'a> {
    pub(super) conn: &'a Connection,
}

/// What can be read with the ledger key.
pub struct View<'a> {
    keyless: Keyless<'a>,
    vault: &'a Vault,
}

/// A change in the making: reads see what it has written so far.
pub struct Tx<'a> {
    view: View<'a>,
    /// What it adds to the trail.
    pub(super) acts: RefCell<Vec<Act>>,
}

impl<'a> Deref for View<'a> {
    type Target = Keyless<'a>;

    fn deref(&self) -> &Keyless<'a> {
        &self.keyless
    }
}

impl<'a> Deref for Tx<'a> {
    type Target = View<'a>;

    fn deref(&self) -> &View<'a> {
        &self.view
    }
}

impl View<'_> {
    /// The key's owner: seals and opens on any thread.
    pub fn vault(&self) -> &Vault {
        self.vault
    }
}

impl Keyless<'_> {
    /// Every row that a question finds.
    pub(super) fn all<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl Fn(&Row<'_>) -> Result<T, LedgerError>,
    ) -> Result<Vec<T>, LedgerError> {
        let mut found = Vec::new();
        self.each(sql, params, |row| {
            found.push(read(row)?);
            Ok::<_, LedgerError>(())
        })?;
        Ok(found)
    }

    /// Every row that a question finds, one at a time; the first failure ends it.
    pub(super) fn each<E: From<LedgerError>>(
        &self,
        sql: &str,
        params: impl Params,
        mut read: impl FnMut(&Row<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut statement = self.conn.prepare_cached(sql).map_err(LedgerError::from)?;
        let mut rows = statement.query(params).map_err(LedgerError::from)?;
        while let Some(row) = rows.next().map_err(LedgerError::from)? {
            read(row)?;
        }
        Ok(())
    }

    /// The first row that a question finds, if any.
    pub(super) fn one<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnOnce(&Row<'_>) -> Result<T, LedgerError>,
    ) -> Result<Option<T>, LedgerError> {
        let mut statement = self.conn.prepare_cached(sql)?;
        let mut rows = statement.query(params)?;
        rows.next()?.map(read).transpose()
    }
}

impl Tx<'_> {
    /// Refuses another ledger key than the one that the ledger was first opened with.
    fn prove_key(&self) -> Result<(), LedgerError> {
        let place = Place {
            table: "meta",
            row: 1,
        };
        let proof = self.one("SELECT sealed FROM meta", [], |row| {
            Ok(row.get::<_, Option<Vec<u8>>>(0)?)
        })?;
        if let Some(proof) = proof.flatten() {
            self.vault.open(place, &proof)?;
        } else {
            let proof = self.vault.seal(place, &[]);
            self.run("UPDATE meta SET sealed = ?1", [proof])?;
        }
        Ok(())
    }

    /// Does one statement; tells how many rows it touched.
    pub(super) fn run(&self, sql: &str, params: impl Params) -> Result<usize, LedgerError> {
        let mut statement = self.conn.prepare_cached(sql)?;
        Ok(statement.execute(params)?)
    }

    /// The number of the row that comes next in a table whose rows are never removed.
    pub(super) fn next_row(&self, table: &'static str) -> Result<u64, LedgerError> {
        let sql = format!("SELECT coalesce(max(id), 0) + 1 FROM {table}");
        let next = self.one(&sql, [], |row| Ok(row.get::<_, i64>(0)?.cast_unsigned()))?;
        Ok(next.unwrap_or(1))
    }

    /// Does one statement that must touch a row.
    pub(super) fn must(
        &self,
        table: &'static str,
        row: u64,
        sql: &str,
        params: impl Params,
    ) -> Result<(), LedgerError> {
        match self.run(sql, params)? {
            0 => Err(LedgerError::NoSuchRow { table, row }),
            _ => Ok(()),
        }
    }
}

/// Writing begins at once, so that a transaction never finds at its end that it was too late.
fn begin(conn: &mut Connection) -> Result<Transaction<'_>, LedgerError> {
    Ok(conn.transaction_with_behavior(TransactionBehavior::Immediate)?)
}
