//! What a monitoring system sees of a running daemon, over real HTTP (docs/metrics.md).

use std::{
    collections::BTreeSet,
    fs,
    io::{Read, Write},
    net::TcpStream,
    path::Path,
    thread::sleep,
    time::Duration as Wait,
};

use crate::{
    running::{Daemon, answered, lay_extract, list, present, soon},
    world::{SCHOOL, World},
};

/// Has the daemon serve metrics at any free port.
pub(crate) fn with_metrics(world: &World) {
    world.set("metrics.listen", "\"127.0.0.1:0\"");
}

/// Where the daemon that was started last serves metrics, as its log says.
pub(crate) fn address(daemon: &Daemon) -> String {
    let log = daemon.log();
    let line = log
        .lines()
        .rfind(|line| line.contains("metrics are served"))
        .expect("a line that tells the address");
    let line: serde_json::Value = serde_json::from_str(line).unwrap();
    line["fields"]["listen"].as_str().unwrap().to_owned()
}

/// One HTTP answer.
pub(crate) struct Answer {
    pub(crate) head: String,
    pub(crate) body: String,
}

pub(crate) fn ask(address: &str, method: &str, path: &str) -> Answer {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Wait::from_secs(20))).unwrap();
    let question = format!("{method} {path} HTTP/1.1\r\nHost: metrics\r\n\r\n");
    stream.write_all(question.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    Answer {
        head: head.to_owned(),
        body: body.to_owned(),
    }
}

pub(crate) fn scrape(daemon: &Daemon) -> String {
    ask(&address(daemon), "GET", "/metrics").body
}

/// The value of the one sample whose line begins so.
pub(crate) fn value(scrape: &str, sample: &str) -> Option<f64> {
    let line = scrape.lines().find(|line| {
        line.strip_prefix(sample)
            .is_some_and(|rest| rest.starts_with(' '))
    })?;
    line.rsplit(' ').next().unwrap().parse().ok()
}

/// The names of all metrics in a scrape, as its `# TYPE` lines tell them.
pub(crate) fn names(scrape: &str) -> BTreeSet<String> {
    scrape
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE "))
        .map(|line| line.split(' ').next().unwrap().to_owned())
        .collect()
}

