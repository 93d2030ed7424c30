//! What a school sends, as the model reads it.

use time::Date;

use crate::acts::{Names, Says};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    List,
    Addition,
    Withdrawal,
    Request,
}

/// A file that waits in an inbox.
#[derive(Clone, Debug)]
pub(crate) struct Upload {
    pub(crate) number: u32,
    pub(crate) name: String,
    /// By the folder, and not over our own server.
    pub(crate) by_folder: bool,
    pub(crate) kind: Kind,
    pub(crate) text: String,
    pub(crate) rows: Vec<(usize, Told)>,
}

/// What a row tells of a pupil, its days reckoned.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Told {
    Listed(Says, Option<Date>),
    Named(Names, Option<Date>),
}

impl Upload {
    /// "A header without rows: rejected"; "unless at least 3 rows and more than 10 % of the rows are bad";
    /// "all rows bad: rejected, however few".
    pub(super) fn is_refused(&self) -> bool {
        let bad = |row: &&(usize, Told)| matches!(row.1, Told::Listed(Says::BadYes, _));
        let (bad, all) = (self.rows.iter().filter(bad).count(), self.rows.len());
        bad == all || (bad >= 3 && bad * 10 > all)
    }

    /// Whom it withdraws for certain.
    pub(crate) fn withdraws(&self) -> impl Iterator<Item = usize> {
        let stops = |told: &Told| {
            matches!(
                told,
                Told::Listed(Says::No | Says::Withdrawn(_), _) | Told::Named(Names::Exactly(_), _)
            )
        };
        self.rows
            .iter()
            .filter(move |row| stops(&row.1))
            .map(|row| row.0)
    }
}
