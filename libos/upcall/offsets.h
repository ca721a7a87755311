/* Places in RegisterFrame, Vcore and UpcallPage, for assembly. Each is asserted in C++ beside its structure. */
#pragma once

#define FRAME_R15 0
#define FRAME_R14 8
#define FRAME_R13 16
#define FRAME_R12 24
#define FRAME_RBX 32
#define FRAME_RBP 40
#define FRAME_R11 48
#define FRAME_R10 56
#define FRAME_R9 64
#define FRAME_R8 72
#define FRAME_RAX 80
#define FRAME_RCX 88
#define FRAME_RDX 96
#define FRAME_RSI 104
#define FRAME_RDI 112
#define FRAME_CAUSE 120
#define FRAME_ERROR_CODE 128
#define FRAME_FAULT_ADDRESS 136
#define FRAME_RIP 144
#define FRAME_RFLAGS 152
#define FRAME_RSP 160
#define FRAME_BYTES 176
#define RED_ZONE_BYTES 128

#define CAUSE_PENDING 32
#define CAUSE_REFLECTED 33

/* %gs points to the upcall page; the kit's own fields of a vcore follow the kernel's. */
#define UPCALL_MASKED 0
#define UPCALL_WANTED 8
#define UPCALL_PENDING 128
#define UPCALL_CAUSE 192
#define UPCALL_ERROR_CODE 200
#define UPCALL_FAULT_ADDRESS 208
#define UPCALL_RIP 216
#define UPCALL_RSP 224
#define UPCALL_RFLAGS 232
#define UPCALL_RCX 240
#define UPCALL_R11 248
#define UPCALL_REFLECT_RIP 256
#define UPCALL_REFLECT_RFLAGS 264
#define VCORE_SELF 512
#define VCORE_INDEX 520
#define VCORE_THREAD 528
#define VCORE_RESUME_FRAME 536
#define VCORE_RESUME_RIP 544

/* The first words of a Thread. */
#define THREAD_ENTRY_STACK 0
#define THREAD_STACK_BASE 8
#define THREAD_STACK_BYTES 16

/* Calls with a number below this can have a direct handler (dispatch.hpp). */
#define DIRECT_CALLS 512
