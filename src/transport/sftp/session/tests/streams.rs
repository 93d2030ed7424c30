//! Clients that speak no SFTP, or too little of it.

use super::*;

#[test]
fn a_stream_that_is_no_sftp_is_given_up() {
    let school = School::new();
    let broken = |bytes: &[u8]| {
        let visitor = school.client().session.visitor.clone();
        let mut session = school.premises.welcome(visitor).unwrap();
        session.receive(bytes);
        session.answer(&mut BytesMut::new(), 1000).unwrap_err()
    };
    assert_eq!(broken(b"\0\0\0\x05\x03\0\0\0\x01"), Broken::NoGreeting);
    assert_eq!(broken(b"SSH-2.0-lost\r\n"), Broken::TooLong(0x5353_482d));
    assert_eq!(broken(b"\0\0\0\0"), Broken::Empty);
    assert_eq!(
        broken(b"\0\0\0\x05\x01\0\0\0\x03\0\0\0\x05\x01\0\0\0\x03"),
        Broken::NoGreeting
    );
}

#[test]
fn a_request_that_holds_too_little_is_answered_under_its_id() {
    let school = School::new();
    let mut client = school.client();
    for kind in (3..=20).filter(|kind| !NEVER.contains(kind)) {
        assert_eq!(
            client.done(Ask::Other(kind, b"\0\0\0\x09a")),
            Err(Status::BadMessage),
            "{kind}"
        );
    }
    assert_eq!(
        client.done(Ask::Other(number::EXTENDED, b"")),
        Err(Status::BadMessage)
    );
    assert_eq!(
        client.done(Ask::Other(number::EXTENDED, b"\0\0\0\x01x")),
        Err(Status::Unsupported)
    );
}
