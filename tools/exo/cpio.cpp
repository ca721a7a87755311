// The newc format (cpio(5)): a 110-byte header of hexadecimal fields, the name with its NUL, padding to 4,
// the data, padding to 4. The name field may hold more NULs than it needs, which is how the data gets its alignment.
#include "tools/exo/cpio.hpp"

#include <format>

namespace exo::tool {

namespace {
constexpr std::size_t header_size = 110;
constexpr unsigned regular_file = 0100000;
} // namespace

void CpioWriter::header(std::string_view name, std::size_t name_size, std::size_t data_size, unsigned mode) {
    const bool trailer = data_size == 0 && mode == 0;
    archive_ += "070701";
    const std::size_t fields[] = {trailer ? 0 : next_inode_++, mode, 0, 0, 1, 0, data_size, 0, 0, 0, 0, name_size, 0};
    for (const std::size_t field : fields)
        archive_ += std::format("{:08X}", field);
    archive_ += name;
    archive_.append(name_size - name.size(), '\0');
}

void CpioWriter::pad_to(std::size_t alignment) {
    archive_.append((alignment - archive_.size() % alignment) % alignment, '\0');
}

void CpioWriter::add(std::string_view name, std::span<const std::byte> data, unsigned mode) {
    const std::size_t shortest_end = archive_.size() + header_size + name.size() + 1;
    const std::size_t data_start = (shortest_end + archive_alignment - 1) / archive_alignment * archive_alignment;
    header(name, data_start - archive_.size() - header_size, data.size(), regular_file | mode);
    // Safe: bytes are only copied, never interpreted.
    archive_.append(reinterpret_cast<const char*>(data.data()), data.size());
    pad_to(4);
}

void CpioWriter::add_text(std::string_view name, std::string_view text) {
    add(name, std::as_bytes(std::span(text)), 0644);
}

std::string CpioWriter::finish() {
    constexpr std::string_view trailer = "TRAILER!!!";
    header(trailer, trailer.size() + 1, 0, 0);
    pad_to(4);
    std::string finished;
    finished.swap(archive_);
    next_inode_ = 1;
    return finished;
}

} // namespace exo::tool
