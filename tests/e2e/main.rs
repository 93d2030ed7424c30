//! Pillarbox from the outside: the built program, real files, the real `age` and `ssh-keygen`.
//!
//! Every test here was written from the contract (`spec.md`, `clauses.md`), not from the code; none
//! of them looks inside. All schools, pupils and providers are made up.

#[cfg(test)]
mod accounts;
#[cfg(test)]
mod answering;
#[cfg(test)]
mod answers;
#[cfg(test)]
mod asked;
#[cfg(test)]
mod audit;
#[cfg(test)]
mod backup;
#[cfg(test)]
mod bad_files;
#[cfg(test)]
mod bad_rows;
#[cfg(test)]
mod breach;
#[cfg(test)]
mod canon;
#[cfg(test)]
mod changes;
#[cfg(test)]
mod clauses;
#[cfg(test)]
mod clauses_on_consent;
#[cfg(test)]
mod clauses_on_notices;
#[cfg(test)]
mod clauses_on_queues;
#[cfg(test)]
mod clauses_on_rights;
#[cfg(test)]
mod collectors;
#[cfg(test)]
mod commands;
#[cfg(test)]
#[cfg(feature = "faults")]
mod crash;
#[cfg(test)]
mod daemon;
#[cfg(test)]
mod daemon_crowds;
#[cfg(test)]
mod discrepancies;
#[cfg(test)]
mod drills;
#[cfg(test)]
mod erase;
#[cfg(test)]
mod expiry;
#[cfg(test)]
mod extracts;
#[cfg(test)]
mod folder_mode;
#[cfg(test)]
mod forecast;
#[cfg(test)]
mod handed_over;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod kinds;
#[cfg(test)]
mod lapses;
#[cfg(test)]
mod leaks;
#[cfg(test)]
mod lists;
#[cfg(test)]
mod logs;
#[cfg(test)]
mod manager;
#[cfg(test)]
mod matching;
#[cfg(test)]
mod metrics;
#[cfg(test)]
mod notices;
#[cfg(test)]
mod opened;
#[cfg(test)]
mod owner;
#[cfg(test)]
mod pages;
#[cfg(test)]
mod planted;
#[cfg(test)]
mod programs;
#[cfg(test)]
mod pupils;
#[cfg(test)]
mod races;
#[cfg(test)]
mod raw_sftp;
#[cfg(test)]
mod readers;
#[cfg(test)]
mod recalls;
#[cfg(test)]
mod receipts;
mod rehearsals;
#[cfg(test)]
mod releases;
#[cfg(test)]
mod reminders;
#[cfg(test)]
mod requests;
#[cfg(test)]
mod restore;
#[cfg(test)]
mod restore_drill;
#[cfg(test)]
mod retention;
#[cfg(test)]
mod review;
#[cfg(test)]
mod running;
#[cfg(test)]
mod schedules;
#[cfg(test)]
mod school_kit;
#[cfg(test)]
mod schools;
#[cfg(test)]
mod served;
#[cfg(test)]
mod service;
#[cfg(test)]
mod settings;
#[cfg(test)]
mod sftp_alone;
#[cfg(test)]
mod sftp_doors;
#[cfg(test)]
mod sftp_rights;
#[cfg(test)]
mod sftp_uploads;
#[cfg(test)]
mod status;
#[cfg(test)]
mod subject;
#[cfg(test)]
mod tampering;
#[cfg(test)]
mod ten_thousand;
#[cfg(test)]
mod visitors;
#[cfg(test)]
mod withdrawals;
#[cfg(test)]
mod withdrawn_by_council;
#[cfg(test)]
mod workbooks;
#[cfg(test)]
mod world;
