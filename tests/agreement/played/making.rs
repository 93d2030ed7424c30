//! What acts need: files, commands, the next instant.

use std::collections::BTreeMap;

use pillarbox::flow::{command::Command, notices::Withdraw, review::ReviewCommand, who::Who};
use time::{Date, Duration, OffsetDateTime, macros::time};

use super::Play;
use crate::{
    acts::{Act, Moment, Names, Says, Sent, Step, When},
    days::{instant, local_day},
    model::{Kind, Told, Upload},
    people::{PUPILS, SCHOOLS},
    world::{scope, text_of},
};

impl Play {
    pub(super) fn read(&mut self, school: usize, file: usize, whole: bool) {
        let seen: Vec<_> = self.world.outbox(school).into_iter().collect();
        let Some((name, opened)) = seen.get(file % seen.len().max(1)) else {
            return;
        };
        self.played.reads += 1;
        self.world.read(school, name, whole);
        // Of two files alike, the older one has the lower number.
        let alike = |rows: &BTreeMap<usize, ([String; 4], bool)>| {
            rows.iter()
                .map(|(pupil, row)| (pupil, &row.0))
                .eq(&opened.rows)
        };
        let nth = seen
            .iter()
            .filter(|(other, file)| file == opened && other < name)
            .count();
        let lying = self.model.schools[school].outbox.iter();
        let mut same = lying.filter(|file| alike(&file.rows) && file.sealed_to == opened.opens_for);
        if let Some(number) = same.nth(nth).map(|file| file.number) {
            self.model.schools[school].read(number, whole);
        }
    }

    pub(super) fn upload(&mut self, school: usize, what: &Sent) -> Upload {
        self.uploads += 1;
        self.played.uploads += 1;
        let today = local_day(self.now);
        let number = self.uploads;
        let by = u32::try_from(number).unwrap();
        let (kind, rows, word) = match what {
            Sent::Again => {
                if let Some(last) = &self.last_list[school] {
                    let word = if last.kind == Kind::List {
                        "leavers"
                    } else {
                        "add"
                    };
                    return Upload {
                        name: format!("{word} {number}.csv"),
                        number: by,
                        ..last.clone()
                    };
                }
                (Kind::List, Vec::new(), "leavers")
            }
            Sent::List(says) => (Kind::List, listed(says, school, today), "leavers"),
            Sent::Addition(says) => (Kind::Addition, listed(says, school, today), "add"),
            Sent::Withdrawal(names) => (Kind::Withdrawal, named(names, school, today), "withdrawn"),
            Sent::Request => (Kind::Request, Vec::new(), "request"),
        };
        let ending = if kind == Kind::Request { "txt" } else { "csv" };
        let upload = Upload {
            number: by,
            name: format!("{word} {number}.{ending}"),
            by_folder: false,
            text: text_of(school, kind, &rows),
            kind,
            rows,
        };
        if matches!(kind, Kind::List | Kind::Addition) {
            self.last_list[school] = Some(upload.clone());
        }
        upload
    }

    /// The command; none where there is nothing to decide.
    pub(super) fn command_of(&mut self, act: &Act) -> Option<Command> {
        Some(match act {
            Act::Release {
                school,
                accept_extract,
            } => Command::Release {
                scope: scope(*school),
                dry_run: false,
                at: None,
                accept_extract: *accept_extract,
            },
            Act::Hold { school, recall } => Command::Hold {
                scope: scope(*school),
                reason: "made up".to_owned(),
                recall: *recall,
            },
            Act::Resume { school } => Command::Resume {
                scope: scope(*school),
            },
            Act::Tell {
                school,
                pupil,
                names,
            } => Command::Withdraw(Withdraw {
                school: SCHOOLS[*school].parse().unwrap(),
                who: who(*school, *pupil, *names),
            }),
            Act::Decide { school, undo } => {
                let by = self.model.schools[*school].braked()?;
                let id = self.world.submission(by);
                Command::Review(if *undo {
                    ReviewCommand::Undo {
                        id,
                        reason: "made up".to_owned(),
                    }
                } else {
                    ReviewCommand::Settle {
                        id,
                        pupil: None,
                        meant: true,
                    }
                })
            }
            _ => return None,
        })
    }

    pub(super) fn step(&self, step: Step) -> OffsetDateTime {
        match step {
            Step::Hours(hours) => self.now + Duration::hours(hours),
            Step::Days(days) => self.now + Duration::days(days),
            Step::ToTheDay(nth, moment) => {
                let days = self.model.days_ahead(self.now);
                let Some(day) = days.get(nth).or(days.last()) else {
                    return self.now + Duration::DAY;
                };
                let at = match moment {
                    Moment::JustBefore => instant(*day, time!(00:00)) - Duration::MINUTE,
                    Moment::JustAfter => instant(*day, time!(00:10)),
                    Moment::Morning => instant(*day, time!(10:00)),
                };
                at.max(self.now + Duration::HOUR)
            }
        }
    }
}

fn listed(says: &[Says], school: usize, today: Date) -> Vec<(usize, Told)> {
    let rows = says.iter().take(PUPILS[school].len()).enumerate();
    let rows = rows.filter(|(_, says)| **says != Says::Nothing);
    rows.map(|(pupil, says)| {
        let day = match says {
            Says::Yes(when) | Says::Withdrawn(when) => reckoned(*when, today),
            _ => None,
        };
        (pupil, Told::Listed(*says, day))
    })
    .collect()
}

fn named(names: &[Names], school: usize, today: Date) -> Vec<(usize, Told)> {
    let rows = names.iter().take(PUPILS[school].len()).enumerate();
    let rows = rows.filter(|(_, names)| **names != Names::NotThisPupil);
    rows.map(|(pupil, names)| {
        let day = match names {
            Names::Exactly(when) => reckoned(*when, today),
            _ => None,
        };
        (pupil, Told::Named(*names, day))
    })
    .collect()
}

fn reckoned(when: When, today: Date) -> Option<Date> {
    match when {
        When::DaysAgo(days) => Some(today - Duration::days(days)),
        When::Untold => None,
    }
}

/// The pupil as an officer tells of one.
fn who(school: usize, pupil: usize, names: Names) -> Who {
    let pupil = &PUPILS[school][pupil % PUPILS[school].len()];
    let (forename, surname, born) = match names {
        Names::Nearly => (pupil.forename, "Misspelt", pupil.born.to_string()),
        Names::Somebody => ("Nobody", "Knownly", "2009-07-10".to_owned()),
        Names::Exactly(_) | Names::NotThisPupil => {
            (pupil.forename, pupil.surname, pupil.born.to_string())
        }
    };
    Who {
        forename: Some(forename.to_owned()),
        surname: Some(surname.to_owned()),
        date_of_birth: Some(born),
        ..Who::default()
    }
}
