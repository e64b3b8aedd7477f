//! The driver's errors as values of `cql::errc`, with what it said.

use openssl::ssl;
use scylla::errors::{
    ConnectionError, ConnectionPoolError, ConnectionSetupRequestErrorKind, DbError, ExecutionError, MetadataError,
    MetadataFetchErrorKind, NewSessionError, PrepareError, RequestAttemptError, SchemaAgreementError, UseKeyspaceError,
};
use std::fmt::Display;

/// The values of `cql::errc` in cql/errc.h.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum Code {
    Unreachable = 1,
    Unresolved = 2,
    AuthenticationFailed = 3,
    PermissionMissing = 4,
    TlsFailed = 5,
    NoSuchKeyspace = 6,
    TimedOut = 7,
    OutcomeUnknown = 8,
    Unavailable = 9,
    Overloaded = 10,
    Failed = 11,
    SchemaDisagreement = 12,
    AlreadyExists = 13,
    Invalid = 14,
    LimitExceeded = 19,
    Internal = 21,
}

#[derive(Clone, Debug)]
pub struct Failure {
    pub code: Code,
    pub detail: String,
}

impl Failure {
    pub fn new(code: Code, detail: impl Display) -> Self {
        Failure { code, detail: detail.to_string() }
    }
}

/// What the server itself said, marked as its words.
fn remote(what: &DbError, said: &str) -> String {
    match what {
        DbError::SyntaxError | DbError::Invalid | DbError::AuthenticationError | DbError::Unauthorized => {
            format!("remote: {said}")
        }
        _ => format!("{what}; remote: {said}"),
    }
}

fn of_server(what: &DbError, said: &str) -> Failure {
    let code = match what {
        DbError::SyntaxError | DbError::Invalid | DbError::ConfigError | DbError::FunctionFailure { .. } => {
            Code::Invalid
        }
        DbError::AlreadyExists { .. } => Code::AlreadyExists,
        DbError::AuthenticationError => Code::AuthenticationFailed,
        DbError::Unauthorized => Code::PermissionMissing,
        DbError::Unavailable { .. } => Code::Unavailable,
        DbError::Overloaded | DbError::IsBootstrapping | DbError::RateLimitReached { .. } => Code::Overloaded,
        DbError::ReadTimeout { .. } | DbError::WriteTimeout { .. } => Code::TimedOut,
        _ => Code::Failed,
    };
    Failure::new(code, remote(what, said))
}

/// Whether an attempt that ended so may have changed something, now or later. `alone` means that it was one plain
/// write: parts of a batch are sent before others are refused, and a condition may be decided before its commit is.
pub fn is_ambiguous(error: &RequestAttemptError, alone: bool) -> bool {
    match error {
        RequestAttemptError::SerializationError(_)
        | RequestAttemptError::CqlRequestSerialization(_)
        | RequestAttemptError::UnableToAllocStreamId
        | RequestAttemptError::RepreparedIdChanged { .. }
        | RequestAttemptError::RepreparedIdMissingInBatch => false,
        RequestAttemptError::DbError(what, _) => match what {
            DbError::SyntaxError
            | DbError::Invalid
            | DbError::AlreadyExists { .. }
            | DbError::AuthenticationError
            | DbError::Unauthorized
            | DbError::ConfigError
            | DbError::IsBootstrapping
            | DbError::Unprepared { .. }
            | DbError::ProtocolError => false,
            DbError::Unavailable { .. } => !alone,
            _ => true,
        },
        _ => true,
    }
}

fn of_attempt(error: &RequestAttemptError) -> Failure {
    match error {
        RequestAttemptError::DbError(what, said) => of_server(what, said),
        RequestAttemptError::BrokenConnectionError(_) => Failure::new(Code::Unreachable, error),
        RequestAttemptError::UnableToAllocStreamId => Failure::new(Code::Overloaded, error),
        RequestAttemptError::SerializationError(_) | RequestAttemptError::CqlRequestSerialization(_) => {
            Failure::new(Code::Invalid, error)
        }
        _ => Failure::new(Code::Internal, error),
    }
}

/// TLS itself failed, rather than the connection below it.
fn is_tls(error: &std::io::Error) -> bool {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<ssl::Error>());
    inner.is_some_and(|inner| inner.io_error().is_none())
}

