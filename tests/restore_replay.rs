//! Whatever colleagues withdraw and erase after a backup, and in whatever order: the restored ledger ends as the lost
//! one was, however often it is looked at.
#![expect(
    clippy::unwrap_used,
    reason = "a council that can't be made is a fault of this test"
)]

use std::{
    collections::BTreeMap,
    fs,
    io::Write as _,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use age::{secrecy::ExposeSecret, x25519};
use pillarbox::{
    config::{KeyFile, Settings},
    domain::{ids::SchoolId, pupil::Standing},
    flow::{
        backup::{Sources, make},
        command::{Command, Reply, perform},
        house::House,
        notices::Withdraw,
        pass,
        reconcile::{Elsewhere, confirm, reconcile},
        restore::restore,
        rights::Erase,
        who::Who,
    },
    ledger::{Actor, Ledger, Marks, TrailProof},
    seal::{ReceiptKey, Recipients},
    vault::{LedgerKey, Vault},
};
use proptest::prelude::*;
use tempfile::TempDir;
use time::{OffsetDateTime, macros::datetime};

const SCHOOL: &str = "8604001";
const NOW: OffsetDateTime = datetime!(2026-11-21 10:00 UTC);
const FORENAMES: [&str; 4] = ["Ambrosine", "Barnaby", "Clementia", "Dorothea"];

/// What a colleague does for somebody who told the council.
#[derive(Clone, Copy, Debug)]
enum Told {
    Withdraw(usize),
    Erase(usize),
}

fn told() -> impl Strategy<Value = Vec<Told>> {
    let one = (0..FORENAMES.len(), any::<bool>()).prop_map(|(pupil, erase)| {
        if erase {
            Told::Erase(pupil)
        } else {
            Told::Withdraw(pupil)
        }
    });
    proptest::collection::vec(one, 1..6)
}

struct Council {
    root: TempDir,
    settings: Settings,
    vault: Vault,
}

/// How each pupil stands, without whoever was erased, and the marks that are left of those.
#[derive(Debug, PartialEq)]
struct Stands(BTreeMap<String, Standing>, Marks);

impl Council {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        let at = |name: &str| root.path().join(name);
        fs::create_dir_all(at("keys")).unwrap();
        fs::create_dir_all(at("schools.d")).unwrap();
        let key = LedgerKey::generate().unwrap();
        let receipts = ReceiptKey::generate().unwrap().to_openssh().unwrap();
        for (file, text) in [
            (KeyFile::Ledger, key.to_text().to_string()),
            (KeyFile::Receipts, receipts.to_string()),
        ] {
            let path = at("keys").join(file.file_name());
            fs::write(&path, text).unwrap();
            fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
        }
        fs::write(
            at("pillarbox.toml"),
            "state = \"state\"\nboxes = \"state/boxes\"\nschools = \"schools.d\"\nkeys = \"keys\"\n\
             [council]\nname = \"Made-up County Council\"\nla = 860\n\
             [intake]\nsettle = \"1 ms\"\n[reader]\njail = \"none\"\n",
        )
        .unwrap();
        fs::write(
            at("schools.d").join(format!("{SCHOOL}.toml")),
            format!(
                "id = \"{SCHOOL}\"\nname = \"A made-up school\"\n[agreement]\nsigned = 2026-09-14\n"
            ),
        )
        .unwrap();
        let settings = Settings::load(&at("pillarbox.toml")).unwrap();
        let vault = Vault::new(&key);
        let council = Self {
            root,
            settings,
            vault,
        };
        drop(council.house());
        let header = "Forename,Surname,Date of birth,Consent,Consent date".to_owned();
        let row = |forename| format!("{forename},Bramblesnap,01/03/2010,Yes,01/10/2026");
        let lines = [header].into_iter().chain(FORENAMES.map(row));
        let list = lines.collect::<Vec<_>>().join(
            "
",
        );
        let inbox = council
            .state()
            .join("boxes")
            .join(SCHOOL)
            .join("inbox/leavers.csv");
        let mut file = fs::File::create(inbox).unwrap();
        file.write_all(list.as_bytes()).unwrap();
        drop(file);
        std::thread::sleep(std::time::Duration::from_millis(10));
        let taken = pass::once(&mut council.house()).unwrap().taken;
        assert_eq!(taken, 1);
        council
    }

    fn state(&self) -> PathBuf {
        self.root.path().join("state")
    }

    fn house(&self) -> House {
        House::open(self.settings.clone(), None, Some(NOW))
            .unwrap()
            .0
    }

    fn tell(&self, told: Told) {
        let (Told::Withdraw(pupil) | Told::Erase(pupil)) = told;
        let who = Who {
            forename: Some(FORENAMES[pupil].to_owned()),
            surname: Some("Bramblesnap".to_owned()),
            date_of_birth: Some("2010-03-01".to_owned()),
            ..Who::default()
        };
        let school: SchoolId = SCHOOL.parse().unwrap();
        let command = match told {
            Told::Withdraw(_) => Command::Withdraw(Withdraw { school, who }),
            Told::Erase(_) => Command::Erase(Erase { who, school: None }),
        };
        let mut house = self.house();
        let reply = perform(&mut house, command, &operator()).unwrap();
        assert!(!matches!(reply, Reply::Refused { .. }), "{reply:?}");
    }

    fn stands(&self) -> Stands {
        let ledger = Ledger::open(&self.state().join("ledger.db"), self.vault.clone()).unwrap();
        let (view, school) = (ledger.view(), SCHOOL.parse().unwrap());
        assert!(matches!(
            view.verify_trail().unwrap(),
            TrailProof::Verified(_)
        ));
        let consents = view.consents(school).unwrap();
        let pupils = consents.iter().map(|sealed| {
            let consent = sealed.open(&self.vault).unwrap();
            (consent.pupil.name.forename.k1(), consent.standing)
        });
        Stands(pupils.collect(), view.marks(school).unwrap())
    }

    fn look(&self) -> pillarbox::flow::reconcile::Report {
        reconcile(&mut self.house(), &Elsewhere::default(), &operator()).unwrap()
    }
}

