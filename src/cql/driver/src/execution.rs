//! The requests of a session, carried out and answered in bytes.

use crate::Answer;
use crate::agreement;
use crate::failure::{Code, Failure, is_ambiguous, of_execution, of_prepare};
use crate::options::Connected;
use crate::request::{Cell, How, Request};
use crate::wire::{put_bytes, put_int, put_string, put_type};
use scylla::client::execution_profile::{ExecutionProfile, ExecutionProfileHandle};
use scylla::client::session::Session;
use scylla::deserialize::row::ColumnIterator;
use scylla::errors::{ExecutionError, RequestAttemptError};
use scylla::policies::retry::{DefaultRetryPolicy, RequestInfo, RetryDecision, RetryPolicy, RetrySession};
use scylla::policies::speculative_execution::SimpleSpeculativeExecutionPolicy;
use scylla::response::query_result::QueryResult;
use scylla::response::{PagingState, PagingStateResponse};
use scylla::serialize::SerializationError;
use scylla::serialize::row::{RowSerializationContext, SerializeRow};
use scylla::serialize::writers::RowWriter;
use scylla::statement::batch::{Batch, BatchType};
use scylla::statement::prepared::PreparedStatement;
use scylla::statement::unprepared::Statement;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;

/// More prepared statements than a program has; when it has them, they are all prepared anew.
const MOST_PREPARED: usize = 1000;
/// A read that got no answer for so long is sent to another node as well: one may hang.
const SECOND_READ_AFTER: Duration = Duration::from_secs(2);

/// Values for the `?` of a statement.
struct Cells<'a>(Vec<Cell<'a>>);

#[derive(Debug)]
struct WrongCount(usize, usize);

impl std::fmt::Display for WrongCount {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{} values for {} places", self.0, self.1)
    }
}

impl std::error::Error for WrongCount {}

impl SerializeRow for Cells<'_> {
    fn serialize(&self, context: &RowSerializationContext<'_>, out: &mut RowWriter) -> Result<(), SerializationError> {
        if self.0.len() != context.columns().len() {
            return Err(SerializationError::new(WrongCount(self.0.len(), context.columns().len())));
        }
        for cell in &self.0 {
            let place = out.make_cell_writer();
            match cell {
                Cell::Null => place.set_null(),
                Cell::Unset => place.set_unset(),
                Cell::Bytes(bytes) => place.set_value(bytes).map_err(SerializationError::new)?,
            };
        }
        Ok(())
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The driver's retry policy, which also remembers whether an attempt may have had an effect: what the last attempt
/// ended with says nothing of those before.
#[derive(Debug)]
struct Remembering {
    ambiguous: Arc<AtomicBool>,
    alone: bool,
}

struct RememberingSession {
    inner: Box<dyn RetrySession>,
    ambiguous: Arc<AtomicBool>,
    alone: bool,
}

impl RetryPolicy for Remembering {
    fn new_session(&self) -> Box<dyn RetrySession> {
        let inner = DefaultRetryPolicy::new().new_session();
        Box::new(RememberingSession { inner, ambiguous: self.ambiguous.clone(), alone: self.alone })
    }
}

impl RetrySession for RememberingSession {
    fn decide_should_retry(&mut self, info: RequestInfo) -> RetryDecision {
        if is_ambiguous(info.error, self.alone) {
            self.ambiguous.store(true, Ordering::Relaxed);
        }
        self.inner.decide_should_retry(info)
    }

    fn reset(&mut self) {
        self.inner.reset();
    }
}

/// Follows one request, to say truly what is known of its effects when it fails.
struct Effects {
    writes: bool,
    alone: bool,
    sent: AtomicBool,
    ambiguous: Arc<AtomicBool>,
}

impl Effects {
    fn new(writes: bool, alone: bool) -> Self {
        Effects { writes, alone, sent: AtomicBool::new(false), ambiguous: Arc::default() }
    }

    fn policy(&self) -> Arc<dyn RetryPolicy> {
        Arc::new(Remembering { ambiguous: self.ambiguous.clone(), alone: self.alone })
    }

    fn begin(&self) {
        self.sent.store(true, Ordering::Relaxed);
    }

    fn of(&self, error: &ExecutionError) -> Failure {
        let failure = of_execution(error);
        let unclear = match error {
            ExecutionError::LastAttemptError(RequestAttemptError::DbError(..)) => false,
            ExecutionError::LastAttemptError(attempt) => is_ambiguous(attempt, self.alone),
            ExecutionError::RequestTimeout(_) => true,
            _ => false,
        };
        if self.writes && (unclear || self.ambiguous.load(Ordering::Relaxed)) {
            return Failure::new(Code::OutcomeUnknown, failure.detail);
        }
        failure
    }

    async fn within<T>(&self, limit: Duration, work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
        match tokio::time::timeout(limit, work).await {
            Ok(result) => result,
            Err(_) => {
                let unknown = self.writes && self.sent.load(Ordering::Relaxed);
                let code = if unknown { Code::OutcomeUnknown } else { Code::TimedOut };
                Err(Failure::new(code, format!("no answer within {} ms", limit.as_millis())))
            }
        }
    }
}

fn lock<T>(what: &Mutex<T>) -> MutexGuard<'_, T> {
    what.lock().unwrap_or_else(PoisonError::into_inner)
}