fn of_connection(error: &ConnectionError) -> Failure {
    match error {
        ConnectionError::ConnectTimeout => Failure::new(Code::Unreachable, "connecting timed out"),
        ConnectionError::IoError(io) if is_tls(io) => Failure::new(Code::TlsFailed, io),
        ConnectionError::ConnectionSetupRequestError(setup) => match setup.get_error() {
            ConnectionSetupRequestErrorKind::MissingAuthentication => {
                Failure::new(Code::AuthenticationFailed, "the cluster asks for a user and a password; none are given")
            }
            ConnectionSetupRequestErrorKind::DbError(what, said) => of_server(what, said),
            _ => Failure::new(Code::Unreachable, setup),
        },
        ConnectionError::UseKeyspaceError(used) => of_keyspace(used),
        _ => Failure::new(Code::Unreachable, error),
    }
}

pub fn of_pool(error: &ConnectionPoolError) -> Failure {
    match error {
        ConnectionPoolError::Broken { last_connection_error } => of_connection(last_connection_error),
        _ => Failure::new(Code::Unreachable, error),
    }
}

pub fn of_keyspace(error: &UseKeyspaceError) -> Failure {
    match error {
        UseKeyspaceError::RequestError(RequestAttemptError::DbError(DbError::Invalid, said)) => {
            Failure::new(Code::NoSuchKeyspace, format!("remote: {said}"))
        }
        UseKeyspaceError::RequestError(attempt) => of_attempt(attempt),
        UseKeyspaceError::RequestTimeout(_) => Failure::new(Code::TimedOut, error),
        _ => Failure::new(Code::Invalid, error),
    }
}

pub fn of_prepare(error: &PrepareError) -> Failure {
    match error {
        PrepareError::ConnectionPoolError(pool) => of_pool(pool),
        PrepareError::AllAttemptsFailed { first_attempt } => of_attempt(first_attempt),
        _ => Failure::new(Code::Internal, error),
    }
}

pub fn of_metadata(error: &MetadataError) -> Failure {
    match error {
        MetadataError::ConnectionPoolError(pool) => of_pool(pool),
        MetadataError::FetchError(fetch) => match &fetch.error {
            MetadataFetchErrorKind::PrepareError(attempt) => of_attempt(attempt),
            _ => Failure::new(Code::Failed, error),
        },
        _ => Failure::new(Code::Failed, error),
    }
}

pub fn of_agreement(error: &SchemaAgreementError) -> Failure {
    match error {
        SchemaAgreementError::ConnectionPoolError(pool) => of_pool(pool),
        SchemaAgreementError::PrepareError(prepare) => of_prepare(prepare),
        SchemaAgreementError::RequestError(attempt) => of_attempt(attempt),
        _ => Failure::new(Code::SchemaDisagreement, error),
    }
}

pub fn of_new_session(error: &NewSessionError) -> Failure {
    match error {
        NewSessionError::FailedToResolveAnyHostname(names) => Failure::new(Code::Unresolved, names.join(", ")),
        NewSessionError::MetadataError(metadata) => of_metadata(metadata),
        NewSessionError::UseKeyspaceError(keyspace) => of_keyspace(keyspace),
        _ => Failure::new(Code::Invalid, error),
    }
}

pub fn of_execution(error: &ExecutionError) -> Failure {
    match error {
        ExecutionError::BadQuery(_) => Failure::new(Code::Invalid, error),
        ExecutionError::EmptyPlan => Failure::new(Code::Unreachable, "no node of the data center is known"),
        ExecutionError::PrepareError(prepare) => of_prepare(prepare),
        ExecutionError::ConnectionPoolError(pool) => of_pool(pool),
        ExecutionError::LastAttemptError(attempt) => of_attempt(attempt),
        ExecutionError::RequestTimeout(_) => Failure::new(Code::TimedOut, error),
        ExecutionError::UseKeyspaceError(keyspace) => of_keyspace(keyspace),
        ExecutionError::SchemaAgreementError(agreement) => of_agreement(agreement),
        ExecutionError::MetadataError(metadata) => of_metadata(metadata),
        _ => Failure::new(Code::Internal, error),
    }
}
