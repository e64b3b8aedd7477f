//! The options of a session, as cql/wire.h writes them, and the driver's session made from them.

use crate::failure::{Code, Failure, is_without_reason, of_keyspace, of_new_session};
use crate::hosts::Hosts;
use crate::wire::Reader;
use async_trait::async_trait;
use openssl::ssl::SslContext;
use scylla::client::execution_profile::ExecutionProfile;
use scylla::client::session::Session;
use scylla::client::session_builder::SessionBuilder;
use scylla::client::{Compression, PoolSize};
use scylla::cluster::Node;
use scylla::cluster::metadata::Peer;
use scylla::errors::{NewSessionError, TranslationError};
use scylla::policies::address_translator::{AddressTranslator, UntranslatedPeer};
use scylla::policies::host_filter::HostFilter;
use std::collections::{HashMap, HashSet};
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroUsize;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};
use uuid::Uuid;

/// Of one attempt to connect to one node; short, because several may be tried.
const CONNECT_TO_NODE: Duration = Duration::from_secs(3);
/// A node that is silent for the sum of the two is taken for dead.
const KEEPALIVE_EVERY: Duration = Duration::from_secs(10);
const KEEPALIVE_TIMEOUT: Duration = Duration::from_secs(5);
/// Events tell of changes; this is for an event that got lost.
const METADATA_EVERY: Duration = Duration::from_secs(600);

/// To connect, while the driver does not tell why it could not.
const ATTEMPTS_FOR_A_REASON: u32 = 4;

/// Tried one after the other; more would only take longer.
const MOST_OTHERS: usize = 5;

/// A session of the driver and its choice of nodes.
pub struct Connected {
    pub session: Session,
    pub hosts: Arc<Hosts>,
    pub options: Arc<Options>,
}

pub struct Options {
    contacts: Vec<(String, u16)>,
    keyspace: String,
    datacenter: String,
    login: Option<(String, String)>,
    pub tls: Option<SslContext>,
    translated: HashMap<IpAddr, IpAddr>,
    nodes: usize,
    schema_timeout: Duration,
    pub page_bytes: usize,
}

fn address(text: &str) -> Result<IpAddr, Failure> {
    text.parse().map_err(|_| Failure::new(Code::Invalid, format!("{text} is not an IP address to translate")))
}

impl Options {
    pub fn read(bytes: &[u8], tls: Option<SslContext>) -> Result<Self, Failure> {
        let mut from = Reader::new(bytes);
        let mut contacts = Vec::new();
        for _ in 0..from.count()? {
            contacts.push((from.text()?.to_string(), from.short()?));
        }
        let keyspace = from.text()?.to_string();
        let datacenter = from.text()?.to_string();
        let mut translated = HashMap::new();
        for _ in 0..from.count()? {
            translated.insert(address(from.text()?)?, address(from.text()?)?);
        }
        let nodes = from.count()?;
        let schema_timeout = Duration::from_millis(from.count()? as u64);
        let page_bytes = from.count()?;
        let login = match from.byte()? {
            0 => None,
            _ => Some((from.text()?.to_string(), from.text()?.to_string())),
        };
        from.end()?;
        Ok(Options { contacts, keyspace, datacenter, login, tls, translated, nodes, schema_timeout, page_bytes })
    }

    fn contact_texts(&self) -> impl Iterator<Item = String> {
        self.contacts.iter().map(|(host, port)| match host.parse::<IpAddr>() {
            Ok(ip) => SocketAddr::new(ip, *port).to_string(),
            Err(_) => format!("{host}:{port}"),
        })
    }

    async fn resolved(&self) -> Result<HashSet<SocketAddr>, Failure> {
        let mut found = HashSet::new();
        let mut reasons = Vec::new();
        for contact in self.contact_texts() {
            match tokio::net::lookup_host(&contact).await {
                Ok(addresses) => found.extend(addresses),
                Err(error) => reasons.push(format!("{contact}: {error}")),
            }
        }
        if found.is_empty() {
            return Err(Failure::new(Code::Unresolved, reasons.join("; ")));
        }
        Ok(found)
    }

    fn builder(&self, hosts: Arc<Hosts>) -> SessionBuilder {
        let builder = self.plain_builder().known_nodes(self.contact_texts()).host_filter(hosts);
        if self.translated.is_empty() {
            return builder;
        }
        builder.address_translator(Arc::new(Translator(self.translated.clone())))
    }

