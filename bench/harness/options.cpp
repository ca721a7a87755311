// See options.hpp.
#include "bench/harness/options.hpp"

#include <algorithm>
#include <charconv>
#include <sstream>

namespace bench {
namespace {

using Failure = std::unexpected<std::string>;

std::expected<unsigned, std::string> parse_runs(const std::string& text) {
    unsigned runs = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), runs);
    if (error != std::errc() || end != text.data() + text.size() || runs == 0 || runs > runs_max)
        return Failure("--runs needs a number from 1 to " + std::to_string(runs_max) + ", not '" + text + "'");
    return runs;
}

std::expected<std::vector<std::string>, std::string> parse_systems(const std::string& text) {
    const Options all;
    std::vector<std::string> systems;
    std::istringstream list(text);
    for (std::string name; std::getline(list, name, ',');) {
        if (std::ranges::find(all.systems, name) == all.systems.end())
            return Failure("--systems knows ours, linux-tuned and linux-stock, not '" + name + "'");
        systems.push_back(name);
    }
    if (systems.empty())
        return Failure("--systems needs at least one name");
    return systems;
}

std::expected<std::vector<std::string>, std::string> parse_rows(const std::string& text) {
    std::vector<std::string> rows;
    std::istringstream list(text);
    for (std::string name; std::getline(list, name, ',');)
        if (!name.empty())
            rows.push_back(name);
    if (rows.empty())
        return Failure("--rows needs at least one name, or the beginning of one");
    return rows;
}

std::expected<AcceleratorChoice, std::string> parse_accelerator(const std::string& text) {
    if (text == "auto")
        return AcceleratorChoice::automatic;
    if (text == "kvm")
        return AcceleratorChoice::kvm;
    if (text == "tcg")
        return AcceleratorChoice::tcg;
    return Failure("--accel knows auto, kvm and tcg, not '" + text + "'");
}

template <class Value>
std::expected<void, std::string> store(std::expected<Value, std::string> parsed, Value& target) {
    if (!parsed)
        return Failure(parsed.error());
    target = std::move(*parsed);
    return {};
}

std::expected<void, std::string> take_value(const std::string& option, const std::string& value, Options& options) {
    if (option == "--runs")
        return store(parse_runs(value), options.runs);
    if (option == "--systems")
        return store(parse_systems(value), options.systems);
    if (option == "--rows")
        return store(parse_rows(value), options.rows);
    if (option == "--accel")
        return store(parse_accelerator(value), options.accelerator);
    options.pin_to_cpu = value;
    return {};
}

} // namespace

std::expected<Options, std::string> parse_options(std::span<const std::string> arguments) {
    constexpr std::string_view with_value[] = {"--runs", "--systems", "--rows", "--accel", "--pin"};
    Options options;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string& argument = arguments[i];
        if (std::ranges::find(with_value, argument) != std::end(with_value)) {
            if (i + 1 == arguments.size())
                return Failure(argument + " needs a value");
            if (const auto taken = take_value(argument, arguments[++i], options); !taken)
                return Failure(taken.error());
        } else if (argument == "--smoke")
            options.smoke = true;
        else if (argument == "--no-count")
            options.count_instructions = false;
        else if (argument == "--list")
            options.list = true;
        else if (argument == "--help")
            options.help = true;
        else if (argument.starts_with("-"))
            return Failure("bench has no option " + argument + "; --help lists them");
        else
            options.benches.push_back(argument);
    }
    if (options.smoke)
        options.runs = 1;
    return options;
}

} // namespace bench
