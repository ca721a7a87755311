// Values that replies show where they lie, instead of having a copy: each stands before an octet of the output, which
// has what is around it. Held as they are until they were sent.
#pragma once

#include "libos-kv/memory/shared_text.hpp"

namespace exo::kv {

struct ShownValue {
    std::size_t before; // that octet of the output; never the one behind the last
    std::string_view octets;
    TextHold held;
};

class ShownValues {
public:
    // A part of a value of fewer octets than that is copied. 0: all are.
    std::size_t least = 0;

    bool empty() const { return first_ == values_.size(); }
    // Of all of them, not sent yet.
    std::size_t octets() const { return octets_; }
    const ShownValue& first() const { return values_[first_]; }

    // Behind all others; the octet before which it stands follows.
    void add(std::size_t before, std::string_view octets, SharedText& text) {
        values_.push(before, octets, TextHold(text));
        octets_ += octets.size();
    }
    // So many octets of the first one were sent.
    void sent(std::size_t octets);
    // So many octets were put into the output before its octet `at`, or taken away there, with no value among them.
    void moved(std::size_t at, std::ptrdiff_t octets);
    // The output ends before that octet.
    void cut(std::size_t end);

private:
    void forget_sent();

    Array<ShownValue> values_;
    std::size_t first_ = 0; // not sent yet; those before it have no octets
    std::size_t octets_ = 0;
};

} // namespace exo::kv
