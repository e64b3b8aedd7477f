//! The driver's thread: takes commands until it is told to close.

use crate::execution::Requests;
use crate::failure::{Code, Failure};
use crate::options::Options;
use crate::{Answer, Command, Listener};
use futures::FutureExt;
use openssl::ssl::SslContext;
use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::AbortHandle;

type Running = Arc<Mutex<HashMap<u64, AbortHandle>>>;

pub fn run(options: Vec<u8>, tls: Option<SslContext>, listener: Listener, inbox: UnboundedReceiver<Command>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        // Only name lookups block.
        .max_blocking_threads(4)
        .thread_keep_alive(Duration::from_secs(1))
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => return listener.tell(0, Err(Failure::new(Code::Internal, error))),
    };
    runtime.block_on(serve(options, tls, listener, inbox));
    // A name lookup that hangs is not waited for; it knows nothing of us.
    runtime.shutdown_background();
}

async fn serve(options: Vec<u8>, tls: Option<SslContext>, listener: Listener, mut inbox: UnboundedReceiver<Command>) {
    let connecting = async {
        let options = Arc::new(Options::read(&options, tls)?);
        let connected = options.connect(&[]).await?;
        Ok(Arc::new(Requests::new(connected, options.page_bytes)))
    };
    // Nothing but a close comes before the answer.
    let requests = tokio::select! {
        connected = unless_panicking(connecting) => connected,
        _ = inbox.recv() => return,
    };
    let requests = match requests {
        Ok(ready) => ready,
        Err(failure) => return listener.tell(0, Err(failure)),
    };
    listener.tell(0, Ok(Answer::default()));

    tokio::spawn(keep_connected(requests.clone()));
    let running = Running::default();
    while let Some(command) = inbox.recv().await {
        match command {
            Command::Submit(number, bytes) => {
                let requests = requests.clone();
                start(&running, listener, number, async move { requests.carry_out(&bytes).await });
            }
            Command::Renew(number, options, tls) => {
                start(&running, listener, number, renew(requests.clone(), options, tls));
            }
            Command::Cancel(number) => {
                if let Some(task) = lock(&running).remove(&number) {
                    task.abort();
                }
            }
            Command::Close => return,
        }
    }
}

/// The driver looks for its nodes where they were and at the contact points. When those are all gone, others of the
/// ring may still be there.
async fn keep_connected(requests: Arc<Requests>) {
    loop {
        let connected = requests.connected();
        let connecting_anew = async {
            connected.hosts.watch(&connected.session).await;
            connected.options.connect(&connected.options.known_nodes(&connected)).await
        };
        tokio::select! {
            biased;
            // Not to replace what was renewed meanwhile, nor to hold what it replaced.
            _ = requests.replaced() => {}
            anew = connecting_anew => {
                if let Ok(anew) = anew {
                    requests.replace(anew);
                }
            }
        }
    }
}

/// A session with other options in the place of the one in use, which stays when they do not lead to one.
async fn renew(requests: Arc<Requests>, options: Vec<u8>, tls: Option<SslContext>) -> Result<Answer, Failure> {
    let options = Arc::new(Options::read(&options, tls)?);
    let known = options.known_nodes(&requests.connected());
    requests.replace(options.connect(&known).await?);
    Ok(Answer::default())
}

fn start<Work>(running: &Running, listener: Listener, number: u64, work: Work)
where
    Work: Future<Output = Result<Answer, Failure>> + Send + 'static,
{
    let done = running.clone();
    let task = tokio::spawn(async move {
        let result = unless_panicking(work).await;
        lock(&done).remove(&number);
        listener.tell(number, result);
    });
    lock(running).insert(number, task.abort_handle());
}

fn lock(running: &Running) -> std::sync::MutexGuard<'_, HashMap<u64, AbortHandle>> {
    running.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A panic is a failure of this one request.
async fn unless_panicking<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    match AssertUnwindSafe(work).catch_unwind().await {
        Ok(result) => result,
        Err(panic) => {
            let said = panic.downcast_ref::<&str>().map(ToString::to_string);
            let said = said.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
            Err(Failure::new(Code::Internal, format!("the driver panicked: {said}")))
        }
    }
}
