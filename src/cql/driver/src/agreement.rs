//! Whether all nodes have the same schema: those that we are connected to tell it themselves, the others, such as all of
//! other data centers, through them.

use crate::Answer;
use crate::failure::{Code, Failure, of_agreement, of_execution};
use crate::options::{Connected, Options};
use openssl::ssl::{self, Ssl};
use scylla::client::session::Session;
use scylla::cluster::Node;
use scylla::policies::load_balancing::{NodeIdentifier, SingleTargetLoadBalancingPolicy};
use scylla::statement::Consistency;
use scylla::statement::unprepared::Statement;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_openssl::SslStream;
use uuid::Uuid;

/// A node that does not tell its schema at once may be what the others wait for.
const FOR_A_SCHEMA_VERSION: Duration = Duration::from_secs(2);
/// Nodes tell each other of their schemas once a second.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// Whose schema is another one for so long may be down: what its peers know of it stays then.
const DOUBT_AFTER: Duration = Duration::from_secs(3);
/// Of a node in doubt, and of how many at once.
const FOR_A_SIGN_OF_LIFE: Duration = Duration::from_secs(2);
const MOST_IN_DOUBT: usize = 32;
/// An OPTIONS frame, which needs no login: version 4, no flags, stream 0, no body.
const WHAT_IS_SPOKEN: [u8; 9] = [4, 0, 0, 0, 5, 0, 0, 0, 0];
/// Of OpenSSL: reasons of a failed handshake that are no answer in TLS, an end of the connection and another protocol.
const UNEXPECTED_EOF: i32 = 294;
const WRONG_VERSION_NUMBER: i32 = 267;
/// Named for each schema when they do not agree.
const MOST_NAMED: usize = 5;

/// Answers the schema version of all nodes that are up.
pub async fn wait_for(connected: &Connected, limit: Duration) -> Result<Answer, Failure> {
    let agreed = match tokio::time::timeout(limit, all_agree(connected)).await {
        Ok(Ok(version)) => Ok(Answer { body: version.as_bytes().to_vec(), ..Answer::default() }),
        Ok(Err(failure)) => Err(failure),
        Err(_) => Err(Failure::new(Code::SchemaDisagreement, format!("not within {} ms", limit.as_millis()))),
    };
    told_apart(&connected.session, agreed).await
}

