// Decodes one archive entry. Every length is compared with what is left of the archive before it is used.
#include "libos/archive/entry.hpp"

#include "libos/archive/newc.hpp"

namespace exo::archive {

namespace {

std::string_view up_to(std::string_view text, char end) {
    std::size_t size = 0;
    while (size < text.size() && text[size] != end)
        ++size;
    return {text.data(), size};
}

// The value of a hexadecimal digit, or 16.
constexpr std::uint32_t digit_value(char digit) {
    if (digit >= '0' && digit <= '9')
        return static_cast<std::uint32_t>(digit - '0');
    if (digit >= 'a' && digit <= 'f')
        return static_cast<std::uint32_t>(digit - 'a') + 10;
    if (digit >= 'A' && digit <= 'F')
        return static_cast<std::uint32_t>(digit - 'A') + 10;
    return 16;
}

struct Header {
    std::uint32_t values[field_count];
    std::uint32_t operator[](Field field) const { return values[static_cast<std::size_t>(field)]; }
};

std::expected<Header, Problem> decode_header(std::string_view text) {
    if (!text.starts_with(newc_magic))
        return std::unexpected(Problem::BadMagic);
    Header header{};
    for (std::size_t field = 0; field < field_count; ++field) {
        for (std::size_t digit = 0; digit < field_digits; ++digit) {
            const std::uint32_t value = digit_value(text[newc_magic.size() + field * field_digits + digit]);
            if (value > 15)
                return std::unexpected(Problem::BadNumber);
            header.values[field] = header.values[field] << 4 | value;
        }
    }
    return header;
}

bool is_dots(std::string_view component) {
    return (component.size() == 1 || component.size() == 2) && component.front() == '.' && component.back() == '.';
}

bool is_sound_path(std::string_view path) {
    while (!path.empty()) {
        const std::string_view component = first_component(path);
        if (component.empty() || is_dots(component))
            return false;
        path.remove_prefix(component.size());
        if (path.size() == 1)
            return false; // ends with a slash
        if (!path.empty())
            path.remove_prefix(1);
    }
    return true;
}

std::expected<std::string_view, Problem> decode_path(std::string_view field) {
    const std::string_view name = up_to(field, '\0'); // what follows only moves the data to its place
    if (name.empty() || name.size() == field.size())
        return std::unexpected(Problem::BadName);
    if (name.size() > path_bytes_max)
        return std::unexpected(Problem::NameTooLong);
    const std::string_view path = trimmed(name);
    if (!is_sound_path(path))
        return std::unexpected(Problem::BadName);
    return path;
}

std::expected<EntryKind, Problem> decode_kind(const Header& header, std::string_view path) {
    const std::uint32_t type = header[Field::Mode] & mode_type_mask;
    if (type == mode_directory)
        return EntryKind::Directory;
    if (path.empty() || (type != mode_regular && type != mode_symlink))
        return std::unexpected(Problem::BadType);
    // A hard link carries its data with only one of its names; the others would read as empty files.
    if (type == mode_regular && header[Field::Links] > 1)
        return std::unexpected(Problem::HardLink);
    return type == mode_regular ? EntryKind::File : EntryKind::Symlink;
}

// Precondition: size is at most 2^33, which four gigabytes of data behind a name are.
constexpr std::size_t rounded(std::size_t size) {
    return (size + entry_alignment - 1) & ~(entry_alignment - 1);
}

} // namespace

std::string_view trimmed(std::string_view path) {
    for (;;) {
        if (path.starts_with('/'))
            path.remove_prefix(1);
        else if (path.size() >= 2 && path[0] == '.' && path[1] == '/')
            path.remove_prefix(2);
        else
            break;
    }
    while (path.ends_with('/'))
        path.remove_suffix(1);
    return path.size() == 1 && path[0] == '.' ? std::string_view() : path;
}

std::string_view first_component(std::string_view path) {
    return up_to(path, '/');
}

std::expected<DecodedEntry, Problem> decode_entry(std::span<const std::byte> archive, std::size_t offset) {
    if (offset > archive.size() || archive.size() - offset < header_bytes)
        return std::unexpected(Problem::Truncated);
    // Safe: the archive is read as characters, which may alias anything.
    const char* const text = reinterpret_cast<const char*>(archive.data());
    const auto header = decode_header(std::string_view(text + offset, header_bytes));
    if (!header)
        return std::unexpected(header.error());

    const std::size_t name_start = offset + header_bytes;
    const std::size_t name_bytes = (*header)[Field::NameBytes];
    if (name_bytes > name_field_bytes_max)
        return std::unexpected(Problem::NameTooLong);
    if (name_bytes > archive.size() - name_start)
        return std::unexpected(Problem::Truncated);
    const std::string_view name_field(text + name_start, name_bytes);
    DecodedEntry decoded;
    if (up_to(name_field, '\0') == trailer_name) {
        decoded.is_trailer = true;
        return decoded;
    }

    const auto path = decode_path(name_field);
    if (!path)
        return std::unexpected(path.error());
    const auto kind = decode_kind(*header, *path);
    if (!kind)
        return std::unexpected(kind.error());
    const std::size_t data_start = rounded(name_start + name_bytes);
    const std::size_t data_bytes = (*header)[Field::FileBytes];
    if (data_start > archive.size() || data_bytes > archive.size() - data_start)
        return std::unexpected(Problem::Truncated);
    decoded.entry = {.path = *path,
                     .kind = *kind,
                     .mode = (*header)[Field::Mode],
                     .inode = (*header)[Field::Inode],
                     .modified_seconds = (*header)[Field::ModifiedSeconds],
                     .data = archive.subspan(data_start, data_bytes)};
    decoded.next_offset = rounded(data_start + data_bytes);
    return decoded;
}

const char* describe(Problem problem) {
    switch (problem) {
    case Problem::Truncated:
        return "the boot archive ends inside an entry";
    case Problem::BadMagic:
        return "the boot archive has an entry that is not in the newc format";
    case Problem::BadNumber:
        return "the boot archive has a header field that is not a hexadecimal number";
    case Problem::BadName:
        return "the boot archive has an entry whose name is empty, unterminated or not a plain relative path";
    case Problem::NameTooLong:
        return "the boot archive has an entry whose name is too long";
    case Problem::HardLink:
        return "the boot archive has a hard link, which this reader does not follow";
    case Problem::BadType:
        return "the boot archive has an entry that is neither a file, a directory nor a symbolic link";
    case Problem::TooManyEntries:
        return "the boot archive has more than 65536 entries";
    }
    return "the boot archive has an unknown fault";
}

} // namespace exo::archive
