// Opening images, and saying what is wrong with them.
#include "tools/disk/image.hpp"

#include <charconv>
#include <chrono>
#include <format>

namespace exo::tool {

files::Clock host_clock() {
    return {[](void*) {
                const auto now = std::chrono::system_clock::now().time_since_epoch();
                return static_cast<std::int64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(now).count());
            },
            nullptr};
}

std::string sentence(const std::string& path, store::Problem problem) {
    const std::string tail =
        problem == store::Problem::LogDamaged ? "; exo disk fsck --repair goes back to what is before the damage" : "";
    return std::format("{}: {}{}", path, store::problem_text(problem), tail);
}

Outcome<Image> Image::open(const std::string& path, ImageAccess access, bool accept_damaged_log) {
    auto disk = FileDisk::open(path, access);
    if (!disk)
        return std::unexpected(disk.error());
    auto files = std::make_unique<files::Files>(**disk, host_clock());
    const store::OpenOptions options{.access = access == ImageAccess::ReadWrite ? store::Access::ReadWrite
                                                                                : store::Access::ReadOnly,
                                     .accept_damaged_log = accept_damaged_log};
    if (const store::Status opened = files->open(options); !opened)
        return failed(sentence(path, opened.error()));
    return Image{std::move(*disk), std::move(files)};
}

Outcome<std::uint64_t> parse_size(const std::string& text) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const std::string_view unit(end, text.data() + text.size());
    const unsigned shift = unit == "K" ? 10 : unit == "M" ? 20 : unit == "G" ? 30 : unit == "T" ? 40 : 0;
    if (error != std::errc() || (!unit.empty() && shift == 0) || number == 0 || number > (~0ull >> 20 >> shift))
        return usage_error(std::format("'{}' is not a size; write octets, or a number with K, M, G or T", text));
    return number << shift;
}

} // namespace exo::tool
