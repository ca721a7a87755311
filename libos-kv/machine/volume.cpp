// See volume.hpp.
#include "libos-kv/machine/volume.hpp"

#include "libos-kv/shard/keep.hpp"
#include "libos/block/open_disk.hpp"
#include "libos/start/kit.hpp"
#include "libos/store/blank.hpp"
#include "libos/time/clock.hpp"

namespace exo::kv {

namespace {

constexpr std::uint64_t cache_bytes = 8u << 20;

store::Status make_journals(const StartInfo& start, block::Device& device, unsigned count) {
    store::CreateSpec spec;
    copy_bytes(spec.uuid, &start.seed[1], sizeof spec.uuid);
    spec.salt = start.seed[0] ^ start.seed[2];
    spec.now_ns = realtime_ns();
    copy_bytes(spec.label, volume_label.data(), volume_label.size());
    return Journals::create(device, spec, count);
}

store::Result<Journals*> open_or_make(const StartInfo& start, block::Device& device, unsigned count) {
    auto* journals = make<Journals>(device);
    store::Status opened = journals->open({.cache_bytes = cache_bytes});
    if (opened)
        return journals;
    destroy(journals);
    if (opened.error() != store::Problem::NotAStore)
        return store::fail(opened.error());
    const store::Result<bool> blank = store::is_blank(device);
    if (!blank || !*blank)
        return store::fail(blank ? store::Problem::NotAStore : blank.error());
    if (const store::Status made = make_journals(start, device, count); !made)
        return store::fail(made.error());
    journals = make<Journals>(device);
    opened = journals->open({.cache_bytes = cache_bytes});
    return opened ? store::Result<Journals*>(journals) : store::fail(opened.error());
}

} // namespace

bool has_disk(const StartInfo& start) {
    for (std::uint32_t function = 0; function < start.function_count; function++)
        if (block::is_disk(start.functions[function]))
            return true;
    return start.extent_count != 0;
}

Text open_journals(const StartInfo& start, unsigned count, Journals*& journals) {
    block::OpenedDisk disks[2];
    const std::size_t found = block::open_disks(disks);
    if (found != 1)
        return sentence(
            {found ? "keys are kept on one disk, and more were given" : "no disk was given to keep keys on"});
    if (!disks[0].device)
        return sentence({disks[0].problem});
    if (disks[0].device->offers(block::disk_offer::read_only))
        return sentence({"the disk is read-only"});
    const store::Result<Journals*> opened = open_or_make(start, *disks[0].device, count);
    if (!opened)
        return sentence_of(opened.error());
    journals = *opened;
    return {};
}

void say_what_is_kept(const Recovered& recovered, Durability durability, unsigned written_by, unsigned vcores) {
    log_line({{"kv: recovered "},
              decimal(recovered.keys),
              {" keys from "},
              decimal(recovered.octets),
              {" octets of journal in "},
              decimal(recovered.milliseconds),
              {" ms"}});
    if (written_by != vcores)
        log_line({{"kv: keys that --vcores "},
                  decimal(written_by),
                  {" had written were shared out anew among "},
                  decimal(vcores)});
    if (durability == Durability::Batch)
        log_line({{"kv: durability batch: at most the last "},
                  decimal(batch_loss_ms),
                  {" ms of what was acknowledged can be lost"}});
    else
        log_line({{"kv: durability "}, {durability_name(durability).data()}});
}

Text Volume::open(const StartInfo& start, Server& server, Durability durability, Volume*& volume) {
    Journals* journals = nullptr;
    if (Text problem = open_journals(start, 1, journals); !problem.empty())
        return problem;
    const std::size_t empty_bytes = used_bytes();
    Recovered recovered;
    if (Text problem = recover_part(*journals, 1, 0, server, recovered); !problem.empty())
        return problem;
    const unsigned written_by = journals->count();
    if (written_by != 1)
        journals->prepare(1);
    Volume* opened = make<Volume>(server, *journals, written_by != 1 ? journals->prepared(0) : journals->log(0),
                                  durability, empty_bytes);
    Recorder& recorder = opened->recorder_;
    recorder.recovered = recovered;
    server.recorder = &recorder;
    if (written_by != 1 && !(recorder.write_snapshot() && journals->adopt()))
        return sentence_of_no_room(*journals);
    say_what_is_kept(recovered, durability, written_by, 1);
    volume = opened;
    return {};
}

bool Volume::close() {
    return recorder_.commit() && journals_.close().has_value();
}

} // namespace exo::kv
