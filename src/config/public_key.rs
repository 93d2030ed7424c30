//! The shape of public keys: enough to tell a key from half a key, a private one or something else.
//! Whether anything can be sealed to it is for the sealing room to say.

use toml::de::DeValue;

use super::table::Wanted;

/// A public key as OpenSSH writes it: type, base64 and perhaps a comment, on one line.
pub(super) fn public_key(value: &DeValue<'_>) -> Result<String, Wanted> {
    let such_as = "the one line of a .pub file, \"ssh-ed25519 AAAA… name\"";
    let text = value.as_str().unwrap_or_default().trim();
    if text.contains("PRIVATE KEY") {
        let must_be = "a public key; this is a private one, which nobody should use any more";
        return Err(Wanted::new(must_be, such_as));
    }
    if is_public_key(text) {
        Ok(text.to_owned())
    } else {
        Err(Wanted::new("an OpenSSH public key, whole", such_as))
    }
}

/// A native age recipient.
pub(super) fn age_recipient(value: &DeValue<'_>) -> Result<String, Wanted> {
    let text = value.as_str().unwrap_or_default().trim();
    let such_as = "\"age1…\", as age-keygen prints it";
    if text.to_ascii_uppercase().starts_with("AGE-SECRET-KEY-") {
        let must_be = "an age recipient; this is a secret key, which nobody should use any more";
        return Err(Wanted::new(must_be, such_as));
    }
    if is_age_recipient(text) {
        Ok(text.to_owned())
    } else {
        Err(Wanted::new("an age recipient, whole", such_as))
    }
}

/// What makes a public key the same key, whatever its comment says.
pub(super) fn key_itself(line: &str) -> &str {
    line.split_ascii_whitespace().nth(1).unwrap_or(line)
}

fn is_public_key(line: &str) -> bool {
    let mut words = line.split_ascii_whitespace();
    let (Some(kind), Some(encoded)) = (words.next(), words.next()) else {
        return false;
    };
    let Some(blob) = base64(encoded) else {
        return false;
    };
    let mut fields = Fields(&blob);
    let named = fields.next().is_some_and(|name| name == kind.as_bytes());
    let known = KINDS.contains(&kind) && !line.chars().any(char::is_control);
    named && known && fields.by_ref().count() > 0 && fields.0.is_empty()
}

/// The fields of a key: each a length of four bytes, and as many bytes. What is left at the end was
/// cut off.
struct Fields<'b>(&'b [u8]);

impl<'b> Iterator for Fields<'b> {
    type Item = &'b [u8];

    fn next(&mut self) -> Option<&'b [u8]> {
        let (length, rest) = self.0.split_first_chunk::<4>()?;
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        let (field, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some(field)
    }
}

/// Standard base64; padding may be missing but not be wrong.
fn base64(text: &str) -> Option<Vec<u8>> {
    let body = text.trim_end_matches('=');
    let padding = text.len() - body.len();
    if body.len() % 4 == 1 || padding > 2 || (padding > 0 && !text.len().is_multiple_of(4)) {
        return None;
    }
    let mut bytes = Vec::with_capacity(body.len() / 4 * 3 + 2);
    let (mut held, mut bits) = (0_u32, 0);
    for byte in body.bytes() {
        let digit = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        held = (held << 6) | u32::from(digit);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from((held >> bits) & 0xFF).ok()?);
            held &= (1 << bits) - 1;
        }
    }
    Some(bytes)
}

fn is_age_recipient(text: &str) -> bool {
    text.strip_prefix("age1").is_some_and(|body| {
        let data = body.rsplit('1').next().unwrap_or_default();
        data.len() >= SHORTEST_RECIPIENT && data.bytes().all(|b| BECH32.contains(&b))
    })
}

/// All that OpenSSH writes today; some open no files, which the sealing room finds out.
const KINDS: [&str; 7] = [
    "ssh-ed25519",
    "ssh-rsa",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "sk-ssh-ed25519@openssh.com",
    "sk-ecdsa-sha2-nistp256@openssh.com",
];

/// The letters of bech32.
const BECH32: &[u8] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
/// 32 bytes and the checksum, five bits a letter.
const SHORTEST_RECIPIENT: usize = 58;

#[cfg(test)]
mod tests {
    use super::*;

    const ED25519: &str =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB6FYVQNSzoAYHjLcHMOdL6/BTDvSBKRmmfGRvBzNpme";
    const RECIPIENT: &str = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj";

    #[test]
    fn a_whole_key_of_a_known_type_passes_with_or_without_comment() {
        assert!(is_public_key(ED25519));
        assert!(is_public_key(&format!("{ED25519} alex@made-up")));
    }

    #[test]
    fn half_a_key_and_other_things_do_not() {
        let cut = &ED25519[..ED25519.len() - 8];
        let other_type = ED25519.replacen("ssh-ed25519", "ssh-rsa", 1);
        let options = format!("restrict {ED25519}");
        for text in [
            cut,
            &other_type,
            &options,
            "ssh-ed25519",
            "",
            "ssh-ed25519 AAAA…",
            "ssh-ed25519 ====",
        ] {
            assert!(!is_public_key(text), "{text}");
        }
    }

    #[test]
    fn a_recipient_is_told_from_a_secret_and_from_half_a_recipient() {
        assert!(is_age_recipient(RECIPIENT));
        for text in [
            "age1…",
            "age1",
            &RECIPIENT[..50],
            &RECIPIENT.to_uppercase(),
            "age1pq1b",
        ] {
            assert!(!is_age_recipient(text), "{text}");
        }
    }

    #[test]
    fn base64_is_strict() {
        assert_eq!(base64("TWFu").as_deref(), Some(&b"Man"[..]));
        assert_eq!(base64("TWE=").as_deref(), Some(&b"Ma"[..]));
        assert_eq!(base64("TQ").as_deref(), Some(&b"M"[..]));
        for text in ["T", "TW=Fu", "TWE==", "TW Fu", "TWFu===="] {
            assert_eq!(base64(text), None, "{text}");
        }
    }
}
