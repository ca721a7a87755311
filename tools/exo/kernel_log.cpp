// Line splitting with bounds: neither an endless line nor an endless log can take the host's memory.
#include "tools/exo/kernel_log.hpp"

#include <charconv>
#include <unistd.h>

namespace exo::tool {

namespace {

constexpr std::string_view status_prefix = "exo: exit status ";
constexpr std::string_view panic_start = "kernel panic: ";

std::optional<int> parse_status(std::string_view line) {
    if (!line.starts_with(status_prefix))
        return std::nullopt;
    line.remove_prefix(status_prefix.size());
    int status = 0;
    const auto [stop, error] = std::from_chars(line.data(), line.data() + line.size(), status);
    if (error != std::errc() || stop != line.data() + line.size() || status < 0 || status > 255)
        return std::nullopt;
    return status;
}

} // namespace

void KernelLog::append(std::string_view bytes) {
    for (const char character : bytes) {
        if (character == '\n' || current_.size() == line_size_max)
            end_line();
        if (character != '\n' && character != '\r')
            current_ += character;
    }
}

void KernelLog::close() {
    if (!current_.empty())
        end_line();
}

void KernelLog::end_line() {
    if (const auto status = parse_status(current_))
        exit_status_ = status;
    if (current_.starts_with(panic_start))
        panicked_ = true;
    if (!shown_.empty() && current_.starts_with(shown_)) {
        // One short line; who does not take it goes without.
        const std::string line = current_ + '\n';
        [[maybe_unused]] const ssize_t written = ::write(shown_at_, line.data(), line.size());
    }
    if (lines_.size() == lines_max)
        lines_.pop_front();
    lines_.push_back(std::move(current_));
    current_.clear();
}

std::string KernelLog::lines_of(std::string_view prefix) const {
    std::string text;
    for (const std::string& line : lines_)
        if (line.starts_with(prefix))
            text += line + '\n';
    return text;
}

std::string KernelLog::tail(std::size_t count) const {
    std::string text;
    for (std::size_t index = lines_.size() > count ? lines_.size() - count : 0; index < lines_.size(); ++index)
        text += lines_[index] + '\n';
    return text;
}

} // namespace exo::tool
