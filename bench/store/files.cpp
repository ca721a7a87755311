// Files at /data on the exokernel: appends, small files, overwriting, SQLite, through libos-hpc: files [--smoke].
#include "bench/store/file_lane.hpp"
#include "bench/store/file_work.hpp"

#include <memory>

using namespace bench::store;

int main(int count, char** words) {
    const Effort effort = count > 1 && std::string_view(words[1]) == "--smoke" ? Effort::smoke : Effort::measure;
    const auto lane = std::make_unique<FileLane>(Space::appended);
    const auto suite = std::make_unique<StoreSuite<FileLane>>(*lane, effort, "file_");
    if (!suite->run())
        give_up("appending");
    create_small_files(effort);
    overwrite_and_sync(effort);
    mix_of_sqlite(effort);
    return 0;
}
