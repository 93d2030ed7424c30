//! The agreement's clauses on what is asked, reported and kept, one test each (`clauses.md`).

use crate::{
    pupils::{list, pupils, records},
    world::{SCHOOL, World, names_in},
};

#[test]
fn clause_2_1_other_times_on_request_subject_to_capacity() {
    let world = World::new();
    world.set("requests.approval", "\"manual\"");
    world.send("leavers.csv", list(&pupils(0..2)));
    world.extract(&records(&pupils(0..2)));
    assert_eq!(world.send("request.txt", "Please.").outcome(), "queued");
    assert!(world.outbox(SCHOOL).is_empty());
    world
        .run_at(&["request", "approve", "Q000001"])
        .done("approve");
    assert_eq!(world.shared().len(), 2);
}

#[test]
fn clause_2_3_a_discrepancy_is_reported_and_answered_with_a_receipt() {
    let world = World::new();
    world.send("leavers.csv", list(&pupils(0..2)));
    let reported = world.send("discrepancy.txt", "One provider is wrong.");
    assert_eq!(reported.outcome(), "accepted");
    let open = world.run_at(&["discrepancy", "list"]).done("list");
    assert!(open.contains("One provider is wrong."), "{open}");
    let resolve = [
        "discrepancy",
        "resolve",
        "S000002",
        "--note",
        "Mended, thank you.",
    ];
    world.run_at(&resolve).done("resolve");
    let answered = world.receipts(SCHOOL).into_iter().any(|receipt| {
        receipt.id() == "S000002"
            && receipt.outcome() == "closed"
            && receipt.text.contains("Mended, thank you.")
    });
    assert!(answered, "the school is told");
}

#[test]
fn clause_2_5_every_store_has_a_retention_that_is_kept() {
    let world = World::new();
    for store in ["disclosures", "receipts"] {
        world.set(&format!("retention.{store}"), "\"60 days\"");
    }
    world.send("leavers.csv", list(&pupils(0..2)));
    world.extract(&records(&pupils(0..2)));
    world.release();
    world.on("2027-01-20").once();
    assert!(names_in(&world.state().join("spool")).is_empty(), "uploads");
    let trail = world.run(&["audit", "export"]).done("audit export");
    for verb in ["uploads-erased", "disclosures-erased", "receipts-erased"] {
        assert!(trail.contains(verb), "{verb}");
    }
    let receipts = world.receipts(SCHOOL);
    assert!(
        receipts
            .iter()
            .all(|r| !r.word("at").starts_with("2026-11"))
    );
    let status = world.run(&["status", "--json"]).done("status");
    assert!(status.contains("\"retention\""));
}
