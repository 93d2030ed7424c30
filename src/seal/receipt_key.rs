//! The receipt key: an ed25519 key that signs receipts and the trail's checkpoints as OpenSSH does, so
//! that `ssh-keygen -Y verify` proves them on a machine that has nothing of Pillarbox (spec 4).

use std::fmt;

use ssh_key::{
    Algorithm, HashAlg, LineEnding, PrivateKey, SshSig,
    private::{Ed25519Keypair, KeypairData},
};
use thiserror::Error;
use zeroize::Zeroizing;

use super::public_key::{PublicKey, PublicKeyFault};
use crate::vault::{NoRandomBytes, random_bytes};

/// The council's secret signing key.
#[derive(Clone)]
pub struct ReceiptKey(PrivateKey);

/// What is needed to prove a signature: the public half.
#[derive(Clone, Debug)]
pub struct ReceiptVerifier(ssh_key::PublicKey);

/// Why a file is no receipt key. No part of it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ReceiptKeyFault {
    /// Not a private key of OpenSSH.
    #[error("not an OpenSSH private key")]
    Form,
    /// Under a passphrase, which a service can't type.
    #[error("the receipt key is under a passphrase; keep it as a credential without one")]
    Encrypted,
    /// Another kind of key.
    #[error("the receipt key must be of the kind ssh-ed25519")]
    Kind,
    /// A new key needs randomness.
    #[error(transparent)]
    NoRandomBytes(#[from] NoRandomBytes),
}

/// Signing failed.
#[derive(Debug, Error)]
#[error("the receipt key did not sign")]
pub struct NotSigned(#[source] ssh_key::Error);

impl ReceiptKey {
    /// A new key.
    pub fn generate() -> Result<Self, ReceiptKeyFault> {
        let seed = Zeroizing::new(random_bytes()?);
        let pair = KeypairData::Ed25519(Ed25519Keypair::from_seed(&seed));
        PrivateKey::new(pair, COMMENT)
            .map(Self)
            .map_err(|_| ReceiptKeyFault::Form)
    }

    /// Reads an OpenSSH private key file.
    pub fn from_openssh(file: &[u8]) -> Result<Self, ReceiptKeyFault> {
        let key = PrivateKey::from_openssh(file).map_err(|_| ReceiptKeyFault::Form)?;
        if key.is_encrypted() {
            return Err(ReceiptKeyFault::Encrypted);
        }
        if key.algorithm() != Algorithm::Ed25519 {
            return Err(ReceiptKeyFault::Kind);
        }
        Ok(Self(key))
    }

    /// The key as an OpenSSH private key file.
    pub fn to_openssh(&self) -> Result<Zeroizing<String>, ReceiptKeyFault> {
        self.0
            .to_openssh(LineEnding::LF)
            .map_err(|_| ReceiptKeyFault::Form)
    }

    /// Signs a receipt's bytes; the same bytes get the same signature. The text is a `.sig` file.
    pub fn sign(&self, receipt: &[u8]) -> Result<String, NotSigned> {
        self.sign_as(RECEIPT_NAMESPACE, receipt)
    }

    /// Signs a checkpoint of the trail. It is in a namespace of its own: no receipt can pass for one.
    pub fn sign_checkpoint(&self, checkpoint: &[u8]) -> Result<String, NotSigned> {
        self.sign_as(CHECKPOINT, checkpoint)
    }

    /// The public half.
    pub fn verifier(&self) -> ReceiptVerifier {
        ReceiptVerifier(self.0.public_key().clone())
    }

    fn sign_as(&self, namespace: &str, message: &[u8]) -> Result<String, NotSigned> {
        self.0
            .sign(namespace, HashAlg::Sha512, message)
            .and_then(|signature| signature.to_pem(LineEnding::LF))
            .map_err(NotSigned)
    }
}

impl ReceiptVerifier {
    /// Reads the public key, as an OpenSSH line.
    pub fn parse(line: &str) -> Result<Self, PublicKeyFault> {
        let line = PublicKey::parse(line)?.line();
        ssh_key::PublicKey::from_openssh(&line)
            .map(Self)
            .map_err(|_| PublicKeyFault::Form)
    }

    /// The public key as an OpenSSH line without a comment.
    pub fn line(&self) -> String {
        let bare = ssh_key::PublicKey::new(self.0.key_data().clone(), "");
        bare.to_openssh().unwrap_or_default().trim_end().to_owned()
    }

    /// The key's fingerprint, `SHA256:…`.
    pub fn fingerprint(&self) -> String {
        self.0.fingerprint(HashAlg::Sha256).to_string()
    }

    /// Whether this is the council's signature of just these bytes, as a receipt.
    pub fn verify(&self, receipt: &[u8], signature: &str) -> Verdict {
        self.verify_as(RECEIPT_NAMESPACE, receipt, signature)
    }

    /// Whether this is the council's signature of just these bytes, as a checkpoint.
    pub fn verify_checkpoint(&self, checkpoint: &[u8], signature: &str) -> Verdict {
        self.verify_as(CHECKPOINT, checkpoint, signature)
    }

    fn verify_as(&self, namespace: &str, message: &[u8], signature: &str) -> Verdict {
        let Ok(signature) = SshSig::from_pem(signature) else {
            return Verdict::NotASignature;
        };
        match self.0.verify(namespace, message, &signature) {
            Ok(()) => Verdict::Good,
            Err(_) => Verdict::Bad,
        }
    }
}

/// What a signature proves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Verdict {
    /// Signed by this key, for this purpose, over just these bytes.
    Good,
    /// A signature of something else, by another key, or for another purpose.
    Bad,
    /// Not an OpenSSH signature.
    NotASignature,
}

