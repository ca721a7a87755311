// See options.hpp.
#include "libos-kv/machine/options.hpp"

#include "libos-kv/number/integer.hpp"
#include "libos/start/kit.hpp"

namespace exo::kv {

namespace {

bool read_port(std::string_view text, std::uint16_t& port) {
    const auto number = parse_integer(text);
    if (!number || *number < 1 || *number > 65535)
        return false;
    port = static_cast<std::uint16_t>(*number);
    return true;
}

bool read_durability(std::string_view text, Durability& durability) {
    for (const Durability each : {Durability::None, Durability::Batch, Durability::Always})
        if (text == durability_name(each)) {
            durability = each;
            return true;
        }
    return false;
}

bool read_announced(std::string_view text, Options& options) {
    const std::size_t colon = text.rfind(':');
    if (colon == text.npos || colon == 0)
        return false;
    options.announced_address = text.substr(0, colon);
    return read_port(text.substr(colon + 1), options.announced_port);
}

} // namespace

const char* read_options(const StartInfo& start, Options& options) {
    for (std::uint32_t index = 1; index < start.argument_count; index += 2) {
        const std::string_view name = start_list_string(start.arguments_offset, index);
        if (index + 1 == start.argument_count)
            return "every option needs a value: --port, --metrics-port, --maxmemory, --requirepass, --durability or "
                   "--announce";
        const std::string_view value = start_list_string(start.arguments_offset, index + 1);
        if (name == "--port") {
            if (!read_port(value, options.port))
                return "--port needs a number from 1 to 65535";
        } else if (name == "--metrics-port") {
            if (!read_port(value, options.metrics_port))
                return "--metrics-port needs a number from 1 to 65535";
        } else if (name == "--maxmemory") {
            const auto octets = parse_integer(value);
            if (!octets || *octets < 1)
                return "--maxmemory needs a number of octets";
            options.max_memory = *octets;
        } else if (name == "--requirepass") {
            if (value.empty())
                return "--requirepass needs a password";
            options.password = value;
        } else if (name == "--durability") {
            if (!read_durability(value, options.durability))
                return "--durability needs none, batch or always";
        } else if (name == "--announce") {
            if (!read_announced(value, options))
                return "--announce needs ADDRESS:PORT";
        } else {
            return "the options are --port, --metrics-port, --maxmemory, --requirepass, --durability and --announce";
        }
    }
    return options.metrics_port == options.port ? "--metrics-port needs a port of its own" : nullptr;
}

} // namespace exo::kv
