//! What a release would be, as a value: who is shared, who is not and why, to whom it is sealed. A plan
//! can be printed (`--dry-run`) or carried out; making one changes nothing.

use std::{collections::BTreeMap, sync::Arc};

use time::{Date, Duration};

use crate::{
    domain::{
        days::Cohort,
        ids::ReleaseId,
        pupil::Consent,
        receipt::{Expiring, ReleaseCounts},
        school::{AgreementStanding, School},
    },
    policy::{
        forecast::expiring,
        gate::{
            Circumstances, LastList, ShareableRow, SharingRules, Verdict, Year12List, gate, tally,
            year12_list,
        },
        matching::Matches,
    },
    seal::Recipients,
};

/// One school's release before anything of it exists.
pub(super) struct Plan {
    pub(super) school: Arc<School>,
    /// The rows that the gate let through.
    pub(super) rows: Vec<ShareableRow>,
    pub(super) counts: ReleaseCounts,
    /// Why pupils are not shared, with how many each.
    pub(super) reasons: BTreeMap<&'static str, u32>,
    /// To whom the file is sealed.
    pub(super) recipients: Option<Recipients>,
    /// The release that this one makes again.
    pub(super) replaces: Option<ReleaseId>,
    /// Whether pupils are shared on their Year 11 list although the Year 12 list is due.
    pub(super) year12_list: Year12List,
    /// How many of the school's consents end soon, where they were looked at.
    pub(super) expiring: Option<Expiring>,
    /// What keeps the school from getting a file at all.
    pub(super) obstacle: Option<Obstacle>,
    /// The first day on which the gate would say no to one of the rows.
    pub(super) sound_until: Date,
    /// The day from which the file is no longer in the outbox.
    pub(super) until: Date,
    /// The revision of the school's consents that the plan saw: of another one nothing is released.
    pub(super) revision: u64,
}

/// What keeps a school from getting a file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub(super) enum Obstacle {
    /// Sharing is on hold.
    OnHold,
    /// There is no agreement in force.
    Agreement(AgreementStanding),
    /// No extract has come, or the last one is gone.
    NoExtract,
    /// The extract is too old.
    StaleExtract(Date),
    /// The extract has far fewer rows than the one before.
    ExtractFell,
    /// No person at the school may collect, or none has a key that opens files.
    NobodyCanOpen,
    /// No pupil passes the gate.
    NothingToShare,
}

impl Obstacle {
    /// The sentence on the school's receipt.
    pub(super) fn to_school(&self) -> String {
        match self {
            Self::OnHold => "The council has put all sharing on hold for now. Your list is kept as it is.".to_owned(),
            Self::Agreement(_) => {
                "There is no information sharing agreement in force between your school and the council.".to_owned()
            }
            Self::NoExtract => "The council's records have not come in yet.".to_owned(),
            Self::StaleExtract(day) => {
                format!("The council's records are of {}, which is too old to share.", super::words::long_day(*day))
            }
            Self::ExtractFell => "The council checks its records before anything more is shared.".to_owned(),
            Self::NobodyCanOpen => {
                "Nobody at your school may collect at present, or has a key that opens files. Ask the council to add a person.".to_owned()
            }
            Self::NothingToShare => "There is nothing to share at present: see the numbers below.".to_owned(),
        }
    }

    /// The word for programs.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::OnHold => "on-hold",
            Self::Agreement(_) => "agreement",
            Self::NoExtract => "no-extract",
            Self::StaleExtract(_) => "stale-extract",
            Self::ExtractFell => "extract-fell",
            Self::NobodyCanOpen => "nobody-can-open",
            Self::NothingToShare => "nothing-to-share",
        }
    }
}

/// What every plan of one release has in common.
pub(super) struct Planner<'a> {
    pub(super) today: Date,
    pub(super) rules: &'a SharingRules,
    pub(super) matches: &'a Matches,
    pub(super) keep: Duration,
}