impl fmt::Debug for ReceiptKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReceiptKey(…)")
    }
}

/// What the key may sign, as `allowed_signers` says it.
pub(super) const NAMESPACES: &str = "pillarbox-receipt,pillarbox-checkpoint";
/// The namespace of receipts (spec 4).
pub const RECEIPT_NAMESPACE: &str = "pillarbox-receipt";
/// The namespace of the trail's checkpoints.
const CHECKPOINT: &str = "pillarbox-checkpoint";
/// What `ssh-keygen -l` shows beside a new key.
const COMMENT: &str = "pillarbox receipts";

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::*;
    use crate::seal::trial::{self, Kind};

    const RECEIPT_BYTES: &[u8] = b"{\"schema\": \"pillarbox/receipt/v1\"}\n";

    /// The very command of spec 4.
    fn ssh_keygen_verifies(signers: &Path, signature: &Path, receipt: &[u8]) -> bool {
        let args = [
            "-Y",
            "verify",
            "-I",
            "receipts@council.example",
            "-n",
            "pillarbox-receipt",
            "-f",
        ];
        let args = [&args[..], &[signers.to_str().unwrap(), "-s"]].concat();
        trial::run("ssh-keygen", &args, signature, receipt)
            .status
            .success()
    }

    #[test]
    fn ssh_keygen_verifies_a_receipt_with_nothing_but_allowed_signers() {
        let key = ReceiptKey::generate().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let [signers, signature] =
            ["allowed_signers", "X.json.sig"].map(|name| folder.path().join(name));
        let line = key.verifier().line();
        let line = format!("receipts@council.example namespaces=\"pillarbox-receipt\" {line}\n");
        fs::write(&signers, line).unwrap();
        fs::write(&signature, key.sign(RECEIPT_BYTES).unwrap()).unwrap();
        assert!(ssh_keygen_verifies(&signers, &signature, RECEIPT_BYTES));
        assert!(!ssh_keygen_verifies(&signers, &signature, b"{}"));
        fs::write(&signature, key.sign_checkpoint(RECEIPT_BYTES).unwrap()).unwrap();
        assert!(!ssh_keygen_verifies(&signers, &signature, RECEIPT_BYTES));
    }

    #[test]
    fn a_signature_is_the_same_each_time_and_proves_only_its_own_bytes() {
        let key = ReceiptKey::generate().unwrap();
        let signature = key.sign(RECEIPT_BYTES).unwrap();
        assert_eq!(key.sign(RECEIPT_BYTES).unwrap(), signature);
        let verifier = ReceiptVerifier::parse(&key.verifier().line()).unwrap();
        assert_eq!(verifier.verify(RECEIPT_BYTES, &signature), Verdict::Good);
        assert_eq!(verifier.verify(b"{}", &signature), Verdict::Bad);
        assert_eq!(
            verifier.verify_checkpoint(RECEIPT_BYTES, &signature),
            Verdict::Bad
        );
        assert_eq!(verifier.verify(RECEIPT_BYTES, "x"), Verdict::NotASignature);
        let other = ReceiptKey::generate().unwrap().verifier();
        assert_eq!(other.verify(RECEIPT_BYTES, &signature), Verdict::Bad);
    }

    #[test]
    fn a_key_reads_back_and_ssh_keygens_own_is_taken() {
        let key = ReceiptKey::generate().unwrap();
        let again = ReceiptKey::from_openssh(key.to_openssh().unwrap().as_bytes()).unwrap();
        assert_eq!(again.verifier().line(), key.verifier().line());
        let made = trial::ssh_keygen(Kind::Ed25519);
        let key = ReceiptKey::from_openssh(made.private.as_bytes()).unwrap();
        assert_eq!(key.verifier().fingerprint(), made.fingerprint());
    }

    #[test]
    fn keys_of_other_kinds_and_locked_ones_are_refused() {
        let fault = |text: &str| ReceiptKey::from_openssh(text.as_bytes()).err();
        let rsa = trial::ssh_keygen(Kind::Rsa(2048)).private;
        let locked = trial::ssh_keygen_with(Kind::Ed25519, "correct horse").private;
        assert_eq!(fault(&rsa), Some(ReceiptKeyFault::Kind));
        assert_eq!(fault(&locked), Some(ReceiptKeyFault::Encrypted));
        assert_eq!(fault("x"), Some(ReceiptKeyFault::Form));
    }
}
