//! Archives: members in a tar, the tar sealed in the age format, written and read as a stream, so that stock
//! `age -d` and `tar` open what no Pillarbox is there to open. Knows no folder and no member's meaning.

use std::{
    io::{self, BufReader, Read, Write},
    path::Path,
};

use age::{
    DecryptError, Decryptor, Encryptor, Identity, armor::ArmoredReader, stream::StreamWriter,
};
use tar::{Archive, Builder, EntryType, Header};
use thiserror::Error;
use time::OffsetDateTime;

use super::{
    identity::{OpenFileFault, identities_of},
    recipients::Recipients,
    sealed::SealError,
};

/// An archive in the making. Until it is [finished](Self::finish) it is cut short, and nobody takes it for
/// whole.
pub struct ArchiveWriter<W: Write>(Builder<StreamWriter<W>>);

/// Why an archive could not be read to its end.
#[derive(Debug, Error)]
pub enum ArchiveFault {
    /// It does not open.
    #[error(transparent)]
    Open(#[from] OpenFileFault),
    /// It is not what `backup` writes, or was cut short or changed.
    #[error("the archive is damaged or cut short")]
    Damaged(#[source] io::Error),
    /// It holds something that is no plain file.
    #[error("the archive holds something that is no plain file")]
    Strange,
}

impl<W: Write> ArchiveWriter<W> {
    /// Begins an archive that each of these can open.
    pub fn begin(to: &Recipients, out: W) -> Result<Self, SealError> {
        let encryptor = Encryptor::with_recipients(to.keys()).map_err(SealError::Key)?;
        let sealed = encryptor.wrap_output(out).map_err(SealError::Write)?;
        Ok(Self(Builder::new(sealed)))
    }

    /// Adds a member of just so many bytes.
    pub fn add(
        &mut self,
        name: &str,
        bytes: u64,
        at: OffsetDateTime,
        content: impl Read,
    ) -> Result<(), SealError> {
        let mut header = Header::new_gnu();
        header.set_entry_type(EntryType::Regular);
        header.set_size(bytes);
        header.set_mode(0o600);
        header.set_mtime(u64::try_from(at.unix_timestamp()).unwrap_or_default());
        let mut content = Exactly {
            inner: content,
            left: bytes,
        };
        self.0
            .append_data(&mut header, name, &mut content)
            .map_err(SealError::Write)
    }

    /// Ends it; only now it is whole.
    pub fn finish(self) -> Result<W, SealError> {
        let sealed = self.0.into_inner().map_err(SealError::Write)?;
        sealed.finish().map_err(SealError::Write)
    }
}

/// Opens an archive with the key in `identity` (the contents of a key file), and hands out its members one by
/// one: name, length, content. What it hands out is authentic; that the archive is whole shows at its end.
pub fn read_archive<E: From<ArchiveFault>>(
    sealed: impl Read,
    identity: &[u8],
    mut each: impl FnMut(&str, u64, &mut dyn Read) -> Result<(), E>,
) -> Result<(), E> {
    let plain = opened(sealed, identity).map_err(ArchiveFault::from)?;
    let mut archive = Archive::new(plain);
    for entry in archive.entries().map_err(ArchiveFault::Damaged)? {
        let mut entry = entry.map_err(ArchiveFault::Damaged)?;
        let name = match entry.path() {
            Ok(path) if entry.header().entry_type() == EntryType::Regular => plain_name(&path),
            _ => None,
        };
        let name = name.ok_or(ArchiveFault::Strange)?;
        let bytes = entry.size();
        each(&name, bytes, &mut entry)?;
    }
    // What was cut off behind the last member shows only where the stream ends.
    io::copy(&mut archive.into_inner(), &mut io::sink()).map_err(ArchiveFault::Damaged)?;
    Ok(())
}

fn opened<'a>(
    sealed: impl Read + 'a,
    identity: &[u8],
) -> Result<Box<dyn Read + 'a>, OpenFileFault> {
    let identities = identities_of(identity, || None)?;
    let decryptor = Decryptor::new_buffered(ArmoredReader::new(BufReader::new(sealed)))
        .map_err(|_| OpenFileFault::NotSealed)?;
    let keys = identities
        .iter()
        .map(|identity| &**identity as &dyn Identity);
    let reader = decryptor.decrypt(keys).map_err(|error| match error {
        DecryptError::NoMatchingKeys => OpenFileFault::NotForThisKey,
        _ => OpenFileFault::Damaged,
    })?;
    Ok(Box::new(reader))
}

