// See record_reader.hpp.
#include "libos-kv/journal/record_reader.hpp"

#include "libos-kv/memory/octets.hpp"

namespace exo::kv {

RecordsOutcome read_records(OctetSource& source, std::uint64_t length, RecordVisitor& visitor) {
    while (length) {
        std::string_view octets;
        if (length < sizeof(RecordHeader))
            return RecordsOutcome::Nonsense;
        if (!source.take(sizeof(RecordHeader), octets))
            return RecordsOutcome::Unreadable;
        const auto header = load_octets<RecordHeader>(octets.data());
        length -= sizeof header;
        if (header.key_octets > length || header.more_octets > length - header.key_octets)
            return RecordsOutcome::Nonsense;
        const std::uint64_t behind = header.key_octets + header.more_octets;
        if (!source.take(behind, octets))
            return RecordsOutcome::Unreadable;
        length -= behind;
        if (!visitor.visit(header, octets.substr(0, header.key_octets), octets.substr(header.key_octets)))
            return RecordsOutcome::Nonsense;
    }
    return RecordsOutcome::Good;
}

bool take_argument(std::string_view& text, std::string_view& argument) {
    std::uint32_t octets;
    if (text.size() < sizeof octets)
        return false;
    copy_bytes(&octets, text.data(), sizeof octets);
    text.remove_prefix(sizeof octets);
    if (text.size() < octets)
        return false;
    argument = text.substr(0, octets);
    text.remove_prefix(octets);
    return true;
}

} // namespace exo::kv