fn file(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

#[test]
fn a_scrape_tells_what_happened_and_how_things_stand() {
    let world = present();
    with_metrics(&world);
    let daemon = Daemon::start(&world);
    world.drop_file(SCHOOL, "leavers.csv", list(3));
    soon("the receipt", || answered(&world) == 1);
    lay_extract(&world, 3);
    world.run(&["release", "--school", SCHOOL]).done("release");
    world
        .run(&["hold", "--all", "--reason", "made-up"])
        .done("hold");
    soon("numbers of it", || {
        value(&scrape(&daemon), "pillarbox_holds{scope=\"all\"}") == Some(1.0)
    });
    let page = ask(&address(&daemon), "GET", "/metrics");
    assert!(page.head.starts_with("HTTP/1.1 200"), "{}", page.head);
    assert!(
        page.head
            .contains("content-type: application/openmetrics-text; version=1.0.0; charset=utf-8"),
        "{}",
        page.head
    );
    let page = page.body;
    assert!(page.ends_with("# EOF\n"), "{page}");
    for (sample, expected) in [
        (
            "pillarbox_uploads_total{kind=\"consent-list\",outcome=\"accepted\"}",
            1.0,
        ),
        ("pillarbox_upload_rows_total{fate=\"new\"}", 3.0),
        ("pillarbox_consents{standing=\"in-force\"}", 3.0),
        (
            "pillarbox_releases_total{trigger=\"operator\",outcome=\"released\"}",
            1.0,
        ),
        ("pillarbox_release_pupils_total{fate=\"shared\"}", 3.0),
        ("pillarbox_receipt_seconds_count", 1.0),
        ("pillarbox_extract_rows", 3.0),
        ("pillarbox_files_in_outboxes", 1.0),
        ("pillarbox_schools{agreement=\"in-force\"}", 1.0),
        ("pillarbox_ledger_writable", 1.0),
        ("pillarbox_rehearsal", 0.0),
        ("pillarbox_waiting{what=\"uploads\"}", 0.0),
    ] {
        assert_eq!(value(&page, sample), Some(expected), "{sample}\n{page}");
    }
    for sample in [
        "pillarbox_disk_free_bytes{folder=\"state\"}",
        "pillarbox_last_progress_timestamp_seconds",
        "pillarbox_last_done_timestamp_seconds{what=\"release\"}",
        "pillarbox_ledger_bytes{file=\"main\"}",
        "pillarbox_sftp_start_timestamp_seconds",
    ] {
        assert!(
            value(&page, sample).is_some_and(|v| v > 0.0),
            "{sample}\n{page}"
        );
    }
    assert!(daemon.stop().success());
}

#[test]
fn every_metric_is_documented_and_every_documented_one_is_there() {
    let world = present();
    with_metrics(&world);
    let daemon = Daemon::start(&world);
    world.drop_file(SCHOOL, "leavers.csv", list(3));
    soon("the receipt", || answered(&world) == 1);
    lay_extract(&world, 3);
    world.run(&["release", "--school", SCHOOL]).done("release");
    soon("a gathering", || {
        scrape(&daemon).contains("pillarbox_extract_rows")
    });
    let there = names(&scrape(&daemon));
    let page = file("docs/metrics.md");
    let told: BTreeSet<String> = page
        .split('`')
        .filter(|word| word.starts_with("pillarbox_"))
        .map(|word| {
            word.split('{')
                .next()
                .unwrap()
                .trim_end_matches("_total")
                .to_owned()
        })
        .collect();
    let untold: Vec<_> = there.difference(&told).collect();
    assert!(untold.is_empty(), "not in docs/metrics.md: {untold:?}");
    // These are there only once there is something to tell.
    let sometimes = [
        "pillarbox_breach_report_due_timestamp_seconds",
        "pillarbox_releases_held",
    ];
    let gone: Vec<_> = told
        .difference(&there)
        .filter(|name| !sometimes.contains(&name.as_str()))
        .collect();
    assert!(
        gone.is_empty(),
        "in docs/metrics.md and nowhere else: {gone:?}"
    );
    assert!(daemon.stop().success());
}

#[test]
fn alerts_speak_of_metrics_that_there_are() {
    let world = present();
    with_metrics(&world);
    let daemon = Daemon::start(&world);
    let page = scrape(&daemon);
    let mut there = names(&page);
    there.extend(names(&page).iter().map(|name| format!("{name}_total")));
    there.extend(names(&page).iter().map(|name| format!("{name}_bucket")));
    // Told only once there is something to tell, and documented.
    let documented = file("docs/metrics.md");
    let rules = file("config/alerts.yml");
    let mut alerts = 0;
    for rule in rules.split("- alert: ").skip(1) {
        alerts += 1;
        for part in ["expr:", "summary:", "description:", "severity:"] {
            assert!(rule.contains(part), "{part} is missing in {rule}");
        }
        for name in metrics_in(rule) {
            assert!(
                there.contains(&name)
                    || documented.contains(&format!("`{name}`"))
                    || documented.contains(&format!("`{name}{{")),
                "{name} is nowhere\n{rule}"
            );
        }
    }
    assert!(alerts >= 12, "{alerts} alerts");
    assert!(daemon.stop().success());
}

/// Every `pillarbox_…` that a rule's expression names.
fn metrics_in(rule: &str) -> Vec<String> {
    let expression = rule.split("expr:").nth(1).unwrap();
    let expression = expression.split("labels:").next().unwrap();
    expression
        .split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .filter(|word| word.starts_with("pillarbox_"))
        .map(str::to_owned)
        .collect()
}

#[test]
fn only_two_pages_and_two_methods_are_answered() {
    let world = present();
    with_metrics(&world);
    let daemon = Daemon::start(&world);
    let at = address(&daemon);
    // It is ready before its first look at everything.
    soon("good health", || {
        ask(&at, "GET", "/health").head.contains(" 200 ")
    });
    for (method, path, status) in [
        ("GET", "/health", "200"),
        ("HEAD", "/metrics", "200"),
        ("POST", "/metrics", "405"),
        ("GET", "/", "404"),
        ("GET", "/../etc/passwd", "404"),
    ] {
        let answer = ask(&at, method, path);
        let got = answer.head.split(' ').nth(1).unwrap();
        assert_eq!(got, status, "{method} {path}\n{}", answer.head);
        if method == "HEAD" {
            assert_eq!(answer.body, "");
        }
    }
    assert!(ask(&at, "GET", "/health").body.starts_with("ok: "));
    assert!(daemon.stop().success());
}

#[test]
fn idle_clients_keep_nobody_from_a_scrape_for_long() {
    let world = present();
    with_metrics(&world);
    let daemon = Daemon::start(&world);
    let at = address(&daemon);
    let mut idle: Vec<TcpStream> = (0..40).map(|_| TcpStream::connect(&at).unwrap()).collect();
    idle[0]
        .write_all(b"GET /metrics HTTP/1.1\r\nHost: ")
        .unwrap();
    sleep(Wait::from_millis(200));
    // More than there are places for: whoever comes next waits until the idle ones were put out.
    assert!(ask(&at, "GET", "/metrics").body.ends_with("# EOF\n"));
    drop(idle);
    assert!(daemon.stop().success());
}

#[test]
fn an_address_that_others_reach_is_warned_of() {
    let world = present();
    world.set("metrics.listen", "\"0.0.0.0:0\"");
    let daemon = Daemon::start(&world);
    assert!(daemon.log().contains("anybody who reaches this address"));
    assert!(daemon.stop().success());
}
