// The manifest's parser; see manifest.hpp for the format.
#include "tests/linux-abi/runner/manifest.hpp"

#include <algorithm>
#include <charconv>
#include <format>
#include <optional>
#include <ranges>

namespace exo::linux_abi {

namespace {

constexpr int status_max = 255;

std::vector<std::string_view> words_of(std::string_view line) {
    std::vector<std::string_view> words;
    for (const auto part : std::views::split(line, ' ')) {
        if (!part.empty())
            words.emplace_back(part.begin(), part.end());
    }
    return words;
}

std::optional<int> number_up_to(std::string_view word, int most) {
    int number = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
    if (error != std::errc() || end != word.data() + word.size() || number < 0 || number > most)
        return std::nullopt;
    return number;
}

std::expected<Program, std::string> parse_program(const std::vector<std::string_view>& words) {
    if (words.size() < 3)
        return std::unexpected("a program needs a name, its vcores and its exit status");
    Program program;
    program.name = words[0];
    const auto vcores = number_up_to(words[1], vcores_max);
    const auto status = number_up_to(words[2], status_max);
    if (!vcores || *vcores == 0)
        return std::unexpected(std::format("'{}' is not a number of vcores", words[1]));
    if (!status)
        return std::unexpected(std::format("'{}' is not an exit status", words[2]));
    program.vcores = static_cast<unsigned>(*vcores);
    program.status = *status;
    for (const std::string_view word : words | std::views::drop(3)) {
        if (word.starts_with("env:") && word.find('=') != std::string_view::npos)
            program.environment.emplace_back(word.substr(4));
        else if (word.starts_with("arg:"))
            program.arguments.emplace_back(word.substr(4));
        else
            return std::unexpected(std::format("'{}' is neither env:K=V nor arg:TEXT", word));
    }
    return program;
}

} // namespace

std::expected<std::vector<Program>, std::string> parse_manifest(std::string_view text) {
    std::vector<Program> programs;
    std::size_t line_number = 0;
    for (const auto part : std::views::split(text, '\n')) {
        ++line_number;
        const std::string_view line(part.begin(), part.end());
        const auto words = words_of(line);
        if (words.empty() || line.starts_with('#'))
            continue;
        auto program = parse_program(words);
        if (!program)
            return std::unexpected(std::format("line {}: {}", line_number, program.error()));
        if (std::ranges::contains(programs, program->name, &Program::name))
            return std::unexpected(std::format("line {}: '{}' is listed twice", line_number, program->name));
        if (programs.size() == programs_max)
            return std::unexpected(std::format("more than {} programs", programs_max));
        programs.push_back(std::move(*program));
    }
    return programs;
}

} // namespace exo::linux_abi