    /// All but where the nodes are.
    fn plain_builder(&self) -> SessionBuilder {
        let half = self.schema_timeout / 2;
        let mut builder = SessionBuilder::new()
            .pool_size(PoolSize::PerHost(NonZeroUsize::MIN))
            .compression(Some(Compression::Lz4))
            .connection_timeout(CONNECT_TO_NODE)
            .keepalive_interval(KEEPALIVE_EVERY)
            .keepalive_timeout(KEEPALIVE_TIMEOUT)
            .cluster_metadata_refresh_interval(METADATA_EVERY)
            .fetch_schema_metadata(false)
            .refresh_metadata_on_auto_schema_agreement(false)
            .schema_agreement_timeout(half)
            .default_execution_profile_handle(ExecutionProfile::builder().request_timeout(None).build().into_handle());
        if let Some((user, password)) = &self.login {
            builder = builder.user(user, password);
        }
        if let Some(tls) = &self.tls {
            builder = builder.tls_context(Some(tls.clone()));
        }
        builder
    }

    /// Connects, to the keyspace if one is given. `known` are nodes to try beside the contact points.
    pub async fn connect(self: &Arc<Self>, known: &[SocketAddr]) -> Result<Connected, Failure> {
        let contacts = match self.resolved().await {
            Err(_) if !known.is_empty() => HashSet::new(),
            contacts => contacts?,
        };
        let contacts: HashSet<_> = contacts.into_iter().chain(known.iter().copied()).collect();
        let hosts = Arc::new(Hosts::new(self.nodes, &self.datacenter, contacts.clone()));
        let session = self.build(known, &hosts).await.map_err(|error| self.not_connected(of_new_session(&error)))?;
        if !hosts.has_met_a_contact() {
            self.find_contact(&contacts, &hosts, &session).await;
        }
        let state = session.get_cluster_state();
        if !state.get_nodes_info().iter().any(|node| node.is_enabled()) {
            let known: HashSet<_> = state.get_nodes_info().iter().filter_map(|node| node.datacenter.clone()).collect();
            let wanted = hosts.datacenter().unwrap_or_default();
            let known = known.into_iter().collect::<Vec<_>>().join(", ");
            let detail = format!("no node is in the data center \"{wanted}\"; there are: {known}");
            return Err(Failure::new(Code::Unreachable, detail));
        }
        if !self.keyspace.is_empty() {
            session.use_keyspace(&self.keyspace, true).await.map_err(|error| of_keyspace(&error))?;
        }
        Ok(Connected { session, hosts, options: self.clone() })
    }

    async fn build(&self, known: &[SocketAddr], hosts: &Arc<Hosts>) -> Result<Session, NewSessionError> {
        let mut attempt = 1;
        loop {
            let built = self.builder(hosts.clone()).known_nodes_addr(known).build().await;
            match &built {
                Err(error) if attempt < ATTEMPTS_FOR_A_REASON && is_without_reason(error) => attempt += 1,
                _ => return built,
            }
        }
    }

