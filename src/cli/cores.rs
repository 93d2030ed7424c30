//! No core file: what is in this program's memory are keys, names and dates of birth.

use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};

/// From now on a crash leaves nothing of our memory behind, and no other process of this user can look into
/// it. A system that refuses is one that has seen to it otherwise.
pub(super) fn none() {
    let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    let _ = setrlimit(Resource::Core, none);
}
