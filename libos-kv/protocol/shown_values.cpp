// See shown_values.hpp.
#include "libos-kv/protocol/shown_values.hpp"

namespace exo::kv {

void ShownValues::sent(std::size_t octets) {
    octets_ -= octets;
    ShownValue& value = values_[first_];
    value.octets.remove_prefix(octets);
    if (value.octets.empty()) {
        const TextHold done(std::move(value.held));
        first_++;
        forget_sent();
    }
}

// Those who are done with go once they are most of the row.
void ShownValues::forget_sent() {
    constexpr std::size_t few = 64;
    if (first_ == values_.size()) {
        values_.size() > few ? values_.reset() : values_.clear();
        first_ = 0;
    } else if (first_ > few && first_ * 2 > values_.size()) {
        Array<ShownValue> rest;
        rest.reserve(values_.size() - first_);
        for (std::size_t index = first_; index < values_.size(); index++)
            rest.push(std::move(values_[index]));
        values_ = std::move(rest);
        first_ = 0;
    }
}

void ShownValues::moved(std::size_t at, std::ptrdiff_t octets) {
    for (std::size_t index = values_.size(); index > first_ && values_[index - 1].before >= at; index--)
        values_[index - 1].before += static_cast<std::size_t>(octets);
}

void ShownValues::cut(std::size_t end) {
    while (!empty() && values_.back().before >= end) {
        octets_ -= values_.back().octets.size();
        values_.pop();
    }
    if (empty())
        forget_sent();
}

} // namespace exo::kv
