//! What a session has open, by the handles that its client was given: never more than so many, and none
//! that another session's client could guess its way to, for each session has a table of its own.

use super::wire::{Limit, Refusal, Status};

/// Open things by number.
#[derive(Debug)]
pub(super) struct Handles<T> {
    open: Vec<Option<T>>,
    given: u32,
    numbers: Vec<u32>,
}

impl<T> Handles<T> {
    /// A table with room for so many.
    pub(super) fn with_room(most: usize) -> Self {
        Self {
            open: std::iter::repeat_with(|| None).take(most).collect(),
            given: 0,
            numbers: vec![0; most],
        }
    }

    /// Refuses where the table is full: to be asked before anything is opened.
    pub(super) fn has_room(&self) -> Result<(), Refusal> {
        if self.open.iter().any(Option::is_none) {
            return Ok(());
        }
        let full = "You have too many files open at once. Close one first.";
        Err(Status::Failure.because(full).at(Limit::Handles))
    }

    /// Keeps what was opened; tells its handle. A handle is never given twice in a session.
    pub(super) fn add(&mut self, opened: T) -> Result<[u8; 4], Refusal> {
        self.has_room()?;
        self.given = self.given.wrapping_add(1);
        for (place, number) in self.open.iter_mut().zip(&mut self.numbers) {
            if place.is_none() {
                *place = Some(opened);
                *number = self.given;
                break;
            }
        }
        Ok(self.given.to_be_bytes())
    }

    /// How many may be open at once.
    pub(super) fn room(&self) -> usize {
        self.open.len()
    }

    /// Whether anything is open.
    pub(super) fn is_busy(&self) -> bool {
        self.open.iter().any(Option::is_some)
    }

    /// What a handle stands for.
    pub(super) fn of(&mut self, handle: &[u8]) -> Result<&mut T, Refusal> {
        self.place(handle)?.as_mut().ok_or_else(unknown)
    }

    /// Takes it out of the table.
    pub(super) fn take(&mut self, handle: &[u8]) -> Result<T, Refusal> {
        self.place(handle)?.take().ok_or_else(unknown)
    }

    fn place(&mut self, handle: &[u8]) -> Result<&mut Option<T>, Refusal> {
        let number = handle.try_into().map(u32::from_be_bytes).ok();
        let at = number.and_then(|number| self.numbers.iter().position(|given| *given == number));
        at.and_then(|at| self.open.get_mut(at)).ok_or_else(unknown)
    }
}

fn unknown() -> Refusal {
    Status::Failure.because("Your program speaks of a file that is not open.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handle_stands_for_one_thing_until_it_is_taken() {
        let mut handles = Handles::with_room(2);
        let (a, b) = (handles.add('a').unwrap(), handles.add('b').unwrap());
        assert!(handles.add('c').is_err());
        assert_eq!(handles.of(&b), Ok(&mut 'b'));
        assert_eq!(handles.take(&a), Ok('a'));
        assert!(handles.of(&a).is_err() && handles.take(&a).is_err());
        let c = handles.add('c').unwrap();
        assert_ne!(c, a);
        for nonsense in [b"".as_slice(), b"\0\0\0\0", b"abcdefgh"] {
            assert!(handles.of(nonsense).is_err());
        }
    }
}
