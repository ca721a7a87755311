// A set: few whole numbers in order, or an index of members.
#pragma once

#include "libos-kv/data/index.hpp"
#include "libos-kv/data/listpack.hpp"
#include "libos-kv/data/packed_numbers.hpp"

namespace exo::kv {

struct Member {
    std::uint32_t size;

    static Member* create(std::string_view octets);
    static void destroy(Member* member) { release(member, sizeof(Member) + member->size); }
    std::string_view octets() const { return {reinterpret_cast<const char*>(this + 1), size}; } // Safe: in its block.
};
struct MemberTraits {
    using Item = Member;
    static std::string_view key(const Member& member) { return member.octets(); }
};

class Set {
public:
    Set() = default;
    Set(const Set&) = delete;
    Set& operator=(const Set&) = delete;
    ~Set();

    std::size_t size() const { return members_ ? members_->size() : numbers_.size(); }
    bool is_numbers() const { return members_ == nullptr; }
    const PackedNumbers& numbers() const { return numbers_; }
    std::size_t bytes() const;

    bool contains(std::string_view octets) const;
    bool insert(std::string_view octets); // true: it is new
    bool erase(std::string_view octets);
    // No longer numbers, whatever the members are.
    void unpack();

    // visit(octets)
    template <typename Visit>
    void for_each(Visit visit) const {
        if (members_)
            return members_->for_each([&](const Member& member) { visit(member.octets()); });
        for (std::size_t index = 0; index < numbers_.size(); index++)
            visit(IntegerText(numbers_[index]).view());
    }
    template <typename Visit>
    std::uint64_t scan(std::uint64_t cursor, Visit visit) const {
        if (members_)
            return members_->scan(cursor, [&](const Member& member) { visit(member.octets()); });
        for_each(visit);
        return 0;
    }
    template <typename Random>
    void random_member(Random random, PackedValue& member) const {
        if (!members_)
            member = PackedValue{true, numbers_[random() % numbers_.size()], {}};
        else
            member = PackedValue{false, 0, members_->random_item(random)->octets()};
    }

private:
    PackedNumbers numbers_;
    Index<MemberTraits>* members_ = nullptr; // null: there are numbers alone
};

} // namespace exo::kv
