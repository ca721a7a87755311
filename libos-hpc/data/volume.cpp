// Interface: volume.hpp.
#include "libos-hpc/data/volume.hpp"

#include "libos/thread/thread.hpp"
#include "libos/time/clock.hpp"

namespace exo::hpc {
namespace {

constexpr std::uint64_t write_back_ns = 1'000'000'000;
// A write takes the device some ten microseconds, or milliseconds when it flushes: first look often, then sleep.
constexpr unsigned looks_before_sleep = 4096;
constexpr std::uint64_t sleep_ns = 200'000; // while the lock is held

std::int64_t now_ns(void*) {
    return static_cast<std::int64_t>(realtime_ns());
}

} // namespace

Volume::Volume(std::span<block::Device* const> devices, std::uint64_t number)
    : files_(devices, {now_ns, nullptr}), number_(number) {}

store::Status Volume::open(const store::OpenOptions& options) {
    if (const store::Status opened = files_.open(options); !opened)
        return opened;
    ThreadSpec spec;
    spec.entry = run_write_back;
    spec.argument = this;
    spec.detached = true;
    if (!files_.info().read_only && !Thread::create(spec))
        return store::fail(store::Problem::NoMemory);
    return {};
}

// Looks at the disk until the batch under way has ended. The lock is held, and given away between two looks.
void Volume::drive() {
    store::Store& store = files_.store();
    driven_ = true;
    for (unsigned looks = 0; store.is_writing(); ++looks) {
        store.poll();
        if (!store.is_writing())
            break;
        if (looks >= looks_before_sleep)
            store.disk().sleep(deadline_in_ns(sleep_ns));
        lock_.unlock();
        thread_yield();
        lock_.lock();
    }
    driven_ = false;
    ended_.wake_all();
}

Done Volume::sync_locked(std::uint64_t ticket) {
    store::Store& store = files_.store();
    while (!store.is_durable(ticket)) {
        if (store.problem() != store::Problem::None)
            return fail(errno_of(files::error_of(store.problem())));
        if (driven_) {
            (void)ended_.wait(lock_);
            continue;
        }
        store.start_commit();
        drive();
    }
    return {};
}

Done Volume::sync(std::uint64_t ticket) {
    MutexGuard guard(lock_);
    return sync_locked(ticket);
}

Done Volume::sync_all() {
    MutexGuard guard(lock_);
    return sync_locked(files_.store().ticket());
}

void Volume::close() {
    MutexGuard guard(lock_);
    while (driven_)
        (void)ended_.wait(lock_);
    (void)files_.close(); // what fails now failed whoever asked for it before
}

void Volume::notice_changes() {
    if (resting_ && !is_settled()) {
        resting_ = false;
        changed_.wake_one();
    }
}

std::uint64_t Volume::run_write_back(void* volume) {
    static_cast<Volume*>(volume)->write_back();
    return 0;
}

void Volume::write_back() {
    MutexGuard guard(lock_);
    Done done;
    while (done) {
        while (is_settled()) {
            resting_ = true;
            (void)changed_.wait(lock_);
        }
        lock_.unlock();
        (void)thread_sleep_until(deadline_in_ns(write_back_ns));
        lock_.lock();
        done = sync_locked(files_.store().ticket());
    }
}

} // namespace exo::hpc
