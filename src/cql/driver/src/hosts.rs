//! Which nodes we hold connections to: a few of one data center, whatever the size of the ring.

use scylla::client::session::Session;
use scylla::cluster::metadata::Peer;
use scylla::policies::host_filter::HostFilter;
use std::collections::hash_map::RandomState;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::BuildHasher;
use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use uuid::Uuid;

const LOOK_EVERY: Duration = Duration::from_secs(5);
/// A chosen node without connection for so long gives its place to another.
const PATIENCE: Duration = Duration::from_secs(20);
/// After so long it is as good as any other again.
const FORGIVEN_AFTER: Duration = Duration::from_secs(300);
/// Between attempts to choose again when the cluster cannot be asked for its nodes.
const REFRESH_EVERY: Duration = Duration::from_secs(30);

/// The smallest are chosen: nodes that work, then contact points, then by chance, so that the instances of a fleet
/// do not all meet at the same nodes.
type Rank = (bool, bool, u64, Uuid);

#[derive(Debug, PartialEq, Eq)]
enum Needed {
    Nothing,
    NewChoice,
    NewSession,
}

#[derive(Default)]
struct State {
    datacenter: Option<String>,
    /// Of each data center, because nodes are offered before ours is known.
    chosen: HashMap<String, BTreeSet<Rank>>,
    /// Contact points that are nodes of other addresses, such as the one at 127.0.0.1 in our pod.
    local: HashSet<Uuid>,
    /// A contact point was among the nodes.
    met: bool,
    silent_since: HashMap<Uuid, Instant>,
    avoided_until: HashMap<Uuid, Instant>,
}

pub struct Hosts {
    most: usize,
    contacts: HashSet<SocketAddr>,
    chance: RandomState,
    state: Mutex<State>,
}

impl Hosts {
    /// Without a data center it becomes the one of the contact point that answers.
    pub fn new(most: usize, datacenter: &str, contacts: HashSet<SocketAddr>) -> Self {
        let datacenter = (!datacenter.is_empty()).then(|| datacenter.to_string());
        let state = Mutex::new(State { datacenter, ..State::default() });
        Hosts { most, contacts, chance: RandomState::new(), state }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn datacenter(&self) -> Option<String> {
        self.state().datacenter.clone()
    }

    /// Whether a contact point is one of the nodes that were offered.
    pub fn has_met_a_contact(&self) -> bool {
        self.state().met
    }

    /// A contact point is this node. To be followed by a refresh of the driver's metadata.
    pub fn is_contact(&self, id: Uuid, datacenter: Option<String>) {
        let state = &mut *self.state();
        state.local.insert(id);
        state.datacenter = state.datacenter.take().or(datacenter);
    }

    fn admit(&self, id: Uuid, address: SocketAddr, datacenter: Option<&str>) -> bool {
        let state = &mut *self.state();
        let contact = self.contacts.contains(&address) || state.local.contains(&id);
        state.met |= contact;
        if state.datacenter.is_none() && contact {
            state.datacenter = datacenter.map(str::to_string);
        }
        let rank = (state.avoided_until.contains_key(&id), !contact, self.chance.hash_one(id), id);
        let chosen = state.chosen.entry(datacenter.unwrap_or_default().to_string()).or_default();
        chosen.retain(|other| other.3 != id);
        chosen.insert(rank);
        while chosen.len() > self.most {
            chosen.pop_last();
        }
        state.datacenter.is_some() && state.datacenter.as_deref() == datacenter && chosen.contains(&rank)
    }

    /// Takes note of who is connected. What is to be done.
    fn note(&self, nodes: &[(Uuid, bool, bool)], now: Instant) -> Needed {
        let state = &mut *self.state();
        let before = (state.chosen.values().map(BTreeSet::len).sum::<usize>(), state.avoided_until.len());
        for chosen in state.chosen.values_mut() {
            chosen.retain(|rank| nodes.iter().any(|(id, ..)| *id == rank.3));
        }
        state.avoided_until.retain(|_, until| now < *until);
        let mut changed = before != (state.chosen.values().map(BTreeSet::len).sum(), state.avoided_until.len());
        for (id, enabled, connected) in nodes {
            if !enabled || *connected {
                state.silent_since.remove(id);
            } else if now.duration_since(*state.silent_since.entry(*id).or_insert(now)) >= PATIENCE {
                changed |= state.avoided_until.insert(*id, now + FORGIVEN_AFTER).is_none();
            }
        }
        let silent = |id| state.silent_since.get(id).is_some_and(|since| now.duration_since(*since) >= PATIENCE);
        if nodes.iter().filter(|(_, enabled, _)| *enabled).all(|(id, ..)| silent(id)) {
            return Needed::NewSession;
        }
        if changed { Needed::NewChoice } else { Needed::Nothing }
    }

    /// Ends when a new session is needed, because no chosen node has been connected for a while. Until then replaces
    /// the ones that went away.
    pub async fn watch(&self, session: &Session) {
        let mut stale = false;
        let mut next_refresh = Instant::now();
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            let nodes: Vec<_> = session
                .get_cluster_state()
                .get_nodes_info()
                .iter()
                .map(|node| (node.host_id, node.is_enabled(), node.is_connected()))
                .collect();
            let now = Instant::now();
            match self.note(&nodes, now) {
                Needed::NewSession => return,
                Needed::NewChoice => stale = true,
                Needed::Nothing => {}
            }
            if stale && now >= next_refresh {
                stale = session.refresh_metadata().await.is_err();
                next_refresh = now + REFRESH_EVERY;
            }
        }
    }
}