fn operator() -> Actor {
    Actor::Operator {
        name: "colleague".to_owned(),
        uid: 1000,
    }
}

fn lose(ledger: &Path) {
    for ending in ["", "-wal", "-shm"] {
        let _ = fs::remove_file(format!("{}{ending}", ledger.display()));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]
    #[test]
    fn notes_bring_back_what_was_told_however_often_they_are_read(acts in told()) {
        let council = Council::new();
        let folders = council.settings.folders();
        let key = x25519::Identity::generate();
        let to = Recipients::parse(&key.to_public().to_string()).unwrap();
        let sources = Sources { folders: &folders, settings: &council.settings.file };
        let mut backup = Vec::new();
        make(&sources, &to, &mut backup).unwrap();

        for act in &acts {
            council.tell(*act);
        }
        let before = council.stands();
        lose(&folders.ledger);
        let identity = key.to_string().expose_secret().to_owned();
        restore(&backup[..], identity.as_bytes(), &folders, &council.vault).unwrap();
        prop_assert_ne!(&council.stands(), &before);

        let first = council.look();
        prop_assert_eq!(&council.stands(), &before);
        let second = council.look();
        prop_assert_eq!(&council.stands(), &before);
        prop_assert_eq!(&first, &second);
        prop_assert_eq!(&first.hold_all, &None);
        confirm(&mut council.house(), &second, &operator()).unwrap();
        prop_assert_eq!(&council.stands(), &before);
        for act in &acts {
            council.tell(*act);
        }
        let (Stands(again, _), Stands(was, _)) = (council.stands(), &before);
        prop_assert_eq!(&again, was);
    }
}
