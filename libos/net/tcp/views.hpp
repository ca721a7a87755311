// Packets that show a part of another one's buffer: the data of a segment lies in the buffer that the program filled,
// and may lie in two segments or be sent twice while the device still reads. A view keeps its packet alive until the
// port has released the frame that the view is in.
#pragma once

#include "libos/net/lent_memory.hpp"

#include <array>

namespace exo::net {

class Views {
public:
    void open();
    // A view of `octets` from `at` on, in the buffer of `of`, to be linked into a frame behind its header; null: all
    // are out, and the octets must be copied.
    Packet* show(Packet& of, const std::byte* at, std::size_t octets);
    // The same of memory that was lent to the port as a whole.
    Packet* show(LentMemory& of, const std::byte* at, std::size_t octets);
    // After a frame's views are linked to each other and before it is sent: the first one, which stands for all.
    void watch(Packet* first);
    // Views never watched.
    void give_back(Packet* first);
    std::size_t free_count() const { return free_count_; }
    // Frames with views, ever, and those of them that are back: the first so many.
    std::uint64_t frames_shown() const { return frames_shown_; }
    std::uint64_t frames_back() const { return frames_back_; }
    // Octets shown of lent memory, ever.
    std::uint64_t lent_octets() const { return lent_octets_; }
    // Takes back the views of frames that the port has released.
    void reclaim();

private:
    static constexpr std::size_t views_max = 2048;

    // The packet comes first: a port sees nothing else of it, and may use the packet's cookies.
    struct View {
        Packet packet;
        Packet* shown;
        View* next; // free, or watched
    };
    // Safe: every packet that is asked about is the first member of a View.
    static View& of(Packet* packet) { return *reinterpret_cast<View*>(packet); }

    std::array<View, views_max> views_{};
    // Room for a view of a packet's octets, which it counts; null: all are out.
    View* take(Packet& shown);

    View* free_ = nullptr;
    std::uint64_t frames_shown_ = 0, frames_back_ = 0, lent_octets_ = 0;
    std::size_t free_count_ = 0;
    View* first_watched_ = nullptr;
    View* last_watched_ = nullptr;
};

} // namespace exo::net
