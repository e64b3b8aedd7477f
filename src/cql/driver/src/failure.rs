//! The driver's errors as values of `cql::errc`, with what it said.

use openssl::ssl;
use scylla::errors::{
    BrokenConnectionError, BrokenConnectionErrorKind, ConnectionError, ConnectionPoolError,
    ConnectionSetupRequestErrorKind, DbError, ExecutionError, FrameHeaderParseError, MetadataError,
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

const NO_NODE: &str = "no node of the data center is there";

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

/// What TLS had against a connection that seemed to be made: since version 1.3 a client is ready before the node has
/// judged its certificate.
fn late_tls(error: &BrokenConnectionError) -> Option<&std::io::Error> {
    match error.downcast_ref::<BrokenConnectionErrorKind>()? {
        BrokenConnectionErrorKind::FrameHeaderParseError(FrameHeaderParseError::HeaderIoError(io))
        | BrokenConnectionErrorKind::WriteError(io) => is_tls(io).then_some(io),
        _ => None,
    }
}

fn of_setup(error: &BrokenConnectionError) -> Failure {
    match late_tls(error) {
        Some(io) => Failure::new(
            Code::TlsFailed,
            format!("the node asks for a client certificate that it trusts, or refuses us otherwise: {io}"),
        ),
        None => Failure::new(Code::Unreachable, error),
    }
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
            ConnectionSetupRequestErrorKind::BrokenConnection(broken) => of_setup(broken),
            _ => Failure::new(Code::Unreachable, setup),
        },
        ConnectionError::BrokenConnection(broken) => of_setup(broken),
        ConnectionError::UseKeyspaceError(used) => of_keyspace(used),
        _ => Failure::new(Code::Unreachable, error),
    }
}

/// Whether the driver lost the reason: it does when a connection ends before its first request is sent.
pub fn is_without_reason(error: &NewSessionError) -> bool {
    let NewSessionError::MetadataError(MetadataError::ConnectionPoolError(ConnectionPoolError::Broken {
        last_connection_error: last,
    })) = error
    else {
        return false;
    };
    let broken = match last {
        ConnectionError::BrokenConnection(broken) => broken,
        ConnectionError::ConnectionSetupRequestError(setup) => match setup.get_error() {
            ConnectionSetupRequestErrorKind::BrokenConnection(broken) => broken,
            _ => return false,
        },
        _ => return false,
    };
    matches!(broken.downcast_ref(), Some(BrokenConnectionErrorKind::ChannelError))
}