async fn all_agree(connected: &Connected) -> Result<Uuid, Failure> {
    let session = &connected.session;
    let doubtful = Instant::now() + DOUBT_AFTER;
    let mut down = HashSet::new();
    loop {
        let version = session.await_schema_agreement().await.map_err(|error| of_agreement(&error))?;
        let mut apart = others(session).await?;
        apart.retain(|(node, theirs)| *theirs != version && !down.contains(&node.host_id));
        if apart.is_empty() {
            return Ok(version);
        }
        if Instant::now() >= doubtful {
            down.extend(silent(&connected.options, apart).await);
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// The nodes that we are not connected to, with the schema that a peer of theirs knows of.
async fn others(session: &Session) -> Result<Vec<(Arc<Node>, Uuid)>, Failure> {
    let state = session.get_cluster_state();
    let others = state.get_nodes_info().iter().filter(|node| !node.is_connected());
    let others: HashMap<_, _> = others.map(|node| (node.host_id, node.clone())).collect();
    if others.is_empty() {
        return Ok(Vec::new());
    }
    let mut asked = Statement::new("SELECT host_id, schema_version FROM system.peers");
    asked.set_consistency(Consistency::One);
    asked.set_is_idempotent(true);
    let malformed =
        |error: &dyn std::fmt::Display| Failure::new(Code::Failed, format!("the answer is malformed: {error}"));
    let answer = session.query_unpaged(asked, &[]).await.map_err(|error| of_execution(&error))?;
    let answer = answer.into_rows_result().map_err(|error| malformed(&error))?;
    let mut found = Vec::new();
    for row in answer.rows::<(Option<Uuid>, Option<Uuid>)>().map_err(|error| malformed(&error))? {
        // Rows of nodes that are half there, or were, have gaps.
        if let (Some(id), Some(version)) = row.map_err(|error| malformed(&error))? {
            found.extend(others.get(&id).map(|node| (node.clone(), version)));
        }
    }
    Ok(found)
}

/// Those of them that are down, or hang.
async fn silent(options: &Options, nodes: Vec<(Arc<Node>, Uuid)>) -> Vec<Uuid> {
    let looks = nodes.iter().take(MOST_IN_DOUBT).map(|(node, _)| async move {
        let sign = tokio::time::timeout(FOR_A_SIGN_OF_LIFE, shows_life(options, options.reached(node)));
        (!matches!(sign.await, Ok(Ok(())))).then_some(node.host_id)
    });
    futures::future::join_all(looks).await.into_iter().flatten().collect()
}

/// Ends when a node says something, whatever it is. That a connection is taken, and ended, tells nothing: a proxy does it
/// for nodes that are down. Nothing is asked of its data: it may be of another data center.
async fn shows_life(options: &Options, at: SocketAddr) -> std::io::Result<()> {
    let mut connection = TcpStream::connect(at).await?;
    match &options.tls {
        Some(tls) => {
            let mut connection = SslStream::new(Ssl::new(tls)?, connection)?;
            match Pin::new(&mut connection).connect().await {
                Err(error) if !is_said_in_tls(&error) => Err(std::io::Error::other(error)),
                _ => Ok(()),
            }
        }
        None => {
            connection.write_all(&WHAT_IS_SPOKEN).await?;
            connection.read_u8().await.map(|_| ())
        }
    }
}

/// Whether a handshake failed by what the peer answered.
fn is_said_in_tls(error: &ssl::Error) -> bool {
    let reasons = error.ssl_error().map_or(&[][..], |stack| stack.errors());
    let is_other = |reason| [UNEXPECTED_EOF, WRONG_VERSION_NUMBER].contains(&reason);
    !reasons.is_empty() && !reasons.iter().any(|error| is_other(error.reason_code()))
}

/// Adds to a disagreement who has which schema.
pub async fn told_apart(session: &Session, result: Result<Answer, Failure>) -> Result<Answer, Failure> {
    let Err(failure) = result else { return result };
    if failure.code != Code::SchemaDisagreement {
        return Err(failure);
    }
    let state = session.get_cluster_state();
    let asked = state.get_nodes_info().iter().filter(|node| node.is_enabled());
    let answers = futures::future::join_all(asked.map(|node| async move {
        let version = tokio::time::timeout(FOR_A_SCHEMA_VERSION, schema_version(session, node)).await;
        (version.ok().flatten(), node.address.ip())
    }));
    let mut nodes: BTreeMap<Option<Uuid>, BTreeSet<IpAddr>> = BTreeMap::new();
    for (version, address) in answers.await {
        nodes.entry(version).or_default().insert(address);
    }
    if let Ok(Ok(others)) = tokio::time::timeout(FOR_A_SCHEMA_VERSION, others(session)).await {
        for (node, version) in others.iter().filter(|(node, _)| !node.is_enabled()) {
            nodes.entry(Some(*version)).or_default().insert(node.address.ip());
        }
    }
    let told = nodes.iter().map(|(version, addresses)| {
        let version = version.map_or("no answer".to_string(), |version| format!("schema {version}"));
        format!("{version} from {}", named(addresses))
    });
    Err(Failure::new(failure.code, format!("{}; {}", failure.detail, told.collect::<Vec<_>>().join("; "))))
}

fn named(addresses: &BTreeSet<IpAddr>) -> String {
    let mut named: Vec<_> = addresses.iter().take(MOST_NAMED).map(IpAddr::to_string).collect();
    if addresses.len() > MOST_NAMED {
        named.push(format!("{} more", addresses.len() - MOST_NAMED));
    }
    named.join(", ")
}

async fn schema_version(session: &Session, node: &Arc<Node>) -> Option<Uuid> {
    let mut asked = Statement::new("SELECT schema_version FROM system.local WHERE key = 'local'");
    asked.set_consistency(Consistency::One);
    let only_it = SingleTargetLoadBalancingPolicy::new(NodeIdentifier::Node(node.clone()), None);
    asked.set_load_balancing_policy(Some(only_it));
    let answer = session.query_unpaged(asked, &[]).await.ok()?.into_rows_result().ok()?;
    Some(answer.single_row::<(Uuid,)>().ok()?.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::tests::written;
    use openssl::ssl::{SslContext, SslMethod};
    use tokio::net::TcpListener;

    /// Whether a node lives that reads what it is told, gives this answer and ends the connection.
    async fn lives_with(options: &Options, answer: &[u8]) -> bool {
        let node = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = node.local_addr().unwrap();
        let (sign, ()) = futures::future::join(shows_life(options, at), async {
            let mut connection = node.accept().await.unwrap().0;
            assert!(connection.read(&mut [0; 4096]).await.unwrap() > 0);
            connection.write_all(answer).await.unwrap();
        })
        .await;
        sign.is_ok()
    }

    #[test]
    fn whoever_says_something_in_its_protocol_lives_and_whoever_only_ends_connections_does_not() {
        const ALERT: &[u8] = &[21, 3, 3, 0, 2, 2, 40];
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let tls = SslContext::builder(SslMethod::tls_client()).unwrap().build();
        let plain = Options::read(&written(), None).ok().unwrap();
        let tls = Options::read(&written(), Some(tls)).ok().unwrap();
        runtime.block_on(async {
            assert!(lives_with(&plain, &[0x84]).await);
            assert!(lives_with(&tls, ALERT).await);
            assert!(!lives_with(&tls, b"HTTP/1.1 503 Service Unavailable\r\n\r\n").await);
            for options in [plain, tls] {
                assert!(!lives_with(&options, &[]).await);
                // At once, before anything is read.
                let node = TcpListener::bind("127.0.0.1:0").await.unwrap();
                let at = node.local_addr().unwrap();
                let (sign, ()) =
                    futures::future::join(shows_life(&options, at), async { drop(node.accept().await) }).await;
                assert!(sign.is_err());
                drop(node);
                assert!(shows_life(&options, at).await.is_err());
            }
        });
    }

    #[test]
    fn a_few_are_named_and_the_others_counted() {
        let addresses = |count| (1..=count).map(|last| IpAddr::from([10, 0, 0, last])).collect();
        assert_eq!(named(&addresses(2)), "10.0.0.1, 10.0.0.2");
        assert_eq!(named(&addresses(5)), "10.0.0.1, 10.0.0.2, 10.0.0.3, 10.0.0.4, 10.0.0.5");
        assert_eq!(named(&addresses(8)), "10.0.0.1, 10.0.0.2, 10.0.0.3, 10.0.0.4, 10.0.0.5, 3 more");
    }
}
