// See hash.hpp.
#include "libos-kv/data/hash.hpp"

#include "libos-kv/data/garbage.hpp"
#include "libos-kv/data/limits.hpp"

namespace exo::kv {

Pair* Pair::create(std::string_view name, std::string_view value) {
    Pair* pair = new (allocate(sizeof(Pair) + name.size() + value.size())) Pair;
    pair->name_size = static_cast<std::uint32_t>(name.size());
    pair->value_size = static_cast<std::uint32_t>(value.size());
    copy_bytes(pair->octets(), name.data(), name.size());
    copy_bytes(pair->octets() + name.size(), value.data(), value.size());
    return pair;
}

Hash::~Hash() {
    if (pairs_)
        discard(*pairs_);
    destroy(pairs_);
}

std::size_t Hash::bytes() const {
    if (!pairs_)
        return sizeof(Hash) + pack_.held_bytes();
    std::size_t bytes = sizeof(Hash) + sizeof *pairs_ + pairs_->table_bytes();
    pairs_->for_each([&](const Pair& pair) { bytes += block_bytes(sizeof(Pair) + pair.name_size + pair.value_size); });
    return bytes;
}

bool Hash::get(std::string_view field, PackedValue& value) const {
    if (pairs_) {
        const Pair* pair = pairs_->get(field);
        if (pair)
            value = PackedValue{false, 0, pair->value()};
        return pair != nullptr;
    }
    const std::size_t at = pack_.find(pack_.first(), field, 2);
    if (at == Listpack::end)
        return false;
    value = pack_.get(pack_.next(at));
    return true;
}

void Hash::admit(std::string_view octets) {
    if (!pairs_ && octets.size() > static_cast<std::size_t>(limits.hash_octets))
        unpack();
}

void Hash::unpack() {
    if (pairs_)
        return;
    auto* pairs = make<Index<PairTraits>>();
    for_each([&](std::string_view field, std::string_view value) { pairs->insert(Pair::create(field, value)); });
    pairs_ = pairs;
    pack_.reset();
}

bool Hash::set(std::string_view field, std::string_view value) {
    admit(field);
    admit(value);
    if (!pairs_) {
        const std::size_t at = pack_.find(pack_.first(), field, 2);
        if (at != Listpack::end) {
            pack_.replace(pack_.next(at), value);
            return false;
        }
        pack_.append(field);
        pack_.append(value);
        if (size() > static_cast<std::size_t>(limits.hash_entries))
            unpack();
        return true;
    }
    Pair* pair = Pair::create(field, value);
    if (Pair* old = pairs_->exchange(pair)) {
        Pair::destroy(old);
        return false;
    }
    pairs_->insert(pair);
    return true;
}

bool Hash::erase(std::string_view field) {
    if (pairs_) {
        Pair* pair = pairs_->remove(field);
        if (pair)
            Pair::destroy(pair);
        return pair != nullptr;
    }
    const std::size_t at = pack_.find(pack_.first(), field, 2);
    if (at == Listpack::end)
        return false;
    pack_.erase(at, 2);
    return true;
}

} // namespace exo::kv
