// A string with a count of those who need its octets as they are: the key whose value it is, and replies that show it
// where it lies. It is changed only by one who has it alone, and freed by the last one.
#pragma once

#include "libos-kv/memory/array.hpp"

namespace exo::kv {

class SharedText {
public:
    explicit SharedText(std::string_view octets) : text_(octets) {}
    // The caller has it.
    static SharedText* create(std::string_view octets) { return make<SharedText>(octets); }

    std::string_view view() const { return text_.view(); }
    std::size_t room() const { return text_.room(); }
    bool is_shared() const { return holders_ > 1; }
    // To be changed; of one that is not shared.
    Text& text() { return text_; }

    void hold() { holders_++; }
    void let_go() {
        if (--holders_ == 0)
            destroy(this);
    }

private:
    Text text_;
    std::size_t holders_ = 1;
};

// One of those who need it.
class TextHold {
public:
    explicit TextHold(SharedText& text) : text_(&text) { text.hold(); }
    TextHold(TextHold&& other) noexcept : text_(std::exchange(other.text_, nullptr)) {}
    TextHold& operator=(TextHold&& other) noexcept {
        std::swap(text_, other.text_);
        return *this;
    }
    ~TextHold() {
        if (text_)
            text_->let_go();
    }
    SharedText& text() const { return *text_; }

private:
    SharedText* text_;
};

} // namespace exo::kv
