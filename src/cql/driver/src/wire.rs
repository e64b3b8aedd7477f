//! Bytes between the two languages: big-endian numbers and lengths before contents, as in the native protocol.

use crate::failure::{Code, Failure};
use scylla::cluster::metadata::{CollectionType, ColumnType, NativeType};

/// Takes from the front of a buffer that C++ wrote. What does not fit is a bug of ours, and an error.
pub struct Reader<'a> {
    rest: &'a [u8],
}

fn short() -> Failure {
    Failure::new(Code::Internal, "a request is shorter than it says")
}

impl<'a> Reader<'a> {
    pub fn new(rest: &'a [u8]) -> Self {
        Reader { rest }
    }

    pub fn take(&mut self, size: usize) -> Result<&'a [u8], Failure> {
        let (taken, rest) = self.rest.split_at_checked(size).ok_or_else(short)?;
        self.rest = rest;
        Ok(taken)
    }

    fn number<const SIZE: usize>(&mut self) -> Result<[u8; SIZE], Failure> {
        self.take(SIZE)?.try_into().map_err(|_| short())
    }

    pub fn byte(&mut self) -> Result<u8, Failure> {
        Ok(self.number::<1>()?[0])
    }

    pub fn short(&mut self) -> Result<u16, Failure> {
        Ok(u16::from_be_bytes(self.number()?))
    }

    pub fn int(&mut self) -> Result<i32, Failure> {
        Ok(i32::from_be_bytes(self.number()?))
    }

    pub fn count(&mut self) -> Result<usize, Failure> {
        usize::try_from(self.int()?).map_err(|_| short())
    }

    pub fn bytes(&mut self) -> Result<&'a [u8], Failure> {
        let size = self.count()?;
        self.take(size)
    }

    /// Nothing is left.
    pub fn end(&self) -> Result<(), Failure> {
        if self.rest.is_empty() {
            Ok(())
        } else {
            Err(Failure::new(Code::Internal, "a request is longer than it says"))
        }
    }

    pub fn text(&mut self) -> Result<&'a str, Failure> {
        std::str::from_utf8(self.bytes()?).map_err(|_| Failure::new(Code::Invalid, "a text is not UTF-8"))
    }
}

pub fn put_short(out: &mut Vec<u8>, number: usize) {
    out.extend_from_slice(&u16::try_from(number).unwrap_or(u16::MAX).to_be_bytes());
}

pub fn put_int(out: &mut Vec<u8>, number: usize) {
    out.extend_from_slice(&i32::try_from(number).unwrap_or(i32::MAX).to_be_bytes());
}

/// [string]; names of columns and types are far below its limit.
pub fn put_string(out: &mut Vec<u8>, text: &str) {
    put_short(out, text.len());
    out.extend_from_slice(text.as_bytes());
}

/// [bytes]
pub fn put_bytes(out: &mut Vec<u8>, bytes: Option<&[u8]>) {
    match bytes {
        Some(bytes) => {
            put_int(out, bytes.len());
            out.extend_from_slice(bytes);
        }
        None => out.extend_from_slice(&(-1i32).to_be_bytes()),
    }
}

fn native_code(native: &NativeType) -> Option<usize> {
    Some(match native {
        NativeType::Ascii => 0x01,
        NativeType::BigInt => 0x02,
        NativeType::Blob => 0x03,
        NativeType::Boolean => 0x04,
        NativeType::Counter => 0x05,
        NativeType::Decimal => 0x06,
        NativeType::Double => 0x07,
        NativeType::Float => 0x08,
        NativeType::Int => 0x09,
        NativeType::Timestamp => 0x0B,
        NativeType::Uuid => 0x0C,
        NativeType::Text => 0x0D,
        NativeType::Varint => 0x0E,
        NativeType::Timeuuid => 0x0F,
        NativeType::Inet => 0x10,
        NativeType::Date => 0x11,
        NativeType::Time => 0x12,
        NativeType::SmallInt => 0x13,
        NativeType::TinyInt => 0x14,
        NativeType::Duration => 0x15,
        _ => return None,
    })
}

