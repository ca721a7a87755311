// Records out of octets that may be anything.
#pragma once

#include "libos-kv/journal/log.hpp"

#include <cstddef>

namespace exo::kv {

class OctetSource {
public:
    // The next octets, which last until the next call. False: they are not there.
    virtual bool take(std::size_t octets, std::string_view& taken) = 0;

protected:
    ~OctetSource() = default;
};

enum class RecordsOutcome : std::uint8_t { Good, Unreadable, Nonsense };

// Gives the records in the next `length` octets to `visitor`; they end where these do.
RecordsOutcome read_records(OctetSource& source, std::uint64_t length, RecordVisitor& visitor);

// Takes a number and that many octets off the beginning of `text`. False: they are not there.
bool take_argument(std::string_view& text, std::string_view& argument);

} // namespace exo::kv
