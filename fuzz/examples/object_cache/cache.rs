//! A write-back cache of a disk whose blocks are objects: the store knows GET and PUT of whole objects, and no more.
//!
//! An ordinary cache: it knows nothing of who tests it.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Range;

/// Bytes of a block.
pub const BLOCK: u64 = 64;

/// The contents of a block.
pub type Block = [u8; BLOCK as usize];

/// Where the objects are, and the locks of who runs the cache.
#[allow(async_fn_in_trait)] // a cache is used by one thread
pub trait Store {
    /// Reads a whole object.
    async fn get(&self, key: u64) -> Block;

    /// Replaces a whole object.
    async fn put(&self, key: u64, object: Block);

    /// Waits for the lock of an object; whoever has the guard has the lock.
    async fn lock(&self, key: u64) -> impl Drop;
}

/// When a block that is evicted leaves the cache.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Eviction {
    /// When the store has it.
    AfterPut,
    /// At once, as memory is short; what is dirty is on its way to the store then.
    Early,
}

struct Cached {
    bytes: Block,
    dirty: bool,
}

/// The cache.
pub struct Cache<S> {
    store: S,
    blocks: RefCell<BTreeMap<u64, Cached>>,
    eviction: Eviction,
}

impl<S: Store> Cache<S> {
    pub fn new(store: S, eviction: Eviction) -> Cache<S> {
        Cache { store, blocks: RefCell::default(), eviction }
    }

    /// What is behind the cache.
    pub fn store(&self) -> &S {
        &self.store
    }

    pub async fn read(&self, bytes: Range<u64>) -> Vec<u8> {
        let mut read = Vec::new();
        for (key, part) in parts(bytes) {
            self.with_block(key, |block| read.extend_from_slice(&block.bytes[part])).await;
        }
        read
    }

    pub async fn write(&self, offset: u64, bytes: &[u8]) {
        let mut rest = bytes;
        for (key, part) in parts(offset..offset + bytes.len() as u64) {
            let (now, later) = rest.split_at(part.len());
            rest = later;
            self.with_block(key, |block| {
                block.bytes[part].copy_from_slice(now);
                block.dirty = true;
            })
            .await;
        }
    }

    /// Returns when the store has all that was written before to the blocks of these bytes.
    pub async fn flush(&self, bytes: Range<u64>) {
        for (key, _) in parts(bytes) {
            let _lock = self.store.lock(key).await;
            self.put_if_dirty(key).await;
        }
    }

    /// Makes room.
    pub async fn evict(&self, bytes: Range<u64>) {
        for (key, _) in parts(bytes) {
            if self.eviction == Eviction::Early {
                let evicted = self.blocks.borrow_mut().remove(&key);
                if let Some(Cached { bytes, dirty: true }) = evicted {
                    self.store.put(key, bytes).await;
                }
                continue;
            }
            let _lock = self.store.lock(key).await;
            self.put_if_dirty(key).await;
            let mut blocks = self.blocks.borrow_mut();
            // Written to while it was put, it stays.
            if blocks.get(&key).is_some_and(|block| !block.dirty) {
                blocks.remove(&key);
            }
        }
    }

    /// The lock of the block is held.
    async fn put_if_dirty(&self, key: u64) {
        let dirty = self.blocks.borrow_mut().get_mut(&key).filter(|block| block.dirty).map(|block| {
            // Before the PUT: who writes meanwhile makes it dirty again.
            block.dirty = false;
            block.bytes
        });
        if let Some(bytes) = dirty {
            self.store.put(key, bytes).await;
        }
    }

    /// Uses a block, which the store is asked for if need be.
    async fn with_block(&self, key: u64, then: impl FnOnce(&mut Cached)) {
        let is_cached = || self.blocks.borrow().contains_key(&key);
        if !is_cached() {
            let _lock = self.store.lock(key).await;
            // Who had the lock before may have got it.
            if !is_cached() {
                let bytes = self.store.get(key).await;
                self.blocks.borrow_mut().insert(key, Cached { bytes, dirty: false });
            }
        }
        self.blocks.borrow_mut().get_mut(&key).map(then);
    }
}

/// The blocks of a range, and which bytes of each.
fn parts(bytes: Range<u64>) -> impl Iterator<Item = (u64, Range<usize>)> {
    let keys = bytes.start / BLOCK..bytes.end.div_ceil(BLOCK);
    keys.map(move |key| {
        let within = |byte: u64| (byte.clamp(key * BLOCK, (key + 1) * BLOCK) - key * BLOCK) as usize;
        (key, within(bytes.start)..within(bytes.end))
    })
}
