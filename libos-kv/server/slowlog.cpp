// See slowlog.hpp.
#include "libos-kv/server/slowlog.hpp"

#include "libos-kv/number/integer.hpp"

namespace exo::kv {

void Slowlog::add(std::int64_t at_s, std::int64_t microseconds, const std::string_view* arguments, std::size_t count,
                  std::string_view peer, std::string_view name, std::int64_t most) {
    constexpr std::size_t arguments_kept = 32, octets_kept = 128;
    SlowEntry entry{next_++, at_s, microseconds, {}, Text(peer), Text(name)};
    const std::size_t kept = count < arguments_kept ? count : arguments_kept;
    for (std::size_t index = 0; index < kept; index++) {
        if (index == arguments_kept - 1 && count > arguments_kept) {
            Text rest("... (");
            rest.append(IntegerText(static_cast<std::int64_t>(count - kept + 1))).append(" more arguments)");
            entry.arguments.push(std::move(rest));
            break;
        }
        const std::string_view whole = arguments[index];
        Text text(whole.substr(0, octets_kept));
        if (whole.size() > octets_kept)
            text.append("... (")
                .append(IntegerText(static_cast<std::int64_t>(whole.size() - octets_kept)))
                .append(" more bytes)");
        entry.arguments.push(std::move(text));
    }
    entries_.push(std::move(entry));
    trim(most);
}

void Slowlog::trim(std::int64_t most) {
    while (!entries_.empty() && static_cast<std::int64_t>(entries_.size()) > most)
        entries_.erase(0);
}

} // namespace exo::kv
