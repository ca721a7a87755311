// The header page of the steward's image (abi/boot.hpp: StewardHeader) and its first instruction.
    .section .header, "a"
    .quad 0x3172617765747365
    .quad steward_begin
    .quad steward_file_bytes
    .quad steward_text_bytes
    .quad steward_memory_bytes
    .quad steward_entry
    .quad steward_upcall_page
    .quad steward_start_block

    .section .text
    .globl steward_entry
steward_entry:
    xor %ebp, %ebp
    call steward_main
    ud2
    .section .note.GNU-stack, "", @progbits
