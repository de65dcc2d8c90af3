//! State recovery of NFSv4, where it is broken: once a request is lost, others wait for the state manager, a thread that kthreadd has
//! to make.

use crate::Sim;
use crate::sim::{Guard, Lock, Named, Shared};
use launder_oracle::{Host, Who};

/// Who recovers the state that a client shares with the server. cce0be6eb497 "NFS: Fix a deadlock involving nfs_release_folio()":
/// kthreadd may be reclaiming memory itself, and to release a folio must then not wait for the server.
pub(super) struct Recovery {
    due: [Shared<bool>; 2],
    /// What each kthreadd holds while it reclaims; nothing where nobody waits for that.
    kthreadd: Option<[Lock; 2]>,
}

impl Recovery {
    pub fn new(sim: &Sim) -> Recovery {
        let kthreadd = |host| sim.new_lock(Named { what: "kthreadd", host, number: None });
        let broken = sim.bug("release_io_deadlock");
        Recovery {
            due: Host::ALL.map(|_| sim.shared(false)),
            kthreadd: broken.then(|| Host::ALL.map(kthreadd)),
        }
    }

    /// A request of this user's was lost.
    pub fn request_is_lost(&self, user: Who) {
        user.host().into_iter().for_each(|host| self.due[host.index()].set(true));
    }

    /// What a request of this user's waits for before it can be answered.
    pub async fn wait(&self, sim: &Sim, user: Who) {
        let due = user.host().filter(|host| self.due[host.index()].get());
        if let (Some(kthreadd), Some(host)) = (self.kthreadd, due) {
            drop(sim.lock(kthreadd[host.index()]).await);
            self.due[host.index()].set(false);
        }
    }

    /// kthreadd reclaims memory of the host.
    pub async fn reclaim<'s>(&self, sim: &'s Sim, host: Host) -> Option<Guard<'s>> {
        match self.kthreadd {
            Some(kthreadd) => Some(sim.lock(kthreadd[host.index()]).await),
            None => None,
        }
    }
}
