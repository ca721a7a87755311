// A hash: fields and their values. Small ones are one listpack in the order of insertion, others an index of pairs.
#pragma once

#include "libos-kv/data/index.hpp"
#include "libos-kv/data/listpack.hpp"

namespace exo::kv {

// A field with its value, in one block.
struct Pair {
    std::uint32_t name_size, value_size;

    static Pair* create(std::string_view name, std::string_view value);
    static void destroy(Pair* pair) { release(pair, sizeof(Pair) + pair->name_size + pair->value_size); }
    char* octets() { return reinterpret_cast<char*>(this + 1); } // Safe: behind the header in its block.
    const char* octets() const { return reinterpret_cast<const char*>(this + 1); }
    std::string_view name() const { return {octets(), name_size}; }
    std::string_view value() const { return {octets() + name_size, value_size}; }
};
struct PairTraits {
    using Item = Pair;
    static std::string_view key(const Pair& pair) { return pair.name(); }
};

class Hash {
public:
    Hash() = default;
    explicit Hash(Listpack&& pack) : pack_(std::move(pack)) {}
    Hash(const Hash&) = delete;
    Hash& operator=(const Hash&) = delete;
    ~Hash();

    std::size_t size() const { return pairs_ ? pairs_->size() : pack_.count() / 2; }
    bool is_packed() const { return pairs_ == nullptr; }
    const Listpack& pack() const { return pack_; }
    std::size_t bytes() const;

    // The value of a field; false: there is none. `value` may point into the hash.
    bool get(std::string_view field, PackedValue& value) const;
    // True: the field is new.
    bool set(std::string_view field, std::string_view value);
    bool erase(std::string_view field);
    void unpack(); // no longer a listpack
    // Becomes an index if one of these strings is too long for a listpack.
    void admit(std::string_view octets);

    // visit(field, value)
    template <typename Visit>
    void for_each(Visit visit) const {
        if (pairs_)
            return pairs_->for_each([&](const Pair& pair) { visit(pair.name(), pair.value()); });
        for (std::size_t at = pack_.first(); at != Listpack::end;) {
            PackedValue field = pack_.get(at);
            const std::size_t behind = pack_.next(at);
            PackedValue value = pack_.get(behind);
            visit(field.view(), value.view());
            at = pack_.next(behind);
        }
    }
    // As Index::scan; a listpack is visited whole.
    template <typename Visit>
    std::uint64_t scan(std::uint64_t cursor, Visit visit) const {
        if (pairs_)
            return pairs_->scan(cursor, [&](const Pair& pair) { visit(pair.name(), pair.value()); });
        for_each(visit);
        return 0;
    }
    // One pair, each as likely; there is one.
    template <typename Random>
    void random_pair(Random random, PackedValue& field, PackedValue& value) const {
        if (pairs_) {
            const Pair& pair = *pairs_->random_item(random);
            field = PackedValue{false, 0, pair.name()};
            value = PackedValue{false, 0, pair.value()};
            return;
        }
        const std::size_t at = pack_.seek(static_cast<std::int64_t>(random() % size() * 2));
        field = pack_.get(at);
        value = pack_.get(pack_.next(at));
    }

private:
    Listpack pack_;
    Index<PairTraits>* pairs_ = nullptr; // null: packed
};

} // namespace exo::kv
