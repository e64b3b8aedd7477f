//! The `scylla` driver behind the C ABI of `cql_driver.h`: one thread with a current-thread runtime per session,
//! requests in as bytes, outcomes out as bytes.

mod agreement;
mod execution;
mod failure;
mod hosts;
mod options;
mod request;
mod runner;
mod wire;

use failure::{Code, Failure};
use foreign_types::ForeignTypeRef;
use openssl::ssl::{SslContext, SslContextRef};
use std::ffi::{c_char, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread::JoinHandle;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

/// What a request answered: rows or whatever its kind answers, and where the next page begins.
#[derive(Default)]
pub struct Answer {
    pub body: Vec<u8>,
    pub paging_state: Vec<u8>,
}

pub enum Command {
    Submit(u64, Vec<u8>),
    Renew(u64, Vec<u8>, Option<SslContext>),
    Cancel(u64),
    Close,
}

#[repr(C)]
pub struct Outcome {
    request: u64,
    code: i32,
    detail: *const u8,
    detail_size: usize,
    body: *const u8,
    body_size: usize,
    paging_state: *const u8,
    paging_state_size: usize,
}

type Ended = extern "C" fn(*mut c_void, *const Outcome);

/// The C++ side's callback with its context, which it keeps until the session is closed.
#[derive(Clone, Copy)]
pub struct Listener {
    ended: Ended,
    context: *mut c_void,
}

// SAFETY: the context is made for being called from the driver's thread.
unsafe impl Send for Listener {}

impl Listener {
    pub fn tell(&self, request: u64, result: Result<Answer, Failure>) {
        let (code, detail, answer) = match result {
            Ok(answer) => (0, String::new(), answer),
            Err(failure) => (failure.code as i32, failure.detail, Answer::default()),
        };
        let outcome = Outcome {
            request,
            code,
            detail: detail.as_ptr(),
            detail_size: detail.len(),
            body: answer.body.as_ptr(),
            body_size: answer.body.len(),
            paging_state: answer.paging_state.as_ptr(),
            paging_state_size: answer.paging_state.len(),
        };
        (self.ended)(self.context, &outcome);
    }
}

pub struct Session {
    commands: UnboundedSender<Command>,
    thread: Option<JoinHandle<()>>,
}

/// That nobody listens any more is no error: the thread ended, and its end was told.
fn command(session: &Session, what: Command) {
    let _ = catch_unwind(AssertUnwindSafe(|| session.commands.send(what)));
}

/// SAFETY of the callers: `data` holds `size` bytes, or `size` is 0.
unsafe fn copy(data: *const c_char, size: usize) -> Vec<u8> {
    if size == 0 {
        return Vec::new();
    }
    // SAFETY: as promised by the caller.
    unsafe { std::slice::from_raw_parts(data.cast::<u8>(), size) }.to_vec()
}

/// SAFETY of the callers: `tls` is null or an SSL_CTX of the OpenSSL that we are linked with.
unsafe fn reference(tls: *mut c_void) -> Option<SslContext> {
    // SAFETY: as promised by the caller; to_owned() takes a reference.
    (!tls.is_null()).then(|| unsafe { SslContextRef::from_ptr(tls.cast()) }.to_owned())
}

/// # Safety
/// As cql_driver.h says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn helenus_cql_open(
    options: *const c_char,
    size: usize,
    tls: *mut c_void,
    ended: Ended,
    context: *mut c_void,
) -> *mut Session {
    let listener = Listener { ended, context };
    // SAFETY: as cql_driver.h says.
    let (options, tls) = unsafe { (copy(options, size), reference(tls)) };
    catch_unwind(AssertUnwindSafe(|| open(options, tls, listener))).unwrap_or(std::ptr::null_mut())
}

fn open(options: Vec<u8>, tls: Option<SslContext>, listener: Listener) -> *mut Session {
    let (commands, inbox) = unbounded_channel();
    let work = move || {
        // Whole, so that the closure is Send.
        let listener = listener;
        let ran = catch_unwind(AssertUnwindSafe(|| runner::run(options, tls, listener, inbox)));
        if ran.is_err() {
            listener.tell(0, Err(Failure::new(Code::Internal, "the thread of the driver panicked")));
        }
    };
    match std::thread::Builder::new().name("cql".into()).spawn(work) {
        Ok(thread) => Box::into_raw(Box::new(Session { commands, thread: Some(thread) })),
        Err(_) => std::ptr::null_mut(),
    }
}

/// # Safety
/// As cql_driver.h says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn helenus_cql_submit(session: *mut Session, number: u64, request: *const c_char, size: usize) {
    // SAFETY: as cql_driver.h says.
    let (session, bytes) = unsafe { (&*session, copy(request, size)) };
    command(session, Command::Submit(number, bytes));
}

/// # Safety
/// As cql_driver.h says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn helenus_cql_renew(
    session: *mut Session,
    number: u64,
    options: *const c_char,
    size: usize,
    tls: *mut c_void,
) {
    // SAFETY: as cql_driver.h says.
    let (session, options, tls) = unsafe { (&*session, copy(options, size), reference(tls)) };
    command(session, Command::Renew(number, options, tls));
}

/// # Safety
/// As cql_driver.h says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn helenus_cql_cancel(session: *mut Session, number: u64) {
    // SAFETY: as cql_driver.h says.
    command(unsafe { &*session }, Command::Cancel(number));
}

/// # Safety
/// As cql_driver.h says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn helenus_cql_close(session: *mut Session) {
    // SAFETY: made by helenus_cql_open, and closed once.
    let mut session = unsafe { Box::from_raw(session) };
    command(&session, Command::Close);
    if let Some(thread) = session.thread.take() {
        let _ = thread.join();
    }
}
