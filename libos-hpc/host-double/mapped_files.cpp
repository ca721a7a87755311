// No file is mapped on the host: reads and writes have nothing to agree with.
#include "libos-hpc/file/mapped_files.hpp"

namespace exo::hpc {

SharedWrite::SharedWrite(File&) : shared_(nullptr) {}
SharedWrite::~SharedWrite() = default;
void SharedWrite::wrote(std::uint64_t, WriteBuffer) {
    (void)shared_; // of nothing
}
void show_shared(File&, std::uint64_t, ReadBuffer) {}
Done write_back_shared(File&) {
    return {};
}

} // namespace exo::hpc
