//! `allowed_signers`: every key that ever signed for the council, as `ssh-keygen -Y verify` reads it. Knows
//! when a key came and went; refuses to know where the file lies.
//!
//! The present key's line has no dates, so that any OpenSSH reads it. A retired key's line says until when
//! what it signed can be checked by the plain command, which judges by today's date; a stolen key's line ends
//! when the theft was told. What is exact stands in the remark above each line.

use std::fmt::Write as _;

use thiserror::Error;
use time::{
    Duration, OffsetDateTime, PrimitiveDateTime,
    format_description::{BorrowedFormatItem, well_known::Rfc3339},
    macros::format_description,
};

use super::receipt_key::{NAMESPACES, ReceiptVerifier, Verdict};

/// Every key that ever signed, the present one last.
#[derive(Clone, Debug, Default)]
pub struct Signers(Vec<Signer>);

/// A key that signs, or did.
#[derive(Clone, Debug)]
pub struct Signer {
    /// The public half.
    pub key: ReceiptVerifier,
    /// Since when it signs; none where that was not written down.
    pub since: Option<OffsetDateTime>,
    /// When it ceased to.
    pub retired: Option<OffsetDateTime>,
    /// Whether others may have it: nothing that it signed is taken on trust any more.
    pub stolen: bool,
}

/// A line that is none of an `allowed_signers` file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("line {line} is no line of an allowed_signers file")]
pub struct SignersFault {
    /// From 1.
    pub line: usize,
}

/// What became of a key that signs from now on.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum Adopted {
    /// It signed already.
    Known,
    /// It is the first of all.
    First,
    /// It took the place of the key with this fingerprint.
    InPlaceOf(String),
}

/// What the keys that may sign say of a signature.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum Standing {
    /// Made by the key with this fingerprint while it was in use.
    Good(String),
    /// Made by this key, with a date after it was retired.
    AfterItsTime(String),
    /// By no known key over these bytes.
    Bad,
}

impl Signers {
    /// Reads such a file: ours with its remarks, or anybody's.
    pub fn parse(text: &str) -> Result<Self, SignersFault> {
        let mut signers = Vec::new();
        let mut remark = Remark::default();
        for (at, line) in text.lines().enumerate() {
            let line = line.trim();
            if let Some(words) = line.strip_prefix('#') {
                remark = Remark::parse(words).unwrap_or(remark);
            } else if !line.is_empty() {
                let fault = SignersFault { line: at + 1 };
                let key = KINDS
                    .iter()
                    .find_map(|kind| line.find(kind))
                    .and_then(|start| line.get(start..))
                    .and_then(|key| ReceiptVerifier::parse(key).ok());
                let Remark {
                    since,
                    retired,
                    stolen,
                } = remark;
                signers.push(Signer {
                    key: key.ok_or(fault)?,
                    since,
                    retired,
                    stolen,
                });
                remark = Remark::default();
            }
        }
        Ok(Self(signers))
    }

    /// The file's text. What a retired key signed is checked by the plain command for so long.
    pub fn to_text(&self, domain: &str, checked_for: Duration) -> String {
        let mut text = String::new();
        for signer in &self.0 {
            let options = signer.options(checked_for);
            let (remark, key) = (signer.remark(), signer.key.line());
            // Writing into a string never fails.
            let _ = writeln!(text, "{remark}receipts@{domain} {options} {key}");
        }
        text
    }

    /// Every key, the present one last.
    pub fn all(&self) -> &[Signer] {
        &self.0
    }

    /// This key signs from now on; the one before it ceases to.
    pub fn adopt(&mut self, key: &ReceiptVerifier, at: OffsetDateTime) -> Adopted {
        let fingerprint = key.fingerprint();
        let present = self.0.last_mut();
        let adopted = match present {
            Some(present) if present.key.fingerprint() == fingerprint => return Adopted::Known,
            Some(present) => {
                present.retired = Some(at);
                Adopted::InPlaceOf(present.key.fingerprint())
            }
            None => Adopted::First,
        };
        // A key that comes back, because a hand put it there, signs again.
        self.0
            .retain(|known| known.key.fingerprint() != fingerprint);
        let since = (adopted != Adopted::First).then_some(at);
        self.0.push(Signer {
            key: key.clone(),
            since,
            retired: None,
            stolen: false,
        });
        adopted
    }

