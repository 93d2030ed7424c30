//! For any order of lists and erasures: whoever was erased is not shared, unless a consent is dated after.

use std::{fmt::Write as _, sync::Arc};

use proptest::{
    collection::vec,
    prelude::{Strategy, any, prop_assert, prop_assert_eq, proptest},
    test_runner::{Config, TestCaseError},
};
use tempfile::{TempDir, tempdir};
use time::{Date, Duration, OffsetDateTime, Time, macros::date};
use zeroize::Zeroizing;

use super::{
    erase::{erase_at, persons},
    search::{Found, search},
};
use crate::{
    domain::{
        ids::SubmissionId,
        list::FileKind,
        names::Name,
        pupil::{Consent, Description, Standing},
        school::{Agreement, School},
    },
    flow::{
        FlowError,
        facts::SealedFacts,
        judging::Bench,
        recording::{SealedChanges, Source, apply},
        upload::{Body, Taken, Upload},
    },
    jail::{Jail, Readers},
    ledger::{FileStat, Ledger},
    policy::judge::ListRules,
    reading::Limits,
    vault::{LedgerKey, Vault, sha256},
};

/// The children of a made-up village: no two share a name or a day of birth.
const CHILDREN: [(&str, &str, &str); 3] = [
    ("Robin", "Example", "1000000027"),
    ("Zoë", "O'Made-Up", "1000000035"),
    ("Kim", "Invented", "1000000043"),
];

/// One row: which child, in which spelling, and how many days ago the consent is dated, if it is.
type Row = (usize, Spelling, Option<u8>);

#[derive(Clone, Copy, Debug)]
enum Spelling {
    AsEver,
    Shouted,
    WithNumber,
    RenamedWithNumber,
}

#[derive(Clone, Debug)]
enum Step {
    List(FileKind, Vec<Row>),
    Erase(usize),
}

fn steps() -> impl Strategy<Value = Vec<(Step, i64)>> {
    let spelling = (0..4_usize).prop_map(|at| {
        [
            Spelling::AsEver,
            Spelling::Shouted,
            Spelling::WithNumber,
            Spelling::RenamedWithNumber,
        ][at]
    });
    let row = (0..CHILDREN.len(), spelling, proptest::option::of(0..40_u8));
    let list = (any::<bool>(), vec(row, 1..5)).prop_map(|(adds, rows)| {
        let kind = if adds {
            FileKind::Addition
        } else {
            FileKind::ConsentList
        };
        Step::List(kind, rows)
    });
    let erase = (0..CHILDREN.len()).prop_map(Step::Erase);
    let step = proptest::prop_oneof![3 => list, 2 => erase];
    vec((step, 0..6_i64), 1..12)
}

struct Village {
    _folder: TempDir,
    ledger: Ledger,
    vault: Vault,
    school: Arc<School>,
    today: Date,
    files: u64,
    /// Since when each child is erased, until a consent that is dated after it.
    erased: [Option<Date>; CHILDREN.len()],
}

impl Village {
    fn new() -> Self {
        let folder = tempdir().unwrap();
        let vault = Vault::new(&LedgerKey::generate().unwrap());
        let ledger = Ledger::open(&folder.path().join("ledger.db"), vault.clone()).unwrap();
        let school = School {
            suspended: false,
            agreement: Agreement {
                signed: Some(date!(2026 - 09 - 14)),
                ..Agreement::default()
            },
            ..School::unknown("8604001".parse().unwrap())
        };
        Self {
            _folder: folder,
            ledger,
            vault,
            school: Arc::new(school),
            today: date!(2026 - 11 - 21),
            files: 0,
            erased: [None; CHILDREN.len()],
        }
    }

    fn now(&self) -> OffsetDateTime {
        self.today.with_time(Time::MIDNIGHT).assume_utc() + Duration::hours(12)
    }

    fn list(&mut self, kind: FileKind, rows: &[Row]) {
        let mut text = "Forename,Surname,DOB,ULN,Consent,Consent date\n".to_owned();
        for (child, spelling, ago) in rows {
            let day = ago.map(|ago| self.today - Duration::days(i64::from(ago)));
            let day = day.map_or_else(String::new, |day| day.to_string());
            let cells = cells(*child, *spelling);
            writeln!(text, "{cells},Yes,{day}").unwrap();
        }
        self.files += 1;
        // No two files are the same bytes.
        text.push_str(&"\n".repeat(usize::try_from(self.files).unwrap()));
        let taken = self.taken(kind, text.into_bytes());
        let school = self.school.id;
        let facts = SealedFacts::read(&self.ledger.view(), school, kind).unwrap();
        let facts = facts.open(&self.vault).unwrap();
        let (rules, limits) = (ListRules::default(), Limits::default());
        let readers = Readers::new(Jail::None);
        let bench = Bench {
            today: self.today,
            rules: &rules,
            limits: &limits,
            max_bytes: 1 << 20,
            readers: &readers,
            intake_key: None,
            any_school: false,
            reader_failed: &|_, _| {},
        };
        let judged = bench.judge(&taken, &facts).unwrap();
        let changes = SealedChanges::seal(&self.vault, school, judged.changes, &facts);
        let source = Source {
            school,
            submission: taken.id,
            at: self.now(),
            today: self.today,
            scale: judged.scale,
        };
        self.ledger
            .write(|tx| apply(tx, &changes, &source))
            .unwrap();
    }

