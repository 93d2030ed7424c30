//! The intake key: schools may encrypt their uploads to the council, and the council its extracts.
//! Native age keys only; what was encrypted to anything else is not ours to open.

use std::{
    fmt::{self, Write as _},
    io::{BufRead, Read},
};

use age::{
    DecryptError, Decryptor, Identity, armor::ArmoredReader, secrecy::ExposeSecret,
    stream::StreamReader, x25519,
};
use thiserror::Error;
use time::{Date, format_description::BorrowedFormatItem, macros::format_description};
use zeroize::Zeroizing;

/// The council's secret age keys: the first is the present one, the others are earlier ones that still
/// open what was encrypted to them.
pub struct IntakeKey(Vec<Kept>);

struct Kept {
    key: x25519::Identity,
    /// For an earlier key: the last day for which it was promised to open.
    until: Option<Date>,
}

/// A key that was the present one once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EarlierIntakeKey {
    /// What schools encrypted to.
    pub recipient: String,
    /// The last day for which it was promised to open, where that was written down.
    pub until: Option<Date>,
}

/// The text is no age identity file. No part of it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not an intake key (expected lines such as `AGE-SECRET-KEY-1…`, and `#` before remarks)")]
pub struct IntakeKeyFault;

/// Why an upload did not open: outcomes for a receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[must_use]
pub enum OpenFault {
    /// Encrypted to other keys than ours.
    #[error("encrypted to another key")]
    NotOurs,
    /// Encrypted with a passphrase, which nobody here knows.
    #[error("encrypted with a passphrase")]
    Passphrase,
    /// Not in the age format, cut short, or changed.
    #[error("damaged, or not in the age format")]
    Damaged,
    /// More plain bytes than are taken.
    #[error("too large")]
    TooLarge,
}

impl IntakeKey {
    /// A new key.
    pub fn generate() -> Self {
        Self(vec![Kept::present(x25519::Identity::generate())])
    }

    /// A new present key. The one before it still opens, and is promised to until this day; so do those
    /// before it, as it was said of them.
    #[must_use]
    pub fn rotated(self, until: Date) -> Self {
        let mut keys = Self::generate().0;
        keys.extend(self.0.into_iter().enumerate().map(|(at, kept)| match at {
            0 => Kept {
                until: Some(until),
                ..kept
            },
            _ => kept,
        }));
        Self(keys)
    }

    /// The keys that still open, without those whose days were over before this day, or without all but the
    /// present one; and what was left out.
    #[must_use]
    pub fn without_earlier(self, today: Option<Date>) -> (Self, Vec<EarlierIntakeKey>) {
        let mut left_out = Vec::new();
        let mut at = 0;
        let mut keys = self.0;
        keys.retain(|kept| {
            at += 1;
            let over = today.is_none_or(|today| kept.until.is_some_and(|until| until < today));
            let stays = at == 1 || !over;
            if !stays {
                left_out.push(kept.earlier());
            }
            stays
        });
        (Self(keys), left_out)
    }

    /// The keys before the present one.
    pub fn earlier(&self) -> Vec<EarlierIntakeKey> {
        self.0.iter().skip(1).map(Kept::earlier).collect()
    }

    /// Reads an age identity file.
    pub fn parse(file: &[u8]) -> Result<Self, IntakeKeyFault> {
        let text = str::from_utf8(file).map_err(|_| IntakeKeyFault)?;
        let mut keys = Vec::new();
        let mut until = None;
        for line in text.lines().map(str::trim) {
            if let Some(remark) = line.strip_prefix('#') {
                let day = remark.trim().strip_prefix(OPENS_UNTIL);
                until = day.and_then(|day| Date::parse(day, DAY).ok()).or(until);
            } else if !line.is_empty() {
                let key = line.parse().map_err(|_| IntakeKeyFault)?;
                keys.push(Kept {
                    key,
                    until: until.take(),
                });
            }
        }
        if keys.is_empty() {
            return Err(IntakeKeyFault);
        }
        Ok(Self(keys))
    }

