//! Every act that went into the trail is told to the log once, and counted. The trail holds ids, counts and
//! hashes; of those only ids, counts and words go on from here: no fingerprint, no hash of a file.

use serde_json::Value;
use tracing::{debug, info, warn};

use crate::{
    ledger::{Act, Actor, Verb},
    transport::metrics::Tallies,
};

/// Logs one act, in one line. Counts of rows stand in one field, because their names differ by kind.
pub(super) fn tell(act: &Act) {
    let subject = act.subject.as_str();
    let of = |letter: char| is_id(subject, letter).then_some(subject);
    let text = |key: &str| act.detail.get(key).and_then(Value::as_str);
    let (actor, uid) = match &act.actor {
        Actor::System => ("daemon", None),
        Actor::Operator { uid, .. } => ("operator", Some(*uid)),
        Actor::School { .. } => ("school", None),
    };
    macro_rules! line {
        ($level:ident) => {
            $level!(
                act = act.verb.word(),
                school = act.school.map(tracing::field::display),
                submission = of('S'),
                release = of('R'),
                request = of('Q'),
                notice = of('D'),
                actor,
                uid,
                kind = text("kind"),
                outcome = text("outcome"),
                trigger = text("trigger"),
                why = text("why"),
                codes = words(&act.detail),
                counts = counts(&act.detail),
                "{}",
                act.verb.sentence().trim()
            )
        };
    }
    match act.verb {
        // Its outcome follows within moments, in a line of its own.
        Verb::UploadTaken | Verb::FileTouched => line!(debug),
        Verb::ExtractRefused => line!(warn),
        _ => line!(info),
    }
}

/// Counts one act.
pub(super) fn count(act: &Act, tallies: &Tallies) {
    tallies.act(act.verb.word());
    let text = |key: &str| act.detail.get(key).and_then(Value::as_str);
    let numbers = act.detail.get("counts").and_then(Value::as_object);
    let numbers = numbers
        .into_iter()
        .flatten()
        .filter_map(|(word, number)| Some((word, number.as_u64()?)));
    match act.verb {
        Verb::SubmissionJudged => {
            tallies.upload(
                text("kind").unwrap_or("unknown"),
                text("outcome").unwrap_or_default(),
            );
            numbers.for_each(|(fate, number)| tallies.rows(fate, number));
        }
        Verb::ReleasePlanned => {
            tallies.release(text("trigger").unwrap_or_default(), "released");
            numbers.for_each(|(fate, number)| tallies.pupils(fate, number));
        }
        Verb::ReleaseHeld => {
            tallies.release(text("trigger").unwrap_or_default(), "held");
            tallies.release_held(text("why").unwrap_or_default());
        }
        _ => {}
    }
}

/// Whether it is an id such as `S000123`. What a breach is about may be a key's fingerprint.
fn is_id(subject: &str, letter: char) -> bool {
    subject.strip_prefix(letter).is_some_and(|digits| {
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// The codes of problems, such as `dob-missing upn-invalid`.
fn words(detail: &Value) -> Option<String> {
    let codes = detail.get("codes")?.as_array()?;
    let codes: Vec<&str> = codes.iter().filter_map(Value::as_str).collect();
    (!codes.is_empty()).then(|| codes.join(" "))
}

/// The counts that are not nought, such as `rows=120 new=117`.
fn counts(detail: &Value) -> Option<String> {
    let counts = detail.get("counts")?.as_object()?;
    let told: Vec<String> = counts
        .iter()
        .filter_map(|(word, number)| Some((word, number.as_u64().filter(|n| *n > 0)?)))
        .map(|(word, number)| format!("{word}={number}"))
        .collect();
    (!told.is_empty()).then(|| told.join(" "))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_ids_are_named() {
        assert!(is_id("S000123", 'S'));
        for other in ["SHA256:abc", "S", "R000001", "8604001"] {
            assert!(!is_id(other, 'S'), "{other}");
        }
    }

    #[test]
    fn counts_and_codes_are_told_in_words() {
        let detail =
            json!({"counts": {"rows": 3, "new": 2, "lapsed": 0}, "codes": ["dob-missing"]});
        assert_eq!(counts(&detail).unwrap(), "new=2 rows=3");
        assert_eq!(words(&detail).unwrap(), "dob-missing");
        assert_eq!(counts(&json!({})), None);
    }
}
