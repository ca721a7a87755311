// See set.hpp.
#include "libos-kv/data/set.hpp"

#include "libos-kv/data/limits.hpp"

namespace exo::kv {

Member* Member::create(std::string_view octets) {
    Member* member = new (allocate(sizeof(Member) + octets.size())) Member;
    member->size = static_cast<std::uint32_t>(octets.size());
    copy_bytes(reinterpret_cast<char*>(member + 1), octets.data(), octets.size()); // Safe: behind it in its block.
    return member;
}

Set::~Set() {
    members_.drain([](Member& member) { Member::destroy(&member); });
}

std::size_t Set::bytes() const {
    std::size_t bytes = sizeof(Set) + numbers_.size() * sizeof(std::int64_t) + members_.table_bytes();
    members_.for_each([&](const Member& member) { bytes += sizeof(Member) + member.size; });
    return bytes;
}

std::size_t Set::position(std::int64_t number) const {
    std::size_t low = 0, high = numbers_.size();
    while (low < high) {
        const std::size_t middle = (low + high) / 2;
        if (numbers_[middle] < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool Set::contains(std::string_view octets) const {
    if (!is_numbers_)
        return members_.get(octets) != nullptr;
    const auto number = parse_integer(octets);
    if (!number)
        return false;
    const std::size_t at = position(*number);
    return at < numbers_.size() && numbers_[at] == *number;
}

void Set::unpack() {
    if (!is_numbers_)
        return;
    for (const std::int64_t number : numbers_)
        members_.insert(Member::create(IntegerText(number)));
    numbers_.reset();
    is_numbers_ = false;
}

bool Set::insert(std::string_view octets) {
    if (is_numbers_) {
        if (const auto number = parse_integer(octets)) {
            const std::size_t at = position(*number);
            if (at < numbers_.size() && numbers_[at] == *number)
                return false;
            numbers_.push(*number);
            move_bytes(&numbers_[at] + 1, &numbers_[at], (numbers_.size() - 1 - at) * sizeof(std::int64_t));
            numbers_[at] = *number;
            if (numbers_.size() > static_cast<std::size_t>(limits.set_numbers))
                unpack();
            return true;
        }
        unpack();
    }
    if (members_.get(octets))
        return false;
    members_.insert(Member::create(octets));
    return true;
}

bool Set::erase(std::string_view octets) {
    if (!is_numbers_) {
        Member* member = members_.remove(octets);
        if (member)
            Member::destroy(member);
        return member != nullptr;
    }
    const auto number = parse_integer(octets);
    if (!number)
        return false;
    const std::size_t at = position(*number);
    if (at == numbers_.size() || numbers_[at] != *number)
        return false;
    numbers_.erase(at);
    return true;
}

} // namespace exo::kv