    /// The text form, an age identity file.
    pub fn to_text(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(self.0.len() * ROOM));
        for Kept { key, until } in &self.0 {
            // Writing into a string never fails.
            let _ = writeln!(text, "# public key: {}", key.to_public());
            if let Some(until) = until.and_then(|until| until.format(DAY).ok()) {
                let _ = writeln!(text, "# {OPENS_UNTIL}{until}");
            }
            let _ = writeln!(text, "{}", key.to_string().expose_secret());
        }
        text
    }

    /// What schools encrypt to: `age1…`.
    pub fn recipient(&self) -> String {
        self.0
            .first()
            .map(|kept| kept.key.to_public().to_string())
            .unwrap_or_default()
    }

    /// Opens an upload, binary or armoured, of at most `most` plain bytes. Nothing of it comes out unless
    /// all of it is whole.
    pub fn open_upload(&self, sealed: &[u8], most: usize) -> Result<Zeroizing<Vec<u8>>, OpenFault> {
        let binary;
        let sealed = if sealed.trim_ascii_start().starts_with(ARMOR) {
            binary = dearmoured(sealed)?;
            &binary
        } else {
            sealed
        };
        let head = sealed.get(..LONGEST_HEADER).unwrap_or(sealed);
        if !head
            .windows(HEADER_END.len())
            .any(|window| window == HEADER_END)
        {
            return Err(OpenFault::Damaged);
        }
        let mut reader = self.decrypt(sealed)?.take(most as u64 + 1);
        let mut plain = Zeroizing::new(Vec::with_capacity(sealed.len().min(most)));
        reader
            .read_to_end(&mut plain)
            .map_err(|_| OpenFault::Damaged)?;
        if plain.len() > most {
            return Err(OpenFault::TooLarge);
        }
        Ok(plain)
    }

    /// Opens a file too large for memory, such as an extract. What is cut short or changed is an error
    /// from the reader where it shows, so that nothing may be relied on before its end.
    pub fn open_stream<R: BufRead + Send + 'static>(
        &self,
        sealed: R,
    ) -> Result<Box<dyn Read + Send>, OpenFault> {
        Ok(Box::new(self.decrypt(ArmoredReader::new(sealed))?))
    }

    fn decrypt<R: BufRead>(&self, sealed: R) -> Result<StreamReader<R>, OpenFault> {
        let decryptor = Decryptor::new_buffered(sealed).map_err(|_| OpenFault::Damaged)?;
        if decryptor.is_scrypt() {
            return Err(OpenFault::Passphrase);
        }
        let keys = self.0.iter().map(|kept| &kept.key as &dyn Identity);
        decryptor.decrypt(keys).map_err(|error| match error {
            DecryptError::NoMatchingKeys => OpenFault::NotOurs,
            _ => OpenFault::Damaged,
        })
    }
}

impl Kept {
    fn present(key: x25519::Identity) -> Self {
        Self { key, until: None }
    }

    fn earlier(&self) -> EarlierIntakeKey {
        EarlierIntakeKey {
            recipient: self.key.to_public().to_string(),
            until: self.until,
        }
    }
}

impl fmt::Debug for IntakeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IntakeKey(…)")
    }
}

fn dearmoured(sealed: &[u8]) -> Result<Vec<u8>, OpenFault> {
    let mut binary = Vec::with_capacity(sealed.len());
    ArmoredReader::new(sealed)
        .read_to_end(&mut binary)
        .map_err(|_| OpenFault::Damaged)?;
    Ok(binary)
}

