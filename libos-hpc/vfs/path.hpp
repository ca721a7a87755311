// Path resolution (path_resolution(7)): from a place and a path to a place, or to a name that is not there yet in a
// directory that is. Symbolic links are followed up to their limit; ".." goes up the places walked.
#pragma once

#include "libos-hpc/vfs/place.hpp"

namespace exo::hpc {

// What becomes of a symbolic link in the last place.
enum class LastLink : std::uint8_t {
    Follow,
    FollowToName, // the same up to a name with a slash behind it, which is not looked for: no file is made there
    Keep,         // unless a slash is behind it
    Name,         // always: the last component is what names are made of and taken from, with a slash behind it or not
};
// What the last component is.
enum class LastKind : std::uint8_t { Root, Dot, DotDot, Name };

struct Resolved {
    Ref<Place> place;     // empty: the last component does not exist
    Ref<Place> directory; // that holds, or would hold, the last component; empty for "/", "." and ".."
    Text name;            // of the last component, after links; empty for "/", "." and ".."
    LastKind last = LastKind::Root;
    bool wants_directory = false; // the path ended in "/" or "/."
};

// Errors: NOENT (also for an empty path), NOTDIR, LOOP, NAMETOOLONG, and what lookups fail with.
Outcome<Resolved> resolve(const Ref<Place>& root, const Ref<Place>& start, std::string_view path, LastLink last);

// As resolve, but the last component must exist.
Outcome<Ref<Place>> find_place(const Ref<Place>& root, const Ref<Place>& start, std::string_view path, LastLink last);

} // namespace exo::hpc
