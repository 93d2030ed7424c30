//! The units of `systemd/`: what `systemd-analyze` itself says of them. Where there is none, it says so.

#[cfg(test)]
mod units {
    use std::{
        fs,
        path::{Path, PathBuf},
        process::Command,
    };

    const UNITS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/systemd");

    /// The worst exposure that a service may have, of ten.
    const WORST: f32 = 1.5;

    #[test]
    fn every_service_is_locked_in_and_says_why_where_it_is_not() {
        if !is_there() {
            return;
        }
        for unit in units("service") {
            let mut analyze = Command::new("systemd-analyze");
            analyze.args(["security", "--offline=true", "--no-pager"]);
            let told = said(analyze.arg(&unit));
            let score = told
                .lines()
                .find(|line| line.contains("Overall exposure level"))
                .unwrap();
            let score = score.split_once("service: ").unwrap().1;
            let score: f32 = score.split(' ').next().unwrap().parse().unwrap();
            assert!(score < WORST, "{}: {score}", unit.display());
            println!("{}: {score}", unit.display());
            let text = fs::read_to_string(&unit).unwrap();
            let off = told.lines().filter_map(|line| line.strip_prefix("✗ "));
            for directive in off.map(|line| line.split(['=', ' ']).next().unwrap()) {
                assert!(
                    text.contains(directive),
                    "{}: {directive} is off, and the unit does not say why",
                    unit.display()
                );
            }
        }
    }

    #[test]
    fn systemd_finds_nothing_wrong_in_any_unit() {
        if !is_there() {
            return;
        }
        // The units look for the installed program; here it is the one that was built.
        let folder = tempfile::tempdir().unwrap();
        let mut copies = Vec::new();
        for kind in ["service", "socket", "timer"] {
            for unit in units(kind) {
                let text = fs::read_to_string(&unit).unwrap();
                let text = text.replace("/usr/bin/pillarbox", env!("CARGO_BIN_EXE_pillarbox"));
                let copy = folder.path().join(unit.file_name().unwrap());
                fs::write(&copy, text).unwrap();
                copies.push(copy);
            }
        }
        assert!(copies.len() >= 5);
        let mut analyze = Command::new("systemd-analyze");
        let told = said(analyze.args(["verify", "--man=no"]).args(&copies));
        assert_eq!(told, "");
    }

    /// What is wrong with the units must not hide behind what is wrong with the tests.
    #[test]
    fn a_wrong_unit_is_found() {
        if !is_there() {
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        let unit = folder.path().join("wrong.service");
        fs::write(
            &unit,
            "[Service]\nExecStart=/nowhere/at/all\nProtectSystm=strict\n",
        )
        .unwrap();
        let mut analyze = Command::new("systemd-analyze");
        let ended = analyze
            .args(["verify", "--man=no"])
            .arg(&unit)
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert!(told.contains("ProtectSystm"), "{told}");
    }

    /// What the program was told of, it names.
    #[test]
    fn units_name_the_keys_that_the_program_reads() {
        let daemon = fs::read_to_string(Path::new(UNITS).join("pillarbox.service")).unwrap();
        let front_end =
            fs::read_to_string(Path::new(UNITS).join("pillarbox-sftp.service")).unwrap();
        for key in ["ledger.key", "receipts", "intake.age"] {
            let line = format!("\nLoadCredential={key}:/etc/pillarbox/keys/{key}\n");
            assert!(daemon.contains(&line), "{key}");
            assert!(!front_end.contains(&line), "{key}");
        }
        let host = "\nLoadCredential=host:/etc/pillarbox/keys/host\n";
        assert!(front_end.contains(host) && !daemon.contains(host));
    }

    fn units(kind: &str) -> Vec<PathBuf> {
        let entries = fs::read_dir(UNITS)
            .unwrap()
            .map(|entry| entry.unwrap().path());
        let units: Vec<_> = entries
            .filter(|path| path.extension().is_some_and(|found| found == kind))
            .collect();
        assert!(!units.is_empty());
        units
    }

    /// Both channels of a command that must succeed.
    fn said(command: &mut Command) -> String {
        let ended = command.output().unwrap();
        let told = [ended.stdout, ended.stderr].concat();
        let told = String::from_utf8_lossy(&told).into_owned();
        assert!(ended.status.success(), "{command:?}: {told}");
        told
    }

    fn is_there() -> bool {
        let there = Command::new("systemd-analyze")
            .arg("--version")
            .output()
            .is_ok();
        if !there {
            eprintln!("no systemd-analyze here: the units are not looked at");
        }
        there
    }
}