/// [option]; a type that C++ has no number for is a custom one.
pub fn put_type(out: &mut Vec<u8>, what: &ColumnType) {
    match what {
        ColumnType::Native(native) if native_code(native).is_some() => {
            put_short(out, native_code(native).unwrap_or_default());
        }
        ColumnType::Collection { typ: CollectionType::List(element), .. } => {
            put_short(out, 0x20);
            put_type(out, element);
        }
        ColumnType::Collection { typ: CollectionType::Map(key, value), .. } => {
            put_short(out, 0x21);
            put_type(out, key);
            put_type(out, value);
        }
        ColumnType::Collection { typ: CollectionType::Set(element), .. } => {
            put_short(out, 0x22);
            put_type(out, element);
        }
        ColumnType::UserDefinedType { definition, .. } => {
            put_short(out, 0x30);
            put_string(out, &definition.keyspace);
            put_string(out, &definition.name);
            put_short(out, definition.field_types.len());
            for (name, field) in &definition.field_types {
                put_string(out, name);
                put_type(out, field);
            }
        }
        ColumnType::Tuple(fields) => {
            put_short(out, 0x31);
            put_short(out, fields.len());
            for field in fields {
                put_type(out, field);
            }
        }
        _ => {
            put_short(out, 0x00);
            put_string(out, "other");
        }
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use std::alloc::{GlobalAlloc, Layout, System};
    use std::cell::Cell;

    thread_local! {
        static TAKEN: Cell<usize> = const { Cell::new(0) };
    }

    /// Counts what each thread takes.
    struct Counting;

    #[global_allocator]
    static ALLOCATOR: Counting = Counting;

    // SAFETY: the system's.
    unsafe impl GlobalAlloc for Counting {
        unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
            TAKEN.set(TAKEN.get() + layout.size());
            // SAFETY: as promised by the caller.
            unsafe { System.alloc(layout) }
        }

        unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
            // SAFETY: as promised by the caller.
            unsafe { System.dealloc(memory, layout) }
        }
    }

    /// What this thread took of memory for some work, even if it gave it back.
    pub fn allocated<T>(work: impl FnOnce() -> T) -> (T, usize) {
        let before = TAKEN.get();
        let result = work();
        (result, TAKEN.get() - before)
    }

    /// Bytes that look random, the same for the same seed.
    pub fn noise(seed: u64, size: usize) -> Vec<u8> {
        let mut state = seed.wrapping_mul(2).wrapping_add(1);
        (0..size)
            .map(|_| {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                // Small numbers are lengths that fit, now and then.
                if state % 3 == 0 { (state >> 32) as u8 } else { (state >> 32) as u8 & 3 }
            })
            .collect()
    }

    /// The same bytes but for a few, somewhere.
    pub fn changed(whole: &[u8], seed: u64) -> Vec<u8> {
        let mut changed = whole.to_vec();
        let at = seed as usize % changed.len();
        for (byte, other) in changed[at..].iter_mut().zip(noise(seed, 4)) {
            *byte = other;
        }
        changed
    }

    #[test]
    fn noise_is_read_up_to_its_end_or_refused() {
        for seed in 0..100_000 {
            let bytes = noise(seed, seed as usize % 64);
            let mut from = Reader::new(&bytes);
            let mut steps = 0;
            loop {
                let read = match (seed + steps) % 6 {
                    0 => from.byte().map(|_| ()),
                    1 => from.short().map(|_| ()),
                    2 => from.int().map(|_| ()),
                    3 => from.count().map(|_| ()),
                    4 => from.bytes().map(|_| ()),
                    _ => from.text().map(|_| ()),
                };
                if read.is_err() {
                    break;
                }
                steps += 1;
                assert!(steps <= bytes.len() as u64);
            }
        }
    }

    #[test]
    fn what_was_written_is_read() {
        let mut out = Vec::new();
        put_short(&mut out, 65_535);
        put_int(&mut out, 77);
        put_bytes(&mut out, Some(b"\xC3\xA4"));
        put_bytes(&mut out, None);
        let mut from = Reader::new(&out);
        assert_eq!(from.short().unwrap(), 65_535);
        assert_eq!(from.int().unwrap(), 77);
        assert_eq!(from.text().unwrap(), "\u{e4}");
        assert!(from.bytes().is_err(), "a length below zero");
        assert!(from.byte().is_err());
    }
}