pub struct Requests {
    connected: Mutex<Arc<Connected>>,
    replaced: Notify,
    page_bytes: usize,
    prepared: Mutex<HashMap<String, PreparedStatement>>,
    reads: ExecutionProfileHandle,
}

impl Requests {
    pub fn new(connected: Connected, page_bytes: usize) -> Self {
        let second = SimpleSpeculativeExecutionPolicy { max_retry_count: 1, retry_interval: SECOND_READ_AFTER };
        let reads = ExecutionProfile::builder()
            .request_timeout(None)
            .speculative_execution_policy(Some(Arc::new(second)))
            .build()
            .into_handle();
        Requests {
            connected: Mutex::new(Arc::new(connected)),
            replaced: Notify::new(),
            page_bytes,
            prepared: Mutex::default(),
            reads,
        }
    }

    pub fn connected(&self) -> Arc<Connected> {
        lock(&self.connected).clone()
    }

    /// From now on requests go to another session; those under way end in the old one.
    pub fn replace(&self, connected: Connected) {
        *lock(&self.connected) = Arc::new(connected);
        lock(&self.prepared).clear();
        self.replaced.notify_one();
    }

    /// Ends when another session took the place of the one that connected() gave. For one that waits.
    pub async fn replaced(&self) {
        self.replaced.notified().await;
    }

    pub async fn carry_out(&self, bytes: &[u8]) -> Result<Answer, Failure> {
        let request = Request::read(bytes)?;
        let connected = self.connected();
        let session = &connected.session;
        match request {
            Request::Prepare { text, limit } => self.prepare(session, text, limit).await,
            Request::Execute { how, text, values, page } => self.execute(session, how, text, Cells(values), page).await,
            Request::Batch { how, logged, statements } => self.batch(session, how, logged, statements).await,
            Request::ChangeSchema { text, limit } => change_schema(session, text, limit).await,
            Request::AgreeOnSchema { limit } => agreement::wait_for(&connected, limit).await,
            Request::Nodes => Ok(nodes(session)),
        }
    }

    async fn prepared(&self, session: &Session, text: &str) -> Result<PreparedStatement, Failure> {
        let known = lock(&self.prepared).get(text).cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        let mut prepared = session.prepare(text).await.map_err(|error| of_prepare(&error))?;
        prepared.set_use_cached_result_metadata(false);
        let mut all = lock(&self.prepared);
        if all.len() >= MOST_PREPARED {
            all.clear();
        }
        all.insert(text.to_string(), prepared.clone());
        Ok(prepared)
    }

    /// Answers the names and types of the `?`.
    async fn prepare(&self, session: &Session, text: &str, limit: Duration) -> Result<Answer, Failure> {
        let prepared = Effects::new(false, true).within(limit, self.prepared(session, text)).await?;
        let mut body = Vec::new();
        let places = prepared.get_variable_col_specs();
        put_int(&mut body, places.len());
        for place in places.iter() {
            put_string(&mut body, place.name());
            put_type(&mut body, place.typ());
        }
        Ok(Answer { body, ..Answer::default() })
    }

    async fn execute(
        &self,
        session: &Session,
        how: How,
        text: &str,
        values: Cells<'_>,
        page: &[u8],
    ) -> Result<Answer, Failure> {
        let effects = Effects::new(!how.reads, !how.lightweight);
        let work = async {
            let mut statement = self.prepared(session, text).await?;
            statement.set_consistency(how.consistency);
            statement.set_serial_consistency(Some(how.serial));
            statement.set_page_size(how.page_size);
            statement.set_is_idempotent(how.idempotent || how.reads);
            statement.set_retry_policy(Some(effects.policy()));
            if how.reads {
                statement.set_execution_profile_handle(Some(self.reads.clone()));
            }
            let begin = match page {
                [] => PagingState::start(),
                page => PagingState::new_from_raw_bytes(page),
            };
            effects.begin();
            let (result, next) =
                session.execute_single_page(&statement, values, begin).await.map_err(|error| effects.of(&error))?;
            self.answer(result, Some(next))
        };
        effects.within(how.timeout, work).await
    }