/// The remark above an earlier key.
const OPENS_UNTIL: &str = "opens until ";
const DAY: &[BorrowedFormatItem<'static>] = format_description!("[year]-[month]-[day]");
/// Bytes of a key's lines, so that text never grows and leaves copies behind.
const ROOM: usize = 256;
const ARMOR: &[u8] = b"-----BEGIN AGE ENCRYPTED FILE-----";
/// How the header's last line begins.
const HEADER_END: &[u8] = b"\n--- ";
/// The bytes in which an upload's header must end: a hundred recipients. Reading a header takes time
/// that grows with its square, and a try at each recipient more.
const LONGEST_HEADER: usize = 16 * 1024;

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::seal::{
        Recipients, seal_file,
        trial::{self, Kind},
    };

    const PLAIN: &[u8] = b"Forename,Surname\r\nRobin,Example\r\n";
    const MOST: usize = 1000;

    fn sealed_to(recipient: &str, plain: &[u8]) -> Vec<u8> {
        seal_file(plain, &Recipients::parse(recipient).unwrap()).unwrap()
    }

    #[test]
    fn an_upload_encrypted_by_the_real_age_opens_in_both_forms() {
        let key = IntakeKey::generate();
        for form in [&["-r"][..], &["-a", "-r"]] {
            let sealed = trial::run("age", form, key.recipient().as_ref(), PLAIN).stdout;
            assert_eq!(key.open_upload(&sealed, MOST).unwrap().as_slice(), PLAIN);
            let mut stream = Vec::new();
            key.open_stream(std::io::Cursor::new(sealed))
                .unwrap()
                .read_to_end(&mut stream)
                .unwrap();
            assert_eq!(stream, PLAIN);
        }
    }

    #[test]
    fn the_key_reads_back_and_age_keygens_file_is_taken() {
        let (identity, recipient) = trial::age_keygen();
        let key = IntakeKey::parse(identity.as_bytes()).unwrap();
        assert_eq!(key.recipient(), recipient);
        let again = IntakeKey::parse(key.to_text().as_bytes()).unwrap();
        assert_eq!(again.recipient(), recipient);
        for not_a_key in [
            "",
            "# only a remark",
            "AGE-SECRET-KEY-1",
            "ssh-ed25519 AAAA",
        ] {
            assert!(IntakeKey::parse(not_a_key.as_bytes()).is_err());
        }
    }

    #[test]
    fn an_earlier_key_still_opens() {
        let [new, old] = [0; 2].map(|_| IntakeKey::generate());
        let both = format!("{}{}", *new.to_text(), *old.to_text());
        let both = IntakeKey::parse(both.as_bytes()).unwrap();
        assert_eq!(both.recipient(), new.recipient());
        assert!(
            both.open_upload(&sealed_to(&old.recipient(), PLAIN), MOST)
                .is_ok()
        );
    }

    #[test]
    fn a_changed_key_says_until_when_the_one_before_opens_and_is_dropped_then() {
        let old = IntakeKey::generate();
        let recipient = old.recipient();
        let day = |day| Date::from_calendar_date(2027, time::Month::February, day).unwrap();
        let both = old.rotated(day(19));
        let both = IntakeKey::parse(both.to_text().as_bytes()).unwrap();
        let present = both.recipient();
        assert_ne!(present, recipient);
        let expected = EarlierIntakeKey {
            recipient: recipient.clone(),
            until: Some(day(19)),
        };
        assert_eq!(both.earlier(), std::slice::from_ref(&expected));
        assert!(
            both.open_upload(&sealed_to(&recipient, PLAIN), MOST)
                .is_ok()
        );
        let (both, dropped) = both.without_earlier(Some(day(19)));
        assert!(dropped.is_empty());
        let (new, dropped) = both.without_earlier(Some(day(20)));
        assert_eq!(dropped, [expected]);
        assert_eq!(new.recipient(), present);
        let fault = new.open_upload(&sealed_to(&recipient, PLAIN), MOST).err();
        assert_eq!(fault, Some(OpenFault::NotOurs));
    }

    #[test]
    fn what_was_encrypted_to_others_is_not_ours() {
        let key = IntakeKey::generate();
        let ssh = trial::ssh_keygen(Kind::Ed25519).public;
        for recipient in [IntakeKey::generate().recipient(), ssh] {
            let fault = key.open_upload(&sealed_to(&recipient, PLAIN), MOST).err();
            assert_eq!(fault, Some(OpenFault::NotOurs));
        }
        let secret = age::secrecy::SecretString::from("correct horse");
        let mut recipient = age::scrypt::Recipient::new(secret);
        recipient.set_work_factor(2);
        let by_passphrase = age::encrypt(&recipient, PLAIN).unwrap();
        assert_eq!(
            key.open_upload(&by_passphrase, MOST).err(),
            Some(OpenFault::Passphrase)
        );
    }

    #[test]
    fn nothing_comes_out_of_a_damaged_upload() {
        let key = IntakeKey::generate();
        let sealed = sealed_to(&key.recipient(), PLAIN);
        for length in 0..sealed.len() {
            let fault = key.open_upload(&sealed[..length], MOST).err();
            assert_eq!(fault, Some(OpenFault::Damaged), "cut at {length}");
        }
        let mut changed = sealed.clone();
        *changed.last_mut().unwrap() ^= 1;
        assert_eq!(
            key.open_upload(&changed, MOST).err(),
            Some(OpenFault::Damaged)
        );
        let mut longer = sealed;
        longer.write_all(b"x").unwrap();
        assert_eq!(
            key.open_upload(&longer, MOST).err(),
            Some(OpenFault::Damaged)
        );
    }

    #[test]
    fn an_upload_of_too_many_plain_bytes_is_too_large() {
        let key = IntakeKey::generate();
        let open = |size| key.open_upload(&sealed_to(&key.recipient(), &vec![7; size]), MOST);
        assert_eq!(open(MOST).unwrap().len(), MOST);
        assert_eq!(open(MOST + 1).err(), Some(OpenFault::TooLarge));
    }

    #[test]
    fn an_endless_header_is_damaged_and_costs_nothing() {
        let key = IntakeKey::generate();
        let stanza = "-> X25519 AAAA\nAAAA\n";
        let endless = format!("age-encryption.org/v1\n{}", stanza.repeat(800_000));
        assert_eq!(
            key.open_upload(endless.as_bytes(), MOST).err(),
            Some(OpenFault::Damaged)
        );
    }
}
