// Replies in RESP2 or RESP3, appended to the text that goes to the peer; large values are shown beside it. Types that
// RESP2 lacks are written as the ones that Redis writes in their place.
#pragma once

#include "libos-kv/number/integer.hpp"
#include "libos-kv/protocol/shown_values.hpp"

namespace exo::kv {

class Reply {
public:
    explicit Reply(Text& out) : out_(&out) {}

    int version() const { return version_; }
    void set_version(int version) { version_ = version; }
    Text& out() { return *out_; }
    // Replies go elsewhere from now on: to a scratch, or into nothing. `shown`: of that output; null: all values are
    // copied.
    void set_out(Text& out, ShownValues* shown = nullptr) {
        out_ = &out;
        shown_ = shown;
    }

    void ok() { out_->append("+OK\r\n"); }
    void simple(std::string_view text);
    // `text` begins with its kind, "ERR ..."; line ends in it become blanks. Pieces are joined.
    void error(std::string_view text) { error({text}); }
    void error(std::initializer_list<std::string_view> pieces);
    void integer(std::int64_t value);
    void bulk(std::string_view octets);
    // The same of octets of a value, which is shown where it lies if it is worth it.
    void bulk(SharedText& value, std::string_view octets);
    void bulk_integer(std::int64_t value) { bulk(IntegerText(value)); }
    void null();       // $-1, or _
    void null_array(); // *-1, or _
    void array(std::size_t count) { header('*', count); }
    void map(std::size_t pairs) { version_ == 2 ? header('*', pairs * 2) : header('%', pairs); }
    void set(std::size_t count) { header(version_ == 2 ? '*' : '~', count); }
    void push(std::size_t count) { header(version_ == 2 ? '*' : '>', count); }
    void boolean(bool value);
    void real(double value);                                     // 17 significant digits; a bulk string in RESP2
    void human_real(long double value);                          // bulk string
    void verbatim(std::string_view kind, std::string_view text); // kind: three octets
    void raw(std::string_view octets) { out_->append(octets); }

    // A count that is known only behind what it counts: take a mark, write, then put the header there.
    std::size_t mark() const { return out_->size(); }
    void array_at(std::size_t mark, std::size_t count) { header_at(mark, '*', count); }
    void set_at(std::size_t mark, std::size_t count) { header_at(mark, version_ == 2 ? '*' : '~', count); }
    void map_at(std::size_t mark, std::size_t pairs) {
        version_ == 2 ? header_at(mark, '*', pairs * 2) : header_at(mark, '%', pairs);
    }

    std::uint64_t errors() const { return errors_; }
    std::string_view last_error_kind() const { return {last_kind_, last_kind_size_}; }

private:
    void short_bulk(std::string_view octets);
    [[gnu::noinline]] void any_bulk(std::string_view octets);
    void header(char type, std::size_t count);
    void header_at(std::size_t mark, char type, std::size_t count);

    Text* out_;
    ShownValues* shown_ = nullptr;
    int version_ = 2;
    std::uint64_t errors_ = 0;
    char last_kind_[32] = {};
    std::size_t last_kind_size_ = 0;
};

} // namespace exo::kv