    /// Others may have the key that was retired last.
    pub fn mark_stolen(&mut self, fingerprint: &str) {
        for signer in &mut self.0 {
            signer.stolen |= signer.key.fingerprint() == fingerprint;
        }
    }

    /// What this signature of a checkpoint proves, that is dated so.
    pub fn verify_checkpoint(&self, text: &[u8], signature: &str, at: OffsetDateTime) -> Standing {
        self.judge(at, |key| key.verify_checkpoint(text, signature))
    }

    /// What this signature of a receipt proves, that is dated so.
    pub fn verify_receipt(&self, text: &[u8], signature: &str, at: OffsetDateTime) -> Standing {
        self.judge(at, |key| key.verify(text, signature))
    }

    fn judge(&self, at: OffsetDateTime, verify: impl Fn(&ReceiptVerifier) -> Verdict) -> Standing {
        let signer = self
            .0
            .iter()
            .find(|signer| verify(&signer.key) == Verdict::Good);
        match signer {
            None => Standing::Bad,
            Some(Signer { key, retired, .. }) => match retired {
                // What was under way when the key changed was dated a moment before.
                Some(retired) if at > *retired + MOMENT => {
                    Standing::AfterItsTime(key.fingerprint())
                }
                _ => Standing::Good(key.fingerprint()),
            },
        }
    }
}

impl Signer {
    fn options(&self, checked_for: Duration) -> String {
        let mut options = format!("namespaces=\"{NAMESPACES}\"");
        if let Some(retired) = self.retired {
            if let Some(since) = self.since {
                // A day early: ssh-keygen reads a day by the clock of whoever checks.
                let day = (since - Duration::DAY).date();
                let _ = write!(options, ",valid-after=\"{}\"", dated(DAY, day.midnight()));
            }
            let end = if self.stolen {
                dated(
                    SECOND,
                    PrimitiveDateTime::new(retired.date(), retired.time()),
                )
            } else {
                let day = (retired + checked_for).date();
                dated(DAY, day.next_day().unwrap_or(day).midnight())
            };
            let _ = write!(options, ",valid-before=\"{end}\"");
        }
        options
    }

    /// What is exact, for people and for us; ssh-keygen passes over it.
    fn remark(&self) -> String {
        let told = |word: &str, at: Option<OffsetDateTime>| {
            at.and_then(|at| at.format(&Rfc3339).ok())
                .map(|at| format!(" {word} {at}"))
        };
        let parts: String = [told("since", self.since), told("retired", self.retired)]
            .into_iter()
            .flatten()
            .chain(self.stolen.then(|| " stolen".to_owned()))
            .collect();
        if parts.is_empty() {
            parts
        } else {
            format!("#{parts}\n")
        }
    }
}

/// What stands above a key's line.
#[derive(Clone, Copy, Default)]
struct Remark {
    since: Option<OffsetDateTime>,
    retired: Option<OffsetDateTime>,
    stolen: bool,
}

impl Remark {
    fn parse(words: &str) -> Option<Self> {
        let mut remark = Self::default();
        let mut words = words.split_ascii_whitespace();
        while let Some(word) = words.next() {
            let mut instant = || OffsetDateTime::parse(words.next()?, &Rfc3339).ok();
            match word {
                "since" => remark.since = Some(instant()?),
                "retired" => remark.retired = Some(instant()?),
                "stolen" => remark.stolen = true,
                _ => return None,
            }
        }
        Some(remark)
    }
}

