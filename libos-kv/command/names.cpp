// See names.hpp.
#include "libos-kv/command/names.hpp"

#include <bit>

namespace exo::kv {

namespace {

constexpr std::size_t name_max = 64;

// As rows have it. Longer names are no commands.
class LowerName {
public:
    explicit LowerName(std::string_view name, std::string_view parent = {}) {
        if (name.size() + parent.size() + 1 > name_max)
            return;
        for (const char octet : parent)
            text_[size_++] = octet;
        if (!parent.empty())
            text_[size_++] = '|';
        for (const char octet : name)
            text_[size_++] = octet >= 'A' && octet <= 'Z' ? static_cast<char>(octet + 32) : octet;
    }
    std::string_view view() const { return {text_, size_}; }

private:
    char text_[name_max];
    std::size_t size_ = 0;
};

constexpr std::uint64_t each = 0x0101010101010101;

// 0x20, by which the cases of a letter differ, in each octet that is one from `first` to `last`: all eight at once, and
// no carry leaves its octet.
std::uint64_t case_bits(std::uint64_t word, unsigned first, unsigned last) {
    const std::uint64_t low = word & each * 0x7f;
    const std::uint64_t from_first = low + each * (0x80 - first), beyond_last = low + each * (0x7f - last);
    return (from_first & ~beyond_last & ~word & each * 0x80) >> 2;
}
std::uint64_t lower(std::uint64_t word) {
    return word | case_bits(word, 'A', 'Z');
}
std::uint64_t upper(std::uint64_t word) {
    return word & ~case_bits(word, 'a', 'z');
}

} // namespace

// Behind the name there are zeros.
std::uint64_t CommandNames::word_of(std::string_view name) {
    std::uint64_t word = 0;
    if (name.size() >= sizeof(std::uint32_t)) {
        std::uint32_t first, last;
        __builtin_memcpy(&first, name.data(), sizeof first);
        __builtin_memcpy(&last, name.data() + name.size() - sizeof last, sizeof last);
        word = first | std::uint64_t{last} << (name.size() - sizeof last) * 8;
    } else {
        const std::size_t middle = name.size() / 2, last = name.size() - 1; // some octet twice where there are fewer
        for (const std::size_t at : {std::size_t{0}, middle, last})
            word |= std::uint64_t{static_cast<unsigned char>(name[at])} << at * 8;
    }
    return word;
}

std::size_t CommandNames::home(std::uint64_t word) {
    constexpr std::uint64_t odd = 0x9e3779b97f4a7c15;
    return static_cast<std::size_t>(word * odd >> (64 - std::bit_width(places - 1)));
}

void CommandNames::add(Command* command) {
    names_.insert(command);
    if (command->parent || command->name.size() > short_max)
        return;
    const std::uint64_t word = word_of(command->name);
    put(word, command);
    put(upper(word), command);
}

void CommandNames::put(std::uint64_t word, Command* command) {
    std::size_t at = home(word);
    while (short_names_[at].command)
        at = (at + 1) % places;
    short_names_[at] = {word, command};
}

inline Command* CommandNames::look_up(std::uint64_t word, std::size_t size) const {
    for (std::size_t at = home(word); short_names_[at].command; at = (at + 1) % places)
        if (short_names_[at].word == word)
            return short_names_[at].command->name.size() == size ? short_names_[at].command : nullptr;
    return nullptr;
}

Command* CommandNames::find_short(std::string_view name) const {
    const std::uint64_t word = word_of(name);
    if (Command* command = look_up(word, name.size())) [[likely]]
        return command;
    return look_up(lower(word), name.size());
}

Command* CommandNames::find_long(std::string_view name) const {
    if (name.find('|') != name.npos)
        return nullptr;
    const LowerName lower_name(name);
    return lower_name.view().empty() ? nullptr : names_.get(lower_name.view());
}

Command* CommandNames::find(const Command& parent, std::string_view name) const {
    const LowerName lower_name(name, parent.full_name());
    return lower_name.view().empty() || name.empty() ? nullptr : names_.get(lower_name.view());
}

} // namespace exo::kv
