//! What every `IdGenerator` must do.

use std::collections::HashSet;
use std::sync::Arc;
use std::thread;

use domain::model::Id;
use domain::port::IdGenerator;

/// Makes one test per case of this port; the argument gives an `Arc` of it.
#[macro_export]
macro_rules! id_generator_contract {
    ($make:expr) => {
        $crate::__contract! { sync id_generator, ::std::sync::Arc<dyn ::domain::port::IdGenerator>, $make, [
            identifiers_are_never_repeated
            identifiers_are_never_repeated_across_threads
            identifiers_never_go_back_to_an_earlier_second
        ] }
    };
}

fn second(id: Id) -> u32 {
    let bytes = id.to_bytes();
    u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])
}

pub fn identifiers_are_never_repeated(ids: &Arc<dyn IdGenerator>) {
    let mut seen = HashSet::new();
    for _ in 0..100_000 {
        assert!(seen.insert(ids.generate()), "an id came twice");
    }
}

pub fn identifiers_are_never_repeated_across_threads(ids: &Arc<dyn IdGenerator>) {
    let threads: Vec<_> = (0..8)
        .map(|_| {
            let ids = Arc::clone(ids);
            thread::spawn(move || (0..10_000).map(|_| ids.generate()).collect::<Vec<Id>>())
        })
        .collect();
    let made: Vec<Id> = threads.into_iter().flat_map(|thread| thread.join().expect("the thread ends")).collect();
    assert_eq!(made.iter().collect::<HashSet<_>>().len(), made.len(), "two threads made the same id");
}

pub fn identifiers_never_go_back_to_an_earlier_second(ids: &Arc<dyn IdGenerator>) {
    let mut last = 0;
    for _ in 0..100_000 {
        let second = second(ids.generate());
        assert!(second >= last, "an id of a later moment has an earlier second");
        last = second;
    }
}