/// A name that leads nowhere else: no root, no `..`, plain text.
fn plain_name(path: &Path) -> Option<String> {
    let steps: Option<Vec<&str>> = path
        .components()
        .map(|step| match step {
            std::path::Component::Normal(step) => step.to_str(),
            _ => None,
        })
        .collect();
    steps
        .filter(|steps| !steps.is_empty())
        .map(|steps| steps.join("/"))
}

/// A member of another length than was said would shift all that follow.
struct Exactly<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Exactly<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.left)
            .unwrap_or(usize::MAX)
            .min(into.len());
        let Some(room) = into.get_mut(..most).filter(|room| !room.is_empty()) else {
            return Ok(0);
        };
        let read = self.inner.read(room)?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.left -= read as u64;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use time::macros::datetime;

    use super::*;
    use crate::seal::trial;

    fn archive(recipient: &str, members: &[(&str, &[u8])]) -> Vec<u8> {
        let to = Recipients::parse(recipient).unwrap();
        let mut writer = ArchiveWriter::begin(&to, Vec::new()).unwrap();
        for (name, bytes) in members {
            let at = datetime!(2026-11-21 10:00 UTC);
            writer.add(name, bytes.len() as u64, at, *bytes).unwrap();
        }
        writer.finish().unwrap()
    }

    fn read(sealed: &[u8], identity: &[u8]) -> Result<Vec<(String, Vec<u8>)>, ArchiveFault> {
        let mut found = Vec::new();
        read_archive(sealed, identity, |name, _, content| {
            let mut bytes = Vec::new();
            content
                .read_to_end(&mut bytes)
                .map_err(ArchiveFault::Damaged)?;
            found.push((name.to_owned(), bytes));
            Ok::<_, ArchiveFault>(())
        })?;
        Ok(found)
    }

    #[test]
    fn members_come_back_in_order_and_stock_programs_list_them() {
        let (identity, recipient) = trial::age_keygen();
        let big = vec![7; 200_000];
        let members: [(&str, &[u8]); 3] =
            [("manifest.json", b"{}"), ("spool/ab", &big), ("empty", b"")];
        let sealed = archive(&recipient, &members);
        let found = read(&sealed, identity.as_bytes()).unwrap();
        let wanted = members.map(|(name, bytes)| (name.to_owned(), bytes.to_vec()));
        assert_eq!(found, wanted);

        let folder = tempfile::tempdir().unwrap();
        let key = folder.path().join("key.txt");
        std::fs::write(&key, &identity).unwrap();
        let [age, file] = ["backup.age", "plain.tar"].map(|name| folder.path().join(name));
        std::fs::write(&age, &sealed).unwrap();
        let mut open = Command::new("age");
        open.args(["-d", "-i"])
            .arg(&key)
            .arg("-o")
            .args([&file, &age]);
        assert!(open.status().unwrap().success());
        let listed = Command::new("tar").arg("-tf").arg(&file).output().unwrap();
        assert_eq!(
            String::from_utf8(listed.stdout).unwrap(),
            "manifest.json\nspool/ab\nempty\n"
        );
    }

    #[test]
    fn what_is_cut_short_or_changed_anywhere_is_refused() {
        let (identity, recipient) = trial::age_keygen();
        let sealed = archive(&recipient, &[("a", &b"a".repeat(100_000)), ("b", b"x")]);
        for at in (0..sealed.len()).step_by(997).chain([sealed.len() - 1]) {
            assert!(
                read(&sealed[..at], identity.as_bytes()).is_err(),
                "cut at {at}"
            );
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(
                read(&changed, identity.as_bytes()).is_err(),
                "changed at {at}"
            );
        }
    }

    #[test]
    fn another_key_does_not_open_it() {
        let (_, recipient) = trial::age_keygen();
        let (other, _) = trial::age_keygen();
        let fault = read(&archive(&recipient, &[("a", b"x")]), other.as_bytes()).unwrap_err();
        assert!(
            matches!(fault, ArchiveFault::Open(OpenFileFault::NotForThisKey)),
            "{fault:?}"
        );
    }

    #[test]
    fn a_member_of_another_length_than_was_said_is_an_error() {
        let (_, recipient) = trial::age_keygen();
        let to = Recipients::parse(&recipient).unwrap();
        let mut writer = ArchiveWriter::begin(&to, Vec::new()).unwrap();
        let at = datetime!(2026-11-21 10:00 UTC);
        assert!(writer.add("a", 5, at, &b"four"[..]).is_err());
    }

    #[test]
    fn a_name_that_leads_elsewhere_is_no_name() {
        for path in ["/etc/passwd", "../a", "a/../../b", ""] {
            assert_eq!(plain_name(Path::new(path)), None, "{path}");
        }
        assert_eq!(
            plain_name(Path::new("spool/ab")).as_deref(),
            Some("spool/ab")
        );
    }
}
