//! The cache beside this file as a subject, and a hunt in it: as it is, and with the option that loses data.
mod cache;
use cache::{BLOCK, Block, Cache, Eviction, Store};
use launder_fuzz::{Budget, Planted, hunt};
use launder_impls::{Bug, Cells, Sim, Subject, sim, step};
use launder_oracle::{Call, Contract, Errno, FOLIO, Host, Reply, Who};
use std::cell::RefCell;

struct Bucket(Sim, RefCell<Vec<Block>>, Vec<sim::Lock>);
impl Store for Bucket {
    async fn get(&self, key: u64) -> Block {
        step!(self.0, "GET of object {key}");
        self.1.borrow()[key as usize]
    }
    async fn put(&self, key: u64, object: Block) {
        step!(self.0, "PUT of object {key}");
        self.1.borrow_mut()[key as usize] = object;
    }
    async fn lock(&self, key: u64) -> impl Drop {
        self.0.lock(self.2[key as usize]).await
    }
}

const CELLS: Cells = Cells::even(BLOCK);
/// The cache, and the simulator that it runs in.
pub struct ObjectCache(Sim, Cache<Bucket>);
impl Subject for ObjectCache {
    const NAME: &'static str = "object-cache";
    const SOURCE: &'static str = "cache.rs, beside this file";
    const CONTRACT: Contract = Contract::FUSE;
    const BUGS: &'static [Bug] = &[Bug { name: "early_eviction", source: "Eviction::Early", case: "" }];
    type Ground = ();
    fn new(sim: &Sim, (): &()) -> ObjectCache {
        let name = |key| sim::Named { what: "lock of object", host: Host::A, number: Some(key) };
        let locks: Vec<_> = (0..sim.capacity() / FOLIO).map(|key| sim.new_lock(name(key))).collect();
        let bucket = Bucket(sim.clone(), vec![[0; BLOCK as usize]; locks.len()].into(), locks);
        let eviction = if sim.bug("early_eviction") { Eviction::Early } else { Eviction::AfterPut };
        ObjectCache(sim.clone(), Cache::new(bucket, eviction))
    }
    fn knows(call: &Call) -> bool {
        matches!(call, Call::Pread { .. } | Call::Writeback(Host::A, _) | Call::Reclaim(Host::A, _))
    }
    async fn call(&self, who: Who, call: Call) -> Reply {
        let (ObjectCache(sim, cache), size) = (self, self.0.cells());
        match call {
            Call::Pread { direct, range } if !direct || who == Who::Server => {
                let (bytes, store) = (CELLS.bytes_inside(range, size), &cache.store().1);
                let server = || store.borrow().concat()[bytes.start as usize..bytes.end as usize].to_vec();
                let read = if who == Who::Server { server() } else { cache.read(bytes).await };
                return Reply::Got(CELLS.values(range, &read));
            }
            Call::Pwrite { direct: false, range } if range.end <= size => {
                let data = CELLS.stored(range, sim.value().number().unwrap_or(0));
                cache.write(CELLS.border(range.start), &data).await;
            }
            Call::Fsync | Call::Fdatasync | Call::Close => cache.flush(0..CELLS.border(size)).await,
            Call::Writeback(_, range) => cache.flush(CELLS.bytes(range)).await,
            Call::Reclaim(_, range) => cache.evict(CELLS.bytes(range)).await,
            Call::Open => {}
            _ => return Reply::Err(Errno::ENOSYS),
        }
        Reply::Ok
    }
}

/// With so many the option is found in a second, after a fourth of them.
pub const RUNS: u64 = 100_000;
fn main() {
    let subjects = Planted::of::<ObjectCache>().and_bugs();
    hunt(subjects, Budget::Runs(RUNS)).iter().for_each(|hunted| print!("{hunted}"));
}
