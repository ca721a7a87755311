// Reads the kernel's serial log as it arrives: keeps the last lines, and finds the line by which the machine
// reports the program's exit status. The log comes over the serial line, which programs cannot write to.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

namespace exo::tool {

class KernelLog {
public:
    static constexpr std::size_t lines_max = 400;
    static constexpr std::size_t line_size_max = 4096;

    void append(std::string_view bytes);
    // Lines that begin so are written to a descriptor as they end.
    void show(std::string_view prefix, int descriptor) {
        shown_ = prefix;
        shown_at_ = descriptor;
    }
    // The serial line has ended: what was an unfinished line is a line.
    void close();

    // From "exo: exit status N", N from 0 to 255; the last such line counts.
    std::optional<int> exit_status() const { return exit_status_; }
    // Whether a line says that the kernel panicked.
    bool panicked() const { return panicked_; }
    // The lines kept that start with `prefix`, each ended by a newline.
    std::string lines_of(std::string_view prefix) const;
    // The last `count` lines, each ended by a newline.
    std::string tail(std::size_t count) const;

private:
    void end_line();

    std::deque<std::string> lines_;
    std::string current_;
    std::optional<int> exit_status_;
    bool panicked_ = false;
    std::string shown_; // empty: none are
    int shown_at_ = -1;
};

} // namespace exo::tool