fn dated(format: &[BorrowedFormatItem<'_>], at: PrimitiveDateTime) -> String {
    at.format(format).unwrap_or_default()
}

/// Without a zone: OpenSSH before 9.1 knows none.
const DAY: &[BorrowedFormatItem<'static>] = format_description!("[year][month][day]");
const SECOND: &[BorrowedFormatItem<'static>] =
    format_description!("[year][month][day][hour][minute][second]");
/// How a key begins in a line.
const KINDS: [&str; 1] = ["ssh-ed25519 "];
/// What a clock may have stood still for.
const MOMENT: Duration = Duration::minutes(10);

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use time::macros::datetime;

    use super::*;
    use crate::seal::{ReceiptKey, trial};

    const TEXT: &[u8] = b"{}\n";

    fn verifies(signers: &Signers, signature: &str, also: &[&str]) -> bool {
        let folder = tempfile::tempdir().unwrap();
        let [file, sig] = ["allowed_signers", "sig"].map(|name| folder.path().join(name));
        fs::write(
            &file,
            signers.to_text("council.example", Duration::days(2000)),
        )
        .unwrap();
        fs::write(&sig, signature).unwrap();
        let file: &Path = &file;
        let mut args = vec!["-Y", "verify", "-I", "receipts@council.example"];
        args.extend(["-n", "pillarbox-receipt"]);
        args.extend(also);
        args.extend(["-f", file.to_str().unwrap(), "-s"]);
        trial::run("ssh-keygen", &args, &sig, TEXT).status.success()
    }

    #[test]
    fn ssh_keygen_takes_what_was_signed_before_and_after_a_rotation() {
        let now = OffsetDateTime::now_utc();
        let [old, new] = [0; 2].map(|_| ReceiptKey::generate().unwrap());
        let mut signers = Signers::default();
        assert_eq!(signers.adopt(&old.verifier(), now), Adopted::First);
        assert_eq!(signers.adopt(&old.verifier(), now), Adopted::Known);
        let [by_old, by_new] = [&old, &new].map(|key| key.sign(TEXT).unwrap());
        assert!(verifies(&signers, &by_old, &[]));
        assert!(!verifies(&signers, &by_new, &[]));
        let adopted = signers.adopt(&new.verifier(), now);
        assert_eq!(adopted, Adopted::InPlaceOf(old.verifier().fingerprint()));
        assert!(verifies(&signers, &by_old, &[]));
        assert!(verifies(&signers, &by_new, &[]));
        let read = Signers::parse(&signers.to_text("council.example", Duration::DAY)).unwrap();
        assert_eq!(read.all()[0].retired, Some(now));
        assert_eq!(read.all()[1].since, Some(now));
        assert!(verifies(&read, &by_old, &[]));
    }

    #[test]
    fn what_a_stolen_key_signed_is_refused_unless_it_is_asked_about_an_earlier_time() {
        let [old, new] = [0; 2].map(|_| ReceiptKey::generate().unwrap());
        let mut signers = Signers::default();
        let _ = signers.adopt(&old.verifier(), datetime!(2026-09-01 10:00 UTC));
        let _ = signers.adopt(&new.verifier(), datetime!(2026-11-01 10:00 UTC));
        signers.mark_stolen(&old.verifier().fingerprint());
        let by_old = old.sign(TEXT).unwrap();
        assert!(!verifies(&signers, &by_old, &[]));
        assert!(verifies(&signers, &by_old, &["-O", "verify-time=20261031"]));
    }

    #[test]
    fn a_date_after_its_retirement_is_noticed() {
        let [old, new] = [0; 2].map(|_| ReceiptKey::generate().unwrap());
        let mut signers = Signers::default();
        let _ = signers.adopt(&old.verifier(), datetime!(2026-09-01 10:00 UTC));
        let _ = signers.adopt(&new.verifier(), datetime!(2026-11-01 10:00 UTC));
        let signature = old.sign_checkpoint(TEXT).unwrap();
        let judged = |at| signers.verify_checkpoint(TEXT, &signature, at);
        let fingerprint = old.verifier().fingerprint();
        assert_eq!(
            judged(datetime!(2026-10-31 10:00 UTC)),
            Standing::Good(fingerprint.clone())
        );
        assert_eq!(
            judged(datetime!(2026-11-02 10:00 UTC)),
            Standing::AfterItsTime(fingerprint)
        );
        let other = Signers::default();
        assert_eq!(
            other.verify_checkpoint(TEXT, &signature, datetime!(2026-10-31 10:00 UTC)),
            Standing::Bad
        );
    }

    #[test]
    fn anybodys_file_is_read_and_what_is_none_is_refused_by_its_line() {
        let key = ReceiptKey::generate().unwrap().verifier();
        let text = format!("# mine\n\nreceipts@x {} me\n", key.line());
        let read = Signers::parse(&text).unwrap();
        assert_eq!(read.all()[0].key.fingerprint(), key.fingerprint());
        assert_eq!(
            Signers::parse("# mine\nreceipts@x").unwrap_err(),
            SignersFault { line: 2 }
        );
    }
}
