// See start_block.hpp. Layout: StartInfo, the lists of offsets, the strings.
#include "steward/start_block.hpp"

namespace exo::steward {

namespace {

// Every string of the block in order: argument 0, the other arguments, variables, share tags, the path.
template <typename Each>
void each_string(const ProgramWish& wish, const Manifest& manifest, Each&& each) {
    each(wish.name);
    for (std::size_t i = 0; i < wish.argument_count; i++)
        each(manifest.words[wish.first_argument + i]);
    for (std::size_t i = 0; i < wish.variable_count; i++)
        each(manifest.words[wish.first_variable + i]);
    for (std::size_t i = 0; i < wish.share_count; i++)
        each(wish.share_tags[i]);
    each(wish.path);
}

} // namespace

std::uint64_t start_block_bytes(const ProgramWish& wish, const Manifest& manifest) {
    std::uint64_t bytes = sizeof(StartInfo);
    each_string(wish, manifest, [&bytes](std::string_view text) { bytes += sizeof(std::uint32_t) + text.size() + 1; });
    return bytes;
}

void write_start_block(const ProgramWish& wish, const Manifest& manifest, StartInfo& info, std::span<std::byte> block) {
    std::size_t strings = 1 + wish.argument_count + wish.variable_count + wish.share_count + 1;
    auto list = static_cast<std::uint32_t>(sizeof(StartInfo));
    auto text = static_cast<std::uint32_t>(list + strings * sizeof(std::uint32_t));
    info.version = start_info_version;
    info.bytes = block.size();
    info.argument_count = static_cast<std::uint32_t>(1 + wish.argument_count);
    info.arguments_offset = list;
    info.environment_count = static_cast<std::uint32_t>(wish.variable_count);
    info.environment_offset = static_cast<std::uint32_t>(list + info.argument_count * sizeof(std::uint32_t));
    info.share_count = static_cast<std::uint32_t>(wish.share_count);
    info.share_tags_offset =
        static_cast<std::uint32_t>(info.environment_offset + info.environment_count * sizeof(std::uint32_t));
    info.share_read_only = wish.share_read_only;
    info.trace = wish.trace;
    each_string(wish, manifest, [&](std::string_view string) {
        info.program_path_offset = text; // the last string is the path
        __builtin_memcpy(block.data() + list, &text, sizeof text);
        list += static_cast<std::uint32_t>(sizeof text);
        __builtin_memcpy(block.data() + text, string.data(), string.size());
        text += static_cast<std::uint32_t>(string.size() + 1);
    });
    __builtin_memcpy(block.data(), &info, sizeof info);
}

} // namespace exo::steward
