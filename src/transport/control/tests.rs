use std::{
    fs,
    io::{Read, Write},
    os::unix::{
        fs::PermissionsExt,
        net::{UnixListener, UnixStream},
    },
    path::Path,
    thread,
};

use serde::{Deserialize, Serialize};

use super::*;

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Request {
    Echo { words: String },
    Who,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Reply {
    words: String,
}

/// Serves while `during` runs.
fn serving(path: &Path, during: impl FnOnce()) {
    let listener = ControlListener::listen(path).unwrap();
    let stopper = listener.stopper();
    thread::scope(|scope| {
        let server = scope.spawn(|| {
            listener.serve(|peer: &Peer, request: Request| Reply {
                words: match request {
                    Request::Echo { words } => words,
                    Request::Who => peer.to_string(),
                },
            });
        });
        during();
        stopper.stop();
        server.join().unwrap();
    });
    assert!(!path.exists());
}

fn echo(path: &Path, words: &str) -> Result<Reply, CallError> {
    let words = words.to_owned();
    call(path, &Request::Echo { words })
}

#[test]
fn a_command_is_answered_and_its_user_known() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("control.sock");
    serving(&path, || {
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o660);
        assert_eq!(
            echo(&path, "line\nbreak \u{1f600}").unwrap().words,
            "line\nbreak \u{1f600}"
        );
        let who = call::<_, Reply>(&path, &Request::Who).unwrap();
        assert_eq!(who.words, Peer::own().to_string());
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    });
}

#[test]
fn commands_are_answered_side_by_side() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("control.sock");
    serving(&path, || {
        let _silent = UnixStream::connect(&path).unwrap();
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| assert_eq!(echo(&path, "x").unwrap().words, "x"));
            }
        });
    });
}

#[test]
fn without_a_daemon_the_command_is_told_so() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("control.sock");
    assert!(matches!(echo(&path, "x"), Err(CallError::NotRunning)));
    drop(UnixListener::bind(&path).unwrap());
    assert!(path.exists());
    assert!(matches!(echo(&path, "x"), Err(CallError::NotRunning)));
    serving(&path, || assert!(echo(&path, "x").is_ok()));
}

#[test]
fn a_second_daemon_is_refused_and_other_files_are_never_replaced() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("control.sock");
    serving(&path, || {
        let second = ControlListener::listen(&path);
        assert!(matches!(second, Err(ControlError::AlreadyRunning(_))));
        assert!(echo(&path, "x").is_ok());
    });
    fs::write(&path, "mine").unwrap();
    let on_a_file = ControlListener::listen(&path);
    assert!(matches!(on_a_file, Err(ControlError::NotASocket(_))));
    assert_eq!(fs::read(&path).unwrap(), b"mine");
}

#[test]
fn what_is_no_request_or_too_long_is_not_understood() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("control.sock");
    serving(&path, || {
        let answer = |bytes: &[u8]| {
            let mut stream = UnixStream::connect(&path).unwrap();
            let _ = stream.write_all(bytes);
            let _ = stream.shutdown(std::net::Shutdown::Write);
            let mut reply = String::new();
            let _ = stream.read_to_string(&mut reply);
            reply
        };
        for bytes in [
            &b"\n"[..],
            b"GET / HTTP/1.1\r\n",
            b"\"who\"",
            b"{\"launch\":{}}\n",
        ] {
            assert_eq!(answer(bytes), "\"not-understood\"\n");
        }
        assert_eq!(
            answer(b"\"who\"\n"),
            format!("{{\"reply\":{{\"words\":\"{}\"}}}}\n", Peer::own())
        );
        let long = echo(&path, &"x".repeat(2 << 20));
        assert!(matches!(
            long,
            Err(CallError::NotUnderstood | CallError::CutOff)
        ));
        let fits = "x".repeat(1 << 19);
        assert_eq!(echo(&path, &fits).unwrap().words, fits);
    });
}

#[test]
fn a_long_path_is_no_obstacle() {
    let dir = tempfile::tempdir().unwrap();
    let deep = dir.path().join("deep".repeat(40));
    fs::create_dir(&deep).unwrap();
    let path = deep.join("control.sock");
    serving(&path, || assert!(echo(&path, "x").is_ok()));
}
