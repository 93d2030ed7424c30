//! The rules by which the school kit reads and judges lists are made of the daemon's own: `kit/src/rules.json`
//! is what this test writes, and it fails where the file says anything else.
//!
//! `PILLARBOX_TELL=1 cargo test --test kit_rules` writes the file anew; the page is then built again.

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, env, fs, path::Path};

    use serde_json::{Value, json};

    use pillarbox::{
        config::Intake,
        domain::{
            destination::Label,
            list_template::{HEADERS, INSTRUCTIONS},
            names::NameRules,
            problem::ProblemCode,
            receipt::SCHEMA,
        },
        flow::validate::{OLDEST_PUPIL, YOUNGEST_PUPIL},
        policy::judge::{
            FEWEST_BAD, ListRules, MOST_CANDIDATES, NOTHING_USED, OLDEST, TOO_ALIKE, TOO_ALIKE_FIX,
            YOUNGEST,
        },
        reading::ReadingRules,
        seal::{DESTINATION_COLUMNS, RECEIPT_NAMESPACE},
    };

    #[test]
    fn the_kit_reads_by_the_daemons_own_rules() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("kit/src/rules.json");
        let mut rules = serde_json::to_string_pretty(&rules()).unwrap();
        rules.push('\n');
        if env::var_os("PILLARBOX_TELL").is_some() {
            fs::write(&path, &rules).unwrap();
        }
        let written = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            written == rules,
            "{} differs: PILLARBOX_TELL=1 cargo test --test kit_rules writes it anew",
            path.display()
        );
    }

    fn rules() -> Value {
        let mut rules = serde_json::to_value(ReadingRules::of_lists()).unwrap();
        rules["limits"]["max_bytes"] = json!(Intake::default().max_bytes);
        for (age, years) in [
            ("youngest_serial", YOUNGEST_PUPIL),
            ("oldest_serial", OLDEST_PUPIL),
            ("youngest_pupil", YOUNGEST),
            ("oldest_pupil", OLDEST),
        ] {
            rules["ages"][age] = json!(years);
        }
        let more = json!({
            "problems": problems(),
            "names": NameRules::in_force(),
            "template": {"headers": HEADERS, "instructions": INSTRUCTIONS},
            "max_bad_rows": ListRules::default().max_bad_rows,
            "fewest_bad": FEWEST_BAD,
            "most_candidates": MOST_CANDIDATES,
            "too_alike": {"message": TOO_ALIKE, "fix": TOO_ALIKE_FIX},
            "nothing_used": NOTHING_USED,
            "destinations": {
                "labels": Label::ALL.map(Label::words),
                "header": DESTINATION_COLUMNS,
            },
            "receipts": {"namespace": RECEIPT_NAMESPACE, "schema": SCHEMA},
        });
        let Value::Object(more) = more else {
            unreachable!("it is written as an object");
        };
        rules.as_object_mut().unwrap().extend(more);
        rules
    }

    fn problems() -> BTreeMap<&'static str, Value> {
        let told = ProblemCode::ALL.iter().map(|code| {
            let (severity, message, fix) = code.words();
            let told = json!({"severity": severity, "message": message, "fix": fix});
            (code.code(), told)
        });
        told.collect()
    }
}