pub fn of_pool(error: &ConnectionPoolError) -> Failure {
    match error {
        ConnectionPoolError::Broken { last_connection_error } => of_connection(last_connection_error),
        // Nodes of others are all that is left.
        ConnectionPoolError::NodeDisabledByHostFilter => Failure::new(Code::Unreachable, NO_NODE),
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
        ExecutionError::EmptyPlan => Failure::new(Code::Unreachable, NO_NODE),
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

#[cfg(test)]
mod tests {
    use super::*;
    use scylla::errors::{OperationType, WriteType};
    use scylla::statement::Consistency;

    /// What a server may say, what it is to us, and whether one plain write may have happened although it said so.
    fn table() -> Vec<(DbError, Code, bool)> {
        let consistency = Consistency::Quorum;
        let name = String::new;
        vec![
            (DbError::SyntaxError, Code::Invalid, false),
            (DbError::Invalid, Code::Invalid, false),
            (DbError::ConfigError, Code::Invalid, false),
            (DbError::FunctionFailure { keyspace: name(), function: name(), arg_types: vec![] }, Code::Invalid, true),
            (DbError::AlreadyExists { keyspace: name(), table: name() }, Code::AlreadyExists, false),
            (DbError::AuthenticationError, Code::AuthenticationFailed, false),
            (DbError::Unauthorized, Code::PermissionMissing, false),
            (DbError::Unavailable { consistency, required: 2, alive: 1 }, Code::Unavailable, false),
            (DbError::Overloaded, Code::Overloaded, true),
            (DbError::IsBootstrapping, Code::Overloaded, false),
            (
                DbError::RateLimitReached { op_type: OperationType::Write, rejected_by_coordinator: false },
                Code::Overloaded,
                true,
            ),
            (
                DbError::ReadTimeout { consistency, received: 1, required: 2, data_present: true },
                Code::TimedOut,
                true,
            ),
            (
                DbError::WriteTimeout { consistency, received: 1, required: 2, write_type: WriteType::Simple },
                Code::TimedOut,
                true,
            ),
            (
                DbError::WriteFailure {
                    consistency,
                    received: 1,
                    required: 2,
                    numfailures: 1,
                    write_type: WriteType::Cas,
                },
                Code::Failed,
                true,
            ),
            (DbError::TruncateError, Code::Failed, true),
            (DbError::ServerError, Code::Failed, true),
            (DbError::ProtocolError, Code::Failed, false),
            (DbError::Other(4711), Code::Failed, true),
        ]
    }

    #[test]
    fn what_a_server_says_has_a_code_and_keeps_its_words() {
        for (what, code, _) in table() {
            let failure = of_execution(&ExecutionError::LastAttemptError(RequestAttemptError::DbError(
                what.clone(),
                "its words".to_string(),
            )));
            assert_eq!(failure.code, code, "{what:?}");
            assert!(failure.detail.ends_with("remote: its words"), "{}", failure.detail);
        }
    }

    #[test]
    fn a_write_that_was_refused_before_it_began_did_not_happen() {
        for (what, _, may_have_happened) in table() {
            let error = RequestAttemptError::DbError(what.clone(), String::new());
            assert_eq!(is_ambiguous(&error, true), may_have_happened, "{what:?}");
        }
        let unavailable = DbError::Unavailable { consistency: Consistency::Quorum, required: 2, alive: 1 };
        assert!(is_ambiguous(&RequestAttemptError::DbError(unavailable, String::new()), false));
        assert!(!is_ambiguous(&RequestAttemptError::UnableToAllocStreamId, true));
    }

    #[test]
    fn whatever_was_asked_for_a_refusal_is_told_as_what_it_is() {
        let refused = || RequestAttemptError::DbError(DbError::Unauthorized, "no".to_string());
        assert_eq!(of_prepare(&PrepareError::AllAttemptsFailed { first_attempt: refused() }).code, Code::PermissionMissing);
        assert_eq!(of_agreement(&SchemaAgreementError::RequestError(refused())).code, Code::PermissionMissing);
        assert_eq!(of_keyspace(&UseKeyspaceError::RequestError(refused())).code, Code::PermissionMissing);
        let unknown = RequestAttemptError::DbError(DbError::Invalid, "no".to_string());
        assert_eq!(of_keyspace(&UseKeyspaceError::RequestError(unknown)).code, Code::NoSuchKeyspace);
    }

    #[test]
    fn what_a_node_has_against_our_certificate_is_tls_although_the_connection_was_made() {
        let broken = |io| {
            let header = FrameHeaderParseError::HeaderIoError(io);
            ConnectionError::BrokenConnection(BrokenConnectionErrorKind::FrameHeaderParseError(header).into())
        };
        let alert = ssl::Error::from(openssl::error::ErrorStack::get());
        assert_eq!(of_connection(&broken(std::io::Error::other(alert))).code, Code::TlsFailed);
        let reset = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
        assert_eq!(of_connection(&broken(reset)).code, Code::Unreachable);
    }

    #[test]
    fn a_connection_that_ended_before_its_first_request_has_no_reason() {
        let failed = |kind: BrokenConnectionErrorKind| {
            let last_connection_error = ConnectionError::BrokenConnection(kind.into());
            NewSessionError::MetadataError(ConnectionPoolError::Broken { last_connection_error }.into())
        };
        assert!(is_without_reason(&failed(BrokenConnectionErrorKind::ChannelError)));
        assert!(!is_without_reason(&failed(BrokenConnectionErrorKind::UnexpectedStreamId(1))));
        assert!(!is_without_reason(&NewSessionError::FailedToResolveAnyHostname(vec![])));
    }

    #[test]
    fn nodes_that_do_not_agree_or_are_not_there_are_told_apart() {
        let disagreement = SchemaAgreementError::Timeout(std::time::Duration::from_secs(1));
        assert_eq!(of_execution(&ExecutionError::SchemaAgreementError(disagreement)).code, Code::SchemaDisagreement);
        let disabled = ExecutionError::ConnectionPoolError(ConnectionPoolError::NodeDisabledByHostFilter);
        for gone in [ExecutionError::EmptyPlan, disabled] {
            assert_eq!(of_execution(&gone).code, Code::Unreachable);
            assert_eq!(of_execution(&gone).detail, NO_NODE);
        }
        let limit = std::time::Duration::from_secs(1);
        assert_eq!(of_execution(&ExecutionError::RequestTimeout(limit)).code, Code::TimedOut);
        let unresolved = NewSessionError::FailedToResolveAnyHostname(vec!["a".to_string(), "b".to_string()]);
        assert_eq!(of_new_session(&unresolved).code, Code::Unresolved);
        assert_eq!(of_new_session(&unresolved).detail, "a, b");
    }
}