impl HostFilter for Hosts {
    fn accept(&self, peer: &Peer) -> bool {
        self.admit(peer.host_id, SocketAddr::new(peer.address.ip(), peer.address.port()), peer.datacenter.as_deref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(last: u8) -> SocketAddr {
        SocketAddr::from(([10, 0, 0, last], 9042))
    }

    fn id(number: u8) -> Uuid {
        Uuid::from_bytes([number; 16])
    }

    /// Every node is offered, twice, as the driver does it; who is accepted in the end.
    fn chosen(hosts: &Hosts, nodes: &[(u8, &str)]) -> Vec<u8> {
        let offer = || {
            nodes
                .iter()
                .filter(|(n, dc)| hosts.admit(id(*n), address(*n), Some(dc)))
                .map(|(n, _)| *n)
                .collect::<Vec<_>>()
        };
        offer();
        offer()
    }

    #[test]
    fn a_few_nodes_are_chosen_and_the_contact_point_is_one_of_them() {
        let ring: Vec<_> = (1..=100).map(|n| (n, "dc1")).collect();
        let hosts = Hosts::new(3, "", HashSet::from([address(50)]));
        let first = chosen(&hosts, &ring);
        assert_eq!(first.len(), 3);
        assert!(first.contains(&50));
        assert_eq!(first, chosen(&hosts, &ring));
    }

    #[test]
    fn whoever_is_offered_first_no_more_nodes_than_asked_for_are_accepted() {
        let ring: Vec<_> = (1..=200).map(|n| (n, if n % 2 == 0 { "dc1" } else { "dc2" })).collect();
        for contact in [2, 100, 200] {
            assert_eq!(chosen(&Hosts::new(3, "", HashSet::from([address(contact)])), &ring).len(), 3);
        }
    }

    #[test]
    fn a_contact_point_may_be_a_node_of_another_address() {
        let ring = [(1, "dc1"), (2, "dc2"), (3, "dc2")];
        let hosts = Hosts::new(1, "", HashSet::from([SocketAddr::from(([127, 0, 0, 1], 9042))]));
        assert!(chosen(&hosts, &ring).is_empty());
        assert!(!hosts.has_met_a_contact());
        hosts.is_contact(id(3), Some("dc2".to_string()));
        assert_eq!(chosen(&hosts, &ring), [3]);
        assert!(hosts.has_met_a_contact());
    }

    #[test]
    fn nodes_of_other_data_centers_are_left_alone() {
        let ring = [(1, "dc1"), (2, "dc2"), (3, "dc2"), (4, "dc1")];
        assert_eq!(chosen(&Hosts::new(9, "", HashSet::from([address(2)])), &ring), [2, 3]);
        assert_eq!(chosen(&Hosts::new(9, "dc1", HashSet::from([address(2)])), &ring), [1, 4]);
        assert!(chosen(&Hosts::new(9, "nowhere", HashSet::new()), &ring).is_empty());
    }

    #[test]
    fn a_node_that_stays_away_is_replaced_and_comes_back() {
        let ring = [(1, "dc1"), (2, "dc1"), (3, "dc1")];
        let hosts = Hosts::new(2, "dc1", HashSet::from([address(1), address(2)]));
        assert_eq!(chosen(&hosts, &ring), [1, 2]);
        let start = Instant::now();
        let away = [(id(1), true, false), (id(2), true, true), (id(3), false, false)];
        assert_eq!(hosts.note(&away, start), Needed::Nothing);
        assert_eq!(hosts.note(&away, start + PATIENCE / 2), Needed::Nothing);
        assert_eq!(hosts.note(&away, start + PATIENCE), Needed::NewChoice);
        assert_eq!(chosen(&hosts, &ring), [2, 3]);
        let back = [(id(1), false, false), (id(2), true, true), (id(3), true, true)];
        assert_eq!(hosts.note(&back, start + PATIENCE + FORGIVEN_AFTER), Needed::NewChoice);
        assert_eq!(chosen(&hosts, &ring), [1, 2]);
    }

    #[test]
    fn where_all_are_away_a_new_session_is_needed() {
        let hosts = Hosts::new(1, "dc1", HashSet::new());
        chosen(&hosts, &[(1, "dc1")]);
        let start = Instant::now();
        let away = [(id(1), true, false), (id(2), false, false)];
        assert_eq!(hosts.note(&away, start), Needed::Nothing);
        assert_eq!(hosts.note(&away, start + PATIENCE), Needed::NewSession);
        assert_eq!(hosts.note(&[(id(1), true, true)], start + PATIENCE), Needed::Nothing);
    }

    #[test]
    fn a_node_that_left_the_ring_gives_its_place_away() {
        let hosts = Hosts::new(1, "dc1", HashSet::from([address(1)]));
        assert_eq!(chosen(&hosts, &[(1, "dc1"), (2, "dc1")]), [1]);
        assert_eq!(hosts.note(&[(id(2), true, true)], Instant::now()), Needed::NewChoice);
        assert_eq!(chosen(&hosts, &[(2, "dc1")]), [2]);
    }
}
