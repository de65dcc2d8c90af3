//! fs/afs/inode.c and callback.c: whether what is cached is still the file.

use super::{Afs, Era, prepare_write};
use crate::linux::Fattr;
use crate::sim::{Lock, Named, Shared, SharedRef};
use crate::{Job, Sim, step};
use launder_oracle::{Errno, Host, Who};

/// struct afs_vnode
pub struct Vnode {
    /// AFS_VNODE_CB_PROMISED: the server will say if the file changes.
    promised: Shared<bool>,
    /// vnode->cb_break: how often it has said so.
    broken: Shared<u32>,
    /// AFS_VNODE_ZAP_DATA: a third party has changed the file, and what is cached is to be dropped.
    pub zap: Shared<bool>,
    /// vnode->status.data_version
    pub version: Shared<u32>,
    /// vnode->validate_lock
    pub validate: Lock,
    /// vnode->wb_keys, in the order in which the file was opened for writing.
    pub keys: SharedRef<Vec<Who>>,
    /// vnode->writebacks, and each page's private data.
    pub writebacks: prepare_write::Writebacks,
}

impl Vnode {
    pub fn new(sim: &Sim, host: Host) -> Vnode {
        let keys = Who::PROCESSES.into_iter().filter(|who| who.host() == Some(host));
        Vnode {
            promised: sim.shared(true),
            broken: sim.shared(0),
            zap: sim.shared(false),
            version: sim.shared(0),
            validate: sim.new_lock(Named { what: "validate_lock", host, number: None }),
            keys: sim.shared_ref(keys.collect()),
            writebacks: prepare_write::Writebacks::new(sim),
        }
    }
}

impl Afs {
    /// afs_validate(): the server is asked, unless it has promised to say if the file changes; if it did change, what is cached
    /// is zapped.
    pub(super) async fn validate(&self, host: Host, key: Who) -> Result<(), Errno> {
        let vnode = self.vnode(host);
        if vnode.promised.get() && !vnode.zap.get() {
            return Ok(());
        }
        let _validate = self.linux.sim.lock(vnode.validate).await;
        if vnode.zap.get() && self.era == Era::Keys {
            // afs_check_validity(), afs_cb_break_for_zap.
            self.break_callback(host).await;
        }
        if !vnode.promised.get() {
            self.fetch_status(host, key).await?;
        }
        if vnode.zap.take() {
            self.zap_data(host).await;
        }
        Ok(())
    }

    /// afs_fetch_status(): with it the server promises anew, unless it has broken that promise meanwhile.
    async fn fetch_status(&self, host: Host, key: Who) -> Result<(), Errno> {
        let vnode = self.vnode(host);
        let _request = self.linux.begin_request(host).await;
        let (before, broken) = (vnode.version.get(), vnode.broken.get());
        let status = self.linux.server.getattr_and_change(host, key).await?;
        self.commit_status(host, before, 0, status, false);
        vnode.promised.set(broken == vnode.broken.get());
        let how = if vnode.zap.get() { ", and another has changed the file" } else { "" };
        step!(self.linux.sim, "{host}: data version {}{how}", status.change);
        Ok(())
    }

    /// afs_vnode_commit_status(), afs_apply_status(): a request that was to add `delta` to the data version has not found it as it
    /// was known; 3f4aa9818163 "afs: Fix EOF corruption": only then, or where the request was to set it, does the size count.
    pub(super) fn commit_status(&self, host: Host, before: u32, delta: u32, status: Fattr, set_size: bool) {
        let vnode = self.vnode(host);
        // A reply that others have overtaken; what it has set is there, and the server is to be asked for the rest.
        if status.change < vnode.version.get() {
            if !set_size {
                return;
            }
            vnode.promised.set(false);
        }
        let changed = vnode.version.replace(status.change) != status.change;
        let jumped = before + delta != status.change;
        if jumped {
            vnode.zap.set(true);
        }
        if changed && set_size {
            self.linux.inode(host).set_size(status.size);
        } else if changed && jumped {
            self.take_size(host, status.size);
        }
    }

    /// The size after a third party's change: the server's, and in a kinder world than that of 5.15 where writing back what is
    /// dirty will put it.
    fn take_size(&self, host: Host, server: u32) {
        let inode = self.linux.inode(host);
        let dirty = self.linux.unwritten_end(host, inode.size().get());
        inode.set_size(if self.linux.sim.bug("size_from_server") { server } else { server.max(dirty) });
    }

    /// afs_zap_data(): "nuke all the non-dirty pages that aren't locked, mapped or being written back", invalidate_remote_inode().
    async fn zap_data(&self, host: Host) {
        let linux = &self.linux;
        if linux.sim.bug("validate_lock") {
            let _ = self.writepages(host, 0..u32::MAX, true).await;
        }
        if !linux.sim.bug("size_from_server") {
            linux.size_changed(host, u32::MAX, linux.inode(host).size().get()).await;
        }
        if linux.sim.bug("launder_start") {
            return self.invalidate_inode_pages2(host).await;
        }
        linux.invalidate_mapping_pages(host, 0..u32::MAX).await;
    }

    /// afs_break_callback(): nothing is asked of the server here, and nothing is dropped; but what is mapped is unmapped, so that
    /// the next fault asks. The work that it queues for that, afs_invalidate_mmap_work(), is done before the server is answered.
    pub(super) async fn break_callback(&self, host: Host) {
        let (linux, vnode) = (&self.linux, self.vnode(host));
        if !vnode.promised.take() {
            return;
        }
        vnode.broken.set(vnode.broken.get() + 1);
        step!(linux.sim, "{host}: the callback is broken");
        let mapped = linux.processes(host).any(|process| process.map().get().is_some());
        if self.era == Era::Keys && mapped && !linux.sim.bug("cb_no_unmap") {
            linux.unmap(host, 0..u32::MAX).await;
        }
    }

    /// The server has a new data version: it breaks the callbacks of all but who made it, before it answers that one.
    pub(super) async fn break_callbacks(&self, but: Option<Host>) {
        for host in Host::ALL.into_iter().filter(|host| Some(*host) != but) {
            self.break_callback(host).await;
            if self.era != Era::Keys {
                self.linux.sim.spawn(host, Job(host.index() as u32));
            }
        }
    }

    /// afs_broken_callback_work(), until 4.15: asks the server as nobody, unless somebody who holds validate_lock does.
    pub(super) async fn broken_callback_work(&self, host: Host) {
        let vnode = self.vnode(host);
        let Some(_validate) = self.linux.sim.try_lock(vnode.validate) else { return };
        if !vnode.promised.get() && self.fetch_status(host, Who::Nature).await.is_ok() && vnode.zap.take() {
            self.zap_data(host).await;
        }
    }

    /// The host has crashed.
    pub(super) fn forget(&self, host: Host) {
        let vnode = self.vnode(host);
        vnode.promised.set(false);
        vnode.broken.set(vnode.broken.get() + 1);
        vnode.zap.set(false);
        vnode.version.set(self.linux.server.fattr().change);
        vnode.keys.borrow_mut().clear();
        vnode.writebacks.forget();
    }
}
