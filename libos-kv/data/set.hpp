// A set: few whole numbers in order, or an index of members.
#pragma once

#include "libos-kv/data/index.hpp"
#include "libos-kv/data/listpack.hpp"

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

    std::size_t size() const { return is_numbers_ ? numbers_.size() : members_.size(); }
    bool is_numbers() const { return is_numbers_; }
    const Array<std::int64_t>& numbers() const { return numbers_; }
    std::size_t bytes() const;

    bool contains(std::string_view octets) const;
    bool insert(std::string_view octets); // true: it is new
    bool erase(std::string_view octets);
    // No longer numbers, whatever the members are.
    void unpack();

    // visit(octets)
    template <typename Visit>
    void for_each(Visit visit) const {
        for (const std::int64_t number : numbers_)
            visit(IntegerText(number).view());
        members_.for_each([&](const Member& member) { visit(member.octets()); });
    }
    template <typename Visit>
    std::uint64_t scan(std::uint64_t cursor, Visit visit) const {
        if (!is_numbers_)
            return members_.scan(cursor, [&](const Member& member) { visit(member.octets()); });
        for_each(visit);
        return 0;
    }
    template <typename Random>
    void random_member(Random random, PackedValue& member) const {
        if (is_numbers_)
            member = PackedValue{true, numbers_[random() % numbers_.size()], {}};
        else
            member = PackedValue{false, 0, members_.random_item(random)->octets()};
    }

private:
    std::size_t position(std::int64_t number) const; // of the first that is not less

    bool is_numbers_ = true;
    Array<std::int64_t> numbers_;
    Index<MemberTraits> members_;
};

} // namespace exo::kv
