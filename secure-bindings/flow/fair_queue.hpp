// Whose turn it is to send: deficit round robin (Shreedhar and Varghese, 1995) in the form that needs no look at the
// next frame: a member sends while it has credit, may overdraw it by less than a frame, and pays next round.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace exo {

using MemberNumber = std::uint16_t;
inline constexpr MemberNumber no_member = 0xffff;

struct FairMember {
    std::int32_t credit; // octets it may send before the others have their turn; negative: sent ahead
    MemberNumber next;   // in the round, in a circle
    MemberNumber previous;
    bool waiting; // it has frames, so it is in the round
    std::uint8_t reserved[3];
};

// The round of one NIC. Members are numbers below `members.size()`; one without frames costs nothing. Every call takes
// a constant number of steps. Of two members that both have frames all the time, the octets sent differ by less than
// one longest frame after whole rounds, and by less than a quantum more within one.
class FairQueue {
public:
    // `members` is the queue's memory, up to 65,534 of them. `quantum`: octets a turn, at least the longest frame.
    void open(std::span<FairMember> members, std::uint32_t quantum);

    // The member has frames: it enters the round, behind all others. Nothing happens if it is there.
    void wake(MemberNumber member);
    // It has none any more, or is gone: it leaves the round. Credit is lost, debt stays.
    void rest(MemberNumber member);
    // It is another owner's from now on: as after `open`.
    void reset(MemberNumber member);

    // Whose frames are to be sent now, or no_member. It stays whose turn it is until its credit is used up or it rests.
    MemberNumber turn();
    // The member whose turn it is has sent a frame of so many octets (no more than the quantum), or has had one
    // refused, which costs as well.
    void sent(std::uint32_t octets);

    bool empty() const { return first_ == no_member; }
    std::int32_t credit(MemberNumber member) const { return members_[member].credit; }

private:
    std::span<FairMember> members_;
    std::int32_t quantum_ = 0;
    MemberNumber first_ = no_member; // whose turn it is
    bool begun_ = false;             // its turn has had its quantum
};

} // namespace exo