    async fn batch(
        &self,
        session: &Session,
        how: How,
        logged: bool,
        statements: Vec<(&str, Vec<Cell<'_>>)>,
    ) -> Result<Answer, Failure> {
        let mut batch = Batch::new(if logged { BatchType::Logged } else { BatchType::Unlogged });
        let effects = Effects::new(true, false);
        let work = async {
            let mut values = Vec::new();
            for (text, cells) in statements {
                batch.append_statement(self.prepared(session, text).await?);
                values.push(Cells(cells));
            }
            batch.set_consistency(how.consistency);
            batch.set_serial_consistency(Some(how.serial));
            batch.set_is_idempotent(how.idempotent);
            batch.set_retry_policy(Some(effects.policy()));
            effects.begin();
            let result = session.batch(&batch, values).await.map_err(|error| effects.of(&error))?;
            self.answer(result, None)
        };
        effects.within(how.timeout, work).await
    }

    /// The page in the form that cql::rows::parse reads.
    fn answer(&self, result: QueryResult, next: Option<PagingStateResponse>) -> Result<Answer, Failure> {
        let paging_state = match next {
            Some(PagingStateResponse::HasMorePages { state }) => {
                state.as_bytes_slice().map(|bytes| bytes.to_vec()).unwrap_or_default()
            }
            _ => Vec::new(),
        };
        let mut body = Vec::new();
        if !result.is_rows() {
            put_int(&mut body, 0);
            put_int(&mut body, 0);
            return Ok(Answer { body, paging_state });
        }
        let malformed =
            |error: &dyn std::fmt::Display| Failure::new(Code::Failed, format!("the answer is malformed: {error}"));
        let rows = result.into_rows_result().map_err(|error| malformed(&error))?;
        if rows.rows_bytes_size() > self.page_bytes {
            return Err(Failure::new(
                Code::LimitExceeded,
                format!("a page of {} bytes; {} are accepted", rows.rows_bytes_size(), self.page_bytes),
            ));
        }
        body.reserve(rows.rows_bytes_size() + 64 * rows.column_specs().len());
        put_int(&mut body, rows.column_specs().len());
        for column in rows.column_specs().iter() {
            put_string(&mut body, column.name());
            put_type(&mut body, column.typ());
        }
        put_int(&mut body, rows.rows_num());
        for row in rows.rows::<ColumnIterator>().map_err(|error| malformed(&error))? {
            for cell in row.map_err(|error| malformed(&error))? {
                let cell = cell.map_err(|error| malformed(&error))?;
                put_bytes(&mut body, cell.slice.map(|slice| slice.as_slice()));
            }
        }
        Ok(Answer { body, paging_state })
    }
}

async fn change_schema(session: &Session, text: &str, limit: Duration) -> Result<Answer, Failure> {
    let effects = Effects::new(true, true);
    let work = async {
        let mut statement = Statement::new(text);
        // The other half is for the agreement, which the driver waits for.
        statement.set_request_timeout(Some(limit / 2));
        statement.set_retry_policy(Some(effects.policy()));
        effects.begin();
        match session.query_unpaged(statement, &[]).await {
            Ok(_) => Ok(Answer::default()),
            Err(ExecutionError::SchemaAgreementError(error)) => Err(Failure::new(Code::SchemaDisagreement, error)),
            Err(error) => Err(effects.of(&error)),
        }
    };
    agreement::told_apart(session, effects.within(limit, work).await).await
}

fn nodes(session: &Session) -> Answer {
    let state = session.get_cluster_state();
    let mut body = Vec::new();
    put_int(&mut body, state.get_nodes_info().len());
    for node in state.get_nodes_info() {
        body.extend_from_slice(node.host_id.as_bytes());
        put_string(&mut body, &node.address.ip().to_string());
        put_string(&mut body, node.datacenter.as_deref().unwrap_or_default());
        put_string(&mut body, node.rack.as_deref().unwrap_or_default());
        body.push(u8::from(node.is_connected()));
    }
    Answer { body, ..Answer::default() }
}
