// What is kept on the disk: SAVE, BGSAVE, BGREWRITEAOF, LASTSAVE. Without a disk nothing can be; a server that keeps
// nothing itself while others of its store do (shard/front.hpp) has no part in it.
#include "libos-kv/command/handlers.hpp"
#include "libos-kv/server/recorder.hpp"
#include "libos-kv/server/server.hpp"

namespace exo::kv::commands {

namespace {

constexpr const char* no_disk = "ERR this server keeps nothing: it was started without a disk";

// Without a snapshot there is none older than the server.
std::int64_t up_s(const Call& call) {
    return static_cast<std::int64_t>((call.server.surroundings().monotonic_us() - call.server.started_us) / 1'000'000);
}

} // namespace

// All that was changed is on the medium when it answers.
void save(Call& call) {
    Recorder* recorder = call.server.recorder;
    if (!call.server.config.durability)
        return call.reply.error(no_disk);
    if (recorder && (!recorder->commit() || recorder->is_failing()))
        return call.reply.error("ERR");
    call.reply.ok();
}

void bgsave(Call& call) {
    if (call.count > 2 || (call.count == 2 && !is_word(call[1], "schedule")))
        return call.syntax_error();
    Recorder* recorder = call.server.recorder;
    if (!call.server.config.durability)
        return call.reply.error(no_disk);
    if (recorder && !recorder->begin_snapshot())
        return call.reply.error("ERR Background save already in progress");
    call.reply.simple("Background saving started");
}

void bgrewriteaof(Call& call) {
    Recorder* recorder = call.server.recorder;
    if (!call.server.config.durability)
        return call.reply.error(no_disk);
    if (recorder && !recorder->begin_snapshot())
        return call.reply.error("ERR Background append only file rewriting already in progress");
    call.reply.simple("Background append only file rewriting started");
}

void lastsave(Call& call) {
    const Recorder* recorder = call.server.recorder;
    call.reply.integer(recorder ? recorder->snapshot_s() : call.now_ms / 1000 - up_s(call));
}

} // namespace exo::kv::commands
