// What the kit does when something is asked back, or was taken, and the program has no handler of its own
// (set_pending_handler replaces both). Once asked:
// - memory runs: nothing more is allocated from them; all free, now or later, they go. The run of the image stays to
// the end.
// - spare frames and functions that nothing uses: dropped.
// - the slices of a vcore: its threads move to others, then they are dropped; alone, it lives on time that nobody uses.
// Whatever is still in use then is left to the deadline.
#pragma once

#include "libos/upcall/register_frame.hpp"

namespace exo {

void open_revocation();

// The handlers, for programs that add to them. Masked.
void give_back_what_is_asked(RegisterFrame* frame);
// Forgets what the repossession vector lists: touching it is an error from then on.
void forget_what_was_taken(RegisterFrame* frame);

} // namespace exo
