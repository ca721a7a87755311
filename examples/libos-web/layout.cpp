// Laying a site out on a disk. See site.hpp.
#include "examples/libos-web/http.hpp"
#include "libos/block/run_command.hpp"
#include "libos/coding/checksum.hpp"
#include "libos/memory/heap.hpp"
#include "libos/net/wire/checksum.hpp"
#include "libos/time/clock.hpp"

#include <algorithm>
#include <cstring>

namespace web {

namespace {

using exo::block::Operation;
using exo::coding::crc32c;

// Documents and their octets, in the order of their paths.
struct Source {
    Document document;
    std::span<const std::byte> octets;
};

class Writer {
public:
    explicit Writer(exo::block::Device& disk) : disk_(disk), page_(disk.allocate(page_bytes)) {}
    ~Writer() { disk_.release(page_); }
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;

    bool has_memory() const { return page_.address != nullptr; }
    bool put(std::uint64_t page, const void* octets, std::size_t bytes) {
        std::memset(page_.address, 0, page_bytes);
        std::memcpy(page_.address, octets, bytes);
        return carry(disk_, Operation::Write, page * page_bytes, page_);
    }
    bool put_document(const Source& source) {
        std::span<const std::byte> rest = source.octets;
        std::size_t part = source.document.first_octets();
        for (std::uint64_t page = 0; page < source.document.pages(); page++) {
            std::memset(page_.address, 0, page_bytes);
            for (std::uint32_t slot = 0; slot < slots_per_page && !rest.empty(); slot++) {
                part = std::min(part, rest.size());
                fill(page_.address + slot * slot_bytes, rest.first(part));
                rest = rest.subspan(part);
                part = slot_octets_max;
            }
            if (!carry(disk_, Operation::Write, (source.document.first_page + page) * page_bytes, page_))
                return false;
        }
        return true;
    }

private:
    static void fill(std::byte* slot, std::span<const std::byte> octets) {
        std::memcpy(slot, octets.data(), octets.size());
        SlotEnd end{static_cast<std::uint16_t>(octets.size()), exo::net::fold(exo::net::sum_octets(octets)), 0};
        end.crc = crc32c(crc32c(0, octets.data(), octets.size()), &end, offsetof(SlotEnd, crc));
        std::memcpy(slot + slot_end, &end, sizeof end);
    }

    exo::block::Device& disk_;
    exo::block::Piece page_;
};

// The files below `folder`; their number, or what is wrong.
const char* collect(const exo::archive::Archive& archive, std::string_view folder, std::span<Source> into,
                    std::size_t* count) {
    *count = 0;
    const std::uint64_t now_s = exo::realtime_ns() / 1'000'000'000;
    exo::archive::Archive::Cursor cursor;
    for (exo::archive::Entry entry; cursor.next(archive, entry);) {
        if (entry.kind != exo::archive::EntryKind::File || !entry.path.starts_with(folder))
            continue;
        const std::string_view path = entry.path.substr(folder.size());
        if (!path.starts_with('/'))
            continue;
        if (path.size() > path_octets_max)
            return "a document's path is too long";
        if (*count == into.size())
            return "there are too many documents";
        Source& source = into[(*count)++];
        source.octets = entry.data;
        Document& document = source.document;
        document = {};
        std::memcpy(document.path, path.data(), path.size());
        document.octets = entry.data.size();
        document.modified_s = entry.modified_seconds ? entry.modified_seconds : now_s;
        document.tag = crc32c(0, entry.data.data(), entry.data.size());
        char head[response_octets_max];
        document.header_octets = static_cast<std::uint32_t>(document_head(document, 0, head));
    }
    return *count ? nullptr : "the boot archive has no documents to lay out";
}

const char* write_all(exo::block::Device& disk, std::span<Source> sources) {
    Writer writer(disk);
    if (!writer.has_memory())
        return "there is no memory to write the disk";
    Superblock super{};
    super.documents = sources.size();
    std::memcpy(super.magic, site_magic.data(), sizeof super.magic);
    super.version = site_version;
    super.pages = 1 + super.table_pages();
    for (Source& source : sources) {
        source.document.first_page = super.pages;
        source.document.crc = crc32c(0, &source.document, offsetof(Document, crc));
        super.pages += source.document.pages();
    }
    super.crc = crc32c(0, &super, offsetof(Superblock, crc));
    if (super.pages > disk.bytes() / page_bytes)
        return "the disk is too small for the documents";

    static constexpr const char* failed = "the disk cannot be written";
    if (!writer.put(0, nullptr, 0) || !flush(disk)) // no site, until there is a whole one
        return failed;
    for (std::uint64_t page = 0; page < super.table_pages(); page++) {
        Document table[documents_per_page] = {};
        const std::size_t first = page * documents_per_page;
        for (std::size_t i = first; i < std::min(sources.size(), first + documents_per_page); i++)
            table[i - first] = sources[i].document;
        if (!writer.put(1 + page, table, sizeof table))
            return failed;
    }
    for (const Source& source : sources)
        if (!writer.put_document(source))
            return failed;
    return flush(disk) && writer.put(0, &super, sizeof super) && flush(disk) ? nullptr : failed;
}

} // namespace

const char* lay_out(exo::block::Device& disk, const exo::archive::Archive& archive, std::string_view folder) {
    const std::size_t most = archive.entry_count();
    auto* const sources = static_cast<Source*>(exo::heap_allocate(most * sizeof(Source)));
    if (!sources)
        return "there is no memory for the table of documents";
    std::size_t count = 0;
    const char* problem = collect(archive, folder, {sources, most}, &count);
    if (!problem) {
        std::sort(sources, sources + count,
                  [](const Source& left, const Source& right) { return left.document.name() < right.document.name(); });
        problem = write_all(disk, {sources, count});
    }
    exo::heap_free(sources);
    return problem;
}

} // namespace web
