// What is lent to the neighbour and asked back: memory that it has mapped, slots of the core's wheel that it runs in, a
// PCI function that it drives. `lend` binds all of it on the neighbour's behalf, so that breaking the bindings is
// part of what is measured.
#pragma once

#include "bench/exo/neighbour.hpp"

namespace bench {

// Each ends the program when a step is refused.
class Loan {
public:
    // The capability that the neighbour's derives from.
    virtual exo::Handle lend(Neighbour& neighbour) = 0;
    // After everything came back: ready to lend again.
    virtual void end(exo::Handle lent);

protected:
    ~Loan() = default;
    // Grants `lent` and tells the neighbour which handle will be asked back. The neighbour's name for it.
    static exo::Handle hand_over(Neighbour& neighbour, exo::Handle lent);
};

// 64 frames, mapped page by page.
class FramesLoan final : public Loan {
public:
    exo::Handle lend(Neighbour& neighbour) override;

    static constexpr std::uint64_t frames = 64;

private:
    std::uint64_t first_ = 0;
};

// Half of the core's wheel, bound to the neighbour's vcore.
class SliceLoan final : public Loan {
public:
    exo::Handle lend(Neighbour& neighbour) override;
    void end(exo::Handle lent) override;
};

// A virtio function with its registers mapped and a DMA window of 16 frames.
class FunctionLoan final : public Loan {
public:
    exo::Handle lend(Neighbour& neighbour) override;

    static constexpr std::uint64_t window_frames = 16;

private:
    exo::Handle dma_frames_ = exo::no_handle; // the neighbour's name for what its window and tables are made of
    std::uint64_t first_ = 0;
};

} // namespace bench
