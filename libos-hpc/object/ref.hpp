// Objects with a count of their users, on the kit's heap: the only way libos-hpc allocates anything that lives longer
// than a call. No global operator new is used, so that nothing meets the program's own.
#pragma once

#include "libos/memory/heap.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <new>
#include <utility>

namespace exo::hpc {

class Counted {
public:
    Counted() = default;
    Counted(const Counted&) = delete;
    Counted& operator=(const Counted&) = delete;
    virtual ~Counted() = default;

    // Memory comes from the heap, and the object is made in place by `make`.
    static void operator delete(void* block) { heap_free(block); }

    void add_user() { users_.fetch_add(1, std::memory_order_relaxed); }
    // False when the last user has gone already.
    bool add_user_if_alive() {
        std::uint32_t users = users_.load(std::memory_order_relaxed);
        while (users && !users_.compare_exchange_weak(users, users + 1, std::memory_order_relaxed)) {
        }
        return users != 0;
    }
    void drop_user() {
        // Releases what this user wrote; the acquire pairs with it before the object goes.
        if (users_.fetch_sub(1, std::memory_order_acq_rel) == 1)
            delete this;
    }

private:
    std::atomic<std::uint32_t> users_{0};
};

// One user of a Counted object, or of nothing.
template <typename T>
class Ref {
public:
    Ref() = default;
    explicit Ref(T* object) : object_(object) { add(); }
    Ref(const Ref& other) : object_(other.object_) { add(); }
    Ref(Ref&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
    template <typename U>
        requires __is_convertible_to
    (U*, T*) Ref(const Ref<U>& other) : object_(other.get()) {
        add();
    }
    ~Ref() {
        if (object_)
            object_->drop_user();
    }
    Ref& operator=(const Ref& other) {
        Ref copy(other);
        std::swap(object_, copy.object_);
        return *this;
    }
    Ref& operator=(Ref&& other) noexcept {
        Ref moved(std::move(other));
        std::swap(object_, moved.object_);
        return *this;
    }

    // Of an object that is on its way out, but not gone: empty then.
    static Ref if_alive(T* object) {
        Ref ref;
        if (object->add_user_if_alive())
            ref.object_ = object;
        return ref;
    }

    T* get() const { return object_; }
    T* operator->() const { return object_; }
    T& operator*() const { return *object_; }
    explicit operator bool() const { return object_ != nullptr; }
    bool operator==(const Ref& other) const { return object_ == other.object_; }

private:
    void add() {
        if (object_)
            object_->add_user();
    }
    T* object_ = nullptr;
};

// A new object, or an empty Ref when no memory is left.
template <typename T, typename... Arguments>
Ref<T> make(Arguments&&... arguments) {
    void* block = heap_allocate(sizeof(T));
    return Ref<T>(block ? ::new (block) T(std::forward<Arguments>(arguments)...) : nullptr);
}

} // namespace exo::hpc