impl Planner<'_> {
    /// Judges every consent of a school.
    pub(super) fn plan(
        &self,
        school: &Arc<School>,
        (consents, revision): (&[Consent], u64),
        lists: &[LastList],
    ) -> Plan {
        let circumstances = Circumstances {
            school,
            today: self.today,
            rules: self.rules,
            lists,
        };
        let mut plan = Plan {
            revision,
            ..Plan::empty(school, self.today, self.keep)
        };
        for consent in consents {
            let verdict = gate(consent, &self.matches.of(consent.id), &circumstances);
            plan.count(verdict);
        }
        plan.expiring = Some(expiring(consents, self.rules.expiry, self.today));
        plan.conclude(&circumstances);
        plan
    }
}

impl Plan {
    /// A plan without a pupil.
    pub(super) fn empty(school: &Arc<School>, today: Date, keep: Duration) -> Self {
        Self {
            school: Arc::clone(school),
            rows: Vec::new(),
            counts: ReleaseCounts::default(),
            reasons: BTreeMap::new(),
            recipients: None,
            replaces: None,
            year12_list: Year12List::NotDue,
            expiring: None,
            obstacle: None,
            sound_until: Date::MAX,
            until: today + keep,
            revision: 0,
        }
    }

    /// A plan that comes to nothing for this reason.
    pub(super) fn held(school: &Arc<School>, today: Date, obstacle: Obstacle) -> Self {
        Self {
            obstacle: Some(obstacle),
            ..Self::empty(school, today, Duration::ZERO)
        }
    }

    /// Counts a verdict, and keeps the row if there is one.
    pub(super) fn count(&mut self, verdict: Verdict) {
        tally(&mut self.counts, &verdict);
        match verdict {
            Verdict::Share(row) => {
                self.sound_until = self.sound_until.min(row.sound_until());
                self.rows.push(row);
            }
            Verdict::Withhold(reason) => *self.reasons.entry(reason.word()).or_default() += 1,
        }
    }

    /// Settles what hangs on all pupils together, now that each is judged.
    pub(super) fn conclude(&mut self, circumstances: &Circumstances<'_>) {
        let Circumstances { today, lists, .. } = *circumstances;
        let missing = self
            .rows
            .iter()
            .any(|row| year12_list(Cohort::of(row.born()), lists, today) == Year12List::Missing);
        if missing {
            self.year12_list = Year12List::Missing;
        }
        self.recipients = Recipients::of(self.school.collectors(today)).ok();
        self.obstacle = self.what_stands_in_the_way(today);
    }

    /// What people at the school must know first.
    pub(super) fn notes(&self) -> Vec<String> {
        let year12 = (self.year12_list == Year12List::Missing).then(|| NO_YEAR12_LIST.to_owned());
        let obstacle = self.obstacle.as_ref().map(Obstacle::to_school);
        obstacle.into_iter().chain(year12).collect()
    }

    /// What keeps the school from getting a file.
    fn what_stands_in_the_way(&self, today: Date) -> Option<Obstacle> {
        match self.school.standing(today) {
            AgreementStanding::InForce => {}
            standing => return Some(Obstacle::Agreement(standing)),
        }
        if self.recipients.is_none() {
            return Some(Obstacle::NobodyCanOpen);
        }
        self.rows.is_empty().then_some(Obstacle::NothingToShare)
    }

    /// The name in `outbox/`, for one of the school's formats.
    pub(super) fn file_name(&self, id: ReleaseId, today: Date, extension: &str) -> String {
        format!(
            "{}_destinations_{today}_{id}.{extension}.age",
            self.school.id
        )
    }
}

/// What a receipt says where a Year 11 list still counts in Year 12 (clause 2.2, spec 6).
const NO_YEAR12_LIST: &str = "No list has come since the September after some of these pupils left; their Year 11 list still counts. Please send the updated list for Year 12.";
