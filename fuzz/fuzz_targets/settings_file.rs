//! The council's settings: settings, or what is wrong with them and where; a remark at the end changes nothing.

#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use pillarbox::config::{Settings, Severity};

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let file = Path::new("/etc/pillarbox/pillarbox.toml");
    let settings = match Settings::parse(file, text) {
        Ok(settings) => settings,
        Err(wrong) => {
            let lines = text.split('\n').count() + 1;
            assert!(
                wrong
                    .iter()
                    .any(|complaint| complaint.severity == Severity::Error)
            );
            for complaint in wrong.iter() {
                assert_eq!(complaint.file, file);
                assert!(!complaint.what.is_empty() && !complaint.hint.is_empty());
                assert!(
                    complaint
                        .place
                        .is_none_or(|place| place.line <= lines && place.column > 0)
                );
            }
            return;
        }
    };
    for folder in [
        &settings.state,
        &settings.boxes,
        &settings.schools,
        &settings.keys,
    ] {
        assert!(folder.is_absolute());
    }
    assert!(!settings.council.name.is_empty() && (200..=998).contains(&settings.council.la));
    assert!(!settings.council.domain.is_empty() && settings.intake.max_bad_rows <= 100);
    let remarked = format!("{text}\n# A remark.\n");
    assert_eq!(Settings::parse(file, &remarked).ok(), Some(settings));
});
