//! Running programs: ours and others', and how they ended.

use std::{
    process::{Command, Stdio},
    time::Duration,
};

/// How a command ended.
pub(crate) struct Ended {
    /// The exit code; none where a signal ended it.
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ended {
    pub(crate) fn done(self, what: &str) -> String {
        assert_eq!(
            self.code,
            Some(0),
            "{what} should be done\n{}\n{}",
            self.out,
            self.err
        );
        self.out
    }

    pub(crate) fn exits(self, code: i32, what: &str) -> String {
        assert_eq!(
            self.code,
            Some(code),
            "{what} should exit {code}\n{}\n{}",
            self.out,
            self.err
        );
        format!("{}{}", self.out, self.err)
    }

    pub(crate) fn fails(self, what: &str) -> String {
        assert_ne!(self.code, Some(0), "{what} should fail\n{}", self.out);
        assert!(self.code.is_some(), "{what} was killed\n{}", self.err);
        format!("{}{}", self.out, self.err)
    }
}

/// Runs a command to its end, which must come within two minutes.
pub(crate) fn finish(command: Command) -> Ended {
    finish_told(command, "")
}

/// The same, with something to read.
pub(crate) fn finish_told(command: Command, input: &str) -> Ended {
    let ended = assert_cmd::Command::from_std(command)
        .write_stdin(input)
        .timeout(Duration::from_mins(2))
        .output()
        .unwrap();
    Ended {
        code: ended.status.code(),
        out: String::from_utf8_lossy(&ended.stdout).into_owned(),
        err: String::from_utf8_lossy(&ended.stderr).into_owned(),
    }
}

/// Runs another program, which must succeed, and returns what it printed.
pub(crate) fn finish_quietly(command: &mut Command) -> String {
    let ended = command.stdin(Stdio::null()).output().unwrap();
    let words = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert!(ended.status.success(), "{command:?}: {words}");
    String::from_utf8_lossy(&ended.stdout).into_owned()
}
