// See volume.hpp.
#include "libos-kv/machine/volume.hpp"

#include "libos-kv/server/recovery.hpp"
#include "libos/block/open_disk.hpp"
#include "libos/start/kit.hpp"
#include "libos/store/blank.hpp"
#include "libos/time/clock.hpp"

namespace exo::kv {

namespace {

constexpr std::uint64_t cache_bytes = 8u << 20;

store::Status make_journal(const StartInfo& start, block::Device& device) {
    store::CreateSpec spec;
    copy_bytes(spec.uuid, &start.seed[1], sizeof spec.uuid);
    spec.salt = start.seed[0] ^ start.seed[2];
    spec.now_ns = realtime_ns();
    copy_bytes(spec.label, volume_label.data(), volume_label.size());
    return StoreLog::create(device, spec);
}

store::Result<StoreLog*> open_journal(const StartInfo& start, block::Device& device) {
    auto* log = make<StoreLog>(device);
    store::Status opened = log->open({.cache_bytes = cache_bytes});
    if (opened)
        return log;
    destroy(log);
    if (opened.error() != store::Problem::NotAStore)
        return store::fail(opened.error());
    const store::Result<bool> blank = store::is_blank(device);
    if (!blank || !*blank)
        return store::fail(blank ? store::Problem::NotAStore : blank.error());
    if (const store::Status made = make_journal(start, device); !made)
        return store::fail(made.error());
    log = make<StoreLog>(device);
    opened = log->open({.cache_bytes = cache_bytes});
    return opened ? store::Result<StoreLog*>(log) : store::fail(opened.error());
}

const char* sentence_of(store::Problem problem) {
    if (problem == store::Problem::Unknown)
        return "the disk holds something else than the store's keys, or what the store did not write";
    return store::problem_text(problem);
}

std::uint64_t keys_of(const Server& server) {
    std::uint64_t keys = 0;
    for (const Database& database : server.databases)
        keys += database.size();
    return keys;
}

void say_what_is_kept(const Recovered& recovered, Durability durability) {
    log_line({{"kv: recovered "},
              decimal(recovered.keys),
              {" keys from "},
              decimal(recovered.octets),
              {" octets of journal in "},
              decimal(recovered.milliseconds),
              {" ms"}});
    if (durability == Durability::Batch)
        log_line({{"kv: durability batch: at most the last "},
                  decimal(batch_loss_ms),
                  {" ms of what was acknowledged can be lost"}});
    else
        log_line({{"kv: durability "}, {durability_name(durability).data()}});
}

} // namespace

bool has_disk(const StartInfo& start) {
    for (std::uint32_t function = 0; function < start.function_count; function++)
        if (block::is_disk(start.functions[function]))
            return true;
    return start.extent_count != 0;
}

const char* Volume::open(const StartInfo& start, Server& server, Durability durability, Volume*& volume) {
    block::OpenedDisk disks[2];
    const std::size_t count = block::open_disks(disks);
    if (count != 1)
        return count ? "keys are kept on one disk, and more were given" : "no disk was given to keep keys on";
    if (!disks[0].device)
        return disks[0].problem;
    if (disks[0].device->offers(block::disk_offer::read_only))
        return "the disk is read-only";
    const std::uint64_t begin_ns = monotonic_ns();
    const store::Result<StoreLog*> log = open_journal(start, *disks[0].device);
    if (!log)
        return sentence_of(log.error());
    Volume* opened = make<Volume>(server, **log, durability);
    Recovery recovery(server, (*log)->stored_octets());
    if (const store::Status recovered = (*log)->recover(recovery); !recovered)
        return recovery.is_out_of_memory() ? "the machine has too little memory for the keys on the disk"
                                           : sentence_of(recovered.error());
    opened->recorder_.recovered = {keys_of(server), (*log)->position() - (*log)->beginning(), recovery.records(),
                                   (monotonic_ns() - begin_ns) / 1'000'000};
    server.recorder = &opened->recorder_;
    say_what_is_kept(opened->recorder_.recovered, durability);
    volume = opened;
    return nullptr;
}

bool Volume::close() {
    return recorder_.commit() && log_.close().has_value();
}

} // namespace exo::kv
