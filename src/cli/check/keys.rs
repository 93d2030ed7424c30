//! What is wrong with keys: those that can't be read, and those that wait for an operator.

use time::Date;

use super::Findings;
use crate::{
    cli::settings::Site,
    config::{KeyFile, KeyFileError, KeyPlace},
    flow::keys::known_signers,
    seal::{IntakeKey, ReceiptKey},
    transport::sftp::HostKey,
    vault::LedgerKey,
};

impl Findings {
    pub(super) fn keys(&mut self, site: &Site) {
        let today = site
            .today()
            .unwrap_or_else(|_| time::OffsetDateTime::now_utc().date());
        self.ledger_key(site);
        self.receipt_key(site);
        self.intake_key(site, today);
        if site.settings.sftp.is_some() {
            self.host_keys(site, today);
        }
    }

    fn ledger_key(&mut self, site: &Site) {
        let Some(key) = self.key(site, KeyFile::Ledger, |bytes| {
            LedgerKey::parse(bytes).map_err(|fault| fault.to_string())
        }) else {
            return;
        };
        if key.has_earlier() {
            self.warnings.push(
                "the ledger key was changed, and the key before it still opens what is not sealed anew; \
                 «pillarbox run» goes on with that, «pillarbox keys list» tells when it is over"
                    .to_owned(),
            );
        }
    }

    fn receipt_key(&mut self, site: &Site) {
        let Some(key) = self.key(site, KeyFile::Receipts, |bytes| {
            ReceiptKey::from_openssh(bytes).map_err(|fault| fault.to_string())
        }) else {
            return;
        };
        match known_signers(&site.folders.state) {
            Ok(signers) => {
                let present = signers.all().last();
                let known = present.map(|signer| signer.key.fingerprint());
                if known.is_some_and(|known| known != key.verifier().fingerprint()) {
                    self.warnings.push(
                        "the key that signs receipts is another than before; the daemon adopts it at its next \
                         start, and says so in the trail. If nobody changed it, put the old one back"
                            .to_owned(),
                    );
                }
            }
            Err(error) => self.errors.push(error.to_string()),
        }
    }

    fn intake_key(&mut self, site: &Site, today: Date) {
        let Some(key) = self.key(site, KeyFile::Intake, |bytes| {
            IntakeKey::parse(bytes).map_err(|fault| fault.to_string())
        }) else {
            return;
        };
        for earlier in key.earlier() {
            if let Some(until) = earlier.until.filter(|until| *until < today) {
                self.warnings.push(format!(
                    "an earlier intake key was to open until {until} and still does; drop it: pillarbox keys drop intake"
                ));
            }
        }
    }

    fn host_keys(&mut self, site: &Site, today: Date) {
        let read = |bytes: &[u8]| HostKey::from_openssh(bytes).map_err(|fault| fault.to_string());
        self.key(site, KeyFile::Host, read);
        let (credentials, keys) = (site.credentials.as_deref(), &site.folders.keys);
        let place = KeyFile::NextHost.place(credentials, keys);
        if place == KeyPlace::Nowhere {
            return;
        }
        let Some(next) = self.key(site, KeyFile::NextHost, read) else {
            return;
        };
        match (next.serves_from(), place) {
            (None, _) => self.errors.push(
                "host.next does not say from when it serves; its comment must end in «from YYYY-MM-DD» (ssh-keygen -c)"
                    .to_owned(),
            ),
            (Some(from), KeyPlace::Credential(_)) if from <= today => self.warnings.push(
                "the credential host.next serves by now; make it the credential host, and remove host.next"
                    .to_owned(),
            ),
            _ => {}
        }
    }

    fn key<K>(
        &mut self,
        site: &Site,
        file: KeyFile,
        read: impl FnOnce(&[u8]) -> Result<K, String>,
    ) -> Option<K> {
        let bytes: Result<_, KeyFileError> =
            file.read(site.credentials.as_deref(), &site.folders.keys);
        match bytes.map(|bytes| read(&bytes)) {
            Ok(Ok(key)) => return Some(key),
            Ok(Err(fault)) => self.errors.push(format!("{file} can't be used: {fault}")),
            Err(error) => self.errors.push(error.to_string()),
        }
        None
    }
}