    fn taken(&self, kind: FileKind, bytes: Vec<u8>) -> Taken {
        let name = match kind {
            FileKind::Addition => "add.csv",
            _ => "leavers.csv",
        };
        Taken {
            id: SubmissionId::new(self.files),
            spool: None,
            upload: Upload {
                school: Arc::clone(&self.school),
                name: name.to_owned(),
                raw_name: name.into(),
                stat: FileStat {
                    dev: 0,
                    ino: 0,
                    ctime_ns: 0,
                    mtime_ns: 0,
                    size: 0,
                    nlink: 0,
                },
                size: bytes.len() as u64,
                sha256: sha256(&bytes),
                body: Body::Bytes(Zeroizing::new(bytes)),
                by: None,
                handed_over: None,
            },
        }
    }

    fn erase(&mut self, child: usize) {
        let who = described(child);
        let found = search(&self.ledger.view(), &self.vault, &who).unwrap();
        let Found::Person(traces) = found else {
            panic!("one child is several");
        };
        let persons = persons(&traces, &who);
        let (vault, today) = (self.vault.clone(), self.today);
        self.ledger
            .write(|tx| {
                for at in &traces.schools {
                    erase_at(tx, &vault, at, &persons, today)?;
                }
                Ok::<_, FlowError>(())
            })
            .unwrap();
        // Where the school has nothing of the child, there is nothing to mark.
        if !traces.schools.is_empty() {
            self.erased[child] = Some(today);
        }
    }

    fn consents(&self) -> Vec<Consent> {
        let consents = self.ledger.view().consents(self.school.id).unwrap();
        let opened = consents.iter().map(|sealed| sealed.open(&self.vault));
        opened.map(Result::unwrap).collect()
    }

    fn check(&mut self) -> Result<(), TestCaseError> {
        for consent in self.consents() {
            let child = (0..CHILDREN.len()).find(|child| born(*child) == consent.pupil.born);
            let child = child.unwrap();
            if consent.standing != Standing::InForce {
                continue;
            }
            if let Some(day) = self.erased[child] {
                prop_assert!(
                    !consent.assumed,
                    "an undated yes brought an erased child back"
                );
                prop_assert!(consent.given_on > day, "an older yes did");
                self.erased[child] = None;
            }
        }
        Ok(())
    }
}

fn born(child: usize) -> Date {
    date!(2010 - 03 - 01) + Duration::days(i64::try_from(child).unwrap())
}

fn cells(child: usize, spelling: Spelling) -> String {
    let (forename, surname, uln) = CHILDREN[child];
    let born = born(child);
    match spelling {
        Spelling::AsEver => format!("{forename},{surname},{born},"),
        Spelling::Shouted => format!(
            "{},{},{born},",
            forename.to_uppercase(),
            surname.to_uppercase()
        ),
        Spelling::WithNumber => format!("{forename},{surname},{born},{uln}"),
        Spelling::RenamedWithNumber => format!("{forename},Renamed,{born},{uln}"),
    }
}

fn described(child: usize) -> Description {
    let (forename, surname, uln) = CHILDREN[child];
    Description {
        forename: Name::parse(forename).ok(),
        surname: Name::parse(surname).ok(),
        born: Some(born(child)),
        upn: None,
        uln: uln.parse().ok(),
    }
}

#[test]
fn the_made_up_numbers_are_numbers() {
    assert!((0..CHILDREN.len()).all(|child| described(child).uln.is_some()));
}

proptest! {
    #![proptest_config(Config { cases: 96, ..Config::default() })]

    #[test]
    fn nothing_of_an_erased_person_is_shared_unless_a_consent_is_dated_after(steps in steps()) {
        let mut village = Village::new();
        for (step, days) in steps {
            village.today += Duration::days(days);
            match step {
                Step::List(kind, rows) => village.list(kind, &rows),
                Step::Erase(child) => {
                    village.erase(child);
                    let left = village.consents();
                    prop_assert!(left.iter().all(|one| one.pupil.born != born(child)));
                }
            }
            village.check()?;
        }
        // And one that is dated after always counts.
        village.today += Duration::days(1);
        let all: Vec<Row> = (0..CHILDREN.len()).map(|child| (child, Spelling::WithNumber, Some(0))).collect();
        village.list(FileKind::ConsentList, &all);
        let in_force = village.consents();
        let in_force = in_force.iter().filter(|one| one.standing == Standing::InForce);
        prop_assert_eq!(in_force.count(), CHILDREN.len());
    }
}
