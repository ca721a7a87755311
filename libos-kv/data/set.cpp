// See set.hpp.
#include "libos-kv/data/set.hpp"

#include "libos-kv/data/garbage.hpp"
#include "libos-kv/data/limits.hpp"

namespace exo::kv {

Member* Member::create(std::string_view octets) {
    Member* member = new (allocate(sizeof(Member) + octets.size())) Member;
    member->size = static_cast<std::uint32_t>(octets.size());
    copy_bytes(reinterpret_cast<char*>(member + 1), octets.data(), octets.size()); // Safe: behind it in its block.
    return member;
}

Set::~Set() {
    if (members_)
        discard(*members_);
    destroy(members_);
}

std::size_t Set::bytes() const {
    std::size_t bytes = sizeof(Set) + numbers_.held_bytes();
    if (!members_)
        return bytes;
    bytes += sizeof *members_ + members_->table_bytes();
    members_->for_each([&](const Member& member) { bytes += block_bytes(sizeof(Member) + member.size); });
    return bytes;
}

bool Set::contains(std::string_view octets) const {
    if (members_)
        return members_->get(octets) != nullptr;
    const auto number = parse_integer(octets);
    return number && numbers_.contains(*number);
}

void Set::unpack() {
    if (members_)
        return;
    members_ = make<Index<MemberTraits>>();
    for (std::size_t index = 0; index < numbers_.size(); index++)
        members_->insert(Member::create(IntegerText(numbers_[index])));
    numbers_.reset();
}

bool Set::insert(std::string_view octets) {
    if (!members_) {
        if (const auto number = parse_integer(octets)) {
            const bool is_new = numbers_.insert(*number);
            if (numbers_.size() > static_cast<std::size_t>(limits.set_numbers))
                unpack();
            return is_new;
        }
        unpack();
    }
    if (members_->get(octets))
        return false;
    members_->insert(Member::create(octets));
    return true;
}

bool Set::erase(std::string_view octets) {
    if (!members_) {
        const auto number = parse_integer(octets);
        return number && numbers_.erase(*number);
    }
    Member* member = members_->remove(octets);
    if (member)
        Member::destroy(member);
    return member != nullptr;
}

} // namespace exo::kv
