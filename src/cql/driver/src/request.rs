//! The requests of a session, read from the bytes that cql/wire.h makes of them. Pure: execution.rs carries them out.
//!
//! What C++ would not have written is refused, whatever it may have meant.

use crate::failure::{Code, Failure};
use crate::wire::Reader;
use scylla::statement::{Consistency, SerialConsistency};
use std::time::Duration;

const IDEMPOTENT: u8 = 1;
const READ: u8 = 2;
const LIGHTWEIGHT: u8 = 4;

#[derive(Debug)]
pub enum Request<'a> {
    Prepare { text: &'a str, limit: Duration },
    Execute { how: How, text: &'a str, values: Vec<Cell<'a>>, page: &'a [u8] },
    Batch { how: How, logged: bool, statements: Vec<(&'a str, Vec<Cell<'a>>)> },
    ChangeSchema { text: &'a str, limit: Duration },
    AgreeOnSchema { limit: Duration },
    Nodes,
}

/// How one request is carried out; the defaults of the session are in it already.
#[derive(Debug)]
pub struct How {
    pub consistency: Consistency,
    pub serial: SerialConsistency,
    pub timeout: Duration,
    pub page_size: i32,
    pub idempotent: bool,
    pub reads: bool,
    pub lightweight: bool,
}

/// A value for a `?`, whose bytes C++ made: [value] of the protocol.
#[derive(Debug)]
pub enum Cell<'a> {
    Null,
    Unset,
    Bytes(&'a [u8]),
}

impl<'a> Request<'a> {
    pub fn read(bytes: &'a [u8]) -> Result<Self, Failure> {
        let mut from = Reader::new(bytes);
        let request = match from.byte()? {
            1 => Request::Prepare { text: from.text()?, limit: duration(&mut from)? },
            2 => Request::Execute {
                how: How::read(&mut from)?,
                text: from.text()?,
                values: cells(&mut from)?,
                page: from.bytes()?,
            },
            3 => Request::Batch {
                how: How::read(&mut from)?,
                logged: match from.byte()? {
                    0 => true,
                    1 => false,
                    _ => return Err(unknown("kind of batch")),
                },
                statements: statements(&mut from)?,
            },
            4 => Request::ChangeSchema { text: from.text()?, limit: duration(&mut from)? },
            5 => Request::AgreeOnSchema { limit: duration(&mut from)? },
            6 => Request::Nodes,
            _ => return Err(unknown("request")),
        };
        from.end()?;
        Ok(request)
    }
}

impl How {
    fn read(from: &mut Reader) -> Result<Self, Failure> {
        let consistency = Consistency::try_from(from.short()?).map_err(|_| unknown("consistency"))?;
        let serial = match from.short()? {
            8 => SerialConsistency::Serial,
            9 => SerialConsistency::LocalSerial,
            _ => return Err(unknown("serial consistency")),
        };
        let timeout = duration(from)?;
        let page_size = from.int()?;
        let flags = from.byte()?;
        if page_size < 1 || flags & !(IDEMPOTENT | READ | LIGHTWEIGHT) != 0 {
            return Err(unknown("page size or flag"));
        }
        let has = |flag| flags & flag != 0;
        Ok(How {
            consistency,
            serial,
            timeout,
            page_size,
            idempotent: has(IDEMPOTENT),
            reads: has(READ),
            lightweight: has(LIGHTWEIGHT),
        })
    }
}

fn unknown(what: &str) -> Failure {
    Failure::new(Code::Internal, format!("an unknown {what} was handed over"))
}

fn duration(from: &mut Reader) -> Result<Duration, Failure> {
    Ok(Duration::from_millis(from.count()? as u64))
}

/// Without room for as many as are announced: only what is there takes memory.
fn statements<'a>(from: &mut Reader<'a>) -> Result<Vec<(&'a str, Vec<Cell<'a>>)>, Failure> {
    let mut read = Vec::new();
    for _ in 0..from.count()? {
        read.push((from.text()?, cells(from)?));
    }
    Ok(read)
}

fn cells<'a>(from: &mut Reader<'a>) -> Result<Vec<Cell<'a>>, Failure> {
    let mut read = Vec::new();
    for _ in 0..from.count()? {
        read.push(match from.int()? {
            -1 => Cell::Null,
            -2 => Cell::Unset,
            size => Cell::Bytes(from.take(usize::try_from(size).map_err(|_| unknown("value"))?)?),
        });
    }
    Ok(read)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::tests::{allocated, changed, noise};
    use crate::wire::{put_bytes, put_int, put_short};
    use std::collections::BTreeMap;

    /// What cql/wire.h writes: test/unit/cql/wire_test.cc compares it with the same files.
    fn written_by_wire() -> BTreeMap<String, Vec<u8>> {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../test/unit/cql/requests");
        let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap());
        let files: BTreeMap<_, _> =
            files.map(|file| (file.file_name().into_string().unwrap(), std::fs::read(file.path()).unwrap())).collect();
        assert!(files.len() > 6);
        files
    }

    fn put_duration(out: &mut Vec<u8>, limit: &Duration) {
        put_int(out, limit.as_millis() as usize);
    }

    fn put_how(out: &mut Vec<u8>, how: &How) {
        put_short(out, how.consistency as usize);
        put_short(out, how.serial as usize);
        put_duration(out, &how.timeout);
        put_int(out, how.page_size as usize);
        let flags = [(how.idempotent, IDEMPOTENT), (how.reads, READ), (how.lightweight, LIGHTWEIGHT)];
        out.push(flags.iter().filter(|(has, _)| *has).map(|(_, flag)| flag).sum());
    }

    fn put_cells(out: &mut Vec<u8>, cells: &[Cell]) {
        put_int(out, cells.len());
        for cell in cells {
            match cell {
                Cell::Null => out.extend_from_slice(&(-1i32).to_be_bytes()),
                Cell::Unset => out.extend_from_slice(&(-2i32).to_be_bytes()),
                Cell::Bytes(bytes) => put_bytes(out, Some(bytes)),
            }
        }
    }

    fn written(request: &Request) -> Vec<u8> {
        let mut bytes = Vec::new();
        let out = &mut bytes;
        let text = |out: &mut Vec<u8>, text: &str| put_bytes(out, Some(text.as_bytes()));
        match request {
            Request::Prepare { text: asked, limit } => {
                out.push(1);
                text(out, asked);
                put_duration(out, limit);
            }
            Request::Execute { how, text: asked, values, page } => {
                out.push(2);
                put_how(out, how);
                text(out, asked);
                put_cells(out, values);
                put_bytes(out, Some(page));
            }
            Request::Batch { how, logged, statements } => {
                out.push(3);
                put_how(out, how);
                out.push(u8::from(!logged));
                put_int(out, statements.len());
                for (asked, values) in statements {
                    text(out, asked);
                    put_cells(out, values);
                }
            }
            Request::ChangeSchema { text: asked, limit } => {
                out.push(4);
                text(out, asked);
                put_duration(out, limit);
            }
            Request::AgreeOnSchema { limit } => {
                out.push(5);
                put_duration(out, limit);
            }
            Request::Nodes => out.push(6),
        }
        bytes
    }

    /// Reads bytes of any kind: either all of them are understood, or they are refused; and no more memory is taken
    /// than their size accounts for, whatever they announce.
    fn is_read(bytes: &[u8]) -> bool {
        let (read, taken) = allocated(|| Request::read(bytes));
        assert!(taken <= 64 * bytes.len() + 1000, "{taken} bytes for {bytes:?}");
        match read {
            Ok(request) => assert_eq!(written(&request), bytes, "{request:?}"),
            Err(refused) => {
                assert!([Code::Internal, Code::Invalid].contains(&refused.code), "{refused:?}");
                return false;
            }
        }
        true
    }

    #[test]
    fn what_cpp_writes_is_read() {
        let files = written_by_wire();
        for (name, bytes) in &files {
            assert!(is_read(bytes), "{name}");
        }
        let Ok(Request::Execute { how, text, values, page }) = Request::read(&files["execute"]) else { panic!() };
        assert_eq!((how.consistency, how.serial), (Consistency::EachQuorum, SerialConsistency::LocalSerial));
        assert_eq!((how.timeout, how.page_size), (Duration::from_secs(1), 7));
        assert!(how.idempotent && how.lightweight && !how.reads);
        assert_eq!(text, "UPDATE a SET \u{e4} = ? WHERE b = ? AND c = ?");
        assert!(matches!(values[..], [Cell::Null, Cell::Unset, Cell::Bytes([0, 0, 0, 5])]));
        assert_eq!(page, b"next");
        let Ok(Request::Batch { logged, statements, .. }) = Request::read(&files["batch"]) else { panic!() };
        assert!(!logged);
        assert_eq!(
            statements.iter().map(|(text, cells)| (*text, cells.len())).collect::<Vec<_>>(),
            [("A", 1), ("B", 0)]
        );
    }

    #[test]
    fn what_is_cut_off_or_too_long_is_refused() {
        for (name, bytes) in written_by_wire() {
            for size in 0..bytes.len() {
                assert!(!is_read(&bytes[..size]), "{name} of {size} bytes");
            }
            assert!(!is_read(&[&bytes[..], &[0]].concat()), "{name} and a byte");
        }
        assert!(!is_read(&[]));
    }

    #[test]
    fn a_number_that_is_too_large_or_negative_misleads_nobody() {
        for (_, bytes) in written_by_wire() {
            for at in 0..bytes.len() {
                let there = bytes.get(at..at + 4).and_then(|number| number.try_into().ok());
                let negated = there.map_or(0, i32::from_be_bytes).wrapping_neg();
                for number in [i32::MAX, i32::MIN, -3, -2, -1, 0, 1 << 16, 1 << 30, negated] {
                    let mut other = bytes.clone();
                    for (byte, new) in other[at..].iter_mut().zip(number.to_be_bytes()) {
                        *byte = new;
                    }
                    is_read(&other);
                }
            }
        }
    }

    #[test]
    fn noise_is_understood_or_refused() {
        let files: Vec<_> = written_by_wire().into_values().collect();
        for seed in 0..100_000 {
            let mut bytes = noise(seed, seed as usize % 100);
            is_read(&bytes);
            if let Some(kind) = bytes.first_mut() {
                *kind = seed as u8 % 8;
            }
            is_read(&bytes);
            is_read(&changed(&files[seed as usize % files.len()], seed));
        }
    }

    #[test]
    fn what_has_no_meaning_is_refused() {
        let whole = &written_by_wire()["execute"];
        let with = |at: usize, bytes: &[u8]| {
            let mut other = whole.clone();
            other[at..at + bytes.len()].copy_from_slice(bytes);
            is_read(&other)
        };
        assert!(with(0, &[2]));
        assert!(!with(0, &[7]), "a request");
        assert!(!with(1, &[0, 99]), "a consistency");
        assert!(!with(3, &[0, 7]), "a serial consistency");
        assert!(!with(5, &[255]), "a time below zero");
        assert!(!with(9, &[0, 0, 0, 0]), "a page of no rows");
        assert!(!with(13, &[8]), "a flag");
    }
}
