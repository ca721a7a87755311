// The round is a circle of links through the members' own memory; credit is given when a turn begins.
#include "secure-bindings/flow/fair_queue.hpp"

namespace exo {

void FairQueue::open(std::span<FairMember> members, std::uint32_t quantum) {
    members_ = members;
    quantum_ = static_cast<std::int32_t>(quantum);
    first_ = no_member;
    begun_ = false;
    for (FairMember& member : members_) {
        member = {.credit = 0, .next = no_member, .previous = no_member, .waiting = false, .reserved = {}};
    }
}

void FairQueue::wake(MemberNumber member) {
    FairMember& waking = members_[member];
    if (waking.waiting) {
        return;
    }
    waking.waiting = true;
    if (first_ == no_member) {
        waking.next = waking.previous = member;
        first_ = member;
        begun_ = false;
        return;
    }
    // The last place of the circle is the one before the first.
    waking.next = first_;
    waking.previous = members_[first_].previous;
    members_[waking.previous].next = member;
    members_[first_].previous = member;
}

void FairQueue::rest(MemberNumber member) {
    FairMember& resting = members_[member];
    if (!resting.waiting) {
        return;
    }
    resting.waiting = false;
    resting.credit = resting.credit < 0 ? resting.credit : 0;
    if (first_ == member) {
        first_ = resting.next != member ? resting.next : no_member;
        begun_ = false;
    }
    members_[resting.previous].next = resting.next;
    members_[resting.next].previous = resting.previous;
}

void FairQueue::reset(MemberNumber member) {
    rest(member);
    members_[member].credit = 0;
}

MemberNumber FairQueue::turn() {
    if (first_ != no_member && !begun_) {
        members_[first_].credit += quantum_;
        begun_ = true;
    }
    return first_;
}

void FairQueue::sent(std::uint32_t octets) {
    if (first_ == no_member) {
        return;
    }
    FairMember& sender = members_[first_];
    const std::uint32_t most = static_cast<std::uint32_t>(quantum_);
    sender.credit -= static_cast<std::int32_t>(octets < most ? octets : most);
    if (sender.credit <= 0) {
        first_ = sender.next;
        begun_ = false;
    }
}

} // namespace exo
