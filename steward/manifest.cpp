// See manifest.hpp. Arguments and variables of one program are kept in two runs of words, so that either can
// be given in any order: variables are moved behind the arguments when the program's block ends.
#include "steward/manifest.hpp"

#include "secure-bindings/abi/types.hpp"
#include "steward/words.hpp"

namespace exo::steward {

namespace {

constexpr std::uint16_t virtio_vendor = 0x1af4;
constexpr std::uint16_t virtio_modern_first = 0x1040; // virtio 1.2, 4.1.2
constexpr std::uint16_t virtio_console = 3, virtio_9p = 9;

using Failure = const char*; // null: none

// Decodes %XX into the manifest's text, with a NUL behind it.
Failure decode(std::string_view word, Manifest& manifest, std::string_view* decoded) {
    std::size_t begin = manifest.text_bytes;
    for (std::size_t i = 0; i < word.size(); i++) {
        char c = word[i];
        if (c == '%') {
            if (i + 2 >= word.size() || digit(word[i + 1]) > 15 || digit(word[i + 2]) > 15)
                return "a % is not followed by two hexadecimal digits";
            c = static_cast<char>(digit(word[i + 1]) * 16 + digit(word[i + 2]));
            i += 2;
        }
        if (manifest.text_bytes + 2 > text_bytes_max)
            return "arguments and variables are too long";
        manifest.text[manifest.text_bytes++] = c;
    }
    *decoded = {manifest.text + begin, manifest.text_bytes - begin};
    manifest.text[manifest.text_bytes++] = 0;
    return nullptr;
}

Failure add_word(std::string_view text, Manifest& manifest, std::size_t at) {
    if (manifest.word_count == words_max)
        return "there are too many arguments and variables";
    std::string_view decoded;
    if (Failure failure = decode(text, manifest, &decoded))
        return failure;
    for (std::size_t i = manifest.word_count; i > at; i--)
        manifest.words[i] = manifest.words[i - 1];
    manifest.words[at] = decoded;
    manifest.word_count++;
    return nullptr;
}

Failure add_function(Manifest& manifest, FunctionWish wish) {
    ProgramWish& program = manifest.programs[manifest.program_count - 1];
    wish.order = manifest.wish_count++;
    if (program.function_count == functions_max)
        return "a program wants too many functions";
    program.functions[program.function_count++] = wish;
    return nullptr;
}

FunctionWish virtio(std::uint32_t id) {
    return {virtio_vendor, static_cast<std::uint16_t>(virtio_modern_first + id), id};
}

Failure parse_function(std::string_view word, FunctionWish* wish) {
    constexpr Failure malformed = "a function is named as virtio:ID or VENDOR:DEVICE in hexadecimal";
    std::size_t colon = word.find(':');
    std::uint64_t vendor = 0, device = 0;
    if (colon == std::string_view::npos || !number(word.substr(colon + 1), 16, 0xffff, &device))
        return malformed;
    if (word.substr(0, colon) == "virtio") {
        *wish = virtio(static_cast<std::uint32_t>(device));
        return device > 0x3f ? "no such virtio device" : nullptr;
    }
    *wish = {0, static_cast<std::uint16_t>(device), 0};
    if (!number(word.substr(0, colon), 16, 0xffff, &vendor))
        return malformed;
    wish->vendor = static_cast<std::uint16_t>(vendor);
    return nullptr;
}

Failure function_directive(Manifest& manifest, std::string_view word, bool is_virtual) {
    FunctionWish wish;
    Failure failure = parse_function(word, &wish);
    wish.is_virtual = is_virtual;
    return failure ? failure : add_function(manifest, wish);
}

// One more function that no program gets.
template <std::size_t N>
Failure steward_function(Manifest& manifest, FunctionWish (&wishes)[N], std::size_t* count, std::string_view word,
                         Failure too_many) {
    if (*count == N)
        return too_many;
    FunctionWish& wish = wishes[(*count)++];
    Failure failure = parse_function(word, &wish);
    wish.order = manifest.wish_count++;
    return failure;
}

Failure remove_directive(Manifest& manifest, std::string_view disk, std::string_view owner) {
    if (manifest.removal_count == removals_max)
        return "too many extents are to be removed";
    ExtentRemoval& removal = manifest.removals[manifest.removal_count++];
    if (!number(disk, 10, shared_disks_max, &removal.disk) || removal.disk >= manifest.disk_count || owner.empty())
        return "remove-extent wants the number of a disk that is named before it, and the owner's path";
    return decode(owner, manifest, &removal.owner);
}

Failure extent_directive(const Manifest& manifest, ProgramWish& program, std::string_view disk, std::string_view size) {
    if (program.extent_count == extents_max)
        return "a program wants too many extents";
    ExtentWish& wish = program.extents[program.extent_count++];
    wish = {};
    if (!number(disk, 10, shared_disks_max, &wish.disk) || wish.disk >= manifest.disk_count)
        return "extent wants the number of a disk that is named before it";
    if (size != "all" && (!number(size, 10, 1ull << 60, &wish.bytes) || wish.bytes == 0))
        return "extent wants all, or a number of bytes";
    return nullptr;
}

Failure flow_directive(const Manifest& manifest, ProgramWish& program, std::string_view words) {
    if (program.flow_count == flows_max)
        return "a program wants too many flows";
    FlowWish& wish = program.flows[program.flow_count++];
    if (!number(next_word(words), 10, max_nics, &wish.nic) || wish.nic >= manifest.nic_count)
        return "flow wants the number of a nic that is named before it";
    return parse_flow(words, wish.spec);
}

Failure share_directive(Manifest& manifest, std::string_view tag, std::string_view access) {
    if (tag.empty() || (access != "ro" && access != "rw"))
        return "share wants a tag, and ro or rw";
    ProgramWish& program = manifest.programs[manifest.program_count - 1];
    if (program.share_count == 8)
        return "a program wants too many shares";
    if (access == "ro")
        program.share_read_only |= 1u << program.share_count;
    program.share_tags[program.share_count++] = tag;
    return add_function(manifest, virtio(virtio_9p));
}

Failure directive(std::string_view name, std::string_view rest, Manifest& manifest) {
    std::string_view all = rest;
    std::string_view word = next_word(rest);
    std::string_view second = next_word(rest);
    if (name == "program") {
        if (word.empty())
            return "program wants a path";
        if (manifest.program_count == programs_max)
            return "there are too many programs";
        ProgramWish& program = manifest.programs[manifest.program_count++];
        program = {};
        program.first_argument = manifest.word_count;
        program.first_variable = manifest.word_count;
        Failure failure = decode(word, manifest, &program.path);
        program.name = program.path;
        return failure;
    }
    if (name == "nic")
        return steward_function(manifest, manifest.nics, &manifest.nic_count, word, "there are too many shared NICs");
    if (name == "disk")
        return steward_function(manifest, manifest.disks, &manifest.disk_count, word,
                                "there are too many shared disks");
    if (name == "primary")
        return steward_function(manifest, manifest.primaries, &manifest.primary_count, word,
                                "there are too many primary disks");
    if (name == "remove-extent")
        return remove_directive(manifest, word, second);
    if (manifest.program_count == 0)
        return "the first directive is none of program, nic, disk and primary";
    ProgramWish& program = manifest.programs[manifest.program_count - 1];
    std::uint64_t value = 0;
    if (name == "name")
        return decode(word, manifest, &program.name);
    if (name == "arg") {
        program.first_variable++;
        return add_word(word, manifest, program.first_argument + program.argument_count++);
    }
    if (name == "env") {
        if (word.find('=') == std::string_view::npos)
            return "env wants K=V";
        return add_word(word, manifest, program.first_variable + program.variable_count++);
    }
    if (name == "vcores") {
        if (!number(word, 10, max_cores, &program.vcores) || program.vcores == 0)
            return "vcores wants a number from 1 to 64";
        return nullptr;
    }
    if (name == "memory") {
        if (word != "all" && (!number(word, 10, 1ull << 50, &value) || value == 0))
            return "memory wants all, or a number of bytes";
        program.memory_bytes = value;
        return nullptr;
    }
    if (name == "spare") {
        if (!number(word, 10, 1ull << 50, &program.spare_bytes))
            return "spare wants a number of bytes";
        return nullptr;
    }
    if (name == "share")
        return share_directive(manifest, word, second);
    if (name == "console")
        return word == "virtio" ? add_function(manifest, virtio(virtio_console)) : "console wants virtio";
    if (name == "function")
        return function_directive(manifest, word, false);
    if (name == "virtual-function")
        return function_directive(manifest, word, true);
    if (name == "flow")
        return flow_directive(manifest, program, all);
    if (name == "extent")
        return extent_directive(manifest, program, word, second);
    if (name == "machine") {
        for (word = next_word(all); !word.empty(); word = next_word(all)) {
            if (word == "log")
                program.machine_rights |= right::Log;
            else if (word == "power")
                program.machine_rights |= right::Power;
            else if (word == "create")
                program.machine_rights |= right::Create;
            else
                return "machine wants log, power or create";
        }
        return nullptr;
    }
    if (name == "trace") {
        program.trace = word == "on";
        return word == "on" || word == "off" ? nullptr : "trace wants on or off";
    }
    return "a directive is not known";
}

} // namespace

std::expected<void, ManifestProblem> parse_manifest(std::string_view text, Manifest& manifest) {
    std::size_t line_number = 0;
    while (!text.empty()) {
        std::size_t end = text.find('\n');
        std::string_view line = text.substr(0, end);
        text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
        line_number++;
        std::string_view name = next_word(line);
        if (name.empty() || name[0] == '#')
            continue;
        if (Failure failure = directive(name, line, manifest))
            return std::unexpected(ManifestProblem{failure, line_number});
    }
    if (manifest.program_count == 0)
        return std::unexpected(ManifestProblem{"the manifest starts no program", line_number});
    return {};
}

} // namespace exo::steward
