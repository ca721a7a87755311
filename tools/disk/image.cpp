// Opening images, and saying what is wrong with them.
#include "tools/disk/image.hpp"

#include <charconv>
#include <chrono>
#include <format>
#include <print>

namespace exo::tool {

namespace {
constexpr std::string_view kv_label = "keys of exo kv"; // volume_label of libos-kv/journal/record.hpp
} // namespace

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

std::string names_of(const Paths& paths) {
    std::string names;
    for (const std::string& path : paths)
        names += (names.empty() ? "" : ", ") + path;
    return names;
}

namespace {
void say_what_is_missing(const store::Disk& disk) {
    for (unsigned member = 0; member < disk.member_count(); member++)
        if (disk.missing() >> member & 1)
            std::println(stderr, "exo: disk {} of {} is {}; what it held is computed from the others", member + 1,
                         disk.member_count(), disk.is_here(member) ? "out of date" : "missing");
}
} // namespace

Outcome<Image> Image::open(const Paths& paths, ImageAccess access, const store::OpenOptions& wishes) {
    Image image;
    std::vector<block::Device*> devices;
    if (paths.size() > store::members_max)
        return failed(std::format("{} images are given, and a set has at most {}", paths.size(), store::members_max));
    for (const std::string& path : paths) {
        auto disk = FileDisk::open(path, access);
        if (!disk)
            return std::unexpected(disk.error());
        devices.push_back(disk->get());
        image.disks.push_back(std::move(*disk));
    }
    image.files = std::make_unique<files::Files>(devices, host_clock());
    store::OpenOptions options = wishes;
    options.access = access == ImageAccess::ReadWrite ? store::Access::ReadWrite : store::Access::ReadOnly;
    if (const store::Status opened = image.files->open(options); !opened) {
        std::string text = sentence(names_of(paths), opened.error());
        const store::Disk& disk = image.files->store().disk();
        if (opened.error() == store::Problem::Incomplete)
            text += std::format(" ({} of {} are here, {} are needed)", paths.size(),
                                disk.label().data_disks + disk.label().parity_disks, disk.label().data_disks);
        const std::string_view label(image.files->store().superblock().label, kv_label.size());
        if (opened.error() == store::Problem::Unknown && label == kv_label)
            text = names_of(paths) + ": it holds the keys of exo kv, and no file system";
        return failed(text);
    }
    say_what_is_missing(image.files->store().disk());
    return image;
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