    /// Nodes tell their addresses, and none of them is a contact point's: it may be 127.0.0.1, or be translated on the
    /// way. Asks which node it is, so that it is used and its data center is ours. Where nobody tells, we go on without.
    async fn find_contact(&self, contacts: &HashSet<SocketAddr>, hosts: &Hosts, session: &Session) {
        for contact in contacts {
            if let Some((id, datacenter)) = self.who_is(*contact).await {
                hosts.is_contact(id, datacenter);
                let _ = session.refresh_metadata().await;
                break;
            }
        }
        let deadline = Instant::now() + CONNECT_TO_NODE;
        while Instant::now() < deadline
            && !session.get_cluster_state().get_nodes_info().iter().any(|node| node.is_connected())
        {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// The driver knows nodes by the addresses that they tell; so for a moment all of them are at the contact point.
    async fn who_is(&self, contact: SocketAddr) -> Option<(Uuid, Option<String>)> {
        let session = self
            .plain_builder()
            .known_node_addr(contact)
            .host_filter(Arc::new(Anyone::default()))
            .address_translator(Arc::new(Everywhere(contact)))
            .build()
            .await
            .ok()?;
        let asked = "SELECT host_id, data_center FROM system.local WHERE key = 'local'";
        let answer = session.query_unpaged(asked, &[]).await.ok()?.into_rows_result().ok()?;
        answer.first_row::<(Uuid, Option<String>)>().ok()
    }

    /// Where else to look when all the nodes that we hold connections to are gone.
    pub fn known_nodes(&self, connected: &Connected) -> Vec<SocketAddr> {
        let state = connected.session.get_cluster_state();
        let wanted = connected.hosts.datacenter();
        let mut others: Vec<_> = state
            .get_nodes_info()
            .iter()
            .filter(|node| !node.is_enabled() && node.datacenter == wanted)
            .map(|node| self.reached(node))
            .collect();
        others.truncate(MOST_OTHERS);
        others
    }

    /// Where a node takes requests from us.
    pub fn reached(&self, node: &Node) -> SocketAddr {
        SocketAddr::new(self.translated(node.address.ip()), node.address.port())
    }

    fn translated(&self, known: IpAddr) -> IpAddr {
        self.translated.get(&known).copied().unwrap_or(known)
    }

    fn not_connected(&self, failure: Failure) -> Failure {
        let tried = self.contact_texts().collect::<Vec<_>>().join(", ");
        Failure::new(failure.code, format!("{tried}: {}", failure.detail))
    }
}

struct Translator(HashMap<IpAddr, IpAddr>);

#[async_trait]
impl AddressTranslator for Translator {
    async fn translate_address(&self, peer: &UntranslatedPeer) -> Result<SocketAddr, TranslationError> {
        let known = peer.untranslated_address();
        Ok(SocketAddr::new(self.0.get(&known.ip()).copied().unwrap_or(known.ip()), known.port()))
    }
}

/// Accepts one node, the first.
#[derive(Default)]
struct Anyone(OnceLock<Uuid>);

impl HostFilter for Anyone {
    fn accept(&self, peer: &Peer) -> bool {
        *self.0.get_or_init(|| peer.host_id) == peer.host_id
    }
}

struct Everywhere(SocketAddr);

#[async_trait]
impl AddressTranslator for Everywhere {
    async fn translate_address(&self, _: &UntranslatedPeer) -> Result<SocketAddr, TranslationError> {
        Ok(self.0)
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::wire::tests::{allocated, changed, noise};
    use crate::wire::{put_bytes, put_int, put_short};

    fn text(out: &mut Vec<u8>, text: &str) {
        put_bytes(out, Some(text.as_bytes()));
    }

    /// As cql/wire.h writes them.
    pub fn written() -> Vec<u8> {
        let mut out = Vec::new();
        put_int(&mut out, 1);
        text(&mut out, "10.0.0.1");
        put_short(&mut out, 9042);
        text(&mut out, "state");
        text(&mut out, "dc1");
        put_int(&mut out, 1);
        text(&mut out, "10.0.0.1");
        text(&mut out, "192.168.0.1");
        for number in [3, 60_000, 1 << 20] {
            put_int(&mut out, number);
        }
        out.push(1);
        text(&mut out, "user");
        text(&mut out, "password");
        out
    }

    #[test]
    fn options_are_read_as_they_were_written() {
        let read = Options::read(&written(), None).ok().unwrap();
        assert_eq!(read.contact_texts().collect::<Vec<_>>(), ["10.0.0.1:9042"]);
        assert_eq!((read.keyspace.as_str(), read.datacenter.as_str()), ("state", "dc1"));
        assert_eq!(read.translated("10.0.0.1".parse().unwrap()).to_string(), "192.168.0.1");
        assert_eq!(read.translated("10.0.0.2".parse().unwrap()).to_string(), "10.0.0.2");
        assert_eq!((read.nodes, read.page_bytes), (3, 1 << 20));
        assert_eq!(read.login, Some(("user".to_string(), "password".to_string())));
    }

    #[test]
    fn options_that_are_cut_off_or_changed_are_refused_or_read() {
        let whole = written();
        for size in 0..whole.len() {
            assert!(Options::read(&whole[..size], None).is_err(), "{size}");
        }
        assert!(Options::read(&[&whole[..], &[0]].concat(), None).is_err(), "one byte more");
        for seed in 0..20_000 {
            for bytes in [changed(&whole, seed), noise(seed, 100)] {
                let (_, taken) = allocated(|| Options::read(&bytes, None));
                assert!(taken <= 64 * bytes.len() + 1000, "{taken} bytes for {bytes:?}");
            }
        }
    }
}
